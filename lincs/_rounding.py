"""Rounding in float64: its unit, bounds on what it adds up to, and conversions that do not round."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from lincs._checks import InputError

#: Unit roundoff of float64.
UNIT = 2.0**-53


def gamma(n: int) -> float:
    """A float above ``n u / (1 - n u)``, the relative error of n rounded operations in a row."""
    return 1.000001 * n * UNIT / (1 - n * UNIT)


def above(x: Any, operations: int = 8) -> Any:
    """``x`` >= 0 enlarged by more than that many roundings can have taken from it."""
    return x * (1 + gamma(operations + 4)) + 1e-300


def as_float64(A: np.ndarray, instead: str = "floats", name: str = "A") -> np.ndarray:
    """``A`` in float64 and in rows, exactly; ``instead`` says what to pass where integers are too large for that."""
    result = np.ascontiguousarray(A, dtype=np.float64)
    if A.dtype.kind in "iu" and A.dtype.itemsize == 8 and A.size and max(abs(int(A.min())), abs(int(A.max()))) > 2**53:
        raise InputError(f"{name} has integers beyond 2^53, which float64 does not hold; pass {instead}")
    return result


def accurate_product(A: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``A x`` as if in twice the precision and rounded once, and above what each entry is off by [ORO05, prop. 5.5].

    Entries of A and x are at most 1e100 and, where they are not 0, at least 1e-100 in absolute value, or what is left
    out is below ``1e-190 n (1 + max |A|) (1 + max |x|)``, which is added.
    """
    total, error, size = (np.zeros(len(A)) for _ in range(3))
    for column, factor in zip(np.ascontiguousarray(A.T), x.tolist(), strict=True):
        product = column * factor
        high, low = _halves(column)
        high_factor, low_factor = _halves(factor)
        # what the product rounded off, and then what the sum does
        rest = low * low_factor - (((product - high * high_factor) - low * high_factor) - high * low_factor)
        new = total + product
        shift = new - total
        error += rest + ((total - (new - shift)) + (product - shift))
        total = new
        size += np.abs(product)
    value = total + error
    small = 1e-190 * len(x) * (1 + np.abs(A).max(initial=0)) * (1 + np.abs(x).max(initial=0))
    return value, above(UNIT * np.abs(value) + gamma(len(x) + 2) ** 2 * above(size, len(x)), 8) + small


def _halves(x: Any) -> tuple[Any, Any]:
    """Two numbers of at most 26 bits that add up to x."""
    shifted = 134217729.0 * x  # 2^27 + 1
    high = shifted - (shifted - x)
    return high, x - high


def power_of_two(x: np.ndarray) -> np.ndarray:
    """The power of two next to each x > 0; 1 where x is 0."""
    exponent = np.where(x > 0, np.round(np.log2(np.where(x > 0, x, 1))), 0).astype(int)
    return np.ldexp(1.0, np.clip(exponent, -1000, 1000))


def exponents(scale: np.ndarray) -> np.ndarray:
    """The integers e of powers of two 2^e, to shift by where a product of several would leave the range."""
    return np.frexp(scale)[1] - 1


def dyadic_integers(row: np.ndarray) -> tuple[int, list[int]]:
    """A power of two and the integers that the row has after multiplication with it (a float is a dyadic rational)."""
    values = [Fraction(x.item()) for x in row]
    power = max(value.denominator for value in values)
    return power, [int(value * power) for value in values]
