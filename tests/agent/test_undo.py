"""Undo: what was done is taken back as far as the world allows, once, and a crash in the middle is no second undo."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from storage.values.clock import now
from storage.values.errors import Refused
from storage.values.ids import EventId, new_id
from tests.fakes.program import House, letter, maildir, open_house
from tools.followups.tool import schedule_follow_up
from tools.inbox.tool import label_email
from tools.memory.tool import remember
from tools.tool import Ask, Focus, Shown
from tools.undo.tool import undo


async def _ask(house: House, subject: str = "Kiln") -> Ask:
    """A request of its own, with a mail in sight."""
    mail = await house.mail(subject)
    async with house.database.acting_as(house.caller) as tx:
        where = await tx.conversations.open(house.caller.person, house.channel.name, str(house.caller.person))
    return Ask(house.caller, where, EventId(new_id()), Focus(mail=Shown(mail.id, "Bo Lind", subject)))


async def _labelled(house: House, label: str, *, remove: bool = False) -> str:
    return (await label_email(house.box, await _ask(house), emails=["it"], label=label, remove=remove)).text


async def _undone(house: House, which: str = "last", ask: Ask | None = None) -> str:
    return (await undo(house.box, ask or await _ask(house), which)).text


async def _labels(house: House) -> tuple[list[str], frozenset[str]]:
    """With us, and at the provider."""
    mail = await house.mail("Kiln")
    mailbox = await house.box.mailboxes.get(house.caller.tenant, house.account)
    theirs = [one.labels async for batch in mailbox.changes(None) for one in batch.arrivals if one.key == mail.key]
    return list(mail.labels), theirs[0]


async def _sent(house: House) -> None:
    await house.press(await house.draft(), "Approve & send")
    await house.work()


async def test_a_label_is_taken_off_again_with_us_and_at_the_provider(house: House) -> None:
    assert "Say “undo” to take it back" in await _labelled(house, "Finance")
    assert await _labels(house) == (["Finance"], frozenset({"Finance"}))
    assert await _undone(house) == "The label Finance is off “Kiln”."
    assert await _labels(house) == ([], frozenset())


async def test_a_label_that_was_taken_off_is_put_back_once(house: House) -> None:
    await _labelled(house, "Finance")
    await _labelled(house, "Finance", remove=True)
    assert await _undone(house) == "The label Finance is back on “Kiln”."
    assert await _labels(house) == (["Finance"], frozenset({"Finance"}))


async def test_what_bore_the_label_before_keeps_it(house: House) -> None:
    await house.deliver(letter("Invoice", "Please pay."))
    await _labelled(house, "Finance")
    ask = await _ask(house)
    both = [Shown((await house.mail(one)).id, "Bo", one) for one in ("Kiln", "Invoice")]
    await label_email(house.box, replace(ask, focus=Focus(shown=tuple(both))), emails=["all"], label="finance")
    await _undone(house)
    assert (await house.mail("Kiln")).labels == ["Finance"]
    assert (await house.mail("Invoice")).labels == []


async def test_the_last_few_are_taken_back_newest_first(house: House) -> None:
    for label in ("A", "B", "C"):
        await _labelled(house, label)
    assert await _undone(house, "2") == "The label C is off “Kiln”.\nThe label B is off “Kiln”."
    assert (await _labels(house))[0] == ["A"]
    assert "label A is off" in await _undone(house, "last 5")
    assert await _undone(house) == "There is nothing to undo."


@pytest.mark.parametrize(
    ("which", "ago"),
    [
        ("everything since 0:00", "2 days"),
        ("since today", "2 days"),
        ("since yesterday", "3 days"),
        ("since 10 minutes ago", "11 minutes"),
        ("since in the last hour", "61 minutes"),
        ("since the last 2 hours", "121 minutes"),
    ],
)
async def test_everything_since_a_time_is_taken_back_and_what_was_before_stays(
    house: House, which: str, ago: str
) -> None:
    await _labelled(house, "Old")
    await house.sql("UPDATE receipts SET done_at = now() - %s::interval", ago)
    await _labelled(house, "New")
    assert await _undone(house, which) == "The label New is off “Kiln”."
    assert (await _labels(house))[0] == ["Old"]


async def test_since_an_hour_of_this_day_reaches_back_to_that_hour(house: House) -> None:
    local = now().astimezone(ZoneInfo(house.caller.zone))
    await _labelled(house, "Old")
    await house.sql(
        "UPDATE receipts SET done_at = %s", local.replace(minute=0, second=0, microsecond=0) - timedelta(0, 1)
    )
    await _labelled(house, "New")
    assert await _undone(house, f"since {local.hour}:00") == "The label New is off “Kiln”."


@pytest.mark.parametrize(
    "which", ["all", "everything", "0", "since the big bang", "banana", "since 25:00", "since yesterday 9am"]
)
async def test_what_cannot_be_understood_changes_nothing(house: House, which: str) -> None:
    await _labelled(house, "Finance")
    with pytest.raises(Refused):
        await _undone(house, which)
    assert (await _labels(house))[0] == ["Finance"]


async def test_a_follow_up_and_a_memory_are_taken_back(house: House) -> None:
    await schedule_follow_up(house.box, await _ask(house), when="in 3 days")
    await remember(house.box, await _ask(house), "My size is 41.")
    assert await _undone(house, "2") == "Forgotten again.\nThe follow-up is cancelled."
    await house.sql("UPDATE jobs SET run_at = now() WHERE kind = 'follow_up'")
    assert await house.work() == []
    assert await house.one("SELECT count(*) FROM memories") == 0


async def test_a_follow_up_that_is_over_is_not_said_to_be_cancelled(house: House) -> None:
    await schedule_follow_up(house.box, await _ask(house), when="in 3 days")
    await house.sql("UPDATE follow_ups SET state = 'answered'")
    assert "was over already" in await _undone(house)


async def test_a_send_is_said_to_be_beyond_recall_and_nothing_else_is_touched(house: House) -> None:
    await _labelled(house, "Finance")
    await _sent(house)
    words = await _undone(house)
    assert "Sent to bo@kiln.example" in words
    assert "cannot be taken back" in words
    assert "“undo 2”" in words
    assert (await _labels(house))[0] == ["Finance"]
    assert "label Finance is off" in await _undone(house, "2")


async def test_undoing_twice_goes_back_two_things_and_never_one_thing_twice(house: House) -> None:
    await _labelled(house, "A")
    await _labelled(house, "B")
    assert "label B is off" in await _undone(house)
    assert "label A is off" in await _undone(house)
    assert await house.one("SELECT count(*) FROM audit WHERE action = 'undone'") == 2


async def test_an_undo_that_is_taken_up_again_takes_back_the_same_thing(house: House) -> None:
    await _labelled(house, "A")
    await _labelled(house, "B")
    ask = await _ask(house)
    for _ in range(2):
        assert await _undone(house, ask=ask) == "The label B is off “Kiln”."
    assert (await _labels(house))[0] == ["A"]
    assert await house.one("SELECT count(*) FROM audit WHERE action = 'undone'") == 1


async def test_a_crash_between_claim_and_provider_is_finished_by_the_same_request(house: House) -> None:
    for label in ("A", "B", "C"):
        await _labelled(house, label)
    ask = await _ask(house)
    await house.sql(
        "UPDATE receipts SET undone_at = now(), undone_by = %s WHERE number > 1", ask.request
    )  # as the claim of “undo 2” left it
    assert await _undone(house, "2", ask) == "The label C is off “Kiln”.\nThe label B is off “Kiln”."
    assert await _labels(house) == (["A"], frozenset({"A"}))


async def test_a_provider_that_is_down_leaves_everything_as_it_was(house: House) -> None:
    await _labelled(house, "A")
    await _labelled(house, "B")
    path = house.credentials.settings["path"]
    await _point_to(house, "/nowhere")
    words = await _undone(house, "2")
    assert words.startswith("Not taken back: Labelled “Kiln” B.")
    await _point_to(house, path)
    assert "label B is off" in await _undone(house)


async def _point_to(house: House, path: str) -> None:
    await house.sql("UPDATE accounts SET settings = jsonb_set(settings, '{path}', to_jsonb(%s::text))", path)
    await house.box.mailboxes.drop(house.account)


async def test_a_label_whose_turn_is_taken_up_again_is_reported_as_done(house: House) -> None:
    ask = await _ask(house)
    words = [(await label_email(house.box, ask, emails=["it"], label="Finance")).text for _ in range(2)]
    assert words[0] == words[1]
    assert await house.one("SELECT count(*) FROM receipts") == 1


async def test_a_label_that_broke_off_before_our_row_is_put_on_once(house: House) -> None:
    mail = await house.mail("Kiln")
    mailbox = await house.box.mailboxes.get(house.caller.tenant, house.account)
    await mailbox.add_label(mail.key, "Finance")
    await _labelled(house, "Finance")
    assert await _labels(house) == (["Finance"], frozenset({"Finance"}))
    assert "off “Kiln”" in await _undone(house)


async def test_receipts_are_numbered_per_person_without_gaps(house: House) -> None:
    other_mail = maildir(house.servers.home / "other", [letter("Hello")])
    async with open_house(house.servers, "maildir", other_mail, "Eve") as eve:
        await _labelled(house, "A")
        await remember(eve.box, await _eve_asks(eve), "My size is 38.")
        await _labelled(house, "B")
    rows = await house.sql("SELECT person, number FROM receipts ORDER BY done_at")
    assert [row.number for row in rows if row.person == house.caller.person] == [1, 2]
    assert [row.number for row in rows if row.person != house.caller.person] == [1]


async def _eve_asks(eve: House) -> Ask:
    async with eve.database.acting_as(eve.caller) as tx:
        where = await tx.conversations.open(eve.caller.person, eve.channel.name, str(eve.caller.person))
    return Ask(eve.caller, where, EventId(new_id()))


async def test_nobody_undoes_what_another_person_did(house: House) -> None:
    await _labelled(house, "Finance")
    async with open_house(house.servers, "maildir", maildir(house.servers.home / "o", [letter("Hi")]), "Eve") as eve:
        assert (await undo(eve.box, await _eve_asks(eve), "5")).text == "There is nothing to undo."
    assert (await _labels(house))[0] == ["Finance"]


async def test_undo_is_understood_in_talk_and_as_a_command(house: House) -> None:
    await _labelled(house, "A")
    await _labelled(house, "B")
    (first,), (second,) = await house.say("undo that please"), await house.say("/undo")
    assert "label B is off" in _text(first)
    assert "label A is off" in _text(second)


def _text(word: Any) -> str:
    return str(word.text)
