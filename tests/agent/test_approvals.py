"""Approvals: a draft waits for one person's word, and the row decides."""

from __future__ import annotations

from tests.fakes.program import House, shown_card


async def test_an_approved_draft_is_sent_once_and_said_to_be(house: House) -> None:
    card = await house.draft("Thursday works.")
    (answer,) = await house.press(card, "Approve & send")
    assert "sending" in shown_card([answer]).title
    assert [shown_card([word]).title for word in await house.work()] == ["Sent"]
    assert len(house.sent()) == 1
