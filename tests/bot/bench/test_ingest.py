"""The ingest bench reads a mailbox from the start of the program to its last vector."""

from __future__ import annotations

from pathlib import Path

from bot.bench.bare import _row
from bot.bench.figures import table
from bot.bench.ingest import Size, bench
from bot.bench.mailbag import MAILS, mails_of

TINY = Size(starts=1, syncs=1, embeddings=2, embedded=2)


async def test_every_content_is_embedded_once(tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    folder.mkdir()
    for number in range(5):
        content = f"From: Ana <ana@pine.example>\nMessage-ID: <{number}@pine.example>\nSubject: Note {number // 2}\n\nSame words."
        (folder / f"{number}.eml").write_text(content)
    report = await bench(folder, TINY)
    shown = table(report)
    assert "5 real mails" in shown
    made, again = (
        next(one for one in report.figures if one.what == f"texts embedded{by}") for by in ("", " by a second pass")
    )
    assert made.value == made.baseline
    assert again.value == 0


def test_without_real_mails_the_sample_is_multiplied(tmp_path: Path) -> None:
    mails, words = mails_of(None, tmp_path)
    assert len(mails) == MAILS
    assert "made of the sample" in words
    assert len({mail.read_bytes() for mail in mails}) == MAILS


def test_the_plain_loop_reads_broken_mail_too(tmp_path: Path) -> None:
    for raw in (
        b"",
        b"\xff\xfe",
        b"Subject: =?x?y?z\nContent-Type: text/plain; charset=none\n\nhello",
        b"From: <\n\n\0",
    ):
        assert len(_row(raw)) == 3
