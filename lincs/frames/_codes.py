"""Frames of codes: numbers of positions in which words agree, shifted to be symmetric about 0.

Any code over q symbols gives one: all that its frame needs is in `Code`. Families bring codes, and proofs of how many
positions two words can differ in.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from lincs._numbers import Fraction
from lincs.frames._base import Frame, Row, RowMaker, mixed_radix_digits, smallest_integer_dtype
from lincs.frames._fields import CHUNK

WordMaker = Callable[[np.ndarray], np.ndarray]

#: Largest whole code of which one row is made by looking at all words.
MOST_WORDS = 2**26

#: Most symbols of words that are looked at together.
MOST_SYMBOLS = 2**22


@dataclass(frozen=True)
class Code:
    """Words of n symbols, determined by their first k, in which two different ones differ in least..most positions.

    Parameters
    ----------
    q : int
        Symbols are 0..q-1.
    n, k : int
        Length, and number of the positions that come first and may take any symbols that are allowed there.
    symbols : int
        The total of the numbers of symbols a_x allowed at the first k positions, which differ by at most one; more
        than k, at most k q. One where a_x = 1 is 0 in all words.
    least, most : int
        Bounds on the number of positions in which two different words differ.
    words : callable
        Maps an int64 array of shape (k, count) of symbols at the first positions to the words, of shape (n, count).
    """

    q: int
    n: int
    k: int
    symbols: int
    least: int
    most: int
    words: WordMaker = field(compare=False)

    @property
    def d(self) -> int:
        return dimension(self.q, self.n, self.k, self.symbols, self.least, self.most)

    @property
    def m(self) -> int:
        return capacity(self.k, self.symbols)

    @property
    def coherence(self) -> Fraction:
        return Fraction(self.most - self.least, self.most + self.least)

    @property
    def is_whole(self) -> bool:
        """Whether all symbols are allowed everywhere."""
        return self.symbols == self.k * self.q

    @property
    def is_centred(self) -> bool:
        """Whether the shift is the average agreement n/q, so that the constant coordinate can be spared."""
        return is_centred(self.q, self.n, self.k, self.symbols, self.least, self.most)

    @property
    def unit(self) -> Fraction:
        """Inner products are this times (least + most - 2 differences)."""
        return Fraction(self.q, 2) if self.is_centred else Fraction(1)

    @property
    def alphabets(self) -> list[int]:
        """The numbers of symbols allowed at the first k positions."""
        a, larger = divmod(self.symbols, self.k)
        return [a + 1] * larger + [a] * (self.k - larger)


def capacity(k: int, symbols: int) -> int:
    """How many words there are: the product of k numbers of sum ``symbols`` that differ by at most one."""
    a, larger = divmod(symbols, k)
    return (a + 1) ** larger * a ** (k - larger)


def fewest_symbols(q: int, k: int, m: int) -> int | None:
    """The least total of symbols at k positions, at most q at each, with room for m words and at least two."""
    m = max(m, 2)
    if k * (q.bit_length()) < (m - 1).bit_length() or q**k < m:
        return None
    totals = range(k, k * q + 1)
    return totals[bisect_left(totals, m, key=partial(capacity, k))]


def shortest(q: int, n: int, k: int, least: int, most: int, m: int, delta: Fraction) -> tuple[int, int, int] | None:
    """The fewest symbols and most punctured positions that leave a linear code room for m words, and its dimension d.

    So that the error is below delta; returns (d, symbols, punctured), or None. The error 1/2 - least/(2 most) is below
    delta just if ``least > (1 - 2 delta) most``. Puncturing P positions takes P off ``least``, and neither ``most`` nor
    the number of positions that are not fixed to one symbol is exceeded.
    """
    symbols = fewest_symbols(q, k, m)
    if symbols is None:
        return None
    free = n - max(0, 2 * k - symbols)
    below = max(least - (1 - 2 * delta) * most, free - (free - least) / (2 * delta))
    punctured = min(math.ceil(below) - 1, least - 1, n - k)
    if punctured < 0:
        return None
    bounds = least - punctured, min(most, free - punctured)
    return dimension(q, n - punctured, k, symbols, *bounds), symbols, punctured


def punctured_code(
    q: int, n: int, k: int, least: int, most: int, symbols: int, punctured: int, words: WordMaker
) -> Code:
    """A linear code of which the last ``punctured`` of n positions are left out, and some symbols are not allowed."""
    free = n - max(0, 2 * k - symbols)
    kept = n - punctured
    return Code(
        q, kept, k, symbols, least - punctured, min(most, free - punctured), lambda digits: words(digits)[:kept]
    )


def is_centred(q: int, n: int, k: int, symbols: int, least: int, most: int) -> bool:
    return symbols == k * q and q * (least + most) == 2 * n * (q - 1)


def dimension(q: int, n: int, k: int, symbols: int, least: int, most: int) -> int:
    """One coordinate for each symbol but one of each position, and a constant one that a centred code spares."""
    return symbols - k + (n - k) * (q - 1) + (0 if is_centred(q, n, k, symbols, least, most) else 1)


def code_frame(
    family: str,
    params: Mapping[str, int | str],
    code: Code,
    theorem: str,
    sources: tuple[str, ...],
    *,
    coherence_is_exact: bool,
    is_transitive: bool,
    row: RowMaker | None = None,
) -> Frame:
    """The frame whose Gram matrix is ``least + most - 2 H`` (times q/2 if centred), H the numbers of differences.

    Proof. With G = n - H the numbers of agreements, agreement at the position x is ::

        [u_x = w_x] = [u_x = 0] + sum_{s>0} ([u_x = s] - [u_x = 0]) [w_x = s],

    so that the columns [w_x = s] for all x and s > 0, then 1, and the probes 2([u_x = s] - [u_x = 0]), then
    2 #{x : u_x = 0} - (2n - least - most), have this Gram matrix. If all symbols are allowed and the shift is the
    average n/q, the columns q [w_x = s] - 1 and the probes [u_x = s] - [u_x = 0] give q G - n, that is q/2 times it.
    """
    is_sign = code.q == 2 and code.is_centred  # then columns and probes are the same signs
    return Frame(
        family=family,
        params=params,
        d=code.d,
        m=code.m,
        coherence_squared=code.coherence**2,
        coherence_is_exact=coherence_is_exact,
        diagonal=int(code.unit * (code.least + code.most)),
        is_integer=True,
        theorem=theorem,
        sources=sources,
        _columns=partial(_columns, code),
        _probes=None if is_sign else partial(_probes, code),
        is_transitive=is_transitive,
        _row=row,
    )


def row_of_all_words(code: Code, k: int) -> Row:
    """The largest inner products with the word 0 of a whole code in which words can be added.

    All words are looked at, or as many as it takes to find k - 1 that attain the bound.
    """
    middle, largest = code.least + code.most, np.zeros((2, 0), dtype=np.int64)
    step = max(1, CHUNK // code.n, min(k, MOST_SYMBOLS // code.n))
    for start in range(0, code.m, step):
        indices = np.arange(max(1, start), min(code.m, start + step))
        weights = np.count_nonzero(code.words(mixed_radix_digits(indices, code.alphabets)), axis=0)
        largest = np.concatenate([largest, [indices, middle - 2 * weights]], axis=1)
        largest = largest[:, np.lexsort((largest[0], -np.abs(largest[1])))[: k - 1]]
        if np.count_nonzero(np.abs(largest[1]) == code.most - code.least) == k - 1:
            break
    return Row(largest[0].tolist(), [code.unit * value for value in largest[1].tolist()])


def _words(code: Code, indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The words, of shape (n, count), and the first row of each position, of shape (n + 1,)."""
    alphabets = code.alphabets
    words = code.words(mixed_radix_digits(indices, alphabets))
    sizes = alphabets + [code.q] * (code.n - code.k)
    return words, np.concatenate([[0], np.cumsum(sizes) - np.arange(1, code.n + 1)])


def _columns(code: Code, indices: np.ndarray) -> np.ndarray:
    words, starts = _words(code, indices)
    columns = np.zeros((code.d, len(indices)), dtype=_dtype(code))
    columns[:] = -1 if code.is_centred else 0
    columns[starts[-1] :] = 1
    position, column = np.nonzero(words)
    columns[starts[position] + words[position, column] - 1, column] = code.q - 1 if code.is_centred else 1
    return columns


def _probes(code: Code, indices: np.ndarray) -> np.ndarray:
    words, starts = _words(code, indices)
    weight = 1 if code.is_centred else 2
    probes = np.zeros((code.d, len(indices)), dtype=_dtype(code))
    probes[starts[-1] :] = 2 * np.count_nonzero(words == 0, axis=0) - (2 * code.n - code.least - code.most)
    for x in range(code.n):
        probes[starts[x] : starts[x + 1], words[x] == 0] = -weight
    position, column = np.nonzero(words)
    probes[starts[position] + words[position, column] - 1, column] = weight
    return probes


def _dtype(code: Code) -> type[np.signedinteger]:
    # columns have at most n entries 1 and a last one, probes are at most 2 and 2n; centred, n blocks sum to at most 2q
    return smallest_integer_dtype(2 * code.q * code.n if code.is_centred else 4 * code.n)
