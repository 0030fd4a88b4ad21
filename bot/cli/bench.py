"""`deskhand bench`: speed figures, each beside its baseline measured in the same run."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from bot.bench.figures import Report

MAILS = Path("inbox") / "eml"
"""Where the data folder has real mails."""
LONGEST = 60
"""Minutes that one bench may be asked to take."""


def command(name: str, data: Path | None = None, *, json: bool, minutes: float | None = None) -> None:
    """Measures and prints; takes a minute or two. A goal that was missed is shown, not turned into an exit code, since a
    busy machine misses goals."""
    if minutes is not None and (name != "triage" or not 0 < minutes <= LONGEST):
        raise typer.BadParameter(f"minutes are for triage, more than 0 and at most {LONGEST}.", param_hint="--minutes")
    measured = _measured(name, data, minutes)
    from bot.bench.figures import objects, table

    typer.echo("\n".join(objects(measured)) if json else table(measured))


def _measured(name: str, data: Path | None, minutes: float | None) -> Report:
    if name == "turn":
        from bot.bench import turn

        return asyncio.run(turn.bench())
    if name == "start":
        from bot.bench import start

        return start.bench()
    if name == "ingest":
        from bot.bench import ingest

        return asyncio.run(ingest.bench(_mails(data)))
    if name == "rules":
        from bot.bench import rules

        return asyncio.run(rules.bench(_mails(data)))
    if name == "sync":
        from bot.bench import sync

        return asyncio.run(sync.bench(_mails(data)))
    if name == "triage":
        from bot.bench import triage

        size = triage.Size() if minutes is None else triage.Size(minutes=minutes)
        return asyncio.run(triage.bench(_mails(data), size))
    if name == "channels":
        from bot.bench import channels

        return asyncio.run(channels.bench())
    raise typer.BadParameter(
        f"{name} is none of channels, turn, start, ingest, rules, sync, triage.", param_hint="NAME"
    )


def _mails(data: Path | None) -> Path | None:
    """The folder of real mails: in the data folder that is named, in DESKHAND_DATA, or beside the checkout; or none."""
    from bot.cli.evaluate import CHECKOUT
    from bot.settings import read_settings

    folder = data or read_settings().deskhand_data or CHECKOUT.parent / "shared" / "data"
    return folder / MAILS if (folder / MAILS).is_dir() else None
