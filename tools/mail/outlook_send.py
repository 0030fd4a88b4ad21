"""Sending through Outlook: a draft first, looked at, then sent by its id, so that it is always known what an error means.

`sendMail` would do in one call, but nobody could tell afterwards whether it did. A draft has a name before it leaves:

    until the draft stands            any error: surely not sent
    the draft is not what was meant   what differs is set right; when that does not hold: Refused
    `send` was declined               surely not sent, and the draft is taken away
    `send` was not answered           Unsure: the mail is looked for in Sent by its Message-ID

An answer is a draft made by `createReply` on the mail that it answers, which is what ties it into Outlook's conversation;
the MIME that goes along brings In-Reply-To and References for everybody else's programs.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from storage.values.errors import NeedsPerson, Refused, Trouble, Unavailable, Unsure
from tools.mail.email import Address, Email
from tools.mail.message_id import bare_id
from tools.mail.outlook_answers import trouble_of
from tools.mail.outlook_graph import Graph
from tools.mail.outlook_keys import path_of
from tools.mail.parse import parse

_SEEN = "id,internetMessageId,isDraft,subject,toRecipients,ccRecipients,bccRecipients,bodyPreview,parentFolderId"
_PREVIEW = 100
"""Characters of the body that are compared; Graph previews 255."""

Item = Mapping[str, Any]


async def hand_over(graph: Graph, message: bytes, recipients: Sequence[str]) -> None:
    """Sends the message, once. Refused, Unavailable, NeedsPerson: surely not sent. Unsure: it may have left."""
    if not recipients:
        raise Refused("This mail has nobody to go to: give it a recipient.")
    email = parse(message)
    if not email.message_id:
        raise Refused("This mail has no Message-ID, so it could not be recognised once sent: write it anew.")
    named = await _named(graph, email.message_id, email.in_reply_to)
    own = [one for one in named if _id(one) == email.message_id]
    if any(not one["isDraft"] for one in own):
        return  # it left already, and only the word of it was lost
    for one in own:
        await take_away(graph, str(one["id"]))
    original = next((one for one in named if _id(one) == email.in_reply_to and not one["isDraft"]), None)
    draft = await _drafted(graph, message, str(original["id"]) if original else None)
    try:
        await _made_right(graph, draft, email, recipients)
        await graph.call("POST", f"{path_of(str(draft['id']))}/send", again=False)
    except (Refused, Unavailable, NeedsPerson):
        await _take_away_if_possible(graph, str(draft["id"]))
        raise


async def drafted(graph: Graph, message: bytes) -> str:
    """Puts a message into Drafts, in its conversation if it answers a mail, and returns its id."""
    email = parse(message)
    named = await _named(graph, "", email.in_reply_to)
    original = next((str(one["id"]) for one in named if not one["isDraft"]), None)
    return str((await _drafted(graph, message, original))["id"])


async def take_away(graph: Graph, message: str) -> None:
    """Deletes a message for good: the first time Graph only moves it to Deleted Items. One that is gone is no error."""
    for _ in range(2):
        answer = await graph.call("DELETE", path_of(message), allow=(404,))
        if answer.status == 404:
            return


async def find_in(graph: Graph, folder: str, message_id: str) -> str | None:
    """The id of the message of this Message-ID in a folder, if it is there."""
    wanted = bare_id(message_id)
    if not wanted:
        return None
    path = f"/me/mailFolders/{quote(folder, safe='')}/messages?$filter={_is(wanted)}&$select={_SEEN}"
    found = (await graph.call("GET", path)).values.get("value", [])
    return next((str(one["id"]) for one in found if _id(one) == wanted), None)


async def _named(graph: Graph, *message_ids: str) -> list[Item]:
    """Messages anywhere in the mailbox with one of these Message-IDs."""
    wanted = list(dict.fromkeys(filter(None, map(bare_id, message_ids))))
    if not wanted:
        return []
    answers = await graph.read_many([f"/me/messages?$filter={_is(one)}&$select={_SEEN}" for one in wanted])
    for answer in answers:
        if not answer.good:
            raise trouble_of(answer)
    return [one for answer in answers for one in answer.values.get("value", []) if _id(one) in wanted]


def _is(message_id: str) -> str:
    escaped = message_id.replace("'", "''")
    return quote(f"internetMessageId eq '<{escaped}>'", safe="")


async def _drafted(graph: Graph, message: bytes, original: str | None) -> Item:
    path = f"{path_of(original)}/createReply" if original else "/me/messages"
    try:
        answer = await graph.call("POST", path, mime=b64encode(message), again=False, allow=(404,))
        if answer.status == 404 and original:  # deleted since it was looked up
            return await _drafted(graph, message, None)
    except Unsure as problem:
        raise Unavailable(
            "Microsoft broke off before the mail was handed over: try again in a few minutes."
        ) from problem
    if not answer.good:
        raise trouble_of(answer)
    return answer.values


async def _made_right(graph: Graph, draft: Item, email: Email, recipients: Sequence[str]) -> None:
    """Makes sure that the draft is what was approved, whatever Outlook made of it."""
    for _ in range(2):
        wrong = differences(draft, email, recipients)
        if not wrong:
            return
        draft = (await graph.call("PATCH", path_of(str(draft["id"])), values=wrong)).values
    if differences(draft, email, recipients):
        raise Refused("Outlook changes this mail before it leaves, so it was not sent: send it with another program.")


def differences(draft: Item, email: Email, recipients: Sequence[str]) -> dict[str, Any]:
    """What must be set to make the draft what was approved: the fields of a PATCH; empty when nothing differs."""
    wrong: dict[str, Any] = {}
    if _id(draft) != email.message_id:
        wrong["internetMessageId"] = f"<{email.message_id}>"
    if str(draft.get("subject", "")).split() != email.subject.split():
        wrong["subject"] = email.subject
    if not _begins_like(str(draft.get("bodyPreview", "")), email.text):
        wrong["body"] = {"contentType": "text", "content": email.text}
    hidden = [
        Address("", one) for one in recipients if one.lower() not in {to.address for to in (*email.to, *email.cc)}
    ]
    for field, meant in (("toRecipients", email.to), ("ccRecipients", email.cc), ("bccRecipients", hidden)):
        if _addresses(draft.get(field, ())) != sorted(one.address.lower() for one in meant):
            wrong[field] = [{"emailAddress": {"name": one.name, "address": one.address}} for one in meant]
    return wrong


def _begins_like(preview: str, text: str) -> bool:
    # Blanks, dashes and quotation marks may be shown otherwise than they were written.
    seen, meant = ("".join(filter(str.isalnum, words))[:_PREVIEW] for words in (preview, text))
    return seen[: len(meant)] == meant[: len(seen)] and bool(seen) == bool(meant)


def _addresses(field: Sequence[Item]) -> list[str]:
    return sorted(str(one["emailAddress"]["address"]).lower() for one in field)


def _id(item: Item) -> str:
    return bare_id(str(item.get("internetMessageId") or ""))


async def _take_away_if_possible(graph: Graph, draft: str) -> None:
    """That it was not sent is what counts; a draft that stays is taken away by the next attempt."""
    try:
        await take_away(graph, draft)
    except Trouble:
        return
