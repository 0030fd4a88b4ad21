"""Gmail's REST API, as far as Deskhand uses it: refuses what Gmail refuses, with its reasons; fails when it is told to."""

from __future__ import annotations

import asyncio
import base64
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aiohttp import web

from tests.fakes.google_accounts import SYSTEM, GoogleAccount, Mail
from tests.fakes.google_oauth import GoogleOAuth

SCOPE = "https://www.googleapis.com/auth/gmail.modify"
_ID = re.compile(r"[0-9a-f]{16}")
_TAKEN = frozenset(
    {"inbox", "sent", "drafts", "draft", "trash", "spam", "unread", "starred", "important", "chat", "muted"}
)

Handler = Callable[[web.Request, GoogleAccount], Awaitable[Any]]


class Break(StrEnum):
    """Where a send goes wrong."""

    BEFORE = "before it is taken, 500"
    AFTER = "after it was taken, 500"
    LINE_BEFORE = "the line is cut before it is taken"
    LINE_AFTER = "the line is cut after it was taken"


@dataclass
class Refusal(Exception):
    """An answer that is none."""

    status: int
    reason: str
    words: str = "Precondition check failed."


class Gmail:
    """See the module. Tests set the faults and look at `calls`."""

    def __init__(self, accounts: Mapping[str, GoogleAccount], oauth: GoogleOAuth) -> None:
        self.accounts = accounts
        self.oauth = oauth
        self.calls: Counter[str] = Counter()
        self.refusals: list[Refusal] = []
        """Answers to the next calls, whatever they are."""
        self.breaks: Break | None = None
        self.stalls_before: asyncio.Event | None = None
        self.stalls_after: asyncio.Event | None = None
        """Sends wait for this before they are taken, or after."""
        self.stalls_search: asyncio.Event | None = None
        """Searches wait for this."""
        self.stalled = asyncio.Event()
        self.cut = asyncio.Event()
        """A mail was not taken, its line is cut."""
        self.before: dict[str, Callable[[], object]] = {}
        """What somebody else does just before a call is answered, once."""
        self.duplicate = 409
        """How a label that exists is refused."""
        self.expire_after: int | None = None
        """After so many calls every access token ends."""
        self.watched: dict[str, str] = {}
        self.lagging = False
        """The search index does not know of the latest mails yet."""
        self.rewrites_ids = False
        self.shows: Callable[[bytes], bytes] = lambda raw: raw
        """What becomes of a mail's bytes when they are read."""

    def let_go(self) -> None:
        """Whoever waits, goes on."""
        for one in (self.stalls_before, self.stalls_after, self.stalls_search):
            if one is not None:
                one.set()

    def route(self, app: web.Application) -> None:
        """Adds its addresses."""
        me = "/gmail/v1/users/me"
        for method, path, handler in (
            ("GET", "/profile", self._profile),
            ("GET", "/settings/sendAs", self._send_as),
            ("GET", "/labels", self._labels),
            ("POST", "/labels", self._make_label),
            ("GET", "/messages", self._list),
            ("POST", "/messages/send", self._send),
            ("GET", "/messages/{id}", self._get),
            ("POST", "/messages/{id}/modify", self._modify),
            ("POST", "/messages/{id}/trash", self._trash),
            ("GET", "/history", self._history),
            ("POST", "/watch", self._watch),
            ("POST", "/drafts", self._make_draft),
            ("GET", "/drafts/{id}", self._get_draft),
            ("DELETE", "/drafts/{id}", self._delete_draft),
        ):
            app.router.add_route(method, me + path, self._guarded(f"{method} {path}", handler))

    def _guarded(self, name: str, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            self.calls[name] += 1
            if self.expire_after is not None:
                self.expire_after -= 1
                if self.expire_after == 0:
                    self.oauth.expire()
            try:
                token = request.headers.get("Authorization", "").removeprefix("Bearer ")
                family = self.oauth.who(token)
                if family is None:
                    raise Refusal(401, "authError", f"Invalid Credentials {token}")
                if SCOPE not in family.scopes:
                    raise Refusal(403, "insufficientPermissions", "Insufficient Permission")
                if self.refusals:
                    raise self.refusals.pop(0)
                self.before.pop(name, lambda: None)()
                found = await handler(request, self.accounts[family.address])
            except Refusal as refusal:
                return _refused(refusal)
            return found if isinstance(found, web.StreamResponse) else web.json_response(found)

        return answer

    async def _profile(self, _: web.Request, account: GoogleAccount) -> Any:
        return {"emailAddress": account.address, "messagesTotal": len(account.mails), "historyId": str(account.now)}

    async def _send_as(self, _: web.Request, account: GoogleAccount) -> Any:
        own = {"sendAsEmail": account.address, "isPrimary": True, "isDefault": True}
        others = [{"sendAsEmail": one, "verificationStatus": said} for one, said in account.send_as.items()]
        return {"sendAs": [own, *others]}

    async def _labels(self, _: web.Request, account: GoogleAccount) -> Any:
        system = [{"id": one, "name": one, "type": "system"} for one in sorted(SYSTEM)]
        own = [{"id": one, "name": name, "type": "user"} for one, name in account.labels.items()]
        return {"labels": [*system, *own]}

    async def _make_label(self, request: web.Request, account: GoogleAccount) -> Any:
        name = str((await request.json()).get("name", ""))
        if not name or len(name) > 225 or name.casefold() in _TAKEN:
            raise Refusal(400, "invalidArgument", "Invalid label name")
        if name.casefold() in {one.casefold() for one in account.labels.values()}:
            raise Refusal(self.duplicate, "aborted", "Label name exists or conflicts")
        own = f"Label_{len(account.labels) + 1}"
        account.labels[own] = name
        return {"id": own, "name": name, "type": "user"}

    async def _list(self, request: web.Request, account: GoogleAccount) -> Any:
        most = _number(request, "maxResults", 100, 500)
        wanted = set(request.query.getall("labelIds", []))
        if unknown := wanted - SYSTEM - account.labels.keys():
            raise Refusal(400, "invalidArgument", f"Invalid label: {unknown.pop()}")
        hidden = set() if request.query.get("includeSpamTrash") == "true" else {"TRASH", "SPAM"} - wanted
        every = [*account.mails.values(), *account.drafts.values()]
        fitting = [mail for mail in every if wanted <= mail.labels and not hidden & mail.labels]
        if query := request.query.get("q"):
            await self._stall(self.stalls_search)
            fitting = [mail for mail in fitting if not self.lagging and mail.message_id == _asked(query)]
        return _page(request, account.newest_first(fitting), most)

    async def _get(self, request: web.Request, account: GoogleAccount) -> Any:
        form = request.query.get("format", "full")
        return self._shown(_found(request, account), form, request.query.getall("metadataHeaders", []))

    def _shown(self, mail: Mail, form: str, heads: list[str]) -> dict[str, Any]:
        shown = {
            "id": mail.id,
            "threadId": mail.thread,
            "labelIds": sorted(mail.labels),
            "historyId": str(mail.history),
        }
        if form == "raw":
            return {**shown, "raw": base64.urlsafe_b64encode(self.shows(mail.raw)).decode()}
        if form == "metadata":
            known = {one.casefold() for one in heads}
            found = [{"name": one, "value": str(value)} for one, value in mail.heads.items() if one.casefold() in known]
            return {**shown, "payload": {"headers": found}}
        if form != "minimal":
            raise Refusal(400, "invalidArgument", "The fake knows the formats minimal, metadata and raw")
        return shown

    async def _modify(self, request: web.Request, account: GoogleAccount) -> Any:
        mail, body = _found(request, account), await request.json()
        add, remove = set(body.get("addLabelIds", ())), set(body.get("removeLabelIds", ()))
        if not add | remove:
            raise Refusal(400, "invalidArgument", "No label add or removes specified")
        if unknown := (add | remove) - SYSTEM - account.labels.keys():
            raise Refusal(400, "invalidArgument", f"labelId not found: {unknown.pop()}")
        if fixed := (add | remove) & {"SENT", "DRAFT"}:
            raise Refusal(400, "invalidArgument", f"Invalid label: {fixed.pop()}")
        account.relabel(mail, add, remove)
        return {"id": mail.id, "threadId": mail.thread, "labelIds": sorted(mail.labels)}

    async def _trash(self, request: web.Request, account: GoogleAccount) -> Any:
        mail = _found(request, account)
        account.relabel(mail, {"TRASH"}, {"INBOX"})
        return {"id": mail.id}

    async def _history(self, request: web.Request, account: GoogleAccount) -> Any:
        since = _number(request, "startHistoryId", 0, account.now)
        if since < account.oldest:
            raise Refusal(404, "notFound", "Requested entity was not found.")
        most = _number(request, "maxResults", 100, 500)
        records = [one for one in account.records if one["id"] > since]
        begin = int(request.query.get("pageToken", 0))
        page = [{**one, "id": str(one["id"])} for one in records[begin : begin + most]]
        more = {"nextPageToken": str(begin + most)} if begin + most < len(records) else {}
        return {**({"history": page} if page else {}), "historyId": str(account.now), **more}

    async def _watch(self, request: web.Request, account: GoogleAccount) -> Any:
        topic = str((await request.json()).get("topicName", ""))
        if not re.fullmatch(r"projects/[a-z0-9-]+/topics/[A-Za-z0-9-]+", topic):
            raise Refusal(400, "invalidArgument", "Invalid topicName does not match projects/…/topics/*")
        self.watched[account.address] = topic
        return {"historyId": str(account.now), "expiration": str(int((time.time() + 7 * 86400) * 1000))}

    async def _send(self, request: web.Request, account: GoogleAccount) -> Any:
        raw, thread = _message(await request.json(), account)
        if not re.search(rb"(?im)^(to|cc|bcc):", raw.partition(b"\r\n\r\n")[0]):
            raise Refusal(400, "invalidArgument", "Recipient address required")
        await self._stall(self.stalls_before)
        if self.breaks is Break.BEFORE:
            raise Refusal(500, "backendError", "Internal error")
        if self.breaks is Break.LINE_BEFORE:
            self.cut.set()
            return _cut(request)
        mail = account.send(raw, thread)
        if self.rewrites_ids:
            mail.raw = mail.raw.replace(
                b"Message-ID:", b"Message-ID: <CAF@mail.gmail.example>\r\nX-Google-Original-Message-ID:", 1
            )
        await self._stall(self.stalls_after)
        if self.breaks is Break.AFTER:
            raise Refusal(500, "backendError", "Internal error")
        if self.breaks is Break.LINE_AFTER:
            return _cut(request)
        return {"id": mail.id, "threadId": mail.thread, "labelIds": sorted(mail.labels)}

    async def _stall(self, until: asyncio.Event | None) -> None:
        if until is not None:
            self.stalled.set()
            await until.wait()

    async def _make_draft(self, request: web.Request, account: GoogleAccount) -> Any:
        raw, thread = _message((await request.json())["message"], account)
        own = account.number()
        mail = Mail(own, thread or own, raw, {"DRAFT"}, account._tick())
        account.drafts[f"r{int(own, 16)}"] = mail
        account._record("messagesAdded", mail)
        return {"id": f"r{int(own, 16)}", "message": {"id": own, "threadId": mail.thread}}

    async def _get_draft(self, request: web.Request, account: GoogleAccount) -> Any:
        draft = account.drafts.get(request.match_info["id"])
        if draft is None:
            raise Refusal(404, "notFound", "Requested entity was not found.")
        return {"id": request.match_info["id"], "message": self._shown(draft, request.query.get("format", "full"), [])}

    async def _delete_draft(self, request: web.Request, account: GoogleAccount) -> Any:
        draft = account.drafts.pop(request.match_info["id"], None)
        if draft is None:
            raise Refusal(404, "notFound", "Requested entity was not found.")
        account._tick()
        account._record("messagesDeleted", draft)
        return web.Response(status=204)


def _found(request: web.Request, account: GoogleAccount) -> Mail:
    own = request.match_info["id"]
    if not _ID.fullmatch(own):
        raise Refusal(400, "invalidArgument", "Invalid id value")
    if own not in account.mails:
        raise Refusal(404, "notFound", "Requested entity was not found.")
    return account.mails[own]


def _message(body: Mapping[str, Any], account: GoogleAccount) -> tuple[bytes, str]:
    try:
        raw = base64.urlsafe_b64decode(body["raw"])
    except (KeyError, ValueError):
        raise Refusal(400, "invalidArgument", "'raw' RFC822 payload message string is required") from None
    thread = str(body.get("threadId", ""))
    if thread and thread not in {mail.thread for mail in account.mails.values()}:
        raise Refusal(404, "notFound", "Requested entity was not found.")
    return raw, thread


def _page(request: web.Request, mails: list[Mail], most: int) -> dict[str, Any]:
    after = request.query.get("pageToken")
    left = [mail for mail in mails if after is None or mail.id < after]
    page = left[:most]
    more = {"nextPageToken": page[-1].id} if len(left) > most else {}
    shown = [{"id": mail.id, "threadId": mail.thread} for mail in page]
    return {**({"messages": shown} if shown else {}), "resultSizeEstimate": len(mails), **more}


def _asked(query: str) -> str:
    found = re.fullmatch(r"rfc822msgid:(\S+)", query)
    if not found:
        raise Refusal(400, "invalidArgument", f"The fake does not search for {query}")
    return found[1]


def _number(request: web.Request, name: str, default: int, most: int) -> int:
    text = request.query.get(name, str(default))
    if not text.isdecimal() or not 0 < int(text) <= max(most, 1):
        raise Refusal(400, "invalidArgument", f"Invalid value for {name}")
    return int(text)


def _cut(request: web.Request) -> web.StreamResponse:
    assert request.transport
    request.transport.abort()
    return web.Response()


def _refused(refusal: Refusal) -> web.Response:
    error = {
        "code": refusal.status,
        "message": refusal.words,
        "errors": [{"message": refusal.words, "domain": "global", "reason": refusal.reason}],
    }
    return web.json_response({"error": error}, status=refusal.status)
