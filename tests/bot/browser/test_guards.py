"""Whoever is not the person at this machine, or not our own page, is refused in words, and nothing happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from agent.chat import File
from bot.browser import inbound
from bot.tables import LARGEST
from tests.fakes.browser_driver import BrowserTalk, Served, browser_talk, new_event, served_page
from tests.fakes.program import House

READS = [
    "/browser/stream",
    "/browser/overview",
    "/browser/commands",
    "/browser/files/01a20000-0000-7000-8000-000000000000",
]
SOON = 20.0
"""Seconds for a refusal; who was let in by mistake would read a stream without end."""

CHANGES = ["/browser/say", "/browser/press", "/browser/stop", "/browser/give"]


@pytest.fixture
async def page(house: House) -> AsyncIterator[Served]:
    """The page of a house."""
    async with served_page(house) as page:
        yield page


@pytest.fixture
async def tab(page: Served) -> AsyncIterator[BrowserTalk]:
    """A tab that is signed in."""
    async with browser_talk(page.address) as tab:
        yield tab


@pytest.fixture
async def stranger(page: Served) -> AsyncIterator[httpx.AsyncClient]:
    """Something else on this machine, without the cookie."""
    origin = f"http://127.0.0.1:{page.port}"
    async with httpx.AsyncClient(base_url=origin, headers={"origin": origin}) as client:
        yield client


@pytest.mark.parametrize("query", ["", "?key=", "?key=wrong", "?key=wrong&key=too"])
async def test_without_the_key_the_page_says_how_to_get_in_and_nothing_else(
    stranger: httpx.AsyncClient, query: str
) -> None:
    answer = await stranger.get(f"/{query}")
    assert answer.status_code == 401
    assert "?key=" in answer.text
    assert "set-cookie" not in answer.headers
    assert "<" not in answer.text


async def test_a_key_that_was_used_lets_nobody_else_in(page: Served, stranger: httpx.AsyncClient) -> None:
    address = page.address
    async with browser_talk(address):
        assert (await stranger.get(address)).status_code == 401


async def test_the_one_who_is_in_may_open_the_used_address_again(page: Served) -> None:
    address = page.address
    async with browser_talk(address) as tab:
        assert (await tab.client.get(address)).status_code == 200
        assert page.address != address


async def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(
    page: Served, stranger: httpx.AsyncClient
) -> None:
    cookie = (await stranger.get(page.address)).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "domain" not in cookie


@pytest.mark.parametrize("path", READS)
async def test_nothing_is_read_without_the_cookie(stranger: httpx.AsyncClient, path: str) -> None:
    async with asyncio.timeout(SOON):
        answer = await stranger.get(path)
    assert answer.status_code == 401
    assert "not signed in" in answer.json()["error"]


@pytest.mark.parametrize("path", CHANGES)
async def test_nothing_is_done_without_the_cookie(house: House, stranger: httpx.AsyncClient, path: str) -> None:
    answer = await stranger.post(path, json={"event": new_event(), "text": "label 1 Stolen"})
    assert answer.status_code == 401
    assert await house.one("SELECT count(*) FROM events") == 0


@pytest.mark.parametrize("path", [*READS, *CHANGES])
async def test_the_cookie_alone_which_other_ports_get_too_is_not_enough(
    house: House, tab: BrowserTalk, path: str
) -> None:
    tab.client.params = httpx.QueryParams()
    body = {"event": new_event(), "text": "label 1 Stolen"}
    async with asyncio.timeout(SOON):
        answer = await (tab.client.get(path) if path in READS else tab.client.post(path, json=body))
    assert answer.status_code == 401
    assert 'data-pass=""' in (await tab.client.get("/")).text
    assert await house.one("SELECT count(*) FROM events") == 0


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", "192.168.0.7", ""])
@pytest.mark.parametrize("path", ["/", "/browser/parts/main.js", *READS])
async def test_another_name_that_points_here_is_refused(tab: BrowserTalk, host: str, path: str) -> None:
    answer = await tab.client.get(path, headers={"host": host})
    assert answer.status_code in (400, 403)  # the server itself refuses no host at all
    assert "deskhand-" not in answer.text


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "", "http://127.0.0.1:1", "https://127.0.0.1"])
@pytest.mark.parametrize("path", CHANGES)
async def test_another_page_of_the_same_browser_changes_nothing(
    house: House, tab: BrowserTalk, origin: str, path: str
) -> None:
    body = {"event": new_event(), "text": "label 1 Stolen", "token": "x"}
    answer = await tab.client.post(path, params=body, json=body, headers={"origin": origin})
    assert answer.status_code == 403
    assert await house.one("SELECT count(*) FROM events") == 0


async def test_a_page_elsewhere_sends_no_origin_and_changes_nothing(page: Served, house: House) -> None:
    async with browser_talk(page.address) as tab:
        del tab.client.headers["origin"]
        assert (await tab.client.post("/browser/say", json={"event": new_event(), "text": "hi"})).status_code == 403


@pytest.mark.parametrize("path", CHANGES)
async def test_what_changes_something_cannot_be_a_link(tab: BrowserTalk, path: str) -> None:
    assert (await tab.client.get(path)).status_code == 405


async def test_too_much_is_refused_before_it_is_read(tab: BrowserTalk) -> None:
    answer = await tab.client.post("/browser/say", content=b"x" * (inbound.LARGEST_REQUEST + 1))
    assert answer.status_code == 413
    assert "too large" in answer.json()["error"]


async def test_a_length_that_lies_is_found_out(tab: BrowserTalk) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * inbound.LARGEST_REQUEST

    answer = await tab.client.post("/browser/say", content=endless())
    assert answer.status_code == 413


async def test_a_file_that_declares_too_much_is_refused_unread(page: Served, tab: BrowserTalk) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", page.port)
    here = f"127.0.0.1:{page.port}"
    cookies = "; ".join(f"{name}={value}" for name, value in tab.client.cookies.items())
    signed = tab.client.params["pass"]
    head = f"POST /browser/give?event={new_event()}&name=big.csv&pass={signed} HTTP/1.1\r\nHost: {here}\r\nOrigin: http://{here}\r\n"
    writer.write(f"{head}Cookie: {cookies}\r\nContent-Length: {LARGEST + 1}\r\n\r\n".encode())
    async with asyncio.timeout(20):
        assert b" 413 " in await reader.readline()
    writer.close()


async def test_only_files_that_the_talk_shows_are_handed_out(house: House, page: Served, tab: BrowserTalk) -> None:
    secret, shown = uuid4(), uuid4()
    await house.box.blobs.put(secret, b"somebody else's")
    await house.box.blobs.put(shown, b"<h1>report</h1><script>alert(1)</script>")
    await page.browser.send(page.browser.address, File("r.html", "text/html", str(shown), "A report"))
    assert (await tab.client.get(f"/browser/files/{secret}")).status_code == 404
    assert (await tab.client.get("/browser/files/..%2f..%2fencryption.key")).status_code == 404
    report = await tab.client.get(f"/browser/files/{shown}")
    assert report.content.startswith(b"<h1>report")
    assert "sandbox" in report.headers["content-security-policy"]
    assert "script-src" not in report.headers["content-security-policy"]
    assert "default-src 'none'" in report.headers["content-security-policy"]


async def test_what_is_no_picture_and_no_report_is_saved_and_never_opened(house: House, page: Served) -> None:
    blob = uuid4()
    await house.box.blobs.put(blob, b"<svg onload='alert(1)'/>")
    async with browser_talk(page.address) as tab:
        await page.browser.send(page.browser.address, File('a"\r\n;b.svg', "image/svg+xml", str(blob), "A drawing"))
        answer = await tab.client.get(f"/browser/files/{blob}")
    assert answer.headers["content-disposition"] == "attachment; filename*=utf-8''a%22%0D%0A%3Bb.svg"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ["../channel.py", "..%2fchannel.py", "index.html", "nothing.js", ".css", "%00.js"])
async def test_only_the_pages_own_parts_are_parts(tab: BrowserTalk, name: str) -> None:
    assert (await tab.client.get(f"/browser/parts/{name}")).status_code == 404


async def test_the_page_may_run_its_own_parts_only(tab: BrowserTalk) -> None:
    [policy] = (await tab.client.get("/")).headers.get_list("content-security-policy")
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy


async def test_whatever_has_no_policy_of_its_own_may_do_nothing(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.get("/browser/overview")
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["cache-control"] == "no-store"


async def test_the_page_is_one_file_of_markup_with_nothing_inline(tab: BrowserTalk) -> None:
    markup = (await tab.client.get("/")).text
    assert "<style" not in markup
    assert "style=" not in markup
    assert "onclick" not in markup
    assert markup.count("<script") == 1
    assert "http://" not in markup
    assert "https://" not in markup
