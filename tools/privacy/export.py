"""Everything that is kept about a person, as plain values: each table that names them, without secrets and without tokens.

The tables are found by their columns, so that what is added later is exported without anybody thinking of it.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import ColumnElement, LargeBinary, Table, or_, select
from sqlalchemy.dialects.postgresql import TSVECTOR

from storage.base import metadata
from storage.tables.accounts import accounts
from storage.tables.approvals import approvals
from storage.tables.audit import audit
from storage.tables.conversations import conversations
from storage.tables.people import people
from storage.transaction import Transaction
from tools.far import Far, nobody

LEFT_OUT = frozenset({"buttons", "card_forms", "events", "link_codes", "oauth_states", "outbox", "shown", "tenants"})
"""Keys to doors, and words on their way whose content stands elsewhere. An event may hold what was typed into a form for a
password."""

UNREADABLE = (LargeBinary, HALFVEC, TSVECTOR)
"""Types of what is sealed, or made from something that is exported itself."""


async def export(tx: Transaction, person: UUID, far: Far = nobody) -> dict[str, list[dict[str, Any]]]:
    """Table by table. The audit is opened, since its details are about the person."""
    found: dict[str, list[dict[str, Any]]] = {}
    tables = list(_about(person))
    for place, (table, whose) in enumerate(tables):
        await far("gathering", place, len(tables))
        columns = [one for one in table.c if not isinstance(one.type, UNREADABLE)]
        rows = await tx.all(select(*columns).where(whose))
        found[table.name] = [{name: _plain(value) for name, value in row._mapping.items()} for row in rows]
    entries = await tx.all(select(audit).where(audit.c.person == person).order_by(audit.c.number))
    for entry, row in zip(found["audit"], sorted(entries, key=lambda one: one.number), strict=True):
        entry["details"] = await tx.audit.details(row)
    return found


def _about(person: UUID) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """The tables that hold something about a person, and which of their rows."""
    links = {
        "account": select(accounts.c.id).where(accounts.c.person == person),
        "conversation": select(conversations.c.id).where(conversations.c.person == person),
        "approval": select(approvals.c.id).where(approvals.c.person == person),
    }
    for table in sorted(metadata.tables.values(), key=lambda one: one.name):
        if table.name in LEFT_OUT:
            continue
        if table is people:
            yield table, people.c.id == person
        elif "person" in table.c:
            yield table, table.c.person == person
        else:
            ways = [table.c[name].in_(theirs) for name, theirs in links.items() if name in table.c]
            if ways:
                yield table, or_(*ways)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, UUID) else value
