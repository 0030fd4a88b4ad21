"""Whatever table is written as CSV, in whatever dialect, is read back with the same values."""

from __future__ import annotations

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.values.errors import Refused
from tools.data import reader
from tools.data.handover import Reading
from tools.data.source import Kind, Limits

letters = st.characters(
    min_codepoint=32, max_codepoint=0x2FF, exclude_categories=("Cc", "Cs", "Zs"), exclude_characters="\u00ad"
)
words = st.text(letters, min_size=1, max_size=12).map(lambda text: "w" + text)
texts = st.one_of(words, st.tuples(words, words).map(lambda pair: f'{pair[0]}, "{pair[1]}"\nand'))
rows = st.lists(
    st.tuples(texts, st.integers(-(10**12), 10**12), st.floats(-1e9, 1e9).map(lambda x: round(x, 4)), st.dates()),
    min_size=1,
    max_size=20,
)
encodings = st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])


def written(table: list[tuple[object, ...]], delimiter: str, encoding: str) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["label", "whole", "part", "day"])
    writer.writerows(table)
    return out.getvalue().encode(encoding)


def column(reading: Reading, place: int) -> list[object]:
    found = reading.columns[place]
    return (
        [found.words[value] for value in found.values]
        if found.kind in (Kind.TEXT, Kind.CATEGORY)
        else found.values.tolist()
    )


@given(rows, st.sampled_from(",;\t|"), encodings)
@settings(max_examples=80, deadline=None)
def test_a_table_comes_back_as_it_was_written(table: list[tuple[object, ...]], delimiter: str, encoding: str) -> None:
    reading = reader.read(written(table, delimiter, encoding), Limits())
    assert [c.name for c in reading.columns] == ["label", "whole", "part", "day"]
    assert column(reading, 0) == [str(row[0]).strip() for row in table]
    assert column(reading, 1) == [row[1] for row in table]
    assert column(reading, 2) == [row[2] for row in table]
    assert reading.columns[3].kind is Kind.DATE


def read_or_refused(data: bytes) -> set[int]:
    """The lengths of the columns that were read; an empty set when the file was refused. Nothing else may come out."""
    try:
        return {len(column.values) for column in reader.read(data, Limits()).columns}
    except Refused:
        return set()


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert len(read_or_refused(data)) <= 1


@given(st.text(alphabet='a1,;"\n\t|# -.é', max_size=120))
@settings(max_examples=300, deadline=None)
def test_any_mess_of_delimiters_is_read_or_refused(text: str) -> None:
    assert len(read_or_refused(text.encode())) <= 1
