"""Tables in text files, as people export them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from storage.values.errors import Refused
from tools.data.source import Kind, Limits, Table
from tools.data.upload import read_table

Read = Callable[..., Table]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Writes a file and reads it as a table."""

    def write_and_read(content: str | bytes, name: str = "x.csv", **options: object) -> Table:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_table(path, **options)  # type: ignore[arg-type]

    return write_and_read


def kinds(table: Table) -> dict[str, str]:
    return {column.name: str(column.kind) for column in table.columns}


def test_every_kind_of_column_is_recognised(read: Read) -> None:
    rows = "\n".join(f"{n},{n / 4},2024-01-{n:02d},2024-01-{n:02d} 10:30,yes,north,note {n}" for n in range(1, 13))
    table = read(f"n,part,day,at,paid,region,note\n{rows}\n13,1.5,2024-01-13,2024-01-13 10:30,no,south,x")
    assert kinds(table) == {
        "n": "integer",
        "part": "decimal",
        "day": "date",
        "at": "datetime",
        "paid": "boolean",
        "region": "category",
        "note": "text",
    }
    assert table.rows == 13
    assert table.notes == ()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(read: Read, delimiter: str) -> None:
    table = read(
        f"name{delimiter}n\nAnn, the first{delimiter}1\nBob{delimiter}2\n"
        if delimiter != ","
        else "name,n\nAnn,1\nBob,2\n"
    )
    assert list(kinds(table)) == ["name", "n"]
    assert list(table.frame["n"]) == [1, 2]


def test_a_delimiter_that_the_file_states_is_believed(read: Read) -> None:
    table = read("sep=;\nname;words\nAnn;a, b, c\nBob;d, e, f\n")
    assert table.frame["words"].tolist() == ["a, b, c", "d, e, f"]


def test_a_semicolon_file_with_decimal_commas_is_not_cut_at_the_commas(read: Read) -> None:
    table = read("1,5;2,25;3,75\n4,5;5,5;6,25\n")
    assert table.frame.to_numpy().tolist() == [[1.5, 2.25, 3.75], [4.5, 5.5, 6.25]]


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("utf-8", ["Zoë", "Łódź"]),
        ("utf-8-sig", ["Zoë", "Łódź"]),
        ("utf-16", ["Zoë", "Łódź"]),
        ("utf-16-le", ["Zoë", "Łódź"]),
        ("cp1252", ["Müller", "Größe"]),
        ("cp1251", ["Иван Петров", "Нижний Новгород"]),
        ("cp932", ["田中さくら", "東京都千代田区"]),
    ],
)
def test_the_encoding_is_found(read: Read, encoding: str, words: list[str]) -> None:
    table = read(f"name,town,n\n{words[0]},{words[1]},1\n{words[1]},{words[0]},2\n".encode(encoding))
    assert list(table.frame["name"]) == words
    assert list(kinds(table)) == ["name", "town", "n"]


def test_a_guessed_encoding_is_said(read: Read) -> None:
    assert any("guess" in note for note in read("name,n\nMüller,1\nJäger,2\n".encode("cp1252")).notes)


def test_quoted_cells_hold_delimiters_quotes_and_lines(read: Read) -> None:
    table = read('a,b\n"one, two","say ""hi""\nto all"\nx,y\n')
    assert list(table.frame.iloc[0]) == ["one, two", 'say "hi"\nto all']


def test_a_quote_that_never_closes_does_not_swallow_the_file(read: Read) -> None:
    table = read('name,n\n"Ann,1\nBob,2\nCid,3\n')
    assert table.rows == 3
    assert any("never closed" in note for note in table.notes)


def test_backslashes_before_quotes_are_escapes(read: Read) -> None:
    table = read('n,words\n1,"say \\"hi\\" now"\n2,"x"\n')
    assert table.frame["words"][0] == 'say "hi" now'


def test_titles_comments_footnotes_and_totals_are_not_data(read: Read) -> None:
    table = read(
        "Sales of the year,,\nin thousands,,\n,,\nregion,q1,q2\n# checked by Ann,,\nNorth,1,2\nSouth,3,4\nEast,5,6\nTotal,9,12\n"
        ",,\nSource: our books,,\n"
    )
    assert table.frame.to_numpy().tolist() == [["North", 1, 2], ["South", 3, 4], ["East", 5, 6]]
    assert [
        word for word in ("title", "footnotes", "total", "comment") if not any(word in n for n in table.notes)
    ] == []


def test_years_across_the_top_are_names(read: Read) -> None:
    table = read("product,2021,2022,2023\nlamp,4,5,6\ndesk,7,8,9\n")
    assert list(kinds(table)) == ["product", "2021", "2022", "2023"]


def test_a_file_without_a_header_gets_plain_names(read: Read) -> None:
    table = read("1,lamp\n2,desk\n3,chair\n")
    assert list(kinds(table)) == ["column 1", "column 2"]
    assert table.rows == 3


def test_a_second_header_line_joins_the_first(read: Read) -> None:
    table = read("name,weight,height\n(given),(kg),(cm)\nAnn,61.5,170\nBob,80.5,181\n")
    assert list(kinds(table)) == ["name (given)", "weight (kg)", "height (cm)"]


def test_repeated_and_missing_names_are_told_apart(read: Read) -> None:
    assert list(kinds(read("id,n,n,\n1,2,3,x\n4,5,6,y\n"))) == ["id", "n", "n (2)", "column 4"]


def test_ragged_rows_lose_nothing_and_are_noted(read: Read) -> None:
    table = read("id,name,age\n1,Ann\n2,Bob,26,extra\n")
    assert table.frame["column 4"].tolist()[1] == "extra"
    assert any("more cells" in note for note in table.notes)


def test_names_without_rows_are_a_table_of_no_rows(read: Read) -> None:
    assert read("id,name\n").rows == 0


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "x.csv", "empty"),
        (b"\n\n", "x.csv", "empty"),
        (b"%PDF-1.7 ...", "x.csv", "PDF"),
        (b"\x1f\x8b\x08\x00", "x.csv.gz", "compressed"),
        (b"\x89PNG\r\n\x1a\n", "x.xlsx", "picture"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "x.xls", "web page"),
        (b'{"a": 1}', "x.csv", "JSON"),
        (b"ab\0\0\0c\x01\x02\0\0\0\0xyz", "x.csv", "not a text file"),
        (b"PK\x03\x04 broken", "x.xlsx", "damaged"),
        (b"\xd0\xcf\x11\xe0 broken", "x.xls", "damaged"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(read: Read, content: bytes, name: str, words: str) -> None:
    with pytest.raises(Refused, match=rf"^I could not read {name} as a table: .*{words}.*\.$"):
        read(content, name)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"no such file"):
        read_table(tmp_path / "gone.csv")


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(bytes=10), "up to 0 MB"),
        (Limits(rows=2), "it has 4 rows, and I take up to 2"),
        (Limits(columns=1), "it has 2 columns, and I take up to 1"),
        (Limits(cells=5), "it has 8 cells, and I take up to 5"),
    ],
)
def test_each_cap_has_its_sentence(read: Read, limits: Limits, words: str) -> None:
    with pytest.raises(Refused, match=words):
        read("a,b\n1,2\n3,4\n5,6\n", limits=limits)


def test_one_endless_cell_is_refused(read: Read) -> None:
    with pytest.raises(Refused, match=r"one of its cells is too long"):
        read("a,b\n" + "x" * 1_100_000 + ",2\n")


def test_the_name_given_is_the_name_used(tmp_path: Path) -> None:
    (tmp_path / "upload-81723").write_text("a,b\n1,2\n")
    assert read_table(tmp_path / "upload-81723", name="sales.csv").name == "sales.csv"


def test_words_for_missing_are_missing_where_numbers_use_them(read: Read) -> None:
    table = read("n,sex\n1,male\nNA,NA\n3,female\n-,male\n5,female\n")
    assert table.column("n").kind is Kind.INTEGER
    assert table.frame["n"].isna().tolist() == [False, True, False, True, False]
    assert table.frame["sex"].isna().tolist() == [False, True, False, False, False]


def test_na_alone_may_be_a_country(read: Read) -> None:
    table = read("country,town\nNA,Windhoek\nDE,Berlin\nFR,Paris\n")
    assert table.frame["country"].tolist() == ["NA", "DE", "FR"]


def test_a_few_strays_among_numbers_are_missing_and_named(read: Read) -> None:
    table = read("n,m\n" + "\n".join(f"{n},{n}" for n in range(20)) + "\nunknown,20\n")
    assert table.column("n").kind is Kind.INTEGER
    assert any("“unknown”" in note and "“n”" in note for note in table.notes)
