"""Random columns are fixed by their index; the Gilbert-Varshamov count is exact, and its frames are as stated."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lincs._checks import InputError
from lincs.frames.random import ENSEMBLES, _exists, gilbert_varshamov, gilbert_varshamov_for, random_columns

seeds = st.integers(0, 2**64 - 1)


@pytest.mark.parametrize("ensemble", ENSEMBLES)
@given(indices=st.lists(st.integers(0, 2**63 - 1) | st.integers(0, 300), max_size=8), seed=seeds, d=st.integers(1, 9))
@settings(deadline=None)
def test_a_column_depends_on_its_index_alone(ensemble, indices, seed, d):
    A = random_columns(d, indices, ensemble, seed)
    assert A.shape == (d, len(indices))
    for position, index in enumerate(indices):
        assert np.array_equal(random_columns(d, [index], ensemble, seed)[:, 0], A[:, position])


@pytest.mark.parametrize("ensemble", ENSEMBLES)
@given(seed=seeds)
@settings(max_examples=10, deadline=None)
def test_other_indices_and_seeds_give_other_columns(ensemble, seed):
    # by chance, 200 bits agree with probability 2^-200 a pair
    indices = [*range(1000), *range(2**62, 2**62 + 1000)]
    A = random_columns(200, indices, ensemble, seed)
    B = random_columns(200, indices, ensemble, seed ^ 1)
    assert len(np.unique(np.concatenate([A, B], axis=1), axis=1).T) == 4000


def test_ensembles_have_their_laws():
    d, m = 50, 20_000
    signs = random_columns(d, range(m), "rademacher")
    assert signs.dtype == np.int8
    assert (np.abs(signs) == 1).all()
    sphere, normal = random_columns(d, range(m)), random_columns(d, range(m), "gaussian")
    assert np.abs(np.linalg.norm(sphere, axis=0) - 1).max() < 1e-14
    # sums of m terms of variance at most 1 in 50 x 50 pairs: beyond 7 standard deviations with probability below 1e-8;
    # the seed is fixed
    for A in (signs, sphere * math.sqrt(d), normal * math.sqrt(d)):
        assert np.abs(A.sum(axis=1)).max() < 7 * math.sqrt(m)
        assert np.abs(A.astype(float) @ A.T - m * np.eye(d)).max() < 7 * math.sqrt(2 * m)
    fourth = (normal**4).mean() * d**2  # 3 for the normal law: the mean of 10^6 terms of variance 96
    assert abs(fourth - 3) < 7 * math.sqrt(96 / (d * m))


# ---- the count, against exact sums


def signs_tail(d, mu):
    """P(|S| > mu d) for the sum S of d random signs."""
    return Fraction(sum(math.comb(d, i) for i in range(d + 1) if abs(2 * i - d) > mu * d), 2**d)


def sphere_tail(d, mu):
    """P(|<u, v>| > mu) on the sphere for odd d: the density (1 - x^2)^((d-3)/2) is a polynomial."""
    degree = (d - 3) // 2

    def primitive(x):
        return sum(Fraction((-1) ** i * math.comb(degree, i), 2 * i + 1) * x ** (2 * i + 1) for i in range(degree + 1))

    return 1 - primitive(mu) / primitive(Fraction(1))


unit_fractions = st.fractions(0, 1, max_denominator=60).filter(lambda mu: 0 < mu < 1)


@given(d=st.integers(2, 80), mu=unit_fractions, m=st.integers(1, 10**9), near=st.integers(-1, 2))
def test_count_of_signs_is_exact(d, mu, m, near):
    tail = signs_tail(d, mu)
    for features in (m, max(1, int(1 / tail) + near) if tail else m):
        assert _exists(d, features, mu, "rademacher") == ((features - 1) * tail < 1)


@given(
    d=st.integers(1, 40).map(lambda i: 2 * i + 1), mu=unit_fractions, m=st.integers(1, 10**9), near=st.integers(-1, 2)
)
def test_count_on_the_sphere_is_exact(d, mu, m, near):
    tail = sphere_tail(d, mu)
    for features in (m, max(1, int(1 / tail) + near)):
        assert _exists(d, features, mu) == ((features - 1) * tail < 1)


def test_count_is_strict_at_equality():
    # d = 3: P(|<u, v>| > mu) = 1 - mu, so that (m - 1) P = 1 for m = 3 and mu = 1/2
    assert sphere_tail(3, Fraction(1, 2)) == Fraction(1, 2)
    assert not _exists(3, 3, Fraction(1, 2))
    assert _exists(3, 3, Fraction(1, 2) + Fraction(1, 10**40))
    # four signs: P(|S| > 2) = 1/8
    assert not _exists(4, 9, Fraction(1, 2), "rademacher")
    assert _exists(4, 8, Fraction(1, 2), "rademacher")


def test_one_vector_always_exists_and_one_dimension_holds_no_two():
    assert _exists(1, 1, Fraction(1, 10))
    assert not _exists(1, 2, Fraction(9, 10))
    assert not _exists(1, 2, Fraction(9, 10), "rademacher")


# ---- the selector


@pytest.mark.parametrize(("m", "delta", "d"), [(1, "1/10", 1), (2, "1/200", 2), (10**30, "1/2", 2), (10**9, "1", 2)])
def test_selected_dimensions(m, delta, d):
    assert gilbert_varshamov_for(m, Fraction(delta)).d == d


@given(
    m=st.integers(2, 10**6) | st.integers(2, 10**15),
    delta=st.fractions(Fraction(1, 6), Fraction(1, 2), max_denominator=200),
)
@settings(max_examples=60, deadline=None)
def test_selected_dimension_is_the_least(m, delta):
    limit = delta / (1 - delta)

    def exists(d):
        return d >= 3 and (m - 1) * sphere_tail(d, limit) < 1

    frame = gilbert_varshamov_for(m, delta)
    assert frame.m == m
    assert frame.is_accurate(delta)
    if frame.d % 2:  # tails fall as d grows, and those of odd d are rational
        assert exists(frame.d)
        assert not exists(frame.d - 2)
    else:
        assert exists(frame.d + 1)
        assert not exists(frame.d - 1)
        assert frame.d == 2 or not _exists(frame.d - 1, m, limit)


def test_selector_gives_up_far_away():
    assert gilbert_varshamov_for(10, Fraction(1, 10**50)).d > 10**99
    assert gilbert_varshamov_for(10, Fraction(1, 10**100)) is None


@given(
    m=st.tuples(st.integers(1, 10**30), st.integers(1, 10**30)),
    delta=st.tuples(*[st.fractions(Fraction(1, 10**4), 1)] * 2),
)
@settings(max_examples=60, deadline=None)
def test_selector_is_monotone(m, delta):
    easy, hard = gilbert_varshamov_for(min(m), max(delta)), gilbert_varshamov_for(max(m), min(delta))
    assert easy.d <= hard.d
    assert hard.m == max(m)
    assert hard.error.upper < min(delta)


# ---- the frames


@pytest.mark.parametrize(
    ("d", "m", "coherence", "ensemble"),
    [
        (3, 3, "0.51", "spherical"),
        (40, 150, "0.5", "spherical"),
        (60, 400, "0.5", "rademacher"),
        (7, 4, "0.8", "rademacher"),
    ],
)
@given(seed=seeds, data=st.data())
@settings(max_examples=10, deadline=None)
def test_frame_is_as_stated(d, m, coherence, ensemble, seed, data):
    frame = gilbert_varshamov(d, m, coherence, ensemble, seed)
    assert gilbert_varshamov(**frame.params) == frame
    assert frame.coherence_squared == Fraction(coherence) ** 2
    A = frame.matrix()
    assert A.shape == (d, m)
    G = A.T @ A
    if ensemble == "rademacher":
        assert (np.abs(A) == 1).all()
        assert (np.diag(G) == frame.diagonal).all()
    else:
        assert np.abs(np.diag(G) - 1).max() < 1e-14
    off = np.abs(G - np.diag(np.diag(G))).max()
    assert Fraction(off.item()) <= Fraction(coherence) * frame.diagonal
    indices = data.draw(st.lists(st.integers(0, m - 1), max_size=5))
    assert np.array_equal(frame.columns(indices), A[:, indices])


def test_candidates_are_refused():
    # among 400 random sign vectors in 24 dimensions some come too close, so the choice must differ from the draw
    frame = gilbert_varshamov(24, 400, "2/3", "rademacher", seed=1)
    draw = random_columns(24, range(400), "rademacher", seed=1).astype(int)
    assert np.abs(draw.T @ draw - 24 * np.eye(400, dtype=int)).max() > 16
    kept = []
    for candidate in random_columns(24, range(1000), "rademacher", seed=1).astype(int).T:
        if len(kept) < 400 and all(abs(candidate @ other) <= 16 for other in kept):
            kept.append(candidate)
    assert np.array_equal(frame.matrix(), np.array(kept).T)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((3, 3, "1/2"), "count"),
        ((3, 3, 1), "count"),
        ((1, 2, "0.9"), "count"),
        ((3, 3, 0), "coherence"),
        ((4, 9, "1/2", "rademacher"), "count"),
        ((10, 2, "0.9", "gaussian"), "ensemble"),
        ((10, 2, "0.9", "spherical", -1), "seed"),
    ],
)
def test_makers_refuse_what_has_no_theorem(arguments, message):
    with pytest.raises(InputError, match=message) as refusal:
        gilbert_varshamov(*arguments)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("indices", [[-1], [2**63], [0.5], [[1]], [True]])
def test_random_columns_refuse_what_is_no_index(indices):
    with pytest.raises(InputError, match="indices"):
        random_columns(3, indices)


def test_columns_that_take_too_long_are_refused():
    with pytest.raises(InputError, match="takes too long"):
        gilbert_varshamov(1000, 10**9, "1/2").columns([10**8])
    with pytest.raises(InputError, match="takes too long"):
        gilbert_varshamov(2, 2, "1e-12").matrix()  # the second vector must be orthogonal to the first, nearly


def test_worst_case_error_of_a_sign_frame():
    frame = gilbert_varshamov(60, 100, "1/2", "rademacher")
    worst = frame.worst_case_error(k=2)
    assert worst.profile[0].is_exact
    assert worst.profile[0].upper <= frame.error.upper
