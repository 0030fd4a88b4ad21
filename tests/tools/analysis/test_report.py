"""The report: self-contained, and what the table says stays text."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.values.clock import now
from tools.analysis import report
from tools.analysis.answer import Analysis, FigureTable, Section, Source
from tools.analysis.run import analyse
from tools.data.source import Column, Kind

HOSTILE = '</td><script>alert(1)</script> {{ 7*7 }} & "quoted" #panic() $x$ @ref `raw` \\'


def analysis(word: str) -> Analysis:
    """An answer in which every text is the same word."""
    section = Section(word, (word,), (), (FigureTable(word, (word, word, word), ((word, word, word),)),))
    source = Source(word, 1, (Column(word, Kind.TEXT),), word, (word,), "0" * 64)
    return Analysis("report", word, word, (section,), (), (word,), source, now(), 0.1)


class Reader(HTMLParser):
    """Collects the tags and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str | None] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [value for name, value in attrs if name in ("href", "src", "onclick", "onerror")]

    def handle_data(self, data: str) -> None:
        self.text += data


@given(
    st.one_of(st.text(min_size=1, max_size=40), st.sampled_from([HOSTILE, "<b>", "&lt;", "'\"><img src=x onerror=y>"]))
)
@settings(deadline=None)
def test_no_text_of_a_table_is_markup(word: str) -> None:
    tags = Reader(report.html(analysis("plain"))).tags
    page = Reader(report.html(analysis(word)))
    assert page.tags == tags
    assert page.attributes == []


def test_the_words_themselves_arrive() -> None:
    assert Reader(report.html(analysis(HOSTILE))).text.count(HOSTILE) >= 8


def test_a_page_needs_nothing_from_outside(sales: Path) -> None:
    page = analyse(sales, kind="report").report_html or ""
    sources = Reader(page).attributes
    assert len(sources) == 2
    assert all((source or "").startswith("data:image/png;base64,") for source in sources)
    assert "default-src 'none'" in page
    assert not re.search(r"https?://|<script|@import|url\(", page)


def test_the_page_says_where_its_figures_come_from(sales: Path) -> None:
    page = Reader(analyse(sales, kind="report").report_html or "").text
    assert "sales.csv, 731 rows, 6 columns" in page
    assert re.search(r"SHA-256 of the file: [0-9a-f]{64}", page)


def test_the_same_report_comes_as_pdf(sales: Path) -> None:
    made = analyse(sales, kind="report")
    assert report.pdf(made).startswith(b"%PDF-")


@pytest.mark.parametrize("word", [HOSTILE, "名古屋 😀", "#" * 50, "\u202e\u0000x", "= heading\n- list"])
def test_a_pdf_takes_any_words(word: str) -> None:
    assert report.pdf(replace(analysis(word), question="")).startswith(b"%PDF-")
