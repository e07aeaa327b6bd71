"""The result types of the bounds: `Bound`, one proved inequality, and `Range`, the answer to an inverse question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lincs import frames
from lincs._numbers import Enclosure, Fraction
from lincs.bounds._inequalities import RECHECKS, is_in_domain, random_suffices
from lincs.frames import Frame


@dataclass(frozen=True)
class Bound:
    """A proved inequality on d(m, k, eps), with what is needed to recheck it.

    Parameters
    ----------
    side : {"lower", "upper"}
        ``d(m, k, eps) >= d`` or ``d(m, k, eps) <= d``.
    d : int
        The bound.
    theorem : str
        Name of the theorem (lower) or of the frame (upper).
    params : Mapping[str, object]
        The certificate: degree and weight of the polynomials, or the parameters of the frame.
    m, k, eps
        What the bound is about.
    sources : tuple of str
        Keys into references.bib.
    frame : Frame or None
        The construction behind an upper bound; None where the bound is one of existence only.
    """

    side: str
    d: int
    theorem: str
    params: Mapping[str, Any]
    m: int
    k: int
    eps: Fraction
    sources: tuple[str, ...] = ()
    frame: Frame | None = field(default=None, compare=False)

    @property
    def delta(self) -> Fraction:
        """``eps / k``."""
        return self.eps / self.k

    def check(self) -> bool:
        """Recheck the certificate in exact arithmetic, from ``params`` alone.

        A lower bound is rechecked through its inequality at rank d - 1; an upper bound through the dimension,
        capacity and coherence of the frame that ``params`` make anew.
        """
        if self.side == "upper":
            if self.theorem == "random":
                return random_suffices(self.d, self.m, self.delta)
            frame = frames.make(self.theorem, **self.params)
            return frame.d <= self.d and frame.m >= self.m and frame.is_accurate(self.delta)
        if self.d <= 1:
            return True
        if not is_in_domain(self.theorem, self.m, self.k, self.eps, **self.params):
            return False
        return RECHECKS[self.theorem](self.d - 1, self.m, self.k, self.eps, **self.params)

    def to_dict(self) -> dict[str, Any]:
        """The bound for JSON; ``frame`` for an upper bound, ``theorem`` for a lower one."""
        name = "frame" if self.side == "upper" else "theorem"
        params = {key: str(value) if isinstance(value, Fraction) else value for key, value in self.params.items()}
        result = {"side": self.side, "d": self.d, name: self.theorem, "params": params, "sources": list(self.sources)}
        if self.side == "upper":
            result["constructive"] = self.frame is not None
            if self.frame is not None:
                result["error"] = self.frame.error.to_dict()
                result["capacity"] = self.frame.m
        return result


@dataclass(frozen=True)
class Range:
    """The certified interval for an inverse question: ``lower <= quantity <= upper``.

    ``attained_by`` is the bound (with its frame) that shows one end and ``excluded_by`` the theorem that shows the
    other; either is None where that end is trivial. ``upper`` is None where the quantity is unbounded or no finite
    bound was found.
    """

    quantity: str
    lower: int | Fraction
    upper: int | Fraction | None
    attained_by: Bound | None
    excluded_by: Bound | None

    def to_dict(self) -> dict[str, Any]:
        """The interval and its certificates, for JSON; rationals also as floats rounded outwards."""
        result: dict[str, Any] = {"quantity": self.quantity}
        if isinstance(self.lower, Fraction) and isinstance(self.upper, Fraction):
            result |= Enclosure(self.lower, self.upper).to_dict()
        else:
            result |= {"lower": self.lower, "upper": self.upper}
        result["attained_by"] = self.attained_by and self.attained_by.to_dict()
        result["excluded_by"] = self.excluded_by and self.excluded_by.to_dict()
        return result
