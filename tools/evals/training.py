"""The mails that triage learns from: those of a data folder, and those that we wrote ourselves, as numbers.

Our own stand in `mails/*.txt`, one after the other, each below a line `=== category`. They are made up: fictional people
and reserved domains. Labels, paths, sources and the headers that a mail store or an earlier filter wrote are not read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from storage.values.errors import Refused
from tools.evals.learning import Array, Mails, rows_of
from tools.inbox.asks import asks
from tools.inbox.classify import CATEGORIES, believed, found_in
from tools.inbox.exported import meaning_text
from tools.inbox.signals import signals
from tools.inbox.triage_model.facts import facts
from tools.inbox.triage_model.grams import Ids, Values, pieces, words
from tools.llm.embedder import open_embedder
from tools.mail.email import Email
from tools.mail.parse import parse
from tools.mail.subjects import plain_subject

OWN_MAILS = Path(__file__).with_name("mails")
OWN_SOURCE = "our own"


@dataclass(frozen=True)
class Example:
    """One labelled mail."""

    id: str
    raw: bytes
    category: str
    group: str
    source: str


def own_examples() -> Iterator[Example]:
    """The mails that we wrote ourselves, in a stable order."""
    for path in sorted(OWN_MAILS.glob("*.txt")):
        for number, block in enumerate(re.split(r"^=== ", path.read_text("utf-8"), flags=re.MULTILINE)[1:], 1):
            category, _, raw = block.partition("\n")
            name = f"{path.stem}-{number}"
            yield Example(name, raw.encode(), category.strip(), name, OWN_SOURCE)


def labelled(data: Path) -> Iterator[Example]:
    """The mails of a data folder that have a category. Refused when there are none."""
    listing = data / "inbox" / "labels.jsonl"
    if not listing.is_file():
        raise Refused(f"There is no {listing}: give the folder that holds inbox/labels.jsonl.")
    for line in map(json.loads, listing.read_text("utf-8").splitlines()):
        if line.get("category"):
            raw = (data / "inbox" / line["file"]).read_bytes()
            name = line["id"]
            yield Example(name, raw, line["category"], line.get("group", name), line.get("source", ""))


def numbers(examples: Sequence[Example]) -> Mails:
    """Mails as what the models read of them."""
    emails = [parse(one.raw) for one in examples]
    return numbered(examples, emails, open_embedder().embed([meaning_text(email) for email in emails]))


def numbered(examples: Sequence[Example], emails: Sequence[Email], vectors: NDArray[np.float32]) -> Mails:
    """The same, when the mails are parsed and their meaning is known."""
    read = [_read(email, vector) for email, vector in zip(emails, vectors, strict=True)]
    return Mails(
        words=rows_of([one.words for one in read]),
        pieces=rows_of([one.pieces for one in read]),
        facts=np.array([one.facts for one in read]),
        meaning=vectors.astype(np.float64),
        hand=np.array([one.hand for one in read]),
        label=np.array([CATEGORIES.index(one.category) for one in examples]),
        group=np.array([one.group for one in examples]),
        source=np.array([one.source for one in examples]),
        own=np.array([one.source == OWN_SOURCE for one in examples]),
    )


@dataclass(frozen=True)
class _Read:
    words: tuple[Ids, Values]
    pieces: tuple[Ids, Values]
    facts: list[float]
    hand: Array


def _read(email: Email, vector: NDArray[np.float32]) -> _Read:
    seen = signals(email, frozenset())
    reply = email.reply.strip() or email.text
    wanted = asks(reply, plain_subject(email.subject))
    text = f"{email.subject}\n{email.text}"
    hand = believed(found_in(seen, wanted, vector), read=True)
    return _Read(words(text), pieces(text), facts(email.subject, reply, seen, wanted), hand)
