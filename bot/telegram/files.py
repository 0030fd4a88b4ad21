"""Files to Telegram: a chart as a picture and as the original, everything else as a document."""

from __future__ import annotations

import re
from uuid import UUID

from agent.chat import File, Reply
from bot.telegram import render
from bot.telegram.place import Place
from bot.telegram.posting import Posting
from bot.telegram.text import LONGEST_CAPTION, Run, as_html, foreign, pieces
from storage.blobs import Blobs
from storage.values.errors import Refused
from tools.inbox.show import plain, size

LARGEST_PHOTO = 10 * 1024 * 1024
LARGEST = 50 * 1024 * 1024
PICTURES = frozenset({"image/png", "image/jpeg", "image/webp"})

ORIGINAL = "The original as a file."


async def send_file(posting: Posting, place: Place, file: File, blobs: Blobs) -> None:
    """Sends a file with what it shows in words. What Telegram cannot carry is said in words."""
    content = await blobs.get(UUID(file.blob))
    name = file_name(file.name)
    if not content or len(content) > LARGEST:
        what = f"has {size(len(content))}, and Telegram carries {size(LARGEST)} at most" if content else "is empty"
        await posting.post(
            place, render.reply(Reply(f"{file.text}\n\nThe file {name} {what}, so it cannot be sent here."))
        )
        return
    caption = foreign(file.text) if file.text.strip() else []
    if len(pieces(caption, LONGEST_CAPTION)) > 1:
        await posting.post(place, render.reply(Reply(file.text)))
        caption = [Run(name, "code")]
    shown = await _pictured(posting, place, file, name, content, caption)
    await posting.document(place, name, content, ORIGINAL if shown else as_html(caption), answers=shown)


async def _pictured(
    posting: Posting, place: Place, file: File, name: str, content: bytes, caption: list[Run]
) -> int | None:
    """The number of the message with the picture, where there is one that Telegram can show."""
    if file.media_type not in PICTURES or len(content) > LARGEST_PHOTO:
        return None
    try:
        return await posting.photo(place, name, content, as_html(caption))
    except Refused:  # too wide, too long or too strange for a photo: the document carries it
        return None


def file_name(name: str) -> str:
    """A name that is one line, has no folders in it, and shows all its signs."""
    return re.sub(r'[\\/\n"·]+', "_", plain(name)).strip(" _")[-120:] or "file"
