"""Constructions: families of pairs (A, B) with a theorem for their coherence, on one interface, `Frame`."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from lincs._checks import InputError, check_choice, check_eps, check_integer, check_sparsity
from lincs._numbers import Fraction
from lincs.frames._base import Frame
from lincs.frames.ag_code import ag_code, ag_code_for
from lincs.frames.bch import bch, bch_for
from lincs.frames.construction_x import construction_x, construction_x_for
from lincs.frames.devore import devore, devore_for
from lincs.frames.direct_sum import direct_sum, direct_sum_for
from lincs.frames.erased_reed_solomon import erased_reed_solomon, erased_reed_solomon_for
from lincs.frames.gold import gold, gold_for
from lincs.frames.hadamard import hadamard_matrix
from lincs.frames.kerdock import delsarte_goethals, delsarte_goethals_for, kerdock, kerdock_for
from lincs.frames.leech import leech, leech_for
from lincs.frames.linear_code import linear_code, linear_code_for
from lincs.frames.linear_space import linear_space, linear_space_for
from lincs.frames.paley import paley, paley_for
from lincs.frames.random import gilbert_varshamov, gilbert_varshamov_for, random_columns
from lincs.frames.reed_solomon import reed_solomon, reed_solomon_for
from lincs.frames.simple import circle, circle_for, constant, constant_for, identity, identity_for, simplex, simplex_for
from lincs.frames.steiner import steiner, steiner_for
from lincs.frames.stored import stored, stored_for
from lincs.frames.trace_code import trace_code, trace_code_for
from lincs.frames.weil import weil, weil_for

__all__ = [
    "FAMILIES",
    "Family",
    "Frame",
    "ag_code",
    "bch",
    "best",
    "best_for",
    "circle",
    "constant",
    "construction_x",
    "delsarte_goethals",
    "devore",
    "direct_sum",
    "erased_reed_solomon",
    "gilbert_varshamov",
    "gold",
    "hadamard_matrix",
    "identity",
    "kerdock",
    "leech",
    "linear_code",
    "linear_space",
    "make",
    "paley",
    "random_columns",
    "reed_solomon",
    "simplex",
    "steiner",
    "stored",
    "trace_code",
    "weil",
]


class Family(NamedTuple):
    """How to make a member from its parameters, and how to find the one that a question needs.

    ``best_for(m, delta)`` is the member of least dimension with room for m features and an error below delta
    (strictly, decided in exact arithmetic), or None.
    """

    make: Callable[..., Frame]
    best_for: Callable[[int, Fraction], Frame | None]


#: All families, by name.
FAMILIES: dict[str, Family] = {
    "constant": Family(constant, constant_for),
    "identity": Family(identity, identity_for),
    "simplex": Family(simplex, simplex_for),
    "circle": Family(circle, circle_for),
    "paley": Family(paley, paley_for),
    "steiner": Family(steiner, steiner_for),
    "linear_space": Family(linear_space, linear_space_for),
    "reed_solomon": Family(reed_solomon, reed_solomon_for),
    "erased_reed_solomon": Family(erased_reed_solomon, erased_reed_solomon_for),
    "ag_code": Family(ag_code, ag_code_for),
    "bch": Family(bch, bch_for),
    "linear_code": Family(linear_code, linear_code_for),
    "trace_code": Family(trace_code, trace_code_for),
    "leech": Family(leech, leech_for),
    "kerdock": Family(kerdock, kerdock_for),
    "delsarte_goethals": Family(delsarte_goethals, delsarte_goethals_for),
    "gold": Family(gold, gold_for),
    "construction_x": Family(construction_x, construction_x_for),
    "weil": Family(weil, weil_for),
    "devore": Family(devore, devore_for),
    "stored": Family(stored, stored_for),
    "direct_sum": Family(direct_sum, direct_sum_for),
    "gilbert_varshamov": Family(gilbert_varshamov, gilbert_varshamov_for),
}


# answers are kept, because sums ask again for what was asked already; those of files may change
FAMILIES.update(
    {name: Family(make, lru_cache(2**10)(best_for)) for name, (make, best_for) in FAMILIES.items() if name != "stored"}
)


def make(family: str, **params: Any) -> Frame:
    """The member of a family with these parameters, as in ``Frame.family`` and ``Frame.params``.

    Examples
    --------
    >>> make("simplex", m=5).d
    4
    """
    check_choice(family, "family", FAMILIES)
    return FAMILIES[family].make(**params)


def best_for(m: int, delta: Fraction, at_most: int | None = None) -> Frame | None:
    """The frame of least dimension with room for m features and an error strictly below delta.

    With ``at_most``, the first one found of at most that dimension, or None.
    """
    best: Frame | None = None
    for family in FAMILIES.values():
        frame = family.best_for(m, delta)
        if frame is not None and (best is None or frame.d < best.d):
            best = frame
        if at_most is not None and best is not None and best.d <= at_most:
            return best
    return best if at_most is None else None


def best(m: int, k: int, eps: Any) -> Frame:
    """The frame of least dimension that is (eps, k)-accessible on m features: what the upper bound names.

    Parameters
    ----------
    m, k : int
        Features and sparsity, 1 <= k <= m.
    eps : str, Fraction, Decimal, int or float
        Tolerance in (0, 1], read exactly.

    Examples
    --------
    >>> frame = best(10**6, 32, "1/2")
    >>> frame.family, frame.d
    ('kerdock', 4096)
    """
    m = check_integer(m, "m")
    k, eps = check_sparsity(k, m), check_eps(eps)
    frame = best_for(m, eps / k)
    if frame is None:
        raise InputError(f"no frame for m = {m}, k = {k}, eps = {eps}")
    return frame
