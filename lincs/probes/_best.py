"""`kernel_ratio` and `best_probes`: which engine runs on which rows, and what is kept of a run that was interrupted."""

from __future__ import annotations

import hashlib
import os
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from lincs import io
from lincs._checks import InputError, check_choice, check_eps, check_integer, check_matrix
from lincs._numbers import Enclosure, Fraction, float_below
from lincs._work import cores, progress_bar
from lincs.probes._certificates import Matrix
from lincs.probes._fast import State, run
from lincs.probes._results import BestProbes, Interrupted, KernelRatio

#: Iterations in float32 after which a row goes on in float64, and after which it is given up.
FIRST_ITERATIONS = 4_000
MOST_ITERATIONS = 40_000

#: Below this gap float32 would stall.
SMALLEST_SINGLE_GAP = 5e-5

#: Seconds between two checkpoints.
CHECKPOINT_SECONDS = 30.0


def kernel_ratio(
    A: Any,
    *,
    gap: Any = 1e-3,
    rows: Sequence[int] | None = None,
    method: str = "fast",
    solver: str | None = None,
    workers: int | None = None,
    most_iterations: int = MOST_ITERATIONS,
    progress: bool = False,
    checkpoint: str | os.PathLike[str] | None = None,
) -> KernelRatio:
    """The kernel ratio gamma(A), between two certified sides.

    ``gamma(A) = max { ||z||_inf / ||z||_1 : 0 != z in ker A } = min over B of max_ij |B^T A - I|_ij`` (0 if the kernel
    is trivial), and for every k the best linear decoder has worst-case error ``min(1, k gamma)`` over Z_k.
    Rows whose upper side cannot matter to the maximum any more are dropped: much faster than `best_probes`.

    Parameters
    ----------
    A : array (d, m)
        Representation vectors, integers or floats.
    gap : float
        Asked for: ``upper - lower <= gap * upper`` (below 1e-9, ``gap * 1e-9``). In (0, 1].
    rows : sequence of int, optional
        Features to look at; all by default. gamma is then the maximum over these. One feature of every orbit is enough
        where a group of symmetries acts on the columns up to sign; that it does is for the caller to know.
    method : {"fast", "cvxpy", "exact"}
        "fast": first-order method on blocks of rows. "cvxpy": a general solver, row by row. "exact": rational
        arithmetic, for small A; gamma is a Fraction, and z and B are arrays of Fractions.
    solver : str, optional
        Name that cvxpy knows, for method "cvxpy"; HIGHS by default.
    workers : int, optional
        Threads of the fast engine; by default the cores at hand, where A is large enough to need them.
    most_iterations : int
        After so many iterations the fast engine gives a row up.
    progress : bool
        Show a progress bar (of rows that are done).
    checkpoint : path, optional
        File (npz) to keep certified rows in, every half a minute and on Ctrl-C; one that exists is resumed.

    Returns
    -------
    KernelRatio
        With ``is_reached`` False, and a note, where the gap was not reached: the sides hold nevertheless.

    Raises
    ------
    InputError
        A is not a finite real matrix, or the checkpoint belongs to another A.
    SolverError
        The general solver failed (method "cvxpy" and "exact").
    Interrupted
        Ctrl-C; a KeyboardInterrupt that carries what was certified as ``result``.

    Guarantee: certified bounds on both sides, exact for method "exact" (and 0 where the kernel is trivial).
    Cost: ``O(d m)`` a row and iteration, 20 to 30 iterations a row; ``O(d m)`` memory. Exact: ``O(d^3)`` rational
    operations a pivot, a few pivots a row; small A means some thousand entries (d = 32, m = 64: seconds).
    Sources: [JN] (gamma is their alpha_1).

    Examples
    --------
    >>> import numpy as np
    >>> kernel_ratio(np.array([[1, 0, 0, -1], [0, 1, 0, -1], [0, 0, 1, -1]]), method="exact").gamma.lower
    Fraction(1, 4)
    """
    asked = _Asked(A, gap, rows, method, solver, workers, most_iterations, progress, checkpoint, only_largest=True)
    return asked.solve(_ratio)


def best_probes(
    A: Any,
    *,
    gap: Any = 1e-3,
    rows: Sequence[int] | None = None,
    method: str = "fast",
    solver: str | None = None,
    workers: int | None = None,
    most_iterations: int = MOST_ITERATIONS,
    progress: bool = False,
    checkpoint: str | os.PathLike[str] | None = None,
) -> BestProbes:
    """The best linear probes B for A, for every feature and sparsity at once, with the proof that none are better.

    Column i of B minimises ``max_j |<b_i, a_j> - [i = j]|`` up to the gap; the minimum gamma_i is the largest ``z_i``
    over kernel vectors with ``||z||_1 <= 1``. Then ``W_k(A, B) <= k gamma.upper`` for every k, over Z_k, and no linear
    decoder has an error below ``min(1, k gamma.lower)``.

    Parameters
    ----------
    A, gap, rows, method, solver, workers, most_iterations, progress, checkpoint
        As in `kernel_ratio`; the gap is asked of every feature. B has one column for each of ``rows``.

    Returns
    -------
    BestProbes
        With ``is_reached`` False, and a note, where some feature's gap was not reached: all sides hold nevertheless.

    Raises
    ------
    InputError, SolverError, Interrupted
        As in `kernel_ratio`.

    Guarantee: certified bounds on both sides for every feature; exact rationals for method "exact".
    Cost: ``O(d m)`` a row and iteration, 50, 200, 600 iterations a row for a gap of 1e-2, 1e-3, 1e-4 on Gaussian
    columns; ``O(d m)`` memory.
    Sources: [JN].

    Examples
    --------
    >>> import numpy as np
    >>> probes = best_probes(np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]]), gap=1e-6)
    >>> print(probes.gamma.lower <= 1 / 3 <= probes.gamma.upper, probes.largest_k(0.7).lower)
    True 2
    """
    asked = _Asked(A, gap, rows, method, solver, workers, most_iterations, progress, checkpoint, only_largest=False)
    return asked.solve(_probes)


class _Asked:
    """The checked arguments of one call."""

    def __init__(
        self,
        A: Any,
        gap: Any,
        rows: Any,
        method: str,
        solver: str | None,
        workers: int | None,
        most_iterations: int,
        progress: bool,
        checkpoint: Any,
        *,
        only_largest: bool,
    ) -> None:
        self.A = check_matrix(A)
        self.gap = float(check_eps(gap, "gap"))
        self.rows = check_rows(rows, self.A.shape[1])
        self.method = check_choice(method, "method", ("fast", "cvxpy", "exact"))
        self.solver = solver
        self.workers = check_integer(workers, "workers") if workers is not None else _workers(self.A.shape, self.rows)
        self.most_iterations = check_integer(most_iterations, "most_iterations")
        self.progress = progress
        self.checkpoint = None if checkpoint is None else os.fspath(checkpoint)
        self.only_largest = only_largest
        if self.checkpoint is not None and self.method == "exact":
            raise InputError("method='exact' keeps no checkpoint; leave it out")

    def solve(self, result: Callable[[_Solved], Any]) -> Any:
        if self.method == "exact":
            with progress_bar(self.progress, len(self.rows), "probes", "row") as report:
                return result(_solved_exactly(self, report))
        state = State(Matrix(self.A), self.rows, self.gap)
        keeper = _Keeper(self.checkpoint, state)
        keeper.load()
        try:
            with progress_bar(self.progress, len(self.rows), "probes", "row") as advance:

                def report(count: int) -> None:
                    advance(count)
                    keeper.save(only_if_late=True)

                self._improve(state, report)
        except KeyboardInterrupt:
            state.settle(self.gap, self.only_largest)
            keeper.save()
            raise Interrupted(result(_solved(state))) from None
        keeper.save()
        return result(_solved(state))

    def _improve(self, state: State, report: Callable[[int], None]) -> None:
        """Close the gap: by the engine that was asked for, the fast one in float32 and then in float64."""
        matrix, largest = state.matrix, self.only_largest
        left = state.settle(self.gap, largest) if state.B.any() else np.arange(len(self.rows))
        report(len(self.rows) - len(left))
        if matrix.rank == matrix.m:  # the probes are a left inverse
            state.keep(left, *matrix.probes(matrix.Q[self.rows[left]], self.rows[left]))
            state.settle(self.gap, largest)
            state.is_done[:] = True
            state.note = ""
            return
        if self.method == "cvxpy":
            from lincs.probes._reference import by_cvxpy

            by_cvxpy(state, left, self.solver, report)
            left = state.settle(self.gap, largest)
            if len(left):
                state.explain(
                    f"{len(left)} rows: {self.solver or 'HIGHS'} is not accurate enough for the gap {self.gap:g}"
                )
            return
        phases: list[tuple[type, int]] = [(np.float64, self.most_iterations)]
        if self.gap >= SMALLEST_SINGLE_GAP:
            phases.insert(0, (np.float32, min(FIRST_ITERATIONS, self.most_iterations)))
        for dtype, limit in phases:
            if len(left):
                run(
                    state,
                    left,
                    dtype=dtype,
                    gap=self.gap,
                    only_largest=largest,
                    workers=min(self.workers, len(left)),
                    limit=limit,
                    report=report,
                )
                left = state.settle(self.gap, largest)
        if len(left):
            state.explain(
                f"{len(left)} rows are not within the gap {self.gap:g} after {self.most_iterations} iterations: "
                "ask for a wider gap, more iterations, or method='cvxpy'"
            )


@dataclass(frozen=True)
class _Solved:
    """What both results are made from."""

    d: int
    m: int
    gamma: Enclosure
    lower: np.ndarray
    upper: np.ndarray
    row: int
    z: np.ndarray
    B: np.ndarray
    rows: np.ndarray
    gap: float
    is_reached: bool
    note: str
    is_trivial: bool


def _solved(state: State) -> _Solved:
    matrix = state.matrix
    lower, upper = state.best, float(state.upper.max())
    if len(state.rows) == matrix.m > matrix.d:
        lower = max(lower, float_below(Fraction(1, matrix.m)))  # holds for any kernel vector
    return _Solved(
        d=matrix.d,
        m=matrix.m,
        gamma=Enclosure(lower, upper),
        lower=state.lower,
        upper=state.upper,
        row=state.row,
        z=state.z,
        B=state.B,
        rows=state.rows,
        gap=state.gap,
        is_reached=bool(state.is_done.all()),
        note=state.note,
        is_trivial=matrix.rank == matrix.m,
    )


def _solved_exactly(asked: _Asked, report: Callable[[int], None]) -> _Solved:
    from lincs.probes._exact import exact_rows

    values, B, Z = exact_rows(asked.A, asked.rows, report)
    top = max(range(len(values)), key=values.__getitem__)
    sides = np.array(values, dtype=object)
    return _Solved(
        d=asked.A.shape[0],
        m=asked.A.shape[1],
        gamma=Enclosure(values[top], values[top]),
        lower=sides,
        upper=sides,
        row=int(asked.rows[top]),
        z=Z[top],
        B=B,
        rows=asked.rows,
        gap=asked.gap,
        is_reached=True,
        note="",
        is_trivial=values[top] == 0,
    )


def _ratio(solved: _Solved) -> KernelRatio:
    values = {f.name: getattr(solved, f.name) for f in fields(KernelRatio)}
    if solved.is_trivial:  # then the ratio is 0 although the probes are rounded
        values["gamma"] = Enclosure(Fraction(0), Fraction(0))
    return KernelRatio(**values)


def _probes(solved: _Solved) -> BestProbes:
    return BestProbes(**{f.name: getattr(solved, f.name) for f in fields(BestProbes)})


def check_rows(rows: Any, m: int) -> np.ndarray:
    if rows is None:
        return np.arange(m)
    array = np.asarray(rows)
    if array.ndim != 1 or array.size == 0 or array.dtype.kind not in "iu":
        raise InputError(
            f"rows must be a list of feature numbers in 0..{m - 1}, got {array.dtype} of shape {array.shape}"
        )
    if array.min() < 0 or array.max() >= m:
        raise InputError(f"rows must lie in 0..{m - 1}, got {array.min()}..{array.max()}")
    if len(np.unique(array)) < len(array):
        raise InputError("rows names a feature twice; each may come once")
    return array.astype(np.int64)


def _workers(shape: tuple[int, int], rows: np.ndarray) -> int:
    """As many threads as there are cores, where each has a few blocks of rows of some size to work on."""
    return max(1, min(cores(), len(rows) // 256, shape[0] * shape[1] // 100_000))


class _Keeper:
    """The checkpoint: an npz file of what is certified, replaced as a whole."""

    FORMAT = 1

    def __init__(self, path: str | None, state: State) -> None:
        self.path, self.state = path, state
        self.saved = time.monotonic()
        self.digest = ""
        if path is not None:
            A = state.matrix.A
            self.digest = hashlib.sha256(repr(A.shape).encode() + A.tobytes()).hexdigest()

    def load(self) -> None:
        """Take over what the file holds. Upper sides and the largest lower side are certified again."""
        if self.path is None:
            return
        if not os.path.exists(self.path):
            self.save()  # a path that cannot be written is better known now than after an hour
            return
        state = self.state
        names = ("format", "digest", "rows", "B", "lower", "row", "z")
        try:
            with np.load(self.path, allow_pickle=False) as file:
                form, digest, rows, B, lower, row, z = (file[name] for name in names)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            raise InputError(f"{self.path} is not a checkpoint of lincs; name another file or remove it") from None
        if int(form) != self.FORMAT or str(digest) != self.digest or not np.array_equal(rows, state.rows):
            raise InputError(f"{self.path} is the checkpoint of another matrix or other rows; name another file")
        if B.shape != state.B.shape or lower.shape != state.lower.shape or z.shape != state.z.shape:
            raise InputError(f"{self.path} is damaged: its arrays do not fit together; remove it")
        if not (0 <= row < state.matrix.m and all(np.isfinite(x).all() for x in (B, lower, z))):
            raise InputError(f"{self.path} is damaged: its numbers are out of range; remove it")
        state.B, state.row, state.z = B, int(row), z
        w = (z * state.matrix.column_scale)[None]
        largest = state.matrix.lower_sides(w, np.array([state.row]))[0] if z.any() else 0.0
        state.lower = np.clip(lower, 0.0, largest)

    def save(self, *, only_if_late: bool = False) -> None:
        if self.path is None or (only_if_late and time.monotonic() - self.saved < CHECKPOINT_SECONDS):
            return
        state = self.state
        with io.atomic_write(self.path) as file, state.lock:
            np.savez(
                file,
                format=self.FORMAT,
                digest=self.digest,
                rows=state.rows,
                B=state.B,
                lower=state.lower,
                row=state.row,
                z=state.z,
            )
        self.saved = time.monotonic()
