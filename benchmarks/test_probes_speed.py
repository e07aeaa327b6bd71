"""Best probes and the kernel ratio against the fastest cvxpy solver called row by row, in one run on one core.

    pytest benchmarks/test_probes_speed.py --benchmark-only -s

The cvxpy loop states the row's linear program once with a parameter and solves it for each feature; it is timed on a
sample of features and scaled to all m of them, with the fastest of the solvers below. ``extra_info`` holds the ratios.
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


@pytest.fixture(scope="module")
def seconds_a_row() -> dict[int, float]:
    """Of the fastest solver, measured next to what it is compared with."""
    result = {}
    for m, d in SIZES.items():
        A = gaussian(m, d)
        b, unit = cp.Variable(d), cp.Parameter(m)
        problem = cp.Problem(cp.Minimize(cp.norm_inf(A.T @ b - unit)))
        times = {}
        for solver in SOLVERS:
            if m > 512 and solver != "HIGHS":
                continue  # slower by a factor already at m = 256
            unit.value = np.eye(1, m, m - 1)[0]
            problem.solve(solver=solver)  # compiles the problem
            start = time.perf_counter()
            for i in range(SAMPLE[m]):
                unit.value = np.eye(1, m, i)[0]
                problem.solve(solver=solver)
            times[solver] = (time.perf_counter() - start) / SAMPLE[m]
        result[m] = min(times.values())
        print(f"\ncvxpy, m = {m}, d = {d}: " + ", ".join(f"{s} {1e3 * t:.0f} ms a row" for s, t in times.items()))
    return result


def compare(benchmark, function, m, gap, seconds, rounds):
    A = gaussian(m, SIZES[m])
    result = benchmark.pedantic(function, args=(A,), kwargs={"gap": gap, "workers": 1}, rounds=rounds, warmup_rounds=1)
    assert result.is_reached
    ratio = m * seconds / benchmark.stats.stats.min
    benchmark.extra_info["times_faster_than_cvxpy"] = ratio
    took = f"{1e3 * benchmark.stats.stats.min:.1f} ms"
    print(f"\n{function.__name__}, m = {m}, gap {gap:g}: {took}, {ratio:.0f} times faster")


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
