"""Commands about mailboxes: linking one, which are linked, and parting from one."""

from __future__ import annotations

from datetime import datetime

from agent.chat import Reply, Word
from agent.relinking import opening
from bot.command import Given
from storage.values.clock import now
from storage.values.errors import Refused
from tools.inbox.show import ago, plain
from tools.mail.linking import LINKS, imap
from tools.mail.linking.start import ask
from tools.mail.linking.unlink import Unlinked, unlink

USAGE = "Say /accounts to see your mailboxes, or /accounts unlink ADDRESS to part from one."


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
    """The person's mailboxes; `unlink ADDRESS` parts from one."""
    action, _, address = given.words.strip().partition(" ")
    if action.casefold() == "unlink" and address.strip():
        gone = await unlink(given.assistant.box.mailboxes, given.caller, address, origin=given.origin)
        return [Reply(plain(parted(gone)))]
    if action:
        raise Refused(USAGE)
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        rows = await tx.accounts.of(given.caller.person)
    if not rows:
        return [Reply(f"No mailbox is linked yet. Say /link {' or /link '.join((*LINKS, imap.PROVIDER))}.")]
    lines = [f"{row.address} ({row.provider}): {row.trouble or _read(row.synced_at)}" for row in rows]
    return [Reply(plain("\n".join([*lines, USAGE])))]


def parted(gone: Unlinked) -> str:
    """What is said of a mailbox that went."""
    words = f"{gone.address} is not linked any more, and what I had read from it is deleted here; the mailbox keeps it."
    if gone.given_back:
        return f"{words} My access to it is ended at the provider too."
    if gone.given_back is None:
        return words
    return f"{words} I could not end my access at the provider: do it there, under {gone.manage or 'connected apps'}."


def _read(at: datetime | None) -> str:
    return f"read {ago(at, now())}" if at else "not read yet"
