"""What Bolt writes: nothing of a token that is where our settings have it, and everything else."""

from __future__ import annotations

import pytest

from tests.fakes.program import House
from tests.fakes.slack_door import open_door


async def test_a_token_in_the_environment_is_no_news(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    async with open_door(house) as door:
        app = door.platform.app(door.desk)
        app.logger.warning("Something else.")
    assert [one.message for one in caplog.records if one.name == "deskhand.slack"] == ["Something else."]
