"""Blobs: whole or not at all, private, and told in words when they cannot be."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.blobs import FolderBlobs
from storage.values.errors import Refused, Unavailable
from storage.values.ids import new_id


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.binary(max_size=10_000))
async def test_what_is_stored_is_what_comes_back(tmp_path: Path, content: bytes) -> None:
    blobs, name = FolderBlobs(tmp_path / "files"), new_id()
    await blobs.put(name, content)
    assert await blobs.get(name) == content
    assert blobs.path(name).read_bytes() == content


async def test_storing_again_replaces_and_leaves_no_rest(tmp_path: Path) -> None:
    blobs, name = FolderBlobs(tmp_path), new_id()
    await blobs.put(name, b"a" * 100_000)
    await blobs.put(name, b"b")
    assert await blobs.get(name) == b"b"
    assert files(tmp_path) == [blobs.path(name)]


async def test_folders_are_private(tmp_path: Path) -> None:
    blobs, name = FolderBlobs(tmp_path / "files"), new_id()
    await blobs.put(name, b"x")
    for folder in (tmp_path / "files", blobs.path(name).parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_what_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    blobs, name = FolderBlobs(tmp_path), new_id()
    with pytest.raises(Refused, match="not there any more"):
        await blobs.get(name)
    await blobs.delete(name)
    await blobs.put(name, b"x")
    await blobs.delete(name)
    with pytest.raises(Refused, match="not there any more"):
        await blobs.get(name)


async def test_a_write_that_fails_leaves_the_old_bytes_and_no_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs, name = FolderBlobs(tmp_path), new_id()
    await blobs.put(name, b"old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Unavailable, match=r"No space left on device.*free some space"):
        await blobs.put(name, b"new")
    assert await blobs.get(name) == b"old"
    assert files(tmp_path) == [blobs.path(name)]


async def test_a_place_where_no_folder_can_be_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("in the way")
    with pytest.raises(Unavailable, match="could not be stored"):
        await FolderBlobs(tmp_path / "files").put(new_id(), b"x")
