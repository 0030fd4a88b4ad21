"""Rules, templates, and what they did."""

from __future__ import annotations

from storage.migrations import steps

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """The SQL beside this file."""
    steps.up(__file__)


def downgrade() -> None:
    """The way back, beside this file."""
    steps.down(__file__)
