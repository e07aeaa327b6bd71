"""What is verified and in which arithmetic: entries of ``E = scale B^T A - I``, and the k largest of chosen rows.

A block of rows meets the columns tile by tile, each product of tiles is reduced at once to the k largest entries of
its rows, and no array of shape (m, m) ever exists. Two arithmetics share that path:

- exact, where A and B are integer matrices up to one common factor each. Products and sums are taken in the
  narrowest dtype that holds them, which is floating point (and BLAS) below 2^24 or 2^53: there it does not round;
- rounded, for all other floats: products in float64 with a bound on the rounding error.

`_screen` bounds all rows in one pass that is faster still, and `_maximum` finds the rows that attain the maximum.
"""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from lincs._checks import InputError, _shown, check_choice, check_matrix, check_pair, check_sparsity
from lincs._numbers import Fraction, as_fraction, float_above
from lincs._rounding import UNIT
from lincs._work import cores, progress_bar

Result = TypeVar("Result")

#: Rows in a block, and entries of A (d times columns) in a tile. Fixed: results must not depend on the machine.
BLOCK_ROWS = 512
TILE_ENTRIES = 2**20

NOWHERE = np.empty(0, np.int64)


@dataclass(frozen=True)
class Witness:
    """A vector z of Z_k that attains an error: ``signs`` on ``support``, seen by the probe of ``row``.

    The entries of the support stand in decreasing order of ``|E[row, j]|``. To recheck, with z = to_vector(m)::

        abs(scale * B[:, row] @ (A @ z) - z[row])
    """

    row: int
    support: tuple[int, ...]
    signs: tuple[int, ...]

    def to_vector(self, m: int) -> np.ndarray:
        """The vector z itself, an int64 array of shape (m,) with entries -1, 0 and 1."""
        z = np.zeros(m, dtype=np.int64)
        z[list(self.support)] = self.signs
        return z


# ------------------------------------------------------------------------------------------------ what is computed


@dataclass(frozen=True)
class Rounding:
    """Entry (i, j) of ``scale B^T A``, as computed, is off by at most ``relative probes[i] columns[j] + tiny``."""

    relative: float  # times |factor|
    tiny: float
    probes: np.ndarray  # upper bounds on the norms of the columns of B / units[1]
    columns: np.ndarray  # and of A / units[0]
    longest: np.ndarray  # cumulative sums of the k largest of columns


@dataclass(frozen=True)
class Product:
    """``E = scale B^T A - I``, and how to compute it: ``one E = factor (B/units[1])^T (A/units[0]) - one I``."""

    A: np.ndarray
    B: np.ndarray
    k: int
    scale: Fraction
    senses: tuple[int, ...]  # 0 weighs entries by |x|; 1 and -1 by their positive and negative parts
    dtype: np.dtype  # of products
    sums: np.dtype  # of one * E and sums of its entries
    units: tuple[float, float]
    factor: Any
    one: Any
    most: Any  # no entry of the product in units, exact or computed, exceeds this in absolute value
    rounding: Rounding | None  # None: nothing rounds
    device: Any = None  # a `_device.Device` that multiplies, instead of BLAS

    @property
    def d(self) -> int:
        return self.A.shape[0]

    @property
    def m(self) -> int:
        return self.A.shape[1]

    @property
    def is_gram(self) -> bool:
        """Whether the product in units is A^T A, symmetric, so that half of it tells everything."""
        return self.B is self.A and self.units[0] == self.units[1]


def product_of(A: Any, B: Any, k: Any, scale: Any, features: str) -> Product:
    """The checked input and the arithmetic that suits it."""
    A, B = (check_pair(A, B)) if B is not None else (check_matrix(A),) * 2
    if B is not A and A.dtype == B.dtype and all(np.array_equal(A[:, tile], B[:, tile]) for tile in tiles(A)):
        B = A
    d, m = A.shape
    k = check_sparsity(k, m)
    senses = (0,) if check_choice(features, "features", ("signed", "binary")) == "signed" else (1, -1)
    scale = _check_scale(scale)
    largest_A, largest_B = _largest_magnitude(A), _largest_magnitude(B)
    if abs(scale) * d * k * largest_A * largest_B >= 2**1020:
        raise InputError(
            "entries of scale * B^T A may exceed 64-bit floats (d k max|A| max|B| is too large): rescale A or B"
        )
    units = _common_units(A, B)
    if units is not None:
        bound = max(int(d * (largest_A / Fraction(units[0])) * (largest_B / Fraction(units[1]))), 1)
        whole = scale * Fraction(units[0]) * Fraction(units[1])
        factor, one = whole.numerator, whole.denominator
        sums = _exact_dtype(max((abs(factor) * bound + one) * k, 2**24 + 1))  # float64 or wider
        return Product(A, B, k, scale, senses, _exact_dtype(bound), sums, units, factor, one, bound, None)
    for matrix, largest in ((A, largest_A), (B, largest_B)):
        if matrix.dtype.kind in "iu" and largest > 2**53:
            raise InputError(
                f"integers up to {largest} beside floats: 64-bit floats hold them up to 2^53; give both as integers"
            )
    double = np.dtype(np.float64)
    powers = (_power_of_two(largest_A), _power_of_two(largest_B))
    factor = scale * Fraction(powers[0]) * Fraction(powers[1])
    rounding = rounding_of(A, B, powers, factor, k, d)
    most = 1.01 * float(rounding.probes.max()) * float(rounding.columns.max())
    return Product(A, B, k, scale, senses, double, double, powers, float(factor), 1.0, most, rounding)


def _check_scale(scale: Any) -> Fraction:
    try:
        if isinstance(scale, (float, np.floating)):
            raise TypeError
        return as_fraction(scale)
    except (ValueError, TypeError, ZeroDivisionError):
        raise InputError(f"scale must be an integer or a Fraction, got {_shown(scale)}") from None


def _exact_dtype(bound: int) -> np.dtype:
    """The fastest dtype in which integers of absolute value at most ``bound`` are added without rounding."""
    if bound <= 2**24:
        return np.dtype(np.float32)
    if bound <= 2**53:
        return np.dtype(np.float64)
    return np.dtype(np.int64 if bound < 2**63 else object)


def _largest_magnitude(matrix: np.ndarray) -> Fraction:
    return max(abs(Fraction(matrix.max().item())), abs(Fraction(matrix.min().item())))


def _power_of_two(largest: Fraction) -> float:
    """A power of two to divide by, which does not round, that brings the largest entry near 1."""
    # 1 itself where that is near enough: then nothing needs to be copied
    return math.ldexp(1.0, math.frexp(largest)[1] - 1) if largest and not 2**-20 <= largest <= 2**20 else 1.0


class _Unit:
    """The largest number of which all entries seen so far are integer multiples: 1 for integers, unseen."""

    def __init__(self, matrix: np.ndarray) -> None:
        self.is_integer = matrix.dtype.kind in "iu"
        self.odd, self.exponent = (1, 0) if self.is_integer else (0, 1024)
        self.largest = float(_largest_magnitude(matrix)) if self.is_integer else 0.0

    def see(self, part: np.ndarray) -> None:
        x = np.abs(part.astype(np.float64)) if not self.is_integer else np.empty(0)
        x = x[x != 0]
        if not x.size:
            return
        fraction, exponents = np.frexp(x)
        integers = np.ldexp(fraction, 53).astype(np.int64)
        zeros = np.frexp((integers & -integers).astype(np.float64))[1] - 1
        self.odd = math.gcd(self.odd, int(np.gcd.reduce(integers >> zeros)))
        self.exponent = min(self.exponent, int((exponents - 53 + zeros).min()))
        self.largest = max(self.largest, float(x.max()))

    @property
    def value(self) -> float:
        return math.ldexp(self.odd, self.exponent) if self.odd else 1.0


def _common_units(A: np.ndarray, B: np.ndarray) -> tuple[float, float] | None:
    """The units of A and of B where products of the integers that they then are can be taken exactly, or else None."""
    units = (_Unit(A),) if B is A else (_Unit(A), _Unit(B))
    if not all(unit.is_integer for unit in units):  # products of integers are exact in Python at any size
        for columns in tiles(A, 64):  # narrow tiles: most matrices drop out at the first one
            for unit, matrix in zip(units, (A, B), strict=False):
                unit.see(matrix[:, columns])
            sizes = [unit.largest / unit.value for unit in units]
            if max(*sizes, A.shape[0] * sizes[0] * sizes[-1]) > 2**53:
                return None
    return units[0].value, units[-1].value


def rounding_of(
    A: np.ndarray, B: np.ndarray, units: tuple[float, float], factor: Fraction, k: int, terms: int
) -> Rounding:
    """Bounds for products in float64 of ``terms`` real terms each, once A and B are divided by their units."""
    columns = _norms_above(A, units[0])
    probes = columns if B is A and units[0] == units[1] else _norms_above(B, units[1])
    longest = np.cumsum(-np.sort(-columns)[:k])
    return Rounding(*_roundoff(terms, abs(factor), np.dtype(np.float64)), probes, columns, longest)


def squares_of_probes(product: Product) -> np.ndarray:
    """The squared norms of the columns of B / units[1], estimates."""
    parts = (tile_of(product.B, tile, product.units[1], np.dtype(np.float64)) for tile in tiles(product.B))
    return np.concatenate([np.einsum("ij,ij->j", part, part) for part in parts])


def rounding_in(dtype: np.dtype, product: Product) -> Rounding:
    """Bounds for the same product where the entries of A and B are rounded to ``dtype`` first, and multiplied in it."""
    assert product.rounding is not None
    relative, tiny = _roundoff(product.d, abs(Fraction(product.factor)), dtype)
    return replace(product.rounding, relative=relative, tiny=tiny)


def _roundoff(terms: int, size: Fraction, dtype: np.dtype) -> tuple[float, float]:
    """``relative`` and ``tiny`` of a Rounding for inner products of real terms, times ``size``."""
    # |fl(b.a) - b.a| <= gamma_n ||b|| ||a|| for any order of n additions, fused or not (8 to spare, of which two are
    # the entries' own where they are rounded to the dtype)
    roundoff = (terms + 8) * Fraction(float(np.finfo(dtype).eps)) / 2
    size_above = float_above(size)
    # underflow of entries (at most 2^20 after division), products, norms and of the factor; also if flushed to zero
    tiny = (terms + 8) * float(np.finfo(dtype).tiny) * 2.0**24 * (size_above + 1)
    return float_above(roundoff / (1 - roundoff)) * size_above, tiny


def common_square(A: np.ndarray) -> Fraction | None:
    """The squared length of the columns, where they are multiples of integer columns of one length."""
    if A.dtype.kind == "c":
        return None
    units = _common_units(A, A)
    if units is None:
        return None
    unit = units[0]
    dtype = _exact_dtype(A.shape[0] * int(_largest_magnitude(A) / Fraction(unit)) ** 2)
    squares = np.concatenate([(tile_of(A, tile, unit, dtype) ** 2).sum(axis=0) for tile in tiles(A)])
    return Fraction(unit) ** 2 * int(squares[0]) if (squares == squares[0]).all() else None


def scaled_columns(block: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """``(x, e, s)``: block = x 2^e with columns of x below 1 and at least 1/2 in maximum, s the sums of |x|^2.

    Scaled so that squares neither overflow nor, where they count, underflow. Zero columns stay zero.
    """
    if block.dtype.kind == "c":
        block = block.astype(np.complex128)
        parts = np.stack([block.real, block.imag])
    else:
        parts = block.astype(np.float64)[None]
    exponent = np.frexp(np.abs(parts).max(axis=(0, 1)))[1]
    parts = np.ldexp(parts, -exponent)
    squares = np.einsum("pij,pij->j", parts, parts)
    return (parts[0] + 1j * parts[1] if len(parts) == 2 else parts[0]), exponent, squares


def _norms_above(matrix: np.ndarray, unit: float) -> np.ndarray:
    """Upper bounds on the 2-norms of the columns of ``matrix / unit``, unit a power of two; underflow aside."""
    shift = math.frexp(unit)[1] - 1

    def of(columns: slice, cancelled: threading.Event) -> np.ndarray:
        block = matrix[:, columns]
        exponent: Any = 0
        with np.errstate(over="ignore"):
            squares = np.einsum("ij,ij->j", block, block, dtype=np.float64) if block.dtype.kind == "f" else np.zeros(1)
        if not (squares.min() > 2.0**-900 and squares.max() < 2.0**1000):  # else nothing that counts left the range
            _, exponent, squares = scaled_columns(block)
        # conversion, squares, sum, root: at most (2 d + 8) roundings, each of 2^-53
        return np.ldexp(np.sqrt(squares) * (1 + (matrix.shape[0] + 8) * 2.0**-52), exponent - shift)

    with on_all_cores(of, tiles(matrix)) as norms:
        return np.concatenate(list(norms))


# ------------------------------------------------------------------------------------------------ streams of blocks


def tiles(matrix: np.ndarray, most: int = 2048) -> list[slice]:
    """The columns in consecutive slices, at most ``most`` of them and about TILE_ENTRIES entries in each."""
    d, m = matrix.shape
    width = max(64, min(most, TILE_ENTRIES // d))
    return [slice(first, min(first + width, m)) for first in range(0, m, width)]


def tile_of(matrix: np.ndarray, columns: Any, unit: float, dtype: np.dtype) -> np.ndarray:
    """Columns of ``matrix / unit`` rounded to the dtype, as BLAS can take them: a view where they are that already."""
    part = matrix[:, columns]
    order = "F" if abs(part.strides[0]) < abs(part.strides[1]) else "C"
    if unit == 1 and part.dtype == dtype and part.dtype.isnative and not isinstance(part, np.memmap):
        fast, slow = sorted(part.strides)
        if fast == part.itemsize and slow >= part.itemsize * min(part.shape):
            return part
    # columns at powers of two apart fall on each other in the caches
    rows, count = part.shape if order == "C" else part.shape[::-1]
    result = np.empty((rows, count + 16), dtype)[:, :count]
    result = result if order == "C" else result.T
    if unit == 1:
        np.copyto(result, part, casting="unsafe")
    else:
        np.divide(part, unit, out=result, dtype=np.float64, casting="unsafe")
    return result


def as_columns(rows: np.ndarray) -> Any:
    """Ascending indices as a slice where they have no gaps: a view of an array rather than a copy."""
    first, last = int(rows[0]), int(rows[-1])
    return slice(first, last + 1) if last - first + 1 == len(rows) else rows


def diagonal_of(product: Product, rows: np.ndarray, columns: slice) -> tuple[np.ndarray, np.ndarray]:
    """Where entries (i, i) are in a tile of these rows (ascending) and columns: indices into it."""
    if columns.stop <= rows[0] or columns.start > rows[-1]:
        return NOWHERE, NOWHERE
    first, last = np.searchsorted(rows, [columns.start, columns.stop])
    return np.arange(first, last), rows[first:last] - columns.start


def largest_of(
    product: Product, rows: np.ndarray, cancelled: threading.Event
) -> tuple[list[tuple[np.ndarray, np.ndarray]], np.ndarray]:
    """The k largest off-diagonal entries of some rows of B^T A: values and columns by sense, in no order.

    Also returns the diagonal entries of these rows, which ascend. All in ``product.dtype``, over ``product.units``.
    """
    probes = np.ascontiguousarray(tile_of(product.B, as_columns(rows), product.units[1], product.dtype).T)
    places: list[tuple[np.ndarray, np.ndarray]] = []
    diagonal = np.zeros(len(rows), np.abs(probes[:0]).dtype)
    for _ in product.senses:
        unused = np.full((len(rows), product.k), -1, np.int64)
        places.append((np.zeros(unused.shape, diagonal.dtype), unused))
    # senses are those of E; a negative factor turns them round
    turn = 1 if product.factor > 0 else -1
    for columns in tiles(product.A):
        if cancelled.is_set():
            raise CancelledError
        tile = probes @ tile_of(product.A, columns, product.units[0], product.dtype)
        if tile.dtype.kind == "c":
            tile = np.abs(tile)
        own = diagonal_of(product, rows, columns)
        diagonal[own[0]] = tile[own]
        tile[own] = 0  # nothing of weight 0 takes a place
        for sense, (values, where) in zip(product.senses, places, strict=True):
            _keep_largest(tile, columns.start, turn * sense, values, where)
    return places, diagonal


def _keep_largest(tile: np.ndarray, first_column: int, sense: int, values: np.ndarray, columns: np.ndarray) -> None:
    if tile.dtype.kind != "O":
        from lincs._kernels import keep_largest

        keep_largest(tile, first_column, sense, values, columns)
        return
    k = values.shape[1]
    all_values = np.concatenate([values, tile], axis=1)
    new_columns = np.broadcast_to(np.arange(first_column, first_column + tile.shape[1]), tile.shape)
    all_columns = np.concatenate([columns, new_columns], axis=1)
    order = np.argsort(-_weights(all_values, sense), axis=1, kind="stable")[:, :k]
    values[:] = np.take_along_axis(all_values, order, axis=1)
    columns[:] = np.take_along_axis(all_columns, order, axis=1)


def _weights(entries: np.ndarray, sense: int) -> np.ndarray:
    return np.abs(entries) if sense == 0 else np.maximum(sense * entries, 0)


def to_sums(product: Product, values: np.ndarray) -> np.ndarray:
    if product.sums.kind == "O" and values.dtype.kind == "f":
        values = values.astype(np.int64)  # objects of type float would round
    return values.astype(product.sums)


def largest_entries(product: Product, rows: np.ndarray, cancelled: threading.Event) -> tuple[np.ndarray, np.ndarray]:
    """The k largest entries of some rows of ``one * E`` and their columns, both of shape (senses, rows, k).

    In decreasing order of weight, the lowest column first; entry 0 and column -1 where no weight is left.
    """
    return ranked(product, rows, *largest_of(product, rows, cancelled))


def ranked(
    product: Product, rows: np.ndarray, places: list[tuple[np.ndarray, np.ndarray]], diagonal: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What `largest_entries` returns, from what `largest_of` does."""
    entries, columns = [], []
    diagonal = (product.factor * to_sums(product, diagonal) - product.one)[:, None]
    for sense, (values, where) in zip(product.senses, places, strict=True):
        all_entries = np.concatenate([product.factor * to_sums(product, values), diagonal], axis=1)
        all_columns = np.concatenate([where, rows[:, None]], axis=1)
        by_column = np.argsort(all_columns, axis=1)
        all_entries = np.take_along_axis(all_entries, by_column, axis=1)
        all_columns = np.take_along_axis(all_columns, by_column, axis=1)
        weights = _weights(all_entries, sense)
        order = np.argsort(-weights, axis=1, kind="stable")[:, : product.k]
        none_left = np.take_along_axis(weights, order, axis=1) == 0
        entries.append(np.where(none_left, 0, np.take_along_axis(all_entries, order, axis=1)))
        columns.append(np.where(none_left, -1, np.take_along_axis(all_columns, order, axis=1)))
    return np.stack(entries), np.stack(columns)


def sums_of(entries: np.ndarray) -> np.ndarray:
    """Cumulative weights, of shape (senses, rows, k)."""
    return np.cumsum(np.abs(entries), axis=2)


def enclose(rounding: Rounding | None, rows: np.ndarray, sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bounds on ``one ||E_i||_(n)``, n = 1..k, for these rows with these computed sums."""
    if rounding is None:
        return sums, sums
    counts = np.arange(1, sums.shape[1] + 1)
    probes = rounding.relative * rounding.probes[rows, None]
    # Computed entries differ from those of E by: the product, underflow, and four roundings relative to the entry or,
    # on the diagonal, to 1: the factor, its product, and the difference. The n - 1 sums add theirs. The proof is
    # proofs/rounding_enclosure.md.
    slack = probes * rounding.longest + counts * rounding.tiny + (counts + 8) * UNIT * (sums + 1)
    slack *= 1 + 2.0**-20  # roundings of this line and the norms' sums: far fewer than 2^30
    return np.maximum(np.nextafter(sums - slack, -np.inf), 0), np.nextafter(sums + slack, np.inf)


def value_of(product: Product, number: Any) -> Fraction | float:
    """``number / one``: exact where the arithmetic is, and ``one`` is 1 where it is not."""
    return float(number) if product.rounding is not None else Fraction(int(number), product.one)


def row_blocks(product: Product) -> list[np.ndarray]:
    """All rows in consecutive blocks."""
    return [np.arange(start, min(start + BLOCK_ROWS, product.m)) for start in range(0, product.m, BLOCK_ROWS)]


def over_blocks(
    product: Product,
    work: Callable[[Product, np.ndarray, threading.Event], Result],
    progress: bool,
    blocks: Sequence[np.ndarray] | None = None,
) -> Iterator[tuple[np.ndarray, Result]]:
    """``(rows, work(product, rows, cancelled))`` for blocks of rows (by default all rows), in order, on all cores."""
    blocks = row_blocks(product) if blocks is None else blocks
    with (
        on_all_cores(lambda rows, cancelled: work(product, rows, cancelled), blocks) as results,
        progress_bar(progress, sum(map(len, blocks)), "worst-case error", "row") as advance,
    ):
        for rows, result in zip(blocks, results, strict=True):
            advance(len(rows))
            yield rows, result


@contextlib.contextmanager
def on_all_cores(
    work: Callable[[Any, threading.Event], Result], tasks: Sequence[Any], most: int | None = None
) -> Iterator[Iterator[Result]]:
    """The results of ``work(task, cancelled)``, in the order of the tasks, by threads that end with the block.

    As many threads as there are cores, or tasks, or ``most``; each has one thread of BLAS, so that results depend on
    the shapes of what is multiplied alone.
    """
    from threadpoolctl import threadpool_limits

    cancelled = threading.Event()
    workers = max(1, min(len(tasks), cores(), most or len(tasks)))
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(workers) as pool:
        try:
            yield pool.map(lambda task: work(task, cancelled), tasks)
        finally:
            cancelled.set()
            pool.shutdown(cancel_futures=True)
