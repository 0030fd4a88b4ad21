"""Makes a letter more formal or friendlier by its greeting, its sign-off and its contractions; nothing is added."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from tools.llm.offline.letter import Letter

_WRITTEN_OUT = {
    "I'm": "I am", "I'll": "I will", "I've": "I have", "I'd": "I would", "we're": "we are", "we'll": "we will",
    "we've": "we have", "we'd": "we would", "you're": "you are", "you'll": "you will", "you've": "you have",
    "they're": "they are", "they'll": "they will", "it's": "it is", "that's": "that is", "there's": "there is",
    "can't": "cannot", "won't": "will not", "don't": "do not", "doesn't": "does not", "didn't": "did not",
    "isn't": "is not", "aren't": "are not", "wasn't": "was not", "haven't": "have not", "hasn't": "has not",
    "couldn't": "could not", "wouldn't": "would not", "shouldn't": "should not", "let's": "let us",
}  # fmt: skip
_LOOSE = {
    "yeah": "yes", "yep": "yes", "nope": "no", "ok": "all right", "okay": "all right", "thanks": "thank you",
    "asap": "as soon as possible", "sorry for": "I apologise for", "get back to": "reply to",
}  # fmt: skip
_CONTRACTED = {written: short for short, written in _WRITTEN_OUT.items() if short not in ("let's", "I'd", "we'd")}
_HELLO = re.compile(r"^(?:hi|hey|hello)(?: there)?\b", re.IGNORECASE)
_DEAR = re.compile(r"^dear\b", re.IGNORECASE)


def formal(draft: Letter) -> Letter:
    """ "Dear …", contractions written out, no exclamation marks, "Kind regards,"."""
    greeting = _HELLO.sub("Dear", draft.greeting) if re.search(r"^\w+ \w+", draft.greeting) else draft.greeting
    written = _sentences(draft, _WRITTEN_OUT | _LOOSE)
    calm = tuple(tuple(sentence.replace("!", ".") for sentence in paragraph) for paragraph in written.paragraphs)
    return replace(written, greeting=greeting, paragraphs=calm, closing="Kind regards," if draft.closing else "")


def friendly(draft: Letter) -> Letter:
    """ "Hi …", contractions, "Warm regards,"."""
    return replace(_loosened(draft), closing="Warm regards," if draft.closing else "")


def casual(draft: Letter) -> Letter:
    """ "Hi …", contractions, "Cheers,"."""
    return replace(_loosened(draft), closing="Cheers," if draft.closing else "")


def _loosened(draft: Letter) -> Letter:
    return replace(_sentences(draft, _CONTRACTED), greeting=_DEAR.sub("Hi", draft.greeting))


def _sentences(draft: Letter, table: Mapping[str, str]) -> Letter:
    changed = tuple(tuple(_swapped(sentence, table) for sentence in paragraph) for paragraph in draft.paragraphs)
    return replace(draft, paragraphs=changed)


def _swapped(text: str, table: Mapping[str, str]) -> str:
    pattern = re.compile(
        r"\b(?:" + "|".join(re.escape(key) for key in sorted(table, key=len, reverse=True)) + r")\b", re.IGNORECASE
    )
    lowered = {key.lower(): value for key, value in table.items()}

    def swap(match: re.Match[str]) -> str:
        value = lowered[match.group().lower()]
        return value[:1].upper() + value[1:] if match.group()[0].isupper() else value

    return pattern.sub(swap, text.replace("’", "'"))
