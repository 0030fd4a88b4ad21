"""The channel: cards stay one message, nothing is lost when Telegram says no, and a closed chat is left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.chat import Button, Card, Choice, Field, Progress, Reply, Update, to_row
from bot.channel import GoneError
from bot.telegram.wire import ASK_AGAIN
from storage.values.errors import Unavailable
from storage.values.ids import new_id
from tests.fakes.program import House
from tests.fakes.telegram_driver import PERSON, TelegramTalk

HERE = str(PERSON)
GROUP = -100_200


def card(text: str = "Hello", *labels: str) -> Card:
    return Card(str(new_id()), "A card", text, buttons=tuple(Button(one, f"token-{one}") for one in labels))


async def post(house: House, talk: TelegramTalk, *words: object) -> None:
    """Words for the person, as a job leaves them."""
    async with house.database.acting_as(house.caller) as tx:
        where = await tx.conversations.open(house.caller.person, "telegram", HERE)
        for word in words:
            await tx.outbox.post(where, **to_row(word))  # type: ignore[arg-type]


async def begun(talk: TelegramTalk) -> None:
    talk.world.started.add(PERSON)


async def test_a_card_is_redrawn_where_it_stands(talk: TelegramTalk) -> None:
    await begun(talk)
    one = card("Working …", "Stop")
    shown = await talk.platform.send(HERE, one)
    for percent in (10, 50, 50, 100):
        await talk.platform.edit(HERE, shown, replace(one, text=f"{percent} %", buttons=()))
    (seen,) = talk.shown
    assert (seen["text"], seen["buttons"]) == ("A card\n\n100 %", [])


async def test_a_long_card_is_shown_whole_and_shrinks_when_it_is_settled(talk: TelegramTalk) -> None:
    await begun(talk)
    one = card("A sentence of a long mail. " * 400, "Approve & send", "Reject")
    shown = await talk.platform.send(HERE, one)
    assert len(talk.posts) == 3
    assert [bool(each.buttons) for each in talk.posts] == [False, False, True]
    assert sum(each.text.count("sentence") for each in talk.posts) == 400
    await talk.platform.edit(HERE, shown, replace(one, text="Sent.", buttons=()))
    (seen,) = talk.shown
    assert (seen["text"], seen["buttons"]) == ("A card\n\nSent.", [])
    await talk.platform.edit(HERE, shown.split(",")[0], replace(one, buttons=()))
    assert "[cut here: the rest is too long to be shown in this place]" in talk.posts[0].text


async def test_what_is_too_long_for_messages_comes_as_a_file_too(talk: TelegramTalk) -> None:
    await begun(talk)
    text = "\n\n".join(
        f"Paragraph {number} of a very long mail, word after word after word." for number in range(1_000)
    )
    shown = await talk.platform.send(HERE, card(text, "Approve & send"))
    file, message = talk.posts
    assert text in talk.world.files[file.file].decode()
    assert "[cut here: the whole text is in the file above]" in message.text
    assert [one["text"] for one in message.buttons] == ["Approve & send"]
    await talk.platform.edit(HERE, shown, card("Sent."))
    assert talk.posts[-1].text == "A card\n\nSent."


async def test_a_message_that_is_gone_is_said_to_be_gone(talk: TelegramTalk) -> None:
    await begun(talk)
    shown = await talk.platform.send(HERE, card())
    talk.world.posts.clear()
    with pytest.raises(GoneError):
        await talk.platform.edit(HERE, shown, card("Changed"))


async def test_a_card_whose_message_was_deleted_is_shown_anew(talk: TelegramTalk, house: House) -> None:
    await begun(talk)
    one = card("First")
    await post(house, talk, one)
    await talk.work()
    talk.world.posts.clear()
    await post(house, talk, Update(replace(one, text="Second")))
    (seen,) = await talk.work()
    assert "Second" in seen["text"]


async def test_markup_that_telegram_cannot_read_is_sent_plainly_and_still_nothing_is_live(talk: TelegramTalk) -> None:
    await begun(talk)
    talk.world.chokes = True
    one = card("😀 Pay at https://evil.example or write to @mallory")
    shown = await talk.platform.send(HERE, one)
    await talk.platform.edit(HERE, shown, replace(one, text="/approve https://evil.example"))
    from tests.fakes.telegram import entities

    (seen,) = talk.posts
    assert seen.text == "A card\n\n/approve https://evil.example"
    assert entities.live(seen.text, seen.entities) == []
    assert len(talk.server.refusals) == 2


async def test_nothing_is_previewed(talk: TelegramTalk) -> None:
    await begun(talk)
    await talk.platform.send(HERE, Reply("https://evil.example/?data=secret"))
    shown = await talk.platform.send(HERE, card("https://evil.example"))
    await talk.platform.edit(HERE, shown, card("https://evil.example/2"))
    assert talk.world.fetched == []
    assert all(one.quiet_links for one in talk.posts)


async def test_a_silence_that_telegram_asks_for_is_kept_and_nothing_is_lost(talk: TelegramTalk, house: House) -> None:
    await talk.say("hello")
    before = len(talk.posts)
    talk.world.flood.hold(90)
    await post(house, talk, *(Reply(f"word {number}") for number in range(5)))
    await talk.say("find the kiln")
    await talk.work()
    assert len(talk.posts) == before
    assert talk.world.flood.disobeyed == []
    talk.world.clock.at += 92
    await house.sql("UPDATE outbox SET due_at = now() WHERE delivered_at IS NULL")
    await talk.work()
    texts = [one.text for one in talk.posts[before:]]
    assert [one for one in texts if one.startswith("word")] == [f"word {number}" for number in range(5)]
    assert sum("Bo Lind: Kiln" in one for one in texts) == 1
    assert talk.world.flood.disobeyed == []
    assert talk.world.flood.told == 1


async def test_telegram_is_down_for_a_while(talk: TelegramTalk, house: House) -> None:
    await talk.say("hello")
    talk.server.down = True
    await talk.say("find the kiln")
    one = card("Decide", "Yes")
    await post(house, talk, one, Reply("after it"))
    await talk.work()
    talk.server.down = False
    await house.sql("UPDATE outbox SET due_at = now() WHERE delivered_at IS NULL")
    new = await talk.work()
    assert [each["kind"] for each in new].count("card") == 1
    assert sum("Bo Lind: Kiln" in each["text"] for each in new) == 1
    await house.sql("UPDATE outbox SET due_at = now() WHERE delivered_at IS NULL")
    assert await talk.work() == []


async def test_a_word_of_several_messages_goes_on_where_it_stopped(talk: TelegramTalk) -> None:
    await begun(talk)
    long = Reply("\n\n".join(f"Part {number}. " + "word " * 500 for number in range(4)))
    # the third message meets a long silence
    check = talk.world.flood.check

    def check_third(method: str, chat: int) -> None:
        if len(talk.world.shown(PERSON)) == 2 and not talk.world.flood.told:
            talk.world.flood.hold(100)
        check(method, chat)

    talk.world.flood.check = check_third
    with pytest.raises(Unavailable):
        await talk.platform.send(HERE, long)
    assert len(talk.posts) == 2
    talk.world.clock.at += 101
    await talk.platform.send(HERE, long)
    assert [one.text[:7] for one in talk.posts] == ["Part 0.", "Part 1.", "Part 2.", "Part 3."]


async def test_whoever_blocks_the_bot_is_left_alone_until_they_come_back(talk: TelegramTalk, house: House) -> None:
    await talk.say("hello")
    talk.world.blocked.add(PERSON)  # without a word to us
    await post(house, talk, Reply("digest 1"), Reply("digest 2"))
    await talk.work()
    assert [one.refused.code for one in talk.server.refusals if one.refused] == [403]
    wait = await house.one("SELECT max(extract(epoch FROM due_at - now())) FROM outbox WHERE delivered_at IS NULL")
    assert timedelta(seconds=float(wait)) > ASK_AGAIN - timedelta(minutes=1)
    calls = len(talk.server.calls)
    await house.sql("UPDATE outbox SET due_at = now() WHERE delivered_at IS NULL")
    await talk.work()
    assert len(talk.server.calls) == calls, "scheduled pushes stop"
    await house.sql("UPDATE outbox SET due_at = now() + interval '1 hour' WHERE delivered_at IS NULL")
    talk.world.block(talk.who, blocks=False)
    await talk.settle()
    assert [one["text"] for one in await talk.work()] == ["digest 1", "digest 2"]


async def test_a_block_that_telegram_tells_of_closes_the_chat(talk: TelegramTalk) -> None:
    await talk.say("hello")
    talk.world.block(talk.who)
    await talk.settle()
    with pytest.raises(Unavailable):
        await talk.platform.send(HERE, Reply("hello"))
    assert not talk.server.refusals


async def test_a_group_that_moves_keeps_its_talk(talk: TelegramTalk, house: House) -> None:
    talk.world.group(GROUP)
    await talk.say("/help", chat=GROUP)
    before = await house.one("SELECT id FROM conversations WHERE address = %s", str(GROUP))
    talk.world.group(GROUP - 1)
    talk.world.moved[GROUP] = GROUP - 1
    await talk.say("/help jobs", chat=GROUP)
    assert await house.one("SELECT id FROM conversations WHERE address = %s", str(GROUP - 1)) == before
    await house.sql("UPDATE outbox SET due_at = now() WHERE delivered_at IS NULL")


async def test_what_is_pushed_to_a_group_goes_to_the_person_alone(talk: TelegramTalk, house: House) -> None:
    await talk.say("hello")
    talk.world.group(GROUP)
    await talk.say("/help", chat=GROUP)
    in_group = len(talk.world.shown(GROUP))
    async with house.database.acting_as(house.caller) as tx:
        where = await tx.conversations.open(house.caller.person, "telegram", str(GROUP))
        await tx.outbox.post(where, **to_row(Reply("Follow-up: Bo's mail about the kiln")))
        await tx.outbox.post(where, **to_row(card("Bo's mail", "Done")))
    new = await talk.work()
    assert len(talk.world.shown(GROUP)) == in_group
    assert [one["text"] for one in new] == ["Follow-up: Bo's mail about the kiln", "A card\n\nBo's mail"]


async def test_steps_are_previewed_in_private_and_only_typed_in_groups(talk: TelegramTalk) -> None:
    await begun(talk)
    talk.world.group(GROUP)
    for number in range(5):
        await talk.platform.progress(HERE, Progress("search_inbox", {"query": f"kiln {number} https://evil.example"}))
    assert [text for _, text in talk.world.drafts] == ["… search inbox: kiln 0 https://evil.example"], (
        "once in a second"
    )
    talk.world.clock.at += 2
    await talk.platform.progress(HERE, Progress("draft_reply", {}))
    await talk.platform.progress(str(GROUP), Progress("search_inbox", {"query": "secret"}))
    assert [text for _, text in talk.world.drafts][1:] == ["… draft reply"]
    assert talk.world.actions == [(GROUP, "typing")]
    assert talk.server.refusals == []


async def test_somebody_is_seen_at_work_at_once(talk: TelegramTalk) -> None:
    await talk.say("find the kiln")
    methods = [one.method for one in talk.server.calls]
    assert methods.index("sendChatAction") < methods.index("sendMessage")


async def test_items_are_ticked_and_unticked(talk: TelegramTalk, house: House) -> None:
    await talk.say("hello")
    choices = (Choice("1", "1. To Bo: Kiln"), Choice("2", "2. To Ana: Clay"), Choice("3", "3. To Sam: Wine"))
    review = Card(
        str(new_id()), "Three drafts", "", (Field("Drafts", "3"),), (Button("Send the ticked", "tok"),), choices=choices
    )
    await talk.platform.send(HERE, review)
    *_, seen = await talk.press("☑ 2. To Ana: Clay")
    assert seen["buttons"] == ["☑ 1. To Bo: Kiln", "☐ 2. To Ana: Clay", "☑ 3. To Sam: Wine", "Send the ticked"]
    post = talk.posts[-1]
    stale = talk.world.message(post)
    await talk.press("☑ 3. To Sam: Wine")
    await talk.press("☐ 2. To Ana: Clay")
    assert stale["reply_markup"] != post.markup
    await house.overhears()
    await talk.press("Send the ticked")
    click = await house.one("SELECT body FROM heard WHERE body ? 'click'")
    assert (click["click"], click["fields"]) == ("tok", {"chosen": "1,2"})
