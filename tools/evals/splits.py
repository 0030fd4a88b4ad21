"""Learning with some mails held out: by group (threads and near-duplicates together), and one whole source at a time.

A mail is judged by opinions and shares that have seen nothing of its part. Within the rest the same is done once more: the
shares are fitted on what the opinions say of mails that they, in turn, had not seen.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from tools.evals.learning import (
    KINDS,
    OWN,
    PENALTY,
    Array,
    Block,
    Fitted,
    Index,
    Mails,
    Measure,
    blocks,
    fit,
    inner,
    left_out,
    likeness,
    measured,
    says,
)
from tools.inbox.triage_model.model import GENERAL, LOCAL, layers, log_shares

FOLDS = 5
STRANGERS = 0.35
"""How much a mail counts whose whole source was left out, beside one whose group was, when the shares are fitted."""
_RIDGE = 0.5
_RIDGE_LEANING = 20.0
"""Penalties of the shares, and of what is added for each category: a mail that says nothing shall lean nowhere much."""


@dataclass(frozen=True)
class Shares:
    """How much each layer counts, and what is added for each category."""

    layers: Array
    leaning: Array

    def scores(self, said: Array) -> Array:
        """The scores of mails from their layers (layers x mails x categories)."""
        total: Array = np.tensordot(self.layers, said, 1) + self.leaning
        return total


@dataclass(frozen=True)
class Learned:
    """Both opinions and their shares, learned from some of the mails."""

    measure: Measure
    parts: Mapping[str, Block]
    kernels: Mapping[str, Array]
    fitted: Mapping[str, Fitted]
    shares: Shares


def learn(mails: Mails, rows: Index) -> Learned:
    """All that is learned, from the given mails only."""
    measure = measured(mails, rows)
    parts = blocks(mails, measure)
    products = inner(parts)
    kernels = {who: likeness(parts, who, products) for who in (GENERAL, LOCAL)}
    learned_from = {GENERAL: rows[mails.own[rows]], LOCAL: rows}
    fitted = {who: fit(kernels[who], mails, learned_from[who], PENALTY[who]) for who in kernels}
    return Learned(measure, parts, kernels, fitted, _shares(mails, kernels[GENERAL], fitted))


def chances(learned: Learned, mails: Mails, rows: Index) -> Array:
    """The chance of each category for other mails."""
    general, local = (says(learned.fitted[who], learned.kernels[who], rows) for who in (GENERAL, LOCAL))
    return np.exp(log_shares(learned.shares.scores(layers(mails.hand[rows], general, local))))


def chances_held_out(mails: Mails, part: NDArray[np.generic]) -> tuple[Index, Array]:
    """The real mails and the chances of each, learned without the mails of its part. Our own mails are learned from in each
    case and never judged."""
    real, own = np.flatnonzero(~mails.own), np.flatnonzero(mails.own)
    found = np.zeros((len(mails.label), KINDS))
    for held in _parts(part[real]):
        found[real[held]] = chances(learn(mails, np.r_[real[~held], own]), mails, real[held])
    return real, found[real]


def fold_of(mails: Mails) -> NDArray[np.int64]:
    """The fold of each mail: all of a group in one, whatever the order of the files."""
    return np.array([zlib.crc32(one.encode()) % FOLDS for one in mails.group])


def weigh(said: Array, label: Index, weight: Array) -> Shares:
    """The shares, no layer's below zero, under which the labels are likeliest."""
    count, truth = len(said), np.eye(KINDS)[label]

    def cost(flat: Array) -> tuple[float, Array]:
        shares, leaning = flat[:count], flat[count:]
        logs = log_shares(np.tensordot(shares, said, 1) + leaning)
        wrong = (np.exp(logs) - truth) * weight[:, None]
        loss = -(weight * (logs * truth).sum(axis=1)).sum()
        loss += _RIDGE * (shares**2).sum() + _RIDGE_LEANING * (leaning**2).sum()
        slope = np.einsum("kij,ij->k", said, wrong) + 2 * _RIDGE * shares
        return float(loss), np.concatenate([slope, wrong.sum(axis=0) + 2 * _RIDGE_LEANING * leaning])

    start = np.concatenate([np.full(count, 0.2), np.zeros(KINDS)])
    bounds = [(0, None)] * count + [(None, None)] * KINDS
    found: Array = minimize(cost, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 200}).x
    return Shares(found[:count], found[count:])


def _shares(mails: Mails, kernel: Array, fitted: Mapping[str, Fitted]) -> Shares:
    """The shares, fitted on what both opinions say of mails left out, first by group and then by source."""
    rows, own = fitted[LOCAL].rows, fitted[GENERAL].rows
    fold = fold_of(mails)
    general = says(fitted[GENERAL], kernel, rows)
    general[mails.own[rows]] = left_out(fitted[GENERAL], fold[own])
    said = [layers(mails.hand[rows], general, left_out(fitted[LOCAL], key[rows])) for key in (fold, mails.source)]
    label, weight = mails.label[rows], np.where(mails.own[rows], OWN, 1.0)
    often = np.bincount(label, weights=weight, minlength=KINDS)
    weight = weight * often.mean() / often[label]
    return weigh(np.concatenate(said, axis=1), np.r_[label, label], np.r_[weight, STRANGERS * weight])


def _parts(key: NDArray[np.generic]) -> Iterator[NDArray[np.bool_]]:
    for one in sorted(set(key.tolist())):
        yield key == one
