"""Everything that lincs can say about one pair (A, B): what `lincs report` computes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from lincs import accessibility, bounds, probes
from lincs._checks import InputError, check_eps, check_matrix, check_pair, check_sparsity
from lincs._numbers import Enclosure, Fraction, as_fraction
from lincs._products import tiles

#: The profile W_1, W_2, ... is computed at least this far, where there are so many features.
LONGEST_PROFILE = 32

#: Gap that is asked of best probes, and features in the first block of them.
GAP, FIRST_BLOCK = "1e-2", 16


@dataclass(frozen=True, eq=False)
class BestReading:
    """How well any linear probes could read each feature of A, where that was computed.

    Parameters
    ----------
    k, m : int
        Sparsity and features.
    lower, upper : ndarray, float64, shape (m,)
        ``lower[i] <= gamma_i <= upper[i]``, certified; nan where it was not computed.
    gamma : Enclosure
        gamma(A). Where not every feature was looked at, its upper end is W_1 of the pair at hand, if that is below 1.
    own : tuple of Enclosure
        The profile of the pair at hand, which no best probes exceed.
    seconds : float
        The time that was allowed.
    """

    k: int
    m: int
    lower: np.ndarray
    upper: np.ndarray
    gamma: Enclosure
    own: tuple[Enclosure, ...]
    seconds: float

    @property
    def count(self) -> int:
        """How many features were looked at."""
        return int(np.isfinite(self.upper).sum())

    @property
    def is_complete(self) -> bool:
        """Whether every feature was."""
        return self.count == self.m

    def least_error(self, k: int) -> Enclosure:
        """``min(1, k gamma)``: the least W_k of any linear probes for A; k no longer than the profile."""
        low, high = (min(Fraction(1), k * Fraction(side)) for side in (self.gamma.lower, self.gamma.upper))
        return Enclosure(low, min(high, Fraction(self.own[k - 1].upper)))

    def to_dict(self) -> dict[str, Any]:
        """The sides for JSON; those of each feature are with the features."""
        return {
            "gamma": self.gamma.to_dict(),
            "least_error": self.least_error(self.k).to_dict(),
            "features_looked_at": self.count,
            "complete": self.is_complete,
            "seconds_allowed": self.seconds,
        }


@dataclass(frozen=True, eq=False)
class Report:
    """What a pair does, what the best probes for its A could do, and what any pair of its shape could.

    Parameters
    ----------
    d, m, k, eps
        Dimensions, features, sparsity, tolerance.
    worst : WorstCase
        W_k of the pair, with a witness.
    witness_entries : ndarray, float64, shape (k,)
        The entries of E = B^T A - I at the witness, correct up to rounding.
    profile : tuple of Enclosure
        W_1, W_2, ... of the pair, to k or further.
    features : FeatureErrors
        The worst error of each feature at k.
    norms, own : ndarray, float64, shape (m,)
        ``||a_i||`` and ``<b_i, a_i>``, correct up to rounding.
    best : BestReading or None
        None where it was not asked for.
    dimension : DimensionBounds
        Both sides of d(m, k, eps).
    capacity : Range
        The most features that d dimensions could hold at this k and eps.
    least : Range
        The least W_k of any pair of this shape.
    notes : tuple of str
        How the pair was read.
    """

    d: int
    m: int
    k: int
    eps: Fraction
    worst: accessibility.WorstCase
    witness_entries: np.ndarray
    profile: tuple[Enclosure, ...]
    features: accessibility.FeatureErrors
    norms: np.ndarray
    own: np.ndarray
    best: BestReading | None
    dimension: bounds.DimensionBounds
    capacity: bounds.Range
    least: bounds.Range
    notes: tuple[str, ...] = ()

    @property
    def holds(self) -> bool | None:
        """Whether ``W_k < eps``, certain both ways; None where rounding leaves it open."""
        try:
            return self.worst.holds(self.eps)
        except accessibility.Undecided:
            return None

    @property
    def largest_k(self) -> int:
        """The largest k of the profile at which every feature is certainly read to within eps; 0 if none is."""
        return sum(error.upper < self.eps for error in self.profile)

    @property
    def accurate_features(self) -> int:
        """How many features are certainly read to within eps at k."""
        return int(sum(Fraction(float(error)) < self.eps for error in self.features.upper))

    def to_dict(self) -> dict[str, Any]:
        """Everything, for JSON; what is known of the features as one list for each column."""
        columns: dict[str, Any] = {
            "error_lower": self.features.lower.tolist(),
            "error_upper": self.features.upper.tolist(),
            "interferers": self.features.interferers.tolist(),
            "norm": self.norms.tolist(),
            "own": self.own.tolist(),
        }
        if self.best is not None:
            for name, side in (("best_lower", self.best.lower), ("best_upper", self.best.upper)):
                columns[name] = [None if np.isnan(gamma) else float(gamma) for gamma in side]
        return {
            "d": self.d,
            "m": self.m,
            "k": self.k,
            "eps": str(self.eps),
            "holds": self.holds,
            **{key: value for key, value in self.worst.to_dict().items() if key in ("error", "witness")},
            "profile": [{"k": k, **error.to_dict()} for k, error in enumerate(self.profile, start=1)],
            "largest_k": self.largest_k,
            "best_probes": None if self.best is None else self.best.to_dict(),
            "dimension": self.dimension.to_dict(),
            "most_features": self.capacity.to_dict(),
            "least_error_of_any_pair": self.least.to_dict(),
            "features": columns,
            "notes": list(self.notes),
        }


def report(
    A: Any,
    B: Any = None,
    *,
    k: int,
    eps: Any = 1,
    scale: Any = 1,
    best_seconds: float = 60,
    progress: bool = False,
    notes: tuple[str, ...] = (),
) -> Report:
    """All that lincs can say about representation vectors A and probes ``scale * B``, at k active features.

    Parameters
    ----------
    A, B, k, scale, progress
        As in `lincs.worst_case_error`.
    eps : str, Fraction, Decimal, int or float
        Tolerance in (0, 1], read exactly. At 1 the question is whether B is better than probes that say 0.
    best_seconds : float
        For how long best probes are looked for, a linear program a feature, those that are read worst first; a block
        that has begun is finished. 0 leaves them out.
    notes : tuple of str
        Remarks to carry along.

    Returns
    -------
    Report

    Raises
    ------
    InputError
        As for `lincs.worst_case_error` and `lincs.dimension_bounds`.

    Notes
    -----
    **Guarantee**: as its parts: errors exact or enclosed, gamma certified on both sides, dimensions by theorems; norms,
    ``<b_i, a_i>`` and interferences are correct up to rounding. **Cost**: two or three times `worst_case_error`, and
    ``best_seconds``.

    Examples
    --------
    >>> A = np.array([[1, 0, -1], [0, 1, -1]])
    >>> found = report(A, np.array([[2, -1, -1], [-1, 2, -1]]), k=2, eps="0.7", scale=Fraction(1, 3))
    >>> found.holds, str(found.worst.error), str(found.best.least_error(2)), found.dimension.lower.d
    (True, '2/3', '2/3', 2)
    """
    A = check_matrix(A)
    if B is not None:
        A, B = check_pair(A, B)
    d, m = A.shape
    k, eps, scale = check_sparsity(k, m), check_eps(eps), as_fraction(scale)
    if not best_seconds >= 0:
        raise InputError(f"best_seconds must be at least 0, got {best_seconds}")
    longest = min(m, max(k, LONGEST_PROFILE))
    options: dict[str, Any] = {"scale": scale, "progress": progress}
    worst = accessibility.worst_case_error(A, B, k=k, **options)
    profile = worst.profile
    if longest > k:
        profile = accessibility.worst_case_error(A, B, k=longest, **options).profile
    features = accessibility.feature_errors(A, B, k=k, **options)
    probe, support = (A if B is None else B)[:, worst.witness.row], list(worst.witness.support)
    entries = float(scale) * (probe.astype(np.float64) @ A[:, support].astype(np.float64))
    entries -= np.array(support) == worst.witness.row
    squares, own = np.empty(m), np.empty(m)
    for columns in tiles(A):
        a = A[:, columns].astype(np.float64)
        b = a if B is None else B[:, columns].astype(np.float64)
        squares[columns] = np.einsum("ij,ij->j", a, a)
        own[columns] = float(scale) * np.einsum("ij,ij->j", b, a)
    best = None
    if best_seconds:
        best = _best(A, k, features.worst(m), profile, best_seconds, progress)
    return Report(
        d=d,
        m=m,
        k=k,
        eps=eps,
        worst=worst,
        witness_entries=entries,
        profile=profile,
        features=features,
        norms=np.sqrt(squares),
        own=own,
        best=best,
        dimension=bounds.dimension_bounds(m, k, eps),
        capacity=bounds.most_features(d, k, eps),
        least=bounds.best_eps(m, d, k),
        notes=notes,
    )


def _best(
    A: np.ndarray, k: int, order: np.ndarray, own: tuple[Enclosure, ...], seconds: float, progress: bool
) -> BestReading:
    """Best probes in blocks of features, in this order, until the time is up."""
    m = A.shape[1]
    lower, upper = np.full(m, np.nan), np.full(m, np.nan)
    start = time.monotonic()
    done, block = 0, FIRST_BLOCK
    gamma_low = Fraction(1, m) if m > A.shape[0] else Fraction(0)  # holds for any kernel vector
    while done < m and (done == 0 or time.monotonic() - start < seconds):
        rows = order[done : done + block]
        found = probes.best_probes(A, gap=GAP, rows=rows.tolist(), progress=progress)
        lower[rows], upper[rows] = found.lower, found.upper
        gamma_low = max(gamma_low, Fraction(found.gamma.lower))
        done += len(rows)
        passed = time.monotonic() - start
        # as many as the rest of the time is good for, but not all of it on one estimate
        block = max(FIRST_BLOCK, min(8 * block, int(done / max(passed, 1e-3) * max(0.0, seconds - passed) / 2)))
    high = min(Fraction(1), Fraction(own[0].upper))  # W_1 of any pair bounds gamma
    if done == m:
        high = min(high, Fraction(float(upper.max())))
    return BestReading(k, m, lower, upper, Enclosure(gamma_low, high), own, seconds)
