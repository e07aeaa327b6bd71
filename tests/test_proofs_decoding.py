"""The texts on nonlinear decoding, biased probes and typical inputs: what they state is what the code computes."""

import itertools
import math
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lincs import affine_probes, frames, kernel_ratio, threshold_probes
from lincs.classical import (
    any_decoder_dimension,
    l1_necessary_dimension,
    l1_sufficient_dimension,
    l1_typical_dimension,
)

ROOT = Path(__file__).parents[1]
if not (ROOT / "proofs").is_dir():
    pytest.skip("the proofs lie in a checkout, not in an installed package", allow_module_level=True)
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from proofs.decoding import TAIL, tau  # noqa: E402

# ------------------------------------------------------------------------------------------------- nonlinear decoding


@pytest.mark.parametrize(("m", "k"), [(2, 1), (4, 1), (5, 2), (6, 2), (6, 3), (5, 4), (4, 4)])
def test_vandermonde_tells_sparse_vectors_apart_and_fewer_rows_do_not(m, k):
    d = any_decoder_dimension(m, k)
    V = sympy.Matrix(d, m, lambda i, j: j**i)
    assert all(V[:, list(S)].rank() == d for S in itertools.combinations(range(m), d))
    short = V[: d - 1, :]
    S = range(d)
    h = short[:, list(S)].nullspace()[0] if d > 1 else sympy.Matrix([1])
    z, other = [x if i < k else 0 for i, x in enumerate(h)], [-x if i >= k else 0 for i, x in enumerate(h)]
    assert z != other
    assert sum(x != 0 for x in z) <= k
    assert sum(x != 0 for x in other) <= k
    assert d == 1 or short[:, list(S)] * sympy.Matrix(z) == short[:, list(S)] * sympy.Matrix(other)


@given(s=st.integers(1, 60), m=st.integers(5, 10**6))
@settings(deadline=None)
def test_many_sets_with_small_intersections(s, m):
    """l1_necessary, steps 1 and 2, in integers: N >= C(m, s)/(2^s C(m - s, s // 2)) >= (m/(4s))^(s/2)."""
    assume(m > 4 * s)
    left, right = math.comb(m, s), 2**s * math.comb(m - s, s // 2)
    near = sum(math.comb(s, i) * math.comb(m - s, s - i) for i in range((s + 1) // 2, s + 1))
    assert near <= right
    assert left**2 * (4 * s) ** s >= m**s * right**2


@given(m=st.integers(1, 10**30), data=st.data())
@settings(deadline=None)
def test_l1_dimensions_are_the_formulas(m, data):
    k = data.draw(st.integers(1, min(m, 10**6)))
    s = k // 2
    least = l1_necessary_dimension(m, k)
    formula = sympy.S(s) * sympy.log(sympy.Rational(m, 4 * s)) / sympy.log(9) if s and m > 4 * s else 0
    assert least >= formula
    assert least - 1 < formula or least == min(2 * k, m)
    enough = l1_sufficient_dimension(m, k)
    width = 5 * (sympy.sqrt(k) + sympy.sqrt(2 * k * (1 + sympy.log(sympy.Rational(m, k))))) ** 2
    assert enough == m or enough - 1 >= width
    assert enough <= m
    assert enough < width + 2
    assert enough >= least or enough == m


@pytest.mark.parametrize(("m", "k"), [(10, 1), (100, 10), (1000, 500), (10**6, 3), (50, 49)])
def test_typical_dimension_is_at_the_stationary_point(m, k):
    """l1_typical, steps 2 to 4, in multiprecision."""
    cost = k * (1 + tau**2) + (m - k) * TAIL
    root = sympy.nsolve(sympy.diff(cost, tau), tau, (1e-9, 30), solver="bisect", verify=False, prec=30)
    assert math.isclose(l1_typical_dimension(m, k), cost.subs(tau, root).evalf(20), rel_tol=1e-9)


@given(data=st.data())
@settings(deadline=None, max_examples=40)
def test_residuals_can_be_removed(data):
    """l1_certificate, step 4: w' solves the equations, and its distance from w is as stated."""
    d, s = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 3))
    entries = st.integers(-4, 4)
    A = sympy.Matrix(d, s, data.draw(st.lists(entries, min_size=d * s, max_size=d * s)))
    G = A.T * A
    assume(G.det() != 0)
    w = sympy.Matrix(data.draw(st.lists(entries, min_size=d, max_size=d)))
    signs = sympy.Matrix(data.draw(st.lists(st.sampled_from([-1, 1]), min_size=s, max_size=s)))
    r = A.T * w - signs
    moved = w - A * G.inv() * r
    assert A.T * moved == signs
    square = ((moved - w).T * (moved - w))[0]
    assert square == (r.T * G.inv() * r)[0]
    # least eigenvalue of G at least x, for x = det/trace^(s-1), so that |w' - w|^2 <= |r|^2/x
    assert square * G.det() <= (r.T * r)[0] * G.trace() ** (s - 1)


# ------------------------------------------------------------------------------------------------------- biased probes


def binary_inputs(m, k):
    for size in range(k + 1):
        for S in itertools.combinations(range(m), size):
            z = np.zeros(m, dtype=int)
            z[list(S)] = 1
            yield z


small_weights = st.lists(st.integers(-6, 6), min_size=2, max_size=6)


@given(w=small_weights, k=st.integers(1, 4), c=st.integers(-20, 20))
@settings(deadline=None)
def test_best_bias_halves_the_range(w, k, c):
    """nonnegative_probes, steps 1 and 2: over 0-1 inputs, which are the vertices."""
    k = min(k, len(w))
    values = [int(z @ w) for z in binary_inputs(len(w), k)]
    high = sum(sorted((max(x, 0) for x in w), reverse=True)[:k])
    low = sum(sorted((max(-x, 0) for x in w), reverse=True)[:k])
    assert (max(values), min(values)) == (high, -low)
    best, shift = Fraction(high + low, 2), Fraction(low - high, 2)
    assert max(abs(value + shift) for value in values) == best
    assert max(abs(value + c) for value in values) >= best


@given(w=small_weights, k=st.integers(1, 4), i=st.integers(0, 5))
@settings(deadline=None)
def test_a_threshold_exists_where_the_sums_say_so(w, k, i):
    """threshold_probes, step 2, for one probe."""
    i, k = i % len(w), min(k, len(w))
    inputs = list(binary_inputs(len(w), k))
    on, off = [int(z @ w) for z in inputs if z[i]], [int(z @ w) for z in inputs if not z[i]]
    others = w[:i] + w[i + 1 :]
    positive = sum(sorted((max(x, 0) for x in others), reverse=True)[:k])
    negative = sum(sorted((max(-x, 0) for x in others), reverse=True)[: k - 1])
    assert (min(on) > max(off)) == (w[i] > 0 and negative + positive < w[i])


@given(data=st.data())
@settings(deadline=None, max_examples=25)
def test_thresholds_against_the_kernel_ratio(data):
    """threshold_probes (c) and nonnegative_probes, on small integer matrices, gamma exact."""
    d, m, k = data.draw(st.integers(1, 4)), data.draw(st.integers(2, 6)), data.draw(st.integers(1, 3))
    k = min(k, m)
    A = np.array(data.draw(st.lists(st.integers(-3, 3), min_size=d * m, max_size=d * m))).reshape(d, m)
    gamma = kernel_ratio(A, method="exact").gamma.lower
    ratio = threshold_probes(A, k).ratio
    if ratio.upper < 1:
        assert gamma < Fraction(1, k)
    if 2 * k * gamma < 1:
        assert ratio.lower < 1
        assert ratio.upper < 1 or 2 * k * gamma > Fraction(999, 1000)
    # the affine error lies between half the linear one at 2k, from which u's budgets are k each, and the one at k
    error = affine_probes(A, k).error
    assert error.lower <= min(Fraction(1), 2 * k * gamma) / 2 + Fraction(1, 10**9)
    assert error.upper >= min(Fraction(1), k * gamma) / 2 - Fraction(1, 10**9)


# -------------------------------------------------------------------------------------------------------- typical case


@pytest.mark.parametrize("k", [1, 3, 8])
@pytest.mark.parametrize("eps", [Fraction(1, 4), Fraction(1, 2), Fraction(1)])
def test_typical_errors_by_all_signs(k, eps):
    """typical_case, steps 1 and 2: exact probabilities over all signs of a Kerdock frame's rows."""
    frame = frames.kerdock(16)
    G = frame.matrix().T.astype(int) @ frame.matrix().astype(int) - 16 * np.eye(frame.m, dtype=int)
    signs = np.array(list(itertools.product((-1, 1), repeat=k)))
    for start in (1, 20, 60):
        S = np.arange(start, start + k) * 2
        for i in (0, 37, 143):
            row = G[i, S]
            V = Fraction(int((row**2).sum()), 16**2)
            probability = Fraction(int((np.abs(signs @ row) >= eps * 16).sum()), len(signs))
            assert float(probability) <= (2 * math.exp(-(eps**2) / (2 * V)) if V else 0)
            assert Fraction(k, 16) >= V
