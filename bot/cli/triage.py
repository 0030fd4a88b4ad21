"""`deskhand triage`: what each mail of a folder is, how sure that is, and whether it waits on its reader."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tools.inbox.exported import Sorted


def command(
    path: Annotated[Path, typer.Argument(help="A maildir, an mbox file or a folder of .eml files.")],
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a mail.")] = False,
) -> None:
    """Sorts the mails of a folder without touching them."""
    from tools.inbox.exported import sort_exported
    from tools.llm.embedder import open_embedder

    mails = sort_exported(path, open_embedder())
    if json:
        for mail in mails:
            typer.echo(jsonlib.dumps(_as_json(mail), ensure_ascii=False))
    else:
        _show(mails)


def _as_json(mail: Sorted) -> dict[str, object]:
    verdict = mail.verdict
    return {
        "id": mail.id,
        "category": verdict.category,
        "confidence": verdict.confidence,
        "needs_me": verdict.needs_me,
        "reasons": list(verdict.reasons),
    }


def _show(mails: Iterable[Sorted]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Mail", max_width=20, overflow="fold")
    table.add_column("Subject", ratio=2, overflow="fold")
    table.add_column("Category", no_wrap=True)
    table.add_column("Sure", no_wrap=True, justify="right")
    table.add_column("Why", ratio=3)
    for mail in mails:
        verdict = mail.verdict
        words = (mail.id, mail.email.subject[:120], verdict.category, f"{verdict.confidence:.0%}")
        why = Text("needs you: " if verdict.needs_me else "", style="bold") + Text("; ".join(verdict.reasons[:2]))
        table.add_row(*(Text(_harmless(word)) for word in words), why)  # Text: what a stranger wrote is no markup
    Console().print(table)


def _harmless(words: str) -> str:
    """Without characters that would steer the terminal or turn the direction of writing."""
    return "".join(one if one.isprintable() else " " for one in words)
