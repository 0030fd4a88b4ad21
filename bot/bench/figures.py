"""Figures: what a bench measured, each beside its baseline and its goal, for people and for programs."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version

import psutil

from storage.values.clock import now


@dataclass(frozen=True)
class Figure:
    """One measured number. `goal` bounds the ratio to the baseline when `relative`, else the number itself."""

    what: str
    value: float
    unit: str
    baseline: float | None = None
    against: str = ""
    """What the baseline is."""
    goal: float | None = None
    relative: bool = False
    at_least: bool = False
    """Whether the goal is a lower bound; it is an upper bound otherwise."""

    @property
    def ratio(self) -> float | None:
        """The number over its baseline."""
        return self.value / self.baseline if self.baseline else None

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None when there is none."""
        measured = self.ratio if self.relative else self.value
        if self.goal is None or measured is None:
            return None
        return measured >= self.goal if self.at_least else measured <= self.goal


@dataclass(frozen=True)
class Report:
    """All figures of one run and what there is to say about them."""

    name: str
    figures: Sequence[Figure]
    notes: Sequence[str]
    packages: Sequence[str]
    machine: str = field(default_factory=lambda: machine())
    at: str = field(default_factory=lambda: f"{now():%Y-%m-%d %H:%M} UTC")

    @property
    def versions(self) -> dict[str, str]:
        """Of what the figures depend on."""
        return {"Python": platform.python_version()} | dict(_versions(self.packages))


def machine() -> str:
    """This machine in words, without its name."""
    memory = psutil.virtual_memory().total / 2**30
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, {platform.machine()}, {memory:.0f} GiB, {platform.system()}, load {load:.1f} at the end"


def table(report: Report) -> str:
    """The report as Markdown."""
    lines = [
        f"## {report.name}, {report.at}",
        "",
        f"{report.machine}. {', '.join(f'{name} {number}' for name, number in report.versions.items())}.",
        "",
        "| what | measured | baseline | ratio | goal | |",
        "|---|---|---|---|---|---|",
        *map(_line, report.figures),
        "",
        *(f"- {note}" for note in report.notes),
    ]
    return "\n".join(lines)


def objects(report: Report) -> list[str]:
    """The report as JSON lines: a head, then one object a figure."""
    head = {"bench": report.name, "at": report.at, "machine": report.machine, "versions": report.versions}
    rows = [asdict(one) | {"ratio": one.ratio, "met": one.met} for one in report.figures]
    return [json.dumps(row, ensure_ascii=False) for row in (head | {"notes": list(report.notes)}, *rows)]


def _line(one: Figure) -> str:
    baseline = f"{_number(one.baseline)} {one.unit} ({one.against})" if one.baseline is not None else ""
    ratio = f"{_number(one.ratio)}×" if one.ratio is not None else ""
    sign = "≥" if one.at_least else "≤"
    goal = f"{sign} {_number(one.goal)}{'×' if one.relative else f' {one.unit}'}" if one.goal is not None else ""
    verdict = {True: "met", False: "**not met**", None: ""}[one.met]
    return f"| {one.what} | {_number(one.value)} {one.unit} | {baseline} | {ratio} | {goal} | {verdict} |"


def _number(value: float) -> str:
    """Three digits are all that a busy machine can tell."""
    if value and abs(value) < 100:
        return f"{value:.3g}"
    return f"{value:,.0f}"


def _versions(packages: Iterable[str]) -> Iterable[tuple[str, str]]:
    for package in packages:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            yield package, "absent"
