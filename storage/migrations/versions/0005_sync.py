"""What sync remembers of each folder."""

from __future__ import annotations

from storage.migrations import steps

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """The SQL beside this file."""
    steps.up(__file__)


def downgrade() -> None:
    """The way back, beside this file."""
    steps.down(__file__)
