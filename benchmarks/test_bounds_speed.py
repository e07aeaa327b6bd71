"""Certified bounds, all theorems and both sides, against a search in float64 for one of them."""

import math

import numpy as np
import pytest
from scipy.special import gammaln

import lincs


def alon_search(m: int, delta: float) -> int:
    """The largest d that C(d+p-1, p) (1 + (m-1) delta'^(2p)) <= m excludes for some p, rounded as it comes."""
    log_m, log_delta = math.log(m), math.log(delta / (1 - delta))

    def excluded(p: int, d: float) -> bool:
        binomial = np.log(d + np.arange(p)).sum() - gammaln(p + 1)
        return binomial + np.logaddexp(0, log_m + 2 * p * log_delta) <= log_m

    best = 0
    for p in range(1, math.ceil(log_m / -log_delta) + 2):
        low, high = 0, m
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if excluded(p, float(middle)) else (low, middle)
        best = max(best, low)
    return best


@pytest.mark.parametrize("exponent", [6, 30])
def test_dimension_bounds(measure, exponent):
    task = "lincs.dimension_bounds"
    found = measure(lambda: lincs.dimension_bounds(10**exponent, 10, "0.05"), f"bounds-{exponent}", task, rounds=20)
    assert 0 < found.lower.d <= found.upper.d


@pytest.mark.parametrize("exponent", [6, 30])
def test_alon_search(measure, exponent):
    task = "scipy: Alon's bound alone in float64, uncertified"
    found = measure(lambda: alon_search(10**exponent, 0.005), f"bounds-{exponent}", task, rounds=20)
    assert 0 < found < lincs.dimension_bounds(10**exponent, 10, "0.05").lower.d * 1.01
