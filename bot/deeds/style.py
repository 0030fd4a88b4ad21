"""The command about how I write: what was learned of it, and whether it may be learned at all."""

from __future__ import annotations

from agent.chat import Reply, Word
from bot.command import Given
from storage.tables.styles import EVERYBODY
from storage.values.errors import Refused
from tools.inbox.show import plain
from tools.style.learn import FEWEST_OF_ALL, ON, SETTING, allowed, learn
from tools.style.style import Style
from tools.style.words import in_words

USAGE = "[on | off]"
LISTED = 10
"""Persons whose style one answer lists, those written to most; /export has all of them."""


async def style(given: Given) -> list[Word]:
    """What was learned, or whether it may be."""
    said = given.words.strip().casefold()
    if said == "on":
        return [Reply(await _on(given))]
    if said == "off":
        return [Reply(await _off(given))]
    if said:
        raise Refused(f"I do not know “/style {plain(said[:30])}”. Say /style {USAGE}.")
    return [Reply(await _told(given))]


async def _on(given: Given) -> str:
    await _switch(given, ON)
    await learn(given.assistant.box, given.caller)
    told = await _told(given)
    return f"From now on drafts are written like your own letters. /style off forgets it all.\n{told}"


async def _off(given: Given) -> str:
    forgotten = await _switch(given, "off")
    gone = (
        f" What I had learned ({forgotten} {'style' if forgotten == 1 else 'styles'}) is deleted." if forgotten else ""
    )
    return f"I do not learn how you write, and drafts are written plainly.{gone}"


async def _switch(given: Given, to: str) -> int:
    """In one transaction: the setting, what it deletes, and the audit's row."""
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        await tx.people.set(given.caller.person, SETTING, to)
        forgotten = await tx.styles.forget(given.caller.person) if to != ON else 0
        await tx.audit.sign(
            given.caller.person,
            "setting_changed",
            f"person:{given.caller.person}",
            {"setting": SETTING, "to": to, "forgotten": forgotten},
            origin=given.origin,
        )
    return forgotten


async def _told(given: Given) -> str:
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        if not await allowed(tx, given.caller):
            return (
                "I do not learn how you write. /style on lets drafts greet, sign and sound like your own sent mail: it is "
                "counted here, on this machine, and only facts are kept (greeting, sign-off, length, language), no text."
            )
        rows = await tx.styles.all(given.caller.person)
    if not rows:
        return f"You allow it, but I know fewer than {FEWEST_OF_ALL} letters of yours yet."
    everybody = [row for row in rows if row.address == EVERYBODY]
    persons = [row for row in rows if row.address != EVERYBODY]
    lines = [f"Your letters ({row.letters}): {in_words(Style.from_json(row.facts))}." for row in everybody]
    lines += [f"- to {row.address} ({row.letters}): {in_words(Style.from_json(row.facts))}" for row in persons[:LISTED]]
    lines += [f"… and {len(persons) - LISTED} more persons."] if len(persons) > LISTED else []
    return plain("\n".join(lines))
