"""Best probes on recorded activations against a general solver on the whole linear program, one a feature.

The program of a feature goes to HiGHS in two ways, through cvxpy with a new problem, and through scipy, which builds no
expressions, by two methods. Each is timed on a sample of features. All cores may be used by either side.
"""

from functools import partial

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


SOLVERS = {"cvxpy, new problems, HIGHS": by_cvxpy} | {
    f"scipy, linprog, {method}": partial(by_scipy, method=method) for method in ("highs-ds", "highs-ipm")
}
SIZES = {2000: (32, 32, 4), 5000: (64, 64, 1)}  # d, m, and how many features are in the sample, by n


@pytest.mark.parametrize("n", SIZES)
def test_all_features(measure, n):
    d, m, _ = SIZES[n]
    X, Z = recorded(n, d, m)
    assert measure(
        lambda: minimax_probes(X, Z), f"activations-{n}", "lincs.activations.minimax_probes"
    ).is_reached.all()


@pytest.mark.cold
@pytest.mark.parametrize("name", SOLVERS)
@pytest.mark.parametrize("n", SIZES)
def test_feature_by_feature(measure, n, name):
    d, m, sample = SIZES[n]
    X, Z = recorded(n, d, m)
    Z = Z[:, :sample]
    solve = SOLVERS[name]
    found = measure(lambda: [solve(X, z) for z in Z.T], f"activations-{n}", name, share=sample / m, rounds=1)
    np.testing.assert_allclose(minimax_probes(X, Z).upper, found, rtol=1e-5)


@pytest.mark.full
@pytest.mark.cold
def test_twenty_thousand_samples(measure):
    X, Z = recorded(20_000, 256, 64)
    X = X.astype(np.float32)
    task = "lincs.activations.minimax_probes"
    assert measure(lambda: minimax_probes(X, Z), "activations-full", task, rounds=1).is_reached.all()
