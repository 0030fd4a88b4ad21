"""The program: everything that is opened when Deskhand starts and closed when it ends, in one place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from agent.relinking import notice
from bot.registrations import linking
from bot.settings import Settings
from storage import migrations
from storage.blobs import FolderBlobs
from storage.crypto import Keyring, keyring_from_file, keyring_from_text
from storage.database import Database, open_database
from storage.queue import ArqBell
from storage.values.errors import NeedsPerson, Refused
from tools.llm.model import Endpoint
from tools.llm.opening import open_models
from tools.mail.accounts import Mailboxes
from tools.toolbox import Toolbox

THREADS = 32
"""How many calls that block (IMAP, Google's and Microsoft's clients, files) may be under way at once. They wait for the line,
not for a processor; Python's own number, four more than there are processors, lets six slow mailboxes hold up everybody."""


@dataclass(frozen=True)
class Program:
    """What runs on top of it needs."""

    settings: Settings
    box: Toolbox
    database: Database
    redis_url: str
    admin_url: str


@dataclass(frozen=True)
class Servers:
    """Where Postgres and Redis answer: those that the settings name, or embedded ones."""

    database_url: str
    admin_url: str
    redis_url: str


@asynccontextmanager
async def open_program(settings: Settings) -> AsyncIterator[Program]:
    """Starts what is embedded, brings the memory to its newest shape, and opens everything. Refused, Unavailable and
    NeedsPerson say what to do."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "deskhand"))
    async with AsyncExitStack() as stack:
        home = private_home(settings.home)
        servers = await stack.enter_async_context(open_servers(settings))
        await migrations.upgrade(servers.admin_url)
        bell = ArqBell(servers.redis_url)
        stack.push_async_callback(bell.aclose)
        database = open_database(servers.database_url, read_keyring(settings), bell)
        stack.push_async_callback(database.aclose)
        mailboxes = Mailboxes(database, linking(settings), notice)
        stack.push_async_callback(mailboxes.aclose)
        models = open_models(endpoint(settings))
        stack.push_async_callback(models.aclose)
        box = Toolbox(database, FolderBlobs(home / "files"), models, mailboxes)
        yield Program(settings, box, database, servers.redis_url, servers.admin_url)


@asynccontextmanager
async def open_servers(settings: Settings) -> AsyncIterator[Servers]:
    """The servers. Each of the two is embedded only when its own variable is unset."""
    async with AsyncExitStack() as stack:
        if settings.database_url is not None:
            url = admin = settings.database_url.get_secret_value()
        else:
            from storage.embedded import open_postgres

            postgres = await stack.enter_async_context(open_postgres(settings.home))
            url, admin = postgres.database_url, postgres.admin_url
        if settings.redis_url is not None:
            redis = settings.redis_url.get_secret_value()
        else:
            from storage.embedded import open_valkey

            redis = await stack.enter_async_context(open_valkey(settings.home))
        yield Servers(url, admin, redis)


def private_home(home: Path) -> Path:
    """The home folder, made with mode 0700 when it is new."""
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Refused(
            f"{home} cannot be used ({error.strerror}); set DESKHAND_HOME to a folder that you can write."
        ) from error
    return home


def read_keyring(settings: Settings) -> Keyring:
    """The keys that seal. A single-machine installation makes its own."""
    if settings.encryption_key is not None:
        return keyring_from_text(settings.encryption_key.get_secret_value())
    if settings.encryption_key_provider == "env":
        raise NeedsPerson("ENCRYPTION_KEY is not set; give 32 random bytes in base64, from `openssl rand -base64 32`.")
    return keyring_from_file(key_file(settings))


def key_file(settings: Settings) -> Path:
    """Where a single-machine installation keeps its keys."""
    return private_home(settings.home) / "encryption.key"


def endpoint(settings: Settings) -> Endpoint | None:
    """The language model's endpoint; None for the offline brain."""
    if settings.openai_api_key is None and not settings.openai_base_url:
        return None
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
    return Endpoint(settings.openai_base_url or None, key, settings.openai_model)
