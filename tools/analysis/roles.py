"""What a column is good for: an amount to measure, a time to follow, a group to compare, or merely a name."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from tools.data.source import Column, Kind, Table

if TYPE_CHECKING:
    import pandas as pd

_NAME_ONLY = re.compile(
    r"(^|[\s_.-])(id|ids|no|nr|number|num|code|zip|zipcode|postcode|postal|plz|phone|tel|index|idx|rownames?|rownum|row|key|"
    r"uuid|sku|iban|vat|fax|lat|latitude|long|lng|longitude|nummer)$|(?<=[a-z])(Id|ID|Code|Nr|No)$"
)
_MOST_GROUPS = 50
_SERIAL = 30
"""Rows from which whole numbers that go up by one are serial numbers wherever they begin, such as those of orders."""
_YEAR_NAME = re.compile(r"(^|[\s_.-])(year|yr|jahr|année|annee|año|anno|season|time)$", re.IGNORECASE)
_ADDS_UP = re.compile(
    r"sales?|revenue|turnover|amount|total|qty|quantity|units?|count|orders?|visits?|costs?|spend|spent|hours|clicks|sold|"
    r"profit|income|expenses?|budget|population|passengers|sum|volume|downloads|sessions|tickets|signups|views|umsatz|betrag|"
    r"menge|anzahl|kosten|gross|net|payments?|donations?|stock|impressions?|admissions?|patients|births|deaths|cases|hits",
    re.IGNORECASE,
)
_DOES_NOT_ADD_UP = re.compile(
    r"price|rate|ratio|percent|pct|share|avg|average|mean|median|temp|temperature|age|score|rating|height|width|length|speed|"
    r"depth|margin|index|level|balance|per[\s_]|size|weight|duration|latency|%",
    re.IGNORECASE,
)


class How(StrEnum):
    """How the rows of one group or period are put together."""

    SUM = "sum"
    MEAN = "mean"
    MEDIAN = "median"
    COUNT = "count"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"


def words_of(name: str) -> list[str]:
    """The words in a column's name: `netRevenue_EUR` is net, revenue, eur."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return [word.lower() for word in re.findall(r"[^\W_]+", parted)]


def is_year(table: Table, column: Column) -> bool:
    """Whole years (or years and fractions of one) under a name that says so."""
    if not column.kind.is_number or column.is_money or not _YEAR_NAME.search(column.name):
        return False
    present = table.frame[column.name].dropna()
    return len(present) > 0 and float(present.min()) >= 1500 and float(present.max()) <= 2200


def is_name(table: Table, column: Column) -> bool:
    """Whole numbers that only number or name the rows."""
    if not column.kind.is_number or column.unit:
        return False
    if _NAME_ONLY.search(column.name.lower() if column.name.isupper() else column.name):
        return True
    present = table.frame[column.name].dropna()
    steps = present.diff().dropna()
    numbered = column.kind is Kind.INTEGER and len(present) == table.rows > 9 and bool((steps == 1).all())
    return numbered and (int(present.iloc[0]) in (0, 1) or table.rows > _SERIAL)


def measures(table: Table) -> list[Column]:
    """The columns that can be measured, the likeliest first: money, then what adds up, then the others."""
    able = [c for c in table.columns if c.kind.is_number and not is_name(table, c) and not is_year(table, c)]
    return sorted(able, key=lambda column: (_rank(column), able.index(column)))


def _rank(column: Column) -> int:
    adds_up = usual_way(column) is How.SUM
    total = bool(re.search(r"total|revenue|sales|umsatz|amount|betrag", column.name, re.IGNORECASE))
    return 0 if adds_up and (column.is_money or total) else 1 if adds_up or column.is_money else 2


def times(table: Table) -> list[Column]:
    """The columns that say when: dates before years, the fullest first."""
    dated = [column for column in table.columns if column.kind.is_time]
    dated.sort(key=lambda column: int(table.frame[column.name].isna().sum()))
    return dated + [column for column in table.columns if is_year(table, column)]


def groups(table: Table) -> list[Column]:
    """The columns whose values make groups, those of few different values; texts that repeat only if there is no other."""
    able = [column for column in table.columns if column.kind in (Kind.CATEGORY, Kind.BOOLEAN)]
    able.sort(key=lambda column: column.kind is Kind.BOOLEAN)
    if able:
        return able
    fewest = 1 if measures(table) else 0
    texts = [(column, table.frame[column.name].nunique()) for column in table.columns if column.kind is Kind.TEXT]
    return [column for column, different in texts if 1 < different <= min(_MOST_GROUPS, table.rows - 1 + fewest)]


def spoken(column: Column, values: pd.Series[Any]) -> pd.Series[Any]:
    """The values as words: yes and no for truth values."""
    if column.kind is Kind.BOOLEAN:
        return values.map({True: "yes", False: "no"}).astype(str)
    return values.astype(str)


def usual_way(column: Column) -> How:
    """How this measure is usually put together: amounts are added up, rates and sizes are averaged."""
    name = " ".join(words_of(column.name)) + (" %" if column.unit == "%" else "")
    if _DOES_NOT_ADD_UP.search(name):
        return How.MEAN
    return How.SUM if column.is_money or _ADDS_UP.search(name) else How.MEAN
