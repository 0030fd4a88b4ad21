"""`deskhand triage`: sorts exported mail of every shape and touches none of it."""

from __future__ import annotations

import json
import mailbox
from datetime import date
from pathlib import Path

import pytest

from bot.cli.triage import command
from bot.sample import facts, install
from storage.values.errors import Refused

ME = "ana@harbour-books.example"


def mail(sender: str, subject: str, body: str, to: str = ME, **more: str) -> bytes:
    fields = {"From": sender, "To": to, "Subject": subject, "Message-ID": f"<{subject.replace(' ', '-')}@x.example>"}
    fields |= {name.replace("_", "-"): value for name, value in more.items()}
    return ("\n".join(f"{name}: {value}" for name, value in fields.items()) + f"\n\n{body}\n").encode()


QUESTION = mail(
    "Rui <rui@kelp.example>", "Shelves", "Can you send me the drawing of the shelves by Friday?", Message_ID="<q@x>"
)
ANSWER = mail(f"Ana <{ME}>", "Re: Shelves", "Here it is.", to="rui@kelp.example", In_Reply_To="<q@x>")
BOUNCE = mail("MAILER-DAEMON@kelp.example", "Undeliverable: Shelves", "No such user.", Return_Path="<>")
LETTER = mail(
    "News <newsletter@shop.example>", "Our week", "Five stories. Unsubscribe.", List_Unsubscribe="<https://x.example>"
)
MAILS = {"bounce": BOUNCE, "letter": LETTER, "question": QUESTION}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, raw in MAILS.items():
        (tmp_path / f"{name}.eml").write_bytes(raw)
    return tmp_path


def sorted_(path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, dict]:
    command(path, json=True)
    return {one["id"]: one for one in map(json.loads, capsys.readouterr().out.splitlines())}


def test_a_folder_of_eml_files_gives_one_object_a_mail(folder, capsys):
    told = sorted_(folder, capsys)
    assert {name: one["category"] for name, one in told.items()} == {
        "bounce": "notification",
        "letter": "newsletter",
        "question": "work",
    }
    assert [name for name, one in told.items() if one["needs_me"]] == ["question"]
    assert set(told["question"]) == {"id", "category", "confidence", "needs_me", "reasons"}


def test_a_maildir_and_an_mbox_are_read_as_well(tmp_path, capsys):
    box, single = mailbox.Maildir(tmp_path / "box"), mailbox.mbox(tmp_path / "old.mbox")
    for raw in MAILS.values():
        box.add(raw)
        single.add(raw)
    single.close()
    assert len(sorted_(tmp_path / "box", capsys)) == 3
    assert list(sorted_(tmp_path / "old.mbox", capsys)) == ["old-1", "old-2", "old-3"]


def test_nothing_is_touched(folder, capsys):
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    sorted_(folder, capsys)
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()} == before


def test_what_the_owner_has_answered_does_not_wait(folder, capsys):
    (folder / "answer.eml").write_bytes(ANSWER)
    told = sorted_(folder, capsys)
    assert not told["question"]["needs_me"]
    assert told["question"]["reasons"][-1] == "you have answered it"
    assert not told["answer"]["needs_me"]


def test_a_person_gets_a_table_and_no_markup_of_a_stranger(folder, capsys):
    (folder / "sly.eml").write_bytes(mail("Sly <sly@kelp.example>", "[red]hi \x1b[2J\u202e", "Hello."))
    command(folder)
    shown = capsys.readouterr().out
    assert "needs you" in shown
    assert "[red]hi" in shown
    assert not {"\x1b", "\u202e"} & set(shown)


@pytest.mark.parametrize("make", [lambda path: path / "gone", lambda path: path, lambda path: path / "note.txt"])
def test_where_there_is_no_mail_it_says_so(tmp_path, make):
    path = make(tmp_path)
    if path.suffix:
        path.write_text("no mail at all")
    with pytest.raises(Refused):
        command(path, json=True)


def test_a_folder_without_any_mail_in_it_is_refused(tmp_path):
    (tmp_path / "note.txt").write_text("no mail")
    with pytest.raises(Refused, match="no mail"):
        command(tmp_path)


def test_the_sample_mailbox_is_sorted_as_a_careful_person_would(tmp_path, capsys):
    install(tmp_path / "sample", date(2026, 3, 20))
    told, true = sorted_(tmp_path / "sample", capsys), {Path(name).stem: fact for name, fact in facts().items()}
    right = [told[name]["category"] == fact.category for name, fact in true.items()]
    found = [told[name]["needs_me"] for name, fact in true.items() if fact.needs_me]
    wrongly = [name for name, fact in true.items() if told[name]["needs_me"] and not fact.needs_me]
    assert sum(right) / len(right) >= 0.85
    assert sum(found) / len(found) >= 0.9
    assert len(wrongly) <= 3
