"""The maximum over the rows: which of them may attain it, and their exact values.

The rows of a small sample give lower bounds on the maxima, and thresholds for a pass that bounds all rows from above
(`_screen`). Rows whose bounds exceed the best lower bound are evaluated in float64 or exact integers, which raises it,
until none is left; for most matrices these are a few dozen. Where the arithmetic rounds, the rows that may still attain
a maximum are then evaluated in integers of unlimited size.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from lincs._numbers import Fraction
from lincs._passes import Checkpoint, most_thresholds, tally_all
from lincs._products import (
    Product,
    Witness,
    _weights,
    enclose,
    largest_entries,
    largest_of,
    on_all_cores,
    over_blocks,
    ranked,
    squares_of_probes,
    sums_of,
    tile_of,
    tiles,
    to_sums,
    value_of,
)
from lincs._rounding import UNIT
from lincs._screen import Screen, Tally, diagonal, screens_of, tally_rows, upper_bounds
from lincs._work import Resources

Result = TypeVar("Result")

#: In rounded arithmetic, at most so many rows are evaluated again for one k, and so many products spent on it.
MOST_CONTENDERS = 1024
MOST_EXACT_PRODUCTS = 2**27

#: Bits of the integers that rows are multiplied in then, and how many of these an entry may take.
LIMB, MOST_LIMBS = 18, 12

#: Fewer rows than these, or than so many times k, are all evaluated.
FEWEST_ROWS, FEWEST_ROWS_PER_K = 1024, 8

#: Rows that give thresholds and the first lower bounds.
SAMPLE = 16


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
        """All rows that may attain the maximum, that with the largest lower bound first; none if they are not known."""
        ranks = [rank for rank, upper in enumerate(self.upper) if upper[n] >= self.lower[n]]
        known = len(ranks) < len(self.upper) or not self.is_full
        return [self.lower_rows[n], *(self.rows[rank][n] for rank in ranks)] if known else []

    def open_bounds(self, n: int, settled: set[int]) -> list[Any]:
        """Upper bounds for all rows but the settled ones; what is not listed cannot attain the maximum."""
        bounds = [upper[n] for upper, rows in zip(self.upper, self.rows, strict=True) if rows[n] not in settled]
        return bounds + ([self.upper[-1][n]] if self.is_full else [])


class _Search:
    """What is known of the maxima over the rows, for each n = 1..k.

    ``lower`` and ``lower_rows`` are the best lower bounds and the lowest rows with them; ``upper`` and ``rows`` the
    largest upper bounds of rows that may attain the maximum, by rank and n, the lowest row first among equals.
    """

    def __init__(self, product: Product) -> None:
        self.product = product
        self.most = 1 if product.rounding is None else MOST_CONTENDERS + 1
        self.lower = np.full(product.k, -1).astype(product.sums)
        self.lower_rows = np.zeros(product.k, np.int64)
        self.upper = np.empty((0, product.k), product.sums)
        self.rows = np.empty((0, product.k), np.int64)

    def add(self, rows: np.ndarray, entries: np.ndarray) -> None:
        """Rows (ascending) that were evaluated, with their k largest entries."""
        low, high = enclose(self.product.rounding, rows, sums_of(entries).max(axis=0))
        first = low.argmax(axis=0)
        highest = np.take_along_axis(low, first[None], axis=0)[0]
        better = (highest > self.lower) | ((highest == self.lower) & (rows[first] < self.lower_rows))
        self.lower_rows = np.where(better, rows[first], self.lower_rows)
        self.lower = np.maximum(highest, self.lower)
        self.offer(rows, high)

    def offer(self, rows: np.ndarray, high: np.ndarray) -> None:
        """Upper bounds on rows that are new."""
        near = np.flatnonzero((high >= self.lower).any(axis=1))
        upper = np.concatenate([self.upper, high[near]])
        rows = np.concatenate([self.rows, np.broadcast_to(rows[near, None], (len(near), self.product.k))])
        by_row = np.argsort(rows, axis=0)
        upper, rows = np.take_along_axis(upper, by_row, axis=0), np.take_along_axis(rows, by_row, axis=0)
        order = np.argsort(-upper, axis=0, kind="stable")[: self.most]
        self.upper, self.rows = np.take_along_axis(upper, order, axis=0), np.take_along_axis(rows, order, axis=0)

    def evaluate(self, rows: np.ndarray | None = None, progress: bool = False) -> None:
        """Evaluate some rows, or all of them."""
        blocks = None if rows is None else [rows[start : start + 32] for start in range(0, len(rows), 32)]
        for some, (entries, _) in over_blocks(self.product, largest_entries, progress, blocks):
            self.add(some, entries)

    def excess(self, rows: np.ndarray, high: np.ndarray) -> np.ndarray:
        """By how much rows that were not evaluated may exceed what is known, relatively; -1 if they change nothing."""
        open_ = (high > self.lower) | ((high == self.lower) & (rows[:, None] < self.lower_rows))
        with np.errstate(over="ignore"):
            relative = (high - self.lower).astype(np.float64) / np.maximum(self.lower.astype(np.float64), 1e-300)
        return np.where(open_, relative, -1.0).max(axis=1)

    def contenders(self) -> Contenders:
        product = self.product
        return Contenders(
            [[value_of(product, x) for x in line] for line in self.upper],
            self.rows.tolist(),
            [value_of(product, x) for x in self.lower],
            self.lower_rows.tolist(),
            len(self.upper) == self.most,
        )


def contenders_of(product: Product, resources: Resources) -> Contenders:
    """Where the maxima may lie: by a pass of bounds where there is one that tells enough, or else row by row."""
    from threadpoolctl import threadpool_limits

    checkpoint = None if resources.checkpoint is None else Checkpoint(product, resources.checkpoint)
    # all of it: threads of OpenBLAS that had work wait for more of it in a loop, on a core that ours need
    with threadpool_limits(1, user_api="blas"):
        if product.m >= max(FEWEST_ROWS, FEWEST_ROWS_PER_K * product.k):
            search = _screened(product, resources, checkpoint)
            if search is not None:
                return search.contenders()
        search = _Search(product)
        search.evaluate(progress=resources.progress)
        return search.contenders()


def _screened(product: Product, resources: Resources, checkpoint: Checkpoint | None) -> _Search | None:
    """A search that excluded or evaluated all rows but some that are equal up to rounding; None where it cannot."""
    search = _Search(product)
    sample = _sample(product)
    places, own = largest_of(product, sample, threading.Event())
    entries, _ = ranked(product, sample, places, own)
    search.add(sample, entries)
    # thresholds from the entries of that row of the sample whose sum is largest
    top = sums_of(entries).max(axis=0)[:, -1].argmax()
    profile = np.concatenate([np.abs(values[top]) for values, _ in places]).astype(np.float64)
    screens = screens_of(product, profile, most_thresholds(product, resources.memory))
    if checkpoint is not None and checkpoint.dtype == str(product.dtype):
        screens = screens[-1:]  # an earlier run found that the first pass does not do
    own = diagonal(product) if screens else own
    for screen in screens:
        # what the pass would tell of the sample, all rows of which are known
        others = ~np.isin(sample, search.lower_rows)
        sums, high = upper_bounds(product, screen, tally_rows(product, screen, sample), sample, own[sample])
        is_open = search.excess(sample, high)[others] >= 0
        is_last = screen is screens[-1]
        if 2 * np.count_nonzero(is_open) > len(is_open) and not (is_last and is_tied(search, sums, high)):
            continue
        tally = tally_all(product, screen, resources, checkpoint)
        bounds = _Bounds(product, screen, tally, own)
        if bounds.settle(search, sample):
            return search
        if is_last and bounds.are_tied(search):
            bounds.offer(search)
            return search
    return None


def _sample(product: Product) -> np.ndarray:
    """Rows that are looked at first: half of them spread evenly, half those of the longest probes."""
    sizes = product.rounding.probes if product.rounding is not None else squares_of_probes(product)
    longest = np.argsort(-sizes, kind="stable")[: SAMPLE // 2]
    spread = np.linspace(0, product.m - 1, SAMPLE).astype(np.int64)
    return np.union1d(longest, spread[:: 1 if sizes.max() == sizes.min() else 2])


class _Bounds:
    """Upper bounds on all rows, from the tally of a pass."""

    def __init__(self, product: Product, screen: Screen, tally: Tally, own: np.ndarray) -> None:
        self.product, self.screen, self.tally, self.own = product, screen, tally, own
        self.open = np.arange(product.m)  # rows that were not excluded nor evaluated

    def of(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return upper_bounds(self.product, self.screen, self.tally.rows(rows), rows, self.own[rows])

    def for_all(self, function: Callable[[np.ndarray, np.ndarray, np.ndarray], Result]) -> list[Result]:
        """``function(rows, sums, high)`` for the open rows, some at a time, on all cores."""
        blocks = [self.open[start : start + 2048] for start in range(0, len(self.open), 2048)]
        with on_all_cores(lambda rows, _: function(rows, *self.of(rows)), blocks) as results:
            return list(results)

    def settle(self, search: _Search, known: np.ndarray) -> bool:
        """Evaluate rows in order of their bounds until the others are excluded; False where too many remain."""
        most = max(2 * MOST_CONTENDERS, self.product.m // 16)
        self.open = np.setdiff1d(self.open, known, assume_unique=True)
        some = 64
        while True:
            excess = self.for_all(lambda rows, _, high: search.excess(rows, high))
            gaps = np.concatenate(excess) if excess else np.empty(0)
            self.open, gaps = self.open[gaps >= 0], gaps[gaps >= 0]
            if not len(self.open):
                return True
            if most <= 0 or (len(self.open) > most and some > 64):
                return False
            first = np.sort(np.argsort(-gaps, kind="stable")[:some])  # the lowest rows first where they are equal
            search.evaluate(self.open[first])
            most -= len(first)
            some *= 2
            self.open = np.delete(self.open, first)

    def are_tied(self, search: _Search) -> bool:
        """Whether the open rows exceed what is known by no more than rounding explains."""
        return all(self.for_all(lambda _, sums, high: is_tied(search, sums, high)))

    def offer(self, search: _Search) -> None:
        for start in range(0, len(self.open), 2048):  # one after the other: together they take much memory
            rows = self.open[start : start + 2048]
            search.offer(rows, self.of(rows)[1])


def is_tied(search: _Search, sums: np.ndarray, high: np.ndarray) -> bool:
    """Whether upper bounds, of which ``high - sums`` is for rounding, exceed what is known by little more than that."""
    return bool(((high <= search.lower) | (high - search.lower <= 4 * (high - sums))).all())


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

    wanted = dict.fromkeys([contenders.lower_rows[-1]])
    if product.rounding is not None:
        for n in reversed(range(product.k)):
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
        probes = np.ascontiguousarray(tile_of(product.B, some, product.units[1], product.dtype).T)
        entries = np.empty((len(some), product.m), product.sums)
        for columns in tiles(product.A):
            tile = probes @ tile_of(product.A, columns, product.units[0], product.dtype)
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
    slack = rounding.relative * rounding.probes[row] * rounding.columns + rounding.tiny + 4 * UNIT * np.abs(entries)
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
    width = max(1, 2**18 // product.d)
    parts = [
        _exact_products(product.B[:, row], product.A[:, columns[start : start + width]])
        for start in range(0, len(columns), width)
    ]
    lowest = min((exponent for _, exponent in parts), default=0)  # no columns where none counts for a binary z
    factor = product.scale.numerator << max(lowest, 0)
    denominator = product.scale.denominator << max(-lowest, 0)
    products = [x << (exponent - lowest) for part, exponent in parts for x in part]
    return [factor * x - denominator * (j == row) for j, x in zip(columns.tolist(), products, strict=True)], denominator


def _exact_products(b: np.ndarray, A: np.ndarray) -> tuple[list[int], int]:
    """``(n, e)`` with ``b^T A = n 2^e`` and n Python integers."""
    if len(b) <= 2 ** (53 - 2 * LIMB):
        limbs_b, limbs_A = _limbs(b), _limbs(A)
        if limbs_b is not None and limbs_A is not None:
            # products of limbs are below 2^(2 LIMB), and float64 adds that many of them without rounding
            products = [0] * A.shape[1]
            for power, limb in enumerate(limbs_A[0]):
                for other, values in enumerate((limbs_b[0] @ limb).astype(np.int64).tolist()):
                    shift = LIMB * (power + other)
                    products = [x + (value << shift) for x, value in zip(products, values, strict=True)]
            return products, limbs_b[1] + limbs_A[1]
    (integers_b, exponent_b), (integers_A, exponent_A) = _as_integers(b), _as_integers(A)
    return (integers_b @ integers_A).tolist(), exponent_b + exponent_A


def _limbs(x: np.ndarray) -> tuple[np.ndarray, int] | None:
    """``(l, e)`` with ``x = sum_i l[i] 2^(LIMB i + e)``, l integers below 2^LIMB in absolute value, as float64.

    None where too many were needed, or x has integers beyond float64.
    """
    if x.dtype.kind in "iu" and x.dtype.itemsize == 8:
        return None
    x = x.astype(np.float64)
    _, exponents = np.frexp(x[x != 0])
    lowest, highest = int(exponents.min(initial=1025)) - 53, int(exponents.max(initial=-1074))
    count = max(1, -(-(highest - lowest) // LIMB))
    if count > MOST_LIMBS:
        return None
    limbs = np.empty((count, *x.shape))
    for i in reversed(range(count)):
        limbs[i] = np.trunc(np.ldexp(x, -(LIMB * i + lowest)))
        x = x - np.ldexp(limbs[i], LIMB * i + lowest)
    return limbs, lowest


def _as_integers(array: np.ndarray) -> tuple[np.ndarray, int]:
    """``(n, e)`` with array = n 2^e: n an array of Python integers."""
    if array.dtype.kind in "iu":
        return array.astype(object), 0
    bits = np.finfo(array.dtype).nmant + 1
    fraction, exponent = np.frexp(array.astype(np.float64))
    lowest = int(exponent[fraction != 0].min(initial=1024))
    integers = np.ldexp(fraction, bits).astype(np.int64).astype(object)
    return integers << np.maximum(exponent - lowest, 0).astype(object), lowest - bits
