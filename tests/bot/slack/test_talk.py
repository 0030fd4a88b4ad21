"""A person talks with us in Slack: asks, gets a draft, edits it in a form, approves it, and the mail leaves."""

from __future__ import annotations

import pytest

from agent.chat import Click
from tests.fakes.mail_house import MailHouse
from tests.fakes.program import House
from tests.fakes.slack_door import ANA, BEA, ROOM, TEAM, button, open_door
from tests.fakes.slack_driver import slack_talk


@pytest.mark.parametrize("socket", [False, True])
async def test_a_question_in_a_direct_conversation_is_answered(house: House, socket: bool) -> None:
    async with slack_talk(house, socket=socket) as talk:
        (answer,) = await talk.say("find the mail about the kiln")
        assert "Kiln" in answer["text"]


@pytest.mark.parametrize("socket", [False, True])
async def test_a_draft_is_edited_in_a_form_approved_and_really_leaves(mail_house: MailHouse, socket: bool) -> None:
    async with slack_talk(mail_house.house, socket=socket) as talk:
        *_, card = await talk.say("reply to Bo that Thursday works")
        assert card["fields"]["To"].startswith("bo@kiln.example")
        assert card["buttons"] == ["Approve & send", "Edit", "Reject", "Later"]
        old, new = await talk.press("Edit", body="Hi Bo,\n\nThursday & <Friday> work.\n")
        assert (old["title"], old["buttons"]) == ("Replaced by a newer draft", [])
        assert "Thursday & <Friday> work." in new["text"]
        (approved,) = await talk.press("Approve & send")
        assert (approved["title"], approved["buttons"]) == ("Approved by Ana Sousa, sending …", [])
        (sent,) = await talk.work()
        assert sent["title"] == "Sent"
        assert "Thursday & <Friday> work." in mail_house.office.letters[-1].content.decode()
        assert [one["title"] for one in talk.shown if one["kind"] == "card"] == ["Replaced by a newer draft", "Sent"]


async def test_an_empty_text_in_the_form_is_refused_there(house: House) -> None:
    async with slack_talk(house) as talk:
        await talk.say("reply to Bo that Thursday works")
        await talk.press("Edit")
        answer = await talk.door.submit({"body": "  \n "})
        assert answer == {"response_action": "errors", "errors": {"body.0": "Write something here, or press Cancel."}}
        assert await house.one("SELECT count(*) FROM approvals") == 1


async def test_a_form_outlives_a_restart(house: House) -> None:
    async with slack_talk(house) as talk:
        await talk.say("reply to Bo that Thursday works")
        async with house.beside() as other, open_door(other, talk.door.slack) as door:
            card = talk.door.slack.world.messages[TEAM, talk.channel][-1]
            await door.press(card, "Edit")
            assert "Thursday works" in str(door.open_view()["blocks"][0]["element"]["initial_value"])


async def test_the_form_of_a_decided_card_says_so(house: House) -> None:
    async with slack_talk(house) as talk:
        await talk.say("reply to Bo that Thursday works")
        card = dict(talk.door.slack.world.messages[TEAM, talk.channel][-1])
        await talk.press("Reject")
        await talk.door.press(card, "Edit")
        assert "decided already" in str(talk.door.open_view()["blocks"])


async def test_a_mention_is_answered_in_its_thread_and_the_thread_goes_on_without_one(house: House) -> None:
    async with slack_talk(house) as talk:
        door = talk.door
        asked = door.message("<@UBOTT1> find the mail about the kiln", channel=ROOM)
        await door.event({**asked, "type": "app_mention"})
        (answer,) = [one for one in door.slack.world.messages[TEAM, ROOM] if one.get("bot_id")]
        assert answer["thread_ts"] == asked["ts"]
        await door.say("what needs me today?", channel=ROOM, thread_ts=asked["ts"])
        assert len([one for one in door.slack.world.messages[TEAM, ROOM] if one.get("bot_id")]) == 2


async def test_talk_in_a_room_that_is_not_with_us_is_left_alone(house: House) -> None:
    async with slack_talk(house) as talk:
        await talk.door.say("find the mail about the kiln", channel=ROOM)
        assert [one for one in talk.door.slack.world.messages[TEAM, ROOM] if one.get("bot_id")] == []


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B9"},
        {"subtype": "bot_message"},
        {"subtype": "message_changed", "message": {"text": "x"}},
        {"subtype": "message_deleted"},
        {"subtype": "channel_join"},
        {"hidden": True},
    ],
)
async def test_what_nobody_said_is_not_answered(house: House, more: dict[str, object]) -> None:
    async with slack_talk(house) as talk:
        await talk.door.say("help", **more)
        assert talk.shown == []


async def test_a_stranger_gets_the_pairing_words_and_nothing_else(house: House) -> None:
    async with slack_talk(house) as talk:
        await talk.door.say("what needs me today?", BEA)
        (answer,) = [one for one in talk.door.slack.world.messages[TEAM, "D2"] if one.get("bot_id")]
        assert answer["text"].startswith("I do not know you yet.")


async def test_a_member_with_a_code_becomes_the_person(house: House) -> None:
    async with slack_talk(house) as talk:
        async with house.database.acting_as(house.caller) as tx:
            code = await tx.link_codes.make(house.caller.person)
        await talk.door.say(code, BEA)
        await talk.door.say("find the mail about the kiln", BEA)
        hello, answer = [one for one in talk.door.slack.world.messages[TEAM, "D2"] if one.get("bot_id")]
        assert hello["text"].startswith("Hello Ana Sousa")
        assert "Kiln" in answer["text"]


async def test_a_table_that_is_dropped_is_taken_in_and_looked_at(house: House) -> None:
    async with slack_talk(house) as talk:
        table = b"month,revenue\n" + b"".join(b"2026-%02d,%d\n" % (month, 100 * month) for month in range(1, 13))
        (answer,) = await talk.drop("sales.csv", table)
        assert "sales.csv" in answer["text"]
        assert await house.one("SELECT count(*) FROM files WHERE name = 'sales.csv'") == 1


async def test_a_chart_is_uploaded_with_what_it_shows_in_words(house: House) -> None:
    async with slack_talk(house) as talk:
        table = b"month,revenue\n" + b"".join(b"2026-%02d-01,%d\n" % (month, 100 * month) for month in range(1, 13))
        await talk.drop("sales.csv", table, "how did revenue develop by month in sales.csv?")
        shown = await talk.work()
        (chart,) = [one for one in shown if one["kind"] == "file"]
        (upload,) = [one for one in talk.door.slack.world.files.values() if one.done]
        assert upload.name == chart["title"] == "sales-trend.png"
        assert upload.alt_text.startswith("Line chart of")
        assert (upload.content or b"").startswith(b"\x89PNG")


async def test_a_card_that_is_decided_elsewhere_is_redrawn_here(house: House) -> None:
    async with slack_talk(house) as talk:
        await talk.say("reply to Bo that Thursday works")
        card = talk.door.slack.world.messages[TEAM, talk.channel][-1]
        _, approve = button(card["blocks"], "Approve & send")
        await house.desk.receive(house.visitor, Click(approve["value"]))
        (redrawn,) = await talk.work()
        assert (redrawn["title"], redrawn["buttons"]) == ("Sent", [])
        assert len(house.sent()) == 1


async def test_stop_is_heard(house: House) -> None:
    async with slack_talk(house) as talk:
        assert await talk.stop() != []


async def test_ana_is_who_the_driver_plays(house: House) -> None:
    async with slack_talk(house) as talk:
        await talk.say("help")
        assert await house.one("SELECT address FROM conversations WHERE channel = 'slack'") == f"{TEAM}:D{ANA[1:]}"
