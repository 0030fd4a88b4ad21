"""With a model endpoint: only the doubtful are asked about, each content once, as data; a mail cannot talk it into much."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from tests.fakes.openai import Fails, OpenAI, Says, Thinking, thinking_with
from tests.fakes.program import House, Servers, letter, maildir, open_house
from tests.fakes.unattended import has_rule
from tools.inbox.classify import SURE, Verdict
from tools.inbox.correct import correct
from tools.inbox.second_opinion import CLEARED_UP, GIVEN, SHARE, Like, Question, doubtful, messages, with_opinion
from tools.inbox.triage import embed, triage

MOST_ASKED = 3_600
"""Characters of a question, about 900 tokens: a mail's beginning and what stands beside it."""
SAYS_WORK = Says('{"category": "work", "reason": "two firms talk"}')
UNCLEAR = [
    letter(f"{number}", f"ok {number}", sender=f"x{number}@y.example", message_id=f"m{number}") for number in range(30)
]
UNSURE = Verdict("personal", 0.4, True, ("not sure: needs review", "a person wrote it"))


@pytest.fixture
async def inbox(servers: Servers) -> AsyncIterator[House]:
    async with open_house(servers, "maildir", maildir(servers.home / "mail", UNCLEAR)) as house:
        yield house


@pytest.fixture
async def asked(inbox: House, openai: OpenAI) -> AsyncIterator[Thinking]:
    openai.rest = lambda _: SAYS_WORK
    async with thinking_with(inbox, openai) as thinking:
        yield thinking


async def sort_again(house: House) -> None:
    await house.sql("UPDATE emails SET category = NULL")
    await triage(house.box, house.caller.tenant, house.account)


async def test_few_are_asked_about_and_none_twice(asked: Thinking) -> None:
    await sort_again(asked.house)
    first = len(asked.service.requests)
    assert 0 < first <= SHARE * len(UNCLEAR)
    await sort_again(asked.house)
    assert len(asked.service.requests) == first
    rows = await asked.house.sql(f"SELECT category, reasons FROM emails WHERE confidence = {CLEARED_UP}")  # noqa: S608
    assert 0 < len(rows) <= first
    assert {row.category for row in rows} == {"work"}
    assert all("says work: two firms talk" in row.reasons[0] for row in rows)


async def test_tokens_are_recorded(asked: Thinking) -> None:
    await sort_again(asked.house)
    async with asked.house.box.database.acting_as(asked.house.caller) as tx:
        read, written = await tx.second_opinions.spent(asked.house.account)
    assert read > 0
    assert written > 0


async def test_a_mail_is_given_as_data_and_without_tools(asked: Thinking) -> None:
    await sort_again(asked.house)
    request = asked.service.requests[0]
    system, human = (one["content"] for one in request["messages"])
    mark = human.splitlines()[0]
    assert mark in system
    assert mark == human.splitlines()[-1]
    assert json.loads(human.splitlines()[1])["text"].startswith("ok")
    assert not request.get("tools")


@pytest.mark.parametrize("line", [Fails(500), Says("I think it is work."), Says('{"category": "boss"}'), Says("[1]")])
async def test_where_the_model_fails_the_mail_needs_review(inbox: House, openai: OpenAI, line) -> None:
    openai.rest = lambda _: line
    async with thinking_with(inbox, openai) as thinking:
        await sort_again(thinking.house)
        rows = await thinking.house.sql(f"SELECT reasons FROM emails WHERE confidence < {SURE}")  # noqa: S608
        assert rows
        assert all("not sure: needs review" in row.reasons for row in rows)


async def test_offline_nobody_is_asked(inbox: House, openai: OpenAI) -> None:
    await sort_again(inbox)
    assert not openai.requests


def test_the_least_sure_come_first_and_the_share_holds() -> None:
    verdicts = [Verdict("work", one, False, ()) for one in (0.9, 0.5, 0.2, 0.6, 0.0)]
    assert doubtful(verdicts, asked=0, mails=20) == [2, 1]
    assert doubtful(verdicts, asked=2, mails=20) == []


async def test_the_model_is_shown_earlier_mail_like_it_and_the_rules_that_fit(inbox: House, openai: OpenAI) -> None:
    openai.rest = lambda _: SAYS_WORK
    await embed(inbox.box, inbox.caller.tenant, inbox.account)
    await sort_again(inbox)
    for row in await inbox.sql("SELECT id, category FROM emails LIMIT 10"):
        await correct(inbox.box, inbox.caller, row.id, row.category)  # the person says: yes, so it is
    await has_rule(
        inbox, "id: any\nconditions: [{field: body, operator: contains, value: ok}]\nactions: [{type: flag}]"
    )
    await inbox.sql("UPDATE emails SET category = NULL WHERE id NOT IN (SELECT email FROM corrections)")
    async with thinking_with(inbox, openai) as thinking:
        await triage(thinking.house.box, inbox.caller.tenant, inbox.account)
    given = [json.loads(one["messages"][1]["content"].splitlines()[1]) for one in openai.requests]
    assert {like["sorted by"] for one in given for like in one["like it"]} == {"the owner"}
    assert {tuple(one["matching rules"]) for one in given} == {("any: when body contains “ok”",)}


def test_a_question_has_a_budget() -> None:
    like = Like("s" * 500, "t" * 5_000, "work", corrected=True)
    _, human = messages(
        Question("a" * 9_000, "b" * 9_000, "c" * 9_000, "d", [like] * 9, ["e" * 9_000] * 9), ["work"], "mark"
    )
    assert len(human) < MOST_ASKED


def test_only_the_beginning_of_a_mail_is_given() -> None:
    _, human = messages(Question("a@b", "s", "x" * 10_000, ""), ["work"], "mark")
    assert len(json.loads(human.splitlines()[1])["text"]) == GIVEN


def test_a_model_cannot_make_phishing_harmless_or_open_the_gate() -> None:
    phishing = Verdict("phishing", 0.5, False, ())
    assert with_opinion(phishing, "work", "trust me", "m") == phishing
    assert with_opinion(UNSURE, "work", "", "m").confidence < 0.85
    assert with_opinion(UNSURE, "spam", "", "m").needs_me is False
    assert with_opinion(UNSURE, "", "", "m") == UNSURE
