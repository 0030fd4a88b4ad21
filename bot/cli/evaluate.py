"""`deskhand eval`: quality figures on evaluation data, as a table or as JSON; every case on demand."""

from __future__ import annotations

import json as jsonlib
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.settings import read_settings
from storage.values.errors import Refused

if TYPE_CHECKING:
    from tools.evals.scorecard import Scorecard

CHECKOUT = Path(__file__).resolve().parent.parent.parent
DATA = {
    "mime": Path("mime/index.jsonl"),
    "replies": Path("replies/fixtures.jsonl"),
    "triage": Path("inbox/labels.jsonl"),
    "needs-me": Path("intent/ask_sentences.jsonl"),
    "autoreply": Path("inbox/labels.jsonl"),
    "rules": Path("inbox/labels.jsonl"),
}
"""Evaluation -> the file of the data folder without which it cannot run."""

WRITTEN = {
    "brain": CHECKOUT / "tests" / "data" / "utterances.jsonl",
    "commitments": CHECKOUT / "tests" / "data" / "promises.jsonl",
}
"""Evaluation -> the file of sentences that we wrote, which it reads unless another one is named."""


def command(name: str, data: Path | None, predictions: Path | None, *, json: bool) -> None:
    """Runs one evaluation, prints its figures and writes its cases."""
    if name not in (*DATA, *WRITTEN):
        raise typer.BadParameter(f"{name} is none of {', '.join((*DATA, *WRITTEN))}.", param_hint="NAME")
    path = _written(name, data) if name in WRITTEN else _folder(name, data)
    card: Scorecard = import_module(f"tools.evals.{name.replace('-', '_')}").run(path)
    if predictions is not None:
        _write(card, predictions)
    if json:
        typer.echo(jsonlib.dumps({"name": card.name, **card.figures}, ensure_ascii=False))
    else:
        _show(card)


def _folder(name: str, given: Path | None) -> Path:
    """The data folder: the one that is named, DESKHAND_DATA, or shared/data beside the checkout."""
    folder = given or read_settings().deskhand_data or CHECKOUT.parent / "shared" / "data"
    if not (folder / DATA[name]).is_file():
        raise Refused(f"There is no {folder / DATA[name]}; name the folder of the evaluation data with --data.")
    return folder


def _written(name: str, given: Path | None) -> Path:
    path = given or WRITTEN[name]
    path = path / WRITTEN[name].name if path.is_dir() else path
    if not path.is_file():
        raise Refused(f"There is no {path}; name a file of sentences with --data.")
    return path


def _write(card: Scorecard, path: Path) -> None:
    try:
        card.dump(path)
    except OSError as error:
        raise Refused(f"The predictions cannot be written to {path} ({error.strerror}); try another folder.") from error


def _show(card: Scorecard) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(card.name)
    table.add_column("figure", justify="right")
    for figure, value in card.figures.items():
        table.add_row(Text(figure), Text(f"{value:,}" if isinstance(value, int) else str(value)))
    Console().print(table)
