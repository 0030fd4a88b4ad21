"""What people call a mail: "2", "the second one", "the last two", "it", "all of them", "Ana's mail about the invoice"."""

from __future__ import annotations

import re

from tools.llm.offline.facts import Facts
from tools.llm.offline.said import Said
from tools.llm.offline.words import MAIL_NOUNS, NUMBER_WORDS, ORDINALS, content_words

_NOUN = r"(?:e?-?mails?|messages?|threads?|ones?|items?|entr(?:y|ies)|results?|letters?|conversations?|hits?|lines?)"
_ORDINAL_WORDS = "|".join(ORDINALS)
_NUMBER_WORDS = "|".join(NUMBER_WORDS)
NUMBER = rf"(?:(?:{_NOUN}|numbers?|nos?\.?|nrs?\.?|num|#)\s*)*(?:#\s*)?(?:\d{{1,3}}\b(?!\s*[-/.:]?\d)(?!(?:st|nd|rd|th|am|pm|h)\b)|(?:{_NUMBER_WORDS})\b)"
ORDINAL = rf"(?:(?:the|my|that|this|your)\s+)?(?:very\s+)?(?:{_ORDINAL_WORDS}|\d{{1,2}}(?:st|nd|rd|th))(?:\s+{_NOUN})?(?:\s+(?:in|of|on)\s+(?:the|that|this|your|my)\s+list)?"
PENULTIMATE = rf"(?:the\s+)?(?:(?:second|2nd|next)[\s-]+(?:to[\s-]+|from\s+the\s+)?last|last\s+but\s+one|one\s+before\s+(?:the\s+)?last|penultimate)(?:\s+{_NOUN})?"
LAST = rf"(?:(?:the|my|that|this)\s+)?(?:very\s+)?(?:last|bottom|final)(?:\s+{_NOUN})?(?:\s+(?:in|of|on)\s+(?:the|that|this)\s+list)?"
IT = rf"(?:(?:it|this|that|him|her)(?:\s+{_NOUN})?|the\s+(?:e?-?mail|message|same(?:\s+{_NOUN})?|one))"
ALL = rf"(?:(?:all|both|each|every)(?:\s+(?:of\s+)?(?:them|these|those|the\s+(?:{_NOUN}|lot)|{_NOUN}|it|\d+|three|four|five))?(?:\s+{_NOUN})?|them(?:\s+all)?|these|those|everything|every\s+one|the\s+(?:whole\s+)?(?:lot|list)|the\s+(?:e?-?mails|messages|results|ones)|they)"
FEW = rf"(?:the\s+)?(?:first|top|last|bottom)\s+(?:\d{{1,2}}|{_NUMBER_WORDS}|few|couple)\b(?:\s+{_NOUN})?"
CLEAR = rf"(?:{PENULTIMATE}|{FEW}|{NUMBER}|{ORDINAL}|{LAST}|{ALL}|{IT})"
"""A reference that can be read without looking at any mail."""

_EXACT_IT = re.compile(rf"{IT}$")
_EXACT_ALL = re.compile(rf"{ALL}(?:\s+(?:here|above|listed|shown))?$")
_EXACT_PENULTIMATE = re.compile(rf"{PENULTIMATE}$")
_EXACT_LAST = re.compile(rf"{LAST}$")
_FIRST_FEW = re.compile(rf"(?:the\s+)?(first|top|last|bottom)\s+(\d{{1,2}}|{_NUMBER_WORDS}|few|couple)(?:\s+{_NOUN})?$")
_RANGE = re.compile(
    r"(?:(?:numbers?|e?-?mails?|messages?|items?|from)\s+)*(\d{1,2})\s*(?:-|–|to|through|until|till)\s*(\d{1,2})$"
)
_LISTED = re.compile(rf"(?:{CLEAR})(?:\s*(?:,|and|&|\+|plus|as well as|,\s*and)\s*(?:{CLEAR}))*$")
_SEPARATOR = re.compile(r"\s*(?:,\s*and|,|\band\b|&|\+|\bplus\b|\bas well as\b)\s*")
_DIGITS = re.compile(r"\d+")
_NUMBERED = re.compile(r"(?:\bin|#|\bnumber|\be?-?mail|\bmessage|\bno\.?|\bnr\.?)\s*#?(\d{1,2})$")
_VAGUE = frozenset(
    "latest newest recent last first second third fourth fifth sixth top bottom one ones numbers number from mail's".split()
)
_PLACED = re.compile(
    rf"^the\s+(?:{_NOUN}\s+)?(?:at|on|in)\s+the\s+(top|bottom|end|beginning|start)(?:\s+of\s+the\s+list)?$"
)
_ANY_ALL = re.compile(r"\b(?:all|both|each|every|everything|everyone|lot|whole list|entire list|these|those|them)\b")
_FILLERS = frozenset(
    "titled called named show showed shown showing listed list numbered found result results item items subject above below displayed teh entry lot kind labelled thread came arrived politely nicely kindly gently briefly".split(
        " "
    )
)
_WHOLE = re.compile(
    r"^(?:the\s+)?(?:whole|full|entire|complete)\s+(?:thing|text|mail|e-?mail|message|story|lot of it)$"
)


def reference(phrase: Said, facts: Facts) -> str:
    """One mail: a number of the list as digits, "last", "it", "all", or the words that name it; "" when there are none."""
    many = references(phrase, facts)
    return many[0] if len(many) == 1 else (" ".join(many) if many else "")


def references(phrase: Said, facts: Facts) -> list[str]:
    """The mails that a phrase means, each as `reference` says them."""
    text = phrase.norm.strip(" .,;:!?¦\"'")
    text = re.sub(
        r"^(?:(?:to|on|about|for|with|of)\s+|(?:the\s+)?(?:sender|author|writer)\s+of\s+|who(?:ever)?\s+(?:sent|wrote)\s+)+(?=\S)",
        "",
        text,
    )
    text = re.sub(r"(?<=\d)\s+(?=\d)", ", ", text)
    text = re.sub(r"\bboth\s+(?=(?:the\s+)?(?:\d|#|numbers?\b|" + _ORDINAL_WORDS + r"))", "", text)
    if _WHOLE.match(text):
        return ["it"]
    if not text:
        return []
    if place := _PLACED.match(text):
        return [_fallback("last", facts)[0] if place[1] in ("bottom", "end") else "1"]
    if few := _few(text, facts):
        return few
    if match := _RANGE.match(text):
        low, high = int(match[1]), int(match[2])
        return [str(number) for number in range(low, high + 1)] if low <= high <= low + 50 else []
    if re.match(r"^(?:all|each|every)\b", text) and not [word for word in _topic(phrase) if not word.isdigit()]:
        return ["all"]
    if _LISTED.match(text):
        return _enumerated(text, facts)
    if _ANY_ALL.search(text) and not _topic(phrase):
        return ["all"]
    if numbered := _NUMBERED.search(text):
        return [numbered[1]]
    words = _topic(phrase)
    return [" ".join(words)] if words else _fallback(text, facts)


def _few(text: str, facts: Facts) -> list[str]:
    """ "the first two", "the last three"."""
    match = _FIRST_FEW.match(text)
    if not match:
        return []
    count = {"few": 3, "couple": 2}.get(match[2]) or NUMBER_WORDS.get(match[2]) or int(match[2])
    if match[1] in ("first", "top"):
        return [str(number) for number in range(1, count + 1)]
    last = facts.last_number
    return [str(number) for number in range(max(1, last - count + 1), last + 1)] if last else []


def _enumerated(text: str, facts: Facts) -> list[str]:
    pieces = [piece.strip() for piece in _SEPARATOR.split(text) if piece.strip()]
    found = [value for piece in pieces for value in _few(piece, facts) or [_clear(piece, facts)]]
    return list(dict.fromkeys(value for value in found if value))


def _clear(piece: str, facts: Facts) -> str:
    if _EXACT_ALL.match(piece):
        return "all"
    if _EXACT_IT.match(piece):
        return "it"
    if _EXACT_PENULTIMATE.match(piece):
        return str(facts.last_number - 1) if facts.last_number and facts.last_number > 1 else ""
    if _EXACT_LAST.match(piece):
        return str(facts.last_number) if facts.last_number else "last"
    if digits := _DIGITS.search(piece):
        return str(int(digits.group()))
    for word in piece.split():
        if number := ORDINALS.get(word) or (NUMBER_WORDS.get(word) if word != "one" or piece in ("one",) else None):
            return str(number)
    return str(NUMBER_WORDS["one"]) if re.search(r"\bone$", piece) else ""


def _topic(phrase: Said) -> list[str]:
    """The words naming sender and topic; "last" and numerals go when something better is left."""
    words = content_words(phrase.words(), _FILLERS)
    better = [word for word in words if word.casefold() not in _VAGUE]
    return better or []


def _fallback(text: str, facts: Facts) -> list[str]:
    if re.search(r"\b(?:latest|newest|most recent)\b", text):
        return ["latest"]
    if ordinal := re.search(rf"\b(?:{_ORDINAL_WORDS}|\d{{1,2}}(?:st|nd|rd|th))\b", text):
        return _enumerated(ordinal.group(), facts)
    if re.search(r"\blast\b", text):
        return [str(facts.last_number) if facts.last_number else "last"]
    if any(word in MAIL_NOUNS for word in text.split()):
        return ["it"]
    return []
