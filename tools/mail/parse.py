"""`parse`: the bytes of any message into an `Email`. It never raises: what is broken is read as far as it goes and noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tools.mail.addresses import addresses, first_address, message_id, message_ids, sent_at
from tools.mail.bodies import Bodies, bodies
from tools.mail.charsets import clean, decode
from tools.mail.content import enclosed_files, message_text
from tools.mail.email import Address, Attachment, Email
from tools.mail.header_values import Headers
from tools.mail.quotes import split_reply
from tools.mail.structure import Part, split
from tools.mail.words import raw_text

LONGEST_HEADER = 256_000
"""Bytes of header fields that are read."""


def parse(raw: bytes) -> Email:
    """Reads a message. Whatever the bytes are, an `Email` comes back, without NUL and lone surrogates in any field."""
    parts, defects = split(raw)
    message, chosen = parts[0], bodies(parts)
    headers = _headers(message, defects)
    text = message_text(chosen, defects)
    moment, date_defect = sent_at(_first(headers, "date"))
    return Email(
        message_id=message_id(_first(headers, "message-id")),
        in_reply_to=next(iter(message_ids(_first(headers, "in-reply-to"))), ""),
        references=message_ids(_first(headers, "references")),
        subject=_first(headers, "subject"),
        sender=first_address(message.field("from")) or first_address(message.field("sender")),
        reply_to=first_address(message.field("reply-to")),
        to=_people(message, "to"),
        cc=_people(message, "cc"),
        sent_at=moment,
        text=text,
        reply=split_reply(text).reply,
        attachments=tuple(_attachments(chosen, len(parts))),
        headers=headers,
        defects=tuple(dict.fromkeys(note for note in (*defects, date_defect) if note)),
    )


def attachment_bytes(raw: bytes, part: int) -> bytes:
    """The content of the attachment that `parse` listed under this `part`. IndexError when there is no such part."""
    parts, _ = split(raw)
    if 0 <= part < len(parts):
        return parts[part].unpacked[0]
    if part < 0:
        raise IndexError(part)
    return enclosed_files(bodies(parts))[part - len(parts)].data


def _headers(message: Part, defects: list[str]) -> Headers:
    if sum(len(value) for _, value in message.fields) <= LONGEST_HEADER:
        return Headers(message.by_name)
    found: dict[str, list[bytes]] = {}
    size = 0
    for name, value in message.fields:
        size += len(value)
        if size > LONGEST_HEADER:
            defects.append(f"a header of more than {LONGEST_HEADER} bytes: the rest was not read")
            break
        found.setdefault(name, []).append(value)
    return Headers(found)


def _first(headers: Mapping[str, tuple[str, ...]], name: str) -> str:
    return next((value for value in headers.get(name, ()) if value), "")


def _people(message: Part, name: str) -> tuple[Address, ...]:
    """All addresses of a field that may stand in the header more than once."""
    values = map(raw_text, message.by_name.get(name, ()))
    return tuple(dict.fromkeys(address for value in values for address in addresses(value)))


def _attachments(chosen: Bodies, parts: int) -> Iterator[Attachment]:
    """Attached parts first; files uuencoded in the text are numbered on from the last part."""
    for part in chosen.attached:
        yield Attachment(part.name, part.media_type, len(part.unpacked[0]), part.index)
    for position, file in enumerate(enclosed_files(chosen)):
        name = clean(decode(file.name)[0]).strip()
        yield Attachment(name, "application/octet-stream", len(file.data), parts + position)
