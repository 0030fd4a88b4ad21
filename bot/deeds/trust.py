"""The command about trust: what is done without being asked, on what record that rests, and moving it."""

from __future__ import annotations

from collections.abc import Sequence

from agent.chat import Reply, Word
from agent.trust import card_of, offer
from bot.command import Given
from storage.transaction import Transaction
from storage.values.errors import Refused
from tools.inbox.show import plain
from tools.rules.apply import written
from tools.rules.language import read_rules
from tools.rules.rule import AutoReply
from tools.trust.act import EVERY, category_scope, in_words, key_of, rule_scope, sender_scope
from tools.trust.ladder import ORDER, Rung, outlook, past
from tools.trust.ledger import Standing, stands

USAGE = "[ask | tell | silent NUMBER | ask ADDRESS or CATEGORY | free ADDRESS or CATEGORY | forget ADDRESS]"
CARDS = 5
"""Questions that wait, of those that one answer shows again."""


async def trust(given: Given) -> list[Word]:
    """How everything stands, or a change of it."""
    verb, _, rest = given.words.casefold().partition(" ")
    if not verb:
        return await _all(given)
    if verb == "forget":
        return await _forget(given, rest.strip())
    if verb == "free" or (verb == Rung.ASK and not rest.strip().isdigit()):
        return await _hold(given, rest.strip(), free=verb == "free")
    if verb not in ORDER:
        raise Refused(f"I do not know “/trust {plain(verb[:30])}”. Say /trust {USAGE}.")
    return await _move(given, Rung(verb), rest.strip())


async def _all(given: Given) -> list[Word]:
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        found = await _standings(tx, given)
        held = [one for one in await tx.trust.all_of(given.caller.person) if one.act == EVERY]
        drafts = await tx.trust.drafts(given.caller.person)
        manners = await tx.manners.all_of(given.caller.person)
        waiting = (await tx.trust_cards.waiting(given.caller.person))[:CARDS]
        cards = [await card_of(tx, one) for one in waiting]
    lines = (
        ["What I do without being asked, and on what that rests:"] if found else ["I do nothing without being asked."]
    )
    lines += [_line(number, one) for number, one in enumerate(found, 1)]
    lines += [f"{one.scope.partition(':')[2]}: {Rung(one.rung).words}, because you said so." for one in held]
    lines.append(
        "Sending, forwarding and deleting always ask, but for auto-replies with a template that you approved. "
        f"Your word on drafts: approved {drafts.get('approved', 0)}, changed {drafts.get('replaced', 0)}, "
        f"rejected {drafts.get('rejected', 0)}."
    )
    lines.append("What is marked as important, or guards an account, is never archived by itself.")
    lines += [
        f"Letters to {one.recipient} I begin “{one.greeting}” and end “{one.closing}”, as you changed a draft."
        for one in manners
    ]
    lines += [f"{len(cards)} of my questions wait for you:"] if cards else []
    return [Reply(plain("\n".join(lines))), *cards]


def _line(number: int, one: Standing) -> str:
    why = f" ({past(one.record)})"
    return (
        f"{number}. Rule {one.rule.name}, {in_words(one.act)}: {one.rung.words}{why}. "
        f"{outlook(one.rung, one.record, one.declined)}"
    )


async def _standings(tx: Transaction, given: Given) -> list[Standing]:
    """Every act of the rules that look at mail, in the order of the rules."""
    found = []
    for row in await tx.rules.watching(given.caller.person):
        (rule,) = read_rules(row.source)
        for action in (one for one in rule.actions if not isinstance(one, AutoReply)):
            found.append(await stands(tx, given.caller.person, row, key_of(written(action))))
    return found


async def _move(given: Given, rung: Rung, words: str) -> list[Word]:
    """Down at once; up by a press on a card that shows the record."""
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        one = _numbered(await _standings(tx, given), words)
        said = f"rule {one.rule.name}, {in_words(one.act)}"
        if rung == one.rung:
            return [Reply(plain(f"It stands there already: {said}: {rung.words}."))]
        if ORDER.index(rung) > ORDER.index(one.rung):
            card = await offer(tx, given.caller.person, one.rule, one.act, rung, f"asked for/{given.event}")
            return [card] if card is not None else []
        await tx.trust.ratify(given.caller.person, one.act, rule_scope(one.rule.id), rung)
        details = {"rule": one.rule.name, "act": one.act, "rung": rung}
        await tx.audit.sign(given.caller.person, "trust_lowered", f"rule:{one.rule.id}", details, origin=given.origin)
    return [Reply(plain(f"From now on, {said}: {rung.words}."))]


def _numbered(found: Sequence[Standing], words: str) -> Standing:
    if not words.isdigit() or not 1 <= int(words[:6]) <= len(found):
        raise Refused("Say the number of an act in the list of /trust, for example “/trust ask 1”.")
    return found[int(words) - 1]


async def _hold(given: Given, words: str, *, free: bool) -> list[Word]:
    """Everything of a sender or category asks first, or does so no more."""
    if not words or len(words) > 200 or len(words.split()) > 4:
        raise Refused(f"Say an address or a category, for example “/trust ask bo@kiln.example”. Say /trust {USAGE}.")
    scope = sender_scope(words) if "@" in words else category_scope(words)
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        if "@" not in words:
            accounts = await tx.accounts.of(given.caller.person)
            if words not in await tx.trust.categories([row.id for row in accounts]):
                raise Refused(f"No mail of yours is sorted as “{plain(words[:40])}”. Say an address or a category.")
        if free and not await tx.trust.free(given.caller.person, EVERY, scope):
            raise Refused(f"Nothing is set for “{plain(words[:80])}”; /trust shows what is.")
        if not free:
            await tx.trust.ratify(given.caller.person, EVERY, scope, Rung.ASK)
        action = "trust_freed" if free else "trust_held"
        await tx.audit.sign(given.caller.person, action, scope, {}, origin=given.origin)
    told = "the record of each rule counts again" if free else "whatever rules want to do with it, I ask first"
    return [Reply(plain(f"Mail of {words}: {told}." if "@" in words else f"{words} mail: {told}."))]


async def _forget(given: Given, address: str) -> list[Word]:
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        if not await tx.manners.forget(given.caller.person, address):
            raise Refused(f"I have learned nothing about letters to “{plain(address[:80])}”; /trust shows what I have.")
        await tx.audit.sign(given.caller.person, "manner_forgotten", f"address:{address}", {}, origin=given.origin)
    return [Reply(plain(f"Letters to {address} begin and end as they did before your change."))]
