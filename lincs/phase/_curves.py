"""The theoretical curves d(k) beside the experiments, and what theorems promise about the experiments."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from statistics import NormalDist
from typing import Any

import numpy as np

from lincs import bounds, classical
from lincs._checks import InputError, check_eps, check_integer, check_sparsity
from lincs._numbers import Fraction


@dataclass(frozen=True)
class Curves:
    """Dimensions as functions of k at fixed m and eps; arrays of float64 over k, theorems unless called estimates.

    Parameters
    ----------
    m, k, eps, eta : int, tuple of int, Fraction, float
        What the curves are for; eta is a failure probability.
    statistical_dimension : ndarray
        Estimate: where L1 begins to recover a given z (`lincs.classical.l1_typical_dimension`).
    l1_fails, l1_recovers : ndarray
        The band of `transition_band` about it, at eta.
    any_decoder, l1_necessary, l1_sufficient : ndarray
        For all k-sparse z, as in `lincs.classical`.
    linear_lower, linear_upper : ndarray
        Bounds on d(m, k, eps): linear probes for all of Z_k, with the best A.
    published_lower, published_upper : ndarray
        The same by the published argument.
    l1_by_gamma_lower, l1_by_gamma_upper : ndarray
        Bounds on the least d of a matrix with ``k < 1 / (2 gamma)``, which is enough for L1 to recover all k-sparse z.
    typical_sufficient : ndarray
        Matched probes on a spherical or Rademacher A read all m entries of a given z to within eps with probability
        at least 1 - eta: ``2 k ln(2 m / eta) / eps^2``.
    typical_matched : ndarray
        Estimate: where they do so with probability 1/2.
    """

    m: int
    k: tuple[int, ...]
    eps: Fraction
    eta: float
    statistical_dimension: np.ndarray
    l1_fails: np.ndarray
    l1_recovers: np.ndarray
    any_decoder: np.ndarray
    l1_necessary: np.ndarray
    l1_sufficient: np.ndarray
    linear_lower: np.ndarray
    linear_upper: np.ndarray
    published_lower: np.ndarray
    published_upper: np.ndarray
    l1_by_gamma_lower: np.ndarray
    l1_by_gamma_upper: np.ndarray
    typical_sufficient: np.ndarray
    typical_matched: np.ndarray

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        result: dict[str, Any] = {"m": self.m, "k": list(self.k), "eps": str(self.eps), "eta": self.eta}
        for name in (f.name for f in fields(self)[4:]):
            key = f"{name}_estimate" if name in ("statistical_dimension", "typical_matched") else name
            result[key] = getattr(self, name).tolist()
        return result


def curves(m: int, k: Sequence[int], eps: Any, *, eta: float = 0.01) -> Curves:
    """The theoretical dimensions for k active of m features at tolerance eps, for every k.

    Parameters
    ----------
    m : int
        Features.
    k : sequence of int
        Sparsities, each in 1..m.
    eps : str, Fraction, Decimal, int or float
        Tolerance of the linear decoders, in (0, 1].
    eta : float
        Failure probability, in (0, 1), of the statements about random matrices.

    Returns
    -------
    Curves

    Raises
    ------
    InputError
        A parameter out of range.

    Notes
    -----
    **Guarantee**: theorems and estimates as `Curves` says; those with logarithms and tails (``l1_fails``,
    ``l1_recovers``, ``typical_sufficient``) are evaluated in floating point. **Cost**: milliseconds for each k.

    ``typical_sufficient``: with matched probes ``b_i = a_i / ||a_i||^2`` the error at feature i is ``<a_i, sum over
    j != i of z_j a_j>`` for unit columns. Given a_i it is a sum of independent variables ``z_j <a_i, a_j>``, and
    ``<a_i, a_j>`` is sub-Gaussian with variance 1/d (a mean of d signs, or a coordinate of a point on the sphere, whose
    even moments are at most those of a normal variable). So it reaches eps with probability at most
    ``2 exp(-eps^2 d / (2 k))``, for any z of Z_k; add up over m features. ``typical_matched`` takes the m errors as
    independent and normal with variance k/d.

    Sources: those of `lincs.dimension_bounds`, [ALMT]_.

    Examples
    --------
    >>> found = curves(10**6, [10, 100], "1/2")
    >>> found.statistical_dimension.round(1), found.typical_sufficient
    (array([ 169.6, 1310.9]), array([ 1530., 15292.]))
    """
    m = check_integer(m, "m", 1, bounds.MOST_FEATURES)
    sparsities = [check_sparsity(x, m) for x in k]
    eps, eta = check_eps(eps), _check_eta(eta)
    rows = []
    for s in sparsities:
        linear = bounds.dimension_bounds(m, s, eps)
        by_gamma = bounds.dimension_bounds(m, 1, Fraction(1, 2 * s))
        low, high = transition_band(m, s, eta)
        rows.append((
            linear.classical.l1_typical,
            low,
            high,
            linear.classical.any_decoder,
            linear.classical.l1_necessary,
            linear.classical.l1_sufficient,
            linear.lower.d,
            linear.upper.d,
            linear.published_lower.d,
            linear.published_upper.d,
            by_gamma.lower.d,
            by_gamma.upper.d,
            math.ceil(2 * s * math.log(2 * m / eta) / float(eps) ** 2 * (1 + 1e-12)),
            typical_matched_dimension(m, s, eps),
        ))  # fmt: skip
    return Curves(m, tuple(sparsities), eps, eta, *np.array(rows, dtype=np.float64).reshape(-1, 14).T)


def typical_matched_dimension(m: int, k: int, eps: Fraction) -> float:
    """Estimate of the d where matched probes read a random z to within eps in all features half of the time."""
    # (1 - 2 Q(t))^m = 1/2 at t = eps sqrt(d/k)
    quantile = -NormalDist().inv_cdf(-math.expm1(-math.log(2) / m) / 2)
    return k * (quantile / float(eps)) ** 2


def transition_band(m: int, k: int, eta: float) -> tuple[int, int]:
    """Dimensions ``(low, high)`` between which L1 on Gaussian measurements goes from failing to recovering a given z.

    For a (d, m) matrix A with independent standard normal entries (times any factor) and any fixed z in R^m with k
    non-zero entries, z is the unique minimiser of ``||z'||_1`` subject to ``A z' = A z`` with probability at most eta
    if ``d <= low``, and at least 1 - eta if ``d >= high``.

    Parameters
    ----------
    m, k : int
        1 <= k <= m.
    eta : float
        In (0, 1).

    Returns
    -------
    low, high : int
        0 <= low < high <= m.

    Raises
    ------
    InputError
        A parameter out of range.

    Notes
    -----
    Let C be the descent cone, V its intrinsic volumes as a random number in 0..m, and D its statistical dimension, the
    mean of V. The kernel of A is a uniformly random subspace, so that ``P(V >= d+1) <= P(L1 fails) <= P(V >= d)`` by
    the kinematic formula and interlacing ([ALMT]_, section 5). With g normal and P the projection onto C, ``E exp(x
    ||P g||^2) = E (1 - 2x)^(-V/2)`` ([MT14]_), and Herbst's argument, ``|grad ||P g||^2|^2 = 4 ||P g||^2`` in the
    logarithmic Sobolev inequality, bounds the left side by ``exp(D x / (1 - 2x))``. Hence ``E exp(y (V - D)) <=
    exp(D (exp(2y) - 1 - 2y) / 2)``, and with ``h(u) = (1+u) ln(1+u) - u`` ::

        P(V >= d) <= exp(-(D/2) h((d - D)/D)) for d > D,    P(V <= d) <= exp(-(D/2) h((d - D)/D)) for d < D.

    The same holds for the polar cone, with m - V, m - d and m - D. D is at most `lincs.classical.l1_typical_dimension`
    and less than it by at most ``2 sqrt(m/k)`` ([ALMT]_, Theorem 4.3 and Proposition 4.5); for d < k the columns of
    the support are dependent.

    **Guarantee**: a theorem, evaluated in floating point; high = m always holds. **Cost**: O(log m) evaluations.

    Examples
    --------
    >>> from lincs.classical import l1_typical_dimension
    >>> low, high = transition_band(1000, 50, 0.01)
    >>> low < l1_typical_dimension(1000, 50) < high
    True
    """
    m = check_integer(m, "m")
    k, eta = check_sparsity(k, m), _check_eta(eta)
    most = classical.l1_typical_dimension(m, k)
    least = max(most - 2 * math.sqrt(m / k), 0.0)
    limit = math.log(eta)
    # both tails fall monotonically away from D, and are largest where D is nearest
    low = _last(lambda d: d < least and -_exponent(m, d, least) <= limit, 0, m)
    high = m - _last(lambda n: m - n > most and -_exponent(m, m - n, most) <= limit, 0, m)
    return max(low, k - 1), max(high, k)


def _exponent(m: int, d: int, D: float) -> float:
    """-ln of the bound on the tail of V beyond d, by the cone or by its polar."""
    tails = [D / 2 * _h((d - D) / D)] if D > 0 else [0.0]
    if m - D > 0:
        tails.append((m - D) / 2 * _h((D - d) / (m - D)))
    return max(tails) * (1 - 1e-9)


def _h(u: float) -> float:
    return (1 + u) * math.log1p(u) - u if u > -1 else 1.0 if u == -1 else math.inf


def _last(holds: Any, low: int, high: int) -> int:
    """The largest n in [low, high) up to which ``holds``, which is monotone; low where it holds nowhere."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def _check_eta(eta: Any) -> float:
    if isinstance(eta, bool) or not isinstance(eta, (int, float, Fraction)) or not 0 < eta < 1:
        raise InputError(f"eta must be a number in (0, 1), got {eta!r}")
    return float(eta)
