"""Link codes: how somebody proves on a new channel who they are on an old one. Used once, within ten minutes."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Column, LargeBinary, Table, delete, func, insert

from storage.base import metadata, moment, reference, tenant_column
from storage.scope import Questions
from storage.values.ids import PersonId, TenantId

VALID_FOR = timedelta(minutes=10)

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters and digits that nobody confuses when they read them aloud."""

LENGTH = 12
"""31 signs to the 12th are 59 bits: not to be guessed in ten minutes."""

link_codes = Table(
    "link_codes",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    tenant_column(),
    reference("person", to="people"),
    moment("expires_at", nullable=False),
)


class LinkCodes(Questions):
    """Codes that wait to be said. Only their digests are kept."""

    async def make(self, person: UUID) -> str:
        """A fresh code, as it is shown: `ABCD-EFGH-JKMN`. An earlier one of this person ends."""
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        await self.scope.run(delete(link_codes).where(link_codes.c.person == person))
        await self.scope.run(
            insert(link_codes).values(
                digest=_digest(code), tenant=self.scope.tenant, person=person, expires_at=func.now() + VALID_FOR
            )
        )
        return "-".join(code[at : at + 4] for at in range(0, LENGTH, 4))

    async def use(self, said: str) -> tuple[TenantId, PersonId] | None:
        """Whose code it is, over all tenants; it is used up by this. None when it is unknown, used or too old."""
        code = plain_code(said)
        if code is None:
            return None
        row = await self.scope.one(
            delete(link_codes)
            .where(link_codes.c.digest == _digest(code))
            .returning(link_codes.c.tenant, link_codes.c.person, (link_codes.c.expires_at > func.now()).label("valid"))
        )
        return (TenantId(row.tenant), PersonId(row.person)) if row and row.valid else None


def plain_code(said: str) -> str | None:
    """The code in a message that is nothing but one, however it was typed; None for other words."""
    code = said.strip().replace("-", "").replace(" ", "").upper()
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def _digest(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()
