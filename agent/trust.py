"""Trust in the chat: cards for what rules ask and did, proposals of the ledger, and what their buttons do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.engine import Row

from agent import trust_cards
from agent.chat import Card, Reply, Update, Word
from agent.press import FRESH_FOR, Press
from agent.telling import tell
from agent.trust_cards import BUTTONS_FOR, DO_IT, LEAVE, NOT_THESE, RAISE, RIGHT, TAKE_BACK
from storage.tables.receipts import By
from storage.tables.trust_cards import CardKind, CardState
from storage.transaction import Transaction
from storage.values.clock import now
from storage.values.errors import Refused
from tools.rules import deeds
from tools.tool import Ask
from tools.trust.act import in_words, rule_scope
from tools.trust.ladder import Rung
from tools.trust.ledger import stands
from tools.undo.tool import undo_these

NOT_ANY_MORE = "That was decided already; nothing more was done. /trust shows how it stands."


async def card_of(tx: Transaction, row: Row[Any]) -> Card:
    """A card as it stands, with fresh buttons while it waits."""
    tokens = {}
    if row.state == CardState.PENDING:
        tokens = await tx.buttons.make(row.person, row.id, BUTTONS_FOR[CardKind(row.kind)], now() + FRESH_FOR)
    if row.kind != CardKind.RAISE:
        return trust_cards.deeds_card(row, tokens)
    found = await tx.rules.find(row.rule)
    return trust_cards.raise_card(row, await stands(tx, row.person, found, row.act) if found else None, tokens)


async def propose(tx: Transaction, person: UUID, conversation: UUID, rule: UUID, act: str) -> None:
    """Leaves the ledger's proposal to trust an act further, if its record speaks for it and it was not made yet."""
    found = await tx.rules.find(rule)
    now_ = await stands(tx, person, found, act) if found else None
    if found is not None and now_ is not None and now_.proposed is not None:
        card = await offer(tx, person, found, act, now_.proposed, f"{now_.record.against_at}/{now_.declined}")
        if card is not None:
            await tell(tx, conversation, card)


async def offer(tx: Transaction, person: UUID, rule: Row[Any], act: str, rung: Rung, occasion: str) -> Card | None:
    """The card that asks for a higher rung; None when it was shown on this occasion before."""
    identity = uuid5(rule.id, f"{act}/{rung}/{rule.active_since}/{occasion}")
    about = {"kind": CardKind.RAISE, "rule": rule.id, "rule_name": rule.name, "act": act, "rung": rung, "deeds": []}
    if not await tx.trust_cards.make(identity, person=person, **about):
        return None
    row = await tx.trust_cards.get(identity)
    assert row is not None
    return await card_of(tx, row)


async def _do_it(press: Press) -> list[Word]:
    row = await _settled(press, CardState.YES)
    told = []
    for one in row.deeds:
        async with press.box.database.acting_as(press.caller) as tx:
            match = await tx.rule_matches.get(UUID(one["match"]))
        words = (
            await deeds.do(press.box, press.caller, press.conversation, match, one["number"]) if match else deeds.GONE
        )
        told.append(words)
    return await _concluded(press, row, "Done, as you said." if len(told) > 1 else told[0])


async def _not_these(press: Press) -> list[Word]:
    row = await _settled(press, CardState.NO)
    return await _concluded(press, row, "Not done, as you said.")


async def _take_back(press: Press) -> list[Word]:
    row = await _settled(press, CardState.NO)
    ask = Ask(press.caller, press.conversation, press.event, call="trust")
    lines = await undo_these(press.box, ask, [one["request"] for one in row.deeds])
    words = await _concluded(press, row, "Taken back.")
    return [*words, Reply("\n".join(lines) or "It was taken back already.")]


async def _right(press: Press) -> list[Word]:
    row = await _settled(press, CardState.YES)
    return await _concluded(press, row, "Right, you said.")


async def _settled(press: Press, state: CardState) -> Row[Any]:
    """Takes the card for this press, with the person's word on each of its deeds in the same transaction."""
    async with press.box.database.acting_as(press.caller) as tx:
        row = await tx.trust_cards.settle(press.subject, state, str(press.event))
        if row is None:
            raise Refused(NOT_ANY_MORE)
        undoing = row.kind == CardKind.TOLD and state == CardState.NO  # the undo itself is what counts
        for one in () if undoing else row.deeds:
            by = By(row.rule, one["act"], one["sender"], one["category"])
            await tx.trust.say(press.caller.person, by, one["request"], yes=state == CardState.YES)
        details = {"rule": row.rule_name, "deeds": len(row.deeds), "kind": row.kind}
        await tx.audit.sign(press.caller.person, f"trust_{state}", f"rule:{row.rule}", details, origin=press.origin)
    return row


async def _concluded(press: Press, row: Row[Any], outcome: str) -> list[Word]:
    async with press.box.database.acting_as(press.caller) as tx:
        await tx.trust_cards.conclude(row.id, outcome)
        settled = await tx.trust_cards.get(row.id)
        assert settled is not None
        for act in dict.fromkeys(one["act"] for one in row.deeds):
            await propose(tx, press.caller.person, press.conversation, row.rule, act)
        return [Update(await card_of(tx, settled))]


async def _raise(press: Press) -> list[Word]:
    """Ratifies what was proposed, unless the person was of another mind since the card was made."""
    async with press.box.database.acting_as(press.caller) as tx:
        row = await tx.trust_cards.settle(press.subject, CardState.YES, str(press.event))
        if row is None:
            raise Refused(NOT_ANY_MORE)
        rule = await tx.rules.get(row.rule)
        now_ = await stands(tx, press.caller.person, rule, row.act)
        if now_.record.against_at is not None and now_.record.against_at > row.made_at:
            raise Refused(f"Since that card you took something back, so it stays: {now_.rung.words}.")
        if rule.active_since > row.made_at:
            raise Refused("The rule was changed or switched since that card, so it stays as it is.")
        await tx.trust.ratify(press.caller.person, row.act, rule_scope(rule.id), row.rung)
        words = f"From now on, when rule {rule.name} wants to {in_words(row.act)}: {Rung(row.rung).words}."
        await tx.trust_cards.conclude(row.id, words)
        details = {"rule": rule.name, "act": row.act, "rung": row.rung}
        await tx.audit.sign(press.caller.person, "trust_raised", f"rule:{rule.id}", details, origin=press.origin)
        settled = await tx.trust_cards.get(row.id)
        assert settled is not None
        return [Update(await card_of(tx, settled))]


async def _leave(press: Press) -> list[Word]:
    async with press.box.database.acting_as(press.caller) as tx:
        row = await tx.trust_cards.settle(press.subject, CardState.NO, str(press.event))
        if row is None:
            raise Refused(NOT_ANY_MORE)
        await tx.trust_cards.conclude(row.id, "It stays as it is. I propose it again only after three times as much.")
        settled = await tx.trust_cards.get(row.id)
        assert settled is not None
        return [Update(await card_of(tx, settled))]


ACTIONS: dict[str, Callable[[Press], Awaitable[list[Word]]]] = {
    DO_IT: _do_it,
    NOT_THESE: _not_these,
    TAKE_BACK: _take_back,
    RIGHT: _right,
    RAISE: _raise,
    LEAVE: _leave,
}
"""A button's action -> what it does."""
