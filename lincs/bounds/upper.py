"""Upper bounds on d(m, k, eps): frames, and the published random construction for comparison."""

from __future__ import annotations

from typing import Any

from lincs import frames
from lincs._checks import check_choice, check_eps, check_integer, check_sparsity
from lincs._numbers import Fraction, ceiling
from lincs.bounds._bound import Bound
from lincs.frames import Frame


def frame_bound(frame: Frame, m: int, k: int, eps: Fraction) -> Bound:
    """The upper bound that a frame gives; the caller has seen that it is large and accurate enough."""
    return Bound("upper", frame.d, frame.family, frame.params, m, k, eps, frame.sources, frame)


def frame_upper_bound(family: str, m: int, k: int, eps: Any) -> Bound | None:
    """Upper bound on d(m, k, eps) from one family of frames: its member of least dimension that is good enough.

    Parameters
    ----------
    family : str
        A key of `lincs.frames.FAMILIES`, such as "kerdock".
    m, k, eps
        As for `welch_lower_bound`.

    Returns
    -------
    Bound or None
        None if no member has room for m features at an error below eps / k.

    Notes
    -----
    **Guarantee**: a theorem, that of the family; capacity and coherence are compared in exact arithmetic.
    **Cost**: milliseconds, at any m.

    Examples
    --------
    >>> frame_upper_bound("kerdock", 10**6, 32, "1/2").d
    4096
    """
    check_choice(family, "family", frames.FAMILIES)
    m = check_integer(m, "m")
    k, eps = check_sparsity(k, m), check_eps(eps)
    frame = frames.FAMILIES[family].best_for(m, eps / k)
    return None if frame is None else frame_bound(frame, m, k, eps)


def random_upper_bound(m: int, k: int, eps: Any) -> Bound:
    """Upper bound on d(m, k, eps) by the published argument, with explicit constants, for comparison.

    Independent columns of random signs, B = A: by Hoeffding's inequality and the union bound over pairs, all
    coherences lie below eps / k with positive probability if ``d > 2 ln(m (m-1)) k^2 / eps^2``.

    Parameters, errors as for `welch_lower_bound`. **Guarantee**: a theorem; the logarithm is enclosed.
    Source: [GKP]_, Theorem 2.

    Examples
    --------
    >>> random_upper_bound(10**6, 10, "1/2").d
    22105
    """
    import flint

    m = check_integer(m, "m")
    k, eps = check_sparsity(k, m), check_eps(eps)
    delta = eps / k
    d = 1
    if m > 1 and delta <= Fraction(1, 2):
        exponent = 2 * flint.arb(m * (m - 1)).log() / flint.arb(flint.fmpq(delta.numerator, delta.denominator)) ** 2
        d = ceiling(exponent.upper())
    return Bound("upper", d, "random", {}, m, k, eps, ("GKP",))
