"""Erased Reed-Solomon words: their number and the words by trying all polynomials, every product by its definition."""

import contextlib
import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lincs import frames, worst_case_error
from lincs._checks import InputError
from lincs.check import _codes as other
from lincs.check._reading import CertificateError, Fails
from lincs.frames._erasures import COUNTS
from lincs.frames.erased_reed_solomon import (
    coherence,
    counts,
    erased_reed_solomon,
    erased_reed_solomon_for,
    primitive_root,
)

SMALL = [
    erased_reed_solomon(*arguments)
    for arguments in (
        (3, 3, 0, 0, 2),
        (5, 3, 1, 0, 2),
        (5, 3, 0, 0, 4),
        (5, 3, 2, 1, 3),
        (7, 5, 2, 2, 1),
        (7, 3, 2, 1, 6),
        (7, 3, 3, 2, 4),
        (7, 4, 2, 1, 5),
        (7, 5, 4, 2, 6),
        (11, 3, 3, 2, 7),
        (13, 3, 4, 2, 12),
    )
]


def name(frame):
    return str(tuple(frame.params.values())).replace(" ", "")


def members():
    """Parameters of small members, by hypothesis."""

    def rest(q):
        return st.integers(3, min(q, 5)).flatmap(
            lambda T: st.tuples(
                st.just(q), st.just(T), st.integers(0, q - 2), st.integers(0, T - 1), st.integers(1, q - 1)
            )
        )

    return st.sampled_from([3, 5, 7]).flatmap(rest)


def good_polynomials(q, T, s, h):
    """All polynomials of degree T - 1 with at most h values below s, with these values, as in the definition."""
    for f in itertools.product(range(q), repeat=T):
        values = tuple(sum(c * x**i for i, c in enumerate(f)) % q for x in range(q))
        if f[-1] and sum(v < s for v in values) <= h:
            yield f, values


@pytest.mark.parametrize("frame", SMALL, ids=name)
def test_words_are_good_polynomials_and_all_of_those_with_the_leading_coefficients(frame):
    q, T, s, h, leading = frame.params.values()
    words, leads = frame._columns.__self__.words(np.arange(frame.m))
    found = list(zip(map(tuple, words.T.tolist()), leads.tolist(), strict=True))
    assert len(set(found)) == frame.m
    good = {values: f[-1] for f, values in good_polynomials(q, T, s, h)}
    coefficients = {number: {good[word] for word, lead in found if lead == number} for number in range(leading)}
    assert all(len(own) == 1 for own in coefficients.values())
    own = set().union(*coefficients.values())
    assert len(own) == leading
    assert {word for word, _ in found} == {word for word, lead in good.items() if lead in own}
    # no other choice of as many has more words
    room = sorted((sum(lead == c for lead in good.values()) for c in range(1, q)), reverse=True)
    assert frame.m == sum(room[:leading])


@pytest.mark.parametrize("frame", SMALL, ids=name)
def test_products_are_agreements_by_definition(frame):
    q, T, s, h, _ = frame.params.values()
    index = np.arange(0, frame.m, max(1, frame.m // 150))
    words, leads = frame._columns.__self__.words(index)
    agree = (leads[:, None] == leads).astype(int)
    alone = np.zeros_like(agree, dtype=int)
    for row in words:
        agree = agree + ((row[:, None] == row) & (row >= s))
        alone += (row[:, None] >= s) & (row < s)
    r = q - s
    expected = 2 * r * agree + 2 * alone - (r * (T - 1) + h)
    A, B = frame.columns(index), frame.probes(index)
    assert A.shape == B.shape == (frame.d, len(index))
    assert (expected == B.T @ A).all()  # in the raw dtype: no overflow
    assert (B.T.astype(int) @ A.astype(int) == expected).all()


@settings(deadline=None)
@given(members())
def test_error_is_that_of_the_theorem(arguments):
    q, T, s, h, _ = arguments
    try:
        frame = erased_reed_solomon(*arguments)
    except InputError as refusal:
        if "no polynomial" in str(refusal):
            assert not list(good_polynomials(q, T, s, h))
        else:
            assert (q - s) * (T - 1) + h >= (q - s) * (q + 1 - h)
        return
    some = np.arange(0, frame.m, max(1, frame.m // 300))
    G = frame.probes(some).T.astype(int) @ frame.columns(some).astype(int)
    own = np.diag(G).copy()
    np.fill_diagonal(G, 0)
    largest = (q - s) * (T - 1) + h
    assert frame.coherence.lower == frame.coherence.upper == Fraction(largest, frame.diagonal) == coherence(q, T, s, h)
    assert np.abs(G).max() <= largest
    assert own.min() >= frame.diagonal
    assert own.max() <= frame.diagonal + 2 * largest
    assert frame.error.upper == Fraction(largest, 2 * (q - s) * (q + 1 - h))
    if frame.m == len(some) and frame.error.upper < 1:
        exact = worst_case_error(frame.columns(some), frame.probes(some), k=1, scale=frame.scale)
        assert exact.error.upper <= frame.error.upper


@settings(deadline=None)
@given(members())
def test_the_checker_counts_the_same(arguments):
    try:
        frame = erased_reed_solomon(*arguments)
    except InputError:
        with contextlib.suppress(Fails):
            assert other.erased_reed_solomon(*arguments)[1] == 0
        return
    assert other.erased_reed_solomon(*arguments) == (frame.d, frame.m, frame.coherence_squared)


@pytest.mark.parametrize("q", [10**9 + 7, 10**30])
def test_the_checker_refuses_large_members_at_once(q):
    with pytest.raises(CertificateError, match="are looked at"):
        other.erased_reed_solomon(q, 10**9, 2, 1, 7)


def test_plain_reed_solomon_words_are_a_special_case():
    """Nothing erased, all leading coefficients but 0: the error of q + 1 points."""
    frame, plain = erased_reed_solomon(7, 3, 0, 0, 6), frames.reed_solomon(7, 3, 8)
    assert frame.error == plain.error
    assert (frame.m, frame.d) == (plain.m - 7**2, plain.d - 1)


@pytest.mark.parametrize("member", [member for member in COUNTS if member[0] ** (member[1] - 2) <= 10**6], ids=str)
def test_counts_on_record(member):
    assert counts(*member) == COUNTS[member]


@pytest.mark.slow
@pytest.mark.parametrize("member", [member for member in COUNTS if member[0] ** (member[1] - 2) > 10**6], ids=str)
def test_large_counts_on_record(member):
    assert counts(*member) == COUNTS[member]


def test_record_is_of_distinct_primes_and_classes():
    for (q, T, s, h), found in COUNTS.items():
        assert all(q % p for p in range(2, q))
        assert len(found) == np.gcd(T - 1, q - 1)
        assert 0 <= s < q - 1
        assert 0 <= h < T


@pytest.mark.parametrize("q", [3, 5, 7, 11, 13, 41, 101])
def test_primitive_root(q):
    w = primitive_root(q)
    orders = [next(i for i in range(1, q) if pow(v, i, q) == 1) for v in range(1, w + 1)]
    assert orders[-1] == q - 1
    assert q - 1 not in orders[:-1]


def served(m, delta):
    for q, T, s, h in COUNTS:
        if coherence(q, T, s, h) / (1 + coherence(q, T, s, h)) < delta:
            for leading in range(1, q):
                frame = erased_reed_solomon(q, T, s, h, leading)
                if frame.m >= m:
                    yield frame.d
                    break


@pytest.mark.parametrize(
    ("m", "delta"), [(10**6, "0.1"), (10**9, "0.05"), (3 * 10**9, "0.04"), (10**7, "0.3"), (2, "1")]
)
def test_selected_dimension_is_the_least(m, delta):
    found = erased_reed_solomon_for(m, Fraction(delta))
    assert found.m >= m
    assert found.is_accurate(Fraction(delta))
    assert found.d == min(served(m, Fraction(delta)))
    assert frames.make("erased_reed_solomon", **found.params) == found


def test_selector_has_no_room_for_everything():
    assert erased_reed_solomon_for(10**40, Fraction(1, 3)) is None
    assert erased_reed_solomon_for(1000, Fraction(1, 10**6)) is None


@pytest.mark.parametrize(("m", "delta", "d"), [(10**9, "0.02", 9848), (10**9, "0.05", 2421)])
def test_best_uses_them(m, delta, d):
    frame = frames.best(m, 1, delta)
    assert (frame.family, frame.d) == ("erased_reed_solomon", d)
    some = np.unique(np.random.default_rng(0).integers(0, frame.m, 500))
    G = frame.probes(some).T.astype(float) @ frame.columns(some).astype(float)
    own = np.diag(G).copy()
    np.fill_diagonal(G, 0)
    assert own.min() >= frame.diagonal
    assert Fraction(int(np.abs(G).max()), frame.diagonal) <= frame.coherence.upper


def test_a_wrong_record_is_noticed(monkeypatch):
    monkeypatch.setitem(COUNTS, (7, 3, 2, 1), (5, 4))
    with pytest.raises(AssertionError, match="on record"):
        erased_reed_solomon(7, 3, 2, 1, 6).columns([0])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((2, 3, 0, 0, 1), "q must"),
        ((9, 3, 0, 0, 1), "a prime"),
        ((7, 2, 0, 0, 1), "T must"),
        ((7, 8, 0, 0, 1), "T must"),
        ((7, 3, 6, 0, 1), "erased must"),
        ((7, 3, 2, 3, 1), "erasures must"),
        ((7, 3, 2, 1, 0), "leading must"),
        ((7, 3, 2, 1, 7), "leading must"),
        ((5, 5, 0, 2, 1), "coherence below 1"),
        ((10**9 + 7, 10**9, 2, 1, 7), "at most 100000000"),  # at once, not after a power of 10^10 digits
        ((101, 7, 2, 1, 7), "at most 100000000"),
        ((5, 3, 3, 0, 1), "no polynomial has at most 0 values below 3"),
    ],
)
def test_bad_parameters_are_refused_in_a_line(arguments, says):
    with pytest.raises(InputError, match=says.replace("^", r"\^")) as refusal:
        erased_reed_solomon(*arguments)
    assert "\n" not in str(refusal.value)
