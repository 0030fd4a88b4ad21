"""The sync bench reads every mail of its server over IMAP, and prints what a look at nothing new costs."""

from __future__ import annotations

from pathlib import Path

from bot.bench.figures import table
from bot.bench.sync import bench
from tests.fakes.program import letter


async def test_every_mail_is_read_and_nothing_new_is_cheap(tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.eml").write_bytes(letter(f"Mail {number}"))
    report = await bench(folder, mails=20, rounds=1)
    trips = next(one for one in report.figures if one.unit == "trips")
    assert (trips.value, trips.met) == (1, True)
    assert "20 mails over IMAP" in table(report)
