"""The style that a draft is written in, if the owner allows that: that of letters to this reader, else that of all letters."""

from __future__ import annotations

from storage.values.access import Caller
from tools.style.learn import allowed
from tools.style.style import Style
from tools.toolbox import Toolbox


async def style_for(box: Toolbox, caller: Caller, address: str) -> Style | None:
    """How the owner writes to an address; None when they do not allow it, or too little is known."""
    async with box.database.acting_as(caller) as tx:
        if not await allowed(tx, caller):
            return None
        own, everybody = await tx.styles.of(caller.person, address.casefold())
    known = own or everybody
    return Style.from_json(known.facts) if known is not None else None
