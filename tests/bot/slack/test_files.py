"""Files that people drop into Slack: fetched with our token from Slack only, and taken only when they are what they seem."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fakes.program import House
from tests.fakes.slack_door import ANA, BEA, TEAM, Door, link, open_door
from tests.fakes.slack_methods import file_object
from tests.fakes.slack_world import Dict, Upload

TABLE = b"month,revenue\n2026-01,100\n2026-02,200\n"


@pytest.fixture
async def door(house: House) -> AsyncIterator[Door]:
    """Ana's Slack."""
    async with open_door(house) as door:
        await link(house)
        yield door


def uploaded(door: Door, name: str = "sales.csv", content: bytes = TABLE, length: int = 0) -> Dict:
    """A file in Slack."""
    world = door.slack.world
    upload = Upload(f"F{world.number()}", name, length or len(content), content=content)
    world.files[upload.id] = upload
    return file_object(upload, door.slack.root)


async def drop(door: Door, file: Dict, text: str = "", user: str = ANA) -> list[str]:
    """Somebody drops it; gives what was said."""
    await door.say(text, user, subtype="file_share", files=[file])
    channel = door.slack.world.workspaces[TEAM].direct(user)
    return [str(one["text"]) for one in door.slack.world.messages[TEAM, channel] if one.get("bot_id")]


async def tables(door: Door) -> int:
    """How many tables we have."""
    return int(await door.house.one("SELECT count(*) FROM files"))


async def test_message_and_event_of_one_drop_are_one_table(door: Door) -> None:
    file = uploaded(door)
    shared = {"type": "file_shared", "file_id": file["id"], "user_id": ANA, "channel_id": "D1", "event_ts": "1.1"}
    await door.event(shared)
    await drop(door, file)
    await door.event(shared)
    assert await tables(door) == 1


async def test_a_question_that_comes_with_the_file_is_answered_about_it(door: Door) -> None:
    (answer,) = await drop(door, uploaded(door), "what is in sales.csv?")
    assert "sales.csv" in answer
    assert await tables(door) == 1


async def test_what_is_no_table_is_refused_in_words(door: Door) -> None:
    (answer,) = await drop(door, uploaded(door, "holiday.exe", b"MZ\x00"))
    assert "holiday.exe" in answer
    assert await tables(door) == 0


async def test_a_file_that_is_too_large_is_refused_before_it_is_fetched(door: Door) -> None:
    file = uploaded(door, length=80 * 1024 * 1024)
    (answer,) = await drop(door, file)
    assert "too large" in answer
    assert await tables(door) == 0


async def test_a_page_to_sign_in_is_not_taken_for_a_table(door: Door) -> None:
    """What Slack answers to a token without files:read."""
    file = uploaded(door, content=b"<!DOCTYPE html><html><title>Sign in | Slack</title></html>")
    (answer,) = await drop(door, file)
    assert "files:read" in answer
    assert await tables(door) == 0


async def test_our_token_is_shown_to_nobody_but_slack(door: Door) -> None:
    file = uploaded(door)
    door.slack.world.files[file["id"]].kept_at = "http://127.0.0.1:1/files-pri/F1/sales.csv"
    (answer,) = await drop(door, file)
    assert "outside of Slack" in answer
    assert await tables(door) == 0


async def test_a_file_that_is_gone_is_told(door: Door) -> None:
    file = uploaded(door)
    door.slack.world.files.clear()
    (answer,) = await drop(door, file)
    assert "does not let me read that file" in answer


async def test_a_strangers_file_is_not_kept(door: Door) -> None:
    (answer,) = await drop(door, uploaded(door), user=BEA)
    assert answer.startswith("I do not know you yet")
    assert await tables(door) == 0
