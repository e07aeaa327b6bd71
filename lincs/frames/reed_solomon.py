"""Shifted one-hot Reed-Solomon pairs: agreements of polynomials, moved half-way below zero."""

from __future__ import annotations

from bisect import bisect_left
from functools import partial

import numpy as np

from lincs._checks import InputError, check_integer
from lincs._numbers import Fraction, ceil_root, next_prime_power, prime_power
from lincs.frames._base import Frame, mixed_radix_digits, smallest_integer_dtype
from lincs.frames._fields import reed_solomon_words
from lincs.frames._rows import attaining_row

#: Largest degree bound T: the capacities of larger members have too many digits.
LARGEST_T = 4096


def reed_solomon(q: int, T: int, n: int, symbols: int | None = None) -> Frame:
    """Counts of agreements of polynomials of degree < T at n points of GF(q), shifted to be symmetric about 0.

    B^T A = 2G - (T-1) J, where G_uw is the number of positions in which the words u and w agree and J is all ones:
    diagonal 2n - (T-1), error (T-1)/(2n), m = q^T, d = n(q-1) + 1.

    Proof. Different words agree in 0 to T-1 positions, and both occur. Agreement at the position x is ::

        [u_x = w_x] = [u_x = 0] + sum_{s>0} ([u_x = s] - [u_x = 0]) [w_x = s],

    so that the columns [w_x = s] for all x and s > 0, then 1, and the probes 2([u_x = s] - [u_x = 0]), then
    2 #{x : u_x = 0} - (T-1), have the stated Gram matrix.

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
    largest = Fraction(q * (T - 1), 2) if _is_centred(q, T, n, symbols) else Fraction(T - 1)
    return Frame(
        family="reed_solomon",
        params={"q": q, "T": T, "n": n, "symbols": symbols},
        d=_dimension(q, T, n, symbols),
        m=_capacity(T, symbols),
        coherence_squared=Fraction(T - 1, 2 * n - T + 1) ** 2,
        coherence_is_exact=True,
        diagonal=n * (q - 1) if _is_centred(q, T, n, symbols) else 2 * n - T + 1,
        is_integer=True,
        theorem="Polynomials of degree < T agree in at most T - 1 points, so that the numbers of agreements less "
        "(T - 1)/2 are at most (T - 1)/2 in absolute value off the diagonal.",
        sources=("RS60",),
        _columns=partial(_columns, q, T, n, symbols),
        _probes=partial(_probes, q, T, n, symbols),
        is_transitive=symbols == T * q,  # adding a word permutes the symbols of each position
        _row=partial(attaining_row, q, T, largest) if symbols == T * q else None,
    )


def reed_solomon_for(m: int, delta: Fraction) -> Frame | None:
    """The Reed-Solomon pair of least dimension with room for m features and an error below delta."""
    candidates = []
    for T in range(2, min(max(2, (m - 1).bit_length()), LARGEST_T) + 1):  # more points and no more room beyond
        n = max(T, int((T - 1) / (2 * delta)) + 1)
        a = max(2, ceil_root(m, T))
        totals = range(max(2, a - 1) * T, a * T + 1)
        symbols = totals[bisect_left(totals, m, key=partial(_capacity, T))]
        q = max(n - 1, a)
        candidates.append((_dimension(q, T, n, symbols), q, T, n, symbols))
    best: tuple[int, ...] | None = None
    for least, q, T, n, symbols in sorted(candidates):
        if best is not None and best[0] <= least:
            break
        q = next_prime_power(q)
        found = (_dimension(q, T, n, symbols), q, T, n, symbols)
        best = found if best is None else min(best, found)
    return reed_solomon(*best[1:]) if best else None


def _capacity(T: int, symbols: int) -> int:
    a, larger = divmod(symbols, T)
    return (a + 1) ** larger * a ** (T - larger)


def _is_centred(q: int, T: int, n: int, symbols: int) -> bool:
    return 2 * n == q * (T - 1) and symbols == T * q


def _dimension(q: int, T: int, n: int, symbols: int) -> int:
    return symbols - T + (n - T) * (q - 1) + (0 if _is_centred(q, T, n, symbols) else 1)


def _words(q: int, T: int, n: int, symbols: int, indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The words, of shape (n, count), and the first row of each position, of shape (n + 1,)."""
    a, larger = divmod(symbols, T)
    alphabets = [a + 1] * larger + [a] * (T - larger)
    words = reed_solomon_words(q, n, mixed_radix_digits(indices, alphabets))
    return words, np.concatenate([[0], np.cumsum(alphabets + [q] * (n - T)) - np.arange(1, n + 1)])


def _columns(q: int, T: int, n: int, symbols: int, indices: np.ndarray) -> np.ndarray:
    words, starts = _words(q, T, n, symbols, indices)
    is_centred = _is_centred(q, T, n, symbols)
    columns = np.zeros((starts[-1] + (not is_centred), len(indices)), dtype=_dtype(q, n, is_centred))
    columns[:] = -1 if is_centred else 0
    columns[starts[-1] :] = 1
    position, column = np.nonzero(words)
    columns[starts[position] + words[position, column] - 1, column] = q - 1 if is_centred else 1
    return columns


def _probes(q: int, T: int, n: int, symbols: int, indices: np.ndarray) -> np.ndarray:
    words, starts = _words(q, T, n, symbols, indices)
    is_centred = _is_centred(q, T, n, symbols)
    weight = 1 if is_centred else 2
    probes = np.zeros((starts[-1] + (not is_centred), len(indices)), dtype=_dtype(q, n, is_centred))
    probes[starts[-1] :] = 2 * np.count_nonzero(words == 0, axis=0) - (T - 1)
    for x in range(n):
        probes[starts[x] : starts[x + 1], words[x] == 0] = -weight
    position, column = np.nonzero(words)
    probes[starts[position] + words[position, column] - 1, column] = weight
    return probes


def _dtype(q: int, n: int, is_centred: bool) -> type[np.signedinteger]:
    # columns have at most n entries 1 and a last one, probes are at most 2 and 2n; centred, n blocks sum to at most 2q
    return smallest_integer_dtype(2 * q * n if is_centred else 4 * n)
