"""Who may call what: the table of roles, held against every tool and every command."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.toolset import Toolset
from bot.commands import COMMANDS
from storage.values.access import GRANTS, Permission, Role
from storage.values.ids import EventId, new_id
from tests.fakes.openai import Thinking, call
from tests.fakes.program import House
from tools import TOOLS
from tools.tool import Ask, Result

TOOLSET = Toolset(TOOLS)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", TOOLSET.offered)
async def test_a_tool_is_refused_exactly_to_the_roles_that_lack_its_permission(
    house: House, monkeypatch: pytest.MonkeyPatch, role: Role, name: str
) -> None:
    """No real role lacks a permission of these tools, so each role is asked with and without it."""
    permission = TOOLSET.offered[name].tool.permission
    ask = Ask(replace(house.caller, role=role), await _conversation(house), EventId(new_id()))
    allowed = await TOOLSET.call(house.box, ask, name, {"no such": "argument"})
    monkeypatch.setitem(GRANTS, role, GRANTS[role] - {permission})
    refused = await TOOLSET.call(house.box, ask, name, {"no such": "argument"})
    assert isinstance(allowed, Result)
    assert "wrong arguments" in allowed.text
    assert isinstance(refused, Result)
    assert refused.text == f"Your role ({role}) does not allow that; it needs {permission}."


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one.name)
async def test_a_command_is_refused_to_a_role_that_lacks_its_permission(
    house: House, monkeypatch: pytest.MonkeyPatch, command: object
) -> None:
    assert hasattr(command, "permission")
    assert hasattr(command, "name")
    monkeypatch.setitem(GRANTS, Role.ADMIN, GRANTS[Role.ADMIN] - {command.permission})
    (word,) = await house.say(f"/{command.name}")
    assert word.text == f"/{command.name} needs the permission {command.permission}, which your role has not."


async def test_help_names_only_what_the_role_may(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(GRANTS, Role.ADMIN, frozenset({Permission.VIEW_OWN_EMAILS}))
    (word,) = await house.say("/help")
    assert "/inbox" in word.text
    assert "/jobs" not in word.text


async def test_a_role_without_the_permission_cannot_do_it_through_the_model(
    thinking: Thinking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(GRANTS, Role.ADMIN, frozenset({Permission.LAUNCH_JOBS}))
    await thinking.say("label it", call("label_email", emails=["Bo"], label="Finance"), "You may not.")
    assert "does not allow that" in thinking.service.results[0]
    assert (await thinking.house.mail("Kiln")).labels == []


def test_the_roles_are_those_of_the_plan() -> None:
    assert GRANTS[Role.ADMIN] == frozenset(Permission)
    own = {Permission.VIEW_OWN_EMAILS, Permission.CREATE_TEMPLATES, Permission.CREATE_RULES, Permission.LAUNCH_JOBS}
    assert GRANTS[Role.USER] == own
    assert GRANTS[Role.APPROVER] - GRANTS[Role.USER] == {Permission.APPROVE_TEMPLATES, Permission.APPROVE_AUTO_REPLIES}


async def test_a_tool_is_named_once_and_its_schema_says_what_each_argument_means() -> None:
    assert len(TOOLSET.offered) == len(TOOLS)
    for schema in TOOLSET.schemas:
        function = schema["function"]
        assert function["description"]
        for name, one in function["parameters"]["properties"].items():
            assert {"description", "default"} & one.keys(), f"{function['name']}.{name}"
            assert name not in {"box", "ask"}


async def _conversation(house: House):
    async with house.database.acting_as(house.caller) as tx:
        return await tx.conversations.open(house.caller.person, "console", "there")
