"""Estimates with stated confidence: success fractions, slopes, the middle of a transition."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from lincs._checks import InputError
from lincs._numbers import Fraction, as_fraction


@dataclass(frozen=True)
class SlopeFit:
    """The estimated exponent s of ``y = c x^s`` (times a known factor), with a confidence interval.

    Parameters
    ----------
    slope, lower, upper : float
        The least-squares slope of ln y against ln x, and the interval for it.
    confidence : float
        Level of the interval.
    intercept : float
        ln c.
    n : int
        Number of points.
    """

    slope: float
    lower: float
    upper: float
    confidence: float
    intercept: float
    n: int

    def at(self, x: Any) -> np.ndarray:
        """``c x^s``, without the divisor of the fit."""
        return np.exp(self.intercept) * np.asarray(x, dtype=np.float64) ** self.slope

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "slope_estimate": self.slope,
            "lower": self.lower,
            "upper": self.upper,
            "confidence": self.confidence,
            "intercept_estimate": self.intercept,
            "n": self.n,
        }


def slope_fit(x: Any, y: Any, *, divisor: Any = None, confidence: Any = 0.95) -> SlopeFit:
    """The least-squares slope of ``ln(y / divisor)`` against ``ln x``, with its Student confidence interval.

    Parameters
    ----------
    x, y : array_like (n,)
        Positive numbers, n >= 3, not all x equal.
    divisor : array_like (n,), optional
        A known factor of y, such as a logarithm, that is no part of the power; 1 by default.
    confidence : float
        Level of the interval, in (0, 1).

    Returns
    -------
    SlopeFit

    Raises
    ------
    InputError
        Fewer than three points, a number that is not positive, or equal x.

    Notes
    -----
    **Guarantee**: estimates. The interval has its level where the logarithms of y scatter independently and normally,
    with one variance, about a straight line; a curved law shows as a wide interval only in part. **Cost**: O(n).

    Examples
    --------
    >>> fit = slope_fit([1, 2, 4, 8], [3, 12.1, 47, 193])
    >>> round(fit.slope, 2), fit.lower < 2 < fit.upper
    (2.0, True)
    """
    level = check_confidence(confidence)
    u, v = (_logarithms(values, name) for values, name in ((x, "x"), (y, "y")))
    if len(u) != len(v):
        raise InputError(f"x and y must be of one length, got {len(u)} and {len(v)}")
    if divisor is not None:
        w = _logarithms(divisor, "divisor")
        if len(w) != len(v):
            raise InputError(f"divisor must have the length of y, {len(v)}, got {len(w)}")
        v = v - w
    n = len(u)
    if n < 3:
        raise InputError(f"a slope with its confidence needs at least 3 points, got {n}")
    spread = float(((u - u.mean()) ** 2).sum())
    if spread <= 1e-24 * n:
        raise InputError("all x are equal; a slope needs two different ones")
    from scipy.special import stdtrit

    slope = float((u - u.mean()) @ v) / spread
    intercept = float(v.mean() - slope * u.mean())
    rest = float(((v - intercept - slope * u) ** 2).sum())
    half = float(stdtrit(n - 2, (1 + level) / 2)) * math.sqrt(rest / (n - 2) / spread)
    return SlopeFit(slope, slope - half, slope + half, level, intercept, n)


def wilson_interval(successes: Any, trials: Any, confidence: Any = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """The Wilson score interval for a success probability, elementwise.

    The p with ``|s/n - p| <= q sqrt(p (1-p) / n)``, q the normal quantile at (1 + confidence)/2.

    Parameters
    ----------
    successes, trials : array_like of int
        0 <= successes <= trials, trials >= 1.
    confidence : float
        Nominal level, in (0, 1).

    Returns
    -------
    lower, upper : ndarrays of float64

    Raises
    ------
    InputError
        Numbers out of range.

    Notes
    -----
    **Guarantee**: an estimate; the level is that of the normal approximation, and the actual coverage at one p lies
    above or below it by a few percent where trials are few. Source: [Wilson27]_.

    Examples
    --------
    >>> lower, upper = wilson_interval(8, 10)
    >>> round(float(lower), 4), round(float(upper), 4)
    (0.4902, 0.9433)
    """
    q = NormalDist().inv_cdf((1 + check_confidence(confidence)) / 2)
    s, n = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    if not ((n >= 1) & (s >= 0) & (s <= n)).all():
        raise InputError("0 <= successes <= trials and trials >= 1 are needed")
    centre = (s + q * q / 2) / (n + q * q)
    half = q * np.sqrt(s * (n - s) / n + q * q / 4) / (n + q * q)
    # exact at the ends, where both terms cancel
    return np.where(s == 0, 0.0, centre - half), np.where(s == n, 1.0, centre + half)


def _logarithms(values: Any, name: str) -> np.ndarray:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"{name} must be a sequence of numbers") from None
    if array.ndim != 1 or not (np.isfinite(array) & (array > 0)).all():
        raise InputError(f"{name} must be a sequence of positive numbers, of one dimension")
    return np.log(array)


def check_confidence(confidence: Any) -> float:
    try:
        level = as_fraction(confidence)
    except (ValueError, TypeError, ZeroDivisionError):
        raise InputError(f"confidence must be a number in (0, 1), got {confidence!r}") from None
    if not 0 < level < 1:
        raise InputError(f"confidence must lie in (0, 1), got {confidence!r}")
    return float(level)


def is_rarely_so_few(count: int, trials: int, level: Fraction) -> bool:
    """Whether at most ``count`` successes in fair trials have a probability of at most ``level``; exact."""
    return sum(math.comb(trials, i) for i in range(count + 1)) <= level * 2**trials


def transition_middle(d: Sequence[int], successes: Sequence[float], trials: int) -> float:
    """The d where a logistic curve in ln d, fitted to the successes by maximum likelihood, is 1/2.

    The geometric mean of the last d below one half and the first above where the curve is a step or does not rise.
    """
    order = np.argsort(d)
    x, s = np.log(np.asarray(d, dtype=np.float64)[order]), np.asarray(successes, dtype=np.float64)[order]
    is_above = 2 * s >= trials
    if not is_above.any() or is_above.all():
        return float(np.exp(x[-1] if not is_above.any() else x[0]))
    first = int(np.argmax(is_above))
    step = (x[first - 1] + x[first]) / 2 if first else x[0]
    if ((s > 0) & (s < trials)).sum() < 2:
        return float(np.exp(step))
    centre, scale = step, max(float(np.ptp(x)), 1e-9)
    t = (x - centre) / scale
    design = np.column_stack([np.ones_like(t), t])
    beta = np.array([0.0, 4.0])
    for _ in range(100):
        p = 1 / (1 + np.exp(-np.clip(design @ beta, -40, 40)))
        weight = trials * p * (1 - p) + 1e-12
        move = np.linalg.solve((design.T * weight) @ design + 1e-9 * np.eye(2), design.T @ (s - trials * p))
        beta = beta + move * min(1.0, 4 / np.abs(move).max(initial=1e-300))
        if np.abs(move).max() < 1e-10:
            break
    middle = -beta[0] / beta[1] if beta[1] > 0 else np.inf
    return float(np.exp(centre + scale * middle)) if t[0] <= middle <= t[-1] else float(np.exp(step))
