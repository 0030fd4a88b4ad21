"""`deskhand doctor`: ready means ready, and what is missing is named with what to do."""

from __future__ import annotations

import json
from pathlib import Path

from storage import migrations
from tests.acceptance.command import Ended, deskhand

READY, NOT_READY = 0, 3


def _findings(ended: Ended) -> dict[str, tuple[bool, str]]:
    assert ended.err == ""
    rows = [json.loads(line) for line in ended.out.splitlines()]
    return {row["name"]: (row["ok"], row["words"]) for row in rows}


async def test_a_fresh_home_is_ready(tmp_path: Path) -> None:
    ended = await deskhand("doctor", home=tmp_path / "home")
    assert ended.code == READY
    assert "the next start makes it" in ended.out
    assert ended.out.endswith("Deskhand is ready.\n")
    assert "NO " not in ended.out


async def test_servers_of_one_s_own_are_ready_when_their_shape_is_new(
    admin_url: str, redis_url: str, tmp_path: Path
) -> None:
    ended = await deskhand("doctor", "--json", home=tmp_path / "home", DATABASE_URL=admin_url, REDIS_URL=redis_url)
    found = _findings(ended)
    assert ended.code == READY
    assert list(found) == ["home", "encryption key", "models", "database", "queue", "mailboxes"]
    assert all(ok for ok, _ in found.values())


async def test_an_old_shape_says_what_to_type(admin_url: str, redis_url: str, tmp_path: Path) -> None:
    servers = {"DATABASE_URL": admin_url, "REDIS_URL": redis_url}
    await migrations.downgrade(admin_url, "base")
    ended = await deskhand("doctor", "--json", home=tmp_path / "home", **servers)
    ok, words = _findings(ended)["database"]
    assert (ended.code, ok) == (NOT_READY, False)
    assert "`deskhand db upgrade`" in words
    assert (await deskhand("db", "upgrade", home=tmp_path / "home", **servers)).code == READY
    assert (await deskhand("doctor", home=tmp_path / "home", **servers)).code == READY


async def test_everything_that_is_down_is_named_at_once(tmp_path: Path) -> None:
    down = {"DATABASE_URL": "postgresql://u:secret@127.0.0.1:1/x", "REDIS_URL": "redis://:secret@127.0.0.1:1"}
    ended = await deskhand("doctor", "--json", home=tmp_path / "home", ENCRYPTION_KEY_PROVIDER="env", **down)
    found = _findings(ended)
    assert ended.code == NOT_READY
    assert [name for name, (ok, _) in found.items() if not ok] == ["encryption key", "database", "queue"]
    assert "ENCRYPTION_KEY" in found["encryption key"][1]
    assert "DATABASE_URL" in found["database"][1]
    assert "REDIS_URL" in found["queue"][1]
    assert "secret" not in ended.out


async def test_a_home_that_cannot_be_used_is_named(admin_url: str, redis_url: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = await deskhand("doctor", home=tmp_path / "file", DATABASE_URL=admin_url, REDIS_URL=redis_url)
    assert ended.code == NOT_READY
    assert "NO  home " in ended.out
    assert "DESKHAND_HOME" in ended.out
    assert ended.out.endswith("see the lines that begin with NO.\n")


async def test_a_mailbox_that_went_away_is_named(admin_url: str, redis_url: str, tmp_path: Path) -> None:
    mails = tmp_path / "mails"
    mails.mkdir()
    (mails / "1.eml").write_text("From: bo@example.org\nTo: ana@example.org\nSubject: Hello\n\nHi Ana\n")
    servers = {"DATABASE_URL": admin_url, "REDIS_URL": redis_url}
    linked = await deskhand("demo", "--mailbox", str(mails), home=tmp_path / "home", **servers)
    assert linked.code == READY
    mails.rename(tmp_path / "elsewhere")
    ended = await deskhand("doctor", "--json", home=tmp_path / "home", **servers)
    assert ended.code == NOT_READY
    assert [name for name, (ok, _) in _findings(ended).items() if not ok] == ["mailbox ana@example.org"]
