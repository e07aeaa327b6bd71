"""Exact numbers: reading decimals, enclosures, integer roots, primes.

Nothing in here rounds unless its name says in which direction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from typing import Any

import numpy as np

__all__ = [
    "Enclosure",
    "Fraction",
    "as_fraction",
    "ceil_root",
    "ceiling",
    "float_above",
    "float_below",
    "floor_root",
    "is_prime",
    "next_prime",
    "next_prime_power",
    "prime_power",
    "sqrt_above",
    "sqrt_below",
    "sqrt_enclosure",
]


def as_fraction(value: Any) -> Fraction:
    """The exact value that ``value`` is written as: ``"0.1"``, ``"1/10"`` and the float ``0.1`` are all 1/10.

    Raises ValueError, TypeError or ZeroDivisionError for what is not a finite rational number.
    """
    if isinstance(value, (bool, np.bool_)):
        raise TypeError("a truth value is not a number")
    if isinstance(value, (float, np.floating)):
        return Fraction(str(value))  # the shortest decimal that reads back as this float, of this precision
    if isinstance(value, np.integer):
        return Fraction(int(value))
    if isinstance(value, str):
        _, sign, exponent = value.strip().partition("e" if "e" in value else "E")
        # Fraction("1e999999999") would build the power of ten before anyone can object to it.
        if sign and abs(int(exponent)) > 10_000:
            raise ValueError(f"the exponent of {value} is out of range")
        return Fraction(value)
    if isinstance(value, (int, Fraction, Decimal)):
        return Fraction(value)
    raise TypeError(f"{type(value).__name__} is not a number")


def float_below(value: Fraction | float | int) -> float:
    """The largest float that is at most ``value``."""
    try:
        near = float(value)
    except OverflowError:
        near = math.inf if value > 0 else -math.inf
    return math.nextafter(near, -math.inf) if near > value else near


def float_above(value: Fraction | float | int) -> float:
    """The smallest float that is at least ``value``."""
    return -float_below(-value) or 0.0  # not -0.0


def sqrt_below(value: Fraction | int) -> float:
    """A float at most the square root of ``value`` >= 0, within two units in the last place."""
    return _sqrt_to(value, float_below, 0)


def sqrt_above(value: Fraction | int) -> float:
    """A float at least the square root of ``value`` >= 0, within two units in the last place."""
    return _sqrt_to(value, float_above, 1)


def _sqrt_to(value: Fraction | int, rounded: Any, up: int) -> float:
    value = Fraction(value)
    # scale by an even power of two so that the integer root has about 64 correct bits
    shift = 2 * max(0, 64 - (value.numerator.bit_length() - value.denominator.bit_length()) // 2)
    scaled = (value.numerator << shift) // value.denominator
    root = math.isqrt(scaled)
    exact = root * root == scaled and (value.numerator << shift) % value.denominator == 0
    return rounded(Fraction(root + (0 if exact else up), 1 << (shift // 2)))


@dataclass(frozen=True)
class Enclosure:
    """Two numbers that provably enclose a real number: ``lower <= x <= upper``.

    The ends are exact as they stand (a float is the dyadic rational that it is). ``lower == upper`` says that the
    number is known exactly; then the ends are usually Fractions.
    """

    lower: Fraction | float
    upper: Fraction | float

    def __post_init__(self) -> None:
        if not self.lower <= self.upper:  # also catches nan
            raise ArithmeticError(f"not an enclosure: lower {self.lower} and upper {self.upper}")

    @property
    def is_exact(self) -> bool:
        """Whether the two ends coincide."""
        return self.lower == self.upper

    def to_dict(self) -> dict[str, float | str]:
        """The ends as floats rounded outwards; where the number is known and not too long, the fraction as "exact"."""
        result: dict[str, float | str] = {"lower": float_below(self.lower), "upper": float_above(self.upper)}
        if self.is_exact and len(text := str(Fraction(self.lower))) <= 80:
            result["exact"] = text
        return result

    def __str__(self) -> str:
        if self.is_exact:
            exact = Fraction(self.lower)
            text = str(exact)
            if len(text) <= 24:
                return text
            digits = Context(prec=12, rounding=ROUND_DOWN).divide(Decimal(exact.numerator), Decimal(exact.denominator))
            return f"{digits}... (known exactly)"
        low, high = float_below(self.lower), float_above(self.upper)
        if not (math.isfinite(low) and math.isfinite(high)):
            return f"[{low}, {high}]"
        # to a tenth of the width, rounded outwards
        unit = Decimal(1).scaleb(math.floor(math.log10(high - low)) - 1)
        return f"[{_multiple(low, unit, ROUND_FLOOR)}, {_multiple(high, unit, ROUND_CEILING)}]"


def _multiple(value: float, unit: Decimal, rounding: str) -> Decimal:
    """``value`` rounded to a multiple of ``unit``, without trailing zeros."""
    rounded = Decimal(value).quantize(unit, rounding=rounding, context=Context(prec=400)).normalize()
    return rounded.quantize(Decimal(1)) if rounded == rounded.to_integral() and abs(rounded) < 10**15 else rounded


def sqrt_enclosure(value: Fraction) -> Enclosure:
    """The square root of ``value`` >= 0: exact where it is rational, else between two neighbouring floats."""
    root = Fraction(math.isqrt(value.numerator), math.isqrt(value.denominator))
    return Enclosure(root, root) if root * root == value else Enclosure(sqrt_below(value), sqrt_above(value))


def floor_root(n: int, degree: int) -> int:
    """The largest integer whose ``degree``-th power is at most ``n`` >= 0."""
    if n < 2 or degree == 1:
        return n
    if degree == 2:
        return math.isqrt(n)
    x = 1 << -(-n.bit_length() // degree)  # at least the root; Newton then falls monotonically
    while True:
        y = ((degree - 1) * x + n // x ** (degree - 1)) // degree
        if y >= x:
            return x
        x = y


def ceil_root(n: int, degree: int) -> int:
    """The smallest integer whose ``degree``-th power is at least ``n`` >= 0."""
    root = floor_root(n, degree)
    return root if root**degree == n else root + 1


def ceiling(number: Any) -> int:
    """The least integer that is at least an exact Arb number, such as an end of a ball (`flint.arb`)."""
    return int(number.ceil().unique_fmpz())


def is_prime(n: int) -> bool:
    """Whether ``n`` is prime, proved (FLINT: trial division, pseudoprime tables, then a primality proof)."""
    import flint

    return n > 1 and bool(flint.fmpz(n).is_prime())


def prime_power(n: int) -> tuple[int, int] | None:
    """``(p, e)`` with ``n = p^e`` and p prime, or None where n is not a prime power."""
    if n < 2:
        return None
    for e in range(n.bit_length(), 0, -1):
        root = floor_root(n, e)
        if root > 1 and root**e == n:
            return (root, e) if is_prime(root) else None
    return None


def next_prime(n: int) -> int:
    """The smallest prime that is at least ``n``."""
    n = max(n, 2)
    while not is_prime(n):
        n += 1 if n == 2 or n % 2 == 0 else 2
    return n


def next_prime_power(n: int) -> int:
    """The smallest prime power that is at least ``n``."""
    prime = next_prime(n)
    best = prime
    for e in range(2, prime.bit_length() + 1):
        power = next_prime(ceil_root(max(n, 2), e)) ** e
        best = min(best, power)
    return best
