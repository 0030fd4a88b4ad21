"""Rows out of a text file: the encoding, the delimiter and the quoting are found by looking."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

from charset_normalizer import from_bytes

from storage.values.errors import Refused
from tools.data import numerals

DELIMITERS = ",;\t|"
_SAMPLE_BYTES = 200_000
_SAMPLE_ROWS = 300
_STATED = re.compile(r"sep=([,;\t|])\r?\n", re.IGNORECASE)
"""The line with which a file tells Excel its delimiter."""
_BOMS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
# What exports of offices are written in, where they are not Unicode. More choices mean more wrong guesses on short files.
_LEGACY = [*(f"cp{page}" for page in range(1250, 1258)), "koi8_r", "cp932", "euc_jp", "gb18030", "big5", "cp949"]


@dataclass(frozen=True)
class Delimited:
    """The rows of a text file, each as long as it was written."""

    rows: list[list[str]]
    delimiter: str
    notes: tuple[str, ...]


def read(data: bytes, longest_cell: int) -> Delimited:
    """Reads the bytes of a text file. Refused when it is not text, or one cell is longer than `longest_cell` characters."""
    text, encoding_note = _decode(data)
    csv.field_size_limit(longest_cell)
    stated = _STATED.match(text)
    text = text[stated.end() :] if stated else text
    delimiter = stated[1] if stated else _delimiter(text[:_SAMPLE_BYTES])
    rows, quote_note = _split(text, delimiter)
    return Delimited(rows, delimiter, tuple(note for note in (encoding_note, quote_note) if note))


def _decode(data: bytes) -> tuple[str, str]:
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), None) or _utf16_without_mark(data)
    if encoding is None and b"\0" in data:
        raise Refused("it is not a text file. Try a CSV, TSV, XLSX, XLS or ODS file.")
    try:
        return data.decode(encoding or "utf-8"), ""
    except UnicodeDecodeError:
        if encoding:
            return data.decode(encoding, "replace"), "Some characters were damaged and are shown as �."
    guess = from_bytes(data, cp_isolation=_LEGACY, steps=10, chunk_size=1024).best()
    encoding = guess.encoding if guess else "cp1252"
    note = f"The file is not Unicode; I read it as {_spoken(encoding)}, which is a guess from its letters."
    return data.decode(encoding, "replace"), note


def _spoken(encoding: str) -> str:
    return {"cp1252": "Windows Western (cp1252)", "cp1250": "Windows Central European (cp1250)"}.get(encoding, encoding)


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 of mostly Latin text has a zero in every other byte."""
    sample = data[:2_000]
    half = len(sample) // 2
    if half and sample[1::2].count(0) > 0.7 * half and sample[::2].count(0) == 0:
        return "utf-16-le"
    if half and sample[::2].count(0) > 0.7 * half and sample[1::2].count(0) == 0:
        return "utf-16-be"
    return None


def _delimiter(sample: str) -> str:
    """The delimiter that parts most rows into equally many cells which look like cells: numbers, dates or plain words.

    Compared with csv.Sniffer (wrong on quotes and on short files) and CleverCSV (wrong where backslashes escape quotes).
    """
    return max(DELIMITERS, key=lambda delimiter: _fitness(sample, delimiter))


def _fitness(sample: str, delimiter: str) -> tuple[float, int]:
    """How even the rows are times how clean their cells are (0 to 1), then how many cells a row has."""
    rows = [row for row in _sample_rows(sample, delimiter) if any(cell.strip() for cell in row)]
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return 0.0, 0
    width, times = max(widths.items(), key=lambda item: (item[1], item[0]))
    cells = [cell for row in rows if len(row) == width for cell in row]
    clean = sum(_is_clean(cell, delimiter) for cell in cells) / len(cells)
    return round(times / len(rows) * clean, 3), width


def _is_clean(cell: str, delimiter: str) -> bool:
    """Whether no other delimiter hides in the cell, except as part of a number ("1,5;2,5") or of a sentence."""
    others = [sign for sign in DELIMITERS if sign != delimiter and sign in cell]
    return not others or ", " in cell or numerals.written(cell.strip()) is not None


def _sample_rows(sample: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, skipinitialspace=True):
            rows.append(row)
            if len(rows) > _SAMPLE_ROWS:
                break
    except csv.Error:
        pass  # what was read so far is sample enough
    return rows


def _split(text: str, delimiter: str) -> tuple[list[list[str]], str]:
    """The rows, read strictly; failing that with backslashes as escapes, then with stray quotes taken as they stand."""
    attempts: list[tuple[dict[str, object], str]] = [
        ({"strict": True}, ""),
        ({"strict": True, "escapechar": "\\"}, "Backslashes in the file are read as escapes."),
        ({}, "Some quotation marks are not doubled as CSV wants; I read on as well as I could."),
    ]
    for options, note in attempts:
        try:
            return _rows(text, delimiter, options), note
        except csv.Error as error:
            if "field limit" in str(error) or "end of data" in str(error):
                break
    options = {"quoting": csv.QUOTE_NONE}
    try:
        return _rows(
            text, delimiter, options
        ), "A quotation mark is never closed, so quotation marks are read as plain text."
    except csv.Error as error:
        raise Refused("one of its cells is too long for a table. Try a file with a line for each row.") from error


def _rows(text: str, delimiter: str, options: dict[str, object]) -> list[list[str]]:
    lines = io.StringIO(text.replace("\0", ""), newline="")
    return list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True, **options))  # type: ignore[arg-type]
