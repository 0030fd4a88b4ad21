"""Chat beside mail: what an answer takes while a hundred mails a minute come into twenty mailboxes, and while none come.

`deskhand serve` and `deskhand work` run as they do on servers, each in a process of its own; the platform and the model are
stand-ins that answer at once. Quiet and busy spells take turns, so that both see the same machine; a busy spell ends when its
mail is sorted and has its meaning.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from statistics import median, quantiles
from uuid import UUID

import aiohttp
import httpx
import psutil

from bot.bench.channels import opened_on, say, serving, slack_settings, visiting
from bot.bench.endpoint import ANSWER, endpoint
from bot.bench.figures import Figure
from bot.bench.mailbag import lay_out
from bot.bench.newcomer import linked
from bot.bench.processes import PROGRAM, environment
from bot.bench.slackish import slackish
from bot.program import Program
from storage.embedded import open_services
from storage.tables.email_search import Filter
from storage.values.errors import Unavailable

SLOWER = 1.5
"""Goal: times the quiet answer, 95 % within."""
MAILBOXES, MAILS_A_MINUTE = 20, 100
TALK_EVERY, POLL_SECONDS = 0.5, 5
SPELL = 30.0
"""Seconds of a quiet or a busy spell."""
PATIENCE, DRAINED = 120.0, 600.0
"""Seconds to wait for an answer, and for the mail of a busy spell on a machine that others use."""


@dataclass
class Spells:
    """What was measured, over all spells of a kind."""

    quiet: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    """Seconds until each answer was shown."""
    late: list[float] = field(default_factory=list)
    """Seconds after each busy spell until its mail was sorted and measured."""
    mails: int = 0
    worker: float = 0.0
    """CPU seconds of the worker over all busy spells."""


@dataclass(frozen=True)
class Post:
    """The mailboxes that mail is delivered to, and how far the program is with it."""

    program: Program
    boxes: Sequence[Path]
    accounts: Sequence[tuple[UUID, UUID]]
    """Tenant and account."""
    mails: Iterator[tuple[int, bytes]]

    def deliver(self) -> None:
        """One more mail, into the next mailbox, with a content that is in no other."""
        number, raw = next(self.mails)
        head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
        name = b"Message-ID: <beside-%d@pine.example>\n" % number
        fields = b"\n".join(one for one in head.split(b"\n") if not one.lower().startswith(b"message-id:"))
        box = self.boxes[number % len(self.boxes)]
        draft = box / f".{number}.tmp"
        draft.write_bytes(b"%s%s\n\nNumber %d.\n%s" % (name, fields, number, body))
        draft.rename(box / f"{number}.eml")

    async def done(self) -> int:
        """Mails that are sorted and have their meaning."""
        found = 0
        for tenant, account in self.accounts:
            async with self.program.database.acting_as(tenant) as tx:
                left = await tx.emails.without_vector(account, self.program.box.models.meaning.model, 1_000)
                unsorted = await tx.emails.untriaged(account, 1_000)
                found += await tx.emails.count([account], Filter()) - max(len(left), len(unsorted))
        return found


async def beside_figures(files: Sequence[Path], minutes: float) -> list[Figure]:
    """Measures, on a home and servers of its own, with so many minutes of mail."""
    with tempfile.TemporaryDirectory(prefix="deskhand-bench-") as folder:
        home = Path(folder)
        async with endpoint() as model, open_services(home) as services:
            settings = {"DATABASE_URL": services.admin_url, "REDIS_URL": services.redis_url, "OPENAI_BASE_URL": model}
            settings |= {"OPENAI_API_KEY": "none", "OPENAI_MODEL": "bench", "POLL_SECONDS": str(POLL_SECONDS)}
            async with opened_on(home, settings) as program, slackish() as api:
                post = await _populated(program, files, home)
                async with (
                    serving(home, settings | slack_settings(api)) as address,
                    _working(home, settings) as worker,
                    visiting(address) as web,
                    httpx.AsyncClient(base_url=api, timeout=PATIENCE) as side,
                ):
                    return _figures(await _spells(_Talk(web, side), post, worker, minutes), minutes)


class _Talk:
    """People who write one after the other, each twice a spell."""

    def __init__(self, web: aiohttp.ClientSession, side: httpx.AsyncClient) -> None:
        self._web, self._side = web, side
        self._people = cycle(range(MAILBOXES))

    async def one(self) -> float:
        """One person writes. Gives the seconds until they were shown the answer."""
        person, begun = next(self._people), time.monotonic()
        await say(self._web, person)
        while time.monotonic() < begun + PATIENCE:
            for shown in (await self._side.get("log")).json()["shown"]:
                if shown["channel"] == f"D{person}" and ANSWER in shown["words"]:
                    return float(shown["at"]) - begun
            await asyncio.sleep(0.02)
        raise Unavailable("An answer did not come.")

    async def spell(self, seconds: float) -> list[float]:
        """Talk for so long."""
        end, found = time.monotonic() + seconds, []
        while time.monotonic() < end:
            found.append(await self.one())
            await asyncio.sleep(max(0.0, TALK_EVERY - found[-1]))
        return found


async def _spells(talk: _Talk, post: Post, worker: psutil.Process, minutes: float) -> Spells:
    found = Spells()
    before = await post.done()
    await talk.spell(min(SPELL, 60 * minutes) / 4)  # so that nobody pays for what is opened by the first words
    for length in _lengths(60 * minutes):
        found.quiet += await talk.spell(length)
        cpu = sum(worker.cpu_times()[:2])
        delivering = asyncio.create_task(_deliver(post, length))
        found.busy += await talk.spell(length)
        found.mails += await delivering
        begun = time.monotonic()
        while await post.done() < before + found.mails:
            if time.monotonic() > begun + DRAINED:
                raise Unavailable("The mail of the bench was not sorted in time.")
            await asyncio.sleep(0.5)
        found.late.append(time.monotonic() - begun)
        found.worker += sum(worker.cpu_times()[:2]) - cpu
    return found


def _lengths(seconds: float) -> Iterator[float]:
    while seconds > 0:
        yield min(SPELL, seconds)
        seconds -= SPELL


async def _deliver(post: Post, seconds: float) -> int:
    pause, begun = 60 / MAILS_A_MINUTE, time.monotonic()
    count = max(1, round(seconds / pause))
    for number in range(count):
        await asyncio.sleep(max(0.0, begun + number * pause - time.monotonic()))
        post.deliver()
    return count


async def _populated(program: Program, files: Sequence[Path], home: Path) -> Post:
    """People whom Slack knows, each with a mailbox that holds one mail."""
    boxes, accounts = [], []
    for number in range(MAILBOXES):
        box = lay_out([files[number % len(files)]], home / "boxes" / f"mailbox-{number}")
        who, account = await linked(program, box)
        async with program.database.acting_as(who.caller) as tx:
            await tx.people.name_on("slack", f"T1:U{number}", who.caller.person)
            await tx.conversations.open(who.caller.person, "slack", f"T1:D{number}")
        boxes.append(box)
        accounts.append((who.caller.tenant, account))
    return Post(program, boxes, accounts, enumerate(one.read_bytes() for one in cycle(files)))


@asynccontextmanager
async def _working(home: Path, settings: dict[str, str]) -> AsyncIterator[psutil.Process]:
    child = await asyncio.create_subprocess_exec(
        *PROGRAM, "work", env=environment(home) | settings, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        yield psutil.Process(child.pid)
    finally:
        child.terminate()
        await child.wait()


def _figures(found: Spells, minutes: float) -> list[Figure]:
    def part(values: Sequence[float]) -> float:
        return quantiles(values, n=100, method="inclusive")[94] * 1e3

    what = f"an answer in the chat while {MAILS_A_MINUTE} mails a minute come for {minutes:g} min, 95 % within"
    share = found.worker / (60 * minutes)
    return [
        Figure(what, part(found.busy), "ms", part(found.quiet), "while none come", SLOWER, relative=True),
        Figure(
            "the same, half of them within",
            median(found.busy) * 1e3,
            "ms",
            median(found.quiet) * 1e3,
            "while none come",
        ),
        Figure(f"{found.mails} mails sorted and measured after the last came", max(found.late), "s"),
        Figure("of one core for them, in the worker", share * 100, "%"),
    ]
