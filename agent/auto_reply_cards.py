"""The cards of auto-replies: what leaves soon, what was held back, and what became of it, each with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Row

from agent.chat import Button, Card, Field
from storage.tables.auto_replies import AutoReplyState
from tools.inbox.show import moment, plain

STOP_REPLY, DRAFT_REPLY, LEAVE_REPLY, WHY = "stop_reply", "draft_reply", "leave_reply", "why_reply"

_LABELS = {STOP_REPLY: "Do not send", DRAFT_REPLY: "Draft a reply", LEAVE_REPLY: "Leave it", WHY: "Why?"}

BUTTONS_FOR = {AutoReplyState.WAITING: (STOP_REPLY, WHY), AutoReplyState.HELD: (DRAFT_REPLY, LEAVE_REPLY, WHY)}
"""The states of which a person hears at once, and what they can press."""

_TITLES = {
    AutoReplyState.WAITING: "An auto-reply is about to leave",
    AutoReplyState.LEAVING: "An auto-reply is being sent",
    AutoReplyState.SENT: "Auto-reply sent",
    AutoReplyState.HELD: "A reply needs you",
    AutoReplyState.SILENT: "Not answered",
    AutoReplyState.CANCELLED: "Auto-reply not sent",
    AutoReplyState.DRAFTED: "A reply was drafted for you",
}


def of(row: Row[Any], zone: str, tokens: Mapping[str, str]) -> Card:
    """The card of an auto-reply as it stands: all of what leaves, to whom, by which rule and template, and when."""
    state = AutoReplyState(row.state)
    version = f" v{row.template_version}" if row.template_version else ""
    fields = [
        Field("From", row.sender),
        Field("To", row.recipient),
        Field("Rule", row.rule_name),
        Field("Template", f"{row.template_name}{version}"),
    ]
    if row.subject:
        fields.insert(2, Field("Subject", row.subject))
    if state == AutoReplyState.WAITING:
        fields.append(Field("Leaves", moment(row.due_at, zone)))
    else:
        fields.append(Field("Because", row.reason))
    order = BUTTONS_FOR.get(state, ())
    return Card(
        id=str(row.id),
        title=_TITLES[state],
        text=plain(row.body) or "There is no text that could be sent.",
        fields=tuple(Field(one.label, plain(one.value)) for one in fields),
        buttons=tuple(Button(_LABELS[one], tokens[one]) for one in order if one in tokens),
    )


def verdicts(row: Row[Any]) -> str:
    """Each gate's verdict, a line each."""
    lines = [f"{'✓' if one['passed'] else '✗'} {one['gate']}: {one['reason']}" for one in row.gates]
    return plain("\n".join(lines) or row.reason)
