"""What the owner lets Deskhand do by itself, and the record it rests on."""

from __future__ import annotations

from storage.migrations import steps

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """The SQL beside this file."""
    steps.up(__file__)


def downgrade() -> None:
    """The way back, beside this file."""
    steps.down(__file__)
