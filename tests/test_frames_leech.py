"""Lines of the Leech lattice: the code, the counts, every inner product."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from lincs import dimension_bounds, frames
from lincs._checks import InputError
from lincs.frames.leech import DIMENSIONS, OCTADS, golay_words, leech, leech_for, minimal_lines

MEMBERS = [(d, cosine) for cosine, dimensions in DIMENSIONS.items() for d in dimensions]


def test_golay_code():
    words = golay_words().astype(int)
    weights, counts = np.unique(words.sum(axis=1), return_counts=True)
    assert dict(zip(weights.tolist(), counts.tolist(), strict=True)) == {0: 1, 8: 759, 12: 2576, 16: 759, 24: 1}
    numbers = set((words @ 2 ** np.arange(24)).tolist())
    assert len(numbers) == 4096
    some = sorted(numbers)[::97]
    assert all(a ^ b in numbers for a, b in combinations(some, 2))
    octads = words[words.sum(axis=1) == 8]
    assert [n for n in (octads @ 2 ** np.arange(24)).tolist() if n == 255] == [255]  # the first eight coordinates
    assert tuple(int((octads[:, :s].sum(axis=1) == 0).sum()) for s in range(9)) == OCTADS


def test_lines_are_different_vectors_of_the_lattice():
    x = minimal_lines().astype(int)
    assert x.shape == (98280, 24)
    assert ((x**2).sum(axis=1) == 32).all()
    assert len({tuple(v) for v in np.concatenate([x, -x]).tolist()}) == 2 * len(x)
    e = x[:, 0] % 2
    assert (x % 2 == e[:, None]).all()
    assert (x.sum(axis=1) % 8 == 4 * e).all()
    words = set((golay_words().astype(int) @ 2 ** np.arange(24)).tolist())
    assert set(((x - e[:, None]) // 2 % 2 @ 2 ** np.arange(24)).tolist()) <= words


@pytest.mark.parametrize(("d", "cosine"), [member for member in MEMBERS if member[0] < 22 or member[1] > 2])
def test_all_inner_products(d, cosine):
    check(leech(d, cosine), 1)


@pytest.mark.parametrize("d", [22, 23, 24])
def test_some_inner_products_of_larger_members(d):
    check(leech(d), 97)


@pytest.mark.slow
@pytest.mark.parametrize("d", [22, 23, 24])
def test_all_inner_products_of_larger_members(d):
    check(leech(d), 1)


def check(frame, every):
    A, B = frame.matrix().astype(np.float32), frame.probes(np.arange(frame.m)).astype(np.float32)
    assert np.linalg.matrix_rank(A[:, :: max(1, frame.m // 1500)]) == frame.d
    largest = 0
    rows = np.arange(0, frame.m, every)
    for start in range(0, len(rows), 500):
        some = rows[start : start + 500]
        G = B[:, some].T @ A
        assert (G[np.arange(len(some)), some] == frame.diagonal).all()
        G[np.arange(len(some)), some] = 0
        largest = max(largest, int(np.abs(G).max()))
    assert Fraction(largest, frame.diagonal) ** 2 == frame.coherence_squared


@pytest.mark.parametrize(
    ("m", "delta", "d"),
    [
        (98280, "0.34", 24),
        (98281, "0.34", None),
        (2000, "0.34", 16),
        (2000, "0.26", 23),
        (1408, "0.26", 22),
        (276, "0.17", 23),
        (176, "0.17", 22),
        (126, "0.17", 21),
        (9, "1/6", None),  # strict
    ],
)
def test_selector(m, delta, d):
    found = leech_for(m, Fraction(delta))
    assert (found.d if found else None) == d
    assert leech_for(2300, Fraction(1, 4)) is None
    assert leech_for(2300, Fraction(1, 3)).d == 23  # strict


@pytest.mark.parametrize(("d", "m"), [(23, 276), (22, 176), (21, 126)])
def test_equiangular_lines_meet_the_welch_bound(d, m):
    frame = leech(d, 5)
    G = frame.probes(np.arange(m)).T.astype(int) @ frame.columns(np.arange(m))
    assert (np.abs(G) == 16 + 64 * np.eye(m, dtype=int)).all()
    assert (d * G @ G == 80 * m * G).all()  # a tight frame
    found = dimension_bounds(m, 1, "0.1667")
    assert found.lower.d == found.upper.d == d
    assert found.upper.theorem == "leech"


def test_best_uses_them():
    assert frames.best(90000, 1, "0.34").family == "leech"


@pytest.mark.parametrize(
    "arguments", [(15,), (25,), (21, 3), (24, 3), (24, 4), (23, 4), (20, 5), (24, 5), (24, 6), (24.5,)]
)
def test_other_members_are_refused(arguments):
    with pytest.raises(InputError) as refusal:
        leech(*arguments)
    assert "\n" not in str(refusal.value)
