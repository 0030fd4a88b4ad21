"""What the model is shown of a tool is its docstring and its parameters, so these must say enough."""

from __future__ import annotations

import pytest

from agent.toolset import Toolset
from tools import TOOLS

SCHEMAS = {schema["function"]["name"]: schema["function"] for schema in Toolset(TOOLS).schemas}


def test_every_listed_tool_exists_under_its_own_name() -> None:
    assert list(SCHEMAS) == [one.partition(":")[2] for one in TOOLS]


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_tool_says_what_it_does(name: str) -> None:
    assert len(SCHEMAS[name]["description"].split()) >= 5


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_parameter_of_a_tool_is_described(name: str) -> None:
    undescribed = [
        word
        for word, parameter in SCHEMAS[name]["parameters"].get("properties", {}).items()
        if not parameter.get("description")
    ]
    assert undescribed == []


def test_no_tool_can_send() -> None:
    """The model proposes; the way to a mail server is not among what it may call."""
    assert not [name for name in SCHEMAS if any(word in name for word in ("send", "approve", "delete", "forward"))]
