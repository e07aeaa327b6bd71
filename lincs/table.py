"""The table of the best bounds on D(m, delta) that lincs knows, random samples of it, and frames that improve it.

D(m, delta) is the least rank of a real m x m matrix within delta of the identity in every entry; d(m, k, eps) is
D(m, eps/k) for 0 < eps <= 1. It does not decrease in m and does not increase in delta.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lincs import bounds, frames
from lincs._checks import check_eps, check_integer
from lincs._numbers import Enclosure, Fraction
from lincs.accessibility import worst_case_error
from lincs.bounds import Bound, DimensionBounds
from lincs.bounds.lower import MOST_FEATURES
from lincs.frames.stored import checked_range, small_integers
from lincs.theorems import theorem

#: The cells of the table, if no others are asked for.
GRID_M = (10**3, 10**4, 10**5, 10**6, 10**9, 10**12)
GRID_DELTA = tuple(Fraction(text) for text in ("0.3", "0.2", "0.1", "0.05", "0.02", "0.01", "0.005"))

#: Matrices of so many entries are written whole by the command of a cell; of larger ones about the second number.
WHOLE, PART = 2**27, 2**21

#: Quantiles of a random sample that are told.
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)

#: How far above its own error a new frame is asked about: the inequality is strict.
_ABOVE = Fraction(1, 10**30)


def cells(ms: Iterable[Any] = GRID_M, deltas: Iterable[Any] = GRID_DELTA) -> list[DimensionBounds]:
    """Both sides of D(m, delta) for all these m and delta, with all bounds behind them.

    Parameters
    ----------
    ms : iterable of int
        From 1 to 10^300.
    deltas : iterable of str, Fraction, Decimal, int or float
        In (0, 1], read exactly.

    Returns
    -------
    list of DimensionBounds
        At k = 1 and eps = delta, m by m.

    Notes
    -----
    **Guarantee**: as `lincs.dimension_bounds`. **Cost**: well under a second a cell.

    Examples
    --------
    >>> [cell.lower.d for cell in cells([1000], ["0.1", "0.05"])]
    [76, 266]
    """
    sizes = list(dict.fromkeys(check_integer(m, "m", 1, MOST_FEATURES) for m in ms))
    tolerances = list(dict.fromkeys(check_eps(delta, "delta") for delta in deltas))
    return [bounds.dimension_bounds(m, 1, delta) for m in sizes for delta in tolerances]


def commands(bound: Bound) -> list[tuple[str, str]]:
    """How the matrix behind an upper bound is built: pairs of what a command does, and the command.

    Examples
    --------
    >>> from lincs.bounds import frame_upper_bound
    >>> commands(frame_upper_bound("weil", 1000, 1, "0.1"))
    [('writes the matrix', 'lincs construct weil --param p=83 --param t=2 -m 1000 --out A.npy')]
    """
    frame = bound.frame
    if frame is None:
        return []
    words = ["lincs", "construct", bound.theorem]
    for name, value in frame.params.items():
        words += ["--param", f"{name}={value}"]
    count = bound.m if frame.d * bound.m <= WHOLE else max(1, PART // frame.d)
    words += ["-m", str(count), "--out", "A.npy"]
    if not frame.is_symmetric:
        words += ["--probes-out", "B.npy"]
    what = "writes the matrix" if frame.is_symmetric else "writes the matrices"
    if count < bound.m:
        what = f"writes the first {count} of its {bound.m} columns"
    return [(what, shlex.join(words))]


def check_command(cell: DimensionBounds) -> str:
    """The command that writes what both sides of a cell rest on, for `lincs check`."""
    return f"lincs bounds -m {cell.m} -k 1 --eps {cell.eps} --certificate bound.json"


def cell_to_dict(cell: DimensionBounds) -> dict[str, Any]:
    """A cell for JSON: both sides, their theorems and parameters, the ratio, and commands."""
    upper = _side(cell.upper)
    frame = cell.upper.frame
    if frame is not None:
        upper |= {"error": frame.error.to_dict(), "capacity": frame.m}
    return {
        "m": cell.m,
        "delta": str(cell.delta),
        "lower": _side(cell.lower),
        "upper": upper,
        "exact": cell.is_exact,
        "ratio": cell.ratio,
        "published": {
            "lower": cell.published_lower.d,
            "upper": min(cell.m, cell.published_upper.d),
            "ratio": cell.published_ratio,
        },
        "commands": [{"what": what, "command": command} for what, command in commands(cell.upper)],
        "check": check_command(cell),
    }


def _side(bound: Bound) -> dict[str, Any]:
    known = theorem(bound.theorem)
    return {
        "d": bound.d,
        "theorem": bound.theorem,
        "params": {name: str(value) if isinstance(value, Fraction) else value for name, value in bound.params.items()},
        "title": known.title,
        "statement": known.statement,
        "proof": known.proof,
        "sources": list(bound.sources or known.sources),
    }


@dataclass(frozen=True)
class Sample:
    """Upper over lower bound at random (m, delta), log-uniform: what lies between the cells of a table.

    Parameters
    ----------
    seed : int
    cells : tuple of DimensionBounds
    """

    seed: int
    cells: tuple[DimensionBounds, ...]

    @property
    def ratios(self) -> np.ndarray:
        """Upper over lower bound of each, rounded up."""
        return np.array([cell.ratio for cell in self.cells])

    @property
    def worst(self) -> DimensionBounds:
        """The cell with the largest ratio."""
        return max(self.cells, key=lambda cell: cell.ratio)

    def to_dict(self) -> dict[str, Any]:
        """Quantiles, the largest ratio and where it is, for JSON."""
        levels = np.quantile(self.ratios, QUANTILES)
        return {
            "count": len(self.cells),
            "seed": self.seed,
            "quantiles": {f"{q:g}": float(x) for q, x in zip(QUANTILES, levels, strict=True)},
            "median": float(np.median(self.ratios)),
            "maximum": {"ratio": self.worst.ratio, "m": self.worst.m, "delta": str(self.worst.delta)},
            "published_median": float(np.median([cell.published_ratio for cell in self.cells])),
        }


def sample(count: int, seed: int = 0, ms: Sequence[int] = GRID_M, deltas: Sequence[Fraction] = GRID_DELTA) -> Sample:
    """Both sides of D(m, delta) at random places, log-uniform in m and delta over the range of a table.

    Parameters
    ----------
    count, seed : int
        How many, and the seed of numpy's default generator.
    ms, deltas
        Their least and largest are the range. delta is rounded to four digits.

    Examples
    --------
    >>> found = sample(20, seed=1)
    >>> bool(1 <= found.ratios.min() <= np.median(found.ratios) <= found.worst.ratio)
    True
    """
    count, seed = check_integer(count, "count"), check_integer(seed, "seed", 0)
    cells = random_cells(count, seed, ms, deltas)
    return Sample(seed, tuple(bounds.dimension_bounds(m, 1, delta) for m, delta in cells))


def random_cells(
    count: int, seed: int, ms: Sequence[int] = GRID_M, deltas: Sequence[Fraction] = GRID_DELTA
) -> list[tuple[int, Fraction]]:
    """The places (m, delta) of a `sample`."""
    rng = np.random.default_rng(seed)
    cells = []
    for u, v in rng.random((count, 2)).tolist():
        m = math.exp(math.log(min(ms)) + u * (math.log(max(ms)) - math.log(min(ms))))
        low, high = math.log(min(deltas)), math.log(max(deltas))
        delta = Fraction(f"{math.exp(low + v * (high - low)):.3e}")
        cells.append((min(max(round(m), min(ms)), max(ms)), min(max(delta, min(deltas)), max(deltas))))
    return cells


@dataclass(frozen=True, eq=False)
class Submission:
    """A pair that may improve the table, as small integers, and where it does.

    Parameters
    ----------
    A : ndarray of integers, shape (d, m)
    B : ndarray of integers, shape (d, m), or None
        None where B = A.
    error : Fraction
        ``max |scale B^T A - I|`` of these integers, exact.
    scale : Fraction
        The best factor for B.
    improved : tuple of (DimensionBounds, int)
        The cells that it improves, with how many dimensions they had.
    least_m : int or None
        Just above its error it needs fewer dimensions than any known frame for least_m to m features; None where it
        does for no m.
    known : int
        The dimensions of the best known frame for m features just above this error.
    """

    A: np.ndarray
    B: np.ndarray | None
    error: Fraction
    scale: Fraction
    improved: tuple[DimensionBounds, ...]
    least_m: int | None
    known: int

    @property
    def d(self) -> int:
        """Its dimensions."""
        return int(self.A.shape[0])

    @property
    def m(self) -> int:
        """Its features."""
        return int(self.A.shape[1])

    def to_dict(self) -> dict[str, Any]:
        """Everything but the matrices, for JSON."""
        return {
            "d": self.d,
            "m": self.m,
            "error": Enclosure(self.error, self.error).to_dict(),
            "scale": str(self.scale),
            "improved_cells": [{"m": cell.m, "delta": str(cell.delta), "had": cell.upper.d} for cell in self.improved],
            "least_m": self.least_m,
            "known_dimension": self.known,
        }


def submit(A: Any, B: Any = None, *, ms: Iterable[Any] = GRID_M, deltas: Iterable[Any] = GRID_DELTA) -> Submission:
    """Verify a pair rigorously and find what it improves.

    A frame with m columns in d dimensions and the error e shows D(m', delta) <= d for all m' <= m, since columns may be
    left out, and all delta > e.

    Parameters
    ----------
    A, B : array_like, shape (d, m)
        Representation vectors and probes, B = A by default, in any scale. What is not an integer is rounded
        (`lincs.frames.stored.small_integers`), and the verdict is about the rounded pair.
    ms, deltas
        The cells that are looked at.

    Returns
    -------
    Submission

    Raises
    ------
    InputError
        The matrices cannot be used, or the error is 1/2 or more.

    Notes
    -----
    **Guarantee**: the error is exact: from the integer Gram matrix, and once more by `lincs.worst_case_error`.
    **Cost**: O(d m^2), and the table.

    Examples
    --------
    >>> found = submit(np.array([[1, 0, -1], [0, 1, -1]]), np.array([[2, -1, -1], [-1, 2, -1]]))
    >>> str(found.error), found.known, found.least_m
    ('1/3', 2, None)
    """
    X, Y = small_integers(A, B)
    probes = X if Y is None else Y
    least, off = checked_range(X, probes)
    d, m = X.shape
    scale, error = Fraction(1, least + off), Fraction(off, least + off)
    found = worst_case_error(X, probes, k=1, scale=scale).error
    if not found.lower == found.upper == error:
        raise ArithmeticError(f"two computations of one error differ: {error} and {found}")

    def improves(m: int) -> bool:
        return _known(m, error + _ABOVE) > d

    improved = tuple(
        cell
        for cell in cells([x for x in ms if check_integer(x, "m") <= m], deltas)
        if error < cell.delta and d < cell.upper.d
    )
    low, high = 0, m  # improves at high, not at low
    while improves(m) and high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if improves(middle) else (middle, high)
    return Submission(X, Y, error, scale, improved, high if improves(m) else None, _known(m, error + _ABOVE))


def _known(m: int, delta: Fraction) -> int:
    """The least dimension of a known frame."""
    frame = frames.best_for(m, delta)
    return m if frame is None else frame.d
