"""Who stands at a door, and what they brought: from a platform's name for somebody to the person, the conversation and the
stored event, in one round trip.

The first two statements find the tenant as the system and then act as that tenant; the third sees its rows only. As in a
turn of talk, the pipeline is one implicit transaction.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from psycopg.rows import namedtuple_row
from psycopg.types.json import Jsonb

from storage.database import Database
from storage.tables.people import as_caller
from storage.values.access import Caller
from storage.values.clock import now
from storage.values.ids import ConversationId, EventId, new_id

_AS_SYSTEM = "SELECT set_config('app.system', 'yes', true)"

_AS_TENANT = """
SELECT set_config('app.tenant', known.tenant::text, true), set_config('app.system', '', true)
FROM (SELECT tenant FROM identities WHERE channel = %(channel)s AND external = %(external)s OFFSET 0) AS known
"""

_LOOK = """
WITH who AS (
    SELECT people.* FROM identities JOIN people ON people.id = identities.person
    WHERE identities.channel = %(channel)s AND identities.external = %(external)s
), there AS (
    SELECT conversations.id FROM conversations JOIN who ON conversations.tenant = who.tenant
    WHERE conversations.channel = %(channel)s AND conversations.address = %(address)s
), opened AS (
    INSERT INTO conversations (id, tenant, person, channel, address, created_at)
    SELECT %(new)s, tenant, id, %(channel)s, %(address)s, %(at)s FROM who
    WHERE suspended = '' AND NOT EXISTS (SELECT FROM there)
    ON CONFLICT (tenant, channel, address) DO UPDATE SET channel = excluded.channel
    RETURNING id
), place AS (
    SELECT id FROM there UNION ALL SELECT id FROM opened
), taken AS (
    INSERT INTO events (id, tenant, person, conversation, channel, external, body, received_at)
    SELECT %(event)s, who.tenant, who.id, place.id, %(channel)s, %(name)s, %(body)s, now() FROM who, place
    WHERE suspended = '' AND %(event)s::uuid IS NOT NULL
    ON CONFLICT (tenant, channel, external) DO NOTHING
    RETURNING id
)
SELECT who.*, (SELECT id FROM place) AS conversation, EXISTS (SELECT FROM taken) AS fresh FROM who
"""


@dataclass(frozen=True)
class Door:
    """Where somebody stands: the channel, its name for them, and the address at which they are answered."""

    channel: str
    external: str
    address: str


@dataclass(frozen=True)
class Taken:
    """Whose event it is and where they talk. It is stored; `fresh` unless it was before."""

    caller: Caller
    conversation: ConversationId
    fresh: bool


async def who_is(database: Database, door: Door) -> tuple[Caller, ConversationId] | None:
    """The person and their conversation at this address, which is made when it is new. None for a stranger; Refused when
    they are suspended."""
    known = await _look(database, door, {"event": None, "name": None, "body": None})
    return (known.caller, known.conversation) if known else None


async def take(database: Database, door: Door, event: EventId, name: str, body: dict[str, Any]) -> Taken | None:
    """The same, and what they brought is stored as theirs under the platform's `name` for it. Nothing is stored for a
    stranger (None) and for the suspended (Refused)."""
    return await _look(database, door, {"event": event, "name": name, "body": Jsonb(body)})


async def _look(database: Database, door: Door, brought: dict[str, Any]) -> Taken | None:
    values = {**asdict(door), "new": new_id(), "at": now(), **brought}
    async with database.driver() as connection, connection.cursor(binary=True, row_factory=namedtuple_row) as cursor:
        async with connection.pipeline():
            await connection.execute(_AS_SYSTEM)
            await connection.execute(_AS_TENANT, values)
            await cursor.execute(_LOOK, values)
        row: Any = await cursor.fetchone()
    return Taken(as_caller(row), ConversationId(row.conversation), row.fresh) if row else None
