"""Sending: the only code that hands mail to a mailbox. It reads a frozen, approved row by id, and claims it first.

The mailbox is opened first, then the claim is committed, and only then does a byte leave. So whatever kills us, the row
says how far we were: `ready` has surely not left and is tried again; `transmitting` may have left and is looked for in
Sent, never sent blindly.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from storage.tables.approvals import State
from storage.tables.sends import SendState
from storage.transaction import Transaction
from storage.values.errors import NeedsPerson, Refused, Unavailable, Unsure
from tools.inbox.sync import read_again
from tools.mail.email import Email
from tools.mail.mailbox import Mailbox
from tools.mail.parse import parse
from tools.toolbox import Toolbox

PATIENCE = 45.0
"""Seconds for handing a mail over; less than the job's lease, so that nobody else looks while we still hold the line."""


@dataclass(frozen=True)
class Outcome:
    """What came of a send: its state, and a true sentence for the person."""

    state: SendState
    words: str


async def deliver(box: Toolbox, tenant: UUID, approval: UUID) -> Outcome:
    """Sends the mail of an approval once, or finds out what became of it. Any error: how far it is stands in the row, and
    the same call goes on from there."""
    send = await _approved(box, tenant, approval)
    if send.state in (SendState.SENT, SendState.REFUSED):
        return _ended(send)
    mailbox = await box.mailboxes.get(tenant, send.account)
    if not await _claimed(box, tenant, send):
        return await _find_out(box, tenant, mailbox, send)
    try:
        async with asyncio.timeout(PATIENCE):
            await mailbox.send(bytes(send.message), send.sender, send.recipients)
    except Refused as error:
        return await _become(box, tenant, send, SendState.REFUSED, f"Not sent to {_to(send)}: {error}")
    except (Unavailable, NeedsPerson):
        await _become(box, tenant, send, SendState.READY, "")
        await box.mailboxes.drop(send.account)
        raise
    except (Unsure, TimeoutError):
        await box.mailboxes.drop(send.account)
        return await _find_out(box, tenant, await box.mailboxes.get(tenant, send.account), send)
    sent = await _become(box, tenant, send, SendState.SENT, f"Sent to {_to(send)}.")
    return Outcome(sent.state, f"{sent.words} {await _seen_in_sent(mailbox, send)}")


async def give_up(tx: Transaction, approval: UUID, why: str) -> Outcome | None:
    """Nobody tries on: what has surely not left is not sent, and what may have left is for the person to decide. None when
    there is no send."""
    send = await tx.sends.of(approval)
    if send is None:
        return None
    words = f"Not sent to {_to(send)}: {why}"
    if await tx.sends.become(send.id, SendState.REFUSED, words, only_from=[SendState.READY]):
        return Outcome(SendState.REFUSED, words)
    words = _doubt(send, f"and then I could not look into Sent. {why}")
    if await tx.sends.become(send.id, SendState.UNKNOWN, words, only_from=[SendState.TRANSMITTING, SendState.UNKNOWN]):
        return Outcome(SendState.UNKNOWN, words)
    return _ended(send)


async def _approved(box: Toolbox, tenant: UUID, approval: UUID) -> Row[Any]:
    async with box.database.acting_as(tenant) as tx:
        row = await tx.approvals.get(approval)
        send = await tx.sends.of(approval)
        if row.state != State.APPROVED or send is None:
            raise Refused("That draft is not approved, so it was not sent.")
        await tx.accounts.get(send.account)  # it may have been unlinked while its mailbox stands open here
        return send


async def _claimed(box: Toolbox, tenant: UUID, send: Row[Any]) -> bool:
    async with box.database.acting_as(tenant) as tx:
        return await tx.sends.claim(send.id) is not None


async def _find_out(box: Toolbox, tenant: UUID, mailbox: Mailbox, send: Row[Any]) -> Outcome:
    try:
        found = await mailbox.find_sent(send.message_id)
    except (Refused, NeedsPerson):
        found = None
    words = (
        f"Sent to {_to(send)}: the line broke, but it is in Sent." if found else _doubt(send, "and it is not in Sent.")
    )
    return await _become(box, tenant, send, SendState.SENT if found else SendState.UNKNOWN, words)


async def _become(box: Toolbox, tenant: UUID, send: Row[Any], state: SendState, words: str) -> Outcome:
    """Writes down what came of it; when somebody else did before, theirs holds."""
    async with box.database.acting_as(tenant) as tx:
        if await tx.sends.become(send.id, state, words, only_from=[SendState.TRANSMITTING, SendState.UNKNOWN]):
            return Outcome(state, words)
        return _ended(await tx.sends.get(send.id))


def _ended(send: Row[Any]) -> Outcome:
    return Outcome(SendState(send.state), send.note or f"Sent to {_to(send)}.")


async def _seen_in_sent(mailbox: Mailbox, send: Row[Any]) -> str:
    """What a look into Sent shows. The mail has left already, so trouble with looking is only said."""
    try:
        key = await mailbox.find_sent(send.message_id)
        if key is None:
            return "The server took it; I do not see the copy in Sent yet."
        email = await read_again(mailbox, key)
    except (Refused, Unavailable, NeedsPerson):
        return "The server took it; I could not look into Sent."
    off = differences(await asyncio.to_thread(parse, bytes(send.message)), email)
    if off:
        return f"But in Sent {' and '.join(off)} not what you approved; please look at it."
    return "I read it back from Sent."


def differences(approved: Email, found: Email) -> list[str]:
    """What the mail in Sent has otherwise than the approved one, each ending in a verb: sender, recipients, subject, words
    and thread. A provider may write addresses in other case and lines in another way; that is no difference."""
    off = []
    if not found.sender or not approved.sender or found.sender.address != approved.sender.address:
        off.append("the sender is")
    if _addresses(found) != _addresses(approved):
        off.append("the recipients are")
    if found.subject.split() != approved.subject.split():
        off.append("the subject is")
    if not found.text.strip() or found.text.split() != approved.text.split():
        off.append("the text is")
    if found.in_reply_to != approved.in_reply_to:
        off.append("the thread is")
    return off


def _addresses(email: Email) -> set[str]:
    return {one.address for one in (*email.to, *email.cc)}


def _doubt(send: Row[Any], what_then: str) -> str:
    return (
        f"I cannot tell whether the mail to {_to(send)} left: the line broke while it was handed over, {what_then} I will "
        "not send it again on my own; please ask them, or decide below."
    )


def _to(send: Row[Any]) -> str:
    return ", ".join(send.recipients)
