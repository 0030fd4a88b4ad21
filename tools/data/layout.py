"""Where in a grid the table lies: the header row, and what is title, comment, footnote or total around it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from tools.data import dates, numerals
from tools.data.workbook import Cell

Rows = list[list[Cell]]

_LOOK_AHEAD = 30
"""A header is looked for in so many filled rows from the top."""
_BODY_SAMPLE = 300
_TOTAL = re.compile(r"(grand )?totals?|sum|gesamt|summe|insgesamt|totaux|totale?s?|suma", re.IGNORECASE)
_NULLS = {"", "na", "n/a", "#n/a", "null", "none", "nan", "-", "--", "–", "—", ".", "..", "..."}


@dataclass(frozen=True)
class Found:
    """The table inside the grid: names (None: it has no header) and body rows, all equally long."""

    header: list[str] | None
    body: Rows
    notes: tuple[str, ...]


def find_table(grid: Rows) -> Found:
    """Finds the table. The body is empty when there is nothing below the header."""
    notes: list[str] = []
    rows = _without_comments([row for row in grid if any(_filled(cell) for cell in row)], notes)
    rows = _cropped(rows)
    if not rows:
        return Found(None, [], ())
    sample = [[_class(cell) for cell in row] for row in rows[: _LOOK_AHEAD + _BODY_SAMPLE]]
    top = _header_row(rows, sample)
    names, start = _names(rows, sample, top)
    if top:
        notes.append(f"{_times(top, 'row')} above the table {_was(top)} taken as a title and left out.")
    body = _without_foot(rows[start:], sample[start:], notes)
    _note_ragged(names, body, notes)
    width = max([len(row) for row in body] + [len(names or [])])
    return Found(
        names + [""] * (width - len(names)) if names is not None else None,
        [row + [""] * (width - len(row)) for row in body],
        tuple(notes),
    )


def _filled(cell: Cell) -> bool:
    return not isinstance(cell, str) or bool(cell.strip())


def _fill(row: Sequence[Cell]) -> int:
    return sum(_filled(cell) for cell in row)


def _without_comments(rows: Rows, notes: list[str]) -> Rows:
    """Lines that begin with # and hold nothing else are remarks of whoever made the file."""
    width = max((_fill(row) for row in rows[:_BODY_SAMPLE]), default=0)
    kept = [row for row in rows if width < 2 or not str(_first(row)).startswith("#") or _fill(row) > 1]
    if dropped := len(rows) - len(kept):
        notes.append(f"{_times(dropped, 'comment line')} {_was(dropped)} skipped.")
    return kept


def _first(row: Sequence[Cell]) -> Cell:
    return next((cell for cell in row if _filled(cell)), "")


def _cropped(rows: Rows) -> Rows:
    """Without the empty columns on the left and the empty cells on the right."""
    left = min((next(place for place, cell in enumerate(row) if _filled(cell)) for row in rows), default=0)
    return [row[left : _end(row)] for row in rows]


def _end(row: Sequence[Cell]) -> int:
    end = len(row)
    while not _filled(row[end - 1]):
        end -= 1
    return end


def _class(cell: Cell) -> str:
    """E(mpty), N(umber), D(ate), B(oolean) or T(ext)."""
    if isinstance(cell, bool):
        return "B"
    if isinstance(cell, int | float):
        return "N"
    if isinstance(cell, date | time | timedelta):
        return "D"
    text = cell.strip()
    if text.lower() in _NULLS or not text.strip("*"):
        return "E"
    if numerals.written(text) is not None:
        return "N"
    return "D" if dates.looks_like_date(text) else "T"


def _majority(classes: list[list[str]]) -> dict[int, tuple[str, int]]:
    """The commonest class of each column and how often it occurs, where it is at least half of the filled cells."""
    columns: dict[int, Counter[str]] = {}
    for row in classes:
        for place, kind in enumerate(row):
            if kind != "E":
                columns.setdefault(place, Counter())[kind] += 1
    best: dict[int, tuple[str, int]] = {}
    for place, counts in columns.items():
        typed = max((kind for kind in counts if kind != "T"), key=lambda kind: counts[kind], default="T")
        if 2 * counts[typed] >= counts.total():
            best[place] = (typed, counts[typed])
        else:
            best[place] = ("T", counts["T"])
    return best


def _header_row(rows: Rows, sample: list[list[str]]) -> int | None:
    """The row whose words stand above cells of another class; among equals the fullest, then the first."""
    candidates = range(min(_LOOK_AHEAD, len(sample)))
    totals = _majority(sample)
    scores = {top: _contrast(rows[top], sample, top, totals) for top in candidates}
    best = max(candidates, key=lambda top: (scores[top], _fill(rows[top]), -top))
    if scores[best]:
        return best
    if any(kind != "T" for kind, _ in totals.values()) and len(rows) > 1:
        return None
    return _header_of_words(rows)


def _contrast(row: Sequence[Cell], sample: list[list[str]], top: int, totals: dict[int, tuple[str, int]]) -> int:
    """How many cells of the row are words (or years, or dates) above a column of another class that begins below it."""
    below = _majority(sample[top + 1 :])
    classes = ["T" if kind == "N" and _are_years(row) else kind for kind in sample[top]]
    score = 0
    for place, kind in enumerate(classes):
        body, times = below.get(place, ("T", 0))
        whole = totals.get(place, ("T", 0))[1]
        words = kind == "T" or (kind == "D" and body == "N")
        score += words and body not in ("T", kind) and times >= 0.9 * (whole - (sample[top][place] == body))
    return score


def _are_years(row: Sequence[Cell]) -> bool:
    """A row of words and different years is a header, although its years are numbers."""
    years = [text for cell in row if (text := str(cell).strip().removesuffix(".0")) and _class(text) == "N"]
    return (
        len(years) > 1
        and len(set(years)) == len(years)
        and all(text.isdigit() and 1800 <= int(text) <= 2200 for text in years)
        and (_class(row[0]) == "E" or _class(_first(row)) == "T")
    )


def _header_of_words(rows: Rows) -> int | None:
    """In a table of words: the first row about as full as the others, unless its words come again below."""
    usual = Counter(_fill(row) for row in rows[:_BODY_SAMPLE]).most_common(1)[0][0]
    top = next((n for n, row in enumerate(rows[:_LOOK_AHEAD]) if _fill(row) >= 0.6 * usual), 0)
    body = rows[top + 1 : top + 1 + _BODY_SAMPLE]
    again = sum(
        any(len(row) > place and row[place] == cell for row in body)
        for place, cell in enumerate(rows[top])
        if _filled(cell)
    )
    return None if 2 * again > _fill(rows[top]) else top


def _names(rows: Rows, sample: list[list[str]], top: int | None) -> tuple[list[str] | None, int]:
    """The column names, with a second line of the header joined on, and the number of the first body row."""
    if top is None:
        return None, 0
    names = [_name(cell) for cell in rows[top]]
    below = _majority(sample[top + 1 :])
    typed = [place for place, (kind, _) in below.items() if kind != "T"]
    second = sample[top + 1] if top + 2 < len(rows) else []
    texts = [str(rows[top + 1][place]) for place in typed if place < len(second) and second[place] == "T"]
    if typed and len(texts) == len(typed) == len(set(texts)) and _fill(rows[top + 1]) >= _fill(rows[top]):
        joined = [*rows[top + 1], *[""] * len(names)]
        return [f"{name} {_name(joined[place])}".strip() for place, name in enumerate(names)], top + 2
    return names, top + 1


def _name(cell: Cell) -> str:
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    return " ".join(text.replace("\ufeff", "").split())[:120]


def _without_foot(body: Rows, sample: list[list[str]], notes: list[str]) -> Rows:
    """Without footnotes (rows at the end with nothing of the columns' classes) and without a row of totals."""
    typed = {place: kind for place, (kind, _) in _majority(sample).items() if kind != "T"}
    width = max((_fill(row) for row in body[:_BODY_SAMPLE]), default=0)
    end = len(body)
    while end > 1 and _is_footnote(body[end - 1], typed, width):
        end -= 1
    sampled = body[:end][:_BODY_SAMPLE]
    dense = sum(_matches(row, typed) for row in sampled) >= 0.8 * len(sampled)
    if (typed and not dense) or end == 1:
        end = len(body)
    if dropped := len(body) - end:
        notes.append(f"{_times(dropped, 'row')} below the table {_was(dropped)} taken as footnotes and left out.")
    return _without_total(body[:end], typed, notes)


def _is_footnote(row: Sequence[Cell], typed: dict[int, str], width: int) -> bool:
    few = _fill(row) <= max(1, width // 2)
    return width > 1 and few and not _matches(row, typed) and (bool(typed) or (_fill(row) == 1 and width > 2))


def _matches(row: Sequence[Cell], typed: dict[int, str]) -> bool:
    return any(place < len(row) and _class(row[place]) == kind for place, kind in typed.items())


def _without_total(body: Rows, typed: dict[int, str], notes: list[str]) -> Rows:
    label = str(_first(body[-1])).strip().rstrip(":") if len(body) > 2 else ""
    if _TOTAL.fullmatch(label) and "N" in typed.values():
        notes.append(f"The last row, “{label}”, looks like a total of the others, so it was left out.")
        return body[:-1]
    return body


def _note_ragged(names: list[str] | None, body: Rows, notes: list[str]) -> None:
    if names is None or not body:
        return
    longer = [row for row in body if len(row) > len(names)]
    if longer:
        notes.append(
            f"{_times(len(longer), 'row')} {'has' if len(longer) == 1 else 'have'} more cells than the {len(names)} columns "
            "of the header; the extra cells stand in columns without a name."
        )


def _times(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def _was(count: int) -> str:
    return "was" if count == 1 else "were"
