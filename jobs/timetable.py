"""Timetable: what runs when. It only writes rows; ringing for what is due, and for what nobody heard, is the reconciler's."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.engine import Row

from storage.database import Database
from storage.transaction import Transaction
from storage.values.errors import Unavailable
from tools.work import DIGEST, POLL_MAIL, SWEEP

log = structlog.get_logger()

RUNG_AT_ONCE = 500
SETTLED = timedelta(hours=1)
"""Who has only just moved in has seen everything, and gets no digest yet."""


async def ask_for_poll(database: Database, row: Row[Any]) -> None:
    """A poll for one of these mailboxes, unless it has one open."""
    async with database.acting_as(row.tenant) as tx:
        await tx.jobs.add(
            POLL_MAIL.kind, POLL_MAIL.queue.name, {"account": str(row.id)}, person=row.person, once=f"poll:{row.id}"
        )


async def ask_for_sweeps(database: Database, at: datetime) -> None:
    """A sweep per tenant and hour."""
    async with database.as_system() as tx:
        tenants = await tx.people.tenants()
    for tenant in tenants:
        async with database.acting_as(tenant.id) as tx:
            await _sweep(tx, at)


async def _sweep(tx: Transaction, at: datetime) -> None:
    people = [one for one in await tx.people.list() if not one.suspended]
    if people:
        await tx.jobs.add(SWEEP.kind, SWEEP.queue.name, {}, person=people[0].id, once=f"sweep:{at:%Y-%m-%dT%H}")


async def ask_for_digests(database: Database, at: datetime) -> None:
    """A digest for everybody whose hour it is, by their own clock, and who has not had that one yet."""
    async with database.as_system() as tx:
        tenants = await tx.people.tenants()
    for tenant in tenants:
        async with database.acting_as(tenant.id) as tx:
            for person in await tx.people.list():
                local = at.astimezone(ZoneInfo(person.zone))
                habit = await tx.habits.of(person.id)
                slot = f"{local:%G-W%V %Y-%m-%d} {local:%H}"
                settled = at - person.created_at > SETTLED and not person.suspended
                if settled and local.hour in habit.digest_hours and habit.digest_last != slot:
                    await tx.jobs.add(
                        DIGEST.kind, DIGEST.queue.name, {"slot": slot}, person=person.id, once=f"digest:{person.id}"
                    )


async def reconcile(database: Database) -> int:
    """Rings for every job that is due: those that were put off until now, those whose bell was lost with Redis, and those
    whose worker died. Gives how many."""
    try:
        async with database.as_system() as tx:
            due = await tx.jobs.due(RUNG_AT_ONCE)
    except Unavailable as error:
        log.warning("reconciler.waits", error=str(error))
        return 0
    for row in due:
        await database.bell.ring(row.queue, row.id)
    return len(due)
