"""Several drafts on one card: some are unticked, the rest is approved, and only those leave."""

from __future__ import annotations

from tests.fakes.program import House, letter
from tests.fakes.slack_door import TEAM, link, open_door


async def test_what_is_unticked_stays_and_the_rest_leaves(house: House) -> None:
    async with open_door(house) as door:
        await link(house)
        for name in ("Glaze", "Oven", "Stand"):
            await house.deliver(letter(name))
            await house.draft(f"About the {name}.", subject=name)
        await door.say("/review")
        card = door.slack.world.messages[TEAM, "D1"][-1]
        await door.press(card, "Approve & send the ticked", unticked=("2",))
        await door.work()
        left = house.sent()
        assert len(left) == 2
        assert not any(b"About the Oven." in mail for mail in left)
        states = await house.sql("SELECT state FROM approvals ORDER BY created_at")
        assert [row.state for row in states] == ["approved", "pending", "approved"]


async def test_nothing_ticked_sends_nothing(house: House) -> None:
    async with open_door(house) as door:
        await link(house)
        for name in ("Glaze", "Oven"):
            await house.deliver(letter(name))
            await house.draft(f"About the {name}.", subject=name)
        await door.say("/review")
        card = door.slack.world.messages[TEAM, "D1"][-1]
        await door.press(card, "Approve & send the ticked", unticked=("1", "2"))
        assert "nothing was sent" in door.slack.world.messages[TEAM, "D1"][-1]["text"]
        assert house.sent() == []
