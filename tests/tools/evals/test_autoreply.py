"""The scorecard of auto-replies on the shared mail: zero of every kind that must not be answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.evals.autoreply import run


@pytest.mark.needs_data
def test_no_machine_no_list_no_noreply_and_no_own_address_of_the_shared_mail_is_answered(data: Path) -> None:
    figures = run(data).figures
    answered = {name: figure for name, figure in figures.items() if name.endswith(": answered")}
    assert len(answered) == 5
    assert set(answered.values()) == {0}
    assert float(figures["mail of people that may be answered"]) >= 0.85
    assert float(figures["sensitive mails held"]) >= 0.75
