"""Emails: what we know of each message, for search and triage. The message itself stays in its mailbox."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    String,
    and_,
    any_,
    cast,
    column,
    delete,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSON, insert
from sqlalchemy.engine import Row
from sqlalchemy.sql.selectable import TableValuedAlias

from storage.jsons import as_postgres_reads
from storage.scope import Questions
from storage.tables.email_rows import COLUMNS, email_vectors, emails
from storage.tables.email_search import Filter, by_meaning, by_words, conditions, fused, written_by
from storage.tables.sender_names import respelt
from storage.values.errors import Refused

_SENDERS = 20_000
"""Senders among which a misspelt name is looked for, the latest first."""

MEASURED = 4_000
"""Characters of a text that are handed out to be embedded; the models read less."""


class Emails(Questions):
    """The mail of the tenant's accounts."""

    async def add(self, rows: Sequence[dict[str, Any]]) -> Sequence[Row[Any]]:
        """Stores messages; those that are known (same account and key, or a known Message-ID in the same folder that came
        under a new key) are not stored twice. Gives id and message_id of the new ones."""
        if not rows:
            return []
        statement = insert(emails).from_select(list(rows[0]), select(_recordset(rows))).on_conflict_do_nothing()
        return (await self.scope.run(statement.returning(emails.c.id, emails.c.message_id))).all()

    async def known(self, account: UUID, message_ids: Iterable[str]) -> dict[tuple[str, str], list[Row[Any]]]:
        """Stored messages by (folder, Message-ID), oldest first: a folder may hold copies."""
        wanted = [word for word in message_ids if word]
        rows = await self.scope.all(
            select(emails.c.id, emails.c.key, emails.c.folder, emails.c.message_id)
            .where(emails.c.account == account, emails.c.message_id == any_(literal(wanted, ARRAY(String))))
            .order_by(emails.c.id)
        )
        found: dict[tuple[str, str], list[Row[Any]]] = {}
        for row in rows:
            found.setdefault((row.folder, row.message_id), []).append(row)
        return found

    async def renumber(self, email: UUID, key: str, folder: str) -> None:
        """The provider gave the message another key."""
        await self.scope.run(update(emails).where(emails.c.id == email).values(key=key, folder=folder))

    async def follow(self, account: UUID, gone: Sequence[str]) -> None:
        """A message that went from its place and arrived at another was moved: its row goes along, and the row that its
        arrival made goes. The same Message-ID is not enough, since anybody can write one; the content must be the same."""
        old, new = emails.alias(), emails.alias()
        same = and_(new.c.message_id == old.c.message_id, new.c.message_id != "", new.c.digest == old.c.digest)
        pairs = await self.scope.all(
            select(
                old.c.id,
                old.c.labels.label("kept"),
                new.c.id.label("arrived"),
                *(new.c[name] for name in ("key", "folder", "labels", "unread", "flagged")),
            )
            .join(new, and_(new.c.account == old.c.account, same, new.c.stored_at > old.c.stored_at))
            .where(old.c.account == account, old.c.key.in_(gone), new.c.key.not_in(gone))
            .order_by(old.c.id, new.c.id)
        )
        moved: dict[UUID, Row[Any]] = {}
        for pair in pairs:
            if pair.id not in moved and pair.arrived not in {one.arrived for one in moved.values()}:
                moved[pair.id] = pair
        await self.scope.run(delete(emails).where(emails.c.id.in_([one.arrived for one in moved.values()])))
        for pair in moved.values():
            await self.scope.run(
                update(emails)
                .where(emails.c.id == pair.id)
                .values(
                    key=pair.key,
                    folder=pair.folder,
                    labels=sorted({*pair.kept, *pair.labels}),
                    unread=pair.unread,
                    flagged=pair.flagged,
                )
            )

    async def drop(self, account: UUID, keys: Sequence[str]) -> None:
        """Forgets messages that left the mailbox."""
        if keys:
            await self.scope.run(delete(emails).where(emails.c.account == account, emails.c.key.in_(keys)))

    async def places(self, account: UUID) -> dict[str, str]:
        """The folder of every message of the account, by key."""
        rows = await self.scope.all(select(emails.c.key, emails.c.folder).where(emails.c.account == account))
        return {row.key: row.folder for row in rows}

    async def stand(self, account: UUID, told: Sequence[dict[str, Any]]) -> int:
        """How messages stand in the mailbox now: rows of key, unread, flagged, labels, folder, of which None is not told. Gives
        how many stood differently with us."""
        now_ = _recordset(told)
        names = ("unread", "flagged", "labels", "folder")
        values = {name: func.coalesce(now_.c[name], emails.c[name]) for name in names}
        differs = or_(*(emails.c[name].is_distinct_from(value) for name, value in values.items()))
        done = await self.scope.run(
            update(emails).where(emails.c.account == account, emails.c.key == now_.c.key, differs).values(values)
        )
        return int(done.rowcount)

    async def get(self, email: UUID) -> Row[Any]:
        """One message. Refused when it is gone."""
        row = await self.scope.one(select(*COLUMNS).where(emails.c.id == email))
        if row is None:
            raise Refused("That mail is not there any more.")
        return row

    async def many(self, ids: Sequence[UUID]) -> Sequence[Row[Any]]:
        """Messages in the order of their ids; those that are gone are left out."""
        rows = {row.id: row for row in await self.scope.all(select(*COLUMNS).where(emails.c.id.in_(ids)))}
        return [rows[one] for one in ids if one in rows]

    async def by_keys(self, account: UUID, keys: Sequence[str]) -> Sequence[Row[Any]]:
        """The messages that the provider calls so."""
        return await self.scope.all(select(*COLUMNS).where(emails.c.account == account, emails.c.key.in_(keys)))

    async def by_message_id(self, account: UUID, message_id: str) -> Row[Any] | None:
        """The message with this Message-ID, the newest when there are copies."""
        found = await self.scope.all(
            select(*COLUMNS)
            .where(emails.c.account == account, emails.c.message_id == message_id)
            .order_by(emails.c.stored_at.desc())
            .limit(1)
        )
        return found[0] if found else None

    async def search(
        self, accounts: Sequence[UUID], words: str, vector: Sequence[float] | None, where: Filter, limit: int
    ) -> Sequence[Row[Any]]:
        """The best matches for words and meaning together (reciprocal rank fusion), or the newest when there are none."""
        scope = and_(*conditions(accounts, await self._spelt(accounts, where)))
        if not words:
            return await self.scope.all(select(*COLUMNS).where(scope).order_by(emails.c.sent_at.desc()).limit(limit))
        ranked = [by_words(words, scope)]
        if vector is not None:
            ranked.append(by_meaning(vector, scope))
        return await self.scope.all(fused(ranked, limit))

    async def count(self, accounts: Sequence[UUID], where: Filter) -> int:
        """How many messages fit."""
        spelt = await self._spelt(accounts, where)
        statement = select(func.count()).select_from(emails).where(*conditions(accounts, spelt))
        return int((await self.scope.run(statement)).scalar_one())

    async def _spelt(self, accounts: Sequence[UUID], where: Filter) -> Filter:
        """The filter with the sender's name mended, when nobody is called as it stands."""
        words = where.sender.split()
        if not words:
            return where
        mine = emails.c.account.in_(accounts)
        if await self.scope.one(select(emails.c.id).where(mine, written_by(words)).limit(1)) is not None:
            return where
        sender = (emails.c.sender_name + " " + emails.c.sender_address).label("sender")
        latest = func.max(emails.c.sent_at).desc()
        rows = await self.scope.all(select(sender).where(mine).group_by(sender).order_by(latest).limit(_SENDERS))
        return replace(where, sender=" ".join(respelt(words, (row.sender for row in rows))))

    async def labels(self, accounts: Sequence[UUID]) -> list[str]:
        """Every label in use."""
        statement = select(func.unnest(emails.c.labels).label("label")).where(emails.c.account.in_(accounts)).distinct()
        return sorted(row.label for row in await self.scope.all(statement))

    async def senders(self, accounts: Sequence[UUID], limit: int) -> list[str]:
        """Who wrote most recently, as `Name <address>`."""
        latest = func.max(emails.c.sent_at)
        statement = (
            select(func.max(emails.c.sender_name).label("name"), emails.c.sender_address)
            .where(emails.c.account.in_(accounts), ~emails.c.outgoing)
            .group_by(emails.c.sender_address)
            .order_by(latest.desc())
            .limit(limit)
        )
        return [f"{row.name} <{row.sender_address}>" for row in await self.scope.all(statement)]

    async def set_labels(self, email: UUID, labels: Sequence[str]) -> None:
        """The labels that the message bears now."""
        await self.scope.run(update(emails).where(emails.c.id == email).values(labels=sorted(labels)))

    async def moved(self, email: UUID, key: str, folder: str) -> None:
        """The message lies there now, under this key. When a synchronisation was faster, the row that it made of it goes."""
        arrived = select(emails.c.account).where(emails.c.id == email).scalar_subquery()
        await self.scope.run(
            delete(emails).where(emails.c.account == arrived, emails.c.key == key, emails.c.id != email)
        )
        await self.renumber(email, key, folder)

    async def mark(self, ids: Sequence[UUID], values: Mapping[str, bool]) -> None:
        """Unread or flagged, as the mailbox was told."""
        await self.scope.run(update(emails).where(emails.c.id.in_(ids)).values(dict(values)))

    async def untriaged(self, account: UUID, limit: int) -> Sequence[Row[Any]]:
        """Messages that nobody has sorted yet, or only without their meaning vector, newest first."""
        measured = select(email_vectors.c.digest).where(email_vectors.c.digest == emails.c.digest)
        return await self.scope.all(
            select(*COLUMNS)
            .where(
                emails.c.account == account,
                or_(emails.c.category.is_(None), and_(~emails.c.by_meaning, measured.exists())),
            )
            .order_by(emails.c.sent_at.desc())
            .limit(limit)
        )

    async def sort(self, found: Sequence[dict[str, Any]]) -> None:
        """Stores what triage found: id, category, confidence, needs_me, reasons, by_meaning."""
        names = ("category", "confidence", "needs_me", "reasons", "by_meaning")
        rows = _recordset(found)
        await self.scope.run(
            update(emails).where(emails.c.id == rows.c.id).values({name: rows.c[name] for name in names})
        )

    async def sorted_lately(self, account: UUID, limit: int) -> Sequence[Row[Any]]:
        """Incoming messages that are sorted, the latest first."""
        return await self.scope.all(
            select(*COLUMNS)
            .where(emails.c.account == account, ~emails.c.outgoing, emails.c.category.isnot(None))
            .order_by(emails.c.sent_at.desc())
            .limit(limit)
        )

    async def unsort(self, account: UUID, category: str) -> int:
        """Takes every message out of a category, to be sorted anew; gives how many."""
        done = update(emails).where(emails.c.account == account, emails.c.category == category).values(category=None)
        return int((await self.scope.run(done)).rowcount)

    async def answered(self, account: UUID, message_ids: Sequence[str]) -> set[str]:
        """Which of these messages the owner has answered."""
        rows = await self.scope.all(
            select(emails.c.in_reply_to).where(
                emails.c.account == account, emails.c.outgoing, emails.c.in_reply_to.in_(message_ids)
            )
        )
        return {row.in_reply_to for row in rows}

    async def settle_answered(self, account: UUID, message_ids: Sequence[str]) -> None:
        """What the owner has answered does not wait for them any more."""
        await self.scope.run(
            update(emails)
            .where(emails.c.account == account, emails.c.message_id.in_(message_ids), emails.c.needs_me)
            .values(needs_me=False, reasons=emails.c.reasons.op("||")(func.jsonb_build_array("you have answered it")))
        )

    async def answered_since(self, accounts: Sequence[UUID], thread: str, since: datetime) -> Row[Any] | None:
        """The first incoming message of a thread that arrived after a moment."""
        found = await self.scope.all(
            select(*COLUMNS)
            .where(emails.c.account.in_(accounts), emails.c.thread == thread, ~emails.c.outgoing)
            .where(emails.c.sent_at > since)
            .order_by(emails.c.sent_at)
            .limit(1)
        )
        return found[0] if found else None

    async def thread(self, accounts: Sequence[UUID], thread: str) -> Sequence[Row[Any]]:
        """The messages of a thread, oldest first."""
        return await self.scope.all(
            select(*COLUMNS).where(emails.c.account.in_(accounts), emails.c.thread == thread).order_by(emails.c.sent_at)
        )

    async def domains_written_to(self, account: UUID, domains: Iterable[str]) -> set[str]:
        """Which of these domains the owner has sent mail to before."""
        found = set()
        for domain in set(domains):
            written = cast(emails.c.recipients, String).icontains(f'@{domain}"', autoescape=True)
            statement = select(emails.c.id).where(emails.c.account == account, emails.c.outgoing, written).limit(1)
            if await self.scope.one(statement) is not None:
                found.add(domain)
        return found

    async def without_vector(self, account: UUID, model: str, limit: int) -> Sequence[Row[Any]]:
        """Content that has no embedding by this model yet: the beginning of it, one row per digest."""
        have = select(email_vectors.c.digest).where(
            email_vectors.c.digest == emails.c.digest, email_vectors.c.model == model
        )
        return await self.scope.all(
            select(
                emails.c.digest,
                func.left(func.min(emails.c.subject), MEASURED).label("subject"),
                func.left(func.min(emails.c.reply), MEASURED).label("reply"),
            )
            .where(emails.c.account == account, ~have.exists())
            .group_by(emails.c.digest)
            .order_by(func.max(emails.c.sent_at).desc())
            .limit(limit)
        )

    async def unmeasured(self, account: UUID, model: str) -> int:
        """How much content has no embedding by this model yet."""
        have = select(email_vectors.c.digest).where(
            email_vectors.c.digest == emails.c.digest, email_vectors.c.model == model
        )
        counted = select(func.count(emails.c.digest.distinct())).where(emails.c.account == account, ~have.exists())
        return int((await self.scope.run(counted)).scalar_one())

    async def vectors(self, digests: Sequence[bytes]) -> dict[bytes, Any]:
        """The meaning vectors that are there, by content digest."""
        rows = await self.scope.all(
            select(email_vectors.c.digest, email_vectors.c.embedding).where(email_vectors.c.digest.in_(digests))
        )
        return {row.digest: list(row.embedding) for row in rows}

    async def nearness(self, digests: Sequence[bytes], vector: Sequence[float]) -> dict[bytes, float]:
        """How near in meaning contents are to a vector, as cosines by digest."""
        distance = email_vectors.c.embedding.max_inner_product(vector)
        rows = await self.scope.all(
            select(email_vectors.c.digest, (-distance).label("cosine")).where(email_vectors.c.digest.in_(digests))
        )
        return {row.digest: float(row.cosine) for row in rows}

    async def nearest_other(self, account: UUID, email: UUID, digest: bytes) -> float | None:
        """The cosine of the nearest other mail of the account; a copy of the same content is none. None without vectors."""
        mine = select(email_vectors.c.embedding).where(email_vectors.c.digest == digest).scalar_subquery()
        distance = email_vectors.c.embedding.max_inner_product(mine)
        others = select(emails.c.id).where(
            emails.c.account == account, emails.c.id != email, emails.c.digest == email_vectors.c.digest
        )
        statement = (
            select((-distance).label("cosine"))
            .where(email_vectors.c.digest != digest, others.exists())
            .order_by(distance)
            .limit(1)
        )
        found = await self.scope.one(statement)
        return float(found.cosine) if found is not None and found.cosine is not None else None

    async def add_vectors(self, model: str, vectors: Sequence[tuple[bytes, Sequence[float]]]) -> None:
        """Stores embeddings by content digest."""
        rows = [
            {"tenant": self.scope.tenant, "digest": digest, "model": model, "embedding": vector}
            for digest, vector in vectors
        ]
        if rows:
            await self.scope.run(insert(email_vectors).on_conflict_do_nothing(), rows)


def _recordset(rows: Sequence[dict[str, Any]]) -> TableValuedAlias:
    """Rows as one JSON parameter, which Postgres reads by the table's own types: a statement with thousands of parameters
    takes longer to build than the rows take to store."""
    content = cast(literal(json.dumps(rows, default=as_postgres_reads), String), JSON)
    columns = (column(name, emails.c[name].type) for name in rows[0])
    return func.json_populate_recordset(text("NULL::emails"), content).table_valued(*columns, name="given")
