"""Flags: what a rule's `flag` puts on a mail. At the provider it is a label, so that other programs show it too."""

from __future__ import annotations

from collections.abc import Sequence

from tools.rules.rule import Priority

LABELS: dict[Priority, str] = {"high": "High priority", "normal": "Flagged", "low": "Low priority"}


def flag_of(labels: Sequence[str]) -> Priority | None:
    """How a mail with these labels is flagged."""
    return next((priority for priority, label in LABELS.items() if label in labels), None)
