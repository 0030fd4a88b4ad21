"""How mail is found: by filters, by words and by meaning, as SQL that `Emails.search` runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Select,
    String,
    and_,
    any_,
    cast,
    false,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from storage.tables.email_rows import COLUMNS, email_vectors, emails


@dataclass(frozen=True)
class Filter:
    """What a search narrows by. `until` is exclusive; empty and None mean: whatever."""

    sender: str = ""
    since: datetime | None = None
    until: datetime | None = None
    label: str = ""
    unread: bool | None = None
    has_attachment: bool | None = None
    needs_me: bool | None = None
    outgoing: bool | None = None
    category: str = ""


def conditions(accounts: Sequence[UUID], where: Filter) -> Iterator[ColumnElement[bool]]:
    """The filter as SQL."""
    yield emails.c.account.in_(accounts)
    if where.sender.strip():
        yield written_by(where.sender.split())
    if where.since is not None:
        yield emails.c.sent_at >= where.since
    if where.until is not None:
        yield emails.c.sent_at < where.until
    if where.label:
        yield func.lower(where.label) == any_(func.lower(cast(emails.c.labels, String)).cast(ARRAY(String)))
    if where.unread is not None:
        yield emails.c.unread.is_(where.unread)
    if where.has_attachment is not None:
        yield emails.c.has_attachment.is_(where.has_attachment)
    if where.needs_me is not None:
        yield func.coalesce(emails.c.needs_me, false()).is_(where.needs_me)
    if where.needs_me:
        yield emails.c.folder != "Archive"  # dealt with, whoever put it there
    if where.outgoing is not None:
        yield emails.c.outgoing.is_(where.outgoing)
    if where.category:
        yield emails.c.category == where.category


_NEAR_ENOUGH = 0.38  # cosine of MiniLM below which a text is about something else
_CANDIDATES = 60  # how many of each ranking take part in the fusion
_RRF = 60  # the constant of reciprocal rank fusion, from Cormack, Clarke and Buettcher 2009


def written_by(words: Sequence[str]) -> ColumnElement[bool]:
    """The sender has all these words, or parts of them, in name or address."""
    sender = emails.c.sender_name + " " + emails.c.sender_address
    return and_(*(sender.icontains(word, autoescape=True) for word in words))


def by_words(words: str, scope: ColumnElement[bool]) -> CTE:
    """Mails that hold all the words; only when there are none, those that hold some of them."""
    every = _all_of(words)
    parted = _JOINT.sub(" ", words)
    if parted != words:
        every = every.op("||")(_all_of(parted))
    some = _some_of(parted, every)
    complete = emails.c.search.op("@@")(every)
    hits = (
        select(emails.c.id, emails.c.sent_at, complete.label("complete"), _rank(some).label("score"))
        .where(scope, or_(complete, emails.c.search.op("@@")(some)))
        .subquery()
    )
    best = select(func.bool_or(hits.c.complete)).scalar_subquery()
    place = func.row_number().over(order_by=(hits.c.score.desc(), hits.c.sent_at.desc()))
    return select(hits.c.id, place.label("place")).where(hits.c.complete == best).limit(_CANDIDATES).cte("by_words")


_JOINT = re.compile(r"(?<=[^\W\d_])[@.](?=[^\W\d_])")
"""What joins the words of an address, which are indexed one by one where it is a sender's."""


def _all_of(words: str) -> ColumnElement[Any]:
    return func.plainto_tsquery("english", words).op("||")(func.plainto_tsquery("simple", words))


def _some_of(words: str, every: ColumnElement[Any]) -> ColumnElement[Any]:
    """Any of the words, in English and as they stand, without those that say nothing ("the", "with"), unless there are no
    others."""
    english = func.replace(cast(func.plainto_tsquery("english", words), String), "&", "|")
    one = func.unnest(func.to_tsvector("simple", words)).table_valued("lexeme", "positions", "weights", name="one")
    telling = func.numnode(func.plainto_tsquery("english", one.c.lexeme)) > 0
    plain = select(func.string_agg(func.quote_literal(one.c.lexeme), " | ")).where(telling).scalar_subquery()
    any_word = func.replace(cast(every, String), "&", "|")
    return cast(
        func.coalesce(func.nullif(func.concat_ws(" | ", func.nullif(english, ""), plain), ""), any_word), TSQUERY
    )


def _rank(query: ColumnElement[Any]) -> ColumnElement[float]:
    return func.ts_rank_cd(emails.c.search, query, 1)  # 1: a long mail does not win by its length


def by_meaning(vector: Sequence[float], scope: ColumnElement[bool]) -> CTE:
    """The nearest by the angle between meaning vectors; vectors are unit length, so the inner product is the cosine."""
    distance = email_vectors.c.embedding.max_inner_product(vector)  # pgvector gives it with the sign turned
    near = (
        select(emails.c.id, distance.label("distance"))
        .join(email_vectors, email_vectors.c.digest == emails.c.digest)
        .where(scope, distance < -_NEAR_ENOUGH)
        .order_by(distance)
        .limit(_CANDIDATES)
        .subquery()
    )
    place = func.row_number().over(order_by=near.c.distance)
    return select(near.c.id, place.label("place")).cte("by_meaning")


def fused(rankings: Sequence[CTE], limit: int) -> Select[Any]:
    """The rankings joined: each gives a mail the more, the higher it stands (reciprocal rank fusion)."""
    every = union_all(*(select(one.c.id, (1.0 / (_RRF + one.c.place)).label("share")) for one in rankings)).subquery()
    total = select(every.c.id, func.sum(every.c.share).label("score")).group_by(every.c.id).subquery()
    return (
        select(*COLUMNS)
        .join(total, total.c.id == emails.c.id)
        .order_by(total.c.score.desc(), emails.c.sent_at.desc())
        .limit(limit)
    )
