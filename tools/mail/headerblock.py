"""Blocks that open a quoted message without quote marks: `From: ... Sent: ... Subject: ...` and `--- Original message ---`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tools.mail.phrases import DATE, FROM, ORIGINAL, OTHER_FIELDS, SUBJECT, TO

MOST_WRAPPED = 5
"""Lines that a long value (a list of recipients) may take."""
LONGEST = 1_000

_NAMES = (("other", OTHER_FIELDS), ("to", TO), ("date", DATE), ("subject", SUBJECT), ("from", FROM))
_ROLES = {name: role for role, names in _NAMES for name in names.split("|")}
_KEY = re.compile(r"^[\s*_>|]{0,6}([^\W\d_][^:：*_\n]{0,28}?)\s?[*_]{0,2}\s?[:：](?!//)")
_RULE = re.compile(r"^[\s>]*[-_=*—–~]{3,}[\s]*$")
_ORIGINAL = tuple(ORIGINAL.split("|"))
_FRAME = "-—–=_"
_FRAMED = re.compile(r"^\s*[-—–=_]{3,}\s*[^\W\d_][^\n]{0,60}?\s*[-—–=_]{3,}\s*$")


def is_rule(line: str) -> bool:
    """Whether the line is nothing but dashes, underscores or the like."""
    return len(line) < 200 and bool(_RULE.match(line))


def separator_at(lines: Sequence[str], number: int) -> bool:
    """Whether the line announces a message quoted or forwarded as a whole. Unlisted languages: a framed line above a header."""
    line = lines[number].strip(" \t>*")
    if not 0 < len(line) < 160:
        return False
    framed = line[:2].strip(_FRAME) == ""
    words = line.strip(_FRAME + " \t*")
    if words.lower().startswith(_ORIGINAL) and len(words) < 110:
        return (
            framed
            or (line[-1] in ":：" and len(words) < 60)
            or (line[-1] in _FRAME and _below_has_field(lines, number))
        )
    return framed and bool(_FRAMED.match(line)) and _below_has_field(lines, number)


def _below_has_field(lines: Sequence[str], number: int) -> bool:
    below = [line for line in lines[number + 1 : number + 4] if line.strip()]
    return bool(below) and role(below[0]) not in ("", "other")


def role(line: str) -> str:
    """What a header line is about: from, to, date, subject, other; empty when it is no header line."""
    key = _KEY.match(line[:LONGEST])
    return _ROLES.get(key[1].strip().lower(), "") if key else ""


def fields_at(lines: Sequence[str], number: int) -> int:
    """How many lines from `number` on are header lines."""
    end = number
    while end < len(lines) and end - number < 20 and role(lines[end]):
        end += 1
    return end - number


def block_at(lines: Sequence[str], number: int) -> int:
    """How many lines the header block at `number` takes, 0 when there is none. It names a sender, and a subject or address."""
    if role(lines[number]) in ("", "other"):
        return 0
    roles: set[str] = set()
    end, at, foreign = number, number, 0
    while at < len(lines) and foreign <= MOST_WRAPPED and at - number < 40:
        found = role(lines[at])
        if found:
            roles.add(found)
            end, foreign = at + 1, 0
        elif lines[at].strip():
            foreign += 1
        elif at + 1 < len(lines) and not role(lines[at + 1]):
            break
        at += 1
    text = " ".join(lines[number:end])
    known = roles - {"other"}
    enough = ("from" in known and len(known) >= 3) or (known >= {"from", "date"} and "@" in text) or len(known) == 4
    return end - number if enough and ("subject" in known or "@" in text) else 0
