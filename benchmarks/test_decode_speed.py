"""Decoding 1000 columns on one A against what one would call instead, on one core.

Basis pursuit goes to cvxpy in two ways, a new problem for each column and one problem with a parameter, to scipy's
HiGHS, to spgl1, and to scikit-learn's homotopy; orthogonal matching pursuit to scikit-learn.
"""

import itertools

import cvxpy as cp
import numpy as np
import pytest
from scipy.optimize import linprog
from sklearn.linear_model import lars_path, orthogonal_mp
from spgl1 import spg_bp

from lincs import l1

pytestmark = [pytest.mark.usefixtures("one_core"), pytest.mark.filterwarnings("ignore")]

D, M, N, K = 128, 512, 1000, 20
SOLVERS = ("HIGHS", "CLARABEL", "SCIPY")
SAMPLE = 5


def gaussian(d: int, m: int) -> np.ndarray:
    A = np.random.default_rng(0).standard_normal((d, m))
    return A / np.linalg.norm(A, axis=0)


def vectors(m: int, k: int) -> np.ndarray:
    rng = np.random.default_rng(k)
    Z = np.zeros((m, N))
    for n in range(N):
        Z[rng.choice(m, k, replace=False), n] = rng.standard_normal(k)
    return Z


A, Z = gaussian(D, M), vectors(M, K)
X = A @ Z


def new_problem(solver):
    def solve(x):
        z = cp.Variable(M)
        cp.Problem(cp.Minimize(cp.norm1(z)), [A @ z == x]).solve(solver=solver)
        return z.value

    return solve


def one_parameter(solver):
    z, parameter = cp.Variable(M), cp.Parameter(D)
    stated = cp.Problem(cp.Minimize(cp.norm1(z)), [A @ z == parameter])

    def solve(x):
        parameter.value = x
        stated.solve(solver=solver)
        return z.value

    return solve


def highs(x):
    solution = linprog(np.ones(2 * M), A_eq=np.hstack([A, -A]), b_eq=x).x
    return solution[:M] - solution[M:]


#: Functions of one column x.
RIVALS = {
    **{f"cvxpy, new problems, {solver}": new_problem(solver) for solver in SOLVERS},
    **{f"cvxpy, a parameter, {solver}": one_parameter(solver) for solver in SOLVERS},
    "scipy, linprog": highs,
    "spgl1, spg_bp": lambda x: spg_bp(A, x, iter_lim=2000, bp_tol=1e-6, opt_tol=1e-6)[0],
    "scikit-learn, lars_path to alpha = 0": lambda x: lars_path(A, x, method="lasso", alpha_min=0)[2][:, -1],
}


def test_decode_many(measure):
    answers = measure(lambda: l1.decode_many(A, X), "decode", "lincs.l1.decode_many")
    assert answers.certified.mean() > 0.9


def test_recovery(measure):
    task = "lincs.l1.recovery: does L1 find the Z that is given?"
    assert measure(lambda: l1.recovery(A, Z), "decode", task).recovered.mean() > 0.9


@pytest.mark.parametrize("name", RIVALS)
def test_column_by_column(measure, name):
    columns = itertools.count()

    def some():
        for _ in range(SAMPLE):
            n = next(columns)
            z = RIVALS[name](X[:, n])
        return z, n

    z, n = measure(some, "decode", name, share=SAMPLE / N, rounds=3)
    assert np.allclose(z, Z[:, n], atol=1e-3)


def test_orthogonal_matching_pursuit(measure):
    measure(lambda: l1.orthogonal_matching_pursuit(A, X, K), "omp", "lincs.l1.orthogonal_matching_pursuit")


def test_orthogonal_matching_pursuit_of_scikit_learn(measure):
    measure(lambda: orthogonal_mp(A, X, n_nonzero_coefs=K), "omp", "scikit-learn, orthogonal_mp", rounds=2)
