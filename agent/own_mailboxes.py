"""A person's mailboxes as cards: which there are, which is the default, and whose other addresses are theirs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.engine import Row

from agent.chat import Button, Card, Field, Reply, Update, Word
from agent.press import FRESH_FOR, Press
from storage.tables.aliases import Origin
from storage.transaction import Transaction
from storage.values.access import Caller
from storage.values.clock import now
from storage.values.errors import Refused
from tools.inbox.owner import settle
from tools.inbox.show import ago, plain

PREFER, MINE, NOT_MINE = "prefer_mailbox", "own_address", "not_own_address"
LONGEST = 50
"""Characters of an address on a button: Slack takes 75 in all."""


async def mailboxes_card(tx: Transaction, caller: Caller, usage: str) -> Card:
    """All of the person's mailboxes, the default first, with a button for each that could be it instead."""
    rows = await tx.accounts.of(caller.person)
    others = await tx.aliases.of(caller.person)
    buttons = []
    for row in rows[1:]:
        token = (await tx.buttons.make(caller.person, row.id, (PREFER,), now() + FRESH_FOR))[PREFER]
        buttons.append(Button(f"Default: {plain(row.address)[:LONGEST]}", token))
    lines = [
        _line(row, place, rows, [one.address for one in others if one.account == row.id])
        for place, row in enumerate(rows)
    ]
    return Card(str(caller.person), "Your mailboxes", plain("\n".join([*lines, usage])), buttons=tuple(buttons))


def _line(row: Row[Any], place: int, rows: Sequence[Row[Any]], others: Sequence[str]) -> str:
    read = f"read {ago(row.synced_at, now())}" if row.synced_at else "not read yet"
    default = " (your default)" if place == 0 and len(rows) > 1 else ""
    also = f"; also {', '.join(others)}" if others else ""
    return f"{row.address} ({row.provider}): {row.trouble or read}{default}{also}"


async def prefer(tx: Transaction, caller: Caller, row: Row[Any], origin: str) -> str:
    """Makes a mailbox the person's default; what is said of it."""
    await tx.accounts.prefer(caller.person, row.id)
    await tx.audit.sign(
        caller.person, "default_mailbox_chosen", f"account:{row.id}", {"address": row.address}, origin=origin
    )
    return (
        f"{row.address} is your default mailbox now: of a mail that several of them got, I work that one. Answers go from the "
        "mailbox that got the mail, as before."
    )


async def ask_for_alias(tx: Transaction, caller: Caller, row: Row[Any], address: str) -> Card:
    """Whether an address is the owner's too, before it counts. Refused for one that counts already."""
    known = await tx.aliases.ask(row.id, address)
    if known.origin != Origin.ASKED:
        raise Refused(f"{address} counts as yours at {row.address} already.")
    tokens = await tx.buttons.make(caller.person, known.id, (MINE, NOT_MINE), now() + FRESH_FOR)
    buttons = (Button("Yes, it is mine", tokens[MINE]), Button("No", tokens[NOT_MINE]))
    text = (
        "From then on mail to this address counts as mail to you, and mail from it as written by you: it does not wait for you, "
        "and nothing ever answers it by itself. What was sorted before stays as it is."
    )
    return Card(str(known.id), "Is this address yours too?", text, _about(address, row.address), buttons)


async def drop_alias(tx: Transaction, caller: Caller, address: str, origin: str) -> str:
    """Takes back an address that the owner typed. Refused for one that the provider tells."""
    of_theirs = [one for one in await tx.aliases.of(caller.person) if one.address == address]
    if not of_theirs:
        raise Refused(f"{plain(address)[:LONGEST]} is none of your other addresses, so nothing was changed.")
    if any(one.origin == Origin.PROVIDER for one in of_theirs):
        raise Refused(
            f"{address} is yours because your provider says so: take it out there, and I follow within a day."
        )
    for one in of_theirs:
        account = await tx.accounts.get(one.account)
        await tx.aliases.drop(one.id)
        await settle(tx, account, address)
        await tx.audit.sign(
            caller.person, "own_address_removed", f"account:{account.id}", {"address": address}, origin=origin
        )
    return f"{address} does not count as yours any more."


async def _prefer(press: Press) -> list[Word]:
    async with press.box.database.acting_as(press.caller) as tx:
        row = await tx.accounts.get(press.subject)
        words = await prefer(tx, press.caller, row, press.origin)
        return [Update(await mailboxes_card(tx, press.caller, words))]


async def _mine(press: Press) -> list[Word]:
    async with press.box.database.acting_as(press.caller) as tx:
        alias = await tx.aliases.get(press.subject)
        account = await tx.accounts.get(alias.account)
        if alias.origin != Origin.ASKED:
            return [Reply(f"{alias.address} counts as yours already.")]
        await tx.aliases.confirm(alias.id)
        await settle(tx, account, alias.address)
        await tx.audit.sign(
            press.caller.person,
            "own_address_added",
            f"account:{account.id}",
            {"address": alias.address},
            origin=press.origin,
        )
        text = f"Mail to it is mail to you now. “/accounts alias remove {alias.address}” takes that back."
        return [Update(Card(str(alias.id), "Yours too", text, _about(alias.address, account.address)))]


async def _not_mine(press: Press) -> list[Word]:
    async with press.box.database.acting_as(press.caller) as tx:
        alias = await tx.aliases.get(press.subject)
        account = await tx.accounts.get(alias.account)
        if alias.origin != Origin.ASKED:
            raise Refused(
                f"{alias.address} counts as yours already; “/accounts alias remove {alias.address}” takes it back."
            )
        await tx.aliases.drop(alias.id)
        return [
            Update(Card(str(alias.id), "Not yours", "Nothing was changed.", _about(alias.address, account.address)))
        ]


def _about(address: str, mailbox: str) -> tuple[Field, ...]:
    return Field("Address", plain(address)), Field("Mailbox", plain(mailbox))


ACTIONS: Mapping[str, Callable[[Press], Awaitable[list[Word]]]] = {PREFER: _prefer, MINE: _mine, NOT_MINE: _not_mine}
"""What a press of each button does."""
