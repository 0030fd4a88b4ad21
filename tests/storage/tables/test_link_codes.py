"""Link codes: long enough not to be guessed in their ten minutes, of signs that nobody confuses, read however they are typed."""

from __future__ import annotations

import math
import re

import pytest

from storage.database import Database
from storage.tables.link_codes import ALPHABET, VALID_FOR, plain_code
from tests.storage.conftest import Household


async def test_a_code_is_not_to_be_guessed(memory: Database, ana: Household) -> None:
    made = set()
    for _ in range(20):
        async with memory.acting_as(ana.tenant) as tx:
            made.add(await tx.link_codes.make(ana.person))
    assert len(made) == 20
    assert all(re.fullmatch(rf"[{ALPHABET}]{{4}}(-[{ALPHABET}]{{4}}){{2}}", one) for one in made)
    tries_a_second = 2 ** (12 * math.log2(len(set(ALPHABET)))) / VALID_FOR.total_seconds() / 1_000_000
    assert tries_a_second > 1_000_000_000, "for one chance in a million"
    assert not set("01OIL") & set(ALPHABET)


@pytest.mark.parametrize(
    "said", ["ABCDEFGH", "ABCD-EFGH-JKM", "ABCD-EFGH-JKMNP", "ABCD-EFGH-JKM0", "find the kiln", ""]
)
def test_what_is_no_code_is_none(said: str) -> None:
    assert plain_code(said) is None
