"""Recorded activations and feature values, read by blocks of samples, and what a pass over all of them computes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from lincs._checks import InputError, check_matrix
from lincs._rounding import UNIT, above, accurate_product, as_float64, gamma, power_of_two

#: Entries of X, of Z and of their product in a block of samples.
BLOCK_ENTRIES = 2**21

#: Rounding bounds are taken so many times. Once is enough; three times, and they still hold where somebody else adds in
#: another order and takes them once.
MARGIN = 3


def check_samples(X: Any, Z: Any, names: tuple[str, str] = ("X", "Z")) -> tuple[np.ndarray, np.ndarray]:
    """``(X, Z)`` as two checked arrays, (n, d) and (n, m)."""
    X = check_matrix(X, names[0], shape="(n, d)")
    Z = check_matrix(Z, names[1], shape="(n, m)")
    if len(X) != len(Z):
        hint = "".join(
            f"; {name} looks transposed"
            for name, matrix, n in ((names[0], X, len(Z)), (names[1], Z, len(X)))
            if matrix.shape[1] == n
        )
        raise InputError(
            f"{names[0]} has shape {X.shape} and {names[1]} has shape {Z.shape}; "
            f"both need a row for each sample, (n, d) and (n, m){hint}"
        )
    return X, Z


#: So many samples at most are looked at in accurate products for one feature.
MOST_CLOSE = 20_000


@dataclass(frozen=True)
class Errors:
    """Errors of one probe for each feature over all samples.

    Parameters
    ----------
    worst : ndarray (m,)
        Certified above the largest absolute error.
    rms : ndarray (m,)
        Root of the mean square, rounded.
    samples, errors : ndarray (m, 2 K)
        The K largest and the K smallest errors, rounded, and the samples that have them (-1 where there are none).
    """

    worst: np.ndarray
    rms: np.ndarray
    samples: np.ndarray
    errors: np.ndarray


class Samples:
    """X (n, d), with a column of ones beside it where probes have a bias, and Z (n, m): D columns, in float64.

    Columns are scaled by powers of two, to largest entries about 1, which is exact and keeps the bounds on rounding
    small; ``probes`` of shape (D, m) belong to scaled columns throughout. Only blocks of rows and the rows that are
    asked for are ever converted, so that X may be mapped into memory.
    """

    def __init__(self, X: np.ndarray, Z: np.ndarray, is_affine: bool) -> None:
        self.X, self.Z, self.is_affine = X, Z, is_affine
        (self.n, self.d), self.m = X.shape, Z.shape[1]
        self.D = self.d + is_affine
        self.block = max(1, BLOCK_ENTRIES // (self.D + self.m))
        self.scale = np.ones(self.D)
        self.scale = 1 / power_of_two(np.max([np.abs(self.rows(part)).max(axis=0) for part in self.parts()], axis=0))

    def rows(self, samples: Any) -> np.ndarray:
        """The samples that are asked for, with the column of ones, scaled."""
        part = self.X[samples]
        result = np.ones((len(part), self.D))
        result[:, : self.d] = as_float64(part, name="X")
        result *= self.scale
        return result

    def scaled(self, B: np.ndarray, c: np.ndarray) -> np.ndarray:
        """The probes that belong to scaled columns."""
        return np.asarray(np.vstack([B, c[None]])[: self.D] / self.scale[:, None])

    def original(self, probes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """``(B, c)`` for the samples as they came."""
        stacked = np.zeros((self.d + 1, probes.shape[1]))
        stacked[: self.D] = probes * self.scale[:, None]
        B, c = np.ascontiguousarray(stacked[: self.d]), stacked[self.d].copy()
        if not np.array_equal(self.scaled(B, c), probes):
            raise InputError("X has columns whose sizes differ by more than float64 can scale; rescale them first")
        return B, c

    def values(self, samples: Any) -> np.ndarray:
        """Feature values of these samples."""
        return as_float64(self.Z[samples], name="Z")

    def parts(self) -> Iterator[slice]:
        """Blocks of samples."""
        for start in range(0, self.n, self.block):
            yield slice(start, min(start + self.block, self.n))

    def whiten(self) -> np.ndarray:
        """T of shape (D, r) such that the columns of ``rows T`` are nearly orthogonal, of mean square 1.

        r is the rank up to rounding; directions in which the samples do not extend are left out.
        """
        from scipy.linalg import qr, solve_triangular

        R = np.zeros((0, self.D))
        for part in self.parts():
            R = np.asarray(np.linalg.qr(np.vstack([R, self.rows(part)]), mode="r"))
        norms = np.sqrt((R * R).sum(axis=0))
        inverse = np.where(norms > 0, 1 / np.where(norms > 0, norms, 1), 0)
        R, pivots = qr(R * inverse, mode="r", pivoting=True, check_finite=False)
        diagonal = np.abs(np.diag(R))
        r = int((diagonal > 8 * self.D * np.finfo(float).eps * diagonal[0]).sum())
        T = np.zeros((self.D, r))
        T[pivots[:r]] = solve_triangular(R[:r, :r], np.eye(r) * np.sqrt(self.n))
        return T * inverse[:, None]

    def least_squares(self, T: np.ndarray) -> np.ndarray:
        """The probes (D, m) of least mean square error; of those, among the combinations of T, one."""
        Y = np.zeros((T.shape[1], self.m))
        for _ in range(2):  # the second pass corrects the rounding of the first
            step = np.zeros_like(Y)
            for part in self.parts():
                Q = self.rows(part) @ T
                step += Q.T @ (self.values(part) - Q @ Y)
            Y += step / self.n
        return np.asarray(T @ Y)

    def ranges(self) -> tuple[np.ndarray, np.ndarray]:
        """The least and the largest value of each feature."""
        values = [self.values(part) for part in self.parts()]
        return np.min([x.min(axis=0) for x in values], axis=0), np.max([x.max(axis=0) for x in values], axis=0)

    def errors(self, probes: np.ndarray, features: np.ndarray, K: int = 0, *, margin: int = MARGIN) -> Errors:
        """Errors ``<b_i, x> + c_i - z_i`` of the columns (D, len(features)) of ``probes``, in one pass.

        The computed error e is off by at most ``gamma_D ||b|| ||x|| + u |e|``, whatever the order of summation;
        ``margin`` times that is added.
        """
        count = len(features)
        K = min(K, self.n)
        worst, squares = np.zeros(count), np.zeros(count)
        kept, where = np.zeros((count, 2 * K)), np.full((count, 2 * K), -1)
        slack = above(margin * gamma(self.D + 2) * above(np.sqrt((probes * probes).sum(axis=0)), self.D))
        with np.errstate(over="ignore", invalid="ignore"):
            for part in self.parts():
                X1 = self.rows(part)
                E = np.ascontiguousarray(probes.T) @ X1.T
                E -= self.values(part)[:, features].T
                # what underflows, here and in scaling, is less than what 1e-290 stands for
                norms = above(np.sqrt((X1 * X1).sum(axis=1)), self.D) + 1e-290
                bounds = np.abs(E) * (1 + 4 * UNIT) + slack[:, None] * norms
                worst = np.maximum(worst, np.where(np.isfinite(bounds), bounds, np.inf).max(axis=1))
                squares += (E * E).sum(axis=1)
                if K:
                    E = np.hstack([kept, np.nan_to_num(E)])
                    samples = np.hstack([where, np.broadcast_to(np.arange(self.n)[part], (count, len(X1)))])
                    ends = np.hstack([np.argpartition(E, K - 1)[:, :K], np.argpartition(-E, K - 1)[:, :K]])
                    kept, where = (np.take_along_axis(x, ends, axis=1) for x in (E, samples))
        return Errors(np.asarray(above(worst)), np.sqrt(squares / self.n), where, kept)

    def sharp_worst(self, probe: np.ndarray, feature: int, *, margin: int = MARGIN) -> float:
        """A number above the largest error of one probe, sharper than that of `errors` where the probe is long.

        Samples that may attain it are looked at again in accurate products.
        """
        slack = above(margin * gamma(self.D + 2) * above(np.sqrt(probe @ probe), self.D))
        least, close = 0.0, []
        with np.errstate(over="ignore", invalid="ignore"):
            for part in self.parts():
                X1 = self.rows(part)
                E = np.abs(X1 @ probe - self.values(part)[:, feature])
                off = 4 * UNIT * E + slack * (above(np.sqrt((X1 * X1).sum(axis=1)), self.D) + 1e-290)
                least = max(least, float((E - off).max()))
                near = np.flatnonzero(~(E + off < least))
                close.append((near + part.start, (E + off)[near]))
            chosen = np.concatenate([samples[~(bound < least)] for samples, bound in close])
            if len(chosen) > MOST_CLOSE:
                return float("inf")
            value, off = accurate_product(self.rows(chosen), probe)
            E = np.abs(value - self.values(chosen)[:, feature])
            worst = float(above((E * (1 + 4 * UNIT) + margin * off).max()))
        return worst if np.isfinite(worst) else float("inf")
