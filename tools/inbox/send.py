"""Sending: the only code that hands mail to a mailbox. It reads a frozen, approved row by id, and claims it first.

A claim is committed before a byte leaves. So whatever kills us, the row says how far we were: `ready` has surely not left
and is tried again; `transmitting` may have left and is looked for in Sent, never sent blindly.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from storage.tables.approvals import State
from storage.tables.sends import SendState
from storage.values.errors import NeedsPerson, Refused, Unavailable, Unsure
from tools.inbox.sync import read_again
from tools.mail.mailbox import Mailbox
from tools.toolbox import Toolbox

PATIENCE = 45.0
"""Seconds for handing a mail over; less than the job's lease, so that nobody else looks while we still hold the line."""


@dataclass(frozen=True)
class Outcome:
    """What came of a send: its state, and a true sentence for the person."""

    state: SendState
    words: str


async def deliver(box: Toolbox, tenant: UUID, approval: UUID) -> Outcome:
    """Sends the mail of an approval once, or finds out what became of it. Unavailable: it has surely not left, try again."""
    send, claimed = await _claim(box, tenant, approval)
    if send.state == SendState.SENT:
        return Outcome(SendState.SENT, f"Sent to {_to(send)}.")
    if send.state == SendState.REFUSED:
        return Outcome(SendState.REFUSED, send.note)
    mailbox = await box.mailboxes.get(tenant, send.account)
    if not claimed:
        return await _find_out(box, tenant, mailbox, send)
    try:
        async with asyncio.timeout(PATIENCE):
            await mailbox.send(bytes(send.message), send.sender, send.recipients)
    except Refused as error:
        words = f"Not sent to {_to(send)}: {error}"
        await _become(box, tenant, send, SendState.REFUSED, words)
        return Outcome(SendState.REFUSED, words)
    except (Unavailable, NeedsPerson):
        await _become(box, tenant, send, SendState.READY, "")
        await box.mailboxes.drop(send.account)
        raise
    except (Unsure, TimeoutError):
        await box.mailboxes.drop(send.account)
        return await _find_out(box, tenant, await box.mailboxes.get(tenant, send.account), send)
    await _become(box, tenant, send, SendState.SENT, "")
    return Outcome(SendState.SENT, f"Sent to {_to(send)}. {await _seen_in_sent(mailbox, send)}")


async def settle_doubt(box: Toolbox, tenant: UUID, approval: UUID, *, arrived: bool) -> Row[Any] | None:
    """A person's word on a send that nobody knows about: it arrived, or it is to be sent again. None when there is no
    doubt any more."""
    async with box.database.acting_as(tenant) as tx:
        send = await tx.sends.of(approval)
        state = SendState.SENT if arrived else SendState.READY
        if send is None or not await tx.sends.become(send.id, state, only_from=[SendState.UNKNOWN]):
            return None
        return send


async def _claim(box: Toolbox, tenant: UUID, approval: UUID) -> tuple[Row[Any], bool]:
    async with box.database.acting_as(tenant) as tx:
        row = await tx.approvals.get(approval)
        send = await tx.sends.of(approval)
        if row.state != State.APPROVED or send is None:
            raise Refused("That draft is not approved, so it was not sent.")
        claimed = await tx.sends.claim(send.id)
        return (claimed, True) if claimed else (await tx.sends.get(send.id), False)


async def _find_out(box: Toolbox, tenant: UUID, mailbox: Mailbox, send: Row[Any]) -> Outcome:
    try:
        found = await mailbox.find_sent(send.message_id)
    except (Refused, NeedsPerson):
        found = None
    if found:
        await _become(box, tenant, send, SendState.SENT, "")
        return Outcome(SendState.SENT, f"Sent to {_to(send)}: the line broke, but it is in Sent.")
    words = (
        f"I cannot tell whether the mail to {_to(send)} left: the line broke while it was handed over, and it is not in "
        "Sent. I will not send it again on my own; please ask them, or decide below."
    )
    await _become(box, tenant, send, SendState.UNKNOWN, words)
    return Outcome(SendState.UNKNOWN, words)


async def _become(box: Toolbox, tenant: UUID, send: Row[Any], state: SendState, note: str) -> None:
    async with box.database.acting_as(tenant) as tx:
        await tx.sends.become(send.id, state, note, only_from=[SendState.TRANSMITTING, SendState.UNKNOWN])


async def _seen_in_sent(mailbox: Mailbox, send: Row[Any]) -> str:
    """What a look into Sent shows. The mail has left already, so trouble with looking is only said."""
    try:
        key = await mailbox.find_sent(send.message_id)
        if key is None:
            return "The server took it; I do not see the copy in Sent yet."
        email = await read_again(mailbox, key)
    except (Refused, Unavailable, NeedsPerson):
        return "The server took it; I could not look into Sent."
    if not email.reply.strip() or not email.sender or email.sender.address != send.sender:
        return "But the copy in Sent does not look like what you approved; please look at it."
    return "I read it back from Sent."


def _to(send: Row[Any]) -> str:
    return ", ".join(send.recipients)
