"""What turns floats of unknown origin into certified sides; the argument is in the docstring of `lincs.probes`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from lincs._checks import InputError
from lincs._rounding import above, as_float64, gamma, power_of_two

#: Ratios below this are compared with the gap absolutely.
SMALL = 1e-9


def _norm(x: np.ndarray, axis: int | None = None) -> Any:
    """A number above the Euclidean norm."""
    n = x.size if axis is None else x.shape[axis]
    return above(np.sqrt(np.sum(x * x, axis=axis)), n) + math.sqrt(n) * 1e-154


class Matrix:
    """A, scaled by powers of two and orthonormalised, with what certifies lower sides (see the module's docstring).

    ``scaled = A[basis] * row_scale[:, None] / column_scale``, and ``transform @ scaled`` is nearly ``Q.T``, whose rows
    are nearly orthonormal.
    """

    def __init__(self, A: np.ndarray) -> None:
        self.A = as_float64(A, "floats, or method='exact'")
        self.d, self.m = self.A.shape
        basis = np.flatnonzero(self.A.any(axis=1))
        scaled, self.row_scale, self.column_scale = _equilibrated(self.A[basis])
        self.kernel_is_known = True
        self.note = ""
        if not self._orthonormalise(scaled):
            keep = _independent_rows(scaled)
            rest = np.setdiff1d(np.arange(len(basis)), keep)
            self.kernel_is_known = self._orthonormalise(scaled[keep]) and _is_rank(scaled, len(keep))
            if not self.kernel_is_known:
                shown = ", ".join(map(str, basis[rest][:5])) + (", ..." if len(rest) > 5 else "")
                self.note = (
                    f"A has rank {len(keep)} up to rounding, which is not known to be exact: no good lower side; "
                    f"drop rows that depend on others ({shown}), or pass integers, or method='exact' if A is small"
                )
            basis, self.row_scale = basis[keep], self.row_scale[keep]
        self.basis = basis
        self.rank = len(basis)
        self.column_norms = _norm(self.A, axis=0)

    def _orthonormalise(self, scaled: np.ndarray) -> bool:
        """Set Q, transform and the constants of the lower side; whether these prove that the rows are independent."""
        self.scaled = scaled
        r, m = scaled.shape
        if r == 0:
            self.Q, self.transform, self._constants = np.zeros((m, 0)), np.zeros((0, 0)), (0.0, 0.0, 1.0)
            return True
        if r > m:
            return False
        Q, R = np.linalg.qr(scaled.T)
        try:
            transform = np.linalg.inv(R.T)
        except np.linalg.LinAlgError:
            return False
        self.Q, self.transform = np.ascontiguousarray(Q), np.ascontiguousarray(transform)
        size = _norm(Q)
        eta = _norm(Q.T @ Q - np.eye(r)) + above(gamma(m) * size * size)
        g = _norm(transform @ scaled - Q.T) + above(gamma(r) * _norm(transform) * _norm(scaled))
        q = above(math.sqrt(1 + eta))
        total = above(eta + g * q)
        if not total < 0.5:  # nan included
            return False
        self._constants = (float(above(q / (1 - total))), float(g), float(size))
        return True

    @property
    def stretch(self) -> float:
        """A number s such that some c of length ``s ||transform @ scaled @ w||`` has w - c in the kernel, for any w."""
        return self._constants[0]

    def distances(self, W: np.ndarray) -> np.ndarray:
        """For each row w of W a number above the length of some c with w - c in the kernel of ``scaled``."""
        factor, g, size = self._constants
        norms = _norm(W, axis=1)
        return above(factor * (_norm(W @ self.Q, axis=1) + (g + gamma(self.m) * size) * norms))

    def lower_sides(self, W: np.ndarray, features: np.ndarray) -> np.ndarray:
        """Certified lower sides from vectors w (one a row) that are nearly in the kernel; z is ``w / column_scale``."""
        if not self.kernel_is_known or not len(features):
            return np.zeros(len(features))
        c = self.distances(W)
        inverse = 1 / self.column_scale
        top = (W[np.arange(len(W)), features] - c) * inverse[features]
        size = above(np.abs(W) @ inverse, self.m) + above(_norm(inverse) * c)
        lower = np.maximum(top, 0) / size
        return np.where(np.isfinite(lower), lower, 0) * (1 - gamma(16))

    def upper_sides(self, B: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Certified ``max_j |<b_i, a_j> - [i = j]|`` of the columns of B, probes for the features ``rows``."""
        from lincs._probes_kernels import largest_errors

        upper = np.empty(len(rows))
        # powers of two that rows of A take from those of B change no product, but they do change the bound on its
        # rounding: without them rows of very different sizes would spoil it
        scale = np.ones((self.d, 1))
        scale[self.basis, 0] = self.row_scale
        A = self.A
        if scale.min() < scale.max() and np.array_equal(B / scale * scale, B):
            A, B = A * scale, B / scale
        norms = _norm(A, axis=0)
        slack = above(gamma(self.d + 2) * _norm(B, axis=0))
        with np.errstate(over="ignore", invalid="ignore"):
            for part in blocks(len(rows), max(1, 2**24 // self.m)):
                M = np.ascontiguousarray(B[:, part].T) @ A
                largest_errors(M, rows[part], norms, slack[part], upper[part])
            return np.where(np.isfinite(upper), upper * (1 + gamma(8)) + 1e-300, np.inf)

    def probes(self, t: np.ndarray, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Probes (d, n), ``A^T b`` proportional to ``Q t`` after scaling, with their best factors; their errors."""
        n = len(features)
        b = t @ self.transform
        U = b @ self.scaled
        U *= self.column_scale
        U /= self.column_scale[features][:, None]
        own = U[np.arange(n), features]
        U[np.arange(n), features] = 0
        other = np.abs(U).max(axis=1, initial=0)
        good = own > 0
        factor = np.where(good, 1 / np.where(good, own + other, 1), 0) / self.column_scale[features]
        B = np.zeros((self.d, n))
        B[self.basis] = (b * factor[:, None]).T * self.row_scale[:, None]
        return B, np.where(good, other / np.where(good, own + other, 1), 1)

    def z(self, w: np.ndarray) -> np.ndarray:
        """The vector of the original problem with ``||z||_1 = 1`` up to rounding."""
        z = w / self.column_scale
        size = np.abs(z).sum()
        return z / size if size > 0 else z


def _equilibrated(A: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """``(scaled, row_scale, column_scale)``, with ``scaled = A * row_scale[:, None] / column_scale`` exactly."""
    if not len(A):
        return A, np.ones(0), np.ones(A.shape[1])
    row_scale = 1 / power_of_two(np.abs(A).max(axis=1))
    scaled = A * row_scale[:, None]
    norms = np.sqrt((scaled * scaled).sum(axis=0))
    positive = norms[norms > 0]
    middle = float(np.median(positive)) if len(positive) else 1.0
    # the square root of a column's size: the iteration converges fastest half way between A and normalised columns
    column_scale = np.where(norms > 0, power_of_two(np.sqrt(norms / middle)), 1.0)
    scaled = scaled / column_scale
    factor = 1 / power_of_two(np.sqrt((scaled * scaled).sum(axis=1)))
    scaled, row_scale = scaled * factor[:, None], row_scale * factor
    with np.errstate(over="ignore", invalid="ignore"):
        is_exact = np.array_equal(scaled * column_scale / row_scale[:, None], A)
    if not is_exact:
        raise InputError("A has rows or columns whose sizes differ by more than float64 can scale; rescale them first")
    return scaled, row_scale, column_scale


def _independent_rows(scaled: np.ndarray) -> np.ndarray:
    """Rows of ``scaled`` that are independent and span the others, up to rounding."""
    from scipy.linalg import qr

    R, pivots = qr(scaled.T, mode="r", pivoting=True, check_finite=False)
    diagonal = np.abs(np.diag(R))
    rank = int((diagonal > 8 * max(scaled.shape) * np.finfo(float).eps * diagonal[0]).sum())
    return np.sort(pivots[:rank])


def _is_rank(scaled: np.ndarray, rank: int) -> bool:
    """Whether the matrix of floats has this rank, decided in integers; False also where that would take too long."""
    from flint import fmpz_mat

    if scaled.size > 100_000:
        return False
    mantissas, exponents = np.frexp(scaled)
    low = int(exponents[scaled != 0].min(initial=0))
    if int(exponents.max(initial=0)) - low > 1000:
        return False
    exponents = np.where(scaled != 0, exponents, low)
    numbers = [
        [int(a) << int(e) for a, e in zip(row, row_exponents, strict=True)]
        for row, row_exponents in zip(np.ldexp(mantissas, 53), exponents - low, strict=True)
    ]
    return int(fmpz_mat(numbers).rank()) == rank


def blocks(n: int, size: int) -> Iterator[slice]:
    """Slices of at most this size that cover range(n)."""
    for start in range(0, n, size):
        yield slice(start, min(start + size, n))


def is_closed(lower: Any, upper: Any, gap: float) -> Any:
    """Whether the sides are within the gap: ``upper - lower <= gap * max(upper, SMALL)``."""
    return upper - lower <= gap * np.maximum(upper, SMALL)
