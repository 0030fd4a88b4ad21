"""Clearing up doubts: with a model endpoint, the mails that triage is least sure of are asked about, each content once."""

from __future__ import annotations

import asyncio
from collections.abc import Container, Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.engine import Row

from storage.transaction import Transaction
from storage.values.clock import now
from tools.inbox.classify import CATEGORIES, Verdict
from tools.inbox.like import Lesson
from tools.inbox.second_opinion import LIKE, Like, Opinion, Question, ask, doubtful, with_opinion
from tools.rules.facts import facts
from tools.rules.language import read_rules
from tools.rules.match import RuleBook, describe
from tools.toolbox import Toolbox

AT_ONCE = 4
"""Questions under way together."""


async def cleared_up(
    box: Toolbox,
    tenant: UUID,
    account: UUID,
    rows: Sequence[Row[Any]],
    verdicts: Sequence[Verdict],
    vectors: Mapping[bytes, NDArray[np.float32]],
    lessons: Sequence[Lesson],
) -> list[Verdict]:
    """The verdicts after a model's word on the doubtful. Offline, and where the model cannot be reached, they stay."""
    told = list(verdicts)
    if box.models.offline:
        return told
    model = box.models.name
    async with box.database.acting_as(tenant) as tx:
        known = await tx.second_opinions.known(account, model, [row.digest for row in rows])
        asked, mails = await tx.second_opinions.share(account)
        chosen = _chosen(rows, told, known, asked, mails)
        book = await _rules(tx, account) if chosen else RuleBook([])
        questions = {
            digest: await _question(tx, rows[number], told[number], vectors.get(digest), book)
            for digest, number in chosen.items()
        }
    names = list(dict.fromkeys([*CATEGORIES, *(one.category for one in lessons)]))
    gate = asyncio.Semaphore(AT_ONCE)

    async def opinion(question: Question) -> Opinion | None:
        async with gate:
            return await ask(box.models, question, names)

    answers = await asyncio.gather(*map(opinion, questions.values()))
    said = dict(zip(questions, answers, strict=True))
    async with box.database.acting_as(tenant) as tx:
        for digest, one in said.items():
            if one is not None:
                tokens = (one.read, one.written)
                await tx.second_opinions.keep(account, digest, model, one.category, one.reason, tokens)
    words = {digest: (one.category, one.reason) for digest, one in known.items()}
    words |= {digest: (one.category, one.reason) for digest, one in said.items() if one is not None}
    for number, row in enumerate(rows):
        if row.digest in words and told[number].needs_review:
            told[number] = with_opinion(told[number], *words[row.digest], model)
    return told


def _chosen(
    rows: Sequence[Row[Any]], told: Sequence[Verdict], known: Container[bytes], asked: int, mails: int
) -> dict[bytes, int]:
    """Which mails to ask about, by content, so that one text is asked about once however often it came."""
    fresh = [number for number, row in enumerate(rows) if row.digest not in known]
    picked = doubtful([told[number] for number in fresh], asked=asked, mails=mails)
    return {rows[fresh[one]].digest: fresh[one] for one in picked}


async def _question(
    tx: Transaction, row: Row[Any], verdict: Verdict, vector: NDArray[np.float32] | None, book: RuleBook
) -> Question:
    near = await tx.second_opinions.alike(row, vector.tolist(), LIKE) if vector is not None else ()
    rules = [book.rules[match.place] for match in book.matches(facts(row, now()))]
    return Question(
        sender=f"{row.sender_name} <{row.sender_address}>",
        subject=row.subject,
        text=row.reply,
        structure="; ".join(verdict.reasons[1:]),
        alike=[Like(one.sender_name or one.sender_address, one.subject, one.category, one.corrected) for one in near],
        rules=[f"{rule.name}: when {describe(rule.conditions)}" for rule in rules],
    )


async def _rules(tx: Transaction, account: UUID) -> RuleBook:
    """The rules of the mailbox's owner, which new mail has not been shown to yet."""
    person = (await tx.accounts.get(account)).person
    return RuleBook([read_rules(row.source)[0] for row in await tx.rules.watching(person)])
