"""Telegram from end to end: talk, draft, dialog, approval, and a mail that really leaves."""

from __future__ import annotations

from tests.fakes.mail_house import MailHouse
from tests.fakes.telegram.server import TelegramServer
from tests.fakes.telegram_driver import telegram_talk


async def test_a_draft_is_edited_in_a_dialog_approved_and_sent(mail_house: MailHouse, telegram: TelegramServer) -> None:
    async with telegram_talk(mail_house.house, server=telegram) as talk:
        (found,) = await talk.say("find the kiln")
        assert "Bo Lind: Kiln" in found["text"]
        _, card = await talk.say("reply to Bo that Thursday works")
        assert card["title"] == "Send this reply?"
        assert card["fields"]["To"] == "bo@kiln.example (new address domain)"
        assert card["buttons"] == ["Approve & send", "Edit", "Reject", "Later"]
        (question,) = await talk.press("Edit")
        assert "Your next message is the new text" in question["text"]
        old, new = await talk.say("Friday works better.\n\nAna")
        assert (old["title"], old["buttons"]) == ("Replaced by a newer draft", [])
        assert "Friday works better." in new["text"]
        (approved,) = await talk.press("Approve & send")
        assert approved["title"] == "Approved by Ana Sousa, sending …"
        assert approved["buttons"] == []
        (sent,) = await talk.work()
        assert sent["title"] == "Sent"
        assert len(talk.shown) == 5, "the card stayed one message all the time"
    (mail,) = mail_house.office.letters
    assert b"Friday works better." in mail.content
    assert telegram.refusals == []
    assert telegram.world.fetched == []
