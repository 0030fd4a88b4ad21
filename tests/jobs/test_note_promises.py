"""Promises in mail are found once, both ways, close themselves when kept, and never come back when waved away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent.chat import Card, Reply, Word
from tests.fakes.program import House, letter, shown_card
from tools.work import QUICK, STEADY

NOW = datetime.now(UTC).replace(microsecond=0)
SAID = (NOW.astimezone(ZoneInfo("Europe/Lisbon")) - timedelta(days=1)).replace(hour=0, minute=30)
"""Yesterday where the owner lives, so that its tomorrow is today at any hour."""

PROMISED = "Hi Ana,\n\nI'll send you the signed contract tomorrow.\n\nBo"


async def promised(
    house: House, text: str = PROMISED, *, at: datetime = SAID, name: str = "said", subject: str = "Roof"
) -> None:
    """Bo writes, and the mail is sorted and looked through."""
    await house.deliver(letter(subject, text, at=at, message_id=name))
    await sorted_out(house)


async def sorted_out(house: House) -> None:
    await house.work(STEADY, QUICK)


async def sent(house: House, text: str, *, at: datetime, name: str, answers: str) -> None:
    """The owner writes, from another program."""
    raw = letter("Re: Roof", text, at=at, message_id=name, answers=answers, sender="Ana <ana@example.org>")
    raw = raw.replace(b"To: ana@example.org", b"To: Bo Lind <bo@kiln.example>")
    folder = Path(house.credentials.settings["path"]) / ".Sent" / "cur"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}:2,S").write_bytes(raw)
    await house.read()
    await sorted_out(house)


def with_file(raw: bytes) -> bytes:
    """The mail with a contract attached."""
    mail = message_from_bytes(raw, policy=SMTP)
    assert isinstance(mail, EmailMessage)
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="contract.pdf")
    return mail.as_bytes()


async def listed(house: House, words: str = "/promises") -> str:
    (reply, *_) = await house.say(words)
    assert isinstance(reply, Reply)
    return reply.text


async def test_what_another_promised_is_listed_word_for_word_with_its_day(house: House) -> None:
    await promised(house)
    told = await listed(house)
    assert told.startswith("1 promise to you")
    assert "Bo Lind to you" in told
    assert "“I'll send you the signed contract tomorrow.”" in told


async def test_the_same_mail_is_looked_through_once(house: House) -> None:
    await promised(house)
    await house.sql("DELETE FROM commitment_reads")
    await promised(house, "Anything new?", name="other", at=NOW - timedelta(hours=19), subject="Other")
    assert await house.one("SELECT count(*) FROM commitments") == 1


async def test_a_promised_file_is_kept_by_a_file_and_not_by_words(house: House) -> None:
    await promised(house)
    words = letter(
        "Re: Roof",
        "Still working on the wording, sorry for that.",
        at=NOW - timedelta(hours=3),
        message_id="w",
        answers="said",
    )
    await house.deliver(words)
    await sorted_out(house)
    assert await house.one("SELECT state FROM commitments") == "open"
    file = letter("Re: Roof", "Here it is.", at=NOW - timedelta(hours=2), message_id="f", answers="said")
    await house.deliver(with_file(file))
    await sorted_out(house)
    assert await house.one("SELECT state FROM commitments") == "kept"


async def test_a_promised_answer_is_kept_by_an_answer_and_not_by_thanks(house: House) -> None:
    await promised(house, "I'll let you know about the price tomorrow.")
    await promised(house, "Thanks!", name="t", at=NOW - timedelta(hours=4), subject="Re: Roof")
    await house.sql("UPDATE emails SET thread = (SELECT thread FROM commitments)")
    assert await house.one("SELECT state FROM commitments") == "open"
    raw = letter(
        "Re: Roof",
        "The price is 420 euros including the transport.",
        at=NOW - timedelta(hours=2),
        message_id="p",
        answers="said",
    )
    await house.deliver(raw)
    await sorted_out(house)
    assert await house.one("SELECT state FROM commitments") == "kept"


async def test_an_answer_that_was_read_before_the_promise_keeps_it_too(house: House) -> None:
    """A mailbox that is read for the first time comes newest first."""
    raw = letter(
        "Re: Roof",
        "The price is 420 euros including the transport.",
        at=NOW - timedelta(hours=2),
        message_id="p",
        answers="said",
    )
    await house.deliver(raw)
    await sorted_out(house)
    await promised(house, "I'll let you know about the price tomorrow.")
    assert await house.one("SELECT state FROM commitments") == "kept"


async def test_dismissed_does_not_come_back(house: House) -> None:
    await promised(house)
    assert "Not a promise" in await listed(house, "/promises not 1")
    await house.sql("DELETE FROM commitment_reads")
    await promised(house, "Anything new?", name="other", at=NOW - timedelta(hours=19), subject="Other")
    assert "Nothing is open" in await listed(house)
    assert await house.one("SELECT count(*) FROM audit WHERE action = 'promise_settled'") == 1


async def test_it_is_closed_and_opened_again_by_words_and_the_undo_undoes(house: House) -> None:
    await promised(house)
    await house.say("/promises done 1")
    assert await house.one("SELECT state FROM commitments") == "done"
    assert "is open" in (await listed(house, "undo"))
    await house.say("/promises done 1")
    assert "done, as you said" in await listed(house, "/promises closed")
    assert "Open again" in await listed(house, "/promises reopen 1")
    assert await house.one("SELECT state FROM commitments") == "open"


async def _card(house: House) -> Card:
    await promised(house)
    return shown_card(await house.say("/promises 1"))


async def test_the_card_closes_it_by_a_press_once(house: House) -> None:
    card = await _card(house)
    assert [one.label for one in card.buttons] == ["Done", "Not a promise", "Remind me", "Draft a nudge"]
    after = shown_card(await house.press(card, "Done"))
    assert [one.label for one in after.buttons] == ["Open again"]
    (said,) = await house.press(card, "Not a promise")
    assert "already" in said.text  # type: ignore[union-attr]
    shown_card(await house.press(after, "Open again"))
    assert await house.one("SELECT state FROM commitments") == "open"


async def test_a_nudge_is_a_draft_that_waits_and_is_one_however_often_it_is_pressed(house: House) -> None:
    card = await _card(house)
    draft = shown_card(await house.press(card, "Draft a nudge"))
    assert "> I'll send you the signed contract tomorrow." in draft.text
    assert "To" in {one.label: one.value for one in draft.fields}
    await house.press(card, "Draft a nudge")
    assert await house.one("SELECT count(*) FROM approvals") == 1
    assert house.sent() == []


async def test_a_reminder_is_a_follow_up_unless_it_is_answered(house: House) -> None:
    card = await _card(house)
    (said,) = await house.press(card, "Remind me")
    assert "unless an answer arrives before" in said.text  # type: ignore[union-attr]
    assert await house.one("SELECT unless_answered FROM follow_ups")


@pytest.mark.parametrize(
    "raw",
    [
        letter("Shop", PROMISED, at=SAID, message_id="a", sender="Shop <noreply@shop.example>"),
        letter("List", PROMISED, at=SAID, message_id="b").replace(b"Subject:", b"List-Id: <l.example>\nSubject:", 1),
        letter("Away", PROMISED, at=SAID, message_id="c").replace(
            b"Subject:", b"Auto-Submitted: auto-replied\nSubject:", 1
        ),
        letter("Fwd: x", "On Monday Eve wrote:\n> I'll send you the contract tomorrow.", at=SAID, message_id="d"),
    ],
)
async def test_machines_lists_and_quoted_words_promise_nothing(house: House, raw: bytes) -> None:
    await house.deliver(raw)
    await sorted_out(house)
    assert await house.one("SELECT count(*) FROM commitments") == 0


async def test_the_owners_own_promise_is_theirs_to_keep(house: House) -> None:
    await promised(house, "Could you send me the figures?")
    await sent(
        house,
        "Sure, I'll send you the spreadsheet on Friday.",
        at=NOW - timedelta(hours=5),
        name="mine",
        answers="said",
    )
    told = await listed(house)
    assert "you to Bo Lind" in told
    card = shown_card(await house.say("/promises 1"))
    assert "Draft a nudge" not in [one.label for one in card.buttons]


async def test_the_digest_names_what_is_due_today_and_lets_old_debts_rest(house: House) -> None:
    await promised(house)
    await house.sql("UPDATE emails SET needs_me = false")
    assert "Promised, Bo Lind to you, due" in await listed(house, "/digest")
    await house.sql("UPDATE commitments SET due_on = due_on - 8")
    assert "Promised" not in await listed(house, "/digest")


async def test_before_the_mail_is_looked_through_nothing_is_claimed_of_it(house: House) -> None:
    await house.sql("UPDATE emails SET category = 'work'")
    assert "still looking through" in await listed(house)


async def test_it_goes_with_its_mail(house: House) -> None:
    await promised(house)
    await house.sql("DELETE FROM emails WHERE subject = 'Roof'")
    assert "Nothing is open" in await listed(house)


async def test_a_mailbox_without_news_costs_no_write(house: House) -> None:
    await promised(house)
    before = await house.one("SELECT count(*) FROM commitment_reads")
    words: list[Word] = await house.work(STEADY)
    assert words == []
    assert await house.one("SELECT count(*) FROM commitment_reads") == before
