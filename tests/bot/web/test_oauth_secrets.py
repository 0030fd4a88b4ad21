"""Secrets of a sign-in appear nowhere: not in the database, Redis, logs, errors, pages, the chat or the commands' output."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import redis.asyncio
from cryptography.exceptions import InvalidTag

from agent.chat import Reply
from storage.values.errors import NeedsPerson, Refused
from tests.fakes.google import ADDRESS, Google
from tests.fakes.google_house import Browser
from tests.fakes.program import House, letter
from tools.work import QUEUES


async def dump(house: House) -> str:
    """Every value of every table, as its owner sees it, and everything in Redis."""
    tables = await house.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    seen = [str(await house.sql(f"SELECT * FROM {table.tablename}")) for table in tables]  # noqa: S608
    async with redis.asyncio.Redis.from_url(house.servers.redis_url) as client:
        for key in await client.keys("*"):
            seen.append(f"{key!r} {await client.dump(key)!r}")
    return "\n".join(seen)


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """All that was logged, but for what the test's own browser says of where it goes."""
    words = [(one.name.partition(".")[0], one.getMessage()) for one in caplog.records]
    of_browser = ("/o/oauth2/", "/oauth/gmail/")
    return "\n".join(
        said
        for name, said in words
        if not (name in ("httpx", "httpcore") and any(place in said for place in of_browser))
    )


async def test_planted_secrets_appear_nowhere(
    linking_house: House,
    google: Google,
    browser: Browser,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    house = linking_house
    google.account.deliver(letter("Glaze", to=ADDRESS))
    words: list[Any] = await house.say("/link gmail")
    start = words[0].text.splitlines()[1]
    answer = await browser.answer_to(start)
    seen = [(await browser.open(answer)).text]
    words += await house.work(*QUEUES)
    account = await house.one("SELECT id FROM accounts WHERE provider = 'gmail'")
    mailbox = await house.box.mailboxes.get(house.caller.tenant, account)
    for _ in range(8):  # each refresh plants two more
        google.oauth.expire()
        await mailbox.fetch((await house.mail("Glaze")).key)
    google.oauth.families[0].dead = True
    with pytest.raises(NeedsPerson) as trouble:
        await mailbox.fetch((await house.mail("Glaze")).key)
    words += await house.work(*QUEUES)
    seen += [repr(trouble.value), repr(mailbox), repr(house.box.mailboxes._tokens), repr(house.box.mailboxes.linking)]
    seen += [await dump(house), logged(caplog)]
    ticket = parse_qs(urlsplit(start).query)["ticket"][0]
    spoken = "\n".join(one.text for one in words if isinstance(one, Reply))
    planted = {google.oauth.secret, ticket} | google.oauth.issued
    assert len(planted) >= 20
    assert [one for one in planted if one in "\n".join(seen)] == []
    assert [one for one in planted - {ticket} if one in spoken] == []


async def test_a_sealed_grant_opens_nowhere_else(linking_house: House, browser: Browser) -> None:
    house = linking_house
    words: list[Any] = await house.say("/link gmail")
    await browser.open(words[0].text.splitlines()[1])
    maildir = house.account
    await house.sql(
        "UPDATE accounts SET secret = (SELECT secret FROM accounts WHERE provider = 'gmail') WHERE id = %s", maildir
    )
    async with house.database.acting_as(house.caller) as tx:
        row = await tx.accounts.get(maildir)
        with pytest.raises((Refused, InvalidTag)):
            await tx.accounts.secret(row)


async def test_of_a_ticket_only_the_digest_is_kept(linking_house: House, browser: Browser) -> None:
    house = linking_house
    words: list[Any] = await house.say("/link gmail")
    start = words[0].text.splitlines()[1]
    begun = (await browser.get(start)).headers["location"]
    row = (await house.sql("SELECT digest, flow FROM oauth_states"))[0]
    assert len(row.digest) == 32
    assert parse_qs(urlsplit(begun).query)["nonce"][0].encode() not in row.flow
    assert not re.search(rb"verifier", row.flow)
    with pytest.raises(psycopg.errors.UniqueViolation):
        await house.sql(
            "INSERT INTO oauth_states SELECT gen_random_uuid(), tenant, person, conversation, provider, digest, flow, "
            "expires_at, used_at FROM oauth_states"
        )
