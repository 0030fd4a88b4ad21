"""`python -m tools.evals.train_triage --data DIR`: learns the weights of triage anew and notes what they are made of.

The data stay where they are; what ships is `weights.npz`. The same mails give the same weights, up to the last bits of the
processor's arithmetic; `recipe.json` beside them keeps the digests of mails and weights.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.evals.learning import Array, Learned, learn
from tools.evals.splits import opinions_held_out, shares_of
from tools.evals.training import Example, labelled, numbers, own_examples
from tools.inbox.triage_model.model import RECIPE, WEIGHTS

PRINTED = 64
"""Buckets of each mail that are kept to tell familiarity by, the weightiest first."""


def train(data: Path, weights: Path, recipe: Path) -> None:
    """Learns from the mails of a folder and our own, and writes the weights and what they were made of."""
    examples = [*labelled(data), *own_examples()]
    mails = numbers(examples)
    shares = shares_of(opinions_held_out(mails), mails)
    stored = _stored(learn(mails, np.arange(len(examples))), shares)
    np.savez_compressed(weights, **stored)  # type: ignore[arg-type]
    made = {
        "mails": len(examples),
        "own": int(mails.own.sum()),
        "digest of the mails": _digest(examples),
        "digest of the weights": hashlib.sha256(
            b"".join(stored[name].tobytes() for name in sorted(stored))
        ).hexdigest(),
        "shares": [round(float(one), 3) for one in shares],
    }
    recipe.write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")


def _stored(learned: Learned, shares: Array) -> dict[str, NDArray[np.generic]]:
    """The numbers as they ship: words in a byte each, the rest in two."""
    kept: dict[str, NDArray[np.generic]] = {"shares": shares.astype(np.float32)}
    for name, model in learned.models.items():
        kept[f"{name} base"] = model.base.astype(np.float32)
        if name in learned.idf:
            scale = np.abs(model.weights).max(axis=0) / 127
            kept[name] = np.rint(model.weights / scale).astype(np.int8)
            kept[f"{name} scale"] = scale.astype(np.float32)
        else:
            kept[name] = model.weights.astype(np.float16)
    kept |= {f"{name} idf": idf.astype(np.float16) for name, idf in learned.idf.items()}
    kept |= {"middle": learned.middle.astype(np.float32), "spread": learned.spread.astype(np.float32)}
    return {**kept, **_prints(learned)}


def _prints(learned: Learned) -> Mapping[str, NDArray[np.generic]]:
    table = learned.prints
    ids = np.zeros((table.shape[0], PRINTED), dtype=np.uint16)
    values = np.zeros((table.shape[0], PRINTED), dtype=np.float16)
    for row in range(table.shape[0]):
        part = slice(table.indptr[row], table.indptr[row + 1])
        first = np.argsort(-table.data[part], kind="stable")[:PRINTED]
        ids[row, : len(first)] = table.indices[part][first]
        values[row, : len(first)] = table.data[part][first]
    return {"print ids": ids, "print values": values}


def _digest(examples: Sequence[Example]) -> str:
    whole = hashlib.sha256()
    for one in examples:
        whole.update(hashlib.sha256(one.raw).digest() + one.category.encode())
    return whole.hexdigest()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="Learns the weights of triage from labelled mails.")
    arguments.add_argument("--data", type=Path, required=True, help="the folder that holds inbox/labels.jsonl")
    given = arguments.parse_args()
    train(given.data, WEIGHTS, RECIPE)
