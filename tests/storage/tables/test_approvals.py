"""Approvals: one update settles each, and only what still waits, is still valid and is what was seen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from storage.database import Database
from storage.tables.approvals import State
from storage.values.clock import now
from storage.values.ids import ApprovalId, new_id
from tests.storage.conftest import Household

WEEK = timedelta(days=7)


async def proposed(memory: Database, who: Household, valid: timedelta = WEEK, **columns: Any) -> ApprovalId:
    row = {
        "person": who.person,
        "conversation": who.conversation,
        "account": new_id(),
        "email": new_id(),
        "kind": "reply",
        "action": {},
        "message": b"the mail",
        "digest": b"its digest",
        "request": str(new_id()),
        "case": new_id(),
        "replaces": None,
        "expires_at": now() + valid,
    }
    async with memory.acting_as(who.tenant) as tx:
        return await tx.approvals.propose(**row | columns)


async def settled(memory: Database, who: Household, approval: UUID, state: State = State.APPROVED, **seen: Any) -> bool:
    async with memory.acting_as(who.tenant) as tx:
        return await tx.approvals.settle(approval, state, by=who.person, on="test", **seen) is not None


async def state(memory: Database, who: Household, approval: UUID) -> str:
    async with memory.acting_as(who.tenant) as tx:
        return str((await tx.approvals.get(approval)).state)


async def test_it_is_settled_once(memory: Database, ana: Household) -> None:
    draft = await proposed(memory, ana)
    assert await settled(memory, ana, draft, State.REJECTED)
    assert not await settled(memory, ana, draft)
    assert await state(memory, ana, draft) == State.REJECTED


async def test_another_content_than_was_seen_is_not_settled(memory: Database, ana: Household) -> None:
    draft = await proposed(memory, ana)
    assert not await settled(memory, ana, draft, digest=b"of another mail")
    assert await state(memory, ana, draft) == State.PENDING
    assert await settled(memory, ana, draft, digest=b"its digest")


async def test_what_has_expired_is_neither_settled_nor_put_off(memory: Database, ana: Household) -> None:
    draft = await proposed(memory, ana, -timedelta(seconds=1))
    assert not await settled(memory, ana, draft)
    async with memory.acting_as(ana.tenant) as tx:
        assert await tx.approvals.postpone(draft, now() + timedelta(hours=1)) is None


@pytest.mark.parametrize("decided", [State.APPROVED, State.REJECTED, State.REPLACED])
async def test_what_was_decided_stays_so_when_its_time_is_over(
    memory: Database, ana: Household, decided: State
) -> None:
    draft = await proposed(memory, ana)
    waiting = await proposed(memory, ana)
    await settled(memory, ana, draft, decided)
    async with memory.acting_as(ana.tenant) as tx:
        assert await tx.approvals.postpone(draft, now() + timedelta(hours=1)) is None
        assert [row.id for row in await tx.approvals.expire(now() + 2 * WEEK)] == [waiting]
    assert await state(memory, ana, draft) == decided


async def test_only_a_draft_of_one_s_own_that_still_waits_answers_a_mail(
    memory: Database, ana: Household, bo: Household
) -> None:
    mail = new_id()
    rejected = await proposed(memory, ana, email=mail)
    await settled(memory, ana, rejected, State.REJECTED)
    await proposed(memory, ana, -timedelta(seconds=1), email=mail)
    await proposed(memory, bo, email=mail)
    async with memory.acting_as(ana.tenant) as tx:
        colleague = await tx.people.add("Cy", (await tx.people.caller(ana.person)).role, "UTC")
        assert await tx.approvals.waiting_for(ana.person, mail) is None
    mine = await proposed(memory, ana, email=mail)
    await proposed(memory, ana, email=mail, person=colleague)
    async with memory.acting_as(ana.tenant) as tx:
        assert (await tx.approvals.waiting_for(ana.person, mail)).id == mine  # type: ignore[union-attr]
