"""The operating system's account that a server runs as: Postgres refuses to run as root."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage.values.errors import Refused


@dataclass(frozen=True)
class Account:
    """An account of the operating system."""

    uid: int
    gid: int


def server_account(folder: Path) -> Account | None:
    """Who a server that lives in `folder` runs as: ourselves (None), or, when we are root, the folder's owner or nobody."""
    if os.geteuid() != 0:
        return None
    if folder.exists() and folder.stat().st_uid != 0:
        return Account(folder.stat().st_uid, folder.stat().st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise Refused(
            "Postgres does not run as root and this system has no account `nobody`. Start Deskhand as a plain user."
        ) from None
    return Account(nobody.pw_uid, nobody.pw_gid)


def as_account(account: Account | None) -> dict[str, Any]:
    """The words with which subprocess runs a command as that account."""
    return {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": []}
