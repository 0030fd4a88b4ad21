"""Means, deviations and fitted lines by algorithms that stay right when numbers are large and differ little."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


def mean(values: Vector) -> float:
    """The arithmetic mean, from an exactly rounded sum; NaN of nothing."""
    return math.fsum(values) / len(values) if len(values) else math.nan


def deviation(values: Vector) -> float:
    """The sample standard deviation (divided by n - 1) in two passes, the second corrected; NaN of fewer than two."""
    if len(values) < 2:
        return math.nan
    apart = values - mean(values)
    squares = math.fsum(apart * apart) - math.fsum(apart) ** 2 / len(values)
    return math.sqrt(max(squares, 0.0) / (len(values) - 1))


def autocorrelation(values: Vector) -> float:
    """How alike neighbours are (lag 1), from -1 to 1; NaN when all values are equal."""
    apart = values - mean(values)
    whole = math.fsum(apart * apart)
    return math.fsum(apart[1:] * apart[:-1]) / whole if whole else math.nan


@dataclass(frozen=True)
class Fit:
    """A least-squares fit. Entry 0 is the intercept where there is one, then one entry a regressor."""

    coefficients: tuple[float, ...]
    errors: tuple[float, ...]
    """Standard errors; zero where the fit is exact."""
    residuals: Vector
    residual_deviation: float
    r_squared: float
    freedom: int

    def p_value(self, place: int) -> float:
        """Two-sided Student t test of a coefficient against zero; NaN without degrees of freedom."""
        from scipy.special import stdtr

        if self.freedom < 1:
            return math.nan
        if self.errors[place] == 0:
            return 0.0 if self.coefficients[place] else 1.0
        return float(2 * stdtr(self.freedom, -abs(self.coefficients[place] / self.errors[place])))

    def widened(self, likeness: float) -> Fit:
        """The same fit with the errors that hold when neighbouring residuals are alike by so much (lag 1), as in a season."""
        factor = math.sqrt((1 + likeness) / (1 - likeness))
        freedom = max(1, round((self.freedom + len(self.coefficients)) / factor**2) - len(self.coefficients))
        return replace(self, errors=tuple(error * factor for error in self.errors), freedom=freedom)

    def interval(self, place: int, confidence: float = 0.95) -> tuple[float, float]:
        """The confidence interval of a coefficient."""
        from scipy.special import stdtrit

        half = float(stdtrit(max(self.freedom, 1), 0.5 + confidence / 2)) * self.errors[place]
        return self.coefficients[place] - half, self.coefficients[place] + half


def fit(regressors: list[Vector], y: Vector, *, intercept: bool = True) -> Fit:
    """Ordinary least squares by QR on columns scaled to a length near one (by powers of two, so exactly), then refined."""
    columns = [np.ones_like(y)] * intercept + regressors
    freedom = len(y) - len(columns)
    if intercept and np.ptp(y) == 0:
        return Fit((float(y[0]), *[0.0] * len(regressors)), (0.0,) * len(columns), y - y, 0.0, 1.0, freedom)
    matrix = np.column_stack(columns)
    scale = np.exp2(np.round(np.log2(np.maximum(np.linalg.norm(matrix, axis=0), 1e-300))))
    q, r = np.linalg.qr(matrix / scale)
    solution, residuals = _refined(matrix / scale, q, r, y)
    left = math.fsum(residuals * residuals)
    variance = left / freedom if freedom > 0 else 0.0
    inverse = np.linalg.inv(r)
    errors = np.sqrt((inverse * inverse).sum(axis=1) * variance) / scale
    apart = y - mean(y) if intercept else y
    whole = math.fsum(apart * apart)
    return Fit(
        tuple(float(c) for c in solution / scale),
        tuple(float(e) for e in errors),
        residuals,
        math.sqrt(variance),
        1 - left / whole if whole else 1.0,
        freedom,
    )


def _refined(matrix: Vector, q: Vector, r: Vector, y: Vector) -> tuple[Vector, Vector]:
    """The solution and its residuals, both corrected in long double: Björck's iterative refinement of the augmented system
    (A. Björck, "Iterative refinement of linear least squares solutions I", BIT 7, 1967), which large residuals need."""
    wide, target = matrix.astype(np.longdouble), y.astype(np.longdouble)
    solution = np.linalg.solve(r, q.T @ y).astype(np.longdouble)
    residuals = target - wide @ solution
    for _ in range(3):
        missed = (target - residuals - wide @ solution).astype(np.float64)
        slanted = (-(wide.T @ residuals)).astype(np.float64)
        inner = np.linalg.solve(r.T, slanted)
        outer = q.T @ missed
        solution = solution + np.linalg.solve(r, outer - inner)
        residuals = residuals + missed - q @ outer + q @ inner
    return solution.astype(np.float64), residuals.astype(np.float64)


def mann_kendall(values: Vector) -> float:
    """The p-value of the Mann-Kendall test for a monotonic trend, ties corrected, by its normal approximation."""
    n = len(values)
    score = float(sum(np.sign(values[i + 1 :] - values[i]).sum() for i in range(n - 1)))
    _, ties = np.unique(values, return_counts=True)
    variance = (n * (n - 1) * (2 * n + 5) - float((ties * (ties - 1) * (2 * ties + 5)).sum())) / 18
    if variance <= 0:
        return 1.0
    z = (abs(score) - 1) / math.sqrt(variance) if score else 0.0
    return math.erfc(max(z, 0.0) / math.sqrt(2))
