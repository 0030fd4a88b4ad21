"""The embedder's vote: which tool an utterance sounds like, from a small softmax head trained on examples.yaml."""

from __future__ import annotations

from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from storage.values.errors import Unavailable
from tools.llm.embedder import Embedder, open_embedder
from tools.llm.offline.features import TOKENS, features

HEAD = Path(__file__).with_name("head.npz")


class Router:
    """Votes with the bundled embedder; nothing is loaded before the first vote."""

    def __init__(self, embedder: Embedder, head: Path = HEAD) -> None:
        self._embedder = embedder
        self._head = head

    def votes(self, text: str, names: frozenset[str] = frozenset()) -> dict[str, float]:
        """A probability for each route; the routes are the tools, "send" and "none". `names`: known people's words."""
        routes, weights, bias = self._weights
        scores = features(self._embedder, [text], names)[0] @ weights + bias
        powers = np.exp(scores - scores.max())
        return dict(zip(routes, (powers / powers.sum()).tolist(), strict=True))

    @cached_property
    def _weights(self) -> tuple[list[str], NDArray[np.float32], NDArray[np.float32]]:
        if not self._head.is_file():
            raise Unavailable("The offline brain's trained head is missing: install Deskhand again.")
        with np.load(self._head, allow_pickle=False) as stored:
            return [str(route) for route in stored["routes"]], stored["weights"], stored["bias"]


@cache
def open_router() -> Router:
    """The one router of this process."""
    return Router(open_embedder(TOKENS))
