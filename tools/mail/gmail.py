"""The Gmail provider, by Google's API: labels are labels, archiving takes the label INBOX off, keys outlive every move."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from storage.values.errors import Refused
from tools.mail.folder_names import ARCHIVE, DRAFTS, INBOX, JUNK, SENT, TRASH
from tools.mail.gmail_labels import Labels
from tools.mail.gmail_send import find_sent, raw_body, send, thread_of
from tools.mail.gmail_service import NOT_FOUND, Call, Declined, Service
from tools.mail.gmail_sync import Stored, Sync, raw_of
from tools.mail.labels import checked_name
from tools.mail.mailbox import Abilities, Batch, Changed, Credentials
from tools.mail.tokens import Standing

_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DRAFT = re.compile(r"draft-([A-Za-z0-9_-]{1,64})")
_GONE = "This mail is not in the mailbox any more: search for it again."


async def open_gmail(credentials: Credentials) -> GmailMailbox:
    """Opens a mailbox with its tokens; a secret instead is a token that stands by itself. Settings: `api_endpoint`; `push_topic`;
    `patience` and `pause`, seconds. Raises NeedsPerson when Google does not let us in, Unavailable when it does not answer."""
    service = Service(credentials.tokens or Standing(credentials.secret), credentials.settings)
    labels = Labels(service)
    try:
        await labels.refresh()
    except BaseException:
        await service.aclose()
        raise
    topic = credentials.settings.get("push_topic", "")
    if topic:
        return CallingGmailMailbox(service, labels, credentials.stored, topic)
    return GmailMailbox(service, labels, credentials.stored)


class GmailMailbox:
    """An open Gmail mailbox. See `Mailbox` for what the methods promise."""

    abilities = Abilities(keywords=True, sends=True)

    def __init__(self, service: Service, labels: Labels, stored: Stored | None) -> None:
        self._service = service
        self._labels = labels
        self._sync = Sync(service, labels, stored)

    def changes(self, cursor: str | None) -> AsyncIterator[Batch]:
        """Everything since `cursor`: all mail but for drafts, spam and what is in the bin."""
        return self._sync.changes(cursor)

    def census(self) -> AsyncIterator[Sequence[Changed]]:
        """How every message stands."""
        return self._sync.census()

    async def fetch(self, key: str) -> bytes:
        """The raw message or draft. Refused when it is gone."""
        draft = _DRAFT.fullmatch(key)
        if draft:
            found = await self._about(lambda users: users.drafts().get(userId="me", id=draft[1], format="raw"))
            return raw_of(found["message"])
        return raw_of(
            await self._about(lambda users: users.messages().get(userId="me", id=_checked(key), format="raw"))
        )

    async def add_label(self, key: str, label: str) -> None:
        """Puts a label on the message; the label is made when there is none."""
        await self._label(key, checked_name(label))

    async def remove_label(self, key: str, label: str) -> None:
        """Takes a label off, in whatever case it is written."""
        name = checked_name(label)
        if self._labels.known(name) is None:
            await self._labels.refresh()
        known = self._labels.known(name)
        if known is not None:
            await self._modify(key, remove=[known])

    async def set_unread(self, key: str, unread: bool) -> None:
        """Marks the message as read or unread."""
        await self._switch(key, "UNREAD", on=unread)

    async def set_flagged(self, key: str, flagged: bool) -> None:
        """Gives the message its star, or takes it."""
        await self._switch(key, "STARRED", on=flagged)

    async def move(self, key: str, folder: str) -> str:
        """Into the inbox, the archive, the bin or the spam; elsewhere is a label, and out of the inbox. The key stays."""
        name = checked_name(folder, "folder")
        if name in (SENT, DRAFTS):
            raise Refused(f"Gmail itself says what is in {name}, so nothing can be moved there.")
        if name == TRASH:
            await self._about(lambda users: users.messages().trash(userId="me", id=_checked(key)))
        elif name == INBOX:
            await self._modify(key, add=["INBOX"], remove=["TRASH", "SPAM"])
        elif name == JUNK:
            await self._modify(key, add=["SPAM"], remove=["INBOX"])
        elif name == ARCHIVE:
            await self._modify(key, remove=["INBOX", "TRASH", "SPAM"])
        else:
            await self._label(key, name, remove=["INBOX", "TRASH", "SPAM"])
        return key

    async def save_draft(self, message: bytes) -> str:
        """Makes a draft, in the thread of the mail that it answers."""
        body = {"message": raw_body(message, await thread_of(self._service, message))}
        made = await self._service.call(lambda users: users.drafts().create(userId="me", body=body))
        return f"draft-{made['id']}"

    async def delete_draft(self, key: str) -> None:
        """Removes a draft; anything else is left alone."""
        draft = _DRAFT.fullmatch(key)
        if not draft:
            raise Refused("This is not a draft, so it was not deleted.")
        try:
            await self._service.call(lambda users: users.drafts().delete(userId="me", id=draft[1]))
        except Declined as problem:
            if problem.status != NOT_FOUND:
                raise

    async def send(self, message: bytes, sender: str, recipients: Sequence[str]) -> None:
        """Hands the bytes to Gmail, in the thread of the mail that they answer."""
        await send(self._service, message, recipients)

    async def find_sent(self, message_id: str) -> str | None:
        """The key of the message in Sent, by Gmail's index, else among the latest."""
        return await find_sent(self._service, message_id)

    async def addresses(self) -> list[str]:
        """The addresses that the owner may send as and has proved to be theirs."""
        found = await self._service.call(lambda users: users.settings().sendAs().list(userId="me"))
        sure = (
            one
            for one in found.get("sendAs", ())
            if one.get("isPrimary") or one.get("verificationStatus") == "accepted"
        )
        return [str(one["sendAsEmail"]) for one in sure]

    async def aclose(self) -> None:
        """Lets go of the connections."""
        await self._service.aclose()

    async def _switch(self, key: str, label: str, *, on: bool) -> None:
        await self._modify(key, add=[label] if on else (), remove=() if on else [label])

    async def _label(self, key: str, name: str, remove: Sequence[str] = ()) -> None:
        known = await self._labels.made(name)
        try:
            await self._modify(key, add=[known], remove=remove)
        except Declined as problem:
            if problem.status == NOT_FOUND:
                raise
            await self._labels.refresh()  # the label may have been deleted in another program
            again = await self._labels.made(name)
            if again == known:
                raise
            await self._modify(key, add=[again], remove=remove)

    async def _modify(self, key: str, add: Sequence[str] = (), remove: Sequence[str] = ()) -> None:
        body = {"addLabelIds": list(add), "removeLabelIds": list(remove)}
        await self._about(lambda users: users.messages().modify(userId="me", id=_checked(key), body=body))

    async def _about(self, call: Call) -> dict[str, Any]:
        """A call about one message."""
        try:
            return await self._service.call(call)
        except Declined as problem:
            if problem.status != NOT_FOUND:
                raise
            raise Declined(_GONE, NOT_FOUND) from None


class CallingGmailMailbox(GmailMailbox):
    """One that tells a topic of the operator's when something happens. See `Calling`; the topic knows our address, and
    Google signs what it pushes, so the secret is not needed."""

    hook = "/hooks/gmail"

    def __init__(self, service: Service, labels: Labels, stored: Stored | None, topic: str) -> None:
        super().__init__(service, labels, stored)
        self._topic = topic

    async def subscribe(self, address: str, state: str, until: datetime) -> str:
        """Asks Gmail to tell the topic, which it does for seven days."""
        body = {"topicName": self._topic}
        await self._service.call(lambda users: users.watch(userId="me", body=body))
        return self._topic

    async def lengthen(self, name: str, until: datetime) -> bool:
        """Asks again, if it is the same topic still."""
        if name != self._topic:
            return False
        await self.subscribe("", "", until)
        return True


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise Refused("This is not a mail of this mailbox: search for it again.")
    return key
