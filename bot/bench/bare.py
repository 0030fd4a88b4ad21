"""The baseline of the ingest bench: the plainest loop that makes mails searchable by text."""

from __future__ import annotations

import email
from collections.abc import Sequence
from email.policy import default
from pathlib import Path

import psycopg

_TABLE = """
CREATE TABLE bare (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject TEXT, sender TEXT, body TEXT,
    search TSVECTOR GENERATED ALWAYS AS (
        to_tsvector('simple', subject || ' ' || sender || ' ' || body) || to_tsvector('english', subject || ' ' || body)
    ) STORED
);
CREATE INDEX ON bare USING gin (search)
"""


def read_all(mails: Sequence[Path], url: str) -> int:
    """Parses each file with the standard library, stores it with a statement of its own, and gives how many there are."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS bare")
        connection.execute(_TABLE)
        for mail in mails:
            connection.execute("INSERT INTO bare (subject, sender, body) VALUES (%s, %s, %s)", _row(mail.read_bytes()))
        row = connection.execute("SELECT count(*) FROM bare").fetchone()
        return int(row[0]) if row else 0


def _row(raw: bytes) -> list[str]:
    return row_of(email.message_from_bytes(raw, policy=default))


def row_of(message: email.message.EmailMessage) -> list[str]:
    """Subject, sender and text, as far as the standard library reads them."""
    return [_clean(part) for part in (*_headers(message), _text(message))]


def _headers(message: email.message.EmailMessage) -> tuple[str, str]:
    try:
        return str(message["subject"] or ""), str(message["from"] or "")
    except (ValueError, AttributeError, IndexError, KeyError):  # what its header parser raises on real mail
        return "", ""


def _text(message: email.message.EmailMessage) -> str:
    try:
        body = message.get_body(("plain", "html"))
        return str(body.get_content()) if body else ""
    except (LookupError, ValueError, AttributeError, AssertionError):  # unknown charsets and broken structure
        return ""


def _clean(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()
