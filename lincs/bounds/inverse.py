"""The inverse questions (most features, best tolerance, largest sparsity for d dimensions), and thresholds."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from lincs import frames
from lincs._checks import check_eps, check_integer, check_sparsity
from lincs._numbers import Fraction
from lincs.bounds._bound import Bound, Range
from lincs.bounds.lower import MOST_FEATURES, SEARCHES, best_lower_bound
from lincs.bounds.upper import frame_bound


def _exclusion(d: int, m: int, k: int, eps: Fraction) -> Bound | None:
    """A certificate that d(m, k, eps) > d, if one is found."""
    if m >= 2 and d < m and eps / k <= Fraction(1, 2):
        for theorem, search in SEARCHES.items():
            if (params := search(d, m, eps / k)) is not None:
                return Bound("lower", d + 1, theorem, params, m, k, eps)
    return None


def _construction(d: int, m: int, k: int, eps: Fraction) -> Bound | None:
    """A frame that shows d(m, k, eps) <= d, if one is found."""
    frame = frames.best_for(m, eps / k, at_most=d)
    return None if frame is None else frame_bound(frame, m, k, eps)


def most_features(d: int, k: int, eps: Any) -> Range:
    """The certified interval for the largest m with ``d(m, k, eps) <= d``: how many features d dimensions hold.

    Parameters
    ----------
    d : int
        Dimensions, d >= 1.
    k, eps
        As for `dimension_bounds`; only m >= k is asked about.

    Returns
    -------
    Range
        ``upper`` is None where any number of features fits (delta > 1/2, or delta = 1/2 and d >= 2), or where no
        finite bound below 10^300 was found.

    Notes
    -----
    **Guarantee**: both ends are theorems: a frame with ``lower`` columns, and the impossibility of ``upper + 1``. Ends
    beyond 2^64 are located to 19 digits.
    **Cost**: about a second.

    Examples
    --------
    >>> answer = most_features(512, 10, "1/2")
    >>> answer.lower, answer.upper
    (15632, 166505)
    """
    d, k, eps = check_integer(d, "d"), check_integer(k, "k"), check_eps(eps)
    least = max(d, k)  # the identity; with k >= m all features are active, and m = k is the smallest question
    if eps / k > Fraction(1, 2) or (eps / k == Fraction(1, 2) and d >= 2):
        frame = _construction(d, 10**6, k, eps)
        return Range("m", 10**6, None, frame, None)

    def build(m: int) -> Bound | None:
        return _construction(d, m, k, eps)

    def refute(m: int) -> Bound | None:
        return _exclusion(d, m, k, eps)

    # each walks up from ``least`` by squaring until its answer changes, and then halves the way back
    low, attained = 0, build(least)
    if attained is not None:
        low, high = least, least
        while low < MOST_FEATURES and (found := build(high := min(MOST_FEATURES, high * high + 1))) is not None:
            low, attained = high, found
        if low < high:
            low, attained = _bisect(build, low, high, attained)
    below, first, excluded = least - 1, least, refute(least)
    while excluded is None and first < MOST_FEATURES:
        below, first = first, min(MOST_FEATURES, first * first + 1)
        excluded = refute(first)
    if excluded is None:
        return Range("m", low, None, attained, None)
    first, excluded = _bisect(refute, first, below, excluded)
    return Range("m", low, first - 1, attained, excluded)


def _bisect(find: Callable[[int], Bound | None], hit: int, miss: int, bound: Bound | None) -> tuple[int, Bound | None]:
    """The number next to where ``find`` ceases to find a bound, and that bound; beyond 2^64 to 19 digits.

    It finds ``bound`` at ``hit`` (None if it is not to be asked there), and nothing at ``miss``, on either side of it.
    """
    while abs(hit - miss) > max(1, max(hit, miss) >> 64):
        low, high = min(hit, miss), max(hit, miss)
        middle = math.isqrt(low * high) if high >> 64 and high > 4 * low else (low + high) // 2
        if (found := find(middle)) is not None:
            hit, bound = middle, found
        else:
            miss = middle
    return hit, bound


def best_eps(m: int, d: int, k: int) -> Range:
    """The certified interval for the infimum of eps at which m features fit into d dimensions with k active.

    That infimum is ``min(1, k gamma)`` for the least kernel ratio gamma of any A of shape (d, m); it is 0 for d >= m.

    Parameters
    ----------
    m, d : int
        Features and dimensions, at least 1.
    k : int
        Sparsity, 1 <= k <= m.

    Returns
    -------
    Range
        Ends are Fractions. The upper end is k times the error of a frame (or 1, where B = 0 is as good); the lower
        end is excluded by a theorem up to a resolution of 2^-40.

    Notes
    -----
    **Guarantee**: both ends are theorems. **Cost**: about a second.

    Examples
    --------
    >>> answer = best_eps(6, 3, 1)  # six equiangular lines in space: 1 / (1 + sqrt 5)
    >>> round(float(answer.lower), 9), round(float(answer.upper), 9), answer.attained_by.theorem
    (0.309016994, 0.309016994, 'paley')
    """
    m, d = check_integer(m, "m"), check_integer(d, "d")
    k = check_sparsity(k, m)
    if d >= m:
        return Range("eps", Fraction(0), Fraction(0), _construction(d, m, k, Fraction(1)), None)
    one = 1 << 40
    # the largest multiple of 2^-40 in [0, 1/2] that is excluded
    low, excluded = _bisect(lambda x: _exclusion(d, m, 1, Fraction(x, one)), 0, one // 2 + 1, None)
    lower = min(Fraction(1), k * Fraction(low, one))
    # the least delta at which a frame of at most d dimensions is found; its own error is then the bound
    bad, good, witness = 0, one, None
    upper = Fraction(1)
    while good - bad > 1 and (witness is None or Fraction(bad, one) < upper / k):
        middle = (bad + good) // 2
        found = _construction(d, m, 1, Fraction(middle, one))
        if found is None or found.frame is None:
            bad = middle
            continue
        good = middle
        error = k * Fraction(found.frame.error.upper)
        if error < upper:
            upper, witness = error, found
        good = min(good, math.ceil(Fraction(found.frame.error.upper) * one))
    return Range("eps", lower, max(upper, lower), witness, excluded)


def largest_sparsity(m: int, d: int, eps: Any) -> Range:
    """The certified interval for the largest k with ``d(m, k, eps) <= d``: how many features may be active at once.

    Parameters
    ----------
    m, d : int
        Features and dimensions, at least 1.
    eps
        As for `dimension_bounds`.

    Returns
    -------
    Range
        0 <= lower <= upper <= m.

    Notes
    -----
    **Guarantee**: both ends are theorems. **Cost**: about a second.

    Examples
    --------
    >>> answer = largest_sparsity(10**6, 4096, "1/2")
    >>> answer.lower, answer.upper
    (32, 32)
    """
    m, d, eps = check_integer(m, "m"), check_integer(d, "d"), check_eps(eps)
    low, witness = _bisect(lambda k: _construction(d, m, k, eps), 0, m + 1, None)
    top, excluded = _bisect(lambda k: _exclusion(d, m, k, eps), m + 1, low, None)
    return Range("k", low, top - 1, witness, excluded)


def threshold_dimension(m: int, k: int) -> Range:
    """The certified interval for the least d in which m binary features can be read by thresholds, k of them active.

    A is threshold-accessible at k if for every feature i some b, c have ``<b, A z> > c`` exactly when z_i = 1, for all
    k-sparse z in {0, 1}^m: what any monotone activation with a bias, accurate to within 1/2, needs. If A is, then
    gamma(A) < 1/k; if gamma(A) < 1/(2k), then A is. So the least d lies between D(m, 1/k) and D(m, 1/(2k)): activation
    and bias are worth a factor of 2 in eps at most. `lincs.threshold_probes` decides it for a given A.

    Parameters
    ----------
    m, k : int
        Features and sparsity, 1 <= k <= m.

    Returns
    -------
    Range

    Notes
    -----
    **Guarantee**: both ends are theorems. **Cost**: milliseconds. Source: extends [GKP]_'s section on activations.

    Examples
    --------
    >>> answer = threshold_dimension(10**6, 10)
    >>> answer.lower, answer.upper
    (225, 961)
    """
    m = check_integer(m, "m")
    k = check_sparsity(k, m)
    excluded = best_lower_bound(m, k, Fraction(1))
    attained = frame_bound(frames.best(m, k, Fraction(1, 2)), m, k, Fraction(1, 2))
    return Range("d", excluded.d, attained.d, attained, excluded)
