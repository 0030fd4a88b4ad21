"""Sending by Gmail: the exact bytes, once, in the thread that they answer; and finding what was sent."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses

from storage.values.errors import Refused
from tools.mail.envelope import ascii_address
from tools.mail.gmail_service import NOT_FOUND, Declined, Service
from tools.mail.message_id import bare_id

_LATEST = 20
"""Mails of Sent that are looked through one by one: the search index may lag behind a mail that has just left."""
_IDS = ("Message-ID", "X-Google-Original-Message-ID")
"""Headers with the id that we gave: a relay that puts in its own keeps ours in the second."""


async def send(service: Service, message: bytes, recipients: Sequence[str]) -> None:
    """Hands the bytes over. Gmail reads the recipients from the mail itself, so they must be those that were approved."""
    if not recipients:
        raise Refused("This mail has nobody to go to: give it a recipient.")
    if _addressed(message) != {ascii_address(one).casefold() for one in recipients}:
        raise Refused("This mail is addressed to others than were approved, so it was not sent: write it anew.")
    thread = await thread_of(service, message)
    try:
        await _hand_over(service, raw_body(message, thread))
    except Declined as problem:
        if problem.status != NOT_FOUND or not thread:
            raise
        await _hand_over(service, raw_body(message, ""))  # the thread was deleted since we looked


async def _hand_over(service: Service, body: dict[str, str]) -> None:
    await service.call(lambda users: users.messages().send(userId="me", body=body), twice=False)


def raw_body(message: bytes, thread: str) -> dict[str, str]:
    """A message as the API takes it. Gmail keeps an answer in its thread only if the thread is named, a header names a mail
    of it, and the subjects match; the latter two are the composer's."""
    raw = base64.urlsafe_b64encode(message).decode()
    return {"raw": raw, "threadId": thread} if thread else {"raw": raw}


async def thread_of(service: Service, message: bytes) -> str:
    """The thread of the mail that this one answers; empty when it answers none, or none that is here."""
    answered = bare_id(str(_heads(message).get("In-Reply-To", "")))
    if not answered:
        return ""
    query = f"rfc822msgid:{answered}"
    found = await service.call(lambda users: users.messages().list(userId="me", q=query, maxResults=1))
    return str(found["messages"][0]["threadId"]) if found.get("messages") else ""


async def find_sent(service: Service, message_id: str) -> str | None:
    """The key of the message in Sent, by Gmail's index, else among the latest."""
    wanted = bare_id(message_id)
    if not wanted:
        return None
    for query in (f"rfc822msgid:{wanted}", None):
        for key in await _sent(service, query):
            if wanted in await _ids_of(service, key):
                return key
    return None


async def _sent(service: Service, query: str | None) -> list[str]:
    found = await service.call(
        lambda users: users.messages().list(userId="me", labelIds=["SENT"], q=query, maxResults=_LATEST)
    )
    return [str(one["id"]) for one in found.get("messages", ())]


async def _ids_of(service: Service, key: str) -> set[str]:
    try:
        found = await service.call(
            lambda users: users.messages().get(userId="me", id=key, format="metadata", metadataHeaders=list(_IDS))
        )
    except Declined as problem:
        if problem.status != NOT_FOUND:
            raise
        return set()
    known = {name.casefold() for name in _IDS}
    heads = found.get("payload", {}).get("headers", ())
    return {bare_id(one["value"]) for one in heads if one["name"].casefold() in known}


def _heads(message: bytes) -> Message:
    return message_from_bytes(message.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", policy=compat32)


def _addressed(message: bytes) -> set[str]:
    heads = _heads(message)
    fields = [str(value) for name in ("To", "Cc", "Bcc") for value in heads.get_all(name, [])]
    return {address.casefold() for _, address in getaddresses(fields) if address}
