"""Gmail's labels: their names and ids, made once, and what the system's own say of a message."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from tools.mail.folder_names import ARCHIVE, INBOX, SENT
from tools.mail.gmail_service import Declined, Service
from tools.mail.mailbox import Changed

HIDDEN = frozenset({"DRAFT", "TRASH", "SPAM", "CHAT"})
"""A message with one of these is not told of: it is no mail yet, or not any more."""

_ALREADY = (400, 409)
"""What Gmail answers to a name that exists; which of them depends on the server."""


def visible(labels: Collection[str]) -> bool:
    """Whether a message with these label ids is told of."""
    return HIDDEN.isdisjoint(labels)


def folder_of(labels: Collection[str]) -> str:
    """Our name for where a message lies. Gmail has one place, and labels; what is in neither is archived."""
    return INBOX if "INBOX" in labels else SENT if "SENT" in labels else ARCHIVE


class Labels:
    """The labels that people made, by name and by id."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._names: dict[str, str] = {}
        self._making = asyncio.Lock()

    async def refresh(self) -> None:
        """Asks for all of them."""
        answer = await self._service.call(lambda users: users.labels().list(userId="me"))
        labels = answer.get("labels", [])
        self._names = {label["id"]: label["name"] for label in labels if label.get("type") == "user"}

    @property
    def ids(self) -> Collection[str]:
        """Those that are known."""
        return self._names.keys()

    def known(self, name: str) -> str | None:
        """The id of a name, in whatever case it is written: Gmail holds names of different case for the same."""
        wanted = name.casefold()
        return next((label for label, own in self._names.items() if own.casefold() == wanted), None)

    async def made(self, name: str) -> str:
        """The id of a name; the label is made when there is none, once."""
        async with self._making:
            known = self.known(name)
            if known is None:
                await self.refresh()
                known = self.known(name) or await self._make(name)
            return known

    async def stands(self, key: str, labels: Collection[str]) -> Changed:
        """How a message with these label ids stands."""
        return Changed(key, "UNREAD" in labels, "STARRED" in labels, await self.names(labels), folder_of(labels))

    async def names(self, labels: Collection[str]) -> frozenset[str]:
        """The names of people's labels among these ids."""
        # Ids of the system's labels are words in capitals; people's begin otherwise.
        own = {label for label in labels if not label.replace("_", "").isupper()}
        if not own <= self._names.keys():
            await self.refresh()  # made in another program meanwhile
        return frozenset(self._names[label] for label in own if label in self._names)

    async def _make(self, name: str) -> str:
        shown = {"name": name, "labelListVisibility": "labelShow", "messageListVisibility": "show"}
        try:
            made = await self._service.call(lambda users: users.labels().create(userId="me", body=shown))
        except Declined as problem:
            if problem.status not in _ALREADY:
                raise
            await self.refresh()  # somebody made it at the same moment
            known = self.known(name)
            if known is None:
                raise Declined(
                    f"Gmail takes no label called “{name}”, perhaps because it has a folder of that name: choose another.",
                    problem.status,
                ) from None
            return known
        self._names[str(made["id"])] = str(made["name"])
        return str(made["id"])
