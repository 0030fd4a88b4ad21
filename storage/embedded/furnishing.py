"""What a new Postgres is given before anybody uses it: the database, its extensions and the program's login."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg

DATABASE = "deskhand"
OWNER = "postgres"
APP = "deskhand_app"
EXTENSIONS = ("vector", "pg_trgm", "unaccent")

Connect = Callable[[str, str], psycopg.Connection[Any]]
"""(user, database) -> a connection with autocommit."""


def furnish(connect: Connect) -> None:
    """Makes the database and its logins; may be repeated after a crash at any point.

    The program's login comes last, in the transaction of all the rest: if it can log in, everything is there.
    It owns nothing and bypasses nothing, so row-level security binds it; migrations grant it what it may touch.
    """
    with connect(OWNER, "postgres") as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE}")
    with connect(OWNER, DATABASE) as connection, connection.transaction():
        for extension in EXTENSIONS:
            connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
        connection.execute(f"CREATE ROLE {APP} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS")
        connection.execute(f"GRANT USAGE ON SCHEMA public TO {APP}")
