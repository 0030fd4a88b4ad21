"""Trains the router's head from examples.yaml: `python -m tools.llm.offline.train` writes head.npz, the same each time.

Softmax regression by full-batch gradient descent with weight decay, routes weighed alike. Each example is also learnt
with other names and with a polite opening, so that neither decides.
"""

from __future__ import annotations

import hashlib
import re
from itertools import count
from pathlib import Path

import numpy as np
import yaml

from tools.llm.embedder import Embedder, open_embedder
from tools.llm.offline.features import TOKENS, Matrix, features
from tools.llm.offline.router import HEAD

EXAMPLES = Path(__file__).with_name("examples.yaml")
ROUNDS, RATE, DECAY = 2500, 8.0, 1e-4
"""Rounds of descent, step size and weight decay: the best of a few tried on the development set."""

TAUGHT_NAMES = frozenset({"nora", "paul", "carla"})
"""The people of the examples."""
_OTHER_NAMES = ("jonas", "leila", "acme", "dr weber", "the bank", "petra", "mr schmidt", "sofia", "the agency", "tim")
_OPENINGS = ("please", "can you", "could you please", "i'd like you to", "hey,", "pls", "", "")
_NO_OPENING = re.compile(r"(?:what|which|who|how|is|are|do|did|has|have|i|my|yes|no|ok|please|can|could)\b")


def examples() -> list[tuple[str, str]]:
    """Each example with its route."""
    table: dict[str, list[str]] = yaml.safe_load(EXAMPLES.read_text("utf-8"))
    return [(route, text) for route, texts in table.items() for text in texts]


def fingerprint() -> str:
    """The digest of the examples that a head was trained on."""
    return hashlib.sha256(EXAMPLES.read_bytes()).hexdigest()


def varied(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The examples, and beside each the same with other names and with an opening."""
    turn = count()
    return [(route, variant) for route, text in pairs for variant in _variants(text.lower(), next(turn))]


def _variants(text: str, turn: int) -> list[str]:
    renamed = re.sub(r"\b(?:nora|paul|carla)\b", _OTHER_NAMES[turn % len(_OTHER_NAMES)], text)
    opening = _OPENINGS[turn % len(_OPENINGS)]
    opened = [f"{opening} {text}"] if opening and not _NO_OPENING.match(text) else []
    return [*dict.fromkeys((text, renamed)), *opened]


def train(embedder: Embedder, pairs: list[tuple[str, str]]) -> tuple[list[str], Matrix, Matrix]:
    """Routes, weights (features x routes) and bias."""
    routes = sorted({route for route, _ in pairs})
    rows = features(embedder, [text for _, text in pairs], TAUGHT_NAMES)
    targets = np.eye(len(routes), dtype=np.float32)[[routes.index(route) for route, _ in pairs]]
    share = (targets / targets.sum(axis=0)).sum(axis=1, keepdims=True) / len(routes)
    weights = np.zeros((rows.shape[1], len(routes)), dtype=np.float32)
    bias = np.zeros(len(routes), dtype=np.float32)
    for _ in range(ROUNDS):
        error = (_softmax(rows @ weights + bias) - targets) * share
        weights -= RATE * (rows.T @ error + DECAY * weights)
        bias -= RATE * error.sum(axis=0)
    return routes, weights.astype(np.float32), bias.astype(np.float32)


def _softmax(scores: Matrix) -> Matrix:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: Matrix = powers / powers.sum(axis=1, keepdims=True)
    return result


def main() -> None:
    """Writes the head beside the examples."""
    routes, weights, bias = train(open_embedder(TOKENS), varied(examples()))
    np.savez_compressed(HEAD, routes=np.array(routes), weights=weights, bias=bias, examples=np.array(fingerprint()))


if __name__ == "__main__":
    main()
