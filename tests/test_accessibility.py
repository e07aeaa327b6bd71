"""Laws of the worst-case error, against sums over all supports and signs in rational arithmetic."""

from __future__ import annotations

import itertools
import json
import math
import signal
import subprocess
import sys
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from lincs import _maximum, _products, accessibility
from lincs._checks import InputError
from lincs.accessibility import (
    Undecided,
    babel,
    coherence,
    feature_errors,
    matched_probes,
    real_form,
    scaled_probes,
    welch_bound,
    worst_case_error,
)

# ------------------------------------------------------------------------------------------------ slow, plain oracles


def exact_entries(A, B, scale=1):
    """``E = scale B^T A - I`` of the numbers that the arrays hold, as Fractions."""
    a, b = ([[Fraction(x) for x in row] for row in np.asarray(M).T.tolist()] for M in (A, B))
    return [[scale * sum(map(Fraction.__mul__, p, q)) - (i == j) for j, q in enumerate(a)] for i, p in enumerate(b)]


def inputs(m, k, features):
    """The vertices of Z_k: all supports of k entries with all signs, or all 0/1 vectors of at most k ones."""
    if features == "binary":
        return [z for z in itertools.product((0, 1), repeat=m) if sum(z) <= k]
    return [
        [dict(zip(support, signs, strict=True)).get(j, 0) for j in range(m)]
        for support in itertools.combinations(range(m), k)
        for signs in itertools.product((-1, 1), repeat=k)
    ]


def row_errors(E, k, features):
    """The worst error of every row, over all inputs."""
    z_k = inputs(len(E), k, features)
    return [max(abs(sum(e * x for e, x in zip(row, z, strict=True))) for z in z_k) for row in E]


def row_sums(E, k, features):
    """The same by sorting, for larger m."""
    sides = (
        [[abs(e) for e in row] for row in E],
        [[max(e, 0) for e in row] for row in E],
        [[max(-e, 0) for e in row] for row in E],
    )
    chosen = sides[:1] if features == "signed" else sides[1:]
    return [max(sum(sorted(row, reverse=True)[:k]) for row in rows) for rows in zip(*chosen, strict=True)]


def value_at(E, witness):
    """|(E z)_row| at the witness z."""
    return abs(sum(E[witness.row][j] * s for j, s in zip(witness.support, witness.signs, strict=True)))


def contains(enclosure, x):
    return enclosure.lower <= x <= enclosure.upper


def check_witness(result, E):
    w = result.witness
    assert value_at(E, w) == result.error.lower
    assert w.row == result.rows[-1]
    assert len(set(w.support)) == len(w.support) == len(w.signs)
    if result.features == "signed":
        assert len(w.support) == result.k
        assert all(s == (1 if E[w.row][j] >= 0 else -1) for j, s in zip(w.support, w.signs, strict=True))
    else:
        assert len(w.support) <= result.k
        assert set(w.signs) <= {1}
    sizes = [(-abs(E[w.row][j]), j) for j in w.support]
    if result.error.is_exact:
        assert sizes == sorted(sizes)


def integer_etf():
    """16 vectors of signs in 6 dimensions, inner products +-2: characters on the support of a bent function."""
    points = [x for x in itertools.product((0, 1), repeat=4) if (x[0] * x[1] + x[2] * x[3]) % 2]
    return np.array([[(-1) ** (np.dot(x, y) % 2) for y in itertools.product((0, 1), repeat=4)] for x in points])


def simplex(m):
    A = np.hstack([np.eye(m - 1, dtype=int), -np.ones((m - 1, 1), dtype=int)])
    return A, (m * np.eye(m, dtype=int) - 1)[:-1]


# ------------------------------------------------------------------------------------------------------- strategies

FEATURES = st.sampled_from(["signed", "binary"])
SCALES = st.one_of(st.integers(-3, 3), st.fractions(-2, 2, max_denominator=7))
SHAPES = st.tuples(st.integers(1, 4), st.integers(1, 5))
INTEGER_DTYPES = st.sampled_from([np.int8, np.int16, np.int32, np.int64, np.uint8])


@st.composite
def integer_pairs(draw, shapes=SHAPES):
    shape = draw(shapes)
    A, B = (draw(npst.arrays(draw(INTEGER_DTYPES), shape, elements=st.integers(0, 3))) for _ in "AB")
    for M in (A, B):
        if M.dtype.kind == "i":
            M *= draw(npst.arrays(M.dtype, shape, elements=st.sampled_from([-1, 1])))
    return A, B


@st.composite
def float_pairs(draw):
    """Pairs of the kinds that round: free floats, tiny and huge ones, thirds, one kind for A and one for B."""
    shape = draw(SHAPES)
    pair = []
    for _ in "AB":
        width = draw(st.sampled_from([16, 32, 64]))
        kinds = [
            st.floats(-2, 2, width=width),
            st.sampled_from([1 / 3, -1 / 7, 0.1, 0.0, 1.0, -0.9]),
            st.floats(-1, 1, width=width).map(lambda x, scale=2.0 ** (-20 if width == 16 else -140): x * scale),
        ]
        if width == 64:
            kinds += [st.floats(-1, 1).map(lambda x: x * 1e120), st.floats(-1e-300, 1e-300)]
        dtype = np.dtype(f"f{width // 8}")
        elements = draw(st.sampled_from(kinds)).map(lambda x, dtype=dtype: float(dtype.type(x)))
        pair.append(draw(npst.arrays(dtype, shape, elements=elements)))
    return tuple(pair)


SLOW = settings(max_examples=60, deadline=None)
QUICK = settings(max_examples=150, deadline=None)


# ------------------------------------------------------------------------------------- the value, over all inputs


@QUICK
@given(integer_pairs(), FEATURES, SCALES)
def test_integers_are_exact(pair, features, scale):
    A, B = pair
    m = A.shape[1]
    E = exact_entries(A, B, scale)
    result = worst_case_error(A, B, k=m, scale=scale, features=features)
    for k in range(1, m + 1):
        errors = row_errors(E, k, features)
        assert result.profile[k - 1].lower == result.profile[k - 1].upper == max(errors)
        assert isinstance(result.profile[k - 1].lower, Fraction)
        assert result.rows[k - 1] == errors.index(max(errors))  # the lowest row of all that attain it
        check_witness(worst_case_error(A, B, k=k, scale=scale, features=features), E)


@QUICK
@given(float_pairs(), FEATURES, SCALES, st.data())
def test_floats_are_enclosed(pair, features, scale, data):
    A, B = pair
    m = A.shape[1]
    E = exact_entries(A, B, scale)
    k = data.draw(st.integers(1, m))
    result = worst_case_error(A, B, k=k, scale=scale, features=features)
    for n in range(1, k + 1):
        errors = row_errors(E, n, features)
        assert contains(result.profile[n - 1], max(errors))
        if result.profile[n - 1].is_exact:
            assert result.rows[n - 1] == errors.index(max(errors))
    check_witness(result, E)
    assert result.error.is_exact  # five rows cannot exhaust the work that is allowed


@QUICK
@given(st.one_of(integer_pairs(), float_pairs()), FEATURES, SCALES, st.data())
def test_feature_errors_enclose_every_row(pair, features, scale, data):
    A, B = pair
    m = A.shape[1]
    k = data.draw(st.integers(1, m))
    E = exact_entries(A, B, scale)
    found = feature_errors(A, B, k=k, scale=scale, features=features)
    errors = row_errors(E, k, features)
    assert all(
        low <= x <= high for low, x, high in zip(found.lower.tolist(), errors, found.upper.tolist(), strict=True)
    )
    assert found.upper.max() >= worst_case_error(A, B, k=k, scale=scale, features=features).error.lower
    assert list(found.worst(m)) == sorted(range(m), key=lambda i: (-found.upper[i], i))
    for i in range(m):
        used = found.interferers[i] >= 0
        assert (found.interference[i][~used] == 0).all()
        for x, j in zip(found.interference[i][used], found.interferers[i][used], strict=True):
            assert x != 0 or 0 < abs(E[i][j]) < Fraction(1, 2**1074)  # an entry too small for a float
        assert len(set(found.interferers[i][used])) == used.sum()
        keys = [(-abs(x), j) for x, j in zip(found.interference[i][used], found.interferers[i][used], strict=True)]
        assert keys == sorted(keys)
        assert (found.interferers[i][used.sum() :] == -1).all()
        if A.dtype.kind != "f" and B.dtype.kind != "f":
            side = found.interference[i][used]
            assert side.tolist() == [float(E[i][j]) for j in found.interferers[i][used]]
            assert sum(abs(E[i][j]) for j in found.interferers[i][used]) == errors[i]
            assert features == "signed" or len({x > 0 for x in side}) <= 1
            assert found.lower[i] == accessibility.float_below(errors[i])


@pytest.mark.parametrize("features", ["signed", "binary"])
@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.float32, np.float64])
def test_many_blocks_and_tiles(monkeypatch, dtype, features):
    """More rows than a block, more columns than a tile, ties everywhere: the same as one sort of every row."""
    rng = np.random.default_rng()
    A, B = rng.integers(-2, 3, (2, 3, 150)).astype(dtype)
    if dtype == np.float64:
        A, B = A / 3, B / 7 + rng.integers(0, 2, (3, 1))  # rounds, and most rows are distinct
    monkeypatch.setattr(_products, "BLOCK_ROWS", 17)
    monkeypatch.setattr(_products, "TILE_ENTRIES", 1)
    E = exact_entries(A, B)
    result = worst_case_error(A, B, k=20, features=features)
    found = feature_errors(A, B, k=20, features=features)
    for k in (1, 2, 3, 19, 20):
        errors = row_sums(E, k, features)
        assert contains(result.profile[k - 1], max(errors))
        if dtype != np.float64:
            assert result.profile[k - 1].is_exact
            assert result.rows[k - 1] == errors.index(max(errors))
    check_witness(result, E)
    errors = row_sums(E, 20, features)
    assert all(
        low <= x <= high for low, x, high in zip(found.lower.tolist(), errors, found.upper.tolist(), strict=True)
    )
    if dtype != np.float64:
        for i in range(150):
            side = 1 if features == "signed" or any(found.interference[i] > 0) else -1
            weight = [abs(e) if features == "signed" else max(side * e, 0) for e in E[i]]
            ranked = [j for j in sorted(range(150), key=lambda j, w=weight: (-w[j], j)) if weight[j]][:20]
            assert [j for j in found.interferers[i] if j >= 0] == ranked


def test_every_order_of_arrival(monkeypatch):
    """Rising, falling, constant and alternating rows through the heap, tile by tile."""
    monkeypatch.setattr(_products, "TILE_ENTRIES", 1)
    j = np.arange(300)
    patterns = np.array([j, -j, 0 * j + 1, (-1) ** j * (j // 7), j % 5, np.minimum(j, 9), np.where(j < 299, 0, 1)])
    A = patterns.astype(np.int32)
    B = np.zeros((7, 300), np.int32)
    B[:, :7] = np.eye(7)
    E = exact_entries(A, B)
    for k in (1, 5, 64, 299, 300):
        found = feature_errors(A, B, k=k)
        for i in range(7):
            ranked = [j for j in sorted(range(300), key=lambda j, i=i: (-abs(E[i][j]), j)) if E[i][j]][:k]
            assert [j for j in found.interferers[i] if j >= 0] == ranked


# ---------------------------------------------------------------------------------------------------- exactness


@pytest.mark.parametrize("size", [2**12, 2**26, 2**31 - 1, 2**40, 2**53 + 1, 2**62])
@pytest.mark.parametrize("features", ["signed", "binary"])
def test_integer_tiers_agree_with_python(size, features):
    """Products on both sides of 2^24, 2^53 and 2^63: no tier may round or wrap."""
    rng = np.random.default_rng()
    A = rng.integers(size - 3, size + 1, (3, 9)) * rng.choice([-1, 1], (3, 9))
    B = rng.integers(-3, 4, (3, 9))
    B[:, 0] = A[:, 1]
    for pair in ((A, A), (A, B), (B, B)):
        for scale in (1, Fraction(-5, 2**61 + 1), 2**40):
            E = exact_entries(*pair, scale)
            result = worst_case_error(*pair, k=5, scale=scale, features=features)
            for k in range(1, 6):
                assert result.profile[k - 1].lower == result.profile[k - 1].upper == max(row_sums(E, k, features))
            check_witness(result, E)
            found = feature_errors(*pair, k=5, scale=scale, features=features)
            assert all(
                low <= x <= high
                for low, x, high in zip(found.lower, row_sums(E, 5, features), found.upper, strict=True)
            )


@pytest.mark.parametrize("bits", [24, 53])
def test_tiers_are_exact_at_their_limit(bits):
    """Sums of exactly 2^bits and 2^bits - 1 are told apart."""
    half = 2 ** (bits // 2)
    d = 2 ** (bits - 2 * (bits // 2))
    A = np.full((d, 3), half)
    B = A.copy()
    B[0, 1] -= 1
    assert [str(e) for e in worst_case_error(A, B, k=1).profile] == [str(2**bits)]
    assert worst_case_error(B, A, k=3).error.lower == 3 * 2**bits - half - 1


def test_extreme_integers():
    low = np.iinfo(np.int64).min
    assert worst_case_error(np.array([[low, 0]]), k=2).error.upper == 2**126 - 1
    assert worst_case_error(np.array([[2**64 - 1]], dtype=np.uint64), k=1).error.lower == (2**64 - 1) ** 2 - 1
    assert worst_case_error(np.array([[True, True]]), k=2).error.lower == 1


@given(st.floats(1e-3, 1e3), st.integers(0, 2**32))
@settings(max_examples=12, deadline=None)
def test_multiples_of_integers_are_exact(factor, seed):
    """Floats +-c and 0 are known exactly, ties and all: the error of the dyadic numbers that they are."""
    rng = np.random.default_rng(seed)
    A = rng.integers(-1, 2, (3, 80)) * factor
    result = worst_case_error(A, k=3)
    E = exact_entries(A, A)
    assert result.profile[2].lower == result.profile[2].upper == max(row_sums(E, 3, "signed"))
    assert result.rows[2] == row_sums(E, 3, "signed").index(result.error.lower)
    check_witness(result, E)


def test_more_ties_than_are_settled(monkeypatch):
    """Where all of 100 rows tie to within rounding the witness is exact still, and the upper side is close."""
    monkeypatch.setattr(_maximum, "MOST_CONTENDERS", 64)
    A = np.repeat(np.array([[1 / 3], [0.1], [math.pi]]), 100, axis=1)
    E = exact_entries(A[:, :1], A[:, :1])
    exact = 99 * (E[0][0] + 1) + E[0][0]
    result = worst_case_error(A, k=100)
    assert result.error.lower == exact < result.error.upper < exact * (1 + Fraction(1, 10**12))
    with pytest.raises(Undecided, match=r"W_100 lies in .* not decided"):
        result.holds(Fraction(result.error.upper))
    assert result.holds(Fraction(result.error.upper) + Fraction(1, 10**40))
    assert not result.holds(exact)


def test_work_is_bounded(monkeypatch):
    """With no exact work allowed the witness remains, and the enclosure."""
    monkeypatch.setattr(_maximum, "MOST_EXACT_PRODUCTS", 0)
    A = np.random.default_rng().standard_normal((5, 40))
    E = exact_entries(A, A)
    for features in ("signed", "binary"):
        result = worst_case_error(A, k=7, features=features)
        for k in range(1, 8):
            assert contains(result.profile[k - 1], max(row_sums(E, k, features)))
            assert result.profile[k - 1].upper - result.profile[k - 1].lower < Fraction(1, 10**10)
        assert not result.error.is_exact
        check_witness(result, E)
        assert value_at(E, result.witness) == max(row_sums(E, 7, features))


@SLOW
@given(st.integers(0, 2**32), st.sampled_from([0, 1, 3, 64]), st.integers(1, 3))
def test_near_ties_are_not_overlooked(seed, most, k):
    """Rows that differ by less than their rounding errors, with few or many of them evaluated again."""
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((6, 1)) * (1 + rng.integers(-2, 3, (6, 40)) * 2.0**-52)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_maximum, "MOST_CONTENDERS", most)
        result = worst_case_error(A, k=k)
    E = exact_entries(A, A)
    for n in range(1, k + 1):
        errors = row_sums(E, n, "signed")
        assert contains(result.profile[n - 1], max(errors))
        if most == 64:
            assert result.profile[n - 1].is_exact
            assert result.rows[n - 1] == errors.index(max(errors))
    check_witness(result, E)


def test_small_terms_that_a_sum_loses():
    """One entry of 1 and 200 of 0.9 units in its last place's half: each addition rounds them away."""
    A = np.full((1, 201), 0.9 * 2.0**-53)
    A[0, 0] = 2
    B = np.zeros((1, 201))
    B[0, 0] = 1
    found = feature_errors(A, B, k=201)
    assert found.lower[0] <= 1 + 200 * Fraction(A[0, 1]) <= found.upper[0]


@pytest.mark.parametrize("features", ["signed", "binary"])
def test_random_floats_are_settled(features):
    A, B = np.random.default_rng().standard_normal((2, 6, 120)).astype(np.float32)
    result = worst_case_error(A, B, k=10, features=features)
    E = exact_entries(A, B)
    for k in range(1, 11):
        assert result.profile[k - 1].lower == result.profile[k - 1].upper == max(row_sums(E, k, features))
    check_witness(result, E)


# ------------------------------------------------------------------------------------------------- invariances


@SLOW
@given(integer_pairs(), FEATURES, st.data())
def test_profile_is_a_prefix(pair, features, data):
    A, B = pair
    whole = worst_case_error(A, B, k=A.shape[1], features=features)
    k = data.draw(st.integers(1, A.shape[1]))
    part = worst_case_error(A, B, k=k, features=features)
    assert part.profile == whole.profile[:k]
    assert part.rows == whole.rows[:k]
    errors = [0, *(e.lower for e in whole.profile)]
    steps = [b - a for a, b in itertools.pairwise(errors)]
    assert all(step >= 0 for step in steps)
    assert all(e.lower <= (n + 1) * whole.profile[0].lower for n, e in enumerate(whole.profile))


@SLOW
@given(st.one_of(integer_pairs(), float_pairs()), st.randoms(use_true_random=False), st.data())
def test_relabelling_changes_nothing(pair, random, data):
    """Permuted columns, signs of pairs (a_i, b_i), signed permutations of coordinates."""
    A, B = pair
    A, B = (M.astype(np.int64) if M.dtype.kind in "iu" else M for M in (A, B))
    d, m = A.shape
    k = data.draw(st.integers(1, m))
    expected = worst_case_error(A, B, k=k)
    columns, coordinates = random.sample(range(m), m), random.sample(range(d), d)
    flips = np.array([random.choice([-1, 1]) for _ in range(m)])
    signs = np.array([[random.choice([-1, 1])] for _ in range(d)])
    for moved, back in (
        ((A[:, columns], B[:, columns]), columns),
        ((A * flips, B * flips), range(m)),
        ((A[coordinates] * signs, B[coordinates] * signs), range(m)),
    ):
        result = worst_case_error(*moved, k=k)
        assert result.error == expected.error
        errors = row_errors(exact_entries(A, B), k, "signed")
        assert errors[back[result.witness.row]] == errors[expected.witness.row]


@pytest.mark.parametrize("dtype", [np.int16, np.float16, np.float32, np.float64])
def test_layout_changes_nothing(tmp_path, dtype):
    rng = np.random.default_rng()
    A, B = (rng.standard_normal((2, 5, 200)) * 100).astype(dtype)
    np.save(tmp_path / "A.npy", A)
    wide = np.zeros((10, 600), dtype)
    wide[::-2, ::3] = A
    read_only = A.copy()
    read_only.flags.writeable = False
    expected = worst_case_error(A, B, k=4), feature_errors(A, B, k=4)
    others = [np.asfortranarray(A), wide[::-2, ::3], np.load(tmp_path / "A.npy", mmap_mode="r"), read_only]
    others.append(A.astype(A.dtype.newbyteorder()))
    if dtype != np.float64:
        others.append(A.astype(np.int64 if dtype == np.int16 else np.float64))
    for other in others:
        assert worst_case_error(other, B, k=4) == expected[0]
        found = feature_errors(other, B, k=4)
        for name in ("lower", "upper", "interferers", "interference"):
            assert np.array_equal(getattr(found, name), getattr(expected[1], name))
    if dtype == np.int16:
        assert worst_case_error(A.tolist(), B.tolist(), k=4) == expected[0]


@pytest.mark.parametrize("size", [0, 1])
def test_threads_change_nothing(monkeypatch, size):
    """Bit for bit, in an enclosure whose ends are floats (``size`` 0: no exact work) and in what features report."""
    monkeypatch.setattr(_maximum, "MOST_EXACT_PRODUCTS", size * 2**20)
    monkeypatch.setattr(_products, "BLOCK_ROWS", 32)
    A = np.random.default_rng().standard_normal((33, 400))
    results = []
    for workers in (1, 2, 7):
        monkeypatch.setattr(_products, "cores", lambda workers=workers: workers)
        found = feature_errors(A, k=9)
        results.append((worst_case_error(A, k=9), found.upper.tobytes(), found.interference.tobytes()))
    assert results[0] == results[1] == results[2]


def test_a_row_in_which_nothing_counts():
    """E = 0: the worst binary input is 0 itself."""
    result = worst_case_error([[-1], [0]], k=1, features="binary")
    assert result.error.lower == result.error.upper == 0
    assert result.witness.support == ()


def test_matrices_of_one_column_or_row():
    assert worst_case_error([[3]], k=1).error.lower == 8
    assert worst_case_error([[0.0, 0.0]], k=2).error.lower == 1
    assert worst_case_error([[0.5], [0.5]], k=1).error.lower == Fraction(1, 2)


# ------------------------------------------------------------------------------------------------ known values


@pytest.mark.parametrize("dtype", [int, float])
def test_identity_and_zero(dtype):
    eye = np.eye(70, dtype=dtype)
    assert [e.upper for e in worst_case_error(eye, k=70).profile] == [0] * 70
    assert [e.lower for e in worst_case_error(eye, k=3, scale=0).profile] == [1, 1, 1]
    assert worst_case_error(eye, k=2, scale=Fraction(3, 4)).error.lower == Fraction(1, 4)
    found = feature_errors(eye, k=2)
    assert (found.interferers == -1).all()


@pytest.mark.parametrize("m", [2, 3, 10, 97])
def test_simplex(m):
    """W_k = k/m, and the tie is decided: it does not hold at k/m itself."""
    result = worst_case_error(*simplex(m), k=m, scale=Fraction(1, m))
    assert (
        [e.lower for e in result.profile]
        == [e.upper for e in result.profile]
        == [Fraction(k, m) for k in range(1, m + 1)]
    )
    first = worst_case_error(*simplex(m), k=1, scale=Fraction(1, m))
    assert not first.holds(Fraction(1, m))
    assert first.holds(Fraction(1, m) + Fraction(1, 10**100))
    assert result.rows == (0,) * m


def test_etf_meets_welch():
    """Coherence 1/3 is the Welch bound of 16 vectors in 6 dimensions; at the best scale W_k = k mu/(1 + mu) = k/4."""
    A = integer_etf()
    third = Fraction(1, 3)
    assert coherence(A).lower == coherence(A).upper == welch_bound(16, 6).lower == welch_bound(16, 6).upper == third
    assert [e.lower for e in worst_case_error(A, k=16, scale=Fraction(1, 8)).profile] == [
        Fraction(k, 4) for k in range(1, 17)
    ]
    assert [e.upper for e in babel(A, 15)] == [third * k for k in range(1, 16)]
    assert coherence(A / math.sqrt(6)).lower == coherence(A / math.sqrt(6)).upper == third
    scaled = worst_case_error(A, scaled_probes(A, 3), k=3)
    assert abs(scaled.error.lower - Fraction(3, 4)) < Fraction(1, 10**15)


# ------------------------------------------------------------------------------------------ verdicts and records


def test_holds_is_strict():
    result = worst_case_error([[1, 0], [0, 2]], k=1, scale=Fraction(1, 10))  # E = diag(-9/10, -6/10)
    assert result.error.lower == Fraction(9, 10)
    for eps in ("0.9", 0.9, Fraction(9, 10), "9/10", 0, -1):
        assert result.holds(eps) is False
    for eps in ("0.9000000000000000000000000000001", 0.9000000000000001, 1, 5):
        assert result.holds(eps) is True
    for eps in ("x", None, float("nan"), float("inf"), True):
        with pytest.raises(InputError, match="eps must be"):
            result.holds(eps)


def test_equal_sides_are_told_by_the_positive_one():
    A = np.array([[1, 5, -5], [0, 1, 0], [0, 0, 1]])
    B = np.eye(3, dtype=int)
    result = worst_case_error(A, B, k=2, features="binary")
    assert (result.error.lower, result.witness.support, result.witness.signs) == (5, (1,), (1,))
    assert feature_errors(A, B, k=2, features="binary").interferers[0].tolist() == [1, -1]


def test_undecided_between_the_ends(monkeypatch):
    monkeypatch.setattr(_maximum, "MOST_EXACT_PRODUCTS", 0)
    result = worst_case_error(np.random.default_rng().standard_normal((4, 9)), k=3)
    low, high = Fraction(result.error.lower), Fraction(result.error.upper)
    assert low < high
    assert result.holds(low) is False
    assert result.holds(high + Fraction(1, 2**200)) is True
    for eps in (high, (low + high) / 2):
        with pytest.raises(Undecided):
            result.holds(eps)


@pytest.mark.parametrize("features", ["signed", "binary"])
@pytest.mark.parametrize("kind", [int, float])
def test_witness_rechecks_in_one_line(features, kind):
    rng = np.random.default_rng()
    A, B = rng.integers(-9, 10, (2, 4, 30)).astype(kind)
    A, B = (A, B) if kind is int else (A / 7, B / 3)
    W = worst_case_error(A, B, k=5, features=features)
    z, row = W.witness.to_vector(30), W.witness.row
    assert abs(abs(B[:, row] @ (A @ z) - z[row]) - float(W.error.lower)) <= (0 if kind is int else 1e-12)
    assert (z[list(W.witness.support)] == W.witness.signs).all()
    assert np.abs(z).sum() == len(W.witness.support)


def test_record_is_json():
    result = worst_case_error(*simplex(4), k=2, scale=Fraction(1, 4))
    record = json.loads(json.dumps(result.to_dict()))
    assert record == {
        "m": 4, "d": 3, "k": 2, "features": "signed",
        "error": {"lower": 0.5, "upper": 0.5, "exact": "1/2"},
        "witness": {"row": 0, "support": [0, 1], "signs": [-1, -1]},
        "profile": [
            {"k": 1, "lower": 0.25, "upper": 0.25, "exact": "1/4", "row": 0},
            {"k": 2, "lower": 0.5, "upper": 0.5, "exact": "1/2", "row": 0},
        ],
    }  # fmt: skip
    json.dumps(worst_case_error(np.array([[0.1, 1e-300, 1.7e100]]), k=2).to_dict(), allow_nan=False)


# ------------------------------------------------------------------------------------------------- magnitudes


@pytest.mark.parametrize("size", [1e-320, 1e-200, 1e-100, 1.0, 1e100, 1e150, 1e200, 1e300])
def test_any_magnitude_with_probes_to_match(size):
    """Pairs (c A, B/c) are as exact as (A, B): nothing underflows or overflows on the way."""
    A = np.array([[1.0, 0.7, -0.3], [0.2, 1.1, 0.6]]) * size
    B = np.array([[1.0, -0.6, 0.3], [0.1, 0.9, 0.8]])
    if size < 1e-300:
        result = worst_case_error(A, B, k=2, scale=10**320)
        E = exact_entries(A, B, 10**320)
    else:
        B = B / size
        result = worst_case_error(A, B, k=2)
        E = exact_entries(A, B)
    assert result.error.lower == result.error.upper == max(row_sums(E, 2, "signed"))
    found = feature_errors(A, B, k=2, scale=10**320 if size < 1e-300 else 1)
    assert (found.upper - found.lower < 1e-13).all()


def test_columns_of_all_magnitudes():
    """Diagonal matrices from 1e-250 to 1e50 and their inverses: exact, and the bound before it is not infinite."""
    sizes = 10.0 ** np.arange(-250, 51, 50)
    result = worst_case_error(np.diag(sizes), np.diag(1 / sizes), k=4)
    E = exact_entries(np.diag(sizes), np.diag(1 / sizes))
    assert result.error.is_exact
    assert result.error.lower == max(row_sums(E, 4, "signed")) < 1e-15


def test_overflow_asks_for_another_scale():
    for A, scale in (([[1e200]], 1), ([[1e155, 1e154]], 1), ([[3]], 10**400), ([[1.0]], Fraction(10**309))):
        for call in (worst_case_error, feature_errors):
            with pytest.raises(InputError, match="rescale"):
                call(np.array(A), k=1, scale=scale)
    assert worst_case_error(np.array([[1e200]]), k=1, scale=Fraction(1, 10**400)).error.lower < 1e-15
    with pytest.raises(InputError, match="rescale"):
        matched_probes(np.array([[1e-310]]))


@QUICK
@given(st.integers(1, 40), st.integers(0, 2**32), st.sampled_from([0, -600, 500]))
def test_rounding_bound_holds_entry_by_entry(d, seed, power):
    """Cancelling sums, where rounding errors are largest relative to the result: a bound that is too small shows."""
    rng = np.random.default_rng(seed)
    half = rng.standard_normal((d, 3)) * 10.0 ** rng.integers(0, 12, (d, 1))
    A = np.ldexp(np.vstack([half, half * (1 + 1e-15)]), power)
    B = np.ldexp(np.vstack([half[:, ::-1], -half[:, ::-1]]), -power)
    found = feature_errors(A, B, k=1)
    errors = row_sums(exact_entries(A, B), 1, "signed")
    assert all(
        low <= x <= high for low, x, high in zip(found.lower.tolist(), errors, found.upper.tolist(), strict=True)
    )


# --------------------------------------------------------------------------------------------------- probes


@SLOW
@given(npst.arrays(np.int64, SHAPES, elements=st.integers(-4, 4)), st.data())
def test_scaled_probes_are_the_best_multiples(A, data):
    """Row by row against all break points of the convex function c -> ||c A^T a_i - e_i||_(k), in Fractions."""
    m = A.shape[1]
    k = data.draw(st.integers(1, m))
    B = scaled_probes(A, k)
    found = row_sums(exact_entries(A, B), k, "signed")
    G = exact_entries(A, A)
    for i in range(m):
        g = [x + (i == j) for j, x in enumerate(G[i])]
        assert all(Fraction(b) == 0 for b in B[:, i]) or g[i] > 0

        def error(c, g=g, i=i):
            return sum(sorted((abs(c * x - (i == j)) for j, x in enumerate(g)), reverse=True)[:k])

        # piecewise linear in c: |c g_j| and |c g_i - 1| change order at these points only
        slopes = {abs(x) for x in g} - {0}
        points = {Fraction(0), *(1 / (g[i] + s) for s in slopes | {Fraction(0)} if g[i] + s)}
        points |= {1 / (g[i] - s) for s in slopes if g[i] != s}
        best = min(error(c) for c in points)
        assert abs(found[i] - best) < Fraction(1, 10**14)
    literal, matched = (row_sums(exact_entries(A, P), k, "signed") for P in (A, matched_probes(A)))
    assert all(f < min(a, b) + Fraction(1, 10**14) for f, a, b in zip(found, literal, matched, strict=True))


@SLOW
@given(npst.arrays(np.float64, SHAPES, elements=st.floats(-1, 1).map(lambda x: round(x, 3))), st.floats(-300, 150))
def test_matched_probes_read_single_features(A, power):
    A = A * 10.0**power
    B = matched_probes(A)
    for a, b in zip(A.T.tolist(), B.T.tolist(), strict=True):
        square = sum(Fraction(x) ** 2 for x in a)
        assert square == 0 or abs(sum(Fraction(x) * Fraction(y) for x, y in zip(a, b, strict=True)) - 1) < 1e-13
        assert square > 0 or b == [0.0] * len(b)


def test_probes_of_many_blocks(monkeypatch):
    A = np.random.default_rng().standard_normal((6, 150))
    whole = scaled_probes(A, 2)
    monkeypatch.setattr(_products, "BLOCK_ROWS", 11)
    monkeypatch.setattr(_products, "TILE_ENTRIES", 1)
    assert np.allclose(scaled_probes(A, 2), whole, rtol=1e-14, atol=0)
    errors = [worst_case_error(A, B, k=2).error.lower for B in (A, matched_probes(A), whole)]
    assert errors[2] <= 1 < min(errors[:2])


# ------------------------------------------------------------------------------------- coherence, Babel, Welch


def squared_coherence(A):
    """The exact square: of integers or Gaussian integers, or of the dyadic numbers that floats are."""
    columns = [[(Fraction(x.real), Fraction(x.imag)) for x in column] for column in A.T.tolist()]

    def square(a, b):
        real = sum(x[0] * y[0] + x[1] * y[1] for x, y in zip(a, b, strict=True))
        imaginary = sum(x[0] * y[1] - x[1] * y[0] for x, y in zip(a, b, strict=True))
        return real**2 + imaginary**2

    norms = [sum(x**2 + y**2 for x, y in a) for a in columns]
    pairs = itertools.combinations(range(len(columns)), 2)
    return max(square(columns[i], columns[j]) / (norms[i] * norms[j]) for i, j in pairs)


@QUICK
@given(
    st.tuples(st.integers(1, 4), st.integers(2, 5)).flatmap(
        lambda shape: st.one_of(
            npst.arrays(np.int64, shape, elements=st.integers(-3, 3)),
            npst.arrays(np.int64, shape, elements=st.sampled_from([-1, 1])),
            npst.arrays(np.float64, shape, elements=st.floats(-1, 1).map(lambda x: round(x, 2) * 1e-160)),
            npst.arrays(np.float32, shape, elements=st.floats(-1, 1, width=32).map(lambda x: float(np.float32(x / 3)))),
            npst.arrays(np.complex128, shape, elements=st.builds(complex, st.integers(-2, 2), st.integers(-2, 2))),
        )
    )
)
def test_coherence_is_enclosed(A):
    zero = [j for j in range(A.shape[1]) if not A[:, j].any()]
    if zero:
        with pytest.raises(InputError, match=f"column {zero[0]} of A is zero"):
            coherence(A)
        return
    mu = coherence(A)
    assert Fraction(mu.lower) ** 2 <= squared_coherence(A) <= Fraction(mu.upper) ** 2
    assert mu.upper - mu.lower < 1e-13
    assert mu.upper <= 1
    squares = {sum(x * x for x in column) for column in A.T.tolist()}
    if A.dtype == np.int64 and len(squares) == 1:
        assert mu.is_exact
    if A.dtype.kind != "c":
        assert babel(A, 1) == (mu,)


@SLOW
@given(npst.arrays(np.int64, st.tuples(st.integers(1, 4), st.integers(2, 5)), elements=st.integers(1, 5)), st.data())
def test_babel_is_the_largest_sum(A, data):
    """Against all sets of columns, with square roots taken to 60 digits."""
    m = A.shape[1]
    k = data.draw(st.integers(1, m - 1))
    G = (A.T @ A).tolist()

    def cosine(i, j):
        return Fraction(math.isqrt(10**120 * G[i][j] ** 2 // (G[i][i] * G[j][j])), 10**60)

    for n, value in enumerate(babel(A, k), start=1):
        sets = ((i, S) for i in range(m) for S in itertools.combinations([j for j in range(m) if j != i], n))
        largest = max(sum(cosine(i, j) for j in S) for i, S in sets)
        assert value.lower <= largest + Fraction(n, 10**60)
        assert value.upper >= largest
        assert value.upper - value.lower < 1e-13
        assert value.upper <= n


def test_babel_is_the_worst_case_of_unit_columns():
    A = integer_etf()[:, :9]
    rows = worst_case_error(A, k=8, scale=Fraction(1, 6)).profile
    assert babel(A, 8) == rows
    for found, exact in zip(babel(A * np.arange(1, 10), 8), rows, strict=True):  # other lengths, the same lines
        assert not found.is_exact
        assert contains(found, exact.lower)


def test_weil_frame_meets_its_theorem():
    """p^2 quadratic phases in p dimensions: complex coherence 1/sqrt(p), and 1/sqrt(p) at most in real form."""
    p = 7
    x = np.arange(p)
    phases = np.array([(a * x * x + b * x) % p for a in range(p) for b in range(p)]).T
    A = np.exp(2j * np.pi * phases / p)
    mu = coherence(A)
    assert abs(Fraction(mu.upper) ** 2 - Fraction(1, p)) < 1e-12
    assert mu.lower < mu.upper < mu.lower + 1e-12
    real = coherence(real_form(A))
    assert real.lower <= mu.upper
    wide = babel(A, 48)
    assert wide[-1].lower <= 42 / math.sqrt(p) + 1e-12 <= wide[-1].upper + 1e-11  # 42 of 48 others are at 1/sqrt(p)


@given(npst.arrays(np.complex128, SHAPES, elements=st.builds(complex, st.integers(-5, 5), st.integers(-5, 5))))
@SLOW
def test_real_form_has_the_parts_as_products(A):
    R = real_form(A)
    d, m = A.shape
    assert R.shape == (2 * d, 2 * m)
    G = A.conj().T @ A
    assert np.array_equal(R.T @ R, np.block([[G.real, -G.imag], [G.imag, G.real]]))
    for j in range(m):
        assert np.array_equal(R[:, j], np.concatenate([A[:, j].real, A[:, j].imag]))
        assert np.array_equal(R[:, m + j], np.concatenate([-A[:, j].imag, A[:, j].real]))


@given(st.integers(1, 10**12), st.integers(1, 10**12))
@QUICK
def test_welch_bound_is_enclosed(m, d):
    bound = welch_bound(m, d)
    square = Fraction(m - d, d * (m - 1)) if m > d else 0
    assert Fraction(bound.lower) ** 2 <= square <= Fraction(bound.upper) ** 2
    assert bound.upper - bound.lower <= 1e-15 * bound.upper


def test_published_coherences():
    """[FR], ch. 5: the Welch bound of m = d + 1 is 1/d, that of 276 lines in 23 dimensions is 1/5."""
    assert welch_bound(276, 23).lower == welch_bound(276, 23).upper == Fraction(1, 5)
    assert [welch_bound(d + 1, d).lower for d in range(1, 9)] == [Fraction(1, d) for d in range(1, 9)]
    assert welch_bound(5, 5).upper == welch_bound(1, 1).upper == 0
    assert coherence([[2.0]]).upper == 0


# ---------------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("message", "arguments"),
    [
        ("k must be", {"A": [[1, 2]], "k": 0}),
        ("k must be at most", {"A": [[1, 2]], "k": 3}),
        ("both must be", {"A": [[1, 2]], "B": [[1], [2]], "k": 1}),
        ("complex", {"A": [[1j]], "k": 1}),
        ("differ in length", {"A": [[1, 2], [3]], "k": 1}),
        ("every entry must be finite", {"A": [[1.0, math.nan]], "k": 1}),
        ("scale must be", {"A": [[1]], "k": 1, "scale": 0.1}),
        ("scale must be", {"A": [[1]], "k": 1, "scale": "x"}),
        ("features must be one of", {"A": [[1]], "k": 1, "features": "ternary"}),
        ("2\\^53", {"A": [[2**60]], "B": [[0.1]], "k": 1}),
    ],
)
def test_refusals_take_one_line(message, arguments):
    for call in (worst_case_error, feature_errors):
        with pytest.raises(InputError, match=message) as refusal:
            call(**arguments)
        assert "\n" not in str(refusal.value)


def test_babel_needs_other_columns():
    for k in (0, 3):
        with pytest.raises(InputError, match="k must be"):
            babel([[1, 2, 3]], k)


# ------------------------------------------------------------------------------------------------ the machine


def test_no_square_array():
    """m = 6000 rows in a small part of the 288 MB that E would take."""
    A = np.random.default_rng().standard_normal((8, 6000)).astype(np.float32)
    worst_case_error(A[:, :600], k=4)  # compile
    tracemalloc.start()
    worst_case_error(A, k=4)
    feature_errors(A, k=4)
    scaled_probes(A, 4)
    babel(A, 4)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6000 * 6000 * 8 / 4


def test_progress_goes_to_stderr(capsys):
    A = np.eye(5)
    quiet = worst_case_error(A, k=1)
    assert capsys.readouterr() == ("", "")
    assert worst_case_error(A, k=1, progress=True) == quiet
    out, err = capsys.readouterr()
    assert out == ""
    assert "5/5" in err


def test_interrupt_comes_through():
    """Ctrl-C in the middle of work for hours ends it; the timeout only guards against hanging."""
    code = "import numpy as np, lincs; lincs.worst_case_error(np.random.rand(64, 300000), k=2, progress=True)"
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    text = ""
    while text.count("]") < 2 and process.poll() is None:  # the progress bar is drawn again: blocks are coming in
        text += process.stderr.read(1)
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=120)
    assert "KeyboardInterrupt" in rest


def test_import_is_light():
    code = "import sys, lincs.accessibility; print([x for x in ('numba', 'tqdm', 'threadpoolctl') if x in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
