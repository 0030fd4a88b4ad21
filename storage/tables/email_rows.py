"""The tables of mail: what we know of each message, and the meaning vector of each content."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Computed,
    Double,
    Index,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    false,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from storage.base import document, embedding, id_column, metadata, moment, reference, tenant_column

_SEARCH = (
    "setweight(to_tsvector('simple', subject), 'A') || "
    "setweight(to_tsvector('simple', sender_name || ' ' || replace(replace(sender_address, '@', ' '), '.', ' ')), 'B') || "
    "setweight(to_tsvector('simple', left(body, 100000)), 'D') || "
    "setweight(to_tsvector('english', left(body, 100000)), 'D') || setweight(to_tsvector('english', subject), 'A')"
)
"""Simple for names and other languages, English for word stems. 100,000 characters stay below tsvector's 1 MB."""

emails = Table(
    "emails",
    metadata,
    id_column(),
    tenant_column(),
    reference("account", to="accounts"),
    Column("key", String, nullable=False),
    Column("folder", String, nullable=False),
    Column("message_id", String, nullable=False),
    Column("in_reply_to", String, nullable=False),
    Column("thread", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("sender_name", String, nullable=False),
    Column("sender_address", String, nullable=False),
    Column("reply_to", String, nullable=False),
    document("recipients"),
    moment("sent_at", nullable=False),
    Column("unread", Boolean, nullable=False),
    Column("flagged", Boolean, nullable=False, server_default=false()),
    Column("outgoing", Boolean, nullable=False),
    Column("labels", ARRAY(String), nullable=False),
    document("attachments"),
    Column("has_attachment", Boolean, nullable=False),
    Column("body", String, nullable=False),
    Column("reply", String, nullable=False),
    document("signals"),
    Column("digest", LargeBinary, nullable=False),
    Column("category", String),
    Column("confidence", Double),
    Column("needs_me", Boolean),
    document("reasons", nullable=True),
    Column("by_meaning", Boolean, nullable=False, server_default=false()),
    moment("stored_at", nullable=False),
    Column("search", TSVECTOR, Computed(_SEARCH, persisted=True)),
    UniqueConstraint("tenant", "account", "key"),
    Index("ix_emails_search", "search", postgresql_using="gin"),
    Index("ix_emails_recent", "tenant", "account", "sent_at"),
    Index("ix_emails_message_id", "tenant", "account", "message_id"),
    Index("ix_emails_thread", "tenant", "thread"),
    Index("ix_emails_digest", "tenant", "digest"),
    # Room beside each row for what triage finds, and no index on that: sorting a mailbox then touches no index at all.
    postgresql_with={"fillfactor": 60},
)

email_vectors = Table(
    "email_vectors",
    metadata,
    tenant_column(primary_key=True),
    Column("digest", LargeBinary, primary_key=True),
    Column("model", String, nullable=False),
    embedding("embedding"),
    Index(
        "ix_email_vectors_embedding",
        "embedding",
        postgresql_using="hnsw",
        postgresql_ops={"embedding": "halfvec_ip_ops"},
    ),
)


COLUMNS = [column for column in emails.c if column.name != "search"]
"""What questions give: all but the search index."""
