"""Steiner equiangular tight frames: every point of a block design carries a Hadamard matrix on its blocks."""

from __future__ import annotations

import itertools
import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from lincs._checks import InputError, check_choice, check_integer
from lincs._numbers import Fraction, prime_power
from lincs.frames._base import Frame, mixed_radix_digits
from lincs.frames._fields import field_difference, field_product
from lincs.frames.hadamard import Filling, filling, has_hadamard
from lincs.frames.linear_space import filled, pair_number
from lincs.frames.paley import next_order

#: Largest number of points of a design: those of larger ones do not fit 64 bits.
LARGEST_V = 2**62


@dataclass(frozen=True)
class Design:
    """A (2, c, v) design: v points and blocks of c points, every two points in exactly one block.

    Each point lies in r = (v - 1)/(c - 1) blocks, and there are b = v r/c blocks. ``through`` maps points to the
    numbers of the blocks through them, int64 arrays of shapes ``(count,)`` and ``(r, count)``.
    """

    v: int
    c: int
    through: Callable[[np.ndarray], np.ndarray]

    @property
    def r(self) -> int:
        """Number of blocks through each point."""
        return (self.v - 1) // (self.c - 1)

    @property
    def b(self) -> int:
        """Number of blocks."""
        return self.v * self.r // self.c

    def is_large(self, m: int, r: int) -> bool:
        """Whether its frame has room for m features and the design at least r blocks through each point."""
        return self.r >= r and self.v * (self.r + 1) >= m


def steiner(design: str, order: int, dimension: int | None = None) -> Frame:
    """The equiangular tight frame of a block design and a Hadamard matrix: integer vectors, coherence 1/r.

    With r blocks through each of v points, c points on each block, and a Hadamard matrix H of order r + 1: the vector
    of a point and a column of H has the entries of that column, without the first, on the blocks through the point,
    and 0 elsewhere. So d = v r/c and m = v (r + 1).

    Proof. Two vectors of one point have inner product 0 minus the product of two signs; two vectors of different points
    share one block, where both have a sign. So all are +-1, and the vectors have r non-zero entries.

    Parameters
    ----------
    design : {"pairs", "triples", "affine", "projective"}
        All pairs of points (c = 2); the Steiner triple systems of Bose and Skolem (c = 3); the lines of AG(n, q)
        (c = q) or PG(n, q) (c = q + 1).
    order : int
        The number v of points, for triples 1 or 3 mod 6; for the geometries q, a prime power.
    dimension : int
        The dimension n >= 2 of a geometry.

    Returns
    -------
    Frame
        Integer, of entries -1, 0 and 1; column ``h + (r + 1) x`` belongs to the point x and column h of H.

    Raises
    ------
    InputError
        If there is no such design, or no Hadamard matrix of order r + 1 is made (`has_hadamard`).

    Notes
    -----
    **Guarantee**: coherence exact; it meets the Welch bound. **Cost** of columns: O(d) each.
    Sources: [FMT12], [Bose39], [Skolem58].

    Examples
    --------
    >>> frame = steiner("triples", 7)
    >>> frame.d, frame.m, frame.coherence_squared
    (7, 28, Fraction(1, 9))
    >>> steiner("pairs", 4).columns([0, 1, 4])
    array([[-1,  1, -1],
           [-1,  1,  0],
           [ 0,  0, -1],
           [-1, -1,  0],
           [ 0,  0, -1],
           [ 0,  0,  0]], dtype=int8)
    """
    blocks = block_design(design, order, dimension)
    if blocks.r < 2 or not has_hadamard(blocks.r + 1):
        raise InputError(
            f"a Hadamard matrix of order r + 1 > 2, made of Sylvester's and Paley's, is needed for the r = {blocks.r} "
            f"blocks through each point of {design}"
        )
    signs = filling(blocks.r)  # r + 1 = 0 mod 4
    assert signs is not None
    return Frame(
        family="steiner",
        params={"design": design, "order": order, **({} if dimension is None else {"dimension": dimension})},
        d=blocks.b,
        m=blocks.v * (blocks.r + 1),
        coherence_squared=Fraction(1, blocks.r**2),
        coherence_is_exact=True,
        diagonal=blocks.r,
        is_integer=True,
        theorem="Two points of the design share one block, and two columns of a Hadamard matrix without one row have "
        "inner product 1 or -1.",
        sources=("FMT12", *(("Bose39", "Skolem58") if design == "triples" else ())),
        _columns=partial(_steiner_columns, blocks, signs),
    )


def steiner_for(m: int, delta: Fraction) -> Frame | None:
    """The Steiner frame of least dimension with room for m features and an error below delta."""
    least_r = math.floor(1 / delta - 1) + 1  # 1/r < delta/(1 - delta)
    best: tuple[int, str, int, int | None] | None = None
    for design, dimension, following in _SERIES:
        of_order = partial(_design, design, dimension=dimension)
        order = bisect_left(range(LARGEST_V + 1), True, 2, key=lambda order: of_order(order).is_large(m, least_r))
        while True:
            order = following(order)
            blocks = of_order(order)
            if blocks.v > LARGEST_V or (best is not None and blocks.b >= best[0]):
                break
            if has_hadamard(blocks.r + 1):
                best = (blocks.b, design, order, dimension)
                break
            order += 1
    return steiner(*best[1:]) if best else None


def _next_triples(v: int) -> int:
    """The least order 7 or 15 mod 24 that is at least v: v = 1 or 3 mod 6 and (v + 1)/2 = 0 mod 4."""
    return v + min((7 - v) % 24, (15 - v) % 24)


# All members for which r + 1 is a multiple of 4. For a geometry r = 1 + q + .. + q^(n-1), which is 3 mod 4 for q = 1
# and n = 3 mod 4, or q = 2, whose members have the parameters of pairs and triples. Beyond n = 26, 5^n is too large.
_SERIES: tuple[tuple[str, int | None, Callable[[int], int]], ...] = (
    ("pairs", None, lambda v: v + -v % 4),
    ("triples", None, _next_triples),
    *((design, n, next_order) for n in range(3, 27, 4) for design in ("affine", "projective")),
)


def _steiner_columns(blocks: Design, signs: Filling, indices: np.ndarray) -> np.ndarray:
    points, h = (part.astype(np.int64) for part in (indices // signs.count, indices % signs.count))
    return filled(blocks.through(points), signs, h, blocks.b)


def block_design(design: str, order: int, dimension: int | None = None) -> Design:
    """The design that `steiner` uses, from its parameters there.

    Examples
    --------
    >>> block_design("triples", 7).through(np.arange(7))
    array([[0, 0, 1, 1, 2, 2, 4],
           [3, 2, 3, 0, 3, 1, 5],
           [6, 4, 4, 5, 5, 6, 6]])
    """
    check_choice(design, "design", _BLOCKS)
    order = check_integer(order, "order", 2, LARGEST_V)
    if design in ("affine", "projective"):
        dimension = check_integer(dimension, "dimension", 2, 61)
        if prime_power(order) is None:
            raise InputError(f"order must be a prime power q for the geometry over GF(q), got {order}")
    elif dimension is not None:
        raise InputError(f"dimension is for affine and projective designs, got {dimension} for {design}")
    elif design == "triples" and order % 6 not in (1, 3):
        raise InputError(f"order must be 1 or 3 mod 6 for triples, got {order}")
    blocks = _design(design, order, dimension)
    if blocks.v > LARGEST_V:
        raise InputError(f"designs of more than 2^62 points are not made, got {design} of order {order}")
    return blocks


def _design(design: str, order: int, dimension: int | None) -> Design:
    through = partial(_BLOCKS[design], order, *(() if dimension is None else (dimension,)))
    if dimension is None:
        return Design(order, 2 if design == "pairs" else 3, through)
    if design == "affine":
        return Design(order**dimension, order, through)
    return Design((order ** (dimension + 1) - 1) // (order - 1), order + 1, through)


def _pairs(v: int, points: np.ndarray) -> np.ndarray:
    others = np.arange(v - 1)[:, None]
    return pair_number(points, others + (others >= points))


def _triples(v: int, points: np.ndarray) -> np.ndarray:
    """Bose's system for v = 6t + 3, Skolem's for v = 6t + 1.

    On the points (a, i), a in Z_n for n = v // 3 and i in Z_3, there are blocks {(a, i), (b, i), (a o b, i + 1)} for
    a != b with a commutative quasigroup o. For odd n, a o b = (a + b)/2, and there are blocks {(a, 0), (a, 1), (a, 2)}.
    For n = 2t, a o b = s/2 for even s = a + b mod n and (s - 1)/2 + t for odd s, and there are these blocks for a < t
    only, and {z, (a + t, i), (a, i + 1)} for a < t with one more point z.
    """
    n = v // 3
    t = n // 2
    mixed = n * (n - 1) // 2
    a, level = points % n, points // n
    below = (level - 1) % 3
    others = np.arange(n - 1)[:, None]
    same_level = level * mixed + pair_number(a, others + (others >= a))
    if n % 2:
        steps = np.arange(1, t + 1)[:, None]
        middle = below * mixed + pair_number((a + steps) % n, (a - steps) % n)
        return np.concatenate([same_level, middle, 3 * mixed + a[None]])
    # b o b' = a < t for b, b' = a -+ step, step > 0; b o b' = a >= t for b = a - t - step, b' = a - t + 1 + step
    is_upper = a >= t
    steps = np.arange(t)[:, None]
    first = np.where(is_upper, a - t, a)
    low, high = (first - steps) % n, (first + is_upper + steps) % n
    vertical, infinite = 3 * mixed, 3 * mixed + t
    middle = np.where(low == high, vertical + a, below * mixed + pair_number(low, high))
    last = infinite + np.where(is_upper, 3 * (a - t) + level, 3 * a + below)
    blocks = np.concatenate([same_level, middle, last[None]])
    return np.where(points == v - 1, infinite + np.arange(3 * t)[:, None], blocks)


def _affine(q: int, n: int, points: np.ndarray) -> np.ndarray:
    """A line is its direction, first non-zero coordinate 1, and its point with 0 at that place."""
    x = mixed_radix_digits(points, [q] * n)[:, None]
    blocks = np.empty(((q**n - 1) // (q - 1), len(points)), dtype=np.int64)
    row = 0
    for pivot in range(n):
        directions = _vectors(q, n, pivot, range(pivot + 1, n))[:, :, None]
        foot = np.delete(field_difference(x, field_product(x[pivot], directions, q), q), pivot, axis=0)
        rows = np.arange(row, row + directions.shape[1])
        blocks[rows] = rows[:, None] * q ** (n - 1) + _number(foot, q)
        row += len(rows)
    return blocks


def _projective(q: int, n: int, points: np.ndarray) -> np.ndarray:
    """A point is its vector with first non-zero coordinate 1, and a line its basis in reduced echelon form."""
    pivot_pairs = list(itertools.combinations(range(n + 1), 2))
    sizes = [q ** (2 * n - 1 - k1 - k2) for k1, k2 in pivot_pairs]
    first_line = dict(zip(pivot_pairs, itertools.accumulate(sizes, initial=0), strict=False))
    blocks = np.empty(((q**n - 1) // (q - 1), len(points)), dtype=np.int64)
    first_point = 0
    for pivot in range(n + 1):
        count = q ** (n - pivot)
        here = np.flatnonzero((first_point <= points) & (points < first_point + count))
        x = _vectors(q, n + 1, pivot, range(pivot + 1, n + 1), points[here] - first_point)[:, None]
        row = 0
        for other in (*range(pivot), *range(pivot + 1, n + 1)):
            # one vector for each line through x: first non-zero coordinate 1 at ``other``, and 0 at ``pivot``
            y = _vectors(q, n + 1, other, [j for j in range(other + 1, n + 1) if j != pivot])[:, :, None]
            k1, k2 = min(pivot, other), max(pivot, other)
            upper, lower = (y, x) if other < pivot else (field_difference(x, field_product(x[other], y, q), q), y)
            free = [*(upper[j] for j in range(k1 + 1, n + 1) if j != k2), *lower[k2 + 1 :]]
            blocks[row : row + y.shape[1], here] = first_line[k1, k2] + _number(free, q)
            row += y.shape[1]
        first_point += count
    return blocks


def _vectors(q: int, size: int, pivot: int, places: Sequence[int], numbers: np.ndarray | None = None) -> np.ndarray:
    """Columns with 1 at ``pivot`` and the digits of ``numbers`` (by default, of all there are) at ``places``."""
    numbers = np.arange(q ** len(places)) if numbers is None else numbers
    vectors = np.zeros((size, len(numbers)), dtype=np.int64)
    vectors[pivot] = 1
    vectors[list(places)] = mixed_radix_digits(numbers, [q] * len(places))
    return vectors


def _number(digits: Iterable[np.ndarray], q: int) -> np.ndarray | int:
    return sum(digit * q**i for i, digit in enumerate(digits))


_BLOCKS: dict[str, Callable[..., np.ndarray]] = {
    "pairs": _pairs,
    "triples": _triples,
    "affine": _affine,
    "projective": _projective,
}
