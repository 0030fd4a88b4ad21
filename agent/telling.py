"""Telling: words left for a person with the action they tell of. A card's new looks go wherever the card is shown."""

from __future__ import annotations

from uuid import UUID

from agent.chat import Update, Word, to_row
from storage.transaction import Transaction


async def tell(tx: Transaction, conversation: UUID, word: Word) -> None:
    """Leaves a word for a conversation, and a card's new looks for every other one that shows the card."""
    await tx.outbox.post(conversation, **to_row(word))
    if isinstance(word, Update):
        await redraw(tx, word, but=conversation)


async def redraw(tx: Transaction, update: Update, *, but: UUID | None = None) -> None:
    """Leaves a card's new looks for every conversation that shows it, but for one that knows."""
    for place in await tx.shown.places(update.card.id):
        if place != but:
            await tx.outbox.post(place, **to_row(update))
