"""Best probes and the kernel ratio against cvxpy called row by row, on one core.

A linear program goes to cvxpy in two ways, a new problem for each feature and one problem with a parameter, and is
timed on a sample of features.
"""

import itertools

import cvxpy as cp
import numpy as np
import pytest

from lincs.probes import best_probes, kernel_ratio

pytestmark = [
    pytest.mark.usefixtures("one_core"),
    pytest.mark.filterwarnings("ignore"),  # cvxpy: 0 * inf while it bounds norm_inf
]

SIZES = {256: 96, 1024: 320}
#: Features in the sample, and solvers. At m = 1024 the others are slower by a factor already at m = 256.
SAMPLE = {256: 6, 1024: 1}
SOLVERS = {256: ("HIGHS", "CLARABEL", "SCIPY"), 1024: ("HIGHS",)}


def gaussian(m: int, d: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((d, m)) / np.sqrt(d)


@pytest.mark.parametrize("gap", [1e-2, 1e-3, 1e-4])
@pytest.mark.parametrize("function", [best_probes, kernel_ratio])
@pytest.mark.parametrize("m", SIZES)
def test_all_rows(measure, m, function, gap):
    A = gaussian(m, SIZES[m])
    task = f"lincs.{function.__name__} to {gap:.0e}".replace("e-0", "e-")
    rounds = 10 if m < 512 else 2
    assert measure(lambda: function(A, gap=gap, workers=1), f"probes-{m}", task, rounds=rounds).is_reached


@pytest.mark.parametrize(("m", "solver"), [(m, solver) for m in SIZES for solver in SOLVERS[m]])
@pytest.mark.parametrize("way", ["new problems", "a parameter"])
def test_cvxpy_row_by_row(measure, m, solver, way):
    A = gaussian(m, SIZES[m])
    b, unit = cp.Variable(len(A)), cp.Parameter(m)
    stated = cp.Problem(cp.Minimize(cp.norm_inf(A.T @ b - unit)))
    features = itertools.count()

    def row(i):
        if way == "a parameter":
            unit.value = np.eye(1, m, i)[0]
            stated.solve(solver=solver)
        else:
            cp.Problem(cp.Minimize(cp.norm_inf(A.T @ b - np.eye(1, m, i)[0]))).solve(solver=solver)

    def rows():
        for _ in range(SAMPLE[m]):
            row(next(features))

    measure(rows, f"probes-{m}", f"cvxpy, {way}, {solver}", share=SAMPLE[m] / m, rounds=2 if m < 512 else 1)
