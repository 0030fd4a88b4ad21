"""Learning to sort mail: ridge regressions on what a mail says and how it is built, and how far to trust each.

They are fitted through the mails' likeness to each other (a kernel). So what a model would say of a mail that it had not
learned from follows from one fit, by the known shortcut for leaving out, and nested evaluations cost next to nothing.
Deterministic; scipy and numpy only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tools.inbox.triage_model.grams import BUCKETS
from tools.inbox.triage_model.model import COUNTED, GENERAL, LOCAL, standard

Array = NDArray[np.floating[Any]]
Index = NDArray[np.int64]
Block = Any
"""A table of features, a row a mail: sparse for counts, dense for the rest."""

KINDS = 7
SHARES: Mapping[str, Mapping[str, float]] = {
    GENERAL: {"words": 2, "pieces": 2, "facts": 1, "meaning": 1},
    LOCAL: {"words": 2, "pieces": 4, "facts": 1, "meaning": 1},
}
"""How much each kind of feature counts in the likeness of two mails."""
PENALTY: Mapping[str, float] = {GENERAL: 1.0, LOCAL: 0.5}
OWN = 0.3
"""Weight of a mail that we wrote ourselves beside a real one, where both are learned from."""
SCALE = 8.0
"""Turns a regression's answers, of which one category's is near 1, into scores of about a log-odds' size."""
SEEN_TWICE = 2
_HEAVIEST = 4.0


@dataclass(frozen=True)
class Mails:
    """Mails as numbers, one row each, and what is known of them."""

    words: sparse.csr_array
    pieces: sparse.csr_array
    facts: Array
    meaning: Array
    hand: Array
    """Belief by hand-set evidence, with meaning."""
    label: Index
    group: NDArray[np.str_]
    source: NDArray[np.str_]
    own: NDArray[np.bool_]
    """Written by us as material, not real."""


@dataclass(frozen=True)
class Measure:
    """What the transformation of features needs, taken from the mails that are learned from."""

    idf: Mapping[str, Array]
    middle: Array
    spread: Array


@dataclass(frozen=True)
class Fitted:
    """A regression: `dual` holds the weight of each mail learned from (mails x categories)."""

    rows: Index
    dual: Array
    inverse: Array
    truth: Array


def rows_of(parts: Sequence[tuple[NDArray[np.int64], NDArray[np.float32]]]) -> sparse.csr_array:
    """Buckets and their values, mail by mail, as one sparse matrix."""
    ends = np.cumsum([0, *(len(ids) for ids, _ in parts)])
    ids = np.concatenate([ids for ids, _ in parts])
    values = np.concatenate([values for _, values in parts]).astype(float)
    return sparse.csr_array((values, ids, ends), shape=(len(parts), BUCKETS))


def measured(mails: Mails, rows: Index) -> Measure:
    """The measure of the given mails: how rare each bucket is, and where facts usually lie."""
    idf = {kind: _idf(getattr(mails, kind), rows) for kind in COUNTED}
    return Measure(idf, mails.facts[rows].mean(0), mails.facts[rows].std(0) + 0.1)


def blocks(mails: Mails, measure: Measure) -> dict[str, Block]:
    """Every kind of feature of all mails, each row of length about 1."""
    counted: dict[str, Block] = {kind: _weighed(getattr(mails, kind), measure.idf[kind]) for kind in COUNTED}
    return {**counted, "facts": standard(mails.facts, measure.middle, measure.spread), "meaning": mails.meaning}


def likeness(parts: Mapping[str, Block], who: str, products: Mapping[str, Array] | None = None) -> Array:
    """How like each mail is to each other one, to the mind of one opinion."""
    each = products or inner(parts)
    total: Array = np.asarray(sum(share * each[kind] for kind, share in SHARES[who].items()))
    return total


def inner(parts: Mapping[str, Block]) -> dict[str, Array]:
    """The inner products of all mails, by kind of feature."""
    return {kind: _product(block) for kind, block in parts.items()}


def fit(kernel: Array, mails: Mails, rows: Index, penalty: float) -> Fitted:
    """A regression on the categories of the given mails, each category weighing alike."""
    label, own = mails.label[rows], mails.own[rows]
    weight = np.where(own & ~own.all(), OWN, 1.0)
    often = np.bincount(label, weights=weight, minlength=KINDS)
    weight = np.minimum(weight * len(rows) / KINDS / often[label], _HEAVIEST)
    inverse = np.linalg.inv(kernel[np.ix_(rows, rows)] + 1.0 + np.diag(penalty / weight))
    truth = np.eye(KINDS)[label] - 1 / KINDS
    return Fitted(rows, inverse @ truth, inverse, truth)


def says(fitted: Fitted, kernel: Array, rows: Index) -> Array:
    """The regression's scores of other mails."""
    scores: Array = SCALE * ((kernel[np.ix_(rows, fitted.rows)] + 1.0) @ fitted.dual)
    return scores


def left_out(fitted: Fitted, part: NDArray[np.generic]) -> Array:
    """Its scores of the mails learned from, had it been fitted without all mails of the same part (one label a mail)."""
    scores = np.zeros_like(fitted.dual)
    for one in sorted(set(part.tolist())):
        rows = np.flatnonzero(part == one)
        missed = np.linalg.solve(fitted.inverse[np.ix_(rows, rows)], fitted.dual[rows])
        scores[rows] = SCALE * (fitted.truth[rows] - missed)
    return scores


def primal(fitted: Fitted, parts: Mapping[str, Block], who: str) -> tuple[dict[str, Array], Array]:
    """The same regression as weights of features, and its base."""
    weights: dict[str, Array] = {
        kind: SCALE * share * np.asarray(parts[kind][fitted.rows].T @ fitted.dual)
        for kind, share in SHARES[who].items()
    }
    base: Array = SCALE * fitted.dual.sum(axis=0)
    return weights, base


def _product(block: Block) -> Array:
    product: Any = block @ block.T
    dense: Array = product.toarray() if sparse.issparse(product) else product
    return dense


def _idf(table: sparse.csr_array, rows: Index) -> Array:
    seen = np.bincount(table[rows].indices, minlength=BUCKETS)
    rarity: Array = (np.log((1 + len(rows)) / (1 + seen)) + 1) * (seen >= SEEN_TWICE)
    return rarity


def _weighed(table: sparse.csr_array, idf: Array) -> sparse.csr_array:
    part = table.copy()
    part.data = part.data * idf[part.indices]
    length = np.sqrt(np.asarray(part.multiply(part).sum(axis=1)).ravel())
    return sparse.csr_array(sparse.diags_array(1 / np.maximum(length, 1e-9)) @ part)
