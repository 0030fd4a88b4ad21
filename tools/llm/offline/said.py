"""One utterance: `norm` is lower-case and mended for the grammar, and every stretch of it leads back to the typed words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tools.llm.offline.facts import Facts
from tools.llm.offline.spelling import mended

LONGEST = 2000
"""Characters of an utterance that are looked at; more is a pasted text, not a request."""
BLANK = "¦"

_WORD = re.compile(r"[^\W_]+(?:['’&/.@+-][^\W_]+)*", re.UNICODE)
_UNSTRUCK = re.compile(rf"[^{BLANK}]+")
_FILLER = re.compile(r"(?<![^\s,])(?:u+h*m+|u+h+|e+r+m+|ehm|a+h+m)(?:[,.]+|(?=\s|$))\s*", re.IGNORECASE)
_ORNAMENT = re.compile(r"^[^\w\s\"'(#\[<>@+?.!…:;-]+\s+(?=\w)|(?<=\w)[.!?]*\s+[^\w\s\"')\]>.,:;!?¦+*/-]+$")
_QUOTES = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "—": "-", "–": "-", "\u00a0": " "}
)


@dataclass(frozen=True)
class Said:
    """`norm[i]` stands for the typed characters from `begins[i]` to `ends[i]` of `typed`."""

    typed: str
    norm: str
    begins: tuple[int, ...]
    ends: tuple[int, ...]

    def words(self, start: int = 0, end: int | None = None) -> str:
        """The typed words behind a stretch of `norm`; what was struck out is left out."""
        stop = len(self.norm) if end is None else end
        return " ".join(self.typed[self.begins[first] : self.ends[last - 1]] for first, last in self._kept(start, stop))

    def mended(self, start: int = 0, end: int | None = None) -> str:
        """The same with typing slips mended, for words that are looked up rather than repeated."""
        stop = len(self.norm) if end is None else end
        return " ".join("".join(self._letter(at) for at in range(*kept)) for kept in self._kept(start, stop))

    def _letter(self, at: int) -> str:
        """The typed character where nothing was mended."""
        first, last = max(at - 1, 0), min(at + 1, len(self.norm) - 1)
        alone = self.begins[first : last + 1].count(self.begins[at]) == 1
        return self.typed[self.begins[at]] if alone and self.ends[at] - self.begins[at] == 1 else self.norm[at]

    def _kept(self, start: int, stop: int) -> list[tuple[int, int]]:
        """The stretches between struck-out parts, without outer commas and spaces."""
        runs = [match.span() for match in _UNSTRUCK.finditer(self.norm, start, stop)]
        trimmed = [_trimmed(self.norm, *run) for run in runs]
        return [run for run in trimmed if run[0] < run[1]]

    def part(self, start: int, end: int | None = None) -> Said:
        """A stretch of it as an utterance of its own."""
        stop = len(self.norm) if end is None else end
        start, stop = _trimmed(self.norm, start, stop)
        return Said(self.typed, self.norm[start:stop], self.begins[start:stop], self.ends[start:stop])

    def blanked(self, *spans: tuple[int, int]) -> Said:
        """The same with stretches struck out (each character becomes `¦`)."""
        letters = list(self.norm)
        for start, end in spans:
            letters[start:end] = BLANK * (end - start)
        return Said(self.typed, "".join(letters), self.begins, self.ends)


def _trimmed(norm: str, start: int, stop: int) -> tuple[int, int]:
    while start < stop and norm[start] in " ,;":
        start += 1
    while start < stop and norm[stop - 1] in " ,;":
        stop -= 1
    return start, stop


def said(text: str, facts: Facts) -> Said:
    """Reads what a person typed; slips are mended only in words that are nobody's name."""
    typed = _without_fillers(re.sub(r"\s+", " ", text[:LONGEST].translate(_QUOTES)).strip())
    norm: list[str] = []
    begins: list[int] = []
    ends: list[int] = []

    def copy(start: int, end: int) -> None:
        for index in range(start, end):
            norm.append(typed[index].lower()[:1])
            begins.append(index)
            ends.append(index + 1)

    position = 0
    for match in _WORD.finditer(typed):
        copy(position, match.start())
        position = match.end()
        meant = _meant(match.group(), match.start() == 0, facts)
        if meant == "form" and _begins_a_name(typed[match.end() :], facts):
            meant = "from"
        if meant == match.group().lower():
            copy(match.start(), match.end())
            continue
        norm.extend(meant)
        begins.extend([match.start()] * len(meant))
        ends.extend([match.end()] * len(meant))
    copy(position, len(typed))
    return Said(typed, "".join(norm), tuple(begins), tuple(ends))


def _without_fillers(typed: str) -> str:
    """Without the sounds of somebody who dictates ("um", "uh"), and without signs that stand before or after the words."""
    spoken = _FILLER.sub("", typed).strip()
    return (_ORNAMENT.sub("", spoken).strip() or spoken) if spoken else typed


def _begins_a_name(rest: str, facts: Facts) -> bool:
    """Whether a name follows, and nothing says that this person sent a form."""
    match = re.match(r" ([^\W\d_]+)(?: ([^\W\d_]+))?", rest)
    if not match or (match[2] or "").lower() in ("sent", "wrote", "shared", "gave", "emailed", "mailed"):
        return False
    return match[1].lower() in facts.names or match[1][0].isupper()


def _meant(word: str, first: bool, facts: Facts) -> str:
    lowered = word.lower()
    is_name = word[0].isupper() and not first and not word.isupper()
    if is_name or lowered in facts.names or any(lowered == label.lower() for label in facts.labels):
        return lowered
    return mended(lowered)
