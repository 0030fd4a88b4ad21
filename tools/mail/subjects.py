"""Subjects of answers: one "Re:", whatever the others' mail programs call it."""

from __future__ import annotations

import re

_WORDS = (
    "re", "aw", "antw", "antwort", "sv", "vs", "odp", "rif", "res", "ynt", "ref\\.", "bls", "atb", "vá", "hl", "回复", "回覆",
    "答复", "答覆", "返信", "답장", "השב", "تب", "رد", "ответ", "отв", "απ", "σχετ",
)  # fmt: skip
"""What mail programs put before the subject of an answer, from Afrikaans to Chinese."""
_ANSWER = re.compile(rf"\s*(?:(?:{'|'.join(_WORDS)})\s*(?:\[\d+\]|\(\d+\)|\^\d+)?|R)\s*[:：]\s*", re.IGNORECASE)


def plain_subject(subject: str) -> str:
    """The subject on one line, without the marks of an answer before it."""
    subject = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", " ", subject).split())
    while mark := _ANSWER.match(subject):
        subject = subject[mark.end() :]
    return subject


def reply_subject(subject: str) -> str:
    """The subject of an answer to a mail of that subject."""
    return f"Re: {plain_subject(subject)}".rstrip()
