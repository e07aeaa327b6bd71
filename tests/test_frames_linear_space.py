"""Laws of the frames of points and lines: every Gram matrix in integers, the spaces themselves, the selector."""

from collections import Counter
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lincs import InputError
from lincs.check._families import FAMILIES as CHECKED
from lincs.frames.hadamard import filling
from lincs.frames.linear_space import (
    SIMPLICES,
    Space,
    _cheapest,
    _groups,
    _least_dimension,
    _least_size,
    _read,
    linear_space,
    linear_space_for,
)

#: The least prime power in the factorisation of an order.
LEAST_FACTOR = {2: 2, 3: 3, 4: 4, 5: 5, 6: 2, 7: 7, 8: 8, 9: 9, 10: 2}


@cache
def designs(v, r, c):
    """All designs of v points on r lines, with any groups that there can be."""
    if r <= 1 or v == 0:
        return [""]
    found = ["-"]
    for s in range(1, v + 1):
        for a in range(1, min(r, s) + 1):
            if s == 1 or -(-v // s) <= LEAST_FACTOR[s] + (a == s):
                for full in designs(s, r - a, c):
                    found += [" ".join(filter(None, [f"{s}/{a}", full, last])) for last in designs(v % s, r - a, c)]
    return found


def space(v, r, c, design):
    return _read(v, r, c, iter(design.split() if r > 1 else ()))


def lines(found: Space):
    """The points of each line, by its first coordinate."""
    first, place, length = found.through(np.arange(found.v))
    members = {}
    for x in range(found.v):
        for line, at, size in zip(first[:, x].tolist(), place[:, x].tolist(), length[:, x].tolist(), strict=True):
            members.setdefault((line, size), {})[at] = x
    return members


@pytest.mark.parametrize("c", [0, 3])
@pytest.mark.parametrize(
    ("v", "r", "design"),
    [(17, 5, "4/4"), (20, 7, "4/4 -"), (20, 5, "4/4"), (23, 6, "5/5"), (19, 8, "8/7"), (36, 13, "12/12"),
     (35, 16, "12/11 3/3 1/1 - - -"), (50, 20, "15/15 5/5 -"), (81, 10, "9/9"), (90, 10, "9/9"), (84, 10, "9/9")],
)  # fmt: skip
def test_two_points_are_on_at_most_one_line(v, r, c, design):
    found = space(v, r, c, design)
    members = lines(found)
    pairs = Counter()
    for (_, size), points in members.items():
        assert sorted(points) == list(range(size)), "places on a line are 0, 1, .., and no point is missing"
        pairs.update((x, y) for x in points.values() for y in points.values() if x < y)
    assert max(pairs.values(), default=1) == 1
    assert max(size for _, size in members) == found.longest
    # the coordinates of the lines follow each other without gaps
    ends = {line: line + (size - size // c if c else 1) for line, size in members}
    assert sorted(ends) == [0, *sorted(ends.values())[:-1]]
    assert max(ends.values()) == found.size
    assert sum(size for _, size in members) == v * r


@pytest.mark.parametrize("c", [0, 3, 4])
@pytest.mark.parametrize("r", [1, 2, 3, 4])
def test_integer_gram_matrix_of_every_small_member(r, c):
    if filling(r, c > 0) is None:
        with pytest.raises(InputError, match="no matrix of signs"):
            linear_space(4, r, "-", c)
        return
    for v in range(1, 8 if r < 4 else 6):
        for design in designs(v, r, c):
            check_member(linear_space(v, r, design or "-", c))


@pytest.mark.parametrize(
    "arguments",
    [(16, 5, "4/4"), (25, 6, "5/5"), (30, 6, "5/5"), (17, 6, "4/4 - -"), (35, 7, "7/7"), (35, 8, "7/7", 5),
     (20, 9, "4/4 -"), (20, 10, "5/5 -", 4), (45, 10, "9/9", 5), (50, 20, "15/15 5/5 -"), (64, 12, "11/11"),
     (30, 12, "7/7 - -", 6)],
)  # fmt: skip
def test_integer_gram_matrix(arguments):
    check_member(linear_space(*arguments))


def check_member(frame):
    check_gram(frame)
    assert CHECKED["linear_space"][0](**frame.params) == (frame.d, frame.m, frame.coherence_squared)


def check_gram(frame, indices=None):
    first = np.arange(frame.m) if indices is None else np.array(indices)
    A, B = frame.columns(first), frame.probes(first)
    assert A.shape == B.shape == (frame.d, len(first))
    # integers below 2^24, or the pairs are few
    exact = np.float32 if frame.diagonal < 2**20 else np.float64
    gram = B.T.astype(exact) @ A.astype(exact)
    if len(first) <= 300:
        assert (gram == B.T @ A).all(), "the raw dtype overflows"
    assert (np.diagonal(gram) == frame.diagonal).all()
    np.fill_diagonal(gram, 0)
    attained = Fraction(int(np.abs(gram).max()), frame.diagonal) ** 2
    if indices is None:
        assert A.any(axis=1).all(), "no coordinate is idle"
        assert attained == frame.coherence_squared if frame.coherence_is_exact else attained < frame.coherence_squared
    else:
        assert attained <= frame.coherence_squared


@pytest.mark.parametrize("r", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 25, 26, 27, 28, 29, 49, 50, 51, 52])
@pytest.mark.parametrize("is_orthogonal", [False, True])
def test_matrices_of_signs(r, is_orthogonal):
    signs = filling(r, is_orthogonal)
    if signs is None:
        assert is_orthogonal
        assert r % 2
        return
    S = signs.columns(np.arange(signs.count)).astype(int)
    assert S.shape == (r, signs.count)
    gram = S.T @ S
    assert (np.diagonal(gram) == signs.diagonal).all()
    largest = np.abs(gram - np.diag(np.diagonal(gram))).max(initial=0)
    assert largest <= (0 if signs.is_orthogonal else signs.bound)
    assert np.abs(S).max() ** 2 <= signs.bound
    assert signs.diagonal >= signs.bound * (r - 1)
    # what a frame of one shared coordinate attains
    assert is_orthogonal or r <= 2 or np.abs(S).max() ** 2 == signs.bound


#: The members that the best-known table has, up to m = 20000.
TABLE = [(m, Fraction(x)) for m in (1000, 10**4) for x in ("0.05", "0.02", "0.01", "0.005")]


@pytest.mark.slow
@pytest.mark.parametrize(("m", "delta"), TABLE)
def test_members_of_the_table(m, delta):
    check_gram(linear_space_for(m, delta))


@pytest.mark.parametrize(
    ("m", "delta"),
    [(10**3, "0.05"), (10**3, "0.02"), (10**3, "0.01"), (10**5, "0.02"), (10**5, "0.01"), (10**5, "0.005"),
     (10**6, "0.005"), (10**6, "0.03"), (10**20, "0.1")],
)  # fmt: skip
def test_blocks_of_larger_members(m, delta):
    frame = linear_space_for(m, Fraction(delta))
    assert frame.m >= m
    assert frame.is_accurate(Fraction(delta))
    if frame.d > 10**6:
        return
    rng = np.random.default_rng(frame.d)
    size = frame.diagonal
    near = rng.integers(frame.m - size) + np.arange(size)  # of a few points
    check_gram(frame, sorted({*near.tolist(), *rng.integers(0, frame.m, 200).tolist(), 0, frame.m - 1}))


@given(st.sampled_from([(30, "1/8"), (200, "1/12"), (500, "1/30"), (90, "1/60")]), st.data())
def test_columns_are_those_of_the_matrix(query, data):
    frame = linear_space_for(query[0], Fraction(query[1]))
    indices = data.draw(st.lists(st.integers(0, frame.m - 1), max_size=5))
    assert np.array_equal(frame.columns(indices), frame.matrix()[:, indices])
    assert np.array_equal(frame.probes(indices), frame.probes(np.arange(frame.m))[:, indices])
    assert linear_space(**frame.params) == frame


# --- the selector ---


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 10), st.integers(1, 3), st.sampled_from([0, 3, 4]))
def test_no_design_of_few_points_is_smaller(v, r, c):
    sizes = [space(v, r, c, design).size for design in designs(v, r, c)]
    assert _cheapest(v, r, c)[0] == min(sizes)
    assert space(v, r, c, _cheapest(v, r, c)[1] or "-").size == min(sizes)


@settings(deadline=None, max_examples=300)
@given(st.integers(0, 4000), st.integers(0, 130), st.sampled_from(SIMPLICES))
def test_the_size_is_at_least_its_bound_and_grows(v, r, c):
    size, design = _cheapest(v, r, c)
    assert _least_size(v, r, c) <= size <= v * r
    assert size <= _cheapest(v + 1, r, c)[0]
    if v and r:
        assert space(v, r, c, design).size == size
        assert all(s * (s + 1) >= v for s, _ in _groups(v, r, c))
        assert _least_dimension(v * (r + 1), r, c) <= _least_dimension(v * (r + 1), r + 1, c)


queries = st.tuples(
    st.integers(1, 10**5) | st.integers(1, 60).map(lambda e: 2**e),
    st.fractions(Fraction(1, 1000), Fraction(2, 3)) | st.integers(2, 200).map(lambda n: Fraction(1, n)),
)


@settings(deadline=None, max_examples=150)
@given(queries, queries)
def test_harder_questions_never_have_smaller_answers(one, other):
    easy = (min(one[0], other[0]), max(one[1], other[1]))
    hard = (max(one[0], other[0]), min(one[1], other[1]))
    sizes = []
    for m, delta in (easy, one, hard):
        frame = linear_space_for(m, delta)
        if frame is not None:
            assert frame.m >= m > frame.d
            assert frame.is_accurate(delta)
        sizes.append(m if frame is None else frame.d)
    assert sizes == sorted(sizes)


def test_the_error_must_be_smaller_than_delta_not_equal():
    for frame in (linear_space(16, 5, "4/4"), linear_space(40, 6, "7/5"), linear_space(40, 8, "7/7", 5)):
        delta = Fraction(frame.error.upper)
        assert linear_space_for(frame.m, delta).coherence_squared < frame.coherence_squared
        assert linear_space_for(frame.m, delta + Fraction(1, 10**30)).d <= frame.d


def test_where_members_would_be_too_large_there_are_none():
    assert linear_space_for(10**300, Fraction(1, 10)) is None
    assert linear_space_for(10**9, Fraction(1, 10**12)) is None
    assert linear_space_for(5, Fraction(1, 100)) is None
    assert linear_space_for(10**30, Fraction(1, 10)) is None or linear_space_for(10**30, Fraction(1, 10)).m >= 10**30


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((0, 4), "points"),
        ((5, 0), "lines"),
        ((5, 92), "no matrix of signs is made here for lines = 92"),
        ((9, 3, "3/3", 3), "and simplices"),
        ((9, 4, "3/3", 2), "at least 3"),
        ((9, 4, "3/3 -"), "more parts"),
        ((9, 4, "3/2"), "got nothing more"),
        ((9, 4, ""), "got nothing more"),
        ((9, 4, "3x3"), "got 3x3"),
        ((9, 4, "10/4"), "s in design"),
        ((9, 4, "3/0"), "a in design"),
        ((9, 4, "2/2"), "groups of 2"),
        ((17, 4, "4/3"), "5 groups of 4"),
        ((40, 8, "6/6 -"), "groups of 6"),
    ],
)
def test_what_does_not_exist_is_refused_in_one_line(arguments, says):
    with pytest.raises(InputError) as caught:
        linear_space(*arguments)
    assert says in str(caught.value)
    assert str(caught.value).isprintable()
