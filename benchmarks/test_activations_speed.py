"""Best probes on recorded activations against a general solver on the whole linear program, one a feature.

    pytest benchmarks/test_activations_speed.py --benchmark-only -s

The program of a feature goes to HiGHS in two ways, through cvxpy with a new problem, and through scipy, which builds no
expressions; the fastest of HiGHS' methods there. Each is timed on a sample of features and scaled to all m.
``extra_info`` holds both ratios. All cores may be used by either side.
"""

import time

import cvxpy as cp
import numpy as np
import pytest
from scipy.optimize import linprog

from lincs.activations import minimax_probes


def recorded(n: int, d: int, m: int) -> tuple[np.ndarray, np.ndarray]:
    """n samples of 4 d sparse features in d dimensions, of which m are looked at."""
    rng = np.random.default_rng(0)
    A = rng.standard_normal((d, 4 * d)) / np.sqrt(d)
    Z = (rng.random((n, 4 * d)) < 0.01) * rng.random((n, 4 * d))
    return Z @ A.T, Z[:, :m]


def by_cvxpy(X: np.ndarray, z: np.ndarray) -> float:
    b, c, t = cp.Variable(X.shape[1]), cp.Variable(), cp.Variable()
    problem = cp.Problem(cp.Minimize(t), [X @ b + c - z <= t, z - X @ b - c <= t])
    return problem.solve(solver="HIGHS")


def by_scipy(X: np.ndarray, z: np.ndarray, method: str) -> float:
    n, d = X.shape
    ones = np.ones((n, 1))
    sides = np.block([[X, ones, -ones], [-X, -ones, -ones]])
    cost = np.eye(1, d + 2, d + 1)[0]
    return linprog(cost, sides, np.concatenate([z, -z]), bounds=(None, None), method=method).fun


@pytest.mark.parametrize(("n", "d", "m", "sample"), [(2000, 32, 32, 4), (5000, 64, 64, 1)])
def test_against_one_program_a_feature(benchmark, n, d, m, sample):
    X, Z = recorded(n, d, m)
    solvers = {"cvxpy": by_cvxpy}
    solvers |= {method: lambda X, z, method=method: by_scipy(X, z, method) for method in ("highs-ds", "highs-ipm")}
    seconds, values = {}, {}
    for name, solve in solvers.items():
        start = time.perf_counter()
        values[name] = [solve(X, z) for z in Z.T[:sample]]
        seconds[name] = (time.perf_counter() - start) / sample * m
    found = benchmark.pedantic(minimax_probes, args=(X, Z), rounds=3, warmup_rounds=1)
    took = benchmark.stats.stats.min
    assert found.is_reached.all()
    for value in values.values():
        np.testing.assert_allclose(found.upper[:sample], value, rtol=1e-5)
    ratios = {name: each / took for name, each in seconds.items()}
    benchmark.extra_info |= {f"times_faster_than_{name}": ratio for name, ratio in ratios.items()}
    print(f"\nminimax_probes, n = {n}, d = {d}, m = {m}: {took:.2f} s; times faster than "
          + ", ".join(f"{name}: {ratio:.0f}" for name, ratio in ratios.items()))  # fmt: skip


def test_twenty_thousand_samples(benchmark):
    X, Z = recorded(20_000, 256, 64)
    found = benchmark.pedantic(minimax_probes, args=(X.astype(np.float32), Z), rounds=1)
    assert found.is_reached.all()
    print(f"\nminimax_probes, n = 20000, d = 256, m = 64: {benchmark.stats.stats.min:.1f} s")
