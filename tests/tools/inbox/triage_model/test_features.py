"""A mail as numbers: the same for the same mail, of a fixed shape, and nothing wild whatever the text."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.inbox.asks import Asks
from tools.inbox.classify import CATEGORIES, believed
from tools.inbox.signals import Signals
from tools.inbox.triage_model.facts import facts, names
from tools.inbox.triage_model.grams import BUCKETS, words
from tools.inbox.triage_model.model import FAR, NEAR, RECIPE, familiar, log_shares, model

LETTER = Signals()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.text(max_size=80))
def test_any_text_gives_numbers_of_one_shape(text: str, subject: str) -> None:
    row = facts(subject, text, LETTER, Asks())
    assert len(row) == len(names()) == len(model().stored["middle"])
    assert np.isfinite(row).all()
    assert max(map(abs, row)) < 20
    ids, values = words(text)
    assert len(ids) == len(set(ids.tolist())) == len(values)
    assert all(0 <= one < BUCKETS for one in ids.tolist())


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=400))
def test_any_text_gives_chances(text: str) -> None:
    scores = model().scores(text, np.array(facts("", text, LETTER, Asks())), None, believed([], read=False))
    assert abs(np.exp(log_shares(scores)).sum() - 1) < 1e-6


def test_no_name_address_or_date_is_among_the_facts() -> None:
    assert not [one for one in names() if one.startswith(("addressed", "from_me", "resembles_mine"))]


def test_pairs_of_words_are_counted_too() -> None:
    assert len(words("kiln shelf")[0]) == 3
    assert set(words("shelf kiln")[0].tolist()) != set(words("kiln shelf")[0].tolist())


@pytest.mark.parametrize(("likeness", "near"), [(0.0, 0.0), (0.09, 0.5), (0.9, 1.0)])
def test_what_is_like_nothing_learned_from_is_strange(likeness: float, near: float) -> None:
    assert float(familiar(np.asarray(likeness))) == pytest.approx(near)


def test_the_weights_are_whole_and_as_the_recipe_says() -> None:
    stored = model().stored
    assert len(stored["shares"]) == len(NEAR) + len(FAR)
    assert stored["words"].shape == (BUCKETS, len(CATEGORIES))
    assert (stored["shares"] >= 0).all()
    assert json.loads(RECIPE.read_text("utf-8"))["mails"] == len(stored["print ids"])
