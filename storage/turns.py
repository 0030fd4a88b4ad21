"""A turn of talk costs two round trips, whatever happens in it: one opens it, one closes it.

Opening stores what was received and reads what the mind needs; closing stores what was said, the mind's small state, the
reply on its way, what the model took and that the event is done, all or nothing. Both use a psycopg pipeline without
BEGIN: the statements up to the sync are one implicit transaction, in which `set_config(…, true)` names the tenant for
row-level security.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, AsyncCursor
from psycopg.types.json import Jsonb

from storage.database import Database
from storage.values.ids import ConversationId, EventId, PersonId, TenantId, new_id

WINDOW = 24
"""How many past messages the model sees. The rest stays in the table, found again by recall."""

_ACT = "SELECT set_config('app.tenant', %s, true)"

_OPEN = """
WITH received AS (
    INSERT INTO events (id, tenant, person, conversation, channel, external, body, received_at)
    VALUES (%(event)s, %(tenant)s, %(person)s, %(conversation)s, %(channel)s, %(external)s, %(body)s, now())
    ON CONFLICT (tenant, channel, external) DO NOTHING
    RETURNING id
), recent AS (
    SELECT number, body FROM messages WHERE conversation = %(conversation)s ORDER BY number DESC LIMIT %(window)s
)
SELECT
    EXISTS (SELECT FROM received) AS fresh,
    false AS stopped,
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
    true AS fresh,
    EXISTS (
        SELECT FROM conversations JOIN events ON events.id = %(event)s
        WHERE conversations.id = %(conversation)s AND conversations.stopped_at >= events.received_at
    ) AS stopped,
    (SELECT state FROM conversations WHERE id = %(conversation)s) AS state,
    (SELECT jsonb_agg(body ORDER BY number) FROM recent) AS messages,
    (SELECT count(*) FROM approvals WHERE person = %(person)s AND state = 'pending') AS waiting,
    EXISTS (SELECT FROM memories WHERE person = %(person)s) AS remembers
"""

_CLOSE = """
WITH done AS (
    UPDATE events SET done_at = now(), body = '{}' WHERE id = %(event)s AND done_at IS NULL RETURNING id
), said AS (
    INSERT INTO messages (tenant, conversation, body, said_at)
    SELECT %(tenant)s, %(conversation)s, body, now()
    FROM done, jsonb_array_elements(%(messages)s) WITH ORDINALITY AS spoken(body, place) ORDER BY place
), mind AS (
    UPDATE conversations SET state = coalesce(%(state)s, state)
    WHERE id = %(conversation)s AND EXISTS (SELECT FROM done)
), spent AS (
    INSERT INTO model_calls (
        tenant, person, event, purpose, model, tokens_in, tokens_cached, tokens_out, cost, prices, called_at
    )
    SELECT %(tenant)s, %(person)s, %(event)s, purpose, model, tokens_in, tokens_cached, tokens_out, cost, prices, now()
    FROM done, jsonb_to_recordset(%(calls)s) AS call(
        purpose text, model text, tokens_in int, tokens_cached int, tokens_out int, cost numeric, prices text
    )
)
INSERT INTO outbox (tenant, conversation, kind, body, due_at)
SELECT %(tenant)s, %(conversation)s, word->>'kind', word->'body', now() + interval '30 seconds'
FROM done, jsonb_array_elements(%(words)s) WITH ORDINALITY AS spoken(word, place) ORDER BY place
RETURNING number
"""


@dataclass(frozen=True)
class Received:
    """What came in: by whom, in which conversation, under which name of the platform's, and the message itself. `event` is
    the id under which it is stored, unless it is known under another one already."""

    tenant: TenantId
    person: PersonId
    conversation: ConversationId
    channel: str
    external: str
    body: dict[str, Any]
    event: EventId = field(default_factory=lambda: EventId(new_id()))


@dataclass(frozen=True)
class Opened:
    """What the mind needs to begin with."""

    fresh: bool
    """False when this very event was received before."""
    stopped: bool
    """Whether the person said stop after it was received."""
    state: bytes | None
    messages: Sequence[dict[str, Any]] = field(default_factory=list)
    waiting: int = 0
    """How many approvals wait for the person."""
    remembers: bool = False
    """Whether there is anything in memory to look through."""


async def open_turn(database: Database, received: Received) -> Opened:
    """Stores the event and reads the conversation: two statements, one round trip."""
    values = {
        "event": received.event,
        "tenant": received.tenant,
        "person": received.person,
        "conversation": received.conversation,
        "channel": received.channel,
        "external": received.external,
        "body": Jsonb(received.body),
        "window": WINDOW,
    }
    return await _opened(database, received.tenant, _OPEN, values)


async def reopen_turn(database: Database, received: Received) -> Opened:
    """Reads the conversation of an event that is already stored: it had to wait its turn, or is taken up after a crash."""
    values = {
        "event": received.event,
        "conversation": received.conversation,
        "person": received.person,
        "window": WINDOW,
    }
    return await _opened(database, received.tenant, _READ, values)


async def close_turn(
    database: Database,
    received: Received,
    *,
    messages: Sequence[dict[str, Any]],
    state: bytes | None,
    words: Sequence[dict[str, Any]],
    calls: Sequence[Mapping[str, Any]] = (),
) -> list[int]:
    """Stores the outcome, once for an event: two statements, one round trip. `words` go to the outbox as `{"kind": …,
    "body": …}`; whoever shows them at once has 30 seconds before the delivery does. Gives the outbox numbers in order, and
    none when the event was answered already. No `state`: it stays as it was. `calls`: what asking the model took, as
    `storage.tables.model_calls` keeps it."""
    values = {
        "tenant": received.tenant,
        "conversation": received.conversation,
        "person": received.person,
        "event": received.event,
        "messages": Jsonb(list(messages)),
        "state": state,
        "words": Jsonb(list(words)),
        "calls": Jsonb(list(calls)),
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
    fresh, stopped, state, messages, waiting, remembers = row
    return Opened(fresh, stopped, state, messages or [], waiting, remembers)
