"""`split_reply`: the new words of a mail, apart from the history it quotes and from its signature."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tools.mail.attribution import Span, attributions
from tools.mail.headerblock import block_at, fields_at, is_rule, separator_at
from tools.mail.signatures import signature_start

MOST_HEADERS = 400
"""Lines of one message that are tried as the beginning of a header block, so that hostile text stays cheap."""
_LONGEST_OPENING = 1_000
_WRAPPED = 60
"""A quoted line at least this long may have been wrapped, so that its end stands unquoted on the next line."""
_MARK = re.compile(r"\s{0,3}>")
_GAP = re.compile(r"\n{3,}")
_OPENERS = frozenset(" \t*>_-—–=")


@dataclass(frozen=True)
class Split:
    """A mail's text in three: what was written now, what is repeated, and who or what signed it."""

    reply: str
    quoted: str
    signature: str


@dataclass(eq=False)
class _Block:
    """Neighbouring lines of one kind: own words, a quotation, or the attribution above one."""

    kind: str
    lines: list[str] = field(default_factory=list)

    def has_words(self) -> bool:
        return any(line.strip() for line in self.lines)


def split_reply(text: str) -> Split:
    """Splits a mail's text. Words between quotations stay where they are, with the quotations they answer.

    A mail that holds nothing but a bare quotation is returned whole. Linear in the length of the text.
    """
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\u00a0", " ").split("\n")]
    blocks, history = _blocks(lines)
    signature = _cut_signatures(blocks)
    blocks = [block for block in blocks if block.has_words()]
    kept = _chosen(blocks, bool(history))
    reply = [line for block, stays in zip(blocks, kept, strict=True) if stays for line in block.lines]
    quoted = [line for block, stays in zip(blocks, kept, strict=True) if not stays for line in block.lines]
    return Split(_tidy(reply), _tidy([*quoted, *history]), _tidy(signature))


def _tidy(lines: Sequence[str]) -> str:
    text = "\n".join(lines)
    return (_GAP.sub("\n\n", text) if "\n\n\n" in text else text).strip("\n").rstrip()


def _blocks(lines: Sequence[str]) -> tuple[list[_Block], list[str]]:
    """The blocks in order, and the history: all lines from where a message is quoted without marks to the end."""
    quoted = _quoted(lines)
    below = _quote_below(lines, quoted)
    spans = {span.first: span for span in attributions(lines, quoted, below)}
    blocks: list[_Block] = []
    number, tries, written = 0, 0, False
    for stop in (*_stops(lines, quoted, spans), len(lines)):
        if stop < number:  # within what was dealt with already
            continue
        written = written or any(lines[number:stop])
        _add_words(blocks, lines[number:stop])
        number = stop
        if number == len(lines):
            break
        span, opens, line = spans.get(number), 0, lines[number]
        if span is None and not quoted[number] and tries < MOST_HEADERS:
            tries += 1
            opens = _opening(lines, number, spans)
            span = Span(number, number + opens - 1) if opens else None
        if span is None:
            _add(blocks, "quote" if quoted[number] else "words", line)
            written = written or bool(line and not quoted[number])
            number += 1
            continue
        if span.at:
            _add(blocks, "words", line[: span.at])
            written = True
        if not below[span.last] and (opens or written):
            return blocks, [lines[span.first][span.at :], *lines[span.first + 1 :]]
        blocks.append(_Block("attribution", [lines[span.first][span.at :], *lines[span.first + 1 : span.last + 1]]))
        number = span.last + 1
    return blocks, []


def _stops(lines: Sequence[str], quoted: Sequence[bool], spans: Mapping[int, Span]) -> list[int]:
    """The lines that may be more than words, in order: quoted ones, attributions, and what could open a header block."""
    return [
        number
        for number, line in enumerate(lines)
        if quoted[number]
        or number in spans
        or (line and (":" in line or line[0] in _OPENERS or "：" in line) and _may_open(line))
    ]


def _add_words(blocks: list[_Block], lines: Sequence[str]) -> None:
    """Adds lines that are not quoted; empty ones below a quotation belong to it."""
    first = 0
    if blocks and blocks[-1].kind == "quote":
        first = next((number for number, line in enumerate(lines) if line), len(lines))
        blocks[-1].lines.extend(lines[:first])
    if first == len(lines):
        return
    if blocks and blocks[-1].kind == "words":
        blocks[-1].lines.extend(lines[first:])
    else:
        blocks.append(_Block("words", list(lines[first:])))


def _add(blocks: list[_Block], kind: str, line: str) -> None:
    """Adds a line to the last block if it is of that kind; an empty line belongs to whatever it stands below."""
    if blocks and (blocks[-1].kind == kind or (not line.strip() and blocks[-1].kind == "quote")):
        blocks[-1].lines.append(line)
    else:
        blocks.append(_Block(kind, [line]))


def _quoted(lines: Sequence[str]) -> list[bool]:
    """Which lines are quoted: those marked, and the torn-off ends of long marked lines."""
    marked = [">" in line[:4] and bool(_MARK.match(line)) for line in lines]
    if not any(marked):
        return marked
    for number in range(1, len(lines) - 1):
        line = lines[number]
        torn = marked[number - 1] and marked[number + 1] and len(lines[number - 1]) >= _WRAPPED and len(line) < _WRAPPED
        if not marked[number] and line.strip() and torn:
            marked[number] = True
    return marked


def _quote_below(lines: Sequence[str], quoted: Sequence[bool]) -> list[bool]:
    """For each line whether the next line with words is quoted."""
    below = [False] * len(lines)
    if not any(quoted):
        return below
    state = False
    for number in range(len(lines) - 1, -1, -1):
        below[number] = state
        if lines[number].strip():
            state = quoted[number]
    return below


def _may_open(line: str) -> bool:
    """A cheap look at whether anything could open here: a rule of dashes, or a colon near the front or at the end."""
    if not line or len(line) > _LONGEST_OPENING:
        return False
    return (
        line.lstrip(" \t*>_")[:1] in "-—–="
        or line[0] == "_"
        or ":" in line[:40]
        or line[-1] in ":："
        or "：" in line[:40]
    )


def _opening(lines: Sequence[str], number: int, spans: Mapping[int, Span]) -> int:
    """How many lines announce a message quoted as a whole at this line; 0 when nothing does."""
    separates = separator_at(lines, number)
    if not separates and not is_rule(lines[number]):
        return block_at(lines, number)
    below = next((at for at in range(number + 1, min(number + 4, len(lines))) if lines[at].strip()), number)
    taken = 0
    if below in spans:
        taken = spans[below].last + 1 - below
    elif below > number and not is_rule(lines[below]):
        taken = block_at(lines, below) or (fields_at(lines, below) if separates else 0)
        taken = taken or (0 if separates else _opening_below_rule(lines, below, spans))
    return below - number + taken if taken else int(separates)


def _opening_below_rule(lines: Sequence[str], number: int, spans: Mapping[int, Span]) -> int:
    return _opening(lines, number, spans) if separator_at(lines, number) else 0


def _cut_signatures(blocks: list[_Block]) -> list[str]:
    """Takes the signature off the last words, and off words that stand right above an attribution."""
    taken: list[str] = []
    own = [number for number, block in enumerate(blocks) if block.kind == "words" and block.has_words()]
    for number in reversed(own):
        above = number + 1 < len(blocks) and blocks[number + 1].kind == "attribution"
        if number == own[-1] or above:
            words = blocks[number].lines
            start = signature_start(words)
            taken = words[start:] + taken
            del words[start:]
    return taken


def _chosen(blocks: Sequence[_Block], history: bool) -> list[bool]:
    """For each block whether it belongs to the reply."""
    last = max((number for number, block in enumerate(blocks) if block.kind == "words"), default=-1)
    if last < 0:
        bare = not history and all(block.kind == "quote" for block in blocks)
        return [bare] * len(blocks)
    answered = [number for number in range(last) if blocks[number].kind == "quote"]
    introduced = len(answered) == 1 and answered[0] > 0 and blocks[answered[0] - 1].kind == "attribution"
    kinds = {"words"} if introduced else {"words", "quote"}
    return [number <= last and block.kind in kinds for number, block in enumerate(blocks)]
