"""The owner's own categories, from a handful of examples: mail that is there already is sorted by likeness to them, and goes
back to where it belongs without them when the category is given up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy.engine import Row

from storage.values.access import Caller
from storage.values.errors import Refused
from tools.inbox.classify import CATEGORIES, Verdict
from tools.inbox.correct import put, restore
from tools.inbox.like import Lesson, with_lessons
from tools.inbox.signals import Signals
from tools.inbox.sync import ask_for_triage
from tools.toolbox import Toolbox

LOOKED_AT = 1_000
"""Mails that are sorted anew by the examples, the latest; older ones stay where they are."""
MOST_EXAMPLES = 20
"""Examples that are given at once."""


@dataclass(frozen=True)
class Followed:
    """A mail that went into a category because it is like an example."""

    row: Row[Any]
    confidence: float


async def add(box: Toolbox, caller: Caller, name: str, examples: Sequence[Row[Any]]) -> tuple[str, list[Followed]]:
    """Puts the examples into the category, which begins to exist with the first, and mail like them after them. Gives the name
    as it is written, and what followed, the surest first. Refused for one of our own categories, or too many examples."""
    if " ".join(name.split()).casefold() in CATEGORIES:
        raise Refused(
            f"{name} is one of the categories that everybody has; say “/sort 2 as {name}” to put a mail there."
        )
    if not 1 <= len(examples) <= MOST_EXAMPLES:
        raise Refused(f"Give between 1 and {MOST_EXAMPLES} examples, for example “/categories add Invoices: 1 4 7”.")
    async with box.database.acting_as(caller) as tx:
        for row in examples:
            name = await put(tx, caller.person, row, name)
    followed = [
        one for account in {row.account for row in examples} for one in await _follow(box, caller, account, name)
    ]
    return name, sorted(followed, key=lambda one: -one.confidence)


async def remove(box: Toolbox, caller: Caller, name: str) -> int:
    """Gives the category up: examples stand where they stood, and what followed them is sorted anew. Gives how many mails
    leave it. Refused when there is none of that name."""
    left = 0
    async with box.database.acting_as(caller) as tx:
        for account in await tx.accounts.of(caller.person):
            known = await tx.corrections.categories(account.id)
            own = next((one for one in known if one.casefold() == name.casefold() and one not in CATEGORIES), None)
            if own is None:
                continue
            examples = [one.email for one in await tx.corrections.of(account.id) if one.category == own]
            for row in await tx.emails.many(examples):
                await restore(tx, caller.person, row)
            left += len(examples) + await tx.emails.unsort(account.id, own)
            await ask_for_triage(tx, caller.person, account.id)
    if not left:
        raise Refused(f"You have no category of your own that is called {name}. /categories lists them.")
    return left


async def _follow(box: Toolbox, caller: Caller, account: UUID, name: str) -> list[Followed]:
    """Sorts the account's latest mail by the examples of one category."""
    async with box.database.acting_as(caller) as tx:
        lessons = [_lesson(one) for one in await tx.corrections.of(account)]
        rows = await tx.emails.sorted_lately(account, LOOKED_AT)
        stored = await tx.emails.vectors([row.digest for row in rows])
    given = {lesson.email for lesson in lessons}
    vectors = {digest: np.asarray(one, np.float32) for digest, one in stored.items()}
    others = [row for row in rows if row.id not in given]
    verdicts = await asyncio.to_thread(_verdicts, others, vectors, lessons)
    changed = [
        (row, verdict)
        for row, verdict in zip(others, verdicts, strict=True)
        if verdict.category == name and row.category != name
    ]
    async with box.database.acting_as(caller) as tx:
        if changed:
            await tx.emails.sort([_found(row, verdict) for row, verdict in changed])
    return [Followed(row, verdict.confidence) for row, verdict in changed]


def _verdicts(rows: Sequence[Row[Any]], vectors: dict[bytes, Any], lessons: Sequence[Lesson]) -> list[Verdict]:
    return [
        with_lessons(
            Verdict(row.category, row.confidence, bool(row.needs_me), tuple(row.reasons or ())),
            row.sender_address,
            Signals.from_json(row.signals),
            vectors.get(row.digest),
            lessons,
        )
        for row in rows
    ]


def _found(row: Row[Any], verdict: Verdict) -> dict[str, Any]:
    return {
        "id": row.id,
        "category": verdict.category,
        "confidence": verdict.confidence,
        "needs_me": verdict.needs_me,
        "reasons": list(verdict.reasons),
        "by_meaning": row.by_meaning,
    }


def _lesson(row: Row[Any]) -> Lesson:
    vector = None if row.embedding is None else np.asarray(list(row.embedding), np.float32)
    return Lesson(row.category, row.subject, row.sender_address, vector, row.email)
