"""Tokens: how a mailbox that is opened by OAuth gets its access token. Nothing here does I/O."""

from __future__ import annotations

from typing import Protocol

from storage.values.errors import NeedsPerson


class Tokens(Protocol):
    """The access token of one account."""

    async def access(self) -> str:
        """A valid access token; refreshed when it is about to expire, once across all processes (others read what the
        winner stored). NeedsPerson when the provider gives none any more: the account is in trouble, which is told once,
        with a way to link it again. Unavailable when the provider does not answer."""
        ...

    async def rejected(self, token: str) -> None:
        """The provider answered 401 to this token: the next `access` refreshes, unless somebody did meanwhile."""
        ...


class Standing:
    """One token that nobody can refresh."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def access(self) -> str:
        """The token, until it is rejected."""
        if not self._token:
            raise NeedsPerson("The provider does not accept this account's token: link the mailbox again.")
        return self._token

    async def rejected(self, token: str) -> None:
        """It is of no use any more."""
        self._token = ""
