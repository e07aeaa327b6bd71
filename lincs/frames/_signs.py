"""Frames of signs, of which coordinates may be left out: what they have in common."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from lincs._checks import check_integer
from lincs._numbers import Fraction
from lincs.frames._base import Frame


def most_punctured(d: int | Fraction, bound: int | Fraction, delta: Fraction) -> int:
    """The most coordinates P >= 0 that d signs with inner products up to ``bound`` can lose, or a negative number.

    So that (bound + P)/(d - P) < min(1, delta/(1 - delta)): the error stays below delta, and more than d/2 remain.
    """
    delta = min(delta, Fraction(1, 2))
    return math.ceil(delta * d - (1 - delta) * bound) - 1


def checked_punctured(punctured: int, d: int | Fraction, bound: int | Fraction) -> int:
    """A number of coordinates that leaves the coherence below 1."""
    return check_integer(punctured, "punctured", 0, most_punctured(d, bound, Fraction(1, 2)))


def sign_frame(
    family: str, params: Mapping[str, int | str], size: int, bound: int, m: int, punctured: int, **others: Any
) -> Frame:
    """m vectors of ``size`` signs, inner products up to ``bound``, attained, without their last ``punctured`` signs.

    Leaving out P coordinates changes an inner product by at most P, and the squared length to size - P.
    """
    d = size - punctured
    return Frame(
        family=family,
        params={**params, "punctured": punctured},
        d=d,
        m=m,
        coherence_squared=Fraction(bound + punctured, d) ** 2,
        coherence_is_exact=punctured == 0,
        diagonal=d,
        is_integer=True,
        **others,
    )
