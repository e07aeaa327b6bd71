"""The reference engine: a general solver through cvxpy, one row at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lincs._solvers import call_solver
from lincs.probes._fast import State


class Reference:
    """The linear program of one row, stated plainly: ``min t`` where ``|scaled.T b - e_i| <= t / column_scale``."""

    def __init__(self, scaled: np.ndarray, column_scale: np.ndarray, solver: str | None) -> None:
        import cvxpy as cp

        self.scaled, self.solver = scaled, solver or "HIGHS"
        self.unit = cp.Parameter(scaled.shape[1])
        self.b = cp.Variable(scaled.shape[0])
        t = cp.Variable()
        residual = scaled.T @ self.b - self.unit
        self.sides = [residual <= t / column_scale, -residual <= t / column_scale]
        self.problem = cp.Problem(cp.Minimize(t), self.sides)

    def solve(self, i: int) -> tuple[np.ndarray, np.ndarray]:
        """``scaled.T @ b`` and a kernel vector w, up to the solver's accuracy."""
        self.unit.value = np.eye(1, self.scaled.shape[1], i)[0]
        call_solver(self.problem, self.solver, f"feature {i}", instead="method='fast'")
        w = self.sides[1].dual_value - self.sides[0].dual_value
        return self.scaled.T @ self.b.value, w if w[i] >= 0 else -w


def by_cvxpy(state: State, todo: np.ndarray, solver: str | None, report: Callable[[int], None]) -> None:
    """Solve the rows one by one; what the solver says is certified like anything else."""
    matrix = state.matrix
    reference = Reference(matrix.scaled, matrix.column_scale, solver)
    for position in todo:
        where = np.array([position])
        u, w = reference.solve(int(state.rows[position]))
        state.add_lower(where, (w - matrix.Q @ (matrix.Q.T @ w))[None])
        state.keep(where, *matrix.probes((matrix.Q.T @ u)[None], state.rows[where]))
        report(1)
