"""What comes twice is done once, what cannot be shown now is shown later, and nothing is called while Slack says wait."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agent.chat import Button, Card, Reply
from storage.values.errors import NeedsPerson, Unavailable
from tests.fakes.program import House
from tests.fakes.slack_door import ANA, ROOM, TEAM, Door, link, open_door
from tests.fakes.slack_driver import slack_talk
from tests.fakes.slack_world import Dict


def shown(door: Door, channel: str = "D1") -> list[Dict]:
    """What we showed."""
    return [one for one in door.slack.world.messages[TEAM, channel] if one.get("bot_id")]


async def test_an_event_that_is_sent_four_times_out_of_order_is_one_turn(house: House) -> None:
    async with open_door(house) as door:
        await link(house)
        first, second = door.message("find the mail about the kiln"), door.message("help")
        for retry, event, name in [
            (0, second, "Ev2"),
            (2, first, "Ev1"),
            (1, first, "Ev1"),
            (0, first, "Ev1"),
            (3, second, "Ev2"),
        ]:
            await door.event(event, event_id=name, retry=retry)
        assert len(shown(door)) == 2
        assert await house.one("SELECT count(*) FROM events") == 2


async def test_what_was_taken_before_a_restart_is_not_taken_again(house: House) -> None:
    async with open_door(house) as door:
        await link(house)
        event = door.message("find the mail about the kiln")
        await door.event(event, event_id="Ev1")
        async with house.beside() as other, open_door(other, door.slack) as after:
            await after.event(event, event_id="Ev1", retry=1)
        assert len(shown(door)) == 1


async def test_a_first_try_that_died_is_made_good_by_the_next(house: House) -> None:
    """The header of a second try is no reason to drop it."""
    async with open_door(house) as door:
        await link(house)
        await door.event(door.message("find the mail about the kiln"), event_id="Ev1", retry=1)
        assert len(shown(door)) == 1


async def test_one_text_that_comes_as_message_and_as_mention_is_answered_once(house: House) -> None:
    async with open_door(house) as door:
        await link(house)
        said = door.message("<@UBOTT1> help", channel=ROOM)
        await door.event({**said, "type": "app_mention"})
        await door.event(said)
        assert len(shown(door, ROOM)) == 1


async def test_cards_that_wait_while_slack_is_down_for_ten_minutes_arrive_once(house: House) -> None:
    async with open_door(house) as door:
        await link(house)
        await door.say("help")
        door.slack.down = True
        async with house.database.acting_as(house.caller) as tx:
            where = await tx.conversations.open(house.caller.person, "slack", "T1:D1")
            for number in range(3):
                card = Card(f"card-{number}", f"Card {number}", "text", buttons=(Button("Reject", f"t{number}"),))
                await tx.outbox.post(where, kind="card", body=_body(card))
        for _ in range(10):
            assert await door.delivery.flush() == 0
            await door.slack.clock.sleep(60)
            await house.sql("UPDATE outbox SET due_at = now() WHERE delivered_at IS NULL")
        door.slack.down = False
        for _ in range(6):
            await door.delivery.flush()
            await door.slack.clock.sleep(1)
            await house.sql("UPDATE outbox SET due_at = now() WHERE delivered_at IS NULL")
        assert [one["blocks"][0]["text"]["text"] for one in shown(door)[1:]] == ["Card 0", "Card 1", "Card 2"]


def _body(card: Card) -> Dict:
    from agent.chat import to_row

    return dict(to_row(card)["body"])


async def test_a_message_whose_answer_was_lost_is_not_posted_again(house: House) -> None:
    async with open_door(house) as door:
        door.slack.losing.add("chat.postMessage")
        card = Card("c", "Send?", "text", buttons=(Button("Reject", "t"),))
        with pytest.raises(Unavailable):
            await door.platform.send("T1:D1", card)
        await door.slack.clock.sleep(2)
        name = await door.platform.send("T1:D1", card)
        (only,) = shown(door)
        assert name == only["ts"]


async def test_a_message_that_did_not_arrive_is_posted_again(house: House) -> None:
    async with open_door(house) as door:
        door.slack.losing.add("chat.postMessage")
        with pytest.raises(Unavailable):
            await door.platform.send("T1:D1", Reply("Hello"))
        door.slack.world.messages[TEAM, "D1"].clear()
        await door.slack.clock.sleep(2)
        await door.platform.send("T1:D1", Reply("Hello"))
        assert len(shown(door)) == 1


async def test_the_same_words_said_twice_are_two_messages(house: House) -> None:
    async with open_door(house) as door:
        await door.platform.send("T1:D1", Reply("Done."))
        await door.platform.send("T1:D1", Reply("Done."))
        assert len(shown(door)) == 2


@pytest.mark.parametrize("seconds", [1, 12, 31])
async def test_nothing_is_called_while_slack_says_wait(house: House, seconds: int) -> None:
    async with open_door(house) as door:
        door.slack.world.close("chat.postMessage", TEAM, seconds)
        with pytest.raises(Unavailable) as refused:
            await door.platform.send("T1:D1", Reply("Hello"))
        assert refused.value.retry_after is not None
        assert timedelta(seconds=seconds) <= refused.value.retry_after <= timedelta(seconds=seconds + 1)
        calls = len(door.slack.world.calls)
        for _ in range(seconds):
            with pytest.raises(Unavailable):
                await door.platform.send("T1:D1", Reply("Hello"))
            door.slack.clock.now += 1 - 1e-6
        assert len(door.slack.world.calls) == calls
        door.slack.clock.now += 1
        await door.platform.send("T1:D1", Reply("Hello"))
        assert len(shown(door)) == 1
        assert [one.at for one in door.slack.world.impatient[1:]] == []


async def test_many_messages_at_once_keep_the_pace_of_their_channel(house: House) -> None:
    async with open_door(house) as door:
        for number in range(8):
            await door.platform.send("T1:D1", Reply(f"Number {number}"))
        posts = [one for one in door.slack.world.calls if one.method == "chat.postMessage"]
        assert {one.answer for one in posts} == {"ok"}
        assert len(shown(door)) == 8


async def test_blocks_that_slack_refuses_are_shown_as_plain_words_with_their_buttons(house: House) -> None:
    async with open_door(house) as door:
        strange = Card("c", "Send?", "text", buttons=(Button("Reject", "t"),))
        blocks = door.slack.world
        refused: list[str] = []

        class Once(dict[str, str]):
            def __contains__(self, name: object) -> bool:
                first = name == "chat.postMessage" and not refused
                refused.extend(["x"] if first else [])
                return first

        door.slack.refusing = Once({"chat.postMessage": "invalid_blocks"})
        await door.platform.send("T1:D1", strange)
        (message,) = shown(door)
        assert [block["type"] for block in message["blocks"]] == ["section", "actions"]
        assert [one.answer for one in blocks.calls][-2:] == ["invalid_blocks", "ok"]


async def test_a_token_that_was_taken_back_needs_a_person(house: House) -> None:
    async with open_door(house) as door:
        door.slack.world.workspaces[TEAM].installed = False
        with pytest.raises(NeedsPerson, match="install it again"):
            await door.platform.send("T1:D1", Reply("Hello"))


async def test_a_card_whose_message_was_deleted_is_shown_anew(house: House) -> None:
    async with slack_talk(house) as talk:
        await talk.say("reply to Bo that Thursday works")
        talk.door.slack.world.messages[TEAM, talk.channel].pop()
        await talk.say("reject")
        assert talk.shown[-1]["title"].startswith("Rejected by")


async def test_a_socket_that_slack_takes_away_is_opened_again(house: House) -> None:
    async with open_door(house, socket=True) as door:
        await link(house)
        await door.slack.cut_sockets()
        await door.say("help", ANA)
        assert len(shown(door)) == 1


async def test_slack_is_told_to_fetch_and_call_nobody(house: House) -> None:
    async with open_door(house) as door:
        await door.platform.send("T1:D1", Reply("See https://evil.example, <!channel>"))
        (call,) = [one for one in door.slack.world.calls if one.method == "chat.postMessage"]
        quiet = {"unfurl_links": False, "unfurl_media": False, "parse": "none", "link_names": False}
        assert {name: call.arguments[name] for name in quiet} == quiet
