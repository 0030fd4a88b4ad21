"""A mail as numbers: the same for the same mail, of a fixed shape, and nothing wild whatever the text."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.inbox.asks import Asks
from tools.inbox.classify import CATEGORIES, believed
from tools.inbox.signals import Signals
from tools.inbox.triage_model.facts import facts, names
from tools.inbox.triage_model.grams import BUCKETS, pieces, words
from tools.inbox.triage_model.model import COUNTED, GENERAL, LOCAL, layers, log_shares, model

LETTER = Signals()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.text(max_size=80))
def test_any_text_gives_numbers_of_one_shape(text: str, subject: str) -> None:
    row = facts(subject, text, LETTER, Asks())
    assert len(row) == len(names()) == len(model().stored["middle"])
    assert np.isfinite(row).all()
    assert max(map(abs, row)) < 20
    for ids, values in (words(text), pieces(text)):
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


def test_pieces_see_neither_which_digit_nor_how_much_space() -> None:
    assert np.array_equal(pieces("Kiln 12\n\n  shelf")[0], pieces("kiln 98 shelf")[0])
    assert not np.array_equal(pieces("kiln")[0], pieces("link")[0])


def test_likeness_to_known_mail_counts_only_as_far_as_the_rest_doubts() -> None:
    sure, torn, like = np.array([9.0, 0, 0, 0, 0, 0, 0]), np.zeros(7), np.eye(7)[1] * 8
    anywhere, local = layers(np.array([sure, torn]), np.zeros((2, 7)), np.array([like, like]))
    assert local[0].max() < 0.1 < local[1].max()
    assert anywhere[0].max() - anywhere[0].min() > 8
    assert np.ptp(anywhere[1]) == 0


def test_what_is_obvious_by_hand_is_not_watered_down() -> None:
    hand, against = np.eye(7)[6] * 5, np.eye(7)[0] * 8
    anywhere, _ = layers(hand, against, np.zeros(7))
    assert anywhere.argmax() == 6
    assert np.ptp(anywhere) > 4


def test_the_weights_are_whole() -> None:
    stored = model().stored
    assert len(stored["shares"]) == 2
    assert (stored["shares"] >= 0).all()
    for who in (GENERAL, LOCAL):
        for kind in COUNTED:
            assert stored[f"{who} {kind}"].shape == (BUCKETS, len(CATEGORIES))
            assert stored[f"{who} {kind}"].dtype == np.int8
        assert stored[f"{who} facts"].shape == (len(names()), len(CATEGORIES))
        assert stored[f"{who} meaning"].shape == (384, len(CATEGORIES))
