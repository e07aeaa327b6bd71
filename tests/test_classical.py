"""The classical side, against slow and obvious evaluations of its formulas."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import minimize_scalar

from lincs import InputError, classical


@pytest.mark.parametrize(("m", "k"), [(3, 1), (4, 2), (5, 2), (5, 3), (6, 5), (6, 6)])
def test_any_decoder_needs_independent_columns(m, k):
    d = classical.any_decoder_dimension(m, k)
    assert d == min(2 * k, m)
    # k-sparse vectors are told apart where every 2k columns are independent: a Vandermonde matrix of d rows has that
    A = np.vander(np.arange(1, m + 1), d, increasing=True).T
    for columns in itertools.combinations(range(m), min(2 * k, m)):
        assert np.linalg.matrix_rank(A[:, columns]) == min(2 * k, m)


@given(st.integers(1, 10**7), st.integers(1, 200))
def test_the_necessary_dimension_for_l1_is_decided_as_in_integers(m, k):
    k = min(k, m)
    d, s = classical.l1_necessary_dimension(m, k), k // 2
    assert d >= min(2 * k, m)
    if s and m > 4 * s:
        assert 9**d * (4 * s) ** s >= m**s
        assert d == min(2 * k, m) or 9 ** (d - 1) * (4 * s) ** s < m**s


@given(st.integers(1, 10**7), st.integers(1, 200))
def test_the_sufficient_dimension_for_l1_satisfies_its_inequality(m, k):
    k = min(k, m)
    d = classical.l1_sufficient_dimension(m, k)
    width_squared = 5 * (math.sqrt(k) + math.sqrt(2 * k * (1 + math.log(m / k)))) ** 2
    assert d <= m
    assert d == m or width_squared * (1 - 1e-12) < d * d / (d + 1) < width_squared + 3
    assert d >= classical.l1_necessary_dimension(m, k)


@pytest.mark.parametrize(("m", "k"), [(100, 3), (1000, 100), (1000, 999), (50, 50), (10**6, 10)])
def test_the_statistical_dimension_is_its_integral(m, k):
    def cost(tau):
        tail = quad(lambda u: (u - tau) ** 2 * math.exp(-u * u / 2), tau, 40, epsabs=1e-13)[0]
        return k * (1 + tau * tau) + (m - k) * math.sqrt(2 / math.pi) * tail

    least = minimize_scalar(cost, bounds=(0, 10), method="bounded", options={"xatol": 1e-9}).fun
    assert classical.l1_typical_dimension(m, k) == pytest.approx(least, rel=1e-6)


@pytest.mark.parametrize("function", [
    classical.any_decoder_dimension,
    classical.l1_necessary_dimension,
    classical.l1_sufficient_dimension,
    classical.l1_typical_dimension,
])  # fmt: skip
def test_bad_parameters_are_refused(function):
    for m, k in ((0, 1), (5, 0), (5, 6)):
        with pytest.raises(InputError):
            function(m, k)
