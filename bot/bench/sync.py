"""A first synchronisation over IMAP beside a bare loop that fetches the same bodies, and what a look at nothing new costs."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import psutil
from imapclient import IMAPClient

from bot.bench.dovecot import PASSWORD, Dovecot, dovecot_is_here, open_dovecot
from bot.bench.figures import Figure, Report
from bot.bench.ingest import running
from bot.bench.mail_server import Folder
from bot.bench.mailbag import lay_out, mails_of
from bot.bench.processes import Spent, cpu_of, cpu_of_servers
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
_ANYBODY = ("bench", "bench")
_SERVER = "bot.bench.mail_server"
PACKAGES = ("imapclient", "psycopg", "sqlalchemy")


@dataclass(frozen=True)
class Server:
    """A mail server with the mails in INBOX."""

    name: str
    port: int
    process: int
    login: tuple[str, str]


@dataclass(frozen=True)
class Round:
    """Seconds for the same mails, and for ours the CPU seconds of who took part in it."""

    ours: float
    bare: float
    trips: float
    program: float
    database: float
    server: float
    bare_cpu: float


async def bench(folder: Path | None, mails: int = MAILS, rounds: int = ROUNDS) -> Report:
    """Measures on a home and servers of its own. `folder` holds .eml files; the sample is multiplied without it."""
    with tempfile.TemporaryDirectory(prefix="deskhand-bench-") as name:
        scratch = Path(name)
        files, words = mails_of(folder, scratch)
        served = lay_out(files[: min(len(files), mails)], scratch / "served")
        copies = -(-mails // len(list(served.iterdir())))
        home = scratch / "home"
        measured: dict[str, list[Round]] = {}
        async with running(home) as program:
            for kind in (_dovecot, _our_own) if dovecot_is_here() else (_our_own,):
                async with kind(served, copies) as server:
                    await asyncio.to_thread(_bare, server)  # both find the server warm
                    rounds_of = [await _round(program, home, server, number) for number in range(rounds)]
                    measured[server.name] = rounds_of
            count = await _count(program)
    return _report(words, count, measured)


@asynccontextmanager
async def _our_own(folder: Path, copies: int) -> AsyncIterator[Server]:
    async with serving_mail(folder, copies) as port:
        process = next(one.pid for one in psutil.Process().children() if _SERVER in one.cmdline())
        yield Server("a server of our own that answers at once", port, process, _ANYBODY)


@asynccontextmanager
async def _dovecot(folder: Path, copies: int) -> AsyncIterator[Server]:
    async with open_dovecot() as server:
        await asyncio.to_thread(_delivered, server, Folder(folder, copies))
        yield Server("Dovecot", server.port, server.process, (_ANYBODY[0], PASSWORD))


def _delivered(server: Dovecot, mails: Folder) -> None:
    place = server.maildir(_ANYBODY[0])
    for uid in range(1, mails.size + 1):
        server.deliver(place, f"{uid:06}.mail", mails.raw(uid))


@asynccontextmanager
async def serving_mail(folder: Path, copies: int) -> AsyncIterator[int]:
    """The mail server of this bench in a process of its own, and its port."""
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", _SERVER, str(folder), str(copies), stdout=asyncio.subprocess.PIPE
    )
    try:
        assert server.stdout
        yield int(await server.stdout.readline())
    finally:
        server.terminate()
        await server.wait()


async def _round(program: Program, home: Path, server: Server, number: int) -> Round:
    name = f"{server.name.split()[0].lower()}-{number}"
    tenant, account = await linked_over_imap(program, server.port, name, server.login)
    early = await asyncio.to_thread(_bare, server) if number % 2 else None
    before, start = _spent(home, server), time.monotonic()
    fresh = await sync(program.box, tenant, account)
    ours = time.monotonic() - start
    cpu = [now - then for now, then in zip(_spent(home, server), before, strict=True)]
    async with program.database.acting_as(tenant) as tx:
        stored = await tx.emails.count([account], Filter())
    assert fresh == stored, f"{stored} rows of {fresh} mails"
    mailbox = await program.box.mailboxes.get(tenant, account)
    trips = await _trips(program, tenant, account, mailbox)
    bare = early if early is not None else await asyncio.to_thread(_bare, server)
    return Round(ours, bare.wall, trips, cpu[0], cpu[1], cpu[2], bare.cpu)


def _spent(home: Path, server: Server) -> tuple[float, float, float]:
    """CPU seconds of this process, of the database and of the mail server."""
    return time.process_time(), cpu_of_servers(home), cpu_of(server.process)


async def _trips(program: Program, tenant: UUID, account: UUID, mailbox: Any) -> float:
    """Commands for a look at nothing new, per folder."""
    assert isinstance(mailbox, ImapMailbox)
    before = await mailbox.commands()
    await sync(program.box, tenant, account)
    return (await mailbox.commands() - before) / len(mailbox.names)


def _bare(server: Server) -> Spent:
    """Fetches every body in batches and stores nothing."""
    start, cpu = time.monotonic(), time.thread_time()
    with IMAPClient("127.0.0.1", server.port, ssl=False) as client:
        client.login(*server.login)
        client.select_folder("INBOX", readonly=True)
        uids = client.search(["UID", "1:*"])
        for begin in range(0, len(uids), AT_ONCE):
            client.fetch(uids[begin : begin + AT_ONCE], ["BODY.PEEK[]", "FLAGS"])
    return Spent(time.thread_time() - cpu, time.monotonic() - start)


async def linked_over_imap(
    program: Program, port: int, name: str, login: tuple[str, str] = _ANYBODY
) -> tuple[UUID, UUID]:
    """A new resident with the mailbox on that server: tenant and account."""
    who = await settle_in(program.database, name, name, "UTC")
    user, secret = login
    settings = {"host": "127.0.0.1", "port": str(port), "tls": "none", "user": user}
    credentials = Credentials(f"{name}@bench.example", settings, secret)
    return who.caller.tenant, await link(program.database, who, "imap", credentials)


async def _count(program: Program) -> int:
    async with program.database.as_system() as tx:
        account = (await tx.accounts.everywhere())[-1]
    async with program.database.acting_as(account.tenant) as tx:
        return int(await tx.emails.count([account.id], Filter()))


def _report(words: str, mails: int, measured: Mapping[str, Sequence[Round]]) -> Report:
    trips = max(one.trips for rounds in measured.values() for one in rounds)
    return Report(
        "sync",
        [
            *(figure for name, rounds in measured.items() for figure in _figures(name, mails, rounds)),
            Figure("round trips per folder when nothing is new", trips, "trips", goal=TRIPS),
        ],
        [
            f"{mails:,} mails over IMAP on loopback, made of {words}; medians of {len(next(iter(measured.values())))} rounds, "
            "which begin with each in turn.",
            "Server, loop, program and database share this machine's cores; over a real line the bare loop waits for the network.",
        ],
        PACKAGES,
    )


def _figures(name: str, mails: int, rounds: Sequence[Round]) -> Iterator[Figure]:
    """Of one mail server."""
    yield Figure(
        f"first synchronisation from {name}, stored and searchable by text",
        mails / median(one.ours for one in rounds),
        "mails/s",
        mails / median(one.bare for one in rounds),
        f"fetching the bodies in batches of {AT_ONCE}, storing nothing",
        RATE,
        True,
        True,
    )
    for who, cpu in (
        ("the program", lambda one: one.program),
        ("the database", lambda one: one.database),
        ("the mail server", lambda one: one.server),
        ("the bare loop alone", lambda one: one.bare_cpu),
    ):
        yield Figure(f"CPU a mail from there: {who}", median(map(cpu, rounds)) / mails * 1_000, "ms")
