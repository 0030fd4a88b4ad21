"""The skeleton of a message: its parts in depth-first order, each with its header fields and its still packed bytes.

The standard library's parser is quadratic in the nesting depth and ends in a RecursionError on hostile mail, so the
splitting is done here, in one pass over the lines that begin with two dashes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from tools.mail.charsets import clean
from tools.mail.header_lines import plain_fields
from tools.mail.transfer import unpack
from tools.mail.words import parameters, raw_text

MOST_PARTS = 1_000
DEEPEST = 100
MOST_FIELDS = 1_000
LONGEST_BOUNDARY = 1_000

_FIELD = re.compile(rb"(?!--)([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)
_LIKE_BOUNDARY = re.compile(rb"\s{0,20}--([^\r\n]{4,200}?)[ \t]{0,20}\r?\nContent-", re.IGNORECASE)
_TOKEN = re.compile(r"\s*([\w!#$&^.+-]{1,127}/[\w!#$&^.+*-]{1,127})(?=[\s;,]|$)", re.ASCII)


@dataclass(eq=False)
class Part:
    """One MIME part. A multipart has `children` and no body of its own; message/rfc822 is a leaf, never looked into."""

    index: int
    fields: list[tuple[str, bytes]]
    """Header fields in order: lower-cased name, unfolded raw value."""
    inherited: str = "text/plain"
    body: bytes = b""
    children: list[Part] = field(default_factory=list)
    cut: bool = False
    """The message ended before this part did, or it is a multipart that has no parts."""

    @cached_property
    def by_name(self) -> Mapping[str, Sequence[bytes]]:
        """The raw values of each header field, in order."""
        found: dict[str, list[bytes]] = {}
        for name, value in self.fields:
            if name in found:
                found[name].append(value)
            else:
                found[name] = [value]
        return found

    def field(self, name: str) -> str:
        """The first value of a header field as raw characters, or an empty string."""
        values = self.by_name.get(name)
        return raw_text(values[0]) if values else ""

    @cached_property
    def content_type(self) -> str:
        """The field as it stands. Where it was written twice the last one counts: the part was wrapped around it."""
        values = self.by_name.get("content-type")
        return raw_text(values[-1]) if values else ""

    @cached_property
    def media_type(self) -> str:
        """Lower-cased. Unreadable types are text, since somebody may have written words there."""
        if not self.content_type:
            return self.inherited
        stated = _TOKEN.match(self.content_type)
        return stated[1].lower() if stated else "text/plain"

    @cached_property
    def type_parameters(self) -> Mapping[str, str]:
        return parameters(self.content_type)

    @cached_property
    def disposition(self) -> str:
        return self.field("content-disposition").partition(";")[0].strip().lower()

    @cached_property
    def name(self) -> str:
        """The file name, without any folders in front of it."""
        stated = parameters(self.field("content-disposition")).get("filename") or self.type_parameters.get("name", "")
        return re.split(r"[/\\]", stated)[-1].strip()[:255]

    @cached_property
    def unpacked(self) -> tuple[bytes, str]:
        """The bytes without their transfer encoding, and what was wrong with it."""
        return unpack(self.body, self.field("content-transfer-encoding"))

    @property
    def is_multipart(self) -> bool:
        return bool(self.children)


@dataclass
class _Open:
    part: Part
    boundary: bytes


def split(raw: bytes) -> tuple[list[Part], list[str]]:
    """All parts of a message, the message itself first, and the defects of its structure. Linear, and never raises."""
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    return _Splitter(raw).run()


class _Splitter:
    """One pass over a message."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.parts: list[Part] = []
        self.defects: list[str] = []
        self.stack: list[_Open] = []
        self.open: tuple[bytes, ...] = ()
        self.leaf: Part | None = None
        self.leaf_start = 0
        self.begun = 0
        self.unfinished = False
        """The header of the part at hand had no empty line after it."""

    def run(self) -> tuple[list[Part], list[str]]:
        position = self._begin(0, None)
        while self.stack and (found := self._next_delimiter(position)):
            start, after, level, closing = found
            self._end_leaf(start)
            self._unwind(level + (0 if closing else 1))
            position = after
            if not closing and self.raw[after : after + 200].strip():
                self.begun += 1
                if self.begun >= MOST_PARTS:
                    self._note(f"more than {MOST_PARTS} parts: the rest was not read")
                    break
                position = self._begin(after, self.stack[-1].part)
        else:
            if self.leaf is not None and self.stack:
                self.leaf.cut = True
                self._note("the last part was cut off")
            self._end_leaf(len(self.raw))
        self._settle_empty()
        return self.parts, self.defects

    def _next_delimiter(self, position: int) -> tuple[int, int, int, bool] | None:
        """The next boundary line of an open multipart: where it starts and ends, whose it is, and whether it closes."""
        raw = self.raw
        at = position - 1 if position and raw[position - 1 : position] == b"\n" else position
        while (at := raw.find(b"\n--", at)) >= 0:
            end = raw.find(b"\n", at + 1)
            end = len(raw) if end < 0 else end
            line = raw[at + 3 : min(end, at + LONGEST_BOUNDARY)].rstrip()
            level, closing = self._level(line)
            if level is not None:
                return at + 1, min(end + 1, len(raw)), level, closing
            at = end
            if at >= len(raw):
                return None
        return None

    def _level(self, line: bytes) -> tuple[int | None, bool]:
        """Whose boundary the line is, the innermost first, and whether it closes that multipart.

        As RFC 2046 (5.1.2) has it, a line is a boundary line when it begins with the boundary, whatever follows.
        """
        if not line.startswith(self.open):
            return None, False
        for level in range(len(self.stack) - 1, -1, -1):
            boundary = self.stack[level].boundary
            if line.startswith(boundary):
                return level, line.startswith(b"--", len(boundary))
        return None, False

    def _begin(self, position: int, parent: Part | None) -> int:
        """Reads the header of a new part at `position` and returns where its body starts."""
        fields, position = self._fields(position)
        part = Part(len(self.parts), fields)
        self.parts.append(part)
        if parent is not None:
            parent.children.append(part)
            if parent.media_type == "multipart/digest":
                part.inherited = "message/rfc822"
        boundary = self._boundary(part, position)
        if boundary and len(self.stack) < DEEPEST:
            self.stack.append(_Open(part, boundary))
            self.open = tuple(one.boundary for one in self.stack)
        elif boundary:
            self._note(f"multiparts nested deeper than {DEEPEST}")
        self.leaf, self.leaf_start = part, position
        return position

    def _boundary(self, part: Part, position: int) -> bytes:
        if not part.media_type.startswith("multipart/"):
            return b""
        boundary = part.type_parameters.get("boundary", "")[:LONGEST_BOUNDARY].encode("utf-8", "replace").rstrip()
        if not boundary:
            self._note("a multipart without a boundary")
            boundary = self._unstated_boundary(position)
        return boundary

    def _unstated_boundary(self, position: int) -> bytes:
        """The first line of the body, when it looks like a boundary and a part's header stands below it."""
        found = _LIKE_BOUNDARY.match(self.raw, position)
        return found[1] if found else b""

    def _end_leaf(self, end: int) -> None:
        """Gives the part that was being read its bytes: the line end before a boundary belongs to the boundary."""
        if self.leaf is None:
            return
        if end < len(self.raw):
            end -= end > self.leaf_start and self.raw[end - 1 : end] == b"\n"
            end -= end > self.leaf_start and self.raw[end - 1 : end] == b"\r"
        self.leaf.body = self.raw[self.leaf_start : max(end, self.leaf_start)]
        if self.stack and self.unfinished and not self.leaf.body and self.leaf is not self.stack[-1].part:
            self._forget()
        self.leaf = None

    def _forget(self) -> None:
        """Takes out the newest part, which is no more than the beginning of a header between two boundaries."""
        self.parts.pop()
        self.stack[-1].part.children.pop()

    def _unwind(self, level: int) -> None:
        del self.stack[level:]
        self.open = tuple(one.boundary for one in self.stack)

    def _settle_empty(self) -> None:
        """A multipart keeps no text of its own (the preamble is for readers without MIME), unless it has no parts at all."""
        for part in self.parts:
            if part.children:
                part.body = b""
            elif part.media_type.startswith("multipart/") and part.body:
                part.cut = True
                self._note("a multipart without parts")

    def _fields(self, position: int) -> tuple[list[tuple[str, bytes]], int]:
        """The header fields at `position`, and where the body begins."""
        plain = plain_fields(self.raw, position, MOST_FIELDS)
        if plain is not None:
            self.unfinished = False
            return plain
        return self._odd_fields(position)

    def _odd_fields(self, position: int) -> tuple[list[tuple[str, bytes]], int]:
        """The same, line by line, for headers with stray lines in them or without an end."""
        fields: list[tuple[str, bytes]] = []
        first = self.unfinished = True
        while position < len(self.raw):
            line, after = self._line(position)
            if not line.strip():
                self.unfinished = False
                return fields, after
            found = _FIELD.match(line)
            if found and len(fields) < MOST_FIELDS:
                fields.append((found[1].decode("ascii").lower(), found[2].strip()))
            elif not found and not self._may_skip(line, after, first):
                self._note("a header without the empty line after it")
                return fields, position
            position, first = after, False
        return fields, position

    def _may_skip(self, line: bytes, after: int, first: bool) -> bool:
        """A stray line is passed over when it is an mbox envelope or when the header plainly goes on after it."""
        if first and line.startswith((b"From ", b">From ")):
            return True
        return not line.startswith(b"--") and bool(_FIELD.match(self._line(after)[0]))

    def _line(self, position: int) -> tuple[bytes, int]:
        """The line at `position` with its folded continuations, without its line end, and where the next one begins."""
        raw, start = self.raw, position
        end, position = self._line_end(position)
        if not raw[start:end].strip():
            return raw[start:end], position
        while raw[position : position + 1] in (b" ", b"\t"):
            following, after = self._line_end(position)
            if not raw[position:following].strip():
                break
            end, position = following, after
        return raw[start:end].rstrip(b"\r"), position

    def _line_end(self, position: int) -> tuple[int, int]:
        """Where the bare line at `position` ends, and where the next one begins."""
        end = self.raw.find(b"\n", position)
        return (end, end + 1) if end >= 0 else (len(self.raw), len(self.raw))

    def _note(self, defect: str) -> None:
        if clean(defect) not in self.defects:
            self.defects.append(defect)
