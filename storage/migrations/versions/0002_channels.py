"""One person on many channels: link codes, and where each card is shown."""

from __future__ import annotations

from storage.migrations import steps

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """The SQL beside this file."""
    steps.up(__file__)


def downgrade() -> None:
    """The way back, beside this file."""
    steps.down(__file__)
