"""Provider: where the opener of one kind of mailbox is found; its module is imported only when it is needed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tools.mail.mailbox import Credentials, Mailbox


@dataclass(frozen=True)
class Provider:
    """A line of `MAILBOXES`."""

    module: str
    opener: str

    async def open(self, credentials: Credentials) -> Mailbox:
        """Opens the mailbox. Raises Refused, Unavailable or NeedsPerson with a sentence."""
        opener: Callable[[Credentials], Awaitable[Mailbox]] = getattr(import_module(self.module), self.opener)
        return await opener(credentials)
