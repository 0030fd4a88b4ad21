"""When a promise is kept: what was promised came later in the thread, from the one who promised it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from tools.commitments.find import own_words
from tools.commitments.promises import promised
from tools.inbox.asks import sentences
from tools.inbox.signals import Signals

LOGO = 20_000
"""Bytes up to which an image belongs to a signature rather than to what was promised."""
FEWEST_WORDS = 4
"""Words of a mail that says anything: “Thanks, got it!” is no answer to a question."""

_THANKS = (
    r"ok(?:ay)?|(?:many )?thanks?(?: you)?(?: (?:so much|very much|a lot|again))?|cheers|great|perfect|sure|fine|noted|understood"
    r"|got it|received|will do|sounds? good|no problem|no worries|you'?re welcome|of course|yes|yep"
    r"|danke|merci|gracias|obrigad[oa]|grazie"
)
_ACKNOWLEDGES = re.compile(rf"^(?:(?:{_THANKS})\b[\s,.!:)-]*){{1,4}}(?:\w+[.!]?)?$", re.IGNORECASE)
_GREETS = re.compile(
    r"^(?:hi|hello|hey|dear|hallo|bonjour|hola|ol[áa]|ciao|good (?:morning|afternoon|evening))\b[^.?!]{0,40}[,!]?$"
    r"|^(?:(?:best|kind|warm)?\s?(?:regards|wishes)|best|cheers|thanks|sincerely|yours)\b[^.?!]{0,40}$",
    re.IGNORECASE,
)
_SHARED = re.compile(
    r"https?://(?:[\w-]+\.)*(?:drive\.google|docs\.google|dropbox|sharepoint|onedrive\.live|wetransfer|box)\.com/|https?://1drv\.ms/",
    re.IGNORECASE,
)


def kept(commitments: Iterable[Row[Any]], mails: Sequence[Row[Any]]) -> list[tuple[UUID, UUID]]:
    """Which promises were kept, and by which mail: the first one that does. `mails`: those of the threads, oldest first."""
    found = []
    for one in commitments:
        by = next((mail for mail in mails if mail.thread == one.thread and keeps(mail, one)), None)
        if by is not None:
            found.append((one.id, by.id))
    return found


def keeps(mail: Row[Any], one: Row[Any]) -> bool:
    """Whether a mail keeps a promise."""
    if mail.sent_at <= one.counts_from or mail.id == one.email or mail.folder == "Drafts":
        return False
    if mail.outgoing != one.mine or not (one.mine or mail.sender_address == one.address):
        return False
    if Signals.from_json(mail.signals).auto_submitted:
        return False
    return brings_file(mail) if one.file else brings_file(mail) or says_something(own_words(mail))


def brings_file(mail: Row[Any]) -> bool:
    """Whether a file came along, or a link to one where people share files."""
    files = (one for one in mail.attachments if not one["media_type"].startswith("text/calendar"))
    return any(not one["media_type"].startswith("image/") or one["size"] > LOGO for one in files) or bool(
        _SHARED.search(own_words(mail))
    )


def says_something(text: str) -> bool:
    """Whether a mail answers: not merely thanks, asks back or promises again."""
    said = [one for one in sentences(text) if not _ACKNOWLEDGES.match(one) and not _GREETS.match(one)]
    if any(promised(one) for one in said):
        return False
    told = [one for one in said if not one.endswith("?")]
    return sum(len(one.split()) for one in told) >= FEWEST_WORDS
