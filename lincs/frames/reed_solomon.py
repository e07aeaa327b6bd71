"""Shifted one-hot Reed-Solomon pairs: agreements of polynomials, moved half-way below zero."""

from __future__ import annotations

from bisect import bisect_left
from functools import partial

from lincs._checks import InputError, check_integer
from lincs._numbers import Fraction, ceil_root, next_prime_power, prime_power
from lincs.frames._base import Frame
from lincs.frames._codes import Code, capacity, code_frame, dimension
from lincs.frames._fields import reed_solomon_words
from lincs.frames._rows import attaining_row

#: Largest degree bound T: the capacities of larger members have too many digits.
LARGEST_T = 4096


def reed_solomon(q: int, T: int, n: int, symbols: int | None = None) -> Frame:
    """Counts of agreements of polynomials of degree < T at n points of GF(q), shifted to be symmetric about 0.

    B^T A = 2G - (T-1) J, where G_uw is the number of positions in which the words u and w agree and J is all ones:
    diagonal 2n - (T-1), error (T-1)/(2n), m = q^T, d = n(q-1) + 1.

    Proof. Different words agree in 0 to T-1 positions, and both occur; `lincs.frames._codes.code_frame` does the rest.

    The values at the first T points determine the word. Fewer than q symbols may be allowed there: a_x of them give
    m = prod a_x and take a_x - 1 coordinates instead of q - 1. If all are allowed and 2n = q(T-1), the last coordinate
    can be spared: the columns q [w_x = s] - 1 and the probes [u_x = s] - [u_x = 0] give q G - n J, q/2 times the above.

    Parameters
    ----------
    q : int
        A prime power.
    T : int
        Polynomials have degree < T; 2 <= T <= n.
    n : int
        Number of points, at most q + 1 (the point at infinity is the last).
    symbols : int, optional
        The total of the numbers of symbols a_x allowed at the first T points, which differ by at most one; from 2T to
        T q, the default.

    Returns
    -------
    Frame
        Integer, with probes that are not multiples of the columns. The index is a number in mixed radix (a_0, a_1, ..),
        a_0 least significant, and its digits are the values at the first T points.

    Notes
    -----
    **Guarantee**: coherence exact. **Cost** of columns: O(d) each, and T n products in GF(q) at first.
    Source of the words: [RS60].

    Examples
    --------
    >>> frame = reed_solomon(3, 2, 2)
    >>> frame.d, frame.m, frame.error.upper
    (5, 9, Fraction(1, 4))
    >>> frame.probes([0, 1, 3]).T @ frame.columns([0, 1, 3])
    array([[ 3,  1,  1],
           [ 1,  3, -1],
           [ 1, -1,  3]], dtype=int8)
    """
    q = check_integer(q, "q", 2)
    n = check_integer(n, "n", 2, q + 1)
    T = check_integer(T, "T", 2, min(n, LARGEST_T))
    if prime_power(q) is None:
        raise InputError(f"q must be a prime power, got {q}")
    symbols = check_integer(T * q if symbols is None else symbols, "symbols", 2 * T, T * q)
    code = Code(q, n, T, symbols, n - T + 1, n, partial(reed_solomon_words, q, n))
    return code_frame(
        "reed_solomon",
        {"q": q, "T": T, "n": n, "symbols": symbols},
        code,
        "Polynomials of degree < T agree in at most T - 1 points, so that the numbers of agreements less (T - 1)/2 are "
        "at most (T - 1)/2 in absolute value off the diagonal.",
        ("RS60",),
        coherence_is_exact=True,
        is_transitive=code.is_whole,  # adding a word permutes the symbols of each position
        row=partial(attaining_row, q, T, code.unit * (T - 1)) if code.is_whole else None,
    )


def reed_solomon_for(m: int, delta: Fraction) -> Frame | None:
    """The Reed-Solomon pair of least dimension with room for m features and an error below delta."""
    candidates = []
    for T in range(2, min(max(2, (m - 1).bit_length()), LARGEST_T) + 1):  # more points and no more room beyond
        n = max(T, int((T - 1) / (2 * delta)) + 1)
        a = max(2, ceil_root(m, T))
        totals = range(max(2, a - 1) * T, a * T + 1)
        symbols = totals[bisect_left(totals, m, key=partial(capacity, T))]
        q = max(n - 1, a)
        candidates.append((dimension(q, n, T, symbols, n - T + 1, n), q, T, n, symbols))
    best: tuple[int, ...] | None = None
    for least, q, T, n, symbols in sorted(candidates):
        if best is not None and best[0] <= least:
            break
        q = next_prime_power(q)
        found = (dimension(q, n, T, symbols, n - T + 1, n), q, T, n, symbols)
        best = found if best is None else min(best, found)
    return reed_solomon(*best[1:]) if best else None
