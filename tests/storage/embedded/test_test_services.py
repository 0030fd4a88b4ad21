"""What the tests themselves stand on: each has a migrated database and an empty Valkey to itself."""

from __future__ import annotations

import pytest
import redis.asyncio

from storage import migrations

LEAVE_SOMETHING = pytest.mark.parametrize("turn", [1, 2])


async def test_the_database_is_migrated(admin_url):
    assert await migrations.current(admin_url) == migrations.HEAD


@LEAVE_SOMETHING
async def test_what_another_test_left_in_the_database_is_not_here(admin_url, query, turn):
    assert query(admin_url, "SELECT to_regclass('left_behind')") == [(None,)]
    query(admin_url, "CREATE TABLE left_behind ()")


@LEAVE_SOMETHING
async def test_what_another_test_left_in_valkey_is_not_here(redis_url, turn):
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        assert await client.dbsize() == 0
        await client.set("left", "behind")


async def test_both_addresses_lead_to_the_same_database(database_url, admin_url, query):
    assert query(database_url, "SELECT current_database()") == query(admin_url, "SELECT current_database()")
    assert query(database_url, "SELECT current_user") == [("deskhand_app",)]
