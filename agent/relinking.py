"""Linking again: a mailbox whose access ended is told of once, with a button that gives a fresh address."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy.engine import Row

from agent.chat import Button, Card, Field, Reply, Word
from agent.press import FRESH_FOR, Press
from agent.telling import tell
from storage.transaction import Transaction
from storage.values.clock import now
from storage.values.ids import new_id
from tools.inbox.show import plain
from tools.mail.linking import LINKS
from tools.mail.linking.start import ask

RELINK = "relink"


def opening(url: str) -> str:
    """What is said with an address that links a mailbox."""
    return (
        f"Open this address within ten minutes to link the mailbox:\n{url}\n"
        "It is yours alone, so give it to nobody. I tell you here when it is done."
    )


async def notice(tx: Transaction, account: Row[Any], sentence: str) -> None:
    """Tells the account's owner, where they are told things."""
    where = await tx.conversations.latest(account.person)
    if where is None:
        return
    buttons: tuple[Button, ...] = ()
    if account.provider in LINKS:
        tokens = await tx.buttons.make(account.person, account.id, (RELINK,), now() + FRESH_FOR)
        buttons = (Button("Link it again", tokens[RELINK]),)
    which = (Field("Mailbox", plain(account.address)),)
    await tell(tx, where.id, Card(str(new_id()), "A mailbox must be linked again", plain(sentence), which, buttons))


async def _relink(press: Press) -> list[Word]:
    async with press.box.database.acting_as(press.caller) as tx:
        account = await tx.accounts.get(press.subject)
    mailboxes = press.box.mailboxes
    url = await ask(mailboxes.database, mailboxes.linking, press.caller, press.conversation, account.provider)
    return [Reply(opening(url))]


ACTIONS: Mapping[str, Callable[[Press], Awaitable[list[Word]]]] = {RELINK: _relink}
"""What a press of the button does."""
