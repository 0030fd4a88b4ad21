"""A figure says by itself whether its goal is met, to people and to programs."""

from __future__ import annotations

import json

from bot.bench.figures import Figure, Report, objects, table


def test_a_goal_bounds_the_number_itself() -> None:
    assert Figure("statements", 4, "", goal=5).met is True
    assert Figure("statements", 6, "", goal=5).met is False


def test_a_relative_goal_bounds_the_ratio_to_the_baseline() -> None:
    slow = Figure("CPU", 10, "ms", 20, "stock", 0.45, relative=True)
    assert slow.ratio == 0.5
    assert slow.met is False


def test_a_lower_bound_wants_more() -> None:
    rate = Figure("rate", 96, "texts/s", 100, "alone", 0.95, relative=True, at_least=True)
    assert rate.met is True


def test_without_a_goal_nothing_is_claimed() -> None:
    assert Figure("wall", 3, "s").met is None


def test_a_missed_goal_is_shown_in_the_table() -> None:
    shown = table(Report("start", [Figure("CPU", 5, "s", 6, "eager", 4)], ["as it was"], ["psutil", "no-such-package"]))
    assert "| CPU | 5 s | 6 s (eager) | 0.833× | ≤ 4 s | **not met** |" in shown
    assert "no-such-package absent" in shown
    assert "- as it was" in shown


def test_programs_get_a_head_and_one_object_a_figure() -> None:
    head, row = map(json.loads, objects(Report("start", [Figure("CPU", 3, "s", goal=4)], [], ["psutil"])))
    assert head["bench"] == "start"
    assert head["versions"]["psutil"]
    assert (row["what"], row["value"], row["met"]) == ("CPU", 3, True)
