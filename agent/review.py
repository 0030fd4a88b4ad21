"""Review: several drafts on one card, each in full, some of them left out by the person, the others approved one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from agent import cards
from agent.chat import Card, Choice, Update
from storage.tables.approvals import State
from storage.transaction import Transaction
from storage.values.access import Caller
from storage.values.errors import Refused

CHOSEN = "chosen"
"""The field of a press that names the ticked drafts: `1,3`. Without it all that the card lists are meant."""

AT_ONCE = 10
LONGEST = 1_200
"""Characters of a body that a review shows. A longer mail has a card of its own, since nobody approves what they cannot
see whole; ten of these fit into what Slack shows of one message."""


async def offered(tx: Transaction, caller: Caller, rows: Sequence[Row[Any]]) -> list[Card]:
    """The review card of what waits, after the cards of what is too long for it."""
    from agent.decisions import FRESH_FOR, card_of

    short = [row for row in rows if len(row.action["body"]) <= LONGEST][:AT_ONCE]
    if len(short) < 2:
        return [await card_of(tx, row, caller.zone) for row in rows]
    shown = {row.id for row in short}
    others = [await card_of(tx, row, caller.zone) for row in rows if row.id not in shown]
    made = await tx.reviews.make(caller.person, [row.id for row in short])
    expires = min(row.expires_at for row in short) + FRESH_FOR
    tokens = await tx.buttons.make(caller.person, made, (cards.REVIEW, cards.LEAVE), expires)
    return [*others, cards.review(made, [(row, choice(number, row)) for number, row in enumerate(short, 1)], tokens)]


def choice(number: int, row: Row[Any]) -> Choice:
    """A draft as an item of the list."""
    return Choice(str(number), f"{number}. To {', '.join(row.action['recipients'])}: {row.action['subject']}")


def chosen(fields: str | None, listed: Sequence[UUID]) -> list[tuple[int, UUID]]:
    """The numbers and ids that a press means. Refused when it names none, or what is not on the list."""
    if fields is None:
        return list(enumerate(listed, 1))
    names = [one.strip() for one in fields.split(",") if one.strip()]
    if not names:
        raise Refused("No draft is ticked, so nothing was sent.")
    if not all(one.isdecimal() and 1 <= int(one) <= len(listed) for one in names):
        raise Refused(f"The list has the numbers 1 to {len(listed)}; nothing was sent.")
    return [(number, listed[number - 1]) for number in sorted({int(one) for one in names})]


async def outcome(tx: Transaction, identity: UUID, told: Sequence[str]) -> Update:
    """The card after the press: what became of each draft on it."""
    rows = [await tx.approvals.get(one) for one in await tx.reviews.approvals(identity)]
    waiting = sum(row.state == State.PENDING for row in rows)
    approved = sum(row.state == State.APPROVED for row in rows)
    title = f"{approved} approved" + (f", {waiting} left waiting" if waiting else "")
    lines = [f"{choice(number, row).label}: {row.state}" for number, row in enumerate(rows, 1)]
    return Update(cards.reviewed(identity, title, "\n".join([*lines, *told])))
