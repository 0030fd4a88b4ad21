"""Templates: an approval is for one version, and ends with it."""

from __future__ import annotations

from uuid import UUID

import pytest

from storage.database import Database
from storage.tables.templates import TemplateState
from tests.storage.conftest import Household


async def saved(memory: Database, who: Household, body: str = "Back on Monday.") -> UUID:
    async with memory.acting_as(who.tenant) as tx:
        return await tx.templates.save(who.person, "away", "", body, None)


async def approved(memory: Database, who: Household, version: UUID) -> bool:
    async with memory.acting_as(who.tenant) as tx:
        return await tx.templates.approve(version, who.person) is not None


async def state(memory: Database, who: Household, version: UUID) -> str:
    async with memory.acting_as(who.tenant) as tx:
        return str((await tx.templates.get(version)).state)


async def test_an_edit_ends_the_approval_of_the_version_before(memory: Database, ana: Household) -> None:
    first = await saved(memory, ana)
    assert await approved(memory, ana, first)
    second = await saved(memory, ana, "Back on Tuesday.")
    assert await state(memory, ana, first) == TemplateState.REPLACED
    assert await state(memory, ana, second) == TemplateState.DRAFT


@pytest.mark.parametrize("end", ["approved already", "replaced", "removed"])
async def test_what_is_no_draft_any_more_is_not_approved(memory: Database, ana: Household, end: str) -> None:
    version = await saved(memory, ana)
    assert await approved(memory, ana, version)
    if end == "replaced":
        await saved(memory, ana)
    if end == "removed":
        async with memory.acting_as(ana.tenant) as tx:
            await tx.templates.remove(ana.person, "away")
    assert not await approved(memory, ana, version)


async def test_an_approval_that_was_taken_back_can_be_given_again(memory: Database, ana: Household) -> None:
    version = await saved(memory, ana)
    assert await approved(memory, ana, version)
    async with memory.acting_as(ana.tenant) as tx:
        assert await tx.templates.revoke(version) is not None
        assert await tx.templates.revoke(version) is None
    assert await approved(memory, ana, version)
