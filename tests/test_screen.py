"""Laws of the pass that bounds all rows: it bounds every row, whoever computes which part, and changes no answer."""

from __future__ import annotations

import threading
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_accessibility import exact_entries, float_pairs, integer_pairs, row_sums

import lincs
from lincs import _maximum, _passes, _products, _screen
from lincs.accessibility import worst_case_error

SETTINGS = settings(max_examples=100, deadline=None)


@pytest.fixture(scope="module", autouse=True)
def small_tiles():
    """Tiles and rectangles so small that matrices of some hundred columns have many, and passes at every size."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_screen, "TILE", 16)
        patch.setattr(_passes, "TILE", 16)
        patch.setattr(_passes, "RECTANGLE", 32)
        patch.setattr(_maximum, "FEWEST_ROWS", 1)
        patch.setattr(_maximum, "FEWEST_ROWS_PER_K", 0)
        yield


def passes(product, thresholds):
    """All passes over a product, with these entries of the first row of B^T A as thresholds."""
    A, B = product.A.astype(np.float64) / product.units[0], product.B[:, :1].astype(np.float64) / product.units[1]
    return _screen.screens_of(product, np.sort(np.abs(B.T @ A)[0])[-thresholds:])


def bounds_of(product, screen, side=32, order=1):
    """Upper bounds on all rows, from rectangles in one order or the other."""
    ledger = _passes.Ledger(product, screen, side)
    for rectangle in ledger.tasks[::order]:
        probes = _products.tile_of(product.B, rectangle[0], product.units[1], screen.dtype)
        ledger.add(rectangle, _screen.tally_rectangle(product, screen, rectangle, probes, threading.Event()))
    assert ledger.rows_done == product.m
    rows = np.arange(product.m)
    return _screen.upper_bounds(product, screen, ledger.total, rows, _screen.diagonal(product))[1], ledger.total


@SETTINGS
@given(
    st.one_of(integer_pairs(), float_pairs()),
    st.booleans(),
    st.sampled_from(["signed", "binary"]),
    st.sampled_from([1, -1, 0, Fraction(2, 3), Fraction(-5, 7)]),
    st.data(),
)
def test_no_row_exceeds_its_bound(pair, is_gram, features, scale, data):
    A, B = pair
    B = None if is_gram else B
    k = data.draw(st.integers(1, A.shape[1]))
    product = _products.product_of(A, B, k, scale, features)
    E = exact_entries(A, A if is_gram else B, scale)
    for screen in passes(product, data.draw(st.integers(1, 5))):
        high, _ = bounds_of(product, screen)
        for n in range(1, k + 1):
            for bound, error in zip(high[:, n - 1], row_sums(E, n, features), strict=True):
                assert Fraction(bound.item()) >= error * product.one


@pytest.mark.parametrize("dtype", [np.int8, np.float32, np.float64])
@pytest.mark.parametrize("features", ["signed", "binary"])
@pytest.mark.parametrize("is_gram", [True, False])
def test_bounds_of_many_tiles_are_sound_and_close(dtype, features, is_gram):
    """Against one sort of every row; with a threshold at each entry of a row its bounds are exact up to rounding."""
    rng = np.random.default_rng()
    A, B = (np.round(rng.standard_normal((2, 7, 150)) * 20)).astype(dtype)
    if dtype != np.int8:
        A, B = A * dtype(1.1) + rng.standard_normal(A.shape).astype(dtype), B * dtype(0.7)
    product = _products.product_of(A, None if is_gram else B, 12, 1, features)
    E = np.array(exact_entries(A, A if is_gram else B))
    screens = passes(product, 64)
    assert len(screens) == (1 if dtype == np.int8 else 2)
    for screen in screens:
        high, _ = bounds_of(product, screen)
        for n in (1, 2, 7, 12):
            errors = row_sums(E.tolist(), n, features)
            assert all(Fraction(bound.item()) >= error for bound, error in zip(high[:, n - 1], errors, strict=True))
            if features == "signed" and dtype == np.int8:
                assert high[0, n - 1] == errors[0]
            assert high[0, n - 1] <= float(errors[0]) * (1 + 1e-4) or features == "binary"


@pytest.mark.parametrize("is_gram", [True, False])
def test_the_order_and_the_cut_change_nothing(is_gram):
    rng = np.random.default_rng()
    A, B = rng.standard_normal((2, 9, 130))
    product = _products.product_of(A, None if is_gram else B, 5, 1, "binary")
    for screen in passes(product, 20):
        _, expected = bounds_of(product, screen)
        for side, order in ((16, 1), (16, -1), (48, 1), (160, -1)):
            _, total = bounds_of(product, screen, side, order)
            assert np.array_equal(total.counts, expected.counts)
            assert np.array_equal(total.sums, expected.sums)


@pytest.mark.parametrize("dtype", [np.int16, np.float32, np.float64])
def test_threads_and_memory_change_nothing(monkeypatch, dtype):
    """Bit for bit, also where rows are tied and the answer is an enclosure."""
    rng = np.random.default_rng()
    tied = np.repeat(rng.standard_normal((3, 1)) / 3, 300, axis=1)
    free = (rng.standard_normal((20, 300)) * 90).astype(dtype)
    for A in (free, tied):
        monkeypatch.setattr(_maximum, "MOST_CONTENDERS", 16)
        monkeypatch.setattr(_maximum, "MOST_EXACT_PRODUCTS", 0)
        results = []
        for workers, memory in ((1, None), (2, None), (5, None), (2, "90MB"), (1, "1GB")):
            monkeypatch.setattr(_products, "cores", lambda workers=workers: workers)
            results.append(worst_case_error(A, k=9, memory=memory))
        assert all(result == results[0] for result in results)


@SETTINGS
@given(st.integers(0, 2**32), st.integers(1, 40), st.sampled_from(["signed", "binary"]), st.booleans())
def test_the_pass_and_the_rows_agree(seed, k, features, is_gram):
    """What a pass leaves to look at gives what looking at all rows gives, ties broken alike."""
    rng = np.random.default_rng(seed)
    A, B = rng.integers(-3, 4, (2, 4, 90))
    if seed % 2:
        A, B = A * rng.uniform(0.1, 1, 90), B / 3
    pair = (A,) if is_gram else (A, B)
    screened = worst_case_error(*pair, k=k, features=features)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_maximum, "FEWEST_ROWS", 10**9)
        rows = worst_case_error(*pair, k=k, features=features)
    assert screened == rows


def spy_on(monkeypatch, module, name):
    calls = []
    function = getattr(module, name)
    monkeypatch.setattr(module, name, lambda *args, **options: calls.append(args) or function(*args, **options))
    return calls


def test_few_rows_are_looked_at_again(monkeypatch):
    A, B = np.random.default_rng().standard_normal((2, 64, 600))
    looked_at = spy_on(monkeypatch, _maximum, "largest_entries")
    passed = spy_on(monkeypatch, _maximum, "tally_all")
    for pair in ((A,), (A, B)):
        looked_at.clear()
        worst_case_error(*pair, k=8)
        assert sum(len(rows) for _, rows, _ in looked_at) <= 128
    assert [screen.dtype for _, screen, *_ in passed] == [np.float32] * 2


@pytest.mark.parametrize(
    ("frame", "passes_taken"),
    [("kerdock", [np.float32]), ("hadamard", [np.float32]), ("weil", [np.float64]), ("paley", [np.float64])],
)
def test_tied_rows_take_one_pass(monkeypatch, frame, passes_taken):
    """Where all rows tie, exactly or up to rounding, none but the first few are looked at again."""
    if frame == "hadamard":
        A = lincs.frames.hadamard_matrix(256)
    else:
        member = {"kerdock": {"d": 64}, "weil": {"p": 17, "t": 2}, "paley": {"q": 601}}[frame]
        A = lincs.frames.make(frame, **member).matrix(500)
    monkeypatch.setattr(_maximum, "MOST_CONTENDERS", 32)
    looked_at = spy_on(monkeypatch, _maximum, "largest_entries")
    passed = spy_on(monkeypatch, _maximum, "tally_all")
    result = worst_case_error(A, k=20)
    assert [screen.dtype for _, screen, *_ in passed] == passes_taken
    assert sum(len(rows) for _, rows, _ in looked_at) <= 192
    with monkeypatch.context() as patch:
        patch.setattr(_maximum, "FEWEST_ROWS", 10**9)
        rows = worst_case_error(A, k=20)
    if A.dtype.kind == "i":
        assert result == rows
    assert all(
        a.lower <= b.upper and b.lower <= a.upper and float(a.upper) <= float(b.upper) * (1 + 1e-11)
        for a, b in zip(result.profile, rows.profile, strict=True)
    )


def test_rows_that_thresholds_do_not_separate_are_all_looked_at(monkeypatch):
    """200 columns that are permutations of one: far more values than thresholds, and rows that nearly tie."""
    rng = np.random.default_rng(5)
    values = rng.standard_normal(40)
    A = np.array([rng.permutation(values) for _ in range(200)]).T @ np.eye(200)
    A = A / np.linalg.norm(A, axis=0)
    monkeypatch.setattr(_screen, "MOST_THRESHOLDS", 2)
    monkeypatch.setattr(_passes, "MOST_THRESHOLDS", 2)
    monkeypatch.setattr(_maximum, "MOST_CONTENDERS", 4)
    result = worst_case_error(A, k=150)
    assert all(error.upper >= error.lower for error in result.profile)
    errors = row_sums(exact_entries(A, A), 150, "signed")
    assert result.error.lower <= max(errors) <= result.error.upper
    assert float(result.error.upper - result.error.lower) < 1e-9


def test_tallies_beyond_64_bits_are_not_believed():
    """Where more entries were tallied than 64 bits may hold, the bound is n times the largest entry."""
    A, B = np.random.default_rng().uniform(0.5, 1, (2, 1, 100))
    A[:, 1:] *= 1e-3
    product = _products.product_of(A, B, 3, 1, "signed")
    screen = _screen.screens_of(product, np.array([1e-9]))[-1]
    largest = np.arange(1, 4) * screen.largest * screen.quantum
    trusted, _ = bounds_of(product, replace(screen, most=100))
    coarse, _ = bounds_of(product, replace(screen, most=98))  # every row tallies 99
    assert (trusted[:, 2] < 2.5).all()
    assert (coarse >= largest).all()
    assert largest[2] > 2.9


def test_tallies_stay_within_64_bits():
    """As many entries as are believed, each as large as there may be, sum to less than 2^63."""
    for k in (1, 100, 10**5):
        A, B = np.random.default_rng().uniform(0.5, 1, (2, 1, 10))
        product = replace(_products.product_of(A, B, 3, 1, "signed"), k=k)
        for screen in _screen.screens_of(product, np.array([1e-9])):
            assert screen.most * screen.largest < 2**63
            assert k * screen.largest < 2**63
            assert screen.most >= 4096
