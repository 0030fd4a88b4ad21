"""What Slack sends us, understood: who said what, where, and under which name it is known should it come again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack.place import Place
from bot.slack.render import TICKS
from bot.slack.text import heard
from bot.slack.workspaces import Workspace

Payload = Mapping[str, Any]

_SAID = {None, "file_share", "thread_broadcast"}
"""Subtypes of messages that a person wrote just now; edits, deletions, joins and bots' messages are others."""


@dataclass(frozen=True)
class Spoken:
    """A message of a person, with the files that came along."""

    user: str
    place: Place
    text: str
    external: str
    files: tuple[str, ...] = ()
    meant: bool = True
    """Whether it is surely for us: said directly, or naming us."""


@dataclass(frozen=True)
class Press:
    """A pressed button: who pressed it where, what it carries, and the card it stands on."""

    user: str
    place: Place | None
    """None on the home page."""
    value: str
    card: str
    external: str
    trigger: str
    chosen: str | None = None
    """The names of what is ticked, where the card has a list of items."""


def spoken(event: Payload, team: str, space: Workspace) -> Spoken | None:
    """The message; None for what nobody said to us: our own words, other bots', and changes of older messages. One text
    that comes both as a message and as a mention has one name, so that it is answered once."""
    user = event.get("user")
    if event.get("subtype") not in _SAID or event.get("bot_id") or event.get("hidden") or not user:
        return None
    if user == space.bot_user or event.get("bot_profile"):
        return None
    channel, ts = str(event["channel"]), str(event["ts"])
    direct = channel.startswith("D") or event.get("channel_type") == "im"
    raw = str(event.get("text") or "")
    thread = str(event.get("thread_ts") or ("" if direct else ts))
    return Spoken(
        user=str(user),
        place=Place(team, channel, thread),
        text=heard(raw, space.bot_user),
        external=f"{team}:{channel}:{ts}",
        files=tuple(str(one["id"]) for one in event.get("files") or ()),
        meant=direct or f"<@{space.bot_user}>" in raw,
    )


def press(body: Payload) -> Press:
    """A button of a message or of the home page."""
    team, user = str(body["team"]["id"]), str(body["user"]["id"])
    action, container = body["actions"][0], body.get("container") or {}
    where = None
    if container.get("type") == "message":
        channel = str(container["channel_id"])
        thread = container.get("thread_ts") or (body.get("message") or {}).get("thread_ts") or ""
        where = Place(team, channel, str(thread))
    return Press(
        user=user,
        place=where,
        value=str(action.get("value") or ""),
        card=str(action.get("block_id") or ""),
        external=f"{team}:{user}:{action['action_ts']}:{action['action_id']}",
        trigger=str(body.get("trigger_id") or ""),
        chosen=_chosen(body),
    )


def _chosen(body: Payload) -> str | None:
    """What is ticked in the message whose button was pressed."""
    values = (body.get("state") or {}).get("values") or {}
    lists = [one[TICKS].get("selected_options") or [] for one in values.values() if TICKS in one]
    return ",".join(str(one["value"]) for options in lists for one in options) if lists else None


def command_words(name: str, text: str, known: Mapping[str, Any]) -> str:
    """The slash words as our own table has them: `/assistant inbox` is `/inbox`, and `/assistant analyze x` is said."""
    words = heard(text)
    if name.casefold() != "/assistant":
        return f"{name} {words}".strip()
    verb, _, rest = words.partition(" ")
    verb = verb.casefold().lstrip("/") or "help"
    if verb in SPOKEN and verb not in known:
        return f"{verb} {rest}".strip()
    verb = verb if verb in known else ALIASES.get(verb, verb)
    return f"/{verb} {rest}".strip()


ALIASES = {"drafts": "approvals", "schedule": "followups", "followup": "followups", "connect": "link"}
"""Verbs of `/assistant` that people try, beside the names of the commands."""

SPOKEN = frozenset({"analyze", "forget"})
"""Verbs of `/assistant` that are no command of ours, and are understood as words."""
