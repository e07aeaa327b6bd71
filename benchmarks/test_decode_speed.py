"""Decoding 1000 columns on one A against what a user would do instead, in one run on one core.

    pytest benchmarks/test_decode_speed.py --benchmark-only -s

Basis pursuit goes to cvxpy in two ways, a new problem for each column and one problem with a parameter, to scipy's
HiGHS and, where it is installed, to spgl1 (1e-6, without a proof); orthogonal matching pursuit to scikit-learn. Those
that go column by column are timed on a sample and scaled. ``extra_info`` holds the ratios. OPENBLAS_CORETYPE, where it
is set, can halve the speed of matrix products.
"""

import statistics
import time

import cvxpy as cp
import numpy as np
import pytest
from scipy.optimize import linprog
from threadpoolctl import threadpool_limits

from lincs import l1

pytestmark = pytest.mark.filterwarnings("ignore")

D, M, N = 128, 512, 1000
SPARSITIES = (10, 20, 25)
SOLVERS = ("HIGHS", "CLARABEL", "SCIPY")
SAMPLE = 7


@pytest.fixture(scope="module", autouse=True)
def one_core():
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def A() -> np.ndarray:
    A = np.random.default_rng(0).standard_normal((D, M))
    return A / np.linalg.norm(A, axis=0)


def vectors(k: int) -> np.ndarray:
    rng = np.random.default_rng(k)
    Z = np.zeros((M, N))
    for n in range(N):
        Z[rng.choice(M, k, replace=False), n] = rng.standard_normal(k)
    return Z


def rivals(A: np.ndarray):
    """Functions of one column x, by name."""
    z, parameter = cp.Variable(M), cp.Parameter(D)
    stated = cp.Problem(cp.Minimize(cp.norm1(z)), [A @ z == parameter])

    def new_problem(x, solver):
        z = cp.Variable(M)
        cp.Problem(cp.Minimize(cp.norm1(z)), [A @ z == x]).solve(solver=solver)
        return z.value

    def one_parameter(x, solver):
        parameter.value = x
        stated.solve(solver=solver)
        return z.value

    def highs(x):
        solution = linprog(np.ones(2 * M), A_eq=np.hstack([A, -A]), b_eq=x).x
        return solution[:M] - solution[M:]

    for solver in SOLVERS:
        yield f"cvxpy, new problems, {solver}", lambda x, s=solver: new_problem(x, s)
        yield f"cvxpy, a parameter, {solver}", lambda x, s=solver: one_parameter(x, s)
    yield "scipy linprog", highs
    try:
        from spgl1 import spg_bp
    except ImportError:
        return
    yield "spgl1", lambda x: spg_bp(A, x, iter_lim=2000, bp_tol=1e-6, opt_tol=1e-6)[0]


def median_seconds(solve, X: np.ndarray) -> float:
    solve(X[:, -1])  # compiles
    times = []
    for n in range(SAMPLE):
        start = time.perf_counter()
        solve(X[:, n])
        times.append(time.perf_counter() - start)
    return statistics.median(times)


@pytest.mark.parametrize("k", SPARSITIES)
def test_decode_many(benchmark, A, k):
    Z = vectors(k)
    X = A @ Z
    answers = benchmark.pedantic(l1.decode_many, args=(A, X), rounds=3, warmup_rounds=1)
    each = benchmark.stats.stats.median / N
    print(f"\nk = {k}: {1e3 * each:.2f} ms a column, {answers.certified.mean():.1%} certified")
    for name, solve in rivals(A):
        ratio = median_seconds(solve, X) / each
        benchmark.extra_info[name] = ratio
        print(f"  {ratio:6.0f} times faster than {name} ({1e3 * ratio * each:.1f} ms a column)")


@pytest.mark.parametrize("k", [20, 34, 44])
def test_recovery(benchmark, A, k):
    Z = vectors(k)
    verdict = benchmark.pedantic(l1.recovery, args=(A, Z), rounds=3, warmup_rounds=1)
    each = benchmark.stats.stats.median / N
    print(f"\nk = {k}: {1e3 * each:.2f} ms a column, {verdict.recovered.mean():.1%} recovered, "
          f"{verdict.undecided.mean():.1%} undecided")  # fmt: skip


@pytest.mark.parametrize("k", [10, 30])
def test_orthogonal_matching_pursuit(benchmark, A, k):
    from sklearn.linear_model import orthogonal_mp

    X = A @ vectors(k)
    benchmark.pedantic(l1.orthogonal_matching_pursuit, args=(A, X, k), rounds=3, warmup_rounds=1)
    took = benchmark.stats.stats.median
    start = time.perf_counter()
    orthogonal_mp(A, X, n_nonzero_coefs=k)
    ratio = (time.perf_counter() - start) / took
    benchmark.extra_info["scikit-learn"] = ratio
    print(f"\nk = {k}: {1e3 * took / N:.2f} ms a column, {ratio:.1f} times scikit-learn's speed")
