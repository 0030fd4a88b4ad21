"""Questions in a person's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.values.errors import Refused
from tools.analysis.question import Request, suggested_kind, understand
from tools.data.source import Table
from tools.data.upload import read_table


@pytest.fixture(scope="module")
def shop(sales: Path) -> Table:
    return read_table(sales)


def parts(request: Request) -> tuple[str, ...]:
    columns = (request.measure, request.group, request.time)
    return (*(column.name if column else "" for column in columns), request.how or "", request.grain)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("", ("", "", "", "", "")),
        ("sales by region", ("revenue", "region", "", "", "")),
        ("revenue by region", ("revenue", "region", "", "", "")),
        ("show me a bar chart of revenue per product, please", ("revenue", "product", "", "", "")),
        ("monthly revenue trend", ("revenue", "", "", "", "M")),
        ("how did the units develop week by week", ("units", "", "", "", "W")),
        ("average revenue by region", ("revenue", "region", "", "mean", "")),
        ("how many orders per product", ("order_id", "product", "", "count", "")),
        ("turnover by regoin", ("revenue", "region", "", "", "")),
        ("revenue over order date", ("revenue", "", "order_date", "", "")),
        ("top 3 products by units", ("units", "product", "", "", "")),
        ("quarterly qty", ("units", "", "", "", "Q")),
        ("what is in sales.csv?", ("", "", "", "", "")),
        ("highest revenue for each region", ("revenue", "region", "", "maximum", "")),
    ],
)
def test_words_find_their_columns(shop: Table, question: str, expected: tuple[str, ...]) -> None:
    assert parts(understand(question, shop)) == expected


def test_the_number_of_groups_is_heard(shop: Table) -> None:
    assert understand("top 3 products by revenue", shop).most == 3


@pytest.mark.parametrize("question", ["profit by region", "revenue by planet", "chart the churn", "margin per month"])
def test_a_word_that_fits_no_column_is_refused_with_the_columns_there_are(shop: Table, question: str) -> None:
    with pytest.raises(
        Refused, match=r"I find no column for .* in sales.csv. Its columns are: order_id, order_date, region"
    ):
        understand(question, shop)


def test_words_that_nothing_was_done_with_are_kept(shop: Table) -> None:
    assert understand("revenue by region in march", shop).unused == ("march",)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("", "profile"),
        ("revenue trend", "trend"),
        ("sales by region", "chart"),
        ("a report please", "report"),
        ("overview", "profile"),
    ],
)
def test_a_question_suggests_its_kind(question: str, kind: str) -> None:
    assert suggested_kind(question) == kind
