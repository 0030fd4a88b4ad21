"""A tab without a browser: says, presses and gives as the page does, and keeps what the stream shows, over real HTTP."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
from starlette.applications import Starlette

from bot.browser.channel import Browser, open_browser
from bot.delivery import Delivery
from bot.desk import Desk
from bot.web.app import SafeHeaders
from bot.web.serving import serving
from tests.fakes.program import House

PATIENCE = 60.0


class BrowserTalk:
    """One tab, signed in."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.steps: list[str] = []
        self.at = ""
        self._entries: dict[str, dict[str, Any]] = {}
        self._done: set[str] = set()
        self._news = asyncio.Event()

    @property
    def shown(self) -> list[dict[str, Any]]:
        """What the talk shows: kind, text, title, fields, and the labels of the buttons."""
        return [_plain(entry) for entry in self._entries.values()]

    async def say(self, text: str, event: str = "") -> list[dict[str, Any]]:
        """Says something; what is new when it has been answered."""
        event = event or new_event()
        return await self._new_after(event, self._post("say", {"event": event, "text": text}))

    async def press(self, label: str, **fields: str) -> list[dict[str, Any]]:
        """Presses the button of this label on the last card that has one."""
        cards = [entry for entry in self._entries.values() if entry["kind"] == "card"]
        found = [one["token"] for card in cards for one in card["buttons"] if one["label"] == label]
        assert found, f"no card shows a button {label!r}: {self.shown}"
        return await self.press_token(found[-1], **fields)

    async def press_token(self, token: str, **fields: str) -> list[dict[str, Any]]:
        """Presses a button by what it carries."""
        event = new_event()
        return await self._new_after(event, self._post("press", {"event": event, "token": token, "fields": fields}))

    async def drop(self, name: str, content: bytes, text: str = "") -> list[dict[str, Any]]:
        """Drops a file on the page."""
        event = new_event()
        query = {"event": event, "name": name, "text": text}
        return await self._new_after(event, self.client.post("/browser/give", params=query, content=content))

    async def stop(self) -> list[dict[str, Any]]:
        """Presses Stop."""
        event = new_event()
        return await self._new_after(event, self._post("stop", {"event": event}))

    async def until(self, right: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """What is shown once that is right."""
        async with asyncio.timeout(PATIENCE):
            while not right(self.shown):
                await self._changed()
        return self.shown

    async def _new_after(self, event: str, request: Any) -> list[dict[str, Any]]:
        before = {name: _plain(entry) for name, entry in self._entries.items()}
        answer = await request
        assert answer.status_code == 202, answer.text
        async with asyncio.timeout(PATIENCE):
            while event not in self._done:
                await self._changed()
        after = ((name, _plain(entry)) for name, entry in self._entries.items())
        return [entry for name, entry in after if before.get(name) != entry and entry["kind"] != "said"]

    def _post(self, what: str, body: dict[str, Any]) -> Any:
        return self.client.post(f"/browser/{what}", json=body)

    async def _changed(self) -> None:
        await self._news.wait()
        self._news.clear()

    async def listen(self) -> None:
        """Follows the stream, and takes it up where it ended."""
        while True:
            headers = {"last-event-id": self.at} if self.at else {}
            async with self.client.stream("GET", "/browser/stream", headers=headers, timeout=None) as stream:
                assert stream.status_code == 200, stream.status_code
                async for kind, at, body in events_of(stream):
                    self.at = at
                    self._heard(kind, body)
                    self._news.set()

    def _heard(self, kind: str, body: dict[str, Any]) -> None:
        if kind == "start":
            self._entries = {one["name"]: one for one in body["entries"]}
        elif kind in ("show", "change"):
            if kind == "show":
                self._entries.pop(body["name"], None)
            self._entries[body["name"]] = body
        elif kind == "working":
            self._done.add(body["done"])
        elif kind == "step":
            self.steps.append(body["tool"])


async def events_of(stream: httpx.Response) -> AsyncIterator[tuple[str, str, dict[str, Any]]]:
    """Server-sent events: kind, id and what they carry."""
    given: dict[str, str] = {}
    async for line in stream.aiter_lines():
        if not line and given:
            yield given["event"], given["id"], json.loads(given["data"])
            given = {}
        elif line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            given[name] = value


def new_event() -> str:
    """What the page calls something that it does."""
    return secrets.token_hex(16)


def _plain(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": entry["kind"],
        "title": entry.get("title", ""),
        "text": entry["text"],
        "fields": [dict(one) for one in entry.get("fields", [])],
        "buttons": [one["label"] for one in entry.get("buttons", [])],
        "href": entry.get("href", ""),
    }


def _pass_of(markup: str) -> str:
    found = re.search(r'data-pass="([^"]+)"', markup)
    assert found is not None, "the page came without its pass"
    return found[1]


@asynccontextmanager
async def browser_talk(address: str) -> AsyncIterator[BrowserTalk]:
    """A tab that opens the address which Deskhand printed, signs in and listens."""
    place = urlsplit(address)
    origin = f"{place.scheme}://{place.netloc}"
    async with httpx.AsyncClient(base_url=origin, headers={"origin": origin}, timeout=PATIENCE) as client:
        opened = await client.get(f"{place.path}?{place.query}")
        assert opened.status_code == 200, opened.text
        client.params = httpx.QueryParams({"pass": _pass_of(opened.text)})
        talk = BrowserTalk(client)
        listening = asyncio.create_task(talk.listen())
        try:
            async with asyncio.timeout(PATIENCE):
                await talk._changed()
            yield talk
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


class Served:
    """The page of a house, on a port of this machine."""

    def __init__(self, browser: Browser, desk: Desk, delivery: Delivery, port: int) -> None:
        self.browser = browser
        self.desk = desk
        self.delivery = delivery
        self.port = port

    @property
    def address(self) -> str:
        """What lets the next browser in."""
        return self.browser.invitation("127.0.0.1", self.port)

    async def deliver(self) -> None:
        """Carries what jobs left for the page."""
        while await self.delivery.flush():
            pass


@asynccontextmanager
async def served_page(house: House) -> AsyncIterator[Served]:
    """The page of the house's person, as `demo` and `serve` open it. Nothing is delivered but when told to."""
    browser = await open_browser(house.database, house.box.blobs, house.caller)
    delivery = Delivery(house.database, {browser.name: browser}, browser.address)
    desk = Desk(house.assistant, delivery)
    app = Starlette(routes=browser.routes(desk))
    app.add_middleware(SafeHeaders)
    async with serving(app, "127.0.0.1", 0) as port, browser.listening(desk):
        yield Served(browser, desk, delivery, port)
