"""Exact verification against what one would write with numpy, and against the bare matrix product, in one run.

Run with `make bench`. The groups compare like with like; OPENBLAS_CORETYPE, where it is set, slows all of them alike.
"""

from fractions import Fraction

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

import lincs
from lincs import frames

K = 64


def full_gram_partition(A, B, k):
    """W_1..W_k by the full Gram matrix, unverified, as one would write it."""
    E = B.T @ A
    E[np.diag_indices_from(E)] -= 1
    top = np.partition(np.abs(E), E.shape[1] - k, axis=1)[:, -k:]
    return np.cumsum(np.sort(top, axis=1)[:, ::-1], axis=1).max(axis=0)


@pytest.fixture(scope="module", params=[(4096, 256), (8192, 256)], ids=lambda p: f"m{p[0]}d{p[1]}")
def pair(request):
    m, d = request.param
    return tuple(frames.random_columns(d, range(m), seed=seed) for seed in (1, 2))


@pytest.mark.benchmark(group="verify")
def test_bare_product(benchmark, pair):
    A, B = pair
    benchmark.pedantic(lambda: B.T @ A, rounds=3, warmup_rounds=1)


@pytest.mark.benchmark(group="verify")
def test_full_gram_with_partition(benchmark, pair):
    benchmark.pedantic(full_gram_partition, args=(*pair, K), rounds=2)


@pytest.mark.benchmark(group="verify")
def test_worst_case_error(benchmark, pair):
    found = benchmark.pedantic(lincs.worst_case_error, args=pair, kwargs={"k": K}, rounds=2, warmup_rounds=1)
    expected = full_gram_partition(*pair, K)
    assert np.allclose([float(error.lower) for error in found.profile], expected, rtol=1e-9)


@pytest.mark.benchmark(group="verify, one thread of BLAS elsewhere")
def test_integer_frame(benchmark):
    frame = frames.make("kerdock", d=256)
    with threadpool_limits(1):
        found = benchmark.pedantic(frame.worst_case_error, args=(K, 4096), rounds=2, warmup_rounds=1)
    assert found.profile[0].lower == frame.error.lower


@pytest.mark.benchmark(group="bounds")
@pytest.mark.parametrize("m", [10**6, 10**30])
def test_dimension_bounds(benchmark, m):
    assert benchmark(lincs.dimension_bounds, m, 10, "0.05").upper.d > 0


@pytest.mark.benchmark(group="columns")
@pytest.mark.parametrize("family", ["kerdock", "gold", "weil", "reed_solomon"])
def test_columns_on_demand(benchmark, family):
    frame = frames.FAMILIES[family].best_for(10**6, Fraction(1, 64))
    indices = np.random.default_rng(0).integers(0, 10**6, 2000)
    assert benchmark(frame.columns, indices).shape == (frame.d, 2000)
