"""The ladder and the floor, decided purely."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.tables.trust_rungs import Record
from tools.trust.floor import always_asks
from tools.trust.ladder import (
    ORDER,
    STOOD_TO_SILENT,
    YES_TO_TELL,
    Rung,
    lowest,
    of_category,
    of_sender,
    raised,
    standing,
)

AT = datetime(2026, 3, 10, tzinfo=UTC)
RUNGS = st.sampled_from(ORDER)


@given(RUNGS, st.integers(0, 5), st.integers(0, 5))
def test_more_reversals_never_stand_higher(rung: Rung, few: int, more: int) -> None:
    assert ORDER.index(standing(rung, few + more)) <= ORDER.index(standing(rung, few))
    assert standing(rung, 0) == rung
    assert [standing(Rung.SILENT, count) for count in range(4)] == [Rung.SILENT, Rung.TELL, Rung.ASK, Rung.ASK]


@given(RUNGS, st.integers(0, 60), st.integers(0, 60), st.integers(0, 3))
def test_it_is_proposed_one_rung_at_a_time_and_later_to_who_declined(rung: Rung, yes: int, stood: int, no: int) -> None:
    record = Record(yes_since=yes, stood_since=stood)
    proposed = raised(rung, record, no)
    assert proposed is None or ORDER.index(proposed) == ORDER.index(rung) + 1
    assert proposed is None or raised(rung, record, 0) == proposed


def test_what_stood_does_not_raise_what_asks() -> None:
    assert raised(Rung.ASK, Record(stood_since=100)) is None
    assert raised(Rung.ASK, Record(yes_since=YES_TO_TELL)) == Rung.TELL
    assert raised(Rung.TELL, Record(stood_since=STOOD_TO_SILENT)) == Rung.SILENT
    assert raised(Rung.SILENT, Record(yes_since=100)) is None


def test_one_reversal_says_something_of_a_sender_and_two_of_a_category() -> None:
    later = AT + timedelta(hours=1)
    assert (of_sender([AT], None), of_sender([AT], later), of_sender([later], AT)) == (Rung.ASK, Rung.SILENT, Rung.ASK)
    assert (of_category([AT], None), of_category([AT, later], None)) == (Rung.SILENT, Rung.ASK)
    assert of_category([AT, AT], later) == Rung.SILENT


def test_the_most_careful_counts() -> None:
    assert lowest([Rung.SILENT, Rung.ASK, Rung.TELL]) == Rung.ASK


def mail(**known: Any) -> Any:
    return SimpleNamespace(
        **{"sender_name": "Bo", "sender_address": "bo@kiln.example", "subject": "Parts", "labels": [], "flagged": False}
        | known
    )


@pytest.mark.parametrize("kind", ["send", "forward", "delete", "auto_reply", "whatever comes"])
def test_what_is_not_known_to_be_harmless_always_asks(kind: str) -> None:
    assert always_asks(kind, mail())
    assert always_asks(kind, None)


@pytest.mark.parametrize(
    "known",
    [
        {"labels": ["Important"]},
        {"flagged": True},
        {"sender_address": "no-reply@bank.example", "subject": "Your verification code"},
        {"sender_name": "Forge Security"},
        {"sender_address": "account-security@forge.example"},
        {"subject": "New sign-in to your account"},
        {"subject": "Reset your password"},
    ],
)
def test_what_is_important_or_guards_an_account_is_not_archived_by_itself(known: dict[str, Any]) -> None:
    assert always_asks("archive", mail(**known))
    assert always_asks("apply_label", mail(**known)) == ""


def test_ordinary_mail_may_be() -> None:
    assert always_asks("archive", mail()) == ""
