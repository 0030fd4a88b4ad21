"""Two hundred presses at once are all acknowledged and have one effect. How soon, `deskhand bench channels` measures."""

from __future__ import annotations

import asyncio

from tests.fakes.program import House
from tests.fakes.slack_door import ANA, TEAM, link, open_door


async def test_two_hundred_presses_at_once_are_acknowledged_and_are_one_effect(house: House) -> None:
    async with open_door(house, socket=True) as door:
        await link(house)
        await door.say("reply to Bo that Thursday works")
        card = door.slack.world.messages[TEAM, "D1"][-1]
        presses = [door.press_payload(card, "Approve & send", ANA) for _ in range(200)]
        await asyncio.gather(*(door.deliver("interactive", press) for press in presses))
        await door.settled()
        await door.work()
        assert len(house.sent()) == 1
