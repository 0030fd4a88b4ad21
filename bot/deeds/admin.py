"""Commands for admins: who did what."""

from __future__ import annotations

from agent.chat import Reply, Word
from bot.command import Given
from storage.values.errors import Refused
from tools.inbox.show import moment, plain

PAGE = 15


async def audit(given: Given) -> list[Word]:
    """The audit, newest first; words filter by action, a number turns the page."""
    words = given.words.split()
    page = next((int(one) for one in words if one.isdecimal() and len(one) < 5), 1)
    action = next((one for one in words if not one.isdecimal()), "")
    if page < 1:
        raise Refused("Pages begin at 1: /audit, /audit 2, /audit reply_sent.")
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        rows = await tx.audit.page(action, (page - 1) * PAGE, PAGE + 1)
        names = {row.id: row.name for row in await tx.people.list()}
    if not rows:
        return [Reply("Nothing is written there." if page == 1 else "There are no more pages.")]
    lines = [
        f"{moment(row.at, given.caller.zone)}  {names.get(row.person, 'somebody who left')}: {row.action}, {row.resource}"
        for row in rows[:PAGE]
    ]
    more = [f"/audit {f'{action} ' if action else ''}{page + 1} shows earlier ones."] if len(rows) > PAGE else []
    return [Reply(plain("\n".join(lines + more)))]
