"""Toolset: shows the tools to the model, checks every call at the edge, and turns errors into words the model can use."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from storage.values.errors import NeedsPerson, Refused, Unavailable
from storage.values.text import storable_throughout
from tools.tool import Ask, Change, Proposal, Result, Tool, tool_of
from tools.toolbox import Toolbox

HANDED_IN = 2
"""The first parameters of a tool, Toolbox and Ask, come from us and are never shown to the model."""


@dataclass(frozen=True)
class Offered:
    """A tool as the model sees it."""

    tool: Tool
    parameters: type[BaseModel]
    schema: dict[str, Any]


class Toolset:
    """The tools that the agent may call, by name."""

    def __init__(self, tools: Sequence[str | Callable[..., Any]]) -> None:
        functions = (resolve_name(one) if isinstance(one, str) else one for one in tools)
        self.offered = {one.tool.name: one for one in map(_offer, functions)}

    @property
    def schemas(self) -> list[dict[str, Any]]:
        """What `bind_tools` takes."""
        return [one.schema for one in self.offered.values()]

    async def call(self, box: Toolbox, ask: Ask, name: str, arguments: dict[str, Any]) -> Result | Proposal | Change:
        """Runs one tool. What the person or the model can mend comes back as words; a bug is raised."""
        offered = self.offered.get(name)
        if offered is None:
            return _ours(f"There is no tool called {name}.")
        if not ask.caller.may(offered.tool.permission):
            return _ours(f"Your role ({ask.caller.role}) does not allow that; it needs {offered.tool.permission}.")
        try:
            checked = offered.parameters.model_validate(storable_throughout(arguments))
        except ValidationError as error:
            return _ours(f"{name} was called with wrong arguments: {_mistakes(error)}")
        if offered.tool.changes and await _stopped(box, ask):
            return _ours("Stopped before this was done; nothing was changed.")
        try:
            given = {field: getattr(checked, field) for field in offered.parameters.model_fields}
            return await offered.tool.function(box, ask, **given)
        except (Refused, Unavailable, NeedsPerson) as trouble:
            return Result(str(trouble), nothing=True)


def _ours(words: str) -> Result:
    """What we have to say about a call that was not made."""
    return Result(words, outside=False, nothing=True)


def _offer(function: Callable[..., Any]) -> Offered:
    mark = tool_of(function)
    hints = get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {}
    for parameter in list(inspect.signature(function).parameters.values())[HANDED_IN:]:
        default = ... if parameter.default is inspect.Parameter.empty else parameter.default
        fields[parameter.name] = (hints[parameter.name], default)
    model = create_model(mark.name, __config__=ConfigDict(extra="forbid", str_max_length=20_000), **fields)
    parameters = model.model_json_schema()
    parameters.pop("title", None)
    schema = {"name": mark.name, "description": mark.description, "parameters": parameters}
    return Offered(mark, model, {"type": "function", "function": schema})


def _mistakes(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:5])


async def _stopped(box: Toolbox, ask: Ask) -> bool:
    async with box.database.acting_as(ask.caller) as tx:
        return await tx.events.stopped_since(ask.event)
