"""Scope: the open connection of one transaction, the tenant it acts for, and the seal of that tenant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Executable, LargeBinary, Uuid, bindparam, text
from sqlalchemy.engine import CursorResult, Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.crypto import Key, Keyring, Place
from storage.values.errors import Refused


class Scope:
    """What every table's questions work on."""

    def __init__(self, connection: AsyncConnection, keyring: Keyring, tenant: UUID | None) -> None:
        self.connection = connection
        self.keyring = keyring
        self._tenant = tenant
        self._data_key: Key | None = None
        self.due: list[tuple[str, UUID]] = []
        """Jobs asked for in this transaction, as (queue, id): the bell rings for them after the commit, never before."""

    @property
    def tenant(self) -> UUID:
        """Whose rows these are."""
        if self._tenant is None:
            raise Refused("This needs a person; the system on its own may not see it.")
        return self._tenant

    async def run(self, statement: Executable, values: Any = None) -> CursorResult[Any]:
        """Executes one statement."""
        return await self.connection.execute(statement, values)

    async def one(self, statement: Executable) -> Row[Any] | None:
        """The only row, or None."""
        return (await self.run(statement)).one_or_none()

    async def all(self, statement: Executable) -> Sequence[Row[Any]]:
        """All rows."""
        return (await self.run(statement)).all()

    async def seal(self, row: UUID, purpose: str, secret: str | bytes) -> bytes:
        """Seals a secret for a row of this tenant."""
        words = secret.encode() if isinstance(secret, str) else secret
        return (await self.data_key()).seal(words, Place(self.tenant, row, purpose))

    async def open(self, row: UUID, purpose: str, sealed: bytes) -> bytes:
        """Opens a sealed secret of this tenant."""
        return (await self.data_key()).open(sealed, Place(self.tenant, row, purpose))

    async def data_key(self) -> Key:
        """The tenant's own key, unsealed once per transaction."""
        if self._data_key is None:
            statement = text("SELECT data_key FROM tenants WHERE id = :tenant").bindparams(
                bindparam("tenant", self.tenant, Uuid)
            )
            sealed = (await self.run(statement.columns(data_key=LargeBinary))).scalar_one_or_none()
            if sealed is None:
                raise Refused("This workspace is not known here; nothing of it can be opened.")
            self._data_key = self.keyring.open_data_key(self.tenant, sealed)
        return self._data_key


class Questions:
    """The base of a table's questions."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
