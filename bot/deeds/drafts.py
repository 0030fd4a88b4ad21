"""Commands about drafts: which wait, all of them on one card, and deciding by typing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent import decisions, review
from agent.cards import APPROVE, REJECT, REVIEW
from agent.chat import Card, Click, Reply, Word
from bot.command import Given
from storage.values.errors import Refused

NOTHING = "Nothing waits for your word."


async def approvals(given: Given) -> list[Word]:
    """A card for each draft that waits."""
    box = given.assistant.box
    async with box.database.acting_as(given.caller) as tx:
        rows = await tx.approvals.pending(given.caller.person)
        shown: list[Card] = [await decisions.card_of(tx, row, given.caller.zone) for row in rows]
    return [Reply(NOTHING)] if not shown else list(shown)


async def review_all(given: Given) -> list[Word]:
    """All that waits on one card, each in full, to be approved together or in part."""
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        rows = await tx.approvals.pending(given.caller.person)
        if not rows:
            return [Reply(NOTHING)]
        return list(await review.offered(tx, given.caller, rows))


async def approve(given: Given) -> Sequence[Word]:
    """Sends the draft that waits here; with numbers, those of the review."""
    if given.words:
        return await _reviewed(given, given.words)
    return await _settle(given, APPROVE)


async def reject(given: Given) -> Sequence[Word]:
    """Does not send the draft that waits here."""
    return await _settle(given, REJECT)


async def _reviewed(given: Given, words: str) -> Sequence[Word]:
    box = given.assistant.box
    chosen = [str(int(one)) for one in re.findall(r"\d{1,3}", words)]
    async with box.database.acting_as(given.caller) as tx:
        newest = await tx.reviews.newest(given.caller.person)
        tokens = await tx.buttons.of(newest) if newest else {}
    if not chosen or REVIEW not in tokens:
        raise Refused("There is no list of drafts to choose from. Say /review, then for example “approve 1 3”.")
    click = Click(tokens[REVIEW], {review.CHOSEN: ",".join(chosen)})
    return await decisions.decide(box, given.caller, given.conversation, given.event, given.origin, click)


async def _settle(given: Given, action: str) -> Sequence[Word]:
    """The typed word presses the button of the draft that the talk is about, or of the only one that waits here."""
    box, focus = given.assistant.box, await given.assistant.focus(given.caller, given.conversation)
    async with box.database.acting_as(given.caller) as tx:
        rows = [
            row for row in await tx.approvals.pending(given.caller.person) if row.conversation == given.conversation
        ]
        if not rows:
            raise Refused("No draft waits for your word here.")
        about = await tx.approvals.newest(focus.draft.approval) if focus.draft else None
        meant = [row for row in rows if row.id == about.id] if about else rows
        tokens = await tx.buttons.of(meant[0].id) if len(meant) == 1 else {}
    if action not in tokens:  # not the one that we spoke of, or never shown
        waiting = f"{len(rows)} drafts wait" if len(rows) > 1 else "A draft waits"
        raise Refused(f"{waiting} here; press the button on the one that you mean (/approvals shows what waits).")
    click = Click(tokens[action])
    return await decisions.decide(box, given.caller, given.conversation, given.event, given.origin, click)
