"""Hadamard matrices: square matrices of signs with orthogonal columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from lincs._checks import InputError, check_integer
from lincs._numbers import prime_power
from lincs.frames._base import mixed_radix_digits
from lincs.frames._fields import field_difference, nonzero_squares


def hadamard_matrix(n: int) -> np.ndarray:
    """A matrix of signs with ``H^T H = n I``, by Paley's two constructions and Kronecker products.

    Parameters
    ----------
    n : int
        An order for which `has_hadamard` is true.

    Returns
    -------
    ndarray of shape (n, n), int8

    Raises
    ------
    InputError
        If no such matrix is made here; for n = 0 mod 4 it may exist all the same.

    Notes
    -----
    **Guarantee**: exact. **Cost**: O(n^2).
    Sources: [Sylvester1867], [Paley33].

    Examples
    --------
    >>> hadamard_matrix(4)
    array([[ 1,  1,  1,  1],
           [-1,  1, -1,  1],
           [-1,  1,  1, -1],
           [-1, -1,  1,  1]], dtype=int8)
    """
    n = check_integer(n, "n")
    return hadamard_columns(n, np.arange(n))


def has_hadamard(n: int) -> bool:
    """Whether a Hadamard matrix of order n is made here: a product of orders 2, q + 1 and 2 (q + 1).

    These are Sylvester's matrix, and Paley's for prime powers q = 3 mod 4 and q = 1 mod 4 respectively. Up to 200 it
    leaves out the multiples 92, 116, 156, 172, 184 and 188 of 4, where other constructions are known.

    Examples
    --------
    >>> [n for n in range(1, 101) if n % 4 == 0 and not has_hadamard(n)]
    [92]
    """
    return _factors(n) is not None


def hadamard_columns(n: int, indices: np.ndarray) -> np.ndarray:
    """The columns of `hadamard_matrix` with these indices, as an int8 array of shape ``(n, len(indices))``."""
    factors = _factors(n)
    if factors is None:
        raise InputError(f"n must be the order of a Hadamard matrix by Sylvester or Paley, or a product, got {n}")
    columns = np.ones((1, len(indices)), dtype=np.int8)
    for order, digits in zip(factors, mixed_radix_digits(indices, factors), strict=True):
        columns = (_factor_columns(order, digits)[:, None] * columns).reshape(order * len(columns), len(indices))
    return columns


@dataclass(frozen=True)
class Filling:
    """An integer matrix S whose columns all have the square ``diagonal`` and inner products up to ``bound``.

    Products of two entries are at most ``bound`` as well, or ``diagonal`` over the number of rows where columns are
    orthogonal; ``columns`` makes those with given indices, of shape (rows, len(indices)).
    """

    count: int
    diagonal: int
    bound: int
    is_orthogonal: bool
    columns: Callable[[np.ndarray], np.ndarray]


@lru_cache(2**12)
def filling(r: int, is_orthogonal: bool = False) -> Filling | None:
    """A matrix of r rows with nearly as large columns as r signs, and inner products like those of two signs.

    For r = 0 mod 4 a Hadamard matrix, and otherwise, for columns that need not be orthogonal: one without a row; 2C +
    I for a symmetric conference matrix C; one with a row of ones more, for r = 3, 2, 1 mod 4. Orthogonal columns for r
    = 2 mod 4 are those of C. None where it is not made here.

    Examples
    --------
    >>> filling(3).columns(np.arange(4))
    array([[-1,  1, -1,  1],
           [-1,  1,  1, -1],
           [-1, -1,  1,  1]], dtype=int8)
    >>> [(filling(r).count, filling(r).diagonal, filling(r).bound) for r in (3, 4, 5, 6)]
    [(4, 3, 1), (4, 4, 1), (4, 5, 1), (6, 21, 4)]
    """
    if has_hadamard(r):
        return Filling(r, r, 1, True, partial(hadamard_columns, r))
    if r % 4 == 2 and _is_prime_power(r - 1):
        if is_orthogonal:
            return Filling(r, r - 1, 1, True, partial(conference_columns, r - 1))
        return Filling(r, 4 * r - 3, 4, False, partial(_heavy_conference_columns, r))
    if is_orthogonal:
        return None
    if r % 4 == 3 and has_hadamard(r + 1):
        return Filling(r + 1, r, 1, False, partial(_shortened_columns, r + 1))
    if r % 4 == 1 and has_hadamard(r - 1):
        return Filling(r - 1, r, 1, False, partial(_lengthened_columns, r - 1))
    return None


def _heavy_conference_columns(n: int, indices: np.ndarray) -> np.ndarray:
    columns = 2 * conference_columns(n - 1, indices)
    columns[indices, np.arange(len(indices))] = 1
    return columns


def _shortened_columns(n: int, indices: np.ndarray) -> np.ndarray:
    return hadamard_columns(n, indices)[1:]


def _lengthened_columns(n: int, indices: np.ndarray) -> np.ndarray:
    return np.concatenate([hadamard_columns(n, indices), np.ones((1, len(indices)), dtype=np.int8)])


def _factors(n: int) -> tuple[int, ...] | None:
    """Orders of Sylvester's and Paley's matrices with product n, or None."""
    if n <= 2 or n % 4:
        return {1: (), 2: (2,)}.get(n)
    if _is_paley(n):
        return (n,)
    half = _factors(n // 2)
    if half is not None:
        return (2, *half)
    if n % 16 == 0:  # two factors with odd parts have room
        for order in _even_divisors(n // 4):
            if order % 4 == 0 and _is_paley(order):
                rest = _factors(n // order)
                if rest is not None:
                    return (order, *rest)
    return None


def _is_paley(n: int) -> bool:
    """Whether n = 0 mod 4 is q + 1, hence q = 3 mod 4, or 2 (q + 1) with q = 1 mod 4, for a prime power q."""
    return _is_prime_power(n - 1) or (n % 8 == 4 and _is_prime_power(n // 2 - 1))


def _is_prime_power(n: int) -> bool:
    import flint

    number = flint.fmpz(n)
    return n > 1 and (number.is_prime() or (number.is_perfect_power() and prime_power(n) is not None))


def _even_divisors(n: int) -> list[int]:
    import flint

    divisors = [1]
    for p, e in flint.fmpz(n).factor():
        divisors = [divisor * int(p) ** i for divisor in divisors for i in range(int(p) == 2, e + 1)]
    return sorted(divisors)


def _factor_columns(n: int, indices: np.ndarray) -> np.ndarray:
    if n == 2:
        return np.array([[1, 1], [1, -1]], dtype=np.int8)[:, indices]
    if _is_prime_power(n - 1):  # I + S for the skew conference matrix S
        columns = conference_columns(n - 1, indices)
        columns[1:, indices == 0] = -1
        columns[indices, np.arange(len(indices))] = 1
        return columns
    # C x [1 1; 1 -1] + I x [1 -1; -1 -1] for the symmetric conference matrix C
    column, side = np.divmod(indices, 2)
    conference = conference_columns(n // 2 - 1, column)
    signs = np.array([[1, 1], [1, -1]], dtype=np.int8)[:, side]
    columns = conference[:, None] * signs
    columns[column, :, np.arange(len(indices))] = np.array([[1, -1], [-1, -1]], dtype=np.int8)[side]
    return columns.reshape(n, len(indices))


def conference_columns(q: int, indices: np.ndarray) -> np.ndarray:
    """Columns of ``[[0, 1], [1, chi(x - y)]]``, chi the quadratic character of GF(q): shape (q + 1, len(indices)).

    Index 0 is the border. The matrix is symmetric for q = 1 mod 4; for q = 3 mod 4 its core is skew.
    """
    character = np.full(q, -1, dtype=np.int8)
    character[0] = 0
    character[nonzero_squares(q)] = 1
    columns = np.ones((q + 1, len(indices)), dtype=np.int8)
    columns[1:] = character[field_difference(np.arange(q)[:, None], np.maximum(indices, 1) - 1, q)]
    columns[:, indices == 0] = 1
    columns[0, indices == 0] = 0
    return columns
