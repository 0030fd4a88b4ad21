"""Reads one letter: how it greets, signs off, names its reader, in which language, and how long it is."""

from __future__ import annotations

import re
from functools import cache

from tools.llm.offline.compose import given_name
from tools.style.style import Formality, Named, Signed, Style, greetings, lists, sign_offs

_SHORT = re.compile(r"\b\w+['’](?:m|ll|ve|d|re|s|t)\b", re.IGNORECASE)
_LAST_LINES = 4
"""Lines at the end of a letter among which its sign-off stands."""
_LONGEST_LINE = 60


def read_letter(text: str, reader: str, own_name: str) -> Style | None:
    """The facts of a letter to a reader of that name by somebody of that name; None when it says nothing."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    words = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", text)
    if not lines or len(words) < 2:
        return None
    greeting, named = _greeting(lines[0], reader)
    sign_off, signed = _ending(lines[1:] if len(lines) > 1 else [], own_name)
    return Style(
        greeting=greeting,
        named=named,
        sign_off=sign_off,
        signed=signed,
        formality=_formality(text, greeting, sign_off, named),
        words=len(words),
        language=_language([word.lower() for word in words]),
    )


def _greeting(line: str, reader: str) -> tuple[str, Named]:
    found = _greeted().match(line)
    if found:
        greeting = next(one for one in greetings() if one.casefold() == found["greeting"].casefold())
        return greeting, _named(found["name"] or "", reader)
    first = given_name(reader)
    alone = re.match(r"^([^\W\d_]+)\s?[,!–-]", line)
    if alone and first and alone[1].casefold() == first.casefold():
        return "", "first"
    return "", "none"


def _named(name: str, reader: str) -> Named:
    words = [word.strip(".").casefold() for word in name.split()]
    first = given_name(reader)
    if not words or words[0] in (
        "all",
        "both",
        "there",
        "team",
        "everyone",
        "everybody",
        "together",
        "again",
        "zusammen",
    ):
        return "none"
    if words[0] in lists("titles")["words"]:
        return "title"
    if len(words) > 1 and first and words[0] == first.casefold():
        return "full"
    return "first" if len(words) == 1 else "none"


def _ending(lines: list[str], own_name: str) -> tuple[str, Signed]:
    tail = lines[-_LAST_LINES:]
    for place in range(len(tail) - 1, -1, -1):
        found = _signed_off().match(tail[place]) if len(tail[place]) <= _LONGEST_LINE else None
        if found:
            sign_off = next(one for one in sign_offs() if one.casefold() == found["sign_off"].casefold())
            below = found["name"] or (tail[place + 1] if place + 1 < len(tail) else "")
            return sign_off, _signed(below, own_name)
    return "", _signed(tail[-1] if tail else "", own_name)


def _signed(line: str, own_name: str) -> Signed:
    name = line.strip(" ,.-–!").casefold()
    first = given_name(own_name).casefold()
    if not name or not own_name.strip():
        return "none"
    if name == own_name.strip().casefold() and name != first:
        return "full"
    if first and name == first:
        return "first"
    return "initial" if first and len(name) == 1 and name == first[0] else "none"


def _formality(text: str, greeting: str, sign_off: str, named: Named) -> Formality:
    if named == "title" or sign_off in lists("formal")["sign_offs"]:
        return "formal"
    if _SHORT.search(text) or "!" in text:
        return "informal"
    return "formal" if greeting in lists("formal")["greetings"] else ""


def _language(words: list[str]) -> str:
    """The language most of whose commonest words occur; empty when too few do to tell."""
    known = _common()
    counts = {language: sum(word in common for word in words) for language, common in known.items()}
    best = max(counts, key=lambda language: counts[language])
    second = max(count for language, count in counts.items() if language != best)
    return best if counts[best] >= 2 and counts[best] > second else ""


@cache
def _common() -> dict[str, frozenset[str]]:
    return {language: frozenset(words.split()) for language, words in lists("common_words").items()}


@cache
def _greeted() -> re.Pattern[str]:
    one_of = "|".join(re.escape(one) for one in sorted(greetings(), key=len, reverse=True))
    name = r"(?P<name>[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){0,3})"
    return re.compile(rf"^(?P<greeting>{one_of})(?:\s+{name})?\s?(?:[,!.:–-]|$)", re.IGNORECASE)


@cache
def _signed_off() -> re.Pattern[str]:
    one_of = "|".join(re.escape(one) for one in sorted(sign_offs(), key=len, reverse=True))
    return re.compile(rf"^(?P<sign_off>{one_of})\s?[,.!–-]*(?:\s+(?P<name>[^\W\d_][\w.'’ -]*))?$", re.IGNORECASE)
