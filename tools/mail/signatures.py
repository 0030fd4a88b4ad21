"""Where what a person wrote ends and what their program adds begins: signatures, "sent from my phone", list footers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tools.mail.occurs import Occurs
from tools.mail.phrases import APOLOGIES, DEVICES, SENT_FROM, SENT_FROM_AT_END

MOST_SIGNATURE_LINES = 14
"""Lines with words below a rule of dashes that still count as a signature; what is longer is a section of the text."""
MOST_TRAILING_LINES = 3
"""Short lines (a name, a number) that may stand below "sent from my phone"."""
_TAIL = 60
_LONGEST_MOBILE = 160
_LONGEST_STRANGER = 50

_MARK = re.compile(r"^\s{0,3}(?:-- ?|--\u00a0|[—–]{1,3}|-{2,}|_{2,}|={3,}|\*{3,}|~{3,}|#{4,}|ᐧ)\s*$")
_RULES = frozenset("-—–_=*~#ᐧ")
"""What `_MARK` begins with."""
_DIVIDER = re.compile(r"^\s*[-=*~#]{3,}\s*$")
_QUESTION = re.compile(r"[^\W\d_][?？](?=\s|$)")
_STANDARD = re.compile(r"^-- ?$|^—$")
_ADDRESS = re.compile(r"\[([^\]]{0,80})\]\([^)]{0,400}\)|<[^<>]{0,400}>|\(?https?://\S{1,400}")
_LINKED = re.compile(r"\((?:https?://|mailto:)[^)]{0,400}\)")
_DEVICE = Occurs(rf"(?i)\b(?:{DEVICES})\b")
_ENGLISH = re.compile(
    r"^(?:(?P<this>this (?:e-?mail|message) was )?(?:sent|typed|written|composed|dictated|brought to you)\s+"
    r"(?P<how>from|via|with|by|using|on|through)\b|from my\b)",
    re.IGNORECASE,
)
_GET_APP = re.compile(
    r"^(?:get|download|try)\s.{0,12}(?:outlook|gmail|spark|mailbird|edison|boxer)\b.{0,40}$", re.IGNORECASE
)
_SOMEONE = re.compile(
    rf"^[^\W\d_]+\s(?:[^\W\d_]+\s)?(?:from|via|on)\s(?:my\s|a\s)?(?:{DEVICES})\b(?:\s\S+)?$", re.IGNORECASE
)
_FOREIGN = Occurs(rf"(?i)^(?:{SENT_FROM})")
_FOREIGN_END = Occurs(rf"(?i)(?:{SENT_FROM_AT_END})[\s.。!]*$")
_APOLOGY = Occurs(rf"(?i){APOLOGIES}")
_DECORATION = " \t*_()<>[]«»\"'|~-—–\u00a0\u200b"


def is_mobile_line(line: str) -> bool:
    """Whether a program wrote this line to say what it is ("Sent from my iPhone")."""
    if len(line) > 600:
        return False
    text = _ADDRESS.sub(r" \1 ", _LINKED.sub(" ", line.replace("<<", "").replace(">>", ""))).strip(_DECORATION)
    if not text or len(text) > _LONGEST_MOBILE:
        return False
    return _says_sent_from(text) or bool(_GET_APP.match(text) or _SOMEONE.match(text)) or _foreign(text)


def _says_sent_from(text: str) -> bool:
    found = _ENGLISH.match(text)
    if not found:
        return False
    first, *more = re.split(r"[,;.!]\s", text)
    if len(first.split()) > 12 or any(not _APOLOGY.within(clause) for clause in more if clause.strip(" .!")):
        return False
    return (found["how"] == "from" and not found["this"]) or _DEVICE.within(first[found.end() :])


def _foreign(text: str) -> bool:
    if len(text.split()) > 16:
        return False
    return _FOREIGN.within(text) or (_FOREIGN_END.within(text) and _DEVICE.within(text))


def signature_start(lines: Sequence[str]) -> int:
    """The line where the signature below these own words begins, or their number when there is none."""
    start = _mobile_start(lines, len(lines))
    start = _mobile_start(lines, _mark_start(lines, start))
    while start and (not lines[start - 1].strip() or _MARK.match(lines[start - 1])):
        start -= 1
    return start if any(line.strip() for line in lines[start:]) else len(lines)


def _mark_start(lines: Sequence[str], end: int) -> int:
    """The first rule below which only a signature's worth of lines stands; the standard `-- ` may have more below it."""
    marks = [number for number in range(end) if lines[number].lstrip()[:1] in _RULES and _MARK.match(lines[number])]
    if not marks:
        return end
    fenced = _in_fences(lines)
    below = [0] * (end + 1)
    for number in range(end - 1, -1, -1):
        below[number] = below[number + 1] + bool(lines[number].strip())
    for number in marks:
        if fenced[number] or _underlines(lines, number):
            continue
        limit = MOST_SIGNATURE_LINES * (3 if _STANDARD.match(lines[number]) else 1)
        if below[number] - 1 <= limit and not (_DIVIDER.match(lines[number]) and _asks(lines[number:end])):
            return number
    return end


def _asks(lines: Sequence[str]) -> bool:
    """Whether somebody asks something below a mere divider: then it parts two sections of the letter."""
    return any(_QUESTION.search(line) for line in lines)


def _underlines(lines: Sequence[str], number: int) -> bool:
    """Whether the rule is a heading's underline: as long as the words right above it."""
    above = lines[number - 1].strip() if number else ""
    rule = lines[number].strip()
    return bool(above) and len(rule) > 2 and abs(len(above) - len(rule)) <= 2


def _in_fences(lines: Sequence[str]) -> list[bool]:
    """Which lines stand in a fenced block of code; an opening fence that is never closed opens nothing."""
    inside = [False] * len(lines)
    opened = -1
    for number, line in enumerate(lines):
        if line.lstrip().startswith("```"):
            if opened >= 0:
                inside[opened : number + 1] = [True] * (number + 1 - opened)
                opened = -1
            else:
                opened = number
    return inside


def _mobile_start(lines: Sequence[str], end: int) -> int:
    """Where a run of program lines at the end begins; a few short lines (a name) may stand below and among them."""
    start, strangers = end, 0
    for number in range(end - 1, max(end - _TAIL, -1), -1):
        line = lines[number].strip()
        if not line:
            continue
        if is_mobile_line(line):
            start, strangers = number, 0
            continue
        strangers += 1
        most = MOST_TRAILING_LINES if start == end else 1
        if strangers > most or len(line) > _LONGEST_STRANGER or line.endswith((".", "?", "!", ",", ":")):
            break
    return start
