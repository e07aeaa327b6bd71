"""Lines of the Leech lattice: its minimal vectors and those of its sections, and their projections."""

from __future__ import annotations

from functools import lru_cache, partial
from itertools import combinations

import numpy as np

from lincs._checks import check_integer
from lincs._numbers import Fraction
from lincs.frames._base import Frame, is_below

#: The dimensions of the members of each coherence 1/cosine.
DIMENSIONS = {2: range(16, 25), 3: range(22, 24)}

#: The exponents in a polynomial that generates the binary Golay code of length 23.
GENERATOR = (0, 1, 5, 6, 7, 9, 11)

#: By s, the number of octads that avoid the first s coordinates, which lie in an octad.
OCTADS = (759, 506, 330, 210, 130, 78, 46, 30, 30)


def leech(d: int = 24, cosine: int = 2) -> Frame:
    """Lines of minimal vectors of the Leech lattice: coherence 1/2 in 16..24 dimensions, 1/3 in 22 and 23.

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

    Parameters
    ----------
    d : int
        16..24 with cosine = 2; 22 or 23 with cosine = 3.
    cosine : int
        2 or 3, the inverse of the coherence.

    Returns
    -------
    Frame
        Integer; with cosine = 3 the probes have another first coordinate than the columns.

    Notes
    -----
    **Guarantee**: coherence exact. **Cost** of columns: O(d) each; the Golay code is made at first. Source: [CS99].

    Examples
    --------
    >>> [leech(d).m for d in (24, 21, 16)], leech(23, 3).m, leech(22, 3).m
    ([98280, 13860, 2160], 2300, 1408)
    """
    cosine = check_integer(cosine, "cosine", 2, 3)
    d = check_integer(d, "d", DIMENSIONS[cosine][0], DIMENSIONS[cosine][-1])
    return Frame(
        family="leech",
        params={"d": d, "cosine": cosine},
        d=d,
        m=_capacity(d, cosine),
        coherence_squared=Fraction(1, cosine**2),
        coherence_is_exact=True,
        diagonal=32 if cosine == 2 else 24,
        is_integer=True,
        theorem="Minimal vectors of the Leech lattice have inner products that are multiples of a quarter of their "
        "squared length, and at most half of it for different lines.",
        sources=("CS99",),
        _columns=partial(_columns, d, cosine, 1),
        _probes=None if cosine == 2 else partial(_columns, d, cosine, 25 - d),
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
    if cosine == 3:
        return {23: 2300, 22: 1408}[d]
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


@lru_cache(maxsize=4)
def _vectors(d: int, cosine: int) -> np.ndarray:
    """All columns, as an int8 array of shape (m, d)."""
    lines = minimal_lines()
    if cosine == 2:
        return lines[(lines[:, : 24 - d] == 0).all(axis=1), 24 - d :]
    vectors = np.concatenate([lines, -lines])
    vectors = vectors[vectors[:, 0] + vectors[:, 1] == 4]
    z = np.concatenate([vectors[:, :1] - 2, vectors[:, 2:]], axis=1)  # the second coordinate is minus the first
    first = z[np.arange(len(z)), np.argmax(z != 0, axis=1)]
    z = z[first > 0]  # one of z and -z, which is the projection of v - x
    return z if d == 23 else z[z[:, 0] + z[:, -1] == 0, :-1]  # the last coordinate is minus the first


def _columns(d: int, cosine: int, weight: int, indices: np.ndarray) -> np.ndarray:
    """The vectors, their first coordinate times a weight: how many coordinates of the 24 it stands for."""
    columns = _vectors(d, cosine)[indices].T.astype(np.int16)
    columns[0] *= weight
    return columns
