"""`python -m tools.evals.train_triage --data DIR`: learns the weights of triage anew and notes what they are made of.

The data stay where they are; what ships is `weights.npz`. The same mails give the same weights, up to the last bits of the
processor's arithmetic; `recipe.json` beside them keeps the digests of mails and weights.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.evals.learning import primal
from tools.evals.splits import Learned, learn
from tools.evals.training import Example, labelled, numbers, own_examples
from tools.inbox.triage_model.model import COUNTED, RECIPE, WEIGHTS


def train(data: Path, weights: Path, recipe: Path) -> None:
    """Learns from the mails of a folder and our own, and writes the weights and what they were made of."""
    examples = [*labelled(data), *own_examples()]
    mails = numbers(examples)
    learned = learn(mails, np.arange(len(examples)))
    kept = stored(learned)
    np.savez_compressed(weights, **kept)  # type: ignore[arg-type]
    made = {
        "mails": len(examples),
        "own": int(mails.own.sum()),
        "digest of the mails": _digest(examples),
        "digest of the weights": hashlib.sha256(b"".join(kept[name].tobytes() for name in sorted(kept))).hexdigest(),
        "shares": [round(float(one), 3) for one in learned.shares.layers],
        "leaning": [round(float(one), 3) for one in learned.shares.leaning],
    }
    recipe.write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")


def stored(learned: Learned) -> dict[str, NDArray[np.generic]]:
    """The numbers as they ship: weights of words and pieces in a byte each, the rest in two or four."""
    kept: dict[str, NDArray[np.generic]] = {
        "shares": learned.shares.layers.astype(np.float32),
        "leaning": learned.shares.leaning.astype(np.float32),
        "middle": learned.measure.middle.astype(np.float32),
        "spread": learned.measure.spread.astype(np.float32),
    }
    kept |= {f"{kind} idf": idf.astype(np.float16) for kind, idf in learned.measure.idf.items()}
    for who, fitted in learned.fitted.items():
        weights, base = primal(fitted, learned.parts, who)
        kept[f"{who} base"] = base.astype(np.float32)
        for kind, table in weights.items():
            if kind in COUNTED:
                scale = np.maximum(np.abs(table).max(axis=0), 1e-9) / 127
                kept[f"{who} {kind}"] = np.rint(table / scale).astype(np.int8)
                kept[f"{who} {kind} scale"] = scale.astype(np.float32)
            else:
                kept[f"{who} {kind}"] = table.astype(np.float16)
    return kept


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
