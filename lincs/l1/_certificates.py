"""What turns floats of unknown origin into verdicts; the argument is in the docstring of `lincs.l1`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from lincs._checks import InputError, as_array, check_matrix
from lincs._rounding import above, as_float64, exponents, gamma, power_of_two
from lincs.probes._certificates import Matrix

#: Where ||A z - x||_2 is at most this times ||x||_2 the vector z counts as an answer for x.
CONSISTENT = 1e-10


class Columns:
    """The columns of an array (r, m) of floats, and what certifies verdicts about sign vectors from dual vectors."""

    def __init__(self, rows: np.ndarray) -> None:
        self.rows = np.ascontiguousarray(rows)
        self.r, self.m = rows.shape
        self.columns = np.ascontiguousarray(rows.T)
        self.norms = above(np.sqrt((rows * rows).sum(axis=0)), self.r + 2) + 1e-150

    def slack(self, w: np.ndarray) -> np.ndarray:
        """Numbers e for the rows of w: the computed ``a_j^T w`` is off by at most ``e norms[j]``."""
        return np.asarray(above(gamma(self.r + 2) * np.sqrt((w * w).sum(axis=1)), self.r + 4) + 1e-150)

    def is_dual(self, w: np.ndarray, signs: np.ndarray, sigma: np.ndarray) -> np.ndarray:
        """Whether each row of w proves that its sign vector is recovered; ``sigma`` is below sigma_min on S."""
        from lincs import _l1_kernels as kernels

        n = len(w)
        squares, largest = np.empty(n), np.empty(n)
        is_empty = ~signs.any(axis=1)
        with np.errstate(all="ignore"):
            slack = self.slack(w)
            U = np.ascontiguousarray(w @ self.rows)
            kernels.sign_residuals(U, signs, self.norms, slack, squares)
            reach = above(slack + above(np.sqrt(above(squares, self.m + 4))) / sigma)
            reach[~(sigma > 0)] = np.inf
            reach[is_empty] = slack[is_empty]
            kernels.largest_off_support(U, signs, self.norms, reach, largest)
            return np.isfinite(reach) & (largest * (1 + gamma(8)) < 1)


class Dictionary:
    """A, scaled by powers of two, which is exact; dual vectors here belong to the scaled rows.

    ``matrix.A = A / 2^exponent`` has largest entry about 1, ``plain.rows = matrix.A[basis] * row_scale[:, None]``, and
    ``matrix.scaled = plain.rows / column_scale``.
    """

    def __init__(self, A: np.ndarray) -> None:
        scale = power_of_two(np.abs(A).max())
        if not np.array_equal(A / scale * scale, A):
            raise InputError("A has entries whose sizes differ by more than float64 can scale; rescale them first")
        self.exponent = int(exponents(scale))
        self.matrix = matrix = Matrix(A / scale)
        self.d, self.m, self.rank = matrix.d, matrix.m, matrix.rank
        self.inverse = 1 / matrix.column_scale
        self.length = above(math.sqrt(float((self.inverse * self.inverse).sum())), self.m + 4)
        self.plain = Columns(matrix.scaled * matrix.column_scale)

    def dual(self, u: np.ndarray) -> np.ndarray:
        """Dual vectors, one a row, of points near the row space in scaled coordinates."""
        return np.asarray((u @ self.matrix.Q) @ self.matrix.transform)

    def original(self, w: np.ndarray) -> np.ndarray:
        """Dual vectors (d, n) of A from those of the scaled rows, one a row."""
        W = np.zeros((self.d, len(w)))
        W[self.matrix.basis] = rescaled(w, exponents(self.matrix.row_scale) - self.exponent, "dual vector").T
        return W

    def is_descent(self, w: np.ndarray, signs: np.ndarray) -> np.ndarray:
        """Whether each row of w, nearly in the kernel of ``scaled``, proves that its sign vector is not recovered.

        The vector of the original problem is ``w * inverse``.
        """
        from lincs import _l1_kernels as kernels

        if not self.matrix.kernel_is_known:
            return np.zeros(len(w), dtype=bool)
        slopes, sizes = np.empty(len(w)), np.empty(len(w))
        kernels.slopes_and_sizes(w, signs, self.inverse, slopes, sizes)
        with np.errstate(all="ignore"):
            error = above(self.matrix.distances(w) * self.length) + above(gamma(self.m + 4) * sizes)
            return np.asarray(slopes + above(error) < 0)

    def residuals(self, X: np.ndarray, Z: np.ndarray) -> np.ndarray:
        """Certified upper bounds on ``||matrix.A z - x||_2`` for the rows x of X and z of Z."""
        R = X - Z @ self.matrix.A.T
        error = gamma(self.m + 2) * (np.abs(Z) @ self.matrix.column_norms + np.sqrt((X * X).sum(axis=1)))
        return np.asarray(above(np.sqrt((R * R).sum(axis=1)) + error, self.m + self.d + 8))


class Supports:
    """The columns of A on n supports of one size, orthonormalised: lower bounds on sigma_min(A_S), and corrections."""

    def __init__(self, plain: Columns, index: np.ndarray) -> None:
        self.index = index
        self.columns = plain.columns[index]  # (n, s, rank)
        n, s, rank = self.columns.shape
        if 0 < s <= rank:
            with np.errstate(all="ignore"):
                self.inverse = _inverse_factors(self.columns @ self.columns.transpose(0, 2, 1))
                self.sigma = _least_singular_values(self.columns, self.inverse)
                weak = np.flatnonzero(self.sigma == 0)
                if len(weak):  # squaring lost too much: orthonormalise without a Gram matrix
                    self.inverse[weak] = _inverse_triangles(self.columns[weak])
                    self.sigma[weak] = _least_singular_values(self.columns[weak], self.inverse[weak])
                    self.inverse[self.sigma == 0] = 0
        else:
            self.inverse, self.sigma = np.zeros((n, s, s)), np.zeros(n)

    def keep(self, which: np.ndarray) -> None:
        """Forget all but these."""
        self.index, self.columns = self.index[which], self.columns[which]
        self.inverse, self.sigma = self.inverse[which], self.sigma[which]

    def signs(self, signs: np.ndarray) -> np.ndarray:
        """The signs (n, s) on the supports."""
        return np.take_along_axis(signs, self.index, axis=1).astype(np.float64)

    def least(self, right: np.ndarray) -> np.ndarray:
        """The shortest w with ``A_S^T w = right`` for each row, nearly."""
        half = self.inverse @ right[:, :, None]
        return np.asarray((self.columns.transpose(0, 2, 1) @ (self.inverse.transpose(0, 2, 1) @ half))[:, :, 0])

    def corrected(self, w: np.ndarray, right: np.ndarray) -> np.ndarray:
        """w moved by as little as possible so that nearly ``A_S^T w = right``."""
        return w + self.least(right - (self.columns @ w[:, :, None])[:, :, 0])

    def solve(self, x: np.ndarray) -> np.ndarray:
        """The least squares solutions z_S of ``A_S z_S = x``, one step of refinement included."""

        def step(rest: np.ndarray) -> np.ndarray:
            return self.inverse.transpose(0, 2, 1) @ (self.inverse @ (self.columns @ rest))

        z = step(x[:, :, None])
        z += step(x[:, :, None] - self.columns.transpose(0, 2, 1) @ z)
        return np.asarray(z[:, :, 0])


def by_size(signs: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The rows of ``signs`` in groups of one support size: (positions of the rows, their supports (n, s))."""
    sizes = (signs != 0).sum(axis=1)
    for s in np.unique(sizes):
        where = np.flatnonzero(sizes == s)
        yield where, np.nonzero(signs[where])[1].reshape(len(where), s)


def certifies(A: Any, support: Any, signs: Any, w: Any) -> bool:
    """Whether w proves that L1 recovers every z with these signs on this support (and zeros elsewhere) from A z.

    True is returned where it is proved that A_S is injective and that some w' close to w is a dual certificate: ``A_S^T
    w' = signs`` and ``|a_j^T w'| < 1`` off S (see `lincs.l1`).

    Parameters
    ----------
    A : array (d, m)
        Representation vectors, real.
    support : sequence of s different integers in [0, m)
        S; it may be empty.
    signs : sequence of s numbers, each 1 or -1
        Signs of z on S, in this order.
    w : array (d,)
        Dual vector.

    Returns
    -------
    bool
        False says nothing about other w: see `recovery` for a decision.

    Raises
    ------
    InputError
        Shapes or values are not as above.

    Guarantee: True is a theorem about the arrays passed, all rounding errors bounded. A w that is a theorem away from
    the boundary by less than about ``d u cond(A_S)`` (u = 2^-53) may give False.
    Cost: ``O(d m + d s^2)``.
    Sources: [ZYC]_ (that some such w exists is also necessary).

    Examples
    --------
    >>> import numpy as np
    >>> A = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5]])
    >>> certifies(A, [0], [1], [1.0, 0.0]), certifies(A, [0], [1], [1.0, 1.0]), certifies(A, [2], [1], [1.0, 1.0])
    (True, False, False)
    """
    A = check_dictionary(A)
    d, m = A.shape
    S = as_array(support, "support")
    if S.size == 0:
        S = np.zeros(0, dtype=np.int64)
    if S.ndim != 1 or S.dtype.kind not in "iu" or (S.size and (S.min() < 0 or S.max() >= m)):
        raise InputError(f"support must be a sequence of integers from 0 to {m - 1}")
    if len(np.unique(S)) != len(S):
        raise InputError("support must not repeat an index")
    values = as_array(signs, "signs")
    if values.dtype.kind not in "iuf" or values.shape != S.shape or not ((values == 1) | (values == -1)).all():
        raise InputError(f"signs must be {len(S)} numbers, each 1 or -1")
    w = check_vector(w, d, "w")
    # rows that differ in size by powers of two are made equal, which is exact and makes the bounds sharp
    scale = 1 / power_of_two(np.abs(A).max(axis=1))
    with np.errstate(all="ignore"):
        rows, scaled_w = A * scale[:, None], w / scale
        if not (np.array_equal(rows / scale[:, None], A) and np.array_equal(scaled_w * scale, w)):
            rows, scaled_w = A, w
    row = np.zeros((1, m), dtype=np.int8)
    row[0, S] = values
    plain = Columns(rows)
    sigma = Supports(plain, S.astype(np.int64)[None]).sigma
    return bool(plain.is_dual(scaled_w[None], row, sigma)[0])


def rescaled(V: np.ndarray, shifts: np.ndarray, what: str) -> np.ndarray:
    """``V * 2^shifts``, a row for each column of the data; InputError where that does not fit into float64."""
    with np.errstate(over="ignore", under="ignore"):
        result = np.ldexp(V, shifts)
    size = np.abs(result)
    fits = (size.max(axis=1, initial=0) >= np.finfo(float).tiny) | ~V.any(axis=1)
    bad = np.flatnonzero(~(fits & (size.sum(axis=1) < np.inf)))
    if len(bad):
        raise InputError(
            f"the {what} of column {bad[0]} is too large or too small for float64; rescale A or the column"
        )
    return np.asarray(result)


def check_dictionary(A: Any) -> np.ndarray:
    """``A`` as a finite real float64 array (d, m)."""
    return as_float64(check_matrix(A))


def check_vector(x: Any, size: int, name: str) -> np.ndarray:
    """``x`` as a finite real float64 vector of this size."""
    x = as_array(x, name)
    if x.shape != (size,):
        raise InputError(f"{name} has shape {x.shape}; a vector of {size} numbers is needed")
    return as_float64(check_matrix(x[:, None], name), name=name)[:, 0]


def check_columns(X: Any, rows: int, name: str) -> np.ndarray:
    """``X`` as a finite real float64 array of shape (rows, n), n possibly 0."""
    X = as_array(X, name)
    if X.ndim != 2 or X.shape[0] != rows:
        hint = f"; did you mean {name}[:, None]?" if X.shape == (rows,) else ""
        raise InputError(f"{name} has shape {X.shape}; ({rows}, n) is needed, a column each{hint}")
    if X.shape[1] == 0:
        return np.zeros((rows, 0))
    return as_float64(check_matrix(X, name), name=name)


def _frobenius(x: np.ndarray) -> np.ndarray:
    """A number above the Frobenius norm of each matrix of a stack."""
    return np.asarray(above(np.sqrt((x * x).sum(axis=(1, 2))), x.shape[1] * x.shape[2]) + 1e-150)


def _least_singular_values(columns: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    """Certified lower bounds on those of a stack (n, s, r), given inverses that nearly orthonormalise it."""
    _, s, r = columns.shape
    Y = inverse @ columns
    N = Y @ Y.transpose(0, 2, 1) - np.eye(s)
    size, factor = _frobenius(Y), _frobenius(inverse)
    eta = above(_frobenius(N) + gamma(r + 2) * (size * size + s))
    error = above(gamma(s + 1) * factor * _frobenius(columns))
    sigma = (np.sqrt(np.maximum(1 - eta, 0)) * (1 - gamma(8)) - error) / factor * (1 - gamma(8))
    return np.where(np.isfinite(sigma) & (eta < 1), np.maximum(sigma, 0), 0)


def _inverse_factors(gram: np.ndarray) -> np.ndarray:
    """The inverse Cholesky factors of a stack of Gram matrices, nearly; 0 for those that look singular."""
    from scipy.linalg.lapack import dpotrf, dtrtri

    inverse = np.zeros_like(gram)
    for r in range(len(gram)):
        factor, failed = dpotrf(gram[r], lower=1)
        if not failed:
            factor, failed = dtrtri(factor, lower=1)
        if not failed:
            inverse[r] = factor
    return inverse


def _inverse_triangles(columns: np.ndarray) -> np.ndarray:
    """The same by orthogonal transformations, for a stack (n, s, r) of vectors."""
    from scipy.linalg.lapack import dtrtri

    inverse = np.zeros((len(columns), columns.shape[1], columns.shape[1]))
    for r in range(len(columns)):
        if np.isfinite(columns[r]).all():
            factor, failed = dtrtri(np.asarray(np.linalg.qr(columns[r].T, mode="r")).T, lower=1)
            if not failed:
                inverse[r] = factor
    return inverse
