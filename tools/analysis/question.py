"""What a question asks of a table: which measure, by which group or time, put together how."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from rapidfuzz import fuzz

from storage.values.errors import Refused
from tools.analysis import roles
from tools.analysis.answer import KindOfAnalysis
from tools.analysis.roles import How, words_of
from tools.data.source import Column, Table

GRAINS = {
    "D": ("day", "daily", "days"),
    "W": ("week", "weekly", "weeks"),
    "M": ("month", "monthly", "months"),
    "Q": ("quarter", "quarterly", "quarters"),
    "Y": ("year", "yearly", "annual", "annually", "years"),
}
_WAYS = {
    How.SUM: ("total", "totals", "sum", "summed", "overall"),
    How.MEAN: ("average", "avg", "mean", "averages"),
    How.MEDIAN: ("median", "typical"),
    How.COUNT: ("count", "counts", "many", "number", "often", "frequency"),
    How.MINIMUM: ("minimum", "lowest", "smallest", "min"),
    How.MAXIMUM: ("maximum", "highest", "largest", "max"),
}
_SAME = [
    {"revenue", "sale", "turnover", "income", "umsatz", "amount", "earning"},
    {"customer", "client", "buyer", "kunde"},
    {"quantity", "qty", "unit", "piece", "menge", "volume"},
    {"price", "preis"},
    {"cost", "expense", "spend", "spending", "kosten"},
    {"country", "land", "nation"},
    {"product", "item", "article", "sku", "produkt"},
    {"date", "day", "datum"},
    {"salesperson", "seller", "rep", "agent"},
    {"category", "kind", "type"},
]
_SPREAD = {"distribution", "histogram", "spread", "distributed", "range"}
_BETWEEN = {
    "by",
    "per",
    "across",
    "each",
    "for",
    "every",
    "against",
    "grouped",
    "split",
    "in",
    "of",
    "over",
    "with",
    "versus",
    "vs",
}
_AGAINST = {"over", "against", "vs", "versus", "with"}
_MOST_GROUPS = 50
_GROUPING = {"by", "per", "each", "across", "every", *_AGAINST}
_PLAIN_WORDS = set(
    """a about all an analyse analysis analyze and any are as at bar bars be best between biggest bottom breakdown can change
    changed changing chart charts column columns compare compared comparison compute could csv curve data dataset describe
    develop development did distribution do does down draw evolve evolution excel explain fall falling figure figures file find
    first from get give going graph grew grow growing growth has have histogram how i is it its last let line look made make me
    most my numbers one ones our out overview pdf per pie picture please plot profile quick report rise rising row rows see sheet
    short show shows spread summarise summarize summary table tell than that the their them there these they this those time times
    to top trend trending trends up us values was we were what when where which who why will worst would xls xlsx you your
    went go""".split()  # noqa: SIM905 - a list of words reads better as a text
)
_KNOWN = {name for names in (*GRAINS.values(), *_WAYS.values()) for name in names} | _PLAIN_WORDS | _BETWEEN | _SPREAD
"""Words that are understood without being a column."""


@dataclass(frozen=True)
class Request:
    """What is asked, in columns of the table; None where the question leaves it to us."""

    measure: Column | None = None
    group: Column | None = None
    time: Column | None = None
    over: Column | None = None
    """A plain number to set the measure against."""
    how: How | None = None
    grain: str = ""
    """D, W, M, Q or Y; empty to choose what fits."""
    most: int = 0
    """Show so many groups; 0 to choose."""
    spread: bool = False
    """How the values of the measure are distributed is asked."""
    unused: tuple[str, ...] = ()
    """Words of the question that nothing was done with."""


def understand(question: str, table: Table) -> Request:
    """Maps the words of a question to columns. Refused, naming the columns there are, when a word it needs fits none."""
    words = _words(question, table)
    ways = [how for how, names in _WAYS.items() if any(word in names for word in words)]
    grain = next((letter for letter, names in GRAINS.items() if any(word in names for word in words)), "")
    found, rest = _columns(words, table)
    unused = [word for word in rest if word not in _KNOWN and not word.isdigit()]
    after = {word for before, word in pairwise(words) if before in _GROUPING}
    if unused and (not found or any(word in after for word in unused) or _measure_is_missing(found, ways, words)):
        raise Refused(_no_such_column(unused, table))
    request = _placed(found, ways[0] if ways else None, table)
    spread = any(word in _SPREAD for word in words)
    return replace(request, grain=grain, most=_most(words), spread=spread, unused=tuple(unused))


def _words(question: str, table: Table) -> list[str]:
    """The words, without the file's own name."""
    without = re.sub(r"(day|month)[ -]first", " ", question.lower().replace(table.name.lower(), " "))
    return [word for word in re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", without.replace("_", " ")) if word]


def _columns(words: list[str], table: Table) -> tuple[list[tuple[Column, str]], list[str]]:
    """The columns that runs of words name, each with the grouping word before it, if any; and the words left over."""
    found: list[tuple[Column, str]] = []
    rest: list[str] = []
    place = 0
    while place < len(words):
        for length in (4, 3, 2, 1):
            run = words[place : place + length]
            column = _best(run, table) if len(run) == length else None
            if column is not None:
                before = [word for word in words[max(0, place - 2) : place] if word not in ("the", "a", "of")]
                found.append((column, before[-1] if before and before[-1] in _GROUPING else ""))
                place += length
                break
        else:
            rest.append(words[place])
            place += 1
    return found, rest


def _best(run: list[str], table: Table) -> Column | None:
    """The column that these words name, if they name one well enough: the same words, a part of them, a synonym, a typo."""
    scores = [(_likeness(run, column), -place, column) for place, column in enumerate(table.columns)]
    score, _, column = max(scores, key=lambda item: item[:2])
    return column if score >= 80 else None


def _likeness(run: list[str], column: Column) -> float:
    asked, named = [_stem(word) for word in run], [_stem(word) for word in words_of(column.name)]
    if asked == named:
        return 100
    if len("".join(asked)) < 2 or any(word in _BETWEEN for word in run) or all(word in _KNOWN for word in run):
        return 0
    if set(asked) <= set(named):
        return 95 - len(set(named) - set(asked))
    if all(any(_means_the_same(a, n) for n in named) for a in asked):
        return 85 - 0.1 * len(named)
    close = fuzz.ratio("".join(asked), "".join(named))
    parts = [fuzz.ratio("".join(asked), name) for name in named if len(name) > 3]
    return max([close, *(part - 3 for part in parts)]) if len("".join(asked)) > 3 and close + sum(parts) else 0


def _stem(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def _means_the_same(one: str, other: str) -> bool:
    return one == other or any(one in group and other in group for group in _SAME)


def _measure_is_missing(found: list[tuple[Column, str]], ways: list[How], words: list[str]) -> bool:
    """Whether only groupings were understood: then the unknown word must be what should be measured."""
    return all(grouping for _, grouping in found) and How.COUNT not in ways and any(w in _GROUPING for w in words)


def _no_such_column(unused: list[str], table: Table) -> str:
    missing = " or ".join(f"“{word}”" for word in unused[:3])
    names = ", ".join(column.name for column in table.columns[:20])
    more = f" and {len(table.columns) - 20} more" if len(table.columns) > 20 else ""
    return f"I find no column for {missing} in {table.name}. Its columns are: {names}{more}."


def _most(words: list[str]) -> int:
    numbers = [int(word) for before, word in pairwise(words) if before in ("top", "first", "best") and word.isdigit()]
    return min(max(numbers[0], 1), 30) if numbers else 0


def _placed(found: list[tuple[Column, str]], how: How | None, table: Table) -> Request:
    """Gives each column its part: times by their kind, numbers to measure, the rest (or what stands after "by") to group."""
    parts: dict[str, Column] = {}
    for column, grouping in found:
        is_year = roles.is_year(table, column)
        if column.kind.is_time or (is_year and (grouping or "measure" in parts)):
            parts.setdefault("time", column)
        elif column.kind.is_number and ("measure" not in parts and (not grouping or "group" in parts)):
            parts["measure"] = column
        elif column.kind.is_number and (grouping in _AGAINST or table.frame[column.name].nunique() > _MOST_GROUPS):
            parts.setdefault("over", column)
        else:
            parts.setdefault("group", column)
    if how is None and "measure" not in parts and "group" in parts and not roles.measures(table):
        how = How.COUNT
    return Request(parts.get("measure"), parts.get("group"), parts.get("time"), parts.get("over"), how)


def suggested_kind(question: str) -> KindOfAnalysis:
    """The kind of analysis that a question asks for when nobody named one."""
    words = set(re.findall(r"[a-z]+", question.lower()))
    if not words:
        return "profile"
    if words & {"trend", "trends", "trending", "rising", "falling", "growing", "growth", "develop", "evolve"}:
        return "trend"
    return "report" if "report" in words else "profile" if words & {"profile", "overview", "describe"} else "chart"
