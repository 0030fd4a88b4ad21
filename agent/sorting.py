"""Buttons by which a person says where a mail belongs or that it matters, and what they do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from agent.chat import Button, Reply, Word
from agent.press import FRESH_FOR, Press
from storage.transaction import Transaction
from storage.values.clock import now
from tools.inbox.classify import CATEGORIES
from tools.inbox.correct import correct, matters
from tools.inbox.relabel import TAKES_BACK
from tools.inbox.show import plain
from tools.tool import Ask

MATTERS, CAN_WAIT = "matters", "can_wait"


def _sorts(category: str) -> str:
    return f"sort_{category}"


async def buttons_for(
    tx: Transaction, person: UUID, email: UUID, category: str | None, *, needs_me: bool
) -> tuple[Button, ...]:
    """All that can be said of a mail as it is sorted now."""
    others = [one for one in CATEGORIES if one != category]
    wait = CAN_WAIT if needs_me else MATTERS
    tokens = await tx.buttons.make(person, email, [wait, *map(_sorts, others)], now() + FRESH_FOR)
    labels = {MATTERS: "It matters", CAN_WAIT: "It can wait"}
    return (Button(labels[wait], tokens[wait]), *(Button(f"It is {one}", tokens[_sorts(one)]) for one in others))


async def matter_buttons(tx: Transaction, person: UUID, emails: Sequence[UUID]) -> tuple[Button, ...]:
    """One button for each mail of a numbered list: that one mattered."""
    found = []
    for number, email in enumerate(emails, 1):
        tokens = await tx.buttons.make(person, email, [MATTERS], now() + FRESH_FOR)
        found.append(Button(f"{number} mattered", tokens[MATTERS]))
    return tuple(found)


def _ask(press: Press) -> Ask:
    return Ask(press.caller, press.conversation, press.event, call="sorting")


async def _matters(press: Press) -> list[Word]:
    words = await matters(press.box, press.caller, press.subject, ask=_ask(press))
    return [Reply(plain(f"{words} {TAKES_BACK}"))]


async def _can_wait(press: Press) -> list[Word]:
    words = await matters(press.box, press.caller, press.subject, needs_me=False, ask=_ask(press))
    return [Reply(plain(f"{words} {TAKES_BACK}"))]


def _sort(category: str) -> Callable[[Press], Awaitable[list[Word]]]:
    async def pressed(press: Press) -> list[Word]:
        words = await correct(press.box, press.caller, press.subject, category, ask=_ask(press))
        return [Reply(plain(f"{words} {TAKES_BACK}"))]

    return pressed


ACTIONS: dict[str, Callable[[Press], Awaitable[list[Word]]]] = {
    MATTERS: _matters,
    CAN_WAIT: _can_wait,
    **{_sorts(one): _sort(one) for one in CATEGORIES},
}
"""A button's action -> what it does."""
