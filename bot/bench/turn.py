"""One turn of talk, the model's time excluded: ours against the stock agent, with histories of several lengths.

Counted on our side: everything from `Desk.receive` to the stored and shown answer (who is it, the event's row, history,
the graph, the calls of the model and of the tool, the answer's rows), and what runs beside it in the program: the
delivery, which marks what was shown, many at once. The model answers at once from another process; the tool does nothing.
"""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from statistics import median
from typing import Protocol

import psycopg
from sqlalchemy.engine import make_url

from bot.bench.endpoint import ANSWER, endpoint
from bot.bench.figures import Figure, Report
from bot.bench.ours import House, open_house
from bot.bench.stock import Agents, open_stock
from bot.bench.wire import Count, counted
from bot.delivery import LOOKS_EVERY
from storage.embedded import open_services
from storage.values.errors import Unavailable

PACKAGES = ("langgraph", "langgraph-checkpoint-postgres", "langchain", "langchain-openai", "openai", "psycopg")
Kind = tuple[int, int]
"""(tool calls, messages of history)."""

KINDS: Sequence[Kind] = ((0, 0), (1, 0), (3, 0), (1, 50), (1, 200), (1, 1000))
GOALS = {(1, 0): 0.45, (1, 1000): 0.05}
"""CPU time against the baseline's."""
FLAT, STATEMENTS, ROUND_TRIPS, WAL = 1.15, 5, 4, 6 * 1024

Cpu = Mapping[Kind, tuple[float, float]]
"""Milliseconds a turn, ours and the baseline's."""


@dataclass(frozen=True)
class Size:
    """How much is measured: each round takes every kind in turn, ours and the baseline one after the other."""

    kinds: Sequence[Kind] = KINDS
    rounds: int = 5
    turns: int = 4
    repeats: int = 3
    """How often our side is measured in a round: it is quick, and its growth with history is a small difference."""


@dataclass(frozen=True)
class Cost:
    """What one turn asks of Postgres."""

    statements: float
    round_trips: float
    wal: float
    """Bytes."""


@dataclass(frozen=True)
class Counts:
    """Our turn after a pause, our turn in a running talk, and the baseline's."""

    cold: Cost
    warm: Cost
    stock: Cost


class Speaker(Protocol):
    """Somebody who can have a turn."""

    async def turn(self, text: str) -> str:
        """One turn, and what was answered."""
        ...


@dataclass(frozen=True)
class Stage:
    """Both sides, opened twice: straight to Postgres for the CPU time, through the counting proxy for the rest."""

    house: House
    stock: Agents
    watched_house: House
    watched_stock: Agents
    count: Count
    watch: psycopg.AsyncConnection[tuple[str]]


async def bench(size: Size | None = None) -> Report:
    """Measures, on servers of its own."""
    size = size or Size()
    with tempfile.TemporaryDirectory(prefix="deskhand-bench-") as folder:
        async with _stage(Path(folder)) as stage:
            cpu = await _cpu(stage, size)
            counts = {kind: await _counts(stage, kind, size.turns) for kind in size.kinds}
            return _report(stage.stock.name, cpu, counts, await _marking(stage), size)


@asynccontextmanager
async def _stage(home: Path) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        model = await stack.enter_async_context(endpoint())
        services = await stack.enter_async_context(open_services(home))
        url, redis = services.admin_url, services.redis_url
        proxied, count = await stack.enter_async_context(counted(url, home))
        house = await stack.enter_async_context(open_house(home, url, redis, model))
        await stack.enter_async_context(house.delivery.running())
        watched_house = await stack.enter_async_context(open_house(home, proxied, redis, model))
        watch = await psycopg.AsyncConnection.connect(_plain(url), autocommit=True)
        stack.push_async_callback(watch.close)
        await watch.execute("CREATE DATABASE stock")
        stock = await stack.enter_async_context(open_stock(_plain(url, "stock"), model))
        watched_stock = await stack.enter_async_context(open_stock(_plain(proxied, "stock"), model))
        yield Stage(house, stock, watched_house, watched_stock, count, watch)


async def _cpu(stage: Stage, size: Size) -> Cpu:
    """Milliseconds of CPU a turn, ours and the baseline's: the median of interleaved rounds, each on a history of its
    own that begins at its length."""
    taken: dict[Kind, tuple[list[float], list[float]]] = {kind: ([], []) for kind in size.kinds}
    for number in range(size.rounds):
        for kind in size.kinds:
            calls, history = kind
            for again in range(size.repeats):
                ours = await stage.house.person(f"{number}-{calls}-{history}-{again}", history)
                taken[kind][0].append(await _sample(ours, calls, size.turns))
            stock = await stage.stock.thread(history)
            taken[kind][1].append(await _sample(stock, calls, size.turns))
    return {kind: (median(ours), median(stock)) for kind, (ours, stock) in taken.items()}


async def _sample(speaker: Speaker, calls: int, turns: int) -> float:
    await _turn(speaker, calls)  # warms up
    gc.collect()
    before = time.process_time()
    for _ in range(turns):
        await _turn(speaker, calls)
    return (time.process_time() - before) / turns * 1000


async def _turn(speaker: Speaker, calls: int) -> None:
    answer = await speaker.turn(f"[{calls}] {ANSWER}")
    if answer != ANSWER:
        raise Unavailable(f"The bench's model was not understood; the answer was: {answer[:200]}")


async def _counts(stage: Stage, kind: Kind, turns: int) -> Counts:
    calls, history = kind
    ours = await stage.watched_house.person(f"counted-{calls}-{history}", history)
    stock = await stage.watched_stock.thread(history)
    cold = await _cost(stage, ours, calls)
    warm = [await _cost(stage, ours, calls) for _ in range(turns)]
    await _turn(stock, calls)
    theirs = [await _cost(stage, stock, calls) for _ in range(turns)]
    return Counts(cold, _median(warm), _median(theirs))


async def _cost(stage: Stage, speaker: Speaker, calls: int) -> Cost:
    return await _during(stage, lambda: _turn(speaker, calls))


async def _marking(stage: Stage) -> Cost:
    """One look of the delivery, which marks all words that were shown since the last."""
    return await _during(stage, stage.watched_house.delivery.flush)


async def _during(stage: Stage, do: Callable[[], Awaitable[object]]) -> Cost:
    start = await _position(stage)
    stage.count.reset()
    await do()
    statements, round_trips = stage.count.statements, stage.count.round_trips
    return Cost(statements, round_trips, await _position(stage) - start)


async def _position(stage: Stage) -> int:
    row = await (await stage.watch.execute("SELECT pg_current_wal_insert_lsn() - '0/0'")).fetchone()
    assert row is not None
    return int(row[0])


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(*(median(values) for values in zip(*map(astuple, costs), strict=True)))


def _report(name: str, cpu: Cpu, counts: Mapping[Kind, Counts], marking: Cost, size: Size) -> Report:
    figures = [_cpu_figure(kind, taken, name) for kind, taken in cpu.items()]
    figures += [_flatness(name, cpu)] if (1, 0) in cpu else []
    for (calls, history), count in counts.items():
        where = f"{_words(calls)}, {history:,} messages"
        figures.append(_count(f"SQL statements, {where}", count, "statements", "", STATEMENTS, name))
        figures.append(_count(f"round trips, {where}", count, "round_trips", "", ROUND_TRIPS, name))
        figures.append(_count(f"WAL, {where}", count, "wal", "B", WAL, name))
    return Report("turn", figures, _notes(counts, marking, size), PACKAGES)


def _cpu_figure(kind: Kind, taken: tuple[float, float], name: str) -> Figure:
    calls, history = kind
    what = f"client CPU, {_words(calls)}, {history:,} messages"
    return Figure(what, taken[0], "ms", taken[1], name, GOALS.get(kind), relative=True)


def _flatness(name: str, cpu: Cpu) -> Figure:
    """The longest history against the empty one, ours; the stock agent's growth is in the note."""
    longest = max((kind for kind in cpu if kind[0] == 1), key=lambda kind: kind[1])
    what = f"client CPU at {longest[1]:,} messages against an empty history"
    return Figure(what, cpu[longest][0], "ms", cpu[1, 0][0], "ours, empty", FLAT, relative=True)


def _count(what: str, count: Counts, column: str, unit: str, goal: float, name: str) -> Figure:
    ours, theirs = getattr(count.warm, column), getattr(count.stock, column)
    return Figure(what, ours, unit, theirs, name, goal)


def _notes(counts: Mapping[Kind, Counts], marking: Cost, size: Size) -> list[str]:
    cold = max((count.cold for count in counts.values()), key=lambda cost: cost.statements)
    return [
        f"CPU is this process's time from the desk to the shown answer, delivery beside it: the median of {size.rounds} "
        f"interleaved rounds of {size.turns} turns (ours {size.repeats} times a round, each time with a new person); the "
        "model answers from another process.",
        "Statements, round trips and WAL are of one turn, the median; statements are Execute and Query messages on the wire.",
        f"The first turn after a pause looks up who speaks: {cold.statements:.0f} statements, {cold.round_trips:.0f} "
        "round trips.",
        f"Beside the turns the delivery looks every {LOOKS_EVERY:.0f} s and marks all that was shown in the meantime: "
        f"{marking.statements:.0f} statements, {marking.round_trips:.0f} round trips, {marking.wal:,.0f} B of WAL for "
        f"{sum(1 + size.turns for _ in counts)} answers here.",
    ]


def _words(calls: int) -> str:
    return {0: "no tool call", 1: "one tool call"}.get(calls, f"{calls} tool calls")


def _plain(url: str, database: str | None = None) -> str:
    """The address without SQLAlchemy's driver."""
    address = make_url(url).set(drivername="postgresql")
    return (address.set(database=database) if database else address).render_as_string(hide_password=False)
