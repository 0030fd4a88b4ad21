"""DovecotServer: Debian's Dovecot, run as a plain user on a free port: keywords, UIDPLUS, MOVE, SPECIAL-USE, all there."""

from __future__ import annotations

import asyncio
import grp
import os
import pwd
import re
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

PASSWORD = "pass-word"
MISSING = "DOVECOT IS NOT INSTALLED: apt-get install dovecot-imapd, or IMAP keywords stay untested"
_PROGRAM = shutil.which("dovecot") or next((path for path in ("/usr/sbin/dovecot",) if os.access(path, os.X_OK)), None)
_CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {base}/run
state_dir = {base}/state
log_path = /dev/stderr
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{base}/mail/%u
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/mail/%u
}}
namespace inbox {{
  inbox = yes
  mailbox Gesendet {{
    special_use = \\Sent
    auto = create
  }}
  mailbox Entwuerfe {{
    special_use = \\Drafts
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def dovecot_is_here() -> bool:
    """Whether Debian's package dovecot-imapd is installed."""
    return _PROGRAM is not None


class DovecotServer:
    """A server with as many accounts as one asks for, each empty at first."""

    def __init__(self, base: Path, port: int, owner: tuple[int, int]) -> None:
        self.base, self.port = base, port
        self._owner = owner
        self._numbers = count(1)

    def account(self) -> DovecotAccount:
        """A new account."""
        name = f"ana{next(self._numbers)}"
        folder = self.base / "mail" / name
        for part in (folder, folder / "cur", folder / "new", folder / "tmp"):
            part.mkdir(parents=True)
            os.chown(part, *self._owner)
        return DovecotAccount(name, folder, self._owner)


class DovecotAccount:
    """One account's maildir, and what happens to it behind the client's back."""

    def __init__(self, user: str, folder: Path, owner: tuple[int, int]) -> None:
        self.user, self._folder, self._owner = user, folder, owner
        self._numbers = count(1)

    def deliver(self, raw: bytes) -> None:
        """A message comes in."""
        path = self._folder / "new" / f"{next(self._numbers):06}.mail"
        path.write_bytes(raw)
        os.chown(path, *self._owner)

    def files(self) -> list[Path]:
        """The messages of INBOX, in order of arrival."""
        return sorted([*self._folder.glob("cur/*"), *self._folder.glob("new/*")], key=lambda path: path.name)

    def renumber(self) -> None:
        """INBOX gets another UIDVALIDITY."""
        uids = self._folder / "dovecot-uidlist"
        uids.write_text(re.sub(r"\bV(\d+)", lambda old: f"V{int(old[1]) + 1}", uids.read_text(), count=1))


@asynccontextmanager
async def open_dovecot() -> AsyncIterator[DovecotServer]:
    """The server, gone with all its mail at the end."""
    assert _PROGRAM
    base = Path(tempfile.mkdtemp(prefix="dovecot-", dir="/tmp"))
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    port = _free_port()
    config = base / "dovecot.conf"
    names = {"user": user.pw_name, "group": _group(user.pw_gid), "uid": user.pw_uid, "gid": user.pw_gid}
    config.write_text(_CONFIG.format(base=base, port=port, password=PASSWORD, **names))
    for part in (base, base / "run", base / "state", base / "mail"):
        part.mkdir(exist_ok=True)
        os.chown(part, user.pw_uid, user.pw_gid)
    identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    process = await asyncio.create_subprocess_exec(
        _PROGRAM, "-F", "-c", str(config), stderr=asyncio.subprocess.PIPE, stdin=asyncio.subprocess.DEVNULL, **identity
    )
    try:
        await _ready(process)
        drain = asyncio.create_task(_swallow(process))
        yield DovecotServer(base, port, (user.pw_uid, user.pw_gid))
    finally:
        process.terminate()
        await process.wait()
        await drain
        shutil.rmtree(base)


async def _ready(process: asyncio.subprocess.Process) -> None:
    assert process.stderr
    said = b""
    while b"starting up" not in said:
        line = await process.stderr.readline()
        assert line, f"dovecot did not start: {said.decode()}"
        said += line


async def _swallow(process: asyncio.subprocess.Process) -> None:
    assert process.stderr
    while await process.stderr.readline():
        pass


def _group(gid: int) -> str:
    return grp.getgrgid(gid).gr_name


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
