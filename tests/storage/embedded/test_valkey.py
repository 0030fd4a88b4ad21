"""The embedded Valkey: private, and nothing acknowledged by its log is lost."""

from __future__ import annotations

import os
import signal
import stat
from pathlib import Path

import pytest
import redis.asyncio

from storage.embedded import open_valkey


def folder_of(home: Path) -> Path:
    return home / "services" / "valkey"


def pid_of(home: Path) -> int:
    return int((folder_of(home) / "valkey.pid").read_text())


async def test_what_was_written_is_there_after_a_clean_stop(tmp_path):
    async with open_valkey(tmp_path) as url, redis.asyncio.Redis.from_url(url) as client:
        await client.set("word", "kept")
    async with open_valkey(tmp_path) as url, redis.asyncio.Redis.from_url(url) as client:
        assert await client.get("word") == b"kept"


async def test_what_reached_the_log_is_there_after_a_kill(tmp_path):
    async with open_valkey(tmp_path) as url:
        async with redis.asyncio.Redis.from_url(url) as client:
            await client.set("word", "kept")
            assert (await client.execute_command("WAITAOF", 1, 0, 10_000))[0] == 1
        os.kill(pid_of(tmp_path), signal.SIGKILL)
    async with open_valkey(tmp_path) as url, redis.asyncio.Redis.from_url(url) as client:
        assert await client.get("word") == b"kept"


async def test_it_listens_on_a_private_socket_only(tmp_path):
    async with open_valkey(tmp_path) as url, redis.asyncio.Redis.from_url(url) as client:
        assert (await client.config_get("port"))["port"] == "0"
        assert (await client.config_get("maxmemory-policy"))["maxmemory-policy"] == "noeviction"
        assert stat.S_IMODE(folder_of(tmp_path).stat().st_mode) == 0o700
        assert stat.S_IMODE((folder_of(tmp_path) / "valkey.sock").stat().st_mode) == 0o700


async def test_a_pid_file_that_names_a_stranger_is_not_believed(tmp_path, stranger):
    named = stranger(None)
    folder_of(tmp_path).mkdir(parents=True, mode=0o700)
    (folder_of(tmp_path) / "valkey.pid").write_text(f"{named.pid}\n")
    async with open_valkey(tmp_path) as url, redis.asyncio.Redis.from_url(url) as client:
        assert await client.ping()
    assert named.poll() is None


async def test_a_damaged_log_is_set_aside_and_the_service_goes_on(tmp_path):
    async with open_valkey(tmp_path) as url, redis.asyncio.Redis.from_url(url) as client:
        await client.set("word", "kept")
    changes = next((folder_of(tmp_path) / "appendonlydir").glob("*.incr.aof"))
    changes.write_bytes(b"this is no log of changes\r\n" * 3)
    async with open_valkey(tmp_path) as url, redis.asyncio.Redis.from_url(url) as client:
        assert await client.ping()
    assert (folder_of(tmp_path) / "damaged" / changes.name).exists()


@pytest.mark.parametrize("name", ["x" * 120, "comma,and ünusual %41?"])
async def test_a_home_whose_path_no_socket_can_have(tmp_path, name):
    async with open_valkey(tmp_path / name) as url, redis.asyncio.Redis.from_url(url) as client:
        assert await client.ping()


async def test_a_server_that_has_gone_deaf_is_replaced(tmp_path, monkeypatch):
    monkeypatch.setattr("storage.embedded.valkey._PATIENCE", 0.0)
    monkeypatch.setattr("storage.embedded.valkey._ANSWER_TIME", 0.2)
    async with open_valkey(tmp_path) as url, redis.asyncio.Redis.from_url(url) as client:
        deaf = pid_of(tmp_path)
        os.kill(deaf, signal.SIGSTOP)
        async with open_valkey(tmp_path):
            assert await client.ping()
            assert pid_of(tmp_path) != deaf
