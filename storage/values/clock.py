"""The time: always aware, always UTC. A person's zone is used to read their words and to show them times, nowhere else."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware and in UTC."""
    return datetime.now(UTC)
