"""A real browser for the page: Debian's Chromium without a window, that reaches nothing but this machine."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Locator, Page, Request, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
LOOPBACK = {"127.0.0.1", "localhost"}


@dataclass
class Window:
    """A tab, and what went wrong in it."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    hears: Any = None

    def watch(self) -> None:
        """Writes down what the console says and whatever leaves this machine."""
        self.hears = lambda said: self._said(said.type, said.text)
        self.page.on("console", self.hears)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._requested)

    def _said(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def _requested(self, request: Request) -> None:
        if urlsplit(request.url).hostname not in LOOPBACK:
            self.elsewhere.append(request.url)

    @property
    def words(self) -> Locator:
        """The message field."""
        return self.page.get_by_label("Message to Deskhand")

    async def say(self, text: str) -> None:
        """Types words and sends them with Enter."""
        await self.words.fill(text)
        await self.words.press("Enter")
        await self.settled()

    def card(self, title: str) -> Locator:
        """A card by its title."""
        return self.page.get_by_role("article", name=f"Card: {title}")

    def button(self, name: str) -> Locator:
        """The last button of this name."""
        return self.page.get_by_role("button", name=name, exact=True).last

    async def sees(self, text: str) -> None:
        """Waits until the talk shows this."""
        await self.page.get_by_role("log").get_by_text(text).last.wait_for()

    async def settled(self) -> None:
        """Waits until nothing is under way."""
        await self.page.locator("body[aria-busy=false]").wait_for()


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser of this run."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("NO BROWSER IS INSTALLED, so the page is not tested in one; install Debian's `chromium` for that")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=found,
            args=["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        await browser.close()


@asynccontextmanager
async def _window(browser: Browser, address: str, **manner: Any) -> AsyncIterator[Window]:
    context = await browser.new_context(reduced_motion="reduce", **manner)
    context.set_default_timeout(30_000)
    window = Window(await context.new_page())
    window.watch()
    await window.page.goto(address)
    try:
        yield window
        assert window.complaints == []
        assert window.elsewhere == [], "the page asked for something beyond this machine"
    finally:
        await context.close()


@pytest.fixture
def window(chromium: Browser) -> Any:
    """Opens a tab at an address: `async with window(address, viewport=…) as tab`. Another call is another browser."""

    def opens(address: str, **manner: Any) -> Any:
        return _window(chromium, address, **manner)

    return opens
