"""Frames of codes: words by their definitions, weights by other code, every Gram matrix against the theorem."""

import itertools
import math
from collections import Counter
from fractions import Fraction
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lincs import frames, worst_case_error
from lincs._checks import InputError
from lincs._numbers import prime_power
from lincs.check import _codes as other
from lincs.check._reading import CertificateError
from lincs.frames._codes import fewest_symbols, row_of_all_words
from lincs.frames._curves import CURVES
from lincs.frames._fields import (
    base_digits,
    field_difference,
    field_product,
    irreducible_polynomial,
    linear_words,
    subfield,
    systematic_form,
)
from lincs.frames._generators import GENERATORS
from lincs.frames.ag_code import _points, _pole_orders, _terms, _weights, ag_code, ag_code_for
from lincs.frames.bch import _solved, bch, bch_for, information
from lincs.frames.linear_code import _bounds_on_weights, _divisor, _least_weight, linear_code, linear_code_for, weights
from lincs.frames.trace_code import generators, trace_code, trace_code_for

SELECTORS = {"ag_code": ag_code_for, "bch": bch_for, "linear_code": linear_code_for, "trace_code": trace_code_for}

SMALL = [
    ag_code(2, "y^2+y+x^3", 2, 3),
    ag_code(3, "y^2+x^3+x", 3, 4),
    ag_code(4, "y^2+y+x^3", 3, 9),
    ag_code(4, "y^2+y+x^3", 4, 8, 13),
    ag_code(5, "y^2+4x^3+2x", 4, 10),
    ag_code(5, "y^2+4x^3+2x", 5, 10, 11),
    ag_code(9, "y^3+y+2x^4", 6, 28),
    ag_code(7, "y^2+4x^3+2", 3, 11, 17),
    bch(2, 3, 2),
    bch(2, 4, 3, 21),
    bch(2, 4, 5),
    bch(2, 4, 5, 13),
    bch(2, 4, 5, 12, 2),
    bch(2, 5, 7, 21),
    bch(3, 2, 3),
    bch(3, 3, 14, 11, 3),
    bch(4, 2, 8),
    bch(4, 2, 5, 12, 2),
    bch(5, 2, 18),
    bch(9, 2, 70, 20, 1),
    linear_code(2, 7, "1101"),
    linear_code(2, 8, "1101+"),
    linear_code(2, 23, "1010010011111", 20, 3),
    linear_code(3, 11, "1011211"),
    linear_code(3, 12, "201211+"),
    linear_code(3, 12, "201211+", 10, 2),
    linear_code(4, 15, "1120330211", 11),
    linear_code(5, 11, "212111", 13, 1),
    linear_code(8, 10, "1365631+"),
    linear_code(9, 4, "187"),
    linear_code(2, 3, "111"),
    trace_code(3, 3),
    trace_code(3, 3, 13),
    trace_code(3, 3, 10, 2),
    trace_code(4, 3),
    trace_code(4, 3, 9, 20),
    trace_code(5, 3, 20, 4),
    trace_code(9, 3, 14),
    linear_code(2, 17, "1/00100111+"),
    linear_code(2, 18, "11/000111/010011", 7, 1),
    linear_code(3, 12, "1/011121:2"),
    linear_code(3, 13, "11/1121/221:2+"),
    linear_code(4, 8, "12/113:2"),
    linear_code(5, 8, "1/1242:3", 14),
    linear_code(7, 7, "15/36:4+"),
    linear_code(8, 6, "12/57:7"),
    linear_code(9, 9, "12/34/58:3"),
]


def name(frame):
    return frame.family + str(tuple(frame.params.values())).replace(" ", "")


def gram(frame, count=None):
    first = np.arange(frame.m if count is None else count)
    A, B = frame.columns(first), frame.probes(first)
    wide = B.T.astype(np.int64) @ A.astype(np.int64)
    assert (wide == B.T @ A).all(), "the raw dtype overflows"
    return wide


# ---- the words, by their definitions


@lru_cache
def monomials(q, n):
    """x^(q+1) and Tr(x) at all x of GF(q^n), from tables of the field, and the tables."""
    sums, products = other.field(q**n)
    conjugate = list(range(q**n))
    for _ in range(q - 1):
        conjugate = [products[x][y] for x, y in enumerate(conjugate)]
    trace = []
    for x in range(q**n):
        total = y = x
        for _ in range(n - 1):
            y = conjugate[y]
            total = sums[total][y]
        trace.append(total)
    return [products[x][y] for x, y in enumerate(conjugate)], trace, sums, products


def traces(q, n, a, b):
    """Tr(a x^(q+1) + b x) at x = 1, 2, .., as elements of GF(q^n)."""
    monomial, trace, sums, products = monomials(q, n)
    return tuple(trace[sums[products[a][monomial[x]]][products[b][x]]] for x in range(1, q**n))


def products_of_polynomials(q, n, generator):
    """The words (f g, f g f_2, .., f g f_l) modulo x^r - c for all f of degree below k, and minus their sum for a +."""
    sums, products = other.field(q)
    text, _, c = generator.rstrip("+").partition(":")
    g, *multipliers = ([int(digit) for digit in block] for block in text.split("/"))
    r = (n - generator.count("+")) // (1 + len(multipliers))

    def product(a, b):
        result = [0] * (len(a) + len(b) - 1)
        for i, j in itertools.product(range(len(a)), range(len(b))):
            result[i + j] = sums[result[i + j]][products[a[i]][b[j]]]
        return result

    def remainder(a):
        a = a + [0] * r
        for power in range(len(a) - 1, r - 1, -1):  # x^power = c x^(power-r)
            a[power - r] = sums[a[power - r]][products[a[power]][int(c or 1)]]
        return a[:r]

    words = set()
    for f in itertools.product(range(q), repeat=r + 1 - len(g)):
        word = [x for h in ([1], *multipliers) for x in remainder(product(product(f, g), h))]
        if generator.endswith("+"):
            total = 0
            for x in word:
                total = sums[total][x]
            word.append(sums[total].index(0))
        words.add(tuple(word))
    return words


def slow_words(frame):
    """All words of the code from which a frame is trimmed, as tuples: by its definition, position by position."""
    q, params = frame.params["q"], frame.params
    sums, products = other.field(q)

    def combinations(rows):
        words = {(0,) * len(rows[0])}
        for row in rows:
            multiples = [[products[c][x] for x in row] for c in range(q)]
            words = {tuple(map(lambda a, b: sums[a][b], word, more)) for word in words for more in multiples}
        return words

    if frame.family == "linear_code":
        return products_of_polynomials(q, params["n"], params["generator"])

    if frame.family == "trace_code":
        return {traces(q, params["n"], a, b) for a in range(q ** params["n"]) for b in range(q ** params["n"])}

    # a function at the points by trying all of them
    def value(terms, x, y):
        total = 0
        for c, i, j in terms:
            for factor in [x] * i + [y] * j:
                c = products[c][factor]
            total = sums[total][c]
        return total

    terms = _terms(q, params["curve"])
    a, b = max(j for *_, j in terms), max(i for _, i, j in terms if j == 0)
    points = [(x, y) for x in range(q) for y in range(q) if value(terms, x, y) == 0]
    monomials = [(a * i + b * j, i, j) for j in range(a) for i in range(params["degree"] + 1)]
    rows = [
        ([value([(1, i, j)], *point) for point in points] + [int(order == params["degree"])])[: params["n"]]
        for order, i, j in monomials
        if order <= params["degree"]
    ]
    return combinations(rows)


@pytest.mark.parametrize(
    "frame", [f for f in SMALL if f.family != "bch" and (f.family != "trace_code" or f.params["q"] < 5)], ids=name
)
def test_words_are_those_of_the_definition(frame):
    """Up to the order of positions: by their weights, and as a set where the first k positions are independent."""
    whole = frames.make(frame.family, **{k: v for k, v in frame.params.items() if k not in ("symbols", "punctured")})
    expected = slow_words(whole)
    assert len(expected) == whole.m
    code = whole._columns.args[0]
    digits = np.array(list(itertools.product(range(code.q), repeat=code.k))).T
    words = code.words(digits)
    assert sorted(np.count_nonzero(words, axis=0)) == sorted(
        n - word.count(0) for word in expected for n in [len(word)]
    )
    if frame.family == "linear_code":
        assert set(map(tuple, words.T.tolist())) == expected


@st.composite
def codes_of_polynomials(draw):
    """A field, a length and a generator of up to three blocks of up to four symbols, with or without c and a sum."""
    q, r, blocks = draw(st.sampled_from([2, 3, 4, 5, 7, 8, 9])), draw(st.integers(2, 4)), draw(st.integers(1, 3))
    k = draw(st.integers(1, 2 if q > 5 else 3 if q > 3 else 4).filter(lambda k: k < r or (k == r and blocks > 1)))

    def polynomial(degree):
        middle = st.lists(st.integers(0, q - 1), min_size=degree, max_size=degree)
        return [*draw(middle), draw(st.integers(1, q - 1))]

    g = polynomial(r - k)
    g[0] = g[0] or 1
    texts = ["".join(map(str, f)) for f in [g, *(polynomial(draw(st.integers(0, r - 1))) for _ in range(blocks - 1))]]
    c, plus = draw(st.integers(1, q - 1)), draw(st.sampled_from(["", "+"]))
    return q, r * blocks + len(plus), "/".join(texts) + (f":{c}" if c > 1 else "") + plus


@given(codes_of_polynomials())
def test_words_and_weights_are_those_of_products_of_polynomials(code):
    q, n, _ = code
    expected = products_of_polynomials(*code)
    found = [n - word.count(0) for word in expected if any(word)]
    assert weights(*code) == other.weights(*code) == (min(found), max(found))
    frame = linear_code(*code)
    k = frame.params["symbols"] // q
    digits = np.array(list(itertools.product(range(q), repeat=k))).T
    assert set(map(tuple, frame._columns.args[0].words(digits).T.tolist())) == expected
    assert (frame.m, len(expected)) == (q**k, q**k)


@pytest.mark.parametrize("frame", [f for f in SMALL if f.family == "bch"], ids=name)
def test_bch_words_have_vanishing_power_sums_of_an_independent_field(frame):
    """With the field's products from other code: the first t sums over the positions vanish."""
    q, e, t = (frame.params[key] for key in "qet")
    code = bch(q, e, t)._columns.args[0]
    words = code.words(np.eye(code.k, dtype=np.int64))
    assert code.n == q**e
    assert (words[: code.k] == np.eye(code.k)).all()
    if q not in (2, 3, 5):
        return  # symbols of GF(4) and GF(9) are not elements of the larger field by the same numbers
    checking = _solved(q, e, t)[0]
    order = [*(x for x in range(code.n) if x not in checking), *checking]
    sums, products = other.field(code.n)
    for word in words.T.tolist():
        for i in range(t):
            total = 0
            for x, symbol in zip(order, word, strict=True):
                power = 1
                for _ in range(i):
                    power = products[power][x]
                for _ in range(symbol):  # a symbol of GF(p) times an element
                    total = sums[total][power]
            assert total == 0


@pytest.mark.parametrize(("q", "size"), [(3, 27), (4, 64), (8, 64), (9, 81), (2, 8), (16, 256)])
def test_subfield_adds_and_multiplies_as_the_field_in_which_it_lies(q, size):
    inside, small, large = subfield(q, size).tolist(), other.field(q), other.field(size)
    for x, y in itertools.product(range(q), repeat=2):
        for table, wide in zip(small, large, strict=True):
            assert inside[table[x][y]] == wide[inside[x]][inside[y]]
    assert len(set(inside)) == q


@pytest.mark.parametrize(("q", "n"), [(3, 3), (4, 3), (5, 3), (3, 5)])
def test_generators_of_trace_codes_are_traces_in_an_independent_field(q, n):
    p = min(p for p in (2, 3, 5) if q % p == 0)
    rows = subfield(q, q**n)[generators(q, n)]
    assert [tuple(row) for row in rows.tolist()] == [
        *(traces(q, n, p**i, 0) for i in range(n)),
        *(traces(q, n, 0, p**i) for i in range(n)),
    ]


@settings(deadline=None, max_examples=50)
@given(st.sampled_from([(3, 3), (4, 3), (5, 3), (3, 5)]), st.data())
def test_every_trace_is_a_word_of_its_code(case, data):
    q, n = case
    a, b = (data.draw(st.integers(0, q**n - 1)) for _ in "ab")
    information, _ = systematic_form(q, generators(q, n))
    others = [x for x in range(q**n - 1) if x not in information]
    symbols = {element: symbol for symbol, element in enumerate(subfield(q, q**n).tolist())}
    expected = np.array([symbols[element] for element in traces(q, n, a, b)])
    word = trace_code(q, n)._columns.args[0].words(expected[information, None])[:, 0]
    assert (word == expected[[*information, *others]]).all()


@pytest.mark.parametrize(("q", "n"), [(3, 3), (4, 3), (5, 3), (3, 5)])
def test_trace_codes_have_three_weights_as_often_as_the_text_says(q, n):
    code = trace_code(q, n)._columns.args[0]
    found = Counter()
    for first in np.array_split(np.arange(code.m), max(1, code.m // 20_000)):
        digits = np.stack([first // q**i % q for i in range(2 * n)])
        found.update(np.count_nonzero(code.words(digits), axis=0).tolist())
    average, root = q**n - q ** (n - 1), q ** ((n - 1) // 2)
    outer = [(q**n - 1) * (q - 1) * (root**2 + sign * root) // 2 for sign in (1, -1)]
    assert found == {0: 1, average - root: outer[0], average + root: outer[1], average: q ** (2 * n) - 1 - sum(outer)}
    assert other.trace_weights(q, n) == (code.least, code.most) == (average - root, average + root)


@settings(deadline=None, max_examples=30)
@given(st.sampled_from([(3, 7), (4, 5), (7, 3), (8, 3), (9, 3), (11, 3), (16, 3)]), st.data())
def test_products_of_trace_codes_take_three_values(case, data):
    frame = trace_code(*case)
    indices = data.draw(st.lists(st.integers(0, frame.m - 1), min_size=2, max_size=6, unique=True))
    G = frame.probes(indices).T.astype(int) @ frame.columns(indices).astype(int)
    assert (np.diag(G) == frame.diagonal).all()
    largest = frame.coherence.lower * frame.diagonal
    assert {*np.abs(G[~np.eye(len(G), dtype=bool)]).tolist()} <= {0, largest}


@pytest.mark.parametrize("q", [2, 3, 4, 5, 8, 9])
def test_systematic_form_spans_the_same_words(q):
    rng = np.random.default_rng(q)
    rows = rng.integers(0, q, (4, 9))
    rows[3] = field_difference(rows[0], field_product(rows[1], np.array(q - 1), q), q)  # at most rank 3
    rows[:, 0] = rows[:, 4] = 0
    information, checks = systematic_form(q, rows)
    assert information == sorted(set(information))
    assert checks.shape == (9 - len(information), len(information))
    assert 1 <= len(information) <= 3
    others = [x for x in range(9) if x not in information]
    words = linear_words(q, checks, rows[:, information].T)
    assert (rows[:, information] == words[: len(information)].T).all()
    assert (rows[:, others] == words[len(information) :].T).all()


# ---- what is on record


@pytest.mark.parametrize(("q", "curve"), CURVES)
def test_curves_have_the_points_on_record(q, curve):
    sums, products = other.field(q)
    points = {tuple(point) for point in _points(q, curve).tolist()}
    assert len(points) == CURVES[q, curve] - 1
    for x, y in points if q <= 16 else sorted(points)[::7]:
        total = 0
        for c, i, j in _terms(q, curve):
            for factor in [x] * i + [y] * j:
                c = products[c][factor]
            total = sums[total][c]
        assert total == 0


@pytest.mark.parametrize(("q", "n", "generator"), GENERATORS)
def test_weights_are_those_on_record(q, n, generator):
    least, most = GENERATORS[q, n, generator]
    assert weights(q, n, generator) == (least, most)
    k = len(other._rows(q, n, generator))
    assert other.linear_code(q, n, generator, k * q, 0)[2] == Fraction(most - least, most + least) ** 2
    if q**k <= other.MOST_WORDS:
        assert other.weights(q, n, generator) == (least, most)


# ---- the frames


@pytest.mark.parametrize("frame", SMALL, ids=name)
def test_gram_matrix_is_as_the_theorem_says(frame):
    count = min(frame.m, 2500)
    G = gram(frame, count)
    assert (np.diag(G) == frame.diagonal).all()
    off = np.abs(G - np.diag(np.diag(G))).max() if count > 1 else 0
    largest = frame.coherence_squared * frame.diagonal**2
    assert off**2 <= largest
    if frame.coherence_is_exact and count == frame.m:
        assert off**2 == largest
    assert frame.columns([0]).shape == (frame.d, 1)
    assert len({tuple(column) for column in frame.columns(np.arange(count)).T.tolist()}) == count


@pytest.mark.parametrize("frame", SMALL, ids=name)
def test_products_count_differences(frame):
    code = frame._columns.args[0]
    count = min(frame.m, 300)
    digits = np.array(
        [[i // int(np.prod(code.alphabets[:x])) % a for i in range(count)] for x, a in enumerate(code.alphabets)]
    )
    words = code.words(digits)
    assert (words[: code.k] == digits).all()
    H = np.count_nonzero(words[:, :, None] != words[:, None, :], axis=0)
    assert (gram(frame, count) == code.unit * (code.least + code.most - 2 * H)).all()
    assert ((code.least <= H) | np.eye(count, dtype=bool)).all()
    assert H.max() <= code.most


@pytest.mark.parametrize("frame", [f for f in SMALL if f.is_transitive and f.m * f.d <= 500_000], ids=name)
def test_one_row_tells_the_profile_of_a_whole_code(frame):
    k = min(20, frame.m)
    first = np.arange(frame.m)
    expected = worst_case_error(frame.columns(first), frame.probes(first), k=k, scale=frame.scale)
    assert frame.worst_case_error(k).profile == expected.profile
    row = row_of_all_words(frame._columns.args[0], k)
    assert [Fraction(x) for x in gram(frame)[0, row.columns].tolist()] == list(row.products)


@pytest.mark.parametrize(
    "frame", [trace_code(3, 3), trace_code(5, 3), linear_code(3, 11, "1011211"), linear_code(5, 11, "212111")], ids=name
)
@pytest.mark.parametrize("k", [1, 2, 9, 80])
@pytest.mark.parametrize("symbols", [2**22, 100])
def test_a_row_is_that_of_all_words(frame, k, symbols, monkeypatch):
    """The search may end before the last word, and looks at some words at a time: neither is seen in the row."""
    monkeypatch.setattr("lincs.frames._codes.CHUNK", 100)
    monkeypatch.setattr("lincs.frames._codes.MOST_SYMBOLS", symbols)
    code = frame._columns.args[0]
    first = np.arange(1, code.m)
    weights = np.count_nonzero(code.words(np.stack([first // code.q**i % code.q for i in range(code.k)])), axis=0)
    products = code.least + code.most - 2 * weights
    order = sorted(range(code.m - 1), key=lambda i: (-abs(products[i]), i))[: k - 1]
    row = row_of_all_words(code, k)
    assert row.columns == first[order].tolist()
    assert row.products == [code.unit * int(products[i]) for i in order]


def test_one_row_of_a_whole_frame_that_is_too_large_for_all_words():
    frame = trace_code(3, 9)
    assert frame.m > 2**28
    found = frame.worst_case_error(40)
    assert [error.upper for error in found.profile] == [n * frame.error.upper for n in range(1, 41)]
    pairs = [pair for pair in zip(found.witness.support, found.witness.signs, strict=True) if pair[0] != 0]
    columns, signs = zip(*pairs, strict=True)
    G = frame.probes([0]).T.astype(int) @ frame.columns(columns).astype(int)
    assert len(set(columns)) in (39, 40)
    assert set((G[0] * signs).tolist()) == {frame.coherence.lower * frame.diagonal}
    assert trace_code(3, 9, punctured=1)._row is None


def test_large_members_on_random_blocks():
    rng = np.random.default_rng(0)
    for frame in (
        ag_code_for(10**12, Fraction("0.2")),
        ag_code_for(10**6, Fraction("0.1")),
        bch_for(10**12, Fraction("0.3")),
        bch_for(10**12, Fraction("0.25")),
        linear_code_for(10**6, Fraction("0.3")),
    ):
        some = np.unique(rng.integers(0, frame.m, 1200))
        G = frame.probes(some).T.astype(int) @ frame.columns(some).astype(int)
        assert (np.diag(G) == frame.diagonal).all()
        np.fill_diagonal(G, 0)
        assert Fraction(int(np.abs(G).max()), frame.diagonal) ** 2 <= frame.coherence_squared


@pytest.mark.parametrize(
    ("m", "delta", "d", "family"),
    [
        (729, "0.143", 53, "trace_code"),
        (15625, "0.048", 497, "trace_code"),
        (36143, "0.05516", 484, "trace_code"),
        (649611, "0.02194", 3063, "trace_code"),
        (4374884, "0.01127", 12470, "trace_code"),
        (1000, "0.3", 22, "linear_code"),
        (10**4, "0.2", 76, "ag_code"),
        (10**5, "0.3", 46, "linear_code"),
        (10**6, "0.3", 67, "linear_code"),
        (10**6, "0.251", 76, "linear_code"),
        (10**6, "0.1", 412, "ag_code"),
        (10**9, "0.3", 141, "ag_code"),
        (10**9, "0.3", 109, "linear_code"),
        (10**12, "0.3", 187, "bch"),
        (10**12, "0.2", 406, "ag_code"),
    ],
)
def test_dimensions_of_selected_members(m, delta, d, family):
    delta = Fraction(delta)
    frame = SELECTORS[family](m, delta)
    assert (frame.d, frame.is_accurate(delta)) == (d, True)
    assert frame.m >= m
    if m <= 20000:
        assert frame.worst_case_error(1, m).error.upper < delta


# ---- the selectors


def served(family, m, delta):
    """The dimensions of members that serve (m, delta), by trying all parameters; of bch only those of length <= 64.

    Of trace_code those of length < 600.
    """
    tried = []
    if family == "linear_code":
        for q, n, generator in GENERATORS:
            k = linear_code(q, n, generator).params["symbols"] // q
            if (least := fewest_symbols(q, k, m)) is not None:
                tried += [(q, n, generator, symbols, P) for symbols in (least, least + 1) for P in range(n - k + 1)]
    elif family == "trace_code":
        for q, n in ((3, 3), (3, 5), (4, 3), (5, 3), (7, 3), (8, 3)):
            if (least := fewest_symbols(q, 2 * n, m)) is not None:
                tried += [(q, n, symbols, P) for symbols in (least, least + 1) for P in range(q**n)]
    elif family == "bch":
        for q, e in ((2, 3), (2, 4), (2, 5), (2, 6), (3, 2), (3, 3), (4, 2), (4, 3), (5, 2), (7, 2), (8, 2)):
            for t in range(2, q**e - 1):
                k = information(q, e)[t]
                if k and (least := fewest_symbols(q, k, m)) is not None:
                    tried += [(q, e, t, least, P) for P in range(t + 1)]
    else:
        for q, curve in CURVES:
            for degree in range(2, CURVES[q, curve]):
                for n in {int(degree / (2 * delta)), int(degree / (2 * delta)) + 1, degree + 1}:
                    k = len(_pole_orders(*_weights(q, curve), degree))
                    if (least := fewest_symbols(q, k, m)) is not None:
                        tried += [(q, curve, degree, n, max(least, 2 * k) + more) for more in (0, 1)]
    for arguments in tried:
        try:
            frame = getattr(frames, family)(*arguments)
        except InputError:
            continue
        if frame.m >= m and frame.is_accurate(delta):
            yield frame.d


@pytest.mark.parametrize("family", SELECTORS)
@pytest.mark.parametrize(
    ("m", "delta"), [(100, "0.2"), (1000, "0.3"), (5000, "0.27"), (10**5, "0.23"), (10**6, "0.4"), (10**8, "0.3")]
)
def test_selected_dimension_is_the_least(family, m, delta):
    delta = Fraction(delta)
    found = SELECTORS[family](m, delta)
    least = min(served(family, m, delta), default=None)
    if least is None:
        assert found is None or found.family in ("bch", "trace_code")
    elif family == "bch":  # longer codes are looked at as well
        assert found.d <= least
        assert found.d == least or found.params["q"] ** found.params["e"] > 64
    elif family == "trace_code":
        assert found.d <= least
        assert found.d == least or found.params["q"] ** found.params["n"] > 600
    else:
        assert found.d == least


def test_of_codes_with_one_dimension_that_of_the_fewest_words_is_selected():
    found = linear_code_for(10**6, Fraction("0.28"))
    assert linear_code(4, 27, "120231323132021+", 39).d == found.d == 73  # 4^12 words
    assert (found.params["n"], found._columns.args[0].k) == (25, 10)  # 4^10


@given(st.sampled_from(sorted(SELECTORS)), st.integers(1, 10**30), st.integers(1, 10**30), st.data())
def test_selectors_serve_the_question_and_are_monotone(family, m, more, data):
    delta = data.draw(st.fractions(min_value=Fraction(1, 50), max_value=1))
    found = SELECTORS[family](m, delta)
    if found is not None:
        assert found.m >= m
        assert found.is_accurate(delta)
        assert frames.make(family, **found.params) == found
    harder = SELECTORS[family](m + more, delta * data.draw(st.fractions(min_value=Fraction(1, 2), max_value=1)))
    if harder is not None:
        assert found is not None
        assert found.d <= harder.d


@pytest.mark.parametrize(
    ("make", "arguments"),
    [
        (ag_code, (6, "y^2+x^3", 3, 4)),
        (ag_code, (4, "y^2+y+x^4", 3, 4)),  # no coprime degrees
        (ag_code, (4, "2y^2+y+x^3", 3, 4)),  # not monic
        (ag_code, (4, "y^2+x^2y+x^3", 3, 4)),  # a term of too large weight
        (ag_code, (4, "y^2+y+x^3+x^3", 3, 4)),
        (ag_code, (4, "y^2+y+4x^3", 3, 4)),
        (ag_code, (4, "y^2 + x^3", 3, 4)),
        (ag_code, (4, "", 3, 4)),
        (ag_code, (4, "y^2+y+x^3", 1, 4)),  # not a pole order
        (ag_code, (4, "y^2+y+x^3", 3, 3)),
        (ag_code, (4, "y^2+y+x^3", 3, 10)),  # nine points only
        (ag_code, (4, "y^2+y+x^3", 3, 9, 13)),
        (bch, (6, 2, 3)),
        (bch, (2, 1, 1)),
        (bch, (2, 11, 3)),
        (bch, (2, 4, 15)),
        (bch, (2, 4, 0)),
        (bch, (2, 4, 5, 6)),
        (bch, (2, 4, 5, 14, 6)),
        (trace_code, (2, 3)),
        (trace_code, (6, 3)),
        (trace_code, (67, 3)),
        (trace_code, (3, 2)),
        (trace_code, (3, 4)),
        (trace_code, (3, 13)),
        (trace_code, (16, 5)),  # 2^20 positions
        (trace_code, (3, 3, 6)),
        (trace_code, (3, 3, 19)),
        (trace_code, (3, 3, 18, 15)),
        (linear_code, (6, 7, "1101")),
        (linear_code, (2, 7, "1201")),
        (linear_code, (2, 7, "0101")),
        (linear_code, (2, 7, "1100")),
        (linear_code, (2, 7, "")),
        (linear_code, (2, 3, "1101")),
        (linear_code, (2, 7, "1101", 8, 4)),
        (linear_code, (2, 7, "1101", 9)),
        (linear_code, (2, 200, "11000001")),  # too many words to look at
        (linear_code, (2, 8, "1/")),
        (linear_code, (2, 8, "/1")),
        (linear_code, (2, 8, "1//1")),
        (linear_code, (2, 8, "1/0110")),
        (linear_code, (2, 8, "01/11")),
        (linear_code, (2, 8, "1/21")),
        (linear_code, (2, 8, "1/11111")),  # more digits than a block has symbols
        (linear_code, (2, 8, "11111/1")),  # no word but 0
        (linear_code, (2, 9, "1/11")),  # not two equal parts
        (linear_code, (2, 8, "1/11+")),
        (linear_code, (3, 8, "1/11:")),
        (linear_code, (3, 8, "1/11:0")),
        (linear_code, (3, 8, "1/11:3")),
        (linear_code, (3, 9, "1/11+:2")),
        (linear_code, (3, 9, "1/11:2++")),
        (linear_code, (3, 8, "1/1 1")),
        (linear_code, (3, 8, "1/\u06611")),  # a digit, but not one of these
        (linear_code, (2, 7, "1")),  # all words
    ],
)
def test_makers_refuse_what_has_no_theorem(make, arguments):
    with pytest.raises(InputError) as refusal:
        make(*arguments)
    assert "\n" not in str(refusal.value)


# ---- codes of too many words: the least weight by words of few symbols in a window


def shift_closed_generators():
    """(q, n, generator) of small codes that are closed under shifts, of one or two blocks, extended or not."""
    import flint

    found = []
    binomials = [(2, 7, 1), (2, 15, 1), (3, 8, 1), (3, 8, 2), (3, 11, 1), (4, 5, 1), (4, 6, 2), (4, 7, 1), (5, 6, 1)]
    for q, r, c in [*binomials, (5, 6, 2), (7, 6, 3), (8, 7, 1), (9, 5, 1)]:
        field = flint.fq_default_ctx(modulus=irreducible_polynomial(*prime_power(q)))
        element = [field(base_digits(x, *prime_power(q))) for x in range(q)]
        polynomials = flint.fq_default_poly_ctx(field)
        binomial = polynomials([-element[c]] + [field(0)] * (r - 1) + [field(1)])
        factors = [factor for factor, power in binomial.factor()[1] for _ in range(power)]
        for size in range(len(factors)):
            for part in itertools.combinations(factors, size):
                g = math.prod(part, start=polynomials([field(1)]))
                k = r + 1 - len(g.coeffs())
                if 2 <= k < r and q**k <= 5000:
                    text = "".join(str(element.index(x)) for x in g.coeffs())
                    found.append((q, r, text + f":{c}" * (c > 1)))
                    found.append((q, 2 * r, text + "/11" + f":{c}" * (c > 1)))
                    if c == 1:
                        found += [(q, r + 1, text + "+"), (q, 2 * r + 1, text + "/101+")]
    return sorted(set(found))


@pytest.mark.parametrize(("q", "n", "generator"), shift_closed_generators())
def test_least_weight_from_windows_is_that_of_all_words(q, n, generator):
    try:
        found = _least_weight(q, n, generator)
    except InputError:  # a block of fewer dimensions
        assert "/" in generator
        with pytest.raises(CertificateError, match="determine a word"):
            other.least_weight(q, n, generator)
        return
    assert found == other.least_weight(q, n, generator) == weights(q, n, generator)[0]


@pytest.mark.parametrize("s", [0, 1, 2])
@pytest.mark.parametrize(("q", "n", "generator"), [code for code in shift_closed_generators() if "/" not in code[2]])
def test_bounds_on_weights_hold_for_codes_and_shortened_ones(q, n, generator, s):
    if len(other._rows(q, n, generator)) > s:
        least, most = weights(q, n - s, generator)
        bounds = _bounds_on_weights(q, n - s, generator)
        assert bounds == other.bounds_on_weights(q, n - s, generator)
        assert bounds[0] <= least
        assert most <= bounds[1] <= n - s
        assert s or bounds[0] == least


SELF_ORTHOGONAL = [
    (2, 8, "1101+"),
    (2, 24, "110001110101+"),
    (3, 12, "201211+"),
    (4, 6, "1/121"),
    (4, 30, "120231323132021+"),
]


@pytest.mark.parametrize(("q", "n", "generator"), SELF_ORTHOGONAL + shift_closed_generators()[::7])
def test_all_weights_are_divisible(q, n, generator):
    spanning = np.array(other._rows(q, n, generator))
    number = _divisor(q, spanning)
    assert number == other.divisor(q, spanning.tolist())
    some = np.random.default_rng(0).integers(0, q, (len(spanning), 2000))
    words = linear_words(q, spanning.T, some)[len(spanning) :]
    assert not (np.count_nonzero(words, axis=0) % number).any()
    assert number > 1 or (q, n, generator) not in SELF_ORTHOGONAL


@pytest.mark.parametrize(
    ("q", "n", "generator", "says"),
    [
        (2, 60, "11000001", "divides"),  # of x^127 - 1, far from x^60 - 1
        (4, 31, "10020001201001:2+", "divides"),  # the sum of a twisted shift is another one
        (2, 56, "1/11", "determine a word"),
        (3, 59, "221010012222110110012211122201", "33554432"),  # a quadratic residue code of least weight 17
    ],
)
def test_large_codes_whose_least_weight_is_not_found(q, n, generator, says):
    with pytest.raises(InputError, match=says) as refusal:
        weights(q, n, generator)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("q", "n", "generator", "least"),
    [
        (4, 30, "120231323132021+", 12),
        (5, 30, "124044313440421+", 12),
        (3, 48, "1002010021112101222221021+", 15),
        (9, 20, "2426546151+", 10),
    ],
)
def test_quadratic_residue_codes_of_many_words(q, n, generator, least):
    """Extended quadratic residue codes, of known least weights; the ternary one is of least weight 15."""
    assert weights(q, n, generator) == (least, n)
    assert other.least_weight(q, n, generator) == least
    frame = linear_code(q, n, generator)
    assert not frame.coherence_is_exact
    some = np.unique(np.random.default_rng(0).integers(0, frame.m, 400))
    H = n - agreements(frame, some)
    assert H[~np.eye(len(some), dtype=bool)].min() >= least


def agreements(frame, index):
    words = frame._columns.args[0].words(np.array([[int(i) // frame.params["q"] ** x % frame.params["q"] for i in index]
                                                   for x in range(frame._columns.args[0].k)]))  # fmt: skip
    return (words[:, :, None] == words[:, None]).sum(axis=0)
