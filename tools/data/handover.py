"""What the reading process hands over: arrays and words in NumPy's own format, never a pickle.

The reader works on hostile files, so what it writes is taken as data: `allow_pickle` is off, and nothing in it can run.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.data.source import Kind

Array = NDArray[Any]


@dataclass(frozen=True)
class Parsed:
    """A column on its way. Numbers as themselves, moments as microseconds since 1970, words as places in `words`."""

    name: str
    kind: Kind
    unit: str
    values: Array
    missing: NDArray[np.bool_]
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A whole table on its way, or the sentence that says why there is none."""

    columns: tuple[Parsed, ...] = ()
    notes: tuple[str, ...] = ()
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()
    refused: str = ""


def pack(reading: Reading) -> bytes:
    """The reading as bytes."""
    heads = [{"name": c.name, "kind": c.kind, "unit": c.unit, "words": c.words} for c in reading.columns]
    facts = {
        "columns": heads,
        "notes": reading.notes,
        "sheet": reading.sheet,
        "others": reading.other_sheets,
        "refused": reading.refused,
    }
    arrays: dict[str, Array] = {"facts": np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8)}
    for number, column in enumerate(reading.columns):
        arrays[f"values{number}"] = column.values
        arrays[f"missing{number}"] = column.missing
    out = io.BytesIO()
    np.savez(out, **arrays)  # type: ignore[arg-type]
    return out.getvalue()


def unpack(data: bytes) -> Reading:
    """The reading that `pack` made. Bytes of another making raise an error and run nothing."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        facts = json.loads(arrays["facts"].tobytes())
        columns = tuple(
            Parsed(
                head["name"],
                Kind(head["kind"]),
                head["unit"],
                arrays[f"values{number}"],
                arrays[f"missing{number}"],
                tuple(head["words"]),
            )
            for number, head in enumerate(facts["columns"])
        )
    return Reading(columns, tuple(facts["notes"]), facts["sheet"], tuple(facts["others"]), facts["refused"])
