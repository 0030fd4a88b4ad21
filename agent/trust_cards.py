"""The cards of trust: what a rule asks to do, what it did, and which act may go further by itself, with its record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.engine import Row

from agent.chat import Button, Card, Field
from storage.tables.trust_cards import CardKind, CardState
from tools.inbox.show import plain
from tools.trust.act import in_words
from tools.trust.ladder import Rung, past
from tools.trust.ledger import Standing

DO_IT, NOT_THESE = "trust_do", "trust_refuse"
TAKE_BACK, RIGHT = "trust_undo", "trust_right"
RAISE, LEAVE = "trust_raise", "trust_leave"

_LABELS = {
    DO_IT: "Do it",
    NOT_THESE: "Not these",
    TAKE_BACK: "Undo",
    RIGHT: "That was right",
    RAISE: "Yes, from now on",
    LEAVE: "Leave it as it is",
}
BUTTONS_FOR = {CardKind.ASKED: (DO_IT, NOT_THESE), CardKind.TOLD: (TAKE_BACK, RIGHT), CardKind.RAISE: (RAISE, LEAVE)}
"""What can be pressed on which card, while nobody has."""

NAMED = 10
"""Deeds that a card names; more are counted. The buttons mean all of them."""


def deeds_card(row: Row[Any], tokens: Mapping[str, str]) -> Card:
    """What a rule asks to do, or did; afterwards with what became of it."""
    what = _acts(row.deeds)
    mails = len({one["email"] for one in row.deeds})
    count = "1 mail" if mails == 1 else f"{mails} mails"
    asked = row.kind == CardKind.ASKED
    title = f"Rule {row.rule_name} wants to {what}: {count}" if asked else f"Rule {row.rule_name} did: {what}, {count}"
    fields = [Field("Because", "; ".join(dict.fromkeys(one["why"] for one in row.deeds[:NAMED])))]
    if asked and row.state == CardState.PENDING:
        fields.append(Field("I ask since", "; ".join(dict.fromkeys(one["because"] for one in row.deeds))))
    if row.state != CardState.PENDING:
        fields.append(Field("Now", row.outcome))
    return _card(row, title, _listed(row.deeds), fields, tokens)


def raise_card(row: Row[Any], stands: Standing | None, tokens: Mapping[str, str]) -> Card:
    """Whether an act may go further by itself. `stands`: where it is now, while the card waits."""
    rung = Rung(row.rung)
    title = f"Rule {row.rule_name}, {in_words(row.act)}: shall it be “{rung.words}” from now on?"
    if stands is None or row.state != CardState.PENDING:
        return _card(row, title, row.outcome, (), tokens)
    text = f"Now: {stands.rung.words}. An undo lowers it again by itself, and /trust shows how it stands."
    return _card(row, title, text, (Field("Record", past(stands.record)),), tokens)


def _card(row: Row[Any], title: str, text: str, fields: Sequence[Field], tokens: Mapping[str, str]) -> Card:
    order = BUTTONS_FOR[CardKind(row.kind)] if row.state == CardState.PENDING else ()
    return Card(
        id=str(row.id),
        title=plain(title),
        text=plain(text),
        fields=tuple(Field(one.label, plain(one.value)) for one in fields),
        buttons=tuple(Button(_LABELS[one], tokens[one]) for one in order if one in tokens),
    )


def _acts(deeds: Sequence[Mapping[str, Any]]) -> str:
    return " and ".join(dict.fromkeys(in_words(one["act"]) for one in deeds))


def _listed(deeds: Sequence[Mapping[str, Any]]) -> str:
    mails = list(dict.fromkeys(str(one["mail"]) for one in deeds))
    return "\n".join([*mails[:NAMED], *([f"… and {len(mails) - NAMED} more"] if len(mails) > NAMED else [])])
