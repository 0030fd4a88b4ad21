"""Dialogs: where another chat has a form, the bot asks, and whatever happens in between, the answer is not lost."""

from __future__ import annotations

import pytest

from agent.chat import Button, Card, Input
from bot.telegram.dialogs import LEFT
from storage.values.ids import new_id
from tests.fakes.program import House
from tests.fakes.telegram.server import TelegramServer
from tests.fakes.telegram_driver import TelegramTalk, telegram_talk


async def drafted(talk: TelegramTalk) -> None:
    await talk.say("find the kiln")
    await talk.say("reply to Bo that Thursday works")


async def body(house: House) -> str:
    return str(await house.one("SELECT action->>'body' FROM approvals ORDER BY created_at DESC LIMIT 1"))


async def test_the_question_shows_the_present_text_and_awaits_an_answer(talk: TelegramTalk) -> None:
    await drafted(talk)
    (question,) = await talk.press("Edit")
    assert question["text"].startswith("The mail's text\nYour next message is the new text.")
    post = talk.posts[-1]
    assert post.markup == {"force_reply": True, "selective": False, "input_field_placeholder": "The mail's text"} or (
        post.markup["force_reply"] and post.markup["input_field_placeholder"] == "The mail's text"
    )
    assert any(one.kind == "pre" for one in post.entities), "to be copied with a tap"
    assert all(one.answer is not None for one in talk.world.queries.values())


async def test_cancel_leaves_it_as_it_is(talk: TelegramTalk, house: House) -> None:
    await drafted(talk)
    before = await body(house)
    await talk.press("Edit")
    (left,) = await talk.say("/cancel")
    assert left["text"] == LEFT
    await talk.say("find the kiln")
    assert await body(house) == before
    (usage,) = await talk.say("/cancel")
    assert usage["text"] != LEFT, "without a dialog it is the command for jobs"


async def test_the_dialog_survives_a_restart(house: House, telegram: TelegramServer) -> None:
    async with telegram_talk(house, server=telegram) as talk:
        await drafted(talk)
        await talk.press("Edit")
    async with telegram_talk(house, server=telegram) as talk:
        await talk.say("Friday works.")
        assert await body(house) == "Friday works."


async def test_an_answer_that_comes_again_changes_nothing_more(house: House, telegram: TelegramServer) -> None:
    async with telegram_talk(house, server=telegram) as talk:
        await drafted(talk)
        await talk.press("Edit")
        update = talk.world.say(talk.who, "Friday works.")
        await talk.settle()
        talk.world.again(update)
        await talk.settle()
    async with telegram_talk(house, server=telegram) as talk:
        talk.world.again(update)
        await talk.settle()
        assert await house.one("SELECT count(*) FROM approvals") == 2
        assert "Friday works." in talk.posts[-1].text


async def test_commands_and_stop_are_heard_in_between(talk: TelegramTalk, house: House) -> None:
    await drafted(talk)
    await talk.press("Edit")
    (helped,) = await talk.say("/help")
    assert "Commands:" in helped["text"]
    await talk.say("Friday works.")
    assert await body(house) == "Friday works."
    await talk.press("Edit")
    (stopped,) = await talk.stop()
    assert "Nothing is running" in stopped["text"]
    await talk.say("find the kiln")
    assert await body(house) == "Friday works.", "stop ended the dialog too"


async def test_another_button_ends_the_dialog(talk: TelegramTalk, house: House) -> None:
    await drafted(talk)
    await talk.press("Edit")
    await talk.press("Later")
    await talk.say("find the kiln")
    assert await house.one("SELECT count(*) FROM approvals") == 1


async def test_a_dialog_of_long_ago_takes_nothing(talk: TelegramTalk, house: House) -> None:
    await drafted(talk)
    await talk.press("Edit")
    await house.sql("UPDATE telegram_dialogs SET opened_at = now() - interval '2 hours'")
    (found,) = await talk.say("find the kiln")
    assert "Bo Lind: Kiln" in found["text"]
    assert await house.one("SELECT count(*) FROM approvals") == 1


async def test_the_last_dialog_counts(talk: TelegramTalk, house: House) -> None:
    await drafted(talk)
    await talk.press("Edit")
    await talk.press("Edit")
    await talk.say("Friday works.")
    assert await body(house) == "Friday works."
    (found,) = await talk.say("find the kiln")
    assert "Bo Lind: Kiln" in found["text"]


async def test_an_edit_of_what_was_decided_meanwhile_is_refused(talk: TelegramTalk, house: House) -> None:
    await drafted(talk)
    await talk.press("Edit")
    await house.sql("UPDATE approvals SET state = 'rejected', settled_at = now()")
    told = await talk.say("Friday works.")
    assert "already" in told[-1]["text"]
    assert await house.one("SELECT count(*) FROM approvals") == 1


async def test_a_form_of_several_fields_is_asked_step_by_step_and_secrets_do_not_stay(
    talk: TelegramTalk, house: House, telegram: TelegramServer
) -> None:
    await talk.say("find the kiln")
    await house.overhears()
    inputs = (Input("host", "Server", ""), Input("user", "User", "ana"), Input("password", "Password", "hidden-now"))
    card = Card(str(new_id()), "Your mailbox", "", buttons=(Button("Edit", "token"),), inputs=inputs)
    await talk.platform.send(str(talk.who["id"]), card)
    *_, first = await talk.press("Edit")
    assert first["text"].startswith("Server\n")
    assert "/keep" not in first["text"]
    (second,) = await talk.say("imap.example.org")
    assert "/keep takes the present one" in second["text"]
    (third,) = await talk.say("/keep")
    assert third["text"].startswith("Password\n")
    assert "hidden-now" not in third["text"]
    await talk.say("correct horse")
    assert not any("correct horse" in post.text for post in telegram.world.posts), "the answer is taken out of the chat"
    click = await house.one("SELECT body FROM heard WHERE body ? 'click'")
    assert click["fields"].keys() == {"host", "user", "password"}
    assert (click["click"], click["fields"]["host"], click["fields"]["user"]) == ("token", "imap.example.org", "ana")
    stored = await house.sql("SELECT given, inputs FROM telegram_dialogs, telegram_forms")
    assert not any(b"horse" in bytes(one) for row in stored for one in row)
    assert "horse" not in str(await house.sql("SELECT * FROM events"))


@pytest.mark.parametrize("text", ["😀" * 3_000, "<b>bold</b> & more", "line\n" * 500, "\u202eabc"])
async def test_any_text_can_be_the_new_one(talk: TelegramTalk, house: House, text: str) -> None:
    await drafted(talk)
    await talk.press("Edit")
    await talk.say(text)
    assert (await body(house)).strip() == text.strip()
    await talk.press("Edit")
    assert talk.server.refusals == []
