"""What a fake Slack remembers: workspaces, messages, views, files, streams, and what its limits allow at this moment."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import Any

Dict = dict[str, Any]

TIERS = {
    "chat.startStream": 20,
    "files.getUploadURLExternal": 20,
    "chat.update": 50,
    "agents.sessions.setStatus": 50,
    "agents.sessions.rename": 50,
    "chat.appendStream": 100,
    "views.open": 100,
    "views.update": 100,
    "views.publish": 100,
}
"""Calls a minute in a workspace, of the methods that have a low tier."""

TRIGGER_LIVES, STREAM_LIVES = 3.0, 300.0


class SlackError(Exception):
    """What Slack answers instead of `ok`."""

    def __init__(self, name: str, **more: Any) -> None:
        super().__init__(name)
        self.name, self.more = name, more


class Clock:
    """Time that passes only when somebody sleeps or a test says so."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Passes at once."""
        self.now += max(0.0, seconds)
        await asyncio.sleep(0)


@dataclass
class Workspace:
    """One team that the app is installed in, or may be."""

    team: str
    name: str
    token: str
    bot: str
    bot_id: str
    users: dict[str, str] = field(default_factory=dict)
    channels: set[str] = field(default_factory=set)
    installed: bool = True
    special: dict[str, Dict] = field(default_factory=dict)
    """What users.info says differently of a member."""

    def direct(self, user: str) -> str:
        """The conversation of the app with a member."""
        return f"D{user[1:]}"


@dataclass
class Call:
    """One request that reached us."""

    method: str
    team: str
    arguments: Dict
    at: float
    answer: str = "ok"


@dataclass
class Upload:
    """A file, from its announcement to its message."""

    id: str
    name: str
    length: int
    alt_text: str = ""
    content: bytes | None = None
    done: bool = False
    kept_at: str = ""
    """Where it lies, when not with Slack."""


class World:
    """Everything but the wire."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.workspaces: dict[str, Workspace] = {}
        self.messages: defaultdict[tuple[str, str], list[Dict]] = defaultdict(list)
        self.views: dict[str, Dict] = {}
        self.homes: dict[tuple[str, str], Dict] = {}
        self.triggers: dict[str, tuple[float, bool]] = {}
        self.files: dict[str, Upload] = {}
        self.sessions: dict[tuple[str, str, str], Dict] = {}
        self.prompts: dict[tuple[str, str], list[Dict]] = {}
        self.calls: list[Call] = []
        self.impatient: list[Call] = []
        """Calls that came while a Retry-After was running."""
        self.codes: dict[str, tuple[str, str]] = {}
        self._closed: dict[tuple[str, str], float] = {}
        self._recent: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
        self._posted: dict[tuple[str, str], float] = {}
        self._numbers = count(1)

    def add(self, team: str, *users: str, channels: tuple[str, ...] = (), installed: bool = True) -> Workspace:
        """A workspace with members; each has a direct conversation with the app."""
        space = Workspace(team, f"{team} Ltd", f"xoxb-{team}-1", f"UBOT{team}", f"B{team}", installed=installed)
        space.users = {user: f"Member {user}" for user in users}
        space.channels = {*channels, *(space.direct(user) for user in users)}
        self.workspaces[team] = space
        return space

    def number(self) -> int:
        """The next of all numbers."""
        return next(self._numbers)

    def new_ts(self) -> str:
        """A message's name."""
        return f"{int(self.clock.now) + 1_700_000_000}.{self.number():06}"

    def new_trigger(self) -> str:
        """A trigger, good for one use in three seconds."""
        trigger = f"{self.number()}.trigger"
        self.triggers[trigger] = self.clock.now, False
        return trigger

    def use_trigger(self, trigger: str) -> None:
        """Refused when it is old, used or made up."""
        if trigger not in self.triggers:
            raise SlackError("invalid_trigger_id")
        at, used = self.triggers[trigger]
        if used:
            raise SlackError("exchanged_trigger_id")
        if self.clock.now - at > TRIGGER_LIVES:
            raise SlackError("expired_trigger_id")
        self.triggers[trigger] = at, True

    def close(self, method: str, team: str, seconds: float) -> None:
        """Refuses a method for a while."""
        self._closed[method, team] = self.clock.now + seconds

    def wait_for(self, call: Call) -> float | None:
        """Seconds to wait before this call may be made; None when it may be made now."""
        where = call.method, call.team
        until = self._closed.get(where, 0.0)
        if self.clock.now < until:
            self.impatient.append(call)
            return until - self.clock.now
        recent = [at for at in self._recent[where] if at > self.clock.now - 60]
        self._recent[where] = recent
        if len(recent) >= TIERS.get(call.method, 1_000_000):
            self.close(*where, recent[0] + 60 - self.clock.now)
            return recent[0] + 60 - self.clock.now
        recent.append(self.clock.now)
        return self._channel_wait(call) if call.method == "chat.postMessage" else None

    def _channel_wait(self, call: Call) -> float | None:
        """One message a second in a channel."""
        where = call.team, str(call.arguments.get("channel"))
        if self.clock.now < self._posted.get(where, -1.0) + 1.0:
            return 1.0
        self._posted[where] = self.clock.now
        return None

    def find(self, team: str, channel: str, ts: str) -> Dict:
        """A message of ours."""
        for one in self.messages[team, channel]:
            if one["ts"] == ts:
                return one
        raise SlackError("message_not_found")

    def in_thread(self, team: str, channel: str, thread: str | None) -> list[Dict]:
        """The messages of a thread, or of a whole channel."""
        every = self.messages[team, channel]
        return every if thread is None else [one for one in every if thread in (one["ts"], one.get("thread_ts"))]
