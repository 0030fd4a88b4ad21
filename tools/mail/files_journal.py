"""Journal of a working copy: what came, went and was marked, one JSON line each, shared safely between processes."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from tools.mail.files_pack import Place


@dataclass(frozen=True)
class Mark:
    """How a mail stands: where it lies, whether it is unread, what is stuck on it."""

    folder: str
    unread: bool
    place: Place
    labels: frozenset[str] = frozenset()
    flagged: bool = False


@dataclass
class Journal:
    """The lines of one working copy, and what they add up to. Use only inside `held`."""

    folder: Path
    life: str = ""
    """Changes when the copy is made anew, so that old cursors are known to mean nothing."""
    here: dict[str, Mark] = field(default_factory=dict)
    """Key -> mark of the mails that are there now."""
    end: int = 0
    """Bytes read so far."""
    _inode: int = 0

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keeps other processes and threads out, and catches up with what they wrote."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / "lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._catch_up()
            yield

    def write(self, *lines: dict[str, Any]) -> None:
        """Adds lines, all or (when the program dies) a beginning of them."""
        text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
        with self._file.open("ab") as file:
            file.write(text.encode("utf-8"))
        self._catch_up()

    def lines(self, begin: int) -> Iterator[tuple[int, dict[str, Any]]]:
        """The lines from a byte on, each with the byte at which it ends."""
        with self._file.open("rb") as file:
            file.seek(begin)
            for line in file.read(self.end - begin).splitlines(keepends=True):
                begin += len(line)
                yield begin, json.loads(line)

    @property
    def _file(self) -> Path:
        return self.folder / "journal.jsonl"

    def _catch_up(self) -> None:
        if not self._file.exists():
            first = json.dumps({"life": uuid4().hex}) + "\n"
            self._file.write_bytes(first.encode())
        about = self._file.stat()
        if about.st_ino != self._inode:  # the first look, or somebody made the copy anew behind our back
            self.here, self.end, self._inode = {}, 0, about.st_ino
        if about.st_size > self.end:
            self._read_on()

    def _read_on(self) -> None:
        with self._file.open("r+b") as file:
            file.seek(self.end)
            new = file.read()
            whole = new[: new.rfind(b"\n") + 1]
            if len(whole) < len(new):  # the program died while it wrote; nobody was told that it was done
                file.truncate(self.end + len(whole))
        for line in whole.splitlines():
            self._take(json.loads(line))
        self.end += len(whole)

    def _take(self, line: dict[str, Any]) -> None:
        match line:
            case {"life": life}:
                self.life, self.here = life, {}
            case {"arrived": key, "folder": folder, "unread": unread, "place": [at, size]}:
                self.here[key] = Mark(folder, unread, Place(at, size))
            case {"gone": key}:
                self.here.pop(key, None)
            case {"marked": key, **changes} if key in self.here:
                labels = frozenset(changes.pop("labels", self.here[key].labels))
                self.here[key] = replace(self.here[key], labels=labels, **changes)


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file so that others see nothing or all of it, and waits until the disk has it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{uuid4().hex}.tmp")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    handle = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
