"""`decode` and `decode_many`: basis pursuit by a general solver, and in batches with certificates."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np

from lincs._checks import InputError, check_integer
from lincs._rounding import above, exponents, gamma, power_of_two
from lincs._solvers import SolverError, call_solver
from lincs._work import progress_bar
from lincs.l1._certificates import (
    CONSISTENT,
    Dictionary,
    Supports,
    by_size,
    check_columns,
    check_dictionary,
    check_vector,
    rescaled,
)
from lincs.l1._recovery import MOST_ITERATIONS as MOST_SIGN_ITERATIONS
from lincs.l1._recovery import Decider
from lincs.l1._results import Decoding, Decodings
from lincs.probes._certificates import blocks

#: Iterations after which a column is given up.
MOST_ITERATIONS = 2_000

#: Step size over the root mean square of the entries of the answer, as far as that can be told before.
STEP = 0.15

#: Over-relaxation of the Douglas-Rachford iteration.
RELAX = 1.8

#: Entries of z below this times the largest count as 0.
NEGLIGIBLE = 1e-10

#: Where the largest entry of a column x that is not 0 must lie: then bounds relative to ||x||_2 are not subnormal.
SIZES = (1e-290, 1e290)


def decode(A: Any, x: Any, *, solver: str | None = None) -> Decoding:
    """Basis pursuit, ``min ||z||_1 subject to A z = x``, by a general solver, with a proof where there is one.

    The reference for `decode_many`. The solver's answer is not believed: its support is solved for anew, and a dual
    vector is sought that proves that L1 recovers this z.

    Parameters
    ----------
    A : array (d, m)
        Representation vectors, real.
    x : array (d,)
        Measurements, in the range of A.
    solver : str, optional
        Name that cvxpy knows; HIGHS by default.

    Returns
    -------
    Decoding

    Raises
    ------
    InputError
        A or x is not a finite real array, shapes do not fit, no z has ``A z = x`` (up to rounding), or x or the answer
        is at the ends of the range of float64 (the largest entry of x must lie from 1e-290 to 1e290).
    SolverError
        The solver failed.

    Guarantee: as `Decoding` says: ``certified``, ``dual`` and ``residual`` are proved, all rounding included. Since x
    is rounded, what is proved is about the exact measurements ``A z`` of the z returned, next to x.
    Cost: one linear program with 2 m variables and d equations.
    Sources: [FR]_, chapters 3 and 4; [ZYC]_.

    Examples
    --------
    >>> import numpy as np
    >>> answer = decode(np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.4]]), np.array([2.0, 0.0]))
    >>> print(answer.z, answer.certified)
    [2. 0. 0.] True
    """
    A = check_dictionary(A)
    x = check_vector(x, A.shape[0], "x")
    with np.errstate(all="ignore"):
        pursuit = _Pursuit(A, x[None])
        if not pursuit.certified[0]:
            pursuit.by_program(0, solver or "HIGHS")
        many = pursuit.result()
    z = many.Z[:, 0]
    return Decoding(
        z=z,
        w=many.W[:, 0],
        primal=float(np.abs(z).sum()),
        dual=float(pursuit.lower[0]),
        residual=float(many.residual[0]),
        certified=bool(many.certified[0]),
        support=np.flatnonzero(z),
    )


def decode_many(
    A: Any,
    X: Any,
    *,
    most_iterations: int = MOST_ITERATIONS,
    most_programs: int = 0,
    progress: bool = False,
) -> Decodings:
    """Basis pursuit, ``min ||z||_1 subject to A z = x``, for every column x of X, each answer with a proof or a gap.

    A first-order iteration on all columns at once tells which columns of A carry x; these are solved for, and a dual
    vector is sought that proves that L1 recovers this z. What is proved retires.

    Parameters
    ----------
    A : array (d, m)
        Representation vectors, real.
    X : array (d, n)
        Measurements, a column each, in the range of A.
    most_iterations : int
        Iterations after which a column that is still open is given up, and returned with its gap.
    most_programs : int
        So many of these (the first ones) go to a linear program each, as in `decode`; where the solver fails they stay
        open.
    progress : bool
        Show a progress bar (of columns that are done).

    Returns
    -------
    Decodings

    Raises
    ------
    InputError
        A or X is not a finite real array, shapes do not fit, or for some column no z has ``A z = x`` (up to rounding)
        or x or the answer is at the ends of the range of float64 (as in `decode`).

    Guarantee: as `Decodings` says: ``certified``, ``gap`` and ``residual`` are proved, all rounding included. Since x
    is rounded, what is proved is about the exact measurements ``A z`` of the z returned, next to x.
    Cost: ``O(d m)`` a column and iteration, tens of iterations where the answer is sparse enough for L1 to recover it,
    hundreds to thousands where it is not (then it has about d non-zeros); memory ``O((d + m) n)``.
    Sources: [FR]_, chapters 3, 4 and 15; [ZYC]_. The iteration is that of [LM79]_.

    Examples
    --------
    >>> import numpy as np
    >>> A = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.4]])
    >>> answers = decode_many(A, A @ np.array([[2.0, 0.0, 0.0], [0.0, 0.0, -3.0]]).T)
    >>> print(answers.certified, answers.Z[:, 0])
    [ True  True] [2. 0. 0.]
    """
    A = check_dictionary(A)
    X = check_columns(X, A.shape[0], "X")
    most_iterations = check_integer(most_iterations, "most_iterations")
    most_programs = check_integer(most_programs, "most_programs", 0)
    # what overflows is not finite in the end, and then nothing is proved
    with np.errstate(all="ignore"), progress_bar(progress, X.shape[1], "L1 decoding", "column") as report:
        pursuit = _Pursuit(A, np.ascontiguousarray(X.T))
        todo = np.flatnonzero(~pursuit.certified)
        report(X.shape[1] - len(todo))
        for part in blocks(len(todo), max(64, 2**22 // A.shape[1])):
            pursuit.run(todo[part], most_iterations, report)
        for row in np.flatnonzero(~pursuit.certified)[:most_programs]:
            with contextlib.suppress(SolverError):  # the column stays open
                pursuit.by_program(int(row), "HIGHS")
        return pursuit.result()


class _Pursuit:
    """n basis pursuits on one A, a row each, and what is known of them."""

    def __init__(self, A: np.ndarray, X: np.ndarray) -> None:
        self.dictionary = Dictionary(A)
        matrix = self.dictionary.matrix
        n = len(X)
        size = np.abs(X).max(axis=1, initial=0)
        bad = np.flatnonzero((size != 0) & ((size < SIZES[0]) | (size > SIZES[1])))
        if len(bad):
            which = f"column {bad[0]} of X" if n > 1 else "x"
            need = f"{SIZES[0]} to {SIZES[1]} or 0 is needed for float64"
            raise InputError(f"{which} has the largest entry {size[bad[0]]:.3g}; {need}: rescale it")
        # powers of two are taken from X, and given back with the answers
        scale = power_of_two(size)
        self.exponents = exponents(scale)
        self.X = X = X / scale[:, None]
        self.x = X[:, matrix.basis] * matrix.row_scale
        #: a feasible point of each, in scaled coordinates
        self.start = (self.x @ matrix.transform.T) @ matrix.Q.T
        self.Z = np.zeros((n, matrix.m))
        self.w = np.zeros((n, matrix.rank))
        self.certified: np.ndarray = np.asarray(~X.any(axis=1))  # z = 0
        #: norms and numbers of non-zeros of the last answers that turned out not to be minimal
        self.refuted = np.full((n, 2), np.nan)
        Z = self.start * self.dictionary.inverse
        rest = np.linalg.norm(Z @ matrix.A.T - X, axis=1)
        # where A is ill-conditioned, Z is so long that rounding alone makes a residual
        allowed = 1e-8 * np.linalg.norm(X, axis=1) + 16 * gamma(matrix.d + matrix.m) * (np.abs(Z) @ matrix.column_norms)
        bad = np.flatnonzero(~(np.isfinite(rest) & (rest <= allowed)))
        if len(bad):
            which = f"column {bad[0]} of X" if n > 1 else "x"
            raise InputError(f"{which} is not in the range of A, up to rounding: no z with A z = x was found")

    def by_program(self, row: int, solver: str) -> None:
        """A general solver on one row."""
        import cvxpy as cp

        x = self.x[row] / np.abs(self.x[row]).max()
        plain, rank = self.dictionary.plain, self.dictionary.rank
        weights = 1 / power_of_two(plain.norms)  # solvers want columns of about one size
        y = cp.Variable(plain.m)
        equations = (plain.rows * weights) @ y == x
        problem = cp.Problem(cp.Minimize(cp.norm1(cp.multiply(weights / weights.max(), y))), [equations])
        call_solver(problem, solver, "basis pursuit")
        value, w = np.asarray(y.value, dtype=np.float64) * weights, np.zeros(rank)
        if equations.dual_value is not None:  # not every solver has one
            w = np.asarray(equations.dual_value, dtype=np.float64)
        self.Z[row], self.w[row] = value * np.abs(self.x[row]).max(), w if w @ x >= 0 else -w
        count = int((np.abs(value) > 1e-6 * np.abs(value).max()).sum())
        for t in (min(count, rank), max(1, rank // 2), rank):
            if self.attempt(np.array([row]), value[None], np.array([t]), MOST_SIGN_ITERATIONS, ask_programs=True)[0]:
                return

    def run(self, where: np.ndarray, most_iterations: int, report: Callable[[int], None]) -> None:
        """The first-order method on a block of rows."""
        from lincs import _l1_kernels as kernels

        matrix = self.dictionary.matrix
        Q = matrix.Q.astype(np.float32)
        Qt = np.ascontiguousarray(Q.T)
        inverse = self.dictionary.inverse.astype(np.float32)
        size = np.linalg.norm(self.start[where], axis=1)
        Z0 = (self.start[where] / size[:, None]).astype(np.float32)
        # the least squares answer has about d/m of the square of the answer's length
        rms = np.sqrt(matrix.m / matrix.rank) / np.sqrt((self.dictionary.inverse**2).sum())
        rho = np.full(len(where), 2 * STEP * rms, dtype=np.float32)
        Y, P = Z0.copy(), Z0.copy()
        for iteration in range(most_iterations + 1):
            if iteration:
                kernels.pursuit_step(Y, P, Z0, inverse, rho, np.float32(RELAX))
                P = (Y @ Q) @ Qt
            if _is_time(iteration) or iteration == most_iterations:
                score = (Y - 2 * P + 2 * Z0) / (rho[:, None] * inverse)
                done = self.attempt(where, score, self._columns(score, iteration), 200 + 2 * iteration)
                report(int(done.sum()))
                if done.any():
                    where, size, rho = where[~done], size[~done], rho[~done]
                    Y, P, Z0 = Y[~done], P[~done], Z0[~done]
                if not len(where):
                    return
        y = Y.astype(np.float64)
        p = (y @ matrix.Q) @ matrix.Q.T
        z = (y - p) * size[:, None] + self.start[where]
        u = (self.start[where] / size[:, None] - p) / rho[:, None]
        self.Z[where], self.w[where] = z * self.dictionary.inverse, self.dictionary.dual(u)
        report(len(where))

    def attempt(
        self,
        where: np.ndarray,
        score: np.ndarray,
        columns: np.ndarray,
        most_iterations: int,
        *,
        ask_programs: bool = False,
    ) -> np.ndarray:
        """Solve on so many ``columns`` with the largest scores, and certify; whether that succeeded.

        A score above 1 in absolute value says that the column seems to be in the support, with that sign. More columns
        than needed do no harm: the answer is 0 on them. A row with 0 columns is left out. The search for a certificate
        takes at most so many iterations, and then linear programs if these may be asked.
        """
        rank = self.dictionary.rank
        done = np.zeros(len(where), dtype=bool)
        for t in np.unique(columns[columns > 0]):
            rows = np.flatnonzero(columns == t)
            for part in blocks(len(rows), max(16, 2**22 // (rank * int(t)))):
                chosen = rows[part]
                found, Z = self._solve(where[chosen], _top(np.abs(score[chosen]), int(t)))
                # as many columns as equations always have an answer; it is the one if the signs are as expected
                is_vertex = (Z != 0).sum(axis=1) == rank
                found &= ~is_vertex | (Z * score[chosen] >= 0).all(axis=1)
                done[chosen[found]] = self._certify(where[chosen[found]], Z[found], most_iterations, ask_programs)
        return done

    def _solve(self, where: np.ndarray, index: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which rows have an answer on these columns, or nearly these, and the answers without what is negligible."""
        index, z = index.copy(), np.zeros(index.shape)
        left, found = np.arange(len(where)), np.zeros(len(where), dtype=bool)
        for _ in range(3):
            x, columns = self.x[where[left]], self.dictionary.plain.columns[index[left]]
            z[left], rest = _fits(columns, x)
            part = np.linalg.norm(rest, axis=1) / np.linalg.norm(x, axis=1)
            found[left] = part <= 1e-10
            # a small entry of z may be missing: exchange what is needed least for what the residual shows
            again = (part > 1e-10) & (part <= 1e-2)
            left = left[again]
            if not len(left) or not 2 <= index.shape[1] < self.dictionary.m:
                break
            index[left] = self._exchanged(index[left], z[left], rest[again])
        z[np.abs(z) <= NEGLIGIBLE * np.abs(z).max(axis=1, keepdims=True)] = 0
        Z = np.zeros((len(where), self.dictionary.m))
        np.put_along_axis(Z, index, z, axis=1)
        norms, old = _sizes(Z), self.refuted[where]
        found &= ~((np.abs(norms - old) <= 1e-9 * old).all(axis=1))
        return found, Z

    def _exchanged(self, index: np.ndarray, z: np.ndarray, rest: np.ndarray) -> np.ndarray:
        """Supports with the entries that matter least exchanged for columns that correlate with ``rest``."""
        norms = self.dictionary.plain.norms
        t = index.shape[1]
        count = max(1, min(t // 8, self.dictionary.m - t))
        score = np.abs(rest @ self.dictionary.plain.rows) / norms
        np.put_along_axis(score, index, -1, axis=1)
        kept = _top(np.abs(z) * norms[index], t - count)
        return np.concatenate([np.take_along_axis(index, kept, axis=1), _top(score, count)], axis=1)

    def _columns(self, score: np.ndarray, iteration: int) -> np.ndarray:
        """On how many columns to solve each row."""
        rank = self.dictionary.rank
        if iteration <= 10:
            return np.full(len(score), max(1, rank // 4))
        counts = (np.abs(score) > 1).sum(axis=1)
        if iteration <= 50:
            return np.full(len(score), max(1, rank // 2))
        # in turn with and without more columns, which may depend on each other; what is not sparse needs them all
        more = np.where(counts <= rank // 2, max(1, rank // 2), rank)
        return np.where(counts <= rank, np.maximum(counts, 1) if iteration % 20 == 0 else more, 0)

    def _certify(self, where: np.ndarray, Z: np.ndarray, most_iterations: int, ask_programs: bool) -> np.ndarray:
        """Solve on the supports of Z, prove that L1 recovers the answers; whether that succeeded."""
        for rows, index in by_size(Z):
            supports = Supports(self.dictionary.plain, index)
            values = np.zeros((len(rows), self.dictionary.m))
            np.put_along_axis(values, index, supports.solve(self.x[where[rows]]), axis=1)
            Z[rows] = values
        decider = Decider(self.dictionary, np.sign(Z).astype(np.int8))
        decider.iterate(most_iterations, only_dual=True)
        if ask_programs:
            decider.by_programs(None)
        good = decider.verdict > 0
        good &= self._is_consistent(self.dictionary.residuals(self.X[where], Z), where)
        self.Z[where[good]], self.w[where[good]], self.certified[where[good]] = Z[good], decider.w[good], True
        self.refuted[where[decider.verdict < 0]] = _sizes(Z[decider.verdict < 0])
        return good

    def _is_consistent(self, residual: np.ndarray, where: np.ndarray) -> np.ndarray:
        norms = np.linalg.norm(self.X[where], axis=1) * (1 - gamma(self.dictionary.d + 16))  # from below
        return np.asarray(residual <= CONSISTENT * norms)

    def result(self) -> Decodings:
        plain, residuals = self.dictionary.plain, self.dictionary.residuals
        residual = residuals(self.X, self.Z)
        # where the iteration or a solver left the range of its floats there still is the least squares answer
        lost = ~(np.isfinite(np.ldexp(residual, self.exponents)) & np.isfinite(self.w).all(axis=1))
        self.Z[lost], self.w[lost] = self.start[lost] * self.dictionary.inverse, 0
        # what is proved must be proved of the Z returned, of which small entries may underflow
        shifts = (self.exponents - self.dictionary.exponent)[:, None]
        Z = rescaled(self.Z, shifts, "answer")
        kept = np.ldexp(Z, -shifts)
        changed = np.flatnonzero(lost | (kept != self.Z).any(axis=1))
        residual[changed] = residuals(self.X[changed], kept[changed])
        has_signs = (np.sign(kept[changed]) == np.sign(self.Z[changed])).all(axis=1)
        self.certified[changed] &= has_signs & self._is_consistent(residual[changed], changed)
        self.Z = kept
        U = self.w @ plain.rows
        slack = plain.slack(self.w)
        largest = above((np.abs(U) + slack[:, None] * plain.norms).max(axis=1, initial=0))
        # of any w this makes a dual vector, with |a_j^T w| <= 1
        factor = np.where(self.certified, 1, np.where(np.isfinite(largest), 1 / largest, 0))
        size = np.abs(self.Z).sum(axis=1)
        product = (U * self.Z).sum(axis=1)
        error = above(gamma(self.dictionary.m + 2) * (np.abs(U) * np.abs(self.Z)).sum(axis=1))
        error += above(slack * (np.abs(self.Z) @ plain.norms), self.dictionary.m + 8)
        lower = np.maximum((product - above(error)) / largest * (1 - gamma(8)), 0)
        high = above(size, self.dictionary.m + 8)
        lower = np.where(np.isfinite(lower / high), lower, 0)
        lower = np.where(self.certified, size * (1 - gamma(self.dictionary.m + 8)), lower)
        gap = np.where(self.certified, 0.0, np.clip(1 - lower / high + gamma(8), 0, 1))
        # in the original scale; of these only the lower bound may be subnormal, and round
        self.lower = np.nextafter(np.ldexp(lower, shifts[:, 0]), 0)
        residual = np.ldexp(residual, self.exponents)
        W = self.dictionary.original(self.w * factor[:, None])
        return Decodings(np.ascontiguousarray(Z.T), W, self.certified, gap, residual)


def _fits(columns: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The least squares solutions on stacks (n, t, r) of columns, refined where they are good, and the residuals."""
    gram = columns @ columns.transpose(0, 2, 1)
    # a trace of a ridge keeps singular systems solvable; the refinement takes its effect away where they are not
    diagonal = np.arange(columns.shape[1])
    gram[:, diagonal, diagonal] *= 1 + 1e-13
    gram[:, diagonal, diagonal] += 1e-300
    z = np.linalg.solve(gram, columns @ x[:, :, None])
    rest = x[:, :, None] - columns.transpose(0, 2, 1) @ z
    good = np.linalg.norm(rest[:, :, 0], axis=1) <= 1e-5 * np.linalg.norm(x, axis=1)
    z[good] += np.linalg.solve(gram[good], columns[good] @ rest[good])
    rest[good] = x[good, :, None] - columns[good].transpose(0, 2, 1) @ z[good]
    return z[:, :, 0], rest[:, :, 0]


def _top(size: np.ndarray, t: int) -> np.ndarray:
    """Where each row is largest, t places (all, if it has no more)."""
    if t >= size.shape[1]:
        return np.tile(np.arange(size.shape[1]), (len(size), 1))
    return np.sort(np.argpartition(-size, t - 1, axis=1)[:, :t], axis=1)


def _sizes(Z: np.ndarray) -> np.ndarray:
    """The L1 norm and the number of non-zeros of each row."""
    return np.stack([np.abs(Z).sum(axis=1), (Z != 0).sum(axis=1)], axis=1)


def _is_time(iteration: int) -> bool:
    """Whether to try for certificates: often at first, then after every twentieth part more."""
    return iteration in (0, 3, 6, 10, 15) or (iteration >= 20 and iteration % max(10, 10 * (iteration // 100)) == 0)
