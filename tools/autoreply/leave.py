"""An auto-reply leaves: the gates are asked again, the mail is frozen under its approved template, and sent once."""

from __future__ import annotations

from dataclasses import replace
from email.utils import make_msgid
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from storage.tables.approvals import State
from storage.tables.auto_replies import AutoReplyState
from storage.tables.sends import SendState
from storage.transaction import Transaction
from storage.values.access import Caller
from storage.values.clock import now
from storage.values.errors import Refused
from storage.values.ids import new_id
from tools.autoreply import gates
from tools.autoreply.gates import Gate, Situation
from tools.autoreply.situation import gather
from tools.inbox import reply, send
from tools.inbox.reply import Composed
from tools.inbox.send import Outcome
from tools.mail.compose import compose_reply
from tools.mail.email import Email
from tools.mail.parse import parse
from tools.toolbox import Toolbox

KIND = "auto_reply"
"""Kind of the approval row: approved by whoever approved the template's version, not by a click on this mail."""


async def leave(box: Toolbox, caller: Caller, auto_reply: UUID, conversation: UUID) -> Outcome | None:
    """Sends it, if every gate still lets it pass, or goes on with what was begun before. None when there is nothing to send:
    it was cancelled, or it is held now."""
    async with box.database.acting_as(caller) as tx:
        row = await tx.auto_replies.get(auto_reply)
        begun = await tx.sends.of(row.approval) if row is not None and row.approval else None
    if row is None or row.state not in (AutoReplyState.WAITING, AutoReplyState.LEAVING):
        return None
    surely_here = begun is None or begun.state == SendState.READY
    if surely_here and not await _asked_again(box, caller, row, conversation):
        return None
    async with box.database.acting_as(caller) as tx:
        approval = (await tx.auto_replies.get(auto_reply)).approval  # type: ignore[union-attr]  # it was there
    return await send.deliver(box, caller.tenant, approval)


async def _asked_again(box: Toolbox, caller: Caller, row: Row[Any], conversation: UUID) -> bool:
    """Whether it may leave now. If not, it is held, with the reason."""
    try:
        async with box.database.acting_as(caller) as tx:
            mail = await tx.emails.get(row.email)
        email = await reply.original(box, caller, mail)
    except Refused as error:
        async with box.database.acting_as(caller) as tx:
            await hold(tx, row, [], f"the mail cannot be read any more: {error}")
        return False
    async with box.database.acting_as(caller) as tx:
        await tx.auto_replies.alone(caller.person)
        situation = await gather(tx, caller, mail, email, row.rule, row.template_name, now(), made=row)
        asked = gates.judge(situation)
        closed = gates.first_closed(asked) or _unlike(situation, row)
        if closed is not None:
            await hold(tx, row, asked, closed.reason)
            return False
        if row.approval is None:
            await _freeze(tx, caller, row, situation, conversation)
        return True


def _unlike(now_: Situation, row: Row[Any]) -> Gate | None:
    """What leaves is, byte for byte, what was written down when the window began."""
    filled = gates.filled(now_)
    if (filled.subject, filled.body) == (row.subject, row.body) and now_.row.sender_address == row.recipient:
        return None
    return Gate("fields", passed=False, reason="the mail is not what the answer was made for")


async def hold(tx: Transaction, row: Row[Any], asked: list[Gate], reason: str) -> None:
    """It does not leave: a person looks at it, and its place in the day's count is free again."""
    if row.approval is not None:
        begun = await tx.sends.of(row.approval)
        refused = begun and await tx.sends.become(
            begun.id, SendState.REFUSED, f"Not sent: {reason}", only_from=[SendState.READY]
        )
        if not refused:
            return
    held = await tx.auto_replies.become(
        row.id,
        AutoReplyState.HELD,
        only_from=[AutoReplyState.WAITING, AutoReplyState.LEAVING],
        reason=reason,
        **({"gates": [one.to_json() for one in asked]} if asked else {}),
    )
    if held is not None and row.day is not None:
        await tx.auto_replies.count_down(row.person, row.day)


async def _freeze(tx: Transaction, caller: Caller, row: Row[Any], situation: Situation, conversation: UUID) -> None:
    """The approved row and the frozen bytes, in the transaction in which the gates were asked."""
    template = situation.template
    assert template is not None
    composed = compose(situation, row.subject, row.body)
    if composed.recipients != (row.recipient,):
        raise Refused(f"The answer would go to {', '.join(composed.recipients)}, so it was not sent.")
    approval = await tx.approvals.propose(
        person=caller.person,
        conversation=conversation,
        account=row.account,
        email=row.email,
        kind=KIND,
        action=composed.action(),
        message=composed.message,
        digest=composed.digest,
        request=f"auto-reply:{row.id}",
        case=new_id(),
        replaces=None,
        expires_at=now() + gates.FRESH,
    )
    by = f"template:{template.name} v{template.version}"
    settled = await tx.approvals.settle(
        approval, State.APPROVED, by=template.approved_by, on=by, digest=composed.digest
    )
    left = await tx.auto_replies.become(
        row.id, AutoReplyState.LEAVING, only_from=[AutoReplyState.WAITING], approval=approval
    )
    if settled is None or left is None:
        raise Refused("That auto-reply was decided meanwhile.")
    await tx.sends.freeze(
        approval, row.account, composed.message_id, composed.sender, composed.recipients, composed.message
    )
    await tx.audit.sign(
        caller.person, "auto_reply_approved", f"auto_reply:{row.id}", audit_details(row, template, composed), origin=by
    )


def audit_details(row: Row[Any], template: Row[Any], composed: Composed) -> dict[str, Any]:
    """Who let it out, how sure we were, to whom, with which text, under which name."""
    return {
        "approver": template.approved_by,
        "approved_at": template.approved_at,
        "confidence": row.confidence,
        "recipient": row.recipient,
        "rule": row.rule_name,
        "template": row.template_name,
        "template_id": template.id,
        "template_version": template.version,
        "message_id": composed.message_id,
        "answers": row.answers,
    }


def compose(situation: Situation, subject: str, body: str) -> Composed:
    """The mail: in the thread, to the sender only, marked as automatic, without a quotation."""
    email: Email = replace(situation.email, reply_to=None)
    own = situation.me.address
    message_id = make_msgid(domain=own.rpartition("@")[2] or "deskhand.invalid").strip("<>")
    message = compose_reply(
        email,
        sender=situation.me,
        body=body,
        message_id=message_id,
        date=situation.at,
        quote=False,
        subject=subject,
        automatic=True,
    )
    written = parse(message)
    return Composed(
        sender=own,
        recipients=tuple(one.address for one in (*written.to, *written.cc)),
        subject=written.subject,
        body=body,
        message_id=message_id,
        thread=situation.row.thread,
        thread_seen=(str(situation.row.id),),
        known_domains=(),
        quoted=0,
        message=message,
    )
