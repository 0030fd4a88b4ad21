"""Turns "she" into "you" in words meant for her: "her order has shipped" becomes "your order has shipped"."""

from __future__ import annotations

import re

from tools.llm.offline.words import STOP_WORDS

_WORD = re.compile(r"[A-Za-z']+|[^A-Za-z']+")
_SUBJECT = frozenset({"he", "she"})
_OWNED = frozenset({"his", "hers", "her"})
_VERBS = {
    "is": "are", "was": "were", "has": "have", "does": "do", "isn't": "aren't", "wasn't": "weren't", "hasn't": "haven't",
    "doesn't": "don't", "goes": "go",
}  # fmt: skip
_SHORT = {"he's": "you're", "she's": "you're", "he'll": "you'll", "she'll": "you'll", "he'd": "you'd", "she'd": "you'd"}
_UNCHANGED = frozenset(
    "can could will would shall should may might must can't couldn't won't wouldn't shouldn't mustn't always also".split(
        " "
    )
)
_AFTER_OBJECT = frozenset(
    "a an the to for at on in by with about and or but if when that this tomorrow today next again back so as please not".split(
        " "
    )
)
_OPENINGS = STOP_WORDS | frozenset({"yes", "sure", "sorry", "great", "good", "see"})
_CALENDAR = re.compile(
    r"^(?:I|I'\w+|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September|October|November|December)$"
)


def addressed(text: str, own_words: frozenset[str]) -> str:
    """Third-person words about the reader become "you", unless somebody else was named before them."""
    pieces = _WORD.findall(text)
    result: list[str] = []
    verb_next = False
    for position, piece in enumerate(pieces):
        lowered = piece.lower()
        if _names_another(piece, position, own_words):
            return "".join(result + pieces[position:])
        turned, verb_next = _turned(lowered, piece, _next_word(pieces, position), verb_next)
        result.append(turned)
    return "".join(result)


def _turned(lowered: str, piece: str, following: str, verb_next: bool) -> tuple[str, bool]:
    if not piece[0].isalpha():
        return piece, verb_next
    if lowered in _SHORT:
        return _SHORT[lowered], False
    if lowered in _SUBJECT:
        return "you", True
    if lowered == "him" or (lowered == "her" and (not following or following in _AFTER_OBJECT)):
        return "you", False
    if lowered in _OWNED:
        return "yours" if lowered == "hers" else "your", False
    if verb_next and lowered not in _UNCHANGED:
        return _agreeing(piece), False
    return piece, False


def _agreeing(verb: str) -> str:
    lowered = verb.lower()
    if lowered in _VERBS:
        return _VERBS[lowered]
    if lowered.endswith("ies"):
        return verb[:-3] + "y"
    if lowered.endswith(("sses", "shes", "ches", "xes", "zes")):
        return verb[:-2]
    return verb[:-1] if lowered.endswith("s") and not lowered.endswith("ss") else verb


def _next_word(pieces: list[str], position: int) -> str:
    rest = [piece.lower() for piece in pieces[position + 1 : position + 3]]
    if rest and not rest[0].isspace():
        return ""
    return rest[1] if len(rest) > 1 and rest[1][0].isalpha() else ""


def _names_another(piece: str, position: int, own_words: frozenset[str]) -> bool:
    if not piece[:1].isupper() or piece.lower() in own_words or _CALENDAR.match(piece):
        return False
    return position > 0 or piece.lower() not in _OPENINGS
