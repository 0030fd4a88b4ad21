"""Example mails of each category and their vectors: nearness in meaning to them is evidence, never the verdict alone.

The vectors are made by the bundled model from `prototypes.yaml` and kept beside it, since embedding takes seconds at
each start. `python -m tools.inbox.prototypes` makes them anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
import yaml
from numpy.typing import NDArray

_HERE = Path(__file__).parent
VECTORS = _HERE / "prototypes.npy"
NEAREST = 3
"""The mean of so many nearest examples stands for a category: one alone is chance, all of them blur what differs."""

Matrix = NDArray[np.float32]


@cache
def examples() -> Mapping[str, tuple[str, ...]]:
    """Category -> its example mails."""
    table = yaml.safe_load((_HERE / "prototypes.yaml").read_text(encoding="utf-8"))
    return MappingProxyType({category: tuple(lines) for category, lines in table.items()})


def nearness(vector: Matrix) -> dict[str, float]:
    """How much nearer a mail is to each category's examples than to the other categories', in cosine; the mean is 0."""
    similar = (_vectors() @ vector.astype(np.float32)).tolist()
    near: dict[str, float] = {}
    start = 0
    for category, lines in examples().items():
        part = sorted(similar[start : start + len(lines)])[-NEAREST:]
        near[category] = sum(part) / len(part)
        start += len(lines)
    middle = sum(near.values()) / len(near)
    return {category: value - middle for category, value in near.items()}


@cache
def _vectors() -> Matrix:
    stored: Matrix = np.load(VECTORS).astype(np.float32)
    return stored


def embedded() -> Matrix:
    """The vectors of all examples in order, made now by the bundled model: a row each."""
    from tools.llm.embedder import open_embedder

    vectors: Matrix = open_embedder().embed([line for lines in examples().values() for line in lines])
    return vectors


if __name__ == "__main__":
    np.save(VECTORS, embedded().astype(np.float16))
