"""Headers read at once are what they are when they are read line by line."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tools.mail.header_lines import LONGEST, plain_fields
from tools.mail.header_values import Headers
from tools.mail.parse import parse
from tools.mail.structure import MOST_FIELDS, _Splitter, split

_PIECES = st.sampled_from(
    [
        b"Subject: plan",
        b"To : ana@x",
        b"X-A:\tb",
        b"From ana Mon",
        b"--x",
        b"no field",
        b" folded",
        b"\t",
        b" ",
        b"",
        b"\r",
        b": y",
        b"A:\x00\xff",
        b"B:c\rd",
        b"Content-Type: text/plain",
        b"n" * 201 + b": long",
        b"\x0b",
        b"C" + b" " * 300 + b":d",
    ]
)
_RAW = st.lists(st.tuples(_PIECES, st.sampled_from([b"\n", b"\r\n", b"\n\n", b"\r\n\r\n", b""])), max_size=12).map(
    lambda lines: b"".join(line + end for line, end in lines)
)


@settings(deadline=None)
@given(_RAW | st.binary(max_size=60), st.integers(0, 3))
def test_a_header_read_at_once_is_the_header_read_line_by_line(raw: bytes, position: int) -> None:
    plain = plain_fields(raw, position, MOST_FIELDS)
    slow = _Splitter(raw)
    fields = slow._odd_fields(position)
    assert plain is None or (plain, slow.unfinished, slow.defects) == (fields, False, [])


@settings(deadline=None)
@given(_RAW)
def test_fields_are_words_whenever_they_are_asked_for(raw: bytes) -> None:
    parts, _ = split(raw)
    headers = Headers(parts[0].by_name)
    assert list(headers) == list(dict.fromkeys(name for name, _ in parts[0].fields))
    assert dict(parse(raw).headers) == dict(headers)


def test_nearly_all_headers_are_read_at_once() -> None:
    raw = b"Received: by x\r\n\tfor y;\r\n z\r\nSubject: =?utf-8?q?=C3=A9?=\r\n\r\nHi"
    fields, body = plain_fields(raw, 0, MOST_FIELDS) or ([], 0)
    assert (fields[0], raw[body:]) == (("received", b"by x\r\n\tfor y;\r\n z"), b"Hi")
    assert Headers({"subject": [b"=?utf-8?q?=C3=A9?="]})["subject"] == ("é",)


def test_the_end_of_a_header_is_looked_for_nearby_only() -> None:
    # A thousand parts, each with the rest of 32 MB to search for the end of its header, would take minutes.
    assert plain_fields(b"X: y\n" * (LONGEST // 5 + 1) + b"\n", 0, LONGEST) is None
    assert plain_fields(b"X: y\n" * 1_000 + b"\n", 0, 1_000) is not None
    assert plain_fields(b"X: y\n" * 1_001 + b"\n", 0, 1_000) is None
