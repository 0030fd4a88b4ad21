"""How a sender presents itself."""

from __future__ import annotations

import pytest

from tools.inbox.sender_shape import decorated, fits, made_up
from tools.mail.email import Address


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Jo Tran", "jo.tran@kelp.example"),
        ("Harbour Theatre", "news@harbourtheatre.example"),
        ("Inês Duarte Marques", "idm@x.example"),
        ("", "x9@y.example"),
    ],
)
def test_a_name_that_is_in_its_address_fits(name: str, address: str) -> None:
    assert fits(Address(name, address))


def test_a_borrowed_name_does_not_fit() -> None:
    assert not fits(Address("Starbucks Rewards", "lina_cr_69484@rwsq.example"))


@pytest.mark.parametrize(
    "address",
    ["", "gov@govbr", "noreply@moussat-342ea.firebaseapp.com", "kx82h4dq@promo.example", "a@b.c.d.e.f.example"],
)
def test_an_address_that_nobody_would_choose_is_made_up(address: str) -> None:
    assert made_up(address)


@pytest.mark.parametrize("address", ["bo@kiln.example", "anna1984567@gmail.com", "news@shop.co.uk"])
def test_ordinary_addresses_are_not(address: str) -> None:
    assert not made_up(address)


@pytest.mark.parametrize("words", ["🎰 Casino", "𝗗𝗼𝗰𝘁𝗼𝗿 says", "Mcafee™", "Update now {DQJX-50}"])
def test_what_wants_to_be_noticed_is_decorated(words: str) -> None:
    assert decorated(words)


@pytest.mark.parametrize("words", ["Lunch?", "Re: Q3 budget", "Invoice 4471", "Grüße aus Lyon"])
def test_plain_words_are_not(words: str) -> None:
    assert not decorated(words)
