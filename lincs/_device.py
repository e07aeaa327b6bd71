"""Rectangles of a pass by any array library that speaks the array API (cupy, torch, jax, ...), on its device.

The library multiplies, compares and picks the entries above the least threshold, of which there are few; they come
back to be tallied here. The input stays where it is, and a copy of it in numpy serves everything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lincs._checks import InputError
from lincs._products import Product, tile_of, tiles
from lincs._screen import Part, Rectangle, Results, Screen, Tally

#: Side of the products made in one call of the library.
SIDE = 4096


def device_of(A: Any, B: Any) -> Device | None:
    """The device that holds A and B, or None where they are arrays of numpy or no arrays at all."""
    if isinstance(A, (np.ndarray, list, tuple)) or not hasattr(A, "shape"):
        return None
    from array_api_compat import array_namespace, is_array_api_obj

    if not is_array_api_obj(A):
        return None
    try:
        xp = array_namespace(A) if B is None else array_namespace(A, B)
    except TypeError:
        raise InputError(f"A is an array of {_library(A)} and B one of {_library(B)}; both must be of one") from None
    return Device(xp, A, A if B is None else B)


def _library(x: Any) -> str:
    return type(x).__module__.split(".")[0]


@dataclass(frozen=True)
class Device:
    """A and B as the library holds them, and its namespace ``xp``."""

    xp: Any
    A: Any
    B: Any
    side: int = SIDE  # of the rectangles made at once

    def to_numpy(self) -> tuple[np.ndarray, np.ndarray | None]:
        """Copies of A and B in numpy; None for B where it is A itself."""
        A = _to_numpy(self.A)
        return A, None if self.B is self.A else _to_numpy(self.B)

    def tallies(self, product: Product, screen: Screen, tasks: Sequence[Rectangle]) -> Results:
        """The tallies of rectangles, in their order."""
        self._check_precision(screen.dtype)
        vectors = self._put(product.A, product.units[0], screen.dtype)
        probes = vectors if product.is_gram else self._put(product.B, product.units[1], screen.dtype)
        for rectangle in tasks:
            yield rectangle, self._tally(product, screen, rectangle, probes, vectors)

    def _put(self, matrix: np.ndarray, unit: float, dtype: np.dtype) -> Any:
        """``matrix / unit`` rounded to the dtype, as `_products` does it, on the device."""
        from array_api_compat import device

        parts = [
            self.xp.asarray(np.ascontiguousarray(tile_of(matrix, tile, unit, dtype)), device=device(self.A))
            for tile in tiles(matrix)
        ]
        return self.xp.concat(parts, axis=1)

    def _tally(self, product: Product, screen: Screen, rectangle: Rectangle, probes: Any, vectors: Any) -> list[Part]:
        from lincs._kernels import tally_entries

        rows, columns = rectangle
        x = self.xp.matmul(self.xp.matrix_transpose(probes[:, rows]), vectors[:, columns])
        above = self.xp.abs(x) > float(screen.thresholds[0])
        i, j = (_to_numpy(index) for index in self.xp.nonzero(above))
        entries = _to_numpy(x[above])
        others = rows.start + i != columns.start + j
        both = product.is_gram and rows != columns
        tally = Tally.zeros(product, screen, rows.stop - rows.start)
        back = Tally.zeros(product, screen, columns.stop - columns.start) if both else tally
        tally_entries(
            entries[others], i[others], j[others], screen.thresholds, 1 / screen.quantum, len(product.senses) == 2,
            both, tally.counts, tally.sums, back.counts, back.sums,
        )  # fmt: skip
        return [(rows, tally), (columns, back)] if both else [(rows, tally)]

    def _check_precision(self, dtype: np.dtype) -> None:
        """Refuse a library that multiplies with fewer bits than the dtype has, such as in TF32."""
        from array_api_compat import device

        bits = np.finfo(dtype).nmant + 1
        numbers = np.random.default_rng(0).integers(2 ** (bits - 1), 2**bits, (256, 256)).astype(dtype)
        one = np.eye(256, dtype=dtype)
        for left, right in ((numbers, one), (one, numbers)):
            arrays = (self.xp.asarray(x, device=device(self.A)) for x in (left, right))
            if not np.array_equal(_to_numpy(self.xp.matmul(*arrays)), numbers):
                raise InputError(
                    f"{_library(self.A)} multiplies {dtype} with fewer than {bits} bits here, as TF32 does: "
                    "ask it for full precision"
                )


def _to_numpy(x: Any) -> np.ndarray:
    x = x.detach() if hasattr(x, "detach") else x  # torch keeps gradients otherwise
    try:
        return np.asarray(x)
    except TypeError:  # it is on another device than this
        from array_api_compat import to_device

        return np.asarray(to_device(x, "cpu"))
