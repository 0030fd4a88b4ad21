"""A turn of talk costs two round trips, whatever happens in it: one opens it, one closes it.

Opening stores what was received and reads what the mind needs; closing stores what was said, the mind's small state, the
reply on its way and that the event is done, all or nothing. Both use a psycopg pipeline without BEGIN: the statements up
to the sync are one implicit transaction, in which `set_config(…, true)` names the tenant for row-level security.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, AsyncCursor
from psycopg.types.json import Jsonb

from storage.database import Database
from storage.values.clock import now
from storage.values.ids import ConversationId, EventId, PersonId, TenantId, new_id

WINDOW = 24
"""How many past messages the model sees. The rest stays in the table, found again by recall."""

_ACT = "SELECT set_config('app.tenant', %s, true)"

_OPEN = """
WITH received AS (
    INSERT INTO events (id, tenant, person, conversation, channel, external, body, received_at)
    VALUES (%(event)s, %(tenant)s, %(person)s, %(conversation)s, %(channel)s, %(external)s, %(body)s, %(at)s)
    ON CONFLICT (tenant, channel, external) DO NOTHING
    RETURNING id
), recent AS (
    SELECT number, body FROM messages WHERE conversation = %(conversation)s ORDER BY number DESC LIMIT %(window)s
)
SELECT
    (SELECT id FROM received) AS event,
    (SELECT state FROM conversations WHERE id = %(conversation)s) AS state,
    (SELECT jsonb_agg(body ORDER BY number) FROM recent) AS messages,
    (SELECT count(*) FROM approvals WHERE person = %(person)s AND state = 'pending') AS waiting,
    EXISTS (SELECT FROM memories WHERE person = %(person)s) AS remembers
"""

_READ = """
WITH recent AS (
    SELECT number, body FROM messages WHERE conversation = %(conversation)s ORDER BY number DESC LIMIT %(window)s
)
SELECT
    NULL::uuid AS event,
    (SELECT state FROM conversations WHERE id = %(conversation)s) AS state,
    (SELECT jsonb_agg(body ORDER BY number) FROM recent) AS messages,
    (SELECT count(*) FROM approvals WHERE person = %(person)s AND state = 'pending') AS waiting,
    EXISTS (SELECT FROM memories WHERE person = %(person)s) AS remembers
"""

_CLOSE = """
WITH said AS (
    INSERT INTO messages (tenant, conversation, body, said_at)
    SELECT %(tenant)s, %(conversation)s, body, %(at)s
    FROM jsonb_array_elements(%(messages)s) WITH ORDINALITY AS spoken(body, place) ORDER BY place
), mind AS (
    UPDATE conversations SET state = %(state)s WHERE id = %(conversation)s
), done AS (
    UPDATE events SET done_at = %(at)s WHERE id = %(event)s
)
INSERT INTO outbox (tenant, conversation, kind, body, due_at)
SELECT %(tenant)s, %(conversation)s, word->>'kind', word->'body', now() + interval '30 seconds'
FROM jsonb_array_elements(%(words)s) WITH ORDINALITY AS spoken(word, place) ORDER BY place
RETURNING number
"""


@dataclass(frozen=True)
class Received:
    """What came in: by whom, in which conversation, under which name of the platform's, and the message itself."""

    tenant: TenantId
    person: PersonId
    conversation: ConversationId
    channel: str
    external: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Opened:
    """What the mind needs to begin with. `event` is None when this very event was received before."""

    event: EventId | None
    state: bytes | None
    messages: Sequence[dict[str, Any]] = field(default_factory=list)
    waiting: int = 0
    """How many approvals wait for the person."""
    remembers: bool = False
    """Whether there is anything in memory to look through."""


async def open_turn(database: Database, received: Received, at: datetime | None = None) -> Opened:
    """Stores the event and reads the conversation: two statements, one round trip."""
    values = {
        "event": new_id(),
        "tenant": received.tenant,
        "person": received.person,
        "conversation": received.conversation,
        "channel": received.channel,
        "external": received.external,
        "body": Jsonb(received.body),
        "at": at or now(),
        "window": WINDOW,
    }
    return await _opened(database, received.tenant, _OPEN, values)


async def reopen_turn(database: Database, received: Received, event: EventId) -> Opened:
    """Reads the conversation of an event that is already stored, to take it up again after a crash."""
    values = {"conversation": received.conversation, "person": received.person, "window": WINDOW}
    return replace(await _opened(database, received.tenant, _READ, values), event=event)


async def close_turn(
    database: Database,
    received: Received,
    event: UUID,
    *,
    messages: Sequence[dict[str, Any]],
    state: bytes,
    words: Sequence[dict[str, Any]],
) -> list[int]:
    """Stores the outcome: two statements, one round trip. `words` go to the outbox as `{"kind": …, "body": …}`; whoever
    shows them at once has 30 seconds before the delivery does. Gives the outbox numbers in order."""
    values = {
        "tenant": received.tenant,
        "conversation": received.conversation,
        "event": event,
        "messages": Jsonb(list(messages)),
        "state": state,
        "words": Jsonb(list(words)),
        "at": now(),
    }
    async with database.driver() as connection:
        cursor = await _pipelined(connection, received.tenant, _CLOSE, values)
        return sorted(row[0] for row in await cursor.fetchall())


async def _pipelined(
    connection: AsyncConnection[Any], tenant: UUID, statement: str, values: dict[str, Any]
) -> AsyncCursor[Any]:
    async with connection.pipeline():
        await connection.execute(_ACT, (str(tenant),))
        return await connection.cursor(binary=True).execute(statement, values)


async def _opened(database: Database, tenant: UUID, statement: str, values: dict[str, Any]) -> Opened:
    async with database.driver() as connection:
        row = await (await _pipelined(connection, tenant, statement, values)).fetchone()
    assert row is not None
    event, state, messages, waiting, remembers = row
    return Opened(EventId(event) if event else None, state, messages or [], waiting, remembers)
