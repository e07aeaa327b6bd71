"""Two frames side by side, in coordinates of their own: D(m1 + m2) <= D(m1) + D(m2)."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from lincs._numbers import Fraction
from lincs.frames._base import Frame
from lincs.frames._parts import best_part, part, written

#: Families whose members are looked at as parts.
SUMMANDS = (
    "identity", "simplex", "paley", "linear_space", "reed_solomon", "kerdock", "delsarte_goethals", "gold", "weil",
)  # fmt: skip

#: The first part has room for all but m/s features, for one of these s.
SHARES = (2, 8, 64)


def direct_sum(first: str, second: str) -> Frame:
    """The columns of two frames, each with zeros in the coordinates of the other: d and m are sums.

    Columns of different parts are orthogonal, so that the coherence is the larger one.

    Parameters
    ----------
    first, second : str
        The frames, such as "paley(q=13)" and "simplex(m=5)".

    Returns
    -------
    Frame
        Integer if both are; the columns of the first part come first.

    Notes
    -----
    **Guarantee**: coherence exact where those of the parts are. **Cost** of columns: as for the parts.

    Examples
    --------
    >>> frame = direct_sum("simplex(m=3)", "simplex(m=4)")
    >>> frame.d, frame.m
    (5, 7)
    >>> frame.probes(range(7)).T @ frame.matrix()
    array([[ 6, -3, -3,  0,  0,  0,  0],
           [-3,  6, -3,  0,  0,  0,  0],
           [-3, -3,  6,  0,  0,  0,  0],
           [ 0,  0,  0,  6, -2, -2, -2],
           [ 0,  0,  0, -2,  6, -2, -2],
           [ 0,  0,  0, -2, -2,  6, -2],
           [ 0,  0,  0, -2, -2, -2,  6]])
    """
    parts = part(first, "first"), part(second, "second")
    diagonal = math.lcm(*(frame.diagonal for frame in parts))
    worst = max(parts, key=lambda frame: frame.coherence_squared)
    is_symmetric = all(frame.is_symmetric and frame.diagonal == diagonal for frame in parts)
    return Frame(
        family="direct_sum",
        params={"first": first, "second": second},
        d=sum(frame.d for frame in parts),
        m=sum(frame.m for frame in parts),
        coherence_squared=worst.coherence_squared,
        coherence_is_exact=worst.coherence_is_exact,
        diagonal=diagonal,
        is_integer=all(frame.is_integer for frame in parts),
        theorem="Vectors with no coordinates in common are orthogonal.",
        sources=tuple(dict.fromkeys(source for frame in parts for source in frame.sources)),
        _columns=partial(_columns, parts, None),
        _probes=None if is_symmetric else partial(_columns, parts, diagonal),
    )


def direct_sum_for(m: int, delta: Fraction) -> Frame | None:
    """The best of some direct sums with room for m features and an error below delta: not of all there are.

    The first part is the frame of least dimension for a half, 7/8 or 63/64 of the features, often one that has room for
    more, and the second one that for those that are left. None where one frame is as good.
    """
    whole = best_part(m, delta, SUMMANDS, m + 1)
    best, below = None, whole.d if whole is not None else m
    for share in SHARES:
        first = best_part(m - m // share, delta, SUMMANDS, below)
        if first is not None and first.m < m:
            second = best_part(m - first.m, delta, SUMMANDS, below - first.d)
            if second is not None:
                best, below = (first, second), first.d + second.d
    return direct_sum(*map(written, best)) if best is not None else None


def _columns(parts: tuple[Frame, Frame], diagonal: int | None, indices: np.ndarray) -> np.ndarray:
    """The columns, or with their diagonal the probes."""
    here = indices < parts[0].m
    made = []
    for frame, some in zip(parts, (indices[here], indices[~here] - parts[0].m), strict=True):
        if diagonal is None:
            made.append(frame.columns(some))
        else:
            factor = diagonal // frame.diagonal
            made.append(frame.probes(some) * (np.int64(factor) if frame.is_integer else factor))
    vectors = np.zeros((sum(frame.d for frame in parts), len(indices)), dtype=np.result_type(*made))
    vectors[: parts[0].d, here], vectors[parts[0].d :, ~here] = made
    return vectors
