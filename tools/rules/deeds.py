"""Deeds of rules: how far each may be done by itself, and one of them done, with a receipt that names the rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from storage.tables.receipts import By
from storage.values.access import Caller
from storage.values.errors import NeedsPerson, Refused
from storage.values.ids import ConversationId, EventId
from tools.followups.tool import schedule_follow_up
from tools.inbox.relabel import relabel
from tools.inbox.show import shown
from tools.inbox.tidy import move
from tools.mail.folder_names import ARCHIVE
from tools.rules.flags import LABELS
from tools.tool import Ask, Focus
from tools.toolbox import Toolbox
from tools.trust import act
from tools.trust.ladder import Rung
from tools.trust.ledger import Word, words_on

NOT_DONE = "not done: "
GONE = "That mail is not there any more."


@dataclass(frozen=True)
class Deed:
    """One action of a match, and how it may be done."""

    by: By
    word: Word


Deeds = dict[tuple[UUID, int], Deed]
"""By match and the place of the action in it. Deeds on mail that is gone are left out."""


async def trusted(box: Toolbox, caller: Caller, matches: Sequence[Row[Any]]) -> Deeds:
    """How far each action of these matches may go by itself, but for answers, which have gates of their own."""
    async with box.database.acting_as(caller) as tx:
        mails = {row.id: row for row in await tx.emails.many(list({match.email for match in matches}))}
        asked = [
            ((match.id, number), (act.by(match.rule, action, mails[match.email]), mails[match.email]))
            for match in matches
            for number, action in enumerate(match.actions)
            if action["type"] != "auto_reply" and match.email in mails
        ]
        words = await words_on(tx, caller.person, [deed for _, deed in asked])
    return {place: Deed(by, word) for (place, (by, _)), word in zip(asked, words, strict=True)}


async def do(box: Toolbox, caller: Caller, conversation: UUID, match: Row[Any], number: int) -> str:
    """Does one action of a match and says what was done. What cannot be done is said too."""
    action = match.actions[number]
    try:
        async with box.database.acting_as(caller) as tx:
            row = await tx.emails.get(match.email)  # as the action before left it
        seen, by = shown(row), act.by(match.rule, action, row)
        ask = Ask(caller, ConversationId(conversation), EventId(match.id), Focus((seen,), seen), by, call=str(number))
        if action["type"] == "create_task":
            words = {"when": action["due"], "note": action["title"]}
            return (await schedule_follow_up(box, ask, email="it", unless_answered=False, **words)).text
        if action["type"] == "archive":
            return await move(box, ask, [row], ARCHIVE)
        label = action["label"] if action["type"] == "apply_label" else LABELS[action["priority"]]
        return await relabel(box, ask, [row], label, remove=False, because=f"rule {match.rule_name}")
    except (Refused, NeedsPerson) as error:
        return f"{NOT_DONE}{error}"


def outcome(match: Row[Any], number: int, deed: Deed | None, words: str) -> dict[str, Any]:
    """What is kept of an action beside its match."""
    kept = {"type": match.actions[number]["type"], "number": number, "words": words}
    return kept | ({"rung": deed.word.rung, "because": deed.word.because} if deed else {})


def waiting(deed: Deed) -> str:
    """What is kept of an action that waits."""
    return f"waits for your word: {deed.word.because}"


def may(deeds: Deeds, match: UUID, number: int) -> bool:
    """Whether it may be done without a word before."""
    deed = deeds.get((match, number))
    return deed is not None and deed.word.rung != Rung.ASK
