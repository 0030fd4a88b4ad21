"""The embedded Postgres: what a new one offers, and what it survives."""

from __future__ import annotations

import os
import shutil
import signal
import stat
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from storage.embedded import open_postgres
from storage.embedded.accounts import server_account
from storage.embedded.postgres import Postgres
from storage.values.errors import Refused, Unavailable


def data_of(home: Path) -> Path:
    return home / "services" / "postgres" / "data"


def main_pid(home: Path) -> int:
    return int((data_of(home) / "postmaster.pid").read_text().split("\n")[0])


async def test_a_new_home_gets_postgres_with_vectors_and_trigrams(tmp_path, query):
    async with open_postgres(tmp_path / "home") as database:
        assert query(database.database_url, "SELECT '[1,2,3]'::vector <-> '[1,2,4]'") == [(1.0,)]
        assert query(database.database_url, "SELECT unaccent('Müller'), similarity('deskhand', 'deskhnd') > 0.4") == [
            ("Muller", True)
        ]
        assert query(database.database_url, "SHOW server_version")[0][0].startswith("18.")
        assert query(database.database_url, "SHOW fsync") == [("on",)]


async def test_words_in_other_alphabets_are_words(database_url, query):
    assert query(database_url, "SELECT lower('ДОМ ÄRGER'), array_length(show_trgm('дом'), 1)") == [("дом ärger", 4)]


async def test_it_listens_on_a_private_socket_only(home, query):
    async with open_postgres(home, durable=False) as database:
        assert query(database.database_url, "SHOW listen_addresses") == [("",)]
    assert stat.S_IMODE(data_of(home).parent.stat().st_mode) == 0o700


async def test_row_level_security_binds_the_program_and_not_the_owner(database_url, admin_url, query):
    query(admin_url, "CREATE TABLE secrets (word text)")
    query(admin_url, "INSERT INTO secrets VALUES ('hidden')")
    query(admin_url, "ALTER TABLE secrets ENABLE ROW LEVEL SECURITY")
    query(admin_url, "ALTER TABLE secrets FORCE ROW LEVEL SECURITY")
    query(admin_url, "GRANT SELECT ON secrets TO deskhand_app")
    assert query(database_url, "SELECT * FROM secrets") == []
    assert query(admin_url, "SELECT * FROM secrets") == [("hidden",)]


@pytest.mark.parametrize(
    "forbidden",
    ["SET ROLE postgres", "ALTER ROLE deskhand_app BYPASSRLS", "CREATE TABLE mine (a int)", "CREATE ROLE x"],
)
async def test_the_program_cannot_raise_itself(database_url, query, forbidden):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        query(database_url, forbidden)


async def test_a_second_start_finds_what_the_first_wrote(home, query):
    async with open_postgres(home, durable=False) as database:
        query(database.admin_url, "CREATE TABLE kept AS SELECT 42 AS answer")
    async with open_postgres(home, durable=False) as database:
        assert query(database.admin_url, "SELECT answer FROM kept") == [(42,)]


async def test_killed_it_starts_again_at_once_with_every_row(home, query):
    async with open_postgres(home) as database:
        query(database.admin_url, "CREATE TABLE kept AS SELECT generate_series(1, 1000)")
        os.kill(main_pid(home), signal.SIGKILL)
    async with open_postgres(home) as database:
        assert query(database.admin_url, "SELECT count(*) FROM kept") == [(1000,)]


async def test_killed_under_a_user_who_stays_connected_it_starts_again(home, query):
    async with open_postgres(home) as database:
        address = database.admin_url.replace("+psycopg", "")
        with closing(psycopg.connect(address, autocommit=True)) as connection:
            connection.execute("SELECT 1")
            os.kill(main_pid(home), signal.SIGKILL)
            async with open_postgres(home) as again:
                assert query(again.admin_url, "SELECT 1") == [(1,)]


async def test_a_pid_file_that_names_a_stranger_is_not_believed(home, query, stranger):
    named = stranger(server_account(data_of(home)))
    (data_of(home) / "postmaster.pid").write_text(f"{named.pid}\n{data_of(home)}\n1\n5432\n\n\n1 1\nready\n")
    async with open_postgres(home, durable=False) as database:
        assert query(database.database_url, "SELECT 1") == [(1,)]
    assert named.poll() is None


async def test_a_pid_file_that_names_a_dead_process_nobody_collected_is_not_believed(home, query, stranger):
    dead = stranger(server_account(data_of(home)))
    dead.kill()
    (data_of(home) / "postmaster.pid").write_text(f"{dead.pid}\n{data_of(home)}\n1\n5432\n\n\n1 1\nready\n")
    async with open_postgres(home, durable=False) as database:
        assert query(database.database_url, "SELECT 1") == [(1,)]


async def test_a_pid_file_that_names_the_postgres_of_another_home_harms_neither(made_home, home, query):
    async with open_postgres(made_home, durable=False) as other:
        shutil.copy(data_of(made_home) / "postmaster.pid", data_of(home) / "postmaster.pid")
        async with open_postgres(home, durable=False) as database:
            assert query(database.database_url, "SELECT 1") == [(1,)]
        assert query(other.database_url, "SELECT 1") == [(1,)]


async def test_two_homes_run_side_by_side(made_home, home, query):
    async with open_postgres(made_home, durable=False) as first, open_postgres(home, durable=False) as second:
        query(first.admin_url, "CREATE TABLE only_in_the_first (a int)")
        assert query(second.admin_url, "SELECT to_regclass('only_in_the_first')") == [(None,)]
        query(first.admin_url, "DROP TABLE only_in_the_first")


@pytest.mark.parametrize("name", ["x" * 120, "comma,and ünusual %41?"])
async def test_a_home_whose_path_no_socket_can_have(home, name, query):
    odd = home.parent / name
    home.rename(odd)
    async with open_postgres(odd, durable=False) as database:
        assert query(database.database_url, "SELECT 1") == [(1,)]


async def test_a_start_cut_off_while_making_the_cluster_is_made_up_for(tmp_path, query):
    leftover = tmp_path / "home" / "services" / "postgres" / "making"
    leftover.parent.mkdir(parents=True, mode=0o700)
    leftover.mkdir()
    (leftover / "PG_VERSION").write_text("18\n")
    async with open_postgres(tmp_path / "home", durable=False) as database:
        assert query(database.database_url, "SELECT 1") == [(1,)]


async def test_a_start_cut_off_while_furnishing_is_made_up_for(home, query):
    async with open_postgres(home, durable=False) as database:
        query(database.admin_url, "DROP OWNED BY deskhand_app")
        query(database.admin_url, "DROP ROLE deskhand_app")
    async with open_postgres(home, durable=False) as database:
        assert query(database.database_url, "SELECT current_user") == [("deskhand_app",)]


async def test_killed_while_it_starts_it_is_started_once_more(home):
    class KilledOnce(Postgres):
        tries = 0

        def _launch(self) -> None:
            super()._launch()
            self.tries += 1
            if self.tries == 1:
                os.kill(main_pid(home), signal.SIGKILL)
                raise Unavailable("killed")

    server = KilledOnce(home / "services", durable=False)
    server.start()
    assert server.answers()
    assert server.tries == 2
    server.stop()
    assert not server.alive()


async def test_the_shell_of_the_person_does_not_matter(home, query, monkeypatch):
    for name, value in {"PGPORT": "1", "PGHOST": "nowhere", "PGDATA": "/", "PGUSER": "x", "LC_ALL": "xx_XX"}.items():
        monkeypatch.setenv(name, value)
    async with open_postgres(home, durable=False) as database:
        assert query(database.database_url, "SELECT current_user") == [("deskhand_app",)]


async def test_a_cluster_of_another_version_is_refused_and_left_alone(home):
    (data_of(home) / "PG_VERSION").write_text("17\n")
    with pytest.raises(Refused, match="made by Postgres 17"):
        async with open_postgres(home):
            pass


async def test_a_damaged_cluster_is_reported_with_its_reason(home):
    (data_of(home) / "global" / "pg_control").unlink()
    with pytest.raises(Unavailable, match=r"pg_control.*postgres\.log"):
        async with open_postgres(home):
            pass


async def test_the_log_does_not_quote_what_people_wrote(home, query):
    async with open_postgres(home, durable=False) as database:
        query(database.admin_url, "CREATE TABLE once (word text UNIQUE)")
        query(database.admin_url, "INSERT INTO once VALUES ('dear diary')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            query(database.admin_url, "INSERT INTO once VALUES ('dear diary')")
    log = (home / "services" / "postgres.log").read_text()
    assert "once_word_key" in log
    assert "diary" not in log
