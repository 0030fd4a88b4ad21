"""One story on every channel that can show it: an answer is seen while it is written, and stands there once, whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from agent import job_cards
from agent.chat import Progress, Reply, Saying
from bot.console.channel import Console
from storage.blobs import FolderBlobs
from tests.fakes.browser_driver import browser_talk, served_page
from tests.fakes.openai import Gate, OpenAI, Pours, thinking_with
from tests.fakes.program import House
from tests.fakes.slack_door import ROOM, TEAM, link, open_door
from tests.fakes.slack_driver import slack_talk
from tests.fakes.telegram_driver import telegram_talk

LINK = "see https://evil.example/a.png, ![it](https://evil.example/b.png) now."
WHOLE = f"Two mails wait. The first is Bo's; {LINK} The last word."


def answer() -> tuple[Gate, Pours]:
    gate = Gate()
    return gate, Pours(["Two mai", f"ls wait. The first is Bo's; {LINK[:10]}", f"{LINK[10:]} The la", gate, "st word."])


async def until(right: Callable[[], Any]) -> None:
    """Lets everything else run until it is so."""
    async with asyncio.timeout(30):
        while not right():  # noqa: ASYNC110 - what is looked at has no event of its own
            await asyncio.sleep(0)


async def test_in_slacks_direct_conversation(house: House, openai: OpenAI) -> None:
    gate, words = answer()
    openai.says(words)
    async with thinking_with(house, openai) as thinking, slack_talk(thinking.house) as talk:
        task = asyncio.create_task(talk.say("what waits?"))
        await until(lambda: any("Two mails wait." in one["text"] for one in talk.shown))
        assert "The la" not in str(talk.shown)
        gate.go.set()
        await task
        assert [one["text"] for one in talk.shown] == [WHOLE]


async def test_in_a_thread_of_slack(house: House, openai: OpenAI) -> None:
    gate, words = answer()
    openai.says(words)
    async with thinking_with(house, openai) as thinking, open_door(thinking.house) as door:
        await link(thinking.house)
        said = door.message("<@UBOTT1> what waits?", channel=ROOM)
        task = asyncio.create_task(door.event({**said, "type": "app_mention"}))

        def streamed() -> str:
            ours = [one for one in door.slack.world.messages[TEAM, ROOM] if one.get("bot_id")]
            return "".join(one.get("markdown", "") for one in ours)

        await until(streamed)
        assert streamed().startswith("Two mails wait.")
        gate.go.set()
        await task
        (message,) = [one for one in door.slack.world.messages[TEAM, ROOM] if one.get("bot_id")]
        assert message["blocks"][0]["text"]["text"] == WHOLE
        assert {one.answer for one in door.slack.world.calls} == {"ok"}


async def test_in_telegram(house: House, openai: OpenAI) -> None:
    gate, words = answer()
    openai.says(words)
    async with thinking_with(house, openai) as thinking, telegram_talk(thinking.house) as talk:
        task = asyncio.create_task(talk.say("what waits?"))
        await until(lambda: talk.world.drafts)
        gate.go.set()
        new = await task
        assert talk.world.drafts[0][1].startswith("Two mails wait.")
        assert talk.world.live_drafts == []
        assert [one["text"] for one in new] == [WHOLE]


async def test_on_the_page(house: House, openai: OpenAI) -> None:
    gate, words = answer()
    openai.says(words)
    async with (
        thinking_with(house, openai) as thinking,
        served_page(thinking.house) as page,
        browser_talk(page.address) as talk,
    ):
        task = asyncio.create_task(talk.say("what waits?"))
        seen = await talk.until(lambda shown: any("Two mails wait." in one["text"] for one in shown))
        assert "The la" not in str(seen)
        gate.go.set()
        await task
        assert [one["text"] for one in talk.shown if one["kind"] == "reply"] == [WHOLE]


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def console(lines: list[str], tmp_path: Path) -> Console:
    """A terminal of 20 columns, which somebody watches."""
    return Console(lines.append, FolderBlobs(tmp_path), tmp_path / "exports", columns=20)


async def test_on_a_terminal_a_line_is_written_when_it_is_full(console: Console, lines: list[str]) -> None:
    text = "Two mails wait for you. The first is from Bo.\nThe second is old."
    await console.saying("", Saying("Two mails wait for you."))
    await console.saying("", Saying("Two mails wait for you. The first is from Bo."))
    assert lines == ["Two mails wait for", "you. The first is"]
    await console.send("", Reply(text))
    assert lines[2:] == ["from Bo.\nThe second is old.\n"]
    await console.send("", Reply("Next."))
    assert lines[3:] == ["Next.\n"]


async def test_on_a_terminal_a_changed_answer_is_written_whole(console: Console, lines: list[str]) -> None:
    await console.saying("", Saying("I have sent the mail to Bo, as you said."))
    await console.send("", Reply("Stopped; nothing was changed."))
    assert lines[-1] == "\nStopped; nothing was changed.\n"


async def test_on_a_terminal_words_before_a_step_are_no_part_of_the_answer(console: Console, lines: list[str]) -> None:
    await console.saying("", Saying("Let me look whether there is one."))
    await console.progress("", Progress("search_inbox", {}))
    await console.send("", Reply("There is one."))
    assert lines[-1] == "There is one.\n"


async def test_on_a_terminal_a_job_that_goes_on_is_not_told_again(console: Console, lines: list[str]) -> None:
    job = uuid4()
    await console.send("", job_cards.of(job, "run_analysis", "reading, 10 %", token="t"))
    await console.edit("", "", job_cards.of(job, "run_analysis", "reading, 20 %", token="t"))
    await console.edit("", "", job_cards.of(job, "run_analysis", "done"))
    assert ["10 %" in lines[0], "done" in lines[1], len(lines)] == [True, True, 2]


def test_a_program_and_a_pipe_get_answers_whole(tmp_path: Path) -> None:
    for console in (
        Console(print, FolderBlobs(tmp_path), tmp_path),
        Console(print, FolderBlobs(tmp_path), tmp_path, json=True, columns=80),
    ):
        assert not console.streams
