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
    for name in ("Mail", "From", "Subject", "Category", "Sure", "You", "Why"):
        table.add_column(
            name,
            overflow="ellipsis",
            no_wrap=name not in ("Subject", "Why"),
            justify="right" if name == "Sure" else "left",
        )
    for mail in mails:
        verdict, sender = mail.verdict, mail.email.sender
        words = (
            mail.id[:24],
            str(sender.name or sender.address)[:24] if sender else "",
            mail.email.subject[:80],
            verdict.category,
            f"{verdict.confidence:.0%}",
            "needs you" if verdict.needs_me else "",
            "; ".join(verdict.reasons),
        )
        table.add_row(*(Text(word) for word in words))  # Text: what a stranger wrote is no markup
    Console().print(table)
