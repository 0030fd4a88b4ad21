"""Commands about what is told when: the digest now or at other hours, what was left out, and why something was decided."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid5

from agent.chat import Card, Reply, Word
from agent.left_out import hidden_card
from agent.sorting import buttons_for
from agent.why import why as why_of
from bot.command import Given
from storage.values.clock import now
from storage.values.errors import Refused
from tools.digest.gather import LOOKED_BACK, gather
from tools.digest.words import hidden_in_words, in_order, in_words
from tools.inbox import refer
from tools.inbox.correct import correct, matters
from tools.inbox.relabel import TAKES_BACK
from tools.inbox.show import plain
from tools.tool import Ask

USAGE = "[hidden [DAYS] | mattered NUMBER | at 8 17 | off]"


async def digest(given: Given) -> list[Word]:
    """The digest as it would be now, or a change of when it comes."""
    verb, _, rest = given.words.casefold().partition(" ")
    if verb in ("hidden", "mattered"):
        return await (_hidden(given, rest) if verb == "hidden" else _mattered(given, rest))
    if verb in ("at", "off"):
        return await _at(given, rest if verb == "at" else "")
    if verb:
        raise Refused(f"I do not know “/digest {plain(verb[:30])}”. Say /digest {USAGE}.")
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        found = await gather(tx, given.caller, now())
    if found.empty and not found.hidden:
        return [Reply("Nothing waits for you, and nothing happened since the last digest.")]
    return [Reply(in_words(found, given.caller.zone, now()))]


async def _hidden(given: Given, words: str) -> list[Word]:
    if words and not (words.isdigit() and 1 <= int(words) <= 365):
        raise Refused("Say how many days back, from 1 to 365, for example “/digest hidden 7”.")
    at = now()
    since = at - (timedelta(days=int(words)) if words else LOOKED_BACK)
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        ids = [row.id for row in await tx.accounts.of(given.caller.person)]
        rows = await tx.rule_matches.left_out(ids, since)
        if not rows:
            return [Reply(hidden_in_words(rows, since, given.caller.zone, at))]
        return [await hidden_card(tx, given.caller, uuid5(given.event, "hidden"), rows, since)]


async def _mattered(given: Given, words: str) -> list[Word]:
    """A number of the list that `/digest hidden` shows: from now on the mail waits like any other, and mail like it too."""
    at = now()
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        ids = [row.id for row in await tx.accounts.of(given.caller.person)]
        rows = in_order(await tx.rule_matches.left_out(ids, at - LOOKED_BACK))
        if not words.isdigit() or not 1 <= int(words[:6]) <= len(rows):
            raise Refused("Say the number of a mail in the list of “/digest hidden”.")
        row = rows[int(words) - 1]
    ask = Ask(given.caller, given.conversation, given.event, call="mattered")
    words = await matters(given.assistant.box, given.caller, row.id, ask=ask)
    return [Reply(plain(f"{words} {TAKES_BACK}"))]


async def _at(given: Given, words: str) -> list[Word]:
    hours = [one.removesuffix(":00") for one in words.replace(",", " ").replace(" and ", " ").split()]
    if not all(one.isdigit() and 0 <= int(one) <= 23 for one in hours) or len(hours) > 6:
        raise Refused("Say the hours of your day, at most six, for example “/digest at 8 17”; “/digest off” for none.")
    chosen = sorted({int(one) for one in hours})
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        await tx.habits.change(given.caller.person, {"digest_hours": chosen})
    if not chosen:
        return [Reply("The digest does not come any more; /digest shows it when you ask.")]
    return [
        Reply(
            f"The digest comes at {', '.join(f'{one}:00' for one in chosen)} ({given.caller.zone}), if there is anything to say."
        )
    ]


async def why(given: Given) -> list[Word]:
    """What was decided about a mail."""
    box = given.assistant.box
    focus = await given.assistant.focus(given.caller, given.conversation)
    ask = Ask(given.caller, given.conversation, given.event, focus)
    if not given.words and focus.mail is None and len(focus.shown) != 1:
        raise Refused(
            "Say which mail, for example “/why 2” for the second in the list shown last, or “/why the kiln mail”."
        )
    row = await refer.one_mail(box, ask, given.words or "it")
    async with box.database.acting_as(given.caller) as tx:
        words = await why_of(tx, given.caller, row)
        needs_me = bool(row.needs_me)
        buttons = await buttons_for(tx, given.caller.person, row.id, row.category, needs_me=needs_me)
    return [Card(id=str(uuid5(given.event, "why")), title="Why", text=words, buttons=buttons)]


async def sort(given: Given) -> list[Word]:
    """Puts a mail where it belongs: one of the categories, or one of the person's own."""
    which, found, category = given.words.rpartition(" as ")
    if not found or not category.strip():
        raise Refused(
            "Say which mail and where it belongs, for example “/sort 2 as newsletter” or “/sort it as Suppliers”."
        )
    box = given.assistant.box
    focus = await given.assistant.focus(given.caller, given.conversation)
    ask = Ask(given.caller, given.conversation, given.event, focus, call="sort")
    row = await refer.one_mail(box, ask, which.strip() or "it")
    return [Reply(plain(f"{await correct(box, given.caller, row.id, category, ask=ask)} {TAKES_BACK}"))]
