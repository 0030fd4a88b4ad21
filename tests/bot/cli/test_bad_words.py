"""Whatever is said to a talk that it cannot use: one sentence, the talk goes on, and nothing is changed."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command import Program, talking

MAIL = "From: Bo Lind <bo@example.org>\nTo: Ana <ana@example.org>\nSubject: Lunch\nMessage-ID: <1@example.org>\n\nOn Friday?\n"


@pytest.fixture(scope="module")
async def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Mail to work on, and files that are no tables."""
    folder = tmp_path_factory.mktemp("bad-words")
    (folder / "mail").mkdir()
    (folder / "mail" / "1.eml").write_text(MAIL)
    (folder / "binary.csv").write_bytes(bytes(range(256)) * 8)
    (folder / "page.csv").write_text("<html><body>no</body></html>")
    (folder / "empty.csv").touch()
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n")
    (folder / "folder.csv").mkdir()
    return folder


@pytest.fixture(scope="module")
async def program(folder: Path) -> AsyncIterator[Program]:
    """One talk for all of these tests: none of them changes it."""
    async with talking("demo", "--mailbox", str(folder / "mail"), home=folder / "home") as program:
        yield program


ASKED_FOR = re.compile(r"resume_approval|follow_up|run_analysis|show_approval|auto_reply|export_data")
"""What a person sets going; the timetable and new mail set others going, whatever is said meanwhile."""


def _line(**words: Any) -> str:
    return json.dumps(words)


SHAPE = "That line cannot be read. Write one JSON object a line"

LINES = {
    "words that are no JSON": ("hello", SHAPE),
    "a list": ("[1]", SHAPE),
    "an empty object": ("{}", SHAPE),
    "a number for words": ('{"text": 1}', SHAPE),
    "fields that are a list": ('{"click": "x", "fields": [1]}', SHAPE),
    "lists within lists": ("[" * 200_000, SHAPE),
    "an unknown button": (_line(click="nonsense"), "I do not know that button."),
    "an endless button": (_line(click="x" * 100_000), "I do not know that button."),
    "an unknown command": (_line(text="/nonsense"), "There is no command /nonsense."),
    "nothing": (_line(text="  "), "You said nothing"),
    "a million characters": (_line(text="x" * 1_000_000), "That message is too long (1,000,000 characters"),
    "approving nothing": (_line(text="approve"), "No draft waits for your word here."),
    "a file that is not there": (_line(file="/nowhere/sales.csv"), "There is no file /nowhere/sales.csv"),
    "a file with an endless name": (_line(file="/" + "x" * 5_000), "There is no file /xxx"),
    "a file with a name that cannot be": (_line(file="a\0b"), "There is no file"),
    "no file's name": (_line(file=" "), "Name a file"),
}  # fmt: skip

FILES = {
    "binary.csv": "I could not read binary.csv as a table",
    "page.csv": "I could not read page.csv as a table",
    "empty.csv": "I could not read empty.csv as a table",
    "picture.png": "picture.png is no table that I can read",
    "folder.csv": "There is no file",
}


def _only_reply(heard: list[dict[str, Any]]) -> str:
    """The one thing that was answered."""
    assert [word["type"] for word in heard] == ["reply", "done"]
    return str(heard[0]["text"])


async def _memory(program: Program) -> list[str]:
    """What there is to see: the mails, the drafts, the jobs that a person asked for."""
    inbox, drafts, jobs = [_told(await program.say({"text": command})) for command in ("/inbox", "/approvals", "/jobs")]
    return [inbox, drafts, *(job for job in jobs.splitlines() if ASKED_FOR.search(job))]


def _told(heard: list[dict[str, Any]]) -> str:
    return "\n".join(word["text"] for word in heard if word["type"] == "reply")


@pytest.mark.parametrize("name", LINES)
async def test_a_line_that_cannot_be_used(name: str, program: Program) -> None:
    line, sentence = LINES[name]
    before = await _memory(program)
    assert _only_reply(await program.say(line)).startswith(sentence)
    assert await _memory(program) == before


@pytest.mark.parametrize("name", FILES)
async def test_a_file_that_is_no_table(name: str, program: Program, folder: Path) -> None:
    before = await _memory(program)
    assert FILES[name] in _only_reply(await program.say({"file": str(folder / name)}))
    assert await _memory(program) == before
    assert name not in _told(await program.say({"text": f"analyse {name}"}))


async def test_bytes_that_are_no_text_and_signs_that_no_database_keeps_are_heard(program: Program) -> None:
    for line in ('{"text": "find lunch\\u0000"}', '{"text": "find lunch\\ud800"}', '{"text": "find \\u202elunch"}'):
        heard = await program.say(line)
        assert heard[-1] == {"type": "done"}
        assert "Something went wrong" not in _told(heard)
