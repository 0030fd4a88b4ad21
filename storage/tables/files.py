"""Files: tables that people gave us and reports that we made. The bytes lie in the blob store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, String, Table, insert, select
from sqlalchemy.engine import Row

from storage.base import id_column, metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.values.clock import now
from storage.values.errors import Refused
from storage.values.ids import FileId, new_id

files = Table(
    "files",
    metadata,
    id_column(),
    tenant_column(),
    reference("person", to="people"),
    Column("name", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("purpose", String, nullable=False),
    moment("created_at", nullable=False),
    Index("ix_files_person", "tenant", "person", "created_at"),
)


class Files(Questions):
    """Files in the blob store."""

    async def add(
        self, person: UUID, name: str, media_type: str, size: int, purpose: str, file: UUID | None = None
    ) -> FileId:
        """Registers a file whose bytes are (to be) stored under its id."""
        row = FileId(file or new_id())
        await self.scope.run(
            insert(files).values(
                id=row,
                tenant=self.scope.tenant,
                person=person,
                name=name,
                media_type=media_type,
                size=size,
                purpose=purpose,
                created_at=now(),
            )
        )
        return row

    async def get(self, file: UUID) -> Row[Any]:
        """The file. Refused when it is gone."""
        row = await self.scope.one(select(files).where(files.c.id == file))
        if row is None:
            raise Refused("That file is not there any more; please give it to me again.")
        return row

    async def tables(self, person: UUID, limit: int = 20) -> Sequence[Row[Any]]:
        """The tables that a person gave us, newest first."""
        return await self.scope.all(
            select(files)
            .where(files.c.person == person, files.c.purpose == "table")
            .order_by(files.c.created_at.desc(), files.c.id.desc())
            .limit(limit)
        )
