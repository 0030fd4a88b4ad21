"""How words look on a terminal: plain text, cards with numbered buttons."""

from __future__ import annotations

import textwrap
from pathlib import Path

from agent.chat import Card, File, Reply, Update, Word

WIDTH = 100


def words(word: Word, file: Path | None) -> str:
    """The text for a word. `file` is where a File's bytes lie on this machine."""
    if isinstance(word, Reply):
        return word.text
    if isinstance(word, File):
        return f"[file] {word.name}: {word.text}\n       {file}"
    return card(word.card if isinstance(word, Update) else word)


def lines(text: str, columns: int) -> list[str]:
    """The text as a screen of this width breaks it, with the spaces and line ends that it has: together they are the text."""
    found: list[str] = []
    for whole in text.splitlines(keepends=True) or [""]:
        line = whole
        while len(line.rstrip()) > columns:
            at = line.rfind(" ", 0, columns + 1) + 1 or columns
            found.append(line[:at])
            line = line[at:]
        found.append(line)
    return [*found, ""] if found[-1].endswith("\n") else found


def card(card: Card) -> str:
    """A card: a rule at its side, facts first, then the text, then the buttons that can be typed."""
    width = max([len(one.label) for one in card.fields], default=0)
    lines = [card.title, ""]
    for one in card.fields:
        first, *more = one.value.split("\n") or [""]
        lines.append(f"{one.label + ':':<{width + 1}} {first}")
        lines += [" " * (width + 2) + line for line in more]
    text = card.text.strip("\n")
    lines += ["", *(part for line in text.split("\n") for part in (textwrap.wrap(line, WIDTH) or [""]))]
    if card.buttons:
        lines += ["", "   ".join(f"[{number}] {one.label}" for number, one in enumerate(card.buttons, start=1))]
    return "\n".join(f"│ {line}".rstrip() for line in lines)
