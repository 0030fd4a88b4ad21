"""Steps: what is being done for a person right now, and the answer as it is written, shown where they asked; they turn into
the answer when it is there.

In a thread it is one of Slack's streams, with a task for each tool and the words as they come. A stream dies about five
minutes after it began; so a new one takes over before, and one that died is redrawn as a plain message. Outside of threads
it is a plain message.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from bot.channel import GoneError
from bot.slack import render
from bot.slack.api import Api, ApiError
from bot.slack.place import Place, place
from bot.slack.posting import Posting
from bot.slack.render import Shown
from bot.slack.text import clean, streamed
from storage.values.errors import Unavailable

ROTATE_AFTER = 225.0
"""Seconds; Slack ends a stream after about 300, and the next step may be long in coming."""

APPENDS_EVERY, EDITS_EVERY = 0.7, 1.5
"""Seconds between two showings of words: Slack takes about a hundred appends a minute and fifty edits."""

PART = 4_000
"""Characters of words that are appended at once; with every sign escaped they stay below the 12,000 of a chunk."""

MOST = 1_000


@dataclass
class Display:
    """Steps in sight."""

    name: str
    began: float
    streams: bool
    done: list[str] = field(default_factory=list)
    now: str = ""
    words: str = ""
    """Of the answer that is being written: how far it is shown."""
    wrote: bool = False
    """Whether words were shown at all, so that the answer takes the place of the whole message."""
    worded_at: float = 0.0


class Steps:
    """One for the process."""

    def __init__(self, api: Api, posting: Posting) -> None:
        self._api = api
        self._posting = posting
        self._displays: dict[str, Display] = {}
        self._askers: dict[str, str] = {}

    def asked(self, address: str, user: str) -> None:
        """Who waits at an address: Slack wants to know for whom a stream in a channel is."""
        if len(self._askers) >= MOST:
            self._askers.clear()
        self._askers[address] = user

    def stopped(self, address: str, names: Sequence[str]) -> None:
        """Slack itself ended these streams, because the person pressed Stop."""
        shown = self._displays.get(address)
        if shown is not None and shown.name in names:
            shown.streams = False

    async def step(self, address: str, what: str) -> None:
        """A step begins; the one before is done."""
        where, shown = place(address), self._displays.get(address)
        if shown is None:
            self._displays[address] = await self._begun(where, address, what)
            return
        if shown.now:
            shown.done.append(shown.now)
        shown.now, shown.words = what, ""
        if shown.streams and self._api.clock.now() - shown.began > ROTATE_AFTER:
            await self._rotated(where, address, shown)
        elif shown.streams:
            before = [_task(number, one, "complete") for number, one in enumerate(shown.done)][-1:]
            await self._append(where, shown, [*before, self._current(shown)], render.steps(shown.done, what))
        else:
            await self._posting.redraw(where, shown.name, render.steps(shown.done, what))

    async def words(self, address: str, text: str) -> None:
        """An answer is written so far. What was shown a moment ago is not shown again yet."""
        where, shown, now = place(address), self._displays.get(address), self._api.clock.now()
        if shown is None:
            text = _part(text, "")
            shown = self._displays[address] = await self._begun(where, address, "", text)
        elif now - shown.worded_at < (APPENDS_EVERY if shown.streams else EDITS_EVERY):
            return
        elif not shown.streams:
            await self._posting.redraw(where, shown.name, render.saying(text))
        elif now - shown.began > ROTATE_AFTER:
            text = _part(text, "")
            shown = await self._rotated(where, address, shown, text)
        else:
            text = _part(text, shown.words)
            await self._append(where, shown, [_words(text[len(shown.words) :])], render.saying(text))
        shown.words, shown.wrote, shown.worded_at = text, True, now

    async def answered(self, address: str, answer: Shown | None) -> str:
        """The steps are over. With an answer, their message becomes it: its name, or nothing if there was none to become."""
        shown = self._displays.pop(address, None)
        self._askers.pop(address, None)
        if shown is None:
            return ""
        where = place(address)
        if shown.now:
            shown.done.append(shown.now)
        try:
            if shown.streams and await self._ended(where, shown, answer):
                return shown.name if answer else ""
            await self._redrawn(where, shown, answer)
        except GoneError:
            return ""
        except Unavailable:
            if answer is not None:
                self._displays[address] = shown
                shown.now = shown.done.pop() if shown.done else ""
                raise
        return shown.name if answer else ""

    async def _begun(self, where: Place, address: str, what: str, words: str = "") -> Display:
        """A display of a step, or of the first words."""
        began, user = self._api.clock.now(), self._askers.get(address, "")
        if where.thread and user:
            shown = Display("", began, streams=True, now=what)
            arguments = {
                **where.arguments,
                "recipient_team_id": where.team,
                "recipient_user_id": user,
                "task_display_mode": "timeline",
                "chunks": [_words(words) if words else self._current(shown)],
            }
            try:
                answer = await self._api.call(where.team, "chat.startStream", arguments, channel=where.channel)
            except ApiError:  # an app that is no agent, or a place that has no streams
                answer = {}
            if answer.get("ts"):
                shown.name = str(answer["ts"])
                return shown
        name = await self._posting.post(where, render.saying(words) if words else render.steps([], what))
        return Display(name, began, streams=False, now=what)

    async def _rotated(self, where: Place, address: str, shown: Display, words: str = "") -> Display:
        """A fresh stream goes on with the new step or the words; the old one ends with all its steps done."""
        now = "" if words else shown.now
        if words and shown.now:
            shown.done.append(shown.now)
        shown.now = ""
        if not await self._ended(where, shown, None):
            with suppress(GoneError):
                await self._redrawn(where, shown, None)
        fresh = self._displays[address] = await self._begun(where, address, now, words)
        return fresh

    async def _append(self, where: Place, shown: Display, chunks: list[dict[str, Any]], instead: Shown) -> None:
        """Adds to a stream; one that died is redrawn."""
        arguments = {"channel": where.channel, "ts": shown.name, "chunks": chunks}
        try:
            await self._api.call(where.team, "chat.appendStream", arguments)
        except ApiError:
            shown.streams = False
            await self._posting.redraw(where, shown.name, instead)

    async def _redrawn(self, where: Place, shown: Display, answer: Shown | None) -> None:
        """The message as what it is in the end: the answer, else the steps, and nothing where there were only words."""
        if answer is None and not shown.done:
            await self._posting.delete(where, shown.name)
        else:
            await self._posting.redraw(where, shown.name, answer or _over(shown))

    async def _ended(self, where: Place, shown: Display, answer: Shown | None) -> bool:
        """Whether the stream ended well, with the answer in it. Where words were shown the answer is put in their place."""
        chunks = [_task(number, one, "complete") for number, one in enumerate(shown.done)][-1:]
        blocks = {"blocks": answer.blocks} if answer and not shown.wrote else {}
        arguments = {"channel": where.channel, "ts": shown.name, "chunks": chunks, **blocks}
        try:
            await self._api.call(where.team, "chat.stopStream", arguments)
        except ApiError:
            shown.streams = False
            return False
        shown.streams = False
        return not shown.wrote

    def _current(self, shown: Display) -> dict[str, Any]:
        return _task(len(shown.done), shown.now, "in_progress")


def _task(number: int, title: str, status: str) -> dict[str, Any]:
    return {"type": "task_update", "id": f"step-{number}", "title": title, "status": status}


def _part(text: str, shown: str) -> str:
    """The text as far as one append may take it, which ends with a word: half an address would not be known for one."""
    end = len(shown) + PART
    return text if len(text) <= end else text[: max(text.rfind(" ", 0, end), len(shown))]


def _words(text: str) -> dict[str, Any]:
    return {"type": "markdown_text", "text": streamed(clean(text)) or " "}


def _over(shown: Display) -> Shown:
    return render.steps(shown.done[:-1], shown.done[-1]) if shown.done else render.steps([], "done")
