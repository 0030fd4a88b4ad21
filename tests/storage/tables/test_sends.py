"""Sends: one for an approval, claimed by one, and moved on only from where it may be."""

from __future__ import annotations

import pytest

from storage.database import Database
from storage.tables.sends import SendState
from storage.values.ids import SendId, new_id
from tests.storage.conftest import Household

APPROVAL = new_id()
ALL = list(SendState)


async def frozen(memory: Database, who: Household, message: bytes = b"the mail") -> SendId:
    async with memory.acting_as(who.tenant) as tx:
        return await tx.sends.freeze(
            APPROVAL, new_id(), "id@example.org", "ana@example.org", ["bo@kiln.example"], message
        )


async def stands(memory: Database, who: Household, send: SendId, state: SendState) -> None:
    async with memory.acting_as(who.tenant) as tx:
        assert await tx.sends.become(send, state, only_from=ALL)


async def test_an_approval_has_one_send_whose_bytes_stay(memory: Database, ana: Household) -> None:
    send = await frozen(memory, ana)
    await stands(memory, ana, send, SendState.SENT)
    assert await frozen(memory, ana, b"another mail") == send
    async with memory.acting_as(ana.tenant) as tx:
        row = await tx.sends.get(send)
    assert (bytes(row.message), row.state) == (b"the mail", SendState.SENT)


@pytest.mark.parametrize("state", SendState)
async def test_only_what_is_ready_is_claimed_and_once(memory: Database, ana: Household, state: SendState) -> None:
    send = await frozen(memory, ana)
    await stands(memory, ana, send, state)
    claimed = []
    for _ in range(2):
        async with memory.acting_as(ana.tenant) as tx:
            claimed.append(await tx.sends.claim(send) is not None)
    assert claimed == [state == SendState.READY, False]


@pytest.mark.parametrize("state", SendState)
async def test_a_person_decides_only_what_is_in_doubt_or_surely_did_not_leave(
    memory: Database, ana: Household, state: SendState
) -> None:
    send = await frozen(memory, ana)
    await stands(memory, ana, send, state)
    async with memory.acting_as(ana.tenant) as tx:
        assert await tx.sends.arrived(APPROVAL) == (state == SendState.UNKNOWN)
    await stands(memory, ana, send, state)
    async with memory.acting_as(ana.tenant) as tx:
        assert await tx.sends.again(APPROVAL) == (state in (SendState.UNKNOWN, SendState.REFUSED))


async def test_each_state_is_told_once(memory: Database, ana: Household) -> None:
    send = await frozen(memory, ana)
    told = []
    for state in (SendState.UNKNOWN, SendState.UNKNOWN, SendState.SENT, SendState.SENT):
        async with memory.acting_as(ana.tenant) as tx:
            told.append(await tx.sends.tell(send, state))
    assert told == [True, False, True, False]
