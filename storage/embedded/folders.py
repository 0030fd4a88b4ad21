"""Folders of our own: private, with room on their disk, and with paths that a Unix socket can have."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import tempfile
from pathlib import Path

from storage.embedded.accounts import Account
from storage.values.errors import Refused

# sun_path holds 108 bytes on Linux and 104 on macOS, the closing NUL included (man 7 unix; sys/un.h).
LONGEST_SOCKET_PATH = 103
# What every reader of our addresses takes as it stands: SQLAlchemy, libpq (which splits at commas), redis-py and arq.
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._@ -]+")


def private_folder(path: Path, account: Account | None = None) -> Path:
    """The folder `path`, made with mode 0700 for `account` (default: ourselves) where it is missing."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.mkdir(mode=0o700, exist_ok=True)
            if account is not None:
                os.chown(path, account.uid, account.gid)
        if not os.access(path, os.W_OK | os.X_OK):
            raise PermissionError(13, "it belongs to another account")
    except OSError as error:
        raise Refused(
            f"Deskhand cannot keep its files in {path} ({error.strerror}). Set DESKHAND_HOME to a folder of yours."
        ) from error
    return path


def socket_folder(folder: Path, socket: str, account: Account | None = None) -> Path:
    """Where the socket of a server that lives in `folder` goes: there, or a short folder if that path is too long or odd."""
    if len(os.fsencode(folder / socket)) <= LONGEST_SOCKET_PATH and _PLAIN_PATH.fullmatch(str(folder)):
        return folder
    name = f"deskhand-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"
    temporary = Path(tempfile.gettempdir())
    if len(os.fsencode(temporary / name / socket)) > LONGEST_SOCKET_PATH:
        temporary = Path("/tmp")  # noqa: S108  # the folder in it is private and checked below
    short = private_folder(temporary / name, account)
    _refuse_a_stranger(short, account.uid if account else os.geteuid())
    return short


def refuse_full_disk(folder: Path, needed: int) -> None:
    """Refuses when the disk of `folder` has less than `needed` bytes free."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Refused(
            f"The disk of {folder} has {free // 2**20} MB free and the embedded services need {needed // 2**20} MB. "
            "Free some room, or set DESKHAND_HOME to a folder on another disk."
        )


def _refuse_a_stranger(folder: Path, owner: int) -> None:
    """In a folder that everybody may write to, somebody else may have been there first."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or stat.S_IMODE(found.st_mode) & 0o077:
        raise Refused(f"{folder} was made by somebody else. Remove it, or set DESKHAND_HOME to a shorter path.")
