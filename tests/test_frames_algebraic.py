"""Frames from finite fields: every stated coherence by the full Gram matrix, every selector by a scan of its family."""

import cmath
import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lincs._checks import InputError
from lincs._numbers import is_prime, prime_power
from lincs.frames._fields import (
    base_digits,
    binary_dual,
    binary_modulus,
    binary_monomials,
    binary_product,
    irreducible_polynomial,
    reed_solomon_words,
)
from lincs.frames.devore import devore, devore_for
from lincs.frames.gold import gold, gold_for
from lincs.frames.kerdock import delsarte_goethals, delsarte_goethals_for, kerdock, kerdock_for
from lincs.frames.reed_solomon import reed_solomon, reed_solomon_for
from lincs.frames.weil import weil, weil_for

MAKERS = {
    "gold": gold,
    "kerdock": kerdock,
    "delsarte_goethals": delsarte_goethals,
    "weil": weil,
    "reed_solomon": reed_solomon,
    "devore": devore,
}
SELECTORS = {
    "gold": gold_for,
    "kerdock": kerdock_for,
    "delsarte_goethals": delsarte_goethals_for,
    "weil": weil_for,
    "reed_solomon": reed_solomon_for,
    "devore": devore_for,
}


def members(family, largest_d):
    """All members of at most that dimension, by trying all parameters."""

    def punctured(make, d):
        for P in range(d):
            try:
                yield make(P)
            except InputError:
                return

    if family == "gold":
        for n in range(3, (2 * largest_d).bit_length()):
            for r in range(1, (n + 1) // 2):
                yield from punctured(lambda P, n=n, r=r: gold(n, r, P), 2**n)
    elif family in ("kerdock", "delsarte_goethals"):
        for s in range(1, largest_d):
            if 4**s > 2 * largest_d:
                return
            if family == "kerdock":
                yield from punctured(lambda P, s=s: kerdock(4**s, P), 4**s)
            for r in range(1, s if family == "delsarte_goethals" else 1):
                yield from punctured(lambda P, s=s, r=r: delsarte_goethals(4**s, r, P), 4**s)
    elif family == "weil":
        for p in filter(is_prime, range(3, largest_d // 2 + 1)):
            yield from (weil(p, t) for t in range(2, p) if (t - 1) ** 2 < p)
    elif family == "reed_solomon":
        for q in filter(prime_power, range(2, largest_d + 1)):
            for n in range(2, min(q + 1, largest_d) + 1):
                for T in range(2, n + 1):
                    yield from (reed_solomon(q, T, n, total) for total in range(2 * T, T * q + 1))
    else:
        for q in filter(prime_power, range(2, math.isqrt(largest_d) + 1)):
            yield from (devore(q, t) for t in range(2, q + 1))


def scan(family, largest_d):
    return [frame for frame in members(family, largest_d) if frame.d <= largest_d]


LIMITS = {"gold": 64, "kerdock": 64, "delsarte_goethals": 64, "weil": 30, "reed_solomon": 16, "devore": 81}
SMALL = [
    frame
    for family, limit in LIMITS.items()
    for frame in scan(family, limit)
    if frame.m <= 1500 and frame.params.get("punctured", 0) <= 6
]
SMALL += [gold(6), kerdock(64), devore(9, 3)]
SMALL += [reed_solomon(11, 3, 11), reed_solomon(8, 3, 9), reed_solomon(9, 3, 10, 20)]


def name(frame):
    return f"{frame.family}({', '.join(map(str, frame.params.values()))})"


def gram(frame):
    first = np.arange(frame.m)
    A, B = frame.columns(first), frame.probes(first)
    G = B.T @ A
    if frame.is_integer:
        wide = B.T.astype(float) @ A.astype(float)
        assert (wide == G).all(), "the raw dtype overflows"
        return wide.astype(np.int64)
    return G


# ---- fields, against arithmetic of polynomials digit by digit


def slow_product(x, y, p, e):
    modulus = [int(c) for c in irreducible_polynomial(p, e).coeffs()]
    a, b = base_digits(x, p, e), base_digits(y, p, e)
    c = [sum(a[i] * b[k - i] for i in range(e) if 0 <= k - i < e) for k in range(2 * e - 1)]
    for k in range(2 * e - 2, e - 1, -1):
        for j in range(e + 1):
            c[k - e + j] -= c[k] * modulus[j] if j < e else 0
    return sum(digit % p * p**k for k, digit in enumerate(c[:e]))


def slow_sum(x, y, p, e):
    return sum((a + b) % p * p**k for k, (a, b) in enumerate(zip(*(base_digits(z, p, e) for z in (x, y)), strict=True)))


@pytest.mark.parametrize("q", [2, 3, 4, 5, 8, 9, 16, 25, 27, 32])
def test_nonzero_elements_form_a_group(q):
    p, e = prime_power(q)
    nonzero = set(range(1, q))
    for x in nonzero:
        assert {slow_product(x, y, p, e) for y in nonzero} == nonzero


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8, 11])
@given(data=st.data())
@settings(max_examples=30)
def test_binary_product_is_that_of_polynomials(n, data):
    x, y = (data.draw(st.lists(st.integers(0, 2**n - 1), min_size=5, max_size=5)) for _ in range(2))
    product = binary_product(np.array(x), np.array(y), n, binary_modulus(n))
    assert product.tolist() == [slow_product(a, b, 2, n) for a, b in zip(x, y, strict=True)]


def slow_trace(x, n):
    total = 0
    for _ in range(n):
        total, x = total ^ x, slow_product(x, x, 2, n)
    assert total in (0, 1)
    return total


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_dual_is_the_trace_form(n):
    dual = binary_dual(n, binary_modulus(n))(np.arange(2**n))
    for c, x in itertools.product(range(2**n), repeat=2):
        assert (int(dual[c]) & x).bit_count() % 2 == slow_trace(slow_product(c, x, 2, n), n)


@pytest.mark.parametrize(("q", "T"), [(2, 2), (3, 2), (4, 3), (5, 3), (7, 2), (8, 2), (9, 2), (9, 3), (16, 2)])
def test_words_are_those_of_all_polynomials(q, T):
    p, e = prime_power(q)

    def word(f):  # the values at 0..q-1, and the leading coefficient
        values = []
        for x in range(q):
            value = 0
            for c in reversed(f):
                value = slow_sum(slow_product(value, x, p, e), c, p, e)
            values.append(value)
        return (*values, f[-1])

    expected = {word(f) for f in itertools.product(range(q), repeat=T)}
    symbols = np.array(list(itertools.product(range(q), repeat=T))).T
    for n in range(T, q + 2):
        words = reed_solomon_words(q, n, symbols)
        assert (words[:T] == symbols).all()
        assert set(map(tuple, words.T.tolist())) == {w[:n] for w in expected}


@pytest.mark.parametrize("q", [2**31 - 1, 2**33 - 9])
def test_words_of_large_primes_do_not_overflow(q):
    symbols = np.array([[q - 1, 5], [q - 2, q - 7], [q - 10, 3]])
    words = reed_solomon_words(q, 6, symbols)
    for j in range(2):
        y = [int(v) for v in symbols[:, j]]
        for x in range(6):
            value = sum(y[i] * math.prod((x - k) * pow(i - k, -1, q) for k in range(3) if k != i) for i in range(3))
            assert words[x, j] == value % q


# ---- what every member promises


@pytest.mark.parametrize("frame", SMALL, ids=name)
def test_gram_is_as_stated(frame):
    G = gram(frame)
    assert frame.columns([0]).shape == (frame.d, 1)
    tolerance = 0 if frame.is_integer else 1e-13
    assert np.abs(np.diag(G) - frame.diagonal).max() <= tolerance
    np.fill_diagonal(G, 0)
    largest = np.abs(G).max()
    if frame.is_integer:
        attained = Fraction(int(largest), frame.diagonal) ** 2
        assert attained == frame.coherence_squared if frame.coherence_is_exact else attained <= frame.coherence_squared
    else:
        bound = math.sqrt(frame.coherence_squared)
        assert largest <= bound + tolerance
        assert not frame.coherence_is_exact or largest >= bound - tolerance


@pytest.mark.parametrize(
    "frame",
    [
        gold(7),
        gold(15, 2),
        kerdock(256),
        kerdock(4**8),
        reed_solomon(67, 3, 66),
        reed_solomon(13, 3, 13),
        devore(128, 2),
    ],
    ids=name,
)
def test_raw_dtype_holds_the_gram(frame):
    A, B = frame.columns([0, 1, frame.m - 1]), frame.probes([0, 1, frame.m - 1])
    G = B.T @ A
    assert np.diag(G).tolist() == [frame.diagonal] * 3
    assert np.array_equal(G, B.T.astype(float) @ A)


@pytest.mark.parametrize("frame", SMALL, ids=name)
def test_parameters_make_the_frame_again(frame):
    assert MAKERS[frame.family](**frame.params) == frame
    assert MAKERS[frame.family](**{key: str(value) for key, value in frame.params.items()}) == frame


@given(frame=st.sampled_from(SMALL), data=st.data())
def test_columns_are_those_of_the_matrix(frame, data):
    indices = data.draw(st.lists(st.integers(0, frame.m - 1), max_size=5))
    assert np.array_equal(frame.columns(indices), frame.matrix()[:, indices])
    assert np.array_equal(frame.probes(indices), frame.probes(np.arange(frame.m))[:, indices])


@pytest.mark.parametrize(
    "frame",
    [
        gold(7, 3),
        gold(6, 2),
        delsarte_goethals(64, 2),
        delsarte_goethals(256, 1, 5),
        weil(101, 4),
        devore(16, 5),
        reed_solomon(27, 4, 20),
        reed_solomon(25, 5, 26, 117),
    ],
    ids=name,
)
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_sampled_gram_of_larger_members(frame, data):
    indices = data.draw(st.lists(st.integers(0, frame.m - 1), min_size=2, max_size=40, unique=True))
    A, B = frame.columns(indices).astype(float), frame.probes(indices).astype(float)
    G = B.T @ A
    assert np.allclose(np.diag(G), frame.diagonal, rtol=1e-13, atol=0)
    off = np.abs(G - np.diag(np.diag(G)))
    assert (off <= math.sqrt(frame.coherence_squared) * frame.diagonal * (1 + 1e-13)).all()


@pytest.mark.parametrize(
    "frame",
    [gold(13, 5), gold(12, 5), kerdock(2**40), delsarte_goethals(4**6, 5), weil(499, 15), reed_solomon(37, 16, 38, 500),
     devore(64, 12)],
    ids=name,
)  # fmt: skip
def test_indices_beyond_64_bits(frame):
    if frame.d > 10**6:  # a single column would not fit, but the frame is still there
        assert frame.m > 2**63
        for indices in ([1], []):
            with pytest.raises(InputError, match="GiB"):
                frame.columns(indices)
        return
    assert frame.m > 2**64
    indices = [0, 1, frame.m - 1, 2**63, 2**64 + 1, frame.m // 3, frame.m // 7 * 5]
    A, B = frame.columns(indices).astype(float), frame.probes(indices).astype(float)
    G = B.T @ A
    assert np.allclose(np.diag(G), frame.diagonal, rtol=1e-13, atol=0)
    off = np.abs(G - np.diag(np.diag(G)))
    assert (off <= math.sqrt(frame.coherence_squared) * frame.diagonal).all()
    for position, index in enumerate(indices):
        assert np.array_equal(frame.columns([index])[:, 0], A[:, position])


# ---- definitions, evaluated by hand


def parity(x):
    return x.bit_count() % 2


@pytest.mark.parametrize(("n", "r", "punctured"), [(3, 1, 0), (5, 2, 3), (8, 3, 0)])
@given(data=st.data())
@settings(max_examples=5, deadline=None)
def test_gold_by_definition(n, r, punctured, data):
    frame = gold(n, r, punctured)
    index = data.draw(st.integers(0, frame.m - 1))
    forms = base_digits(index, 2**n, r + 1)
    signs = []
    for x in range(frame.d):
        powers, conjugate = [x], x
        for _ in range(r):
            conjugate = slow_product(conjugate, conjugate, 2, n)
            powers.append(slow_product(conjugate, x, 2, n))
        signs.append((-1) ** sum(parity(form & y) for form, y in zip(forms, powers, strict=True)))
    assert frame.columns([index])[:, 0].tolist() == signs


def kerdock_form(g, x, e, N):
    u = slow_product(g, x, 2, N)
    value, conjugate = e * slow_trace(u, N), u
    for _ in range((N - 1) // 2):
        conjugate = slow_product(conjugate, conjugate, 2, N)
        value += slow_trace(slow_product(u, conjugate, 2, N), N)
    return value % 2


@pytest.mark.parametrize("s", [1, 2, 3])
def test_kerdock_by_definition(s):
    d, N = 4**s, 2 * s - 1
    A = kerdock(d).matrix()
    assert np.array_equal(A[:, d * d // 2 :], 2**s * np.eye(d, dtype=int))
    for g in range(d // 2):
        form = [kerdock_form(g, x % 2**N, x >> N, N) for x in range(d)]
        for b in range(0, d, 3):
            signs = [(-1) ** (form[x] + parity(b & x)) for x in range(d)]
            assert A[:, b + d * g].tolist() == signs


def rank(form):
    """The rank over GF(2) of the bilinear form of a quadratic form, given by its values at 0..d-1."""
    n = (len(form) - 1).bit_length()
    value = [int(x) for x in form]
    rows = [
        sum((value[2**i ^ 2**j] ^ value[2**i] ^ value[2**j] ^ value[0]) << j for j in range(n) if j != i)
        for i in range(n)
    ]
    found = 0
    while rows:
        pivot = rows.pop()
        if pivot:
            found += 1
            rows = [row ^ pivot if row & (pivot & -pivot) else row for row in rows]
    return found


def forms(frame, indices):
    """The quadratic forms of these columns, one a row: 0 for the sign 1 and 1 for -1."""
    return (1 - frame.columns(indices).T.astype(int)) // 2


@pytest.mark.parametrize("s", [1, 2, 3, 4])
def test_kerdock_forms_differ_by_nonsingular_forms(s):
    d = 4**s
    Q = forms(kerdock(d), d * np.arange(d // 2))
    assert all(rank(q ^ r) == 2 * s for q, r in itertools.combinations(Q, 2))


@pytest.mark.parametrize(("s", "r"), [(2, 1), (3, 1), (3, 2), (4, 1), (4, 2), (4, 3), (5, 2)])
@given(data=st.data())
@settings(max_examples=10, deadline=None)
def test_delsarte_goethals_forms_differ_in_large_rank(s, r, data):
    d = 4**s
    frame = delsarte_goethals(d, r)
    index = st.integers(0, frame.m // d - 1)
    Q = forms(frame, [d * i for i in data.draw(st.lists(index, min_size=2, max_size=16, unique=True))])
    assert all(rank(q ^ p) >= 2 * (s - r) for q, p in itertools.combinations(Q, 2))


@pytest.mark.parametrize(("s", "r"), [(2, 1), (3, 1), (3, 2), (4, 1)])
def test_delsarte_goethals_attains_its_smallest_rank(s, r):
    d = 4**s
    Q = forms(delsarte_goethals(d, r), d * (d // 2) * np.arange((d // 2) ** r))  # all with g = 0
    assert min(rank(q ^ Q[0]) for q in Q[1:]) == 2 * (s - r)


@pytest.mark.parametrize(("s", "r"), [(2, 1), (3, 1)])
def test_delsarte_goethals_all_pairs_of_forms(s, r):
    d = 4**s
    Q = forms(delsarte_goethals(d, r), d * np.arange((d // 2) ** (r + 1)))
    n, index = 2 * s, np.arange(2 * s)
    single = Q[:, 1 << index]
    alternating = Q[:, (1 << index[:, None]) ^ (1 << index)] ^ single[:, :, None] ^ single[:, None, :]
    bits = (alternating[:, *np.triu_indices(n, 1)] << np.arange(n * (n - 1) // 2)).sum(axis=1)
    differences = np.unique(bits[:, None] ^ bits)  # two forms may share few: at most 2^(n(n-1)/2) to look at
    assert differences[0] == 0
    assert len(np.unique(bits)) == len(bits)
    for difference in differences[1:].tolist():
        rows = [0] * n
        for k, (i, j) in enumerate(zip(*np.triu_indices(n, 1), strict=True)):
            rows[i] |= (difference >> k & 1) << int(j)
            rows[j] |= (difference >> k & 1) << int(i)
        form = [
            sum(rows[i] >> j & 1 for i in range(n) for j in range(i) if x >> i & x >> j & 1) % 2 for x in range(2**n)
        ]
        assert rank(form) >= 2 * (s - r)


@pytest.mark.parametrize(("d", "lines"), [(4, 12), (16, 144), (64, 2112)])  # [CCKS97]: d/2 + 1 orthonormal bases
def test_kerdock_bases_are_mutually_unbiased(d, lines):
    frame = kerdock(d)
    assert frame.m == lines == d * (d // 2 + 1)
    G = gram(frame).reshape(d // 2 + 1, d, d // 2 + 1, d)
    for i, j in itertools.product(range(d // 2 + 1), repeat=2):
        block = np.abs(G[i, :, j])
        assert np.array_equal(block, d * np.eye(d)) if i == j else (block == math.isqrt(d)).all()


@pytest.mark.parametrize("n", [3, 5])
def test_gold_inner_products_take_three_values(n):
    # [Gold68]: for odd n, x^3 gives -1 + {0, +-2^((n+1)/2)}; half of the linear forms give 0
    G = gram(gold(n))
    row = G[0].reshape(2**n, 2**n)  # [a, b]
    assert (row[0, 1:] == 0).all()
    for sums in row[1:]:
        assert sorted(np.unique(sums)) == [-(2 ** ((n + 1) // 2)), 0, 2 ** ((n + 1) // 2)]
        assert np.count_nonzero(sums) == 2 ** (n - 1)


@pytest.mark.parametrize(("n", "r"), [(3, 1), (4, 1), (5, 1), (5, 2), (6, 1), (6, 2), (8, 1)])
def test_gold_attains_its_coherence(n, r):
    # products of columns are columns: their sums are all the inner products
    frame = gold(n, r)
    sums = np.concatenate([frame.columns(np.arange(i, i + 4**n)).sum(axis=0) for i in range(0, frame.m, 4**n)])
    assert sums[0] == frame.d
    assert Fraction(int(np.abs(sums[1:]).max()), frame.d) ** 2 == frame.coherence_squared


@pytest.mark.parametrize("r", [1, 2, 3, 4])
def test_gold_needs_r_below_half_of_n(r):
    # x^(2^r+1) lies in the subfield of 2^r elements for n = 2r, so that its linear forms repeat: coherence 1
    n = 2 * r
    powers = binary_monomials(np.arange(2**n), n, binary_modulus(n), r)[-1]
    assert len(np.unique(powers)) == 2**r
    with pytest.raises(InputError, match="r must be"):
        gold(n + (r == 1), r + (r == 1))


@pytest.mark.parametrize(("p", "t"), [(5, 2), (7, 3), (101, 4)])
@given(data=st.data())
@settings(max_examples=10, deadline=None)
def test_weil_by_definition(p, t, data):
    frame = weil(p, t)
    index = data.draw(st.integers(0, frame.m - 1))
    *f, turned = base_digits(index, p, t + 1)
    phases = [cmath.exp(2j * cmath.pi * (sum(c * x ** (i + 1) for i, c in enumerate(f)) % p) / p) for x in range(p)]
    column = np.array(phases) / math.sqrt(p) * (1j if turned else 1)
    assert np.abs(frame.columns([index])[:, 0] - np.concatenate([column.real, column.imag])).max() < 1e-14


@pytest.mark.parametrize("frame", [f for f in SMALL if f.family == "reed_solomon" and f.m <= 250], ids=name)
def test_reed_solomon_counts_agreements(frame):
    q, T, n, symbols = frame.params.values()
    sizes = [len(block) for block in np.array_split(np.arange(symbols), T)]
    index = itertools.product(*map(range, reversed(sizes)))
    words = reed_solomon_words(q, n, np.array([digits[::-1] for digits in index]).T).T
    agreements = (words[:, None, :] == words).sum(axis=2)
    shifted = 2 * agreements - (T - 1)
    G = gram(frame)
    if 2 * n == q * (T - 1) and symbols == T * q:
        assert frame.d == n * (q - 1)
        G, rest = np.divmod(2 * G, q)
        assert not rest.any()
    else:
        assert frame.d == sum(sizes) - T + (n - T) * (q - 1) + 1
    assert np.array_equal(G, shifted)
    assert frame.error.is_exact
    assert frame.error.upper == Fraction(T - 1, 2 * n)


def test_devore_columns_are_graphs():
    A = devore(3, 2).matrix().reshape(3, 3, 9)
    assert (A.sum(axis=1) == 1).all()
    graphs = {tuple(column) for column in A.argmax(axis=1).T.tolist()}
    assert graphs == {tuple((a + b * x) % 3 for x in range(3)) for a in range(3) for b in range(3)}


# ---- selectors


@pytest.mark.parametrize(
    ("m", "delta", "d"),
    [
        (10**3, "0.3", 28),
        (10**4, "0.3", 40),
        (10**6, "0.05", 961),
        (10**6, "0.01", 10098),
        (10**9, "0.02", 9912),
        (10**12, "0.1", 1255),
        (10**12, "0.005", 159652),
    ],
)
def test_reed_solomon_table(m, delta, d):
    assert reed_solomon_for(m, Fraction(delta)).d == d


@pytest.mark.parametrize(
    ("select", "m", "delta", "d"),
    [
        (weil_for, 10**4, "0.1", 166),
        (weil_for, 10**12, "0.1", 1706),
        (kerdock_for, 10**6, "0.02", 4077),
        (kerdock_for, 10**9, "0.005", 65464),
        (kerdock_for, 144, "0.201", 16),
        (kerdock_for, 145, "0.201", 64 - 6),
        (gold_for, 10**9, "0.1", 2048 - 89),
        (delsarte_goethals_for, 10**12, "0.01", 65536 - 148),
        (devore_for, 10**6, "0.05", 59**2),
    ],
)
def test_selected_dimensions(select, m, delta, d):
    assert select(m, Fraction(delta)).d == d


deltas = st.fractions(Fraction(1, 10**6), 1).filter(lambda delta: delta > 0)


@pytest.mark.parametrize("family", SELECTORS)
@given(m=st.integers(1, 10**40) | st.integers(1, 2000), delta=deltas | st.fractions(Fraction(1, 30), 1))
@settings(deadline=None, max_examples=50)
def test_selected_frame_meets_the_question(family, m, delta):
    frame = SELECTORS[family](m, delta)
    assert frame.family == family
    assert frame.m >= m
    assert frame.is_accurate(delta)
    assert frame.error.lower < delta
    assert MAKERS[family](**frame.params) == frame


@pytest.mark.parametrize("family", SELECTORS)
@given(
    m=st.tuples(st.integers(1, 10**30), st.integers(1, 10**30)) | st.tuples(st.integers(1, 2000), st.integers(1, 2000)),
    delta=st.tuples(deltas, deltas) | st.tuples(*[st.fractions(Fraction(1, 30), 1)] * 2),
)
@settings(deadline=None, max_examples=50)
def test_selectors_are_monotone(family, m, delta):
    easy, hard = SELECTORS[family](min(m), max(delta)), SELECTORS[family](max(m), min(delta))
    assert easy.d <= hard.d


@pytest.mark.parametrize(
    ("family", "limit"),
    [("gold", 200), ("kerdock", 200), ("delsarte_goethals", 200), ("weil", 200), ("reed_solomon", 30), ("devore", 900)],
)
def test_selected_dimension_is_the_least(family, limit):
    frames = scan(family, limit)
    errors = sorted({frame.error.upper for frame in frames})
    questions = [Fraction(1, 2), Fraction(1, 3), Fraction(1, 10), Fraction(1, 25), Fraction(3, 4)]
    for error in errors[:: max(1, len(errors) // 12)]:
        questions += [Fraction(error), Fraction(error) + Fraction(1, 10**9)]
    for delta in questions:
        accurate = [frame for frame in frames if frame.is_accurate(delta)]
        rooms = {frame.m for frame in accurate}
        sample = sorted(rooms)[:: max(1, len(rooms) // 12)]
        for m in {1, 2, 3, 10, 10**4, *sample, *(room + 1 for room in sample)}:
            least = min((frame.d for frame in accurate if frame.m >= m), default=None)
            found = SELECTORS[family](m, delta).d
            assert found == least if least is not None else found > limit, (m, delta)


@given(frame=st.sampled_from(SMALL))
def test_equality_is_not_accepted(frame):
    if frame.error.is_exact:
        delta = frame.error.upper
        assert not frame.is_accurate(delta)
        found = SELECTORS[frame.family](frame.m, delta)
        assert found.error.lower < delta
        assert found.d != frame.d or found.coherence_squared < frame.coherence_squared
        assert SELECTORS[frame.family](frame.m, delta + Fraction(1, 10**30)).d <= frame.d


# ---- what is refused


@pytest.mark.parametrize(
    ("make", "arguments"),
    [
        (gold, (2, 1)),
        (gold, (5, 3)),
        (gold, (5, 0)),
        (gold, (5, 1, -1)),
        (gold, (5, 1, 12)),
        (gold, (10**9,)),
        (kerdock, (8,)),
        (kerdock, (1,)),
        (kerdock, (32,)),
        (kerdock, (16, 6)),
        (kerdock, (2**20001,)),
        (delsarte_goethals, (4, 1)),
        (delsarte_goethals, (64, 3)),
        (delsarte_goethals, (64, 0)),
        (weil, (2, 2)),
        (weil, (3, 3)),
        (weil, (5, 4)),
        (weil, (9, 2)),
        (weil, (7, 1)),
        (reed_solomon, (6, 2, 3)),
        (reed_solomon, (5, 1, 3)),
        (reed_solomon, (5, 4, 3)),
        (reed_solomon, (5, 2, 7)),
        (reed_solomon, (5, 2, 3, 3)),
        (reed_solomon, (5, 2, 3, 11)),
        (devore, (6, 2)),
        (devore, (5, 1)),
        (devore, (5, 6)),
        (devore, (5, 2.5)),
    ],
)
def test_makers_refuse_what_has_no_theorem(make, arguments):
    with pytest.raises(InputError) as refusal:
        make(*arguments)
    assert "\n" not in str(refusal.value)


# ---- through the package's own verification


@pytest.mark.parametrize(
    "frame",
    [kerdock(16), gold(4), delsarte_goethals(16, 1), reed_solomon(4, 3, 5), reed_solomon(5, 3, 5), devore(5, 2)],
    ids=name,
)
def test_worst_case_error_agrees_with_the_theorem(frame):
    worst = frame.worst_case_error(k=3)
    assert worst.profile[0].is_exact
    assert worst.profile[0].upper == frame.error.upper
    assert worst.error.upper <= 3 * frame.error.upper
    assert worst.holds(3 * frame.error.upper + Fraction(1, 10**9))
