"""`deskhand accounts link` and `unlink`, as an admin types them."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from tests.fakes.google import ADDRESS, Google
from tests.fakes.google_house import GoogleHouse

CHECKOUT = Path(__file__).resolve().parents[3]


async def deskhand(scene: GoogleHouse, *words: str) -> tuple[int | None, str]:
    own = {**scene.house.environment, **scene.google.environment, "PYTHONPATH": str(CHECKOUT)}
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from bot.cli import main; main()",
        *words,
        env={**os.environ, **own},
        cwd=scene.house.servers.home,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await program.communicate()
    return program.returncode, (out + err).decode()


async def test_an_account_is_linked_and_unlinked_at_the_terminal(google_house: GoogleHouse, google: Google) -> None:
    code, words = await deskhand(google_house, "accounts", "link", "gmail")
    assert (code, "http://127.0.0.1:8000/oauth/gmail/start?ticket=" in words) == (0, True)
    code, words = await deskhand(google_house, "accounts", "unlink", "nobody@gmail.example")
    assert (code, f"linked are: {ADDRESS}" in words) == (1, True)
    code, words = await deskhand(google_house, "accounts", "unlink", ADDRESS, "--as", "Ana Sousa")
    assert (code, "ended at the provider too" in words) == (0, True)
    assert google.oauth.revoked == [ADDRESS]
    assert await google_house.house.sql("SELECT 1 FROM accounts") == []
