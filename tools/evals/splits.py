"""Learning with some mails held out: by group (threads and near-duplicates together), and one whole source at a time."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.evals.learning import KINDS, Array, Index, Mails, learn, opinions, stacked, weigh
from tools.inbox.triage_model.model import FAR, NEAR, log_shares

FOLDS = 5
STRANGERS = 0.5
"""How much a mail counts whose whole source was held out, beside one whose group was, when the shares are fitted. More makes
the words of known sources count less: better on strangers' mail, worse on more of the same."""


@dataclass(frozen=True)
class HeldOut:
    """What models said of mails that they had not seen: layers x mails x categories."""

    rows: Index
    by_group: Array
    by_source: Array


def opinions_held_out(mails: Mails) -> HeldOut:
    """For every real mail, what models say that were learned without its group, and without its source. Our own mails are
    learned from in each case and never judged."""
    real = np.flatnonzero(~mails.own)
    own = np.flatnonzero(mails.own)
    size = (len(NEAR) + len(FAR), len(mails.label), KINDS)
    by_group, by_source = np.zeros(size), np.zeros(size)
    for part in _parts(fold_of(mails)[real]):
        by_group[:, real[part]] = _said(mails, np.r_[real[~part], own], real[part])
    for part in _parts(mails.source[real]):
        by_source[:, real[part]] = _said(mails, np.r_[real[~part], own], real[part])
    return HeldOut(real, by_group, by_source)


def fold_of(mails: Mails) -> NDArray[np.int64]:
    """The fold of each mail: all of a group in one, whatever the order of the files."""
    return np.array([zlib.crc32(one.encode()) % FOLDS for one in mails.group])


def shares_of(held: HeldOut, mails: Mails, without: NDArray[np.bool_] | None = None) -> Array:
    """How much each opinion counts, fitted on mails that had been held out; `without` marks mails that must not be seen."""
    rows = held.rows if without is None else held.rows[~without[held.rows]]
    layers = np.concatenate([held.by_group[:, rows], held.by_source[:, rows]], axis=1)
    label = np.concatenate([mails.label[rows], mails.label[rows]])
    return weigh(layers, label, np.repeat([1.0, STRANGERS], len(rows)))


def chances_by_group(held: HeldOut, mails: Mails) -> Array:
    """The chances of each category for every real mail, from models and shares that had not seen its group."""
    fold = fold_of(mails)
    found = np.zeros((len(mails.label), KINDS))
    for part in _parts(fold):
        shares = shares_of(held, mails, without=part)
        found[part] = np.tensordot(shares, held.by_group[:, part], 1)
    return np.exp(log_shares(found[held.rows]))


def chances_by_source(held: HeldOut, mails: Mails) -> Array:
    """The same, from models and shares that had seen nothing of its source."""
    found = np.zeros((len(mails.label), KINDS))
    for part in _parts(mails.source):
        shares = shares_of(held, mails, without=part)
        found[part] = np.tensordot(shares, held.by_source[:, part], 1)
    return np.exp(log_shares(found[held.rows]))


def _said(mails: Mails, learned_from: Index, judged: Index) -> Array:
    return stacked(*opinions(learn(mails, learned_from), mails, judged))


def _parts(key: NDArray[np.generic]) -> Iterator[NDArray[np.bool_]]:
    for one in sorted(set(key.tolist())):
        yield key == one
