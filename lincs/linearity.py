"""Linearity of maps, measured on pairs of inputs; and of weights: when a matrix is the sum of parts along directions.

`linearity_defects` takes any callable. `decomposition_error` and `dual_frame` are about ``v = sum_i <b_i, v> a_i``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lincs._checks import InputError, check_matrix, check_pair
from lincs._numbers import Enclosure
from lincs.accessibility import worst_case_error

__all__ = ["LinearityDefects", "decomposition_error", "dual_frame", "linearity_defects"]


@dataclass(frozen=True)
class LinearityDefects:
    """How far a map is from linear on n pairs of inputs: Euclidean norms, a number for each pair.

    Parameters
    ----------
    scales : tuple of float
        The factors c.
    homogeneity : ndarray (len(scales), n)
        ``||f(c x) - c f(x)||``.
    additivity : ndarray (n,)
        ``||f(x + y) - f(x) - f(y)||``.
    affinity : ndarray (n,)
        ``||f(x + y) - f(x) - f(y) + f(0)||``: 0 for affine maps, which have an offset, as well.
    spread : ndarray (n,)
        ``||f(x) - f(y)||``, what the defects are to be compared with.
    """

    scales: tuple[float, ...]
    homogeneity: np.ndarray = field(repr=False)
    additivity: np.ndarray = field(repr=False)
    affinity: np.ndarray = field(repr=False)
    spread: np.ndarray = field(repr=False)

    @property
    def relative(self) -> dict[str, float]:
        """Root mean squares of the defects over that of the spread, "homogeneity" for the worst of the scales.

        About 1e-16 where the map passes; about 1 where a defect is as large as the difference between two inputs.
        """
        spread = _rms(self.spread)
        values = {
            "homogeneity": max(_rms(line) for line in self.homogeneity),
            "additivity": _rms(self.additivity),
            "affinity": _rms(self.affinity),
        }
        return {name: value / spread if spread > 0 else float("nan") for name, value in values.items()}

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"n": len(self.spread), "scales": list(self.scales), "spread": _rms(self.spread), **self.relative}


def linearity_defects(
    f: Callable[[np.ndarray], Any], X: Any, Y: Any, *, scales: Sequence[float] = (2.0, -1.0)
) -> LinearityDefects:
    """How far f is from linear on given pairs of inputs: homogeneity, additivity, and the spread to compare with.

    Parameters
    ----------
    f : callable
        Maps n inputs, an array of the shape of X, to n outputs, an array whose first side is n.
    X, Y : arrays (n, ...)
        Pairs of inputs, such as ones that a network does see; f is also asked about x + y, c x and 0.
    scales : sequence of float
        The factors c of homogeneity. ReLU has no defect for c > 0: ask for a negative one too.

    Returns
    -------
    LinearityDefects

    Raises
    ------
    InputError
        X and Y differ in shape, or f returns something else than n finite outputs.

    Notes
    -----
    **Guarantee.** Measured in the arithmetic of f, on these pairs: a defect beyond rounding shows that f is not linear;
    that there is none on some pairs does not show that it is. **Cost.** ``4 + len(scales)`` calls of f.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X, Y = rng.standard_normal((2, 100, 5))
    >>> found = linearity_defects(lambda x: np.maximum(x, 0), X, Y)
    >>> print(found.homogeneity[0].max(), {name: round(x, 1) for name, x in found.relative.items()})
    0.0 {'homogeneity': 1.3, 'additivity': 0.6, 'affinity': 0.6}
    """
    X, Y = np.asarray(X, dtype=float), np.asarray(Y, dtype=float)
    if X.shape != Y.shape or not X.size:
        raise InputError(f"X has shape {X.shape} and Y has shape {Y.shape}; both must be the same, n inputs each")

    def outputs(inputs: np.ndarray) -> np.ndarray:
        values = np.asarray(f(inputs), dtype=float)
        if values.ndim == 0 or len(values) != len(inputs) or not np.isfinite(values).all():
            raise InputError(f"f returned shape {values.shape} for {len(inputs)} inputs; n finite outputs are needed")
        return values.reshape(len(values), -1)

    fx, fy, fsum, origin = outputs(X), outputs(Y), outputs(X + Y), outputs(np.zeros_like(X))
    return LinearityDefects(
        scales=tuple(map(float, scales)),
        homogeneity=np.array([np.linalg.norm(outputs(c * X) - c * fx, axis=1) for c in scales]),
        additivity=np.linalg.norm(fsum - fx - fy, axis=1),
        affinity=np.linalg.norm(fsum - fx - fy + origin, axis=1),
        spread=np.linalg.norm(fx - fy, axis=1),
    )


def decomposition_error(A: Any, B: Any = None) -> Enclosure:
    """What a matrix M loses when it is written as the sum of its parts along the columns of A, read by B.

    The part of M along a_i is ``M a_i b_i^T``, and the parts add up to ``M A B^T``. The error is that for ``M = I`` ::

        max over v in [-1, 1]^d of ||sum_i <b_i, v> a_i - v||_inf = max_i sum_j |A B^T - I|_ij,

    and 0 iff every M is the sum of its parts: iff B is a dual frame of A.

    Parameters
    ----------
    A : array (d, m)
        Directions.
    B : array (d, m), optional
        What reads the coefficients of v along them; A by default.

    Returns
    -------
    Enclosure

    Raises
    ------
    InputError
        As `lincs.worst_case_error`.

    Notes
    -----
    **Guarantee.** Exact for integers, an enclosure otherwise: it is W_d of the pair (B^T, A^T). **Cost.** ``O(d^2 m)``.

    Examples
    --------
    Three directions of a plane, at right angles and half way between: their parts add up to too much.

    >>> A = np.array([[1, 0, 1], [0, 1, 1]])
    >>> print(decomposition_error(A), decomposition_error(A, dual_frame(A)).upper < 1e-15)
    2 True
    """
    A, B = check_pair(A, A if B is None else B)
    return worst_case_error(B.T, A.T, k=len(A)).error


def dual_frame(A: Any) -> np.ndarray:
    """The canonical dual frame ``B = (A A^T)^-1 A``: with it every matrix is the sum of its parts along columns of A.

    ``A B^T = I``, and of all B with that property it has the smallest entries, in mean square. ``B^T A`` is then the
    orthogonal projection onto the row space of A, of rank d: as probes, dual frames have ``W_1(A, B) >= 1 - d/m``.

    Parameters
    ----------
    A : array (d, m)
        Of rank d.

    Returns
    -------
    ndarray (d, m) of float64

    Raises
    ------
    InputError
        A is not a finite real matrix, or its columns do not span R^d.

    Notes
    -----
    **Guarantee.** None but that of float64; `decomposition_error` encloses what is left. **Cost.** ``O(d^2 m)``.
    Sources: [Christensen03].

    Examples
    --------
    >>> dual_frame(np.array([[1, 0, 1], [0, 1, 1]])).round(12) * 3
    array([[ 2., -1.,  1.],
           [-1.,  2.,  1.]])
    """
    A = check_matrix(A).astype(np.float64)
    d = len(A)
    rank = int(np.linalg.matrix_rank(A))
    if rank < d:
        raise InputError(f"A has rank {rank} up to rounding; columns that span all d = {d} dimensions are needed")
    return np.ascontiguousarray(np.linalg.pinv(A).T)


def _rms(x: np.ndarray) -> float:
    return float(np.sqrt(np.mean(x * x)))
