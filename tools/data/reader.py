"""The reading process: `python -m tools.data.reader FILE …` reads one file under hard limits and writes a `Reading` to stdout."""

from __future__ import annotations

import gc
import json
import resource
import signal
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import cast

from storage.values.errors import Refused
from tools.data import delimited, layout, workbook
from tools.data.columns import Columns
from tools.data.dates import Order
from tools.data.handover import Reading, pack
from tools.data.source import Limits

_LONGEST_CELL = 1_000_000
_FOREIGN = [
    (b"%PDF", "it is a PDF. Try to export the table as CSV or XLSX."),
    (b"\x1f\x8b", "it is compressed. Try to unpack it first."),
    (b"\x89PNG", "it is a picture. Try a CSV or XLSX file."),
    (b"\xff\xd8\xff", "it is a picture. Try a CSV or XLSX file."),
    (b"GIF8", "it is a picture. Try a CSV or XLSX file."),
]


def main(arguments: list[str]) -> None:
    """Arguments: the file, the limits as JSON, the order of day and month or an empty word."""
    path, limits, order = Path(arguments[0]), Limits(**json.loads(arguments[1])), arguments[2]
    restrict(limits)
    gc.disable()  # nothing here is a ring, and the process ends soon; looking for rings costs a seventh of the time
    try:
        reading = read(path.read_bytes(), limits, cast("Order", order) if order else None)
    except Refused as error:
        reading = Reading(refused=str(error))
    except MemoryError:
        reading = Reading(refused="it takes more memory than I may use. Try a part of it.")
    sys.stdout.buffer.write(pack(reading))


def restrict(limits: Limits) -> None:
    """Gives this process its limits, before it has seen a byte of the file."""
    for what, most in (
        (resource.RLIMIT_CPU, limits.seconds),
        (resource.RLIMIT_FSIZE, limits.handover_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python ignores it, and the parent could not tell why we stopped
    with suppress(ValueError, OSError):  # macOS knows this limit but does not take it; the others still hold there
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))


def read(data: bytes, limits: Limits, order: Order | None = None) -> Reading:
    """Reads the bytes of a file of any known kind."""
    _refuse_foreign(data)
    sheet, delimiter = "", ""
    others: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        found = workbook.read(data, limits)
        grid, sheet, others = found.rows, found.name, found.others
    else:
        text = delimited.read(data, _LONGEST_CELL)
        grid, notes, delimiter = cast("layout.Rows", text.rows), text.notes, text.delimiter
    _check_size(grid, limits)
    table = layout.find_table(grid)
    names, naming = _distinct_names(table)
    cells = [list(column) for column in zip(*table.body, strict=True)] if table.body else [[] for _ in names]
    used = [place for place, name in enumerate(names) if name or any(cell != "" for cell in cells[place])]
    if not used:
        raise Refused("there is no table in it. Try a file with a row of column names and rows of values below.")
    names = _filled_in(names)
    columns = Columns([names[place] for place in used], [cells[place] for place in used], delimiter, order)
    parsed = columns.read()
    return Reading(parsed, (*notes, *table.notes, *naming, *columns.notes), sheet, others)


def _refuse_foreign(data: bytes) -> None:
    for mark, sentence in _FOREIGN:
        if data.startswith(mark):
            raise Refused(sentence)
    start = data[:300].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        raise Refused("it is empty. Try a file with a table in it.")
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml")):
        raise Refused("it is a web page or XML, whatever its name says. Try to save it as CSV or XLSX.")
    if start.startswith((b"{", b"[{")):
        raise Refused("it is JSON. Try a CSV or XLSX file.")


def _check_size(grid: layout.Rows, limits: Limits) -> None:
    rows, columns = len(grid), max((len(row) for row in grid), default=0)
    for size, most, noun in ((rows, limits.rows, "rows"), (columns, limits.columns, "columns")):
        if size > most:
            raise Refused(f"it has {size:,} {noun}, and I take up to {most:,}. Try a part of it.")
    if rows * columns > limits.cells:
        raise Refused(f"it has {rows * columns:,} cells, and I take up to {limits.cells:,}. Try a part of it.")


def _distinct_names(table: layout.Found) -> tuple[list[str], list[str]]:
    """The names, told apart where the header repeats one; empty where it has none."""
    if table.header is None:
        width = len(table.body[0]) if table.body else 0
        note = "The file has no header row, so its columns are called “column 1”, “column 2” and so on."
        return [f"column {n}" for n in range(1, width + 1)], [note] if width else []
    seen: Counter[str] = Counter()
    names: list[str] = []
    for name in table.header:
        seen[name] += 1
        names.append(f"{name} ({seen[name]})" if name and seen[name] > 1 else name)
    repeated = [name for name, times in seen.items() if name and times > 1]
    notes = [f"The name “{name}” stands over {seen[name]} columns; the later ones are numbered." for name in repeated]
    return names, notes


def _filled_in(names: list[str]) -> list[str]:
    return [name or f"column {place}" for place, name in enumerate(names, 1)]


if __name__ == "__main__":
    main(sys.argv[1:])
