"""Dovecot, where it is installed: the mail server that people really have, run as a plain user on a free port."""

from __future__ import annotations

import asyncio
import grp
import os
import pwd
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

PASSWORD = "pass-word"  # noqa: S105 - of every account of a server that is gone after the run
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


@dataclass(frozen=True)
class Dovecot:
    """A running server: any name is an account on it, with `PASSWORD`."""

    base: Path
    port: int
    owner: tuple[int, int]
    """User and group of the mail's files."""
    process: int
    """Of the main process."""

    def maildir(self, name: str) -> Path:
        """The folder of a new account, empty."""
        folder = self.base / "mail" / name
        for part in (folder, folder / "cur", folder / "new", folder / "tmp"):
            part.mkdir(parents=True)
            os.chown(part, *self.owner)
        return folder

    def deliver(self, folder: Path, name: str, raw: bytes) -> None:
        """Puts a mail into an account's folder."""
        path = folder / "new" / name
        path.write_bytes(raw)
        os.chown(path, *self.owner)


def dovecot_is_here() -> bool:
    """Whether Debian's package dovecot-imapd is installed."""
    return _PROGRAM is not None


@asynccontextmanager
async def open_dovecot() -> AsyncIterator[Dovecot]:
    """The server, gone with all its mail at the end."""
    assert _PROGRAM
    base = Path(tempfile.mkdtemp(prefix="dovecot-", dir="/tmp"))  # sockets need a short path
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    owner, port = (user.pw_uid, user.pw_gid), _free_port()
    names = {"user": user.pw_name, "group": grp.getgrgid(user.pw_gid).gr_name, "uid": user.pw_uid, "gid": user.pw_gid}
    config = base / "dovecot.conf"
    config.write_text(_CONFIG.format(base=base, port=port, password=PASSWORD, **names))
    for part in (base, base / "run", base / "state", base / "mail"):
        part.mkdir(exist_ok=True)
        os.chown(part, *owner)
    process = await _started(_PROGRAM, config, owner)
    drain = None
    try:
        await _ready(process)
        drain = asyncio.create_task(_swallow(process))
        yield Dovecot(base, port, owner, process.pid)
    finally:
        process.terminate()
        await process.wait()
        if drain:
            await drain
        shutil.rmtree(base)


async def _started(program: str, config: Path, owner: tuple[int, int]) -> asyncio.subprocess.Process:
    words, pipe, nothing = (program, "-F", "-c", str(config)), asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    if os.geteuid():
        return await asyncio.create_subprocess_exec(*words, stderr=pipe, stdin=nothing)
    user, group = owner
    return await asyncio.create_subprocess_exec(
        *words, stderr=pipe, stdin=nothing, user=user, group=group, extra_groups=[]
    )


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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
