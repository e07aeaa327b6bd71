"""The fast engine: a first-order method on blocks of rows, in float32 first, whose results are certified in float64."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from lincs.probes._certificates import Matrix, is_closed

#: Iterations before the step size is reconsidered for the first time.
EPOCH = 20

#: Entries of a block of iterates that stay in the cache.
BLOCK_ENTRIES = 2**19


class State:
    """What is known of the asked rows so far; it only ever gets better."""

    def __init__(self, matrix: Matrix, rows: np.ndarray, gap: float) -> None:
        self.matrix, self.rows, self.gap = matrix, rows, gap
        self.B = np.zeros((matrix.d, len(rows)))
        self.lower = np.zeros(len(rows))
        self.upper = np.ones(len(rows))
        self.row = int(rows[0])
        self.z = np.zeros(matrix.m)
        self.is_done = np.zeros(len(rows), dtype=bool)
        self.note = matrix.note
        self.lock = threading.RLock()
        self.stop = threading.Event()

    @property
    def best(self) -> float:
        return float(self.lower.max())

    def add_lower(self, where: np.ndarray, W: np.ndarray) -> np.ndarray:
        lower = self.matrix.lower_sides(W, self.rows[where])
        with self.lock:
            top = int(np.argmax(lower))
            if lower[top] > self.best or not self.z.any():
                self.row, self.z = int(self.rows[where[top]]), self.matrix.z(W[top])
            self.lower[where] = np.maximum(self.lower[where], lower)
        return lower

    def keep(self, where: np.ndarray, B: np.ndarray, errors: np.ndarray) -> None:
        """Take over probes for the positions ``where`` that are better than what was certified before."""
        better = errors < self.upper[where]
        self.B[:, where[better]] = B[:, better]

    def explain(self, reason: str) -> None:
        """Add to the note why the gap was not reached."""
        self.note = f"{self.note}; {reason}" if self.note else reason

    def settle(self, gap: float, only_largest: bool) -> np.ndarray:
        """Certify all probes and say which rows are left to do (as positions in ``rows``)."""
        upper = self.matrix.upper_sides(self.B, self.rows)
        useless = ~(upper < 1)
        self.B[:, useless] = 0
        self.upper = np.where(useless, 1.0, upper)
        if not (self.lower <= self.upper).all():  # a defect of lincs: both sides are theorems
            i = int(np.argmax(self.lower - self.upper))
            raise ArithmeticError(f"sides crossed at feature {self.rows[i]}: {self.lower[i]} > {self.upper[i]}")
        low = np.full(len(self.rows), self.best) if only_largest else self.lower
        self.is_done = is_closed(low, self.upper, gap)
        return np.flatnonzero(~self.is_done)


def run(
    state: State,
    todo: np.ndarray,
    *,
    dtype: Any,
    gap: float,
    only_largest: bool,
    workers: int,
    limit: int,
    report: Callable[[int], None],
) -> None:
    """Improve the rows at the positions ``todo`` with the first-order method, in blocks that are kept full.

    With ``only_largest`` rows also stop where their upper side cannot matter to the largest ratio any more.
    """
    matrix = state.matrix
    block = min(-(-len(todo) // workers), min(max(BLOCK_ENTRIES // matrix.m, 48), 512))
    queue = iter(_in_order(matrix, state.rows, todo))
    Q = matrix.Q.astype(dtype)
    shared = Q, np.ascontiguousarray(Q.T), (1 / matrix.column_scale).astype(dtype)

    def take(count: int) -> np.ndarray:
        with state.lock:
            return np.array([p for _, p in zip(range(count), queue, strict=False)], dtype=np.int64)

    def work() -> None:
        try:
            _work(state, take, shared, block, gap, only_largest, limit, report)
        except BaseException:
            state.stop.set()  # the other threads must not run on
            raise

    if workers == 1:
        work()
        return
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(work) for _ in range(workers)]
        try:
            for future in futures:
                future.result()
        except BaseException:
            state.stop.set()
            raise


def _in_order(matrix: Matrix, rows: np.ndarray, todo: np.ndarray) -> np.ndarray:
    """The positions ``todo``, those with the largest ratio first as far as their leverage tells."""
    leverage = (matrix.Q[rows[todo]] ** 2).sum(axis=1)
    return todo[np.argsort((leverage - 1) / matrix.column_scale[rows[todo]], kind="stable")]


def _work(
    state: State,
    take: Callable[[int], np.ndarray],
    shared: tuple[np.ndarray, np.ndarray, np.ndarray],
    block: int,
    gap: float,
    only_largest: bool,
    limit: int,
    report: Callable[[int], None],
) -> None:
    """One thread's share of `run`: a block of rows, of which those that are done make room for the next."""
    from lincs import _probes_kernels as kernels

    matrix, (Q, Qt, inverse) = state.matrix, shared
    dtype, m = Q.dtype.type, matrix.m
    Y, T, Y_old, P_old = (np.zeros((block, m), dtype) for _ in range(4))
    W, P = (np.zeros((block, B.shape[1]), dtype) for B in (Q, Qt))
    where, ages, ends, counts = (np.empty(block, np.int64) for _ in range(4))
    is_new = np.empty(block, dtype=bool)
    scales, rho, first_rho, thresholds = (np.empty(block, dtype) for _ in range(4))
    lower, upper = np.empty(block, dtype), np.empty(block, dtype)
    arrays = (Y, T, P, Y_old, P_old, where, ages, ends, counts, is_new, scales, rho, first_rho, thresholds)
    close = dtype(16 * np.finfo(dtype).eps)
    n = iteration = 0
    is_empty = False

    while not state.stop.is_set():
        if n < block and not is_empty and (iteration % 10 == 0 or n == 0):
            new = take(block - n)
            is_empty = len(new) < block - n
            if len(new):
                part = slice(n, n + len(new))
                features = state.rows[new]
                where[part], ages[part], counts[part], thresholds[part], T[part] = new, 0, 0, 0, 0
                ends[part], is_new[part] = EPOCH, True
                scales[part] = matrix.column_scale[features]
                P[part] = Q[features] @ Q.T
                kernels.start(Y[part], P[part], features, inverse, scales[part], rho[part], dtype(1))
                first_rho[part] = rho[part]
                n += len(new)
                P[part] = (Y[part] @ Q) @ Q.T
        if n == 0:
            return
        features = state.rows[where[:n]]
        kernels.estimate(Y[:n], P, features, inverse, scales, lower, upper)
        is_late = counts[:n] >= limit
        if only_largest:
            top = int(np.argmax(lower[:n]))
            # a better lower side is certified where it closes a quarter of what is open
            if lower[top] > state.best + 0.25 * (float(upper[:n].max()) - state.best):
                y = Y[top : top + 1].astype(np.float64)
                state.add_lower(where[top : top + 1], y - (y @ matrix.Q) @ matrix.Q.T)
            look = upper[:n] * (1 - 0.9 * gap) <= state.best
        else:
            look = is_closed(lower[:n], upper[:n], 0.98 * gap)
        chosen = np.flatnonzero(look | is_late)
        if len(chosen):
            positions = where[chosen]
            y = Y[chosen].astype(np.float64)
            t = y @ matrix.Q
            B, errors = matrix.probes(t, features[chosen])
            lows = state.best if only_largest else state.add_lower(positions, y - t @ matrix.Q.T)
            done = is_closed(lows, errors, 0.999 * gap) | is_late[chosen]
            state.keep(positions[done], B[:, done], errors[done])
            n = _drop(n, chosen[done], arrays)
            features = state.rows[where[:n]]
            with state.lock:
                report(int(done.sum()))
        if n == 0:
            continue
        if iteration % 10 == 0:
            kernels.rebalance(Y[:n], T, P, Y_old, P_old, rho, first_rho, ages, ends, is_new)
        # where only the largest ratio is wanted most rows drop out at once: first looks after 1, 3, 6 and 10 iterations
        is_young = only_largest and counts[:n].min() < 10
        times = {0: 1, 1: 2, 3: 3, 6: 4}[iteration % 10] if is_young else 10
        kernels.iterate(times, Y, T, W, P, Q, Qt, features, inverse, scales, rho, thresholds, ages, close)
        counts[:n] += times
        iteration += times


def _drop(n: int, gone: np.ndarray, arrays: tuple[np.ndarray, ...]) -> int:
    """Close the holes that ``gone`` leave in the first n entries by those from the end; the number that stays."""
    left = n - len(gone)
    is_gone = np.zeros(n, dtype=bool)
    is_gone[gone] = True
    holes = np.flatnonzero(is_gone[:left])
    tail = left + np.flatnonzero(~is_gone[left:])
    for array in arrays:
        array[holes] = array[tail]
    return left
