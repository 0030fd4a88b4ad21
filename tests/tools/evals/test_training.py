"""The mails that we wrote to learn from, the learning itself, and what ships of it."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from storage.values.errors import Refused
from tools.evals.learning import Mails, blocks, fit, inner, left_out, likeness, measured, rows_of, says
from tools.evals.splits import FOLDS, chances, chances_held_out, fold_of, learn, weigh
from tools.evals.train_triage import stored
from tools.evals.training import labelled, numbered, own_examples
from tools.inbox.classify import CATEGORIES
from tools.inbox.triage_model.grams import pieces, words
from tools.inbox.triage_model.model import GENERAL, LOCAL, RECIPE, WEIGHTS, Model, log_shares
from tools.mail.parse import parse

TEXTS = ["clay kiln glaze"] * 6 + ["meeting budget client"] * 6


def mails() -> Mails:
    rng = np.random.default_rng(3)
    label = np.repeat([1, 0], 6)
    own = np.tile([True, True, False], 4)
    kinds = np.eye(7)[label]
    return Mails(
        rows_of([words(f"{text} {number % 2}") for number, text in enumerate(TEXTS)]),
        rows_of([pieces(f"{text} {number % 2}") for number, text in enumerate(TEXTS)]),
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
    table, every = mails(), np.arange(12)
    learned = learn(table, every)
    for who in (GENERAL, LOCAL):
        assert (says(learned.fitted[who], learned.kernels[who], every).argmax(axis=1) == table.label).all(), who
    assert (chances(learned, table, every).argmax(axis=1) == table.label).all()


def test_learning_again_gives_the_same() -> None:
    first, second = (learn(mails(), np.arange(12)).fitted[LOCAL].dual for _ in range(2))
    assert np.array_equal(first, second)


def test_what_it_would_say_unlearned_is_what_it_says_when_learned_without() -> None:
    table, every = mails(), np.arange(12)
    table = replace(table, own=np.zeros(12, dtype=bool), label=np.tile([0, 1, 2], 4))  # alike often, so weights stay
    kernel = likeness(inner(blocks(table, measured(table, every))), LOCAL)
    part = np.repeat([0, 1, 2, 3], 3)
    shortcut = left_out(fit(kernel, table, every, 0.5), part)
    for one in range(4):
        held = np.flatnonzero(part == one)
        anew = says(fit(kernel, table, np.flatnonzero(part != one), 0.5), kernel, held)
        assert np.allclose(shortcut[held], anew)


def test_nothing_of_what_is_judged_is_learned_from() -> None:
    table = mails()
    real, honest = chances_held_out(table, table.group)
    lied = table.label.copy()
    lied[real[0]] = 5
    _, told = chances_held_out(replace(table, label=lied), table.group)
    assert np.array_equal(honest[0], told[0])
    assert not np.array_equal(honest, told)


def test_a_layer_that_is_right_counts_more_than_one_that_is_not() -> None:
    right, wrong = np.log(np.eye(7)[[0, 1]] * 0.9 + 0.01), np.log(np.eye(7)[[1, 0]] * 0.9 + 0.01)
    shares = weigh(np.array([right, wrong]), np.array([0, 1]), np.ones(2))
    assert shares.layers[0] > 0.5
    assert shares.layers[1] == 0


def test_what_runs_says_what_was_learned() -> None:
    examples = [one for number, one in enumerate(own_examples()) if number % 4 == 0]
    emails = [parse(one.raw) for one in examples]
    vectors = np.random.default_rng(5).normal(size=(len(examples), 384)).astype(np.float32) / 20
    table, every = numbered(examples, emails, vectors), np.arange(len(examples))
    learned = learn(table, every)
    running = Model(
        {name: one if one.dtype == np.int8 else one.astype(np.float32) for name, one in stored(learned).items()}
    )
    for row, wanted in enumerate(chances(learned, table, every)):
        text = f"{emails[row].subject}\n{emails[row].text}"
        scores = running.scores(text, table.facts[row], table.meaning[row], table.hand[row])
        assert np.allclose(np.exp(log_shares(scores)), wanted, atol=0.02)


def test_a_group_is_never_torn_apart() -> None:
    table = mails()
    folds = fold_of(table)
    assert set(folds.tolist()) <= set(range(FOLDS))
    assert folds[0] == fold_of(table)[0]


def test_a_folder_without_labels_is_refused(tmp_path) -> None:
    with pytest.raises(Refused, match=r"labels\.jsonl"):
        list(labelled(tmp_path))


def test_the_shipped_weights_are_those_of_the_recipe() -> None:
    with np.load(WEIGHTS) as shipped:
        whole = hashlib.sha256(b"".join(shipped[name].tobytes() for name in sorted(shipped.files))).hexdigest()
    assert json.loads(RECIPE.read_text("utf-8"))["digest of the weights"] == whole
