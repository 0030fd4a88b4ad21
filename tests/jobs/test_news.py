"""News of new mail: what is urgent breaks through at once, all else waits for the digest, and a person may choose."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from agent.chat import Reply
from tests.fakes.program import OWN, House, Servers, letter, maildir, open_house
from tools.work import LONG, QUICK, STEADY

WRITTEN = letter("Hello Bo", "How are you?", sender=OWN, to="bo@kiln.example", message_id="hello")


def later() -> datetime:
    """When what is new was written: after everything that the mailbox held."""
    return datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=1)


def urgent() -> bytes:
    return letter("Kiln broke", "The kiln broke, this is urgent. Can you call me?", at=later(), message_id="broke")


def quiet() -> bytes:
    return letter("Kiln colours", "Which colour do you like best?", at=later(), message_id="colours")


def loud() -> bytes:
    words = "This is urgent. Can you call me?"
    return letter("Urgent!", words, at=later(), sender="Eve <eve@new.example>", message_id="eve")


@pytest.fixture
async def inbox(servers: Servers) -> AsyncIterator[House]:
    """Ana wrote to Bo, and has spoken with Deskhand."""
    async with open_house(servers, "maildir", maildir(servers.home / "mail", [WRITTEN, letter()])) as house:
        await house.say("help")
        await house.work(STEADY, LONG, QUICK)
        yield house


async def comes(house: House, *mails: bytes) -> list[str]:
    """What is told when these have come in and are sorted."""
    for raw in mails:
        await house.deliver(raw)
    return [word.text for word in await house.work(STEADY, LONG, QUICK) if isinstance(word, Reply)]


async def test_the_first_reading_of_a_mailbox_is_silent(servers: Servers) -> None:
    pressing = letter("Broke", "This is urgent. Can you call me today?")
    async with open_house(servers, "maildir", maildir(servers.home / "mail", [WRITTEN, pressing])) as house:
        await house.say("help")
        assert await comes(house, *()) == []


async def test_urgent_mail_of_somebody_known_breaks_through_with_its_reason(inbox: House) -> None:
    (told,) = await comes(inbox, urgent(), quiet())
    assert told.startswith("1 mail cannot wait:\n1. Bo Lind: Kiln broke")
    assert "because it says “urgent”, and you know the sender" in told


async def test_what_is_not_urgent_waits_for_the_digest(inbox: House) -> None:
    assert await comes(inbox, quiet()) == []
    (word,) = await inbox.say("/digest")
    assert "Bo Lind: Kiln colours" in word.text  # type: ignore[union-attr]


async def test_a_stranger_does_not_break_through_however_loud(inbox: House) -> None:
    assert await comes(inbox, loud()) == []


async def test_who_wants_all_at_once_is_told_all(inbox: House) -> None:
    (word,) = await inbox.say("/settings tell all")
    assert word.text == "I tell you at once of every mail that waits for you."  # type: ignore[union-attr]
    (told,) = await comes(inbox, quiet())
    assert told.startswith("A new mail waits for you:\n1. Bo Lind: Kiln colours")


async def test_who_wants_nothing_at_once_is_told_nothing(inbox: House) -> None:
    await inbox.say("/settings tell nothing")
    assert await comes(inbox, urgent()) == []
    assert "of no mail at once" in (await inbox.say("/settings"))[0].text  # type: ignore[union-attr]


async def test_a_way_of_telling_that_is_none_is_refused(inbox: House) -> None:
    (word,) = await inbox.say("/settings tell sometimes")
    assert word.text == "Say what you want to be told of at once: urgent, all, nothing."  # type: ignore[union-attr]
