"""Sends through Gmail whose answer is lost, though nobody is killed: one copy, or a person is asked."""

from __future__ import annotations

import pytest

from tests.fakes.google_house import GoogleHouse
from tests.fakes.google_mail import Break


@pytest.mark.parametrize("how", [Break.AFTER, Break.LINE_AFTER])
async def test_timed_out_but_accepted_is_one_copy(google_house: GoogleHouse, how: Break) -> None:
    await google_house.approved()
    google_house.google.gmail.breaks = how
    card = await google_house.outcome()
    assert (card.title, await google_house.send()) == ("Sent", "sent")
    assert google_house.copies == 1


@pytest.mark.parametrize("how", [Break.BEFORE, Break.LINE_BEFORE])
async def test_an_error_that_says_nothing_asks_a_person(google_house: GoogleHouse, how: Break) -> None:
    await google_house.approved()
    google_house.google.gmail.breaks = how
    card = await google_house.outcome()
    assert (card.title, await google_house.send()) == ("Did this mail leave?", "unknown")
    assert google_house.copies == 0
