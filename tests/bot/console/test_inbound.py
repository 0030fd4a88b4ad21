"""Lines at the terminal: answered in order, odd ones in words, and the end of the input ends the talk."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from bot.console.channel import Console
from bot.console.inbound import Talk, existing_file
from bot.delivery import Delivery
from bot.desk import Desk, Visitor
from storage.values.errors import Refused
from tests.fakes.program import House


async def talk(house: House, monkeypatch: pytest.MonkeyPatch, raw: bytes, *, json: bool) -> list[str]:
    """What is written when this is typed."""
    lines: list[str] = []
    console = Console(lines.append, house.box.blobs, house.servers.home / "exports", json=json)
    delivery = Delivery(house.database, {console.name: console}, house.visitor.address)
    desk = Desk(house.assistant, delivery)

    async def give(path: str) -> str:
        return existing_file(path).name

    async def settle() -> None:
        await delivery.flush()

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    visitor = Visitor(console, house.who.external, house.visitor.address)
    await Talk(desk, console, visitor, lines.append, give, settle, json, interactive=False).run()
    return lines


async def test_a_script_is_echoed_and_answered_in_order(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = await talk(house, monkeypatch, b"/inbox\n\n   \nopen 1\nquit\n/help\n", json=False)
    assert [line for line in lines if line.startswith("> ")] == ["> /inbox", "> open 1", "> quit"]
    assert "1. Bo Lind: Kiln" in lines[1]
    assert "Does Thursday suit you?" in lines[3]
    assert lines[-1] == "Goodbye."


async def test_a_program_gets_a_done_for_each_line(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = b'{"text": "/inbox"}\nnonsense\n{"click": "made up"}\n{"text": "\\ud800\\u0000"}\n\xff\xfe\n{"file": "/no/such"}\n'
    plain = [json.loads(line) for line in await talk(house, monkeypatch, raw, json=True)]
    assert [one["type"] for one in plain] == ["reply", "done"] * 6
    assert "cannot be read" in plain[2]["text"]
    assert "do not know that button" in plain[4]["text"]
    assert "There is no file /no/such" in plain[10]["text"]


async def test_numbers_and_edits_press_buttons(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    script = "reply to Bo that Thursday works\nedit: Friday works.\\nAna\n1\n"
    lines = await talk(house, monkeypatch, script.encode(), json=False)
    assert any("│ Friday works.\n│ Ana" in line for line in lines)
    await house.work()
    (mail,) = house.sent()
    assert b"Friday works.\r\nAna" in mail.replace(b"\r\r\n", b"\r\n")


@pytest.mark.parametrize("path", ["", "  ", "/no/such/file.csv", "'missing.csv'", "~nobody/x.csv", "x" * 5_000, "/"])
def test_a_file_that_is_not_there_is_refused_in_words(path: str) -> None:
    with pytest.raises(Refused):
        existing_file(path)


def test_a_file_may_be_named_in_quotes(tmp_path: Path) -> None:
    (tmp_path / "my sales.csv").write_text("x")
    assert existing_file(f" '{tmp_path}/my sales.csv' ").name == "my sales.csv"
