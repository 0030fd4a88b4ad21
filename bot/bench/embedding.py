"""Embedding through the program beside the embedder alone: what reading the texts and storing the vectors adds."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from uuid import UUID

from bot.bench.clocks import Taken, taken
from bot.bench.figures import Figure
from bot.bench.mailbag import lay_out
from bot.bench.newcomer import linked
from bot.program import Program
from tools.inbox.sync import sync
from tools.inbox.triage import embed
from tools.llm.embedder import open_embedder
from tools.toolbox import Toolbox

ADDED = 1.03
"""Goal: times the embedder's own processor time."""


async def embedding_figures(
    program: Program, mails: Sequence[Path], scratch: Path, rounds: int, size: int
) -> list[Figure]:
    """Rounds of so many mails each, none of which was embedded before, alone and through the program in turn."""
    chosen = mails[:: max(1, len(mails) // (size * rounds))]
    parts = [chosen[number * size : (number + 1) * size] for number in range(rounds)]
    measured = [
        await _round(program, lay_out(part, scratch / f"part-{number}"), scratch / "home", alone_first=number % 2 == 0)
        for number, part in enumerate(parts)
        if part
    ]
    alone = median(one.cpu for one, _ in measured)
    own = median(one.wall for one, _ in measured)
    against = "the embedder alone"
    return [
        Figure(
            "embedding a mail in the program, CPU, servers included",
            median(ours.cpu / one.cpu for one, ours in measured) * alone * 1e3,
            "ms",
            alone * 1e3,
            against,
            ADDED,
            relative=True,
        ),
        Figure(
            "the same on the clock",
            median(ours.wall / one.wall for one, ours in measured) * own * 1e3,
            "ms",
            own * 1e3,
            against,
        ),
    ]


async def _round(program: Program, mailbox: Path, home: Path, *, alone_first: bool) -> tuple[Taken, Taken]:
    who, account = await linked(program, mailbox)
    box, tenant = program.box, who.caller.tenant
    await sync(box, tenant, account)
    texts = await _texts(box, tenant, account)
    embedder = open_embedder()
    await box.models.meaning.of(texts[:1])
    await asyncio.to_thread(embedder.embed, texts[:1])  # both have loaded the model
    spent = {}
    for alone in (alone_first, not alone_first):
        with taken(home) as spent[alone]:
            await (asyncio.to_thread(embedder.embed, texts) if alone else embed(box, tenant, account))
    return spent[True].each(len(texts)), spent[False].each(len(texts))


async def _texts(box: Toolbox, tenant: UUID, account: UUID) -> list[str]:
    """What has no vector yet, one text a content."""
    async with box.database.acting_as(tenant) as tx:
        rows = await tx.emails.without_vector(account, box.models.meaning.model, 10_000)
    return [f"{row.subject}\n{row.reply}" for row in rows]
