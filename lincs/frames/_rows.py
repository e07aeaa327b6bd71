"""One row of the Gram matrix of a whole frame, without the others: its largest inner products.

Where a group carries any column to any other all rows have one profile, so that the probe of column 0 decides W_k for
the whole frame, however many columns it has. Sums of signs over GF(2)^n come for all linear forms at once from a
Walsh-Hadamard transform, exactly; sums of phases modulo p from a product with the Fourier matrix, for one polynomial
of each orbit of the substitutions x -> c x.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from lincs._checks import InputError
from lincs._numbers import Fraction
from lincs._rounding import UNIT
from lincs._work import cores
from lincs.frames._base import Row, mixed_radix_digits
from lincs.frames._fields import CHUNK

#: Largest number of sums that a row may take: some minutes of transforms.
MOST_SUMS = 2**34


def sign_row(
    k: int,
    size: int,
    kept: int,
    groups: int,
    coefficients: Callable[[np.ndarray], np.ndarray],
    rows: Callable[[np.ndarray], Sequence[np.ndarray]],
) -> Row:
    """The largest ``sum over x < kept of (-1)^(<b, x> + sum_i <c_i, y_ix>)``, with b + size * group as columns.

    Over all b < size, a power of two, and all groups, whose ``coefficients`` are the c_i, of shape (len(rows), count);
    ``rows`` maps all x to the y_i. Column 0 is left out, and so are sums that vanish. Exact.
    """
    from lincs._kernels import keep_largest, sign_sums

    _check_work(size * groups)
    words = np.stack([y.astype(np.uint64) for y in rows(np.arange(size))])
    step = max(1, CHUNK // size)
    workers = min(cores(), -(-groups // step))
    share = -(-groups // workers)

    def largest(first: int) -> tuple[np.ndarray, np.ndarray]:
        values, columns = np.zeros((1, k), np.int32), np.zeros((1, k), np.int64)
        for start in range(first, min(first + share, groups), step):
            some = np.arange(start, min(start + step, first + share, groups))
            sums = np.empty((len(some), size), dtype=np.int32)
            sign_sums(words, coefficients(some).astype(np.uint64), kept, sums)
            if start == 0:
                sums[0, 0] = 0
            keep_largest(sums.reshape(1, -1), start * size, 0, values, columns)
        return columns[0], values[0]

    with ThreadPoolExecutor(workers) as pool:
        found = list(pool.map(largest, range(0, groups, share)))
    columns, sums = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
    order = np.lexsort((columns, -np.abs(sums)))[:k]
    order = order[sums[order] != 0]
    return Row(columns[order].tolist(), [Fraction(value) for value in sums[order].tolist()])


def phase_row(k: int, p: int, t: int) -> Row:
    """The largest real and imaginary parts of ``sum over x of exp(2 pi i f(x)/p) / p``, deg f <= t, f(0) = 0, f != 0.

    The real part has the column ``c_1 + p c_2 + .. + p^(t-1) c_t`` for f = c_1 x + .. + c_t x^t, the negative of the
    imaginary part p^t more. Since x -> c x permutes the residues, f(c x) has the sum of f: among the f of degree j the
    leading coefficient need only run through representatives modulo j-th powers, of which there are g = gcd(j, p - 1),
    and each f found stands for (p - 1)/g. At most k of the p^t - 1 columns are returned; linear f have the sum 0.
    """
    from sympy import primitive_root

    from lincs._kernels import keep_largest

    _check_work(t * p**t)
    root = int(primitive_root(p))
    orbits = _Orbits(p, t, root)
    wave, x = np.exp(2j * np.pi * np.arange(p) / p), np.arange(p)[:, None]
    width = step = max(1, CHUNK // p)
    values, places = np.zeros((1, k)), np.zeros((1, k), np.int64)
    for first in range(0, orbits.count, width):
        higher = orbits.coefficients(np.arange(first, min(first + width, orbits.count)))
        phases = np.zeros((p, higher.shape[1]), dtype=np.int64)
        for c in higher[::-1]:  # Horner
            phases = (phases + c) * x % p
        waves = wave[phases * x % p]
        for start in range(0, p, step):
            fourier = wave[np.arange(start, min(start + step, p))[:, None] * x[:, 0] % p]
            sums = fourier @ waves / p  # over c_1 and the polynomials without it
            tile = np.stack([sums.real, -sums.imag], axis=-1)
            keep_largest(tile.reshape(1, -1), 2 * (first * p + start * higher.shape[1]), 0, values, places)
    columns: list[int] = []
    products: list[Fraction] = []
    for n in np.lexsort((places[0], -np.abs(values[0])))[: np.count_nonzero(values)]:
        place, turned = divmod(int(places[0, n]), 2)
        first = place // (p * width) * width
        c_1, number = divmod(place - p * first, min(width, orbits.count - first))
        polynomial = [c_1, *orbits.coefficients(np.array([first + number]))[:, 0].tolist()]
        j = max(i for i, c in enumerate(polynomial, start=1) if c)
        for e in range(min((p - 1) // math.gcd(j, p - 1), k - len(columns))):
            c = pow(root, e, p)
            digits = [a * pow(c, i, p) % p for i, a in enumerate(polynomial, start=1)]
            columns.append(sum(digit * p**i for i, digit in enumerate(digits)) + turned * p**t)
            products.append(Fraction(values[0, n]))
    # 2p products of parts of waves, each part within 64 units of the truth, their sums, and the division by p
    return Row(columns, products, Fraction((4 * p + 600) * UNIT))


class _Orbits:
    """Numbers the representatives of the orbits of polynomials c_2 x^2 + .. + c_t x^t mod p under x -> c x."""

    def __init__(self, p: int, t: int, root: int) -> None:
        self.p, self.t = p, t
        self.leaders = [[pow(root, i, p) for i in range(math.gcd(j, p - 1))] for j in range(2, t + 1)]
        sizes = [len(leaders) * p**i for i, leaders in enumerate(self.leaders)]
        self.starts = [0, *itertools.accumulate(sizes)]
        self.count = self.starts[-1]

    def coefficients(self, numbers: np.ndarray) -> np.ndarray:
        """The coefficients c_2..c_t of the representatives with these numbers, an array of shape (t - 1, count)."""
        result = np.zeros((self.t - 1, len(numbers)), dtype=np.int64)
        for i, leaders in enumerate(self.leaders):
            mine = (numbers >= self.starts[i]) & (numbers < self.starts[i + 1])
            rest, leader = np.divmod(numbers[mine] - self.starts[i], len(leaders))
            result[i, mine] = np.array(leaders)[leader]
            result[:i, mine] = mixed_radix_digits(rest, [self.p] * i)
        return result


def attaining_row(q: int, T: int, largest: Fraction, k: int) -> Row:
    """Words of a Reed-Solomon code that agree with the word 0 in T - 1 points, the most there can be.

    Numbered by their values at the first T points: those with one nonzero value. ``largest`` is the inner product of
    such columns, which no others exceed.
    """
    columns = list(itertools.islice((c * q**i for i in range(T) for c in range(1, q)), k))
    return Row(columns, [largest] * len(columns))


def _check_work(sums: int) -> None:
    if sums > MOST_SUMS:
        raise InputError(
            f"a row of the whole frame takes {sums} sums, and at most {MOST_SUMS} are taken: give m, the columns"
        )
