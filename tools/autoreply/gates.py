"""The gates: in order, each with its reason. They are plain questions about a situation, so that they can be asked twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.engine import Row

from storage.tables.habits import Habit
from storage.tables.templates import TemplateState
from storage.values.errors import Refused
from tools.autoreply.loops import why_not_answered
from tools.autoreply.sensitive import sensitive_topic
from tools.inbox.classify import CATEGORIES
from tools.inbox.signals import Signals
from tools.mail.email import Address, Email
from tools.templates.render import Rendered, render

FLOOR = 0.85
"""The plan's number. An owner and a template may ask for more, never for less."""

FRESH = timedelta(days=2)
"""Older mail is not answered unattended: whoever wrote it does not wait for a machine any more."""

UNANSWERED = frozenset(CATEGORIES) - {"work", "personal"}
"""Categories of mail that no person wrote to this one. One of the owner's own making is as they say."""


@dataclass(frozen=True)
class Situation:
    """Everything that the gates look at."""

    email: Email
    """The mail as its mailbox holds it now."""
    row: Row[Any]
    template: Row[Any] | None
    """The newest version of the template that the rule names; None when there is none of that name."""
    approver_may: bool
    """Who approved it may still do so."""
    version: Any
    """The version that the answer was made from; None when it is being made now."""
    rule_on: bool
    habit: Habit
    me: Address
    own: frozenset[str]
    zone: str
    used: int
    """Replies of this day that were taken before this one."""
    earlier: Row[Any] | None
    """An auto-reply that this sender or this thread had lately."""
    answers_us: bool
    """The mail answers something that was sent automatically."""
    answered: bool
    """The owner has answered it, or has written in its thread since."""
    at: datetime


@dataclass(frozen=True)
class Gate:
    """What one gate said."""

    name: str
    passed: bool
    reason: str

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"gate": self.name, "passed": self.passed, "reason": self.reason}


def judge(now: Situation) -> list[Gate]:
    """Every gate's verdict, in order. Only if all have passed may anything leave; the first that did not is the reason."""
    return [Gate(name, *ask(now)) for name, ask in GATES]


def first_closed(gates: list[Gate]) -> Gate | None:
    """The gate that says no, the first of several."""
    return next((one for one in gates if not one.passed), None)


def is_silent(gates: list[Gate]) -> bool:
    """Whether nobody is to be bothered with it: a machine, a list, bulk mail, or oneself is not answered by anyone."""
    return any(one.name in SILENT and not one.passed for one in gates)


def threshold(now: Situation) -> float:
    """How sure the sorting must be."""
    own = now.template.threshold if now.template is not None and now.template.threshold is not None else FLOOR
    return max(FLOOR, now.habit.threshold, own)


def filled(now: Situation) -> Rendered:
    """The answer. Refused when a field cannot be filled."""
    if now.template is None:
        raise Refused("There is no template of that name.")
    return render(now.template.subject, now.template.body, now.email, now.me, now.zone)


Verdict = tuple[bool, str]


def _written_by_a_person(now: Situation) -> Verdict:
    why = why_not_answered(now.email, now.own)
    if not why and now.answers_us:
        why = "it answers something that was sent automatically"
    return (not why, why or "a person wrote it to you")


def _kind(now: Situation) -> Verdict:
    category = now.row.category or "nothing yet"
    if now.row.category and category not in UNANSWERED:
        return True, f"it is {category} mail"
    return False, f"it was sorted as {category}, and such mail is not answered"


def _template_approved(now: Situation) -> Verdict:
    if now.template is None:
        return False, "there is no template of that name"
    name = f"template {now.template.name} v{now.template.version}"
    if now.version is not None and now.template.id != now.version:
        return False, f"{name} replaced the version that the answer was made from"
    if not now.rule_on:
        return False, "the rule was switched off or changed"
    approved = now.template.state == TemplateState.APPROVED
    if approved and not now.approver_may:
        return False, f"{name} was approved by somebody who may not approve any more"
    return approved, f"{name} is approved" if approved else f"{name} is not approved for sending without a click"


def _confident(now: Situation) -> Verdict:
    found, needed = now.row.confidence or 0.0, threshold(now)
    return found >= needed, f"the sorting is {found:.2f} sure; {needed:.2f} is needed"


def _within_limit(now: Situation) -> Verdict:
    limit = now.habit.max_daily_replies
    return now.used < limit, f"{now.used} of {limit} auto-replies of today were used before"


def _opted_in(now: Situation) -> Verdict:
    on = now.habit.enable_auto_replies
    return (
        on,
        "you have switched auto-replies on" if on else "auto-replies are switched off; /autoreply on switches them on",
    )


def _not_sensitive(now: Situation) -> Verdict:
    texts = (now.email.subject, now.email.text, *(one.name for one in now.email.attachments))
    topic = sensitive_topic(texts, now.habit.sensitive_added, now.habit.sensitive_removed)
    if topic is None:
        return True, "no sensitive topic was found"
    return False, f"it is about a sensitive topic: {topic.name} (“{topic.word}”)"


def _once(now: Situation) -> Verdict:
    if now.earlier is None:
        return True, f"this sender had no auto-reply in {now.habit.days_between} days, and this thread none at all"
    return False, f"an auto-reply went to {now.earlier.recipient} already, in this thread or lately"


def _to_the_sender(now: Situation) -> Verdict:
    sender = now.email.sender.address if now.email.sender else ""
    if now.email.reply_to and now.email.reply_to.address not in ("", sender):
        return False, f"it asks for answers to {now.email.reply_to.address}, which is not who sent it"
    if sender != now.row.sender_address:
        return False, "the mail in the mailbox names another sender than the one that was read"
    if Signals.from_json(now.row.signals).unproven:
        return False, f"the receiving server could not prove that it is from {sender}"
    return bool(sender), f"the answer goes to {sender} only"


def _fresh(now: Situation) -> Verdict:
    if now.answered:
        return False, "you have answered it, or it was followed by another mail in its thread"
    old = now.row.sent_at < now.at - FRESH
    return not old, "it is older than two days" if old else "it is fresh and nobody has answered"


def _fields(now: Situation) -> Verdict:
    try:
        filled(now)
    except Refused as error:
        return False, str(error)
    return True, "every field of the template is filled from the mail's headers"


GATES: tuple[tuple[str, Callable[[Situation], Verdict]], ...] = (
    ("written by a person", _written_by_a_person),
    ("kind of mail", _kind),
    ("template approved", _template_approved),
    ("confidence", _confident),
    ("daily limit", _within_limit),
    ("opted in", _opted_in),
    ("sensitive topic", _not_sensitive),
    ("once only", _once),
    ("recipient", _to_the_sender),
    ("still fitting", _fresh),
    ("fields", _fields),
)
"""In the order in which they are asked. docs/rules.md lists them from here."""

SILENT = frozenset(("written by a person", "kind of mail"))
