"""`deskhand bench`: speed figures, each beside its baseline measured in the same run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from bot.bench.figures import Report


def command(name: str, *, json: bool) -> None:
    """Measures and prints. Takes a minute or two; says nothing about a goal that the machine was too busy to show."""
    from bot.bench.figures import objects, table

    measured = _measured(name)
    typer.echo("\n".join(objects(measured)) if json else table(measured))


def _measured(name: str) -> Report:
    if name == "turn":
        from bot.bench import turn

        return asyncio.run(turn.bench())
    if name == "start":
        from bot.bench import start

        return start.bench()
    raise typer.BadParameter(f"{name} is none of turn, start, ingest.")
