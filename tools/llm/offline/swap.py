"""One thing for another in a draft: "say Friday instead of Thursday", "change 10 to 11", "Friday instead"."""

from __future__ import annotations

import re
from dataclasses import replace

from tools.llm.offline.letter import Letter

_OLD, _NEW = r"[\"']?(?P<old>[^\"']+?)[\"']?", r"[\"']?(?P<new>[^\"']+?)[\"']?"
_PAIRS = (
    re.compile(rf"^(?:say |it's |it is |make it )?{_NEW},? not {_OLD}$", re.IGNORECASE),
    re.compile(rf"^(?:change|replace|swap|substitute|switch|turn|correct|update|alter|exchange)(?: the)?(?: words?| date| time| day| name)?(?: from)? {_OLD} (?:to|with|by|for|into) {_NEW}$", re.IGNORECASE),
    re.compile(rf"^(?:say |write |use |put |make it |it should (?:say|read|be) |should (?:say|read|be) |better |rather |i meant |i mean )?{_NEW} (?:instead of|rather than|in place of|not) (?:the )?{_OLD}$", re.IGNORECASE),
    re.compile(rf"^not {_OLD},? (?:but|rather|it's|it is) {_NEW}$", re.IGNORECASE),
    re.compile(rf"^instead of {_OLD},? (?:say|write|use|put) {_NEW}$", re.IGNORECASE),
)  # fmt: skip
_ALONE = re.compile(
    r"^(?:(?:say|write|use|put|make it|make that|change it to|move it to|let's say|better|rather|i meant|i mean|it should (?:be|say)|change the (?:day|date|time|month) to|set it to)\s+)?(?:on |at |for )?[\"']?(?P<new>[^\"']+?)[\"']?(?:,?\s+instead)?$",
    re.IGNORECASE,
)
_SAYS_INSTEAD = re.compile(
    r"\binstead$|^(?:make it|make that|change it to|move it to|better|rather|i meant|i mean|let's say|change the|it should be|set it to|say \w+day$)",
    re.IGNORECASE,
)
_KINDS = (
    re.compile(r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|tomorrow)\b", re.IGNORECASE),
    re.compile(r"\b(?:january|february|march|april|june|july|august|september|october|november|december)\b|\bMay\b"),
    re.compile(r"\b(?:\d{1,2}[:.]\d{2}(?:\s?[ap]m)?|\d{1,2}\s?[ap]m|\d{1,2} o'clock|noon|midnight)\b", re.IGNORECASE),
    re.compile(r"\b(?:next|this|last) (?:week|month|year)\b", re.IGNORECASE),
    re.compile(r"\b(?:morning|afternoon|evening)\b", re.IGNORECASE),
    re.compile(r"(?<![\w.,:])\d+(?:[.,]\d+)?(?:\s?(?:€|\$|£|%|euros?|dollars?))?(?![\w:])", re.IGNORECASE),
)  # fmt: skip
"""Things of a kind: a new weekday takes the place of the old one, a time of a time, a number of a number."""


def swapped(draft: Letter, wish: str) -> Letter | None:
    """The draft with the one put in place of the other, None when the words ask for no such thing or it is not there."""
    for form in _PAIRS:
        if (match := form.match(wish)) and (changed := _replaced(draft, match["old"].strip(), match["new"].strip())):
            return changed
    if not _SAYS_INSTEAD.search(wish):
        return None
    match = _ALONE.match(wish)
    return _of_its_kind(draft, match["new"].strip()) if match else None


def _replaced(draft: Letter, old: str, new: str) -> Letter | None:
    for words in dict.fromkeys((old, re.sub(r"^(?:the|a|an|my|your)\s+", "", old, flags=re.IGNORECASE))):
        pattern = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", re.IGNORECASE)
        changed = _everywhere(draft, pattern, new)
        if changed != draft:
            return changed
    return None


def _of_its_kind(draft: Letter, new: str) -> Letter | None:
    """Replaces the only thing of the same kind; two different ones would be a guess."""
    for kind in _KINDS:
        if not kind.fullmatch(new):
            continue
        found = {match.group().lower() for sentence in draft.sentences for match in kind.finditer(sentence)} - {
            new.lower()
        }
        return _everywhere(draft, kind, new) if len(found) == 1 else None
    return None


def _everywhere(draft: Letter, pattern: re.Pattern[str], new: str) -> Letter:
    def put(match: re.Match[str]) -> str:
        return _spelled(new, match.group())

    paragraphs = tuple(tuple(pattern.sub(put, sentence) for sentence in paragraph) for paragraph in draft.paragraphs)
    return replace(
        draft,
        greeting=pattern.sub(put, draft.greeting),
        paragraphs=paragraphs,
        closing=pattern.sub(put, draft.closing),
        name=pattern.sub(put, draft.name),
    )


def _spelled(new: str, old: str) -> str:
    """With a capital where the old words had one."""
    return new[:1].upper() + new[1:] if old[:1].isupper() else new
