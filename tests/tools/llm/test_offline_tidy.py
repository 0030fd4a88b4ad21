"""What filing and marking sound like, and what only sounds like it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.program import House
from tools.evals.brain import TOOLS
from tools.llm.offline.decide import decide
from tools.llm.offline.facts import Facts
from tools.llm.offline.router import open_router

FACTS = Facts(labels=("Finance",))
ALLOWED = TOOLS | {"archive_email", "move_email", "mark_email"}

SAID: dict[str, tuple[str, dict[str, Any]]] = {
    "archive it": ("archive_email", {"emails": ["it"]}),
    "please archive 2 and 3": ("archive_email", {"emails": ["2", "3"]}),
    "Archive all of them": ("archive_email", {"emails": ["all"]}),
    "could you move the second one to the archive?": ("archive_email", {"emails": ["2"]}),
    "archive Bo's mail about the kiln": ("archive_email", {"emails": ["Bo kiln"]}),
    "mark 4 as read": ("mark_email", {"emails": ["4"], "mark_as": "read"}),
    "mark it unread": ("mark_email", {"emails": ["it"], "mark_as": "unread"}),
    "flag the last one": ("mark_email", {"emails": ["last"], "mark_as": "flagged"}),
    "star 1": ("mark_email", {"emails": ["1"], "mark_as": "flagged"}),
    "unflag it": ("mark_email", {"emails": ["it"], "mark_as": "unflagged"}),
    "take the flag off 2": ("mark_email", {"emails": ["2"], "mark_as": "unflagged"}),
    "move it to the folder Projects": ("move_email", {"emails": ["it"], "folder": "Projects"}),
    "move 3 to my Taxes 2026 folder": ("move_email", {"emails": ["3"], "folder": "Taxes 2026"}),
    "put it back in the inbox": ("move_email", {"emails": ["it"], "folder": "inbox"}),
}


@pytest.mark.parametrize("words", SAID)
def test_filing_is_understood(words: str) -> None:
    (call,) = decide(words, FACTS, open_router(), ALLOWED).calls
    assert (call.tool, call.arguments) == SAID[words]


@pytest.mark.parametrize(
    "words", ["flag it as urgent", "mark the complaint as important", "move it to Finance", "file 2 under School"]
)
def test_labelling_is_not_taken_for_filing(words: str) -> None:
    (call,) = decide(words, FACTS, open_router(), ALLOWED).calls
    assert call.tool == "label_email"


@pytest.mark.parametrize("words", list(SAID))
def test_where_the_tools_are_off_nothing_is_filed(words: str) -> None:
    calls = decide(words, FACTS, open_router(), TOOLS).calls
    assert {call.tool for call in calls} <= TOOLS


async def test_a_person_files_a_mail_and_takes_it_back(house: House) -> None:
    await house.say("find the kiln mail")
    (archived,) = await house.say("archive it")
    assert archived.text == "Archived “Kiln”. Say “undo” to take it back."  # type: ignore[union-attr]
    assert (await house.mail("Kiln")).folder == "Archive"
    (back,) = await house.say("undo")
    assert back.text == "“Kiln” is back in the inbox."  # type: ignore[union-attr]
    assert (await house.mail("Kiln")).folder == "INBOX"
