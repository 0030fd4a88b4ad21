"""Audit: who did what, in the action's own transaction, chained by hash over the sealed details."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, LargeBinary, String, Table, func, insert, select
from sqlalchemy.engine import Row

from storage.base import id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.values.clock import now
from storage.values.ids import new_id

audit = Table(
    "audit",
    metadata,
    tenant_column(primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("entry", id_column().type, nullable=False),
    reference("person"),
    Column("action", String, nullable=False),
    Column("resource", String, nullable=False),
    Column("origin", String, nullable=False),
    Column("details", LargeBinary, nullable=False),
    moment("at", nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

_GENESIS = b"\0" * 32


class Audit(Questions):
    """The chain of what was done. Rows can be added and read, never changed: the database refuses it."""

    async def sign(self, person: UUID, action: str, resource: str, details: dict[str, Any], *, origin: str) -> None:
        """Adds the next row of the tenant's chain."""
        await self.sign_all(person, [(action, resource, details)], origin=origin)

    async def sign_all(self, person: UUID, entries: Sequence[tuple[str, str, dict[str, Any]]], *, origin: str) -> None:
        """Adds rows to the tenant's chain, one after the other: action, resource and details of each."""
        await self.scope.run(select(func.pg_advisory_xact_lock(func.hashtextextended(f"audit:{self.scope.tenant}", 0))))
        head = await self.scope.one(select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1))
        last, before = (head.number, head.hash) if head else (0, _GENESIS)
        rows = []
        for number, (action, resource, details) in enumerate(entries, last + 1):
            entry = new_id()
            row = {
                "tenant": self.scope.tenant,
                "number": number,
                "entry": entry,
                "person": person,
                "action": action,
                "resource": resource,
                "origin": origin,
                "details": await self.scope.seal(entry, "audit", json.dumps(details, default=str)),
                "at": now(),
            }
            before = row["hash"] = _link(before, row)
            rows.append(row)
        await self.scope.run(insert(audit), rows)

    async def list(self, limit: int) -> Sequence[Row[Any]]:
        """The latest rows, newest first."""
        return await self.scope.all(select(audit).order_by(audit.c.number.desc()).limit(limit))

    async def page(self, action: str, offset: int, limit: int) -> Sequence[Row[Any]]:
        """The latest rows, newest first, or those of actions whose name begins so."""
        statement = select(audit).order_by(audit.c.number.desc()).offset(offset).limit(limit)
        return await self.scope.all(
            statement.where(audit.c.action.startswith(action, autoescape=True)) if action else statement
        )

    async def details(self, row: Row[Any]) -> dict[str, Any]:
        """The opened details of a row."""
        return dict(json.loads(await self.scope.open(row.entry, "audit", row.details)))

    async def head(self) -> str | None:
        """The newest row as `number:digest`. Kept outside of the database, it shows later that nothing before it was written
        anew and nothing after it was cut off. None when nothing was signed yet."""
        row = await self.scope.one(select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1))
        return f"{row.number}:{bytes(row.hash).hex()}" if row else None

    async def holds(self, head: str) -> bool:
        """Whether a head that was kept is still a row of this chain."""
        number, _, digest = head.partition(":")
        row = await self.scope.one(select(audit.c.hash).where(audit.c.number == int(number)))
        return row is not None and bytes(row.hash).hex() == digest

    async def first_bad(self) -> int | None:
        """The number of the first row that was altered, is missing or stands in the wrong place; None when all is well."""
        previous, expected = _GENESIS, 1
        for row in await self.scope.all(select(audit).order_by(audit.c.number)):
            if row.number != expected or _link(previous, row._asdict()) != row.hash:
                return expected
            previous, expected = row.hash, expected + 1
        return None


def _link(previous: bytes, row: dict[str, Any]) -> bytes:
    at: datetime = row["at"]
    words = [
        row["tenant"].hex,
        row["number"],
        row["entry"].hex,
        row["person"].hex,
        row["action"],
        row["resource"],
        row["origin"],
    ]
    plain = json.dumps([*words, at.timestamp()], separators=(",", ":")).encode()
    return hashlib.sha256(previous + plain + row["details"]).digest()
