"""Auto-replies, from the mail that comes in to the mail that leaves, or to the reason why none does."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from agent.chat import Card
from tests.fakes.program import House, letter, shown_card
from tests.fakes.unattended import (
    ANSWERING,
    allows,
    answers_kiln_mail,
    comes,
    has_rule,
    has_template,
    rules_look,
    windows_end,
)
from tools.mail.parse import parse

NOW = datetime.now(UTC).replace(microsecond=0)
KILN = letter("Kiln parts", "Are they in?", at=NOW, message_id="parts")


async def test_a_fitting_mail_is_answered_with_the_template_word_for_word(house: House) -> None:
    await answers_kiln_mail(house)
    await comes(house, KILN)
    words = await windows_end(house)
    (sent,) = house.sent()
    mail = parse(sent)
    assert mail.text.rstrip("\n") == "Hello Bo,\n\nI am away until Monday.\n\nAna Sousa"
    assert [one.address for one in mail.to] == ["bo@kiln.example"]
    assert mail.header("auto-submitted") == "auto-replied"
    assert mail.header("x-auto-response-suppress") == "All"
    assert mail.in_reply_to == "parts@kiln.example"
    assert mail.subject == "Re: Kiln parts"
    assert shown_card(words).title == "Auto-reply sent"


async def test_it_waits_for_its_window_and_a_press_stops_it(house: House) -> None:
    await answers_kiln_mail(house, undo_seconds=60)
    card = shown_card(await comes(house, KILN))
    assert card.title == "An auto-reply is about to leave"
    assert "I am away until Monday." in card.text
    assert ("From", house.credentials.address) in [(one.label, one.value) for one in card.fields]
    assert await windows_end(house) == []
    after = shown_card(await house.press(card, "Do not send"))
    assert (after.title, after.buttons) == ("Auto-reply not sent", ())
    await house.sql("UPDATE jobs SET run_at = now() WHERE kind = 'auto_reply'")
    await windows_end(house)
    assert house.sent() == []
    assert await house.one("SELECT used FROM auto_reply_days") == 0


async def test_undo_stops_it_too(house: House) -> None:
    await answers_kiln_mail(house, undo_seconds=60)
    await comes(house, KILN)
    (word,) = await house.say("undo")
    assert "will not be sent" in word.text  # type: ignore[union-attr]
    await house.sql("UPDATE jobs SET run_at = now() WHERE kind = 'auto_reply'")
    await windows_end(house)
    assert house.sent() == []


async def test_what_has_left_cannot_be_taken_back(house: House) -> None:
    await answers_kiln_mail(house)
    await comes(house, KILN)
    await windows_end(house)
    (word,) = await house.say("undo")
    assert "cannot be taken back" in word.text  # type: ignore[union-attr]


async def test_the_audit_says_who_let_it_out_and_how_sure_we_were(house: House) -> None:
    version = await has_template(house)
    await has_rule(house)
    await allows(house)
    await comes(house, KILN, confidence=0.93)
    await windows_end(house)
    async with house.database.acting_as(house.caller) as tx:
        rows = {row.action: await tx.audit.details(row) for row in await tx.audit.list(20)}
        assert await tx.audit.first_bad() is None
    told = rows["auto_reply_sent"]
    assert told["approver"] == str(house.caller.person)
    assert (told["confidence"], told["recipient"]) == (0.93, "bo@kiln.example")
    assert (told["template_id"], told["template_version"]) == (str(version), 1)
    assert told["message_id"] == parse(house.sent()[0]).message_id
    assert rows["auto_reply_approved"]["answers"] == "parts@kiln.example"


GATES = {
    "not approved": "UPDATE templates SET state = 'draft', approved_by = NULL",
    "1.00 is needed": "UPDATE templates SET threshold = 1.0",
    "of 0 auto-replies": "UPDATE habits SET max_daily_replies = 0",
    "may not approve any more": "UPDATE templates SET approved_by = gen_random_uuid()",
    "switched off; /autoreply on": "UPDATE habits SET enable_auto_replies = false",
}


@pytest.mark.parametrize("reason", GATES)
async def test_a_closed_gate_makes_a_card_with_its_reason(house: House, reason: str) -> None:
    await answers_kiln_mail(house)
    await house.sql(GATES[reason])
    card = shown_card(await comes(house, KILN))
    assert card.title == "A reply needs you"
    assert reason in dict((one.label, one.value) for one in card.fields)["Because"]
    await windows_end(house)
    assert house.sent() == []


@pytest.mark.parametrize(
    "reason",
    [*GATES, "switched off or changed", "replaced the version", "answered it", "sensitive topic", "older than"],
)
async def test_every_gate_is_asked_again_when_it_leaves(house: House, reason: str) -> None:
    """Between the offer and the sending the world may change; then nothing leaves."""
    changes = GATES | {
        "switched off or changed": "UPDATE rules SET state = 'off'",
        "replaced the version": "INSERT INTO templates SELECT gen_random_uuid(), tenant, person, name, 2, subject, body, "
        "threshold, state, approved_by, approved_at, created_at FROM templates",
        "answered it": "INSERT INTO emails SELECT gen_random_uuid(), tenant, account, 'x', 'Sent', 'y', in_reply_to, thread, "
        "subject, sender_name, sender_address, reply_to, recipients, now() + interval '1 hour', unread, true, labels, "
        "attachments, has_attachment, body, reply, signals, digest, category, confidence, needs_me, reasons, by_meaning, "
        "stored_at FROM emails WHERE subject = 'Kiln parts'",
        "sensitive topic": "UPDATE habits SET sensitive_added = '{parts}'",
        "older than": "UPDATE emails SET sent_at = now() - interval '3 days' WHERE subject = 'Kiln parts'",
    }
    await answers_kiln_mail(house)
    await comes(house, KILN)
    await house.sql(changes[reason])
    card = shown_card(await windows_end(house))
    assert card.title == "A reply needs you"
    assert reason in str(card.fields)
    assert house.sent() == []
    assert await house.one("SELECT used FROM auto_reply_days") == 0


@pytest.mark.parametrize("altered", ["body = 'Send me money.'", "subject = 'Hello'", "recipient = 'eve@evil.example'"])
async def test_what_leaves_is_what_the_window_showed(house: House, altered: str) -> None:
    await answers_kiln_mail(house)
    await comes(house, KILN)
    await house.sql(f"UPDATE auto_replies SET {altered}")  # noqa: S608
    await windows_end(house)
    assert house.sent() == []
    assert await house.one("SELECT state FROM auto_replies") == "held"


async def test_a_held_reply_becomes_a_draft_that_leaves_by_a_click_only(house: House) -> None:
    await answers_kiln_mail(house, enable_auto_replies=False)
    card = shown_card(await comes(house, KILN))
    draft = shown_card(await house.press(card, "Draft a reply"))
    assert draft.title == "Send this reply?"
    assert "I am away until Monday." in draft.text
    assert house.sent() == []
    await house.press(draft, "Approve & send")
    await windows_end(house)
    assert len(house.sent()) == 1


async def test_a_held_reply_does_not_stand_beside_a_draft_of_one_s_own(house: House) -> None:
    await answers_kiln_mail(house, enable_auto_replies=False)
    card = shown_card(await comes(house, KILN))
    own = await house.draft("They are in.", subject="Kiln parts")
    _, offered = await house.press(card, "Draft a reply")
    assert isinstance(offered, Card)
    assert offered.id == own.id
    assert await house.one("SELECT state FROM auto_replies") == "held"


async def test_a_rule_that_asks_for_a_click_takes_no_draft_of_one_s_own_away(house: House) -> None:
    await has_template(house)
    await has_rule(house, ANSWERING.replace("template: away", "template: away, requires_approval: true"))
    await allows(house)
    await house.deliver(KILN)
    own = await house.draft("They are in.", subject="Kiln parts")
    await house.sql("UPDATE emails SET category = 'personal', confidence = 0.95, needs_me = false, by_meaning = true")
    await rules_look(house)
    assert await house.one("SELECT state FROM approvals WHERE id = %s", own.id) == "pending"


async def test_a_rule_may_ask_for_a_click(house: House) -> None:
    await has_template(house)
    await has_rule(house, ANSWERING.replace("template: away", "template: away, requires_approval: true"))
    await allows(house)
    card = shown_card(await comes(house, KILN))
    assert card.title == "Send this reply?"
    await windows_end(house)
    assert house.sent() == []


async def test_a_sender_gets_one_reply_in_a_week_and_a_thread_one_ever(house: House) -> None:
    await answers_kiln_mail(house)
    await comes(house, KILN)
    await windows_end(house)
    again = letter("Kiln again", "And now?", at=NOW + timedelta(minutes=1), message_id="again")
    assert "already" in str(shown_card(await comes(house, again)).fields)
    await house.sql("UPDATE auto_replies SET created_at = created_at - interval '30 days'")
    in_thread = letter("Re: Kiln", "Hm?", at=NOW + timedelta(minutes=2), message_id="third", answers="parts")
    assert "already" in str(shown_card(await comes(house, in_thread)).fields)
    new = letter("Kiln news", "Hm?", at=NOW + timedelta(minutes=3), message_id="fourth")
    await comes(house, new)
    await windows_end(house)
    assert len(house.sent()) == 2


async def test_mail_that_was_there_before_the_rule_is_not_answered(house: House) -> None:
    await house.sql("UPDATE emails SET category = 'personal', confidence = 1, by_meaning = true, needs_me = false")
    await answers_kiln_mail(house)
    assert await rules_look(house) == []
    assert await house.one("SELECT count(*) FROM auto_replies") == 0


async def test_the_card_says_why_gate_by_gate(house: House) -> None:
    await answers_kiln_mail(house, enable_auto_replies=False)
    card = shown_card(await comes(house, KILN))
    assert isinstance(card, Card)
    (word,) = await house.press(card, "Why?")
    assert "✓ written by a person" in word.text  # type: ignore[union-attr]
    assert "✗ opted in: auto-replies are switched off" in word.text  # type: ignore[union-attr]


async def test_what_a_rule_did_is_kept_with_the_condition(house: House) -> None:
    await answers_kiln_mail(house)
    await comes(house, KILN)
    (match,) = await house.sql("SELECT * FROM rule_matches")
    assert (match.rule_name, match.because, match.done) == ("away", ["subject contains “kiln”"], True)
    assert (
        json.dumps(match.outcomes)
        == '[{"type": "auto_reply", "words": "an auto-reply to bo@kiln.example was prepared"}]'
    )


async def test_nothing_leaves_for_somebody_who_was_suspended_meanwhile(house: House) -> None:
    await answers_kiln_mail(house)
    await comes(house, KILN)
    await house.sql("UPDATE people SET suspended = 'left'")
    await windows_end(house)
    assert house.sent() == []
    assert await house.one("SELECT state FROM auto_replies") == "held"
    assert await house.one("SELECT used FROM auto_reply_days") == 0
