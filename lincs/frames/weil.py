"""Weil frames: polynomial phases modulo a prime."""

from __future__ import annotations

from functools import partial

import numpy as np

from lincs._checks import InputError, check_integer
from lincs._numbers import Fraction, ceil_root, is_prime, next_prime
from lincs.frames._base import Frame, mixed_radix_digits
from lincs.frames._rows import phase_row

#: Largest degree: the capacities of larger members have too many digits.
LARGEST_DEGREE = 4096


def weil(p: int, t: int) -> Frame:
    """The real forms of all complex columns ``exp(2 pi i f(x) / p) / sqrt(p)``, f of degree at most t, f(0) = 0.

    d = 2p and m = 2 p^t: a complex column c gives [Re c; Im c] and, for ic, [-Im c; Re c]. Coherence (t - 1)/sqrt(p).

    Proof. The inner products of real forms are the real parts of those of the complex columns. For a column and i
    times itself that is 0. For columns with f != g it is at most |S|/p, S the sum of exp(2 pi i (f - g)(x) / p) over
    x, where f - g is not constant and has degree at most t < p: Weil's bound is |S| <= (t - 1) sqrt(p). For t = 2 and
    f - g = x^2 the sum is Gauss's, sqrt(p) or i sqrt(p), which attains it.

    Parameters
    ----------
    p : int
        A prime.
    t : int
        The degree, 2 <= t < p and (t - 1)^2 < p.

    Returns
    -------
    Frame
        Of floats with unit columns; column ``c_1 + p c_2 + .. + p^(t-1) c_t + p^t s`` has f = c_1 x + .. + c_t x^t,
        and is the real form of i c where s = 1.

    Notes
    -----
    **Guarantee**: coherence exact for t = 2, else a bound; columns are rounded. **Cost** of columns: O(d t) each.
    Source: [Weil48].

    Examples
    --------
    >>> frame = weil(7, 2)
    >>> frame.d, frame.m, frame.coherence_squared
    (14, 98, Fraction(1, 7))
    """
    p = check_integer(p, "p", 3)
    t = check_integer(t, "t", 2, min(p - 1, LARGEST_DEGREE))
    if (t - 1) ** 2 >= p:
        raise InputError(f"t must have (t - 1)^2 < p, got t = {t} and p = {p}")
    if not is_prime(p):
        raise InputError(f"p must be a prime, got {p}")
    return Frame(
        family="weil",
        params={"p": p, "t": t},
        d=2 * p,
        m=2 * p**t,
        coherence_squared=Fraction((t - 1) ** 2, p),
        coherence_is_exact=t == 2,
        diagonal=1,
        is_integer=False,
        theorem="The exponential sum of a polynomial of degree t modulo p, 0 < t < p, is at most (t - 1) sqrt(p).",
        sources=("Weil48",),
        _columns=partial(_weil_columns, p, t),
        is_transitive=True,
        _row=lambda k: phase_row(k, p, t),
    )


def weil_for(m: int, delta: Fraction) -> Frame | None:
    """The Weil frame of least dimension with room for m features and an error below delta."""
    slope = (1 / min(delta, Fraction(1, 2)) - 1) ** 2  # (t - 1)^2 slope < p
    least, t = min(
        (max(t + 1, int((t - 1) ** 2 * slope) + 1, ceil_root((m + 1) // 2, t)), t)
        for t in range(2, min(max(2, m.bit_length()), LARGEST_DEGREE) + 1)
    )
    return weil(next_prime(least), t)


def _weil_columns(p: int, t: int, indices: np.ndarray) -> np.ndarray:
    *coefficients, turned = mixed_radix_digits(indices, [p] * t + [2])
    x = np.arange(p)[:, None]
    value = np.zeros((p, len(indices)), dtype=np.int64)
    for c in reversed(coefficients):  # Horner; a column of p < 2^31 floats is as long as arrays get
        value = (value + c) * x % p
    wave = np.exp(2j * np.pi * x[:, 0] / p) / np.sqrt(p)
    columns = np.empty((2 * p, len(indices)))
    real, imaginary = wave.real[value], wave.imag[value]
    columns[:p] = np.where(turned, -imaginary, real)
    columns[p:] = np.where(turned, real, imaginary)
    return columns
