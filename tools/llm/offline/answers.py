"""Takes an answer to the brain's own question: "the first", "Finance", "Tuesday 9am"."""

from __future__ import annotations

import re

from tools.llm.offline.decide import Call, Decision, in_words
from tools.llm.offline.reading import Reading

_FIRST = re.compile(r"^(?:(?:the )?(?:first|1st|former)(?: one)?|1|one|a|yes|yep|yeah)[\s.!]*$")
_SECOND = re.compile(r"^(?:(?:the )?(?:second|2nd|latter|other)(?: one)?|2|two|b|no)[\s.!]*$")
_NEITHER = re.compile(r"^(?:neither|none|no|nothing|never ?mind|cancel|forget it|stop)\b")
_LEAD = re.compile(r"^(?:(?:as|under|with|at|on|make it|let's say|say|please|the)\s+)+", re.IGNORECASE)
_SLOTS = {"label_email": "label", "schedule_follow_up": "when", "forget": "query"}
_LONGEST = 8
"""Words; a longer utterance is a request of its own, not an answer."""


def completed(asked: Decision, text: str, alone: Decision, allowed: frozenset[str]) -> Decision:
    """The earlier request with this answer put in; `alone` (the words by themselves) when it is no answer."""
    words = text.strip().rstrip(".!?").lower()
    if len(words.split()) > _LONGEST or (_NEITHER.match(words) and len(asked.candidates) == 1):
        return alone
    two = len(asked.candidates) == 2
    chosen = _chosen(asked.candidates, words) if two else _with_slot(asked.candidates[0], text, alone)
    return Decision((Call(chosen.tool, chosen.arguments),)) if chosen and chosen.tool in allowed else alone


def _chosen(candidates: tuple[Reading, ...], words: str) -> Reading | None:
    if _FIRST.match(words):
        return candidates[0]
    if _SECOND.match(words):
        return candidates[1]
    named = set(re.findall(r"[a-z]+", words)) - {"the", "it", "a", "to", "please", "for", "as"}
    hits = [len(named & set(re.findall(r"[a-z]+", in_words(reading).lower()))) for reading in candidates]
    if max(hits) == 0 or hits[0] == hits[1]:
        return None
    return candidates[hits.index(max(hits))]


def _with_slot(reading: Reading, text: str, alone: Decision) -> Reading | None:
    """The missing argument filled, unless the words are clearly another request."""
    if any(call.tool not in (reading.tool, "search_inbox", "read_email") for call in alone.calls):
        return None
    slot = _SLOTS[reading.tool]
    value = _LEAD.sub("", text.strip()).strip(" .!?\"'")
    return Reading(reading.tool, {**reading.arguments, slot: value}) if value else None
