"""Trains the router's head from examples.yaml: `python -m tools.llm.offline.train` writes head.npz, the same each time.

Softmax regression on the embedder's vectors, full-batch gradient descent with weight decay, classes weighed alike.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from tools.llm.embedder import Embedder, open_embedder
from tools.llm.offline.router import HEAD, TOKENS

EXAMPLES = Path(__file__).with_name("examples.yaml")
ROUNDS, RATE, DECAY = 800, 8.0, 2e-4
"""Rounds of descent, step size and weight decay: the best of a few tried on the development set."""

Matrix = NDArray[np.float32]


def examples() -> list[tuple[str, str]]:
    """Each example with its route."""
    table: dict[str, list[str]] = yaml.safe_load(EXAMPLES.read_text("utf-8"))
    return [(route, text) for route, texts in table.items() for text in texts]


def fingerprint() -> str:
    """The digest of the examples that a head was trained on."""
    return hashlib.sha256(EXAMPLES.read_bytes()).hexdigest()


def train(embedder: Embedder, pairs: list[tuple[str, str]]) -> tuple[list[str], Matrix, Matrix]:
    """Routes, weights (384 x routes) and bias."""
    routes = sorted({route for route, _ in pairs})
    vectors = embedder.embed([text.lower() for _, text in pairs], tokens=TOKENS)
    targets = np.eye(len(routes), dtype=np.float32)[[routes.index(route) for route, _ in pairs]]
    share = (targets / targets.sum(axis=0)).sum(axis=1, keepdims=True) / len(routes)
    weights = np.zeros((vectors.shape[1], len(routes)), dtype=np.float32)
    bias = np.zeros(len(routes), dtype=np.float32)
    for _ in range(ROUNDS):
        error = (_softmax(vectors @ weights + bias) - targets) * share
        weights -= RATE * (vectors.T @ error + DECAY * weights)
        bias -= RATE * error.sum(axis=0)
    return routes, weights.astype(np.float32), bias.astype(np.float32)


def _softmax(scores: Matrix) -> Matrix:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: Matrix = powers / powers.sum(axis=1, keepdims=True)
    return result


def main() -> None:
    """Writes the head beside the examples."""
    routes, weights, bias = train(open_embedder(TOKENS), examples())
    np.savez_compressed(HEAD, routes=np.array(routes), weights=weights, bias=bias, examples=np.array(fingerprint()))


if __name__ == "__main__":
    main()
