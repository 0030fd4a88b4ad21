"""Tables that people give: what is none, or holds nothing, is refused in one sentence and leaves nothing behind."""

from __future__ import annotations

import io
import random

import pytest
from openpyxl import Workbook

from bot.tables import LARGEST, take_content, take_table
from storage.values.errors import Refused
from tests.fakes.program import House


def _workbook(*rows: list[object]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


WORKBOOK = _workbook(["day", "revenue"], [1, 100], [2, 200])

NO_TABLES = {
    "empty.csv": (b"", "it is empty"),
    "spaces.csv": (b" \r\n\r\n", "it is empty"),
    "mark.csv": (b"\xef\xbb\xbf", "it is empty"),
    "commas.csv": (b",,,\n,,,\n", "there is no table in it"),
    "names.csv": (b"day,revenue\n", "names of columns and nothing below them"),
    "empty.xlsx": (b"", "it is empty"),
    "sheets.xlsx": (_workbook(), "its sheets are empty"),
    "names.xlsx": (_workbook(["day", "revenue"]), "names of columns and nothing below them"),
    "half.xlsx": (WORKBOOK[: len(WORKBOOK) // 2], "the workbook is damaged"),
    "cut.xlsx": (WORKBOOK[:-30], "the workbook is damaged"),
    "letter.xlsx": (b"Dear Bo,\nthe kiln is hot.\n", "is no workbook, whatever its name says"),
    "noise.xlsx": (b"PK\x03\x04" + random.Random(1).randbytes(500), "the workbook is damaged"),
    "noise.xls": (b"\xd0\xcf\x11\xe0" + random.Random(1).randbytes(500), "the workbook is damaged"),
    "holiday.exe": (b"MZ", "is no table that I can read"),
}


@pytest.mark.parametrize("name", NO_TABLES)
async def test_what_is_no_table_is_refused_and_not_kept(house: House, name: str) -> None:
    content, reason = NO_TABLES[name]
    with pytest.raises(Refused, match=reason) as refused:
        await take_content(house.box, house.caller, name, content)
    assert name in str(refused.value)
    assert "\n" not in str(refused.value)
    assert await house.one("SELECT count(*) FROM files") == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("sales.xlsx", WORKBOOK),
        ("sales.csv", b"day,revenue\n1,100\n"),
        ("one.csv", b"revenue\n100\n"),
        ("export.xls", b"day\trevenue\n1\t100\n"),
        ("export.xlsx", b"day,revenue\n1,100\n"),
    ],
)
async def test_a_table_is_kept_whatever_program_named_it(house: House, name: str, content: bytes) -> None:
    assert await take_content(house.box, house.caller, name, content) == name
    assert await house.one("SELECT size FROM files") == len(content)


async def test_a_file_that_is_too_large_is_not_even_read(house: House) -> None:
    path = house.servers.home / "large.csv"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(Refused, match=r"large\.csv is too large"):
        await take_table(house.box, house.caller, path)


@pytest.mark.parametrize("name", ["../../etc/cron.csv", "C:\\temp\\cron.csv", "/etc/cron.csv"])
async def test_a_name_that_somebody_chose_leads_nowhere(house: House, name: str) -> None:
    assert await take_content(house.box, house.caller, name, b"day,revenue\n1,100\n") == "cron.csv"
