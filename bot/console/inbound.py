"""The terminal's lines: read in a thread of their own, answered in order; `stop` is heard while an answer is being made."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from agent.chat import Click, Message, Reply
from bot.commands import STOP_WORDS
from bot.console import protocol
from bot.console.channel import Console
from bot.desk import Desk, Visitor
from storage.values.errors import Refused, Trouble

PROMPT = "> "
QUIT = frozenset({"quit", "exit", "bye", "/quit", "/exit"})


@dataclass
class Talk:
    """One person's talk on one terminal."""

    desk: Desk
    console: Console
    visitor: Visitor
    write: Callable[[str], None]
    give: Callable[[str], Awaitable[str]]
    """Takes in a file at a path and says what it is called here."""
    settle: Callable[[], Awaitable[None]]
    """Waits until what was asked for is done, where this process does the work and nobody sits at the terminal."""
    json: bool
    interactive: bool

    async def run(self) -> None:
        """Answers until the input ends or the person leaves."""
        waiting: asyncio.Queue[str | None] = asyncio.Queue()
        answering = asyncio.create_task(self._answer_all(waiting))
        async for line in _typed() if self.interactive and not self.json else _piped():
            if self._is_stop(line) and (self.json or self.interactive):
                await self.answer(line)
            else:
                waiting.put_nowait(line)
            if answering.done() or (not self.json and line.strip().casefold() in QUIT):
                break
        waiting.put_nowait(None)
        await answering
        await self.settle()

    async def answer(self, line: str) -> None:
        """Answers one line."""
        try:
            if self.json:
                await self._answer_program(line)
            else:
                await self._answer_person(line)
        except Trouble as trouble:
            await self.console.send(self.visitor.address, Reply(str(trouble)))
        if self.json:
            self.write(protocol.done())

    async def _answer_all(self, waiting: asyncio.Queue[str | None]) -> None:
        while (line := await waiting.get()) is not None:
            if line.strip() and not self.interactive and not self.json:
                self.write(f"{PROMPT}{line.strip()}")
            if not self.json and line.strip().casefold() in QUIT:
                self.write("Goodbye.")
                return
            if line.strip():
                await self.answer(line)
                await self.settle()

    async def _answer_person(self, line: str) -> None:
        said = self.console.understand(line)
        if isinstance(said, Message) and said.text.startswith("/analyze"):
            said = Message(await self._given(said.text.removeprefix("/analyze").strip()))
        await self.desk.receive(self.visitor, said)

    async def _answer_program(self, line: str) -> None:
        request = protocol.read(line)
        if request.click:
            await self.desk.receive(self.visitor, Click(request.click, request.fields))
            return
        text = request.text
        if request.file:
            text = await self._given(request.file, text)
        await self.desk.receive(self.visitor, Message(text))

    async def _given(self, path: str, words: str = "") -> str:
        """A file at a path, and what to do with it: to look at it, when nothing is said."""
        name = await self.give(path)
        return words or f"analyze {name}"

    def _is_stop(self, line: str) -> bool:
        text = line
        if self.json:
            try:
                text = protocol.read(line).text
            except Trouble:
                return False
        return text.strip().casefold() in STOP_WORDS


async def _typed() -> AsyncIterator[str]:
    """Lines that a person types. What comes meanwhile is written above the prompt, not into it."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.patch_stdout import patch_stdout

    session: PromptSession[str] = PromptSession(PROMPT)
    with patch_stdout(raw=True), suppress(EOFError, KeyboardInterrupt):
        while True:
            yield await session.prompt_async()


async def _piped() -> AsyncIterator[str]:
    """Lines of standard input. The thread that reads is a daemon: a program that leaves is not kept waiting by it."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str] = asyncio.Queue()

    def read() -> None:
        for line in sys.stdin.buffer:  # its own decoding would end the thread at a byte that is no text
            loop.call_soon_threadsafe(lines.put_nowait, line.decode("utf-8", errors="replace"))
        loop.call_soon_threadsafe(lines.put_nowait, "")

    threading.Thread(target=read, daemon=True).start()
    while line := await lines.get():
        yield line


def existing_file(path: str) -> Path:
    """The file that a person named. Refused in words when there is none."""
    named = path.strip().strip("'\"")
    if not named:
        raise Refused("Name a file, for example: /analyze sales.csv")
    try:
        found = Path(named).expanduser()
        there = found.is_file()
    except (OSError, RuntimeError):  # a name too long for the disk, the home of a stranger
        there = False
    if not there:
        raise Refused(f"There is no file {named[:200]}; check the path.")
    return found
