"""Commands about mail: what is unread, read on now, take back, what is remembered, what comes back."""

from __future__ import annotations

from agent.chat import Reply, Word
from bot.command import Given
from storage.values.errors import Refused
from tools.inbox.show import plain
from tools.read_on import read_on


async def inbox(given: Given) -> list[Word]:
    """The unread mail."""
    return [await given.tool("search_inbox", unread=True)]


async def process(given: Given) -> list[Word]:
    """Reads every mailbox of the person now, instead of at the next poll."""
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        accounts = await tx.accounts.of(given.caller.person)
        for row in accounts:
            await read_on(tx, row.id, given.caller.person, given.conversation)
    if not accounts:
        raise Refused("No mailbox is linked yet. Say /link to see how that is done.")
    names = ", ".join(plain(row.address) for row in accounts)
    return [Reply(f"I am reading {names} now. What is urgent I tell you at once; ask “what needs me?” for the rest.")]


async def undo(given: Given) -> list[Word]:
    """Takes back what was done."""
    return [await given.tool("undo", which=given.words or "last")]


async def follow_ups(given: Given) -> list[Word]:
    """What waits to be taken up again."""
    return [await given.tool("list_follow_ups")]


async def memory(given: Given) -> list[Word]:
    """What I was asked to remember."""
    return [await given.tool("recall", query=given.words)]
