"""The mail server of the sync bench: `python -m bot.bench.mail_server FOLDER COPIES` serves files of mail over IMAP.

It knows what reading takes and nothing more, in a process of its own, and says on stdout at which port; after every file it
gives `COPIES - 1` more of it with other Message-IDs, so that a folder of a thousand stands for a mailbox of ten thousand.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterator
from pathlib import Path

_SET = re.compile(rb"(\d+)(?::(\d+|\*))?")


class Folder:
    """The mails of INBOX, numbered from 1."""

    def __init__(self, path: Path, copies: int) -> None:
        files = [re.sub(rb"\r?\n", b"\r\n", one.read_bytes()) for one in sorted(path.iterdir())]
        self._files, self.size = files, len(files) * copies

    def raw(self, uid: int) -> bytes:
        """One mail."""
        original = self._files[(uid - 1) % len(self._files)]
        return re.sub(rb"(?mi)^(Message-ID: *<)", rb"\g<1>%d." % uid, original, count=1)

    def numbers(self, text: bytes) -> Iterator[int]:
        """The numbers of a set that are there."""
        for first, last in _SET.findall(text):
            end = self.size if last == b"*" else int(last or first)
            yield from range(int(first), min(end, self.size) + 1)


class Talk:
    """One connection."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._empty = True

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers until the client goes."""
        writer.write(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
        while line := await reader.readline():
            tag, _, command = line.strip().partition(b" ")
            for piece in self._answer(command.upper(), command):
                writer.write(piece)
                await writer.drain()
            writer.write(tag + b" OK done\r\n")
            await writer.drain()
        writer.close()

    def _answer(self, command: bytes, given: bytes) -> Iterator[bytes]:
        if command.startswith(b"CAPABILITY"):
            yield b"* CAPABILITY IMAP4rev1 CONDSTORE\r\n"
        elif command.startswith(b"LIST"):
            yield b'* LIST () "/" INBOX\r\n* LIST (\\Sent) "/" Sent\r\n* LIST (\\Archive) "/" Archive\r\n'
        elif command.startswith((b"SELECT", b"EXAMINE")):
            self._empty = b"INBOX" not in command
            size = 0 if self._empty else self._folder.size
            yield b"* %d EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT %d] x\r\n" % (size, size + 1)
            yield b"* OK [HIGHESTMODSEQ 5] x\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] x\r\n"
        elif command.startswith(b"UID SEARCH"):
            wanted = self._folder.numbers(command.rpartition(b" ")[2])
            yield b"* SEARCH " + b" ".join(b"%d" % uid for uid in wanted) + b"\r\n"
        elif command.startswith(b"UID FETCH"):
            yield from self._fetched(given.split(b" ")[2], command)

    def _fetched(self, uids: bytes, command: bytes) -> Iterator[bytes]:
        for uid in self._folder.numbers(uids):
            raw = self._folder.raw(uid)
            if b"BODY.PEEK[]" in command:
                yield b"* %d FETCH (UID %d FLAGS () BODY[]<0> {%d}\r\n%b)\r\n" % (uid, uid, len(raw), raw)
            else:
                yield b"* %d FETCH (UID %d RFC822.SIZE %d)\r\n" % (uid, uid, len(raw))


async def main(path: Path, copies: int) -> None:
    """Serves until it is ended."""
    folder = Folder(path, copies)
    server = await asyncio.start_server(lambda *line: Talk(folder).serve(*line), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
