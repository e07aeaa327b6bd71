"""Upper bounds on all rows' sums of k largest entries, from one pass over the tiles of B^T A at the speed of BLAS.

For numbers ``x_1 >= x_2 >= ... >= 0`` and any threshold t, ``x_1 + ... + x_n <= n t + sum_j (x_j - t)_+``, with
equality at ``t = x_n``. So a pass only needs, for each row and each of a few thresholds, how many entries exceed it
and their sum. Where the thresholds are large few entries do, and a tile costs one comparison an entry beside its
product. That product may be taken in float32, whose rounding the bounds then include: rows that they exclude cannot
attain the maximum, and `_maximum` looks at the others again. Where B = A an entry serves its row and its column, and
half of the tiles are enough.

Tallies are integers and tiles lie on a fixed grid. So the result does not depend on who computes which rectangle of
tiles in which order (`_passes`), be it one thread, several, or other machines, nor on where a run was interrupted.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Generator
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import Any

import numpy as np

from lincs._products import (
    Product,
    Rounding,
    as_columns,
    diagonal_of,
    enclose,
    on_all_cores,
    rounding_in,
    tile_of,
    tiles,
    to_sums,
)

#: Side of the tiles that are multiplied at once. Fixed, as above.
TILE = 512

#: Thresholds at most, and what a tally takes for each of them in a row, in bytes.
MOST_THRESHOLDS = 64
TALLY_BYTES = 12


@dataclass(frozen=True)
class Screen:
    """How entries are tallied: in which dtype they are computed, and above which thresholds.

    Parameters
    ----------
    dtype : dtype
        Of the products.
    thresholds : ndarray of dtype
        Ascending, in units of the product; threshold t lies in ``[downs, ups]`` quanta.
    quantum : float
        What sums are counted in, a power of two (1 where nothing rounds).
    largest : int
        No entry exceeds so many quanta,
    most : int
        and so many entries do not sum to more than 64 bits hold.
    rounding : Rounding or None
        That of products in ``dtype``.
    """

    dtype: np.dtype
    thresholds: np.ndarray
    ups: np.ndarray
    downs: np.ndarray
    quantum: float
    largest: int
    most: int
    rounding: Rounding | None


@dataclass(frozen=True, eq=False)
class Tally:
    """How many entries of a row lie above each threshold (and not above the next), and their sum in quanta.

    Arrays of shape (planes, rows, thresholds); a second plane is for negative entries, where senses are told apart.
    """

    counts: np.ndarray
    sums: np.ndarray

    @classmethod
    def zeros(cls, product: Product, screen: Screen, rows: int) -> Tally:
        shape = len(product.senses), rows, len(screen.thresholds)
        return cls(np.zeros(shape, np.int32), np.zeros(shape, np.int64))

    def add(self, rows: slice, other: Tally) -> None:
        """Add the tally of some rows."""
        self.counts[:, rows] += other.counts
        self.sums[:, rows] += other.sums

    def rows(self, rows: Any) -> Tally:
        """That of some rows, given as a slice or by their indices."""
        return Tally(self.counts[:, rows], self.sums[:, rows])


#: One rectangle of tiles: rows and columns of B^T A. It adds to the tally of some rows, in one part or two.
Rectangle = tuple[slice, slice]
Part = tuple[slice, Tally]
Results = Generator[tuple[Rectangle, list[Part]], None, None]


def screens_of(product: Product, profile: np.ndarray, most: int = MOST_THRESHOLDS) -> list[Screen]:
    """The passes that may do, the fastest first; none where BLAS does not multiply, or sums pass 64 bits.

    ``profile`` has absolute values of entries in units of the product, near which thresholds are worth having;
    ``most`` thresholds at most.
    """
    if product.dtype.kind != "f" or product.sums.kind == "O":
        return []
    if product.rounding is None:
        return _screens(product, profile, most, product.dtype, None)
    coarse = rounding_in(np.dtype(np.float32), product)
    found = []
    if coarse.relative <= 0.005 * abs(product.factor):
        found += _screens(product, profile, most, np.dtype(np.float32), coarse)
    return found + _screens(product, profile, most, product.dtype, product.rounding)


def _screens(
    product: Product, profile: np.ndarray, most: int, dtype: np.dtype, rounding: Rounding | None
) -> list[Screen]:
    quantum, largest = 1.0, int(product.most)
    if rounding is not None:
        # a little above, so that entries that are equal up to rounding do not exceed them
        profile = np.minimum(profile + 4 * np.finfo(dtype).eps * product.most, product.most)
        exponent = min(50, 61 - product.k.bit_length())
        quantum, largest = math.ldexp(1.0, math.frexp(product.most)[1] - exponent), 2**exponent
    if product.k * largest >= 2**62 or product.k > 2**30:
        return []
    thresholds = np.unique(profile.astype(dtype))
    if len(thresholds) > most:
        # as many for the first of the largest entries as for all others: small n have few entries to choose from
        chosen = len(thresholds) - np.geomspace(1, len(thresholds), most).astype(int)
        thresholds = thresholds[np.unique(chosen)]
    quanta = thresholds.astype(np.float64) / quantum
    ups, downs = np.ceil(quanta).astype(np.int64), np.floor(quanta).astype(np.int64)
    entries = min(2**62 // max(largest, 1), 2**31 - 1)
    return [Screen(dtype, thresholds, ups, downs, quantum, largest, entries, rounding)]


def tally_rows(product: Product, screen: Screen, rows: np.ndarray) -> Tally:
    """The tally of some rows, over all columns."""
    tally = Tally.zeros(product, screen, len(rows))
    probes = tile_of(product.B, as_columns(rows), product.units[1], screen.dtype)
    for columns in tiles(product.A):
        vectors = tile_of(product.A, columns, product.units[0], screen.dtype)
        _tally_tiles(product, screen, (rows, columns), (probes, vectors), tally, None, threading.Event())
    return tally


def tally_rectangle(
    product: Product, screen: Screen, rectangle: Rectangle, probes: np.ndarray, cancelled: threading.Event
) -> list[Part]:
    """What a rectangle adds to the tally: to that of its rows, and where B = A also to that of its columns.

    ``probes`` are its rows: ``tile_of(product.B, rows, product.units[1], screen.dtype)``.
    """
    rows, columns = rectangle
    same = product.is_gram and rows == columns
    vectors = probes if same else tile_of(product.A, columns, product.units[0], screen.dtype)
    tally = Tally.zeros(product, screen, rows.stop - rows.start)
    if not product.is_gram:
        others = None
    else:
        others = tally if same else Tally.zeros(product, screen, columns.stop - columns.start)
    indices = np.arange(rows.start, rows.stop)
    _tally_tiles(product, screen, (indices, columns), (probes, vectors), tally, others, cancelled)
    return [(rows, tally)] if others is None or same else [(rows, tally), (columns, others)]


def _tally_tiles(
    product: Product,
    screen: Screen,
    place: tuple[np.ndarray, slice],
    operands: tuple[np.ndarray, np.ndarray],
    tally: Tally,
    others: Tally | None,
    cancelled: threading.Event,
) -> None:
    from lincs._kernels import tally_tile

    (rows, columns), (probes, vectors) = place, operands
    word = np.dtype(f"u{screen.dtype.itemsize}")
    buffer = np.empty(TILE * TILE, screen.dtype)
    for i in range(0, len(rows), TILE):
        some, part = rows[i : i + TILE], tally.rows(slice(i, i + TILE))
        for j in range(0, columns.stop - columns.start, TILE):
            if cancelled.is_set():
                raise CancelledError
            if others is tally and j < i:  # the other half of a square on the diagonal
                continue
            block = vectors[:, j : j + TILE]
            tile = buffer[: len(some) * block.shape[1]].reshape(len(some), -1)
            np.matmul(probes[:, i : i + TILE].T, block, out=tile)
            here = slice(columns.start + j, columns.start + j + block.shape[1])
            tile[diagonal_of(product, some, here)] = 0
            both = others is not None and here.start != some[0]
            back = (part if others is None else others.rows(slice(j, j + TILE))) if both else part
            tally_tile(
                tile, tile.view(word), screen.thresholds, 1 / screen.quantum, len(product.senses) == 2, both,
                part.counts, part.sums, back.counts, back.sums,
            )  # fmt: skip


def diagonal(product: Product) -> np.ndarray:
    """The diagonal of ``one * E``, as computed."""

    def of(columns: slice, cancelled: threading.Event) -> np.ndarray:
        vectors = tile_of(product.A, columns, product.units[0], product.dtype)
        probes = tile_of(product.B, columns, product.units[1], product.dtype)
        return np.einsum("ij,ij->j", probes, vectors)

    with on_all_cores(of, tiles(product.A)) as parts:
        return product.factor * to_sums(product, np.concatenate(list(parts))) - product.one


def upper_bounds(
    product: Product, screen: Screen, tally: Tally, rows: np.ndarray, own: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Upper bounds on the computed and on the true ``one ||E_i||_(n)`` for these rows, of shape (rows, k).

    ``tally`` is about these rows only, and ``own`` has their entries on the diagonal of ``one * E``.
    """
    from lincs._kernels import tally_bounds

    found = None
    for sense in product.senses:
        plane = 1 if sense * product.factor < 0 else 0
        bounds = np.empty((len(rows), product.k), np.int64)
        tally_bounds(
            tally.counts[plane], tally.sums[plane], screen.ups, screen.downs, screen.most, screen.largest, bounds
        )
        others = abs(product.factor) * to_sums(product, bounds)
        if screen.rounding is not None:
            others = others * screen.quantum
        weight = np.abs(own) if sense == 0 else np.maximum(sense * own, 0)
        # the n largest are n others, or the diagonal and n - 1 others
        fewer = np.concatenate([np.zeros((len(rows), 1), others.dtype), others[:, :-1]], axis=1)
        sums = np.maximum(others, fewer + weight[:, None])
        found = sums if found is None else np.maximum(found, sums)
    assert found is not None
    return found, enclose(screen.rounding, rows, found)[1]
