"""Who stands at a door: from a platform's name for somebody to the person and the conversation, in one round trip.

The first two statements find the tenant as the system and then act as that tenant; the third sees its rows only. As in a
turn of talk, the pipeline is one implicit transaction.
"""

from __future__ import annotations

from typing import Any

from psycopg.rows import namedtuple_row

from storage.database import Database
from storage.tables.people import as_caller
from storage.values.access import Caller
from storage.values.clock import now
from storage.values.ids import ConversationId, new_id

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
)
SELECT who.*, coalesce((SELECT id FROM there), (SELECT id FROM opened)) AS conversation FROM who
"""


async def who_is(database: Database, channel: str, external: str, address: str) -> tuple[Caller, ConversationId] | None:
    """The person and their conversation at this address, which is made when it is new. None for a stranger; Refused when
    they are suspended."""
    values = {
        "channel": channel,
        "external": external,
        "address": address,
        "new": new_id(),
        "at": now(),
    }
    async with database.driver() as connection, connection.cursor(binary=True, row_factory=namedtuple_row) as cursor:
        async with connection.pipeline():
            await connection.execute(_AS_SYSTEM)
            await connection.execute(_AS_TENANT, values)
            await cursor.execute(_LOOK, values)
        row: Any = await cursor.fetchone()
    return (as_caller(row), ConversationId(row.conversation)) if row else None
