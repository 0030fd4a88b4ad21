"""The text of a nudge: their own words, and a question. Written by code, since those words are a stranger's."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Row

from storage.values.access import Caller
from storage.values.clock import now
from tools.inbox.show import day
from tools.llm.offline.compose import SIGN_OFF, given_name
from tools.style.use import style_for
from tools.toolbox import Toolbox

QUOTED = 300
"""Characters of what they wrote that are repeated."""


async def nudge_text(box: Toolbox, caller: Caller, row: Row[Any]) -> str:
    """A short letter that asks after the promise."""
    style = await style_for(box, caller, row.address)
    first = given_name(row.name)
    opening = style.opening(row.name) if style else f"{f'Hi {first}' if first else 'Hello'},"
    closing = style.closing(caller.name) if style else f"{SIGN_OFF}\n{caller.name}"
    quote = row.quote if len(row.quote) <= QUOTED else f"{row.quote[:QUOTED].rstrip()} …"
    said = day(row.said_at, caller.zone, now())
    asked = f"You wrote ({said}):\n\n> {quote}\n\nIs there any news on this?"
    return "\n\n".join(part for part in (opening, asked, closing) if part)
