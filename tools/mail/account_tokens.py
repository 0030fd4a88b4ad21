"""The tokens of a linked account: sealed in its row, renewed by one at a time among all processes.

Whoever finds the token stale takes the account's lock in Postgres and reads the row again: a winner before them has stored
a newer token already. What the provider gave is committed before anybody uses it, so that a refresh token that was rotated
is never lost, and none is used twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from storage.database import Database
from storage.transaction import Transaction
from storage.values.clock import now
from storage.values.errors import NeedsPerson, Unavailable
from tools.mail.linking.link import Grant, Link

Notice = Callable[[Transaction, Row[Any], str], Awaitable[None]]
"""Tells an account's owner, within the transaction, that the mailbox must be linked again."""

PATIENCE = 60.0
"""Seconds for a refresh, in which the account's lock and one connection are held."""


async def no_notice(tx: Transaction, account: Row[Any], sentence: str) -> None:
    """For programs without a chat."""


class AccountTokens:
    """The tokens of one account in this process. See `Tokens` for what the methods promise."""

    def __init__(self, database: Database, tenant: UUID, account: UUID, link: Link, notice: Notice = no_notice) -> None:
        self._database = database
        self._tenant = tenant
        self._account = account
        self._link = link
        self._notice = notice
        self._held: Grant | None = None
        self._rejected = ""
        self._renewing: asyncio.Task[Grant] | None = None

    def __repr__(self) -> str:
        return f"AccountTokens({self._account})"

    async def access(self) -> str:
        """A valid access token. While the one in memory serves, this asks nobody."""
        held = self._held
        if held is None or not self._serves(held):
            if self._renewing is None or self._renewing.done():
                # A task of its own: when who asks is cancelled, what the provider gives must still be stored.
                self._renewing = asyncio.create_task(self._renewed())
                self._renewing.add_done_callback(lambda done: done.cancelled() or done.exception())
            held = await asyncio.shield(self._renewing)
        return held.access

    async def rejected(self, token: str) -> None:
        """This token does not serve any more."""
        self._rejected = token

    async def aclose(self) -> None:
        """Waits until a refresh under way is stored."""
        if self._renewing is not None:
            await asyncio.gather(self._renewing, return_exceptions=True)

    def _serves(self, grant: Grant) -> bool:
        return grant.fresh(now()) and grant.access != self._rejected

    async def _renewed(self) -> Grant:
        try:
            async with asyncio.timeout(PATIENCE), self._database.acting_as(self._tenant) as tx:
                await tx.accounts.hold_tokens(self._account)
                row = await tx.accounts.get(self._account)
                stored = Grant.from_text(await tx.accounts.secret(row))
                if self._serves(stored):
                    grant, dead = stored, ""
                else:
                    grant, dead = await self._refresh(tx, row, stored)
        except TimeoutError:
            raise Unavailable(f"{self._link.name} does not answer: try again in a few minutes.") from None
        if dead:
            raise NeedsPerson(dead)
        self._held = grant
        return grant

    async def _refresh(self, tx: Transaction, row: Row[Any], stored: Grant) -> tuple[Grant, str]:
        """The new grant, stored; or why there is none any more, told once."""
        lost = (
            f"{self._link.name} does not let me into {row.address} any more: link it again with /link {row.provider}."
        )
        if not stored.keep:  # known for dead: the provider is not asked again
            return stored, lost
        try:
            grant = await self._link.refresh(stored)
        except NeedsPerson:
            await tx.accounts.keep_secret(row.id, replace(stored, access="", keep="").to_text())
            if await tx.accounts.in_trouble(row.id, lost):
                await self._notice(tx, row, lost)
            return stored, lost
        await tx.accounts.keep_secret(row.id, grant.to_text())
        return grant, ""
