"""A table out of a file that a person handed us: the file is read in a process of its own, under hard limits."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from storage.values.errors import Refused
from tools.data.dates import Order
from tools.data.handover import Parsed, Reading, unpack
from tools.data.source import Column, Kind, Limits, Table

if TYPE_CHECKING:
    import pandas as pd

_ROOT = Path(__file__).resolve().parents[2]
_FOR_THE_INTERPRETER = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""Without these an interpreter with a shared library of its own does not start."""
_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".ods")
"""Names that no program gives to plain text; many call a text `.xls`."""
_TOO_MUCH = {
    signal.SIGXCPU: "it took too long to read. Try a part of it.",
    signal.SIGKILL: "it took too long to read. Try a part of it.",
    signal.SIGXFSZ: "it unpacks to more than I can hold. Try a part of it.",
    signal.SIGABRT: "it takes more memory than I may use. Try a part of it.",
    signal.SIGSEGV: "it takes more memory than I may use. Try a part of it.",
}


def read_table(path: Path, *, limits: Limits | None = None, order: Order | None = None, name: str = "") -> Table:
    """Reads a CSV, TSV, XLSX, XLS or ODS file. `name` is what to call it (the file's own name if empty); `order` says which
    comes first in dates like 03/04/2024, where the file leaves it open.

    Refused, in one sentence that names the file, when it is no table, or larger than `limits`.
    """
    name = name or path.name
    return _table(_reading(path, limits or Limits(), order, name), name)


def check_table(path: Path, *, limits: Limits | None = None) -> None:
    """Refused as `read_table` would, and for what can be read but holds nothing to look at. Nothing heavy is imported here,
    since the reading is done elsewhere."""
    reading = _reading(path, limits or Limits(), None, path.name)
    if path.suffix.casefold() in _WORKBOOKS and not reading.sheet and len(reading.columns) < 2:
        raise Refused(
            f"{path.name} is no workbook, whatever its name says. Open it in the program that made it and save it again."
        )
    if not len(reading.columns[0].values):
        raise Refused(f"{path.name} has names of columns and nothing below them. Give me one with rows of values.")


def _reading(path: Path, limits: Limits, order: Order | None, name: str) -> Reading:
    try:
        _check_file(path, limits)
        reading = _read_apart(path, limits, order)
        if reading.refused:
            raise Refused(reading.refused)
    except Refused as error:
        raise Refused(f"I could not read {name} as a table: {error}") from error
    return reading


def _check_file(path: Path, limits: Limits) -> None:
    if not path.is_file():
        raise Refused("there is no such file. Try its full path.")
    size = path.stat().st_size
    if size > limits.bytes:
        raise Refused(f"it has {size / 1e6:,.0f} MB, and I take up to {limits.bytes / 1e6:,.0f} MB. Try a part of it.")


def _read_apart(path: Path, limits: Limits, order: Order | None) -> Reading:
    """Runs the reader with an environment of nothing, so that a file which takes it over finds no key there."""
    command = [sys.executable, "-m", "tools.data.reader", str(path.resolve()), json.dumps(asdict(limits)), order or ""]
    environment = {"OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1", "PYTHONPATH": str(_ROOT)}
    environment |= {name: os.environ[name] for name in _FOR_THE_INTERPRETER if name in os.environ}
    with tempfile.TemporaryFile() as out:
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.PIPE,
                cwd=_ROOT,
                env=environment,
                timeout=2 * limits.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise Refused("it took too long to read. Try a part of it.") from error
        if done.returncode:
            raise _stopped(done)
        out.seek(0)
        return unpack(out.read())


def _stopped(done: subprocess.CompletedProcess[bytes]) -> Refused:
    """What to say when the reader did not come back with an answer; what it said itself goes along as a note."""
    try:
        sentence = _TOO_MUCH[signal.Signals(-done.returncode)]
    except (ValueError, KeyError):
        sentence = "the reader stopped on it. Try to open it and save it again as CSV."
    refused = Refused(sentence)
    refused.add_note(done.stderr[-2_000:].decode(errors="replace"))
    return refused


def _table(reading: Reading, name: str) -> Table:
    import pandas as pd

    columns = tuple(Column(parsed.name, parsed.kind, parsed.unit) for parsed in reading.columns)
    frame = pd.DataFrame({parsed.name: _series(parsed) for parsed in reading.columns})
    notes = list(reading.notes)
    if reading.other_sheets:
        others = ", ".join(f"“{sheet}”" for sheet in reading.other_sheets)
        notes.insert(0, f"I read the sheet “{reading.sheet}”; the file also has {others}.")
        name = f"{name}, sheet {reading.sheet}"
    return Table(name, columns, frame, tuple(notes), reading.sheet, reading.other_sheets)


def _series(parsed: Parsed) -> pd.Series:
    import numpy as np
    import pandas as pd

    missing = parsed.missing
    if parsed.kind is Kind.DECIMAL:
        return pd.Series(np.where(missing, np.nan, parsed.values))
    if parsed.kind is Kind.INTEGER:
        whole = pd.Series(parsed.values.astype(np.int64))
        return whole.astype("Int64").mask(missing) if missing.any() else whole
    if parsed.kind.is_time:
        return pd.Series(parsed.values.astype("datetime64[us]")).mask(missing)
    if parsed.kind is Kind.BOOLEAN:
        return pd.Series(parsed.values.astype(bool)).astype("boolean").mask(missing)
    if parsed.kind is Kind.CATEGORY:
        places = np.where(missing, -1, parsed.values)
        return pd.Series(pd.Categorical.from_codes(places, categories=pd.Index(parsed.words)))
    words = np.array([*parsed.words, None], dtype=object)[np.where(missing, -1, parsed.values)]
    return pd.Series(words, dtype="str")
