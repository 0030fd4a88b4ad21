"""The language of rules: what is read is what was written, any/all/not keep their laws, and errors name their line."""

from __future__ import annotations

from contextlib import suppress
from typing import Any as Anything
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.values.errors import Refused
from tools.rules.facts import Facts
from tools.rules.fields import FIELDS, OPERATORS
from tools.rules.language import read_rules
from tools.rules.match import RuleBook, holds
from tools.rules.rule import All, Any, ApplyLabel, AutoReply, Condition, CreateTask, Flag, Not, Rule, Test
from tools.rules.writing import write_rule, write_rules

WORDS = (
    "kiln",
    "Ofen",
    "straße",
    "ÉTÉ",
    "order 66",
    "re: ",
    "a.b",
    "ﬁre",
    "日本",
    "it's",
    "yes",
    "3",
    "~",
    "- x",
    "#1",
)
PATTERNS = ("kiln", r"\border\s+\d+", "^re:", "stra(ß|ss)e", "a|b+c")
DOMAINS = ("kiln.example", "x.org", "bo@kiln.example")


@st.composite
def a_test(draw: st.DrawFn) -> Test:
    """Any question that the language knows."""
    field = draw(st.sampled_from(sorted(FIELDS)))
    kind = FIELDS[field].kind
    operator = draw(st.sampled_from(OPERATORS[kind]))
    if kind == "yes_no":
        return Test(field, operator, draw(st.booleans()))
    if kind == "age":
        return Test(field, operator, float(draw(st.integers(0, 400))))
    if kind == "number":
        to = draw(st.sampled_from(["", "an invoice for clay"])) if field == "similarity" else ""
        return Test(field, operator, draw(st.integers(0, 100)) / 100, to)
    choices = PATTERNS if operator == "matches_regex" else DOMAINS if field == "from_domain" else WORDS
    return Test(field, operator, tuple(draw(st.lists(st.sampled_from(choices), min_size=1, max_size=3, unique=True))))


def conditions() -> st.SearchStrategy[Condition]:
    """Trees of them."""

    def joined(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        some = st.lists(parts, min_size=1, max_size=3).map(tuple)
        return st.one_of(some.map(All), some.map(Any), parts.map(Not))

    return st.recursive(a_test(), joined, max_leaves=6)


actions = st.one_of(
    st.sampled_from(["Finance", "Été", "yes", "12", "a: b"]).map(ApplyLabel),
    st.sampled_from(["high", "normal", "low"]).map(Flag),  # type: ignore[arg-type]
    st.builds(AutoReply, st.sampled_from(["away", "5", "no"]), st.booleans()),
    st.builds(CreateTask, st.sampled_from(["Call back", "null", "1"]), st.sampled_from(["tomorrow at 9", "in 3 days"])),
)
rules = st.builds(
    Rule,
    id=st.from_regex(r"[a-z0-9][a-z0-9_-]{0,20}", fullmatch=True),
    name=st.sampled_from(["Invoices", "été: “quoted”", "- x", "null", "1.0"]),
    conditions=conditions(),
    actions=st.lists(actions, min_size=1, max_size=3)
    .filter(lambda some: sum(isinstance(one, AutoReply) for one in some) < 2)
    .map(tuple),
    enabled=st.booleans(),
)


@st.composite
def mails(draw: st.DrawFn) -> Facts:
    """A mail that some of it may fit."""
    texts = {
        name: (" ".join(draw(st.lists(st.sampled_from(WORDS), max_size=3))),)
        for name, field in FIELDS.items()
        if field.kind == "text"
    }
    texts |= {
        "from_domain": (draw(st.sampled_from(DOMAINS[:2])), "bo@kiln.example"),
        "label": ("kiln",),
        "category": ("work",),
    }
    near = {"": 0.5, "an invoice for clay": draw(st.floats(0, 1))}
    return Facts(
        UUID(int=1),
        texts,
        draw(st.floats(0, 1)),
        draw(st.floats(0, 400)),
        draw(st.booleans()),
        draw(st.booleans()),
        near,
    )


def fits(condition: Condition, mail: Facts) -> bool:
    """Whether a rule with this condition takes the mail."""
    return bool(RuleBook([Rule("r", "r", condition, (Flag(),))]).matches(mail))


@settings(deadline=None)
@given(st.lists(rules, min_size=1, max_size=4, unique_by=lambda one: one.id))
def test_what_is_written_is_read_again_as_the_same(some: list[Rule]) -> None:
    normal = read_rules(write_rules(some))  # a lone condition becomes a list of one
    assert [(one.id, one.name, one.actions, one.enabled) for one in normal] == [
        (one.id, one.name, one.actions, one.enabled) for one in some
    ]
    assert read_rules(write_rules(normal)) == normal
    assert read_rules(write_rule(normal[0])) == [normal[0]]


@settings(deadline=None)
@given(conditions(), mails())
def test_what_is_read_again_fits_the_same_mail(condition: Condition, mail: Facts) -> None:
    (again,) = read_rules(write_rule(Rule("r", "r", condition, (Flag(),))))
    assert fits(again.conditions, mail) == fits(condition, mail)


@settings(deadline=None)
@given(conditions(), conditions(), mails())
def test_any_all_and_not_keep_their_laws(one: Condition, other: Condition, mail: Facts) -> None:
    first, second = fits(one, mail), fits(other, mail)
    assert fits(All((one, other)), mail) == (first and second)
    assert fits(Any((one, other)), mail) == (first or second)
    assert fits(Not(one), mail) is not first
    assert fits(Not(Not(one)), mail) == first
    assert fits(Not(All((one, other))), mail) == fits(Any((Not(one), Not(other))), mail)
    assert fits(Not(Any((one, other))), mail) == fits(All((Not(one), Not(other))), mail)


@settings(deadline=None)
@given(st.lists(conditions(), min_size=1, max_size=8), mails())
def test_rules_together_match_as_each_alone_and_in_their_order(some: list[Condition], mail: Facts) -> None:
    book = RuleBook([Rule(f"r{number}", "r", one, (Flag(),)) for number, one in enumerate(some)])
    together = [match.place for match in book.matches(mail)]
    assert together == [number for number, one in enumerate(some) if fits(one, mail)]
    found = book.found(mail)
    assert together == [number for number, one in enumerate(some) if holds(one, mail, found)]


GOOD = """rules:
  - id: a
    conditions:
      - field: subject
        operator: contains
        value: x
    actions:
      - type: flag
"""


@pytest.mark.parametrize(
    ("right", "wrong", "line", "words"),
    [
        ("field: subject", "field: subjekt", 4, "did you mean `subject`"),
        ("operator: contains", "operator: gt", 5, "operator `gt` is unknown"),
        ("operator: contains", "operatr: contains", 5, "did you mean `operator`"),
        ("value: x", "value: ''", 6, "would fit every mail"),
        ("value: x", "value: [a, '\u200b']", 6, "would fit every mail"),
        ("value: x", "value: {a: b}", 6, "must be a list"),
        ("operator: contains\n        value: x", "operator: matches_regex\n        value: '(a'", 6, "not supported by RE2"),
        ("operator: contains\n        value: x", "operator: matches_regex\n        value: '(?=a)'", 6, "not supported by RE2"),
        ("operator: contains\n        value: x", "operator: matches_regex\n        value: 'a|'", 6, "fits every mail"),
        ("type: flag", "type: forward", 8, "the action `forward` is unknown"),
        ("type: flag", "type: flag\n        label: x", 9, "has no `label`"),
        ("type: flag", "type: apply_label", 8, "needs `label`"),
        ("type: flag", "type: auto_reply", 8, "needs `template`"),
        ("id: a", "id: A B", 2, "lower-case"),
        ("id: a", "id: a\n    id: b", 3, "twice"),
        ("- type: flag", "[]", 8, "must"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(right: str, wrong: str, line: int, words: str) -> None:
    assert read_rules(GOOD)
    with pytest.raises(Refused) as refused:
        read_rules(GOOD.replace(right, wrong, 1))
    assert str(refused.value).startswith(f"Line {line}: ")
    assert words in str(refused.value)


@settings(deadline=None)
@given(st.integers(0, 7), st.sampled_from(["field: nonsense", "- [", "%", "\t- a", "type: nonsense", "&a [*a]"]))
def test_a_spoilt_line_is_refused_in_words_and_never_with_a_crash(number: int, spoilt: str) -> None:
    lines = GOOD.splitlines()
    lines[number] = spoilt
    with pytest.raises(Refused):
        read_rules("\n".join(lines))


@settings(deadline=None)
@given(st.text(max_size=300))
def test_whatever_is_given_is_read_or_refused_in_words(text: str) -> None:
    with suppress(Refused):
        read_rules(text)


@pytest.mark.parametrize(
    "bomb",
    [
        "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]",
        "[" * 5_000,
        "rules: " + "x" * 300_000,
        "- " * 3_000,
        GOOD.replace("- field: subject\n        operator: contains\n        value: x", "- " + "not: {" * 40 + "}" * 40),
    ],
)
def test_a_document_that_would_burst_is_refused(bomb: str) -> None:
    with pytest.raises(Refused):
        read_rules(bomb)


def test_the_plans_own_rules_are_read_and_its_traps_are_none() -> None:
    text = """
rules:
  - id: urgent_support_alerts
    name: "Flag urgent support emails"
    trigger: "email_received"
    conditions:
      - field: "subject"
        operator: "contains"
        value: ["URGENT", "critical", "error"]
      - field: "from_domain"
        operator: "in"
        value: ["support@company.com"]
    actions:
      - type: "apply_label"
        label: "urgent"
  - id: auto_reply_newsletters
    conditions:
      - field: "subject"
        operator: "matches_regex"
        value: "newsletter|digest|announcement"
    actions:
      - type: "auto_reply"
        template_id: 5
        requires_approval: true
"""
    book = RuleBook(read_rules(text))
    assert [match.place for match in book.matches(mail(subject="Urgent!", sender="support@company.com"))] == [0]
    assert [match.place for match in book.matches(mail(subject="Urgent!", sender="bo@company.com"))] == []
    assert [match.place for match in book.matches(mail(subject="a|b"))] == []  # the bar alone is no match
    assert [match.place for match in book.matches(mail(subject="Our DIGEST"))] == [1]


def mail(subject: str = "", body: str = "", sender: str = "bo@kiln.example", **more: Anything) -> Facts:
    """A mail."""
    texts = {name: ("",) for name, field in FIELDS.items() if field.kind in ("text", "name")}
    texts |= {
        "subject": (subject,),
        "body": (body,),
        "from": ("Bo", sender),
        "from_domain": (sender.rpartition("@")[2], sender),
    }
    given_ = {"confidence": 0.9, "age": 0.0, "has_attachment": False, "needs_me": False} | more
    return Facts(UUID(int=1), texts, **given_)


@pytest.mark.parametrize(
    "disguise", ["ＲＥＦＵＮＤ", "re\u200bfund", "Refund", "reﬀund".replace("ﬀ", "f"), "re\u00adfund"]
)
def test_neither_capitals_nor_invisible_letters_hide_a_word(disguise: str) -> None:
    test = Test("subject", "contains", ("refund",))
    assert fits(test, mail(subject=f"A {disguise}, please"))
