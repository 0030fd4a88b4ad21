"""Figures against NIST's certified values and against exact arithmetic."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.analysis import statistics
from tools.data.upload import read_table


@pytest.fixture(scope="module")
def certified(data: Path) -> list[dict[str, Any]]:
    return json.loads((data / "tabular/reference.json").read_text())


def column(data: Path, file: str, name: str) -> statistics.Vector:
    return read_table(data / "tabular" / file).frame[name].to_numpy(dtype=np.float64)


def digits(value: float, expected: float) -> float:
    """How many leading digits agree."""
    return 15 if value == expected else -math.log10(abs(value - expected) / abs(expected or 1))


@pytest.mark.needs_data
def test_univariate_figures_are_nists(data: Path, certified: list[dict[str, Any]]) -> None:
    for case in (case for case in certified if "univariate" in case["dataset"]):
        y = column(data, case["file"], case["column"])
        # NumAcc3's values (1000000.1 …) are themselves rounded in binary, which costs their deviation some digits.
        enough = 9 if "NumAcc3" in case["dataset"] else 13
        assert digits(statistics.mean(y), case["mean"]) > 13
        assert digits(statistics.deviation(y), case["sample_sd"]) > enough
        assert digits(statistics.autocorrelation(y), case["lag1_autocorrelation"]) > enough


@pytest.mark.needs_data
def test_regressions_are_nists(data: Path, certified: list[dict[str, Any]]) -> None:
    powers = {"Pontius": 2, "Wampler1": 5, "Wampler4": 5}
    for case in (case for case in certified if "regression" in case["dataset"]):
        name = case["dataset"].split()[-1]
        y = column(data, case["file"], "y")
        names = [f"x{n}" for n in range(1, 7)] if name == "Longley" else ["x"]
        regressors = [
            column(data, case["file"], x) ** power for x in names for power in range(1, powers.get(name, 1) + 1)
        ]
        fit = statistics.fit(regressors, y, intercept="B0" in case["coefficients"])
        for found, expected in zip(fit.coefficients, case["coefficients"].values(), strict=True):
            assert digits(found, expected) > 10, name
        assert digits(fit.r_squared, case["r_squared"]) > 10, name
        if case["residual_sd"]:
            assert digits(fit.residual_deviation, case["residual_sd"]) > 10, name
            for found, expected in zip(fit.errors, case["std_errors"].values(), strict=True):
                assert digits(found, expected) > 10, name


def test_the_line_and_its_test_are_the_textbooks() -> None:
    """Moore & McCabe's form of the t test, worked by hand: slope 0.6, error 0.2828, t = 2.1213 with 3 degrees."""
    fit = statistics.fit([np.array([1.0, 2, 3, 4, 5])], np.array([2.0, 4, 5, 4, 5]))
    assert fit.coefficients == pytest.approx((2.2, 0.6))
    assert fit.errors[1] == pytest.approx(0.282843, abs=1e-6)
    assert fit.p_value(1) == pytest.approx(0.124, abs=1e-3)
    assert fit.interval(1) == pytest.approx((0.6 - 3.182446 * 0.282843, 0.6 + 3.182446 * 0.282843), abs=1e-5)


def test_a_flat_series_has_no_slope_at_all() -> None:
    fit = statistics.fit([np.arange(9.0)], np.full(9, 0.1))
    assert (fit.coefficients, fit.p_value(1)) == ((0.1, 0.0), 1.0)


def test_alike_neighbours_widen_the_interval() -> None:
    fit = statistics.fit([np.arange(40.0)], np.sin(np.arange(40.0) / 6))
    wide = fit.widened(0.8)
    assert wide.errors[1] == pytest.approx(3 * fit.errors[1])
    assert wide.p_value(1) > fit.p_value(1)


def test_mann_kendall_knows_order_and_ties() -> None:
    rising = np.array([1.0, 2, 2, 3, 5, 8, 9, 9, 12, 13])
    assert statistics.mann_kendall(rising) < 0.001
    assert statistics.mann_kendall(np.array([3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3])) > 0.2
    assert statistics.mann_kendall(np.ones(10)) == 1


@given(st.lists(st.floats(-1e6, 1e6).map(lambda x: round(x, 3) + 1e9), min_size=2, max_size=50))
def test_mean_and_deviation_are_exact_arithmetics(values: list[float]) -> None:
    exact = [Fraction(value) for value in values]
    mean = sum(exact) / len(exact)
    variance = sum((value - mean) ** 2 for value in exact) / (len(exact) - 1)
    array = np.array(values)
    assert statistics.mean(array) == pytest.approx(float(mean), rel=1e-15)
    assert statistics.deviation(array) == pytest.approx(math.sqrt(variance), rel=1e-6, abs=1e-6)


def test_figures_of_nothing_are_no_numbers() -> None:
    assert math.isnan(statistics.mean(np.array([])))
    assert math.isnan(statistics.deviation(np.array([1.0])))
    assert math.isnan(statistics.autocorrelation(np.ones(3)))
