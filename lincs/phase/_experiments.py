"""`phase_diagram` over a grid of (d, k), and `threshold`, the d at which the success probability crosses one half."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lincs import classical
from lincs._checks import InputError, check_sparsity
from lincs._numbers import Fraction
from lincs.phase._cells import LARGEST_MATRIX, Look, Setting, check_setting
from lincs.phase._curves import typical_matched_dimension
from lincs.phase._run import Search, run
from lincs.phase._statistics import check_confidence, is_rarely_so_few, transition_middle, wilson_interval

#: Most looks of one search for a threshold, known before it begins so that their errors can be added up.
MOST_LOOKS = 16

#: A search ends where its bracket is narrower than one part in so many of d.
RESOLUTION = 50

#: From one look to the next while no bracket is known; its powers, so that a bad guess is left behind soon.
STEP = Fraction(5, 4)


@dataclass(frozen=True)
class PhaseDiagram:
    """How often a decoder succeeded, over a grid of dimensions d and sparsities k.

    Parameters
    ----------
    m : int
        Features.
    d, k : tuple of int
        The grid.
    decoder, regime, ensemble : str
        What was tried on what; a given A appears as ``given-`` and the beginning of its digest.
    eps : Fraction or None
        Tolerance of a linear decoder.
    trials, seed : int
        Trials in each cell; root of all randomness.
    confidence : float
        Level of `interval`.
    successes, undecided : ndarray of int64, shape (len(d), len(k))
        Trials that succeeded, and those for which neither success nor failure was certified.
    """

    m: int
    d: tuple[int, ...]
    k: tuple[int, ...]
    decoder: str
    regime: str
    ensemble: str
    eps: Fraction | None
    trials: int
    seed: int
    confidence: float
    successes: np.ndarray = field(repr=False)
    undecided: np.ndarray = field(repr=False)

    @property
    def fraction(self) -> np.ndarray:
        """Successes by trials, an estimate of the success probability in each cell."""
        return self.successes / self.trials

    def interval(self) -> tuple[np.ndarray, np.ndarray]:
        """The Wilson intervals of the cells; undecided trials count as failures below and as successes above."""
        lower, _ = wilson_interval(self.successes, self.trials, self.confidence)
        _, upper = wilson_interval(self.successes + self.undecided, self.trials, self.confidence)
        return lower, upper

    def rows(self) -> list[dict[str, Any]]:
        """One row for each cell, for a table."""
        lower, upper = self.interval()
        return [
            {
                "d": d,
                "k": k,
                "successes": int(self.successes[i, j]),
                "undecided": int(self.undecided[i, j]),
                "trials": self.trials,
                "fraction": float(self.fraction[i, j]),
                "lower": float(lower[i, j]),
                "upper": float(upper[i, j]),
            }
            for i, d in enumerate(self.d)
            for j, k in enumerate(self.k)
        ]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**_setting_dict(self), "d": list(self.d), "k": list(self.k), "cells": self.rows()}


@dataclass(frozen=True)
class Threshold:
    """The estimated d at which a decoder succeeds half of the time.

    Parameters
    ----------
    m, k, decoder, regime, ensemble, eps, trials, seed, confidence
        As in `PhaseDiagram`; trials are those of each look.
    d : float
        The estimate.
    lower, upper : int
        A confidence interval for the least d with a success probability of at least 1/2.
    looks : tuple of Look
        What was measured, in the order of d.
    """

    m: int
    k: int
    decoder: str
    regime: str
    ensemble: str
    eps: Fraction | None
    trials: int
    seed: int
    confidence: float
    d: float
    lower: int
    upper: int
    looks: tuple[Look, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            **_setting_dict(self),
            "k": self.k,
            "d_estimate": self.d,
            "lower": self.lower,
            "upper": self.upper,
            "looks": [{"d": x.d, "successes": x.successes, "undecided": x.undecided} for x in self.looks],
        }


def phase_diagram(
    m: int,
    d: Sequence[int],
    k: Sequence[int],
    decoder: str,
    *,
    regime: str = "typical",
    eps: Any = None,
    ensemble: Any = "gaussian",
    trials: int = 32,
    rng: int | np.random.Generator | None = 0,
    confidence: float = 0.95,
    workers: int | None = 1,
    progress: bool = False,
    store: str | os.PathLike[str] | None = None,
) -> PhaseDiagram:
    """How often a decoder succeeds on random A, for every (d, k) of a grid.

    A trial of the **typical** regime draws A of shape (d, m) and z, signs on k random positions, and succeeds if z is
    recovered from A z: an experiment. A trial of the **worst** regime draws A and succeeds if all of Z_k is read to
    within eps: a theorem about this A. The decoders:

    - "l1": z is the unique minimiser of the 1-norm, certified by a dual vector; a failure is certified too.
    - "omp": orthogonal matching pursuit finds z in k steps.
    - "iht": iterative hard thresholding comes within 1e-6 of z in every entry.
    - "linear_matched": ``|B^T A z - z| < eps`` in every entry with ``b_i = a_i / ||a_i||^2``; in the worst regime
      ``W_k(A, B) < eps``, certified, with the best multiples of the a_i (`lincs.scaled_probes`).
    - "linear_best": the same with the probes of `lincs.best_probes` (gap 0.01); in the worst regime
      ``min(1, k gamma(A)) < eps``, certified: whether any probes do it.

    Parameters
    ----------
    m : int
        Features.
    d, k : sequence of int
        The grid, each value once; 1 <= k <= m.
    decoder : {"l1", "omp", "iht", "linear_matched", "linear_best"}
    regime : {"typical", "worst"}
        "worst" for linear decoders.
    eps : str, Fraction, Decimal, int or float
        In (0, 1], for linear decoders alone.
    ensemble : {"gaussian", "rademacher", "spherical"}, array (d, m) or Frame
        As in `lincs.frames.random`, a new A for every trial; or one given A for all trials, of which a Frame stands for
        its first m columns.
    trials : int
        In each cell; 1 for a given A in the worst regime.
    rng : int, Generator or None
        Root of the randomness: trial t of cell (d, k) draws from ``SeedSequence(seed, spawn_key=(d, k, t))``, first
        the seed of A (for `lincs.frames.random.random_columns`), then the support of z, then its signs. So a cell is
        the same in any grid, order or number of processes, and all decoders meet the same A and z.
    confidence : float
        Level of the intervals of the result.
    workers : int or None
        Processes, None for one a core. They start by spawning: a script must call this below
        ``if __name__ == "__main__":`` where it is not 1.
    progress : bool
        Show a progress bar.
    store : path, optional
        File (npz) that keeps every finished cell; one that exists is gone on with, whatever the grid. A run that
        is killed or interrupted loses the cells in flight and no other.

    Returns
    -------
    PhaseDiagram

    Raises
    ------
    InputError
        A parameter out of range, or a store of another experiment.

    Notes
    -----
    **Guarantee**: the verdicts of "l1" and of the worst regime are certified, and those of linear decoders take
    rounding into account; what is neither certified nor refuted is counted as undecided. "omp" and "iht" are run in
    floating point. The probabilities are estimated. **Cost** of a trial: that of `lincs.l1.recovery`,
    `lincs.worst_case_error`, `lincs.best_probes` or `lincs.kernel_ratio` at (d, m); otherwise O(d m) times the
    iterations.

    Examples
    --------
    >>> found = phase_diagram(64, [8, 512], [4], "linear_matched", eps="0.9", ensemble="spherical", trials=5)
    >>> found.successes.tolist()
    [[0], [5]]
    """
    setting = check_setting(m, decoder, regime, eps, ensemble, trials, rng, store is not None)
    level = check_confidence(confidence)
    dimensions = _each_once([setting.check_dimension(x) for x in d], "d")
    sparsities = _each_once([check_sparsity(x, setting.m) for x in k], "k")
    searches = [_cell(x, y) for x in dimensions for y in sparsities]
    looks = run(setting, searches, workers=workers, progress=progress, store=store, total=len(searches))
    shape = len(dimensions), len(sparsities)
    return PhaseDiagram(
        d=dimensions,
        k=sparsities,
        confidence=level,
        successes=np.array([look.successes for look in looks], dtype=np.int64).reshape(shape),
        undecided=np.array([look.undecided for look in looks], dtype=np.int64).reshape(shape),
        **_setting_fields(setting),
    )


def threshold(m: int, k: int, decoder: str, **options: Any) -> Threshold:
    """The d at which a decoder succeeds half of the time, for one k; all else as in `thresholds`."""
    return thresholds(m, [k], decoder, **options)[0]


def thresholds(
    m: int,
    k: Sequence[int],
    decoder: str,
    *,
    regime: str = "typical",
    eps: Any = None,
    ensemble: str = "gaussian",
    trials: int = 32,
    rng: int | np.random.Generator | None = 0,
    confidence: float = 0.95,
    workers: int | None = 1,
    progress: bool = False,
    store: str | os.PathLike[str] | None = None,
) -> tuple[Threshold, ...]:
    """The d at which a decoder succeeds half of the time on random A, for every k: cheaper than a grid.

    Looks (cells of `phase_diagram`) are taken at a first guess and in growing steps up and down from it, until one lies
    certainly below and one certainly above one half; then the bracket is bisected down to 2 percent. There are at most
    16 looks. The estimate is the middle of a logistic curve in ln d, fitted to all looks by maximum likelihood (or the
    geometric mean of the last bracket where the looks are all or nothing).

    Parameters
    ----------
    m, decoder, regime, eps, rng, workers, progress, store
        As in `phase_diagram`; a store may be the same.
    k : sequence of int
        Sparsities, each once.
    ensemble : {"gaussian", "rademacher", "spherical"}
    trials : int
        In each look; so many that all of them alike is evidence at the level below: at least 9 at 0.95.
    confidence : float
        Level of the interval ``lower, upper``.

    Returns
    -------
    tuple of Threshold
        One for each k.

    Raises
    ------
    InputError
        As in `phase_diagram`; too few trials; no threshold below the largest matrix that is drawn.

    Notes
    -----
    **Guarantee**: ``d`` is an estimate. The interval has at least its level if the success probability does not fall
    with d, and nothing else: a look is below one half where so few successes of fair trials have a probability of at
    most (1 - confidence)/16, an exact binomial tail, and likewise above; the errors of 16 looks add up to 1 -
    confidence, however each d was chosen by the looks before it. Undecided trials count against either. With normal or
    Rademacher entries the probability cannot fall for "l1", and for "linear_best" in the worst regime: one more row
    leaves a smaller kernel. **Cost**: about seven cells for each k.

    Examples
    --------
    >>> found = threshold(64, 2, "linear_matched", eps="0.5", ensemble="spherical", trials=10)
    >>> found.lower <= found.d <= found.upper
    True
    """
    if not isinstance(ensemble, str):
        raise InputError("a threshold in d needs a random ensemble by its name; a given A has one d")
    setting = check_setting(m, decoder, regime, eps, ensemble, trials, rng, store is not None)
    level = check_confidence(confidence)
    error = (1 - Fraction(str(level))) / MOST_LOOKS
    if not is_rarely_so_few(0, setting.trials, error):
        raise InputError(f"{setting.trials} trials cannot show anything at confidence {level:g}: more are needed")
    sparsities = _each_once([check_sparsity(x, setting.m) for x in k], "k")
    searches = [_bisection(setting, x, level, error) for x in sparsities]
    return tuple(run(setting, searches, workers=workers, progress=progress, store=store))


def _cell(d: int, k: int) -> Search[Look]:
    return (yield d, k)


def _bisection(setting: Setting, k: int, confidence: float, error: Fraction) -> Search[Threshold]:
    """Search for one threshold: first a bracket of certain looks, then bisection by the majority."""
    trials = setting.trials
    looks: dict[int, Look] = {}

    def is_below(look: Look) -> bool:
        return is_rarely_so_few(look.successes + look.undecided, trials, error)

    def is_above(look: Look) -> bool:
        return is_rarely_so_few(trials - look.successes, trials, error)

    d = first_guess(setting, k)
    largest = LARGEST_MATRIX // setting.m
    raised = lowered = 0
    while len(looks) < MOST_LOOKS:
        looks[d] = yield setting.check_dimension(d), k
        below = [x for x, look in looks.items() if is_below(look)]
        above = [x for x, look in looks.items() if is_above(look)]
        if not above:
            if max(looks) == largest:
                raise InputError(f"no d up to {largest} is certainly above the threshold at k = {k}, m = {setting.m}")
            raised += 1
            d = min(largest, max(max(looks) + 1, int(max(looks) * STEP**raised)))
        elif not below and min(looks) > 1:
            lowered += 1
            d = max(1, min(min(looks) - 1, int(min(looks) / STEP**lowered)))
        else:
            is_half = {x: 2 * look.successes + look.undecided >= trials for x, look in looks.items()}
            high = min(x for x, half in is_half.items() if half)
            low = max((x for x, half in is_half.items() if not half and x < high), default=0)
            if high - low == 1 or RESOLUTION * (high - low) <= high:
                break
            d = (low + high) // 2
    ordered = tuple(looks[x] for x in sorted(looks))
    lower = max((look.d + 1 for look in ordered if is_below(look)), default=1)
    upper = min((look.d for look in ordered if is_above(look)), default=largest)
    lower, upper = min(lower, upper), max(lower, upper)
    middle = transition_middle([x.d for x in ordered], [x.successes + x.undecided / 2 for x in ordered], trials)
    return Threshold(
        k=k,
        confidence=confidence,
        d=min(max(middle, lower), upper),
        lower=lower,
        upper=upper,
        looks=ordered,
        **_setting_fields(setting),
    )


def first_guess(setting: Setting, k: int) -> int:
    """Where to look first for a threshold; anything will do."""
    m, eps = setting.m, setting.eps
    if eps is None:
        guess = classical.l1_typical_dimension(m, k) * {"l1": 1.0, "omp": 1.5, "iht": 1.2}[setting.decoder]
    elif setting.regime == "typical":
        guess = typical_matched_dimension(m, k, eps)
    elif setting.decoder == "linear_matched":
        # a row of m normal entries of variance 1/d: its k largest are about sqrt(2 ln(m/k) / d) each
        guess = 2 * k * k * math.log(m / math.sqrt(k)) / float(eps) ** 2
    else:
        guess = _best_worst_guess(m, float(eps / k))
    if setting.decoder == "linear_best":
        guess = min(guess, 0.8 * m)
    return max(1, min(round(guess), LARGEST_MATRIX // m))


def _best_worst_guess(m: int, delta: float) -> float:
    """Where gamma of a random A is about delta: ``delta^2 = 1.8 ln(m/d) / d``, a rule of thumb.

    The convex hull of the columns and their negatives holds a ball of radius about sqrt(2 ln(m/d) / d) of their length.
    """
    low, high = 0.0, float(m)
    while high - low > 0.5:
        d = (low + high) / 2
        low, high = (d, high) if 1.8 * math.log(m / d) > d * delta * delta else (low, d)
    return high


def _each_once(values: list[int], name: str) -> tuple[int, ...]:
    if not values:
        raise InputError(f"{name} is empty; at least one value is needed")
    if len(set(values)) < len(values):
        raise InputError(f"{name} names a value twice; each may come once")
    return tuple(values)


def _setting_fields(setting: Setting) -> dict[str, Any]:
    names = ("m", "decoder", "regime", "ensemble", "eps", "trials", "seed")
    return {name: getattr(setting, name) for name in names}


def _setting_dict(result: PhaseDiagram | Threshold) -> dict[str, Any]:
    names = ("m", "decoder", "regime", "ensemble", "trials", "seed", "confidence")
    plain = {name: getattr(result, name) for name in names}
    return {**plain, "eps": None if result.eps is None else str(result.eps)}
