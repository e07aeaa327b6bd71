"""How many dimensions: certified lower and upper bounds on d(m, k, eps), and the inverse questions.

``d(m, k, eps)`` is the least d for which some (A, B), both of shape (d, m), has ``|B^T A z - z| < eps`` in every
entry for every k-sparse z in [-1, 1]^m. For 0 < eps <= 1 it depends on two numbers only: it is ``D(m, delta)`` with
``delta = eps / k``, the least rank of a real m x m matrix M whose entries all lie strictly within delta of the
identity's. (For fixed A the best probes for one active feature are the best for any number; `lincs.probes`.)

Lower bounds. Divide the rows of M by their diagonal, which exceeds 1 - delta: N has unit diagonal, the same rank, and
entries below ``delta' = delta / (1 - delta)`` off it. For a polynomial f, applied entrywise, ``rank f(N)`` is at
most ``D_f(d) = sum of C(d+j-1, j)`` over the degrees j that f has, and ``(tr X)^2 <= rank(X) ||X||_F^2`` for any
real square X. Each lower bound below is an inequality between integers which the rank d would violate; that
inequality is evaluated in integers and nothing else.

Upper bounds are frames (`lincs.frames`): a theorem and the parameters that make the matrices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lincs import classical, frames
from lincs._checks import check_eps, check_integer, check_sparsity
from lincs._numbers import Fraction, float_above, float_below
from lincs.bounds._bound import Bound, Range
from lincs.bounds.inverse import best_eps, largest_sparsity, most_features, threshold_dimension
from lincs.bounds.lower import (
    LOWER_BOUNDS,
    MOST_FEATURES,
    alon_lower_bound,
    chebyshev_lower_bound,
    joint_trace_lower_bound,
    kernel_lower_bound,
    strongest,
    turan_alon_lower_bound,
    welch_lower_bound,
)
from lincs.bounds.upper import frame_upper_bound, random_upper_bound

__all__ = [
    "LOWER_BOUNDS",
    "Bound",
    "DimensionBounds",
    "Range",
    "alon_lower_bound",
    "best_eps",
    "chebyshev_lower_bound",
    "dimension_bounds",
    "frame_upper_bound",
    "joint_trace_lower_bound",
    "kernel_lower_bound",
    "largest_sparsity",
    "most_features",
    "random_upper_bound",
    "threshold_dimension",
    "turan_alon_lower_bound",
    "welch_lower_bound",
]


@dataclass(frozen=True)
class DimensionBounds:
    """The certified interval for d(m, k, eps): ``lower.d <= d(m, k, eps) <= upper.d``, and all bounds beside them.

    ``published_lower`` and ``published_upper`` are the argument of [GKP] with explicit constants, for comparison;
    ``classical`` is the classical compressed sensing side, where decoding may be nonlinear.
    """

    m: int
    k: int
    eps: Fraction
    lower: Bound
    upper: Bound
    bounds: tuple[Bound, ...]
    published_lower: Bound
    published_upper: Bound
    classical: classical.ClassicalDimensions

    @property
    def delta(self) -> Fraction:
        """``eps / k``."""
        return self.eps / self.k

    @property
    def is_exact(self) -> bool:
        """Whether the two sides meet, so that d(m, k, eps) is known."""
        return self.lower.d == self.upper.d

    @property
    def ratio(self) -> float:
        """Upper over lower bound, rounded up."""
        return float_above(Fraction(self.upper.d, self.lower.d))

    @property
    def published_ratio(self) -> float:
        """Upper over lower bound by the published argument, the upper one being at most m; rounded down."""
        return float_below(Fraction(min(self.m, self.published_upper.d), self.published_lower.d))

    def to_dict(self) -> dict[str, Any]:
        """Everything, for JSON."""
        return {
            "m": self.m,
            "k": self.k,
            "eps": str(self.eps),
            "delta": str(self.delta),
            "lower": self.lower.to_dict(),
            "upper": self.upper.to_dict(),
            "exact": self.is_exact,
            "ratio": self.ratio,
            "bounds": [bound.to_dict() for bound in self.bounds],
            "published": {
                "lower": self.published_lower.to_dict(),
                "upper": self.published_upper.to_dict(),
                "ratio": self.published_ratio,
            },
            "classical": self.classical.to_dict(),
        }


def dimension_bounds(m: int, k: int, eps: Any) -> DimensionBounds:
    """The certified interval ``lower.d <= d(m, k, eps) <= upper.d``, with every bound that lincs knows.

    d(m, k, eps) is the least d for which there are A, B of shape (d, m) with ``|B^T A z - z| < eps`` in every entry,
    strictly, for every k-sparse z in [-1, 1]^m.

    Parameters
    ----------
    m : int
        Features, 1 <= m <= 10^300 (text such as "1e30" is read exactly).
    k : int
        Sparsity, 1 <= k <= m.
    eps : str, Fraction, Decimal, int or float
        Tolerance in (0, 1], read as the exact decimal or fraction that it is written as.

    Returns
    -------
    DimensionBounds

    Raises
    ------
    InputError
        If a parameter lies outside its domain.

    Notes
    -----
    **Guarantee**: both sides are theorems, their inequalities evaluated in exact arithmetic; each bound carries the
    certificate that `Bound.check` rechecks. **Cost**: well under a second, also at m = 10^30.

    Examples
    --------
    >>> bounds = dimension_bounds(10**6, 32, "1/2")
    >>> bounds.lower.d, bounds.lower.theorem, bounds.upper.d, bounds.upper.theorem
    (3954, 'welch', 4096, 'kerdock')
    """
    m = check_integer(m, "m", 1, MOST_FEATURES)
    k, eps = check_sparsity(k, m), check_eps(eps)
    lower = [bound(m, k, eps) for bound in LOWER_BOUNDS]
    upper = [bound for family in frames.FAMILIES if (bound := frame_upper_bound(family, m, k, eps)) is not None]
    published = random_upper_bound(m, k, eps)
    upper.append(published)
    best_lower = strongest(lower)
    best_upper = min(upper, key=lambda bound: bound.d)
    if best_lower.d > best_upper.d:
        raise ArithmeticError(f"the bounds cross: {best_lower} and {best_upper}")
    ordered = sorted(lower, key=lambda bound: -bound.d) + sorted(upper, key=lambda bound: bound.d)
    return DimensionBounds(
        m,
        k,
        eps,
        best_lower,
        best_upper,
        tuple(ordered),
        published_lower=lower[LOWER_BOUNDS.index(turan_alon_lower_bound)],
        published_upper=published,
        classical=classical.classical_dimensions(m, k),
    )
