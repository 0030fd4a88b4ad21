"""A worker is killed at any step of a send, by any provider: one copy, or `unknown` and a person asked; never two.

The killed worker is `deskhand work` in a process of its own, against servers that speak the wire. The second worker is this
process. Nothing waits for the clock: the lease of the dead is aged in the database. `--rounds 25` kills at each step so often.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.fakes.crash_points import CRASH_POINTS
from tests.fakes.program import Servers, shown_card
from tests.fakes.sending_house import gate_of
from tools.mail import MAILBOXES

EVERY = [(provider, step) for provider, (_, steps) in CRASH_POINTS.items() for step in steps]


def test_every_provider_is_killed() -> None:
    assert set(CRASH_POINTS) == set(MAILBOXES)


@pytest.mark.parametrize(("provider", "named"), EVERY, ids=[": ".join(one) for one in EVERY])
async def test_killed_at_any_step_it_is_one_copy_or_a_person_is_asked(
    servers: Servers, provider: str, named: str, round_: int, record_property: Callable[[str, object], None]
) -> None:
    opened, steps = CRASH_POINTS[provider]
    step = steps[named]
    async with opened(servers) as scene:
        await scene.approved()
        async with gate_of(scene.house) as gate, step.stop(scene, gate) as there:
            await scene.killed(there)
        assert await scene.send() == ("transmitting" if step.claimed else "ready")
        card = await scene.outcome()
        state = await scene.send()
        record_property("crash point", (provider, named, state, scene.copies))
        known = step.seen or not step.claimed
        assert (card.title, state) == (("Sent", "sent") if known else ("Did this mail leave?", "unknown")), card.text
        assert scene.copies == (step.left or known)
        if not known:
            await scene.house.press(card, "It arrived" if step.left else "Send it again")
            words = await scene.house.work()
            assert words == [] if step.left else shown_card(words).title == "Sent"
        assert (await scene.send(), scene.copies) == ("sent", 1)
