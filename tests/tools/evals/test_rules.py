"""The scorecard of rules: what is not understood is refused, and one pass finds what each condition finds by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.evals.rules import run


@pytest.mark.needs_data
def test_rules_on_the_shared_mail_are_as_true_in_one_pass_as_one_by_one(data: Path) -> None:
    card = run(data)
    assert card.figures["one pass differs from one by one"] == 0
    assert float(card.figures["understood as meant"]) >= 0.9
    assert float(card.figures["refused in words"]) == 1.0
    misread = [one for one in card.cases if not one["right"] and one["found"]]
    assert misread == []  # what is not understood is refused, never guessed
