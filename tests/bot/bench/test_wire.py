"""What passes between a program and Postgres is counted, however the stream is cut into packets."""

from __future__ import annotations

from pathlib import Path

import psycopg
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import make_url

from bot.bench.wire import Parser, counted

START = (8).to_bytes(4) + b"\x00\x03\x00\x00"
MESSAGES = (b"Q", b"P", b"B", b"E", b"S", b"E")


def message(kind: bytes, body: bytes) -> bytes:
    return kind + (4 + len(body)).to_bytes(4) + body


@given(st.lists(st.binary(max_size=20), min_size=len(MESSAGES), max_size=len(MESSAGES)), st.integers(1, 7))
def test_statements_are_counted_in_any_packets(bodies: list[bytes], size: int) -> None:
    stream = START + b"".join(map(message, MESSAGES, bodies))
    parser = Parser()
    assert sum(parser.statements(stream[at : at + size]) for at in range(0, len(stream), size)) == 3


async def test_a_pipeline_is_one_round_trip(admin_url: str, tmp_path: Path) -> None:
    async with counted(admin_url, tmp_path) as (url, count):
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        async with await psycopg.AsyncConnection.connect(plain, autocommit=True) as connection:
            count.reset()
            async with connection.pipeline():
                await connection.execute("SELECT 1")
                await connection.execute("SELECT 2")
            assert (count.statements, count.round_trips) == (2, 1)
            count.reset()
            await connection.execute("SELECT 1")
            await connection.execute("SELECT 2")
            assert (count.statements, count.round_trips) == (2, 2)
