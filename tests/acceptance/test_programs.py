"""`--json`: what programs say and hear, in one process and in two on one home."""

from __future__ import annotations

from collections.abc import AsyncIterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command import Program, beside, deskhand, talking

KINDS = {"reply", "card", "update", "file", "progress", "done"}
SALES = "month,region,revenue\n" + "".join(f"2025-{month:02},North,{100 + 7 * month}\n" for month in range(1, 13))


def _mail(number: int, sender: str, subject: str, body: str) -> str:
    return (
        f"From: {sender}\nTo: Ana Sousa <ana@example.org>\nSubject: {subject}\nDate: Mon, {number:02} Jun 2026 09:00:00 +0000\n"
        f"Message-ID: <{number}@example.org>\n\n{body}\n"
    )


@pytest.fixture
async def mails(tmp_path: Path) -> Path:
    """A small folder of mail."""
    folder = tmp_path / "mails"
    folder.mkdir()
    (folder / "1.eml").write_text(
        _mail(1, "Bo Lind <bo@kilns.example>", "Kiln parts", "Could you tell me when you need them?")
    )
    (folder / "2.eml").write_text(_mail(2, "Carla Reis <carla@law.example>", "Contract", "Please sign page four."))
    return folder


@pytest.fixture
async def demo(mails: Path, tmp_path: Path, admin_url: str, redis_url: str) -> AsyncIterator[Program]:
    """Everything in one program, on that folder; the run's own servers spare the time of starting others."""
    servers = {"DATABASE_URL": admin_url, "REDIS_URL": redis_url}
    async with talking("demo", "--mailbox", str(mails), home=tmp_path / "home", **servers) as program:
        yield program


def _first(heard: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    return next(word for word in heard if word["type"] == kind)


def _token(card: dict[str, Any], label: str) -> str:
    return str(next(button["token"] for button in card["buttons"] if button["label"] == label))


def _bytes(path: str) -> bytes:
    return Path(path).read_bytes()


def _outgoing(home: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(home.glob("mail/*/outgoing/**/*")) if path.is_file()]


async def test_a_card_is_edited_and_sent_by_its_tokens(demo: Program, tmp_path: Path) -> None:
    heard = await demo.say({"text": "reply to Bo that Friday is fine"})
    assert _first(heard, "progress")["tool"] == "draft_reply"
    assert _first(heard, "progress")["arguments"]["message"]
    card = _first(heard, "card")
    assert {"id", "title", "text", "fields", "buttons"} <= card.keys()
    assert {"label": "To", "value": "bo@kilns.example"} in [
        {**one, "value": one["value"].split()[0]} for one in card["fields"]
    ]

    edited = await demo.say(
        {"click": _token(card, "Edit"), "fields": {"body": "Dear Bo,\n\nby Thursday, please.\n\nAna"}}
    )
    assert _first(edited, "update")["id"] == card["id"]
    fresh = _first(edited, "card")
    assert fresh["text"].strip() == "Dear Bo,\n\nby Thursday, please.\n\nAna"
    assert _outgoing(tmp_path / "home") == []

    stale = await demo.say({"click": _token(card, "Approve & send")})
    assert "replaced already" in _first(stale, "reply")["text"]
    approved = await demo.say({"click": _token(fresh, "Approve & send")})
    assert _first(approved, "update")["title"].startswith("Approved by")
    sent = (await demo.until("update", title="Sent"))[-1]
    assert sent["id"] == fresh["id"]
    [letter] = map(message_from_bytes, _outgoing(tmp_path / "home"))
    assert (letter["To"], letter["In-Reply-To"]) == ("Bo Lind <bo@kilns.example>", "<1@example.org>")
    assert "by Thursday, please." in letter.get_payload(decode=True).decode()


async def test_a_press_that_is_repeated_is_told_and_does_nothing(demo: Program, tmp_path: Path) -> None:
    card = _first(await demo.say({"text": "reply to Carla that I signed it"}), "card")
    await demo.say({"click": _token(card, "Reject")})
    again = await demo.say({"click": _token(card, "Approve & send")})
    assert "rejected already" in _first(again, "reply")["text"]
    assert await demo.leave() == 0
    assert _outgoing(tmp_path / "home") == []


async def test_a_file_is_taken_in_and_its_chart_comes_back(demo: Program, tmp_path: Path) -> None:
    table = tmp_path / "figures.csv"
    table.write_text(SALES)
    heard = await demo.say({"file": str(table), "text": "show revenue by month as a chart"})
    assert _first(heard, "progress")["tool"] == "run_analysis"
    chart = (await demo.until("file"))[-1]
    assert chart["media_type"] == "image/png"
    assert _bytes(chart["path"]).startswith(b"\x89PNG")
    assert "revenue" in chart["text"]


async def test_every_line_is_one_of_the_kinds_and_every_request_is_closed_once(demo: Program) -> None:
    heard = [
        word for text in ("help", "find kiln parts", "label 1 Parts", "undo") for word in await demo.say({"text": text})
    ]
    assert {word["type"] for word in heard} <= KINDS
    assert [word["type"] for word in heard].count("done") == 4
    assert [word["tool"] for word in heard if word["type"] == "progress"] == ["search_inbox", "label_email"]


async def test_two_programs_share_one_home(mails: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert (await deskhand("demo", "--mailbox", str(mails), home=home)).code == 0
    async with beside("work", home=home), talking("chat", home=home) as chat:
        card = _first(await chat.say({"text": "reply to Bo that Friday is fine"}), "card")
        await chat.say({"click": _token(card, "Approve & send")})
        await chat.until("update", title="Sent")
        assert await chat.leave() == 0
    assert len(_outgoing(home)) == 1


async def test_one_message_and_its_answer(mails: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert (await deskhand("demo", "--mailbox", str(mails), home=home)).code == 0
    told = await deskhand("chat", "--once", "find the contract", home=home)
    assert (told.code, told.err) == (0, "")
    assert "Carla Reis: Contract" in told.out
    assert (await deskhand("chat", "--as", "Ana", "--once", "hello", home=home)).code == 0
