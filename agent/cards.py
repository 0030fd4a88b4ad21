"""Every card that we show, built from stored rows by code, never from a model's words about them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from agent.chat import Button, Card, Choice, Field, Input
from tools.inbox.show import moment, plain

APPROVE, EDIT, REJECT, LATER = "approve", "edit", "reject", "later"
ARRIVED, AGAIN = "arrived", "again"
REVIEW, LEAVE = "review", "leave"
NUDGE, SNOOZE, DONE = "nudge", "snooze", "done"

LABELS = {
    APPROVE: "Approve & send",
    EDIT: "Edit",
    REJECT: "Reject",
    LATER: "Later",
    ARRIVED: "It arrived",
    AGAIN: "Send it again",
    REVIEW: "Approve & send the ticked",
    LEAVE: "Leave them all",
    NUDGE: "Draft a nudge",
    SNOOZE: "Tomorrow",
    DONE: "Done",
}


HOW_TO_LEAVE_OUT = "To leave some out, untick them, or say for example “approve 1 3”."


def approval(
    row: Row[Any], tokens: Mapping[str, str], zone: str, *, before: str | None = None, learned: str = ""
) -> Card:
    """A mail that waits for a person's word: all recipients, the subject and the whole body. `learned`: what of it was taken
    from an earlier draft that the person changed."""
    action = row.action
    known = set(action["known_domains"])
    recipients = [
        one if one.rpartition("@")[2] in known else f"{one} (new address domain)" for one in action["recipients"]
    ]
    fields = [
        Field("From", action["sender"]),
        Field("To", ", ".join(recipients)),
        Field("Subject", action["subject"]),
    ]
    if before is not None:
        fields.append(Field("Changed", difference(before, action["body"])))
    if learned:
        fields.append(Field("Learned", learned))
    if action["quoted"]:
        fields.append(Field("Below it", f"the mail you answer, quoted ({action['quoted']} lines)"))
    fields.append(Field("Valid until", moment(row.expires_at, zone)))
    return Card(
        id=str(row.id),
        title="Send this reply?",
        text=_all_of(action["body"]),
        fields=tuple(Field(one.label, _all_of(one.value)) for one in fields),
        buttons=_buttons(tokens, (APPROVE, EDIT, REJECT, LATER)),
        inputs=(Input("body", "The mail's text", action["body"]),),
    )


def settled(row: Row[Any], title: str, text: str) -> Card:
    """The card after the decision: what it was about, what became of it, and no buttons."""
    fields = (
        Field("From", row.action["sender"]),
        Field("To", ", ".join(row.action["recipients"])),
        Field("Subject", row.action["subject"]),
    )
    return Card(
        id=str(row.id),
        title=plain(title),
        text=plain(text),
        fields=tuple(Field(one.label, plain(one.value)) for one in fields),
    )


def doubt(row: Row[Any], text: str, tokens: Mapping[str, str]) -> Card:
    """A send of which nobody knows whether it happened."""
    card = settled(row, "Did this mail leave?", text)
    return Card(card.id, card.title, card.text, card.fields, _buttons(tokens, (ARRIVED, AGAIN)))


def unsent(row: Row[Any], text: str, tokens: Mapping[str, str]) -> Card:
    """A mail that surely did not leave, though it was approved."""
    card = settled(row, "Not sent", text)
    return Card(card.id, card.title, card.text, card.fields, _buttons(tokens, (AGAIN,)))


def review(
    identity: UUID, listed: Sequence[tuple[Row[Any], Choice]], tokens: Mapping[str, str], hint: str = HOW_TO_LEAVE_OUT
) -> Card:
    """Several mails that wait, each with all of its recipients, its subject and its whole body."""
    parts = [f"{one.label}\n{_marked(row)}\n\n{row.action['body'].strip()}" for row, one in listed]
    return Card(
        id=str(identity),
        title=f"Send these {len(listed)} replies?",
        text=_all_of("\n\n———\n\n".join(parts) + f"\n\n{hint}"),
        buttons=_buttons(tokens, (REVIEW, LEAVE)),
        choices=tuple(Choice(one.name, _all_of(one.label)) for _, one in listed),
    )


def reviewed(identity: UUID, title: str, text: str) -> Card:
    """The card after the press."""
    return Card(id=str(identity), title=plain(title), text=plain(text))


def _marked(row: Row[Any]) -> str:
    """From which address, and which recipients' domains are new."""
    known = set(row.action["known_domains"])
    new = [one for one in row.action["recipients"] if one.rpartition("@")[2] not in known]
    return f"From {row.action['sender']}" + (f" (new address domain: {', '.join(new)})" if new else "")


def follow_up(identity: UUID, text: str, fields: Sequence[Field], tokens: Mapping[str, str]) -> Card:
    """Something that the person wanted to come back to."""
    shown = tuple(Field(one.label, plain(one.value)) for one in fields)
    order = (NUDGE, SNOOZE, DONE) if NUDGE in tokens else (SNOOZE, DONE)
    return Card(str(identity), "Follow-up", plain(text), shown, _buttons(tokens, order))


def difference(before: str, after: str) -> str:
    """What was taken out and what was put in, line by line."""
    head_and_lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0))
    kept = [line for line in head_and_lines[2:] if not line.startswith("@@") and line[1:].strip()]
    return "\n".join(kept) or ("nothing" if before == after else "only white space")


def _all_of(text: str) -> str:
    """Every character of what may leave, even one that says only where a word may be broken."""
    return plain(text.replace("\u00ad", "·"))


def _buttons(tokens: Mapping[str, str], order: Sequence[str]) -> tuple[Button, ...]:
    return tuple(Button(LABELS[action], tokens[action]) for action in order if action in tokens)
