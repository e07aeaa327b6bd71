"""Best probes and the kernel ratio against the fastest cvxpy solver called row by row, in one run on one core.

    pytest benchmarks/test_probes_speed.py --benchmark-only -s

A linear program goes to cvxpy in two ways, a new problem for each feature and one problem with a parameter, and
to the fastest of the solvers below. It is timed on a sample of features and scaled to all m. ``extra_info`` holds both
ratios. OPENBLAS_CORETYPE, where it is set, can halve the speed of matrix products.
"""

import time

import cvxpy as cp
import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from lincs.probes import best_probes, kernel_ratio

pytestmark = pytest.mark.filterwarnings("ignore")  # cvxpy: 0 * inf while it bounds norm_inf

SIZES = {256: 96, 1024: 320}
SOLVERS = ("HIGHS", "CLARABEL", "SCIPY")
SAMPLE = {256: 12, 1024: 2}


@pytest.fixture(scope="module", autouse=True)
def one_core():
    with threadpool_limits(1):
        yield


def gaussian(m: int, d: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((d, m)) / np.sqrt(d)


def seconds(solve, m: int) -> float:
    solve(m - 1)  # compiles the problem
    start = time.perf_counter()
    for i in range(SAMPLE[m]):
        solve(i)
    return (time.perf_counter() - start) / SAMPLE[m]


@pytest.fixture(scope="module")
def seconds_a_row() -> dict[int, tuple[float, float]]:
    """Of the fastest solver, with new problems and with a parameter, measured next to what it is compared with."""
    result = {}
    for m, d in SIZES.items():
        A = gaussian(m, d)
        b, unit = cp.Variable(d), cp.Parameter(m)
        stated = cp.Problem(cp.Minimize(cp.norm_inf(A.T @ b - unit)))

        def plain(i, solver, A=A, m=m, d=d):
            b = cp.Variable(d)
            cp.Problem(cp.Minimize(cp.norm_inf(A.T @ b - np.eye(1, m, i)[0]))).solve(solver=solver)

        def parametrised(i, solver, stated=stated, unit=unit, m=m):
            unit.value = np.eye(1, m, i)[0]
            stated.solve(solver=solver)

        # at m > 512 HIGHS alone: the others are slower by a factor already at m = 256
        solvers = SOLVERS if m <= 512 else SOLVERS[:1]
        result[m] = tuple(
            min(seconds(lambda i, s=s, way=way: way(i, s), m) for s in solvers) for way in (plain, parametrised)
        )
        print(f"\ncvxpy, m = {m}, d = {d}: new problems {1e3 * result[m][0]:.0f} ms a row, "
              f"one with a parameter {1e3 * result[m][1]:.0f} ms")  # fmt: skip
    return result


def compare(benchmark, function, m, gap, seconds, rounds):
    A = gaussian(m, SIZES[m])
    result = benchmark.pedantic(function, args=(A,), kwargs={"gap": gap, "workers": 1}, rounds=rounds, warmup_rounds=1)
    assert result.is_reached
    took = benchmark.stats.stats.min
    plain, parametrised = (m * each / took for each in seconds)
    benchmark.extra_info |= {"times_faster_than_new_problems": plain, "times_faster_than_parametrised": parametrised}
    print(f"\n{function.__name__}, m = {m}, gap {gap:g}: {1e3 * took:.1f} ms, {plain:.0f} times faster than cvxpy "
          f"with new problems, {parametrised:.0f} with a parameter")  # fmt: skip


@pytest.mark.parametrize("gap", [1e-2, 1e-3, 1e-4])
@pytest.mark.parametrize("m", SIZES)
def test_best_probes_of_all_rows(benchmark, seconds_a_row, m, gap):
    compare(benchmark, best_probes, m, gap, seconds_a_row[m], 20 if m < 512 else 2)


@pytest.mark.parametrize("gap", [1e-2, 1e-3, 1e-4])
@pytest.mark.parametrize("m", SIZES)
def test_kernel_ratio(benchmark, seconds_a_row, m, gap):
    compare(benchmark, kernel_ratio, m, gap, seconds_a_row[m], 20 if m < 512 else 5)


def test_kernel_ratio_of_4096_columns(benchmark):
    A = gaussian(4096, 1024)
    result = benchmark.pedantic(kernel_ratio, args=(A,), kwargs={"workers": 1}, rounds=1)
    assert result.is_reached
    print(f"\nkernel_ratio, m = 4096, d = 1024, gap 1e-3: {benchmark.stats.stats.min:.1f} s")
