"""undo: "undo", "undo 3", "undo everything since 9", "put that back"."""

from __future__ import annotations

import re
from typing import Any

from tools.llm.offline.facts import Facts
from tools.llm.offline.reading import Reading
from tools.llm.offline.said import Said
from tools.llm.offline.words import NUMBER_WORDS, ORDINALS

TOOL = "undo"

_HEAD = re.compile(
    r"^(?:un-?do|revert|roll\s?back|roll (?:it|that|this|everything) back|reverse|rewind|take (?:it|that|this|them|everything|all (?:of )?(?:it|that)) back|take back|put (?:it|that|this|them|everything|things) back"
    r"|set (?:it|that|things|everything) back|change (?:it|that|everything) back|go back|step back|back ?track|restore|cancel (?:that|what you|what i|my last|the last|the previous|that last|your last|last)|reset)\b"
)
_REGRET = re.compile(
    r"^(?:oops|whoops|my bad|no wait|wait no|never ?mind(?:,? undo)?|that was (?:wrong|a mistake|not right|an error|not what i (?:meant|wanted))|(?:i|that) (?:didn't|did not) (?:mean|want) (?:that|to)|wrong one|that's (?:wrong|not what i (?:meant|wanted))"
    r"|i made a mistake|i take (?:that|it) back|forget what (?:you|i) just did)\b"
)
_ASIDE = re.compile(
    r"\bun-?do\b|\b(?:revert|reverse|roll ?back)\b (?:it|that|this|the|my|your|all|everything|what)\b|\b(?:back (?:to )?(?:how|the way|as) (?:it|they|things) (?:was|were))\b|\btake (?:that|it) back\b"
)
_SINCE = re.compile(r"\b(?P<w>since|after|from)\s+(?P<t>(?!the (?:last|list))\S.*)$")
_DONE_ON = re.compile(
    r"\b(?:everything|all|all of it|whatever|anything|what)\b.*?\b(?P<t>(?:today|yesterday|this (?:morning|afternoon|evening|week)|tonight|in the last .+|last .+))$"
)
_NUMBER = re.compile(
    rf"^(?:the |my |action |step |number |no\.? |nr\.? |#|item |receipt |change |entry |with )*(?P<n>\d+|{'|'.join(NUMBER_WORDS)}|{'|'.join(ORDINALS)}|\d+(?:st|nd|rd|th))\b(?! (?:last|things|steps|actions|changes|ones))(?: (?:one|action|step|change|item|receipt|thing))?$"
)
_STEPS = re.compile(rf"^(?:by )?(?P<n>\d+|{'|'.join(NUMBER_WORDS)}|a) (?:steps?|actions?|changes?|things?|times)\b")
_FEW = re.compile(
    rf"\b(?:last|previous|past|latest|recent) (?P<n>\d+|{'|'.join(NUMBER_WORDS)})\b|\b(?P<m>\d+|{'|'.join(NUMBER_WORDS)}) (?:most recent|last|latest|previous)\b"
)
_ALL = re.compile(r"\b(?:everything|all(?: of (?:it|that|them))?|the lot)\b")


def claim(said: Said, facts: Facts) -> Reading | None:
    """Whether this takes back something that was done."""
    if head := _HEAD.match(said.norm):
        rest = said.part(head.end()) if head.end() < len(said.norm) else None
        if (
            rest is not None
            and re.match(r"^(?:to|the (?:file|document|word))\b", rest.norm)
            and said.norm.startswith(("go", "change"))
        ):
            return None
        certain = 0.97 if re.match(r"^(?:un-?do|revert|roll|reverse|take|put|set|rewind|cancel)", said.norm) else 0.75
        return Reading(TOOL, {"which": _which(rest)}, certain)
    if _REGRET.match(said.norm):
        return Reading(
            TOOL, {"which": _which(said)}, 0.9 if _ASIDE.search(said.norm) or len(said.norm.split()) <= 6 else 0.5
        )
    if _ASIDE.search(said.norm):
        return Reading(TOOL, {"which": _which(said)}, 0.7)
    return None


def fill(said: Said, facts: Facts) -> dict[str, Any]:
    """Which actions; the last one when nothing else was said."""
    reading = claim(said, facts)
    return reading.arguments if reading else {"which": _which(said)}


def _which(rest: Said | None) -> str:
    if rest is None:
        return "last"
    if since := _SINCE.search(rest.norm):
        return "since " + re.sub(r"^(?:at|about|around) ", "", rest.mended(*since.span("t")))
    if day := _DONE_ON.search(rest.norm):
        return "since " + rest.mended(*day.span("t"))
    if stepped := _STEPS.match(rest.norm):
        count = _digits(stepped["n"])
        return "last" if count == "1" else count
    if number := _NUMBER.match(rest.norm):
        return _digits(number["n"])
    if few := _FEW.search(rest.norm):
        return _digits(few["n"] or few["m"])
    return "all" if _ALL.search(rest.norm) else "last"


def _digits(word: str) -> str:
    value = {"a": 1, **NUMBER_WORDS}.get(word) or ORDINALS.get(word)
    return str(value) if value else re.sub(r"\D", "", word)
