"""The line above a quotation ("On Monday Ana wrote:"), in any language and wrapped over several lines.

Not one pattern a language: a line is judged by its features (a date near its front, an address, a word for "wrote", a
colon at its end, a quotation below), so that languages and programs nobody listed are mostly recognised too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tools.mail.occurs import Occurs
from tools.mail.phrases import ON, WROTE, WROTE_JOINED

MOST_LINES = 6
LONGEST = 400
"""Characters of an attribution; mail programs write far fewer."""
MOST_CANDIDATES = 400
"""Lines of one message that are looked at closely, so that hostile text stays cheap."""

_EARLY = 45
_LONGEST_UNDATED = 200
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad]")
_WROTE = Occurs(rf"(?i)(?:^|[^\pL])(?:{WROTE})(?:[^\pL]|$)|{WROTE_JOINED}")
_ADDRESS = re.compile(r"[^\s<>@\[\]()\"]{1,100}@[^\s<>@\[\]()\",;:]{2,100}")
_DATE = re.compile(
    r"\d{1,4}[./-]\s?\d{1,2}[./-]\s?\d{1,4}|\d{1,2}\s?[年月日년월일]|(?<!\d)(?:19|20)\d\d(?!\d).{0,25}?\d{1,2}"
    r"|(?<!\d)\d{1,2}(?!\d)\D{1,25}(?:19|20)\d\d(?!\d)|(?<!\d)[012]?\d[:.h][0-5]\d(?!\d)"
)
_ON = re.compile(rf"(?:{ON})[\s‏-]{{1,3}}", re.IGNORECASE)
_DAY_FIRST = re.compile(r"[^\W\d_]{2,14}[.,]{0,2}\s+(?:[^\W\d_]{2,12}[.,]?\s+)?\d|\d")
_INLINE = re.compile(rf"\s(?=(?:{ON})\s+(?:[^\W\d_]{{2,14}}[.,]{{0,2}}\s+){{0,2}}\d)", re.IGNORECASE)
_LAST = frozenset(":：>-]*_ \t\u00a0\u200b\u200e\u200f\u202a\u202b\u202c\u2069\ufeff")
_DECORATION = " \t-*_=~—–#\u00a0"


@dataclass(frozen=True)
class Span:
    """Lines `first` to `last`, both included; `at` is where in the first line it starts when words of the reply precede it."""

    first: int
    last: int
    at: int = 0


def attributions(lines: Sequence[str], quoted: Sequence[bool], follows_quote: Sequence[bool]) -> list[Span]:
    """The attributions among unquoted lines, in order. `follows_quote[i]`: the next line with words after i is quoted."""
    found: list[Span] = []
    free, candidates = 0, 0
    for last, line in enumerate(lines):
        if line[-1:] not in _LAST or not _may_end(line) or (quoted[last] and not _is_torn(lines, last)):
            continue
        candidates += 1
        if candidates > MOST_CANDIDATES:
            break
        span = _ending_at(lines, quoted, last, free, follows_quote[last])
        if span is not None:
            found.append(span)
            free = last + 1
    return found


def _may_end(line: str) -> bool:
    if len(line) > LONGEST:
        return False
    bare = _INVISIBLE.sub("", line).rstrip(" \t*_\u00a0")
    return bare.endswith((":", "：", ">", "--", "]")) and bool(bare.strip(_DECORATION))


def _is_torn(lines: Sequence[str], number: int) -> bool:
    """`> wrote:` is no quotation when the line above left an angle bracket open: the address was broken over two lines."""
    line = lines[number]
    if len(line) > 60 or not number or not line.rstrip().endswith((":", "：")):
        return False
    above = " ".join(lines[max(number - 3, 0) : number])
    return above.count("<") > above.count(">")


def _ending_at(lines: Sequence[str], quoted: Sequence[bool], last: int, free: int, quote_below: bool) -> Span | None:
    """The attribution that ends in line `last`: with a date if one of the spans has it, else without."""
    spans = [Span(first, last) for first in _starts(lines, quoted, last, free)]
    widest = _text(lines, spans[-1])
    if not quote_below and "@" not in widest and not _WROTE.within(widest):
        return None  # neither in it nor in any part of it
    texts = [_text(lines, span) for span in spans]
    for evidence in (_is_signed_and_dated, _is_dated, _is_named):
        for span, text in zip(spans, texts, strict=True):
            if _is_balanced(text) and evidence(text, quote_below):
                whole = _whole(lines, quoted, span, free)
                opens = _ON.match(text) or _DAY_FIRST.match(text) or whole.first != last
                shared = None if opens else _sharing_its_line(lines[last], last, quote_below)
                return shared or whole
    return _sharing_its_line(lines[last], last, quote_below)


def _starts(lines: Sequence[str], quoted: Sequence[bool], last: int, free: int) -> list[int]:
    """Where it may begin, nearest first. An empty line is crossed only in front of a torn-off address."""
    starts = [last]
    for first in range(last - 1, max(last - MOST_LINES - 2, free - 1), -1):
        if quoted[first] or (not lines[first].strip() and not lines[first + 1].lstrip().startswith("<")):
            break
        if lines[first].strip():
            starts.append(first)
    return starts[:MOST_LINES]


def _whole(lines: Sequence[str], quoted: Sequence[bool], span: Span, free: int) -> Span:
    """The span with the line above it, when that line is plainly its beginning (`Am Freitag, den` / `3. Mai ...`)."""
    above = span.first - 1
    if above < free or quoted[above]:
        return span
    start = _plain(lines[above])
    opens = bool(_ON.match(start)) and len(start) < 80 and not start.endswith((".", "!", "?"))
    return Span(above, span.last) if opens and not _ON.match(_text(lines, span)) and start.endswith(",") else span


def _sharing_its_line(line: str, number: int, quote_below: bool) -> Span | None:
    """`Thanks! On Wed, 4 Apr 2012 Ana wrote:` in one line, above a quotation."""
    if not quote_below or len(line) > LONGEST:
        return None
    for start in _INLINE.finditer(line):
        ended = line[: start.start()].rstrip().endswith((".", "!", "?", ")"))
        if ended and _is_signed_and_dated(_plain(line[start.end() :]), quote_below):
            return Span(number, number, start.end())
    return None


def _plain(line: str) -> str:
    return " ".join(_INVISIBLE.sub("", line).split()).strip(_DECORATION)


def _text(lines: Sequence[str], span: Span) -> str:
    return _plain(" ".join(lines[span.first : span.last + 1]))


def _is_balanced(text: str) -> bool:
    """Whether this can be the whole of it: not torn out of an address."""
    return 0 < len(text) <= LONGEST and not text.startswith(("<", ">")) and text.count(">") <= text.count("<")


def _closes(text: str) -> bool:
    return text.endswith((":", "：")) or _WROTE.within(text[-20:])


def _is_signed_and_dated(text: str, quote_below: bool) -> bool:
    """A date, and a word for "wrote" or an address: the usual form."""
    wrote, address = _WROTE.within(text), bool(_ADDRESS.search(text))
    date = _DATE.search(text) if wrote or address else None
    if date is None:
        return False
    opens = bool(_ON.match(text) or _DAY_FIRST.match(text))
    if not _closes(text):
        whole = text.endswith(">") and text.count("<") == text.count(">")
        return address and whole and bool(_DAY_FIRST.match(text)) and not _ON.match(text)
    if opens and date.start() <= _EARLY:
        return True
    return (wrote and address) or (quote_below and (wrote or date.start() <= _EARLY))


def _is_dated(text: str, quote_below: bool) -> bool:
    """A date at the front and a quotation below."""
    if not quote_below or not _closes(text) or not (_ON.match(text) or _DAY_FIRST.match(text)):
        return False
    date = _DATE.search(text)
    return date is not None and date.start() <= _EARLY


def _is_named(text: str, quote_below: bool) -> bool:
    """Nobody said when, but who: `Ana wrote:` above a quotation, or `Ana <ana@example.org> wrote:` anywhere."""
    wrote, address = _WROTE.within(text), bool(_ADDRESS.search(text))
    if len(text) > _LONGEST_UNDATED or not _closes(text):
        return False
    return (wrote and address) or (quote_below and (wrote or address))
