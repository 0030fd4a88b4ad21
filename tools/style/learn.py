"""Learns how the owner writes, from letters that they wrote by hand and from drafts that they rewrote: to everybody, and to
those whom they wrote to before. Only while they allow it; when they do not, nothing is kept."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, TypeVar

from storage.tables.styles import EVERYBODY
from storage.transaction import Transaction
from storage.values.access import Caller
from tools.inbox.signals import Signals
from tools.style.read import read_letter
from tools.style.style import Style
from tools.toolbox import Toolbox

SETTING = "style"
ON = "on"

LETTERS = 400
"""Letters that are read, the latest: habits change."""
FEWEST = 2
"""Letters to one person from which it is known how they are written to."""
FEWEST_OF_ALL = 3
"""Letters from which it is known how the owner writes to anybody."""
REWRITTEN = 2
"""How much a draft that the owner rewrote counts for: they had the choice to leave it."""
MOST_READERS = 200

T = TypeVar("T")


@dataclass(frozen=True)
class Letter:
    """A letter of the owner's."""

    address: str
    reader: str
    text: str
    weight: int = 1


async def allowed(tx: Transaction, caller: Caller) -> bool:
    """Whether the owner allows it."""
    return bool((await tx.people.settings(caller.person)).get(SETTING) == ON)


async def learn(box: Toolbox, caller: Caller) -> int:
    """Learns anew when the owner allows it and has written since; gives how many styles are known then."""
    async with box.database.acting_as(caller) as tx:
        if not await allowed(tx, caller):
            return 0
        known = await tx.styles.learned_at(caller.person)
        newest = await tx.styles.written_at(caller.person)
        if known is not None and (newest is None or newest <= known):
            return 0
        letters = [*_rewritten(await tx.styles.edits(caller.person, LETTERS))]
        letters += _sent(await tx.styles.letters(caller.person, LETTERS))
    learned = await asyncio.to_thread(learned_from, letters, caller.name)
    rows = {address: (style.to_json(), count) for address, (style, count) in learned.items()}
    async with box.database.acting_as(caller) as tx:
        if not await allowed(tx, caller):  # it was switched off meanwhile
            return 0
        await tx.styles.replace(caller.person, rows)
    return len(rows)


def learned_from(letters: Iterable[Letter], own_name: str) -> dict[str, tuple[Style, int]]:
    """By address, and for everybody: the commonest of each fact, and from how many letters it is known."""
    by_address: dict[str, list[tuple[Style, int]]] = defaultdict(list)
    everybody: list[tuple[Style, int]] = []
    for letter in letters:
        style = read_letter(letter.text, letter.reader, own_name)
        if style is not None:
            by_address[letter.address].append((style, letter.weight))
            everybody.append((style, letter.weight))
    found = {address: _commonest(read) for address, read in by_address.items() if _count(read) >= FEWEST}
    most = sorted(found.items(), key=lambda pair: -pair[1][1])[:MOST_READERS]
    if _count(everybody) < FEWEST_OF_ALL:
        return dict(most)
    style, count = _commonest(everybody)
    return {EVERYBODY: (style.for_anybody(), count), **dict(most)}


def _commonest(read: Sequence[tuple[Style, int]]) -> tuple[Style, int]:
    """Each fact by majority; between equals the latest, which comes first."""
    opening = _most([((one.greeting, one.named), weight) for one, weight in read])
    closing = _most([((one.sign_off, one.signed), weight) for one, weight in read])
    return Style(
        greeting=opening[0],
        named=opening[1],
        sign_off=closing[0],
        signed=closing[1],
        formality=_most([(one.formality, weight) for one, weight in read]),
        words=round(median(one.words for one, _ in read)),
        language=_most([(one.language, weight) for one, weight in read]),
    ), _count(read)


def _most(weighed: Sequence[tuple[T, int]]) -> T:
    counts: Counter[T] = Counter()
    for value, weight in weighed:
        counts[value] += weight
    return counts.most_common(1)[0][0]


def _count(read: Sequence[tuple[Style, int]]) -> int:
    return sum(weight for _, weight in read)


def _sent(rows: Iterable[Any]) -> Iterable[Letter]:
    for row in rows:
        people = row.recipients.get("to") or ()
        if people and not Signals.from_json(row.signals).auto_submitted:
            yield Letter(people[0]["address"], people[0]["name"] if len(people) == 1 else "", row.text)


def _rewritten(rows: Iterable[Any]) -> Iterable[Letter]:
    for row in rows:
        recipients = row.action["recipients"]
        if recipients:
            yield Letter(recipients[0], row.sender_name or "", row.action["body"], REWRITTEN)
