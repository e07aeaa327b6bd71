"""The lower side: what turns weights on a few samples into a number below the error of every probe."""

from __future__ import annotations

import numpy as np

from lincs._checks import InputError
from lincs._rounding import UNIT, above, accurate_product, gamma
from lincs.activations._samples import MARGIN, Samples
from lincs.probes._certificates import Matrix

#: Where w is known to be this near to an exact solution, relatively, nothing sharper is tried.
SMALL_DISTANCE = 1e-10


class Constraints:
    """A few samples, with the equations ``X^T w = 0`` (and ``sum w = 0`` where probes have a bias) on their weights.

    Equations that follow exactly from others are left out where that is cheap to see: those of features of X that are
    constant on these samples, where there is a bias, and of copies of others. What else depends is for `Matrix` to
    prove; ``is_known`` says whether the equations are known to be independent.
    """

    def __init__(self, samples: Samples, chosen: np.ndarray) -> None:
        rows = samples.rows(chosen)
        if samples.is_affine:
            keep = rows.min(axis=0) < rows.max(axis=0)
            keep[-1] = True
            rows = rows[:, keep]
        first = sorted({column.tobytes(): j for j, column in enumerate(np.ascontiguousarray(rows.T))}.values())
        try:
            self.matrix = Matrix(np.ascontiguousarray(rows[:, first].T))
        except InputError:  # sizes that float64 cannot scale
            self.is_known = False
        else:
            self.is_known = self.matrix.kernel_is_known

    def _near(self, w: np.ndarray, margin: int) -> tuple[np.ndarray, float]:
        """Weights for scaled columns near w, and above their distance from an exact solution."""
        matrix = self.matrix
        scaled = w * matrix.column_scale
        scaled = scaled - matrix.Q @ (matrix.Q.T @ scaled)
        distance = float(matrix.distances(scaled[None])[0])
        if matrix.rank and not distance <= SMALL_DISTANCE * np.linalg.norm(scaled):
            # equations that nearly depend on each other: S A w, in the notation of `lincs.probes`, by accurate products
            residual, _ = accurate_product(matrix.scaled, scaled)
            better = scaled - matrix.Q @ (matrix.transform @ residual)
            residual, off = accurate_product(matrix.scaled, better)
            size = above(np.linalg.norm(matrix.transform), matrix.transform.size)
            rounded = above(off.sum() + gamma(matrix.rank + 2) * np.abs(residual).sum(), matrix.rank + 4) * size
            length = above(np.linalg.norm(matrix.transform @ residual), matrix.rank + 4) + above(rounded)
            sharper = float(above(matrix.stretch * length))
            if sharper < distance:
                scaled, distance = better, sharper
        return scaled, margin * distance

    def separates_none(self, w: np.ndarray, z: np.ndarray, *, margin: int = MARGIN) -> bool:
        """Whether weights w on samples with two values of z prove exactly that no probe beats half their difference.

        If some exact solution v near w is negative on every sample with the larger value and positive on the others,
        then ``||v||_1`` is the difference of the sums of v over the two classes, which are opposite, by ``sum v = 0``.
        """
        if not self.is_known:
            return False
        with np.errstate(over="ignore", invalid="ignore"):
            scaled, c = self._near(w, margin)
            return bool((np.where(z == z.max(), -scaled, scaled) > c).all())

    def lower_side(self, w: np.ndarray, z: np.ndarray, *, margin: int = MARGIN) -> float:
        """A number below ``max_s |<b, x_s> + c - z_s|`` for every b and c, by weights w that nearly satisfy them.

        With c the distance of (scaled) w from the kernel, some exact solution v has
        ``-<v, z> >= -<w, z> - ||c|| ||z||`` and ``||v||_1 <= ||w||_1 + ||c|| sqrt(n)``, with weights for the scale.
        """
        if not self.is_known:
            return 0.0
        inverse = 1 / self.matrix.column_scale
        with np.errstate(over="ignore", invalid="ignore"):
            scaled, c = self._near(w, margin)
            v, values = scaled * inverse, z * inverse
            products = np.abs(v * z)
            top = -float(v @ z) - above(margin * gamma(len(z) + 2) * above(products.sum(), len(z)))
            top -= above(c * above(np.sqrt(values @ values), len(z)))
            size = above(np.abs(v).sum(), len(z)) + above(c * above(np.sqrt(inverse @ inverse), len(z)))
            side = above(size) and top * (1 - 8 * UNIT) / above(size)
        return max(float(side), 0.0) * (1 - 8 * UNIT) if np.isfinite(side) else 0.0
