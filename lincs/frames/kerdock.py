"""Kerdock and Delsarte-Goethals frames: signs of quadratic forms whose differences have large rank."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from lincs._checks import InputError, check_integer
from lincs._numbers import Fraction
from lincs.frames._base import Frame, Row, mixed_radix_digits, smallest_integer_dtype
from lincs.frames._fields import binary_dual, binary_modulus, binary_monomials, sign_columns
from lincs.frames._rows import sign_row
from lincs.frames._signs import checked_punctured, most_punctured, sign_frame

#: Largest s in d = 4^s: the capacities of larger members have millions of digits.
LARGEST_S = 2048


def kerdock(d: int, punctured: int = 0) -> Frame:
    """d/2 + 1 orthonormal bases of R^d, mutually unbiased, for d a power of 4: coherence 1/sqrt(d).

    The signs of d/2 quadratic forms plus any linear form, ``m = d * d/2``, and the standard basis (times sqrt(d)),
    which a punctured frame leaves out. It is the case r = 0 of `delsarte_goethals`, where the proof is.

    Parameters
    ----------
    d : int
        A power of 4, at least 4.
    punctured : int
        Number P of coordinates left out, the last ones; the frame has d - P dimensions and coherence at most
        (sqrt(d) + P)/(d - P) < 1.

    Returns
    -------
    Frame
        Integer; column ``b + d g`` has the linear form b and the quadratic form g, the standard basis comes last.

    Notes
    -----
    **Guarantee**: coherence exact where punctured = 0, else a bound. **Cost** of columns: O(d log d) operations each.
    Sources: [Kerdock72], [CCKS97].

    Examples
    --------
    >>> kerdock(16).m, kerdock(16).coherence_squared
    (144, Fraction(1, 16))
    >>> kerdock(4).columns([0, 1, 4, 5, 8])
    array([[ 1,  1,  1,  1,  2],
           [ 1, -1,  1, -1,  0],
           [ 1,  1,  1,  1,  0],
           [ 1, -1, -1,  1,  0]], dtype=int8)
    """
    s = _checked_exponent(d, 1)
    return _member("kerdock", s, 0, punctured)


def delsarte_goethals(d: int, r: int, punctured: int = 0) -> Frame:
    """Signs of the Delsarte-Goethals set of quadratic forms plus any linear form: m = d (d/2)^(r+1), d a power of 4.

    Coherence 2^r/sqrt(d). On GF(2^N) x GF(2), 2^(N+1) = d, the quadratic forms are, for g, a_1..a_r in GF(2^N) ::

        Q(x, e) = sum_{j<=r} Tr(a_j x^(2^j+1)) + sum_{r<j<=(N-1)/2} Tr((g x)^(2^j+1)) + e Tr(g x).

    Proof. With a_j = g^(2^j+1) the bilinear form of Q is ``Tr(gx)Tr(gy) + Tr(g^2 xy) + e Tr(gy) + f Tr(gx)``, because
    N is odd. So that of a difference of two Q with g, g', h = g + g', is for some b_j in GF(2^N) ::

        Tr(gx)Tr(gy) + Tr(g'x)Tr(g'y) + Tr(h^2 xy) + e Tr(hy) + f Tr(hx) + sum_j Tr(b_j (x y^(2^j) + x^(2^j) y)).

    If h = 0, its radical has dimension at most 2r - 1 in GF(2^N), as in `gold`, and e adds one. Otherwise (x, e) in
    the radical have Tr(gx) = Tr(g'x) = t, f being free, and, y being free ::

        h^2 x + sum_j (b_j x^(2^j) + (b_j x)^(2^-j)) = (t + e) h.

    For each value of t + e that has at most 4^r solutions x (the 2^r-th power is a polynomial of degree at most 4^r,
    not zero as its exponents differ), and e follows from t. So the radical has dimension at most 2r + 1, hence 2r since
    it is even, and the inner product of different columns is at most 2^((N+1)/2 + r) in absolute value; forms with one
    g attain that, as in `gold`.

    Parameters
    ----------
    d : int
        A power of 4, at least 16.
    r : int
        1 <= r < log_4(d).
    punctured : int
        Number P of coordinates left out, the last ones; the frame has d - P dimensions and coherence at most
        (2^r sqrt(d) + P)/(d - P) < 1.

    Returns
    -------
    Frame
        Of signs; column ``b + d (g + (d/2) a_1 + (d/2)^2 a_2 + ..)``.

    Notes
    -----
    **Guarantee**: coherence exact where punctured = 0, else a bound. **Cost** of columns: O(d log d) operations each.
    Sources: [DG75], [CCKS97].

    Examples
    --------
    >>> frame = delsarte_goethals(64, 1)
    >>> frame.m, frame.coherence_squared
    (65536, Fraction(1, 16))
    """
    s = _checked_exponent(d, 2)
    return _member("delsarte_goethals", s, check_integer(r, "r", 1, s - 1), punctured)


def kerdock_for(m: int, delta: Fraction) -> Frame | None:
    """The Kerdock frame of least dimension with room for m features and an error below delta."""
    for s in range(1, LARGEST_S + 1):  # more than half of the coordinates stay: the first s that will do is the best
        d = 4**s
        punctured = most_punctured(d, 2**s, delta)
        if punctured >= 0 and m <= _capacity(s, 0, 0):
            return kerdock(d, punctured if m <= _capacity(s, 0, 1) else 0)
    return None


def delsarte_goethals_for(m: int, delta: Fraction) -> Frame | None:
    """The Delsarte-Goethals frame of least dimension with room for m features and an error below delta."""
    bits = (m - 1).bit_length()
    for s in range(2, LARGEST_S + 1):
        r = max(1, -(-(bits - 2 * s) // (2 * s - 1)) - 1)
        if r < s:
            punctured = most_punctured(4**s, 2 ** (s + r), delta)
            if punctured >= 0:
                return delsarte_goethals(4**s, r, punctured)
    return None


def _checked_exponent(d: int, minimum: int) -> int:
    d = check_integer(d, "d", 4**minimum)
    s = (d.bit_length() - 1) // 2
    if d != 4**s or s > LARGEST_S:
        shown = d if s <= 64 else f"an integer of {d.bit_length()} bits"
        raise InputError(f"d must be a power of 4 up to 4^{LARGEST_S} (punctured leaves coordinates out), got {shown}")
    return s


def _capacity(s: int, r: int, punctured: int) -> int:
    return 2 ** (2 * s + (2 * s - 1) * (r + 1)) + (4**s if r == punctured == 0 else 0)


def _member(family: str, s: int, r: int, punctured: int) -> Frame:
    bound = 2 ** (s + r)
    punctured = checked_punctured(punctured, 4**s, bound)
    d = 4**s - punctured
    return sign_frame(
        family,
        {"d": 4**s, **({"r": r} if r else {})},
        4**s,
        bound,
        _capacity(s, r, punctured),
        punctured,
        theorem="Two different forms of the set differ by a quadratic form whose radical has at most 4^r elements, "
        "which bounds its exponential sum.",
        sources=("DG75", "CCKS97") if r else ("Kerdock72", "CCKS97"),
        _columns=partial(_columns, s, r, d),
        is_transitive=r == punctured == 0,  # the spread of the standard basis and the others is PSL(2, d/2)'s [CCKS97]
        _row=partial(_kerdock_row, s) if r == punctured == 0 else None,
    )


def _forms(s: int, r: int) -> tuple[Callable[[np.ndarray], list[np.ndarray]], Callable[..., np.ndarray]]:
    """The set of quadratic forms as y_i(x) and, for g and a_1..a_r, coefficients c_i: Q(x) is the sum of <c_i, y_i>.

    More a_j, j > r, are added to the coefficients that belong to x^(2^j+1): forms of a larger set, in classes that are
    translates of this one.
    """
    N = 2 * s - 1
    modulus = binary_modulus(N)
    dual = binary_dual(N, modulus)

    def rows(x: np.ndarray) -> list[np.ndarray]:
        element, e = x & 2**N - 1, x >> N
        return [e * element, *binary_monomials(element, N, modulus, s - 1)]

    def coefficients(g: np.ndarray, *a: np.ndarray) -> np.ndarray:
        found = np.stack([dual(g), *a[:r], *map(dual, binary_monomials(g, N, modulus, s - 1)[r:])])
        for j, translation in enumerate(a[r:], start=r + 1):
            found[j] ^= translation
        return found

    return rows, coefficients


def form_columns(s: int, r: int, d: int, outer: int, indices: np.ndarray) -> np.ndarray:
    """The first d signs of b + 4^s (g + (4^s/2) a_1 + ..) with the a_j, j <= outer, of `_forms`."""
    rows, coefficients = _forms(s, r)
    b, *form = mixed_radix_digits(indices, [4**s] + [2 ** (2 * s - 1)] * (outer + 1))
    return sign_columns(d, lambda x: [x, *rows(x)], np.stack([b, *coefficients(*form)]), smallest_integer_dtype(4**s))


def _columns(s: int, r: int, d: int, indices: np.ndarray) -> np.ndarray:
    basis = indices >= _capacity(s, r, 1)
    columns = form_columns(s, r, d, r, np.where(basis, 0, indices))
    columns[:, basis] = 0
    columns[(indices[basis] - _capacity(s, r, 1)).astype(np.int64), np.flatnonzero(basis)] = 2**s
    return columns


def _kerdock_row(s: int, k: int) -> Row:
    d = 4**s
    rows, coefficients = _forms(s, 0)
    row = sign_row(k, d, d, d // 2, coefficients, rows)
    missing = range(d**2 // 2, d**2 // 2 + min(k - len(row.columns), d))  # products with the standard basis
    return Row([*row.columns, *missing], [*row.products, *[Fraction(2**s)] * len(missing)])
