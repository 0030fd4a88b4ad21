"""How much a person wants to be told at once: what is urgent, everything that waits, or nothing before the digest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SETTING = "tell"
URGENT, ALL, NOTHING = "urgent", "all", "nothing"

WORDS = {
    URGENT: "I tell you at once of urgent mail only; the rest waits for the digest.",
    ALL: "I tell you at once of every mail that waits for you.",
    NOTHING: "I tell you of no mail at once; all of it waits for the digest.",
}
"""What is said of each."""


def how_told(settings: Mapping[str, Any]) -> str:
    """What the person chose; unless they did, what is urgent."""
    chosen = settings.get(SETTING)
    return chosen if chosen in WORDS else URGENT
