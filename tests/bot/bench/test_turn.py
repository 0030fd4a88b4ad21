"""A turn of talk asks Postgres as much with many tool calls as with none, and with a long history as with a short one."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median

import pytest

from bot.bench.endpoint import completion
from bot.bench.figures import Report, table
from bot.bench.turn import ROUND_TRIPS, STATEMENTS, WAL, Size, bench

SIZE = Size(kinds=((0, 0), (1, 0), (4, 60)), rounds=1, turns=3, repeats=1)


@pytest.fixture(scope="module")
async def report() -> Report:
    return await bench(SIZE)


def values(report: Report, kind: str) -> Mapping[str, float]:
    return {one.what: one.value for one in report.figures if one.what.startswith(kind)}


def test_it_prints_both_sides_of_every_kind(report: Report) -> None:
    shown = table(report)
    assert shown.count("client CPU") == len(SIZE.kinds) + 1
    assert shown.count("AsyncPostgresSaver)") == 4 * len(SIZE.kinds)


def test_statements_and_round_trips_do_not_grow(report: Report) -> None:
    for kind, most in (("SQL statements", STATEMENTS), ("round trips", ROUND_TRIPS)):
        counts = set(values(report, kind).values())
        assert len(counts) == 1
        assert max(counts) <= most


def test_little_is_written(report: Report) -> None:
    assert median(values(report, "WAL").values()) <= WAL  # one of them may meet the server's own housekeeping


def test_the_model_calls_tools_until_it_was_told_to_stop() -> None:
    said = [{"role": "user", "content": "[2] and so on"}]
    for results in (0, 1):
        call = completion({"messages": [*said, *[{"role": "tool"}] * results]})["choices"][0]
        assert call["finish_reason"] == "tool_calls"
    assert completion({"messages": [*said, *[{"role": "tool"}] * 2]})["choices"][0]["finish_reason"] == "stop"
