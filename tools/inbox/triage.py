"""Triage: new mail gets a category, a confidence and whether it needs the person, each with its reasons."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.engine import Row

from tools.far import Far, nobody
from tools.inbox.ahead import ahead
from tools.inbox.classify import UNSORTED, Verdict, classify
from tools.inbox.doubts import cleared_up
from tools.inbox.like import Lesson, with_lessons
from tools.inbox.signals import Signals
from tools.toolbox import Toolbox

BATCH = 100
UNMEASURED = 500
EMBEDDED = 16
"""Texts per call of the embedder: it gains nothing from more (measured), and others get their turn in between."""

Vectors = Mapping[bytes, NDArray[np.float32]]


async def triage(box: Toolbox, tenant: UUID, account: UUID) -> list[Row[Any]]:
    """Sorts what nobody has sorted yet, newest first, and gives the unread mails that were found to need the person."""
    waiting: list[Row[Any]] = []
    while True:
        async with box.database.acting_as(tenant) as tx:
            rows = await tx.emails.untriaged(account, BATCH)
            stored = await tx.emails.vectors([row.digest for row in rows])
            answered = await tx.emails.answered(account, [row.message_id for row in rows if row.message_id])
            lessons = [_lesson(one) for one in await tx.corrections.of(account)] if rows else []
        if not rows:
            return waiting
        vectors = {digest: np.asarray(one, np.float32) for digest, one in stored.items()}
        verdicts = await asyncio.to_thread(_verdicts, rows, vectors, lessons)
        verdicts = await cleared_up(box, tenant, account, rows, verdicts, vectors, lessons)
        found = [
            _found(row, verdict, by_meaning=row.digest in vectors, answered=row.message_id in answered)
            for row, verdict in zip(rows, verdicts, strict=True)
        ]
        async with box.database.acting_as(tenant) as tx:
            await tx.emails.sort(found)
        waiting += [
            row for row, one in zip(rows, found, strict=True) if one["needs_me"] and row.unread and not row.needs_me
        ]


def _lesson(row: Row[Any]) -> Lesson:
    vector = None if row.embedding is None else np.asarray(list(row.embedding), np.float32)
    sorts = row.needs_me is None or row.category != row.was
    return Lesson(row.category, row.subject, row.sender_address, vector, row.email, row.needs_me, sorts)


def _found(row: Row[Any], verdict: Verdict, *, by_meaning: bool, answered: bool) -> dict[str, Any]:
    return {
        "id": row.id,
        "category": verdict.category,
        "confidence": verdict.confidence,
        "needs_me": verdict.needs_me and not row.outgoing and not answered,
        "reasons": [*verdict.reasons, *(["you have answered it"] if answered else [])],
        "by_meaning": by_meaning,
    }


def _verdicts(rows: Sequence[Row[Any]], vectors: Vectors, lessons: Sequence[Lesson]) -> list[Verdict]:
    return [_verdict(row, vectors.get(row.digest), lessons) for row in rows]


def _verdict(row: Row[Any], vector: NDArray[np.float32] | None, lessons: Sequence[Lesson]) -> Verdict:
    """The verdict on one mail; one that cannot be sorted is for a person to look at, and keeps nobody else waiting."""
    try:
        seen = Signals.from_json(row.signals)
        own = next((one for one in lessons if one.email == row.id), None)
        if own is not None:
            return Verdict(own.category, 1.0, bool(row.needs_me), tuple(row.reasons or ()))
        verdict = classify(row.subject, row.reply, seen, vector, row.body)
        return with_lessons(verdict, row.sender_address, seen, vector, lessons)
    except (ValueError, TypeError, LookupError, ArithmeticError) as error:
        return Verdict(UNSORTED, 0.0, False, (f"it could not be sorted ({type(error).__name__}): needs review",))


async def embed(box: Toolbox, tenant: UUID, account: UUID, far: Far = nobody) -> int:
    """Gives every content its meaning vector, once per digest, newest first; gives how many were made."""
    made, total = 0, None
    model = box.models.meaning.model
    while True:
        async with box.database.acting_as(tenant) as tx:
            rows = await tx.emails.without_vector(account, model, UNMEASURED)
            if total is None:
                total = await tx.emails.unmeasured(account, model) if len(rows) == UNMEASURED else len(rows)
        if not rows:
            return made
        async for vectors in ahead(_measured(box, rows)):  # the embedder does not wait while vectors are stored
            async with box.database.acting_as(tenant) as tx:
                await tx.emails.add_vectors(model, vectors)
            made += len(vectors)
            await far("measuring what mails mean", made, max(made, total))


async def _measured(box: Toolbox, rows: Sequence[Row[Any]]) -> AsyncGenerator[list[tuple[bytes, list[float]]]]:
    for start in range(0, len(rows), EMBEDDED):
        part = rows[start : start + EMBEDDED]
        vectors = await box.models.meaning.of([f"{row.subject}\n{row.reply}" for row in part])
        yield list(zip((row.digest for row in part), vectors, strict=True))
