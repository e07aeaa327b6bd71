"""Nonlinear baselines: orthogonal matching pursuit and hard thresholding, on all columns at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lincs._checks import check_eps, check_integer, check_sparsity
from lincs._rounding import exponents, power_of_two
from lincs.l1._certificates import Columns, Supports, check_columns, check_dictionary, rescaled
from lincs.probes._certificates import blocks

#: Residuals and correlations below this, relative to the data, count as 0.
NEGLIGIBLE = 1e-12


def orthogonal_matching_pursuit(A: Any, X: Any, k: int) -> np.ndarray:
    """Orthogonal matching pursuit: k-sparse vectors z with A z near each column x of X, a support index at a time.

    Each of k steps takes the column a_j with the largest ``|a_j^T r| / ||a_j||``, r being the residual of the least
    squares solution on the columns taken so far; it ends early where the residual, or every such number, is 0 up
    to rounding.

    Parameters
    ----------
    A : array (d, m)
        Representation vectors, real.
    X : array (d, n)
        Measurements, a column each.
    k : int
        Steps, 1 <= k <= m; no more than d are taken.

    Returns
    -------
    ndarray (m, n) of float64

    Raises
    ------
    InputError
        A or X is not a finite real array, shapes do not fit, k is out of range, or an answer leaves the range of
        float64.

    Guarantee: none, this is a heuristic; near ties between columns are decided by rounding (see `omp_margins`).
    Cost: ``O(k d (m + k))`` a column, in matrix products; memory ``O((d + m) n)``.
    Sources: [FR]_, section 3.2.

    Examples
    --------
    >>> import numpy as np
    >>> A = np.array([[1.0, 0.0, 0.6], [0.0, 1.0, 0.8]])
    >>> orthogonal_matching_pursuit(A, np.array([[0.0], [3.0]]), 1)[:, 0]
    array([0., 3., 0.])
    """
    A = check_dictionary(A)
    d, m = A.shape
    X = check_columns(X, d, "X")
    k = check_sparsity(k, m)
    Z = np.zeros((X.shape[1], m))
    pursuit = _Greedy(A)
    rows, shifts = _scaled_rows(X)
    for part in blocks(len(Z), _block(d, m, k)):
        x = rows[part]
        chosen = np.full((len(x), min(k, d)), -1)

        def pick(step: int, scores: np.ndarray, live: np.ndarray, chosen: np.ndarray = chosen) -> np.ndarray:
            chosen[live, step] = scores.argmax(axis=1)
            return chosen[live, step]

        pursuit.run(x, min(k, d), pick)
        Z[part] = _least_squares(pursuit.plain, x, chosen)
    return np.ascontiguousarray(rescaled(Z, shifts[:, None] - pursuit.exponents, "answer").T)


def omp_recovers(A: Any, Z: Any) -> np.ndarray:
    """Whether orthogonal matching pursuit takes exactly the support of each known vector z, in as many steps.

    Then it recovers z from A z exactly, up to rounding. A tie up to rounding counts as a failure.

    Parameters
    ----------
    A : array (d, m)
        Representation vectors, real.
    Z : array (m, n)
        The vectors, a column each.

    Returns
    -------
    ndarray (n,) of bool

    Raises
    ------
    InputError
        A or Z is not a finite real array, or Z has not m rows.

    Guarantee: an experiment's outcome in float64, not a proof; `omp_margins` says by how much.
    Cost: as `orthogonal_matching_pursuit`.
    Sources: [FR]_, section 3.2.

    Examples
    --------
    >>> import numpy as np
    >>> A = np.array([[1.0, 0.0, 0.6], [0.0, 1.0, 0.8]])
    >>> omp_recovers(A, np.array([[0.0, 3.0, 0.0], [1.0, 1.0, 0.0]]).T)
    array([ True, False])
    """
    return np.asarray(omp_margins(A, Z) > NEGLIGIBLE)


def omp_margins(A: Any, Z: Any) -> np.ndarray:
    """By how much orthogonal matching pursuit takes a column of the support of z, at the step where that is closest.

    With ``c_j = |a_j^T r| / ||a_j||`` the margin is the least over the steps of ``(max over S of c_j - max off S of
    c_j) / max of all c_j``; in [-1, 1]. At the first step where it is not positive the pursuit takes a wrong column (or
    ties), and ends. It is 1 for z = 0 and 0 where the columns of the support are dependent.

    Parameters
    ----------
    A, Z
        As in `omp_recovers`.

    Returns
    -------
    ndarray (n,) of float64

    Raises
    ------
    InputError
        As in `omp_recovers`.

    Guarantee: an estimate, in float64; below about 1e-12 in absolute value it is a tie as far as rounding can tell.
    Cost: as `orthogonal_matching_pursuit`.

    Examples
    --------
    >>> import numpy as np
    >>> A = np.array([[1.0, 0.0, 0.6], [0.0, 1.0, 0.8]])
    >>> omp_margins(A, np.array([[0.0, 3.0, 0.0]]).T).round(12)
    array([0.2])
    """
    A = check_dictionary(A)
    d, m = A.shape
    Z = check_columns(Z, m, "Z")
    pursuit = _Greedy(A)
    sizes = (Z != 0).sum(axis=0)
    margins = np.ones(Z.shape[1])
    most = int(sizes.max(initial=0))
    for part in blocks(len(margins), _block(d, m, most)):
        z = np.ascontiguousarray(Z.T[part])
        size, margin, is_on = sizes[part], margins[part], z != 0
        steps = np.zeros(len(z), dtype=np.int64)

        def pick(
            step: int,
            scores: np.ndarray,
            live: np.ndarray,
            size: np.ndarray = size,
            margin: np.ndarray = margin,
            is_on: np.ndarray = is_on,
            steps: np.ndarray = steps,
        ) -> np.ndarray:
            on = np.where(is_on[live], scores, -1).max(axis=1)
            off = np.where(is_on[live], -1, scores).max(axis=1, initial=0)
            margin[live] = np.minimum(margin[live], (on - off) / np.maximum(np.maximum(on, off), 1e-300))
            steps[live] = step + 1
            choice = np.where(is_on[live], scores, -1).argmax(axis=1)
            choice[(margin[live] <= 0) | (step >= size[live])] = -1
            return choice

        pursuit.run(pursuit.measurements(z), min(most, d), pick, size)
        margin[(steps < size) & (margin > 0)] = 0
    return margins


def _block(d: int, m: int, k: int) -> int:
    return int(max(16, 2**22 // max(m, min(k, d) * d)))


def _scaled_rows(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The columns of X as rows with largest entries about 1, and the exponents of the powers of two taken out."""
    scale = power_of_two(np.abs(X).max(axis=0, initial=0))
    return np.ascontiguousarray((X / scale).T), exponents(scale)


class _Greedy:
    """Orthogonal matching pursuits on one A, a row each; powers of two are taken out of its columns."""

    def __init__(self, A: np.ndarray) -> None:
        scale = power_of_two(np.abs(A).max(axis=0))
        A = A / scale
        self.exponents = exponents(scale)
        self.plain = Columns(A)
        norms = np.sqrt((A * A).sum(axis=0))
        self.unit = A / np.where(norms > 0, norms, 1)

    def measurements(self, Z: np.ndarray) -> np.ndarray:
        """``A z`` for the rows z of Z, each up to a power of two."""
        shifts = self.exponents + np.where(Z != 0, np.frexp(Z)[1], -10_000)
        most = shifts.max(axis=1, keepdims=True)
        return np.asarray(np.ldexp(Z, self.exponents - most) @ self.plain.columns)

    def run(
        self,
        x: np.ndarray,
        steps: int,
        pick: Callable[[int, np.ndarray, np.ndarray], np.ndarray],
        sizes: np.ndarray | None = None,
    ) -> None:
        """Let ``pick`` choose columns by their scores, step by step; -1 ends a row, and so do its ``sizes``.

        What was taken has the score -1.
        """
        n, d = x.shape
        basis = np.zeros((n, steps, d))
        rest = x.copy()
        taken = np.zeros((n, self.unit.shape[1]), dtype=bool)
        start = np.linalg.norm(x, axis=1)
        for step in range(steps):
            live = np.linalg.norm(rest, axis=1) > NEGLIGIBLE * start
            if sizes is not None:
                live &= sizes > step
            where = np.flatnonzero(live)
            if not len(where):
                return
            scores = np.abs(rest[where] @ self.unit)
            scores[taken[where]] = -1
            stuck = scores.max(axis=1) <= NEGLIGIBLE * start[where]
            rest[where[stuck]] = 0
            where, scores = where[~stuck], scores[~stuck]
            choice = pick(step, scores, where)
            ended = choice < 0
            rest[where[ended]] = 0
            where, choice = where[~ended], choice[~ended]
            taken[where, choice] = True
            q = self.unit.T[choice]
            old = basis[where, :step]
            for _ in range(2):  # twice is enough to be orthogonal up to rounding
                q = q - (old.transpose(0, 2, 1) @ (old @ q[:, :, None]))[:, :, 0]
            length = np.linalg.norm(q, axis=1, keepdims=True)
            q = np.where(length > NEGLIGIBLE, q / np.maximum(length, 1e-300), 0)
            basis[where, step] = q
            rest[where] -= (rest[where] * q).sum(axis=1, keepdims=True) * q


def _least_squares(plain: Columns, x: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """The least squares solutions on the columns ``chosen`` of each row, of which those that are -1 do not count."""
    Z = np.zeros((len(x), plain.m))
    sizes = (chosen >= 0).sum(axis=1)
    for s in np.unique(sizes[sizes > 0]):
        where = np.flatnonzero(sizes == s)
        index = chosen[where, :s]
        supports = Supports(plain, index)
        z = supports.solve(x[where])
        for row in np.flatnonzero(supports.sigma == 0):
            z[row] = np.linalg.lstsq(supports.columns[row].T, x[where[row]], rcond=None)[0]
        Z[where[:, None], index] = z
    return Z


def iterative_hard_thresholding(
    A: Any, X: Any, k: int, *, most_iterations: int = 300, tol: float = 1e-10
) -> np.ndarray:
    """Normalised iterative hard thresholding: k-sparse vectors z with A z near each column x of X.

    ``z <- H_k(z + mu A^T (x - A z))``, H_k keeping the k largest entries; mu is the best step on the present support,
    shortened where the support would change until the residual cannot grow.

    Parameters
    ----------
    A : array (d, m)
        Representation vectors, real (of about equal length: the method is not invariant under scaling of columns).
    X : array (d, n)
        Measurements, a column each.
    k : int
        Sparsity, 1 <= k <= m.
    most_iterations : int
        A column ends after so many.
    tol : float
        A column ends where ``||x - A z|| <= tol ||x||`` or z moves by less than ``tol ||z||``; in (0, 1].

    Returns
    -------
    ndarray (m, n) of float64

    Raises
    ------
    InputError
        A or X is not a finite real array, shapes do not fit, k or tol is out of range, or an answer leaves the range
        of float64.

    Guarantee: none, this is a heuristic.
    Cost: ``O(d m)`` a column and iteration.
    Sources: [BD10]_.

    Examples
    --------
    >>> import numpy as np
    >>> A = np.array([[1.0, 0.0, 0.6], [0.0, 1.0, 0.8]])
    >>> iterative_hard_thresholding(A, np.array([[0.0], [3.0]]), 1)[:, 0].round(6)
    array([0., 3., 0.])
    """
    A = check_dictionary(A)
    d, m = A.shape
    X = check_columns(X, d, "X")
    k = check_sparsity(k, m)
    most_iterations = check_integer(most_iterations, "most_iterations")
    tol = float(check_eps(tol, "tol"))
    Z = np.zeros((X.shape[1], m))
    scale = power_of_two(np.abs(A).max())
    rows, shifts = _scaled_rows(X)
    for part in blocks(len(Z), max(16, 2**22 // m)):
        Z[part] = _thresholded(A / scale, rows[part], k, most_iterations, tol)
    return np.ascontiguousarray(rescaled(Z, shifts[:, None] - exponents(scale), "answer").T)


def _thresholded(A: np.ndarray, x: np.ndarray, k: int, most_iterations: int, tol: float) -> np.ndarray:
    result = np.zeros((len(x), A.shape[1]))
    where = np.flatnonzero(x.any(axis=1))
    x = x[where]
    size = np.linalg.norm(x, axis=1)
    z = np.zeros((len(x), A.shape[1]))
    is_on = _largest(x @ A, k) != 0
    for _ in range(most_iterations):
        rest = x - z @ A.T
        gradient = rest @ A
        best = np.where(is_on, gradient, 0)
        below = ((best @ A.T) ** 2).sum(axis=1)
        mu = (best * best).sum(axis=1) / np.where(below > 0, below, 1)
        new = _largest(z + mu[:, None] * gradient, k)
        shorten = np.flatnonzero(((new != 0) != is_on).any(axis=1))
        for _ in range(60):
            if not len(shorten):
                break
            move = new[shorten] - z[shorten]
            below = ((move @ A.T) ** 2).sum(axis=1)
            too_long = mu[shorten] * below > 0.99 * (move * move).sum(axis=1)
            shorten = shorten[too_long]
            mu[shorten] /= 2
            new[shorten] = _largest(z[shorten] + mu[shorten, None] * gradient[shorten], k)
        moved = np.linalg.norm(new - z, axis=1)
        z, is_on = new, new != 0
        done = (moved <= tol * np.linalg.norm(z, axis=1)) | (np.linalg.norm(x - z @ A.T, axis=1) <= tol * size)
        if done.any():
            result[where[done]] = z[done]
            left = ~done
            where, x, size, z, is_on = where[left], x[left], size[left], z[left], is_on[left]
        if not len(where):
            break
    result[where] = z
    return result


def _largest(v: np.ndarray, k: int) -> np.ndarray:
    """The k entries of each row that are largest in absolute value, the others set to 0."""
    if k >= v.shape[1]:
        return v
    result = np.zeros_like(v)
    index = np.argpartition(-np.abs(v), k - 1, axis=1)[:, :k]
    np.put_along_axis(result, index, np.take_along_axis(v, index, axis=1), axis=1)
    return result
