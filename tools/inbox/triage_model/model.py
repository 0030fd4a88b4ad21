"""The learned part of sorting: small linear models, each trusted as far as a mail is like those it was learned from.

Of mail that is like nothing learned from, the hand-set evidence and what carries over between mailboxes decide; close to
it, words do. How much each counts was fitted on mails of sources that had been held out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.inbox.triage_model.grams import Ids, Values, words

WEIGHTS = Path(__file__).with_name("weights.npz")
RECIPE = Path(__file__).with_name("recipe.json")

NEAR = ("words", "facts", "meaning", "hand")
FAR = ("facts", "meaning", "own words", "hand")
"""Whose opinion counts for a mail near to what was learned from, and far from it, in the order of the stored shares."""

_STRANGE, _KNOWN = 0.03, 0.15
"""Likeness (cosine of words to the three nearest) below which nothing is familiar, and above which all is."""

Numbers = NDArray[np.floating[Any]]


def log_shares(scores: Numbers) -> Numbers:
    """Scores (any number of rows, one column a category) as the logarithms of shares that sum to 1."""
    lowered = scores - scores.max(axis=-1, keepdims=True)
    shares: Numbers = lowered - np.log(np.exp(lowered).sum(axis=-1, keepdims=True))
    return shares


def familiar(likeness: Numbers) -> Numbers:
    """How familiar a mail is, 0 to 1, by its likeness to the nearest mails that were learned from."""
    near: Numbers = np.clip((likeness - _STRANGE) / (_KNOWN - _STRANGE), 0, 1)
    return near


def standard(facts: Numbers, middle: Numbers, spread: Numbers) -> Numbers:
    """Facts as steps from their middle, cut at four, so that no odd mail outvotes all else; of length about 1."""
    steps: Numbers = np.clip((facts - middle) / spread, -4, 4) / np.sqrt(len(middle))
    return steps


@dataclass(frozen=True)
class Model:
    """The stored numbers, by name."""

    stored: Mapping[str, NDArray[np.float32]]

    def scores(self, text: str, facts: Numbers, meaning: Numbers | None, hand: Numbers) -> Numbers:
        """One score a category, whose softmax is the chance of each. `hand`: the belief by hand-set evidence."""
        counted = words(text)
        said = {
            "words": self._by_grams("words", counted),
            "own words": self._by_grams("own words", counted),
            "facts": self._linear("facts", standard(facts, self.stored["middle"], self.stored["spread"])),
            "hand": log_shares(hand),
        }
        if meaning is not None:
            said["meaning"] = self._linear("meaning", meaning)
        near = float(familiar(np.asarray(self._likeness(counted))))
        shares = iter(self.stored["shares"].tolist())
        total = np.zeros_like(hand, dtype=np.float64)
        for names, part_of in ((NEAR, near), (FAR, 1 - near)):
            for name in names:
                share = next(shares)
                if name in said:
                    total += share * part_of * said[name]
        return total

    def _linear(self, name: str, features: Numbers) -> Numbers:
        return log_shares(features @ self.stored[name] + self.stored[f"{name} base"])

    def _by_grams(self, name: str, counted: tuple[Ids, Values]) -> Numbers:
        ids, values = counted
        weighed = values * self.stored[f"{name} idf"][ids]
        length = max(float(np.sqrt(weighed @ weighed)), 1e-9)
        scale = self.stored[f"{name} scale"]
        return log_shares((weighed / length) @ (self.stored[name][ids] * scale) + self.stored[f"{name} base"])

    def _likeness(self, counted: tuple[Ids, Values]) -> float:
        """The mean cosine to the three mails learned from whose words are nearest."""
        ids, values = counted
        weighed = values * self.stored["prints idf"][ids]
        here = np.zeros(len(self.stored["prints idf"]), dtype=np.float32)
        here[ids] = weighed / max(float(np.sqrt(weighed @ weighed)), 1e-9)
        like = (here[self.stored["print ids"]] * self.stored["print values"]).sum(axis=1)
        return float(np.partition(like, -3)[-3:].mean())


@cache
def model() -> Model:
    """The shipped weights, read once."""
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        return Model({name: _wide(name, stored[name]) for name in stored.files})


def _wide(name: str, numbers: NDArray[np.generic]) -> NDArray[np.float32]:
    wide: NDArray[np.float32] = numbers if name == "print ids" else numbers.astype(np.float32)  # type: ignore[assignment]
    return wide
