"""The line above a quotation ("On Monday Ana wrote:"), in any language and wrapped over several lines.

Not one pattern a language: a line is judged by its features (a date near its front, an address, a word for "wrote", a
colon at its end, a quotation below), so that languages and programs nobody listed are mostly recognised too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tools.mail.phrases import ON, WROTE, WROTE_JOINED

MOST_LINES = 6
LONGEST = 400
"""Characters of an attribution; mail programs write far fewer."""
MOST_CANDIDATES = 400
"""Lines of one message that are looked at closely, so that hostile text stays cheap."""

_EARLY = 45
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad]")
_WROTE = re.compile(rf"(?<![^\W\d_])(?:{WROTE})(?![^\W\d_])|{WROTE_JOINED}", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>@\[\]()\"]{1,100}@[^\s<>@\[\]()\",;:]{2,100}")
_DATE = re.compile(
    r"\d{1,4}[./-]\s?\d{1,2}[./-]\s?\d{1,4}|\d{1,2}\s?[年月日년월일]|(?<!\d)(?:19|20)\d\d(?!\d).{0,25}?\d{1,2}"
    r"|(?<!\d)\d{1,2}(?!\d)\D{1,25}(?:19|20)\d\d(?!\d)|(?<!\d)[012]?\d[:.h][0-5]\d(?!\d)"
)
_ON = re.compile(rf"(?:{ON})[\s‏-]{{1,3}}", re.IGNORECASE)
_DAY_FIRST = re.compile(r"[^\W\d_]{2,14}[.,]{0,2}\s+(?:[^\W\d_]{2,12}[.,]?\s+)?\d|\d")
_INLINE = re.compile(rf"\s(?=(?:{ON})\s+(?:[^\W\d_]{{2,14}}[.,]{{0,2}}\s+){{0,2}}\d)", re.IGNORECASE)
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
        if not _may_end(line) or (quoted[last] and not _is_torn(line)):
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


def _is_torn(line: str) -> bool:
    """`> wrote:` is no quotation but the end of `<address` `> wrote:`, broken over two lines."""
    return len(line) < 60 and bool(re.match(r">\s*\S{0,20}\s?\S{0,20}:\s*$", line)) and bool(_WROTE.search(line))


def _ending_at(lines: Sequence[str], quoted: Sequence[bool], last: int, free: int, quote_below: bool) -> Span | None:
    """The attribution that ends in line `last`: with a date if one of the spans has it, else without."""
    spans = [Span(first, last) for first in _starts(lines, quoted, last, free)]
    texts = [_text(lines, span) for span in spans]
    for dated in (True, False):
        for span, text in zip(spans, texts, strict=True):
            if len(text) <= LONGEST and _is_attribution(text, dated, quote_below):
                return span if not dated else _whole(lines, quoted, span, free, quote_below)
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


def _whole(lines: Sequence[str], quoted: Sequence[bool], span: Span, free: int, quote_below: bool) -> Span:
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
        if _is_attribution(_plain(line[start.end() :]), True, quote_below):
            return Span(number, number, start.end())
    return None


def _plain(line: str) -> str:
    return " ".join(_INVISIBLE.sub("", line).split()).strip(_DECORATION)


def _text(lines: Sequence[str], span: Span) -> str:
    return _plain(" ".join(lines[span.first : span.last + 1]))


def _is_attribution(text: str, dated: bool, quote_below: bool) -> bool:
    if text.startswith(("<", ">")) or text.count(">") > text.count("<"):
        return False
    wrote, address = bool(_WROTE.search(text)), bool(_ADDRESS.search(text))
    colon = text.endswith((":", "：")) or (wrote and bool(_WROTE.search(text[-20:])))
    if not dated:
        return colon and len(text) < 200 and (quote_below or (wrote and address and text.endswith(":"))) and (wrote or address)
    date = _DATE.search(text)
    if date is None or not (colon or (address and text.endswith(">") and _DAY_FIRST.match(text))):
        return False
    if date.start() <= _EARLY:
        if _ON.match(text) or _DAY_FIRST.match(text):
            return wrote or address or quote_below
        return (wrote or address) and (quote_below or (wrote and address))
    return wrote and (address or quote_below)
