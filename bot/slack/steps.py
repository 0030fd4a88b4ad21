"""Steps: what is being done for a person right now, shown where they asked, and turned into the answer when it is there.

In a thread it is one of Slack's streams, with a task for each tool. A stream dies about five minutes after it began; so a
new one takes over before, and one that died is redrawn as a plain message. Outside of threads it is a plain message.
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
from storage.values.errors import Unavailable

ROTATE_AFTER = 225.0
"""Seconds; Slack ends a stream after about 300, and the next step may be long in coming."""

MOST = 1_000


@dataclass
class Display:
    """Steps in sight."""

    name: str
    began: float
    streams: bool
    done: list[str] = field(default_factory=list)
    now: str = ""


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
        shown.now = what
        if shown.streams and self._api.clock.now() - shown.began > ROTATE_AFTER:
            await self._rotated(where, address, shown)
        elif shown.streams:
            await self._append(
                where, shown, [_task(len(shown.done) - 1, shown.done[-1], "complete"), self._current(shown)]
            )
        else:
            await self._posting.redraw(where, shown.name, render.steps(shown.done, what))

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
            await self._posting.redraw(where, shown.name, answer or _over(shown))
        except GoneError:
            return ""
        except Unavailable:
            if answer is not None:
                self._displays[address] = shown
                shown.now = shown.done.pop() if shown.done else ""
                raise
        return shown.name if answer else ""

    async def _begun(self, where: Place, address: str, what: str) -> Display:
        began, user = self._api.clock.now(), self._askers.get(address, "")
        if where.thread and user:
            shown = Display("", began, streams=True, now=what)
            arguments = {
                **where.arguments,
                "recipient_team_id": where.team,
                "recipient_user_id": user,
                "task_display_mode": "timeline",
                "chunks": [self._current(shown)],
            }
            try:
                answer = await self._api.call(where.team, "chat.startStream", arguments, channel=where.channel)
            except ApiError:  # an app that is no agent, or a place that has no streams
                answer = {}
            if answer.get("ts"):
                shown.name = str(answer["ts"])
                return shown
        name = await self._posting.post(where, render.steps([], what))
        return Display(name, began, streams=False, now=what)

    async def _rotated(self, where: Place, address: str, shown: Display) -> None:
        """A fresh stream goes on with the new step; the old one ends with all its steps done."""
        now, shown.now = shown.now, ""
        if not await self._ended(where, shown, None):
            with suppress(GoneError):
                await self._posting.redraw(where, shown.name, _over(shown))
        self._displays[address] = await self._begun(where, address, now)

    async def _append(self, where: Place, shown: Display, chunks: list[dict[str, Any]]) -> None:
        arguments = {"channel": where.channel, "ts": shown.name, "chunks": chunks}
        try:
            await self._api.call(where.team, "chat.appendStream", arguments)
        except ApiError:
            shown.streams = False
            await self._posting.redraw(where, shown.name, render.steps(shown.done, shown.now))

    async def _ended(self, where: Place, shown: Display, answer: Shown | None) -> bool:
        """Whether the stream ended well, with the answer in it."""
        chunks = [_task(number, one, "complete") for number, one in enumerate(shown.done)][-1:]
        blocks = {"blocks": answer.blocks} if answer else {}
        arguments = {"channel": where.channel, "ts": shown.name, "chunks": chunks, **blocks}
        try:
            await self._api.call(where.team, "chat.stopStream", arguments)
        except ApiError:
            return False
        return True

    def _current(self, shown: Display) -> dict[str, Any]:
        return _task(len(shown.done), shown.now, "in_progress")


def _task(number: int, title: str, status: str) -> dict[str, Any]:
    return {"type": "task_update", "id": f"step-{number}", "title": title, "status": status}


def _over(shown: Display) -> Shown:
    return render.steps(shown.done[:-1], shown.done[-1]) if shown.done else render.steps([], "done")
