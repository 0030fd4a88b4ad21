"""What Graph does when it is asked about mail, and what it refuses, with its own names for what is wrong."""

from __future__ import annotations

import binascii
import json
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.utils import parseaddr
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from zlib import crc32

from tests.fakes.graph import OWNER, Account, Folder, Item, Message

_SELECTABLE = frozenset(
    (
        "id", "isRead", "isDraft", "flag", "categories", "hasAttachments", "parentFolderId", "conversationId",
        "internetMessageId", "subject", "bodyPreview", "toRecipients", "ccRecipients", "bccRecipients",
    )
)  # fmt: skip
_ALWAYS = frozenset({"isRead", "flag", "categories"})
_OF_DRAFTS = frozenset({"internetMessageId", "subject", "body", "toRecipients", "ccRecipients", "bccRecipients"})
_LARGEST = 4 * 1024 * 1024
_BY_ID = re.compile(r"internetMessageId eq '((?:[^']|'')*)'")
_BY_NAME = re.compile(r"displayName eq '((?:[^']|'')*)'")


@dataclass
class Asked:
    """One request, alone or as a part of a batch."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""

    @classmethod
    def of(cls, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> Asked:
        """From what stands on the wire, names of headers in lower case."""
        parts = urlsplit(target)
        return cls(method, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), headers, body)

    @property
    def immutable(self) -> bool:
        """Whether ids that outlive a move are asked for."""
        return 'IdType="ImmutableId"' in self.headers.get("prefer", "")

    @property
    def values(self) -> Item:
        """The body as JSON."""
        try:
            read = json.loads(self.body)
        except ValueError:
            raise Said(400, "BadRequest", "Unable to read JSON request payload.") from None
        if self.headers.get("content-type") != "application/json" or not isinstance(read, dict):
            raise Said(415, "UnsupportedMediaType", "Unsupported media type.")
        return read


class Said(Exception):
    """An error, as the service words it."""

    def __init__(self, status: int, code: str, message: str = "Something is wrong.", later: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.headers = {"Retry-After": later} if later else {}

    @property
    def body(self) -> Item:
        """The OData error."""
        inner = {"date": "2026-11-22T10:00:00", "request-id": "0f", "client-request-id": "0f"}
        return {"error": {"code": self.code, "message": self.message, "innerError": inner}}


GONE = ("ErrorItemNotFound", "The specified object was not found in the store.")
Result = tuple[int, Item | bytes]


@dataclass(frozen=True)
class Round:
    """One telling of changes, as far as it is not told yet. `end`: up to this line of the log; `again`: it was told whole,
    and what came since is the next."""

    items: list[Item]
    end: int
    select: str
    again: bool = False


@dataclass
class Requests:
    """The service's work on one mailbox. What it refused as malformed stands in `mistakes`."""

    account: Account
    base: str = ""
    replies_its_own_way: bool = False
    """`createReply` makes a draft of its own: other recipients, another Message-ID and a subject in capitals."""
    stubborn: bool = False
    """What a PATCH sets of a draft does not stay."""
    proxy_addresses: list[str] = field(default_factory=lambda: [f"SMTP:{OWNER}", "X500:/o=Firm/cn=ana"])
    """As Exchange tells them: `SMTP:` is the first one, `smtp:` are the others."""
    left: list[Message] = field(default_factory=list)
    """What was sent, in order."""
    mistakes: list[str] = field(default_factory=list)
    _rounds: dict[str, Round] = field(default_factory=dict)
    _tokens: Any = field(default_factory=lambda: count(1))

    def do(self, asked: Asked) -> Result:
        """The answer. Raises Said."""
        if len(asked.body) > _LARGEST:
            raise Said(413, "RequestBodyTooLarge", "The maximum request length is 4 MB.")
        for method, shape, work in self._routes():
            found = re.fullmatch(shape, asked.path)
            if found and method == asked.method:
                return work(asked, *map(unquote, found.groups()))
        self.mistakes.append(f"{asked.method} {asked.path}")
        raise Said(400, "BadRequest", f"Resource not found for the segment '{asked.path}'.")

    def _me(self, asked: Asked) -> Result:
        found = {"mail": OWNER.title(), "userPrincipalName": OWNER, "proxyAddresses": self.proxy_addresses}
        wanted = asked.query.get("$select", "mail,userPrincipalName").split(",")
        return 200, {name: found[name] for name in wanted}

    def _routes(self) -> list[tuple[str, str, Callable[..., Result]]]:
        folder, message = r"/me/mailFolders/([^/]+)", r"/me/messages/([^/]+)"
        return [
            ("GET", "/me", self._me),
            ("GET", "/me/mailFolders", self._children),
            ("POST", "/me/mailFolders", self._add_folder),
            ("GET", folder, self._folder),
            ("GET", f"{folder}/childFolders", self._children),
            ("POST", f"{folder}/childFolders", self._add_folder),
            ("GET", f"{folder}/messages", self._list),
            ("GET", f"{folder}/messages/delta", self._delta),
            ("GET", "/me/messages", self._list),
            ("POST", "/me/messages", self._draft),
            ("GET", message, self._get),
            ("GET", rf"{message}/\$value", self._value),
            ("PATCH", message, self._patch),
            ("DELETE", message, self._delete),
            ("POST", f"{message}/move", self._move),
            ("POST", f"{message}/createReply", self._reply),
            ("POST", f"{message}/send", self._send),
        ]

    def _wrong(self, code: str, message: str) -> Said:
        self.mistakes.append(f"{code}: {message}")
        return Said(400, code, message)

    def _of(self, name: str) -> Message:
        if not re.fullmatch(r"[A-Za-z0-9_=-]{16,}", name):
            raise self._wrong("ErrorInvalidIdMalformed", "Id is malformed.")
        message = self.account.find(name)
        if message is None:
            raise Said(404, *GONE)
        return message

    def _there(self, name: str) -> Folder:
        folder = self.account.folder(name)
        if folder is None:
            raise Said(404, *GONE)
        return folder

    def _selected(self, asked: Asked, item: Item) -> Item:
        wanted = asked.query.get("$select")
        if wanted is None or "@removed" in item:
            return item
        names = set(wanted.split(","))
        if not names <= _SELECTABLE:
            raise self._wrong("BadRequest", f"Could not find a property named '{min(names - _SELECTABLE)}'.")
        return {name: value for name, value in item.items() if name in names or name in ("id", "@odata.etag")}

    # Folders

    def _folder(self, asked: Asked, name: str) -> Result:
        return 200, _shown(self._there(name))

    def _children(self, asked: Asked, name: str = "") -> Result:
        parent = self._there(name).id if name else self.account.root
        wanted = _BY_NAME.fullmatch(asked.query.get("$filter", ""))
        if wanted is None:
            raise self._wrong("BadRequest", "Invalid filter clause.")
        called = wanted[1].replace("''", "'").casefold()
        found = [one for one in self.account.folders.values() if one.parent == parent and one.name.casefold() == called]
        return 200, {"value": [_shown(one) for one in found]}

    def _add_folder(self, asked: Asked, name: str = "") -> Result:
        parent = self._there(name).id if name else self.account.root
        called = str(asked.values.get("displayName", ""))
        if not called:
            raise self._wrong("ErrorInvalidRequest", "The displayName is missing.")
        alike = (one for one in self.account.folders.values() if one.parent == parent)
        if any(one.name.casefold() == called.casefold() for one in alike):
            raise Said(409, "ErrorFolderExists", "A folder with the specified name already exists.")
        return 201, _shown(self.account.add_folder(called, parent))

    # Reading

    def _list(self, asked: Asked, name: str = "") -> Result:
        messages = self.account.within(self._there(name).id) if name else list(self.account.messages.values())
        items = [one.seen(asked.immutable) for one in messages]
        if "$filter" in asked.query:
            wanted = asked.query["$filter"].split(" or ")
            if not all(_BY_ID.fullmatch(one) for one in wanted):
                raise self._wrong("BadRequest", "Invalid filter clause.")
            ids = {found[1].replace("''", "'") for one in wanted if (found := _BY_ID.fullmatch(one))}
            items = [one for one in items if one["internetMessageId"] in ids]
        skip, top = int(asked.query.get("$skip", 0)), int(asked.query.get("$top", 10))
        page = {"value": [self._selected(asked, one) for one in items[skip : skip + top]]}
        if len(items) > skip + top:
            select = f"&$select={asked.query['$select']}" if "$select" in asked.query else ""
            page["@odata.nextLink"] = f"{self.base}{asked.path}?$top={top}&$skip={skip + top}{select}"  # type: ignore[assignment]
        return 200, page

    def _delta(self, asked: Asked, name: str) -> Result:
        folder = self._there(name)
        if set(asked.query) - {"$select", "$deltatoken", "$skiptoken"}:
            raise self._wrong("BadRequest", "The query is not supported by delta.")
        told = self._round(asked, folder)
        page = re.search(r"odata\.maxpagesize=(\d+)", asked.headers.get("prefer", ""))
        rest = replace(told, items=told.items[int(page[1]) if page else 10 :])
        select = {"$select": told.select} if told.select else {}
        shown = replace(asked, query=select)
        items = told.items[: len(told.items) - len(rest.items)]
        answer: Item = {"value": [self._selected(shown, one) for one in items]}
        link, number = f"{self.base}{asked.path}", next(self._tokens)
        if rest.items:
            self._rounds[f"s{number}"] = rest
            answer["@odata.nextLink"] = f"{link}?$skiptoken=s{number}"
        else:
            token = f"d{told.end}-{crc32(told.select.encode())}"  # nothing new, nothing else to go on from
            self._rounds[token] = replace(rest, again=True)
            answer["@odata.deltaLink"] = f"{link}?$deltatoken={token}"
        return 200, answer

    def _round(self, asked: Asked, folder: Folder) -> Round:
        token = asked.query.get("$skiptoken") or asked.query.get("$deltatoken")
        if token is None:
            items = [one.seen(asked.immutable) for one in self.account.within(folder.id)]
            return Round(items, len(self.account.log), asked.query.get("$select", ""))
        before = self._rounds.get(token)
        if before is None or before.end < self.account.forgotten:
            raise Said(410, "SyncStateNotFound", "The sync state generation is not found; a full resync is required.")
        if not before.again:
            return before
        items = self.account.since(folder.id, before.end, asked.immutable)
        end = max([before.end, *(one.number for one in self.account.log if one.folder == folder.id)])
        return Round(items, end, before.select)

    def _get(self, asked: Asked, name: str) -> Result:
        return 200, self._selected(asked, self._of(name).seen(asked.immutable))

    def _value(self, asked: Asked, name: str) -> Result:
        return 200, self._of(name).raw

    # Changing

    def _patch(self, asked: Asked, name: str) -> Result:
        message, values = self._of(name), asked.values
        if asked.headers.get("if-match", f'W/"{message.version}"') != f'W/"{message.version}"':
            raise Said(412, "ErrorIrresolvableConflict", "The send or update operation could not be performed.")
        if set(values) - _ALWAYS - _OF_DRAFTS:
            raise self._wrong("BadRequest", f"The property '{min(values)}' cannot be set.")
        if set(values) & _OF_DRAFTS and not message.is_draft:
            raise self._wrong("ErrorInvalidPropertySet", "The property can only be set on a draft.")
        if any("," in one or ";" in one for one in values.get("categories", ())):
            raise self._wrong("ErrorInvalidArgument", "A category holds a character that is not allowed.")
        message.is_read = bool(values.get("isRead", message.is_read))
        message.flag = values.get("flag", {}).get("flagStatus", message.flag)
        message.categories = list(values.get("categories", message.categories))
        if not self.stubborn:
            message.set_right.update({one: value for one, value in values.items() if one in _OF_DRAFTS})
        self.account.touch(message, set(values) - {"body"})
        return 200, message.seen(asked.immutable)

    def _delete(self, asked: Asked, name: str) -> Result:
        message, trash = self._of(name), self.account.place("deleteditems")
        if message.folder == trash:
            self.account.remove(message)
        else:
            self.account.move(message, trash)
        return 204, b""

    def _move(self, asked: Asked, name: str) -> Result:
        message = self._of(name)
        self.account.move(message, self._there(str(asked.values.get("destinationId", ""))).id)
        return 201, message.seen(asked.immutable)

    def _mime(self, asked: Asked) -> bytes:
        if asked.headers.get("content-type") != "text/plain":
            raise self._wrong("UnableToDeserializePostBody", "Write the message as MIME, in base64.")
        try:
            return b64decode(asked.body, validate=True)
        except (binascii.Error, ValueError):
            raise self._wrong(
                "ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content."
            ) from None

    def _draft(self, asked: Asked) -> Result:
        return 201, self.account.add(self._mime(asked), "drafts", draft=True).seen(asked.immutable)

    def _reply(self, asked: Asked, name: str) -> Result:
        original, raw = self._of(name), self._mime(asked)
        draft = self.account.add(raw, "drafts", draft=True, conversation=original.conversation)
        if self.replies_its_own_way:
            to = original.seen(True)["toRecipients"]
            draft.set_right = {
                "toRecipients": to,
                "subject": "RE: SOMETHING",
                "internetMessageId": "<its-own@outlook.example>",
                "body": {"content": "________________ From: Ben"},
            }
        return 201, draft.seen(asked.immutable)

    def _send(self, asked: Asked, name: str) -> Result:
        message = self._of(name)
        if not message.is_draft:
            raise self._wrong("ErrorInvalidOperation", "The message was sent already.")
        people = message.seen(True)
        if not any(people[f"{one}Recipients"] for one in ("to", "cc", "bcc")):
            raise Said(400, "ErrorInvalidRecipients", "At least one recipient is not valid.")
        if parseaddr(str(message_from_bytes(message.raw).get("From")))[1] != OWNER:
            raise Said(
                403,
                "ErrorSendAsDenied",
                "The user account which was used to submit this request does not have the right.",
            )
        message.is_draft = False
        self.left.append(message)
        self.account.move(message, self.account.place("sentitems"))
        return 202, b""


def _shown(folder: Folder) -> Item:
    return {"id": folder.id, "displayName": folder.name, "parentFolderId": folder.parent}


def recipients_of(message: Message) -> list[str]:
    """To whom a message went."""
    seen = message.seen(True)
    return [one["emailAddress"]["address"] for name in ("to", "cc", "bcc") for one in seen[f"{name}Recipients"]]
