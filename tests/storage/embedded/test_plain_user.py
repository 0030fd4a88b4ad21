"""As root and as a plain user alike."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.embedded import open_postgres
from storage.embedded.accounts import Account, as_account

needs_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can become others; as it is, every test is a plain user's"
)
NOBODY = Account(65534, 65534)


@pytest.fixture
def their_home() -> Iterator[Path]:
    """A home in a folder that belongs to a plain user and that they can reach."""
    folder = Path(tempfile.mkdtemp(prefix="deskhand-test-"))
    os.chown(folder, NOBODY.uid, NOBODY.gid)
    yield folder / "home"
    shutil.rmtree(folder)


@pytest.fixture
def theirs() -> dict[str, object]:
    """The words that run our Python as a plain user."""
    how = as_account(NOBODY)
    try:
        subprocess.run([sys.executable, "-c", "import storage"], check=True, capture_output=True, **how)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip(f"this checkout or its Python lies where a plain user cannot read it: {sys.executable}")
    return how


@needs_root
async def test_a_plain_user_needs_no_root(their_home, theirs, spawn, running):
    child = await spawn(their_home, **theirs)
    assert (their_home / "services" / "postgres" / "data").stat().st_uid == NOBODY.uid
    child.send_signal(signal.SIGINT)
    await child.communicate()
    assert not running(their_home)


@needs_root
async def test_root_runs_the_database_of_a_closed_home_as_nobody(tmp_path, query):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    async with open_postgres(closed / "home", durable=False) as database:
        assert query(database.database_url, "SELECT 1") == [(1,)]
        assert (closed / "home" / "services" / "postgres" / "data").owner() == "nobody"
    assert closed.stat().st_mode & 0o777 == 0o700


@needs_root
async def test_root_leaves_a_database_to_whom_it_belongs(home, query):
    give = ["/bin/chown", "-R", "1:1", home / "services" / "postgres"]
    await asyncio.to_thread(subprocess.run, give, check=True)
    async with open_postgres(home, durable=False) as database:
        assert query(database.database_url, "SELECT 1") == [(1,)]
        assert (home / "services" / "postgres" / "data" / "postmaster.pid").stat().st_uid == 1


@needs_root
async def test_root_killed_before_it_gave_the_folder_away_gives_it_now(tmp_path, query):
    (tmp_path / "services" / "postgres").mkdir(parents=True, mode=0o700)
    async with open_postgres(tmp_path, durable=False) as database:
        assert query(database.database_url, "SELECT 1") == [(1,)]
