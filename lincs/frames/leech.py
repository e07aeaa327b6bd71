"""Lines of the Leech lattice: its minimal vectors, those of its sections, their projections and differences."""

from __future__ import annotations

from functools import lru_cache, partial
from itertools import combinations

import numpy as np

from lincs._checks import InputError, check_integer
from lincs._numbers import Fraction
from lincs.frames._base import Frame, is_below

#: The dimensions of the members of each coherence 1/cosine.
DIMENSIONS = {2: range(16, 25), 3: range(22, 24), 5: range(21, 24)}

#: The exponents in a polynomial that generates the binary Golay code of length 23.
GENERATOR = (0, 1, 5, 6, 7, 9, 11)

#: By s, the number of octads that avoid the first s coordinates, which lie in an octad.
OCTADS = (759, 506, 330, 210, 130, 78, 46, 30, 30)


def leech(d: int = 24, cosine: int = 2) -> Frame:
    """Lines of minimal vectors of the Leech lattice: coherence 1/2 in 16..24 dimensions, 1/3 in 22 and 23; and 1/5.

    The minimal vectors x are, in 24 coordinates and of squared length 32: two entries +-4; +-2 in an octad, a word of
    weight 8 of the Golay code, with an even number of signs -; and, for each word of the code, -3 at one place and 1 at
    the others with the signs - of the word. Their inner products are multiples of 8.

    Proof. They lie in the lattice of the x with x_i = e mod 2 for all i, {i : (x_i - e)/2 odd} a word of the code, and
    sum_i x_i = 4e mod 8, e = 0 or 1. There |x|^2 is a multiple of 16 and so <x, y> one of 8, and no x has |x|^2 = 16.
    So minimal vectors x, y of different lines have |<x, y>| <= 16, as 24 would mean |x - y|^2 = 16: the coherence 1/2.
    The members of d < 24 dimensions are those that vanish in the first 24 - d coordinates, which begin with an octad.
    For v = (4, 4, 0, ..) those with <x, v> = 16 have projections z = x - v/2, |z|^2 = 24, with the products <x, y> - 8,
    where <x, y> <= 16 and 16 - <x, y> = <x, v - y> <= 16 for different lines: the coherence 1/3 in 23 dimensions, and
    in 22 for those orthogonal to the one of x = (4, 0, .., 0, 4).
    For v = (5, 1, .., 1), |v|^2 = 48, those with <x, v> = 24 come in pairs x, v - x, whose differences z = 2x - v have
    |z|^2 = 80 and the products 4 <x, y> - 48, where <x, y> <= 16 and 24 - <x, y> = <x, v - y> <= 16 for different
    pairs: 276 equiangular lines in 23 dimensions, of coherence 1/5. 176 of them are orthogonal to (4, -4, 0, ..), in 22
    dimensions, and 126 of those to a vector of 2s on an octad, in 21. In all three D(m, delta) is exactly d just above
    delta = 1/6, by the Welch bound.

    Parameters
    ----------
    d : int
        16..24 with cosine = 2; 22 or 23 with cosine = 3; 21..23 with cosine = 5.
    cosine : int
        2, 3 or 5, the inverse of the coherence.

    Returns
    -------
    Frame
        Integer. With cosine = 3 and 5 the columns are some of 24 coordinates, of which the others are combinations, so
        that probes are not multiples of them.

    Notes
    -----
    **Guarantee**: coherence exact. **Cost** of columns: O(d) each; the Golay code is made at first. Source: [CS99].

    Examples
    --------
    >>> [leech(d).m for d in (24, 21, 16)], leech(23, 3).m, leech(22, 3).m, [leech(d, 5).m for d in (23, 22, 21)]
    ([98280, 13860, 2160], 2300, 1408, [276, 176, 126])
    """
    if check_integer(cosine, "cosine", 2, 5) not in DIMENSIONS:
        raise InputError(f"cosine must be one of {', '.join(map(str, DIMENSIONS))}, got {cosine}")
    d = check_integer(d, "d", DIMENSIONS[cosine][0], DIMENSIONS[cosine][-1])
    return Frame(
        family="leech",
        params={"d": d, "cosine": cosine},
        d=d,
        m=_capacity(d, cosine),
        coherence_squared=Fraction(1, cosine**2),
        coherence_is_exact=True,
        diagonal={2: 32, 3: 24, 5: 80}[cosine],
        is_integer=True,
        theorem="Minimal vectors of the Leech lattice have inner products that are multiples of a quarter of their "
        "squared length, and at most half of it for different lines.",
        sources=("CS99",),
        _columns=partial(_columns, d, cosine),
        _probes=None if cosine == 2 else partial(_probes, d, cosine),
    )


def leech_for(m: int, delta: Fraction) -> Frame | None:
    """The member of least dimension with room for m features and an error below delta."""
    found = [
        (d, cosine)
        for cosine, dimensions in DIMENSIONS.items()
        for d in dimensions
        if m <= _capacity(d, cosine) and is_below(Fraction(1, cosine**2), delta)
    ]
    return leech(*min(found)) if found else None


def _capacity(d: int, cosine: int) -> int:
    if cosine > 2:
        return {3: {23: 2300, 22: 1408}, 5: {23: 276, 22: 176, 21: 126}}[cosine][d]
    return d * (d - 1) + 64 * OCTADS[24 - d] + (24 * 2048 if d == 24 else 0)


@lru_cache(maxsize=1)
def golay_words() -> np.ndarray:
    """The words of the binary Golay code of length 24, whose first eight coordinates are an octad: int8, (4096, 24)."""
    digits = (np.arange(4096)[:, None] >> np.arange(12)) & 1
    shifts = np.zeros((12, 24), dtype=np.int64)
    for i in range(12):
        shifts[i, [i + power for power in GENERATOR]] = 1
    shifts[:, 23] = shifts.sum(axis=1) % 2
    words = digits @ shifts % 2
    octad = words[np.flatnonzero(words.sum(axis=1) == 8)[0]]
    return words[:, np.argsort(-octad, kind="stable")].astype(np.int8)


@lru_cache(maxsize=1)
def minimal_lines() -> np.ndarray:
    """One of each pair of minimal vectors +-x of the Leech lattice: int8, (98280, 24)."""
    words = golay_words()
    fours = np.zeros((552, 24), dtype=np.int8)
    for pair, (i, j) in enumerate(combinations(range(24), 2)):
        fours[2 * pair : 2 * pair + 2, [i, j]] = [[4, 4], [4, -4]]
    signs = 1 - 2 * ((np.arange(64)[:, None] >> np.arange(7)) & 1)  # the first is +, the last makes their number even
    signs = np.concatenate([signs, signs.prod(axis=1, keepdims=True)], axis=1)
    octads = words[words.sum(axis=1) == 8]
    twos = np.zeros((len(octads), 64, 24), dtype=np.int8)
    for row, octad in zip(twos, octads, strict=True):
        row[:, octad == 1] = 2 * signs
    ones = np.repeat((1 - 2 * words[words[:, 0] == 0])[:, None, :], 24, axis=1)
    ones[:, np.arange(24), np.arange(24)] *= -3
    return np.concatenate([fours, twos.reshape(-1, 24), ones.reshape(-1, 24)])


@lru_cache(maxsize=1)
def _octad() -> np.ndarray:
    """The places of an octad that contains the second coordinate and neither the first nor the last one."""
    words = golay_words()
    is_fit = (words.sum(axis=1) == 8) & (words[:, 1] == 1) & (words[:, [0, -1]] == 0).all(axis=1)
    return np.flatnonzero(words[np.argmax(is_fit)])


@lru_cache(maxsize=4)
def _vectors(d: int, cosine: int) -> np.ndarray:
    """The vectors in all coordinates, as an int8 array of shape (m, 24)."""
    lines = minimal_lines()
    if cosine == 2:
        return lines[(lines[:, : 24 - d] == 0).all(axis=1)]
    x = np.concatenate([lines, -lines])
    if cosine == 3:
        z = x[x[:, 0] + x[:, 1] == 4]
        z[:, :2] -= 2
        relations = [z[:, 0] + z[:, -1] == 0]
    else:
        v = np.ones(24, dtype=np.int8)
        v[0] = 5
        z = 2 * x[x @ v == 24] - v
        relations = [z[:, 0] == z[:, 1], z[:, _octad()].sum(axis=1) == 0]
    first = z[np.arange(len(z)), np.argmax(z != 0, axis=1)]
    is_kept = first > 0  # one of z and -z, which is the other one of a pair
    for is_orthogonal in relations[: 23 - d]:
        is_kept &= is_orthogonal
    return z[is_kept]


@lru_cache(maxsize=4)
def _coordinates(d: int, cosine: int) -> tuple[np.ndarray, np.ndarray]:
    """The coordinates that columns keep, and the matrix, of shape (24, d), by which all are combinations of these."""
    rows = np.eye(24, dtype=np.int16)
    if cosine == 2:
        dropped = list(range(24 - d))
    elif cosine == 3:
        dropped = [1, 23][: 24 - d]
        rows[dropped] = -rows[0]
    else:
        octad = _octad()
        dropped = [23, 1, int(octad[-1])][: 24 - d]
        if d < 23:
            rows[1] = rows[0]
        if d < 22:
            rows[octad[-1]] = -rows[octad[:-1]].sum(axis=0)
        rows[23] = -5 * rows[0] - rows[1:23].sum(axis=0)
    kept = np.setdiff1d(np.arange(24), dropped)
    return kept, rows[:, kept]


def _columns(d: int, cosine: int, indices: np.ndarray) -> np.ndarray:
    return _vectors(d, cosine)[indices][:, _coordinates(d, cosine)[0]].T.astype(np.int16)


def _probes(d: int, cosine: int, indices: np.ndarray) -> np.ndarray:
    return (_vectors(d, cosine)[indices] @ _coordinates(d, cosine)[1]).T
