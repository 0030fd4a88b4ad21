"""Commands about rules: list, build from words or YAML, rehearse, switch, order, export."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy.engine import Row

from agent.chat import Reply, Word
from agent.rule_cards import actions_in_words
from agent.rules import propose
from agent.shadow import watch
from bot.command import Given
from storage.tables.rules import RuleState
from storage.transaction import Transaction
from storage.values.clock import now
from storage.values.errors import Refused
from tools.inbox.show import moment, plain
from tools.rules.from_words import HOW, rule_from_words
from tools.rules.language import read_rules
from tools.rules.match import describe
from tools.rules.rehearse import DAYS, rehearse
from tools.rules.writing import write_rules

USAGE = "[when … | add YAML | show | test | on | off | shadow | first | remove NAME | export]"
CARDS = 5
"""Rules of one document that are shown as cards at once."""


async def rules(given: Given) -> list[Word]:
    """What the words after the command ask for; a rule in plain words is one that is to be added."""
    verb, _, rest = given.words.partition(" ") if "\n" not in given.words.split(" ")[0] else given.words.partition("\n")
    verb = verb.casefold()
    if not verb or verb == "list":
        return await _list(given)
    if verb in _VERBS:
        return await _VERBS[verb](given, rest.strip())
    return await _add(given, given.words)


async def _list(given: Given) -> list[Word]:
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        rows = await tx.rules.list(given.caller.person)
        counts = {
            row.rule_name: row.mails
            for row in await tx.rule_matches.count(given.caller.person, now() - timedelta(days=30))
        }
    if not rows:
        return [Reply(f"There are no rules yet. {HOW}")]
    lines = [_line(number, row, counts.get(row.name, 0), given.caller.zone) for number, row in enumerate(rows, 1)]
    order = (
        "New mail is shown to all of them, and what they say is done in this order:" if len(rows) > 1 else "Your rule:"
    )
    return [Reply(plain("\n".join([order, *lines])))]


def _line(number: int, row: Row[Any], mails: int, zone: str) -> str:
    until = f" until {moment(row.shadow_until, zone)}" if row.shadow_until else ""
    state = {RuleState.ON: "", RuleState.OFF: " (off)", RuleState.SHADOW: f" (only watching{until})"}[row.state]
    took = f"; {mails} mail{'s' if mails > 1 else ''} in 30 days" if mails else ""
    (rule,) = read_rules(row.source)
    return f"{number}. {row.name}{state}: when {describe(rule.conditions)}: {actions_in_words(rule.actions)}{took}"


async def _add(given: Given, words: str) -> list[Word]:
    if not words:
        raise Refused(HOW)
    looks_written = any(sign in words for sign in ("\n", "conditions:", '"conditions"', "{"))
    found = read_rules(words) if looks_written else [rule_from_words(words)]
    if len(found) > CARDS:
        raise Refused(
            f"These are {len(found)} rules; in a chat at most {CARDS} at once. `deskhand rules import` takes them all."
        )
    return [await propose(given.assistant.box, given.caller, one) for one in found]


async def _show(given: Given, name: str) -> list[Word]:
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        row = await _named(tx, given, name)
    return [Reply(plain(f"{row.name}, version {row.version}, {row.state}:\n{row.source}"))]


async def _test(given: Given, words: str) -> list[Word]:
    """A rule that is there, or one in words that is not saved."""
    name, _, days = words.rpartition(" ") if words.rpartition(" ")[2].isdigit() else (words, "", str(DAYS))
    if not 1 <= int(days[:5]) <= 3650:
        raise Refused("Say how many days back, from 1 to 3650, for example “/rules test invoices 30”.")
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        known = [row for row in await tx.rules.list(given.caller.person) if row.name == name.casefold()]
    rule = read_rules(known[0].source)[0] if known else rule_from_words(name)
    outcome = await rehearse(given.assistant.box, given.caller, rule, int(days))
    return [Reply(f"Nothing was done. {outcome.words(given.caller.zone, now())}")]


async def _on(given: Given, name: str) -> list[Word]:
    return await _become(given, name, RuleState.ON, "on: it looks at mail that comes from now on")


async def _off(given: Given, name: str) -> list[Word]:
    return await _become(given, name, RuleState.OFF, "off")


async def _shadow(given: Given, words: str) -> list[Word]:
    name, _, days = words.partition(" ")
    if days and not (days.isdigit() and 1 <= int(days) <= 365):
        raise Refused("Say for how many days, from 1 to 365, for example “/rules shadow invoices 7”.")
    return await _become(
        given,
        name,
        RuleState.SHADOW,
        "only watching: what it would do is written down, nothing is done; then a card asks how it goes on",
        int(days or 7),
    )


async def _become(given: Given, name: str, state: RuleState, words: str, days: int = 0) -> list[Word]:
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        row = await _named(tx, given, name)
        if state == RuleState.SHADOW:
            await watch(tx, given.caller.person, row.id, days)
        else:
            await tx.rules.become(row.id, state)
        await _sign(tx, given, row, f"rule_{state}")
    return [Reply(plain(f"Rule {row.name} is {words}."))]


async def _first(given: Given, name: str) -> list[Word]:
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        row = await _named(tx, given, name)
        lowest = min(one.place for one in await tx.rules.list(given.caller.person))
        await tx.rules.move(row.id, lowest - 1)
        await _sign(tx, given, row, "rule_moved")
    return [Reply(plain(f"Rule {row.name} applies first now."))]


async def _remove(given: Given, name: str) -> list[Word]:
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        row = await _named(tx, given, name)
        await tx.rules.remove(row.id)
        await _sign(tx, given, row, "rule_removed")
    return [Reply(plain(f"Rule {row.name} is gone. It said:\n{row.source}"))]


async def _export(given: Given, _words: str) -> list[Word]:
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        rows = await tx.rules.list(given.caller.person)
    if not rows:
        return [Reply("There are no rules to export.")]
    return [Reply(plain(write_rules([read_rules(row.source)[0] for row in rows])))]


async def _named(tx: Transaction, given: Given, name: str) -> Row[Any]:
    """By its name, or by its number in the list."""
    rows = await tx.rules.list(given.caller.person)
    if name.isdigit() and 1 <= int(name[:9]) <= len(rows):
        return rows[int(name) - 1]
    return await tx.rules.named(given.caller.person, name)


async def _sign(tx: Transaction, given: Given, row: Row[Any], action: str) -> None:
    await tx.audit.sign(
        given.caller.person, action, f"rule:{row.id}", {"name": row.name, "source": row.source}, origin=given.origin
    )


_VERBS: dict[str, Callable[[Given, str], Awaitable[list[Word]]]] = {
    "add": _add,
    "import": _add,
    "show": _show,
    "test": _test,
    "on": _on,
    "off": _off,
    "shadow": _shadow,
    "first": _first,
    "remove": _remove,
    "export": _export,
}
