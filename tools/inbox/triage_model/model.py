"""The learned part of sorting: what holds anywhere decides as far as it is sure; where it doubts, likeness to known mail does.

What holds anywhere is the evidence set by hand, and what was learned from mails that we wrote ourselves, of every kind and
of no mailbox. Likeness to known mail is learned from real mailboxes too: right about more of the same, often wrong about
strangers' mail, so it never overrules what is plain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.inbox.triage_model.grams import Ids, Values, pieces, words

WEIGHTS = Path(__file__).with_name("weights.npz")
RECIPE = Path(__file__).with_name("recipe.json")

COUNTED = ("words", "pieces")
"""Kinds of feature that are counts of buckets."""
GENERAL, LOCAL = "general", "local"
"""What was learned from our own mails alone, and from all mails."""

_BY_HAND, _BY_LEARNING = 0.6, 0.36
"""How much the evidence set by hand and the general opinion count in what holds anywhere."""
_PLAIN = 4
"""Power of certainty with which what holds anywhere counts: hardly at all at a half, nearly wholly from 0.95."""
_OBVIOUS = 0.92
"""Chance by the evidence set by hand from which it stands alone, when it is surer than both together."""
_LEAST = -12.0
"""The smallest logarithm of a share: nothing is ruled out beyond argument."""

Numbers = NDArray[np.floating[Any]]


def log_shares(scores: Numbers) -> Numbers:
    """Scores (any number of rows, one column a category) as the logarithms of shares that sum to 1."""
    lowered = scores - scores.max(axis=-1, keepdims=True)
    shares: Numbers = lowered - np.log(np.exp(lowered).sum(axis=-1, keepdims=True))
    return shares


def standard(facts: Numbers, middle: Numbers, spread: Numbers) -> Numbers:
    """Facts as steps from their middle, cut at four, so that no odd mail outvotes all else; of length about 1."""
    steps: Numbers = np.clip((facts - middle) / spread, -4, 4) / np.sqrt(len(middle))
    return steps


def layers(hand: Numbers, general: Numbers, local: Numbers) -> Numbers:
    """Two layers of scores: what holds anywhere, as far as it is sure, and likeness to known mail, as far as that doubts."""
    known = np.maximum(log_shares(hand), _LEAST)
    both = np.maximum(log_shares(_BY_HAND * known + _BY_LEARNING * general), _LEAST)
    sure = known.max(axis=-1, keepdims=True)
    alone = (sure >= np.log(_OBVIOUS)) & (sure > both.max(axis=-1, keepdims=True))
    anywhere = np.where(alone, known, both)
    certain = np.exp(anywhere.max(axis=-1, keepdims=True))
    two: Numbers = np.stack([anywhere * certain**_PLAIN, local * (1 - certain)])
    return two


@dataclass(frozen=True)
class Model:
    """The stored numbers, by name."""

    stored: Mapping[str, NDArray[np.float32]]

    def scores(self, text: str, facts: Numbers, meaning: Numbers | None, hand: Numbers) -> Numbers:
        """One score a category, whose softmax is the chance of each. `hand`: the belief by hand-set evidence."""
        counted = {"words": self._weighed("words", *words(text)), "pieces": self._weighed("pieces", *pieces(text))}
        plain = {"facts": standard(facts, self.stored["middle"], self.stored["spread"])}
        if meaning is not None:
            plain["meaning"] = meaning
        general, local = (self._opinion(who, counted, plain) for who in (GENERAL, LOCAL))
        total: Numbers = np.tensordot(self.stored["shares"], layers(hand, general, local), 1) + self.stored["leaning"]
        return total

    def _weighed(self, kind: str, ids: Ids, values: Values) -> tuple[Ids, Values]:
        weighed = values * self.stored[f"{kind} idf"][ids]
        return ids, weighed / max(float(np.sqrt(weighed @ weighed)), 1e-9)

    def _opinion(self, who: str, counted: Mapping[str, tuple[Ids, Values]], plain: Mapping[str, Numbers]) -> Numbers:
        total: Numbers = self.stored[f"{who} base"].astype(np.float64)
        for kind, (ids, values) in counted.items():
            total = total + (values @ self.stored[f"{who} {kind}"][ids]) * self.stored[f"{who} {kind} scale"]
        for kind, features in plain.items():
            total = total + features @ self.stored[f"{who} {kind}"]
        return total


@cache
def model() -> Model:
    """The shipped weights, read once."""
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        return Model({name: _wide(stored[name]) for name in stored.files})


def _wide(numbers: NDArray[np.generic]) -> NDArray[np.float32]:
    """Bytes stay bytes, which spares memory; they are widened mail by mail."""
    wide: NDArray[np.float32] = numbers if numbers.dtype == np.int8 else numbers.astype(np.float32)  # type: ignore[assignment]
    return wide
