"""The slow way of `recovery`, one pattern of signs at a time: a linear program, and integers where it is a tie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lincs._numbers import Fraction
from lincs.l1._certificates import Supports

if TYPE_CHECKING:
    from lincs.l1._recovery import Decider

#: Arrays with more entries than this are not looked at in integers.
MOST_ENTRIES = 100_000


def decide(decider: Decider, position: int) -> None:
    """Prove one or the other about a pattern of signs, if the linear program helps to.

    With A_S injective, ``v = max { -<signs, h_S> : A h = 0, sum off S of |h_j| <= 1 }`` is below 1 iff the pattern is
    recovered. It is attained at a vertex h, and on S and the support of a vertex the kernel of A is one-dimensional
    (along any other direction there one could move both ways). So the support of h gives h exactly, and v = 1 can be
    told.
    """
    dictionary, signs = decider.dictionary, decider.signs[position]
    where = np.array([position])
    S = np.flatnonzero(signs)
    h, w = _dependence(dictionary.plain.columns[S], S, dictionary.m), None
    if h is None:
        h, w = _vertex(dictionary.plain.rows, signs)
    if w is not None:
        supports = Supports(dictionary.plain, S[None])
        w = supports.corrected(w[None], supports.signs(signs[None]))
        if dictionary.plain.is_dual(w, signs[None], supports.sigma)[0]:
            decider.accept(where, w)
            return
    if h is None or not h.any():
        return
    matrix = dictionary.matrix
    for direction in (h, -h):
        scaled = direction[None] * matrix.column_scale
        scaled -= (scaled @ matrix.Q) @ matrix.Q.T
        if dictionary.is_descent(scaled, signs[None])[0]:
            decider.refute(where, scaled * dictionary.inverse)
            return
    T = np.flatnonzero((signs != 0) | (np.abs(h) > 1e-9 * np.abs(h).max()))
    exact = _exact_descent(matrix.A, T, signs)
    if exact is not None:
        decider.refute(where, exact[None])


def _dependence(columns: np.ndarray, S: np.ndarray, m: int) -> np.ndarray | None:
    """A vector on S that is nearly in the kernel, if the columns there look dependent."""
    s, r = columns.shape
    if s == 0:
        return None
    scale = np.sqrt((columns * columns).sum(axis=1))
    scale[scale == 0] = 1
    U, values, _ = np.linalg.svd(columns / scale[:, None])
    if s <= r and values[-1] > 1e-12:
        return None
    h = np.zeros(m)
    h[S] = U[:, -1] / scale
    return h


def _vertex(rows: np.ndarray, signs: np.ndarray) -> tuple[np.ndarray | None, np.ndarray | None]:
    """A vertex h that attains v and a dual vector w, up to the solver's accuracy; None where it fails."""
    from scipy.optimize import linprog

    S, off = np.flatnonzero(signs), np.flatnonzero(signs == 0)
    solution = linprog(
        np.concatenate([signs[S].astype(float), np.zeros(2 * len(off))]),
        A_ub=np.concatenate([np.zeros(len(S)), np.ones(2 * len(off))])[None],
        b_ub=[1.0],
        A_eq=np.hstack([rows[:, S], rows[:, off], -rows[:, off]]),
        b_eq=np.zeros(len(rows)),
        bounds=[(None, None)] * len(S) + [(0, None)] * (2 * len(off)),
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    if solution.status != 0:
        return None, None
    h = np.zeros(len(signs))
    h[S], positive, negative = np.split(solution.x, [len(S), len(S) + len(off)])
    h[off] = positive - negative
    return h, np.asarray(solution.eqlin.marginals)


def _exact_descent(A: np.ndarray, T: np.ndarray, signs: np.ndarray) -> np.ndarray | None:
    """A kernel vector of the floats A on T that refutes the signs, proved in integers, rounded at the end."""
    from flint import fmpz_mat

    from lincs._rounding import dyadic_integers

    if len(A) * len(T) > MOST_ENTRIES:
        return None
    basis, nullity = fmpz_mat([dyadic_integers(row)[1] for row in A[:, T]]).nullspace()
    for column in range(nullity):
        values = [int(basis[i, column]) for i in range(len(T))]
        largest = max(map(abs, values))
        for direction in (1, -1):
            h = {int(j): Fraction(direction * x, largest) for j, x in zip(T, values, strict=True)}
            if sum(int(signs[j]) * x if signs[j] else abs(x) for j, x in h.items()) <= 0:
                return np.array([float(h.get(j, 0)) for j in range(len(signs))])
    return None
