"""Open mailboxes: one per linked account and process, opened on first use, all closed together."""

from __future__ import annotations

import asyncio
from uuid import UUID

from storage.database import Database
from storage.values.errors import NeedsPerson, Unavailable
from tools.mail import open_mailbox
from tools.mail.mailbox import Credentials, Mailbox


class Mailboxes:
    """Gives the mailbox of an account; keeps it open for the next who asks."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._open: dict[UUID, Mailbox] = {}
        self._lock = asyncio.Lock()

    async def get(self, tenant: UUID, account: UUID) -> Mailbox:
        """The open mailbox. Raises what opening raises: Unavailable, NeedsPerson, Refused."""
        async with self._lock:
            if account not in self._open:
                async with self.database.acting_as(tenant) as tx:
                    row = await tx.accounts.get(account)
                    credentials = Credentials(row.address, row.settings, await tx.accounts.secret(row))
                self._open[account] = await open_mailbox(row.provider, credentials)
            return self._open[account]

    async def drop(self, account: UUID) -> None:
        """Closes the mailbox of an account, so that the next use signs in afresh."""
        mailbox = self._open.pop(account, None)
        if mailbox is not None:
            try:
                await mailbox.aclose()
            except (Unavailable, NeedsPerson):
                return  # it was broken, which is why it is dropped

    async def aclose(self) -> None:
        """Closes all."""
        for account in list(self._open):
            await self.drop(account)
