"""The page's door: a key opens once, a cookie belongs to one port, and other hosts and origins are no guests of ours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from bot.browser.door import Door, cookie_name, from_our_page, is_here, named_us


def request(host: str = "127.0.0.1:8000", query: str = "", **headers: str) -> Request:
    """A request as the server hands it over."""
    given = {"host": host, **headers}
    raw = [(name.encode(), value.encode("latin-1", "replace")) for name, value in given.items()]
    return Request(
        {
            "type": "http",
            "method": "POST",
            "scheme": "http",
            "path": "/",
            "query_string": query.encode(),
            "headers": raw,
        }
    )


def test_a_key_opens_once() -> None:
    door = Door()
    key = door.key()
    assert door.key() == key
    session = door.enter(key)
    assert session
    assert door.enter(key) is None
    assert door.key() != key


@pytest.mark.parametrize("wrong", ["", " ", "x", "é", "\udcff"])
def test_a_wrong_key_opens_nothing_and_spends_nothing(wrong: str) -> None:
    door = Door()
    key = door.key()
    assert door.enter(wrong) is None
    assert door.enter(key)


def test_without_a_key_nothing_opens() -> None:
    assert Door().enter("") is None


def test_only_the_cookie_of_a_session_is_known() -> None:
    door = Door()
    session = door.enter(door.key())
    assert session is not None
    assert door.has_seen(request(cookie=f"deskhand-8000={session.cookie}"))
    assert not door.has_seen(request(cookie="deskhand-8000="))
    assert not door.has_seen(request(cookie=f"deskhand-8001={session.cookie}"))
    assert not door.has_seen(request(query=f"pass={session.page_pass}"))


def test_a_cookie_that_another_port_picked_up_is_not_enough() -> None:
    door = Door()
    session, other = door.enter(door.key()), door.enter(door.key())
    assert session is not None
    assert other is not None
    cookie = f"deskhand-8000={session.cookie}"
    assert door.knows(request(query=f"pass={session.page_pass}", cookie=cookie))
    for wrong in ("", "pass=", "pass=wrong", f"pass={other.page_pass}"):
        assert not door.knows(request(query=wrong, cookie=cookie))


def test_the_first_browser_leaves_when_too_many_come() -> None:
    door = Door()
    sessions = [door.enter(door.key()) for _ in range(21)]
    known = [door.has_seen(request(cookie=f"deskhand-8000={one.cookie}")) for one in sessions if one]
    assert known == [False, *[True] * 20]


def test_two_programs_on_one_machine_have_cookies_of_their_own() -> None:
    assert cookie_name(request("localhost:8000")) != cookie_name(request("localhost:8001"))


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.0.0.1:8000", True),
        ("localhost:8000", True),
        ("LOCALHOST", True),
        ("[::1]:8000", True),
        ("::1", False),
        ("0.0.0.0", False),  # noqa: S104
        ("192.168.1.4:8000", False),
        ("evil.example", False),
        ("evil.example:8000", False),
        ("127.0.0.1.evil.example", False),
        ("localhost.evil.example", False),
        ("evil.example@127.0.0.1.nip.example", False),
        ("[::1", False),
        ("", False),
    ],
)
def test_only_loopback_is_here(host: str, *, here: bool) -> None:
    assert is_here(host) is here
    assert named_us(request(host)) is here


@given(st.text())
def test_any_host_gets_an_answer(host: str) -> None:
    assert is_here(host) in (True, False)


@pytest.mark.parametrize(
    ("origin", "ours"),
    [
        ("http://127.0.0.1:8000", True),
        ("", False),
        ("null", False),
        ("http://localhost:8000", False),
        ("http://127.0.0.1:9000", False),
        ("http://127.0.0.1", False),
        ("https://127.0.0.1:8000", False),
        ("http://evil.example", False),
        ("http://127.0.0.1:8000.evil.example", False),
    ],
)
def test_only_our_own_page_may_change_something(origin: str, *, ours: bool) -> None:
    headers = {"origin": origin} if origin else {}
    assert from_our_page(request(**headers)) is ours
