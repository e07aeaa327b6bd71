"""Bounds on d(m, k, eps): certificates, slow oracles, published cells, and the two sides against each other."""

import json
import statistics
from fractions import Fraction
from math import comb

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from lincs import (
    Bound,
    InputError,
    best_eps,
    bounds,
    dimension_bounds,
    frames,
    largest_sparsity,
    most_features,
    threshold_dimension,
    threshold_probes,
)
from lincs.bounds import _inequalities
from lincs.table import GRID_DELTA, GRID_M

LOWER = bounds.LOWER_BOUNDS
sizes = st.one_of(st.integers(1, 3000), st.integers(1, 30).map(lambda e: 10**e))
deltas = st.fractions(min_value=Fraction(1, 400), max_value=1, max_denominator=2000).filter(lambda x: x > 0)


# --- lower bounds ---


@settings(deadline=None)
@given(sizes, st.integers(1, 50), deltas)
def test_every_lower_bound_passes_its_recheck_and_one_more_dimension_does_not(m, k, eps):
    k = min(k, m)
    for bound in (function(m, k, eps) for function in LOWER):
        assert bound.check()
        assert 1 <= bound.d <= m
        if bound.theorem in ("welch", "kernel"):  # no parameters: the search must have found the last excluded rank
            assert not Bound("lower", bound.d + 1, bound.theorem, {}, m, k, eps).check()


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 400), deltas.filter(lambda x: x <= Fraction(1, 2)))
def test_searches_find_what_a_scan_of_all_ranks_and_degrees_finds(m, delta):
    # the scan evaluates the theorems with sympy's polynomials and exact roots, sharing nothing with the search
    ratio = sympy.Rational(delta.denominator - delta.numerator, delta.numerator)

    def dimension(d, p):
        return sum(comb(d + j - 1, j) for j in range(p, -1, -2))

    def alon(d):
        return any(comb(d + p - 1, p) * (1 + (m - 1) / ratio ** (2 * p)) <= m for p in range(1, 9))

    def chebyshev(d):
        return any(dimension(d, p) * (1 + (m - 1) / sympy.chebyshevt(p, ratio) ** 2) < m for p in range(2, 9))

    def kernel(d):
        c = m - d
        return bool(m * sympy.Rational(delta) * (2 + (c - 1) * sympy.sqrt(c + 2)) <= c * (c + 1))

    for function, excludes in (
        (bounds.alon_lower_bound, alon),
        (bounds.chebyshev_lower_bound, chebyshev),
        (bounds.kernel_lower_bound, kernel),
    ):
        d = function(m, 1, delta).d
        assert d == 1 or function(m, 1, delta).params.get("p", 0) > 8 or excludes(d - 1)
        assert d == m or not excludes(d)


@settings(deadline=None, max_examples=60)
@given(
    st.integers(2, 10**8), deltas.filter(lambda x: x < Fraction(1, 2)), st.integers(2, 6), st.integers(1, 30), st.data()
)
def test_the_joint_trace_inequality_is_the_sum_of_its_two_polynomials(m, delta, p, d, data):
    weight = data.draw(st.fractions(min_value=0, max_value=1, max_denominator=50))
    x = sympy.Symbol("x")
    ratio = sympy.Rational(delta.denominator - delta.numerator, delta.numerator)
    w = sympy.Rational(weight)
    squared = [
        (1 - w**2) * sympy.chebyshevt(p - 1, x) ** 2,
        (((1 + w) * sympy.chebyshevt(p, x) - (1 - w) * sympy.chebyshevt(p - 2, x)) / 2) ** 2,
    ]
    ranks = [sum(comb(d + j - 1, j) for j in range(n, -1, -2)) for n in (p - 1, p)]
    at_one = [f.subs(x, ratio) for f in squared]
    expected = m * sum(f / r for f, r in zip(at_one, ranks, strict=True)) > sum(at_one) + m - 1
    assert _inequalities.joint_excludes(d, m, delta, p, weight) == bool(expected)


def test_the_two_polynomials_of_the_joint_bound_stay_within_the_unit_circle():
    y, w = sympy.symbols("y w")
    for p in range(2, 9):
        first = (1 - w**2) * sympy.chebyshevt(p - 1, y) ** 2
        second = (((1 + w) * sympy.chebyshevt(p, y) - (1 - w) * sympy.chebyshevt(p - 2, y)) / 2) ** 2
        # a square times 1 - y^2, hence not negative on [-1, 1]
        rest = (1 - y**2) * (w * sympy.chebyshevt(p - 1, y) + y * sympy.chebyshevu(p - 2, y)) ** 2
        assert sympy.expand(first + second + rest) == 1


@settings(deadline=None, max_examples=50)
@given(st.integers(2, 12), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_no_lower_bound_exceeds_the_rank_of_a_pair_that_is_good_enough(m, d, seed):
    # any A with least-squares probes is an example; its exact error says which delta it meets
    rng = np.random.default_rng(seed)
    A = rng.integers(-3, 4, size=(d, m))
    B = rng.integers(-3, 4, size=(d, m))
    scale = Fraction(1, max(1, int(np.abs(np.einsum("ij,ij->j", A, B)).max())))
    error = max(abs(scale * int(B[:, i] @ A[:, j]) - (i == j)) for i in range(m) for j in range(m))
    rank = np.linalg.matrix_rank(B.T @ A)
    if error < 1:
        delta = error + Fraction(1, 10**9)
        assert max(function(m, 1, min(delta, 1)).d for function in LOWER) <= rank


def test_lower_bounds_are_attained_by_equiangular_tight_frames():
    # real equiangular tight frames make the Welch bound an equality just above their error, for every k
    for d, m, squared in (
        (5, 10, Fraction(1, 9)),
        (6, 16, Fraction(1, 9)),
        (7, 28, Fraction(1, 9)),
        (23, 276, Fraction(1, 25)),
    ):
        mu = Fraction(int(squared.numerator**0.5), int(squared.denominator**0.5))
        error = mu / (1 + mu)
        assert bounds.welch_lower_bound(m, 1, error + Fraction(1, 10**12)).d == d
        assert bounds.welch_lower_bound(m, 3, 3 * error + Fraction(1, 10**12)).d == d
        assert bounds.welch_lower_bound(m, 1, error).d == d + 1  # strictly below its error it does not do


@pytest.mark.parametrize(("c", "lines"), [(1, 1), (2, 3), (3, 6), (7, 28), (23, 276)])
def test_the_kernel_bound_is_exact_on_repeated_equiangular_lines(c, lines):
    # M = I - gamma sgn<w_i, w_j> for `copies` of each of c(c+1)/2 equiangular lines has rank m - c and error gamma
    m = 4 * lines
    gamma = sympy.Integer(c * (c + 1)) / (m * (2 + (c - 1) * sympy.sqrt(c + 2)))
    grid = 10**15
    below, above = (Fraction(int(round_(gamma * grid)), grid) for round_ in (sympy.floor, lambda x: sympy.floor(x) + 1))
    assert bounds.kernel_lower_bound(m, 1, above).d == m - c
    assert bounds.kernel_lower_bound(m, 1, below).d == m - c + 1
    if gamma.is_rational:  # strictness: at its own error the matrix does not count
        assert bounds.kernel_lower_bound(m, 1, Fraction(gamma)).d == m - c + 1


def test_d_is_m_up_to_one_over_m_and_m_minus_one_just_above():
    for m in (2, 3, 7, 50):
        exactly = dimension_bounds(m, 1, Fraction(1, m))
        above = dimension_bounds(m, 1, Fraction(1, m) + Fraction(1, 10**12))
        assert exactly.is_exact
        assert exactly.lower.d == m
        if m > 2:
            assert above.is_exact
            assert above.lower.d == m - 1


@pytest.mark.parametrize("m", [2, 3, 10, 10**6, 10**30])
def test_one_dimension_above_a_half_and_two_at_a_half(m):
    assert dimension_bounds(m, 1, "1/2").lower.d == dimension_bounds(m, 1, "1/2").upper.d == 2
    assert dimension_bounds(m, 1, "0.500001").upper.d == 1
    assert dimension_bounds(m, 1, 1).upper.d == 1


@pytest.mark.parametrize(("m", "delta", "d"), [(8, "1/3", 3), (15, "2/5", 3), (99, "2/5", 4), (148, "1/3", 8)])
def test_equality_excludes_nothing_for_polynomials_that_are_not_monotone(m, delta, d):
    # T_2 attains its maximum inside the interval too, so that entries may all attain it and equality may hold
    delta = Fraction(delta)
    x = (1 - delta) / delta
    T = 2 * x * x - 1
    assert (1 + comb(d + 1, 2)) * (1 + (m - 1) / T**2) == m
    assert not _inequalities.chebyshev_excludes(d, m, delta, 2)
    assert not _inequalities.joint_excludes(d, m, delta, 2, Fraction(1))
    assert _inequalities.chebyshev_excludes(d - 1, m, delta, 2)


@pytest.mark.parametrize(
    ("m", "delta", "d"),
    [
        # found by an independent search; the last needs a polynomial of degree 386
        (10**3, "0.3", 15), (10**4, "0.1", 120), (10**5, "0.05", 410), (10**6, "0.1", 225), (10**9, "0.3", 50),
        (10**9, "0.005", 41533), (10**12, "0.3", 66), (10**12, "0.005", 111657), (10**30, "0.499", 18),
    ],
)  # fmt: skip
def test_lower_bounds_reach_known_values(m, delta, d):
    assert dimension_bounds(m, 1, delta).lower.d >= d


def test_the_published_route_in_its_own_numbers():
    # the principal submatrix has 10^6 / 19 rows, and Welch gives 52632 / (1 + 52631 / 19^2)
    bound = bounds.turan_alon_lower_bound(10**6, 10, "1/2")
    assert bound.d == -(-52632 * 361 // (361 + 52631)) == 359
    # 52632 / (1 + 52631 / 99^2)
    assert bounds.turan_alon_lower_bound(10**6, 10, "1/10").d == -(-52632 * 9801 // (9801 + 52631)) == 8263
    assert bounds.random_upper_bound(10**6, 10, "1/2").d == 22105  # 2 ln(10^6 (10^6 - 1)) * 20^2 = 22104.08...


# --- upper bounds ---


@settings(deadline=None, max_examples=60)
@given(sizes, st.integers(1, 50), deltas)
def test_every_upper_bound_passes_its_recheck_and_the_sides_do_not_cross(m, k, eps):
    k = min(k, m)
    result = dimension_bounds(m, k, eps)
    assert result.lower.d <= result.upper.d <= m
    for bound in result.bounds:
        assert bound.check(), bound
        assert bound.side == "lower" or bound.d >= result.lower.d
        assert bound.side == "upper" or bound.d <= result.upper.d
    assert result.published_lower.d <= result.lower.d
    assert result.published_upper.d >= result.upper.d


@settings(deadline=None, max_examples=40)
@given(sizes, deltas, st.integers(1, 5))
def test_bounds_depend_on_eps_over_k_alone(m, delta, k):
    if k <= m and k * delta <= 1:
        one, many = dimension_bounds(m, 1, delta), dimension_bounds(m, k, k * delta)
        assert (one.lower.d, one.upper.d) == (many.lower.d, many.upper.d)


@settings(deadline=None, max_examples=40)
@given(sizes, sizes, deltas, deltas)
def test_both_sides_grow_with_m_and_fall_with_delta(m1, m2, delta1, delta2):
    easy = dimension_bounds(min(m1, m2), 1, max(delta1, delta2))
    hard = dimension_bounds(max(m1, m2), 1, min(delta1, delta2))
    assert easy.lower.d <= hard.lower.d
    assert easy.upper.d <= hard.upper.d


@pytest.mark.parametrize(
    ("m", "k", "eps", "lower", "upper"),
    [
        (10**6, 10, "1/2", 827, 1418),
        (10**9, 16, "1/4", 10887, 16384),
        (24576, 20, "1/2", 1433, 3046),
        (10**6, 32, "1/2", 3954, 4096),
    ],
)
def test_at_least_as_tight_as_the_known_cells(m, k, eps, lower, upper):
    result = dimension_bounds(m, k, eps)
    assert lower <= result.lower.d <= result.upper.d <= upper


def test_the_ratio_over_the_grid():
    ratios = [dimension_bounds(m, 1, delta).ratio for m in GRID_M for delta in GRID_DELTA]
    assert len(ratios) == 42
    assert max(ratios) <= 3.3
    assert statistics.median(ratios) <= 1.5


def test_a_wrong_certificate_is_refused():
    good = bounds.joint_trace_lower_bound(10**12, 1, "0.1")
    assert good.check()
    assert not Bound("lower", good.d + 1, good.theorem, good.params, good.m, good.k, good.eps).check()
    assert not Bound("lower", good.d, good.theorem, good.params | {"p": 2}, good.m, good.k, good.eps).check()
    kerdock = bounds.frame_upper_bound("kerdock", 10**6, 32, "1/2")
    assert kerdock.check()
    for change in ({"d": 4095}, {"m": 10**7}, {"eps": Fraction(1, 3)}):
        values = {"d": kerdock.d, "m": kerdock.m, "eps": kerdock.eps} | change
        assert not Bound("upper", values["d"], "kerdock", kerdock.params, values["m"], 32, values["eps"]).check()


def test_everything_survives_json():
    result = dimension_bounds(10**30, 10, "0.1")
    again = json.loads(json.dumps(result.to_dict()))
    assert again["m"] == 10**30
    assert again["delta"] == "1/100"
    assert again["lower"]["d"] == result.lower.d
    assert again["upper"]["frame"] == result.upper.theorem
    assert len(again["bounds"]) == len(result.bounds)


@pytest.mark.parametrize(
    ("m", "k", "eps"), [(0, 1, 0.5), (10, 11, 0.5), (10, 0, 0.5), (10, 1, 0), (10, 1, 1.5), ("x", 1, 1)]
)
def test_parameters_outside_the_domain_are_refused(m, k, eps):
    with pytest.raises(InputError):
        dimension_bounds(m, k, eps)


# --- inverse questions ---


@settings(deadline=None, max_examples=15)
@given(st.integers(1, 600), st.integers(1, 12), deltas.filter(lambda x: x < Fraction(9, 10)))
def test_most_features_is_the_inverse_of_the_dimension(d, k, eps):
    answer = most_features(d, k, eps)
    if answer.lower:
        assert dimension_bounds(answer.lower, k, eps).upper.d <= d
        assert answer.attained_by.check()
    if answer.upper is None:
        return
    assert answer.lower <= answer.upper
    # ends beyond 2^64 are located to 19 digits
    assert answer.lower == 0 or dimension_bounds(answer.lower + max(1, answer.lower >> 62), k, eps).upper.d > d
    if answer.upper >= k:
        assert dimension_bounds(answer.upper - (answer.upper >> 62), k, eps).lower.d <= d
        assert dimension_bounds(answer.upper + 1, k, eps).lower.d > d
        assert answer.excluded_by.check()


@settings(deadline=None, max_examples=15)
@given(st.integers(2, 10**5), st.integers(1, 2000), st.integers(1, 10))
def test_best_eps_is_the_inverse_of_the_dimension(m, d, k):
    k = min(k, m)
    answer = best_eps(m, d, k)
    assert 0 <= answer.lower <= answer.upper <= 1
    if answer.excluded_by is not None:
        assert answer.excluded_by.check()
        assert answer.excluded_by.d > d
    if answer.attained_by is not None:
        assert answer.attained_by.d <= d
        assert k * answer.attained_by.frame.error.upper == answer.upper or answer.upper == answer.lower
    if (above := answer.upper + Fraction(1, 10**9)) <= 1:
        assert dimension_bounds(m, k, above).upper.d <= d
    if answer.lower > 0:
        assert dimension_bounds(m, k, answer.lower).lower.d > d


def test_best_eps_of_six_lines_in_space_is_known():
    answer = best_eps(6, 3, 1)
    exact = 1 / (1 + sympy.sqrt(5))
    assert abs(sympy.Rational(answer.lower) - exact) < sympy.Rational(1, 10**11)
    assert sympy.Rational(answer.lower) <= exact <= sympy.Rational(answer.upper)
    assert abs(sympy.Rational(answer.upper) - exact) < sympy.Rational(1, 10**11)


@settings(deadline=None, max_examples=15)
@given(st.integers(2, 10**7), st.integers(1, 5000), deltas)
def test_largest_sparsity_is_the_inverse_of_the_dimension(m, d, eps):
    answer = largest_sparsity(m, d, eps)
    assert 0 <= answer.lower <= answer.upper <= m
    if answer.lower:
        assert dimension_bounds(m, answer.lower, eps).upper.d <= d
    if answer.lower < m:
        assert dimension_bounds(m, answer.lower + 1, eps).upper.d > d
    if answer.upper < m:
        assert dimension_bounds(m, answer.upper + 1, eps).lower.d > d
    if answer.upper:
        assert dimension_bounds(m, answer.upper, eps).lower.d <= d


@settings(deadline=None, max_examples=40)
@given(sizes, st.integers(1, 50))
def test_thresholds_need_between_the_dimensions_for_one_and_for_a_half(m, k):
    k = min(k, m)
    answer = threshold_dimension(m, k)
    assert answer.lower == dimension_bounds(m, k, 1).lower.d
    assert answer.upper == dimension_bounds(m, k, "1/2").upper.d
    assert answer.attained_by.check()
    assert answer.excluded_by.check()


@pytest.mark.parametrize(("m", "k"), [(6, 1), (8, 2), (12, 2), (14, 3)])
def test_the_frame_for_thresholds_has_thresholds_and_fewer_dimensions_have_none(m, k):
    answer = threshold_dimension(m, k)
    frame = answer.attained_by.frame
    assert threshold_probes(frame.matrix(m), k).is_accessible()
    if answer.lower > 1:
        A = np.random.default_rng().standard_normal((answer.lower - 1, m))
        assert not threshold_probes(A, k).is_accessible()


def test_best_names_the_upper_bound():
    for m, k, eps in ((1000, 5, "1/2"), (10**9, 3, "0.9"), (4, 2, 1)):
        assert frames.best(m, k, eps).d == dimension_bounds(m, k, eps).upper.d


@pytest.mark.parametrize(
    ("theorem", "params", "m", "k", "eps", "d"),
    [
        ("alon", {"p": 0}, 10**6, 1, "1/10", 10**6),  # a constant polynomial
        ("welch", {}, 1, 1, "1/2", 2),  # one feature
        ("welch", {}, 10, 1, "3/5", 2),  # delta > 1/2
        ("chebyshev", {"p": 1}, 10**6, 1, "1/10", 2),
        ("joint_trace", {"p": 3, "weight": "1000"}, 10**6, 1, "1/20", 151),
        ("joint_trace", {"p": 3, "weight": "-1/2"}, 10**6, 1, "1/20", 2),
        ("turan_alon", {"p": 1}, 3, 2, "1/2", 2),  # ceil(m/(2k - 1)) = 1
    ],
)
def test_a_certificate_outside_the_domain_of_its_theorem_is_refused(theorem, params, m, k, eps, d):
    assert not Bound("lower", d, theorem, params, m, k, Fraction(eps)).check()
