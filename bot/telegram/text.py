"""Text for Telegram: foreign words as runs in which nothing is live, cut into messages, written as HTML or bare."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from tools.inbox.show import plain

LONGEST = 4_096
"""UTF-16 units of one message after its markup was read (Bot API, sendMessage)."""

LONGEST_CAPTION = 1_024
MOST_ENTITIES = 100
"""What goes beyond is shown without its style (Bot API, formatting options), and so a link in it would be live."""

NOTHING = "(no text)"

Style = Literal["", "b", "code", "pre"]

_DROPPED = re.compile("[\u0333\u033f\u030a\ufffc]")
"""Marks that Telegram leaves out of what it shows. They are seen here as what is unseen elsewhere: as a dot."""

_TOKEN = re.compile(r"\S+")
_LIVE = re.compile(r"://|[\w-][.\u3002\uff0e\uff61][^\W\d_]{2}|@\w|(?<![^\W_])/\w|(?<![^\W_])#\d*[^\W\d]|\$[A-Za-z]")
"""What Telegram would turn into something to tap: addresses, names of sites and people, commands, tags."""


@dataclass(frozen=True)
class Run:
    """A stretch of text in one style."""

    text: str
    style: Style = ""


def units(text: str) -> int:
    """How long Telegram says that a text is: in UTF-16 units."""
    return len(text) + sum(1 for one in text if ord(one) > 0xFFFF)


def foreign(text: str) -> list[Run]:
    """Words that anybody may have written. What Telegram would make live is shown as code, which it leaves alone."""
    shown = _DROPPED.sub("·", plain(unicodedata.normalize("NFC", text)))
    runs: list[Run] = []
    done = 0
    for match in _TOKEN.finditer(shown):
        if _LIVE.search(match.group()):
            runs += [Run(shown[done : match.start()]), Run(match.group(), "code")]
            done = match.end()
    return [one for one in [*runs, Run(shown[done:])] if one.text]


def bold(text: str) -> Run:
    """A title or the name of a fact: in it nothing may be live either, so it is one bold word in code when it must."""
    shown = "".join(one.text for one in foreign(text))
    return Run(shown, "code" if _LIVE.search(shown) else "b")


def is_void(text: str) -> bool:
    """Whether nobody would see anything."""
    return not text.strip()


def pieces(runs: Sequence[Run], longest: int = LONGEST) -> list[list[Run]]:
    """Messages: cut at paragraphs where there are some, else at lines, at words, and at last anywhere but never within a
    character. Every message has its own styles."""
    found: list[list[Run]] = []
    rest = [one for one in runs if one.text]
    while rest:
        head, rest = _cut(rest, longest)
        head = _trimmed(head)
        if head:
            found.append(head)
    return found or [[Run(NOTHING)]]


def as_html(runs: Iterable[Run]) -> str:
    """What is sent, in Telegram's HTML."""
    return "".join(
        f"<{one.style}>{html.escape(one.text, quote=False)}</{one.style}>"
        if one.style
        else html.escape(one.text, quote=False)
        for one in runs
    )


def bare(runs: Iterable[Run]) -> str:
    """The words alone."""
    return "".join(one.text for one in runs)


def _cut(runs: list[Run], longest: int) -> tuple[list[Run], list[Run]]:
    text = bare(runs)
    most = _fits(text, runs, longest)
    if most == len(text):
        return runs, []
    half = most // 2
    for mark in ("\n\n", "\n", " "):
        at = text.rfind(mark, half, most + 1)
        if at > 0:
            return _split(runs, at)
    return _split(runs, max(1, most))


def _fits(text: str, runs: list[Run], longest: int) -> int:
    """How many characters fit, by length and by the number of styled runs."""
    most = len(text)
    if units(text) > longest:
        most = next(at for at, length in enumerate(accumulate(map(units, text))) if length > longest)
    styled = begin = 0
    for one in runs:
        styled += bool(one.style)
        if styled > MOST_ENTITIES:
            return min(most, begin)
        begin += len(one.text)
    return most


def _split(runs: list[Run], at: int) -> tuple[list[Run], list[Run]]:
    head: list[Run] = []
    for number, one in enumerate(runs):
        if at <= len(one.text):
            parts = Run(one.text[:at], one.style), Run(one.text[at:], one.style)
            return [*head, parts[0]], [*([parts[1]] if parts[1].text else []), *runs[number + 1 :]]
        head.append(one)
        at -= len(one.text)
    return head, []


def _trimmed(runs: list[Run]) -> list[Run]:
    """Without empty lines at its ends, which Telegram takes off anyway; nothing, when nobody would see it."""
    if is_void(bare(runs)):
        return []
    kept = list(runs)
    while is_void(kept[0].text):
        kept.pop(0)
    while is_void(kept[-1].text):
        kept.pop()
    kept[0] = Run(kept[0].text.lstrip("\n"), kept[0].style)
    kept[-1] = Run(kept[-1].text.rstrip(), kept[-1].style)
    return kept
