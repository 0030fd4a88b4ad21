"""How far a job is, what an answer cost and what people thought of it."""

from __future__ import annotations

from storage.migrations import steps

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """The SQL beside this file."""
    steps.up(__file__)


def downgrade() -> None:
    """The way back, beside this file."""
    steps.down(__file__)
