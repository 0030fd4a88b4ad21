"""The Outlook provider: mailboxes of Microsoft 365 and Outlook.com over Microsoft Graph, with categories as labels."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from urllib.parse import quote

import httpx

from storage.values.errors import NeedsPerson, Refused, Trouble, Unavailable
from tools.mail.folder_names import ARCHIVE, INBOX, SENT
from tools.mail.labels import checked_name
from tools.mail.mailbox import Abilities, Batch, Changed, Credentials
from tools.mail.outlook_answers import SIGN_IN
from tools.mail.outlook_folders import Folders
from tools.mail.outlook_graph import Graph
from tools.mail.outlook_items import census
from tools.mail.outlook_keys import Key, Known, numbering_of
from tools.mail.outlook_send import drafted, find_in, hand_over, take_away
from tools.mail.outlook_sync import Changes
from tools.mail.tls import context_for

BASE_URL = "https://graph.microsoft.com/v1.0"
FOLLOWED = f"{INBOX},{SENT},{ARCHIVE}"
"""Folders that are read, if an account names no others."""
_PATIENCE = 60.0
"""Seconds to wait for an answer: large mailboxes take half a minute to begin a delta."""
_CONFLICTS = 3
"""How often a label is put again when another program wrote the message meanwhile."""


async def open_outlook(credentials: Credentials) -> OutlookMailbox:
    """Asks which folders are there, which shows whether we are let in. Settings: `base_url` of Graph; `folders`, our
    names with commas; `tls_ca`, a file of authorities to trust; `patience`, seconds.

    NeedsPerson when the sign-in is not good any more, Unavailable when Graph does not answer."""
    if credentials.tokens is None:
        raise NeedsPerson(SIGN_IN)
    settings = credentials.settings
    timeout = httpx.Timeout(float(settings.get("patience", _PATIENCE)), connect=15)
    client = httpx.AsyncClient(verify=context_for(settings), timeout=timeout)
    graph = Graph(client, settings.get("base_url", BASE_URL), credentials.tokens)
    names = [name.strip() for name in settings.get("folders", FOLLOWED).split(",") if name.strip()]
    try:
        return OutlookMailbox(graph, await Folders.of(graph), names)
    except Trouble:
        await graph.aclose()
        raise


class OutlookMailbox:
    """An open mailbox. See `Mailbox` for what the methods promise."""

    hook = "/hooks/graph"

    def __init__(self, graph: Graph, folders: Folders, names: Sequence[str]) -> None:
        self._graph, self._folders, self._names = graph, folders, names
        self._numbering = numbering_of(folders[INBOX])
        self.abilities = Abilities(keywords=True, sends=True)

    def changes(self, cursor: str | None) -> AsyncIterator[Batch]:
        """Everything since `cursor` in the folders that are followed."""
        return Changes(self._graph, self._folders, Known.read(cursor, self._numbering)).since(self._names)

    def census(self) -> AsyncIterator[Sequence[Changed]]:
        """Every mail of the folders that are followed."""
        return census(self._graph, self._folders, self._names, self._numbering)

    async def fetch(self, key: str) -> bytes:
        """The raw message, as Exchange writes it out. Refused when it is gone."""
        return (await self._graph.call("GET", f"{self._path(key)}/$value")).body

    async def add_label(self, key: str, label: str) -> None:
        """Puts a category on the message, as it is written already when it only differs in case."""
        label = _category(label)
        await self._relabel(key, lambda there: there if _has(there, label) else [*there, label])

    async def remove_label(self, key: str, label: str) -> None:
        """Takes a category off, in whatever case it is written."""
        label = _category(label).casefold()
        await self._relabel(key, lambda there: [one for one in there if one.casefold() != label])

    async def set_unread(self, key: str, unread: bool) -> None:
        """Marks the message as read or unread."""
        await self._graph.call("PATCH", self._path(key), values={"isRead": not unread})

    async def set_flagged(self, key: str, flagged: bool) -> None:
        """Puts the follow-up flag on the message, or takes it off."""
        values = {"flag": {"flagStatus": "flagged" if flagged else "notFlagged"}}
        await self._graph.call("PATCH", self._path(key), values=values)

    async def move(self, key: str, folder: str) -> str:
        """Moves the message; its key stays."""
        name, path = checked_name(folder, "folder"), self._path(key)
        there = (await self._graph.call("GET", f"{path}?$select=id,parentFolderId")).values
        target = await self._folders.made(name)
        if there["parentFolderId"] != target:
            # Twice is like once: the mail has the same id wherever it lies.
            await self._graph.call("POST", f"{path}/move", values={"destinationId": target}, again=True)
        return key

    async def save_draft(self, message: bytes) -> str:
        """Puts a message into Drafts."""
        return str(Key(self._numbering, await drafted(self._graph, message)))

    async def delete_draft(self, key: str) -> None:
        """Removes a draft; anything else is left alone."""
        read = Key.read(key, self._numbering)
        answer = await self._graph.call("GET", f"{read.path}?$select=id,isDraft", allow=(404,))
        if answer.status == 404:
            return
        if not answer.values.get("isDraft"):
            raise Refused("This is not a draft, so it was not deleted.")
        await take_away(self._graph, read.id)

    async def send(self, message: bytes, sender: str, recipients: Sequence[str]) -> None:
        """Makes a draft of the message and sends that; Outlook keeps the copy in Sent."""
        await hand_over(self._graph, message, recipients)

    async def find_sent(self, message_id: str) -> str | None:
        """The key of the message in Sent, if it is there."""
        found = await find_in(self._graph, self._folders[SENT], message_id)
        return str(Key(self._numbering, found)) if found else None

    async def subscribe(self, address: str, state: str, until: datetime) -> str:
        """Asks Graph to call us when something happens to a message. It calls at once, to see whether we answer."""
        values = {
            "changeType": "created,updated,deleted",
            "resource": "/me/messages",
            "notificationUrl": address,
            "lifecycleNotificationUrl": address,
            "clientState": state,
            "expirationDateTime": _moment(until),
        }
        return str((await self._graph.call("POST", "/subscriptions", values=values)).values["id"])

    async def lengthen(self, name: str, until: datetime) -> bool:
        """Renews a subscription; False when Graph does not know it any more."""
        path = f"/subscriptions/{quote(name, safe='')}"
        answer = await self._graph.call("PATCH", path, values={"expirationDateTime": _moment(until)}, allow=(404,))
        return answer.good

    async def addresses(self) -> list[str]:
        """The addresses at which Exchange takes mail in for this mailbox. `otherMails` are left out: they are the person's,
        and other mailboxes."""
        found = (await self._graph.call("GET", "/me?$select=mail,proxyAddresses")).values
        told = (str(one).partition(":") for one in found.get("proxyAddresses") or ())
        return [address for kind, _, address in told if kind.casefold() == "smtp"]

    async def aclose(self) -> None:
        """Lets go of connections."""
        await self._graph.aclose()

    def _path(self, key: str) -> str:
        return Key.read(key, self._numbering).path

    async def _relabel(self, key: str, change: Callable[[list[str]], list[str]]) -> None:
        path = self._path(key)
        for _ in range(_CONFLICTS):
            message = (await self._graph.call("GET", f"{path}?$select=id,categories")).values
            there = list(message.get("categories", ()))
            wanted = change(there)
            if wanted == there:
                return
            answer = await self._graph.call(
                "PATCH",
                path,
                values={"categories": wanted},
                headers={"If-Match": str(message["@odata.etag"])},
                allow=(409, 412),
            )
            if answer.good:
                return
        raise Unavailable("Another program keeps changing this mail: try again in a moment.")


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _category(label: str) -> str:
    label = checked_name(label)
    if "," in label or ";" in label:
        raise Refused("Outlook takes no comma and no semicolon in a label: choose another name.")
    return label


def _has(there: Sequence[str], label: str) -> bool:
    return label.casefold() in (one.casefold() for one in there)
