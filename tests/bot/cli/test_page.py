"""The page of the real programs: its address is printed, it answers there, and it ends with them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.acceptance.command import PATIENCE, deskhand, printing
from tests.fakes.browser_driver import browser_talk

MAIL = (
    "From: Carla Reis <carla@law.example>\nTo: Ana Sousa <ana@example.org>\nSubject: Contract\n"
    "Date: Mon, 01 Jun 2026 09:00:00 +0000\nMessage-ID: <1@example.org>\n\nPlease sign page four.\n"
)
Runs = Callable[..., AbstractAsyncContextManager[asyncio.subprocess.Process]]


@pytest.fixture
def runs(tmp_path: Path, admin_url: str, redis_url: str) -> Runs:
    """Starts a command of the program on one home; the run's own servers spare the time of starting others."""

    def start(*words: str, **settings: str) -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
        servers = {"DATABASE_URL": admin_url, "REDIS_URL": redis_url, "PORT": "0"}
        return printing(*words, home=tmp_path / "home", **{**servers, **settings})

    return start


@pytest.fixture
def mails(tmp_path: Path) -> str:
    """A folder of one mail."""
    folder = tmp_path / "mails"
    folder.mkdir()
    (folder / "1.eml").write_text(MAIL)
    return str(folder)


async def _address(process: asyncio.subprocess.Process) -> str:
    """The address that the program prints."""
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        while line := (await process.stdout.readline()).decode():
            if found := re.search(r"http://127\.0\.0\.1:[1-9]\d*/\?key=\S+", line):
                return found[0]
    assert process.stderr is not None
    raise EOFError((await process.stderr.read()).decode())


async def test_the_demo_prints_the_address_of_its_page(runs: Runs, mails: str) -> None:
    async with runs("demo", "--mailbox", mails) as demo, browser_talk(await _address(demo)) as tab:
        [told] = await tab.say("find the contract")
        assert "Carla Reis: Contract" in told["text"]


async def test_the_demo_without_a_terminal_serves_its_page_until_it_is_ended(runs: Runs, mails: str) -> None:
    async with runs("demo", "--web-only", "--mailbox", mails) as demo, browser_talk(await _address(demo)) as tab:
        assert demo.stdin is not None
        demo.stdin.close()
        await tab.say("reply to Carla that I signed it")
        await tab.press("Approve & send")
        await tab.until(lambda shown: shown[-1]["title"] == "Sent")
        demo.terminate()
        async with asyncio.timeout(30):  # an open tab keeps nobody
            assert await demo.wait() == 143


async def test_serve_has_the_page_too_with_the_talk_so_far(runs: Runs, mails: str) -> None:
    async with runs("demo", "--mailbox", mails) as demo, browser_talk(await _address(demo)) as tab:
        await tab.say("find the contract")
    async with runs("serve") as serve, browser_talk(await _address(serve)) as tab:
        assert tab.shown[0]["text"] == "find the contract"
        await tab.say("label 1 Legal")
        serve.terminate()
        async with asyncio.timeout(30):
            assert await serve.wait() == 143


async def test_a_taken_port_is_told_by_serve_and_left_by_the_demo(runs: Runs, mails: str) -> None:
    async with runs("demo", "--mailbox", mails) as demo:
        address = await _address(demo)
        port = str(urlsplit(address).port)
        async with runs("demo", "--mailbox", mails, PORT=port) as other:
            assert urlsplit(await _address(other)).port != urlsplit(address).port
        async with runs("serve", PORT=port) as serve:
            assert await serve.wait() == 1
            assert serve.stderr is not None
            assert "cannot be listened on" in (await serve.stderr.read()).decode()


async def test_the_terminal_for_programs_and_the_page_alone_exclude_each_other(tmp_path: Path) -> None:
    ended = await deskhand("demo", "--web-only", "--json", home=tmp_path / "home")
    assert ended.code == 1
    assert "give one of them" in ended.err
