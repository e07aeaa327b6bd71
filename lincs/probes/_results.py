"""Results of `lincs.probes`: plain frozen records whose numbers are certified."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lincs._checks import InputError, check_eps, check_sparsity
from lincs._numbers import Enclosure, Fraction, float_above, float_below


class Interrupted(KeyboardInterrupt):
    """Ctrl-C; ``result`` holds all that was certified until then (as does the checkpoint, where one was named)."""

    def __init__(self, result: KernelRatio | BestProbes) -> None:
        super().__init__("interrupted; what was certified is in the attribute result")
        self.result = result


@dataclass(frozen=True)
class KernelRatio:
    """gamma(A) between two certified sides.

    Parameters
    ----------
    d, m : int
        Shape of A.
    gamma : Enclosure
        The kernel ratio (its maximum over ``rows``).
    row : int
        Feature that attains the lower side.
    z : ndarray (m,)
        Certificate of the lower side: a kernel vector up to rounding, with ``z[row] / ||z||_1`` nearly ``gamma.lower``.
    B : ndarray (d, len(rows))
        Certificate of the upper side: ``|B^T A - I| <= gamma.upper`` in the rows of ``rows``.
    rows : ndarray of int64
        Features looked at.
    gap : float
        The gap that was asked for.
    is_reached : bool
        Whether ``upper - lower <= gap * max(upper, 1e-9)``, or the kernel is trivial.
    note : str
        Why it was not, and what to try; empty where it was.
    """

    d: int
    m: int
    gamma: Enclosure
    row: int
    z: np.ndarray = field(repr=False)
    B: np.ndarray = field(repr=False)
    rows: np.ndarray = field(repr=False)
    gap: float
    is_reached: bool
    note: str = ""

    def least_eps(self, k: int) -> Enclosure:
        """The smallest worst-case error of any linear decoder at sparsity k, ``min(1, k gamma)``."""
        return _least_eps(self.gamma, k, self.m)

    def largest_k(self, eps: Any) -> Enclosure:
        """The largest k with ``k gamma < eps``: certified for all k up to ``lower``, impossible above ``upper``."""
        return _largest_k(self.gamma, eps, self.m)

    def l1_sparsity(self) -> Enclosure:
        """The largest s with ``s < 1/(2 gamma)``: L1 recovers every s-sparse vector for s up to ``lower``."""
        return _l1_sparsity(self.gamma, self.m)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "d": self.d,
            "m": self.m,
            "gamma": self.gamma.to_dict(),
            "row": self.row,
            "gap": self.gap,
            "reached": self.is_reached,
            "note": self.note,
            "l1_sparsity": self.l1_sparsity().to_dict(),
        }


@dataclass(frozen=True)
class BestProbes:
    """Probes within the asked gap of the best for every feature, and the ratios that prove it.

    Parameters
    ----------
    d, m : int
        Shape of A.
    B : ndarray (d, len(rows)) of float64
        The probes.
    gamma : Enclosure
        Largest of the ratios below.
    lower, upper : ndarray (len(rows),)
        ``lower <= gamma_i <= upper`` for each feature, ``upper`` being attained by B up to rounding.
    row, z : int, ndarray (m,)
        Feature with the largest lower side and the kernel vector (up to rounding) that certifies it.
    rows, gap, is_reached, note
        As in `KernelRatio`; ``is_reached`` is about every feature.
    """

    d: int
    m: int
    B: np.ndarray = field(repr=False)
    gamma: Enclosure
    lower: np.ndarray = field(repr=False)
    upper: np.ndarray = field(repr=False)
    row: int
    z: np.ndarray = field(repr=False)
    rows: np.ndarray = field(repr=False)
    gap: float
    is_reached: bool
    note: str = ""

    def least_eps(self, k: int) -> Enclosure:
        """The least worst-case error of any linear decoder at sparsity k, ``min(1, k gamma)``; B attains ``upper``."""
        return _least_eps(self.gamma, k, self.m)

    def largest_k(self, eps: Any) -> Enclosure:
        """The largest k with ``k gamma < eps``: B is (eps, k)-accessible up to ``lower``, no probes above ``upper``."""
        return _largest_k(self.gamma, eps, self.m)

    def l1_sparsity(self) -> Enclosure:
        """The largest s with ``s < 1/(2 gamma)``: L1 recovers every s-sparse vector for s up to ``lower``."""
        return _l1_sparsity(self.gamma, self.m)

    def excess(self, A: Any, B: Any, k: int = 1) -> Enclosure:
        """The error of the user's own probes B over the least possible one, ``W_k(A, B) / min(1, k gamma)``."""
        from lincs.accessibility import worst_case_error

        best = self.least_eps(k)
        if best.lower <= 0:
            raise InputError("the best possible error may be 0 here, so the ratio has no upper end; compare the errors")
        own = worst_case_error(A, B, k=k).error
        # never below 1: no probes beat the minimum, however wide the sides are
        low = max(Fraction(1), Fraction(own.lower) / Fraction(best.upper))
        return Enclosure(low, max(low, Fraction(own.upper) / Fraction(best.lower)))

    def to_dict(self, *, features: bool = False) -> dict[str, Any]:
        """Plain values for JSON; ``features`` adds the sides of every feature."""
        result = {
            "d": self.d,
            "m": self.m,
            "gamma": self.gamma.to_dict(),
            "row": self.row,
            "gap": self.gap,
            "reached": self.is_reached,
            "note": self.note,
            "l1_sparsity": self.l1_sparsity().to_dict(),
        }
        if features:
            result["features"] = [
                {"feature": int(i), "lower": float_below(low), "upper": float_above(high)}
                for i, low, high in zip(self.rows, self.lower, self.upper, strict=True)
            ]
        return result


def _least_eps(gamma: Enclosure, k: int, m: int) -> Enclosure:
    k = check_sparsity(k, m)
    low, high = (min(Fraction(1), k * Fraction(side)) for side in (gamma.lower, gamma.upper))
    return Enclosure(low, high)


def _largest_below(gamma: Enclosure, threshold: Fraction, m: int) -> Enclosure:
    """The largest k <= m with ``k gamma < threshold``, from either side of gamma."""

    def largest(side: Fraction | float) -> int:
        side = Fraction(side)
        return m if side == 0 else min(m, math.ceil(threshold / side) - 1)

    return Enclosure(Fraction(largest(gamma.upper)), Fraction(largest(gamma.lower)))


def _largest_k(gamma: Enclosure, eps: Any, m: int) -> Enclosure:
    return _largest_below(gamma, check_eps(eps), m)


def _l1_sparsity(gamma: Enclosure, m: int) -> Enclosure:
    return _largest_below(gamma, Fraction(1, 2), m)


@dataclass(frozen=True)
class AffineProbes:
    """Affine probes ``<b_i, x> + c_i`` for features z in [0, 1]^m, k-sparse, with their worst-case errors.

    Parameters
    ----------
    d, m, k : int
        Shape of A, sparsity.
    B : ndarray (d, len(rows))
    c : ndarray (len(rows),)
        Probes and biases.
    error : Enclosure
        Least worst-case error of any affine probes; B and c attain ``upper``.
    lower, upper : ndarray (len(rows),)
        The same for each feature.
    rows : ndarray of int64
        Features.
    """

    d: int
    m: int
    k: int
    B: np.ndarray = field(repr=False)
    c: np.ndarray = field(repr=False)
    error: Enclosure
    lower: np.ndarray = field(repr=False)
    upper: np.ndarray = field(repr=False)
    rows: np.ndarray = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"d": self.d, "m": self.m, "k": self.k, "error": self.error.to_dict()}


@dataclass(frozen=True)
class ThresholdProbes:
    """Thresholds ``<b_i, x> > c_i`` for features z in {0, 1}^m, k-sparse.

    Parameters
    ----------
    d, m, k : int
        Shape of A, sparsity.
    B : ndarray (d, len(rows))
    c : ndarray (len(rows),)
        Probes and thresholds; zeros where none is known to work.
    ratio : Enclosure
        The largest ``min(1, tau_i)``: below 1 iff every feature has a threshold that works.
    lower, upper : ndarray (len(rows),)
        ``lower <= min(1, tau_i) <= upper`` for each feature.
    rows : ndarray of int64
        Features.
    """

    d: int
    m: int
    k: int
    B: np.ndarray = field(repr=False)
    c: np.ndarray = field(repr=False)
    ratio: Enclosure
    lower: np.ndarray = field(repr=False)
    upper: np.ndarray = field(repr=False)
    rows: np.ndarray = field(repr=False)

    def is_accessible(self) -> bool:
        """Whether every feature of ``rows`` has a threshold that works; True and False are proved.

        Raises
        ------
        Undecided
            ``ratio`` contains 1 and more.
        """
        from lincs.accessibility import Undecided

        if self.ratio.upper < 1:
            return True
        if self.ratio.lower >= 1:
            return False
        raise Undecided(f"the ratio lies in {self.ratio}, and thresholds exist where it is below 1: rounding decides")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"d": self.d, "m": self.m, "k": self.k, "ratio": self.ratio.to_dict()}
