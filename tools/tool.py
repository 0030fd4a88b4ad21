"""`@tool`: marks a plain function as something the agent may call. It stays a plain function.

The model sees the name, the docstring and the parameters after the first two; those two are handed in by us: the
`Toolbox` (what the process has open) and the `Ask` (who asks, in which conversation, with what in sight).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from storage.tables.receipts import By
from storage.values.access import Caller, Permission
from storage.values.ids import AccountId, ApprovalId, ConversationId, EmailId, EventId, FileId


@dataclass(frozen=True)
class Shown:
    """A mail in a list that the person sees."""

    id: EmailId
    sender: str
    subject: str


@dataclass(frozen=True)
class Draft:
    """A draft that waits for the person's word."""

    approval: ApprovalId
    to: str
    subject: str


@dataclass(frozen=True)
class OpenTable:
    """A table that the talk is about."""

    id: FileId
    name: str


@dataclass(frozen=True)
class Focus:
    """What is in sight in a conversation, so that "the second one" and "it" mean something."""

    shown: tuple[Shown, ...] = ()
    """The mails of the last list, in order: number 1 first."""
    mail: Shown | None = None
    """The one mail that the talk is about."""
    draft: Draft | None = None
    table: OpenTable | None = None


@dataclass(frozen=True)
class Ask:
    """One request: who asks, where, because of which received event, and what is in sight."""

    caller: Caller
    conversation: ConversationId
    event: EventId
    focus: Focus = field(default_factory=Focus)
    by: By | None = None
    """The rule that asks, when the person did not; it goes on the receipt, on which trust in the rule rests."""
    call: str = ""
    """Which tool call of this turn it is: with the event it names the request, so that a turn that is taken up again
    after a crash finds what it did already."""

    @property
    def request(self) -> str:
        """The name of this request, the same whenever the turn runs again."""
        return f"{self.event}/{self.call}"


@dataclass(frozen=True)
class Result:
    """What a tool has to say. `text` is plain words for a person, true as it stands."""

    text: str
    focus: Focus | None = None
    """The new focus, when the tool changed what is in sight."""
    outside: bool = True
    """Whether the text may hold words that others wrote, which is taken for granted: a model is shown it as material, in
    quotes."""
    nothing: bool = False
    """The tool was not called, or refused: nothing was done."""


@dataclass(frozen=True)
class Proposal:
    """An answer to a mail that the tool does not send but proposes: it becomes a card, and a person decides."""

    account: AccountId
    email: EmailId
    wish: str
    """What the answer should say, in the person's words."""


@dataclass(frozen=True)
class Change:
    """A change to a draft that is waiting: the old card is settled as replaced, a new one appears."""

    draft: Draft
    wish: str


@dataclass(frozen=True)
class Tool:
    """A registered tool: the function and what it takes to call it."""

    name: str
    description: str
    permission: Permission
    function: Callable[..., Awaitable[Result | Proposal | Change]]
    changes: bool
    """Whether it changes anything beyond the conversation (searching does not, labelling does)."""


F = TypeVar("F", bound=Callable[..., Awaitable[Result | Proposal | Change]])


def tool(permission: Permission, *, changes: bool = False) -> Callable[[F], F]:
    """Marks an async function `(box, ask, …) -> Result | Proposal | Change`. Its docstring is what the model reads."""

    def mark(function: F) -> F:
        card = Tool(function.__name__, (function.__doc__ or "").strip(), permission, function, changes)
        vars(function)["tool"] = card
        return function

    return mark


def tool_of(function: Callable[..., Any]) -> Tool:
    """The mark of a function."""
    card = vars(function)["tool"]
    assert isinstance(card, Tool)
    return card
