"""Writing mails: the same arguments give the same bytes, so that what was approved can be frozen and compared."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from storage.values.errors import Refused
from tools.mail.email import Address, Email
from tools.mail.envelope import ascii_address
from tools.mail.id_headers import IdHeader
from tools.mail.message_id import bare_id
from tools.mail.subjects import reply_subject

_CHAIN = 200
"""Ids kept of a longer chain of references: the first and the last ones, as RFC 5322's predecessors advise."""
_QUOTED = 50_000
"""Characters of the original that are quoted: some 600 lines."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINE_BREAK = re.compile(r"[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029\x00]")

_headers = HeaderRegistry()
for _name in ("message-id", "in-reply-to", "references"):
    _headers.map_to_type(_name, IdHeader)  # type: ignore[arg-type]  # typeshed asks for more than the library
# 7bit: quoted-printable or base64 where needed, so that every server takes the mail as it is.
_policy = SMTP.clone(header_factory=_headers, cte_type="7bit")


def compose_reply(
    original: Email,
    *,
    sender: Address,
    body: str,
    message_id: str,
    date: datetime,
    cc: Sequence[Address] = (),
    quote: bool = True,
    subject: str = "",
    automatic: bool = False,
    own: Collection[str] = (),
) -> bytes:
    """An answer in the thread of `original`, to where it asks for answers. `date` is aware; the original's time is told
    in its zone. `subject`: another one than the original's; `automatic`: no person pressed send, and no machine shall
    answer (RFC 3834); `own`: the sender's other addresses, in lower case. Refused when there is nobody to answer, or a field
    holds a line break."""
    text = f"{body.rstrip()}\n\n{_quotation(original, date)}" if quote else body
    message = _started(sender, reply_recipients(original, sender, own), cc, date, message_id)
    message["Subject"] = _one_line(subject, "subject") if subject else reply_subject(original.subject)
    if automatic:
        message["Auto-Submitted"] = "auto-replied"
        message["X-Auto-Response-Suppress"] = "All"
    if original_id := bare_id(original.message_id):
        message["In-Reply-To"] = f"<{original_id}>"
    if chain := _references(original):
        message["References"] = " ".join(f"<{reference}>" for reference in chain)
    return _finished(message, text)


def compose_new(
    *,
    sender: Address,
    to: Sequence[Address],
    subject: str,
    body: str,
    message_id: str,
    date: datetime,
    cc: Sequence[Address] = (),
) -> bytes:
    """A mail that begins a thread. Refused when it has no recipient, or a field holds a line break."""
    message = _started(sender, to, cc, date, message_id)
    message["Subject"] = _one_line(subject, "subject")
    return _finished(message, body)


def reply_recipients(original: Email, sender: Address, own: Collection[str] = ()) -> tuple[Address, ...]:
    """Where an answer goes: Reply-To, else From; for one's own mail, to whom it went. Refused when nobody is there."""
    if original.sender and original.sender.address in (sender.address, *own) and original.to:
        return original.to
    answer_to = original.reply_to or original.sender
    if answer_to is None:
        raise Refused("This mail names no sender, so it cannot be answered: write a new mail.")
    return (answer_to,)


def _started(
    sender: Address, to: Sequence[Address], cc: Sequence[Address], date: datetime, message_id: str
) -> EmailMessage:
    if not to:
        raise Refused("This mail has nobody to go to: give it a recipient.")
    own_id = bare_id(message_id)
    if not own_id:
        raise Refused("The Message-ID of this mail cannot stand in a header: choose another one.")
    message = EmailMessage(policy=_policy)
    message["From"] = _header(sender)
    message["To"] = [_header(address) for address in to]
    if cc:
        message["Cc"] = [_header(address) for address in cc]
    message["Date"] = format_datetime(date.replace(microsecond=0))
    message["Message-ID"] = f"<{own_id}>"
    return message


def _finished(message: EmailMessage, text: str) -> bytes:
    lines = _CONTROL.sub("", text).replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"
    message.set_content(lines.encode("utf-8", "replace").decode("utf-8"), charset="utf-8")
    return message.as_bytes()


def _header(address: Address) -> HeaderAddress:
    local, _, domain = ascii_address(address.address).rpartition("@")
    return HeaderAddress(_one_line(address.name, "name of an address"), local, domain)


def _one_line(text: str, what: str) -> str:
    if _LINE_BREAK.search(text):
        raise Refused(f"The {what} holds a line break, which could smuggle in another header: write it on one line.")
    return text.encode("utf-8", "replace").decode("utf-8").strip()


def _references(original: Email) -> list[str]:
    before = original.references or (original.in_reply_to,)
    chain = list(dict.fromkeys(filter(None, map(bare_id, (*before, original.message_id)))))
    return chain if len(chain) <= _CHAIN else [chain[0], *chain[1 - _CHAIN :]]


def _quotation(original: Email, date: datetime) -> str:
    lines = original.text[:_QUOTED].rstrip().splitlines()
    if len(original.text) > _QUOTED:
        lines.append("[…]")
    quoted = "\n".join(f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in lines)
    return f"{_attribution(original, date)}\n{quoted}"


def _attribution(original: Email, date: datetime) -> str:
    who = " ".join(_LINE_BREAK.sub(" ", str(original.sender or "somebody")).split())
    if original.sent_at is None:
        return f"{who} wrote:"
    return f"On {format_datetime(original.sent_at.astimezone(date.tzinfo).replace(microsecond=0))}, {who} wrote:"
