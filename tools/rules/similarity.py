"""Similarity: how near in meaning mails are to what rules compare them with, asked of the vector store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from storage.values.access import Caller
from tools.rules.rule import Rule, tests
from tools.toolbox import Toolbox

MOST = 300
"""Mails whose nearest neighbour is looked for in one rehearsal: each is a search of its own."""


def compared_with(rules: Iterable[Rule]) -> list[str]:
    """The texts that these rules compare mails with; the empty one stands for the nearest other mail."""
    return sorted({one.to for rule in rules for one in tests(rule.conditions) if one.field == "similarity"})


async def similarities(
    box: Toolbox, caller: Caller, texts: Sequence[str], rows: Sequence[Row[Any]]
) -> dict[UUID, dict[str, float]]:
    """Mail -> text -> cosine, for mails that have their meaning vector."""
    found: dict[UUID, dict[str, float]] = {row.id: {} for row in rows}
    for text in texts:
        if text:
            vector = await box.models.meaning.of_one(text)
            async with box.database.acting_as(caller) as tx:
                near = await tx.emails.nearness([row.digest for row in rows], vector)
            for row in rows:
                if row.digest in near:
                    found[row.id][text] = near[row.digest]
        else:
            async with box.database.acting_as(caller) as tx:
                for row in rows[:MOST]:
                    nearest = await tx.emails.nearest_other(row.account, row.id, row.digest)
                    if nearest is not None:
                        found[row.id][text] = nearest
    return found
