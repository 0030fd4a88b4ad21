"""Two hundred presses at once are acknowledged in time, and each has the one effect that it should have."""

from __future__ import annotations

import asyncio
import time

from tests.fakes.program import House
from tests.fakes.slack_door import ANA, TEAM, link, open_door


async def test_two_hundred_presses_at_once_are_acknowledged_in_time_and_are_one_effect(house: House) -> None:
    async with open_door(house, socket=True) as door:
        await link(house)
        await door.say("reply to Bo that Thursday works")
        card = door.slack.world.messages[TEAM, "D1"][-1]
        taken: list[float] = []

        async def press() -> None:
            begun = time.monotonic()
            await door.deliver("interactive", door.press_payload(card, "Approve & send", ANA))
            taken.append(time.monotonic() - begun)

        await asyncio.gather(*(press() for _ in range(200)))
        assert len(taken) == 200
        assert sorted(taken)[197] < 3.0  # what Slack allows; the bench measures how far below
        await door.settled()
        await door.work()
        assert len(house.sent()) == 1
