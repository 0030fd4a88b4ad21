"""The admin's listings: every noun shows its rows of every workspace, whose they are, and what is inside of documents."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.cli.listings import LISTINGS, _print
from tests.acceptance.command import deskhand
from tests.fakes.program import House
from tests.fakes.unattended import has_rule, has_template
from tools.llm.meter import Call, Tokens

COLUMNS = {
    "people": ["id", "name", "role", "zone", "since"],
    "accounts": ["id", "person", "provider", "address", "read", "trouble"],
    "approvals": ["id", "person", "to", "subject", "expires"],
    "followups": ["id", "person", "due", "note", "unless_answered"],
    "memories": ["id", "person", "fact", "source"],
    "rules": ["id", "person", "name", "version", "state", "source"],
    "templates": ["id", "person", "name", "version", "state", "approved_at", "body"],
    "jobs": ["id", "kind", "state", "attempts", "run_at", "error"],
    "usage": [
        *("person", "purpose", "model", "calls", "tokens_in", "tokens_cached", "tokens_out"),
        *("dollars", "unpriced", "uncounted"),
    ],
    "audit": ["number", "at", "person", "action", "resource", "origin", "details"],
}
"""What programs read with --json; the names change only with a deprecation."""


@pytest.fixture
async def lived_in(house: House) -> House:
    """A house with something of every noun."""
    await house.say("remember that Bo likes Thursdays")
    await house.say("remind me on Tuesday at 9 about kiln")
    await house.draft("Thursday works.")
    await has_template(house)
    await has_rule(house)
    asked = Call("chat", "own-model", Tokens(12, 0, 3), None, "")
    async with house.database.acting_as(house.caller) as tx:
        await tx.model_calls.add(house.caller.person, [asked.row()])
    return house


async def _rows(house: House, noun: str) -> list[dict[str, Any]]:
    async with house.database.acting_as(house.caller) as tx:
        return await LISTINGS[noun].rows(tx)


@pytest.mark.parametrize("noun", LISTINGS)
async def test_every_noun_has_the_columns_that_programs_read(lived_in: House, noun: str) -> None:
    first, *_ = await _rows(lived_in, noun)
    assert list(first) == COLUMNS[noun]


async def test_rows_say_whose_they_are_and_what_is_inside(lived_in: House) -> None:
    (draft,) = await _rows(lived_in, "approvals")
    assert (draft["person"], draft["to"], draft["subject"]) == ("Ana Sousa", "bo@kiln.example", "Re: Kiln")
    (signed,) = [one for one in await _rows(lived_in, "audit") if one["action"] == "email_account_linked"]
    assert signed["details"]["address"] == "ana@example.org"


async def test_a_table_is_printed_and_nothing_is_said_to_be_nothing(
    lived_in: House, capsys: pytest.CaptureFixture[str]
) -> None:
    _print(await _rows(lived_in, "memories"), json=False)
    _print([], json=False)
    out = capsys.readouterr().out
    assert "Bo likes Thursdays" in out
    assert out.endswith("Nothing to list.\n")


async def test_the_program_lists_every_workspace_for_programs(house: House) -> None:
    ended = await deskhand("people", "list", "--json", home=house.servers.home, **_servers(house))
    (row,) = map(json.loads, ended.out.splitlines())
    assert (row["name"], row["role"]) == ("Ana Sousa", "admin")


async def test_settings_are_listed_without_their_secrets(house: House) -> None:
    ended = await deskhand("settings", "list", "--json", home=house.servers.home, **_servers(house))
    rows = {row["setting"]: row["value"] for row in map(json.loads, ended.out.splitlines())}
    assert rows["ENCRYPTION_KEY"] == "**********"
    assert house.environment["ENCRYPTION_KEY"] not in ended.out


def _servers(house: House) -> dict[str, str]:
    """Where the house stands; its shape is looked at as the owner."""
    return house.environment | {"DATABASE_URL": house.servers.admin_url}
