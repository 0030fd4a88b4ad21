"""The situation of one mail that may be answered unattended, gathered afresh from mailbox and memory."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Row

from storage.tables.rules import RuleState
from storage.transaction import Transaction
from storage.values.access import Caller, Permission
from storage.values.errors import Refused
from tools.autoreply.gates import Situation
from tools.mail.email import Address, Email
from tools.rules.language import read_rules
from tools.rules.rule import AutoReply


def day_of(at: datetime, zone: str) -> date:
    """The person's day: the one on their wall, not the last 24 hours."""
    return at.astimezone(ZoneInfo(zone)).date()


async def gather(
    tx: Transaction,
    caller: Caller,
    row: Row[Any],
    email: Email,
    rule: UUID,
    template_name: str,
    at: datetime,
    *,
    made: Row[Any] | None = None,
) -> Situation:
    """What the gates look at. `made`: the auto-reply that is about to leave, which is not counted against itself."""
    habit = await tx.habits.of(caller.person)
    account = await tx.accounts.get(row.account)
    own = {one.address.casefold() for one in await tx.accounts.of(caller.person)}
    own |= {one.address for one in await tx.aliases.of(caller.person)}
    day = made.day if made is not None else day_of(at, caller.zone)
    used = await tx.auto_replies.used(caller.person, day)
    since = at - timedelta(days=habit.days_between)
    sender = email.sender.address if email.sender else ""
    thread = await tx.emails.thread([row.account], row.thread)
    template = await tx.templates.named(caller.person, template_name)
    return Situation(
        email=email,
        row=row,
        template=template,
        approver_may=template is not None and await _may_approve(tx, template.approved_by),
        version=made.template if made is not None else None,
        rule_on=await _still_wants(tx, rule, template_name),
        habit=habit,
        me=Address(caller.name, account.address),
        own=frozenset(own),
        zone=caller.zone,
        used=used - (made is not None),
        earlier=await tx.auto_replies.earlier(
            caller.person, sender, row.thread, row.message_id, since, made.id if made is not None else None
        ),
        answers_us=await tx.auto_replies.own_message_ids([email.in_reply_to, *email.references]),
        answered=any(one.id != row.id and one.sent_at >= row.sent_at for one in thread),
        at=at,
    )


async def _still_wants(tx: Transaction, rule: UUID, template_name: str) -> bool:
    """Whether the rule is on and still answers with this template."""
    try:
        row = await tx.rules.get(rule)
    except Refused:
        return False
    wanted = [one for one in read_rules(row.source)[0].actions if isinstance(one, AutoReply)]
    return row.state == RuleState.ON and any(one.template == template_name for one in wanted)


async def _may_approve(tx: Transaction, approver: UUID | None) -> bool:
    """Whether who approved still may: a role that was taken away, or a person who left, approves nothing any more."""
    try:
        return approver is not None and (await tx.people.caller(approver)).may(Permission.APPROVE_TEMPLATES)
    except Refused:
        return False
