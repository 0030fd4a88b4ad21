"""The digest: once an hour that was chosen, what waits first, silent when there is nothing, and nothing hidden for good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from agent.chat import Card, Reply
from jobs.timetable import ask_for_digests
from tests.fakes.program import House, letter
from tests.fakes.unattended import allows, answers_kiln_mail, comes, has_rule, has_template, windows_end
from tools.work import QUICK

EIGHT = datetime(2026, 11, 23, 8, 5, tzinfo=ZoneInfo("Europe/Lisbon")).astimezone(UTC)
NOW = datetime.now(UTC).replace(microsecond=0)


async def at(house: House, moment: datetime) -> list[str]:
    """What is told at a moment."""
    await house.sql("UPDATE people SET created_at = '2026-01-01'")
    await ask_for_digests(house.database, moment)
    return [word.text for word in await house.work(QUICK) if isinstance(word, Reply)]


async def waits(house: House) -> None:
    """The mail about the kiln waits for the person."""
    await house.sql("UPDATE emails SET category = 'personal', confidence = 0.9, needs_me = true, reasons = '[]'")


async def test_it_leads_with_what_waits_and_comes_once_an_hour(house: House) -> None:
    await waits(house)
    (told,) = await at(house, EIGHT)
    assert told.splitlines()[0] == "1 mail waits for you:"
    assert told.splitlines()[1].startswith("- Bo Lind: Kiln")
    assert await at(house, EIGHT + timedelta(minutes=20)) == []


@pytest.mark.parametrize("hour", [7, 9, 16, 18, 23])
async def test_it_comes_at_no_other_hour_of_the_persons_own_clock(house: House, hour: int) -> None:
    await waits(house)
    assert await at(house, EIGHT.replace(hour=hour)) == []


async def test_it_is_silent_when_nothing_waits(house: House) -> None:
    await house.sql("UPDATE emails SET category = 'newsletter', confidence = 0.9, needs_me = false, reasons = '[]'")
    assert await at(house, EIGHT) == []


async def test_a_mailbox_that_cannot_be_read_has_a_line_of_its_own(house: House) -> None:
    await house.sql("UPDATE accounts SET trouble = 'The password is wrong.'")
    (told,) = await at(house, EIGHT)
    assert told.splitlines()[-1] == "I cannot read ana@example.org: The password is wrong."


async def test_what_was_left_out_can_be_listed_with_its_reason_and_made_to_matter(house: House) -> None:
    await house.sql(
        "UPDATE emails SET category = 'notification', confidence = 0.8, needs_me = false, reasons = '[\"a machine sent it\"]'"
    )
    (listed,) = await house.say("/digest hidden")
    assert "1. Bo Lind: Kiln" in listed.text  # type: ignore[union-attr]
    assert "notification (80%), a machine sent it" in listed.text  # type: ignore[union-attr]
    await house.say("/digest mattered 1")
    assert await house.one("SELECT needs_me FROM emails")
    (listed,) = await house.say("/digest hidden")
    assert "Nothing was left out" in listed.text  # type: ignore[union-attr]


async def test_what_was_sent_and_what_is_held_is_in_it(house: House) -> None:
    await answers_kiln_mail(house)
    await comes(house, letter("Kiln parts", "Are they in?", at=NOW, message_id="parts"))
    await windows_end(house)
    held = letter("Kiln refund", "Refund!", at=NOW, sender="Cy <cy@x.example>", message_id="cy")
    await comes(house, held)
    (told,) = await at(house, EIGHT)
    assert "1 auto-reply sent, to bo@kiln.example" in told
    assert "1 reply held for you: cy@x.example (it is about a sensitive topic: refund" in told
    assert "Rules: away (2)" in told


async def audits(house: House, moment: datetime) -> list[Card]:
    """The week's audits that are told at a moment."""
    await house.sql("UPDATE people SET created_at = '2026-01-01'")
    await ask_for_digests(house.database, moment)
    return [word for word in await house.work(QUICK) if isinstance(word, Card)]


async def left_out(house: House) -> None:
    """The mail about the kiln was taken for a machine's and came in the week before."""
    when = EIGHT + timedelta(days=5)
    await house.sql(
        "UPDATE emails SET category = 'notification', confidence = 0.8, needs_me = false, reasons = '[\"a machine sent it\"]', "
        "sent_at = %s, stored_at = %s",
        when,
        when,
    )


async def test_the_first_digest_of_a_week_brings_the_audit_even_when_nothing_waits(house: House) -> None:
    await left_out(house)
    assert await audits(house, EIGHT) == []
    (audit,) = await audits(house, EIGHT + timedelta(days=7))
    assert audit.title == "The week's audit"
    assert "1. Bo Lind: Kiln" in audit.text
    assert await audits(house, EIGHT + timedelta(days=7, hours=9)) == []


async def test_one_press_on_the_audit_makes_a_mail_matter_and_undo_takes_it_back(house: House) -> None:
    await left_out(house)
    await audits(house, EIGHT)
    (audit,) = await audits(house, EIGHT + timedelta(days=7))
    (word,) = await house.press(audit, "1 mattered")
    assert "“Kiln” waits for you now (personal), and mail like it will be taken so too." in word.text  # type: ignore[union-attr]
    assert await house.one("SELECT needs_me FROM emails")
    await house.say("undo")
    (row,) = await house.sql("SELECT category, needs_me FROM emails")
    assert (row.category, row.needs_me) == ("notification", False)


async def test_the_hours_are_the_persons_own(house: House) -> None:
    await waits(house)
    (word,) = await house.say("/digest at 6")
    assert "6:00 (Europe/Lisbon)" in word.text  # type: ignore[union-attr]
    assert await at(house, EIGHT) == []
    assert len(await at(house, EIGHT.replace(hour=6))) == 1
    await house.say("/digest off")
    assert await at(house, EIGHT.replace(hour=6) + timedelta(days=1)) == []


async def test_why_names_the_rule_its_condition_and_each_gate(house: House) -> None:
    await has_template(house)
    await has_rule(house)
    await has_rule(
        house, "id: other\nconditions: [{field: subject, operator: contains, value: oven}]\nactions: [{type: flag}]"
    )
    await allows(house, enable_auto_replies=False)
    await comes(house, letter("Kiln parts", "Are they in?", at=NOW, message_id="parts"))
    (word,) = await house.say("/why the kiln parts mail")
    assert isinstance(word, Card)
    assert "Sorted as personal, 95% sure" in word.text
    assert "Rule away v1 acted, because subject contains “kiln”" in word.text
    assert "✗ opted in" in word.text
    assert "Rule other did not fit: not subject contains “oven”" in word.text


async def test_stop_calls_off_what_has_not_left(house: House) -> None:
    await answers_kiln_mail(house, undo_seconds=60)
    await comes(house, letter("Kiln parts", "Are they in?", at=NOW, message_id="parts"))
    (word,) = await house.say("stop")
    assert word.text == "Stopped: 1 auto-reply is not sent."  # type: ignore[union-attr]
    await house.sql("UPDATE jobs SET run_at = now() WHERE kind = 'auto_reply'")
    await windows_end(house)
    assert house.sent() == []
