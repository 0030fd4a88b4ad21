"""The mails that we wrote to learn from, the learning itself, and what ships of it."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter

import numpy as np
import pytest

from storage.values.errors import Refused
from tools.evals.learning import Mails, learn, opinions, rows_of, weigh
from tools.evals.splits import FOLDS, fold_of
from tools.evals.training import labelled, own_examples
from tools.inbox.classify import CATEGORIES
from tools.inbox.triage_model.grams import words
from tools.inbox.triage_model.model import RECIPE, WEIGHTS
from tools.mail.parse import parse

TEXTS = ["clay kiln glaze"] * 6 + ["meeting budget client"] * 6


def mails() -> Mails:
    rng = np.random.default_rng(3)
    label = np.repeat([1, 0], 6)
    own = np.tile([True, True, False], 4)
    kinds = np.eye(7)[label]
    return Mails(
        rows_of([words(f"{text} {number % 2}") for number, text in enumerate(TEXTS)]),
        np.hstack([kinds, rng.normal(size=(12, 2))]),
        kinds + rng.normal(scale=0.01, size=(12, 7)),
        np.zeros((12, 7)),
        label,
        np.array([f"g{number}" for number in range(12)]),
        np.array(["s"] * 12),
        own,
    )


def test_our_own_mails_can_be_read_and_cover_every_category() -> None:
    own = list(own_examples())
    assert min(Counter(one.category for one in own)[category] for category in CATEGORIES) >= 15
    assert len({one.id for one in own}) == len(own)
    for one in own:
        email = parse(one.raw)
        assert email.sender is not None, one.id
        assert email.text.strip(), one.id
        assert not email.defects, (one.id, email.defects)


RESERVED = re.compile(r"@([\w-]+\.)*example(\.\w{2,3})?$")
PROVIDERS = re.compile(
    r"@(gmail|hotmail|yahoo|aol|msn|outlook|gmx|web|mail)\.(com|de|net|ru)$|onmicrosoft\.com$|web\.app$"
)
SERVICES = re.compile(r"@(github\.com|accounts\.google\.com|sns\.amazonaws\.com)$")


def test_our_own_mails_come_from_reserved_domains_and_public_services() -> None:
    for one in own_examples():
        address = str(getattr(parse(one.raw).sender, "address", ""))
        assert any(known.search(address) for known in (RESERVED, PROVIDERS, SERVICES)), address


def test_what_was_learned_tells_the_two_kinds_apart() -> None:
    table = mails()
    said, near = opinions(learn(table, np.arange(12)), table, np.arange(12))
    for kind, opinion in said.items():
        if kind != "hand":
            assert (opinion.argmax(axis=1) == table.label).all(), kind
    assert (near > 0.9).all()


def test_learning_again_gives_the_same() -> None:
    first, second = (learn(mails(), np.arange(12)).models["words"].weights for _ in range(2))
    assert np.array_equal(first, second)


def test_an_opinion_that_is_right_counts_more_than_one_that_is_not() -> None:
    right, wrong = np.log(np.eye(7)[[0, 1]] * 0.9 + 0.01), np.log(np.eye(7)[[1, 0]] * 0.9 + 0.01)
    shares = weigh(np.array([right, wrong]), np.array([0, 1]), np.ones(2))
    assert shares[0] > 0.5
    assert shares[1] == 0


def test_a_group_is_never_torn_apart() -> None:
    table = mails()
    folds = fold_of(table)
    assert set(folds.tolist()) <= set(range(FOLDS))
    assert folds[0] == fold_of(table)[0]


def test_a_folder_without_labels_is_refused(tmp_path) -> None:
    with pytest.raises(Refused, match=r"labels\.jsonl"):
        list(labelled(tmp_path))


def test_the_shipped_weights_are_those_of_the_recipe() -> None:
    with np.load(WEIGHTS) as stored:
        whole = hashlib.sha256(b"".join(stored[name].tobytes() for name in sorted(stored.files))).hexdigest()
    assert json.loads(RECIPE.read_text("utf-8"))["digest of the weights"] == whole
