"""Cards show all that there is: every recipient, the whole text, and what would hide itself."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent import cards
from agent.cards import AGAIN, APPROVE, ARRIVED, EDIT, LABELS, LATER, REJECT
from agent.chat import Card, from_row, to_row
from tests.fakes.program import House, letter, shown_card

TOKENS = {action: f"token of {action}" for action in LABELS}
HIDDEN = st.sampled_from(
    "\u200b\u200d\u202e\u2066\u2069\ufeff\u00ad\u034f\u115f\u3164\u2028\u2800\u180e\U000e0041\U000e0100\x00\x1b\x7f"
)
ADDRESSES = st.lists(
    st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.example", fullmatch=True), min_size=1, max_size=30, unique=True
)


def _row(**action: Any) -> Any:
    """An approval's row, as far as a card looks at it."""
    plain = {"sender": "ana@example.org", "recipients": ["bo@kiln.example"], "subject": "Re: Kiln", "body": "Yes."}
    return SimpleNamespace(
        id=UUID(int=1),
        action={**plain, "known_domains": [], "quoted": 0, **action},
        expires_at=datetime(2026, 3, 3, 9, tzinfo=UTC),
    )


def _card(**action: Any) -> Card:
    return cards.approval(_row(**action), TOKENS, "Europe/Lisbon")


def _field(card: Card, label: str) -> str:
    return next(one.value for one in card.fields if one.label == label)


@given(ADDRESSES, st.data())
def test_every_recipient_is_shown_and_a_new_domain_is_marked(addresses: list[str], data: st.DataObject) -> None:
    known = data.draw(st.lists(st.sampled_from([one.partition("@")[2] for one in addresses])))
    shown = _field(_card(recipients=addresses, known_domains=known), "To").split(", ")
    marked = " (new address domain)"
    assert shown == [one if one.partition("@")[2] in known else one + marked for one in addresses]


@given(
    st.text(
        st.characters(
            codec="utf-8",
            categories=("L", "N", "P", "S", "Zs"),
            exclude_characters="\u2800\u115f\u1160\u3164\uffa0\u17b4\u17b5",
        )
    )
)
def test_the_whole_text_is_shown_as_it_is(body: str) -> None:
    assert _card(body=body).text == body


@given(st.integers(10_000, 60_000))
def test_a_long_text_is_not_cut(length: int) -> None:
    assert len(_card(body="x" * length).text) == length


@given(st.text("abc \n", max_size=20), HIDDEN, st.text("abc \n", max_size=20))
def test_what_would_hide_itself_is_seen_wherever_it_stands(before: str, hidden: str, after: str) -> None:
    text = before + hidden + after
    card = _card(body=text, subject=text, sender=text, recipients=[text])
    shown = [card.text, *(_field(card, label) for label in ("From", "To", "Subject"))]
    assert all("·" in one and hidden not in one for one in shown)


@given(st.text())
def test_nothing_on_a_card_is_invisible(body: str) -> None:
    text = _card(body=body).text
    unseen = {one for one in text if one != "\n" and unicodedata.category(one) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}}
    assert unseen == set()


@pytest.mark.parametrize("text", ["❤️ thanks", "1 · 2", "naïve – “quoted”", "日本語", "Grüße\nAna", "😀"])
def test_ordinary_writing_is_left_alone(text: str) -> None:
    assert _card(body=text).text == text.replace("\ufe0f", "")


@given(st.text("ab-+ \n", max_size=60), st.text("ab-+ \n", max_size=60))
def test_a_difference_names_every_line_that_came_or_went(before: str, after: str) -> None:
    lines = cards.difference(before, after).split("\n")
    came = [one for one in after.split("\n") if one.strip() and one not in before.split("\n")]
    went = [one for one in before.split("\n") if one.strip() and one not in after.split("\n")]
    assert all(f"+{one}" in lines for one in came)
    assert all(f"-{one}" in lines for one in went)


@given(st.text("ab \n", max_size=30))
def test_the_same_text_has_no_difference(text: str) -> None:
    assert cards.difference(text, text) == "nothing"
    assert cards.difference(text, text + "\n\n \nx") != "nothing"


def test_only_white_space_is_not_called_nothing() -> None:
    assert cards.difference("a\n\nb", "a\nb") == "only white space"


def test_a_changed_draft_shows_the_difference_and_the_whole_new_text() -> None:
    card = cards.approval(_row(body="Hello\nFriday works."), TOKENS, "UTC", before="Hello\nThursday works.")
    assert _field(card, "Changed") == "-Thursday works.\n+Friday works."
    assert card.text == "Hello\nFriday works."


@pytest.mark.parametrize(
    ("card", "actions"),
    [
        (_card(), (APPROVE, EDIT, REJECT, LATER)),
        (cards.settled(_row(), "Sent", "Sent."), ()),
        (cards.doubt(_row(), "Who knows?", TOKENS), (ARRIVED, AGAIN)),
        (cards.unsent(_row(), "Not sent.", TOKENS), (AGAIN,)),
    ],
)
def test_each_card_has_its_buttons_and_no_other(card: Card, actions: tuple[str, ...]) -> None:
    assert [(one.label, one.token) for one in card.buttons] == [(LABELS[one], TOKENS[one]) for one in actions]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=50))
def test_a_card_comes_out_of_the_outbox_as_it_went_in(text: str) -> None:
    card = _card(body=text, subject=text)
    assert from_row(**to_row(card)) == card


async def test_the_card_of_a_reply_to_many_names_all_of_them(house: House) -> None:
    raw = letter("Fair", "Who comes?", to="ana@example.org, Cy <cy@kiln.example>", cc="Di <di@glaze.example>")
    await house.deliver(raw)
    card = await house.draft("I come.", subject="Fair")
    await house.press(card, "Approve & send")
    assert shown_card(await house.work()).title == "Sent"
    recipients = await house.one("SELECT recipients FROM sends")
    assert all(one in _field(card, "To") for one in recipients)
