"""Follow-ups come up once, at their time by the database's clock, and not when an answer came before."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

from agent.chat import Card, Reply
from storage.values.clock import now
from storage.values.ids import EventId, new_id
from tests.fakes.program import House, letter, shown_card
from tools.followups.tool import list_follow_ups, schedule_follow_up
from tools.tool import Ask, Focus, Shown


async def _ask(house: House) -> Ask:
    mail = await house.mail("Kiln")
    async with house.database.acting_as(house.caller) as tx:
        where = await tx.conversations.open(house.caller.person, house.channel.name, str(house.caller.person))
    return Ask(house.caller, where, EventId(new_id()), Focus(mail=Shown(mail.id, "Bo Lind", "Kiln")))


async def _asked_for(house: House, when: str = "in 3 days", note: str = "") -> None:
    await schedule_follow_up(house.box, await _ask(house), when=when, note=note)


async def _due(house: House) -> None:
    """The time has come, by the database's clock."""
    await house.sql("UPDATE jobs SET run_at = now() WHERE kind = 'follow_up' AND state = 'pending'")


async def _answered(house: House) -> None:
    raw = letter("Re: Kiln", "Here you are.", at=now() + timedelta(seconds=1), message_id="answer", answers="kiln")
    await house.deliver(raw)


async def test_without_an_answer_the_card_comes_up_once(house: House) -> None:
    await _asked_for(house)
    assert await house.work() == []
    await _due(house)
    card = shown_card(await house.work())
    assert "Nobody has answered yet" in card.text
    assert [one.label for one in card.buttons] == ["Draft a nudge", "Tomorrow", "Done"]
    await house.sql("UPDATE jobs SET state = 'pending' WHERE kind = 'follow_up'")
    assert await house.work() == []


async def test_an_answer_makes_it_needless_and_that_is_said(house: House) -> None:
    await _asked_for(house)
    await _answered(house)
    await _due(house)
    assert await house.work() == [Reply("Bo Lind has answered “Re: Kiln”, so the follow-up is done.")]


async def test_an_answer_that_no_poll_has_seen_yet_counts(house: House) -> None:
    await _asked_for(house)
    original = house.credentials.settings["path"]
    raw = letter("Re: Kiln", "Here.", at=now() + timedelta(seconds=1), message_id="answer", answers="kiln")
    await asyncio.to_thread(_drop, original, raw)
    await _due(house)
    (words,) = await house.work()
    assert isinstance(words, Reply)


def _drop(maildir: str, raw: bytes) -> None:
    with open(f"{maildir}/new/unseen.mail", "wb") as file:  # noqa: PTH123
        file.write(raw)


async def test_trouble_with_the_mailbox_does_not_silence_it(house: House) -> None:
    await _asked_for(house)
    await house.sql("UPDATE accounts SET settings = jsonb_set(settings, '{path}', '\"/nowhere\"')")
    await house.box.mailboxes.drop(house.account)
    await _due(house)
    assert isinstance((await house.work())[0], Card)


async def test_two_workers_that_both_find_the_answer_say_so_once(house: House) -> None:
    await _asked_for(house)
    await _answered(house)
    await _due(house)
    job = await house.one("SELECT id FROM jobs WHERE kind = 'follow_up'")
    async with house.beside() as other:
        await asyncio.gather(house.runner.run(job), _second(other, job))
    await house.delivery.flush()
    assert len(house.channel.words) == 1


async def _second(other: House, job: UUID) -> None:
    """Another attempt at the same job, as after a lost lease."""
    row = (await other.sql("SELECT * FROM jobs WHERE id = %s", job))[0]
    _work, handler = other.runner.jobs["follow_up"]
    await handler(other.box, await other.runner._job(row))


async def test_tomorrow_puts_it_off_and_it_comes_up_once_more(house: House) -> None:
    await _asked_for(house)
    await _due(house)
    card = shown_card(await house.work())
    (words,) = await house.press(card, "Tomorrow")
    assert isinstance(words, Reply)
    assert "I will come back to it on" in words.text
    assert await house.work() == []
    await _due(house)
    assert len(await house.work()) == 1


async def test_a_moved_follow_up_does_not_come_up_at_its_old_time(house: House) -> None:
    await _asked_for(house)
    await house.sql("UPDATE follow_ups SET due_at = due_at + interval '1 day'")
    await _due(house)
    assert await house.work() == []
    assert await house.one("SELECT state FROM follow_ups") == "waiting"


async def test_done_is_done(house: House) -> None:
    await _asked_for(house)
    await _due(house)
    card = shown_card(await house.work())
    await house.press(card, "Done")
    assert await house.press(card, "Tomorrow") == [Reply("That follow-up is done already.")]
    assert await house.press(card, "Done") == [Reply("That follow-up is done already.")]
    assert await house.one("SELECT count(*) FROM jobs WHERE kind = 'follow_up' AND state = 'pending'") == 0


async def test_a_nudge_that_is_pressed_twice_is_one_draft(house: House) -> None:
    await _asked_for(house)
    await _due(house)
    card = shown_card(await house.work())
    first, second = [shown_card(await house.press(card, "Draft a nudge")) for _ in range(2)]
    assert first.id == second.id
    await house.press(first, "Approve & send")
    (late,) = await house.press(card, "Draft a nudge")
    assert isinstance(late, Reply)
    assert "approved already, by you" in late.text


async def test_a_turn_taken_up_again_makes_one_follow_up(house: House) -> None:
    ask = await _ask(house)
    for _ in range(2):
        await schedule_follow_up(house.box, ask, when="in 3 days")
    assert await house.one("SELECT count(*) FROM follow_ups") == 1
    await _due(house)
    assert len(await house.work()) == 1


async def test_what_waits_is_listed_in_the_person_s_own_time(house: House) -> None:
    await _asked_for(house, note="Ask Bo for the invoice", when="tomorrow 9am")
    listed = await list_follow_ups(house.box, await _ask(house))
    assert "1 follow-up waiting" in listed.text
    assert "09:00" in listed.text


async def test_a_nudge_offers_the_draft_that_waits_for_the_mail_already(house: House) -> None:
    await _asked_for(house)
    await _due(house)
    card = shown_card(await house.work())
    draft = await house.draft("Thursday works.")
    words, offered = await house.press(card, "Draft a nudge")
    assert words == Reply("A draft that answers this mail waits for you already; here it is.")
    assert isinstance(offered, Card)
    assert offered.id == draft.id
    assert await house.one("SELECT count(*) FROM approvals") == 1
