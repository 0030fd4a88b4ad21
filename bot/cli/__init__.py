"""The `deskhand` command. Every command imports what it needs when it runs, so that `--help` is quick."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    name="deskhand",
    help="A chat-first assistant that works your inbox and your numbers, and sends nothing without your click.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]


def _call(module: str, *words: Any, **options: Any) -> None:
    """Runs `bot.cli.<module>.command` and turns what is refused into a sentence and an exit code."""
    from bot.cli.ending import ended

    ended(import_module(f"bot.cli.{module}").command, *words, **options)


@app.command()
def demo(
    mailbox: Annotated[
        str | None,
        typer.Option(
            help="A maildir, an mbox file, a folder of .eml, or imap[s]://user:password@host:port?smtp=host:port."
        ),
    ] = None,
    web_only: Annotated[bool, typer.Option("--web-only", help="Only the page in the browser, no terminal.")] = False,
    json: Json = False,
) -> None:
    """Everything in one program, on embedded services and a sample mailbox (or yours), in the terminal and as a page."""
    _call("demo", mailbox, web_only=web_only, json=json)


@app.command()
def chat(
    as_: Annotated[str | None, typer.Option("--as", help="Which person; the one who spoke last, if not said.")] = None,
    once: Annotated[str | None, typer.Option(help="One message; its answer is printed and the program ends.")] = None,
    json: Json = False,
) -> None:
    """The chat on this terminal, on the accounts of this installation. Jobs need `deskhand work` beside it."""
    _call("chat", as_, once, json=json)


@app.command()
def serve() -> None:
    """The people's door: web routes, and the delivery of what waits."""
    _call("serve")


@app.command()
def work() -> None:
    """The clock's door: worker and timetable. Any number may run."""
    _call("work")


@app.command()
def doctor(json: Json = False) -> None:
    """Looks at every dependency, setting and account, and says what to do. Exit code 0 only when ready."""
    _call("doctor", json=json)


@app.command()
def analyze(
    file: Annotated[Path, typer.Argument(help="A CSV or Excel file.")],
    op: Annotated[str, typer.Option(help="profile, trend, chart or report; chosen by the question if not said.")] = "",
    question: Annotated[str, typer.Option(help="What to look at, for example “revenue by month”.")] = "",
    report: Annotated[Path | None, typer.Option(help="Where to write a report, .html or .pdf.")] = None,
    json: Json = False,
) -> None:
    """The analysis engine without a chat."""
    _call("analyze", file, op, question, report, json)


@app.command()
def triage(
    path: Annotated[Path, typer.Argument(help="A maildir, an mbox file or a folder of .eml.")], json: Json = False
) -> None:
    """Sorts the mails of a folder without touching them."""
    _call("triage", path, json=json)


@app.command()
def usage(json: Json = False) -> None:
    """What language models took this month (UTC) for each person, by purpose, in tokens and US dollars."""
    _call("listings", "usage", json=json)


@app.command("eval")
def evaluate(
    name: Annotated[str, typer.Argument(help="mime, replies, brain, triage, needs-me, autoreply or rules.")],
    data: Annotated[Path | None, typer.Option(help="Folder of the evaluation data.")] = None,
    json: Json = False,
    predictions: Annotated[Path | None, typer.Option(help="Where to write every case, one JSON object a line.")] = None,
) -> None:
    """Quality figures on evaluation data."""
    _call("evaluate", name, data, predictions, json=json)


@app.command()
def bench(
    name: Annotated[str, typer.Argument(help="channels, turn, start, ingest, rules, sync or triage.")],
    data: Annotated[
        Path | None, typer.Option(help="Folder of the evaluation data, for ingest, rules, sync and triage.")
    ] = None,
    json: Json = False,
    minutes: Annotated[
        float | None, typer.Option(help="Minutes of mail beside chat, for triage; 2 without it.")
    ] = None,
) -> None:
    """Speed figures, each beside its baseline measured in the same run."""
    _call("bench", name, data, json=json, minutes=minutes)


def _add_groups() -> None:
    from bot.cli.admin import GROUPS

    for name, group in GROUPS.items():
        app.add_typer(group, name=name)


_add_groups()


def main() -> None:
    """The entry point."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
