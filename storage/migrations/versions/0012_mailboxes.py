"""What a mailbox says of itself: its other addresses, and which one its owner prefers."""

from __future__ import annotations

from storage.migrations import steps

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """The SQL beside this file."""
    steps.up(__file__)


def downgrade() -> None:
    """The way back, beside this file."""
    steps.down(__file__)
