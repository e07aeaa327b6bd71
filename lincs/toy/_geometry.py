"""How features share dimensions: measures of superposition, and the polytopes whose values they plateau at."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from lincs._checks import InputError, as_array

#: The polytopes that features of equal importance form, by [EEA]: vertices, and the dimensions that they span.
POLYTOPES: dict[str, tuple[int, int]] = {
    "tetrahedron": (4, 3),
    "triangle": (3, 2),
    "digon": (2, 1),
    "pentagon": (5, 2),
    "square antiprism": (8, 3),
}


@dataclass(frozen=True, eq=False)
class Superposition:
    """The measures of superposition of one W, or of many: arrays (..., m) for W of shape (..., d, m).

    Parameters
    ----------
    norms : ndarray (..., m)
        ``||W_i||^2``: about 1 for a feature that is represented and 0 for one that is not.
    interference : ndarray (..., m)
        ``sum_{j != i} (hat W_i . W_j)^2``, ``hat W_i = W_i / ||W_i||``: 0 for a feature with a direction of its own.
    dimensionality : ndarray (..., m)
        ``D_i = ||W_i||^2 / sum_j (hat W_i . W_j)^2``, the fraction of a dimension that feature i has; 0 where W_i = 0.
    per_feature : ndarray (...)
        ``D* = d / ||W||_F^2``, dimensions per represented feature.
    """

    norms: np.ndarray
    interference: np.ndarray = field(repr=False)
    dimensionality: np.ndarray = field(repr=False)
    per_feature: np.ndarray = field(repr=False)


def superposition(W: Any) -> Superposition:
    """The measures of superposition of W, by [EEA]_ (their m / ||W||_F^2 is our d / ||W||_F^2).

    Theorem ([SSJ22]_, where D_i is called capacity): ``sum_i D_i <= rank W``, with equality iff each W_i is an
    eigenvector of ``W W^T``: iff features fall into orthogonal subspaces in each of which they are a tight frame. So n
    features of one norm that share c dimensions and leave none idle have D_i = c/n: the plateaus.
    Proof: with S = W W^T, ``D_i = ||W_i||^4 / (W_i . S W_i) <= W_i . S^+ W_i`` by Cauchy and Schwarz, and the right
    sides add up to rank W.

    Parameters
    ----------
    W : array (..., d, m)
        Representation vectors; exact for Fractions (dtype object).

    Returns
    -------
    Superposition

    Raises
    ------
    InputError
        W is not an array of finite numbers with two dimensions or more.

    Guarantee: exact formulas, up to rounding (for Fractions exact). Cost: ``O(d m^2)`` for each W.

    Examples
    --------
    >>> import numpy as np
    >>> pentagon = np.exp(2j * np.pi * np.arange(5) / 5)
    >>> superposition([pentagon.real, pentagon.imag]).dimensionality.round(12)
    array([0.4, 0.4, 0.4, 0.4, 0.4])
    """
    W = as_array(W, "W")
    if W.ndim < 2 or W.size == 0 or W.dtype.kind not in "iufO":
        raise InputError(f"W must be real and of shape (..., d, m), got {W.dtype} of shape {W.shape}")
    if W.dtype.kind != "O":
        W = W.astype(float)
        if not np.isfinite(W).all():
            raise InputError("W has entries that are not finite")
    return of_gram(W.swapaxes(-1, -2) @ W, W.shape[-2])


def of_gram(G: np.ndarray, d: int) -> Superposition:
    """The same from the Gram matrix ``G = W^T W`` alone, in the arithmetic of its entries."""
    norms = np.diagonal(G, axis1=-2, axis2=-1)
    squares = (G * G).sum(axis=-1)
    is_zero = norms == 0
    divisor = np.where(is_zero, 1, norms)
    interference = squares / divisor - norms
    total = norms.sum(axis=-1)
    return Superposition(
        norms=norms,
        interference=np.where(is_zero, 0, interference),
        dimensionality=norms * norms / np.where(is_zero, 1, squares),
        per_feature=d / np.where(total == 0, np.inf, total) if G.dtype.kind != "O" else d / total,
    )


def polytope(name: str) -> tuple[Any, int]:
    """The Gram matrix of a polytope's vertices, unit vectors, in exact arithmetic (sympy), and their dimension.

    The square antiprism is the one whose vertices are a tight frame: its squares lie at the heights 1/sqrt 3 and
    -1/sqrt 3. (At the heights of least energy, as electrons on a sphere sit, D_i is a little below 3/8.)

    Examples
    --------
    >>> G, d = polytope("tetrahedron")
    >>> print(G[0, 1], d)
    -1/3 3
    """
    import sympy

    if name not in POLYTOPES:
        raise InputError(f"polytope must be one of {', '.join(POLYTOPES)}, got {name!r}")
    n, d = POLYTOPES[name]
    if name == "square antiprism":
        # the upper square at the angles 0, 90, ..., the lower one turned by 45 degrees
        height, radius = 1 / sympy.sqrt(3), sympy.sqrt(sympy.Rational(2, 3))
        angles = [sympy.pi * (2 * i + (i >= 4)) / 4 for i in range(8)]
        points = [
            [radius * sympy.cos(angle), radius * sympy.sin(angle), height * (1 if i < 4 else -1)]
            for i, angle in enumerate(angles)
        ]
        W = sympy.Matrix(points)
        return (W * W.T).applyfunc(sympy.nsimplify).applyfunc(sympy.simplify), d
    if name == "pentagon":
        return sympy.Matrix(5, 5, lambda i, j: sympy.cos(2 * sympy.pi * (i - j) / 5).rewrite(sympy.sqrt)), d
    return sympy.Matrix(n, n, lambda i, j: 1 if i == j else sympy.Rational(-1, n - 1)), d  # a simplex


def plateau(name: str) -> Fraction:
    """The dimensionality D_i of every vertex of a polytope, dimensions over vertices (theorem of `superposition`).

    Examples
    --------
    >>> {name: str(plateau(name)) for name in POLYTOPES}
    {'tetrahedron': '3/4', 'triangle': '2/3', 'digon': '1/2', 'pentagon': '2/5', 'square antiprism': '3/8'}
    """
    if name not in POLYTOPES:
        raise InputError(f"polytope must be one of {', '.join(POLYTOPES)}, got {name!r}")
    n, d = POLYTOPES[name]
    return Fraction(d, n)
