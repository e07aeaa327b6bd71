"""Finite fields, as far as the frames need them: products, trace forms as signs, interpolation over GF(q).

An element of GF(p^e) is the integer whose digits in base p are its coefficients in the powers of a root of the least
irreducible polynomial. Arrays of GF(2^n) are multiplied by shifts, which is faster than to load galois (over a second,
and as long again to compile each field); single elements of GF(q) are FLINT's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lincs._numbers import prime_power

#: Rows of signs that are computed at once hold about this many entries, so that they stay in cache.
CHUNK = 2**18


def irreducible_polynomial(p: int, e: int) -> Any:
    """The least monic irreducible polynomial of degree e over GF(p), as a FLINT polynomial.

    Least as an integer in base p.

    Examples
    --------
    >>> irreducible_polynomial(2, 4)
    x^4 + x + 1
    """
    import flint

    ring: Any = flint.fmpz_mod_poly_ctx(p)
    number = p**e
    while not (polynomial := ring(base_digits(number, p, e + 1))).is_irreducible():
        number += 1
    return polynomial


def base_digits(number: int, p: int, count: int) -> list[int]:
    """The ``count`` lowest digits of ``number`` in base p, least significant first."""
    digits = []
    for _ in range(count):
        number, digit = divmod(number, p)
        digits.append(digit)
    return digits


def binary_modulus(n: int) -> int:
    """The polynomial that defines GF(2^n), as the integer of its bits."""
    return sum(int(bit) << power for power, bit in enumerate(irreducible_polynomial(2, n).coeffs()))


def binary_product(x: np.ndarray, y: np.ndarray, n: int, modulus: int) -> np.ndarray:
    """Products in GF(2^n) of two arrays of int64 elements."""
    product = np.zeros_like(x)
    for power in range(n):
        product ^= x * (y >> power & 1)
        x = x << 1
        x ^= modulus * (x >> n)
    return product


def binary_monomials(x: np.ndarray, n: int, modulus: int, count: int) -> list[np.ndarray]:
    """The powers x^(2^i + 1) in GF(2^n) for i = 1..count, whose linear forms are the quadratic forms of the field."""
    monomials, conjugate = [], x
    for _ in range(count):
        conjugate = binary_product(conjugate, conjugate, n, modulus)
        monomials.append(binary_product(conjugate, x, n, modulus))
    return monomials


def binary_dual(n: int, modulus: int) -> Callable[[np.ndarray], np.ndarray]:
    """The map c -> c' of GF(2^n) for which Tr(c x) is the parity of the bits of ``c' & x``."""
    powers = [1]  # w^0 .. w^(2n-2) for the root w of the modulus
    for _ in range(2 * n - 2):
        shifted = powers[-1] << 1
        powers.append(shifted ^ modulus * (shifted >> n))
    conjugate = np.array(powers, dtype=np.int64)
    trace = np.zeros_like(conjugate)
    for _ in range(n):
        trace ^= conjugate
        conjugate = binary_product(conjugate, conjugate, n, modulus)
    images = [sum(int(trace[j + k]) << k for k in range(n)) for j in range(n)]  # of the basis, w^j

    def dual(c: np.ndarray) -> np.ndarray:
        result = np.zeros_like(c)
        for j, image in enumerate(images):
            result ^= (c >> j & 1) * image
        return result

    return dual


def sign_columns(
    d: int,
    rows: Callable[[np.ndarray], Sequence[np.ndarray]],
    coefficients: np.ndarray,
    dtype: type[np.signedinteger],
) -> np.ndarray:
    """The array of signs (-1)^(sum_i <c_ij, y_ix>), of shape (d, count), for the bitwise inner product <.,.>.

    ``rows`` maps the row numbers x to the arrays y_i; ``coefficients`` holds c_ij, a column of it for each column of
    signs.
    """
    columns = np.empty((d, coefficients.shape[1]), dtype=dtype)
    narrow = np.uint16 if d <= 2**16 else np.uint32 if d <= 2**32 else np.uint64  # d > half the order of the field
    coefficients = coefficients.astype(narrow)
    step = max(1, CHUNK // max(1, columns.shape[1]))
    for start in range(0, d, step):
        words = np.zeros((min(step, d - start), columns.shape[1]), dtype=narrow)
        for y, c in zip(rows(np.arange(start, start + len(words))), coefficients, strict=True):
            words ^= y.astype(narrow)[:, None] & c
        columns[start : start + len(words)] = 1 - 2 * (np.bitwise_count(words) & 1).astype(dtype)
    return columns


def reed_solomon_words(q: int, n: int, symbols: np.ndarray) -> np.ndarray:
    """The words at n points of the polynomials that take given values at the first T points, one a column.

    The points are the elements 0..n-1 of GF(q), and the point at infinity (the leading coefficient) where n = q + 1;
    the polynomials have degree < T <= n.

    Parameters
    ----------
    symbols : int64 array of shape (T, count)
        Elements of GF(q).

    Returns
    -------
    int64 array of shape (n, count)
    """
    import flint

    p, e = prime_power(q) or (q, 1)
    T = len(symbols)
    field: Any = flint.fq_default_ctx(modulus=irreducible_polynomial(p, e)) if e > 1 else flint.fq_default_ctx(p, 1)
    point = [field(base_digits(i, p, e)) for i in range(min(n, q))]

    def product(factors: Any) -> Any:
        result = field.one()
        for factor in factors:
            result *= factor
        return result

    # Lagrange: f(x) = sum_i f(x_i) w_i N(x) / (x - x_i) for N(x) = prod_i (x - x_i)
    checks = np.zeros((n - T, T), dtype=np.int64)
    if n > T:
        weights = [1 / product(a - b for b in point[:T] if b != a) for a in point[:T]]
        for row, x in enumerate([*point[T:], None] if n > q else point[T:]):
            node = field.one() if x is None else product(x - a for a in point[:T])
            for i, weight in enumerate(weights):
                entry = weight * node if x is None else weight * node / (x - point[i])
                checks[row, i] = sum(int(digit) * p**k for k, digit in enumerate(entry.to_list()))
    return linear_words(q, checks, symbols)


def linear_words(q: int, checks: np.ndarray, symbols: np.ndarray) -> np.ndarray:
    """The words of a linear code over GF(q) that begin with given symbols: ``symbols``, then ``checks @ symbols``.

    Parameters
    ----------
    checks : int64 array of shape (n - k, k)
        Elements of GF(q).
    symbols : int64 array of shape (k, count)

    Returns
    -------
    int64 array of shape (n, count)
    """
    p, e = prime_power(q) or (q, 1)
    (rows, k), count = checks.shape, symbols.shape[1]
    # multiplication by an element of GF(p^e) is a matrix over GF(p), so that all words come from one product of integer
    # matrices modulo p
    products = np.stack([field_product(checks, np.array(p**i), q) for i in range(e)], axis=2)
    encoder = np.stack([products // p**i % p for i in range(e)], axis=1)
    digits = np.stack([symbols // p**i % p for i in range(e)], axis=1)
    # sums of k e products below p^2 are exact in float64 (and fast), or else in Python's integers
    exact = np.float64 if k * e * (p - 1) ** 2 < 2**53 else object
    sums = encoder.reshape(rows * e, k * e).astype(exact) @ digits.reshape(k * e, count).astype(exact)
    sums = (sums % p).astype(np.int64).reshape(rows, e, count)
    return np.concatenate([symbols, sum(sums[:, i] * p**i for i in range(e))])


def systematic_form(q: int, generators: np.ndarray) -> tuple[list[int], np.ndarray]:
    """An information set of a linear code over GF(q), and the symbols at the other positions as functions of its.

    Parameters
    ----------
    generators : int64 array of shape (count, n)
        Words that span the code.

    Returns
    -------
    information : list of k int
        The first positions whose symbols are independent.
    checks : int64 array of shape (n - k, k)
        For `linear_words`; its rows are about the other positions, in their order.
    """
    rows, information = np.array(generators, dtype=np.int64), list[int]()
    units = np.arange(1, q)
    for x in range(rows.shape[1]):
        k = len(information)
        pivot = k + int(np.argmax(rows[k:, x] != 0)) if k < len(rows) else k
        if k == len(rows) or rows[pivot, x] == 0:
            continue
        rows[[k, pivot]] = rows[[pivot, k]]
        inverse = units[field_product(rows[k, x], units, q) == 1]
        rows[k] = field_product(rows[k], inverse, q)
        others = (np.arange(len(rows)) != k) & (rows[:, x] != 0)
        rows[others] = field_difference(rows[others], field_product(rows[others, x : x + 1], rows[k], q), q)
        information.append(x)
    return information, np.delete(rows[: len(information)], information, axis=1).T


def field_product(x: np.ndarray, y: np.ndarray, q: int) -> np.ndarray:
    """Products in GF(q), q < 2^32 a prime power, of two arrays of int64 elements; they are broadcast."""
    p, e = prime_power(q) or (q, 1)
    if e == 1:
        return (x.astype(np.uint64) * y.astype(np.uint64) % np.uint64(p)).astype(np.int64)
    lowest = [int(coefficient) for coefficient in irreducible_polynomial(p, e).coeffs()[:e]]
    a, b = ([z // p**i % p for i in range(e)] for z in (x, y))
    digits = [sum(a[i] * b[s - i] for i in range(max(0, s - e + 1), min(s, e - 1) + 1)) % p for s in range(2 * e - 1)]
    for s in range(2 * e - 2, e - 1, -1):  # w^e is minus the lower part of the monic polynomial
        for i, coefficient in enumerate(lowest):
            digits[s - e + i] = (digits[s - e + i] - coefficient * digits[s]) % p
    return sum(digits[i] * p**i for i in range(e))


def field_difference(x: np.ndarray, y: np.ndarray, q: int) -> np.ndarray:
    """Differences x - y in GF(q), q a prime power, of two arrays of int64 elements; they are broadcast."""
    p, e = prime_power(q) or (q, 1)
    return sum((x // p**i - y // p**i) % p * p**i for i in range(e))


def subfield(q: int, size: int) -> np.ndarray:
    """The elements of GF(q) in GF(size), a power of it, by their numbers in GF(q): an int64 array of shape (q,).

    They are the sums of powers of a root there of the polynomial that defines GF(q), the first root.

    Examples
    --------
    >>> subfield(4, 64)
    array([ 0,  1, 58, 59])
    """
    p, f = prime_power(q) or (q, 1)
    if f == 1:
        return np.arange(p)
    x = np.arange(size)
    minus_one = field_difference(np.array(0), np.array(1), size)
    value = np.zeros(size, dtype=np.int64)
    for coefficient in reversed([int(c) for c in irreducible_polynomial(p, f).coeffs()]):
        minus = field_product(minus_one, np.array(coefficient), size)
        value = field_difference(field_product(value, x, size), minus, size)
    root = x[value == 0][0]
    embedded = np.zeros(q, dtype=np.int64)
    for i in reversed(range(f)):
        minus = field_product(minus_one, np.arange(q) // p**i % p, size)
        embedded = field_difference(field_product(embedded, root, size), minus, size)
    return embedded


def field_sum(x: np.ndarray, y: np.ndarray, q: int) -> np.ndarray:
    """Sums x + y in GF(q), q a prime power, of two arrays of int64 elements; they are broadcast."""
    p, e = prime_power(q) or (q, 1)
    return sum((x // p**i + y // p**i) % p * p**i for i in range(e))


def nonzero_squares(q: int) -> np.ndarray:
    """The (q - 1)/2 squares of GF(q) other than 0, q an odd prime power, in the order of their numbers."""
    x = np.arange(1, q)
    is_square = np.zeros(q, dtype=bool)
    is_square[field_product(x, x, q)] = True
    return np.flatnonzero(is_square)
