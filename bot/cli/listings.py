"""The admin's listings: one function a noun, each gives plain rows, printed as a table or as JSON lines."""

from __future__ import annotations

import json as json_
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.program import open_program
from bot.settings import read_settings
from bot.telemetry import set_up_logs
from storage.transaction import Transaction

Row = dict[str, Any]
LATEST = 200


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
                    rows += await LISTINGS[noun](tx)
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


async def _people(tx: Transaction) -> list[Row]:
    return [
        {"id": row.id, "name": row.name, "role": row.role, "zone": row.zone, "since": row.created_at}
        for row in await tx.people.list()
    ]


async def _accounts(tx: Transaction) -> list[Row]:
    return [
        {
            "id": row.id,
            "person": person.name,
            "provider": row.provider,
            "address": row.address,
            "read": row.synced_at,
            "trouble": row.trouble,
        }
        for person in await tx.people.list()
        for row in await tx.accounts.of(person.id)
    ]


async def _approvals(tx: Transaction) -> list[Row]:
    return [
        {
            "id": row.id,
            "person": person.name,
            "to": ", ".join(row.action["recipients"]),
            "subject": row.action["subject"],
            "expires": row.expires_at,
        }
        for person in await tx.people.list()
        for row in await tx.approvals.pending(person.id)
    ]


async def _follow_ups(tx: Transaction) -> list[Row]:
    return [
        {
            "id": row.id,
            "person": person.name,
            "due": row.due_at,
            "note": row.note,
            "unless_answered": row.unless_answered,
        }
        for person in await tx.people.list()
        for row in await tx.follow_ups.waiting(person.id)
    ]


async def _memories(tx: Transaction) -> list[Row]:
    return [
        {"id": row.id, "person": person.name, "fact": row.fact, "source": row.source}
        for person in await tx.people.list()
        for row in await tx.memories.list(person.id)
    ]


async def _rules(tx: Transaction) -> list[Row]:
    return [
        {
            "id": row.id,
            "person": person.name,
            "name": row.name,
            "version": row.version,
            "state": row.state,
            "source": row.source,
        }
        for person in await tx.people.list()
        for row in await tx.rules.list(person.id)
    ]


async def _templates(tx: Transaction) -> list[Row]:
    return [
        {
            "id": row.id,
            "person": person.name,
            "name": row.name,
            "version": row.version,
            "state": row.state,
            "approved_at": row.approved_at,
            "body": row.body,
        }
        for person in await tx.people.list()
        for row in await tx.templates.list(person.id)
    ]


async def _jobs(tx: Transaction) -> list[Row]:
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "state": row.state,
            "attempts": row.attempts,
            "run_at": row.run_at,
            "error": row.error,
        }
        for row in await tx.jobs.list(LATEST)
    ]


async def _audit(tx: Transaction) -> list[Row]:
    return [
        {
            "number": row.number,
            "at": row.at,
            "person": row.person,
            "action": row.action,
            "resource": row.resource,
            "origin": row.origin,
            "details": await tx.audit.details(row),
        }
        for row in await tx.audit.list(LATEST)
    ]


LISTINGS: dict[str, Callable[[Transaction], Awaitable[list[Row]]]] = {
    "people": _people,
    "accounts": _accounts,
    "approvals": _approvals,
    "followups": _follow_ups,
    "memories": _memories,
    "rules": _rules,
    "templates": _templates,
    "jobs": _jobs,
    "audit": _audit,
}
