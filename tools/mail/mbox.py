"""Mbox files: one mail after another, each begun by a "From " line."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from storage.values.errors import Refused

# The standard library's reader takes every line that begins with "From " for a new mail, so a sentence in a body that
# some program left unescaped cuts a mail in two. An envelope line names a weekday, a month, a time and a year.
_DATED = re.compile(
    rb"^From [^\r\n]{0,200}?\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? [^\r\n]{0,20}?\b"
    rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b[^\r\n]{0,40}?\d:\d\d[^\r\n]*\r?\n",
    re.MULTILINE,
)
# Some programs write no date; then a blank line before it must do.
_UNDATED = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]*\r?\n")
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)


def split_mbox(path: Path) -> Iterator[bytes]:
    """The mails of an mbox file, as they were before they were put there: one ">" is taken off escaped "From " lines.

    Raises Refused when the file does not begin as an mbox does."""
    with path.open("rb") as file:
        if file.read(5) != b"From ":
            raise Refused(f"{path} is not an mbox file, since it does not begin with “From ”: export the mail again.")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
            separator = _DATED if _DATED.match(whole) else _UNDATED
            cuts = [(found.start(), found.end()) for found in separator.finditer(whole)]
            for (_, begin), (end, _) in pairwise([*cuts, (len(whole), 0)]):
                yield _unescaped(whole[begin:end])


def _unescaped(mail: bytes) -> bytes:
    for blank in (b"\r\n\r\n", b"\n\n"):  # the line between two mails belongs to neither
        if mail.endswith(blank):
            mail = mail[: -len(blank) // 2]
            break
    return _ESCAPED.sub(rb"\1", mail)
