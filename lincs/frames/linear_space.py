"""Frames of partial linear spaces: a matrix of signs for each point, a simplex for each line."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from heapq import heapify, heappop, heapreplace

import numpy as np

from lincs._checks import InputError, check_integer
from lincs._numbers import Fraction, next_prime_power, prime_power
from lincs.frames._base import Frame, smallest_integer_dtype
from lincs.frames._fields import field_difference, field_product
from lincs.frames.hadamard import Filling, filling

#: Largest number of lines through a point, of points of a simplex, of points in a group, and of points.
LARGEST_R, LARGEST_SIMPLEX, LARGEST_ORDER, LARGEST_POINTS = 2**16, 2**12, 2**32 - 1, 2**62

#: Numbers of points of a simplex that are tried; larger ones save little more than these.
SIMPLICES = (0, *range(3, 11), 12, 16, 24, 32, 64)

#: Up to so many points in a group are tried, and prime powers; beyond so many lines through a point only few.
ALL_ORDERS, MANY_LINES = 96, 256


def linear_space(points: int, lines: int, design: str = "-", simplex: int = 0) -> Frame:
    """Integer vectors from points and lines: the entries of a matrix of signs on the lines through a point.

    In a partial linear space two points lie on at most one common line; here every point lies on r lines. Let S be a
    matrix of order r, or nearly, with columns that are orthogonal or nearly so (`lincs.frames.hadamard.filling`). The
    vector of a point and a column of S has the entries of that column on the r lines through the point, and 0
    elsewhere: d is the number of lines, m = points * columns, and the coherence is 1/r (1/(r - 3/4) for r = 2 mod 4).

    With ``simplex`` = c the points of a line have vertices of regular simplices in place of the number 1, c points to
    a simplex and those that are left over a coordinate each: a line of l points takes l - floor(l/c) coordinates, and
    the coherence falls to 1/(r (c - 1)) (1/((r - 1)(c - 1)) for r = 2 mod 4).

    Parameters
    ----------
    points : int
        Number v of points.
    lines : int
        Number r of lines through each point, for which there is a matrix S.
    design : str
        How points and lines are made, in the order of this recursion. "s/a": the points are pairs (x, y) of a group x
        and y = 0..s-1, the last group may be smaller; a line of the first a directions is the set of points (x, y)
        with y - b x = t for a direction b and some t, in a product of fields of order s; then, if a < r, come the lines
        within the groups of s points, and those within the smaller one. "-": points have no more common lines, or if
        simplex = 0 and r >= v - 1 two points have one and r - v + 1 lines go through one point each. Where one more
        line is needed, it goes through all points, and there is nothing to be said.
    simplex : int
        0, or c >= 3.

    Returns
    -------
    Frame
        Integer; column ``h + n x`` belongs to the point x and column h of S, n the number of columns of S.

    Notes
    -----
    **Guarantee**: coherence exact where it says so, else a bound. **Cost** of columns: O(d) each.
    Sources: [FMT12] for Steiner systems, [MacNeish22] for the groups.

    Examples
    --------
    >>> frame = linear_space(16, 5, "4/4")  # the affine plane of order 4
    >>> frame.d, frame.m, frame.coherence_squared
    (20, 64, Fraction(1, 25))
    >>> linear_space(9, 4, "3/3", simplex=3).d  # 12 lines of 3 points
    24
    """
    v = check_integer(points, "points", 1, LARGEST_POINTS)
    r = check_integer(lines, "lines", 1, LARGEST_R)
    c = check_integer(simplex, "simplex", 0, LARGEST_SIMPLEX)
    if c in (1, 2):
        raise InputError(f"simplex must be 0 or at least 3, got {c}")
    sign_matrix = filling(r, is_orthogonal=c > 0)
    if sign_matrix is None:
        raise InputError(f"no matrix of signs is made here for lines = {r}{' and simplices' if c else ''}")
    parts = iter(design.split() if r > 1 else ())
    space = _read(v, r, c, parts)
    if (rest := next(parts, None)) is not None:
        raise InputError(f"design has more parts than are needed, from {rest} on")
    weight = max(1, c - 1)
    is_attained = space.longest >= c if c else space.longest > 1 or not sign_matrix.is_orthogonal
    return Frame(
        family="linear_space",
        params={"points": v, "lines": r, "design": design, "simplex": c},
        d=space.size,
        m=v * sign_matrix.count,
        coherence_squared=Fraction(sign_matrix.bound, sign_matrix.diagonal * weight) ** 2,
        coherence_is_exact=is_attained,
        diagonal=sign_matrix.diagonal * weight,
        is_integer=True,
        theorem="Two points have at most one common line, where a sign meets a sign, and two columns of the matrix of "
        "signs have at most the same inner product.",
        sources=("FMT12", "MacNeish22"),
        _columns=partial(_vectors, space, sign_matrix, False),
        _probes=partial(_vectors, space, sign_matrix, True) if c else None,
    )


# --- partial linear spaces ---

Lines = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Space:
    """v points on r lines each, by the recursion of `linear_space`, and the coordinates that the lines take.

    ``kind`` is "line" (r = 1, all points on one), "pairs" (any two points on one), "points" (no two), or "groups" with
    s points in all but the last group, ``directions``, and the spaces within the groups and in the last one.
    """

    v: int
    r: int
    c: int
    kind: str
    s: int = 0
    directions: int = 0
    full: Space | None = None
    last: Space | None = None

    @property
    def within(self) -> tuple[Space, ...]:
        """The spaces within the groups."""
        return (self.full, self.last) if self.full and self.last else ()

    @cached_property
    def size(self) -> int:
        """Coordinates of all lines."""
        if self.kind == "line":
            return line_size(self.v, self.c)
        if self.kind != "groups":
            return self.v * self.r - (self.v * (self.v - 1) // 2 if self.kind == "pairs" else 0)
        inner = sum(count * space.size for count, space in zip((self.v // self.s, 1), self.within, strict=True))
        return _lines_size(self.v, self.s, self.directions, self.c) + inner

    @cached_property
    def longest(self) -> int:
        """Points on the longest line."""
        if self.kind != "groups":
            return {"line": self.v, "pairs": min(self.v, 2), "points": 1}[self.kind]
        return max(-(-self.v // self.s), *(space.longest for space in self.within))

    def through(self, x: np.ndarray) -> Lines:
        """For each of the r lines through each point: its first coordinate, the point's place on it, its length."""
        if self.kind == "groups":
            return self._through_groups(x)
        one = np.ones((self.r, len(x)), dtype=np.int64)
        if self.kind == "line":
            return 0 * one, one * x, self.v * one
        if self.kind == "points":
            return np.arange(self.r)[:, None] + self.r * x, 0 * one, one
        alone = self.r - self.v + 1
        number = self.v * (self.v - 1) // 2 + np.arange(alone)[:, None] + alone * x
        others = np.arange(self.v - 1)[:, None]
        first = np.concatenate([pair_number(x, others + (others >= x)), number])
        is_shared = np.arange(self.r)[:, None] < self.v - 1
        return first, (is_shared & (np.arange(self.r)[:, None] < x)).astype(np.int64), one + is_shared

    def _through_groups(self, x: np.ndarray) -> Lines:
        s, k, c = self.s, self.v // self.s, self.c
        u = self.v % s
        group, y = np.divmod(x, s)
        b = np.arange(self.directions)[:, None]
        # a group beyond the elements that there are has its points on all lines of one direction each; otherwise the
        # smaller group has the element 0, so that the lines t < u have one point more
        is_beyond = group >= smallest_factor(s)
        is_by_direction = u > 0 and k == smallest_factor(s)
        shift = int(u > 0 and not is_by_direction)
        element = np.where(is_beyond, 0, (group + shift) % (k + shift))
        slope, t = np.where(is_beyond, y, b), np.where(is_beyond, b, _intercept(y, b, element, s))
        short, long = line_size(k, c), line_size(k + 1, c)
        number = slope * s + t
        if is_by_direction:
            is_long = slope < u
            longer = np.minimum(number, u * s)
        else:
            is_long = t < u
            longer = slope * u + np.minimum(t, u)
        first = number * short + longer * (long - short)
        parts = [(first, np.broadcast_to(group, first.shape), k + is_long)]
        inner = np.zeros((3, self.r - self.directions, len(x)), dtype=np.int64)
        start = _lines_size(self.v, s, self.directions, c)
        for space, here in zip(self.within, (group < k, group == k), strict=True):
            inner[:, :, here] = space.through(y[here])
            inner[0][:, here] += start + group[here] % k * space.size
            start += k * space.size
        parts.append((inner[0], inner[1], inner[2]))
        first, place, length = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        return first, place, length


def line_size(length: int, c: int) -> int:
    """Coordinates of a line with so many points."""
    return length - length // c if c else min(length, 1)


def _lines_size(v: int, s: int, directions: int, c: int) -> int:
    """Coordinates of the lines that meet every group: of each direction v mod s with one point more than the others."""
    k, u = divmod(v, s)
    return directions * (u * line_size(k + 1, c) + (s - u) * line_size(k, c))


def _read(v: int, r: int, c: int, parts: Iterator[str]) -> Space:
    """The space that the next parts of a design describe."""
    if r <= 1 or v == 0:
        return Space(v, r, c, "line" if r and v else "points")
    part = next(parts, None)
    if part == "-":
        return Space(v, r, c, "pairs" if c == 0 and v - 1 <= r else "points")
    s, slash, a = (part or "nothing more").partition("/")
    if not (slash and s.isdecimal() and a.isdecimal()):
        raise InputError(f"design must consist of parts s/a and -, one for each space in it, got {s}{slash}{a}")
    order, directions = int(s), int(a)
    check_integer(order, "s in design", 1, min(v, LARGEST_ORDER))
    check_integer(directions, "a in design", 1, min(r, order))
    if not _has_room(v, order, directions):
        raise InputError(f"{v} points make {-(-v // order)} groups of {order}, more than is possible in design")
    full, last = (_read(n, r - directions, c, parts) for n in (order, v % order))
    return Space(v, r, c, "groups", order, directions, full, last)


def _has_room(v: int, s: int, directions: int) -> bool:
    """Whether so many groups have one element each whose differences are units, or one more for all s directions."""
    return -(-v // s) <= smallest_factor(s) + (directions == s)


@lru_cache(2**16)
def _factors(s: int) -> tuple[int, ...]:
    import flint

    return tuple(sorted(int(p) ** int(e) for p, e in flint.fmpz(s).factor()))


def smallest_factor(s: int) -> int:
    """The least of the prime powers of which s is the product; for s = 1, where all differences are units, no limit."""
    return _factors(s)[0] if s > 1 else LARGEST_ORDER


def _intercept(y: np.ndarray, b: np.ndarray, element: np.ndarray, s: int) -> np.ndarray:
    """y - b x in the product of fields of order s, where x has the same number ``element`` in each of them."""
    t, weight = np.zeros(1, dtype=np.int64), 1
    for q in _factors(s):
        t = t + weight * field_difference(y // weight % q, field_product(b // weight % q, element, q), q)
        weight *= q
    return t


# --- vectors ---


def filled(first: np.ndarray, signs: Filling, h: np.ndarray, size: int) -> np.ndarray:
    """Columns h of a matrix of signs on the coordinates ``first``, (r, count), of points: an array (size, count)."""
    vectors = np.zeros((size, len(h)), dtype=smallest_integer_dtype(signs.diagonal))
    vectors[first, np.arange(len(h))] = signs.columns(h)
    return vectors


def _vectors(space: Space, signs: Filling, are_probes: bool, indices: np.ndarray) -> np.ndarray:
    """The raw columns, or probes where lines carry simplices: an array of shape (d, count)."""
    points, h = (part.astype(np.int64) for part in (indices // signs.count, indices % signs.count))
    first, place, length = space.through(points)
    c = space.c
    if c == 0:
        return filled(first, signs, h, space.size)
    # [I, -1] and c I - J without its last row for the points of a simplex, I and (c - 1) I for those that are left;
    # products of a probe and a column sum up to less than 2c on a line
    vectors = np.zeros((space.size, len(indices)), dtype=smallest_integer_dtype(2 * c * space.r))
    entries = signs.columns(h)
    block, vertex = np.divmod(place, c)
    is_left = block == length // c
    start = first + block * (c - 1)
    for coordinate in range(c - 1):
        is_here = vertex == coordinate
        if are_probes:
            value = np.where(is_left, (c - 1) * is_here, c * is_here - 1)
        else:
            value = is_here.astype(np.int64) - (~is_left & (vertex == c - 1))
        line, column = np.nonzero(value)
        vectors[start[line, column] + coordinate, column] = (value * entries)[line, column]
    return vectors


def pair_number(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The number of the pair {x, y}, x != y, among all pairs in the order of their larger elements."""
    low, high = np.minimum(x, y), np.maximum(x, y)
    return high * (high - 1) // 2 + low


# --- the selector ---


def linear_space_for(m: int, delta: Fraction) -> Frame | None:
    """The frame of least dimension, of those that are tried, with room for m features and an error below delta.

    None where it has m dimensions or more, as the identity has. Whether a design is tried does not depend on m and
    delta, so that harder questions have no smaller answers.
    """
    limit = min(delta, Fraction(1, 2))
    limit /= 1 - limit  # what the coherence must be below
    best = (m, 0, 0, 0)  # d, v, r, c
    heap = []
    for c in SIMPLICES:
        # the coherence is at least 1/(r (c - 1)), and there are at most r + 1 features to a point
        r = _next_order(max(math.floor(1 / limit / max(1, c - 1)), m // LARGEST_POINTS - 1, 1), c)
        if r <= (MANY_LINES if c else LARGEST_R):
            heap.append((_least_dimension(m, r, c), r, c))
    heapify(heap)
    while heap and heap[0][0] < best[0]:
        _, r, c = heap[0]
        signs = filling(r, is_orthogonal=c > 0)
        v = -(-m // signs.count) if signs else 0
        if signs and v <= LARGEST_POINTS and Fraction(signs.bound, signs.diagonal * max(1, c - 1)) < limit:
            best = min(best, (_cheapest(v, r, c)[0], v, r, c))
        r = _next_order(r + 1, c)
        if r <= (MANY_LINES if c else LARGEST_R):
            heapreplace(heap, (_least_dimension(m, r, c), r, c))
        else:
            heappop(heap)
    _, v, r, c = best
    return linear_space(v, r, _cheapest(v, r, c)[1] or "-", c) if v else None


def _least_dimension(m: int, r: int, c: int) -> int:
    """A number that no frame with r lines through a point goes below; it grows with m and r."""
    return _least_size(Fraction(m, r if c else r + 1), r, c)


def _least_size(v: int | Fraction, r: int, c: int) -> int:
    """A number that the size of no space of v points goes below that has a design here; v may be any number.

    A point is in at most (v - 1)/(c - 1) simplices of c points. For c points on lines through several groups there must
    be c groups, of c - 1 or more points; so up to (c - 1)^2 points one line through all is as good as any design. The
    squares of the lengths of all b lines, whose sum is v r, have the sum v (v - 1) + v r or less; and v r (r - 1)
    ordered pairs of lines have a point in common, each pair at most one.
    """
    if v <= 0 or r == 0:
        return 0
    if c:
        most = min(r, (v - 1) // (c - 1)) if v > (c - 1) ** 2 else 1
        return math.ceil(v * r) - math.floor(v * most / c)
    return max(math.ceil(v * r * r / (v + r - 1)), math.isqrt(math.ceil(v * r * (r - 1))))


@lru_cache(2**16)
def _cheapest(v: int, r: int, c: int) -> tuple[int, str]:
    """The least size of a space with groups of the orders that are tried, and its design."""
    if r == 0 or v == 0:
        return 0, ""
    if r == 1:
        return line_size(v, c), ""
    if c == 0 and v - 1 <= r:
        return v * r - v * (v - 1) // 2, "-"
    best = (v * r, "-")
    if v <= LARGEST_ORDER:  # one line through all
        best = min(best, (v * (r - 1) + line_size(v, c), "1/1 -" if r > 2 else "1/1"))
    if best[0] <= _least_size(v, r, c):
        return best
    candidates = []
    for s, a in _groups(v, r, c):
        k, u = divmod(v, s)
        lines, inner = _lines_size(v, s, a, c), r - a
        least = lines + k * _least_size(s, inner, c) + _least_size(u, inner, c)
        candidates.append((least, s, a, lines))
    for least, s, a, lines in sorted(candidates):
        if least >= best[0]:
            break
        k, u = divmod(v, s)
        full, last = _cheapest(s, r - a, c), _cheapest(u, r - a, c)
        design = " ".join(part for part in (f"{s}/{a}", full[1], last[1]) if part)
        best = min(best, (lines + k * full[0] + last[0], design))
    return best


def _groups(v: int, r: int, c: int) -> Iterator[tuple[int, int]]:
    """The orders and numbers of directions that are tried."""
    least = math.isqrt(v)  # v <= s (s + 1)
    if c == 0 and least >= r - 1:
        s = least
        while s * smallest_factor(s) < v:
            s += 1
        some = sorted({s, r - 1, r} - {0, 1})
    else:
        orders = _orders(r)
        some = orders[bisect_left(orders, max(2, least)) : bisect_left(orders, v)]
    for s in some:
        for a in {min(s, r), r - 1} if s >= r else {s}:
            if _has_room(v, s, a):
                yield s, a


@lru_cache(2**12)
def _orders(r: int) -> list[int]:
    """Numbers of points in a group: small ones and prime powers; for many lines those near r (k - 1)/k, k small."""
    if r > MANY_LINES:
        orders = {r * (k - 1) // k for k in range(2, 9)}
        return sorted({_previous_prime_power(s) for s in orders} | {next_prime_power(r - 1)})
    return [s for s in range(2, 2 * MANY_LINES) if s <= ALL_ORDERS or prime_power(s)]


def _previous_prime_power(n: int) -> int:
    while not prime_power(n):
        n -= 1
    return n


def _next_order(r: int, c: int) -> int:
    """The least number of lines through a point that is tried, at least r: in [n, 2n] about 128, for simplices 32."""
    step = 2 ** max(0, r.bit_length() - (6 if c else 8))
    return -(-r // step) * step
