"""Rule matches: which rule took which mail, by which condition, and what was done; and which mails were looked at."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    cast,
    column,
    false,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSON, JSONB, insert
from sqlalchemy.engine import Row

from storage.base import document, id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.tables.email_rows import COLUMNS, emails
from storage.values.clock import now
from storage.values.ids import new_id

rule_matches = Table(
    "rule_matches",
    metadata,
    id_column(),
    tenant_column(),
    reference("person", to="people"),
    reference("email", to="emails"),
    reference("rule"),
    Column("rule_name", String, nullable=False),
    Column("rule_version", Integer, nullable=False),
    document("because"),
    document("actions"),
    document("outcomes"),
    Column("shadow", Boolean, nullable=False),
    Column("done", Boolean, nullable=False, server_default=false()),
    reference("round"),
    moment("at", nullable=False),
    UniqueConstraint("tenant", "email", "rule"),
    Index("ix_rule_matches_round", "tenant", "round"),
    Index("ix_rule_matches_recent", "tenant", "person", "at"),
)

rule_runs = Table(
    "rule_runs",
    metadata,
    tenant_column(primary_key=True),
    Column("email", Uuid, ForeignKey("emails.id", ondelete="CASCADE"), primary_key=True),
)

READY_AFTER = timedelta(minutes=2)
"""How long a mail waits for its meaning before rules look at it without."""

_ALWAYS = (
    "id", "account", "digest", "subject", "sender_name", "sender_address", "sent_at", "category", "confidence", "needs_me",
    "has_attachment",
)  # fmt: skip
_EMPTY: dict[str, Any] = {
    "body": literal(""),
    "recipients": cast(literal("{}"), JSONB),
    "attachments": cast(literal("[]"), JSONB),
    "labels": cast(literal("{}"), ARRAY(String)),
}
_READ = 100_000
"""Characters of a body that rules read."""

OLDEST = timedelta(days=7)
"""Mail that was sent longer ago than this before it came to us (an imported mailbox) is not new."""


class RuleMatches(Questions):
    """What rules saw and did."""

    async def waiting(self, account: UUID, since: datetime, limit: int) -> Sequence[Row[Any]]:
        """Sorted, incoming, new mail that came since a moment and that no rule has looked at, oldest first."""
        looked = select(rule_runs.c.email).where(rule_runs.c.email == emails.c.id)
        ready = or_(emails.c.by_meaning, emails.c.stored_at < now() - READY_AFTER)
        return await self.scope.all(
            select(*COLUMNS)
            .where(*_new(account, since), emails.c.category.isnot(None), ready, ~looked.exists())
            .order_by(emails.c.stored_at, emails.c.id)
            .limit(limit)
        )

    async def any_unready(self, account: UUID, since: datetime) -> bool:
        """Whether new mail has yet to get its meaning before rules look at it."""
        looked = select(rule_runs.c.email).where(rule_runs.c.email == emails.c.id)
        statement = select(emails.c.id).where(*_new(account, since), ~looked.exists()).limit(1)
        return await self.scope.one(statement) is not None

    async def record(self, looked: Sequence[UUID], matches: Sequence[dict[str, Any]]) -> None:
        """Notes that these mails were looked at, and what matched."""
        if not looked:
            return
        tenant = self.scope.tenant
        seen = select(literal(tenant, Uuid), func.unnest(literal(list(looked), ARRAY(Uuid))))
        await self.scope.run(insert(rule_runs).from_select(["tenant", "email"], seen).on_conflict_do_nothing())
        if matches:
            rows = [{"id": new_id(), "tenant": tenant, "outcomes": [], "at": now(), **one} for one in matches]
            await self.scope.run(insert(rule_matches).on_conflict_do_nothing(), rows)

    async def undone(self, round_: UUID) -> Sequence[Row[Any]]:
        """The matches of a round whose actions are still to be done, in the order in which they were found."""
        return await self.scope.all(
            select(rule_matches).where(rule_matches.c.round == round_, ~rule_matches.c.done).order_by(rule_matches.c.id)
        )

    async def of_round(self, round_: UUID) -> Sequence[Row[Any]]:
        """The matches of a round that were not in the shadow, in the order in which they were found."""
        return await self.scope.all(
            select(rule_matches)
            .where(rule_matches.c.round == round_, ~rule_matches.c.shadow)
            .order_by(rule_matches.c.id)
        )

    async def get(self, match: UUID) -> Row[Any] | None:
        """One match; None when its mail is gone."""
        return await self.scope.one(select(rule_matches).where(rule_matches.c.id == match))

    async def wants_label(self, email: UUID, label: str) -> bool:
        """Whether a rule that took this mail puts such a label on it."""
        wanted = [{"type": "apply_label", "label": label}]
        mine = (rule_matches.c.email == email, rule_matches.c.actions.contains(wanted), ~rule_matches.c.shadow)
        return await self.scope.one(select(rule_matches.c.id).where(*mine).limit(1)) is not None

    async def watched(self, rule: UUID, since: datetime) -> int:
        """How many mails a rule in the shadow would have taken since a moment."""
        mine = (rule_matches.c.rule == rule, rule_matches.c.shadow, rule_matches.c.at >= since)
        return int((await self.scope.run(select(func.count()).select_from(rule_matches).where(*mine))).scalar_one())

    async def finish(self, match: UUID, outcomes: Sequence[dict[str, Any]]) -> None:
        """What came of a match's actions."""
        done = update(rule_matches).where(rule_matches.c.id == match).values(outcomes=list(outcomes), done=True)
        await self.scope.run(done)

    async def finish_all(self, outcomes: Mapping[UUID, Sequence[dict[str, Any]]]) -> None:
        """The same of many matches, in one statement."""
        rows = [{"match": str(match), "came": list(words)} for match, words in outcomes.items()]
        content = cast(literal(json.dumps(rows), String), JSON)
        given = func.json_to_recordset(content).table_valued(column("match", Uuid), column("came", JSONB), name="given")
        given = given.render_derived(with_types=True)
        done = update(rule_matches).where(rule_matches.c.id == given.c.match)
        await self.scope.run(done.values(outcomes=given.c.came, done=True))

    async def of(self, email: UUID) -> Sequence[Row[Any]]:
        """What rules did with a mail, in order."""
        return await self.scope.all(
            select(rule_matches).where(rule_matches.c.email == email).order_by(rule_matches.c.id)
        )

    async def history(
        self, accounts: Sequence[UUID], since: datetime, limit: int, asked: Collection[str]
    ) -> Sequence[Row[Any]]:
        """Incoming mail since a moment, the latest first, for a rehearsal: only the columns that are asked for are read,
        since ten thousand mails are much to carry; the others are empty."""
        columns = [emails.c[name] for name in _ALWAYS]
        columns += [emails.c[name] if name in asked else _EMPTY[name].label(name) for name in _EMPTY if name != "body"]
        body = func.left(emails.c.body, _READ) if "body" in asked else _EMPTY["body"]
        return await self.scope.all(
            select(*columns, body.label("body"))
            .where(emails.c.account.in_(accounts), ~emails.c.outgoing, emails.c.sent_at > since)
            .order_by(emails.c.sent_at.desc())
            .limit(limit)
        )

    async def waiting_for(self, accounts: Sequence[UUID]) -> Sequence[Row[Any]]:
        """Unread mail that needs its owner, the latest first."""
        return await self.scope.all(
            select(*COLUMNS)
            .where(emails.c.account.in_(accounts), emails.c.needs_me, emails.c.unread, ~emails.c.outgoing)
            .order_by(emails.c.sent_at.desc())
        )

    async def left_out(self, accounts: Sequence[UUID], since: datetime) -> Sequence[Row[Any]]:
        """Incoming mail since a moment that was sorted and not found to need its owner, the latest first."""
        names = [
            "id",
            "account",
            "subject",
            "sender_name",
            "sender_address",
            "sent_at",
            "category",
            "confidence",
            "reasons",
            "signals",
        ]
        return await self.scope.all(
            select(*(emails.c[name] for name in names))
            .where(emails.c.account.in_(accounts), ~emails.c.outgoing, emails.c.stored_at > since)
            .where(
                emails.c.sent_at > since - OLDEST,
                emails.c.category.isnot(None),
                ~func.coalesce(emails.c.needs_me, false()),
            )
            .order_by(emails.c.sent_at.desc())
        )

    async def count(self, person: UUID, since: datetime) -> Sequence[Row[Any]]:
        """How many mails each rule took since a moment: rule_name, shadow, mails."""
        return await self.scope.all(
            select(rule_matches.c.rule_name, rule_matches.c.shadow, func.count().label("mails"))
            .where(rule_matches.c.person == person, rule_matches.c.at > since)
            .group_by(rule_matches.c.rule_name, rule_matches.c.shadow)
            .order_by(rule_matches.c.rule_name, rule_matches.c.shadow)
        )


def _new(account: UUID, since: datetime) -> tuple[Any, ...]:
    recent = emails.c.sent_at > emails.c.stored_at - OLDEST
    in_reach = emails.c.sent_at > since - OLDEST  # the index is on sent_at
    return (emails.c.account == account, ~emails.c.outgoing, emails.c.stored_at >= since, recent, in_reach)
