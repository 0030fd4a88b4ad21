"""`deskhand audit verify`: a chain that holds says so, and a head that was kept elsewhere shows what was cut off its end."""

from __future__ import annotations

from tests.acceptance.command import Ended, deskhand
from tests.fakes.program import House

HOLDS, BROKEN = 0, 1


async def _verify(house: House, *words: str) -> Ended:
    settings = house.environment | {"DATABASE_URL": house.servers.admin_url}
    return await deskhand("audit", "verify", *words, home=house.servers.home, **settings)


async def test_rows_that_were_cut_off_the_end_are_missed_by_who_kept_the_head(house: House) -> None:
    await house.say("/link")
    before = await _verify(house)
    head = before.out.split("its head is ")[1].strip()
    assert before.code == HOLDS
    assert head.partition(":")[0] == str(await house.one("SELECT max(number) FROM audit"))
    assert (await _verify(house, "--head", head)).code == HOLDS
    await house.sql("ALTER TABLE audit DISABLE TRIGGER ALL")
    await house.sql("DELETE FROM audit WHERE number = (SELECT max(number) FROM audit)")
    assert (await _verify(house)).code == HOLDS, "the chain alone cannot tell"
    after = await _verify(house, "--head", head)
    assert after.code == BROKEN
    assert "is not what it was" in after.out


async def test_an_altered_row_is_named(house: House) -> None:
    await house.sql("ALTER TABLE audit DISABLE TRIGGER ALL")
    await house.sql("UPDATE audit SET action = 'nothing' WHERE number = 1")
    ended = await _verify(house)
    assert ended.code == BROKEN
    assert "home: row 1 was altered" in ended.out


async def test_what_is_no_head_is_told_how_one_looks(house: House) -> None:
    ended = await _verify(house, "--head", "yesterday")
    assert ended.code == BROKEN
    assert ended.err.startswith("A head is a number and 64 signs")
