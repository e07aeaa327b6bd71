"""Paley's conference frame: an equiangular tight frame at redundancy 2."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from lincs._checks import InputError, check_integer
from lincs._numbers import Fraction, ceil_root, is_prime, next_prime, prime_power, sqrt_enclosure
from lincs.frames._base import Frame, Row
from lincs.frames._fields import field_difference, field_product, nonzero_squares

#: Largest q that is not a prime for which a row is computed, from tables of the field.
LARGEST_TABLE = 10**6

#: Largest q: the indices of larger members do not fit 64 bits.
LARGEST_Q = 2**62


def paley(q: int) -> Frame:
    """The conference equiangular tight frame: q + 1 unit vectors in (q + 1)/2 dimensions, coherence 1/sqrt(q).

    The Gram matrix is ``I + C/sqrt(q)`` for a symmetric conference matrix C of order q + 1 (zero diagonal, signs beside
    it, ``C^2 = q I``). For x in GF(q) the coordinates are, a running through one of each pair +-a of nonzero squares,
    L the lowest coefficient (in general any nonzero linear form) of GF(q) over GF(p) ::

        1/sqrt(q),   2/sqrt(q) cos(2 pi L(a x)/p),   2/sqrt(q) sin(2 pi L(a x)/p);

    the last column is the first unit vector.

    Proof. For q = 1 mod 4 the quadratic character chi is even, so its Gauss sum g for the character exp(2 pi i L(x)/p)
    is real, of square q, and -a is a square when a is one. With t = x - y != 0 the inner product of two columns is 1/q
    + (2/q) times the sum of exp(2 pi i L(a t)/p) over all nonzero squares a, which is (chi(t) g - 1)/2: together
    chi(t) g/q = +-1/sqrt(q). The squared norm is 1/q + (q - 1)/4 * 4/q = 1.

    Parameters
    ----------
    q : int
        A prime power, 1 mod 4, at most 2^62.

    Returns
    -------
    Frame
        Of floats of norm 1 up to rounding; column x < q belongs to the element x.

    Notes
    -----
    **Guarantee**: coherence exact; it meets the Welch bound. **Cost** of columns: O(e^2 q) each, for q = p^e.
    Sources: [Paley33], [SH03].

    Examples
    --------
    >>> frame = paley(5)
    >>> (frame.columns([0, 1, 5]).T @ frame.columns([0, 1, 5]) * 5**0.5).round(9)
    array([[2.23606798, 1.        , 1.        ],
           [1.        , 2.23606798, 1.        ],
           [1.        , 1.        , 2.23606798]])
    """
    q = check_integer(q, "q", 5, LARGEST_Q)
    power = prime_power(q)
    if q % 4 != 1 or power is None:
        raise InputError(f"q must be a prime power that is 1 mod 4, got {q}")
    return Frame(
        family="paley",
        params={"q": q},
        d=(q + 1) // 2,
        m=q + 1,
        coherence_squared=Fraction(1, q),
        coherence_is_exact=True,
        diagonal=1,
        is_integer=False,
        theorem="A symmetric conference matrix of order q + 1 has the eigenvalues +-sqrt(q), each half of the time.",
        sources=("Paley33", "SH03"),
        _columns=partial(_paley_columns, q),
        is_transitive=True,
        _row=partial(_paley_row, q) if q <= LARGEST_TABLE or power[1] == 1 else None,
    )


def paley_for(m: int, delta: Fraction) -> Frame | None:
    """Paley's frame of least dimension with room for m features and an error below delta."""
    least = max(m - 1, math.floor((1 / delta - 1) ** 2) + 1)  # 1/q < (delta/(1 - delta))^2
    q = next_order(least) if least <= LARGEST_Q else LARGEST_Q + 1
    return paley(q) if q <= LARGEST_Q else None


def next_order(n: int) -> int:
    """The smallest prime power that is 1 mod 4 and at least n."""
    best = max(n, 5) + (1 - max(n, 5)) % 4
    while not is_prime(best):
        best += 4
    for e in range(2, best.bit_length()):
        p = next_prime(max(3, ceil_root(max(n, 5), e)))
        while p**e < best:
            if p**e % 4 == 1:
                best = p**e
            p = next_prime(p + 1)
    return best


def _paley_columns(q: int, indices: np.ndarray) -> np.ndarray:
    p = (prime_power(q) or (q, 1))[0]
    squares = nonzero_squares(q)
    squares = squares[squares < field_difference(np.zeros(1, dtype=np.int64), squares, q)]
    is_last = indices == q
    residues = field_product(squares[:, None], np.where(is_last, 0, indices), q) % p
    columns = np.empty(((q + 1) // 2, len(indices)))
    columns[0] = 1
    np.multiply(residues, 2 * np.pi / p, out=columns[1 : 1 + len(squares)])
    np.sin(columns[1 : 1 + len(squares)], out=columns[1 + len(squares) :])
    np.cos(columns[1 : 1 + len(squares)], out=columns[1 : 1 + len(squares)])
    columns[1:] *= 2
    columns /= math.sqrt(q)
    columns[:, is_last] = 0
    columns[0, is_last] = 1
    return columns


def _paley_row(q: int, k: int) -> Row:
    # all products are +-1/sqrt(q); for a prime q Gauss's sum is sqrt(q), so that the signs are Legendre symbols
    columns = range(1, min(k, q) + 1)
    if is_prime(q):
        signs = [1 if x == q or pow(x, (q - 1) // 2, q) == 1 else -1 for x in columns]
    else:
        first = _paley_columns(q, np.zeros(1, dtype=np.int64))[:, 0]
        blocks = np.array_split(np.array(columns), -(-len(columns) // 64))
        signs = [int(sign) for block in blocks for sign in np.sign(first @ _paley_columns(q, block))]
    size = sqrt_enclosure(Fraction(1, q))
    low, high = Fraction(size.lower), Fraction(size.upper)
    return Row(columns, [sign * (low + high) / 2 for sign in signs], (high - low) / 2)
