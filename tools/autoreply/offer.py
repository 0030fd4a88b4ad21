"""An auto-reply is offered: every gate is asked, a place in the day's count is taken, and the undo window begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from storage.tables.auto_replies import AutoReplyState
from storage.transaction import Transaction
from storage.values.access import Caller
from storage.values.clock import now
from storage.values.errors import NeedsPerson, Refused
from tools.autoreply import gates
from tools.autoreply.gates import Gate, Situation
from tools.autoreply.situation import day_of, gather
from tools.inbox import reply
from tools.mail.email import Email
from tools.rules.rule import AutoReply
from tools.toolbox import Toolbox
from tools.work import AUTO_REPLY

ACTION = "auto_reply"
"""Action of the receipt that `undo` takes back while the window is open."""


@dataclass(frozen=True)
class Wish:
    """What a rule wants: this mail answered with that template."""

    email: UUID
    rule: UUID
    rule_name: str
    action: AutoReply


@dataclass(frozen=True)
class Offered:
    """What came of a wish. `row` is the auto-reply's; None when it was decided before."""

    row: Row[Any] | None
    gates: tuple[Gate, ...] = ()
    body: str = ""

    @property
    def words(self) -> str:
        """One sentence for the rule's record."""
        if self.row is None:
            return "this mail was decided about before"
        if self.row.state == AutoReplyState.WAITING:
            return f"an auto-reply to {self.row.recipient} was prepared"
        return f"not answered: {self.row.reason}"


async def offer(box: Toolbox, caller: Caller, wish: Wish, conversation: UUID) -> Offered:
    """Asks the gates. If all pass, the answer is written down and leaves when its window is over; if not, it is written down
    why. A mail is decided about once."""
    async with box.database.acting_as(caller) as tx:
        known = await tx.auto_replies.of(wish.email)
        found = await tx.emails.many([wish.email])
    if known is not None or not found:
        return Offered(None)
    row = found[0]
    try:
        email = await reply.original(box, caller, row)
    except (Refused, NeedsPerson) as error:
        return await _unreadable(box, caller, wish, row, str(error))
    async with box.database.acting_as(caller) as tx:
        await tx.auto_replies.alone(caller.person)  # two mails of one sender at once: the second sees the first
        situation = await gather(tx, caller, row, email, wish.rule, wish.action.template, now())
        asked = gates.judge(situation)
        return await _decided(tx, caller, wish, situation, asked, conversation)


async def _decided(
    tx: Transaction, caller: Caller, wish: Wish, situation: Situation, asked: list[Gate], conversation: UUID
) -> Offered:
    closed = gates.first_closed(asked)
    day = day_of(situation.at, caller.zone)
    if closed is None and not wish.action.requires_approval:
        taken = await tx.auto_replies.count_up(caller.person, day, situation.habit.max_daily_replies)
        closed = None if taken else Gate("daily limit", passed=False, reason="today's last auto-reply was just taken")
    body = _body(situation)
    state = _state(wish, asked, closed, body)
    leaves = state == AutoReplyState.WAITING
    due_at = situation.at + timedelta(seconds=situation.habit.undo_seconds) if leaves else None
    made = await tx.auto_replies.note(
        **_columns(caller, wish, situation.row, situation.email),
        template=situation.template.id if situation.template else None,
        template_version=situation.template.version if situation.template else 0,
        subject=gates.filled(situation).subject if body else "",
        body=body,
        confidence=situation.row.confidence,
        state=state,
        gates=[one.to_json() for one in asked],
        reason=closed.reason if closed else "every gate let it pass",
        day=day if leaves else None,
        due_at=due_at,
    )
    if made is None:  # somebody else decided in this moment
        if leaves:
            await tx.auto_replies.count_down(caller.person, day)
        return Offered(None)
    row = await tx.auto_replies.get(made)
    assert row is not None
    if leaves:
        await _wait(tx, caller, row, conversation)
    return Offered(row, tuple(asked), body)


async def _wait(tx: Transaction, caller: Caller, row: Row[Any], conversation: UUID) -> None:
    await tx.jobs.add(
        AUTO_REPLY.kind,
        AUTO_REPLY.queue.name,
        {"auto_reply": str(row.id)},
        person=caller.person,
        conversation=conversation,
        run_at=row.due_at,
        once=f"auto_reply:{row.id}",
    )
    await tx.receipts.add(
        person=caller.person,
        conversation=conversation,
        request=f"auto-reply:{row.id}",
        action=ACTION,
        words=f"Prepared an auto-reply to {row.recipient}.",
        before={"auto_reply": str(row.id)},
        reversible=True,
    )


def _state(wish: Wish, asked: list[Gate], closed: Gate | None, body: str) -> AutoReplyState:
    if gates.is_silent(asked):
        return AutoReplyState.SILENT
    if wish.action.requires_approval and body:
        return AutoReplyState.DRAFTED
    return AutoReplyState.HELD if closed else AutoReplyState.WAITING


def _body(situation: Situation) -> str:
    try:
        return gates.filled(situation).body
    except Refused:
        return ""


async def _unreadable(box: Toolbox, caller: Caller, wish: Wish, row: Row[Any], why: str) -> Offered:
    async with box.database.acting_as(caller) as tx:
        made = await tx.auto_replies.note(
            **_columns(caller, wish, row, None),
            template=None,
            template_version=0,
            subject="",
            body="",
            confidence=row.confidence,
            state=AutoReplyState.HELD,
            gates=[],
            reason=f"the mail could not be read again: {why}",
            day=None,
            due_at=None,
        )
        return Offered(await tx.auto_replies.get(made) if made else None)


def _columns(caller: Caller, wish: Wish, row: Row[Any], email: Email | None) -> dict[str, Any]:
    sender = email.sender.address if email and email.sender else row.sender_address
    return {
        "person": caller.person,
        "account": row.account,
        "email": row.id,
        "answers": row.message_id,
        "thread": row.thread,
        "recipient": sender,
        "rule": wish.rule,
        "rule_name": wish.rule_name,
        "template_name": wish.action.template,
    }
