"""`@tool`: marks a plain function as something the agent may call. It stays a plain function.

The model sees the name, the docstring and the parameters after the first two; both of those are handed in by us: the
`Toolbox` (what the process has open) and the `Ask` (who asks, in which conversation, with what in sight).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec

from storage.values.access import Caller, Permission
from storage.values.ids import ApprovalId, ConversationId, EmailId, EventId, FileId

P = ParamSpec("P")


@dataclass(frozen=True)
class Focus:
    """What is in sight in a conversation, so that "the second one" and "it" mean something."""

    shown: tuple[EmailId, ...] = ()
    """The mails of the last list shown, in order: number 1 first."""
    approval: ApprovalId | None = None
    """The draft that the talk is about."""
    file: FileId | None = None
    """The table that the talk is about."""


@dataclass(frozen=True)
class Ask:
    """One request: who asks, where, because of which received event, and what is in sight."""

    caller: Caller
    conversation: ConversationId
    event: EventId
    focus: Focus = field(default_factory=Focus)


@dataclass(frozen=True)
class Result:
    """What a tool has to say. `text` is plain words for a person, true as it stands."""

    text: str
    focus: Focus | None = None
    """The new focus, when the tool changed what is in sight."""


@dataclass(frozen=True)
class Tool:
    """A registered tool: the function and what it takes to call it."""

    name: str
    description: str
    permission: Permission
    function: Callable[..., Awaitable[Result]]
    changes: bool
    """Whether it changes anything outside the conversation (searching does not, labelling does)."""


def tool(
    permission: Permission, *, changes: bool = False
) -> Callable[[Callable[Concatenate[Any, Ask, P], Awaitable[Result]]], Callable[Concatenate[Any, Ask, P], Awaitable[Result]]]:
    """Marks an async function `(box, ask, …) -> Result` as a tool. Its docstring is what the model reads."""

    def mark(
        function: Callable[Concatenate[Any, Ask, P], Awaitable[Result]],
    ) -> Callable[Concatenate[Any, Ask, P], Awaitable[Result]]:
        card = Tool(
            name=function.__name__,
            description=(function.__doc__ or "").strip(),
            permission=permission,
            function=function,
            changes=changes,
        )
        function.tool = card  # type: ignore[attr-defined]
        return function

    return mark
