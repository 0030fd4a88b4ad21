"""History: the talk so far, read from the memory when the page's program starts, so that a reload never shows an empty page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from agent import cards, decisions
from agent.chat import Card, File, Reply, Update, from_row
from bot.browser import render
from bot.browser.transcript import Entry, Transcript
from storage.tables.approvals import State
from storage.transaction import Transaction
from storage.values.access import Caller
from storage.values.ids import ConversationId

MESSAGES = 200
CARDS = 60

SETTLED = {
    State.APPROVED: "Approved",
    State.REJECTED: "Rejected: not sent",
    State.REPLACED: "Replaced by a newer draft",
    State.EXPIRED: "Expired: not sent",
}
"""What became of a draft, where nothing was told of it since."""


async def of(tx: Transaction, caller: Caller, where: ConversationId) -> Transcript:
    """The transcript of a conversation. Words that still wait to be delivered are not in it: they are about to come."""
    said = await tx.conversations.said(where, MESSAGES)
    told = await tx.outbox.told(where, MESSAGES)
    spoken = _spoken(
        said, Counter(str(row.body["text"]) for row in told if row.kind == "reply" and not row.delivered_at)
    )
    delivered = [(row.delivered_at, from_row(row.kind, row.body)) for row in told if row.delivered_at]
    files = [(at, render.file(word)) for at, word in delivered if isinstance(word, File)]
    looks = {one.id: one for one in (_card(word) for _, word in delivered) if one is not None}
    shown = [
        (row.shown_at, render.card(card))
        for row in await tx.shown.of(where, CARDS)
        if (card := await _now(tx, caller, row.card, looks.get(row.card))) is not None
    ]
    entries = sorted([*spoken, *files, *shown], key=lambda one: one[0])
    return Transcript([entry for _, entry in entries], cut=len(said) == MESSAGES)


def _spoken(said: Sequence[Row[Any]], waiting: Counter[str]) -> list[tuple[datetime, Entry]]:
    entries: list[tuple[datetime, Entry]] = []
    for number, row in reversed(list(enumerate(said))):
        text = str(row.body["content"])
        if row.body["role"] == "user":
            entries.append((row.said_at, render.said(f"before:{number}", text)))
        elif waiting[text]:
            waiting[text] -= 1
        else:
            entries.append((row.said_at, render.reply(f"before:{number}", Reply(text))))
    return entries[::-1]


def _card(word: Reply | Card | Update | File) -> Card | None:
    return word.card if isinstance(word, Update) else word if isinstance(word, Card) else None


async def _now(tx: Transaction, caller: Caller, identity: str, look: Card | None) -> Card | None:
    """How a card that was shown looks now: a draft as its row says, another one as it was told last."""
    row = await tx.approvals.find(UUID(identity)) if _is_id(identity) else None
    if row is None:
        return look
    if row.state == State.PENDING:
        return await decisions.card_of(tx, row, caller.zone)
    if look is not None and not look.inputs:  # what was told after the decision: sent, not sent, in doubt
        return look
    return cards.settled(row, SETTLED[State(row.state)], row.action["body"])


def _is_id(identity: str) -> bool:
    try:
        UUID(identity)
    except ValueError:
        return False
    return True
