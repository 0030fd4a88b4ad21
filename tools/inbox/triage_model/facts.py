"""The countable facts of a mail, as one row of numbers: its structure, its phrases and the shape of its text.

No name, address, domain, date or list is among them, so they mean the same in any mailbox and any year.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import fields
from functools import cache
from typing import get_args

from tools.inbox.asks import Asks
from tools.inbox.machines import ListKind, ReportKind, SenderKind
from tools.inbox.signals import Addressed, Signals

_KINDS: dict[str, Sequence[str]] = {
    "list_kind": get_args(ListKind),
    "auto_submitted": ("", "auto-generated", "auto-replied", "auto-notified"),
    "report": get_args(ReportKind),
    "sender_kind": get_args(SenderKind),
    "addressed": get_args(Addressed),
}
_ATTACHMENTS = ("archive", "calendar", "document", "image", "message", "other", "page", "program", "sheet")
_FAMILIES = (
    "threat", "secrets", "pretence", "injection", "impersonal", "riches", "sum", "pitch", "broadcast", "machine",
    "undelivered", "absence", "discussion", "work", "personal",
)  # fmt: skip
_UNKNOWN_ON_EXPORTS = ("addressed", "from_me", "resembles_mine")
"""Facts that are only known when the owner is: the mails to learn from have none, so nothing can be learned about them."""

READ = 6_000
_MONEY = re.compile(r"[$€£]\s?\d|\d\s?(?:usd|eur|dollars)")
_NAMED = re.compile(r"\s*(?:hi|hello|hey|dear)\s+[A-Z][a-z]+[\s,!-]")
_BARE_NAME = re.compile(r"\s*[A-Z][a-z]+\s*[,-]+\s*\n")
_I = re.compile(r"\b(?:i|i'm|i'll|my|me)\b")
_WE = re.compile(r"\b(?:we|our|us)\b")
_YOU = re.compile(r"\b(?:you|your)\b")


def facts(subject: str, reply: str, seen: Signals, wanted: Asks) -> list[float]:
    """One row, in the order of `names()`, each about between -2 and 3."""
    return [value for _, value in _all(subject, reply, seen, wanted)]


@cache
def names() -> tuple[str, ...]:
    """What each number of a row is."""
    return tuple(name for name, _ in _all("", "", Signals(), Asks()))


def _all(subject: str, reply: str, seen: Signals, wanted: Asks) -> Iterator[tuple[str, float]]:
    yield from _structure(seen)
    for family in _FAMILIES:
        yield f"cue:{family}", min(seen.cues.get(family, 0), 4) / 2
    for kind in ("request", "question", "deadline", "promise", "waived"):
        yield f"ask:{kind}", float(bool(getattr(wanted, kind)))
    yield from _of_subject(subject)
    yield from _of_text(reply[:READ], seen)


def _structure(seen: Signals) -> Iterator[tuple[str, float]]:
    for one in fields(Signals):
        value = getattr(seen, one.name)
        if one.name in _UNKNOWN_ON_EXPORTS or one.name == "cues":
            continue
        if one.name == "attachments":
            yield from ((f"attached:{kind}", float(kind in value)) for kind in _ATTACHMENTS)
        elif one.name in _KINDS:
            yield from ((f"{one.name}:{kind}", float(value == kind)) for kind in _KINDS[one.name])
        elif isinstance(value, bool):
            yield one.name, float(value)
        else:
            yield one.name, math.log1p(value)


def _of_subject(subject: str) -> Iterator[tuple[str, float]]:
    yield "subject:length", math.log1p(len(subject)) / 3
    yield "subject:none", float(not subject.strip())
    yield "subject:asks", float("?" in subject)
    yield "subject:calls", float("!" in subject)
    yield "subject:lower", float(subject[:1].islower())


def _of_text(text: str, seen: Signals) -> Iterator[tuple[str, float]]:
    lines = [line for line in text.splitlines() if line.strip()]
    length, count = max(len(text), 1), max(len(text.split()), 1)
    letters = sum(map(str.isalpha, text)) or 1
    lowered = text.lower()
    yield "text:length", math.log1p(len(text)) / 4 - 1.5
    yield "text:short", float(len(text) < 300)
    yield "text:lines", math.log1p(len(lines)) / 2
    yield "text:long line", float(any(len(line) > 200 for line in lines))
    yield "text:line", min(len(text) / max(len(lines), 1), 300) / 100
    yield "text:capitals", min(sum(map(str.isupper, text)) / letters, 0.5) * 4
    yield "text:digits", min(sum(map(str.isdigit, text)) / length, 0.2) * 10
    yield "text:calls", min(text.count("!"), 6) / 3
    yield "text:asks", min(text.count("?"), 6) / 3
    yield "text:money", min(len(_MONEY.findall(lowered)), 6) / 3
    yield "text:foreign", min((length - len(text.encode("ascii", "ignore"))) / length, 0.3) * 5
    yield "text:greets by name", float(bool(_NAMED.match(text)))
    yield "text:bare name", float(bool(_BARE_NAME.match(text)))
    yield "text:lower start", float(text.lstrip()[:1].islower())
    yield "text:I", min(len(_I.findall(lowered)) / count, 0.1) * 20
    yield "text:we", min(len(_WE.findall(lowered)) / count, 0.1) * 20
    yield "text:you", min(len(_YOU.findall(lowered)) / count, 0.1) * 20
    yield "links:density", min(seen.links / count, 0.3) * 5
    yield "links:per host", math.log1p(seen.links) - math.log1p(seen.hosts)
