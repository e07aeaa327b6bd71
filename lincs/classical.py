"""The classical side: how many dimensions nonlinear decoding needs, for contrast with linear probes.

Here all k-sparse z are to be recovered *exactly* from Az, by any method or by L1 minimisation (basis pursuit).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from lincs._checks import check_integer, check_sparsity
from lincs._numbers import ceiling


@dataclass(frozen=True)
class ClassicalDimensions:
    """What nonlinear decoding needs for exact recovery of k-sparse vectors with m entries.

    Parameters
    ----------
    any_decoder : int
        Necessary and sufficient for all k-sparse z with any decoder (`any_decoder_dimension`).
    l1_necessary, l1_sufficient : int
        Bounds on the least d for which L1 recovers all k-sparse z (theorems).
    l1_typical : float
        The d where L1 begins to recover one given z from Gaussian measurements (an estimate: asymptotic theory).
    """

    any_decoder: int
    l1_necessary: int
    l1_sufficient: int
    l1_typical: float

    def to_dict(self) -> dict[str, Any]:
        """The four numbers, for JSON."""
        return {
            "any_decoder": self.any_decoder,
            "l1_necessary": self.l1_necessary,
            "l1_sufficient": self.l1_sufficient,
            "l1_typical_estimate": self.l1_typical,
        }


def classical_dimensions(m: int, k: int) -> ClassicalDimensions:
    """All classical dimensions for m features of which k are active; see the functions named in the class."""
    return ClassicalDimensions(
        any_decoder_dimension(m, k),
        l1_necessary_dimension(m, k),
        l1_sufficient_dimension(m, k),
        l1_typical_dimension(m, k),
    )


def any_decoder_dimension(m: int, k: int) -> int:
    """The least d for which some A lets every k-sparse z in R^m be told from Az: exactly ``min(2k, m)``.

    Two k-sparse vectors differ by any 2k-sparse one, so every 2k columns (all, if 2k >= m) must be independent; those
    of a Vandermonde matrix are. **Guarantee**: exact. Source: [FR]_, section 2.2.

    Examples
    --------
    >>> any_decoder_dimension(1000, 10)
    20
    """
    m = check_integer(m, "m")
    return min(2 * check_sparsity(k, m), m)


def l1_necessary_dimension(m: int, k: int) -> int:
    """A lower bound on every d in which some A lets L1 recover all k-sparse z in R^m.

    If all 2s-sparse vectors are recovered then ``d >= s ln(m / (4s)) / ln 9``; used with s = floor(k/2), and never
    less than what any decoder needs. **Guarantee**: a theorem; the logarithms are enclosed. Source: [FR]_, Theorem
    10.11.

    Examples
    --------
    >>> l1_necessary_dimension(10**12, 10)
    57
    """
    import flint

    least = any_decoder_dimension(m, k)
    m, s = check_integer(m, "m"), check_integer(k, "k") // 2
    if s == 0 or m <= 4 * s:
        return least
    threshold = s * (flint.arb(m) / (4 * s)).log() / flint.arb(9).log()
    return max(least, ceiling(threshold.lower()))


def l1_sufficient_dimension(m: int, k: int) -> int:
    """A dimension d in which some A lets L1 recover all k-sparse z in R^m.

    ``d^2 / (d+1) > 5 (sqrt(k) + sqrt(2 k ln(e m / k)))^2`` suffices, and d = m always does. By Gordon's theorem a
    Gaussian A has no kernel vector in a subset T of the sphere with positive probability once ``d / sqrt(d+1)``
    exceeds the Gaussian width of T. Let T be the unit z with ``||z_S||_1 >= ||z_{S^c}||_1`` for some S of size k, and
    S_1, S_2, ... its entries in blocks of k by decreasing size. Then ``sum_{j>=3} ||z_{S_j}||_2 <= ||z_{S_1^c}||_1 /
    sqrt(k) <= ||z_{S_1}||_2``, so that ``sum_j ||z_{S_j}||_2 <= 2 ||z_{S_1}||_2 + ||z_{S_2}||_2 <= sqrt(5)`` and
    the width is at most ``sqrt(5) E max_{|S|=k} ||g_S||_2``, the largest of C(m, k) <= (em/k)^k functions of Lipschitz
    constant 1 and mean at most sqrt(k).

    **Guarantee**: a theorem; the logarithm is enclosed. Source: Gordon's escape through the mesh, [FR]_ section 9.2;
    the constant is derived here and not the best possible.

    Examples
    --------
    >>> l1_sufficient_dimension(10**6, 10)
    1803
    """
    import flint

    m = check_integer(m, "m")
    k = check_sparsity(k, m)
    number = flint.arb
    width_squared = 5 * (number(k).sqrt() + (2 * k * (1 + (number(m) / k).log())).sqrt()) ** 2
    # d^2/(d+1) > d - 1, so that d = width^2 + 1 rounded up is enough
    return min(m, ceiling(width_squared.upper()) + 1)


def l1_typical_dimension(m: int, k: int) -> float:
    """About the statistical dimension of the L1 descent cone at a k-sparse z in R^m: where L1 begins to recover z.

    ``inf over tau >= 0 of k (1 + tau^2) + (m-k) sqrt(2/pi) int_tau^inf (u-tau)^2 exp(-u^2/2) du``, which exceeds the
    statistical dimension by at most ``2 sqrt(m/k)``. With Gaussian measurements the probability that L1 recovers z
    climbs from 0 to 1 within O(sqrt(m)) of it; it is the weak threshold of Donoho and Tanner. **Guarantee**: an
    estimate (the number is computed in floating point, and finite m deviates from the limit). Source: [ALMT]_,
    Proposition 4.5; [DT]_.

    Examples
    --------
    >>> round(l1_typical_dimension(1000, 100), 1)
    328.8
    """
    m = check_integer(m, "m", 1, 10**300)
    k = check_sparsity(k, m)
    ratio = k / m  # true division of integers of any size

    def cost(tau: float) -> float:
        # int_tau^inf (u-tau)^2 exp(-u^2/2) du = sqrt(pi/2) (1+tau^2) erfc(tau/sqrt 2) - tau exp(-tau^2/2)
        tail = (1 + tau * tau) * math.erfc(tau / math.sqrt(2)) - math.sqrt(2 / math.pi) * tau * math.exp(-tau * tau / 2)
        return ratio * (1 + tau * tau) + (1 - ratio) * max(tail, 0.0)

    low, high = 0.0, 38.0  # convex in tau; erfc underflows beyond 38
    for _ in range(200):
        first, second = low + (high - low) / 3, high - (high - low) / 3
        if cost(first) <= cost(second):
            high = second
        else:
            low = first
    return float(m) * cost((low + high) / 2)
