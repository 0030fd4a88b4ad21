"""Commands about auto-replies: on and off, the limits, the sensitive words, and what was held."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from agent.chat import Reply, Word
from bot.command import Given
from storage.tables.habits import Habit
from storage.values.clock import now
from storage.values.errors import Refused
from tools.autoreply.gates import FLOOR
from tools.autoreply.sensitive import topic_names
from tools.autoreply.situation import day_of
from tools.inbox.show import moment, plain

USAGE = "[on | off | limit N | sure 0.9 | days N | window SECONDS | sensitive [add | drop WORD]]"


async def autoreply(given: Given) -> list[Word]:
    """How it stands, or a change."""
    verb, _, rest = given.words.partition(" ")
    if not verb:
        return [Reply(await _standing(given))]
    if verb.casefold() not in _VERBS:
        raise Refused(f"I do not know “/autoreply {plain(verb[:30])}”. Say /autoreply {USAGE}.")
    return await _VERBS[verb.casefold()](given, rest.strip())


async def _standing(given: Given) -> str:
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        habit = await tx.habits.of(given.caller.person)
        used = await tx.auto_replies.used(given.caller.person, day_of(now(), given.caller.zone))
        waiting = await tx.auto_replies.waiting(given.caller.person)
    lines = [
        f"Auto-replies are {'on' if habit.enable_auto_replies else 'off'}; {used} of {habit.max_daily_replies} of today are used.",
        f"The sorting must be {max(FLOOR, habit.threshold):.2f} sure; a sender gets one in {habit.days_between} days; each waits "
        f"{habit.undo_seconds} seconds before it leaves.",
        f"Never answered without you: {', '.join(_topics(habit))}.",
        *(f"Leaves on {moment(row.due_at, given.caller.zone)}: to {row.recipient}" for row in waiting),
    ]
    return plain("\n".join(lines))


def _topics(habit: Habit) -> list[str]:
    return [*(one for one in topic_names() if one not in habit.sensitive_removed), *habit.sensitive_added]


async def _on(given: Given, _words: str) -> list[Word]:
    return await _changed(given, enable_auto_replies=True)


async def _off(given: Given, _words: str) -> list[Word]:
    return await _changed(given, enable_auto_replies=False)


async def _limit(given: Given, words: str) -> list[Word]:
    return await _changed(given, max_daily_replies=_whole(words, 0, 200, "/autoreply limit 10"))


async def _days(given: Given, words: str) -> list[Word]:
    return await _changed(given, days_between=_whole(words, 1, 365, "/autoreply days 7"))


async def _window(given: Given, words: str) -> list[Word]:
    return await _changed(given, undo_seconds=_whole(words, 10, 3600, "/autoreply window 60"))


async def _sure(given: Given, words: str) -> list[Word]:
    try:
        number = float(words)
    except ValueError:
        number = 0.0
    if not FLOOR <= number <= 1:
        raise Refused(
            f"Say a number from {FLOOR} to 1, for example “/autoreply sure 0.9”: it can be stricter, never laxer."
        )
    return await _changed(given, threshold=number)


async def _sensitive(given: Given, words: str) -> list[Word]:
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        habit = await tx.habits.of(given.caller.person)
    verb, _, word = words.partition(" ")
    word = " ".join(word.split()).casefold()
    if not verb:
        return [Reply(plain(f"Never answered without you: {', '.join(_topics(habit))}."))]
    if verb not in ("add", "drop") or not 2 <= len(word) <= 60:
        raise Refused("Say “/autoreply sensitive add WORD” or “/autoreply sensitive drop WORD”.")
    added = [one for one in habit.sensitive_added if one != word]
    removed = [one for one in habit.sensitive_removed if one != word]
    if verb == "add" and word not in topic_names():
        added.append(word)
    if verb == "drop" and word not in habit.sensitive_added:
        removed.append(word)
    return await _changed(given, sensitive_added=added, sensitive_removed=removed)


def _whole(words: str, least: int, most: int, example: str) -> int:
    if not words.isdigit() or not least <= int(words[:9]) <= most:
        raise Refused(f"Say a number from {least} to {most}, for example “{example}”.")
    return int(words)


async def _changed(given: Given, **values: Any) -> list[Word]:
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        await tx.habits.change(given.caller.person, values)
        await tx.audit.sign(
            given.caller.person,
            "auto_reply_settings_changed",
            f"person:{given.caller.person}",
            values,
            origin=given.origin,
        )
    return [Reply(await _standing(given))]


_VERBS: dict[str, Callable[[Given, str], Awaitable[list[Word]]]] = {
    "on": _on,
    "off": _off,
    "limit": _limit,
    "sure": _sure,
    "days": _days,
    "window": _window,
    "sensitive": _sensitive,
}
