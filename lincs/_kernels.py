"""Compiled loops. Private: numpy arrays in, buffers named as modified; the callers check and allocate."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

# ---------------------------------------------------------------------------------------------- accessibility.py

#: Entries of a row that are compared with its threshold at once.
_STRIDE = 64


@njit(cache=True, nogil=True)
def keep_largest(tile: Any, first_column: int, sense: int, values: Any, columns: Any) -> None:
    """Let the entries of a tile compete for the places of its rows in ``values`` and ``columns`` (both modified).

    An entry x counts for |x| where ``sense`` is 0 and for ``sense * x`` otherwise; among equals the lowest column
    wins. Each row of ``values`` is a heap whose root is the entry to beat; unused places hold 0, and only what
    counts for more than 0 gets in. Tiles must come in order of their columns. No overflow: |x| must have its dtype.
    """
    rows, width = tile.shape
    for i in range(rows):
        row, heap, where = tile[i], values[i], columns[i]
        threshold = _weight(heap[0], sense)
        for start in range(0, width, _STRIDE):
            stop = min(start + _STRIDE, width)
            hits = 0
            for j in range(start, stop):  # no branch in here: this loop runs in vector registers
                hits += _weight(row[j], sense) > threshold
            if hits == 0:
                continue
            for j in range(start, stop):
                if _weight(row[j], sense) > threshold:
                    _replace_root(heap, where, row[j], first_column + j, sense)
                    threshold = _weight(heap[0], sense)


@njit(inline="always")
def _weight(x: Any, sense: int) -> Any:
    return abs(x) if sense == 0 else (x if sense > 0 else -x)


@njit(cache=True, nogil=True)
def _replace_root(heap: Any, where: Any, value: Any, column: int, sense: int) -> None:
    """Put ``value`` at the root and let it sink below everything that loses to it."""
    size = len(heap)
    weight = _weight(value, sense)
    hole = 0
    while True:
        child = 2 * hole + 1
        if child >= size:
            break
        other = child + 1
        if other < size:
            a, b = _weight(heap[child], sense), _weight(heap[other], sense)
            if b < a or (b == a and where[other] > where[child]):
                child = other
        below = _weight(heap[child], sense)
        if weight < below or (weight == below and column > where[child]):
            break
        heap[hole], where[hole] = heap[child], where[child]
        hole = child
    heap[hole], where[hole] = value, column


# ---------------------------------------------------------------------------------------------- frames/_rows.py


@njit(cache=True, nogil=True)
def sign_sums(words: Any, coefficients: Any, kept: int, sums: Any) -> None:
    """Walsh-Hadamard transforms of the signs (-1)^(parity of the bits of all ``words[i, x] & coefficients[i, g]``).

    Row g of ``sums`` (modified) becomes, at b, the sum over x < kept of such a sign times (-1)^(parity of b & x).
    No overflow: the width of ``sums``, a power of two, must fit its dtype.
    """
    count, size = sums.shape
    for g in range(count):
        row = sums[g]
        for x in range(size):
            word = words[0, x] & coefficients[0, g]
            for i in range(1, len(words)):
                word ^= words[i, x] & coefficients[i, g]
            for shift in (32, 16, 8, 4, 2, 1):
                word ^= word >> np.uint64(shift)
            sign = 1 - 2 * np.int32(word & np.uint64(1))
            row[x] = sign if x < kept else 0
        half = 1
        while half < size:
            for start in range(0, size, 2 * half):
                for x in range(start, start + half):
                    a, b = row[x], row[x + half]
                    row[x] = a + b
                    row[x + half] = a - b
            half *= 2
