"""Exported mail: the original is never touched, and whatever lies there is taken in once."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from storage.values.errors import Refused, Unavailable
from tools.mail.mailbox import LARGEST, Arrival, Credentials
from tools.mail.maildir import FilesMailbox, open_files


@dataclass
class Place:
    """A folder with an original in it."""

    folder: Path
    told: list[Arrival] = field(default_factory=list)
    cursor: str | None = None

    @property
    def original(self) -> Path:
        return self.folder / "original"

    async def open(self, original: Path | None = None) -> FilesMailbox:
        paths = {"path": original or self.original, "copy": self.folder / "copy", "outgoing": self.folder / "outgoing"}
        return await open_files(Credentials("", {name: str(path) for name, path in paths.items()}))

    async def sync(self, mailbox: FilesMailbox) -> list[Arrival]:
        new = []
        async for batch in mailbox.changes(self.cursor):
            new += batch.arrivals
            self.cursor = batch.cursor
        return new


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "original").mkdir()
    return Place(tmp_path)


def mail(number: int) -> bytes:
    return f"Message-ID: <{number}@x>\nSubject: {number}\n\nhello\n".encode()


def put(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def fingerprint(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Everything about the files of a folder that a program could change."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(f): (hashlib.sha256(f.read_bytes()).hexdigest(), f.stat().st_mtime_ns, f.stat().st_mode) for f in files}


async def test_the_original_stays_as_it_is_whatever_is_done(place: Place):
    put(place.original / "a.eml", mail(1))
    before = fingerprint(place.original)
    mailbox = await place.open()
    (arrival,) = await place.sync(mailbox)
    await mailbox.add_label(arrival.key, "x")
    await mailbox.set_unread(arrival.key, False)
    await mailbox.move(arrival.key, "Archive")
    await mailbox.send(mail(2), "a@b", ["c@d"])
    await mailbox.delete_draft(await mailbox.save_draft(mail(3)))
    assert fingerprint(place.original) == before


async def test_a_mail_exported_again_under_another_name_is_no_new_mail(place: Place):
    put(place.original / "a.eml", mail(1))
    mailbox = await place.open()
    assert len(await place.sync(mailbox)) == 1
    (place.original / "a.eml").rename(place.original / "b.eml")
    put(place.original / "c.eml", mail(2))
    assert [arrival.raw for arrival in await place.sync(mailbox)] == [mail(2)]


async def test_an_mbox_that_grows_tells_only_what_is_new(place: Place):
    envelope = b"From ben@x Mon Jan  5 10:11:12 2026\n"
    box = put(place.folder / "box", envelope + mail(1) + b"\n" + envelope + mail(2) + b"\n")
    mailbox = await place.open(box)
    assert [arrival.raw for arrival in await place.sync(mailbox)] == [mail(1), mail(2)]
    box.write_bytes(box.read_bytes() + envelope + mail(3))
    assert [arrival.raw for arrival in await place.sync(mailbox)] == [mail(3)]


async def test_a_maildir_says_what_was_read_and_where_it_lies(place: Place):
    put(place.original / "cur" / "1:2,S", mail(1))
    put(place.original / "new" / "2", mail(2))
    put(place.original / ".Gesendet" / "cur" / "3:2,S", mail(3))
    put(place.original / ".Work.2026" / "cur" / "4:2,", mail(4))
    told = await place.sync(await place.open())
    assert {(a.raw, a.folder, a.unread) for a in told} == {
        (mail(1), "INBOX", False), (mail(2), "INBOX", True), (mail(3), "Sent", False), (mail(4), "Work/2026", True)
    }  # fmt: skip


async def test_what_was_thrown_away_stays_away(place: Place):
    put(place.original / "cur" / "1:2,ST", mail(1))
    put(place.original / ".Papierkorb" / "cur" / "2:2,S", mail(2))
    put(place.original / ".Junk" / "new" / "3", mail(3))
    put(place.original / "new" / "4", mail(4))
    assert [arrival.raw for arrival in await place.sync(await place.open())] == [mail(4)]


async def test_an_mbox_tells_what_was_read_by_its_status(place: Place):
    envelope = b"From ben@x Mon Jan  5 10:11:12 2026\n"
    box = put(place.folder / "box", envelope + b"Status: RO\n" + mail(1) + b"\n" + envelope + b"Status: O\n" + mail(2))
    assert [arrival.unread for arrival in await place.sync(await place.open(box))] == [False, True]


async def test_links_and_devices_are_passed_over(place: Place):
    put(place.original / "a.eml", mail(1))
    secret = put(place.folder / "secret", b"Subject: secret\n\n")
    (place.original / "b.eml").symlink_to(secret)
    (place.original / "loop").symlink_to(place.original)
    os.mkfifo(place.original / "c.eml")
    assert [arrival.raw for arrival in await place.sync(await place.open())] == [mail(1)]


async def test_of_a_giant_only_the_beginning_is_told_and_all_can_be_read(place: Place):
    giant = mail(1) + b"x" * LARGEST
    put(place.original / "a.eml", giant)
    mailbox = await place.open()
    (arrival,) = await place.sync(mailbox)
    assert arrival.raw == giant[:LARGEST]
    assert await mailbox.fetch(arrival.key) == giant


async def test_a_file_that_cannot_be_read_now_is_taken_in_later(place: Place, monkeypatch: pytest.MonkeyPatch):
    put(place.original / "a.eml", mail(1))
    away = put(place.original / "b.eml", mail(2))
    refuse = lambda path, flags, opened=os.open: opened(path, flags) if path != away else _no(path)  # noqa: E731
    monkeypatch.setattr("tools.mail.exported.os.open", refuse)
    mailbox = await place.open()
    assert [arrival.raw for arrival in await place.sync(mailbox)] == [mail(1)]
    monkeypatch.undo()
    assert [arrival.raw for arrival in await place.sync(mailbox)] == [mail(2)]


def _no(path: Path) -> int:
    raise PermissionError(path)


async def test_a_disk_that_is_not_mounted_empties_no_mailbox(place: Place):
    only = put(place.original / "a.eml", mail(1))
    mailbox = await place.open()
    (arrival,) = await place.sync(mailbox)
    only.unlink()
    with pytest.raises(Unavailable):
        await place.sync(mailbox)
    assert await mailbox.fetch(arrival.key) == mail(1)


async def test_what_is_gone_from_the_original_is_gone_from_the_copy(place: Place):
    away = put(place.original / "a.eml", mail(1))
    put(place.original / "b.eml", mail(2))
    mailbox = await place.open()
    await place.sync(mailbox)
    away.unlink()
    await place.sync(mailbox)
    kept = b"".join(path.read_bytes() for path in (place.folder / "copy").rglob("*") if path.is_file())
    assert b"<1@x>" not in kept
    assert b"<2@x>" in kept


async def test_a_mail_that_comes_back_is_told_again(place: Place):
    away = put(place.original / "a.eml", mail(1))
    put(place.original / "b.eml", mail(2))
    mailbox = await place.open()
    await place.sync(mailbox)
    away.unlink()
    await place.sync(mailbox)
    put(away, mail(1))
    assert [arrival.raw for arrival in await place.sync(mailbox)] == [mail(1)]


async def test_a_copy_inside_the_original_is_refused(place: Place):
    put(place.original / "a.eml", mail(1))
    settings = {"path": str(place.original), "copy": str(place.original / "copy"), "outgoing": str(place.folder / "o")}
    with pytest.raises(Refused):
        await open_files(Credentials("", settings))
    assert not (place.original / "copy").exists()


async def test_the_same_mail_handed_over_twice_goes_out_once(place: Place):
    put(place.original / "a.eml", mail(1))
    mailbox = await place.open()
    for _ in range(2):
        await mailbox.send(mail(2), "a@b", ["c@d"])
    assert [path.read_bytes() for path in (place.folder / "outgoing").iterdir()] == [mail(2)]


async def test_another_mail_under_a_used_message_id_is_refused(place: Place):
    put(place.original / "a.eml", mail(1))
    mailbox = await place.open()
    await mailbox.send(mail(2), "a@b", ["c@d"])
    with pytest.raises(Refused):
        await mailbox.send(mail(2) + b"more", "a@b", ["c@d"])


async def test_a_mail_without_a_message_id_is_not_sent(place: Place):
    put(place.original / "a.eml", mail(1))
    with pytest.raises(Refused):
        await (await place.open()).send(b"Subject: x\n\n", "a@b", ["c@d"])


async def test_two_programs_work_on_one_copy(place: Place):
    put(place.original / "a.eml", mail(1))
    bot, worker = await place.open(), await place.open()
    (arrival,) = await place.sync(worker)
    await asyncio.gather(*(who.add_label(arrival.key, f"{n}") for n in range(10) for who in (bot, worker)))
    (again,) = await Place(place.folder).sync(bot)
    assert again.labels == {str(n) for n in range(10)}


async def test_a_label_is_the_same_in_any_case(place: Place):
    put(place.original / "a.eml", mail(1))
    mailbox = await place.open()
    (arrival,) = await place.sync(mailbox)
    await mailbox.add_label(arrival.key, "Work")
    await mailbox.add_label(arrival.key, "work")
    (again,) = await Place(place.folder).sync(mailbox)
    assert again.labels == {"Work"}
    await mailbox.remove_label(arrival.key, "WORK")
    (again,) = await Place(place.folder).sync(mailbox)
    assert again.labels == frozenset()


async def test_a_program_that_died_while_writing_leaves_a_journal_that_goes_on(place: Place):
    put(place.original / "a.eml", mail(1))
    await place.open()
    journal = place.folder / "copy" / "journal.jsonl"
    journal.write_bytes(journal.read_bytes() + b'{"marked": "hal')
    mailbox = await place.open()
    (arrival,) = await place.sync(mailbox)
    await mailbox.set_unread(arrival.key, False)
    (again,) = await Place(place.folder).sync(await place.open())
    assert not again.unread


async def test_a_copy_that_is_made_anew_behind_ones_back_is_noticed(place: Place):
    put(place.original / "a.eml", mail(1))
    mailbox = await place.open()
    assert len(await place.sync(mailbox)) == 1
    (place.folder / "copy" / "journal.jsonl").rename(place.folder / "away")
    for number in range(2, 9):
        put(place.original / f"{number}.eml", mail(number))
    await place.open()
    assert len(await place.sync(mailbox)) == 8


@pytest.mark.needs_data
async def test_a_thousand_real_mails_are_listed_in_a_breath(place: Place, data: Path):
    began = time.process_time()
    mailbox = await place.open(data / "inbox" / "eml")
    assert len(await place.sync(mailbox)) == 1019
    first = time.process_time() - began
    assert await place.sync(mailbox) == []
    assert first < 2  # 0.6 s of CPU alone on the machine
