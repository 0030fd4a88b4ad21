"""The admin's listings: a line a noun, which says what is shown and where it comes from, printed as a table or JSON lines."""

from __future__ import annotations

import json as json_
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.program import open_program
from bot.settings import read_settings
from bot.telemetry import set_up_logs
from storage.transaction import Transaction
from storage.values.clock import now

Row = dict[str, Any]
LATEST = 200


@dataclass(frozen=True)
class Listing:
    """A noun. `shown` names the columns: `due=due_at` shows `due_at` as due, `to=action.recipients` looks into a document.
    The rows are those of a workspace, or of each of its people, whose name is then shown after the id."""

    shown: str
    all: Callable[[Transaction], Awaitable[Sequence[Any]]] | None = None
    of: Callable[[Transaction, UUID], Awaitable[Sequence[Any]]] | None = None

    async def rows(self, tx: Transaction) -> list[Row]:
        """The rows of one workspace."""
        if self.all is not None:
            return [self._shown(row) for row in await self.all(tx)]
        assert self.of is not None
        found = [(person.name, row) for person in await tx.people.list() for row in await self.of(tx, person.id)]
        return [{"id": row.id, "person": name, **self._shown(row)} for name, row in found]

    def _shown(self, row: Any) -> Row:
        columns = (one.partition("=") for one in self.shown.split())
        return {name: _taken(row, source or name) for name, _, source in columns}


def _taken(row: Any, source: str) -> Any:
    for name in source.split("."):
        row = row[name] if isinstance(row, dict) else getattr(row, name)
    return ", ".join(row) if isinstance(row, list) else row


async def command(noun: str, *, json: bool) -> None:
    """Prints the rows of a noun, of every workspace."""
    settings = read_settings()
    set_up_logs(settings)
    rows = _settings() if noun == "settings" else []
    if noun != "settings":
        async with open_program(settings) as program:
            async with program.database.as_system() as tx:
                tenants = await tx.people.tenants()
            for tenant in tenants:
                async with program.database.acting_as(tenant.id) as tx:
                    rows += await LISTINGS[noun].rows(tx)
    _print(rows, json=json)


def _print(rows: list[Row], *, json: bool) -> None:
    if json:
        for row in rows:
            sys.stdout.write(f"{json_.dumps(row, default=str, ensure_ascii=False)}\n")
        return
    if not rows:
        sys.stdout.write("Nothing to list.\n")
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in rows[0]:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(value)) for value in row.values()))
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def _settings() -> list[Row]:
    settings = read_settings()
    return [{"setting": name.upper(), "value": str(getattr(settings, name))} for name in type(settings).model_fields]


async def _audit(tx: Transaction) -> list[Row]:
    return [dict(row._mapping, details=await tx.audit.details(row)) for row in await tx.audit.list(LATEST)]


async def _usage(tx: Transaction) -> list[Row]:
    month = now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return [
        {**row._mapping, "person": person.name}
        for person in await tx.people.list()
        for row in await tx.model_calls.by_purpose(person.id, month)
    ]


LISTINGS: dict[str, Listing] = {
    "people": Listing("id name role zone since=created_at", lambda tx: tx.people.list()),
    "accounts": Listing("provider address read=synced_at trouble", of=lambda tx, person: tx.accounts.of(person)),
    "approvals": Listing(
        "to=action.recipients subject=action.subject expires=expires_at",
        of=lambda tx, person: tx.approvals.pending(person),
    ),
    "followups": Listing("due=due_at note unless_answered", of=lambda tx, person: tx.follow_ups.waiting(person)),
    "memories": Listing("fact source", of=lambda tx, person: tx.memories.list(person)),
    "rules": Listing("name version state source", of=lambda tx, person: tx.rules.list(person)),
    "templates": Listing("name version state approved_at body", of=lambda tx, person: tx.templates.list(person)),
    "jobs": Listing("id kind state attempts run_at error", lambda tx: tx.jobs.list(LATEST)),
    "usage": Listing(
        "person purpose model calls tokens_in tokens_cached tokens_out dollars=cost unpriced uncounted=unmeasured",
        _usage,
    ),
    "audit": Listing("number at person action resource origin details", _audit),
}
