"""Commands about mailboxes: linking one, which are linked, the default, other addresses, and parting from one."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from agent.chat import Reply, Word
from agent.own_mailboxes import ask_for_alias, drop_alias, mailboxes_card, prefer
from agent.relinking import opening
from bot.command import Given
from storage.values.errors import Refused
from tools.inbox.show import plain
from tools.mail.envelope import ascii_address
from tools.mail.linking import LINKS, imap
from tools.mail.linking.start import ask
from tools.mail.linking.unlink import Unlinked, chosen, unlink

USAGE = (
    "Say /accounts to see your mailboxes, /accounts default ADDRESS to choose the one that I take when several could be meant, "
    "/accounts alias ADDRESS for another address of yours, or /accounts unlink ADDRESS to part from one."
)


def names_a_provider(words: str) -> bool:
    """Whether the words after /link name a provider of mailboxes."""
    return words.strip().casefold() in (*LINKS, imap.PROVIDER)


async def link_mailbox(given: Given) -> list[Word]:
    """An address that links a mailbox of the provider that was named."""
    mailboxes = given.assistant.box.mailboxes
    provider = given.words.strip().casefold()
    if provider == imap.PROVIDER:
        url = await imap.ask(mailboxes.database, mailboxes.linking, given.caller, given.conversation)
        return [Reply(opening(url))]
    url = await ask(mailboxes.database, mailboxes.linking, given.caller, given.conversation, provider)
    return [Reply(opening(url))]


async def accounts(given: Given) -> list[Word]:
    """The person's mailboxes; `default ADDRESS` chooses one, `alias ADDRESS` adds an address, `unlink ADDRESS` parts from one."""
    action, _, rest = given.words.strip().partition(" ")
    if action and (action.casefold() not in _ACTIONS or not rest.strip()):
        raise Refused(USAGE)
    if action:
        return [await _ACTIONS[action.casefold()](given, rest.strip())]
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        card = await mailboxes_card(tx, given.caller, USAGE)
        linked = await tx.accounts.of(given.caller.person)
    if not linked:
        return [Reply(f"No mailbox is linked yet. Say /link {' or /link '.join((*LINKS, imap.PROVIDER))}.")]
    return [card]


async def _unlink(given: Given, address: str) -> Word:
    gone = await unlink(given.assistant.box.mailboxes, given.caller, address, origin=given.origin)
    return Reply(plain(parted(gone)))


async def _default(given: Given, address: str) -> Word:
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        row = chosen(await tx.accounts.of(given.caller.person), address)
        return Reply(plain(await prefer(tx, given.caller, row, given.origin)))


async def _alias(given: Given, words: str) -> Word:
    """`ADDRESS`, `ADDRESS for MAILBOX` or `remove ADDRESS`."""
    removed = _REMOVE.fullmatch(words)
    address, _, mailbox = (removed[1] if removed else words).partition(" for ")
    address = ascii_address(address.strip()).casefold()
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        if removed:
            return Reply(plain(await drop_alias(tx, given.caller, address, given.origin)))
        rows = await tx.accounts.of(given.caller.person)
        if not rows:
            raise Refused("No mailbox is linked yet, so there is none to which that address could belong.")
        if address in {row.address.casefold() for row in rows}:
            raise Refused(f"{address} is a mailbox of yours itself, so mail to it counts as yours already.")
        return await ask_for_alias(tx, given.caller, chosen(rows, mailbox) if mailbox else rows[0], address)


_REMOVE = re.compile(r"remove (.*)", re.IGNORECASE)
_ACTIONS: dict[str, Callable[[Given, str], Awaitable[Word]]] = {"unlink": _unlink, "default": _default, "alias": _alias}


def parted(gone: Unlinked) -> str:
    """What is said of a mailbox that went."""
    words = f"{gone.address} is not linked any more, and what I had read from it is deleted here; the mailbox keeps it."
    if gone.given_back:
        return f"{words} My access to it is ended at the provider too."
    if gone.given_back is None:
        return words
    return f"{words} I could not end my access at the provider: do it there, under {gone.manage or 'connected apps'}."
