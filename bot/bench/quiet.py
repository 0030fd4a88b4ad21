"""What a look at a mailbox costs in which nothing happened: bytes of WAL, and commands to a mail server."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import psycopg
from sqlalchemy.engine import make_url

from bot.bench.figures import Figure
from bot.bench.mailbag import lay_out
from bot.bench.newcomer import linked
from bot.household import link, settle_in
from bot.program import Program
from jobs.glance import look_around
from tools.inbox.sync import sync
from tools.mail.imap import ImapMailbox
from tools.mail.mailbox import Credentials

LOOKS = 5


async def quiet_figures(program: Program, files: Sequence[Path], scratch: Path) -> list[Figure]:
    """A mailbox of files and one on an IMAP server, both read to their ends; then rounds of the timetable over them."""
    who, account = await linked(program, lay_out(files[:50], scratch / "quiet"))
    await sync(program.box, who.caller.tenant, account)
    async with _serving(lay_out(files[:50], scratch / "quiet-served")) as port:
        tenant, other = await _linked(program, port)
        await sync(program.box, tenant, other)
        mailbox = await program.box.mailboxes.get(tenant, other)
        assert isinstance(mailbox, ImapMailbox)
        await look_around(program.box)  # so that nobody pays for what is tidied by the first look
        before, asked = await _written(program), await mailbox.commands()
        for _ in range(LOOKS):
            await look_around(program.box)
        wal, jobs = (now - then for now, then in zip(await _written(program), before, strict=True))
        trips = await mailbox.commands() - asked
    looked = "looking at mailboxes in which nothing happened"
    return [
        Figure(f"rows of jobs by {LOOKS} rounds of {looked}", jobs, "rows", goal=0),
        Figure("the same, WAL", wal, "B"),
        Figure("commands to an IMAP server for a look, per folder", trips / LOOKS / len(mailbox.names), "trips"),
    ]


@asynccontextmanager
async def _serving(folder: Path) -> AsyncIterator[int]:
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.bench.mail_server", str(folder), "1", stdout=asyncio.subprocess.PIPE
    )
    try:
        assert server.stdout
        yield int(await server.stdout.readline())
    finally:
        server.terminate()
        await server.wait()


async def _linked(program: Program, port: int) -> tuple[UUID, UUID]:
    who = await settle_in(program.database, "over-imap", "Somebody", "UTC")
    settings = {"host": "127.0.0.1", "port": str(port), "tls": "none", "user": "bench"}
    credentials = Credentials("bench@bench.example", settings, "bench")
    return who.caller.tenant, await link(program.database, who, "imap", credentials)


async def _written(program: Program) -> tuple[int, int]:
    """Where the WAL stands, and how many jobs there ever were."""
    url = make_url(program.admin_url).set(drivername="postgresql").render_as_string(hide_password=False)

    def ask() -> tuple[int, int]:
        with psycopg.connect(url, autocommit=True) as connection:
            found = connection.execute(
                "SELECT pg_current_wal_insert_lsn() - '0/0', (SELECT count(*) FROM jobs WHERE kind = 'poll_mail')"
            ).fetchone()
            assert found
            return int(found[0]), int(found[1])

    return await asyncio.to_thread(ask)
