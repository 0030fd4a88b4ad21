"""The card of a promise: word for word what was said, by whom, by when, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Row

from agent.chat import Button, Card, Field
from storage.tables.commitments import CommitmentState
from tools.commitments.words import sides, state_in_words, when
from tools.inbox.show import moment, plain

PROMISE_DONE, NO_PROMISE, PROMISE_AGAIN = "promise_done", "no_promise", "promise_again"
REMIND_PROMISE, NUDGE_PROMISE = "remind_promise", "nudge_promise"

_LABELS = {
    PROMISE_DONE: "Done",
    NO_PROMISE: "Not a promise",
    REMIND_PROMISE: "Remind me",
    NUDGE_PROMISE: "Draft a nudge",
    PROMISE_AGAIN: "Open again",
}


def actions_for(row: Row[Any]) -> tuple[str, ...]:
    """What can be done about it: nobody nudges themselves."""
    if row.state != CommitmentState.OPEN:
        return (PROMISE_AGAIN,)
    nudge = () if row.mine else (NUDGE_PROMISE,)
    return (PROMISE_DONE, NO_PROMISE, REMIND_PROMISE, *nudge)


def of(row: Row[Any], subject: str, tokens: Mapping[str, str], zone: str, at: datetime) -> Card:
    """The card as it stands. `subject`: that of the mail it is from."""
    fields = (
        Field("Said", moment(row.said_at, zone)),
        Field("In", subject or "(no subject)"),
        Field("Stands", when(row, zone, at) if row.state == CommitmentState.OPEN else state_in_words(row)),
    )
    said = sides(row)
    return Card(
        id=str(row.id),
        title=plain(f"Promise: {said}"),
        text=plain(f"“{row.quote}”"),
        fields=tuple(Field(one.label, plain(one.value)) for one in fields),
        buttons=tuple(Button(_LABELS[one], tokens[one]) for one in actions_for(row) if one in tokens),
    )
