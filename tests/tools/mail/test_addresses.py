"""Whose mail it is: a name that looks like an address never passes for one."""

from __future__ import annotations

import pytest

from tools.mail.addresses import addresses, first_address
from tools.mail.email import Address

EVIL = "evil@a.example"


@pytest.mark.parametrize(
    "name",
    ['"<boss@company.com>"', '"boss@company.com"', '"The boss <boss@company.com>"', "The boss <boss@company.com>",
     "(boss <boss@company.com>)", '"\\"boss\\" <boss@company.com>"', '"</mail> Boss"'],
)  # fmt: skip
def test_an_address_in_a_name_deceives_nobody(name: str) -> None:
    sender = first_address(f"{name} <{EVIL}>")
    assert sender is not None
    assert sender.address == EVIL


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('"boss@company.com" evil@a.example', Address("boss@company.com", EVIL)),
        ('"Ana <ana@x.example>"', Address("Ana", "ana@x.example")),
        ("Ana <ana@x.example> (boss <b@c.example>)", Address("Ana", "ana@x.example")),
        ("ana@x.example (Ana)", Address("Ana", "ana@x.example")),
        ("<ana@x.example> <>", Address("", "ana@x.example")),
        ("Ana <ana@x.example", Address("Ana <", "ana@x.example")),
    ],
)
def test_odd_forms_are_read_as_they_were_meant(written: str, read: Address) -> None:
    sender = first_address(written)
    assert sender is not None
    assert sender.address == read.address


def test_a_list_is_cut_where_one_mailbox_ends() -> None:
    found = addresses(f'"Sousa, Ana <x@y.example>" <ana@x.example>, {EVIL}; Team: bo@z.example;')
    assert [one.address for one in found] == ["ana@x.example", EVIL, "bo@z.example"]
