"""Posting: a message reaches a conversation once, also when Slack's answer to it was lost; and it is redrawn in place."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from bot.channel import GoneError
from bot.slack.api import Api, ApiError, LostError
from bot.slack.place import Place
from bot.slack.render import Block, Shown
from bot.slack.text import plain
from storage.values.ids import new_token

QUIET = {"unfurl_links": False, "unfurl_media": False, "parse": "none", "link_names": False}
"""Slack fetches what is linked, and calls whom is named, unless it is told not to."""

EVENT = "deskhand_word"
LOOKED_AT = 50
_GONE = {"message_not_found", "cant_update_message", "channel_not_found", "edit_window_closed", "is_inactive"}
_TOO_MUCH = {"invalid_blocks", "msg_blocks_too_long", "msg_too_long", "invalid_blocks_format"}


class Posting:
    """One for the process."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._doubts: dict[tuple[str, str], str] = {}
        """Messages of which nobody knows whether they arrived: where and what -> the mark that they carry."""

    async def post(self, place: Place, shown: Shown) -> str:
        """Posts a message and gives its name."""
        what = str(place), _digest(shown)
        mark = self._doubts.get(what)
        if mark is not None and (arrived := await self._find(place, mark)):
            self._doubts.pop(what, None)
            return arrived
        mark = mark or new_token()
        arguments = {
            **place.arguments,
            **QUIET,
            "metadata": {"event_type": EVENT, "event_payload": {"mark": mark}},
        }
        try:
            answer = await self._call(place, "chat.postMessage", arguments, shown)
        except LostError:
            if len(self._doubts) >= 1_000:
                self._doubts.clear()
            self._doubts[what] = mark
            raise
        self._doubts.pop(what, None)
        return str(answer.get("ts", ""))

    async def redraw(self, place: Place, name: str, shown: Shown) -> None:
        """The message of this name looks like this now. GoneError: there is none."""
        arguments = {"channel": place.channel, "ts": name, "parse": "none", "link_names": False}
        try:
            await self._call(place, "chat.update", arguments, shown)
        except ApiError as error:
            if error.error in _GONE:
                raise GoneError from error
            raise

    async def delete(self, place: Place, name: str) -> None:
        """Takes a message of ours away, if it is there."""
        try:
            await self._api.call(place.team, "chat.delete", {"channel": place.channel, "ts": name})
        except ApiError as error:
            if error.error not in _GONE:
                raise

    async def _call(self, place: Place, method: str, arguments: dict[str, Any], shown: Shown) -> dict[str, Any]:
        """Without its blocks but for the buttons, where Slack refuses them."""
        channel = place.channel if method == "chat.postMessage" else ""
        looks = {"text": shown.text, "blocks": shown.blocks}
        try:
            return await self._api.call(place.team, method, {**arguments, **looks}, channel=channel)
        except ApiError as error:
            if error.error not in _TOO_MUCH:
                raise
            looks["blocks"] = simple(shown)
            return await self._api.call(place.team, method, {**arguments, **looks}, channel=channel)

    async def _find(self, place: Place, mark: str) -> str:
        """The name of the message that carries a mark; empty when it did not arrive, or may not be looked for."""
        method, where = "conversations.history", {"channel": place.channel}
        if place.thread:
            method, where = "conversations.replies", {"channel": place.channel, "ts": place.thread}
        arguments = {**where, "limit": LOOKED_AT, "include_all_metadata": True}
        try:
            answer = await self._api.call(place.team, method, arguments)
        except ApiError:
            return ""
        for message in answer.get("messages", []):
            payload = (message.get("metadata") or {}).get("event_payload") or {}
            if payload.get("mark") == mark:
                return str(message["ts"])
        return ""


def simple(shown: Shown) -> list[Block]:
    """The same message with nothing in it that could be refused."""
    actions = [block for block in shown.blocks if block["type"] == "actions"]
    return [{"type": "section", "text": plain(shown.text)}, *actions]


def _digest(shown: Shown) -> str:
    return hashlib.sha256(json.dumps([shown.text, shown.blocks], sort_keys=True).encode()).hexdigest()
