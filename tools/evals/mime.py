"""The `mime` eval: 153 weird messages are taken in, and our reading is held against a second parser's, field by field."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.evals.scorecard import Scorecard
from tools.mail.bodies import Bodies, bodies
from tools.mail.content import part_text
from tools.mail.email import Email
from tools.mail.parse import attachment_bytes, parse
from tools.mail.structure import Part, split

GOAL = 0.95
SHOWN = 1_500
"""Characters of a text part that the second opinion gives."""

DISPUTED: Mapping[str, str] = {
    "m008": "a boundary line that ends a header without an empty line still opens its part",
    "m010": "RFC 2046 5.1.2: the outer boundary ends an inner multipart that was never closed",
    "m012": "RFC 2046 5.1.2: the outer boundary ends an inner multipart that was never closed",
    "m019": "words below a header that was cut off are words, not nothing",
    "m024": "a file name must not bring folders along",
}
"""Messages where the second opinion is wrong or unsafe, and why. Their fields count against us all the same."""

Field = tuple[str, Any, Any]


def run(data: Path) -> Scorecard:
    """Reads `mime/` of the data folder. Figures: files read, checked fields, the share that agrees."""
    rows = [json.loads(line) for line in (data / "mime" / "index.jsonl").read_text(encoding="utf-8").splitlines()]
    cases: list[dict[str, Any]] = []
    for row in rows:
        raw = (data / "mime" / row["file"]).read_bytes()
        email = parse(raw)
        if "parts" in row.get("expected", {}):
            cases.extend(_case(row["id"], field) for field in _fields(raw, email, row["expected"]))
    agreeing = sum(case["agrees"] for case in cases)
    figures = {"files": len(rows), "fields": len(cases), "agreeing": agreeing, "share": round(agreeing / len(cases), 4)}
    return Scorecard("mime", figures, cases)


def _case(message: str, field: Field) -> dict[str, Any]:
    name, expected, got = field
    return {
        "id": f"{message}/{name}",
        "expected": expected,
        "got": got,
        "agrees": expected == got,
        "disputed": "" if expected == got else DISPUTED.get(message, ""),
    }


def _fields(raw: bytes, email: Email, expected: Mapping[str, Any]) -> Iterator[Field]:
    parts, _ = split(raw)
    chosen = bodies(parts)
    yield "subject", expected["subject"] or "", email.subject
    yield "from", _sender(expected["from"]), [email.sender.name, email.sender.address] if email.sender else None
    yield "message_id", expected["message_id"] or "", email.message_id
    yield from _chosen(expected, chosen)
    yield "attachments", expected["attachments"], [attachment.part for attachment in email.attachments]
    for number, wanted in enumerate(expected["parts"]):
        yield from _part(raw, email, number, wanted, parts)


def _sender(given: Any) -> list[str] | None:
    if not given:
        return None
    first = given["List"][0]
    return [first["name"] or "", (first["address"] or "").lower()]


def _chosen(expected: Mapping[str, Any], chosen: Bodies) -> Iterator[Field]:
    yield "text_body", expected["text_body"], [part.index for part in chosen.text]
    yield "html_body", expected["html_body"], [part.index for part in chosen.html]


def _part(raw: bytes, email: Email, number: int, wanted: Mapping[str, Any], parts: Sequence[Part]) -> Iterator[Field]:
    """The fields of one part: its type; text parts by their words, binary ones by size and digest, named ones by name."""
    part = parts[number] if number < len(parts) else None
    yield f"parts/{number}/type", wanted["type"], _stated_type(part)
    if "text" in wanted:
        text = part_text(part)[0] if part is not None and not part.children else ""
        yield f"parts/{number}/text", wanted["text"], text[:SHOWN] if part is not None else None
        yield f"parts/{number}/chars", wanted["chars"], len(text) if part is not None else None
    if "sha256" in wanted:
        data = attachment_bytes(raw, number) if part is not None else b""
        yield f"parts/{number}/bytes", wanted["bytes"], len(data)
        yield f"parts/{number}/sha256", wanted["sha256"], hashlib.sha256(data).hexdigest()
    name = wanted.get("filename") or wanted.get("name")
    if name:
        yield f"parts/{number}/name", name, next((one.name for one in email.attachments if one.part == number), None)


def _stated_type(part: Part | None) -> str | None:
    """The media type a part states itself, as the second opinion gives it."""
    return part.media_type if part is not None and part.content_type else None
