"""Tally: how often the tests that count did what they do, printed at the end of a run; and `--rounds`, how often they do it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """pytest's hook."""
    parser.addoption("--rounds", type=int, default=1, help="how often a worker is killed at each step of a send")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """pytest's hook: what asks for `round_` is run so often."""
    if "round_" in metafunc.fixturenames:
        rounds = metafunc.config.getoption("rounds")
        metafunc.parametrize("round_", range(rounds), ids=lambda number: f"round {number + 1}")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """pytest's hook."""
    reports = [one for kind in terminalreporter.stats.values() for one in kind if isinstance(one, pytest.TestReport)]
    for line in [*contract(reports), *crash_points(reports)]:
        terminalreporter.write_line(line)


def contract(reports: Iterable[pytest.TestReport]) -> Iterator[str]:
    """Of each bench of the mailboxes' contract: cases that were carried out, and those that are exempt there."""
    cases: dict[str, Counter[str]] = defaultdict(Counter)
    for report in reports:
        for bench, provider in (value for key, value in report.user_properties if key == "contract"):
            if report.when == "call" or report.skipped:
                cases[f"{bench} ({provider})"]["left out" if report.skipped else report.outcome] += 1
    for name, found in sorted(cases.items()):
        executed = found["passed"] + found["failed"]
        left_out = f", {found['left out']} exempt" if found["left out"] else ""
        yield f"contract on {name}: {executed} cases executed{left_out}"


def crash_points(reports: Iterable[pytest.TestReport]) -> Iterator[str]:
    """Of each provider: rounds, and what came of them."""
    rounds: dict[str, Counter[str]] = defaultdict(Counter)
    for report in reports:
        for provider, step, state, copies in _properties(report, "crash point"):
            found = rounds[provider]
            found["rounds"] += 1
            found[f"step {step}"] += 1
            found["doubles" if copies > 1 else "asked" if state == "unknown" else "one copy"] += 1
    for provider, found in sorted(rounds.items()):
        steps = sum(name.startswith("step ") for name in found)
        yield (
            f"killed while sending by {provider}: {steps} steps, {found['rounds']} rounds: {found['one copy']} one copy, "
            f"{found['asked']} unknown and asked, {found['doubles']} doubles"
        )


def _properties(report: pytest.TestReport, name: str) -> list[Any]:
    return [value for key, value in report.user_properties if key == name] if report.when == "call" else []
