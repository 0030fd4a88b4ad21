"""Strangers: unknown people learn how to become known and nothing else; a code works once, for ten minutes."""

from __future__ import annotations

import asyncio

import pytest

from agent.chat import Message, Reply
from bot.desk import Visitor
from bot.strangers import PAIRING, WRONG_CODE, Newcomer
from tests.fakes.program import House, Recorder


class Elsewhere:
    """The same desk, reached through another channel."""

    def __init__(self, house: House, external: str = "T1:U7", newcomer: Newcomer | None = None) -> None:
        self.house = house
        self.room = Recorder(name="slack")
        self.visitor = Visitor(self.room, external, f"T1:D{external}", newcomer)

    async def say(self, text: str) -> str:
        before = len(self.room.words)
        await self.house.desk.receive(self.visitor, Message(text))
        return "\n".join(one.text for one in self.room.words[before:] if isinstance(one, Reply))


async def code_of(house: House) -> str:
    (word,) = await house.say("/link")
    assert isinstance(word, Reply)
    return word.text.split("Your code is ")[1].split(".")[0]


@pytest.mark.parametrize("introduction", ["{}", "/link {}", "/start {}", "  link {} "])
async def test_a_code_makes_another_chat_mine(house: House, introduction: str) -> None:
    there = Elsewhere(house)
    assert (await there.say("what needs me?")) == PAIRING
    assert (await there.say(introduction.format(await code_of(house)))).startswith(
        "Hello Ana Sousa, this chat is yours"
    )
    assert "Kiln" in await there.say("find kiln")


async def test_a_code_is_read_however_it_is_typed(house: House) -> None:
    code = await code_of(house)
    assert (await Elsewhere(house).say(code.replace("-", " ").lower())).startswith("Hello Ana Sousa")


async def test_a_code_works_once(house: House) -> None:
    code = await code_of(house)
    await Elsewhere(house).say(code)
    other = Elsewhere(house, "T1:U8")
    assert await other.say(code) == WRONG_CODE
    assert await other.say("find kiln") == PAIRING


async def test_of_two_who_send_a_code_at_once_one_is_let_in(house: House) -> None:
    code = await code_of(house)
    rivals = [Elsewhere(house, f"T1:U{number}") for number in range(5)]
    answers = await asyncio.gather(*[one.say(code) for one in rivals])
    assert sorted(one == WRONG_CODE for one in answers) == [False, True, True, True, True]


async def test_a_code_ends_after_ten_minutes_and_with_the_next_one(house: House) -> None:
    first = await code_of(house)
    second = await code_of(house)
    assert await Elsewhere(house).say(first) == WRONG_CODE
    assert await house.one("SELECT max(expires_at) <= now() + interval '10 minutes' FROM link_codes")
    await house.sql("UPDATE link_codes SET expires_at = now() - interval '1 second'")
    assert await Elsewhere(house).say(second) == WRONG_CODE


async def test_codes_are_not_kept_in_the_clear(house: House) -> None:
    code = (await code_of(house)).replace("-", "")
    assert (
        await house.one("SELECT count(*) FROM link_codes WHERE position(%s::bytea in digest) > 0", code.encode()) == 0
    )
    assert code not in str(await house.sql("SELECT * FROM messages")) + str(await house.sql("SELECT * FROM audit"))


async def test_who_parted_is_a_stranger_again(house: House) -> None:
    there = Elsewhere(house)
    await there.say(await code_of(house))
    assert "not linked to you any more" in await there.say("/unlink")
    assert await there.say("find kiln") == PAIRING


async def test_nobody_parts_from_the_only_chat_they_have(house: House) -> None:
    (word,) = await house.say("/unlink")
    assert isinstance(word, Reply)
    assert word.text.startswith("This is the only chat")
    assert await house.say("/inbox")


async def test_a_member_of_a_workspace_moves_in_when_they_first_write(house: House) -> None:
    newcomer = Newcomer(house.caller.tenant, "Cleo", "Europe/Oslo")
    there = Elsewhere(house, newcomer=newcomer)
    answers = await asyncio.gather(*[there.say("/help") for _ in range(3)])
    assert all(answer.startswith("Say in your own words") for answer in answers)
    assert await house.one("SELECT count(*) FROM people WHERE name = 'Cleo'") == 1
    assert "Kiln" not in await there.say("find kiln")
    assert await house.one("SELECT role FROM people WHERE name = 'Cleo'") == "user"


async def test_the_one_who_comes_and_goes_is_in_the_audit(house: House) -> None:
    there = Elsewhere(house)
    await there.say(await code_of(house))
    await there.say("/unlink")
    actions = [row.action for row in await house.sql("SELECT action FROM audit ORDER BY number")]
    assert actions[-3:] == ["link_code_made", "identity_linked", "identity_unlinked"]
