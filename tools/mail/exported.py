"""Exported mail on disk: tells a maildir, an mbox file and a folder of .eml apart, and reads them without a trace."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from storage.values.errors import Refused
from tools.mail.folder_names import DRAFTS, INBOX, JUNK, TRASH, known_name
from tools.mail.mbox import split_mbox


class Kind(StrEnum):
    """The three shapes of exported mail."""

    MAILDIR = "maildir"
    MBOX = "mbox"
    EML = "eml"


@dataclass(frozen=True)
class Found:
    """A file of the original that holds one mail, or many (mbox)."""

    path: Path
    folder: str
    read: bool | None
    """Whether the person has read it, where the file's name tells."""
    size: int
    changed: int
    """Nanoseconds, as the file system says."""


def kind_of(path: Path) -> Kind:
    """What lies there. Raises Refused with the reason when it is no mail."""
    if not path.exists():
        raise Refused(f"There is no file or folder {path}: check the path.")
    if path.is_file():
        if path.stat().st_size == 0:
            raise Refused(f"{path} is empty, so there is no mail in it: check the path or export the mail again.")
        with path.open("rb") as file:
            if file.read(5) != b"From ":
                raise Refused(
                    f"{path} is not an mbox file, since it does not begin with “From ”: give an mbox file, a maildir "
                    "or a folder of .eml files."
                )
        return Kind.MBOX
    if not path.is_dir():
        raise Refused(f"{path} is neither a file nor a folder: give an mbox file, a maildir or a folder of .eml files.")
    if (path / "cur").is_dir() or (path / "new").is_dir():
        return Kind.MAILDIR
    if not any(path.iterdir()):
        raise Refused(f"The folder {path} is empty: give an mbox file, a maildir or a folder of .eml files.")
    return Kind.EML


def found_in(path: Path, kind: Kind, leave_out: Sequence[Path] = ()) -> Iterator[Found]:
    """The files that hold mail, in a stable order. Links and anything but plain files are passed over."""
    if kind is Kind.MBOX:
        about = path.stat()
        yield Found(path, INBOX, None, about.st_size, about.st_mtime_ns)
    elif kind is Kind.MAILDIR:
        yield from _maildirs(path)
    else:
        yield from _emls(path, path, leave_out)


def mails_in(found: Found, kind: Kind) -> Iterator[BinaryIO]:
    """The mails of one file, byte for byte, to be read at once. Raises OSError when the file cannot be read."""
    if kind is Kind.MBOX:
        yield from map(BytesIO, split_mbox(found.path))
    else:
        with open(os.open(found.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:  # noqa: PTH123
            yield file


def _maildirs(path: Path) -> Iterator[Found]:
    yield from _maildir(path, INBOX)
    for entry in _sorted(path):
        if entry.name.startswith(".") and entry.is_dir(follow_symlinks=False) and Path(entry.path, "cur").is_dir():
            folder = known_name(entry.name[1:].replace(".", "/"))  # Maildir++: ".Work.Invoices"
            if folder not in (TRASH, JUNK, DRAFTS):
                yield from _maildir(Path(entry.path), folder)


def _maildir(path: Path, folder: str) -> Iterator[Found]:
    for part in ("cur", "new"):
        if not (path / part).is_dir():
            continue
        for entry in _sorted(path / part):
            flags = entry.name.rpartition(":2,")[2] if ":2," in entry.name else ""
            if not entry.name.startswith(".") and "T" not in flags:
                yield from _plain(entry, folder, read=part == "cur" and "S" in flags)


def _emls(path: Path, top: Path, leave_out: Sequence[Path]) -> Iterator[Found]:
    folder = known_name(path.relative_to(top).as_posix()) if path != top else INBOX
    for entry in _sorted(path):
        if entry.is_dir(follow_symlinks=False) and Path(entry.path) not in leave_out:
            yield from _emls(Path(entry.path), top, leave_out)
        elif entry.name.casefold().endswith(".eml"):
            yield from _plain(entry, folder, read=None)


def _plain(entry: os.DirEntry[str], folder: str, read: bool | None) -> Iterator[Found]:
    about = entry.stat(follow_symlinks=False)
    if stat.S_ISREG(about.st_mode):
        yield Found(Path(entry.path), folder, read, about.st_size, about.st_mtime_ns)


def _sorted(path: Path) -> list[os.DirEntry[str]]:
    with os.scandir(path) as entries:
        return sorted(entries, key=lambda entry: entry.name)
