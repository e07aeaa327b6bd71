"""Exact verification against the bare matrix product and against what one would write with numpy, in one process.

B is never A itself in a bare product: numpy would take half the product, by another routine.
"""

import os

import numpy as np
import pytest

import lincs
from lincs import _passes, _products, frames
from lincs._work import cores

pytestmark = pytest.mark.blas
K = 64
SIZES = [
    pytest.param((8192, 256, "verify"), id="m8192"),
    pytest.param((30522, 512, "verify-full"), id="m30522", marks=pytest.mark.full),
]


def largest_sums(block, k):
    top = np.partition(np.abs(block), block.shape[1] - k, axis=1)[:, -k:]
    return np.cumsum(np.sort(top, axis=1)[:, ::-1], axis=1).max(axis=0)


def full_gram(A, B, k):
    """W_1..W_k by the full Gram matrix, rounded, as one would write it."""
    E = B.T @ A
    E[np.diag_indices_from(E)] -= 1
    return largest_sums(E, k)


def blocks_of_rows(A, B, k, rows=512):
    """The same in blocks of rows, as one would write it next."""
    found = []
    for start in range(0, B.shape[1], rows):
        E = B[:, start : start + rows].T @ A
        E[np.arange(len(E)), start + np.arange(len(E))] -= 1
        found.append(largest_sums(E, k))
    return np.max(found, axis=0)


def random_pair(m, d, dtype=np.float64):
    return tuple(frames.random_columns(d, range(m), seed=seed).astype(dtype) for seed in (1, 2))


@pytest.fixture(params=SIZES)
def case(request):
    """A, B and the group."""
    m, d, group = request.param
    return *random_pair(m, d), group


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_bare_product(measure, case, dtype):
    A, B = (X.astype(dtype) for X in case[:2])
    group = case[2] if dtype == "float64" else case[2] + "-single"
    measure(lambda: B.T @ A, group, f"bare product B^T A, {dtype}")


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("pair", ["B = A", "any pair"])
def test_worst_case_error(measure, case, pair, dtype):
    A, B = (X.astype(dtype) for X in case[:2])
    B = A if pair == "B = A" else B
    group = case[2] if dtype == "float64" else case[2] + "-single"
    found = measure(lambda: lincs.worst_case_error(A, B, k=K), group, f"lincs.worst_case_error, {pair}")
    if len(A.T) < 10_000:
        expected = blocks_of_rows(A.astype(float), B.astype(float), K)
        assert np.allclose([float(error.lower) for error in found.profile], expected, rtol=1e-9)


def test_full_gram_with_partition(measure, case):
    A, B, group = case
    needed = 3 * 8 * A.shape[1] ** 2  # the product, its absolute values, and those partitioned
    if needed > os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"):
        pytest.skip(f"the Gram matrix takes {needed / 1e9:.0f} GB")
    measure(lambda: full_gram(A, B, K), group, "numpy: full Gram matrix and partition", rounds=2)


def test_blocks_with_partition(measure, case):
    A, B, group = case
    measure(lambda: blocks_of_rows(A, B, K), group, "numpy: blocks of 512 rows and partition", rounds=2)


def test_tied_integers(measure):
    frame = frames.kerdock(256)
    A = frame.matrix(8192)
    task = "lincs.worst_case_error, B = A, kerdock in integers: all rows tie"
    measure(lambda: lincs.worst_case_error(A, k=K, scale=frame.scale), "verify", task)


@pytest.mark.parametrize("pair", ["B = A", "any pair"])
def test_tied_floats(measure, pair):
    A, B = frames.weil(127, 2).pair(8192)
    task = f"lincs.worst_case_error, {pair}, weil in float64: all rows tie"
    measure(lambda: lincs.worst_case_error(A, None if pair == "B = A" else B, k=K), "verify", task)


@pytest.mark.full
@pytest.mark.parametrize("task", ["bare product B^T A, float64", "lincs.worst_case_error, B = A"])
def test_kerdock_of_33023_columns(measure, task):
    frame = frames.kerdock(256)
    if task.startswith("bare"):
        A, B = frame.matrix().astype(np.float64), frame.matrix().astype(np.float64)
        measure(lambda: B.T @ A, "verify-full-tied", task, rounds=2)
        return
    # one column fewer than all: the whole frame is verified from one row
    found = measure(lambda: frame.worst_case_error(K, frame.m - 1), "verify-full-tied", task, rounds=2)
    assert found.profile[0].lower == frame.error.lower


@pytest.mark.parametrize("used", ["lincs, one core", "lincs, all cores"])
def test_cores(measure, monkeypatch, case, used):
    A, _, group = case
    for module in (_products, _passes):
        monkeypatch.setattr(module, "cores", (lambda: 1) if used == "lincs, one core" else cores)
    measure(lambda: lincs.worst_case_error(A, k=K), f"{group}-cores", used)
