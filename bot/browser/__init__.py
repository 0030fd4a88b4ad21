"""The same assistant on a web page of this machine: for the one who sits at it, with no account.

transcript  what the talk shows, every change numbered     history  the talk so far, from the memory
inbound     words, presses, files and stop                 render   words as plain values
door        a key that opens once, cookie, host, origin    routes   what the page asks and says
channel     the page as a channel                          page     what the browser runs, as it is written here
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.browser.channel import Browser
    from bot.program import Program


@asynccontextmanager
async def open_platform(program: Program) -> AsyncIterator[Browser | None]:
    """The page of the one person who lives here. None where it must not be: the program listens to more than this machine,
    or nobody, or more than one person, lives here."""
    from bot.browser.channel import open_browser
    from bot.browser.door import is_here
    from bot.household import only_resident

    owner = await only_resident(program.database) if is_here(program.settings.host) else None
    yield await open_browser(program.database, program.box.blobs, owner.caller) if owner else None
