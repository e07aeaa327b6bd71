"""`minimax_probes`: one linear program a feature, on a few samples at a time, certified on all of them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from lincs._checks import InputError, check_eps, check_integer
from lincs._numbers import Fraction, float_below
from lincs._work import cores, progress_bar
from lincs.activations._certificates import Constraints
from lincs.activations._program import minimax
from lincs.activations._results import DualWeights, MinimaxProbes
from lincs.activations._samples import MARGIN, Errors, Samples, check_samples

#: Errors below this part of the largest |z_i| are compared with the gap as if they were as large as that.
SMALL = 1e-3

#: Where all values are 0, rounding bounds are no larger.
TINY = 1e-290

#: Passes over all samples after which a feature is given up; three to six are usual.
MOST_ROUNDS = 60


def minimax_probes(
    X: Any, Z: Any, *, affine: bool = True, gap: Any = 1e-6, workers: int | None = None, progress: bool = False
) -> MinimaxProbes:
    """The least eps at which each feature is linearly accessible on recorded activations, with probes that attain it.

    For each feature i ::

        eps_i = min over b, c of max_s |<b, x_s> + c - z_si|
              = max { <w, z_i> : X^T w = 0, sum w = 0, ||w||_1 <= 1 },

    s running through the samples; without bias ``c = 0``, and without the condition ``sum w = 0``. For a binary
    feature eps_i < 1/2 says that some hyperplane separates its two classes strictly.

    Parameters
    ----------
    X : array (n, d)
        Activations, a row for each sample; integers or floats, perhaps mapped into memory.
    Z : array (n, m)
        Values of the features on the same samples.
    affine : bool
        Whether probes have a bias.
    gap : float
        Asked for: ``upper - lower <= gap * max(upper, 1e-3 max |z_i|)``. In (0, 1].
    workers : int, optional
        Threads; by default the cores at hand.
    progress : bool
        Show a progress bar (of features that are done).

    Returns
    -------
    MinimaxProbes
        With ``is_reached`` False for some features, and a note, where the gap was not reached: the sides hold
        nevertheless.

    Raises
    ------
    InputError
        X or Z is not a finite real matrix, or they differ in their number of rows.

    Notes
    -----
    **Guarantee.** Certified bounds on both sides about the arrays that were passed, whatever the solver did.
    **Cost.** ``O(n d (d + m))`` for each of a few passes over the samples, which are read by blocks; a few linear
    programs a feature on some 4 d samples, ``O(d^3)`` a step. n = 20000, d = 256, m = 64: seconds.
    Sources: [Cheney66].

    Examples
    --------
    The parabola on [-1, 1] is read best by the constant 1/2, with an error of 1/2 at three points:

    >>> import numpy as np
    >>> x = np.linspace(-1, 1, 201)[:, None]
    >>> probes = minimax_probes(x, x**2)
    >>> abs(probes.error.upper - 0.5) < 1e-9, probes.duals[0].active.tolist(), probes.holds(0.51)
    (True, [100, 0, 200], True)
    """
    X, Z = check_samples(X, Z)
    gap = float(check_eps(gap, "gap"))
    workers = cores() if workers is None else check_integer(workers, "workers")
    return _Search(Samples(X, Z, bool(affine)), gap).run(workers, progress)


def confirmed(probes: MinimaxProbes, X: Any, Z: Any) -> bool:
    """Whether both sides of the result follow, for these samples, from its probes and its dual weights."""
    X, Z = check_samples(X, Z)
    if (len(X), X.shape[1], Z.shape[1]) != (probes.n, probes.d, probes.m):
        raise InputError(
            f"X has shape {X.shape} and Z has shape {Z.shape}; these probes are about "
            f"{(probes.n, probes.d)} and {(probes.n, probes.m)}"
        )
    samples = Samples(X, Z, probes.is_affine)
    if not probes.is_affine and probes.c.any():
        return False
    stacked = samples.scaled(probes.B, probes.c)
    worst = samples.errors(stacked, np.arange(probes.m), margin=1).worst

    def is_confirmed(i: int) -> bool:
        dual, upper = probes.duals[i], probes.upper[i]
        above = worst[i] <= upper or samples.sharp_worst(stacked[:, i], i, margin=1) <= upper
        return bool(above and probes.lower[i] <= (_lower_side(samples, dual, i, margin=1) if len(dual.samples) else 0))

    with one_thread_each(cores()) as pool:
        return all(pool.map(is_confirmed, range(probes.m)))


def _lower_side(samples: Samples, dual: DualWeights, feature: int, *, margin: int = MARGIN) -> float:
    """A number below the error of every probe, from the weights."""
    if len(np.unique(dual.samples)) < len(dual.samples) or not np.isfinite(dual.weights).all():
        return 0.0
    z = samples.values(dual.samples)[:, feature]
    side = Constraints(samples, dual.samples).lower_side(dual.weights, z, margin=margin)
    # binary features are often as hard as can be, and then that is known exactly, perhaps without the lightest samples
    for least in (0, 1e-6, 1e-3) if samples.is_affine else ():
        active = np.abs(dual.weights) > least
        if len(np.unique(z[active])) == 2:
            half = float_below((Fraction(z[active].max()) - Fraction(z[active].min())) / 2)
            if (1 - 1e-6) * half <= side < half:
                only = Constraints(samples, dual.samples[active])
                side = half if only.separates_none(dual.weights[active], z[active], margin=margin) else side
    return side


@contextlib.contextmanager
def one_thread_each(workers: int) -> Iterator[ThreadPoolExecutor]:
    """A pool whose workers multiply matrices on a core each: the matrices here are too small to share one."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), ThreadPoolExecutor(workers) as pool:
        try:
            yield pool
        except BaseException:  # Ctrl-C does not wait for what has not begun
            pool.shutdown(wait=False, cancel_futures=True)
            raise


class _Search:
    """The state of all features: working sets of samples, the best probe so far, and both sides."""

    def __init__(self, samples: Samples, gap: float) -> None:
        self.samples, self.gap = samples, gap
        m, D = samples.m, samples.D
        low, high = samples.ranges()
        # to begin with, the probe that always says the same: one that no rounding can spoil
        self.probes = np.zeros((D, m))
        middle = low / 2 + high / 2 if samples.is_affine else np.zeros(m)
        if samples.is_affine:
            self.probes[-1] = middle / samples.scale[-1]
        self.upper = samples.errors(self.probes, np.arange(m)).worst
        self.lower = np.zeros(m)
        self.floor = SMALL * np.maximum(np.abs(low), np.abs(high))
        self.duals = [DualWeights(np.zeros(0, np.int64), np.zeros(0)) for _ in range(m)]
        self.T = samples.whiten()
        self.r = self.T.shape[1]
        self.working: list[np.ndarray] = [np.zeros(0, np.int64)] * m
        self.start = np.zeros((self.r, m))

    def is_closed(self, features: Any) -> Any:
        """Whether the sides are within the gap."""
        allowed = self.gap * np.maximum(self.upper[features], self.floor[features]) + TINY
        return self.upper[features] - self.lower[features] <= allowed

    def run(self, workers: int, progress: bool) -> MinimaxProbes:
        """All rounds: price every sample, extend the working sets, solve on these, until both sides meet."""
        m = self.samples.m
        candidates = self.samples.least_squares(self.T)
        values = np.zeros(m)  # of the programs on the working sets
        solutions: list[Any] = [None] * m
        todo = np.flatnonzero(~self.is_closed(np.arange(m)))
        with progress_bar(progress, m, "probes", "feature") as report, one_thread_each(workers) as pool:
            report(m - len(todo))
            for turn in range(MOST_ROUNDS):
                if not len(todo):
                    break
                found = self._price(candidates[:, todo], todo, K=(1 if turn else 2) * (self.r + 1))
                is_final = np.zeros(len(todo), dtype=bool)
                for position, i in enumerate(todo.tolist()):
                    new = self._violated(found, position, i, values[i])
                    # where no sample violates it, the optimum of the working set is that of all
                    enough = self.upper[i] - values[i] <= 0.5 * self.gap * max(self.upper[i], self.floor[i])
                    is_final[position] = not len(new) or (turn > 0 and enough)
                    if turn == 0:  # a program needs samples that are not as bad as others too
                        new = np.unique(found.samples[position][found.samples[position] >= 0])
                    if not is_final[position]:
                        self.working[i] = np.union1d(self.working[i], new)
                list(pool.map(lambda i: self._certify(int(i), solutions[i]), todo[is_final]))
                left = todo[~is_final & ~self.is_closed(todo)]
                report(len(todo) - len(left))
                todo = left
                for i, (probe, value, solution) in zip(todo, pool.map(self._solve, todo), strict=True):
                    candidates[:, i], values[i], solutions[i] = probe, value, solution
        return self._result()

    def _price(self, probes: np.ndarray, features: np.ndarray, K: int) -> Errors:
        """Errors on all samples of these probes, which are kept where they are the best so far."""
        found = self.samples.errors(probes, features, K=K)
        better = found.worst < self.upper[features]
        self.upper[features[better]] = found.worst[better]
        self.probes[:, features[better]] = probes[:, better]
        return found

    def _violated(self, found: Errors, position: int, i: int, value: float) -> np.ndarray:
        """Samples outside of the working set whose errors are larger than the optimum on it."""
        samples, errors = found.samples[position], np.abs(found.errors[position])
        beyond = (samples >= 0) & (errors > value + 1e-3 * self.gap * max(value, self.floor[i]))
        return np.setdiff1d(samples[beyond], self.working[i])

    def _solve(self, i: int) -> tuple[np.ndarray, float, tuple[np.ndarray, np.ndarray]]:
        """The program of feature i on its working set: a probe, the optimum there, and weights with what they weigh."""
        working = self.working[i]
        Q, z = self.samples.rows(working) @ self.T, self.samples.values(working)[:, i]
        scale = float(self.floor[i]) / SMALL
        y, w = minimax(Q, z / scale, self.start[:, i] / scale, 1e-3 * self.gap * SMALL)
        if np.linalg.norm(y) > 4:  # longer than any y that beats 0 on all samples: these few leave some direction open
            y = np.linalg.lstsq(Q, Q @ y)[0]
        self.start[:, i] = scale * y
        errors = Q @ self.start[:, i] - z
        return self.T @ self.start[:, i], float(np.abs(errors).max()), (w, np.abs(errors))

    def _certify(self, i: int, solution: tuple[np.ndarray, np.ndarray] | None) -> None:
        """The lower side of feature i, from weights on its working set and the errors there."""
        if solution is None or not solution[0].any():
            return
        w, errors = solution
        # beside the samples with weight, more of those with the largest errors, for equations that are well conditioned
        count = max(int((w != 0).sum()), self.r + 1 + self.r // 2)
        order = np.lexsort((-errors, w == 0))[:count]
        w = w[order] / np.abs(w[order]).sum()
        dual = DualWeights(self.working[i][order], w)
        self.lower[i], self.duals[i] = _lower_side(self.samples, dual, i), dual
        if not self.is_closed(i):
            self.upper[i] = min(self.upper[i], self.samples.sharp_worst(self.probes[:, i], i))

    def _result(self) -> MinimaxProbes:
        samples, m = self.samples, self.samples.m
        reached = self.is_closed(np.arange(m))
        note = ""
        if not reached.all():
            note = f"{int((~reached).sum())} features are not within the gap {self.gap:g}"
            if self.r < samples.D and self.r < samples.n:
                note += (
                    ": columns of X depend on others up to rounding, which is not known to be exact; drop these, or "
                    "round X to float32, in which what is left of them is resolved"
                )
        B, c = samples.original(self.probes)
        return MinimaxProbes(
            n=samples.n,
            d=samples.d,
            m=m,
            is_affine=samples.is_affine,
            B=B,
            c=c,
            lower=self.lower,
            upper=self.upper,
            duals=tuple(self.duals),
            gap=self.gap,
            is_reached=reached,
            note=note,
        )
