"""Learning to sort mail: one plain linear model a kind of feature, and a few shares that say how far to trust each, near
to what was learned from and far from it. Deterministic; scipy and numpy only.

The models are multinomial logistic regressions. They are fitted through the mails' likeness to each other (a kernel), so
that the many fits of a nested evaluation cost next to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import cholesky, solve_triangular
from scipy.optimize import minimize

from tools.inbox.triage_model.grams import BUCKETS
from tools.inbox.triage_model.model import FAR, NEAR, familiar, log_shares, standard

Array = NDArray[np.floating[Any]]
Index = NDArray[np.int64]

KINDS = 7
PENALTY: Mapping[str, float] = {"words": 0.1, "facts": 0.03, "meaning": 0.3, "own words": 0.1}
"""Ridge penalty by kind of feature: the scale of each kind, to a factor of three; finer steps changed nothing."""
OWN = 0.3
"""Weight of a mail that we wrote ourselves beside a real one."""
SEEN_TWICE = 2
NEAREST = 3


@dataclass(frozen=True)
class Mails:
    """Mails as numbers, one row each, and what is known of them."""

    words: sparse.csr_array
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
class Linear:
    """A fitted linear model on transformed features: `weights` (features x kinds) and `base`."""

    weights: Array
    base: Array


@dataclass(frozen=True)
class Learned:
    """All models that were learned from some of the mails, and what the transformations need."""

    models: Mapping[str, Linear]
    idf: Mapping[str, Array]
    middle: Array
    spread: Array
    prints: sparse.csr_array
    """The words of the mails learned from, by which familiarity is told."""


def rows_of(parts: Sequence[tuple[NDArray[np.int64], NDArray[np.float32]]]) -> sparse.csr_array:
    """Buckets and their values, mail by mail, as one sparse matrix."""
    ends = np.cumsum([0, *(len(ids) for ids, _ in parts)])
    ids = np.concatenate([ids for ids, _ in parts])
    return sparse.csr_array(
        (np.concatenate([v for _, v in parts]).astype(float), ids, ends), shape=(len(parts), BUCKETS)
    )


def learn(mails: Mails, rows: Index) -> Learned:
    """Every model, learned from the given rows only."""
    own = rows[mails.own[rows]]
    idf = {
        "words": _idf(mails.words, rows, SEEN_TWICE),
        "own words": _idf(mails.words, own, SEEN_TWICE),
        "prints": _idf(mails.words, rows, 1),
    }
    middle, spread = mails.facts[rows].mean(0), mails.facts[rows].std(0) + 0.1
    models = {}
    for kind in PENALTY:
        part = own if kind == "own words" else rows
        models[kind] = _fit(_features(mails, kind, idf, middle, spread, part), mails, part, PENALTY[kind])
    return Learned(models, idf, middle, spread, _weighed(mails.words, idf["prints"], rows))


def opinions(learned: Learned, mails: Mails, rows: Index) -> tuple[dict[str, Array], Array]:
    """What each model says of other rows, as log shares, with how familiar each mail is (0 to 1)."""
    said = {}
    for kind, model in learned.models.items():
        features = _features(mails, kind, learned.idf, learned.middle, learned.spread, rows)
        said[kind] = log_shares(np.asarray(features @ model.weights) + model.base)
    said["hand"] = log_shares(mails.hand[rows])
    like = (_weighed(mails.words, learned.idf["prints"], rows) @ learned.prints.T).toarray()
    return said, familiar(np.sort(like, axis=1)[:, -NEAREST:].mean(axis=1))


def stacked(said: Mapping[str, Array], near: Array) -> Array:
    """The opinions as layers: those that count near to what was learned from, then those that count far from it."""
    share = near[:, None]
    return np.array([said[kind] * share for kind in NEAR] + [said[kind] * (1 - share) for kind in FAR])


def weigh(layers: Array, label: Index, weight: Array) -> Array:
    """The share of each layer, none below zero, under which the labels are likeliest."""

    def cost(shares: Array) -> tuple[float, Array]:
        chances = _shares(np.tensordot(shares, layers, 1))
        wrong = (chances - np.eye(KINDS)[label]) * weight[:, None]
        picked = np.log(chances[np.arange(len(label)), label] + 1e-12)
        return float(-(weight * picked).sum() + (shares**2).sum()), np.einsum("kij,ij->k", layers, wrong) + 2 * shares

    start = np.full(len(layers), 0.2)
    found: Array = minimize(cost, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(layers)).x
    return found


def _fit(features: sparse.csr_array | Array, mails: Mails, rows: Index, penalty: float) -> Linear:
    label = mails.label[rows]
    often = np.bincount(label, minlength=KINDS)
    weight = len(rows) / KINDS / often[label] * np.where(mails.own[rows] & ~mails.own[rows].all(), OWN, 1.0)
    like: Any = features @ features.T
    kernel = like.toarray() if sparse.issparse(like) else like
    lower = cholesky(kernel + 1e-6 * np.eye(len(rows)), lower=True)
    truth, size = np.eye(KINDS)[label], len(rows) * KINDS

    def cost(flat: Array) -> tuple[float, Array]:
        inner, base = flat[:size].reshape(-1, KINDS), flat[size:]
        chances = _shares(lower @ inner + base)
        wrong = (chances - truth) * weight[:, None]
        picked = np.log(chances[np.arange(len(rows)), label] + 1e-12)
        slope = np.concatenate([(lower.T @ wrong + penalty * inner).ravel(), wrong.sum(0)])
        return float(-(weight * picked).sum() + penalty / 2 * (inner**2).sum()), slope

    flat = minimize(cost, np.zeros(size + KINDS), jac=True, method="L-BFGS-B", options={"maxiter": 60}).x
    dual = solve_triangular(lower, flat[:size].reshape(-1, KINDS), lower=True, trans="T")
    return Linear(np.asarray(features.T @ dual), flat[size:])


def _features(
    mails: Mails, kind: str, idf: Mapping[str, Array], middle: Array, spread: Array, rows: Index
) -> sparse.csr_array | Array:
    match kind:
        case "facts":
            return standard(mails.facts[rows], middle, spread)
        case "meaning":
            return mails.meaning[rows]
        case _:
            return _weighed(mails.words, idf[kind], rows)


def _idf(table: sparse.csr_array, rows: Index, least: int) -> Array:
    seen = np.bincount(table[rows].indices, minlength=BUCKETS)
    weight: Array = (np.log((1 + len(rows)) / (1 + seen)) + 1) * (seen >= least)
    return weight if least > 1 else np.where(seen > 0, weight, np.log(1 + len(rows)) + 1)


def _weighed(table: sparse.csr_array, idf: Array, rows: Index) -> sparse.csr_array:
    part = table[rows].copy()
    part.data = part.data * idf[part.indices]
    length = np.sqrt(np.asarray(part.multiply(part).sum(axis=1)).ravel())
    return sparse.csr_array(sparse.diags_array(1 / np.maximum(length, 1e-9)) @ part)


def _shares(scores: Array) -> Array:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Array = raised / raised.sum(axis=1, keepdims=True)
    return shares
