"""Crash points: for each provider the house that sends by it, and the named steps of a send at which its worker is killed.

A step is entered before the worker starts: it arranges that the worker comes to stand there, gives what to wait for, and is
left when the worker is dead, so that nothing stands in the way of the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.fakes.google import open_google
from tests.fakes.google_house import GoogleHouse, open_google_house
from tests.fakes.google_mail import Break as GmailBreak
from tests.fakes.graph_house import OutlookHouse, open_outlook_house
from tests.fakes.graph_server import Trouble
from tests.fakes.mail_house import MailHouse, open_mail_house
from tests.fakes.post_office import Break
from tests.fakes.program import Servers, letter, maildir, open_house
from tests.fakes.sending_house import Gate, SendingHouse

There = Callable[[], Awaitable[object]]
Stop = Callable[[Any, Gate], AbstractAsyncContextManager[There]]


@dataclass(frozen=True)
class Step:
    """A step, and what is true when a worker dies there."""

    stop: Stop
    left: bool = False
    """The mail is out."""
    seen: bool = False
    """And Sent shows it."""
    claimed: bool = True
    """The row says that somebody was at it."""


class FilesHouse(SendingHouse):
    """A house on a maildir."""

    @property
    def copies(self) -> int:
        """How many mails left."""
        return len(self.house.sent())


@asynccontextmanager
async def _open_files_house(servers: Servers) -> AsyncIterator[FilesHouse]:
    async with open_house(servers, "maildir", maildir(servers.home / "mail", [letter()])) as house:
        yield FilesHouse(house)


@asynccontextmanager
async def _open_gmail_house(servers: Servers) -> AsyncIterator[GoogleHouse]:
    async with open_google() as google, open_google_house(servers, google) as house:
        yield house


@asynccontextmanager
async def _claim(_: SendingHouse, gate: Gate) -> AsyncIterator[There]:
    await gate.close("transmitting")
    yield gate.wanted
    await gate.open()


@asynccontextmanager
async def _commit(_: SendingHouse, gate: Gate) -> AsyncIterator[There]:
    await gate.close("sent")
    yield gate.wanted
    await gate.open()


def _smtp(moment: Break) -> Stop:
    @asynccontextmanager
    async def stop(scene: MailHouse, _: Gate) -> AsyncIterator[There]:
        scene.office.stalls = moment
        yield scene.office.stalled.wait
        scene.office.stalls = None

    return stop


@asynccontextmanager
async def _dot(scene: MailHouse, _: Gate) -> AsyncIterator[There]:
    scene.office.hold = asyncio.Event()
    yield scene.office.arrived.wait
    scene.office.hold.set()


@asynccontextmanager
async def _append(scene: MailHouse, _: Gate) -> AsyncIterator[There]:
    scene.line.holds = b" APPEND "
    yield scene.line.held.wait
    scene.line.holds = b""
    scene.line.cut()


@asynccontextmanager
async def _commit_without_a_copy(scene: MailHouse, gate: Gate) -> AsyncIterator[There]:
    port, scene.office.hold = scene.line.port, asyncio.Event()
    await gate.close("sent")

    async def there() -> None:
        await scene.office.arrived.wait()
        await scene.line.close()
        assert scene.office.hold
        scene.office.hold.set()
        await gate.wanted()

    yield there
    await gate.open()
    await scene.line.open(port)


def _gmail(place: str, *, lost: bool = False) -> Stop:
    """At one of the fake's places to stall; `lost`: what was under way never arrives."""

    @asynccontextmanager
    async def stop(scene: GoogleHouse, _: Gate) -> AsyncIterator[There]:
        gmail = scene.google.gmail
        setattr(gmail, place, asyncio.Event())
        gmail.breaks = GmailBreak.LINE_BEFORE if lost else None
        yield gmail.stalled.wait
        gmail.let_go()
        if lost:
            await gmail.cut.wait()
        setattr(gmail, place, None)
        gmail.breaks = None

    return stop


def _graph(match: str, *, done: bool = False) -> Stop:
    """At a request that is not answered; `done`: its work is done."""

    @asynccontextmanager
    async def stop(scene: OutlookHouse, _: Gate) -> AsyncIterator[There]:
        scene.graph.requests.replies_its_own_way = match.startswith("PATCH")
        scene.graph.troubles = [Trouble(match, stalls=True, done=done)]
        yield scene.graph.stalled.wait

    return stop


SURELY_NOT = {"before the claim": Step(_claim, claimed=False)}
BEFORE_OUR_COMMIT = {"after the answer, before our commit": Step(_commit, left=True, seen=True)}

CRASH_POINTS: dict[str, tuple[Callable[[Servers], AbstractAsyncContextManager[SendingHouse]], dict[str, Step]]] = {
    "maildir": (_open_files_house, {**SURELY_NOT, **BEFORE_OUR_COMMIT}),
    "imap": (
        open_mail_house,
        {
            **SURELY_NOT,
            "at the greeting": Step(_smtp(Break.GREETING)),
            "before DATA is answered": Step(_smtp(Break.BEFORE_DATA)),
            "inside the mail": Step(_smtp(Break.INSIDE_DATA)),
            "between the dot and its 250": Step(_dot, left=True),
            "while the copy is put into Sent": Step(_append, left=True),
            "before our commit, without a copy in Sent": Step(_commit_without_a_copy, left=True),
            **BEFORE_OUR_COMMIT,
        },
    ),
    "gmail": (
        _open_gmail_house,
        {
            **SURELY_NOT,
            "looking for the thread": Step(_gmail("stalls_search")),
            "before Gmail takes it": Step(_gmail("stalls_before", lost=True)),
            "before Gmail's answer": Step(_gmail("stalls_after"), left=True, seen=True),
            **BEFORE_OUR_COMMIT,
        },
    ),
    "outlook": (
        open_outlook_house,
        {
            **SURELY_NOT,
            "looking whether it left already": Step(_graph(r"GET /me/messages$")),
            "making the draft": Step(_graph(r"POST .*/createReply$")),
            "the draft is made": Step(_graph(r"POST .*/createReply$", done=True)),
            "setting the draft right": Step(_graph("PATCH ")),
            "asking for it to be sent": Step(_graph(r"POST .*/send$")),
            "before Microsoft's answer": Step(_graph(r"POST .*/send$", done=True), left=True, seen=True),
            **BEFORE_OUR_COMMIT,
        },
    ),
}
"""Provider -> its house and its steps, in the order in which a send takes them. A maildir has no line that could stall: what
it sends is written and moved into place in one step."""
