"""The gates, each alone: of a mail that all of them let pass one thing is otherwise, and just the gate for it says no."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from storage.tables.habits import Habit
from storage.tables.templates import TemplateState
from storage.values.ids import new_id
from tests.fakes.program import OWN, letter
from tools.autoreply.gates import FRESH, GATES, Situation, first_closed, is_silent, judge, threshold
from tools.mail.email import Address
from tools.mail.parse import parse

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TEMPLATE = SimpleNamespace(
    id=new_id(),
    name="away",
    version=1,
    subject="",
    body="Hello {{sender_first_name}}.",
    threshold=None,
    state=TemplateState.APPROVED,
)
ROW = SimpleNamespace(
    category="work", confidence=0.95, sender_address="bo@kiln.example", signals={}, sent_at=NOW - timedelta(hours=1)
)
OPEN = Situation(
    email=parse(letter(at=NOW - timedelta(hours=1))),
    row=ROW,  # type: ignore[arg-type]
    template=TEMPLATE,  # type: ignore[arg-type]
    approver_may=True,
    version=None,
    rule_on=True,
    habit=Habit(enable_auto_replies=True),
    me=Address("Ana Sousa", OWN),
    own=frozenset([OWN]),
    zone="UTC",
    used=0,
    earlier=None,
    answers_us=False,
    answered=False,
    at=NOW,
)


def _row(**values: Any) -> Any:
    return SimpleNamespace(**vars(ROW) | values)


def _template(**values: Any) -> Any:
    return SimpleNamespace(**vars(TEMPLATE) | values)


def _habit(**values: Any) -> Habit:
    return replace(OPEN.habit, **values)


def _mail(**heads: Any) -> Any:
    return parse(letter(at=NOW - timedelta(hours=1), **heads))


ELSEWHERE = replace(_mail(), reply_to=Address("", "eve@evil.example"))

CLOSED: dict[str, tuple[str, dict[str, Any]]] = {
    "a machine's address": (
        "written by a person",
        {"email": _mail(sender="News <no-reply@kiln.example>"), "row": _row(sender_address="no-reply@kiln.example")},
    ),
    "an answer to an auto-reply": ("written by a person", {"answers_us": True}),
    "not sorted yet": ("kind of mail", {"row": _row(category=None)}),
    "a newsletter": ("kind of mail", {"row": _row(category="newsletter")}),
    "no such template": ("template approved", {"template": None}),
    "a draft of a template": ("template approved", {"template": _template(state=TemplateState.DRAFT)}),
    "an approval taken back": ("template approved", {"template": _template(state=TemplateState.REVOKED)}),
    "an approver who may not any more": ("template approved", {"approver_may": False}),
    "another version than was shown": ("template approved", {"version": new_id()}),
    "a rule that is off": ("template approved", {"rule_on": False}),
    "an unsure sorting": ("confidence", {"row": _row(confidence=0.84)}),
    "no confidence at all": ("confidence", {"row": _row(confidence=None)}),
    "less sure than the owner wants": ("confidence", {"habit": _habit(threshold=0.96)}),
    "less sure than the template wants": ("confidence", {"template": _template(threshold=0.96)}),
    "the day's last one taken": ("daily limit", {"used": 10}),
    "a limit of none": ("daily limit", {"habit": _habit(max_daily_replies=0)}),
    "nobody switched it on": ("opted in", {"habit": _habit(enable_auto_replies=False)}),
    "a sensitive text": ("sensitive topic", {"email": _mail(text="My lawyer will write to you.")}),
    "a sensitive subject": ("sensitive topic", {"email": _mail(subject="Complaint")}),
    "a word of the owner's own": ("sensitive topic", {"habit": _habit(sensitive_added=("thursday",))}),
    "answered lately": ("once only", {"earlier": SimpleNamespace(recipient="bo@kiln.example")}),
    "answers asked for elsewhere": ("recipient", {"email": ELSEWHERE}),
    "another sender than was sorted": ("recipient", {"row": _row(sender_address="eve@evil.example")}),
    "a sender who is not proven": ("recipient", {"row": _row(signals={"unproven": True})}),
    "the owner has answered": ("still fitting", {"answered": True}),
    "too old": ("still fitting", {"row": _row(sent_at=NOW - FRESH - timedelta(seconds=1))}),
    "no name to fill in": ("fields", {"email": _mail(sender="bo@kiln.example")}),
}


def test_a_fitting_mail_passes_every_gate() -> None:
    assert [one.passed for one in judge(OPEN)] == [True] * len(GATES)
    assert first_closed(judge(OPEN)) is None


@pytest.mark.parametrize("what", CLOSED)
def test_one_thing_that_is_otherwise_closes_its_own_gate(what: str) -> None:
    gate, change = CLOSED[what]
    closed = [one for one in judge(replace(OPEN, **change)) if not one.passed]
    assert gate in [one.name for one in closed]
    assert {one.name for one in closed} <= {gate, "fields"}, "what is missing to one may be missing to the text too"
    assert all(one.reason for one in closed)


def test_every_gate_is_shown_to_close() -> None:
    assert {gate for gate, _ in CLOSED.values()} == {name for name, _ in GATES}


def test_only_what_no_person_wrote_is_passed_over_in_silence() -> None:
    silent = {gate for gate, change in CLOSED.values() if is_silent(judge(replace(OPEN, **change)))}
    assert silent == {"written by a person", "kind of mail"}


@pytest.mark.parametrize(
    ("own", "wanted", "needed"),
    [(0.5, None, 0.85), (0.5, 0.5, 0.85), (0.9, None, 0.9), (0.9, 0.95, 0.95), (1.0, 0.9, 1.0)],
)
def test_the_floor_can_be_raised_and_never_lowered(own: float, wanted: float | None, needed: float) -> None:
    assert threshold(replace(OPEN, habit=_habit(threshold=own), template=_template(threshold=wanted))) == needed
