"""The engine of `lincs.accessibility`: entries of ``E = scale B^T A - I`` by blocks of rows, and the largest of them.

Rows are streamed: a block of rows meets the columns tile by tile, each product of tiles is reduced at once to the k
largest entries of its rows, and no array of shape (m, m) ever exists. Two arithmetics share that path:

- exact, where A and B are integer matrices up to one common factor each. Products and sums are taken in the
  narrowest dtype that holds them, which is floating point (and BLAS) below 2^24 or 2^53: there it does not round;
- rounded, for all other floats: products in float64 with a bound on the rounding error, after which the few
  rows that may attain the maximum are evaluated again in integers of unlimited size.
"""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass
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

#: In rounded arithmetic, at most so many rows are evaluated again for one k, and so many products spent on it.
MOST_CONTENDERS = 1024
MOST_EXACT_PRODUCTS = 2**24


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
    """Bounds on rounding errors: entry (i, j) of ``scale B^T A`` is off by at most ``probes[i] columns[j] + tiny``."""

    probes: np.ndarray
    columns: np.ndarray
    longest: np.ndarray  # cumulative sums of the k largest of columns
    tiny: float


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
    rounding: Rounding | None  # None: nothing rounds

    @property
    def d(self) -> int:
        return self.A.shape[0]

    @property
    def m(self) -> int:
        return self.A.shape[1]


def product_of(A: Any, B: Any, k: Any, scale: Any, features: str) -> Product:
    """The checked input and the arithmetic that suits it."""
    A, B = (check_pair(A, B)) if B is not None else (check_matrix(A),) * 2
    d, m = A.shape
    k = check_sparsity(k, m)
    senses = (0,) if check_choice(features, "features", ("signed", "binary")) == "signed" else (1, -1)
    scale = _check_scale(scale)
    largest_A, largest_B = _largest_magnitude(A), _largest_magnitude(B)
    if abs(scale) * d * k * largest_A * largest_B >= 2**1020:
        raise InputError(
            "entries of scale * B^T A may exceed 64-bit floats (d k max|A| max|B| is too large): rescale A or B"
        )
    unit_A = _common_unit(A)
    unit_B = unit_A if B is A or unit_A is None else _common_unit(B)
    if unit_A is not None and unit_B is not None:
        bound = max(int(d * (largest_A / Fraction(unit_A)) * (largest_B / Fraction(unit_B))), 1)
        if bound <= 2**53 or (A.dtype.kind in "iu" and B.dtype.kind in "iu"):
            whole = scale * Fraction(unit_A) * Fraction(unit_B)
            factor, one = whole.numerator, whole.denominator
            sums = _exact_dtype(max((abs(factor) * bound + one) * k, 2**24 + 1))  # float64 or wider
            return Product(A, B, k, scale, senses, _exact_dtype(bound), sums, (unit_A, unit_B), factor, one, None)
    for matrix, largest in ((A, largest_A), (B, largest_B)):
        if matrix.dtype.kind in "iu" and largest > 2**53:
            raise InputError(
                f"integers up to {largest} beside floats: 64-bit floats hold them up to 2^53; give both as integers"
            )
    double = np.dtype(np.float64)
    powers = (_power_of_two(largest_A), _power_of_two(largest_B))
    factor = scale * Fraction(powers[0]) * Fraction(powers[1])
    rounding = rounding_of(A, B, powers, factor, k, d)
    return Product(A, B, k, scale, senses, double, double, powers, float(factor), 1.0, rounding)


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
    """The power of two p with p <= largest < 2 p (1 for largest = 0): to divide by it does not round."""
    return math.ldexp(1.0, math.frexp(largest)[1] - 1) if largest else 1.0


def _common_unit(matrix: np.ndarray) -> float | None:
    """The largest number of which all entries are integer multiples, none beyond 2^53; None if there is none.

    1 for integers, without looking at them.
    """
    if matrix.dtype.kind in "iu":
        return 1.0
    odd, exponent, largest = 0, 1024, 0.0
    for columns in tiles(matrix, 64):  # narrow tiles: most matrices drop out at the first one
        x = np.abs(matrix[:, columns].astype(np.float64))
        x = x[x != 0]
        if not x.size:
            continue
        fraction, exponents = np.frexp(x)
        integers = np.ldexp(fraction, 53).astype(np.int64)
        zeros = np.frexp((integers & -integers).astype(np.float64))[1] - 1
        odd = math.gcd(odd, int(np.gcd.reduce(integers >> zeros)))
        exponent = min(exponent, int((exponents - 53 + zeros).min()))
        largest = max(largest, float(x.max()))
        if largest / math.ldexp(odd, exponent) > 2**53:
            return None
    return math.ldexp(odd, exponent) if odd else 1.0


def rounding_of(
    A: np.ndarray, B: np.ndarray, units: tuple[float, float], factor: Fraction, k: int, terms: int
) -> Rounding:
    """Bounds for products of ``terms`` real terms each, once A and B are divided by their units."""
    # |fl(b.a) - b.a| <= gamma_n ||b|| ||a|| for any order of n additions, fused or not (8 to spare)
    roundoff = Fraction(terms + 8, 2**53)
    gamma = float_above(roundoff / (1 - roundoff))
    size = float_above(abs(factor))
    columns = _norms_above(A, units[0])
    probes = columns if B is A and units[0] == units[1] else _norms_above(B, units[1])
    return Rounding(
        probes * gamma * size,
        columns,
        np.cumsum(-np.sort(-columns)[:k]),
        # underflow of entries (below 2 after division), products, norms and of the factor; also if flushed to zero
        (terms + 8) * 2.0**-1018 * (size + 1),
    )


def common_square(A: np.ndarray) -> Fraction | None:
    """The squared length of the columns, where they are multiples of integer columns of one length."""
    if A.dtype.kind == "c":
        return None
    unit = _common_unit(A)
    if unit is None:
        return None
    dtype = _exact_dtype(A.shape[0] * int(_largest_magnitude(A) / Fraction(unit)) ** 2)
    squares = np.concatenate([(_tile(A, tile, unit, dtype) ** 2).sum(axis=0) for tile in tiles(A)])
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
    norms = np.empty(matrix.shape[1])
    for columns in tiles(matrix):
        _, exponent, squares = scaled_columns(matrix[:, columns])
        # conversion, squares, sum, root: at most (2 d + 8) roundings, each of 2^-53
        norms[columns] = np.ldexp(np.sqrt(squares) * (1 + (matrix.shape[0] + 8) * 2.0**-52), exponent - shift)
    return norms


# ------------------------------------------------------------------------------------------------ streams of blocks


def tiles(matrix: np.ndarray, most: int = 2048) -> list[slice]:
    """The columns in consecutive slices, at most ``most`` of them and about TILE_ENTRIES entries in each."""
    d, m = matrix.shape
    width = max(64, min(most, TILE_ENTRIES // d))
    return [slice(first, min(first + width, m)) for first in range(0, m, width)]


def _tile(matrix: np.ndarray, columns: Any, unit: float, dtype: np.dtype) -> np.ndarray:
    """Columns of ``matrix / unit`` in the given dtype, contiguous whatever the layout of the matrix."""
    part = matrix[:, columns]
    if unit != 1:
        part = part.astype(np.float64) / unit
    return np.ascontiguousarray(part, dtype)


def largest_of(
    product: Product, start: int, stop: int, cancelled: threading.Event
) -> tuple[list[tuple[np.ndarray, np.ndarray]], np.ndarray]:
    """The k largest off-diagonal entries of rows start..stop-1 of B^T A: values and columns by sense, in no order.

    Also returns the diagonal entries of these rows. All in ``product.dtype``, over ``product.units``.
    """
    probes = np.ascontiguousarray(_tile(product.B, slice(start, stop), product.units[1], product.dtype).T)
    places: list[tuple[np.ndarray, np.ndarray]] = []
    diagonal = np.zeros(stop - start, np.abs(probes[:0]).dtype)
    for _ in product.senses:
        unused = np.full((stop - start, product.k), -1, np.int64)
        places.append((np.zeros(unused.shape, diagonal.dtype), unused))
    # senses are those of E; a negative factor turns them round
    turn = 1 if product.factor > 0 else -1
    for columns in tiles(product.A):
        if cancelled.is_set():
            raise CancelledError
        tile = probes @ _tile(product.A, columns, product.units[0], product.dtype)
        if tile.dtype.kind == "c":
            tile = np.abs(tile)
        own = np.arange(max(start, columns.start), min(stop, columns.stop))
        diagonal[own - start] = tile[own - start, own - columns.start]
        tile[own - start, own - columns.start] = 0  # nothing of weight 0 takes a place
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


def largest_entries(
    product: Product, start: int, stop: int, cancelled: threading.Event
) -> tuple[np.ndarray, np.ndarray]:
    """The k largest entries of rows start..stop-1 of ``one * E`` and their columns, both of shape (senses, rows, k).

    In decreasing order of weight, the lowest column first; entry 0 and column -1 where no weight is left.
    """
    places, diagonal = largest_of(product, start, stop, cancelled)
    entries, columns = [], []
    own = np.arange(start, stop)[:, None]
    diagonal = (product.factor * to_sums(product, diagonal) - product.one)[:, None]
    for sense, (values, where) in zip(product.senses, places, strict=True):
        all_entries = np.concatenate([product.factor * to_sums(product, values), diagonal], axis=1)
        all_columns = np.concatenate([where, own], axis=1)
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


def enclose(product: Product, start: int, sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bounds on ``one ||E_i||_(n)``, n = 1..k, for the rows from ``start`` on with these computed sums."""
    rounding = product.rounding
    if rounding is None:
        return sums, sums
    counts = np.arange(1, sums.shape[1] + 1)
    probes = rounding.probes[start : start + len(sums), None]
    # Computed entries differ from those of E by: the product, underflow, and four roundings relative to the entry or,
    # on the diagonal, to 1: the factor, its product, and the difference. The n - 1 sums add theirs. The proof is
    # proofs/rounding_enclosure.md.
    slack = probes * rounding.longest + counts * rounding.tiny + (counts + 8) * UNIT * (sums + 1)
    slack *= 1 + 2.0**-20  # roundings of this line and the norms' sums: far fewer than 2^30
    return np.maximum(np.nextafter(sums - slack, -np.inf), 0), np.nextafter(sums + slack, np.inf)


def value_of(product: Product, number: Any) -> Fraction | float:
    """``number / one``: exact where the arithmetic is, and ``one`` is 1 where it is not."""
    return float(number) if product.rounding is not None else Fraction(int(number), product.one)


def over_blocks(
    product: Product, work: Callable[[Product, int, int, threading.Event], Result], progress: bool
) -> Iterator[tuple[int, Result]]:
    """``(start, work(product, start, stop, cancelled))`` for consecutive blocks of rows, in order, on all cores."""
    from threadpoolctl import threadpool_limits

    blocks = [(start, min(start + BLOCK_ROWS, product.m)) for start in range(0, product.m, BLOCK_ROWS)]
    workers = min(len(blocks), cores())
    cancelled = threading.Event()
    # one thread of BLAS a worker: its results then depend on the shapes alone
    with (
        threadpool_limits(1, user_api="blas"),
        progress_bar(progress, product.m, "worst-case error", "row") as advance,
        ThreadPoolExecutor(workers) as pool,
    ):
        try:
            jobs = pool.map(lambda block: work(product, block[0], block[1], cancelled), blocks)
            for (start, stop), result in zip(blocks, jobs, strict=True):
                advance(stop - start)
                yield start, result
        finally:
            cancelled.set()
            pool.shutdown(cancel_futures=True)


# --------------------------------------------------------------------------------------- the maximum over the rows


@dataclass(frozen=True)
class Contenders:
    """Where the maxima over the rows may lie, for each n = 1..k.

    ``upper`` and ``rows``, indexed by rank and n, are the rows with the largest upper bounds in decreasing order, as
    many as ``is_full`` says or all that matter. ``lower`` and ``lower_rows`` are the largest lower bounds.
    """

    upper: list[list[Any]]
    rows: list[list[int]]
    lower: list[Any]
    lower_rows: list[int]
    is_full: bool

    def to_evaluate(self, n: int) -> list[int]:
        """The row with the largest lower bound, and all others that may attain the maximum if they are known."""
        ranks = [rank for rank, upper in enumerate(self.upper) if upper[n] >= self.lower[n]]
        known = len(ranks) < len(self.upper) or not self.is_full
        return [self.lower_rows[n], *(self.rows[rank][n] for rank in ranks if known)]

    def open_bounds(self, n: int, settled: set[int]) -> list[Any]:
        """Upper bounds for all rows but the settled ones; what is not listed cannot attain the maximum."""
        bounds = [upper[n] for upper, rows in zip(self.upper, self.rows, strict=True) if rows[n] not in settled]
        return bounds + ([self.upper[-1][n]] if self.is_full else [])


def contenders_of(product: Product, progress: bool) -> Contenders:
    most = 1 if product.rounding is None else MOST_CONTENDERS + 1
    upper = np.empty((0, product.k), product.sums)
    rows = np.empty((0, product.k), np.int64)
    lower = np.full(product.k, -1).astype(product.sums)
    lower_rows = np.zeros(product.k, np.int64)
    for start, (entries, _) in over_blocks(product, largest_entries, progress):
        low, high = enclose(product, start, sums_of(entries).max(axis=0))
        first = low.argmax(axis=0)
        highest = np.take_along_axis(low, first[None], axis=0)[0]
        lower_rows = np.where(highest > lower, start + first, lower_rows)
        lower = np.maximum(highest, lower)
        near = np.flatnonzero((high >= lower).any(axis=1))
        upper = np.concatenate([upper, high[near]])
        rows = np.concatenate([rows, np.broadcast_to(start + near[:, None], (len(near), product.k))])
        # stable, and rows come in order: the lowest of equals stays first
        order = np.argsort(-upper, axis=0, kind="stable")[:most]
        upper, rows = np.take_along_axis(upper, order, axis=0), np.take_along_axis(rows, order, axis=0)
    return Contenders(
        [[value_of(product, x) for x in line] for line in upper],
        rows.tolist(),
        [value_of(product, x) for x in lower],
        lower_rows.tolist(),
        len(upper) == most,
    )


@dataclass(frozen=True)
class ExactRow:
    """Exact sums of the n largest entries, n = 1..k, of row ``index`` of E (of some n, unless ``is_complete``)."""

    index: int
    errors: list[Fraction]
    witness: Witness
    is_complete: bool


def evaluate(product: Product, contenders: Contenders) -> list[ExactRow]:
    """Exact rows, first the one that gives the witness, then other contenders as far as the work allows."""
    from threadpoolctl import threadpool_limits

    wanted = dict.fromkeys(contenders.to_evaluate(product.k - 1))
    if product.rounding is not None:
        for n in range(product.k - 1):
            wanted.update(dict.fromkeys(contenders.to_evaluate(n)))
    found: list[ExactRow] = []
    left = MOST_EXACT_PRODUCTS
    with threadpool_limits(1, user_api="blas"):
        for row, entries in _rows(product, list(wanted)):
            columns, is_complete = _columns_to_evaluate(product, row, entries), True
            if product.d * len(columns) > left:
                if found:
                    break
                columns, is_complete = _leading_columns(product, entries), product.rounding is None
            left -= product.d * len(columns)
            found.append(_exact_row(product, row, columns, is_complete))
    return found


def _rows(product: Product, rows: Sequence[int]) -> Iterator[tuple[int, np.ndarray]]:
    """Whole rows of ``one * E`` as computed, a few at a time."""
    for start in range(0, len(rows), 16):
        some = list(rows[start : start + 16])
        probes = np.ascontiguousarray(_tile(product.B, some, product.units[1], product.dtype).T)
        entries = np.empty((len(some), product.m), product.sums)
        for columns in tiles(product.A):
            tile = probes @ _tile(product.A, columns, product.units[0], product.dtype)
            entries[:, columns] = product.factor * to_sums(product, tile)
        entries[np.arange(len(some)), some] -= product.one
        yield from zip(some, entries, strict=True)


def _leading_columns(product: Product, entries: np.ndarray) -> np.ndarray:
    """The columns of the k largest computed entries."""
    leading = []
    for sense in product.senses:
        weights = _weights(entries, sense)
        order = np.argsort(-weights, kind="stable")[: product.k]
        leading.append(order if sense == 0 else order[weights[order] > 0])
    return np.unique(np.concatenate(leading))


def _columns_to_evaluate(product: Product, row: int, entries: np.ndarray) -> np.ndarray:
    """Columns that certainly contain the k largest entries of a row of E."""
    rounding = product.rounding
    if rounding is None:
        return _leading_columns(product, entries)
    slack = rounding.probes[row] * rounding.columns + rounding.tiny + 4 * UNIT * np.abs(entries)
    slack[row] += 4 * UNIT  # as in enclose
    slack *= 1 + 2.0**-20
    chosen = np.zeros(product.m, bool)
    for sense in product.senses:
        values = np.abs(entries) if sense == 0 else sense * entries
        certain = np.partition(values - slack, product.m - product.k)[product.m - product.k]
        # a binary z leaves out what is not positive
        chosen |= (values + slack >= certain) if sense == 0 else (values + slack >= max(certain, 0.0))
    return np.flatnonzero(chosen)


def _exact_row(product: Product, row: int, columns: np.ndarray, is_complete: bool) -> ExactRow:
    """The sums of the largest entries among these columns of a row of E, and the vector z that attains the k-th one."""
    numerators, denominator = _exact_entries(product, row, columns)
    best: list[int] = [0] * product.k
    witness = Witness(row, (), ())
    for sense in product.senses:
        weighed = (
            (abs(x) if sense == 0 else sense * x, j, x) for j, x in zip(columns.tolist(), numerators, strict=True)
        )
        ranked = sorted((-weight, j, x) for weight, j, x in weighed if sense == 0 or weight > 0)[: product.k]
        sums = list(itertools.accumulate(-minus_weight for minus_weight, _, _ in ranked))
        sums += [sums[-1] if sums else 0] * (product.k - len(sums))
        if sums[-1] > best[-1] or sense == 0:
            signs = tuple(1 if sense != 0 or x >= 0 else -1 for _, _, x in ranked)
            witness = Witness(row, tuple(j for _, j, _ in ranked), signs)
        best = list(map(max, best, sums))
    return ExactRow(row, [Fraction(x, denominator) for x in best], witness, is_complete)


def _exact_entries(product: Product, row: int, columns: np.ndarray) -> tuple[list[int], int]:
    """Entries of a row of E as integers over one denominator, without any rounding."""
    b, exponent_b = _as_integers(product.B[:, row])
    a, exponent_a = _as_integers(product.A[:, columns])
    shift = exponent_a + exponent_b
    factor = product.scale.numerator << max(shift, 0)
    denominator = product.scale.denominator << max(-shift, 0)
    dots = (b @ a).tolist()
    return [factor * dot - denominator * (j == row) for j, dot in zip(columns.tolist(), dots, strict=True)], denominator


def _as_integers(array: np.ndarray) -> tuple[np.ndarray, int]:
    """``(n, e)`` with array = n 2^e: n an array of Python integers."""
    if array.dtype.kind in "iu":
        return array.astype(object), 0
    bits = np.finfo(array.dtype).nmant + 1
    fraction, exponent = np.frexp(array.astype(np.float64))
    lowest = int(exponent[fraction != 0].min(initial=1024))
    integers = np.ldexp(fraction, bits).astype(np.int64).astype(object)
    return integers << np.maximum(exponent - lowest, 0).astype(object), lowest - bits
