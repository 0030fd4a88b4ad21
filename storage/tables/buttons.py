"""Buttons: what a press means. A button carries a random token and nothing else; who presses it is checked here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, String, Table, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.values.errors import Refused
from storage.values.ids import new_token

buttons = Table(
    "buttons",
    metadata,
    Column("token", String, primary_key=True),
    tenant_column(),
    reference("person"),
    Column("action", String, nullable=False),
    reference("subject"),
    moment("expires_at", nullable=False),
    Index("ix_buttons_subject", "subject"),
)


class Buttons(Questions):
    """The buttons that were shown."""

    async def make(self, person: UUID, subject: UUID, actions: Sequence[str], expires_at: datetime) -> dict[str, str]:
        """A token for each action on a subject."""
        tokens = {action: new_token() for action in actions}
        rows = [
            {
                "token": token,
                "tenant": self.scope.tenant,
                "person": person,
                "action": action,
                "subject": subject,
                "expires_at": expires_at,
            }
            for action, token in tokens.items()
        ]
        await self.scope.run(insert(buttons), rows)
        return tokens

    async def press(self, token: str, person: UUID, at: datetime) -> Row[Any]:
        """What a press asks for. Refused for a button that is unknown, somebody else's or too old."""
        row = await self.scope.one(select(buttons).where(buttons.c.token == token))
        if row is None:
            raise Refused("I do not know that button. Ask me to show the card again.")
        if row.person != person:
            raise Refused("That button belongs to somebody else, so nothing was done.")
        if row.expires_at <= at:
            raise Refused("That button has expired, so nothing was done. Ask me to show the card again.")
        return row

    async def of(self, subject: UUID) -> dict[str, str]:
        """The newest tokens of a subject by action."""
        rows = await self.scope.all(
            select(buttons.c.action, buttons.c.token).where(buttons.c.subject == subject).order_by(buttons.c.expires_at)
        )
        return {row.action: row.token for row in rows}
