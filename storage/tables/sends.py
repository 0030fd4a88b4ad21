"""Sends: the frozen bytes of each mail that may leave, claimed before it does.

States: ready -> transmitting -> sent | unknown, or refused when it surely did not leave.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, LargeBinary, String, Table, UniqueConstraint, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from storage.base import id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.values.clock import now
from storage.values.ids import SendId, new_id


class SendState(StrEnum):
    """How far a send is."""

    READY = "ready"
    TRANSMITTING = "transmitting"
    SENT = "sent"
    UNKNOWN = "unknown"
    REFUSED = "refused"


sends = Table(
    "sends",
    metadata,
    id_column(),
    tenant_column(),
    reference("approval"),
    reference("account"),
    Column("message_id", String, nullable=False),
    Column("sender", String, nullable=False),
    Column("recipients", ARRAY(String), nullable=False),
    Column("message", LargeBinary, nullable=False),
    Column("state", String, nullable=False),
    Column("note", String, nullable=False, server_default=""),
    Column("told", String, nullable=False, server_default=""),
    moment("created_at", nullable=False),
    moment("changed_at", nullable=False),
    UniqueConstraint("approval"),
)


class Sends(Questions):
    """Mail on its way."""

    async def freeze(
        self, approval: UUID, account: UUID, message_id: str, sender: str, recipients: Sequence[str], message: bytes
    ) -> SendId:
        """Fixes the bytes of a send. An approval has one send, however often this is called."""
        moment_ = now()
        await self.scope.run(
            insert(sends)
            .values(
                id=new_id(),
                tenant=self.scope.tenant,
                approval=approval,
                account=account,
                message_id=message_id,
                sender=sender,
                recipients=list(recipients),
                message=message,
                state=SendState.READY,
                created_at=moment_,
                changed_at=moment_,
            )
            .on_conflict_do_nothing()
        )
        return SendId((await self.scope.run(select(sends.c.id).where(sends.c.approval == approval))).scalar_one())

    async def get(self, send: UUID) -> Row[Any]:
        """The send."""
        return (await self.scope.run(select(sends).where(sends.c.id == send))).one()

    async def of(self, approval: UUID) -> Row[Any] | None:
        """The send of an approval."""
        return await self.scope.one(select(sends).where(sends.c.approval == approval))

    async def claim(self, send: UUID) -> Row[Any] | None:
        """Ready -> transmitting, for one caller only; None for all others."""
        return await self.scope.one(
            update(sends)
            .where(sends.c.id == send, sends.c.state == SendState.READY)
            .values(state=SendState.TRANSMITTING, changed_at=now())
            .returning(*sends.c)
        )

    async def become(self, send: UUID, state: SendState, note: str = "", *, only_from: Sequence[SendState]) -> bool:
        """Moves on; tells whether the row was in one of the expected states."""
        done = await self.scope.run(
            update(sends)
            .where(sends.c.id == send, sends.c.state.in_(only_from))
            .values(state=state, note=note, changed_at=now())
            .returning(sends.c.id)
        )
        return done.first() is not None

    async def tell(self, send: UUID, state: SendState) -> bool:
        """Notes that the person hears of this state. False when they heard of it before."""
        done = await self.scope.run(
            update(sends).where(sends.c.id == send, sends.c.told != state).values(told=state).returning(sends.c.id)
        )
        return done.first() is not None

    async def arrived(self, approval: UUID) -> bool:
        """The person's word on a send in doubt. False when there is no doubt any more."""
        return await self._decided(approval, SendState.SENT, [SendState.UNKNOWN])

    async def again(self, approval: UUID) -> bool:
        """The person wants it sent once more: what nobody knows about, or what surely did not leave. False otherwise."""
        return await self._decided(approval, SendState.READY, [SendState.UNKNOWN, SendState.REFUSED])

    async def _decided(self, approval: UUID, state: SendState, only_from: Sequence[SendState]) -> bool:
        told = state if state == SendState.SENT else ""
        done = await self.scope.run(
            update(sends)
            .where(sends.c.approval == approval, sends.c.state.in_(only_from))
            .values(state=state, note="", told=told, changed_at=now())
            .returning(sends.c.id)
        )
        return done.first() is not None
