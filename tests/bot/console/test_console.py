"""The terminal: what is typed presses the right button or none, and every word can be read there."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.chat import Button, Card, Click, Field, File, Input, Message, Progress, Reply
from bot.console import render
from bot.console.channel import Console
from storage.blobs import FolderBlobs
from storage.values.ids import new_id
from tests.fakes.openai import Thinking, call

CARD = Card(
    "card-1",
    "Send this reply?",
    "Hello Bo,\n\nThursday works.",
    (Field("To", "bo@kiln.example"), Field("Changed", "-No.\n+Yes.")),
    (Button("Approve & send", "token-1"), Button("Edit", "token-2"), Button("Reject", "token-3")),
    (Input("body", "The mail's text", "Hello"),),
)


@dataclass
class Screen:
    """A terminal whose lines a test reads."""

    console: Console
    blobs: FolderBlobs
    lines: list[str] = field(default_factory=list)


@pytest.fixture(params=[False, True], ids=["person", "program"])
def screen(request: pytest.FixtureRequest, tmp_path: Path) -> Screen:
    return _screen(tmp_path, json=request.param)


@pytest.fixture
def terminal(tmp_path: Path) -> Screen:
    return _screen(tmp_path, json=False)


def _screen(folder: Path, *, json: bool) -> Screen:
    lines: list[str] = []
    blobs = FolderBlobs(folder / "blobs")
    return Screen(Console(lines.append, blobs, folder / "exports", json=json), blobs, lines)


async def test_every_word_is_written_in_one_piece(screen: Screen) -> None:
    name = new_id()
    await screen.blobs.put(name, b"content")
    for word in (Reply("Hello."), CARD, File("report.html", "text/html", str(name), "A chart.")):
        await screen.console.send("there", word)
    await screen.console.edit("there", CARD.id, CARD)
    assert len(screen.lines) == 4


def test_a_card_looks_like_this() -> None:
    assert render.card(CARD) == (
        "│ Send this reply?\n│\n│ To:      bo@kiln.example\n│ Changed: -No.\n│          +Yes.\n│\n│ Hello Bo,\n│\n"
        "│ Thursday works.\n│\n│ [1] Approve & send   [2] Edit   [3] Reject"
    )


@given(st.text(), st.text(), st.text(), st.text())
def test_every_line_of_a_card_stands_behind_the_rule(title: str, label: str, value: str, text: str) -> None:
    """Nothing on a card can pretend to be an answer of ours or another card."""
    card = Card("x", title.replace("\n", " "), text, (Field(label.replace("\n", " "), value),), CARD.buttons)
    assert all(line.startswith("│") for line in render.card(card).split("\n"))


@given(st.lists(st.text(alphabet="abcdefg ", min_size=1, max_size=300), max_size=4))
def test_no_word_of_a_text_is_lost_on_a_card(lines: list[str]) -> None:
    shown = render.card(replace(CARD, text="\n".join(lines), fields=(), buttons=()))
    assert "".join(shown.split("\n", 2)[2].replace("│", "").split()) == "".join("".join(lines).split())


@pytest.mark.parametrize(("typed", "token"), [("1", "token-1"), (" 3 ", "token-3"), ("２", "token-2")])
async def test_a_number_presses_the_button_of_the_last_card(terminal: Screen, typed: str, token: str) -> None:
    await terminal.console.send("there", replace(CARD, id="older", buttons=(Button("Other", "other"),)))
    await terminal.console.send("there", CARD)
    assert terminal.console.understand(typed) == Click(token)


@pytest.mark.parametrize("typed", ["0", "4", "-1", "1.", "1 2", "one", "²", "①", "1e0", ""])
async def test_what_is_no_number_of_a_button_is_words(terminal: Screen, typed: str) -> None:
    await terminal.console.send("there", CARD)
    assert terminal.console.understand(typed) == Message(typed)


async def test_without_a_card_a_number_is_words(terminal: Screen) -> None:
    assert terminal.console.understand("1") == Message("1")
    assert terminal.console.understand("edit: x") == Message("edit: x")


async def test_after_a_newer_list_a_number_means_the_list(terminal: Screen) -> None:
    await terminal.console.send("there", CARD)
    await terminal.console.send("there", Reply("2 mails:\n1. Bo: Kiln\n2. Sam: Dinner"))
    assert terminal.console.understand("1") == Message("1")
    await terminal.console.send("there", CARD)
    assert terminal.console.understand("1") == Click("token-1")


async def test_other_words_between_leave_the_card_in_place(terminal: Screen) -> None:
    await terminal.console.send("there", CARD)
    await terminal.console.send("there", Reply("It was 1. May."))
    assert terminal.console.understand("1") == Click("token-1")


async def test_a_card_that_was_settled_has_no_numbers_any_more(terminal: Screen) -> None:
    await terminal.console.send("there", CARD)
    await terminal.console.edit("there", "another", replace(CARD, id="another", buttons=()))
    assert terminal.console.understand("1") == Click("token-1")
    await terminal.console.edit("there", CARD.id, replace(CARD, buttons=()))
    assert terminal.console.understand("1") == Message("1")


async def test_edit_takes_the_new_text_with_its_lines(terminal: Screen) -> None:
    await terminal.console.send("there", CARD)
    assert terminal.console.understand("Edit: Hello,\\n\\nFriday.") == Click("token-2", {"body": "Hello,\n\nFriday."})
    await terminal.console.send("there", replace(CARD, buttons=CARD.buttons[:1]))
    assert terminal.console.understand("edit: x") == Message("edit: x")


async def test_people_do_not_see_the_steps_and_programs_do(screen: Screen) -> None:
    await screen.console.progress("there", Progress("search_inbox", {"query": "kiln"}))
    assert [json.loads(line) for line in screen.lines] in (
        [],
        [{"type": "progress", "tool": "search_inbox", "arguments": {"query": "kiln"}}],
    )


@pytest.mark.parametrize("name", ["report.html", "../../evil.sh", "/etc/passwd", "a/b.csv"])
async def test_a_file_is_exported_into_its_folder_only(terminal: Screen, tmp_path: Path, name: str) -> None:
    blob = new_id()
    await terminal.blobs.put(blob, b"content")
    await terminal.console.send("there", File(name, "text/plain", str(blob), "A file."))
    (path,) = (tmp_path / "exports").iterdir()
    assert (path.name, path.read_bytes()) == (Path(name).name, b"content")
    assert str(path) in terminal.lines[0]


async def test_an_exported_file_overwrites_none(terminal: Screen, tmp_path: Path) -> None:
    for content in (b"one", b"two", b"one"):
        blob = new_id()
        await terminal.blobs.put(blob, content)
        await terminal.console.send("there", File("r.csv", "text/csv", str(blob), "A file."))
    found = {path.name: path.read_bytes() for path in (tmp_path / "exports").iterdir()}
    assert found == {"r.csv": b"one", "r-2.csv": b"two"}


async def test_the_number_of_a_mail_does_not_send_the_draft_above(thinking: Thinking, terminal: Screen) -> None:
    """A card, then a list: "1" opens the first mail."""
    draft = call("draft_reply", email="Bo", message="Yes.")
    for word in await thinking.say("tell Bo yes", draft, "Yes, Bo.", "Here."):
        await terminal.console.send("there", word)
    for word in await thinking.house.say("/inbox"):
        await terminal.console.send("there", word)
    assert terminal.console.understand("1") == Message("1")
