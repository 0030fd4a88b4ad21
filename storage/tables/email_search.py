"""How mail is found: by filters, by words and by meaning, as SQL that `Emails.search` runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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


def conditions(where: Filter) -> Iterator[ColumnElement[bool]]:
    """The filter as SQL."""
    if where.sender:
        sender = emails.c.sender_name + " " + emails.c.sender_address
        yield and_(
            *(
                or_(sender.icontains(word, autoescape=True), func.word_similarity(word, sender) > _LIKE_ENOUGH)
                for word in where.sender.split()
            )
        )
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
    if where.outgoing is not None:
        yield emails.c.outgoing.is_(where.outgoing)
    if where.category:
        yield emails.c.category == where.category


_LIKE_ENOUGH = 0.6  # pg_trgm word similarity: forgives one wrong letter in a name of five or more
_NEAR_ENOUGH = 0.38  # cosine of MiniLM below which a text is about something else
_CANDIDATES = 60  # how many of each ranking take part in the fusion
_RRF = 60  # the constant of reciprocal rank fusion, from Cormack, Clarke and Buettcher 2009


def by_words(words: str, scope: ColumnElement[bool]) -> CTE:
    """Mails that hold all the words; only when there are none, those that hold some of them."""
    every = func.plainto_tsquery("english", words).op("||")(func.plainto_tsquery("simple", words))
    some = cast(func.replace(cast(every, String), "&", "|"), TSQUERY)
    complete = emails.c.search.op("@@")(every)
    hits = (
        select(emails.c.id, emails.c.sent_at, complete.label("complete"), _rank(some).label("score"))
        .where(scope, emails.c.search.op("@@")(some))
        .subquery()
    )
    best = select(func.bool_or(hits.c.complete)).scalar_subquery()
    place = func.row_number().over(order_by=(hits.c.score.desc(), hits.c.sent_at.desc()))
    return select(hits.c.id, place.label("place")).where(hits.c.complete == best).limit(_CANDIDATES).cte("by_words")


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
