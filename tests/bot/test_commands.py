"""The table of commands: each runs, in slash form and as a plain word, and says in words what it cannot do."""

from __future__ import annotations

import pytest

from agent.chat import Card, Reply
from bot.commands import BY_WORDS, COMMANDS, STOP_WORDS, find, is_command
from storage.values.errors import Refused
from tests.fakes.openai import Thinking, call
from tests.fakes.program import House, letter, maildir, open_house, shown_card

DRAFT = call("draft_reply", email="Bo", message="Yes.")
OTHER = call("draft_reply", email="Cy", message="No.")


async def _two_mails(thinking: Thinking) -> None:
    await thinking.house.deliver(letter("Clay", sender="Cy <cy@clay.example>"))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one.name)
async def test_every_command_answers_when_there_is_nothing_yet(house: House, command: object) -> None:
    (word,) = await house.say(f"/{command.name}")
    assert isinstance(word, (Reply, Card))
    assert "(reference" not in str(word)
    assert await house.one("SELECT count(*) FROM events WHERE done_at IS NULL") == 0


@pytest.mark.parametrize("plain", BY_WORDS)
async def test_a_plain_word_is_its_command(house: House, plain: str) -> None:
    (spoken,) = await house.say(f" {plain.upper()}. ")
    (slashed,) = await house.say(f"/{BY_WORDS[plain].name}")
    assert spoken == slashed


def test_names_and_plain_words_are_unambiguous() -> None:
    names = [one.name for one in COMMANDS]
    spoken = [word for one in COMMANDS for word in one.plain]
    assert len({*names, *spoken, *STOP_WORDS}) == len({*names, *spoken}) + len(STOP_WORDS)
    assert len(names) == len(set(names))
    assert len(spoken) == len(set(spoken))


@pytest.mark.parametrize("text", ["/nonsense", "/", "/ help", "/HELPME now", "//help"])
def test_a_slash_word_that_is_none_is_refused_in_words(text: str) -> None:
    assert is_command(text)
    with pytest.raises(Refused, match="Type /help"):
        find(text)


@pytest.mark.parametrize(("text", "name", "words"), [("/undo 3", "undo", "3"), ("/UNDO  since 9 ", "undo", "since 9")])
def test_what_follows_a_command_is_handed_to_it(text: str, name: str, words: str) -> None:
    found = find(text)
    assert found is not None
    assert (found[0].name, found[1]) == (name, words)


@pytest.mark.parametrize("text", ["help me find the kiln", "undo the label", "approve of it", "please stop"])
def test_a_sentence_is_no_command(text: str) -> None:
    assert find(text) is None
    assert not is_command(text)


async def test_help_lists_every_command_and_what_to_say(house: House) -> None:
    (word,) = await house.say("/help")
    assert all(f"/{one.name}" in word.text for one in COMMANDS)
    assert "Nothing leaves without your click." in word.text


async def test_inbox_lists_unread_mail_that_can_be_referred_to(house: House) -> None:
    """In a new conversation, and in one that has other things in sight."""
    for _ in range(2):
        (word,) = await house.say("/inbox")
        assert "1. Bo Lind: Kiln" in word.text
        (word,) = await house.say("open 1")
        assert "Does Thursday suit you?" in word.text
        await house.say("find sheep in space")


async def test_undo_takes_back_what_was_done(thinking: Thinking) -> None:
    await thinking.say("label it", call("label_email", emails=["Bo"], label="Finance"), "Done.")
    (word,) = await thinking.house.say("undo")
    assert "The label Finance is off" in word.text
    assert (await thinking.house.mail("Kiln")).labels == []


async def test_memory_and_follow_ups_tell_what_is_kept(thinking: Thinking) -> None:
    await thinking.say("remember", call("remember", fact="The kiln is new."), "I will.")
    await thinking.say("remind me", call("schedule_follow_up", when="tomorrow 9am", email="Bo"), "I will.")
    assert "The kiln is new." in (await thinking.house.say("/memory"))[0].text
    assert "The kiln is new." in (await thinking.house.say("/memory kiln"))[0].text
    assert "1 follow-up waiting" in (await thinking.house.say("/followups"))[0].text


async def test_approvals_shows_the_cards_that_wait_and_their_buttons_work(thinking: Thinking) -> None:
    await thinking.say("tell Bo yes", DRAFT, "Yes, Bo.", "Here.")
    (card,) = await thinking.house.say("/approvals")
    assert isinstance(card, Card)
    await thinking.house.press(card, "Approve & send")
    await thinking.house.work()
    assert len(thinking.house.sent()) == 1


async def test_reject_sends_nothing(thinking: Thinking) -> None:
    await thinking.say("tell Bo yes", DRAFT, "Yes, Bo.", "Here.")
    await thinking.house.say("reject")
    await thinking.house.work()
    assert thinking.house.sent() == []
    assert (await thinking.house.say("approve"))[0].text == "No draft waits for your word here."


async def test_approve_means_the_draft_that_the_talk_is_about(thinking: Thinking) -> None:
    await _two_mails(thinking)
    await thinking.say("tell Bo yes", DRAFT, "First.", "Here.")
    await thinking.say("and tell Cy no", OTHER, "Second.", "Here.")
    await thinking.house.say("approve")
    await thinking.house.work()
    (mail,) = thinking.house.sent()
    assert b"Second." in mail


async def test_approve_said_twice_does_not_send_an_older_draft(thinking: Thinking) -> None:
    await _two_mails(thinking)
    await thinking.say("tell Bo yes", DRAFT, "First.", "Here.")
    await thinking.say("and tell Cy no", OTHER, "Second.", "Here.")
    await thinking.house.say("approve")
    (word,) = await thinking.house.say("approve")
    assert word.text.startswith("A draft waits here; press the button")
    await thinking.house.work()
    assert len(thinking.house.sent()) == 1


async def test_approve_after_an_edit_means_the_edited_text(thinking: Thinking) -> None:
    card = shown_card(await thinking.say("tell Bo yes", DRAFT, "First.", "Here."))
    await thinking.house.press(card, "Edit", {"body": "Edited."})
    await thinking.house.say("approve")
    await thinking.house.work()
    (mail,) = thinking.house.sent()
    assert b"Edited." in mail


async def test_approve_with_several_drafts_and_none_in_sight_asks_which(house: House) -> None:
    await house.deliver(letter("Clay"))
    await house.draft("One.")
    await house.draft("Two.", subject="Clay")
    (word,) = await house.say("approve")
    assert word.text.startswith("2 drafts wait here")


async def test_jobs_of_somebody_else_are_not_shown(house: House) -> None:
    await house.say("/help")
    async with open_house(
        house.servers, "maildir", maildir(house.servers.home / "other", [letter("Secret")]), "Cy"
    ) as other:
        assert "triage_mail" in (await other.say("/jobs"))[0].text
        assert (await other.say("/inbox"))[0].text.count("Secret") == 1
        assert (await other.say("/inbox"))[0].text.count("Kiln") == 0
