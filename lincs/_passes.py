"""A pass over all entries of B^T A (`_screen`), carried out: by threads, by other machines, or by an array library.

The work is cut into rectangles of tiles, whose tallies are added up. They are integers, so that a rectangle may be
computed by whoever is free, and again where a worker died; what is finished can be kept in a file, to resume from.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from typing import Any

import numpy as np

from lincs import io
from lincs._checks import InputError, _shown
from lincs._products import Product, on_all_cores, tile_of, tiles
from lincs._screen import (
    MOST_THRESHOLDS,
    TALLY_BYTES,
    TILE,
    Part,
    Rectangle,
    Results,
    Screen,
    Tally,
    tally_rectangle,
)
from lincs._work import Resources, cores, progress_bar

#: Side of the rectangles where memory is no concern, and entries of A in one.
RECTANGLE, RECTANGLE_ENTRIES = 2048, 2**20

#: Rectangles that each worker should have at least, so that all end at about the same time.
FEWEST_EACH = 8

#: What is in use beside tallies and rectangles, and how many thresholds a tally must have room for.
OTHER_BYTES = 64 * 2**20
FEWEST_THRESHOLDS = 8

#: Memory of a thread of a worker elsewhere, where none is given, and how many rectangles there are for all workers.
WORKER_BYTES = 10**9
FEWEST_TASKS = 256

CHECKPOINT_SECONDS = 60.0


def most_thresholds(product: Product, memory: int | None) -> int:
    """How many thresholds leave most of the memory to the rectangles."""
    if memory is None:
        return MOST_THRESHOLDS
    each = TALLY_BYTES * len(product.senses) * product.m
    most = max(FEWEST_THRESHOLDS, min(MOST_THRESHOLDS, (memory - OTHER_BYTES) // (3 * each)))
    # and the smallest rectangle of float64, whose tally is small beside it
    smallest = (2 if product.is_gram else 3) * TILE * 8 * (product.d + TILE)
    needed = OTHER_BYTES + each * FEWEST_THRESHOLDS + smallest
    if memory < needed:
        raise InputError(
            f"memory is {memory / 1e6:g} MB; for m = {product.m}, d = {product.d} at least {needed // 10**6 + 1} MB "
            "are needed"
        )
    return most


def _bytes_of(product: Product, screen: Screen, side: int) -> int:
    """What a rectangle takes: rows and columns of A and B, their tallies, and a tile."""
    lines = 2 * side if product.is_gram else 2 * side + max(TILE, side // 2)
    tallies = TALLY_BYTES * len(product.senses) * len(screen.thresholds)
    return lines * (product.d * screen.dtype.itemsize + tallies) + TILE**2 * screen.dtype.itemsize


def _cut(product: Product, screen: Screen, resources: Resources) -> tuple[int, int]:
    """The side of the rectangles, and how many threads work on them here."""
    if resources.scheduler is not None:  # a worker holds one rectangle, and it should be large: its tallies travel
        return _side(product, screen, resources.memory or WORKER_BYTES, 1, FEWEST_TASKS), 0
    if product.device is not None:
        return product.device.side, 0
    if resources.memory is None:
        return max(TILE, min(RECTANGLE, RECTANGLE_ENTRIES // product.d // TILE * TILE)), cores()
    everything = TALLY_BYTES * len(product.senses) * product.m * len(screen.thresholds)
    left = resources.memory - OTHER_BYTES - everything
    workers = max(1, min(cores(), left // _bytes_of(product, screen, TILE)))
    return _side(product, screen, left // workers, workers, FEWEST_EACH), workers


def _side(product: Product, screen: Screen, memory: int, workers: int, fewest: int) -> int:
    """The largest side of rectangles that fit into the memory each, where there are still so many for each worker."""
    most = product.m / (fewest * workers * (2 if product.is_gram else 1)) ** 0.5
    side = max(TILE, int(most) // TILE * TILE)
    while side > TILE and _bytes_of(product, screen, side) > memory:
        side -= TILE
    return side


def rectangles(product: Product, side: int) -> list[Rectangle]:
    """All of B^T A, in more rows than columns, for rows are kept from one to the next; or squares of its upper half."""
    height, width = (side, side) if product.is_gram else (2 * side, max(TILE, side // 2 // TILE * TILE))
    return [
        (slice(row, min(row + height, product.m)), slice(column, min(column + width, product.m)))
        for row in range(0, product.m, height)
        for column in range(row if product.is_gram else 0, product.m, width)
    ]


def tally_all(product: Product, screen: Screen, resources: Resources, checkpoint: Checkpoint | None = None) -> Tally:
    """The tally of all rows."""
    side, workers = _cut(product, screen, resources)
    ledger = checkpoint.load(screen) if checkpoint is not None else None
    if ledger is None:
        ledger = Ledger(product, screen, side)
    todo = [task for task, done in zip(ledger.tasks, ledger.done, strict=True) if not done]
    if resources.scheduler is not None:
        from lincs._cluster import on_cluster

        results = on_cluster(resources.scheduler, product, screen, todo)
    elif product.device is not None:
        results = product.device.tallies(product, screen, todo)
    else:
        results = _by_threads(product, screen, todo, workers)
    with (
        checkpoint.keeping(ledger) if checkpoint is not None else nullcontext(),
        closing(results),
        progress_bar(resources.progress, product.m, "worst-case error", "row") as advance,
    ):
        shown = 0
        for rectangle, parts in results:
            ledger.add(rectangle, parts)
            advance(ledger.rows_done - shown)
            shown = ledger.rows_done
            if checkpoint is not None:
                checkpoint.save(ledger, only_if_late=True)
    return ledger.total


def _by_threads(product: Product, screen: Screen, tasks: Sequence[Rectangle], workers: int) -> Results:
    last = threading.local()  # rectangles that follow each other have the same rows

    def work(rectangle: Rectangle, cancelled: threading.Event) -> list[Part]:
        rows = rectangle[0]
        if getattr(last, "rows", None) != rows:
            last.rows, last.probes = rows, None  # the old ones make room first
            last.probes = tile_of(product.B, rows, product.units[1], screen.dtype)
        return tally_rectangle(product, screen, rectangle, last.probes, cancelled)

    with on_all_cores(work, tasks, workers) as results:
        yield from zip(tasks, results, strict=True)


class Ledger:
    """Which rectangles are done, and the sum of their tallies."""

    def __init__(self, product: Product, screen: Screen, side: int) -> None:
        self.screen, self.side, self.m = screen, side, product.m
        self.tasks = rectangles(product, side)
        self.done = np.zeros(len(self.tasks), bool)
        self.total = Tally.zeros(product, screen, product.m)
        self.number = {(rows.start, columns.start): i for i, (rows, columns) in enumerate(self.tasks)}
        self.sizes = [(rows.stop - rows.start) * (columns.stop - columns.start) for rows, columns in self.tasks]
        self.size_done = 0

    @property
    def rows_done(self) -> int:
        """How much is done, as a number of rows."""
        return self.size_done * self.m // sum(self.sizes)

    def add(self, rectangle: Rectangle, parts: Iterable[Part]) -> None:
        number = self.number[rectangle[0].start, rectangle[1].start]
        assert not self.done[number]
        for rows, part in parts:
            self.total.add(rows, part)
        self.done[number] = True
        self.size_done += self.sizes[number]


class Checkpoint:
    """An npz file with the ledger of one pass over one question's entries, replaced as a whole."""

    FORMAT = 1

    def __init__(self, product: Product, path: str | os.PathLike[str]) -> None:
        self.product, self.path = product, path
        digest = hashlib.sha256()
        for matrix in (product.A,) if product.is_gram else (product.A, product.B):
            for columns in tiles(matrix):
                digest.update(np.ascontiguousarray(matrix[:, columns]).tobytes())
        self.header = {
            "format": self.FORMAT,
            "shape": list(product.A.shape),
            "dtypes": [product.A.dtype.str, product.B.dtype.str],
            "k": product.k,
            "senses": list(product.senses),
            "scale": str(product.scale),
            "sha256": digest.hexdigest(),
        }
        self.saved = time.monotonic()
        self.dtype = ""  # of the pass that the file holds
        if os.path.exists(path):
            with self._opened() as file:
                self.dtype = str(file["dtype"])

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        shown = _shown(os.fspath(self.path))
        try:
            with np.load(self.path, allow_pickle=False) as file:
                header = json.loads(str(file["header"]))
                if header == self.header:
                    yield file
                    return
        except (OSError, ValueError, KeyError, EOFError, AttributeError, TypeError, zipfile.BadZipFile):
            raise InputError(
                f"{shown} is not a checkpoint of verify, or is damaged; name another file or remove it"
            ) from None
        known = header if isinstance(header, dict) else {}
        differing = [name for name, value in self.header.items() if known.get(name) != value]
        raise InputError(f"{shown} is the checkpoint of another question ({', '.join(differing)} differ); name another")

    def load(self, screen: Screen) -> Ledger | None:
        """The ledger in the file, if it is of this pass."""
        if self.dtype != screen.dtype.name:
            return None
        with self._opened() as file:
            side = int(file["side"])
            if side < TILE or side % TILE or not np.array_equal(file["thresholds"], screen.thresholds):
                raise ValueError
            ledger = Ledger(self.product, screen, side)
            done, counts, sums = file["done"], file["counts"], file["sums"]
            for mine, its in ((ledger.done, done), (ledger.total.counts, counts), (ledger.total.sums, sums)):
                if mine.shape != its.shape or mine.dtype != its.dtype:
                    raise ValueError
                mine[:] = its
            ledger.size_done = sum(size for size, is_done in zip(ledger.sizes, done, strict=True) if is_done)
        return ledger

    @contextmanager
    def keeping(self, ledger: Ledger) -> Iterator[None]:
        """Write the file at once, for a path that cannot be written is better known now, and at the end."""
        self.save(ledger)
        try:
            yield
        finally:
            self.save(ledger)

    def save(self, ledger: Ledger, *, only_if_late: bool = False) -> None:
        if only_if_late and time.monotonic() - self.saved < CHECKPOINT_SECONDS:
            return
        with io.atomic_write(self.path) as file:
            np.savez(
                file,
                header=np.array(json.dumps(self.header, sort_keys=True)),
                dtype=np.array(ledger.screen.dtype.name),
                thresholds=ledger.screen.thresholds,
                side=ledger.side,
                done=ledger.done,
                counts=ledger.total.counts,
                sums=ledger.total.sums,
            )
        self.saved = time.monotonic()
