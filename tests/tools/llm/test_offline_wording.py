"""Wordings that look alike and mean different things to the offline brain."""

from __future__ import annotations

from typing import Any

import pytest

from tools.evals.brain import TOOLS
from tools.llm.offline.decide import decide
from tools.llm.offline.facts import Facts
from tools.llm.offline.router import open_router

DESK: dict[str, Any] = {
    "now": "2026-03-10T10:00:00+00:00",
    "zone": "Europe/London",
    "labels": ["Jobs"],
    "people": ["Dawn Ellis", "Gary Pugh"],
    "shown": [
        {"n": 1, "from": "Dawn Ellis <dawn@ellis.example>", "subject": "Loft plans"},
        {"n": 2, "from": "Gary Pugh <gary@pugh.example>", "subject": "Snag list"},
    ],
}
DRAFT = {"to": "dawn@ellis.example", "subject": "Re: Loft", "text": "Dear Dawn,\n\nThursday at 9.\n\nRob"}


def heard(text: str, draft: bool = False) -> tuple[str, dict[str, Any]] | None:
    facts = Facts.of({**DESK, "draft": DRAFT} if draft else DESK)
    calls = decide(text, facts, open_router(), TOOLS).calls
    return (calls[0].tool, calls[0].arguments) if calls else None


def test_what_a_possessive_leaves_behind_is_no_topic() -> None:
    assert heard("find Dawn's email about tiles") == ("search_inbox", {"sender": "Dawn", "query": "tiles"})


@pytest.mark.parametrize("words", ["4500 not 4200", "Thursday -> Friday", "in French"])
def test_fragments_change_a_text_only_while_one_is_open(words: str) -> None:
    assert heard(words, draft=True) == ("change_draft", {"change": words})
    assert heard(words) is None


def test_thanks_that_belong_to_the_letter_stay_in_the_change() -> None:
    assert heard("end it with thanks", draft=True) == ("change_draft", {"change": "end it with thanks"})
    assert heard("make it shorter, thanks", draft=True) == ("change_draft", {"change": "make it shorter"})


def test_a_note_is_forgotten_unless_it_stands_in_the_open_draft() -> None:
    assert heard("bin the note on parking") == ("forget", {"query": "parking"})
    assert (heard("delete the note on parking", draft=True) or ("",))[0] == "change_draft"


def test_a_definite_phrase_opens_the_one_mail_it_fits() -> None:
    assert heard("show the loft plans") == ("read_email", {"email": "loft plans"})
    assert (heard("show the invoices") or ("",))[0] == "search_inbox"


def test_others_who_have_not_answered_are_not_mails_that_wait_for_me() -> None:
    assert heard("check back with gary friday if they've not answered") == (
        "schedule_follow_up",
        {"unless_answered": True, "when": "friday", "email": "gary"},
    )


def test_how_do_i_questions_are_memory_only_when_they_ask_for_a_habit() -> None:
    assert (heard("how do I like my coffee") or ("",))[0] == "recall"
    assert heard("how do I boil an egg") is None
