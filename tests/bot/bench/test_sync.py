"""The sync bench reads every mail of its servers over IMAP, and prints what a look at nothing new costs."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.bench.dovecot import dovecot_is_here
from bot.bench.figures import Report, table
from bot.bench.sync import bench
from tests.fakes.program import letter

FROM_OUR_OWN = "first synchronisation from a server of our own"


@pytest.fixture
def mails(tmp_path: Path) -> Path:
    folder = tmp_path / "mails"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.eml").write_bytes(letter(f"Mail {number}"))
    return folder


def about(report: Report, words: str) -> list[str]:
    return [one.what for one in report.figures if words in one.what]


async def test_every_mail_is_read_and_nothing_new_is_cheap(mails: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.bench.sync.dovecot_is_here", lambda: False)
    report = await bench(mails, mails=20, rounds=1)
    trips = next(one for one in report.figures if one.unit == "trips")
    assert (trips.value, trips.met) == (1, True)
    assert "20 mails over IMAP" in table(report)
    assert len(about(report, FROM_OUR_OWN)) == 1
    assert all(one.value > 0 for one in report.figures if one.unit == "mails/s")


@pytest.mark.needs_dovecot
@pytest.mark.skipif(not dovecot_is_here(), reason="DOVECOT IS NOT INSTALLED: apt-get install dovecot-imapd")
async def test_where_dovecot_is_installed_it_is_read_too(mails: Path) -> None:
    report = await bench(mails, mails=20, rounds=2)
    assert len(about(report, "first synchronisation from Dovecot")) == len(about(report, FROM_OUR_OWN)) == 1
    assert all(one.ratio and one.goal for one in report.figures if one.unit == "mails/s")
    assert len(about(report, "CPU a mail")) == 8
