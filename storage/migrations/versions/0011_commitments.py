"""What was promised, by whom, and how the owner writes."""

from __future__ import annotations

from storage.migrations import steps

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """The SQL beside this file."""
    steps.up(__file__)


def downgrade() -> None:
    """The way back, beside this file."""
    steps.down(__file__)
