"""A first synchronisation over IMAP beside a bare loop that fetches the same bodies, and what a look at nothing new costs."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from imapclient import IMAPClient

from bot.bench.figures import Figure, Report
from bot.bench.ingest import running
from bot.bench.mailbag import lay_out, mails_of
from bot.household import link, settle_in
from bot.program import Program
from storage.tables.email_search import Filter
from tools.inbox.sync import sync
from tools.mail.imap import ImapMailbox
from tools.mail.mailbox import Credentials

MAILS = 10_000
ROUNDS = 3
RATE, TRIPS = 0.7, 2.0
"""Goals: of the bare loop's rate; round trips per folder when nothing is new."""
AT_ONCE = 100
PACKAGES = ("imapclient", "psycopg", "sqlalchemy")


@dataclass(frozen=True)
class Round:
    """Seconds for the same mails."""

    ours: float
    bare: float
    trips: float


async def bench(folder: Path | None, mails: int = MAILS, rounds: int = ROUNDS) -> Report:
    """Measures on a home and servers of its own. `folder` holds .eml files; the sample is multiplied without it."""
    with tempfile.TemporaryDirectory(prefix="deskhand-bench-") as name:
        scratch = Path(name)
        files, words = mails_of(folder, scratch)
        served = lay_out(files[: min(len(files), mails)], scratch / "served")
        copies = -(-mails // len(list(served.iterdir())))
        async with running(scratch / "home") as program, _served(served, copies) as port:
            measured = [await _round(program, port, number) for number in range(rounds)]
            count = await _count(program, port)
    return _report(words, count, measured)


@asynccontextmanager
async def _served(folder: Path, copies: int) -> AsyncIterator[int]:
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.bench.mail_server", str(folder), str(copies), stdout=asyncio.subprocess.PIPE
    )
    try:
        assert server.stdout
        yield int(await server.stdout.readline())
    finally:
        server.terminate()
        await server.wait()


async def _round(program: Program, port: int, number: int) -> Round:
    tenant, account = await _linked(program, port, f"round-{number}")
    bare = 0.0
    if number % 2:
        bare = await asyncio.to_thread(_bare, port)
    start = time.monotonic()
    fresh = await sync(program.box, tenant, account)
    ours = time.monotonic() - start
    async with program.database.acting_as(tenant) as tx:
        stored = await tx.emails.count([account], Filter())
    assert fresh == stored, f"{stored} rows of {fresh} mails"
    mailbox = await program.box.mailboxes.get(tenant, account)
    trips = await _trips(program, tenant, account, mailbox)
    return Round(ours, bare or await asyncio.to_thread(_bare, port), trips)


async def _trips(program: Program, tenant: UUID, account: UUID, mailbox: Any) -> float:
    """Commands for a look at nothing new, per folder."""
    assert isinstance(mailbox, ImapMailbox)
    before = await mailbox.commands()
    await sync(program.box, tenant, account)
    return (await mailbox.commands() - before) / len(mailbox.names)


def _bare(port: int) -> float:
    """Fetches every body in batches and stores nothing."""
    start = time.monotonic()
    with IMAPClient("127.0.0.1", port, ssl=False) as client:
        client.login("bench", "bench")
        client.select_folder("INBOX", readonly=True)
        uids = client.search(["UID", "1:*"])
        for begin in range(0, len(uids), AT_ONCE):
            client.fetch(uids[begin : begin + AT_ONCE], ["BODY.PEEK[]", "FLAGS"])
    return time.monotonic() - start


async def _linked(program: Program, port: int, name: str) -> tuple[UUID, UUID]:
    who = await settle_in(program.database, name, name, "UTC")
    settings = {"host": "127.0.0.1", "port": str(port), "tls": "none", "user": name}
    credentials = Credentials(f"{name}@bench.example", settings, "bench")
    return who.caller.tenant, await link(program.database, who, "imap", credentials)


async def _count(program: Program, port: int) -> int:
    async with program.database.as_system() as tx:
        account = (await tx.accounts.everywhere())[-1]
    async with program.database.acting_as(account.tenant) as tx:
        return int(await tx.emails.count([account.id], Filter()))


def _report(words: str, mails: int, measured: list[Round]) -> Report:
    return Report(
        "sync",
        [
            Figure(
                "first synchronisation, stored and searchable by text",
                mails / median(one.ours for one in measured),
                "mails/s",
                mails / median(one.bare for one in measured),
                f"fetching the bodies in batches of {AT_ONCE}, storing nothing",
                RATE,
                True,
                True,
            ),
            Figure("the same", median(one.ours for one in measured), "s"),
            Figure(
                "round trips per folder when nothing is new", max(one.trips for one in measured), "trips", goal=TRIPS
            ),
        ],
        [
            f"{mails:,} mails over IMAP on loopback, made of {words}; medians of {len(measured)} rounds, which begin with each "
            "in turn.",
            "The server is our own and answers at once, which makes the bare loop as fast as it can be.",
        ],
        PACKAGES,
    )
