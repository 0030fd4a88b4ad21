"""Dashboard: what a person sees at a glance, as plain values that each channel lays out in its own manner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Row

from agent import decisions
from agent.chat import Card
from storage.tables.email_search import Filter
from storage.tables.jobs import JobState
from storage.tables.usage import Counts
from storage.transaction import Transaction
from storage.values.access import Caller
from storage.values.clock import now
from tools.far import in_words
from tools.inbox.show import ago, moment, plain
from tools.llm.costs import calls, dollars, money, tokens
from tools.toolbox import Toolbox
from tools.work import CANCELLABLE

MAILS = 10
JOBS = 5


@dataclass(frozen=True)
class AccountLine:
    """A linked mailbox and how it is."""

    address: str
    provider: str
    well: bool
    health: str
    """`Read 3 minutes ago`, or what is wrong and what to do."""


@dataclass(frozen=True)
class MailLine:
    """A mail of late."""

    subject: str
    sender: str
    label: str
    """Its category, and its labels after that."""
    confidence: float | None
    """Of the category, 0 to 1; None while it is not sorted."""
    needs_me: bool
    when: str


@dataclass(frozen=True)
class JobLine:
    """A job of late."""

    id: str
    """The six characters by which `/job` and `/cancel` know it."""
    kind: str
    state: str
    """And how far it is, while it runs."""
    when: str
    cancellable: bool


@dataclass(frozen=True)
class Dashboard:
    """All of it, for one person. Text is plain and comes from outside: a channel escapes it."""

    name: str
    accounts: Sequence[AccountLine]
    waiting: Sequence[Card]
    """The drafts that wait for the person's word, with live buttons."""
    unread: int
    needs_me: int
    mail: Sequence[MailLine]
    follow_ups: Sequence[str]
    jobs: Sequence[JobLine]
    usage: Sequence[str]
    rules: Sequence[str]
    templates: Sequence[str]


async def dashboard(box: Toolbox, caller: Caller) -> Dashboard:
    """Reads it in one transaction."""
    at = now()
    async with box.database.acting_as(caller) as tx:
        accounts = await tx.accounts.of(caller.person)
        ids = [row.id for row in accounts]
        pending = await tx.approvals.pending(caller.person)
        return Dashboard(
            name=plain(caller.name),
            accounts=[_account(row, at) for row in accounts],
            waiting=[await decisions.card_of(tx, row, caller.zone) for row in pending],
            unread=await tx.emails.count(ids, Filter(unread=True)),
            needs_me=await tx.emails.count(ids, Filter(needs_me=True)),
            mail=[_mail(row, caller.zone) for row in await tx.emails.search(ids, "", None, Filter(), MAILS)],
            follow_ups=await _follow_ups(tx, caller),
            jobs=[_job(row, at) for row in await tx.jobs.list(JOBS, caller.person)],
            usage=[
                *usage_lines(await tx.usage.since(caller.person, _month(at, caller.zone)), box),
                *spent(await tx.model_calls.by_purpose(caller.person, _month(at, caller.zone))),
            ],
            rules=[plain(f"{row.name}: {row.title} ({row.state})") for row in await tx.rules.list(caller.person)],
            templates=[
                plain(f"{row.name}, version {row.version}: {row.state}")
                for row in await tx.templates.list(caller.person)
            ],
        )


def usage_lines(counts: Counts, box: Toolbox) -> list[str]:
    """What was done, a line each, and what thinks."""
    lines = [
        f"{counts.mails:,} mails read",
        f"{counts.drafts:,} drafts written, {counts.sent:,} mails sent",
        f"{counts.analyses:,} analyses made",
    ]
    brain = "the offline brain, which costs nothing" if box.models.offline else plain(box.models.name)
    return [*lines, f"Thinking with {brain}"]


def spent(rows: Sequence[Row[Any]]) -> list[str]:
    """What models took, a line for each purpose and model, and the sum where there is something to add up."""
    lines = [
        plain(f"{row.purpose.replace('_', ' ')} with {row.model}: {money(row)}, {calls(row.calls)}, {tokens(row)}")
        for row in rows
    ]
    priced = [row.cost for row in rows if row.cost is not None]
    if len(rows) > 1 and priced:
        unknown = sum(row.unpriced for row in rows)
        tail = f", and {calls(unknown)} of unknown price" if unknown else ""
        lines.append(f"in all {dollars(sum(priced, Decimal(0)))}{tail}")
    return lines


def _month(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _account(row: Row[Any], at: datetime) -> AccountLine:
    read = f"Read {ago(row.synced_at, at)}" if row.synced_at else "Not read yet"
    return AccountLine(plain(row.address), row.provider, not row.trouble, plain(row.trouble) or read)


def _mail(row: Row[Any], zone: str) -> MailLine:
    labels = ", ".join(filter(None, [row.category, *row.labels]))
    sender = row.sender_name or row.sender_address
    return MailLine(
        plain(row.subject or "(no subject)"),
        plain(sender),
        plain(labels),
        row.confidence,
        bool(row.needs_me),
        moment(row.sent_at, zone),
    )


def standing(row: Row[Any]) -> str:
    """A job's state, and of one that runs how far it is: `running, reading mail, 42 % (420 of 1,000)`."""
    far = in_words(row.phase, row.done, row.total) if row.state == JobState.RUNNING and row.phase else ""
    return f"{row.state}, {plain(far)}" if far else str(row.state)


def _job(row: Row[Any], at: datetime) -> JobLine:
    open_ = row.state in (JobState.PENDING, JobState.RUNNING)
    return JobLine(
        str(row.id)[-6:],
        row.kind.replace("_", " "),
        standing(row),
        ago(row.created_at, at),
        open_ and row.kind in CANCELLABLE,
    )


async def _follow_ups(tx: Transaction, caller: Caller) -> list[str]:
    rows = await tx.follow_ups.waiting(caller.person)
    return [plain(f"{moment(row.due_at, caller.zone)}: {row.note or 'a mail'}") for row in rows]
