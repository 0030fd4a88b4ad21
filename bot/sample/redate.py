"""Gives a stored mail its days: in the headers, in the words, and inside its attachments."""

from __future__ import annotations

import base64
import quopri
from collections.abc import Callable
from datetime import date, datetime
from email import message_from_bytes, policy
from email.message import Message
from email.utils import format_datetime, parsedate_to_datetime

from bot.sample.days import moved, with_days

# Headers that we do not touch stay as they were written, byte for byte.
_POLICY = policy.default.clone(refold_source="none", cte_type="8bit")
_DATED = ("Date", "Arrival-Date", "Received")
_ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "quoted-printable": quopri.encodestring,
    "base64": base64.encodebytes,
}


def redated(raw: bytes, newest: date, *, unread: bool, answered: bool) -> bytes:
    """The mail as it would look today. Clock times stay. What was read and answered is told in the headers `Status` and
    `X-Status`, as mail programs do in mbox files, because a bare file has no other place for it."""
    message = message_from_bytes(raw, policy=_POLICY)
    for part in message.walk():
        _move_headers(part, newest)
        if part.get_content_maintype() == "text" or part.get_content_type() == "application/pdf":
            _fill_in(part, newest)
    message["Status"] = "O" if unread else "RO"
    if answered:
        message["X-Status"] = "A"
    return message.as_bytes()


def _move_headers(part: Message, newest: date) -> None:
    for name in _DATED:
        if name in part:
            before, mark, stamp = str(part[name]).rpartition(";")
            part.replace_header(name, f"{before}{mark} {_move_stamp(stamp, newest)}".strip())
    if "{" in str(part.get("Subject", "")):
        part.replace_header("Subject", with_days(str(part["Subject"]), newest))


def _move_stamp(stamp: str, newest: date) -> str:
    then = parsedate_to_datetime(stamp)
    return format_datetime(datetime.combine(moved(then.date(), newest), then.timetz()))


def _fill_in(part: Message, newest: date) -> None:
    """Replaces the placeholders of a leaf. In a PDF they are as long as what replaces them, or its offsets would lie."""
    charset = part.get_content_charset("latin-1")
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    dated = with_days(content.decode(charset), newest).encode(charset)
    if dated == content:
        return
    encode = _ENCODERS.get(str(part["Content-Transfer-Encoding"]).lower(), bytes)
    part.set_payload(encode(dated).decode("ascii", "surrogateescape"))
