"""The terminal as a channel: writes words, and remembers the last card so that a typed number presses its button."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from itertools import count
from pathlib import Path
from uuid import UUID

from agent import job_cards
from agent.chat import Card, Click, File, Message, Progress, Reply, Saying, Update, Word
from bot.console import protocol, render
from storage.blobs import Blobs

NAME = "console"

_NUMBERED_LIST = re.compile(r"^1\. ", re.MULTILINE)


class Console:
    """A terminal, for people or (`json`) for programs."""

    name = NAME

    def __init__(
        self, write: Callable[[str], None], blobs: Blobs, exports: Path, *, json: bool = False, columns: int = 0
    ) -> None:
        """`columns`: how wide the screen is on which somebody watches an answer being written; 0 where nobody does."""
        self._write = write
        self._blobs = blobs
        self._exports = exports
        self._json = json
        self._card: Card | None = None
        self._columns = 0 if json else columns
        self._written = ""
        """Of the answer that is being written: what stands on the screen."""

    async def send(self, address: str, word: Reply | Card | File) -> str:
        """Writes a word. A card's own id is its name: a terminal shows it anew when it changes."""
        file = await self._exported(word) if isinstance(word, File) else None
        if isinstance(word, Card):
            self._remember(word)
        elif isinstance(word, Reply) and _NUMBERED_LIST.search(word.text):
            self._card = None  # a number that is typed now means this list, and must not press a button of before
        if isinstance(word, Reply) and self._written:
            self._finish(word)
        else:
            self._put(word, file)
        return word.id if isinstance(word, Card) else ""

    async def edit(self, address: str, shown: str, card: Card) -> None:
        """Writes what became of a card. Of a job that goes on people are not told every step, since nothing that stands on a
        terminal can be redrawn."""
        self._remember(card)
        if self._json or not (job_cards.is_job(card) and card.buttons):
            self._put(Update(card), None)

    async def progress(self, address: str, progress: Progress) -> None:
        """Programs see every tool call; people see the answer."""
        self._written = ""
        if self._json:
            self._write(protocol.write(progress))

    @property
    def streams(self) -> bool:
        """Where somebody watches."""
        return self._columns > 0

    async def saying(self, address: str, saying: Saying) -> None:
        """Writes the lines of the screen that are full; what stands on a terminal cannot be taken back."""
        if not saying.text.startswith(self._written):
            return
        lines = render.lines(saying.text[len(self._written) :], self._columns)[:-1]
        if lines:
            self._written += "".join(lines)
            self._write("\n".join(line.rstrip() for line in lines))

    def _finish(self, word: Reply) -> None:
        """The rest of an answer; all of it where it is not what was begun."""
        rest = word.text[len(self._written) :] if word.text.startswith(self._written) else f"\n{word.text}"
        self._written = ""
        self._write(f"{rest}\n")

    def understand(self, line: str) -> Message | Click:
        """What a typed line means: the number of a button, `edit:` with a new text, or words."""
        said = line.strip()
        buttons = self._card.buttons if self._card else ()
        if said.isdecimal() and 1 <= int(said) <= len(buttons):
            return Click(buttons[int(said) - 1].token)
        edit = next((one.token for one in buttons if one.label == "Edit"), None)
        if said.casefold().startswith("edit:") and self._card is not None and self._card.inputs and edit:
            text = said[len("edit:") :].strip().replace("\\n", "\n")
            return Click(edit, {self._card.inputs[0].name: text})
        return Message(said)

    def _put(self, word: Word, file: Path | None) -> None:
        self._write(protocol.write(word, file) if self._json else f"{render.words(word, file)}\n")

    def _remember(self, card: Card) -> None:
        if card.buttons:
            self._card = card
        elif self._card is not None and self._card.id == card.id:
            self._card = None

    async def _exported(self, word: File) -> Path:
        """A copy under the file's own name, which a person can open; no earlier file is overwritten."""
        content = await self._blobs.get(UUID(word.blob))
        return await asyncio.to_thread(_kept, self._exports / Path(word.name).name, content)


def _kept(wanted: Path, content: bytes) -> Path:
    wanted.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for number in count(2):
        path = wanted if number == 2 else wanted.with_stem(f"{wanted.stem}-{number - 1}")
        try:
            with path.open("xb") as file:
                file.write(content)
        except FileExistsError:
            if path.read_bytes() != content:
                continue
        return path
    raise AssertionError
