"""Rectangles of a pass as tasks of dask.distributed: each worker reads its part of the files by itself."""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lincs._checks import InputError, _shown
from lincs._products import Product, tile_of
from lincs._screen import Part, Rectangle, Results, Screen, tally_rectangle
from lincs._work import cores

#: Tasks at once for each thread of the workers: one to work on, and more so that it never waits.
AHEAD = 3

#: How often a task is computed again where it fails; one whose worker died is not counted.
RETRIES = 3

#: Seconds to wait for a scheduler.
PATIENCE = 30


@dataclass(frozen=True)
class FileArray:
    """An array that lies in a file, by its place there."""

    path: str
    offset: int
    dtype: str
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @classmethod
    def of(cls, array: np.ndarray) -> FileArray | None:
        """The place of a memory-mapped array, or of a view of one; None for others."""
        base = array
        while isinstance(base.base, np.memmap):
            base = base.base
        if not isinstance(base, np.memmap) or base.filename is None:
            return None
        offset = base.offset + array.__array_interface__["data"][0] - base.__array_interface__["data"][0]
        return cls(str(base.filename), offset, array.dtype.str, array.shape, array.strides)

    def open(self) -> np.ndarray:
        size = sum((n - 1) * stride for n, stride in zip(self.shape, self.strides, strict=True))
        data = np.memmap(self.path, np.uint8, "r", self.offset, (size + np.dtype(self.dtype).itemsize,))
        return np.ndarray(self.shape, self.dtype, data, 0, self.strides).view(np.memmap)


@functools.lru_cache(maxsize=4)
def _opened(file: FileArray) -> np.ndarray:
    return file.open()


def _compute(product: Product, arrays: tuple[Any, ...], screen: Screen, rectangle: Rectangle) -> list[Part]:
    """What a worker does: ``arrays`` are A and B, or A alone for both, in files or as they are."""
    opened = [_opened(array) if isinstance(array, FileArray) else array for array in arrays]
    product = replace(product, A=opened[0], B=opened[-1])
    probes = tile_of(product.B, rectangle[0], product.units[1], screen.dtype)
    return tally_rectangle(product, screen, rectangle, probes, threading.Event())


def on_cluster(scheduler: str, product: Product, screen: Screen, tasks: Sequence[Rectangle]) -> Results:
    """The tallies of rectangles, in the order in which workers finish them."""
    try:
        from distributed import Client, LocalCluster, as_completed
    except ImportError:
        raise InputError(
            "dask.distributed is not installed: pip install 'linear-compressed-sensing[distributed]'"
        ) from None

    arrays: tuple[Any, ...] = (product.A,) if product.is_gram else (product.A, product.B)
    # only what a worker needs travels
    nothing = np.empty((product.d, 0))
    product = replace(product, A=nothing, B=nothing, rounding=None, device=None)
    screen = replace(screen, rounding=None)
    with ExitStack() as stack:
        cluster: Any = scheduler
        if scheduler == "local":
            cluster = stack.enter_context(
                LocalCluster(n_workers=cores(), threads_per_worker=1, processes=True, dashboard_address=None)
            )
        try:
            client = stack.enter_context(Client(cluster, timeout=PATIENCE))
        except (OSError, ValueError, TypeError) as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise InputError(f"no scheduler answers at {_shown(scheduler)}: {reason}") from None
        yield from _in_any_order(client, as_completed, product, arrays, screen, tasks)


def _in_any_order(
    client: Any,
    as_completed: Any,
    product: Product,
    arrays: tuple[Any, ...],
    screen: Screen,
    tasks: Sequence[Rectangle],
) -> Results:
    places = [FileArray.of(array) for array in arrays]
    # arrays that are in no file travel to every worker once
    handles = [place or client.scatter(array, broadcast=True) for place, array in zip(places, arrays, strict=True)]
    left = iter(tasks)

    def submit(rectangle: Rectangle) -> Any:
        future = client.submit(_call, product, screen, rectangle, len(handles), *handles, retries=RETRIES, pure=False)
        pending[future.key] = rectangle
        return future

    pending: dict[str, Rectangle] = {}
    ahead = max(1, AHEAD * sum(client.nthreads().values()))
    running = as_completed([submit(task) for _, task in zip(range(ahead), left, strict=False)])
    for future in running:
        yield pending.pop(future.key), future.result()
        future.release()
        for task in left:
            running.add(submit(task))
            break


def _call(product: Product, screen: Screen, rectangle: Rectangle, count: int, *arrays: Any) -> list[Part]:
    return _compute(product, arrays[:count], screen, rectangle)
