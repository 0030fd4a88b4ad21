"""A label inside an utterance: "labelled Finance", "in Travel", "my Finance mails"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from tools.llm.offline.facts import Facts
from tools.llm.offline.said import Said


@dataclass(frozen=True)
class Found:
    """A name and the stretch of the utterance it was said in."""

    name: str
    start: int
    end: int


_SAID_LABEL = re.compile(
    r"""\b(?:(?:which\ |that\ )?(?:(?:is|are|have\ been|has\ been|were|i|i've|you|we)\ )*(?:labell?ed|tagged|marked|filed|categori[sz]ed|classified)\ (?:as\ |with\ |under\ |in\ )?
      | (?:with|under|having|has|have|carrying|in|by|wearing)\ (?:the\ |a\ |my\ )?(?:label|tag|folder|category)\ (?:of\ |called\ |named\ )?
      | label\s*[:=]\s*|tag\s*[:=]\s*|label\ (?=\S+$) )(?:the\ )?["']?(?P<l>[\w&/+-]+)["']?(?:\ (?:label|tag|folder))?""",
    re.VERBOSE,
)
_BEFORE_NOUN = re.compile(
    r"""\b(?:(?:with|under|in|from|having|has|have|carrying|wearing|of)\ )?(?:(?:the|my|a)\ )?["']?(?P<l>[\w&/+-]+)["']?\ (?:label|tag|folder|category)\b""",
    re.VERBOSE,
)
_NO_LABEL = frozenset("the a an my no any what which as with under in it this that label new".split())


def named_label(said: Said, facts: Facts) -> Found | None:
    """The label that mails should carry to be found."""
    if known := _known_in_place(said, facts):
        return known
    for form in (_SAID_LABEL, _BEFORE_NOUN):
        match = form.search(said.norm)
        if match and match["l"] not in _NO_LABEL:
            name = spelled(said.words(*match.span("l")), facts)
            return Found(name, *match.span())
    return None


def _known_in_place(said: Said, facts: Facts) -> Found | None:
    """A known label where a label can stand: "in Travel", "Finance mails", "labelled Work Trips"."""
    for label in sorted(facts.labels, key=len, reverse=True):
        name = re.escape(label.lower())
        form = re.compile(
            rf"""(?:\b(?:labell?ed|tagged|marked|filed|categori[sz]ed)\ (?:as\ |with\ |under\ |in\ )?|\b(?:in|under|inside|within|with)\ (?:the\ |my\ )?(?:label\ |tag\ |folder\ )?
              |\b(?:label|tag|folder)\s*[:=]?\s*)["']?{name}\b["']?(?:\ (?:label|tag|folder|category)\b)?(?!\s+attach)
              | (?:\bthe\ |\bmy\ )?\b{name}\ (?:label|tag|folder|category)\b | (?<=\banything\ ){name}\b | (?<=\beverything\ ){name}\b
              | (?<=\ ){name}(?=\ (?:e?-?mails?|messages?|inbox|stuff|threads?)\b) | ^{name}(?=\ (?:e?-?mails?|messages?|stuff|threads?)\b) | ^(?:my\ )?{name}$""",
            re.VERBOSE,
        )
        if match := form.search(said.norm):
            return Found(label, *match.span())
    return None


def spelled(name: str, facts: Facts) -> str:
    """The known label that `name` means ("finace" is Finance), or `name` itself: a new label."""
    cleaned = name.strip(" \"'.,;:!?")
    lowered = {label.casefold(): label for label in facts.labels}
    if cleaned.casefold() in lowered:
        return lowered[cleaned.casefold()]
    near = process.extractOne(cleaned.casefold(), list(lowered), scorer=fuzz.ratio, score_cutoff=82)
    return lowered[near[0]] if near else cleaned


def label_mentions(said: Said, facts: Facts) -> list[Found]:
    """Every known label in the utterance, whatever stands around it, in order."""
    found = []
    for label in facts.labels:
        for match in re.finditer(rf"(?<![\w-]){re.escape(label.lower())}(?![\w-])", said.norm):
            found.append(Found(label, *match.span()))
    return sorted(found, key=lambda mention: mention.start)
