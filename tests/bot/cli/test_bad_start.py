"""What cannot be opened is said in one sentence on standard error, with the right exit code, and nothing is changed."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from tests.acceptance.command import Ended, deskhand
from tests.fakes.pymap_server import PymapServer

REFUSED, USAGE, NOT_READY = 1, 2, 3
NOBODY = "127.0.0.1:1"
"""An address at which nobody answers."""


def _one_sentence(ended: Ended) -> str:
    """The only line on standard error."""
    [sentence] = ended.err.splitlines()
    assert ended.out in ("", "Starting …\n")
    assert sentence.endswith(".")
    return sentence


async def _lives_here(admin_url: str) -> int:
    plain = make_url(admin_url).set(drivername="postgresql").render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(plain) as connection:
        row = await (
            await connection.execute("SELECT (SELECT count(*) FROM people) + (SELECT count(*) FROM accounts)")
        ).fetchone()
        assert row is not None
        return int(row[0])


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A folder of things that are no mailbox."""
    folder = tmp_path / "broken"
    (folder / "empty").mkdir(parents=True)
    (folder / "text.mbox").write_text("Dear diary\n")
    (folder / "noise.mbox").write_bytes(b"From \x00\xff\n" * 3)
    return folder


@pytest.mark.parametrize(
    ("mailbox", "words", "code"),
    [
        ("nowhere", "There is no file or folder", REFUSED),
        ("empty", "is empty", REFUSED),
        ("text.mbox", "is not an mbox file", REFUSED),
        ("noise.mbox", "There is no readable mail", REFUSED),
        ("pop3://ana:secret@mail.example.org", "pop3:// is no mailbox", REFUSED),
        (f"imap://ana:secret@{NOBODY}", "does not answer", NOT_READY),
    ],
)
async def test_a_mailbox_that_cannot_be_opened(
    mailbox: str, words: str, code: int, broken: Path, admin_url: str, redis_url: str, tmp_path: Path
) -> None:
    named = mailbox if "://" in mailbox else str(broken / mailbox)
    ended = await deskhand(
        "demo", "--mailbox", named, home=tmp_path / "home", DATABASE_URL=admin_url, REDIS_URL=redis_url
    )
    sentence = _one_sentence(ended)
    assert words in sentence
    assert "secret" not in sentence
    assert ended.code == code
    assert await _lives_here(admin_url) == 0


async def test_a_wrong_password(pymap: PymapServer, admin_url: str, redis_url: str, tmp_path: Path) -> None:
    mailbox = f"imap://demouser:hunter2@127.0.0.1:{pymap.port}?tls=none"
    ended = await deskhand(
        "demo", "--mailbox", mailbox, home=tmp_path / "home", DATABASE_URL=admin_url, REDIS_URL=redis_url
    )
    sentence = _one_sentence(ended)
    assert "password" in sentence
    assert "hunter2" not in sentence
    assert ended.code == REFUSED
    assert await _lives_here(admin_url) == 0


@pytest.mark.parametrize(
    ("settings", "words", "code"),
    [
        ({"PORT": "abc"}, "PORT", REFUSED),
        ({"ENCRYPTION_KEY": "secret"}, "ENCRYPTION_KEY", REFUSED),
        ({"ENCRYPTION_KEY_PROVIDER": "env"}, "ENCRYPTION_KEY", REFUSED),
        ({"DESKHAND_HOME": "/dev/null/home"}, "DESKHAND_HOME", REFUSED),
        ({"DATABASE_URL": f"postgresql://u:secret@{NOBODY}/x"}, "database does not answer", NOT_READY),
        ({"REDIS_URL": f"redis://:secret@{NOBODY}"}, "Redis does not answer", NOT_READY),
    ],
    ids=str,
)
async def test_a_setting_that_cannot_be(
    settings: dict[str, str], words: str, code: int, admin_url: str, redis_url: str, tmp_path: Path
) -> None:
    ended = await deskhand(
        "demo", home=tmp_path / "home", **{"DATABASE_URL": admin_url, "REDIS_URL": redis_url, **settings}
    )
    sentence = _one_sentence(ended)
    assert words in sentence
    assert "secret" not in sentence
    assert ended.code == code
    assert await _lives_here(admin_url) == 0


@pytest.mark.parametrize(
    ("command", "words", "code"),
    [
        (["chat", "--once", "hello"], "Nobody lives here", REFUSED),
        (["jobs", "cancel", "17"], "is no job's id", REFUSED),
        (["db", "downgrade", "0815"], "There is no step 0815", REFUSED),
        (["analyze", "/nowhere/sales.csv"], "there is no such file", REFUSED),
        (["triage", "/nowhere"], "There is no file or folder", REFUSED),
        (["eval", "mime", "--data", "/nowhere"], "There is no", REFUSED),
    ],
    ids=str,
)
async def test_a_command_that_cannot_be(
    command: list[str], words: str, code: int, admin_url: str, redis_url: str, tmp_path: Path
) -> None:
    ended = await deskhand(*command, home=tmp_path / "home", DATABASE_URL=admin_url, REDIS_URL=redis_url)
    assert words in _one_sentence(ended)
    assert ended.code == code


@pytest.mark.parametrize(
    "command", [["nonsense"], ["demo", "--nonsense"], ["eval", "nonsense"], ["analyze"], ["bench", "nonsense"]], ids=str
)
async def test_wrong_usage_says_how_to_get_help(command: list[str], tmp_path: Path) -> None:
    ended = await deskhand(*command, home=tmp_path / "home")
    assert ended.code == USAGE
    assert "--help" in ended.err
    assert "Traceback" not in ended.err
    assert not (tmp_path / "home").exists()
