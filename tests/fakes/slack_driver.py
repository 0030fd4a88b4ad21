"""A person who talks with us in Slack's direct conversation, for stories that every channel tells."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.fakes.program import House
from tests.fakes.slack_door import ANA, TEAM, Door, link, open_door, read
from tests.fakes.slack_methods import file_object
from tests.fakes.slack_world import Dict, Upload

Shown = dict[str, Any]


class SlackTalk:
    """Ana, in Slack."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.channel = door.slack.world.workspaces[TEAM].direct(ANA)

    @property
    def shown(self) -> list[Shown]:
        """What she sees now of what we showed her, oldest first."""
        return [_shown(one) for one in self._ours()]

    async def say(self, text: str) -> list[Shown]:
        """She says something; gives what is new."""
        return await self._news(self.door.say(text))

    async def press(self, label: str, **fields: str) -> list[Shown]:
        """She presses the newest button of this label, and fills in the form that it opens if fields are given."""
        return await self._news(self._press(label, fields))

    async def drop(self, name: str, content: bytes, text: str = "") -> list[Shown]:
        """She drops a file."""
        world = self.door.slack.world
        upload = Upload(f"F{world.number()}", name, len(content), content=content)
        world.files[upload.id] = upload
        files = [file_object(upload, self.door.slack.root)]
        return await self._news(self.door.say(text, subtype="file_share", files=files))

    async def stop(self) -> list[Shown]:
        """She says stop."""
        return await self._news(self.door.say("stop"))

    async def work(self) -> list[Shown]:
        """Time for jobs and what they leave; gives what is new."""
        return await self._news(self.door.work())

    async def _press(self, label: str, fields: dict[str, str]) -> None:
        message = next(one for one in reversed(self._ours()) if label in _labels(one))
        await self.door.press(message, label)
        if fields:
            await self.door.submit(fields)

    async def _news(self, happening: Any) -> list[Shown]:
        before = {one["ts"]: _shown(one) for one in self._ours()}
        await happening
        await self._unhurried()
        return [_shown(one) for one in self._ours() if before.get(one["ts"]) != _shown(one)]

    async def _unhurried(self) -> None:
        """What could not be shown at once comes with the next looks of the delivery."""
        while await self.door.delivery.flush():
            await self.door.slack.clock.sleep(1.0)

    def _ours(self) -> list[Dict]:
        every = self.door.slack.world.messages[TEAM, self.channel]
        return [one for one in every if one.get("user") == self.door.slack.world.workspaces[TEAM].bot]


def _labels(message: Dict) -> list[str]:
    return [
        read(one["text"]["text"])
        for block in message.get("blocks", [])
        for one in block.get("elements", [])
        if one.get("type") == "button"
    ]


def _shown(message: Dict) -> Shown:
    if message.get("files"):
        file = message["files"][0]
        return {"kind": "file", "title": file["name"], "text": file["title"] or "", "fields": {}, "buttons": []}
    title, fields, text = "", {}, []
    for block in message["blocks"]:
        if block["type"] == "header":
            title = read(block["text"]["text"])
        elif block["type"] == "section" and "fields" in block:
            pairs = [read(one["text"]) for one in block["fields"]]
            fields |= {label.strip("*"): value for label, value in zip(pairs[::2], pairs[1::2], strict=True)}
        elif block["type"] == "section":
            text.append(read(block["text"]["text"]))
    return {
        "kind": "card" if title else "reply",
        "title": title,
        "text": "".join(text) or read(message["text"]),
        "fields": fields,
        "buttons": _labels(message),
    }


@asynccontextmanager
async def slack_talk(house: House, *, socket: bool = False) -> AsyncIterator[SlackTalk]:
    """The person of a house, in Slack."""
    async with open_door(house, socket=socket) as door:
        await link(house)
        yield SlackTalk(door)
