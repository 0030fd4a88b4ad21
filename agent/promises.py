"""What the buttons on the card of a promise do: close it, open it again, come back to it, or draft a nudge."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Row

from agent import approval, promise_cards
from agent.chat import Card, Reply, Update, Word
from agent.press import FRESH_FOR, Press, card_of
from storage.tables.approvals import State
from storage.tables.commitments import CommitmentState
from storage.transaction import Transaction
from storage.values.access import Caller
from storage.values.clock import now
from storage.values.errors import Refused
from tools.commitments.nudge import nudge_text
from tools.commitments.settle import settle
from tools.commitments.words import sides
from tools.followups.plan import plan
from tools.inbox.show import moment
from tools.tool import Ask

NINE = 9
"""The hour of the person's day at which a promise is come back to."""


async def card(tx: Transaction, caller: Caller, row: Row[Any]) -> Card:
    """The card of a promise, with fresh buttons."""
    mail = await tx.emails.get(row.email)
    tokens = await tx.buttons.make(caller.person, row.id, promise_cards.actions_for(row), now() + FRESH_FOR)
    return promise_cards.of(row, mail.subject, tokens, caller.zone, now())


async def _done(press: Press) -> list[Word]:
    return await _settled(press, CommitmentState.DONE)


async def _none(press: Press) -> list[Word]:
    return await _settled(press, CommitmentState.DISMISSED)


async def _again(press: Press) -> list[Word]:
    return await _settled(press, CommitmentState.OPEN)


async def _settled(press: Press, state: CommitmentState) -> list[Word]:
    row = await settle(press.box, _ask(press, "settle"), press.subject, state)
    async with press.box.database.acting_as(press.caller) as tx:
        return [Update(await card(tx, press.caller, row))]


async def _remind(press: Press) -> list[Word]:
    """On the morning of the day it is due; on the next one when that is over, or none was named."""
    row = await _row(press)
    due = _morning(row, press.caller.zone)
    unless = "" if row.mine else ", unless an answer arrives before"
    words = f"I will come back to this promise, {sides(row)}, on {moment(due, press.caller.zone)}{unless}."
    async with press.box.database.acting_as(press.caller) as tx:
        note = f"Promised, {sides(row)}: “{row.quote}”"
        ask = _ask(press, "remind")
        await plan(tx, ask, due, words, email=row.email, note=note, unless_answered=not row.mine)
    return [Reply(words)]


async def _nudge(press: Press) -> list[Word]:
    """A draft like any other: it waits for a click."""
    row = await _row(press)
    if row.mine:
        raise Refused("That is your own promise, so there is nobody to nudge.")
    body = await nudge_text(press.box, press.caller, row)
    made = await approval.open_case(
        press.case,
        account=row.account,
        email=row.email,
        wish="",
        body=body,
        request=f"promise-nudge:{row.id}:{row.changed_at.isoformat()}",  # pressed twice, it is one draft
    )
    async with press.box.database.acting_as(press.caller) as tx:
        drafted = await tx.approvals.get(made)
        if drafted.state != State.PENDING:
            raise Refused(f"That nudge was {drafted.state} already. Ask me to reply to the mail if you want another.")
        return [await card_of(tx, drafted, press.caller.zone)]


async def _row(press: Press) -> Row[Any]:
    async with press.box.database.acting_as(press.caller) as tx:
        row = await tx.commitments.get(press.subject)
    if row is None:
        raise Refused("That promise is not there any more: its mail has left the mailbox.")
    if row.state != CommitmentState.OPEN:
        raise Refused("That promise is closed. Press “Open again” on its card first, or say /promises closed.")
    return row


def _morning(row: Row[Any], zone: str) -> datetime:
    local = now().astimezone(ZoneInfo(zone))
    tomorrow = local.date() + timedelta(days=1)
    day = max(row.due_on, tomorrow) if row.due_on else tomorrow
    return datetime(day.year, day.month, day.day, NINE, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _ask(press: Press, what: str) -> Ask:
    return Ask(press.caller, press.conversation, press.event, call=what)


ACTIONS: dict[str, Callable[[Press], Awaitable[list[Word]]]] = {
    promise_cards.PROMISE_DONE: _done,
    promise_cards.NO_PROMISE: _none,
    promise_cards.PROMISE_AGAIN: _again,
    promise_cards.REMIND_PROMISE: _remind,
    promise_cards.NUDGE_PROMISE: _nudge,
}
"""A button's action -> what it does."""
