"""Folders of our own: private, with room on their disk, and with paths that a Unix socket can have."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import stat
import tempfile
from contextlib import suppress
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
        if account is not None and path.lstat().st_uid == 0:  # also when we were killed between these two steps
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
        if not os.access(path, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise Refused(
            f"Deskhand cannot keep its files in {path} ({error.strerror}). Set DESKHAND_HOME to a folder of yours."
        ) from error
    return path


def is_private(folder: Path, account: Account | None = None) -> bool:
    """Whether nobody but `account` (default: ourselves) can have put anything into `folder`."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    owner = os.geteuid() if account is None else account.uid
    return stat.S_ISDIR(found.st_mode) and found.st_uid == owner and not stat.S_IMODE(found.st_mode) & 0o077


def open_sockets_in(folder: Path, account: Account | None = None) -> None:
    """Makes the folder of a socket. Who could put a socket of his own there would be taken for our server."""
    private_folder(folder, account)
    if not is_private(folder, account):
        raise Refused(
            f"Others can write or look into {folder}, where Deskhand's socket goes. Remove it, or chmod 700 it."
        )


def socket_folder(folder: Path, socket: str) -> Path:
    """Where the socket of a server that lives in `folder` goes: there, or a short folder if that path is too long or odd."""
    if len(os.fsencode(folder / socket)) <= LONGEST_SOCKET_PATH and _PLAIN_PATH.fullmatch(str(folder)):
        return folder
    name = f"deskhand-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"
    short = Path(tempfile.gettempdir(), name)
    return short if len(os.fsencode(short / socket)) <= LONGEST_SOCKET_PATH else Path("/tmp", name)  # noqa: S108


def close_sockets_in(socket_folder: Path, folder: Path) -> None:
    """Removes the short folder, if `folder` needed one."""
    if socket_folder != folder:
        with suppress(OSError):
            socket_folder.rmdir()


def refuse_full_disk(folder: Path, needed: int) -> None:
    """Refuses when the disk of `folder` has less than `needed` bytes free."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Refused(
            f"The disk of {folder} has {free // 2**20} MB free and the embedded services need {needed // 2**20} MB. "
            "Free some room, or set DESKHAND_HOME to a folder on another disk."
        )
