"""An answer is seen while it is written, no further than it may be; and what was seen is no answer before it is whole."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.chat import Message, Progress, Reply, Saying, Word
from agent.saying import LONGEST, Show, clean, finished, telling
from storage.values.errors import Unavailable
from tests.fakes.openai import Calls, Gate, Pours, Says, Thinking, call
from tests.fakes.program import Recorder


@dataclass
class Screen(Recorder):
    """A channel that shows words as they come, and remembers them."""

    seen: list[str] = field(default_factory=list)
    streams: bool = True
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def saying(self, address: str, saying: Saying) -> None:
        self.seen.append(saying.text)
        self.news.set()


@dataclass
class Wall:
    """Where a thought's words are shown at once."""

    seen: list[str] = field(default_factory=list)

    async def step(self, progress: Progress) -> None:
        self.seen.append(progress.tool)

    async def words(self, saying: Saying) -> None:
        self.seen.append(saying.text)

    @property
    def show(self) -> Show:
        return Show(self.step, self.words, first_after=0.0, pause=0.0)


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("", ""),
        ("Half a sen", ""),
        ("One is whole. Two is n", "One is whole."),
        ("It costs 3.50 and", ""),
        ("1. First mail\n2. Sec", "1. First mail"),
        ("See https://evil.exa", ""),
        ("Whole. See [the mail. Really", "Whole. See"),
        ("Whole. ![pic](https://e.example/a. b", "Whole."),
        ("Whole. `code. more", "Whole."),
        ("Whole. `code` is done. mo", "Whole. `code` is done."),
        ("See [the mail] now. mo", "See [the mail] now."),
        ("Invisible\u202e\u200b too.\n", "Invisible·· too."),
        ("これは文です。つぎ", "これは文です。"),
        (f"{'word ' * 80}unfinish", f"{'word ' * 80}".strip()),
        ("x" * 400, ""),
    ],
)
def test_what_is_unfinished_is_not_shown(written: str, seen: str) -> None:
    assert finished(written) == seen


@given(st.text(st.sampled_from("ab. \n[]()<>`!?…\u202e\r。"), max_size=60), st.data())
def test_what_is_shown_is_always_the_beginning_of_the_answer(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=4)))
    shown = ""
    for cut in cuts:
        now = finished(text[:cut])
        assert clean(text).startswith(now)
        shown = max(shown, now, key=len)
    assert len(shown) <= LONGEST


async def test_the_newest_words_are_shown_and_none_twice() -> None:
    wall = Wall()
    async with telling(wall.show) as hear:
        assert hear is not None
        for words in ("One", ". ", "Two", ". ", "Thr"):
            hear(words)
            for _ in range(5):
                await asyncio.sleep(0)
    assert wall.seen == ["One.", "One. Two."]


async def test_an_answer_that_is_there_at_once_is_shown_whole_only() -> None:
    wall = Wall()
    async with telling(replace(wall.show, first_after=60.0)) as hear:
        assert hear is not None
        hear("One. Two. ")
        await asyncio.sleep(0)
    assert wall.seen == []


async def test_nothing_is_streamed_where_nobody_can_show_it(thinking: Thinking) -> None:
    await thinking.answer("hello", "Hello.")
    assert not thinking.service.requests[0].get("stream")


@pytest.fixture
def screen() -> Screen:
    """What a person watches."""
    return Screen()


@pytest.fixture
async def watched(thinking: Thinking, screen: Screen) -> Thinking:
    """The same house, where words are shown as they come."""
    return replace(thinking, house=replace(thinking.house, channel=screen))


async def begun(watched: Thinking, screen: Screen, *lines: Pours | Calls) -> asyncio.Task[list[Word]]:
    """An answer of which the first words are seen."""
    watched.service.says(*lines)
    task = asyncio.create_task(watched.house.say("hello"))
    async with asyncio.timeout(20):
        await screen.news.wait()
    return task


async def test_an_answer_is_seen_before_it_is_whole_and_stored_once_it_is(watched: Thinking, screen: Screen) -> None:
    gate = Gate()
    task = await begun(watched, screen, Pours(["One. Tw", gate, "o. Three."]))
    assert screen.seen == ["One."]
    assert await watched.house.one("SELECT count(*) FROM messages WHERE body->>'role' = 'assistant'") == 0
    gate.go.set()
    assert await task == [Reply("One. Two. Three.")]
    assert await watched.house.one("SELECT body->>'content' FROM messages WHERE body->>'role' = 'assistant'") == (
        "One. Two. Three."
    )


async def test_stop_ends_an_answer_in_the_middle(watched: Thinking, screen: Screen) -> None:
    gate = Gate()
    task = await begun(watched, screen, Pours(["One. Tw", gate, "o. Three."]))
    await watched.house.desk.receive(replace(watched.house.visitor), Message("stop"))
    assert Reply("Stopped; nothing was changed.") in await task
    gate.go.set()
    assert screen.seen == ["One."]


async def test_an_answer_that_breaks_off_is_none_and_says_so(watched: Thinking, screen: Screen) -> None:
    gate = Gate()
    task = await begun(watched, screen, Pours(["I sent it all. And ", gate, None]))
    gate.go.set()
    (word,) = await task
    assert isinstance(word, Reply)
    assert "did not answer" in word.text or "broke off" in word.text
    assert "sent" not in word.text


async def test_words_beside_a_tool_call_are_no_answer(watched: Thinking, screen: Screen) -> None:
    gate = Gate()
    first = Calls([("search_inbox", {"query": "kiln"})], "Let me look. ")
    watched.service.says(first)
    task = asyncio.create_task(watched.house.say("find the kiln", ""))
    watched.service.says(Pours(["There is one. ", gate, "It is from Bo."]))
    async with asyncio.timeout(20):
        while "There is one." not in screen.seen:
            await screen.news.wait()
            screen.news.clear()
    gate.go.set()
    (word,) = await task
    assert word == Reply("There is one. It is from Bo.")
    assert [one.tool for one in screen.steps] == ["search_inbox"]


async def test_a_channel_that_cannot_show_words_now_gets_the_answer_all_the_same(
    watched: Thinking, screen: Screen
) -> None:
    @dataclass
    class Broken(Screen):
        async def saying(self, address: str, saying: Saying) -> None:
            await super().saying(address, saying)
            raise Unavailable("Not now.")

    broken = Broken()
    watched = replace(watched, house=replace(watched.house, channel=broken))
    gate = Gate()
    task = await begun(watched, broken, Pours(["One. Two. ", gate, "Three."]))
    gate.go.set()
    assert await task == [Reply("One. Two. Three.")]


async def test_a_turn_that_died_in_the_middle_of_its_words_is_answered_once(watched: Thinking, screen: Screen) -> None:
    task = await begun(watched, screen, Pours(["One. Tw", Gate(), "o."]))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    watched.service.says("One. Two.")
    await watched.house.desk.take_up(screen)
    await watched.house.desk.take_up(screen)
    assert screen.words == [Reply("One. Two.")]


async def test_what_an_answer_took_is_kept_with_it(watched: Thinking) -> None:
    await watched.say("hello", call("search_inbox", query="kiln"), Says("One mail."))
    rows = await watched.house.sql("SELECT purpose, model, tokens_in, tokens_out, cost, event FROM model_calls")
    assert [tuple(row)[:5] for row in rows] == [("chat", "test-model", 9, 9, None)] * 2
    assert await watched.house.one("SELECT id FROM events") == rows[0][5] == rows[1][5]
