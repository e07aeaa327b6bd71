"""DeVore's binary frames: graphs of polynomials over a finite field."""

from __future__ import annotations

from functools import partial

import numpy as np

from lincs._checks import InputError, check_integer
from lincs._numbers import Fraction, ceil_root, next_prime_power, prime_power
from lincs.frames._base import Frame, mixed_radix_digits, smallest_integer_dtype
from lincs.frames._fields import reed_solomon_words
from lincs.frames._rows import attaining_row

#: Largest t: the capacities of larger members have too many digits.
LARGEST_T = 4096


def devore(q: int, t: int) -> Frame:
    """The 0-1 columns that mark the graphs {(x, f(x))} of the polynomials f of degree < t over GF(q).

    d = q^2, m = q^t, coherence (t - 1)/q: each column has q ones, and different polynomials agree in at most t - 1
    points, which 0 and a product of t - 1 linear factors attain. Sparse and non-negative; `reed_solomon` halves the
    error.

    Parameters
    ----------
    q : int
        A prime power.
    t : int
        Polynomials have degree < t; 2 <= t <= q.

    Returns
    -------
    Frame
        Integer; row ``x q + s`` marks f(x) = s, and the index is f(0) + q f(1) + .. + q^(t-1) f(t-1), where 0, 1, ..
        stand for the elements of GF(q).

    Notes
    -----
    **Guarantee**: coherence exact. **Cost** of columns: O(d) each, and t q products in GF(q) at first.
    Source: [DeVore07].

    Examples
    --------
    >>> devore(2, 2).matrix()
    array([[1, 0, 1, 0],
           [0, 1, 0, 1],
           [1, 1, 0, 0],
           [0, 0, 1, 1]], dtype=int8)
    """
    q = check_integer(q, "q", 2)
    t = check_integer(t, "t", 2, min(q, LARGEST_T))
    if prime_power(q) is None:
        raise InputError(f"q must be a prime power, got {q}")
    return Frame(
        family="devore",
        params={"q": q, "t": t},
        d=q**2,
        m=q**t,
        coherence_squared=Fraction(t - 1, q) ** 2,
        coherence_is_exact=True,
        diagonal=q,
        is_integer=True,
        theorem="Different polynomials of degree < t over a field agree in at most t - 1 points.",
        sources=("DeVore07",),
        _columns=partial(_devore_columns, q, t),
        is_transitive=True,
        _row=partial(attaining_row, q, t, Fraction(t - 1)),
    )


def devore_for(m: int, delta: Fraction) -> Frame | None:
    """DeVore's frame of least dimension with room for m features and an error below delta."""
    slope = 1 / delta - 1  # (t - 1) slope < q
    least, t = min(
        (max(t, int((t - 1) * slope) + 1, ceil_root(m, t)), t)
        for t in range(2, min(max(2, (m - 1).bit_length()), LARGEST_T) + 1)
    )
    return devore(next_prime_power(least), t)


def _devore_columns(q: int, t: int, indices: np.ndarray) -> np.ndarray:
    words = reed_solomon_words(q, q, mixed_radix_digits(indices, [q] * t))
    columns = np.zeros((q**2, len(indices)), dtype=smallest_integer_dtype(q))
    columns[np.arange(q)[:, None] * q + words, np.arange(len(indices))] = 1
    return columns
