"""A small firm's mailbox and its sales, made up for the demo: fictional people, example domains, always fresh dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

import yaml

from bot.sample.redate import redated

OWNER = "Alex Morgan <alex@fernhill.example>"
ZONE = "Europe/Lisbon"
FOLDERS = ("INBOX", "Sent")

Category = Literal["work", "personal", "newsletter", "notification", "forum", "spam", "phishing"]


@dataclass(frozen=True)
class Fact:
    """What is true of one mail of the sample, as a careful person would say."""

    category: Category
    needs_me: bool
    """It asks something of the owner that the owner has not answered yet."""
    unread: bool
    answered: bool


@cache
def facts() -> dict[str, Fact]:
    """`INBOX/name.eml` or `Sent/name.eml` -> what is true of it."""
    table = yaml.safe_load((_home() / "facts.yaml").read_text(encoding="utf-8"))
    return {name: Fact(**values) for name, values in table.items()}


def install(folder: Path, today: date) -> None:
    """Writes the mailbox into `folder` as `INBOX/*.eml` and `Sent/*.eml`, dated so that its newest mail is of the day
    before `today`. The same `today` gives the same bytes."""
    newest = today - timedelta(days=1)
    for name, fact in facts().items():
        stored = (_home() / "mailbox" / name).read_bytes()
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(redated(stored, newest, unread=fact.unread, answered=fact.answered))


def sales_csv() -> Path:
    """The firm's sales of eighteen months, one order line a row. Its dates are fixed; README.md beside it says more."""
    return _home() / "files" / "sales.csv"


def _home() -> Path:
    return Path(str(files(__name__)))
