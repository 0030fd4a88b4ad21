"""The card of what was left out, with a button for each of the first mails: that one mattered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from agent.chat import Card
from agent.sorting import matter_buttons
from storage.transaction import Transaction
from storage.values.access import Caller
from storage.values.clock import now
from tools.digest.words import hidden_in_words, in_order

BUTTONS = 8
"""Mails of the list that have a button; the others are named by their number."""


async def hidden_card(
    tx: Transaction, caller: Caller, identity: UUID, rows: Sequence[Row[Any]], since: datetime, title: str = "Left out"
) -> Card:
    """The card, people's mail first. A press is a correction."""
    buttons = await matter_buttons(tx, caller.person, [row.id for row in in_order(rows)[:BUTTONS]])
    return Card(str(identity), title, hidden_in_words(rows, since, caller.zone, now()), buttons=buttons)
