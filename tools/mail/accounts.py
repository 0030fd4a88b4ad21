"""Open mailboxes: one per linked account and process, opened on first use, all closed together."""

from __future__ import annotations

import asyncio
from uuid import UUID

from storage.database import Database
from storage.values.errors import NeedsPerson, Unavailable
from tools.mail import open_mailbox
from tools.mail.account_tokens import AccountTokens, Notice, no_notice
from tools.mail.linking import LINKS, open_link
from tools.mail.linking.link import Linking
from tools.mail.mailbox import Credentials, Mailbox


class Mailboxes:
    """Gives the mailbox of an account; keeps it open for the next who asks."""

    def __init__(self, database: Database, linking: Linking | None = None, notice: Notice = no_notice) -> None:
        self.database = database
        self.linking = linking or Linking()
        self._notice = notice
        self._open: dict[UUID, Mailbox] = {}
        self._tokens: dict[UUID, AccountTokens] = {}
        self._lock = asyncio.Lock()

    async def get(self, tenant: UUID, account: UUID) -> Mailbox:
        """The open mailbox. Raises what opening raises: Unavailable, NeedsPerson, Refused."""
        async with self._lock:
            if account not in self._open:
                provider, credentials = await self._credentials(tenant, account)
                self._open[account] = await open_mailbox(provider, credentials)
            return self._open[account]

    async def _credentials(self, tenant: UUID, account: UUID) -> tuple[str, Credentials]:
        async with self.database.acting_as(tenant) as tx:
            row = await tx.accounts.get(account)
            if row.provider not in LINKS:
                return row.provider, Credentials(row.address, row.settings, await tx.accounts.secret(row))
        link = open_link(self.linking, row.provider)
        if account not in self._tokens:  # kept when the mailbox is dropped: what it holds stays true
            self._tokens[account] = AccountTokens(self.database, tenant, account, link, self._notice)

        async def stored() -> frozenset[str]:
            async with self.database.acting_as(tenant) as tx:
                return await tx.accounts.keys(account)

        settings = {**self.linking.apps[row.provider].settings, **row.settings}
        return row.provider, Credentials(row.address, settings, tokens=self._tokens[account], stored=stored)

    async def drop(self, account: UUID) -> None:
        """Closes the mailbox of an account, so that the next use signs in afresh."""
        mailbox = self._open.pop(account, None)
        if mailbox is not None:
            try:
                await mailbox.aclose()
            except (Unavailable, NeedsPerson):
                return  # it was broken, which is why it is dropped

    async def forget(self, account: UUID) -> None:
        """Closes the mailbox of an account that was unlinked, and forgets its tokens."""
        await self.drop(account)
        tokens = self._tokens.pop(account, None)
        if tokens is not None:
            await tokens.aclose()

    async def aclose(self) -> None:
        """Closes all."""
        for account in list(self._open):
            await self.drop(account)
        for tokens in self._tokens.values():
            await tokens.aclose()
