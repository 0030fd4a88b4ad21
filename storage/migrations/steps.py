"""A step of the memory's shape: a frozen SQL file, and beside it the way back."""

from __future__ import annotations

from pathlib import Path

from alembic import op


def up(step: str) -> None:
    """Runs the SQL beside a step's file."""
    _run(Path(step).with_suffix(".sql"))


def down(step: str) -> None:
    """Runs the way back."""
    _run(Path(step).with_suffix(".down.sql"))


def _run(file: Path) -> None:
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(file.read_text(encoding="utf-8"))
