"""A press of a button, as those who do what it says are given it; and the card of a draft, with buttons to press."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from agent import cards
from agent.approval import Case
from agent.chat import Card, Click, Reply, Word
from agent.manners import told
from storage.transaction import Transaction
from storage.values.access import Caller
from storage.values.ids import ConversationId, EventId
from tools.toolbox import Toolbox

FRESH_FOR = timedelta(days=30)
"""How long a button can be pressed. What it asks for may have ended before; then the press is told so."""


@dataclass(frozen=True)
class Press:
    """A press of a button, by whom, where, and because of which received event."""

    box: Toolbox
    caller: Caller
    conversation: ConversationId
    event: EventId
    origin: str
    subject: UUID
    click: Click

    @property
    def case(self) -> Case:
        """For whom the approval's graph works."""
        return Case(self.box, self.caller, self.conversation)


async def card_of(tx: Transaction, row: Row[Any], zone: str) -> Card:
    """The card of a pending approval with fresh buttons, and what it changed when it replaced another."""
    before = (await tx.approvals.get(row.replaces)).action["body"] if row.replaces else None
    actions = (cards.APPROVE, cards.EDIT, cards.REJECT, cards.LATER)
    tokens = await tx.buttons.make(row.person, row.id, actions, row.expires_at + FRESH_FOR)
    to = row.action["recipients"]
    manner = await tx.manners.of(row.person, to[0].casefold()) if len(to) == 1 else None
    return cards.approval(row, tokens, zone, before=before, learned=told(row.action["body"], manner))


async def waiting_draft(press: Press, email: UUID, request: str) -> list[Word]:
    """The draft that waits as the answer to a mail, offered instead of a second one; nothing when there is none, or when it
    is what this very request made."""
    async with press.box.database.acting_as(press.caller) as tx:
        row = await tx.approvals.waiting_for(press.caller.person, email)
        if row is None or row.request == request:
            return []
        return [
            Reply("A draft that answers this mail waits for you already; here it is."),
            await card_of(tx, row, press.caller.zone),
        ]
