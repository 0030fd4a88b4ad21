"""Folders: private, writable, with room, and short enough for a socket."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.embedded.accounts import Account
from storage.embedded.folders import (
    LONGEST_SOCKET_PATH,
    is_private,
    open_sockets_in,
    private_folder,
    refuse_full_disk,
    socket_folder,
)
from storage.values.errors import Refused


def test_a_folder_that_cannot_be_made_is_refused_in_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Refused, match=r"cannot keep its files in .*home.*Set DESKHAND_HOME"):
        private_folder(tmp_path / "file" / "home")


def test_a_full_disk_is_refused_in_one_sentence(tmp_path):
    with pytest.raises(Refused, match=r"MB free.*DESKHAND_HOME"):
        refuse_full_disk(tmp_path, 2**80)


def test_new_folders_are_private_and_old_ones_are_left_as_they_are(tmp_path):
    (tmp_path / "old").mkdir(mode=0o755)
    assert private_folder(tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert private_folder(tmp_path / "old").stat().st_mode & 0o777 == 0o755


def test_a_plain_short_path_keeps_its_socket(tmp_path):
    assert socket_folder(Path("/home/ana/Application Support/deskhand"), "s") == Path(
        "/home/ana/Application Support/deskhand"
    )


@given(st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=300))
def test_whatever_the_home_is_called_the_socket_fits(name):
    folder = socket_folder(Path("/", name), ".s.PGSQL.5432")
    assert len(os.fsencode(folder / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH
    assert "," not in str(folder)
    assert folder == socket_folder(Path("/", name), ".s.PGSQL.5432")


def test_different_homes_get_different_sockets():
    assert socket_folder(Path("/", "x" * 200), "s") != socket_folder(Path("/", "y" * 200), "s")


def test_a_socket_folder_that_others_may_enter_is_refused(tmp_path):
    folder = tmp_path / "short"
    open_sockets_in(folder)
    folder.chmod(0o755)
    with pytest.raises(Refused, match="chmod 700"):
        open_sockets_in(folder)


def test_a_link_to_a_folder_of_ours_is_not_private(tmp_path):
    (tmp_path / "ours").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "ours")
    assert is_private(tmp_path / "ours")
    assert not is_private(tmp_path / "link")


def test_a_folder_of_another_account_is_not_private(tmp_path):
    (tmp_path / "ours").mkdir(mode=0o700)
    assert not is_private(tmp_path / "ours", Account(os.geteuid() + 1, os.getegid()))
