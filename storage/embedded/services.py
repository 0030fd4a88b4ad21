"""Opens the embedded services under a home, shared with every other process that uses the same home."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from storage.embedded.folders import private_folder
from storage.embedded.postgres import Postgres
from storage.embedded.sharing import held
from storage.embedded.valkey import Valkey


@dataclass(frozen=True)
class Database:
    """SQLAlchemy addresses of one database: for the program, bound by row-level security, and for migrations, not bound."""

    database_url: str
    admin_url: str


@dataclass(frozen=True)
class Services:
    """The addresses of everything embedded."""

    database_url: str
    admin_url: str
    redis_url: str


@asynccontextmanager
async def open_services(home: Path, *, durable: bool = True) -> AsyncIterator[Services]:
    """Both services, ready to use. They stop when the last process that holds them leaves."""
    async with open_postgres(home, durable=durable) as database, open_valkey(home) as redis_url:
        yield Services(database.database_url, database.admin_url, redis_url)


@asynccontextmanager
async def open_postgres(home: Path, *, durable: bool = True) -> AsyncIterator[Database]:
    """Postgres 18 with pgvector, pg_trgm and unaccent. Not durable: quicker, and lost with the machine's power (tests)."""
    folder = _folder(home)
    server = Postgres(folder, durable=durable)
    async with held(server, folder):
        yield Database(server.url("deskhand_app"), server.url("postgres"))


@asynccontextmanager
async def open_valkey(home: Path) -> AsyncIterator[str]:
    """Valkey 9, which writes every change to disk within a second; yields its address."""
    folder = _folder(home)
    server = Valkey(folder)
    async with held(server, folder):
        yield server.url


def _folder(home: Path) -> Path:
    """Resolved, so that everyone who means the same home finds the same locks and sockets."""
    return private_folder(home.resolve() / "services")
