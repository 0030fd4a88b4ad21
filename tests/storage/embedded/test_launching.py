"""Starting a server in the background: its answer, its death and its silence."""

from __future__ import annotations

import pytest

from storage.embedded.processes import launch, run
from storage.values.errors import Unavailable

BACKGROUND = ["/bin/sh", "-c"]


def test_a_server_that_dies_is_noticed_at_once_and_its_last_words_are_told(tmp_path):
    command = [*BACKGROUND, "(echo first; echo 'no room left'; echo) & wait"]
    with pytest.raises(Unavailable, match=r"did not start: no room left.*Set DATABASE_URL"):
        launch(command, tmp_path / "log", lambda: False)


def test_a_server_that_stays_silent_is_not_waited_for_forever(tmp_path, monkeypatch, stranger):
    monkeypatch.setattr("storage.embedded.processes.PATIENCE", 0.0)
    command = [*BACKGROUND, f"tail --pid={stranger(None).pid} -f /dev/null &"]
    with pytest.raises(Unavailable, match="still starting"):
        launch(command, tmp_path / "log", lambda: False)


def test_a_server_that_answers_is_left_alone(tmp_path):
    launch([*BACKGROUND, "echo up"], tmp_path / "log", (tmp_path / "log").exists)
    assert (tmp_path / "log").read_text() == "up\n"


def test_a_program_that_is_missing_or_fails_is_told_in_one_sentence(tmp_path):
    with pytest.raises(Unavailable, match="initdb cannot be run on this machine"):
        run(["/nowhere/initdb"], tmp_path / "log")
    with pytest.raises(Unavailable, match="sh failed: bad luck"):
        run([*BACKGROUND, "echo bad luck; exit 1"], tmp_path / "log")


def test_a_long_log_is_begun_anew_and_a_short_one_continued(tmp_path):
    log = tmp_path / "log"
    log.write_bytes(b"x" * 2_000_000)
    run([*BACKGROUND, "echo one"], log)
    run([*BACKGROUND, "echo two"], log)
    assert log.read_text() == "one\ntwo\n"
