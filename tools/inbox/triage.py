"""Triage: new mail gets a category, a confidence and whether it needs the person, each with its reasons."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy.engine import Row

from tools.inbox.ahead import ahead
from tools.inbox.classify import Verdict, classify
from tools.inbox.signals import Signals
from tools.toolbox import Toolbox

BATCH = 100
UNMEASURED = 500
EMBEDDED = 16
"""Texts per call of the embedder: it gains nothing from more (measured), and others get their turn in between."""


async def triage(box: Toolbox, tenant: UUID, account: UUID) -> list[Row[Any]]:
    """Sorts what nobody has sorted yet, newest first, and gives the unread mails that were found to need the person."""
    waiting: list[Row[Any]] = []
    while True:
        async with box.database.acting_as(tenant) as tx:
            rows = await tx.emails.untriaged(account, BATCH)
            vectors = await tx.emails.vectors([row.digest for row in rows])
            answered = await tx.emails.answered(account, [row.message_id for row in rows if row.message_id])
        if not rows:
            return waiting
        verdicts = await asyncio.to_thread(_verdicts, rows, vectors)
        found = [
            _found(row, verdict, by_meaning=row.digest in vectors, answered=row.message_id in answered)
            for row, verdict in zip(rows, verdicts, strict=True)
        ]
        async with box.database.acting_as(tenant) as tx:
            await tx.emails.sort(found)
        waiting += [
            row for row, one in zip(rows, found, strict=True) if one["needs_me"] and row.unread and not row.needs_me
        ]


def _found(row: Row[Any], verdict: Verdict, *, by_meaning: bool, answered: bool) -> dict[str, Any]:
    return {
        "id": row.id,
        "category": verdict.category,
        "confidence": verdict.confidence,
        "needs_me": verdict.needs_me and not row.outgoing and not answered,
        "reasons": [*verdict.reasons, *(["you have answered it"] if answered else [])],
        "by_meaning": by_meaning,
    }


def _verdicts(rows: Sequence[Row[Any]], vectors: dict[bytes, Sequence[float]]) -> list[Verdict]:
    return [
        classify(
            row.subject,
            row.reply,
            Signals.from_json(row.signals),
            np.asarray(vectors[row.digest], np.float32) if row.digest in vectors else None,
        )
        for row in rows
    ]


async def embed(box: Toolbox, tenant: UUID, account: UUID) -> int:
    """Gives every content its meaning vector, once per digest, newest first; gives how many were made."""
    made = 0
    model = box.models.meaning.model
    while True:
        async with box.database.acting_as(tenant) as tx:
            rows = await tx.emails.without_vector(account, model, UNMEASURED)
        if not rows:
            return made
        async for vectors in ahead(_measured(box, rows)):  # the embedder does not wait while vectors are stored
            async with box.database.acting_as(tenant) as tx:
                await tx.emails.add_vectors(model, vectors)
            made += len(vectors)


async def _measured(box: Toolbox, rows: Sequence[Row[Any]]) -> AsyncGenerator[list[tuple[bytes, list[float]]]]:
    for start in range(0, len(rows), EMBEDDED):
        part = rows[start : start + EMBEDDED]
        vectors = await box.models.meaning.of([f"{row.subject}\n{row.reply}" for row in part])
        yield list(zip((row.digest for row in part), vectors, strict=True))
