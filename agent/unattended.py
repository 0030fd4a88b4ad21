"""What the buttons on cards of auto-replies do: stop one in its window, draft one that was held, or say why."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.engine import Row

from agent import approval, auto_reply_cards
from agent.auto_reply_cards import DRAFT_REPLY, LEAVE_REPLY, STOP_REPLY, WHY
from agent.chat import Reply, Update, Word
from agent.press import Press, card_of, waiting_draft
from storage.tables.auto_replies import AutoReplyState
from storage.transaction import Transaction
from storage.values.errors import Refused
from tools.autoreply.undo import cancel
from tools.inbox.show import moment


async def _stop(press: Press) -> list[Word]:
    async with press.box.database.acting_as(press.caller) as tx:
        row = await _row(tx, press)
        if not await cancel(tx, row, press.origin):
            raise Refused(_too_late(row, press.caller.zone))
        row = await _row(tx, press)
    return [Update(auto_reply_cards.of(row, press.caller.zone, {}))]


async def _draft(press: Press) -> list[Word]:
    """A held answer becomes a draft like any other: it leaves by a click only."""
    request = f"auto-reply-draft:{press.subject}"
    async with press.box.database.acting_as(press.caller) as tx:
        row = await _row(tx, press)
    waiting = await waiting_draft(press, row.email, request)
    if waiting:
        return waiting
    async with press.box.database.acting_as(press.caller) as tx:
        taken = await tx.auto_replies.become(
            row.id, AutoReplyState.DRAFTED, only_from=[AutoReplyState.HELD, AutoReplyState.DRAFTED]
        )
    if taken is None:
        raise Refused(_too_late(row, press.caller.zone))
    made = await approval.open_case(
        press.case,
        account=row.account,
        email=row.email,
        wish="Answer this mail politely.",
        body=row.body,
        request=request,
    )
    async with press.box.database.acting_as(press.caller) as tx:
        card = await card_of(tx, await tx.approvals.get(made), press.caller.zone)
    return [Update(auto_reply_cards.of(taken, press.caller.zone, {})), card]


async def _leave(press: Press) -> list[Word]:
    async with press.box.database.acting_as(press.caller) as tx:
        row = await _row(tx, press)
        left = await tx.auto_replies.become(
            row.id, AutoReplyState.CANCELLED, only_from=[AutoReplyState.HELD], reason="you left it unanswered"
        )
    if left is None:
        raise Refused(_too_late(row, press.caller.zone))
    return [Update(auto_reply_cards.of(left, press.caller.zone, {}))]


async def _why(press: Press) -> list[Word]:
    async with press.box.database.acting_as(press.caller) as tx:
        row = await _row(tx, press)
    return [Reply(f"The gates, in order:\n{auto_reply_cards.verdicts(row)}")]


async def _row(tx: Transaction, press: Press) -> Row[Any]:
    row = await tx.auto_replies.get(press.subject)
    if row is None:
        raise Refused("That auto-reply is not there any more.")
    return row


def _too_late(row: Row[Any], zone: str) -> str:
    what = {
        AutoReplyState.SENT: "It was sent",
        AutoReplyState.LEAVING: "It is being sent in this moment, and can no longer be stopped, since",
        AutoReplyState.CANCELLED: "It was called off",
        AutoReplyState.DRAFTED: "It was made a draft",
    }.get(AutoReplyState(row.state), "It was decided")
    return f"{what} on {moment(row.changed_at, zone)}; nothing more was done."


ACTIONS: dict[str, Callable[[Press], Awaitable[list[Word]]]] = {
    STOP_REPLY: _stop,
    DRAFT_REPLY: _draft,
    LEAVE_REPLY: _leave,
    WHY: _why,
}
"""A button's action -> what it does."""
