"""Shifted one-hot pairs of algebraic-geometry codes: functions of bounded pole order at the points of a plane curve."""

from __future__ import annotations

import math
import re
from functools import lru_cache, partial

import numpy as np

from lincs._checks import InputError, check_integer
from lincs._numbers import Fraction, prime_power
from lincs.frames._base import Frame
from lincs.frames._codes import MOST_WORDS, Code, code_frame, dimension, fewest_symbols, row_of_all_words
from lincs.frames._curves import CURVES
from lincs.frames._fields import field_difference, field_product, linear_words, systematic_form

#: Largest field over which points are looked for: all pairs (x, y) are tried.
LARGEST_Q = 512

_TERM = re.compile(r"(\d*)(?:x(?:\^(\d+))?)?(?:y(?:\^(\d+))?)?")


def ag_code(q: int, curve: str, degree: int, n: int, symbols: int | None = None) -> Frame:
    """Counts of agreements of functions of pole order <= degree at n points of a plane curve over GF(q), shifted.

    B^T A = 2G - degree J, where G_uw is the number of positions in which the words u and w agree: diagonal 2n - degree,
    error degree/(2n), m = q^k, d = n(q-1) + 1, where k is the number of pole orders ``a i + b j <= degree`` with j < a.

    Proof. Let the curve be F(x, y) = 0, monic of degree a in y, with a term c x^b, a and b without common divisor, and
    all other terms x^i y^j of weight a i + b j < a b. The monomials x^i y^j with j < a are a basis of the ring R =
    GF(q)[x, y]/(F), of different weights; the largest weight w(f) of a function is additive, so that f R has just the
    weights w(f) + S, S all weights, and R/(f) the dimension |S - (w(f) + S)| = w(f). Evaluation at the zeros of f maps
    R/(f) onto all functions there: f has at most w(f) zeros. If the coefficient of the monomial of weight ``degree``
    counts as the value at infinity, functions that vanish there have weight < degree: so there are at most ``degree``
    zeros in all, and different words agree in at most that many positions. `lincs.frames._codes.code_frame` does the
    rest.

    Parameters
    ----------
    q : int
        A prime power, at most 512.
    curve : str
        F as in "y^2+xy+x^3+1" over GF(2^e): monomials and coefficients, elements of GF(q) by their numbers (the digits
        in base p are coefficients in a root of the least irreducible polynomial).
    degree : int
        Largest pole order, one of those that occur; less than n.
    n : int
        Number of points: the first ones by x, then y; infinity is the last of all.
    symbols : int, optional
        The total of the numbers of symbols a_x allowed at the first k independent points, which differ by at most one;
        from 2k to k q, the default.

    Returns
    -------
    Frame
        Integer, with probes that are not multiples of the columns. The index is a number in mixed radix (a_0, a_1, ..),
        a_0 least significant, and its digits are the values at the first k independent points, whose positions come
        first.

    Notes
    -----
    **Guarantee**: the points are found by trying all, the coherence is an upper bound. **Cost** of columns: O(d) each,
    and O(q^2 + k^2 n) products in GF(q) at first. Sources: [Goppa81], [HLP98].

    Examples
    --------
    >>> frame = ag_code(4, "y^2+y+x^3", 3, 9)
    >>> frame.d, frame.m, frame.error
    (28, 64, Enclosure(lower=Fraction(1, 6), upper=Fraction(1, 6)))
    """
    q = check_integer(q, "q", 2, LARGEST_Q)
    if prime_power(q) is None:
        raise InputError(f"q must be a prime power, got {q}")
    a, b = _weights(q, curve)
    points = len(_points(q, curve)) + 1
    n = check_integer(n, "n", 2, points)
    degree = check_integer(degree, "degree", 1, n - 1)
    if degree not in (orders := _pole_orders(a, b, degree)):
        raise InputError(f"degree must be a pole order {a} i + {b} j, got {degree}")
    k = len(orders)
    symbols = check_integer(k * q if symbols is None else symbols, "symbols", 2 * k, k * q)
    code = Code(q, n, k, symbols, n - degree, n, partial(_words, q, curve, degree, n))
    return code_frame(
        "ag_code",
        {"q": q, "curve": curve, "degree": degree, "n": n, "symbols": symbols},
        code,
        "Functions on a curve whose only pole is at infinity have at most as many zeros as its order, so that the "
        "numbers of agreements less degree/2 are at most degree/2 in absolute value off the diagonal.",
        ("Goppa81", "HLP98"),
        coherence_is_exact=False,
        is_transitive=code.is_whole,  # adding a word permutes the symbols of each position
        row=partial(row_of_all_words, code) if code.is_whole and code.m <= MOST_WORDS else None,
    )


def ag_code_for(m: int, delta: Fraction) -> Frame | None:
    """The pair of least dimension with room for m features and an error below delta, among the curves in `CURVES`."""
    best: tuple[int, ...] | None = None
    where = None
    for (q, curve), points in CURVES.items():
        a, b = _weights(q, curve)
        for k, degree in enumerate(_pole_orders(a, b, points - 1), start=1):
            n = max(degree, int(degree / (2 * delta))) + 1
            if n > points or (best is not None and best[0] < (n - k) * (q - 1)):
                break  # more functions need more points, of which at least (n - k)(q - 1) coordinates come
            symbols = fewest_symbols(q, k, m)
            if symbols is not None and degree > 0:
                symbols = max(symbols, 2 * k)  # one symbol only is a matter of fewer functions
                found = (dimension(q, n, k, symbols, n - degree, n), degree, n, symbols)
                if best is None or found < best:
                    best, where = found, (q, curve)
    return ag_code(*where, *best[1:]) if best is not None and where is not None else None


def _terms(q: int, curve: str) -> list[tuple[int, int, int]]:
    """The coefficients and exponents (c, i, j) of c x^i y^j in the text of a curve."""
    terms = []
    for text in curve.split("+"):
        match = _TERM.fullmatch(text)
        if match is None or not text:
            raise InputError(f"a curve is a sum of terms such as 3x^2y or 1, without spaces; got {text!r}")
        c, i, j = match.groups()
        terms.append((int(c or 1), int(i or 1) if "x" in text else 0, int(j or 1) if "y" in text else 0))
    if len({term[1:] for term in terms}) < len(terms) or not all(0 < c < q for c, _, _ in terms):
        raise InputError(f"a curve has coefficients in 1..{q - 1} and each monomial once; got {curve}")
    return terms


@lru_cache(maxsize=256)
def _weights(q: int, curve: str) -> tuple[int, int]:
    """The degrees a in y and b in x, which are the pole orders of x and y."""
    terms = _terms(q, curve)
    a, b = max(j for _, _, j in terms), max((i for _, i, j in terms if j == 0), default=0)
    lower = [a * i + b * j for _, i, j in terms if (i, j) not in ((0, a), (b, 0))]
    is_monic = (1, 0, a) in terms
    if not (is_monic and a >= 2 and b >= 1 and math.gcd(a, b) == 1 and all(weight < a * b for weight in lower)):
        raise InputError(
            "a curve has the terms y^a and c x^b, a >= 2 and b without common divisor, and others x^i y^j with "
            f"a i + b j < a b; got {curve}"
        )
    return a, b


@lru_cache(maxsize=256)
def _pole_orders(a: int, b: int, largest: int) -> list[int]:
    return [order for order in range(largest + 1) if any((order - b * j) % a == 0 for j in range(a) if b * j <= order)]


@lru_cache(maxsize=16)
def _points(q: int, curve: str) -> np.ndarray:
    """The points (x, y) of the curve over GF(q) other than the one at infinity, an array of shape (count, 2)."""
    grid = np.stack([np.repeat(np.arange(q), q), np.tile(np.arange(q), q)])
    total = np.zeros(q * q, dtype=np.int64)
    for c, i, j in _terms(q, curve):
        total = field_difference(total, field_product(_monomial(q, grid, i, j), np.array(c), q), q)
    return grid[:, total == 0].T


def _monomial(q: int, points: np.ndarray, i: int, j: int) -> np.ndarray:
    value = np.ones(points.shape[1], dtype=np.int64)
    for coordinate, power in zip(points, (i, j), strict=True):
        for _ in range(power):
            value = field_product(value, coordinate, q)
    return value


@lru_cache(maxsize=16)
def _encoder(q: int, curve: str, degree: int, n: int) -> np.ndarray:
    """The checks of the code, for `linear_words`."""
    a, b = _weights(q, curve)
    points = _points(q, curve)[:n].T
    generators = np.zeros((len(_pole_orders(a, b, degree)), n), dtype=np.int64)
    for row, order in zip(generators, _pole_orders(a, b, degree), strict=True):
        j = next(j for j in range(a) if b * j <= order and (order - b * j) % a == 0)
        row[: points.shape[1]] = _monomial(q, points, (order - b * j) // a, j)
        row[points.shape[1] :] = order == degree
    return systematic_form(q, generators)[1]


def _words(q: int, curve: str, degree: int, n: int, symbols: np.ndarray) -> np.ndarray:
    return linear_words(q, _encoder(q, curve, degree, n), symbols)
