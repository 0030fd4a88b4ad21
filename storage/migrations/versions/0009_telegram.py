"""Telegram has no forms: what a card's form asks for, and the dialogs that ask it step by step."""

from __future__ import annotations

from storage.migrations import steps

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """The SQL beside this file."""
    steps.up(__file__)


def downgrade() -> None:
    """The way back, beside this file."""
    steps.down(__file__)
