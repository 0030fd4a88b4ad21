"""Days and moments inside an utterance, as tools/followups/when.py reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tools.followups.when import find_when, period
from tools.llm.offline.facts import Facts
from tools.llm.offline.said import Said

_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_BARE = re.compile(rf"(?:the\s+)?(?:{_MONTHS}|(?:mon|tues|wednes|thurs|fri|satur|sun)day)(?:'s)?$")
_POINTING = re.compile(
    r"\b(?:in|on|from|since|during|last|this|next|until|till|before|after|between|through|by|back|past|of)\s*(?:the\s+)?$"
)
_LEAD = re.compile(r"(?:\b(?:from|since|in|on|during|over|within|for|of|at|by|dated|received|sent|back|around)\s+)+$")
_AT = re.compile(r"(?:\b(?:on|at|by|in|until|till|til|for|around|come|before)\s+)+$")


@dataclass(frozen=True)
class Stretch:
    """Days: ISO dates ("" when open), `until` exclusive, and where in the utterance they were said."""

    since: str
    until: str
    start: int
    end: int


def stretch(said: Said, facts: Facts) -> Stretch | None:
    """The days an utterance speaks of; a bare "March" or "Friday" beside a noun is a topic, not a stretch of days."""
    found = period(said.norm, facts.now, facts.zone)
    if found is None:
        return None
    spoken = said.norm[found.start : found.end].strip()
    if _BARE.match(spoken) and not _POINTING.search(said.norm[: found.start]):
        return None
    lead = _LEAD.search(said.norm[: found.start])
    since = found.since.isoformat() if found.since else ""
    until = found.until.isoformat() if found.until else ""
    return Stretch(since, until, lead.start() if lead else found.start, found.end)


@dataclass(frozen=True)
class Moment:
    """A point in time in the person's words, and the part of the utterance to strike out."""

    words: str
    start: int
    end: int


def moment(said: Said, facts: Facts) -> Moment | None:
    """The point in time an utterance names."""
    found = find_when(said.norm, facts.now, facts.zone)
    if found is None:
        return None
    lead = _AT.search(said.norm[: found.start])
    spoken = said.mended(found.start, found.end)
    return Moment(
        re.sub(
            r"^(?:(?:on|at|by|until|till)\s+|for\s+(?=.*\bfrom now$)|for\s+(?!an?\b|\d+\s+(?:min|hour|day|week|month)))",
            "",
            spoken,
        ),
        lead.start() if lead else found.start,
        found.end,
    )
