"""Trust, as a person meets it: a rule tells what it did, is lowered by an undo, asks, and rises only by a press."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent.chat import Card, Reply, Word
from tests.fakes.program import House, letter, shown_card
from tests.fakes.unattended import comes, has_rule

NOW = datetime.now(UTC).replace(microsecond=0)
LABELLING = """
id: kiln
conditions: [{field: subject, operator: contains, value: kiln}]
actions: [{type: apply_label, label: Pottery}]
"""
ARCHIVING = LABELLING.replace("{type: apply_label, label: Pottery}", "{type: archive}")


def mail(number: int, *, sender: str = "Bo Lind <bo@kiln.example>", subject: str = "Kiln parts") -> bytes:
    """A mail that the rule takes."""
    return letter(f"{subject} {number}", "Are they in?", at=NOW, sender=sender, message_id=f"parts-{number}")


async def labels(house: House, number: int, subject: str = "Kiln parts") -> list[str]:
    return list((await house.mail(f"{subject} {number}")).labels)


def cards(words: list[Word]) -> list[Card]:
    return [one for one in words if isinstance(one, Card)]


def replies(words: list[Word]) -> str:
    return "\n".join(one.text for one in words if isinstance(one, Reply))


@pytest.fixture
async def kiln(house: House) -> House:
    """A rule that labels mail about the kiln, and a person who has spoken."""
    await house.say("help")
    await has_rule(house, LABELLING)
    return house


async def lowered(house: House) -> None:
    """The rule asks first: one of its deeds was taken back."""
    (told,) = cards(await comes(house, mail(0)))
    await house.press(told, "Undo")


async def test_what_a_rule_did_is_told_with_an_undo(kiln: House) -> None:
    (told,) = cards(await comes(kiln, mail(1)))
    assert told.title == "Rule kiln did: label Pottery, 1 mail"
    assert told.text == "Bo Lind: Kiln parts 1"
    assert [one.label for one in told.buttons] == ["Undo", "That was right"]


async def test_an_undo_lowers_the_rule_says_so_and_the_next_like_it_asks(kiln: House) -> None:
    (told,) = cards(await comes(kiln, mail(1)))
    words = await kiln.press(told, "Undo")
    assert await labels(kiln, 1) == []
    assert "From now on, when rule kiln wants to label Pottery: I ask first." in replies(words)
    (asked,) = cards(await comes(kiln, mail(2)))
    assert asked.title == "Rule kiln wants to label Pottery: 1 mail"
    assert await labels(kiln, 2) == []


async def test_undo_in_words_lowers_it_as_well(kiln: House) -> None:
    await comes(kiln, mail(1))
    assert "I ask first" in replies(await kiln.say("undo"))
    await comes(kiln, mail(2))
    assert await labels(kiln, 2) == []


async def test_what_was_asked_is_done_by_a_press_once(kiln: House) -> None:
    await lowered(kiln)
    (asked,) = cards(await comes(kiln, mail(1)))
    words = await kiln.press(asked, "Do it")
    assert await labels(kiln, 1) == ["Pottery"]
    assert shown_card(words).buttons == ()
    assert "decided already" in replies(await kiln.press(asked, "Not these"))
    assert await labels(kiln, 1) == ["Pottery"]


async def test_what_was_refused_is_not_done(kiln: House) -> None:
    await lowered(kiln)
    (asked,) = cards(await comes(kiln, mail(1)))
    await kiln.press(asked, "Not these")
    assert await labels(kiln, 1) == []
    assert await kiln.one("SELECT count(*) FROM trust_words WHERE NOT yes") == 1


async def three_times(house: House) -> list[Word]:
    """The person approves three deeds, one after the other. Gives what the last press led to."""
    words: list[Word] = []
    for number in (1, 2, 3):
        (asked, *_) = cards(await comes(house, mail(number)))
        await house.press(asked, "Do it")
        words = await house.work()
    return words


async def test_after_three_approvals_it_proposes_and_only_a_press_raises_it(kiln: House) -> None:
    await lowered(kiln)
    (proposed,) = cards(await three_times(kiln))
    assert proposed.title.startswith("Rule kiln, label Pottery: shall it be “I do it and tell you")
    assert "approved 3" in proposed.fields[0].value
    (asked, *_) = cards(await comes(kiln, mail(4)))
    assert asked.title.startswith("Rule kiln wants")
    await kiln.press(proposed, "Yes, from now on")
    (told,) = cards(await comes(kiln, mail(5)))
    assert told.title == "Rule kiln did: label Pottery, 1 mail"
    assert await labels(kiln, 5) == ["Pottery"]


async def test_who_leaves_it_is_not_asked_again_at_once(kiln: House) -> None:
    await lowered(kiln)
    (proposed,) = cards(await three_times(kiln))
    await kiln.press(proposed, "Leave it as it is")
    (asked,) = cards(await comes(kiln, mail(4)))
    await kiln.press(asked, "Do it")
    assert cards(await kiln.work()) == []
    await comes(kiln, mail(5))
    assert await labels(kiln, 5) == []


async def test_a_proposal_is_void_when_something_was_taken_back_since(kiln: House) -> None:
    await lowered(kiln)
    (proposed,) = cards(await three_times(kiln))
    await kiln.say("undo")
    assert "so it stays: I ask first" in replies(await kiln.press(proposed, "Yes, from now on"))
    await comes(kiln, mail(4))
    assert await labels(kiln, 4) == []


async def silent(house: House) -> None:
    """The rule acts without a word, since the person said three times that it was right and then pressed."""
    proposed: list[Card] = []
    for number in (11, 12, 13):
        (told,) = cards(await comes(house, mail(number)))
        await house.press(told, "That was right")
        proposed = cards(await house.work())
    await house.press(proposed[0], "Yes, from now on")


async def test_on_the_highest_rung_nothing_is_told_and_an_undo_brings_the_telling_back(kiln: House) -> None:
    await silent(kiln)
    assert cards(await comes(kiln, mail(1))) == []
    assert await labels(kiln, 1) == ["Pottery"]
    assert "I do it and tell you" in replies(await kiln.say("undo"))
    # mail of this sender asks until one of it is approved; mail of others is told of
    (asked,) = cards(await comes(kiln, mail(2)))
    assert asked.title.startswith("Rule kiln wants")
    assert "you took it back on mail of bo@kiln.example" in str(asked.fields)
    (told,) = cards(await comes(kiln, mail(3, sender="Cy <cy@oven.example>")))
    assert told.title.startswith("Rule kiln did")


async def test_deeds_that_stood_for_a_day_speak_for_silence(kiln: House) -> None:
    for number in range(8):
        await comes(kiln, mail(number))
    await kiln.sql("UPDATE receipts SET done_at = done_at - interval '25 hours'")
    await kiln.sql("UPDATE rules SET active_since = active_since - interval '2 days'")
    _told, proposed = cards(await comes(kiln, mail(9)))
    assert "without a word" in proposed.title


async def test_a_rule_that_was_saved_anew_begins_anew(kiln: House) -> None:
    await silent(kiln)
    await has_rule(kiln, LABELLING)
    (told,) = cards(await comes(kiln, mail(1)))
    assert told.title.startswith("Rule kiln did")


async def test_a_round_that_is_taken_up_again_tells_once(kiln: House) -> None:
    await comes(kiln, mail(1))
    job = await kiln.one("SELECT round FROM rule_matches")
    await kiln.sql("UPDATE rule_matches SET done = false, outcomes = '[]'")
    await kiln.sql("UPDATE jobs SET state = 'pending', attempts = 0 WHERE id = %s", job)
    await comes(kiln, letter("Nothing", "x", at=NOW, message_id="nothing"))
    assert await kiln.one("SELECT count(*) FROM trust_cards") == 1


async def test_a_rule_archives_but_never_what_is_important_or_guards_an_account(house: House) -> None:
    await house.say("help")
    await has_rule(house, ARCHIVING)
    await comes(house, mail(1))
    assert (await house.mail("Kiln parts 1")).folder == "Archive"
    guard = "Kiln Shop Security <security@kiln.example>"
    (asked,) = cards(await comes(house, mail(2, sender=guard)))
    assert asked.title == "Rule kiln wants to archive: 1 mail"
    assert "security of an account" in str(asked.fields)
    assert (await house.mail("Kiln parts 2")).folder == "INBOX"


async def test_somebody_elses_card_is_not_pressed(kiln: House) -> None:
    (told,) = cards(await comes(kiln, mail(1)))
    await kiln.sql("UPDATE buttons SET person = gen_random_uuid()")
    assert "belongs to somebody else" in replies(await kiln.press(told, "Undo"))
    assert await labels(kiln, 1) == ["Pottery"]


async def test_every_word_and_raise_is_audited(kiln: House) -> None:
    await silent(kiln)
    actions = [
        row.action
        for row in await kiln.sql("SELECT action FROM audit WHERE starts_with(action, 'trust') ORDER BY number")
    ]
    assert actions == ["trust_yes", "trust_yes", "trust_yes", "trust_raised"]


async def in_the_mail_program(house: House, number: int, *, remove: bool) -> str:
    """The person takes the label off, or puts it on, where they read their mail; gives what they are told."""
    row = await house.mail(f"Kiln parts {number}")
    mailbox = await house.box.mailboxes.get(house.caller.tenant, house.account)
    await (mailbox.remove_label(row.key, "Pottery") if remove else mailbox.add_label(row.key, "Pottery"))
    await house.read()
    return replies(await house.work())


async def test_a_label_taken_off_in_the_mail_program_is_an_undo_and_putting_it_back_takes_that_back(
    kiln: House,
) -> None:
    await comes(kiln, mail(1))
    said = await in_the_mail_program(kiln, 1, remove=True)
    assert said.startswith(
        "You took Pottery off “Kiln parts 1” in your mail program. From now on, when rule kiln wants"
    )
    await comes(kiln, mail(2))
    assert await labels(kiln, 2) == []
    assert "counts as right again" in await in_the_mail_program(kiln, 1, remove=False)
    await comes(kiln, mail(3))
    assert await labels(kiln, 3) == ["Pottery"]
