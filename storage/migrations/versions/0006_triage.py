"""What triage knows of a mail, and what it learned from corrections."""

from __future__ import annotations

from storage.migrations import steps

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """The SQL beside this file."""
    steps.up(__file__)


def downgrade() -> None:
    """The way back, beside this file."""
    steps.down(__file__)
