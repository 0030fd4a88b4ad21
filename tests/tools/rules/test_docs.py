"""docs/rules.md: every field, operator, action, gate and topic stands there, and its example is a rule."""

from __future__ import annotations

import re
from pathlib import Path

from tools.autoreply.gates import GATES
from tools.autoreply.sensitive import topic_names
from tools.rules.fields import FIELDS, OPERATOR_HELP, OPERATORS
from tools.rules.language import ACTIONS, read_rules
from tools.templates.template import FIELDS as PLACES

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "rules.md").read_text("utf-8")


def test_every_word_of_the_language_is_explained() -> None:
    rows = [
        f"| `{name}` | {one.help} | {', '.join(f'`{word}`' for word in OPERATORS[one.kind])} |"
        for name, one in FIELDS.items()
    ]
    rows += [f"| `{name}` | {words} |" for name, words in {**OPERATOR_HELP, **PLACES}.items()]
    assert [row for row in rows if row not in PAGE] == []
    assert [name for name in ACTIONS if f"| `{name}` |" not in PAGE] == []


def test_the_gates_stand_there_in_their_order() -> None:
    assert re.findall(r"^\d+\. (.+)$", PAGE, re.MULTILINE) == [name for name, _ in GATES]
    assert ", ".join(topic_names()) in PAGE.replace("\n", " ")


def test_the_example_is_a_rule() -> None:
    (example,) = re.findall(r"```yaml\n(.+?)```", PAGE, re.DOTALL)
    assert [rule.id for rule in read_rules(example)] == ["clay_invoices"]
