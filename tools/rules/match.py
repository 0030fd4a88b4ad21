"""Matching: all rules on a mail in one pass. Words are found by one set a field, patterns by another, whole values by a
table; only rules of which something was found are looked at, so that a thousand rules cost little more than ten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt, ne

from tools.rules.facts import Facts
from tools.rules.fields import FIELDS
from tools.rules.pattern_sets import PatternSets
from tools.rules.rule import All, Condition, Not, Rule, Test, tests
from tools.rules.text import folded
from tools.rules.word_sets import WordSet

Found = dict[Test, str]
"""A test that holds -> the word, pattern or value by which."""

_COMPARE = {"gt": gt, "gte": ge, "lt": lt, "lte": le, "equals": eq, "not": ne}


@dataclass(frozen=True)
class Match:
    """A rule that took a mail: its place among the rules, and which conditions held, in words."""

    place: int
    because: tuple[str, ...]


class RuleBook:
    """Rules, ready to be matched. Their order is the order of the matches."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        asked = list(dict.fromkeys(test for rule in rules for test in tests(rule.conditions)))
        self._words = _words(test for test in asked if test.operator == "contains")
        self._patterns = _patterns(test for test in asked if test.operator == "matches_regex")
        self._wholes = _wholes(test for test in asked if _is_whole(test))
        self._by_sign: dict[Test, list[int]] = defaultdict(list)
        self._always: list[int] = []
        for place, rule in enumerate(rules):
            signs = _signs(rule.conditions)
            for sign in signs or ():
                self._by_sign[sign].append(place)
            if signs is None:
                self._always.append(place)

    def matches(self, mail: Facts) -> list[Match]:
        """The rules that take this mail, in order."""
        found = self.found(mail)
        places = {place for test in found for place in self._by_sign.get(test, ())}
        places.update(self._always)
        return [
            Match(place, tuple(because(self.rules[place].conditions, mail, found)))
            for place in sorted(places)
            if holds(self.rules[place].conditions, mail, found)
        ]

    def found(self, mail: Facts) -> Found:
        """What stands in the mail of all that the rules look for."""
        found: Found = {}
        for field, (words, asking_by_word) in self._words.items():
            for number in words.found(mail.folded(field)):
                word, asking = asking_by_word[number]
                for test in asking:
                    found.setdefault(test, word)
        for field, (patterns, asking_by_pattern) in self._patterns.items():
            for number in patterns.found(mail.lines(field)):
                pattern, asking = asking_by_pattern[number]
                for test in asking:
                    found.setdefault(test, pattern)
        for field, values in self._wholes.items():
            for value in mail.wholes(field) & values.keys():
                for test in values[value]:
                    found.setdefault(test, value)
        return found


def holds(condition: Condition, mail: Facts, found: Found) -> bool:
    """Whether a condition holds for a mail in which this was found."""
    if isinstance(condition, Test):
        return _test_holds(condition, mail, found)
    if isinstance(condition, Not):
        return not holds(condition.part, mail, found)
    if isinstance(condition, All):
        return all(holds(one, mail, found) for one in condition.parts)
    return any(holds(one, mail, found) for one in condition.parts)


def because(condition: Condition, mail: Facts, found: Found) -> Iterable[str]:
    """The conditions that hold, each in words; of several of which any is enough, the first."""
    if isinstance(condition, Test):
        yield _in_words(condition, found.get(condition, ""))
    elif isinstance(condition, Not):
        yield f"not: {describe(condition.part)}"
    elif isinstance(condition, All):
        for one in condition.parts:
            yield from because(one, mail, found)
    else:
        yield from because(next(one for one in condition.parts if holds(one, mail, found)), mail, found)


def describe(condition: Condition) -> str:
    """A condition in words."""
    if isinstance(condition, Test):
        return _in_words(condition, "")
    if isinstance(condition, Not):
        return f"not ({describe(condition.part)})"
    joined = (" and " if isinstance(condition, All) else " or ").join(map(describe, condition.parts))
    return joined if len(condition.parts) == 1 else f"({joined})"


def _test_holds(test: Test, mail: Facts, found: Found) -> bool:
    kind = FIELDS[test.field].kind
    if kind in ("text", "name"):
        return test in found if test.operator != "not" else not mail.wholes(test.field) & _folded_values(test)
    if test.field == "similarity":
        near = mail.similarity.get(test.to)
        return near is not None and bool(_COMPARE[test.operator](near, test.value))
    return bool(_COMPARE[test.operator](mail.value(test.field), test.value))


def _is_whole(test: Test) -> bool:
    return test.operator in ("in", "equals") and FIELDS[test.field].kind in ("text", "name")


def _signs(condition: Condition) -> set[Test] | None:
    """Of these tests one must be found for the condition to hold; None when it can hold without."""
    if isinstance(condition, Test):
        return {condition} if condition.operator in ("contains", "matches_regex") or _is_whole(condition) else None
    if isinstance(condition, Not):
        return None
    each = [_signs(one) for one in condition.parts]
    known = [one for one in each if one is not None]
    if isinstance(condition, All):
        return min(known, key=len) if known else None
    return set().union(*known) if len(known) == len(each) else None


def _values(test: Test) -> tuple[str, ...]:
    return test.value if isinstance(test.value, tuple) else ()


def _folded_values(test: Test) -> set[str]:
    return {folded(one).strip() for one in _values(test)}


def _words(asked: Iterable[Test]) -> dict[str, tuple[WordSet, list[tuple[str, list[Test]]]]]:
    words: dict[str, dict[str, list[Test]]] = defaultdict(lambda: defaultdict(list))
    for test in asked:
        for one in _values(test):
            words[test.field][folded(one)].append(test)
    return {field: (WordSet(list(asking)), list(asking.items())) for field, asking in words.items()}


def _patterns(asked: Iterable[Test]) -> dict[str, tuple[PatternSets, list[tuple[str, list[Test]]]]]:
    patterns: dict[str, dict[str, list[Test]]] = defaultdict(lambda: defaultdict(list))
    for test in asked:
        for one in _values(test):
            patterns[test.field][one].append(test)
    return {field: (PatternSets(list(asking)), list(asking.items())) for field, asking in patterns.items()}


def _wholes(asked: Iterable[Test]) -> dict[str, dict[str, list[Test]]]:
    values: dict[str, dict[str, list[Test]]] = defaultdict(lambda: defaultdict(list))
    for test in asked:
        for one in _folded_values(test):
            values[test.field][one].append(test)
    return values


_SAID = {"contains": "contains", "matches_regex": "matches", "in": "is", "equals": "is", "not": "is not"}
_SIGNS = {"gt": ">", "gte": "≥", "lt": "<", "lte": "≤", "equals": "=", "not": "≠"}


def _in_words(test: Test, by: str) -> str:
    name = test.field.replace("_", " ")
    if isinstance(test.value, tuple):
        values = (by,) if by else test.value
        shown = " or ".join(f"“{one}”" for one in values[:5]) + (" or …" if len(values) > 5 else "")
        return f"{name} {_SAID[test.operator]} {shown}"
    if isinstance(test.value, bool):
        return f"{name}: {'yes' if test.value is (test.operator == 'equals') else 'no'}"
    unit = " days" if FIELDS[test.field].kind == "age" else ""
    to = f" to “{test.to[:60]}”" if test.to else ""
    return f"{name}{to} {_SIGNS[test.operator]} {test.value:g}{unit}"
