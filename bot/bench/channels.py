"""Chat under load: `deskhand serve` as it runs, a hundred people who write at once, and two hundred clicks in one second.

Slack's side is a stand-in in a process of its own, and so is a model that answers at once; requests are signed. Measured
are the acknowledgement (from the request to its answer), the answer (from the request to the words at the platform), and
whether anything was lost or came twice. The baseline is Bolt's own first example, which keeps nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode

import aiohttp
import httpx

from agent.cards import DONE
from bot.bench.endpoint import ANSWER, endpoint
from bot.bench.figures import Figure, Report
from bot.bench.processes import PROGRAM, environment
from bot.bench.slackish import slackish
from bot.household import settle_in
from bot.program import Program, open_program
from bot.settings import Settings
from storage.embedded import open_services
from storage.values.clock import now
from storage.values.errors import Unavailable
from storage.values.ids import new_id

PACKAGES = ("slack-bolt", "slack-sdk", "aiohttp", "uvicorn", "starlette", "psycopg")
SECRET = "secret-of-the-bench"  # noqa: S105 - of the bench's own platform
SPREAD = 1.0
"""Seconds over which the clicks are spread."""

ACK_GOAL, ANSWER_GOAL = 1.0, 4.0
"""Seconds: the 99th percentile of acknowledgements, the 95th of answers above the model's time (which is next to none)."""

PATIENCE = 120.0


@dataclass(frozen=True)
class Size:
    """How many write at once, and how many clicks come in the second after."""

    people: int = 100
    clicks: int = 200


@dataclass(frozen=True)
class Load:
    """What one server took: seconds."""

    chat_acks: Sequence[float]
    answers: Sequence[float]
    click_acks: Sequence[float]
    lost: int
    doubled: int


async def bench(size: Size = Size()) -> Report:
    """Ours, then the baseline, on the same machine in the same minute."""
    with tempfile.TemporaryDirectory(prefix="deskhand-bench-") as folder:
        home = Path(folder)
        async with endpoint() as model, open_services(home) as services:
            settings = {"DATABASE_URL": services.admin_url, "REDIS_URL": services.redis_url, "OPENAI_BASE_URL": model}
            settings |= {"OPENAI_API_KEY": "none", "OPENAI_MODEL": "bench"}
            async with opened_on(home, settings) as program:
                tokens = await _populated(program, size)
                async with slackish() as api, serving(home, {**settings, **slack_settings(api)}) as address:
                    ours = await _loaded(address, api, size, tokens)
                done = await _settled_follow_ups(program, size)
        async with slackish() as api, _bare(home, api) as address:
            bare = await _loaded(address, api, size, tokens)
    return _report(size, ours, bare, done)


async def _loaded(address: str, api: str, size: Size, tokens: Sequence[str]) -> Load:
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(visiting(address))
        side = await stack.enter_async_context(httpx.AsyncClient(base_url=api, timeout=PATIENCE))
        await say(web, 0)  # so that nobody pays for what is opened by the first request
        await _answers(side, 1)
        started = time.monotonic()
        acks = await asyncio.gather(*[say(web, person) for person in range(size.people)])
        first, seen = await _answers(side, size.people)
        clicks = await asyncio.gather(*[_click(web, size, number, token) for number, token in enumerate(tokens)])
        await _quiet(side, len(tokens))
    answers = [at - started for at in first.values()]
    return Load(acks, answers, clicks, size.people - len(first), sum(count > 1 for count in seen.values()))


def visiting(address: str) -> aiohttp.ClientSession:
    """A client that asks little of its own process: with httpx most of what was measured was the client, whose pool looks through
    all its connections at each request."""
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=2)  # given up before the server does
    return aiohttp.ClientSession(address, connector=connector, timeout=aiohttp.ClientTimeout(PATIENCE))


async def say(web: aiohttp.ClientSession, person: int) -> float:
    """The person writes hello. Gives the seconds until the platform had its acknowledgement."""
    stamp = f"{1_700_000_000 + person}.{int(time.monotonic() * 1e6) % 1_000_000:06}"
    event = {
        "type": "message",
        "channel_type": "im",
        "user": f"U{person}",
        "channel": f"D{person}",
        "text": "hello there",
        "ts": stamp,
    }
    body = {"type": "event_callback", "team_id": "T1", "api_app_id": "A1", "event_id": f"Ev{new_id()}", "event": event}
    return await _posted(web, json.dumps(body).encode(), "application/json")


async def _click(web: aiohttp.ClientSession, size: Size, number: int, token: str) -> float:
    await asyncio.sleep(SPREAD * number / size.clicks)
    person = number % size.people
    action = {
        "type": "button",
        "action_id": "press:0",
        "block_id": "buttons",
        "value": token,
        "action_ts": f"{number}.000001",
    }
    payload = {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": f"U{person}", "team_id": "T1"},
        "api_app_id": "A1",
        "container": {"type": "message", "channel_id": f"D{person}", "message_ts": "1.000001"},
        "trigger_id": f"trigger{number}",
        "actions": [action],
    }
    body = urlencode({"payload": json.dumps(payload)}).encode()
    return await _posted(web, body, "application/x-www-form-urlencoded")


async def _posted(web: aiohttp.ClientSession, body: bytes, kind: str) -> float:
    moment = str(int(time.time()))
    digest = hmac.new(SECRET.encode(), f"v0:{moment}:".encode() + body, hashlib.sha256).hexdigest()
    headers = {"content-type": kind, "x-slack-request-timestamp": moment, "x-slack-signature": f"v0={digest}"}
    start = time.monotonic()
    async with web.post("/slack/events", data=body, headers=headers) as answer:
        if answer.status != 200:
            raise Unavailable(f"A request was not acknowledged ({answer.status}).")
    return time.monotonic() - start


async def _answers(side: httpx.AsyncClient, people: int) -> tuple[dict[str, float], dict[str, int]]:
    """When the answer was first there in each conversation, and in how many messages it stood."""
    first: dict[str, float] = {}
    seen: dict[str, int] = {}
    end = time.monotonic() + PATIENCE
    while len(first) < people and time.monotonic() < end:
        for one in (await side.get("log")).json()["shown"]:
            if ANSWER in one["words"]:
                first.setdefault(one["channel"], one["at"])
                seen[one["channel"]] = seen.get(one["channel"], 0) + 1
        await asyncio.sleep(0.05)
    return first, seen


async def _quiet(side: httpx.AsyncClient, words: int) -> None:
    """Until every click was answered with words."""
    end, shown = time.monotonic() + PATIENCE, 0
    while shown < words and time.monotonic() < end:
        shown += len((await side.get("log")).json()["shown"])
        await asyncio.sleep(0.05)


@asynccontextmanager
async def opened_on(home: Path, settings: dict[str, str]) -> AsyncIterator[Program]:
    """The program in this process, on servers that the settings name."""
    values: dict[str, Any] = {name.lower(): value for name, value in settings.items()}
    async with open_program(Settings(_env_file=None, **{"deskhand_home": home, **values})) as program:
        yield program


async def _populated(program: Program, size: Size) -> list[str]:
    """People whom Slack knows, and for each click the token of a button on a follow-up of its person."""
    tokens: list[str] = []
    people = [
        await settle_in(program.database, f"U{number}", f"Person {number}", "UTC") for number in range(size.people)
    ]
    for number, who in enumerate(people):
        async with program.database.acting_as(who.caller) as tx:
            await tx.people.name_on("slack", f"T1:U{number}", who.caller.person)
            where = await tx.conversations.open(who.caller.person, "slack", f"T1:D{number}")
    for number in range(size.clicks):
        caller = people[number % size.people].caller
        async with program.database.acting_as(caller) as tx:
            due = now() + timedelta(days=1)
            made = await tx.follow_ups.add(
                person=caller.person,
                conversation=where,
                email=None,
                request=f"bench:{number}",
                note="Call back",
                unless_answered=False,
                due_at=due,
            )
            tokens += (await tx.buttons.make(caller.person, made, [DONE], due)).values()
    return tokens


async def _settled_follow_ups(program: Program, size: Size) -> int:
    """How many of the clicks took effect, once."""
    async with program.database.as_system() as tx:
        (tenant, *_) = await tx.people.tenants()
    left = 0
    async with program.database.acting_as(tenant.id) as tx:
        for row in await tx.people.list():
            left += len(await tx.follow_ups.waiting(row.id))
    return size.clicks - left


def slack_settings(api: str) -> dict[str, str]:
    """What tells a program of the platform."""
    return {"SLACK_BOT_TOKEN": "xoxb-bench", "SLACK_SIGNING_SECRET": SECRET, "SLACK_API_BASE_URL": api}


@asynccontextmanager
async def serving(home: Path, settings: dict[str, str]) -> AsyncIterator[str]:
    """`deskhand serve` in a process of its own, and its address."""
    port = _free_port()
    words = [*PROGRAM, "serve"]
    env = environment(home) | settings | {"PORT": str(port), "HOST": "127.0.0.1"}
    async with _child(words, env, port) as address:
        yield address


@asynccontextmanager
async def _bare(home: Path, api: str) -> AsyncIterator[str]:
    port = _free_port()
    words = [sys.executable, "-m", "bot.bench.bare_bolt", api, SECRET, str(port)]
    async with _child(words, environment(home), port) as address:
        yield address


@asynccontextmanager
async def _child(words: Sequence[str], env: dict[str, str], port: int) -> AsyncIterator[str]:
    child = await asyncio.create_subprocess_exec(*words, env=env, stdout=asyncio.subprocess.DEVNULL)
    try:
        await _until_open(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        child.terminate()
        await child.wait()


async def _until_open(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
            continue
        writer.close()
        return
    raise Unavailable("The server of the bench did not start.")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _report(size: Size, ours: Load, bare: Load, done: int) -> Report:
    def part(values: Sequence[float], percent: int) -> float:
        return quantiles(values, n=100, method="inclusive")[percent - 1]

    beside = "Bolt's first example, which keeps nothing"
    figures = [
        Figure(
            f"acknowledgement of {size.clicks} clicks in a second, 99 % within",
            part(ours.click_acks, 99),
            "s",
            part(bare.click_acks, 99),
            beside,
            goal=ACK_GOAL,
        ),
        Figure(
            "clicks that took effect, once", done, "clicks", size.clicks, "clicked", goal=size.clicks, at_least=True
        ),
        Figure(
            f"acknowledgement of {size.people} messages at once, 99 % within",
            part(ours.chat_acks, 99),
            "s",
            part(bare.chat_acks, 99),
            beside,
            goal=ACK_GOAL,
        ),
        Figure(
            f"answers to {size.people} people at once, 95 % within",
            part(ours.answers, 95),
            "s",
            part(bare.answers, 95),
            beside,
            goal=ANSWER_GOAL,
        ),
        Figure("the same, half of them within", median(ours.answers), "s", median(bare.answers), beside),
        Figure("people who had no answer", ours.lost, "people", goal=0),
        Figure("people who had it twice", ours.doubled, "people", goal=0),
    ]
    notes = (
        "`deskhand serve` in a process of its own with embedded Postgres; the platform and the model answer at once.",
        "A click here ends a follow-up of its person: a row is stored, the action done and its words shown.",
    )
    return Report("channels", figures, notes, PACKAGES)
