"""Results of `lincs.l1`: plain frozen records that say what is proved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Decoding:
    """An answer to ``min ||z||_1 subject to A z = x`` and a dual vector beside it.

    Parameters
    ----------
    z : ndarray (m,)
        The answer.
    w : ndarray (d,)
        Dual vector, ``|a_j^T w| <= 1`` up to rounding.
    primal, dual : float
        ``||z||_1`` up to rounding, and a certified lower bound on ``||z'||_1`` over all z' with ``A z' = A z``.
    residual : float
        Certified upper bound on ``||A z - x||_2``.
    certified : bool
        Whether z is proved to be the only minimiser of ``||z'||_1`` subject to ``A z' = A z``, and
        ``residual <= 1e-10 ||x||_2``.
    support : ndarray of int64
        Where z is not 0.
    """

    z: np.ndarray = field(repr=False)
    w: np.ndarray = field(repr=False)
    primal: float
    dual: float
    residual: float
    certified: bool
    support: np.ndarray

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "support": self.support.tolist(),
            "values": self.z[self.support].tolist(),
            "primal": self.primal,
            "dual": self.dual,
            "residual": self.residual,
            "certified": self.certified,
        }


@dataclass(frozen=True)
class Decodings:
    """Answers to n basis pursuits on one A, a column each; the fields are those of `Decoding`.

    Parameters
    ----------
    Z : ndarray (m, n)
    W : ndarray (d, n)
        Answers and dual vectors.
    certified : ndarray (n,) of bool
        Where the column of Z is proved to be the only minimiser of ``||z'||_1`` subject to ``A z' = A z``, and
        ``residual <= 1e-10 ||x||_2``.
    gap : ndarray (n,)
        Certified: no z' with ``A z' = A z`` has ``||z'||_1 < (1 - gap) ||z||_1``. 0 where ``certified``.
    residual : ndarray (n,)
        Certified upper bound on ``||A z - x||_2``.
    """

    Z: np.ndarray = field(repr=False)
    W: np.ndarray = field(repr=False)
    certified: np.ndarray
    gap: np.ndarray
    residual: np.ndarray

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "columns": len(self.certified),
            "certified": int(self.certified.sum()),
            "largest_gap": float(self.gap.max(initial=0)),
            "largest_residual": float(self.residual.max(initial=0)),
        }


@dataclass(frozen=True)
class Recovery:
    """Which of n known vectors L1 recovers from their measurements A z, each verdict proved.

    Parameters
    ----------
    recovered : ndarray (n,) of bool
        z is the only minimiser of ``||z'||_1`` subject to ``A z' = A z``.
    refuted : ndarray (n,) of bool
        It is not: another z' with the same measurements has ``||z'||_1 <= ||z||_1``.
    W : ndarray (d, n)
        Certificates of what is recovered: dual vectors, up to rounding (the rounding is in the proof); else 0.
    H : ndarray (m, n)
        Certificates of what is refuted: kernel vectors h, up to rounding, with ``||z + t h||_1 <= ||z||_1`` for small
        t > 0; else 0.
    """

    recovered: np.ndarray
    refuted: np.ndarray
    W: np.ndarray = field(repr=False)
    H: np.ndarray = field(repr=False)

    @property
    def undecided(self) -> np.ndarray:
        """Where neither is proved."""
        return ~(self.recovered | self.refuted)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: how many of each."""
        return {
            "columns": len(self.recovered),
            "recovered": int(self.recovered.sum()),
            "refuted": int(self.refuted.sum()),
            "undecided": int(self.undecided.sum()),
        }
