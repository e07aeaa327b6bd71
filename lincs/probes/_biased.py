"""Probes beyond linear: affine ones for non-negative features, and thresholds for binary features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lincs._checks import check_matrix, check_sparsity
from lincs._numbers import Enclosure
from lincs._rounding import above, gamma
from lincs._solvers import call_solver
from lincs._work import progress_bar
from lincs.probes._best import check_rows
from lincs.probes._certificates import Matrix
from lincs.probes._results import AffineProbes, ThresholdProbes


def affine_probes(
    A: Any, k: int, *, rows: Sequence[int] | None = None, solver: str | None = None, progress: bool = False
) -> AffineProbes:
    """The best affine probes ``<b_i, A z> + c_i`` for non-negative features, z in [0, 1]^m and k-sparse.

    The least worst-case error of any affine probe of feature i is ::

        1/2 max { u_i : A u = 0, ||u||_inf <= 1, sum of u_+ <= k, sum of u_- <= k },

    u being a difference of two inputs that A cannot tell apart. At most 1/2, by ``b = 0, c = 1/2``.

    Parameters
    ----------
    A : array (d, m)
        Representation vectors.
    k : int
        Sparsity, 1..m.
    rows : sequence of int, optional
        Features; all by default.
    solver : str, optional
        Name that cvxpy knows; HIGHS by default.
    progress : bool
        Show a progress bar.

    Returns
    -------
    AffineProbes

    Raises
    ------
    InputError
        A is not a finite real matrix, or k or rows are out of range.
    SolverError
        The solver failed; the message says what to try.

    Guarantee: certified bounds on both sides (from B, c and from kernel vectors), whatever the solver did.
    Cost: a linear program of 2m variables and d constraints a feature: for hundreds of features.

    Examples
    --------
    >>> import numpy as np
    >>> probes = affine_probes(np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]]), k=1)
    >>> probes.error.lower <= 0.25 <= probes.error.upper
    True
    """
    matrix, k, features = _checked(A, k, rows)
    program = _Program(matrix, solver)
    B, c = np.zeros((matrix.d, len(features))), np.full(len(features), 0.5)
    lower, upper = np.zeros(len(features)), np.full(len(features), 0.5)
    with progress_bar(progress, len(features), "probes", "row") as report:
        for n, i in enumerate(map(int, features)):
            b, u = program.solve(i, positive=k, negative=k, own=True)
            lower[n] = 0.5 * _kernel_side(matrix, u, i, positive=k, negative=k, own=True)
            for candidate in (b, -b):
                errors, slack = _errors(matrix, candidate)
                errors[i] -= 1.0
                high, low = _sum_of_largest(errors + slack, k), _sum_of_largest(slack - errors, k)
                shift = 0.5 * (low - high)
                worst = above(max(high + shift, low - shift) + 4e-16 * abs(shift))
                if worst < upper[n]:
                    B[:, n], c[n], upper[n] = candidate, shift, worst
            report(1)
    return AffineProbes(
        d=matrix.d,
        m=matrix.m,
        k=k,
        B=B,
        c=c,
        error=Enclosure(float(lower.max()), float(upper.max())),
        lower=lower,
        upper=upper,
        rows=features,
    )


def threshold_probes(
    A: Any, k: int, *, rows: Sequence[int] | None = None, solver: str | None = None, progress: bool = False
) -> ThresholdProbes:
    """Probes with thresholds for binary features: ``<b_i, A z> > c_i`` iff ``z_i = 1``, z in {0, 1}^m and k-sparse.

    A monotone activation of ``<b, A z> - c`` that reads every feature with an error below 1/2 yields such thresholds,
    so this is what bias and activation can do at best. With w = A^T b scaled to w_i = 1, a threshold for feature i
    exists iff ::

        tau_i = min_b (sum of the k-1 largest (w_j)_- + sum of the k largest (w_j)_+, both over j != i) < 1;
        tau_i = max { u_i : A u = 0, |u_j| <= 1, sum of u_+ <= k - 1, sum of u_- <= k, all over j != i }.

    What it buys is a factor of 2 in eps at most: if all thresholds exist at k then gamma(A) < 1/k, and if gamma(A) <
    1/(2k) they do. So the least d lies between ``D(m, 1/k)`` and ``D(m, 1/(2k))``, the least ranks that
    `lincs.dimension_bounds` encloses at ``eps = 1`` and ``eps = 1/2``.

    Parameters
    ----------
    A, k, rows, solver, progress
        As in `affine_probes`.

    Returns
    -------
    ThresholdProbes

    Raises
    ------
    InputError, SolverError
        As in `affine_probes`.

    Guarantee: where ``upper < 1`` the threshold is proved to work, where ``lower = 1`` there is none, whatever the
    solver did.
    Cost: a linear program of 2m variables and d constraints a feature: for hundreds of features.

    Examples
    --------
    >>> import numpy as np
    >>> threshold_probes(np.array([[1.0, 0.0, 1.0], [0.0, 1.0, -1.0]]), k=1).is_accessible()
    True
    """
    matrix, k, features = _checked(A, k, rows)
    program = _Program(matrix, solver)
    B, c = np.zeros((matrix.d, len(features))), np.zeros(len(features))
    lower, upper = np.zeros(len(features)), np.ones(len(features))
    with progress_bar(progress, len(features), "probes", "row") as report:
        for n, i in enumerate(map(int, features)):
            b, u = program.solve(i, positive=k - 1, negative=k, own=False)
            lower[n] = min(1.0, _kernel_side(matrix, u, i, positive=k - 1, negative=k, own=False))
            for candidate in (b, -b):
                values, slack = _errors(matrix, candidate)
                own = (values[i] - slack[i]) * (1 - 4e-16)
                high, low = slack + values, slack - values
                high[i] = low[i] = 0
                # largest value where z_i = 0, and smallest where z_i = 1
                off, on = _sum_of_largest(high, k), own - _sum_of_largest(low, k - 1)
                on -= 4e-16 * abs(own)
                between = 0.5 * (off + on)
                if off < between < on:
                    ratio = above(1 - (on - off) / own) + 1e-15 if own > 0 else 1.0
                    if ratio < upper[n]:
                        B[:, n], c[n], upper[n] = candidate, between, ratio
            report(1)
    return ThresholdProbes(
        d=matrix.d,
        m=matrix.m,
        k=k,
        B=B,
        c=c,
        ratio=Enclosure(float(lower.max()), float(upper.max())),
        lower=lower,
        upper=upper,
        rows=features,
    )


def _checked(A: Any, k: Any, rows: Any) -> tuple[Matrix, int, np.ndarray]:
    A = check_matrix(A)
    return Matrix(A), check_sparsity(k, A.shape[1]), check_rows(rows, A.shape[1])


class _Program:
    """``max u_i`` over kernel vectors u = p - n with bounded entries and sums, and its dual solution, a probe."""

    def __init__(self, matrix: Matrix, solver: str | None) -> None:
        import cvxpy as cp

        self.matrix, self.solver = matrix, solver or "HIGHS"
        m = matrix.m
        self.unit, self.counted, self.cap = cp.Parameter(m), cp.Parameter(m, nonneg=True), cp.Parameter(m, nonneg=True)
        self.budgets = cp.Parameter(2, nonneg=True)
        self.p, self.n = cp.Variable(m, nonneg=True), cp.Variable(m, nonneg=True)
        self.in_kernel = (matrix.scaled * matrix.column_scale) @ (self.p - self.n) == 0
        limits = [
            self.p <= self.cap,
            self.n <= 1,
            self.counted @ self.p <= self.budgets[0],
            self.counted @ self.n <= self.budgets[1],
        ]
        self.problem = cp.Problem(cp.Maximize(self.unit @ (self.p - self.n)), [self.in_kernel, *limits])

    def solve(self, i: int, positive: int, negative: int, own: bool) -> tuple[np.ndarray, np.ndarray]:
        """``(b, u)`` up to the solver's accuracy, b up to sign; ``own``: feature i counts like the others."""
        unit = np.eye(1, self.matrix.m, i)[0]
        self.unit.value, self.budgets.value = unit, np.array([positive, negative], dtype=float)
        # without a cap of its own u_i may be unbounded; 2 is beyond all that matters
        free = np.zeros(len(unit)) if own else unit
        self.counted.value, self.cap.value = 1 - free, 1 + free
        call_solver(self.problem, self.solver, f"feature {i}")
        b = np.zeros(self.matrix.d)
        b[self.matrix.basis] = self.in_kernel.dual_value * self.matrix.row_scale
        return b, np.asarray(self.p.value) - np.asarray(self.n.value)


def _errors(matrix: Matrix, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``A^T b`` in float64, and a bound on the error of each entry after one more subtraction."""
    values = b @ matrix.A
    slack = above(gamma(matrix.d + 2) * above(np.sqrt(b @ b), matrix.d) * matrix.column_norms)
    return values, slack + 4e-16 * (np.abs(values) + 1)


def _sum_of_largest(x: np.ndarray, k: int) -> float:
    """A number above the sum of the k largest positive parts."""
    positive = np.sort(np.maximum(x, 0))[::-1][:k]
    return float(above(positive.sum(), len(positive))) if len(positive) and positive[0] > 0 else 0.0


def _kernel_side(matrix: Matrix, u: np.ndarray, i: int, positive: int, negative: int, own: bool) -> float:
    """A number below the maximum of `_Program`, from a u that is nearly feasible."""
    if not matrix.kernel_is_known:
        return 0.0
    w = u * matrix.column_scale
    w = w - matrix.Q @ (matrix.Q.T @ w)
    inverse = 1 / matrix.column_scale
    c = float(matrix.distances(w[None])[0])
    u = w * inverse
    top = (u[i] - above(c * inverse[i])) * (1 - 4e-16)
    moved = above(c * np.sqrt(above(inverse @ inverse, matrix.m)))
    if not own:
        u[i] = 0
    sizes = [above(np.abs(u).max() + c * inverse.max())]
    for sign, budget in ((1, positive), (-1, negative)):
        total = above(np.maximum(sign * u, 0).sum() + moved, matrix.m)
        # without a budget the sum must be 0, which rounding does not show
        sizes.append(total / budget if budget else (np.inf if total > 0 else 0.0))
    size = above(max(sizes))
    return float(max(top, 0) / size * (1 - 4e-16)) if np.isfinite(size) and size > 0 else 0.0
