"""The transcript: who reads it is told everything once, in order, also after having been away."""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import Any

import pytest

from bot.browser import transcript
from bot.browser.transcript import Change, Transcript


def entry(name: str, text: str = "") -> dict[str, Any]:
    return {"name": name, "kind": "reply", "text": text or name}


async def first(talk: Transcript, count: int, after: str = "") -> list[Change]:
    """The first changes that a reader gets."""
    got: list[Change] = []
    async with asyncio.timeout(5):
        async for change in talk.follow(after):
            got.append(change)
            if len(got) == count:
                break
    return got


async def test_who_comes_new_is_shown_the_whole_talk() -> None:
    talk = Transcript([entry("a")])
    talk.show(entry("b"))
    [start] = await first(talk, 1)
    assert start.kind == "start"
    assert [one["name"] for one in start.body["entries"]] == ["a", "b"]


async def test_who_was_away_gets_what_was_missed_and_nothing_twice() -> None:
    talk = Transcript()
    [start] = await first(talk, 1)
    for name in "abc":
        talk.show(entry(name))
    missed = await first(talk, 3, start.at)
    assert [one.body["name"] for one in missed] == ["a", "b", "c"]
    assert [one.body["name"] for one in await first(talk, 2, missed[0].at)] == ["b", "c"]


@pytest.mark.parametrize("after", ["", "nonsense", "0-", "-1", "deadbeef-0", "deadbeef-7", "٣-٣"])
async def test_a_place_that_is_not_of_this_run_is_answered_with_the_whole(after: str) -> None:
    talk = Transcript([entry("a")])
    assert [one.kind for one in await first(talk, 1, after)] == ["start"]


async def test_a_place_ahead_of_the_talk_is_answered_with_the_whole() -> None:
    talk = Transcript()
    [start] = await first(talk, 1)
    assert [one.kind for one in await first(talk, 1, start.at.replace("-0", "-99"))] == ["start"]


async def test_who_was_away_too_long_is_shown_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcript, "REMEMBERED", 3)
    talk = Transcript()
    [start] = await first(talk, 1)
    for name in "abcd":
        talk.show(entry(name))
    assert [one.kind for one in await first(talk, 1, start.at)] == ["start"]


async def test_a_slow_reader_is_never_left_with_a_hole() -> None:
    talk = Transcript()
    reader = talk.follow()
    await anext(reader)
    for number in range(transcript.REMEMBERED + 5):
        talk.show(entry(str(number)))
    assert (await anext(reader)).kind == "start"


async def test_what_is_shown_again_moves_to_the_end() -> None:
    talk = Transcript([entry("a"), entry("b")])
    talk.show(entry("a", "again"))
    [start] = await first(talk, 1)
    assert [one["text"] for one in start.body["entries"]] == ["b", "again"]


def test_what_is_not_shown_cannot_change() -> None:
    talk = Transcript([entry("a")])
    assert talk.change(entry("a", "anew"))
    assert not talk.change(entry("z"))


async def test_an_event_begins_once_and_is_under_way_until_it_ends() -> None:
    talk = Transcript()
    assert talk.begin("one")
    assert not talk.begin("one")
    assert (await first(talk, 1))[0].body["events"] == ["one"]
    talk.end("one")
    assert not talk.begin("one")
    assert (await first(talk, 1))[0].body["events"] == []


async def test_only_the_latest_entries_are_kept_and_the_page_says_so() -> None:
    talk = Transcript(entry(str(number)) for number in range(transcript.LONGEST + 1))
    [start] = await first(talk, 1)
    assert start.body["cut"]
    assert [one["name"] for one in islice(start.body["entries"], 1)] == ["1"]


async def test_every_reader_is_told_at_once_and_leaves_when_it_closes() -> None:
    talk = Transcript()
    readers = [asyncio.create_task(_all(talk)) for _ in range(3)]
    await asyncio.sleep(0)
    talk.show(entry("a"))
    await asyncio.sleep(0)
    talk.close()
    async with asyncio.timeout(5):
        told = await asyncio.gather(*readers)
    assert [[one.kind for one in changes] for changes in told] == [["start", "show"]] * 3


async def _all(talk: Transcript) -> list[Change]:
    return [change async for change in talk.follow()]
