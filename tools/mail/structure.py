"""The skeleton of a message: its parts in depth-first order, each with its header fields and its still packed bytes.

The standard library's parser is quadratic in the nesting depth and ends in a RecursionError on hostile mail, so the
splitting is done here, in one pass over the lines that begin with two dashes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from tools.mail.charsets import clean
from tools.mail.transfer import unpack
from tools.mail.words import parameters, raw_text

MOST_PARTS = 1_000
DEEPEST = 100
MOST_FIELDS = 1_000
LONGEST_BOUNDARY = 1_000

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)
_TOKEN = re.compile(r"^[\w!#$&^.+-]+/[\w!#$&^.+*-]+$")


@dataclass(eq=False)
class Part:
    """One MIME part. A multipart has `children` and no body of its own; message/rfc822 is a leaf, never looked into."""

    index: int
    fields: list[tuple[str, bytes]]
    """Header fields in order: lower-cased name, unfolded raw value."""
    inherited: str = "text/plain"
    body: bytes = b""
    children: list[Part] = field(default_factory=list)

    def field(self, name: str) -> str:
        """The first value of a header field as raw characters, or an empty string."""
        return next((raw_text(value) for key, value in self.fields if key == name), "")

    @cached_property
    def content_type(self) -> str:
        return self.field("content-type")

    @cached_property
    def media_type(self) -> str:
        stated = self.content_type.partition(";")[0].strip().lower()
        if not self.content_type:
            return self.inherited
        return stated if _TOKEN.match(stated) else "text/plain"

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
        self.open: dict[bytes, list[int]] = {}
        self.leaf: Part | None = None
        self.leaf_start = 0

    def run(self) -> tuple[list[Part], list[str]]:
        position = self._begin(0, None)
        while self.stack and (found := self._next_delimiter(position)):
            start, after, level, closing = found
            self._end_leaf(start)
            self._unwind(level + (0 if closing else 1))
            position = after
            if not closing:
                if len(self.parts) >= MOST_PARTS:
                    self._note(f"more than {MOST_PARTS} parts: the rest was not read")
                    break
                position = self._begin(after, self.stack[-1].part)
        else:
            if self.leaf is not None and self.stack:
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
            level = self._level(line)
            if level is not None:
                return at + 1, min(end + 1, len(raw)), level, False
            if line.endswith(b"--") and (level := self._level(line[:-2])) is not None:
                return at + 1, min(end + 1, len(raw)), level, True
            at = end
            if at >= len(raw):
                return None
        return None

    def _level(self, boundary: bytes) -> int | None:
        levels = self.open.get(boundary)
        return levels[-1] if levels else None

    def _begin(self, position: int, parent: Part | None) -> int:
        """Reads the header of a new part at `position` and returns where its body starts."""
        fields, position = self._fields(position)
        part = Part(len(self.parts), fields)
        self.parts.append(part)
        if parent is not None:
            parent.children.append(part)
            if parent.media_type == "multipart/digest":
                part.inherited = "message/rfc822"
        boundary = self._boundary(part)
        if boundary and len(self.stack) < DEEPEST:
            self.open.setdefault(boundary, []).append(len(self.stack))
            self.stack.append(_Open(part, boundary))
        elif boundary:
            self._note(f"multiparts nested deeper than {DEEPEST}")
        self.leaf, self.leaf_start = part, position
        return position

    def _boundary(self, part: Part) -> bytes:
        if not part.media_type.startswith("multipart/"):
            return b""
        boundary = part.type_parameters.get("boundary", "")[:LONGEST_BOUNDARY]
        if not boundary:
            self._note("a multipart without a boundary")
        return boundary.encode("utf-8", "replace").rstrip()

    def _end_leaf(self, end: int) -> None:
        """Gives the part that was being read its bytes: the line end before a boundary belongs to the boundary."""
        if self.leaf is None:
            return
        if end < len(self.raw):
            end -= end > self.leaf_start and self.raw[end - 1 : end] == b"\n"
            end -= end > self.leaf_start and self.raw[end - 1 : end] == b"\r"
        self.leaf.body = self.raw[self.leaf_start : max(end, self.leaf_start)]
        self.leaf = None

    def _unwind(self, level: int) -> None:
        while len(self.stack) > level:
            self.open[self.stack.pop().boundary].pop()

    def _settle_empty(self) -> None:
        """A multipart keeps no text of its own (the preamble is for readers without MIME), unless it has no parts at all."""
        for part in self.parts:
            if part.children:
                part.body = b""
            elif part.media_type.startswith("multipart/") and part.body:
                self._note("a multipart without parts")

    def _fields(self, position: int) -> tuple[list[tuple[str, bytes]], int]:
        """The header fields at `position`, and where the body begins."""
        fields: list[tuple[str, bytes]] = []
        first = True
        while position < len(self.raw):
            line, after = self._line(position)
            if not line.strip():
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
        if first:
            return line.startswith((b"From ", b">From ")) or bool(_FIELD.match(self._line(after)[0]))
        return (
            not line.startswith(b"--")
            and bool(_FIELD.match(self._line(after)[0]))
            and bool(self.raw[after : after + 1])
        )

    def _line(self, position: int) -> tuple[bytes, int]:
        """The line at `position` with its folded continuations, without its line end, and where the next one begins."""
        raw, start = self.raw, position
        while True:
            end = raw.find(b"\n", position)
            if end < 0:
                return raw[start:], len(raw)
            position = end + 1
            if raw[position : position + 1] not in (b" ", b"\t") or not raw[start:end].strip():
                break
            following = raw.find(b"\n", position)
            if not raw[position : following if following >= 0 else len(raw)].strip():
                break
        return raw[start:end].rstrip(b"\r"), position

    def _note(self, defect: str) -> None:
        if clean(defect) not in self.defects:
            self.defects.append(defect)
