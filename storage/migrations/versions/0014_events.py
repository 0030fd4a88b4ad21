"""How often an event was taken up, and no words of one that was answered."""

from __future__ import annotations

from storage.migrations import steps

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """The SQL beside this file."""
    steps.up(__file__)


def downgrade() -> None:
    """The way back, beside this file."""
    steps.down(__file__)
