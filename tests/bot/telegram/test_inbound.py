"""What an update says to us, and in groups whether it is meant for us at all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Update, User

from bot.telegram import inbound
from bot.telegram.inbound import Door, Given, Moved, Said, Unreadable
from tests.fakes.telegram.world import BOT, World

ME = User(BOT["id"], BOT["first_name"], is_bot=True, username=BOT["username"])
GROUP = -100_200


def read(plain: dict[str, Any]) -> inbound.Arrival | None:
    return inbound.read(Update.de_json(plain, None), ME)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("hello everybody", None),
        ("/help", "/help"),
        ("/help@deskhand_bot", "/help"),
        ("/help@Deskhand_Bot now", "/help now"),
        ("/help@another_bot", None),
        ("@deskhand_bot what needs me?", "what needs me?"),
        ("tell @deskhand_bot, find the kiln", "tell find the kiln"),
        ("🏺🏺 @deskhand_bot hello", "🏺🏺 hello"),
        ("@deskhand_bot2 hello", None),
        ("write to me@deskhand_bot", None),
        ("see /help", None),
    ],
)
def test_in_a_group_only_what_is_meant_for_us_is_heard(text: str, meant: str | None) -> None:
    world = World()
    world.group(GROUP)
    arrival = read(world.say(world.person(1), text, GROUP))
    assert (arrival.text if isinstance(arrival, Said) else None) == meant


def test_in_a_group_an_answer_to_us_is_meant_for_us_and_one_to_another_is_not() -> None:
    world = World()
    world.group(GROUP)
    ours = world.post(chat=GROUP, text="Hello.")
    assert isinstance(read(world.say(world.person(1), "thanks", GROUP, reply_to=ours)), Said)
    theirs = world.posts[-1]
    assert read(world.say(world.person(2), "thanks", GROUP, reply_to=theirs)) is None


def test_the_place_holds_the_topic() -> None:
    world = World()
    world.group(GROUP)
    arrival = read(world.say(world.person(1), "/help", GROUP, thread=7))
    assert isinstance(arrival, Said)
    assert arrival.who.place.address == f"{GROUP}:7"
    assert arrival.who.external == "1"


@pytest.mark.parametrize(
    "content",
    [
        {"voice": {"file_id": "a", "file_unique_id": "a", "duration": 1}},
        {"photo": [{"file_id": "a", "file_unique_id": "a", "width": 1, "height": 1}]},
        {"location": {"longitude": 1, "latitude": 1}},
    ],
)
def test_what_we_cannot_read_is_known_as_that(content: dict[str, Any]) -> None:
    world = World()
    assert isinstance(read(world.send_other(world.person(1), **content)), Unreadable)


@pytest.mark.parametrize("content", [{"new_chat_title": "x"}, {"group_chat_created": True}, {"left_chat_member": BOT}])
def test_what_nobody_said_is_not_heard(content: dict[str, Any]) -> None:
    world = World()
    assert read(world.send_other(world.person(1), **content)) is None


def test_files_doors_and_moves() -> None:
    world = World()
    who = world.person(1)
    given = read(world.give(who, "sales.csv", b"a,b", "show the trend"))
    assert isinstance(given, Given)
    assert (given.name, given.size, given.text) == ("sales.csv", 3, "show the trend")
    world.block(who)
    assert read(world.updates[-1]) == Door(1, is_open=False)
    world.block(who, blocks=False)
    assert read(world.updates[-1]) == Door(1, is_open=True)
    assert read(world.send_other(who, migrate_to_chat_id=-100_300)) == Moved(1, -100_300)


def test_other_bots_are_not_heard() -> None:
    world = World()
    assert read(world.say(world.person(1) | {"is_bot": True}, "hello")) is None


@given(st.text(max_size=60))
def test_any_words_come_as_they_are(text: str) -> None:
    world = World()
    arrival = read(world.say(world.person(1), text))
    assert isinstance(arrival, Said)
    assert arrival.text.split() == text.split() or "@deskhand_bot" in text.casefold()


@pytest.mark.parametrize(
    ("text", "menu"), [("/menu", True), ("Menu", True), ("dashboard!", True), ("/menus", False), ("the menu", False)]
)
def test_the_menu_is_asked_for_by_command_or_word(text: str, menu: bool) -> None:
    assert inbound.is_menu(text) is menu
