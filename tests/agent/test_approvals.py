"""Approvals: a draft waits for one person's word, bound to exactly what the card showed, and the row decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from agent import approval
from agent.chat import Card, Click, Reply, Update, Word
from storage.tables.approvals import State
from storage.values.clock import now
from storage.values.errors import Refused
from storage.values.ids import ConversationId
from tests.fakes.program import YESTERDAY, House, letter, maildir, open_house, shown_card, token
from tools.mail.parse import parse


def _only_words(words: Sequence[Word]) -> str:
    ((reply),) = words
    assert isinstance(reply, Reply)
    return reply.text


async def _state(house: House, card: Card) -> str:
    return str(await house.one("SELECT state FROM approvals WHERE id = %s", card.id))


async def test_an_approved_draft_is_sent_once_and_said_to_be(house: House) -> None:
    card = await house.draft("Thursday works.")
    (answer,) = await house.press(card, "Approve & send")
    assert "sending" in shown_card([answer]).title
    (update,) = await house.work()
    assert shown_card([update]).title == "Sent"
    assert "I read it back from Sent" in shown_card([update]).text
    assert await house.work() == []
    assert len(house.sent()) == 1


async def test_what_is_sent_is_what_the_card_showed_in_the_thread(house: House) -> None:
    card = await house.draft("Thursday works.")
    await house.press(card, "Approve & send")
    await house.work()
    mail = parse(house.sent()[0])
    assert mail.text.startswith(card.inputs[0].value.strip())
    assert [one.address for one in mail.to] == ["bo@kiln.example"]
    assert mail.in_reply_to == "kiln@kiln.example"
    assert mail.subject == "Re: Kiln"


async def test_nothing_is_sent_before_a_press(house: House) -> None:
    await house.draft()
    assert await house.work() == []
    assert house.sent() == []


@pytest.mark.parametrize(
    "alteration",
    [
        "UPDATE approvals SET message = replace(convert_from(message, 'UTF8'), 'Thursday', 'Saturday')::bytea",
        """UPDATE approvals SET action = jsonb_set(action, '{recipients}', '["eve@evil.example"]')""",
        """UPDATE approvals SET action = jsonb_set(action, '{sender}', '"eve@evil.example"')""",
        """UPDATE approvals SET action = jsonb_set(action, '{body}', '"Friday works."')""",
    ],
)
async def test_an_altered_row_is_not_sent(house: House, alteration: str) -> None:
    card = await house.draft()
    await house.sql(alteration)
    assert "not what the card showed" in _only_words(await house.press(card, "Approve & send"))
    await house.work()
    assert house.sent() == []
    assert await _state(house, card) == State.PENDING


async def test_an_edit_is_a_new_draft_and_the_old_card_says_so(house: House) -> None:
    old = await house.draft("Thursday works.")
    history, new = await house.press(old, "Edit", {"body": "Friday works."})
    assert isinstance(history, Update)
    assert history.card.title == "Replaced by a newer draft"
    assert isinstance(new, Card)
    assert "Friday works." in new.text
    assert "replaced already, by you" in _only_words(await house.press(old, "Approve & send"))
    await house.press(new, "Approve & send")
    await house.work()
    assert [b"Friday works." in one for one in house.sent()] == [True]


async def test_an_edit_without_a_text_or_with_the_same_text_changes_nothing(house: House) -> None:
    card = await house.draft("Thursday works.")
    assert "Write the new text" in _only_words(await house.press(card, "Edit", {"body": "  "}))
    same = card.inputs[0].value
    assert "the same text" in _only_words(await house.press(card, "Edit", {"body": same}))
    assert await _state(house, card) == State.PENDING


async def test_a_draft_is_changed_by_talking_and_the_new_card_shows_the_difference(house: House) -> None:
    card = await house.draft("Thursday works.")
    made = await approval.change(
        approval.Case(house.box, house.caller, await _where(house)), _id(card), wish="say Friday instead", request="r"
    )
    words = await house.say("/approvals")
    shown = shown_card(words)
    assert shown.id == str(made)
    assert "+" in next(one.value for one in shown.fields if one.label == "Changed")
    assert await _state(house, card) == State.REPLACED


async def test_a_change_that_broke_off_between_row_and_checkpoint_can_be_changed_again(house: House) -> None:
    card = await house.draft("Thursday works.")
    await _break_checkpoints(house)
    words = await house.press(card, "Edit", {"body": "Friday works."})
    assert "Something went wrong" in _only_words(words)
    await _mend_checkpoints(house)
    (second,) = await house.say("/approvals")
    assert isinstance(second, Card)
    _, third = await house.press(second, "Edit", {"body": "Sunday works."})
    assert isinstance(third, Card)
    await house.press(third, "Approve & send")
    await house.work()
    assert [b"Sunday works." in one for one in house.sent()] == [True]


async def test_a_first_draft_that_broke_off_before_its_checkpoint_can_be_changed_and_sent(house: House) -> None:
    await _break_checkpoints(house)
    with pytest.raises(Exception, match="no checkpoints"):
        await house.draft("Thursday works.")
    await _mend_checkpoints(house)
    card = await house.draft("Thursday works.")
    _, changed = await house.press(card, "Edit", {"body": "Friday works."})
    assert isinstance(changed, Card)
    await house.press(changed, "Approve & send")
    await house.work()
    assert [b"Friday works." in one for one in house.sent()] == [True]


async def test_after_a_new_mail_in_the_thread_a_fresh_card_is_offered_instead(house: House) -> None:
    card = await house.draft("Thursday works.")
    await house.deliver(letter("Re: Kiln", "Sorry, Friday!", at=now(), message_id="news", answers="kiln"))
    reply, history, fresh = await house.press(card, "Approve & send")
    assert isinstance(reply, Reply)
    assert "Bo Lind wrote again in this thread" in reply.text
    assert isinstance(history, Update)
    assert isinstance(fresh, Card)
    await house.work()
    assert house.sent() == []
    await house.press(fresh, "Approve & send")
    await house.work()
    assert len(house.sent()) == 1


async def test_a_new_mail_counts_even_when_its_date_lies_before_the_draft_s_mail(house: House) -> None:
    card = await house.draft()
    await house.deliver(
        letter("Re: Kiln", "Wait!", at=YESTERDAY - timedelta(hours=1), message_id="early", answers="kiln")
    )
    assert len(await house.press(card, "Approve & send")) == 3
    await house.work()
    assert house.sent() == []


async def test_a_mail_in_another_thread_does_not_matter(house: House) -> None:
    card = await house.draft()
    await house.deliver(letter("Invoice", "Please pay.", at=now()))
    await house.press(card, "Approve & send")
    await house.work()
    assert len(house.sent()) == 1


async def test_the_answered_mail_may_have_gone_from_the_mailbox(house: House) -> None:
    card = await house.draft()
    await house.sql("DELETE FROM emails")
    await house.press(card, "Approve & send")
    await house.work()
    assert len(house.sent()) == 1


async def test_an_expired_draft_is_not_sent_even_before_it_is_swept(house: House) -> None:
    card = await house.draft()
    await house.sql("UPDATE approvals SET expires_at = now() - interval '1 second'")
    assert "expired" in _only_words(await house.press(card, "Approve & send"))
    await house.work()
    assert house.sent() == []


async def test_a_rejected_draft_is_not_sent_and_its_other_buttons_say_so(house: House) -> None:
    card = await house.draft()
    assert shown_card(await house.press(card, "Reject")).title == "Rejected by Ana Sousa: not sent"
    for label in ("Approve & send", "Reject", "Later"):
        assert "rejected already, by you" in _only_words(await house.press(card, label))
    assert "rejected already" in _only_words(await house.press(card, "Edit", {"body": "Friday works."}))
    await house.work()
    assert house.sent() == []


async def test_another_person_s_button_does_nothing(house: House) -> None:
    card = await house.draft()
    stranger = maildir(house.servers.home / "other", [letter("Hello")])
    async with open_house(house.servers, "maildir", stranger, "Eve") as other:
        words = _only_words(await other.press(card, "Approve & send"))
    assert "belongs to somebody else" in words
    assert await _state(house, card) == State.PENDING


@pytest.mark.parametrize("forged", ["", "x", "A" * 22, "\x00", "' OR 1=1 --", "ß" * 4_000])
async def test_a_forged_button_does_nothing(house: House, forged: str) -> None:
    card = await house.draft()
    await house.desk.receive(house.visitor, Click(forged))
    assert "I do not know that button" in _only_words(house.channel.words)
    assert await _state(house, card) == State.PENDING


async def test_an_old_button_does_nothing(house: House) -> None:
    card = await house.draft()
    await house.sql("UPDATE buttons SET expires_at = now() - interval '1 second'")
    assert "That button has expired" in _only_words(await house.press(card, "Approve & send"))
    assert await _state(house, card) == State.PENDING


async def test_a_press_that_is_delivered_four_times_is_answered_once(house: House) -> None:
    card = await house.draft()
    answers = [await house.press(card, "Approve & send", external="press-1") for _ in range(4)]
    assert [len(words) for words in answers] == [1, 0, 0, 0]
    await house.work()
    assert len(house.sent()) == 1


async def test_a_second_press_is_told_what_came_of_it(house: House) -> None:
    card = await house.draft()
    await house.press(card, "Approve & send")
    assert "approved already, by you" in _only_words(await house.press(card, "Approve & send"))
    await house.work()
    assert "Sent to bo@kiln.example" in _only_words(await house.press(card, "Reject"))
    assert len(house.sent()) == 1


async def test_an_approval_survives_a_restart(house: House) -> None:
    card = await house.draft()
    async with house.beside() as later:
        await later.press(card, "Approve & send")
        assert shown_card(await later.work()).title == "Sent"
    assert len(house.sent()) == 1


async def test_a_draft_of_an_unlinked_account_is_not_approved(house: House) -> None:
    card = await house.draft()
    await house.sql("DELETE FROM accounts")
    assert "not linked any more" in _only_words(await house.press(card, "Approve & send"))
    assert await _state(house, card) == State.PENDING


async def test_a_suspended_person_s_press_does_nothing(house: House) -> None:
    card = await house.draft()
    await house.sql("UPDATE people SET suspended = 'On leave.'")
    assert "suspended" in _only_words(await house.press(card, "Approve & send"))
    assert await _state(house, card) == State.PENDING


async def test_later_shows_the_card_again_and_only_then(house: House) -> None:
    card = await house.draft()
    assert "I will show it again on" in _only_words(await house.press(card, "Later"))
    assert await house.work() == []
    await _bring_forward(house, "show_approval")
    (again,) = await house.work()
    assert isinstance(again, Card)
    assert again.id == card.id
    await house.press(again, "Approve & send")
    await house.work()
    assert len(house.sent()) == 1


async def test_what_was_decided_meanwhile_is_not_shown_again(house: House) -> None:
    card = await house.draft()
    await house.press(card, "Later")
    await house.press(card, "Reject")
    await _bring_forward(house, "show_approval")
    assert await house.work() == []


async def test_what_was_put_off_twice_is_shown_once_at_the_second_time(house: House) -> None:
    card = await house.draft()
    await house.press(card, "Later")
    await house.sql("UPDATE approvals SET later_until = later_until + interval '1 day'")
    await _bring_forward(house, "show_approval")
    assert await house.work() == []


async def test_a_draft_cannot_wait_longer_than_it_is_valid(house: House) -> None:
    card = await house.draft()
    await house.sql("UPDATE approvals SET expires_at = now() + interval '1 minute'")
    assert "cannot wait longer" in _only_words(await house.press(card, "Later"))


async def test_another_wish_for_the_same_mail_takes_the_place_of_the_draft_that_waits(house: House) -> None:
    old = await house.draft("Thursday works.")
    new = await house.draft("Friday works.")
    assert "Friday works." in new.text
    assert "-Thursday works." in next(one.value for one in new.fields if one.label == "Changed")
    (redrawn,) = await house.work()
    assert (shown_card([redrawn]).id, shown_card([redrawn]).title) == (old.id, "Replaced by a newer draft")
    assert "replaced already, by you" in _only_words(await house.press(old, "Approve & send"))
    await house.press(new, "Approve & send")
    await house.work()
    (sent,) = house.sent()
    assert b"Friday works." in sent
    assert b"Thursday works." not in sent


async def test_a_changed_wish_can_still_be_changed_by_talking(house: House) -> None:
    """What began anew does not begin anew for ever."""
    await house.draft("Thursday works.")
    card = await house.draft("Friday works.")
    _, changed = await house.press(card, "Edit", {"body": "Sunday works."})
    assert isinstance(changed, Card)
    made = await approval.change(
        approval.Case(house.box, house.caller, await _where(house)),
        _id(changed),
        wish="add that I bring wine",
        request="r",
    )
    text = await house.one("SELECT action->>'body' FROM approvals WHERE id = %s", made)
    assert "Sunday works." in text


async def test_a_wish_for_another_mail_leaves_the_draft_alone(house: House) -> None:
    await house.deliver(letter("Glaze"))
    card = await house.draft("Thursday works.")
    await house.draft("Friday works.", subject="Glaze")
    assert await _state(house, card) == State.PENDING


async def test_a_draft_that_has_expired_is_not_replaced_but_followed(house: House) -> None:
    await house.draft("Thursday works.")
    await house.sql("UPDATE approvals SET expires_at = now() - interval '1 second'")
    card = await house.draft("Friday works.")
    assert await _state(house, card) == State.PENDING


async def test_the_same_request_makes_one_draft(house: House) -> None:
    first, second = await house.draft(request="r1"), await house.draft(request="r1")
    assert first.id == second.id
    assert await house.one("SELECT count(*) FROM approvals") == 1


async def test_a_draft_that_is_not_approved_cannot_be_carried_out(house: House) -> None:
    card = await house.draft()
    case = approval.Case(house.box, house.caller, await _where(house))
    with pytest.raises(Refused, match="not approved"):
        await approval.carry_out(case, _id(card))
    assert house.sent() == []


@pytest.mark.parametrize("state", [State.PENDING, State.REJECTED, State.REPLACED, State.EXPIRED])
async def test_a_frozen_mail_leaves_only_while_its_approval_stands(house: House, state: State) -> None:
    card = await house.draft()
    await house.press(card, "Approve & send")
    await house.sql("UPDATE approvals SET state = %s", state)
    await house.work()
    assert house.sent() == []


async def test_a_settled_case_leaves_no_checkpoints(house: House) -> None:
    for label in ("Approve & send", "Reject"):
        await house.press(await house.draft(request=label), label)
        await house.work()
    assert await house.one("SELECT count(*) FROM checkpoints") == 0


async def test_a_token_says_nothing_of_what_it_does(house: House) -> None:
    card = await house.draft()
    tokens = {token(card, one.label) for one in card.buttons}
    assert len(tokens) == 4
    assert all(len(one) == 22 for one in tokens)


def _id(card: Card) -> UUID:
    return UUID(card.id)


async def _where(house: House) -> ConversationId:
    return ConversationId(await house.one("SELECT id FROM conversations"))


async def _bring_forward(house: House, kind: str) -> None:
    """What was put off is due now, without waiting for the clock."""
    await house.sql("UPDATE jobs SET run_at = now() WHERE kind = %s", kind)


async def _break_checkpoints(house: House) -> None:
    """From now on a checkpoint cannot be written, as when the program is killed just before."""
    await house.sql("""
        CREATE FUNCTION no_checkpoints() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'no checkpoints'; END $$
    """)
    await house.sql("CREATE TRIGGER broken BEFORE INSERT ON checkpoints EXECUTE FUNCTION no_checkpoints()")


async def _mend_checkpoints(house: House) -> None:
    await house.sql("DROP TRIGGER broken ON checkpoints")
