"""Compiled loops. Private: numpy arrays in, buffers named as modified; the callers check and allocate."""

from __future__ import annotations

from typing import Any

import numpy as np

from lincs._compiled import compiled

# ---------------------------------------------------------------------------------------------- accessibility.py

#: Entries of a row that are compared with its threshold at once.
_STRIDE = 64


@compiled()
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
            chunk = row[start : start + _STRIDE]
            if len(chunk) == _STRIDE:
                hits = 0
                for j in range(_STRIDE):  # no branch in here, and a fixed length: this runs in vector registers
                    hits += _weight(chunk[j], sense) > threshold
                if hits == 0:
                    continue
            for j in range(start, start + len(chunk)):
                if _weight(row[j], sense) > threshold:
                    _replace_root(heap, where, row[j], first_column + j, sense)
                    threshold = _weight(heap[0], sense)


@compiled(inline="always")
def _weight(x: Any, sense: int) -> Any:
    return abs(x) if sense == 0 else (x if sense > 0 else -x)


@compiled()
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


# ---------------------------------------------------------------------------------------------- _screen.py


@compiled()
def tally_tile(
    tile: Any, bits: Any, thresholds: Any, per_quantum: float, by_sign: bool, both: bool,
    row_counts: Any, row_sums: Any, column_counts: Any, column_sums: Any,
) -> None:  # fmt: skip
    """Count and add up the entries of a tile that exceed ``thresholds`` in absolute value, for each row.

    Entry x goes to bin b, the last with |x| > thresholds[b] (they ascend), of its row: ``row_counts[plane, i, b]``
    grows by 1 and ``row_sums[plane, i, b]`` by ``|x| per_quantum``, rounded up; with ``both`` those of its column j do
    as well. The plane is 0, or 1 for x < 0 where ``by_sign``. ``bits`` is the tile as unsigned integers. The tallies
    are modified; they are integers, so that the order in which entries come does not matter.
    """
    rows, width = tile.shape
    word = bits.dtype.type
    sign = word(~(word(1) << word(8 * bits.itemsize - 1)))
    # without their sign, floats are ordered as the integers that their bits are
    lowest = thresholds[:1].view(bits.dtype)[0]
    for i in range(rows):
        for start in range(0, width, _STRIDE):
            chunk = bits[i, start : start + _STRIDE]
            if len(chunk) == _STRIDE:
                largest = word(0)
                for j in range(_STRIDE):  # no branch in here, and a fixed length: this runs in vector registers
                    largest = max(largest, word(chunk[j] & sign))
                if largest <= lowest:
                    continue
            for j in range(start, start + len(chunk)):
                if word(bits[i, j] & sign) > lowest:
                    _tally_entry(
                        np.float64(tile[i, j]), i, j, thresholds, per_quantum, by_sign, both,
                        row_counts, row_sums, column_counts, column_sums,
                    )  # fmt: skip


@compiled()
def tally_entries(
    entries: Any, rows: Any, columns: Any, thresholds: Any, per_quantum: float, by_sign: bool, both: bool,
    row_counts: Any, row_sums: Any, column_counts: Any, column_sums: Any,
) -> None:  # fmt: skip
    """The same for entries of a tile that were picked out already, all above the first threshold."""
    for n in range(len(entries)):
        _tally_entry(
            np.float64(entries[n]), rows[n], columns[n], thresholds, per_quantum, by_sign, both,
            row_counts, row_sums, column_counts, column_sums,
        )  # fmt: skip


@compiled(inline="always")
def _tally_entry(
    x: float, i: int, j: int, thresholds: Any, per_quantum: float, by_sign: bool, both: bool,
    row_counts: Any, row_sums: Any, column_counts: Any, column_sums: Any,
) -> None:  # fmt: skip
    plane = 1 if by_sign and x < 0 else 0
    x = abs(x)
    low, high = 0, len(thresholds)
    while high - low > 1:
        middle = (low + high) // 2
        if x > thresholds[middle]:
            low = middle
        else:
            high = middle
    quanta = np.int64(np.ceil(x * per_quantum))
    row_counts[plane, i, low] += 1
    row_sums[plane, i, low] += quanta
    if both:
        column_counts[plane, j, low] += 1
        column_sums[plane, j, low] += quanta


@compiled()
def tally_bounds(counts: Any, sums: Any, ups: Any, downs: Any, most: int, largest: int, bounds: Any) -> None:
    """Upper bounds on the sums of the n largest of entries that were tallied, n = 1.. (``bounds``, modified).

    By ``x_1 + ... + x_n <= n t + sum_j (x_j - t)_+`` for each threshold t, which lies in ``[downs, ups]`` quanta; all
    in quanta. No entry exceeds ``largest``, which alone counts where more than ``most`` entries were tallied.
    """
    for i in range(len(counts)):
        count, total = 0, 0
        for n in range(bounds.shape[1]):
            bounds[i, n] = (n + 1) * largest
        for b in range(len(ups) - 1, -1, -1):
            count += counts[i, b]
            total += sums[i, b]
            if count > most:  # the sum may have passed 64 bits
                break
            for n in range(bounds.shape[1]):
                bounds[i, n] = min(bounds[i, n], (n + 1) * ups[b] + (total - count * downs[b]))


# ---------------------------------------------------------------------------------------------- frames/_rows.py


@compiled()
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
