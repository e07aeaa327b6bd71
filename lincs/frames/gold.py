"""Gold frames: signs of quadratic trace forms over GF(2^n)."""

from __future__ import annotations

from functools import partial

import numpy as np

from lincs._checks import check_integer
from lincs._numbers import Fraction
from lincs.frames._base import Frame, Row, mixed_radix_digits, smallest_integer_dtype
from lincs.frames._fields import binary_modulus, binary_monomials, sign_columns
from lincs.frames._rows import sign_row
from lincs.frames._signs import checked_punctured, most_punctured, sign_frame

#: Largest n: the capacities of larger members have millions of digits.
LARGEST_N = 4096


def gold(n: int, r: int = 1, punctured: int = 0) -> Frame:
    """All sign columns ``(-1)^Tr(a_1 x^3 + .. + a_r x^(2^r+1) + b x)`` over x in GF(2^n), as 2^(n(r+1)) vectors.

    d = 2^n - punctured, and for an unpunctured frame coherence 2^r/sqrt(d) for even n, 2^(r-1/2)/sqrt(d) for odd n.

    Proof. The product of two columns is such a column, with the difference of their forms Q. If all a_i vanish it
    sums to 0. Otherwise its sum squared is 0 or 2^(n+h), h the dimension of the radical of the bilinear form of Q:
    the solutions y of ``sum_i a_i y^(2^i) + (a_i y)^(2^-i) = 0``. The 2^r-th power of this is a polynomial of degree
    at most 2^(2r), not zero as its exponents differ, so h <= 2r; n - h is even, so h <= 2r - 1 for odd n. Were h always
    smaller, the forms would be more than a set of alternating forms of that rank can be [DG75]: the bound is
    attained. Deleting P coordinates changes a Gram entry by at most P and the diagonal to 2^n - P.

    Parameters
    ----------
    n, r : int
        1 <= r < n/2.
    punctured : int
        Number P of coordinates left out, the last ones, few enough for the coherence to stay below 1.

    Returns
    -------
    Frame
        Of signs. Column b + 2^n a_1 + 4^n a_2 + .. (the linear forms Tr(a_i y) are numbered by their bits).

    Notes
    -----
    **Guarantee**: coherence exact where punctured = 0, else a bound. **Cost** of columns: O(d r) operations each.
    Sources: [Gold68], [DG75].

    Examples
    --------
    >>> frame = gold(5)
    >>> frame.d, frame.m, frame.coherence_squared
    (32, 1024, Fraction(1, 16))
    """
    n = check_integer(n, "n", 3, LARGEST_N)
    r = check_integer(r, "r", 1, (n - 1) // 2)
    bound = _largest_sum(n, r)
    punctured = checked_punctured(punctured, 2**n, bound)
    d = 2**n - punctured
    return sign_frame(
        "gold",
        {"n": n, "r": r},
        2**n,
        bound,
        2 ** (n * (r + 1)),
        punctured,
        theorem="The radical of a quadratic trace form with exponents 2^i + 1, i <= r, over GF(2^n) has at most 4^r "
        "elements, which bounds its exponential sum.",
        sources=("Gold68", "DG75"),
        _columns=partial(_gold_columns, n, r, d),
        is_transitive=True,
        _row=partial(_gold_row, n, r, d),
    )


def gold_for(m: int, delta: Fraction) -> Frame | None:
    """The Gold frame of least dimension with room for m features and an error below delta."""
    bits = (m - 1).bit_length()
    for n in range(3, LARGEST_N + 1):  # more than half of the coordinates stay: the first n that will do is the best
        r = max(1, -(-bits // n) - 1)
        if 2 * r < n:
            punctured = most_punctured(2**n, _largest_sum(n, r), delta)
            if punctured >= 0:
                return gold(n, r, punctured)
    return None


def _largest_sum(n: int, r: int) -> int:
    return 2 ** (n // 2 + r)


def _gold_columns(n: int, r: int, d: int, indices: np.ndarray) -> np.ndarray:
    modulus = binary_modulus(n)

    def rows(x: np.ndarray) -> list[np.ndarray]:
        return [x, *binary_monomials(x, n, modulus, r)]

    return sign_columns(d, rows, mixed_radix_digits(indices, [2**n] * (r + 1)), smallest_integer_dtype(d))


def _gold_row(n: int, r: int, d: int, k: int) -> Row:
    return sign_row(
        k, 2**n, d, 2 ** (n * r),
        coefficients=lambda groups: mixed_radix_digits(groups, [2**n] * r),
        rows=lambda x: binary_monomials(x, n, binary_modulus(n), r),
    )  # fmt: skip
