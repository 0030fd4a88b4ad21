"""What Outlook's push needs."""

from __future__ import annotations

from storage.migrations import steps

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """The SQL beside this file."""
    steps.up(__file__)


def downgrade() -> None:
    """The way back, beside this file."""
    steps.down(__file__)
