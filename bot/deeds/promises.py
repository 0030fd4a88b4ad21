"""Commands about promises: the list both ways, the card of one, and what was closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Row

from agent.chat import Reply, Word
from agent.promises import card
from bot.command import Given
from storage.tables.commitments import CommitmentState
from storage.values.clock import now
from storage.values.errors import Refused
from tools.commitments import settle as settling
from tools.commitments.tool import numbered, standing
from tools.commitments.words import pressing, sides, state_in_words
from tools.inbox.show import plain
from tools.tool import Ask

USAGE = "[mine | theirs | NUMBER | done NUMBER | not NUMBER | closed | reopen NUMBER]"
CARDS = 3
"""Cards of what is late or due today that come with the list; the others come by their number."""
CLOSED = 10


async def promises(given: Given) -> list[Word]:
    """What was promised and is open, or what a person says about one of it."""
    verb, _, rest = given.words.casefold().partition(" ")
    if verb.isdigit() and not rest:
        return [await _card(given, int(verb[:6]))]
    if verb in ("", "mine", "theirs") and not rest:
        return await _list(given, verb or "both")
    if verb in ("done", "not") and rest.isdigit():
        outcome = "done" if verb == "done" else "not a promise"
        return [await given.tool("settle_promise", number=int(rest[:6]), outcome=outcome)]
    if verb == "closed" and not rest:
        return [Reply(_closed(await _latest(given)))]
    if verb == "reopen" and rest.isdigit():
        return await _reopen(given, int(rest[:6]))
    raise Refused(f"I do not know “/promises {plain(given.words[:40])}”. Say /promises {USAGE}.")


async def _list(given: Given, whose: str) -> list[Word]:
    listed = await given.tool("list_promises", whose=whose)
    rows = await standing(given.assistant.box, given.caller)
    shown = [row for row in rows if whose == "both" or row.mine is (whose == "mine")]
    urgent = pressing(shown, given.caller.zone, now())[:CARDS]
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        cards = [await card(tx, given.caller, row) for row in urgent]
    hint = "\n/promises NUMBER shows one with its buttons." if shown else ""
    return [Reply(f"{listed.text}{hint}") if isinstance(listed, Reply) else listed, *cards]


async def _card(given: Given, number: int) -> Word:
    row = numbered(await standing(given.assistant.box, given.caller), number)
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        return await card(tx, given.caller, row)


async def _latest(given: Given) -> Sequence[Row[Any]]:
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        return await tx.commitments.latest([row.id for row in await tx.accounts.of(given.caller.person)], CLOSED)


async def _reopen(given: Given, number: int) -> list[Word]:
    rows = await _latest(given)
    if not 1 <= number <= len(rows):
        raise Refused("Say a number of the list that “/promises closed” shows.")
    ask = Ask(given.caller, given.conversation, given.event, call="reopen")
    row = await settling.settle(given.assistant.box, ask, rows[number - 1].id, CommitmentState.OPEN)
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        return [Reply(f"{settling.in_words(row)}."), await card(tx, given.caller, row)]


def _closed(rows: Sequence[Row[Any]]) -> str:
    if not rows:
        return "No promise was closed yet."
    lines = [
        f"{number}. {sides(row)}: “{row.quote}” ({state_in_words(row)})" for number, row in enumerate(rows, start=1)
    ]
    return plain("\n".join(["Closed last:", *lines, "/promises reopen NUMBER opens one again."]))
