"""/usage: what was done and what the models took, by purpose, in tokens and money; what is not known is said."""

from __future__ import annotations

from decimal import Decimal

import pytest

from agent.chat import Reply
from tests.fakes.openai import Says, Thinking, call
from tests.fakes.program import House
from tools.llm.costs import dollars
from tools.llm.meter import Call, Tokens
from tools.llm.prices import price_of


async def told(house: House, said: str) -> str:
    (word,) = await house.say(said)
    assert isinstance(word, Reply)
    return word.text


async def spent(house: House, *calls: Call) -> None:
    async with house.database.acting_as(house.caller) as tx:
        await tx.model_calls.add(house.caller.person, [one.row() for one in calls])


CHEAP = Call("chat", "gpt-4o-mini", Tokens(1_000, 500, 100), Decimal("0.0001725"), "genai-prices 0.2.3")
UNKNOWN = Call("drafts", "own-model", Tokens(200, 0, 50), None, "")
UNCOUNTED = Call("chat", "gpt-4o-mini", None, None, "")


async def test_what_models_took_is_told_by_purpose(house: House) -> None:
    await spent(house, CHEAP, CHEAP, UNCOUNTED, UNKNOWN)
    text = await told(house, "/usage today")
    assert text.startswith("Today:")
    assert (
        "- chat with gpt-4o-mini: $0.000345 and 1 call of unknown price, 3 calls, "
        "2,000 tokens in, of them 1,000 cached, 200 out; 1 call not counted"
    ) in text
    assert "- drafts with own-model: price unknown, 1 call, 200 tokens in, 50 out" in text
    assert "- in all $0.000345, and 2 calls of unknown price" in text


async def test_today_and_the_month_are_told_apart(house: House) -> None:
    await spent(house, CHEAP)
    await house.sql("UPDATE model_calls SET called_at = now() - interval '40 days'")
    text = await told(house, "/usage")
    assert "Since 1 " in text
    assert "gpt-4o-mini" not in text


async def test_of_others_nothing_is_told(house: House) -> None:
    await spent(house, CHEAP)
    await house.sql("UPDATE model_calls SET person = gen_random_uuid()")
    assert "gpt-4o-mini" not in await told(house, "/usage")


async def test_a_span_that_there_is_none_of(house: House) -> None:
    assert "Say /usage" in await told(house, "/usage yesterday")


async def test_a_draft_is_told_apart_from_the_talk(thinking: Thinking) -> None:
    await thinking.say("tell Bo yes", call("draft_reply", email="Bo", message="Yes."), "Yes.", Says("Here it is."))
    rows = await thinking.house.sql("SELECT purpose, count(*) AS calls FROM model_calls GROUP BY purpose ORDER BY 1")
    assert [tuple(one) for one in rows] == [("chat", 2), ("drafts", 1)]
    assert "- drafts with test-model: price unknown, 1 call, 9 tokens in, 9 out" in await told(thinking.house, "/usage")


async def test_a_turn_that_is_answered_again_is_not_counted_again(thinking: Thinking) -> None:
    await thinking.say("hello", "Hello.", external="once")
    await thinking.house.say("hello", "once")
    assert await thinking.house.one("SELECT count(*) FROM model_calls") == 1


def test_a_known_model_at_its_maker_has_a_price() -> None:
    price, table = price_of("gpt-4o-mini", None)
    assert price is not None
    assert table.startswith("genai-prices ")
    assert price(Tokens(1_000_000, 0, 0)) == Decimal("0.15")
    cost = price(Tokens(1_000_000, 1_000_000, 1_000_000))
    assert cost is not None
    assert Decimal("0.15") < cost < Decimal("1")


@pytest.mark.parametrize(
    ("model", "url"),
    [("gpt-4o-mini", "http://127.0.0.1:8080/v1"), ("gpt-4o-mini", "https://models.example/v1"), ("own-model", None)],
)
def test_a_model_of_ones_own_or_at_an_unknown_place_has_none(model: str, url: str | None) -> None:
    assert price_of(model, url) == (None, "")


@pytest.mark.parametrize(
    ("amount", "words"),
    [("0", "$0.00"), ("1234.5", "$1,234.50"), ("0.0001725", "$0.000172"), ("0.00000001", "less than $0.000001")],
)
def test_small_money_is_not_shown_as_none(amount: str, words: str) -> None:
    assert dollars(Decimal(amount)) == words
