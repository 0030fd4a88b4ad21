"""Rules in plain words: what is understood is what was meant, and the rest is said not to be."""

from __future__ import annotations

import pytest

from storage.values.errors import Refused
from tools.rules import rule as values
from tools.rules.from_words import rule_from_words
from tools.rules.language import read_rules
from tools.rules.rule import ApplyLabel, AutoReply, CreateTask, Flag, Test
from tools.rules.writing import write_rule

SAID = {
    "when a mail from kiln.example has an attachment, label it Finance": (
        [Test("from_domain", "in", ("kiln.example",)), Test("has_attachment", "equals", value=True)],
        [ApplyLabel("Finance")],
    ),
    "Whenever the subject contains invoice or bill, label it Finance and flag it": (
        [Test("subject", "contains", ("invoice", "bill"))],
        [ApplyLabel("Finance"), Flag("high")],
    ),
    "label mails Finance when they are from bo@kiln.example": (
        [Test("from_domain", "in", ("bo@kiln.example",))],
        [ApplyLabel("Finance")],
    ),
    "if it is a newsletter then mark it as low": ([Test("category", "in", ("newsletter",))], [Flag("low")]),
    "when a mail comes from Bo, answer with the template away": (
        [Test("from", "contains", ("bo",))],
        [AutoReply("away")],
    ),
    "when it is sent to sales@x.org, draft a reply with template sorry": (
        [Test("to", "contains", ("sales@x.org",))],
        [AutoReply("sorry", requires_approval=True)],
    ),
    "when a mail has “terms and conditions” in the subject, remind me in 2 days": (
        [Test("subject", "contains", ("terms and conditions",))],
        [CreateTask("Come back to this mail", "in 2 days")],
    ),
    "when a mail needs me and you are at least 90% sure, flag it": (
        [Test("needs_me", "equals", value=True), Test("confidence", "gte", 0.9)],
        [Flag("high")],
    ),
}


@pytest.mark.parametrize("words", SAID)
def test_what_is_said_is_the_rule(words: str) -> None:
    rule = rule_from_words(words)
    asked, done = SAID[words]
    assert list(values.tests(rule.conditions)) == asked
    assert list(rule.actions) == done
    assert read_rules(write_rule(rule)) == [rule]


@pytest.mark.parametrize(
    ("words", "not_understood"),
    [
        ("when the moon is full, label it X", "the moon is full"),
        ("when a mail is from x.org, dance", "dance"),
        ("when a mail is from x.org, forward it to y@z.org", "forward it to y@z.org"),
        ("label it X", "when the rule should act"),
        ("when it is a telegram, label it X", "a telegram"),
        ("", "when the rule should act"),
        ("when " + "a " * 400, "too long"),
    ],
)
def test_what_is_not_understood_is_named(words: str, not_understood: str) -> None:
    with pytest.raises(Refused, match=not_understood):
        rule_from_words(words)
