"""Sensitive topics: what is answered by a person only. Subject, body and file names are searched, whatever their disguise."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from tools.rules.text import seen
from tools.rules.word_sets import WordSet

READ = 200_000
"""Characters of a mail that are searched: more than any person writes."""

_PAIRS = (
    "аa вb еe кk мm нh оo рp сc тt уy хx іi јj ѕs ԁd ԛq ԝw һh αa βb εe ζz ηh ιi κk μm νv οo ρp τt υu χx γy σo ςc ıi łl øo đd "
    "0o 1i 3e 4a @a $s 5s"
)
_LOOKALIKES = str.maketrans({pair[0]: pair[1] for pair in _PAIRS.split()})
"""Letters of other scripts, and figures, that pass for Latin letters."""

_SPACED = re.compile(r"(?<!\w)(?:\w[\s.\-_*·|]{1,2}){3,}\w(?!\w)")
_APART = re.compile(r"[-_./·|]")
_WITHIN = re.compile(r"(?<=\w)[.\-_*·|'’](?=\w)")


@dataclass(frozen=True)
class Topic:
    """A sensitive topic that was found, and the word by which."""

    name: str
    word: str


def topic_names() -> tuple[str, ...]:
    """The topics that are looked for unless their owner takes one off the list."""
    return tuple(_topics())


def sensitive_topic(texts: Iterable[str], added: Sequence[str] = (), removed: Sequence[str] = ()) -> Topic | None:
    """The first sensitive topic of a mail's texts. `added`: words of the owner's own; `removed`: topics or words that the
    owner took off the list."""
    search = _search(tuple(added), tuple(one.casefold() for one in removed))
    for text in texts:
        for form in _forms(text[:READ]):
            found = search.first(form)
            if found is not None:
                return found
    return None


class _Search:
    """The words of all topics, ready to be looked for."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = list(words.items())
        self._set = WordSet([word.removeprefix("*") for word in words])

    def first(self, text: str) -> Topic | None:
        for number in sorted(self._set.found(text)):
            word, topic = self._words[number]
            plain = word.removeprefix("*")
            if word != plain or re.search(rf"(?<!\w){re.escape(plain)}", text):
                return Topic(topic, plain)
        return None


@lru_cache(maxsize=256)
def _search(added: tuple[str, ...], removed: tuple[str, ...]) -> _Search:
    words: dict[str, str] = {}
    for one in added:
        words[_plain(one)] = "your own list"
    for topic, listed in _topics().items():
        if topic not in removed:
            words.update(
                {word: topic for word in listed if word.removeprefix("*") not in removed and word not in words}
            )
    return _Search({word: topic for word, topic in words.items() if word.removeprefix("*").strip()})


@cache
def _topics() -> dict[str, list[str]]:
    read = tomllib.loads(files("tools.autoreply").joinpath("sensitive.toml").read_text("utf-8"))
    return {topic: list(map(str.casefold, words)) for topic, words in read.items()}


def _forms(text: str) -> Iterable[str]:
    """The text as it stands, with look-alikes of other scripts as the letters that they imitate, and with words joined that
    were spelt apart."""
    folded = " ".join(seen(text).casefold().split())
    plain = _plain(folded)
    yield from dict.fromkeys((folded, plain, _APART.sub(" ", plain), _unmasked(plain)))


def _plain(text: str) -> str:
    if text.isascii():
        return text.casefold()
    parts = unicodedata.normalize("NFKD", seen(text).casefold()).replace("ß", "ss")
    return "".join(one for one in parts if unicodedata.category(one) != "Mn")


def _unmasked(plain: str) -> str:
    joined = _SPACED.sub(lambda found: re.sub(r"[^\w]|_", "", found[0]), plain)
    return _WITHIN.sub("", joined).translate(_LOOKALIKES)
