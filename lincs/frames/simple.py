"""Frames that need no algebra: one dimension for all, the identity, the simplex, lines in the plane."""

from __future__ import annotations

from functools import partial

import numpy as np

from lincs._checks import check_integer
from lincs._numbers import Fraction
from lincs.frames._base import Frame, is_below, smallest_integer_dtype


def constant(m: int) -> Frame:
    """All m columns equal to the number 1: d = 1, coherence 1, error 1/2. It settles delta > 1/2."""
    m = check_integer(m, "m", 1)
    return Frame(
        family="constant",
        params={"m": m},
        d=1,
        m=m,
        coherence_squared=Fraction(1 if m > 1 else 0),
        coherence_is_exact=True,
        diagonal=1,
        is_integer=True,
        theorem="The all-ones matrix has rank 1.",
        sources=(),
        _columns=_constant_columns,
        is_transitive=True,
    )


def constant_for(m: int, delta: Fraction) -> Frame | None:
    """The one-dimensional frame if m = 1 or delta > 1/2."""
    frame = constant(m)
    return frame if frame.is_accurate(delta) else None


def _constant_columns(indices: np.ndarray) -> np.ndarray:
    return np.ones((1, len(indices)), dtype=np.int8)


def identity(m: int) -> Frame:
    """The orthonormal basis: d = m and no interference at all.

    Examples
    --------
    >>> identity(3).matrix()
    array([[1, 0, 0],
           [0, 1, 0],
           [0, 0, 1]], dtype=int8)
    """
    m = check_integer(m, "m")
    return Frame(
        family="identity",
        params={"m": m},
        d=m,
        m=m,
        coherence_squared=Fraction(0),
        coherence_is_exact=True,
        diagonal=1,
        is_integer=True,
        theorem="The columns of the identity matrix are orthonormal.",
        sources=(),
        _columns=partial(_identity_columns, m),
        is_transitive=True,
    )


def identity_for(m: int, delta: Fraction) -> Frame | None:
    """The identity on m features; it meets every delta > 0."""
    return identity(m)


def _identity_columns(d: int, indices: np.ndarray) -> np.ndarray:
    columns = np.zeros((d, len(indices)), dtype=np.int8)
    columns[indices, np.arange(len(indices))] = 1
    return columns


def simplex(m: int) -> Frame:
    """The pair of rank m - 1 at distance 1/m from the identity: ``M = I - J/m`` for the all-ones matrix J.

    Raw columns are those of ``[I, -1]`` and raw probes those of ``m I - J`` without its last row, so that
    ``B^T A = m I - J``. Coherence 1/(m-1): the regular simplex, with integer coordinates.

    Examples
    --------
    >>> simplex(3).probes(range(3)).T @ simplex(3).matrix()
    array([[ 2, -1, -1],
           [-1,  2, -1],
           [-1, -1,  2]], dtype=int8)
    """
    m = check_integer(m, "m", 2)
    return Frame(
        family="simplex",
        params={"m": m},
        d=m - 1,
        m=m,
        coherence_squared=Fraction(1, (m - 1) ** 2),
        coherence_is_exact=True,
        diagonal=m - 1,
        is_integer=True,
        theorem="m I - J has rank m - 1, diagonal m - 1 and -1 elsewhere.",
        sources=(),
        _columns=partial(_simplex_columns, m),
        _probes=partial(_simplex_probes, m),
        is_transitive=True,
    )


def simplex_for(m: int, delta: Fraction) -> Frame | None:
    """The simplex on exactly m features if 1/m < delta; one on more has m dimensions, as the identity has, or more."""
    return simplex(m) if m >= 2 and is_below(Fraction(1, (m - 1) ** 2), delta) else None


def _simplex_columns(m: int, indices: np.ndarray) -> np.ndarray:
    columns = np.zeros((m - 1, len(indices)), dtype=smallest_integer_dtype(2 * m))
    last = indices == m - 1
    columns[indices[~last], np.flatnonzero(~last)] = 1
    columns[:, last] = -1
    return columns


def _simplex_probes(m: int, indices: np.ndarray) -> np.ndarray:
    probes = np.full((m - 1, len(indices)), -1, dtype=smallest_integer_dtype(2 * m))
    inner = indices < m - 1
    probes[indices[inner], np.flatnonzero(inner)] = m - 1
    return probes


def circle(m: int) -> Frame:
    """m lines through the origin of the plane at equal angles pi/m: d = 2 and coherence cos(pi/m).

    This settles delta = 1/2, where two dimensions hold any number of features. The coherence is bounded by a
    rational number (Taylor's polynomial of degree 4 lies above the cosine).
    """
    m = check_integer(m, "m", 2)
    angle = Fraction(314159265, 100000000) / m  # below pi/m, where the cosine is larger
    cosine = 1 - angle**2 / 2 + angle**4 / 24 if m > 2 else Fraction(0)
    return Frame(
        family="circle",
        params={"m": m},
        d=2,
        m=m,
        coherence_squared=cosine**2,
        coherence_is_exact=m == 2,
        diagonal=1,
        is_integer=False,
        theorem="Lines at angles that are multiples of pi/m meet at angles of at least pi/m.",
        sources=(),
        _columns=partial(_circle_columns, m),
        is_transitive=True,
    )


def circle_for(m: int, delta: Fraction) -> Frame | None:
    """The m lines in the plane if their error is below delta."""
    if m < 2:
        return None
    frame = circle(m)
    return frame if frame.is_accurate(delta) else None


def _circle_columns(m: int, indices: np.ndarray) -> np.ndarray:
    angles = np.pi * indices.astype(np.float64) / m
    return np.stack([np.cos(angles), np.sin(angles)])
