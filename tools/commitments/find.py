"""Which promises a stored mail holds, and to whom: only of people, only in their own words, only between them and the owner."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from storage.values.ids import new_id
from tools.commitments.due import due_on
from tools.commitments.promises import promises
from tools.inbox.classify import JUNK
from tools.inbox.signals import Signals
from tools.mail.quotes import split_reply

LOOKED_BACK = timedelta(days=90)
"""How old a mail may be whose promises are found: what was said before is settled or forgotten."""

NO_PEOPLE = (*JUNK, "newsletter", "notification", "forum")
"""Categories whose mail nobody promises the owner anything in."""


def found_in(row: Row[Any], tenant: UUID, zone: str) -> list[dict[str, Any]]:
    """The promises of one mail as rows; none where nobody speaks to anybody. `zone`: the owner's."""
    if not speaks(row):
        return []
    other = _other(row)
    if not other["address"]:
        return []
    return [
        {
            "id": new_id(),
            "tenant": tenant,
            "account": row.account,
            "email": row.id,
            "content": _content(row, promise.quote),
            "mine": row.outgoing,
            "name": other["name"],
            "address": other["address"],
            "quote": promise.quote,
            "file": promise.file,
            "thread": row.thread,
            "said_at": row.sent_at,
            "due_on": due_on(promise.quote, row.sent_at, zone),
        }
        for promise in promises(own_words(row))
    ]


def speaks(row: Row[Any]) -> bool:
    """Whether a person speaks: the owner to others, or somebody to the owner. Never a machine, a list, spam or a trick."""
    seen = Signals.from_json(row.signals)
    if seen.auto_submitted or seen.report or seen.list_kind:
        return False
    if row.outgoing:
        return bool(row.folder != "Drafts")
    by_hand = seen.sender_kind == "person" and not seen.noreply
    to_owner = seen.addressed == "direct" or (seen.addressed == "unknown" and seen.recipients <= 1)
    trusted = not (seen.poses or seen.resembles_mine or seen.unproven)
    return by_hand and to_owner and trusted and row.category not in NO_PEOPLE


def own_words(row: Row[Any]) -> str:
    """The sender's own words. A bare forward has none: what stands in `reply` then is somebody else's mail."""
    return split_reply(row.reply).reply if row.bare else str(row.reply)


def _other(row: Row[Any]) -> dict[str, str]:
    """The other side: who the owner wrote to first, or who wrote."""
    if not row.outgoing:
        return {"name": row.sender_name, "address": row.sender_address}
    people: Sequence[dict[str, str]] = row.recipients.get("to") or row.recipients.get("cc") or ()
    return people[0] if people else {"name": "", "address": ""}


def _content(row: Row[Any], quote: str) -> bytes:
    """Names what was promised: the same words of the same sender in the same thread are one promise, however many copies."""
    parts = (row.thread, row.sender_address, " ".join(quote.casefold().split()))
    return hashlib.sha256("\n".join(parts).encode()).digest()
