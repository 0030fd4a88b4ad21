"""Settings are read once, from the environment and `.env`, and say in words what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import Settings, read_settings
from storage.values.errors import Refused


@pytest.fixture(autouse=True)
def _nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("PORT=9000\nHOST=0.0.0.0\n")
    monkeypatch.setenv("PORT", "9001")
    settings = read_settings()
    assert (settings.host, settings.port) == ("0.0.0.0", 9001)  # noqa: S104 - only read


def test_what_is_set_to_nothing_is_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("PORT", "")
    assert read_settings() == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"),
        ("PORT", "70000"),
        ("POLL_SECONDS", "0"),
        ("LOG_LEVEL", "loud"),
        ("ENCRYPTION_KEY_PROVIDER", "moon"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://ana:hunter2@127.0.0.1/x"),
        ("DATABASE_URL", "postgresql://ana:hunter2@127.0.0.1:port/x"),
        ("DATABASE_URL", "postgresql://ana:hunter2@[::1/x"),
        ("REDIS_URL", "http://127.0.0.1"),
        ("REDIS_URL", "redis://:hunter2:x"),
    ],
)
def test_a_wrong_value_is_refused_by_the_setting_s_name(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Refused, match=rf"^A setting is wrong\. {name}: ") as refused:
        read_settings()
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("url", ["postgres://h/d", "postgresql+psycopg://u@/d?host=%2Frun", "postgresql://h:5433/d"])
def test_every_way_to_write_a_postgres_is_taken(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    taken = read_settings().database_url
    assert taken is not None
    assert taken.get_secret_value() == url


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ENCRYPTION_KEY", "OPENAI_API_KEY", "DESKHAND_MAILBOX_PASSWORD"):
        monkeypatch.setenv(name, "hunter2")
    monkeypatch.setenv("DATABASE_URL", "postgresql://ana:hunter2@127.0.0.1/x")
    monkeypatch.setenv("REDIS_URL", "redis://:hunter2@127.0.0.1")
    assert "hunter2" not in repr(read_settings())


def test_the_home_is_absolute_and_knows_the_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    monkeypatch.setenv("DESKHAND_HOME", "~/desk")
    assert read_settings().home == tmp_path / "me" / "desk"
    monkeypatch.setenv("DESKHAND_HOME", "desk")
    assert read_settings().home == tmp_path / "desk"
