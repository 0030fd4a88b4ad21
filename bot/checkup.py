"""Check-up: each thing that Deskhand needs, whether it is well, and what to do when it is not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.program import Servers, endpoint, open_servers, private_home, read_keyring
from bot.registrations import linking
from bot.settings import Settings
from storage import migrations
from storage.database import Database, open_database
from storage.queue import ArqBell
from storage.values.errors import Trouble, Unavailable
from tools.llm.opening import open_models
from tools.mail.accounts import Mailboxes


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `words` say how it is, or what to do."""

    name: str
    ok: bool
    words: str


async def check_all(settings: Settings) -> list[Finding]:
    """Looks at everything, in the order in which one thing needs the other. Never raises for what it looks at."""
    findings = [await _home(settings), await _key(settings), await _brain(settings)]
    try:
        async with open_servers(settings) as servers:
            embedded = settings.database_url is None
            findings += await check_services(servers.admin_url, servers.redis_url, embedded=embedded)
            if all(one.ok for one in findings) and await migrations.current(servers.admin_url) == migrations.HEAD:
                findings += await _accounts(servers, settings)
    except Trouble as trouble:
        findings.append(Finding("services", False, str(trouble)))
    return findings


async def check_services(database_url: str, redis_url: str, *, embedded: bool = False) -> list[Finding]:
    """Postgres, the memory's shape, and the queue. An embedded memory may be behind: the next start mends that."""
    return [await _memory(database_url, embedded=embedded), await _queue(redis_url)]


async def _home(settings: Settings) -> Finding:
    try:
        home = await asyncio.to_thread(private_home, settings.home)
        await asyncio.to_thread(_write_and_remove, home)
    except Trouble as trouble:
        return Finding("home", False, str(trouble))
    except OSError as error:
        words = f"{settings.home} cannot be written ({error.strerror}); set DESKHAND_HOME to a folder of yours."
        return Finding("home", False, words)
    return Finding("home", True, str(home))


def _write_and_remove(home: Path) -> None:
    probe = home / ".probe"
    probe.write_bytes(b"ok")
    probe.unlink()


async def _key(settings: Settings) -> Finding:
    try:
        await asyncio.to_thread(read_keyring, settings)
    except (Trouble, OSError) as error:
        return Finding("encryption key", False, str(error))
    where = "from ENCRYPTION_KEY" if settings.encryption_key else "kept under DESKHAND_HOME"
    return Finding("encryption key", True, where)


async def _brain(settings: Settings) -> Finding:
    try:
        models = await asyncio.to_thread(open_models, endpoint(settings))
        await models.meaning.of_one("ready?")
    except Trouble as trouble:
        return Finding("models", False, str(trouble))
    return Finding("models", True, f"{models.name}; meaning by {models.meaning.model}")


async def _memory(database_url: str, *, embedded: bool) -> Finding:
    try:
        step = await migrations.current(database_url)
    except Trouble as trouble:
        return Finding("database", False, str(trouble))
    if step == migrations.HEAD:
        return Finding("database", True, f"answers; its shape is {step}, the newest")
    if embedded:
        return Finding(
            "database", True, f"answers; its shape is {step or 'none'}, the next start makes it {migrations.HEAD}"
        )
    what = "is empty" if step is None else f"has the shape {step}, but {migrations.HEAD} is needed"
    return Finding("database", False, f"answers, but {what}: run `deskhand db upgrade`.")


async def _queue(redis_url: str) -> Finding:
    try:
        await hear_queue(redis_url)
    except Trouble as trouble:
        return Finding("queue", False, str(trouble))
    return Finding("queue", True, "answers")


async def hear_queue(redis_url: str) -> None:
    """Unavailable when Redis does not answer: a worker would wait for a bell that nobody can ring."""
    redis = Redis.from_url(redis_url, socket_connect_timeout=5, socket_timeout=5)
    try:
        await redis.ping()
    except (RedisError, OSError) as error:
        raise Unavailable("Redis does not answer; check REDIS_URL and that the server is up.") from error
    finally:
        await redis.aclose()


async def _accounts(servers: Servers, settings: Settings) -> list[Finding]:
    database = open_database(servers.database_url, read_keyring(settings), ArqBell(servers.redis_url))
    mailboxes = Mailboxes(database, linking(settings))
    try:
        async with database.as_system() as tx:
            rows = await tx.accounts.everywhere()
        if not rows:
            return [Finding("mailboxes", True, "none is linked yet; `deskhand demo --mailbox …` links one")]
        return [await _account(database, mailboxes, row.tenant, row.id) for row in rows]
    except Trouble as trouble:
        return [Finding("mailboxes", False, str(trouble))]
    finally:
        await mailboxes.aclose()
        await database.aclose()


async def _account(database: Database, mailboxes: Mailboxes, tenant: UUID, account: UUID) -> Finding:
    async with database.acting_as(tenant) as tx:
        address = (await tx.accounts.get(account)).address
    try:
        await mailboxes.get(tenant, account)
    except Trouble as trouble:
        return Finding(f"mailbox {address}", False, str(trouble))
    return Finding(f"mailbox {address}", True, "opens")
