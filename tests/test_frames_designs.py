"""Laws of the frames that come from conference matrices, Hadamard matrices and block designs."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lincs._checks import InputError
from lincs._numbers import prime_power
from lincs.frames._fields import field_difference, field_product, nonzero_squares
from lincs.frames.hadamard import _factors, conference_columns, hadamard_columns, hadamard_matrix, has_hadamard
from lincs.frames.paley import LARGEST_Q, next_order, paley, paley_for
from lincs.frames.steiner import LARGEST_V, block_design, steiner, steiner_for

PALEY_ORDERS = [5, 9, 13, 17, 25, 29, 37, 49, 81, 125, 169]
STEINER_MEMBERS = [
    ("pairs", 4),
    ("pairs", 8),
    ("pairs", 12),
    ("pairs", 20),
    ("triples", 7),
    ("triples", 15),
    ("triples", 31),
    ("triples", 39),
    ("triples", 55),
    ("affine", 2, 2),
    ("affine", 2, 4),
    ("projective", 2, 2),
    ("projective", 2, 4),
]
GEOMETRIES_OVER_5 = [("affine", 5, 3), ("projective", 5, 3)]
# a quarter, a half, ties with members (coherence 1/r is met by delta = 1/(r + 1)), and beyond
DELTAS = [Fraction(1, n) for n in (1, 2, 3, 4, 5, 6, 8, 11, 12, 32, 50)] + [Fraction(2, 3), Fraction(99, 1000)]


def is_prime_power(n):
    """By trial division."""
    p = next((p for p in range(2, n + 1) if n % p == 0), 0)
    while p and n % p == 0:
        n //= p
    return p > 0 and n == 1


def is_welch_equality(frame):
    return Fraction(frame.m - frame.d, frame.d * (frame.m - 1)) == frame.coherence_squared


# Fields


@pytest.mark.parametrize("q", [3, 4, 5, 8, 9, 16, 25, 27])
def test_products_and_differences_are_those_of_a_field(q):
    x = np.arange(q)
    table, minus = field_product(x[:, None], x, q), field_difference(x[:, None], x, q)
    assert (table == table.T).all()
    assert (table[1] == x).all()
    assert (table[table] == table[:, table]).all(), "associative"
    # no zero divisors, hence inverses
    assert (np.sort(table[1:, 1:]) == x[1:]).all()
    assert (minus[:, 0] == x).all()
    assert (np.diagonal(minus) == 0).all()
    assert (minus[minus[:, :, None], x] == minus[minus[:, None, :], x[:, None]]).all(), "(a - b) - c = (a - c) - b"
    assert (table[:, minus] == minus[table[:, :, None], table[:, None, :]]).all(), "distributive"
    if q % 2:
        assert nonzero_squares(q).tolist() == sorted({int(table[y, y]) for y in range(1, q)})


@given(st.integers(0, 2**32 - 6), st.integers(0, 2**32 - 6))
def test_products_of_large_residues_do_not_overflow(x, y):
    p = 2**32 - 5
    assert field_product(np.array([x]), np.array([y]), p).tolist() == [x * y % p]


# Hadamard matrices


def test_every_order_that_is_claimed_is_made_up_to_200():
    for n in range(1, 201):
        if has_hadamard(n):
            H = hadamard_matrix(n)
            assert H.dtype == np.int8
            assert H.shape == (n, n)
            assert set(np.unique(H).tolist()) <= {-1, 1}
            assert (H.astype(int) @ H.T == n * np.eye(n)).all()
            assert (hadamard_columns(n, np.array([n - 1, 0])) == H[:, [n - 1, 0]]).all()
    assert [n for n in range(4, 201, 4) if not has_hadamard(n)] == [92, 116, 156, 172, 184, 188]
    assert [n for n in range(1, 201) if n % 4 and has_hadamard(n)] == [1, 2]


def test_products_of_two_of_paleys_orders_are_found():
    # the least one that is no power of 2 times one of them
    assert next(n for n in range(4, 2000, 4) if sum(order > 2 for order in _factors(n) or ()) > 1) == 1904
    matrix = hadamard_matrix(1904).astype(np.float32)
    assert (matrix.T @ matrix == 1904 * np.eye(1904)).all()


def test_the_orders_are_all_products_of_sylvesters_and_paleys():
    limit = 3000
    made = {1}
    paley_orders = {2} | {q + 1 for q in range(3, limit, 4) if is_prime_power(q)}
    paley_orders |= {2 * (q + 1) for q in range(5, limit, 4) if is_prime_power(q)}
    for n in range(2, limit):
        if any(n % order == 0 and n // order in made for order in paley_orders):
            made.add(n)
    assert {n for n in range(1, limit) if has_hadamard(n)} == made


def test_large_orders_are_answered_at_once():
    for n in range(4 * 10**17, 4 * 10**17 + 4000, 4):
        factors = _factors(n)
        assert factors is None or math.prod(factors) == n
    assert has_hadamard(2**200)
    assert not has_hadamard(4 * (2**61 - 1) + 2)


@pytest.mark.parametrize("n", [0, -4, 3, 6, 92, 2.5, None])
def test_orders_that_are_not_made_are_refused(n):
    with pytest.raises(InputError, match=r"^n must be [^\n]*$"):
        hadamard_matrix(n)


@pytest.mark.parametrize("q", [3, 5, 7, 9, 13, 25, 27, 49])
def test_conference_matrices(q):
    conference = conference_columns(q, np.arange(q + 1)).astype(int)
    assert (conference @ conference.T == q * np.eye(q + 1)).all()
    assert (np.abs(conference) == 1 - np.eye(q + 1)).all()
    core = conference[1:, 1:]
    assert (core == (core.T if q % 4 == 1 else -core.T)).all()


# Paley's frames


@pytest.mark.parametrize("q", PALEY_ORDERS)
def test_gram_matrix_of_paley_comes_from_a_conference_matrix(q):
    frame = paley(q)
    A = frame.matrix()
    assert A.shape == (frame.d, frame.m) == ((q + 1) // 2, q + 1)
    scaled = (A.T @ A - np.eye(q + 1)) * math.sqrt(q)
    signs = np.rint(scaled).astype(int)
    assert (np.abs(signs) == 1 - np.eye(q + 1)).all()
    assert (signs @ signs == q * np.eye(q + 1)).all()
    assert np.abs(scaled - signs).max() < 1e-13 * math.sqrt(q)
    # up to one sign these are the symmetric matrix of the quadratic character, its border at the end
    expected = np.roll(conference_columns(q, np.arange(q + 1)), -1, axis=(0, 1)).astype(int)
    assert (signs[:q, :q] == signs[0, 1] * expected[0, 1] * expected[:q, :q]).all()
    assert is_welch_equality(frame)


@given(st.sampled_from(PALEY_ORDERS), st.data())
def test_columns_of_paley_are_those_of_its_matrix(q, data):
    frame = paley(q)
    indices = data.draw(st.lists(st.integers(0, q), max_size=6))
    assert (frame.columns(indices) == frame.matrix()[:, indices]).all()


@pytest.mark.parametrize("q", [4, 7, 8, 15, 21, 27, 45, 1, 0, -3, 2**62 + 1, "x"])
def test_other_orders_are_refused_by_paley(q):
    with pytest.raises(InputError, match=r"^q must be [^\n]*$"):
        paley(q)


def test_next_order_of_paley_is_the_next_one():
    orders = [q for q in range(2, 3000) if q % 4 == 1 and is_prime_power(q)]
    for n in range(2900):
        assert next_order(n) == next(q for q in orders if q >= n)


# Designs


@pytest.mark.parametrize(
    "parameters",
    [("pairs", v) for v in range(2, 14)]
    + [("triples", v) for v in range(3, 80) if v % 6 in (1, 3)]
    + [
        (design, q, n)
        for design in ("affine", "projective")
        for q, n in [(2, 2), (2, 3), (2, 4), (3, 2), (3, 3), (4, 2), (4, 3), (5, 2), (5, 3), (7, 2), (8, 2), (9, 2)]
    ],
)
def test_every_two_points_are_in_exactly_one_block(parameters):
    design = block_design(*parameters)
    points = np.arange(design.v)
    blocks = design.through(points)
    assert blocks.shape == (design.r, design.v)
    incidence = np.zeros((design.b, design.v), dtype=int)
    np.add.at(incidence, (blocks, points), 1)
    assert incidence.max() == 1
    assert (incidence.sum(axis=0) == design.r).all()
    assert (incidence.sum(axis=1) == design.c).all()
    assert (incidence.T @ incidence == np.where(np.eye(design.v), design.r, 1)).all()
    some = points[:: max(1, len(points) // 3)][::-1]
    assert (design.through(some) == blocks[:, some]).all()


@pytest.mark.parametrize("q", [2, 3, 4, 5])
def test_affine_blocks_are_lines(q):
    # x + t u: three points of a line of AG(2, q) differ by multiples of one vector
    design = block_design("affine", q, 2)
    lines = [set() for _ in range(design.b)]
    for point, blocks in enumerate(design.through(np.arange(design.v)).T):
        for block in blocks:
            lines[block].add((point % q, point // q))
    assert all(len(line) == q for line in lines)
    for line in lines:
        x, y, *_ = sorted(line)
        u = [field_difference(np.array([b]), np.array([a]), q) for a, b in zip(x, y, strict=True)]
        multiples = [[field_product(np.array([t]), part, q) for part in u] for t in range(q)]
        moved = [[field_difference(np.array([a]), part, q)[0] for a, part in zip(x, m, strict=True)] for m in multiples]
        assert {tuple(map(int, point)) for point in moved} == line


# Steiner frames


@pytest.mark.parametrize("parameters", STEINER_MEMBERS + GEOMETRIES_OVER_5[:1])
def test_integer_gram_matrix_of_steiner(parameters):
    frame = steiner(*parameters)
    A = frame.matrix()
    assert A.shape == (frame.d, frame.m)
    assert np.abs(A).max() == 1
    assert 2 * frame.diagonal <= 2 * np.iinfo(A.dtype).max
    gram = A.T.astype(np.float32) @ A.astype(np.float32)  # integers below 2^24
    assert (np.diagonal(gram) == frame.diagonal).all()
    np.fill_diagonal(gram, 1)
    assert (np.abs(gram) == 1).all()
    assert frame.coherence_squared == Fraction(1, frame.diagonal**2)
    assert is_welch_equality(frame)
    tight = A.astype(np.float32) @ A.T.astype(np.float32)
    assert (tight == tight[0, 0] * np.eye(frame.d)).all()


@settings(deadline=None)
@given(st.sampled_from(STEINER_MEMBERS + GEOMETRIES_OVER_5), st.data())
def test_columns_of_steiner_are_those_of_its_matrix(parameters, data):
    frame = steiner(*parameters)
    first = min(frame.m, 300)
    indices = data.draw(st.lists(st.integers(0, first - 1), max_size=6))
    assert (frame.columns(indices) == frame.matrix(first)[:, indices]).all()


def test_columns_of_a_large_member_are_made_on_demand():
    frame = steiner("triples", 8191)  # 33.5 million columns in 11 million dimensions
    indices = [0, 1, frame.m // 2, frame.m - 2, frame.m - 1]
    A = frame.columns(indices)
    gram = np.array([[int((A[:, i].astype(np.int64) * A[:, j]).sum()) for i in range(5)] for j in range(5)])
    assert (np.diagonal(gram) == frame.diagonal).all()
    assert (np.abs(gram[~np.eye(5, dtype=bool)]) == 1).all()


def test_worst_case_error_of_steiner_is_that_of_its_theorem():
    frame = steiner("triples", 15)
    W = frame.worst_case_error(3)
    assert [error.lower for error in W.profile] == [Fraction(k, 8) for k in (1, 2, 3)]
    assert W.error.is_exact


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("pairs", 2), "Hadamard"),
        (("pairs", 6), "Hadamard"),
        (("pairs", 92), "Hadamard"),
        (("triples", 3), "Hadamard"),
        (("triples", 13), "Hadamard"),
        (("triples", 8), "1 or 3 mod 6"),
        (("triples", 5), "1 or 3 mod 6"),
        (("affine", 3, 2), "Hadamard"),
        (("affine", 6, 3), "prime power"),
        (("projective", 5), "dimension"),
        (("projective", 5, 1), "dimension"),
        (("projective", 9, 3), "Hadamard"),
        (("affine", 5, 27), "2^62"),
        (("pairs", 8, 2), "dimension is for"),
        (("lines", 8), "design must be one of"),
        (("pairs", 2**62 + 4), "order must be"),
    ],
)
def test_members_that_do_not_exist_are_refused(arguments, says):
    with pytest.raises(InputError) as caught:
        steiner(*arguments)
    assert says in str(caught.value)
    assert str(caught.value).isprintable()


# Selectors


@cache
def paley_members(limit):
    return tuple(paley(q) for q in range(5, limit) if q % 4 == 1 and is_prime_power(q))


@cache
def steiner_members(limit):
    """All members with at most ``limit`` points, and of order at most 300 for geometries."""
    arguments = [(design, order) for design in ("pairs", "triples") for order in range(2, limit + 1)]
    for design, q, n in itertools.product(("affine", "projective"), range(2, 301), range(2, 12)):
        if q**n <= limit and is_prime_power(q):
            arguments.append((design, q, n))
    members = []
    for argument in arguments:
        try:
            members.append(steiner(*argument))
        except InputError:
            continue
    return tuple(members)


def least(members, m, delta):
    return min((frame.d for frame in members if frame.m >= m and frame.is_accurate(delta)), default=None)


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(st.integers(1, 30), st.integers(1, 2000)),
    st.one_of(st.sampled_from(DELTAS), st.fractions(Fraction(1, 30), 1)),
)
def test_paley_for_finds_the_member_of_least_dimension(m, delta):
    frame = paley_for(m, delta)
    assert frame.m >= m
    assert frame.is_accurate(delta)
    assert frame.d == least(paley_members(2500), m, delta)


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(st.integers(1, 300), st.integers(1, 10**5), st.integers(1, 10**6)),
    st.one_of(st.sampled_from(DELTAS), st.fractions(Fraction(1, 200), 1)),
)
def test_steiner_for_finds_the_member_of_least_dimension(m, delta):
    frame = steiner_for(m, delta)
    assert frame.m >= m
    assert frame.is_accurate(delta)
    found = least(steiner_members(1500), m, delta)
    if frame.m <= 10**6:  # then it is among the members of the scan
        assert frame.d == found
    else:
        assert found is None or frame.d <= found


def test_selectors_find_geometries():
    members = [steiner_for(m, Fraction(1, 100)) for m in (10**5, 10**7, 10**9, 10**12, 10**15)]
    assert {frame.params["design"] for frame in members} >= {"triples", "affine"}
    assert steiner_for(4992, Fraction(1, 25)).params == {"design": "projective", "order": 5, "dimension": 3}
    assert steiner_for(4000, Fraction(1, 25)).params == {"design": "affine", "order": 5, "dimension": 3}


@pytest.mark.parametrize("frame", [*map(paley, PALEY_ORDERS), *(steiner(*p) for p in STEINER_MEMBERS[:9])])
def test_the_error_must_be_smaller_than_delta_not_equal(frame):
    selector = {"paley": paley_for, "steiner": steiner_for}[frame.family]
    if frame.error.is_exact:
        delta = Fraction(frame.error.lower)
        assert not frame.is_accurate(delta)
        assert selector(1, delta).coherence_squared < frame.coherence_squared
    else:  # no rational delta is equal
        delta = Fraction(frame.error.upper)
    above = delta + Fraction(1, 10**30)
    assert selector(frame.m, above).d <= frame.d
    assert selector(1, above).coherence_squared <= frame.coherence_squared


@settings(deadline=None)
@given(
    st.lists(st.integers(1, 200).map(lambda bits: 2**bits + bits), min_size=2, max_size=4),
    st.lists(st.integers(0, 130).map(lambda bits: Fraction(1, 2**bits + 1)), min_size=2, max_size=4),
)
def test_harder_questions_never_have_smaller_answers(ms, deltas):
    for selector in (paley_for, steiner_for):
        rows = []
        for m in sorted(ms):
            frames = [selector(m, delta) for delta in sorted(deltas, reverse=True)]
            assert all(
                frame is None or (frame.m >= m and frame.is_accurate(delta))
                for frame, delta in zip(frames, sorted(deltas, reverse=True), strict=True)
            )
            rows.append([math.inf if frame is None else frame.d for frame in frames])
        table = np.array(rows, dtype=object)
        assert (table[1:] >= table[:-1]).all()
        assert (table[:, 1:] >= table[:, :-1]).all()


def test_selectors_give_up_where_members_would_be_too_large():
    assert paley_for(LARGEST_Q + 2, Fraction(1, 2)) is None
    assert paley_for(5, Fraction(1, 2**31 + 1)) is None
    assert steiner_for(LARGEST_V**2 + 1, Fraction(1, 2)) is None
    assert steiner_for(5, Fraction(1, LARGEST_V + 1)) is None
    assert steiner_for(LARGEST_V**2, Fraction(1, 2)).params == {"design": "pairs", "order": LARGEST_V}
    q = prime_power(paley_for(10**18, Fraction(1, 10)).params["q"])
    assert q is not None
