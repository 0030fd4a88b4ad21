"""Manners: a greeting or a closing that a person changed in a draft, and sent so, stands in the next draft to the same address."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Row

from storage.transaction import Transaction

LONGEST = 60
"""Characters of a line that may be a greeting or belong to a closing."""
CLOSING_LINES = 3


async def learn(tx: Transaction, approved: Row[Any]) -> None:
    """Keeps how the person greets and closes, if they changed that since the first draft of the case."""
    first = approved
    while first.replaces is not None:
        first = await tx.approvals.get(first.replaces)
    before, after = parts(first.action["body"]), parts(approved.action["body"])
    recipients = approved.action["recipients"]
    if len(recipients) != 1 or before == after:
        return
    greeting, closing = (new if new != old else "" for old, new in zip(before, after, strict=True))
    if greeting or closing:
        await tx.manners.learn(approved.person, recipients[0].casefold(), greeting, closing, approved.id)


def parts(body: str) -> tuple[str, str]:
    """The greeting and the closing of a letter; empty where it has none."""
    paragraphs = [one.strip() for one in body.strip().split("\n\n") if one.strip()]
    if len(paragraphs) < 2:
        return "", ""
    greeting = paragraphs[0] if "\n" not in paragraphs[0] and len(paragraphs[0]) <= LONGEST else ""
    lines = paragraphs[-1].splitlines()
    short = len(lines) <= CLOSING_LINES and all(len(one) <= LONGEST for one in lines)
    closing = paragraphs[-1] if len(paragraphs) > 2 and short else ""
    return greeting, closing


def as_learned(body: str, manner: Row[Any] | None) -> str:
    """The letter with the greeting and the closing that were learned, where it has such."""
    if manner is None:
        return body
    greeting, closing = parts(body)
    if greeting and manner.greeting:
        body = manner.greeting + body.strip().removeprefix(greeting)
    if closing and manner.closing:
        body = body.strip().removesuffix(closing) + manner.closing
    return body


def told(body: str, manner: Row[Any] | None) -> str:
    """What a card says of it; empty when the letter has nothing of it."""
    if manner is None:
        return ""
    used = [one for one in (manner.greeting, manner.closing) if one and one in parts(body)]
    shown = " … ".join(f"“{' / '.join(one.splitlines())}”" for one in used)
    return f"{shown}, as you changed an earlier draft; /trust forget {manner.recipient} ends that" if used else ""
