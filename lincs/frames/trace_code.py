"""Shifted one-hot pairs of the code of traces Tr(a x^(q+1) + b x), the quadratic forms of GF(q^n) for odd n."""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np

from lincs._checks import InputError, check_integer
from lincs._numbers import Fraction, prime_power
from lincs.frames._base import Frame
from lincs.frames._codes import MOST_WORDS, code_frame, punctured_code, row_of_all_words, shortest
from lincs.frames._fields import field_product, field_sum, linear_words, subfield, systematic_form

#: Largest field GF(q^n): a column of larger members has millions of entries.
LARGEST_FIELD = 2**18


def trace_code(q: int, n: int, symbols: int | None = None, punctured: int = 0) -> Frame:
    """Counts of agreements of the words Tr(a x^(q+1) + b x), shifted to be symmetric about 0.

    One word over GF(q) for all a, b in GF(q^n), at the positions x != 0 of GF(q^n), with the trace to GF(q), for odd n:
    d = (q-1)(q^n - 1) + 1, m = q^(2n), coherence 1/((q-1) q^((n-1)/2)), about sqrt(q/(q-1))/sqrt(d). For q = 2 that
    would be `gold`, with signs.

    Proof. Words add up, so that weights are differences. Multiples of a word and its substitutions x -> c x have its
    weight; up to these a is 0 or 1, because c^(q+1) t, t in GF(q), is everything for odd n. If a = 0, a word b != 0 is
    0 at q^(n-1) of all x. If a = 1 it is a quadratic form with the polar form Tr(x^q y + x y^q), plus a linear one, and
    B(x, .) = 0 means x^(q^2) = -x. For odd q that is x = 0 alone: the form does not degenerate, and takes each value
    q^(n-1) times or q^((n-1)/2) more or less often. For even q it is GF(q), on which the form is x^2, and the same
    holds. So the weights lie within q^((n-1)/2) of q^n - q^(n-1) and are exactly these three numbers.
    `lincs.frames._codes.code_frame` does the rest, for shorter codes as well.

    Parameters
    ----------
    q, n : int
        A prime power q >= 3, and an odd n >= 3 with q^n <= 2^18.
    symbols : int, optional
        The total of the numbers of symbols a_x allowed at the 2n information positions, which differ by at most one;
        from 2n + 1 to 2n q, the default. Positions with one symbol shorten the code.
    punctured : int
        Number P of check positions left out, the last ones; fewer than the least weight.

    Returns
    -------
    Frame
        Integer. The index is a number in mixed radix (a_0, a_1, ..), a_0 least significant, and its digits are the
        symbols at the information positions, which come first.

    Notes
    -----
    **Guarantee**: coherence exact for whole codes without puncturing, else a bound. **Cost** of columns: O(d n) each,
    and at first an elimination over GF(q), of up to a quarter of a minute for q^n near 2^18. Source of the count of
    zeros: [LN97].

    Examples
    --------
    >>> frame = trace_code(3, 3)
    >>> frame.d, frame.m, frame.coherence.lower
    (53, 729, Fraction(1, 6))
    """
    q = check_integer(q, "q", 3, 64)
    if prime_power(q) is None:
        raise InputError(f"q must be a prime power, got {q}")
    n = check_integer(n, "n", 3, 11)
    if n % 2 == 0:
        raise InputError(f"n must be odd, got {n}: for even n some forms degenerate")
    if q**n > LARGEST_FIELD:
        raise InputError(f"q^n must be at most {LARGEST_FIELD}, got {q}^{n}")
    length, k, least, most = _sizes(q, n)
    symbols = check_integer(k * q if symbols is None else symbols, "symbols", k + 1, k * q)
    punctured = check_integer(punctured, "punctured", 0, min(least - 1, length - k))
    code = punctured_code(q, length, k, least, most, symbols, punctured, partial(_words, q, n))
    is_attained = code.is_whole and punctured == 0
    return code_frame(
        "trace_code",
        {"q": q, "n": n, "symbols": symbols, "punctured": punctured},
        code,
        "The quadratic forms Tr(a x^(q+1)) of GF(q^n), n odd, do not degenerate for a != 0, which bounds their numbers "
        "of zeros.",
        ("LN97",),
        coherence_is_exact=is_attained,
        is_transitive=code.is_whole,  # adding a word permutes the symbols of each position
        row=partial(row_of_all_words, code) if is_attained or (code.is_whole and code.m <= MOST_WORDS) else None,
    )


def trace_code_for(m: int, delta: Fraction) -> Frame | None:
    """The pair of least dimension with room for m features and an error below delta."""
    best: tuple[int, int, int] | None = None
    where = None
    for q, n in _members():
        found = shortest(q, *_sizes(q, n), m, delta)
        if found is not None and (best is None or found < best):
            best, where = found, (q, n)
    return trace_code(*where, *best[1:]) if best is not None and where is not None else None


@lru_cache(maxsize=1)
def _members() -> list[tuple[int, int]]:
    """All (q, n)."""
    powers = [q for q in range(3, 65) if prime_power(q)]
    return [(q, n) for q in powers for n in range(3, 12, 2) if q**n <= LARGEST_FIELD]


def _sizes(q: int, n: int) -> tuple[int, int, int, int]:
    """Length and dimension of the code, and its least and largest weight."""
    average, deviation = q**n - q ** (n - 1), q ** ((n - 1) // 2)
    return q**n - 1, 2 * n, average - deviation, average + deviation


@lru_cache(maxsize=4)
def _encoder(q: int, n: int) -> np.ndarray:
    """The checks of the code, for `linear_words`."""
    return systematic_form(q, generators(q, n))[1]


def generators(q: int, n: int) -> np.ndarray:
    """The words Tr(w^i x^(q+1)), then Tr(w^i x), i < n, at x = 1..q^n - 1, for the root w of the modulus of GF(q^n).

    They span the code, as 1, w, .., w^(n-1) is a basis of GF(q^n) over GF(q). An array of shape (2n, q^n - 1).
    """
    p, f = prime_power(q) or (q, 1)
    size, degree = q**n, n * f
    x = np.arange(1, size)
    # the digits of x are its coordinates in powers of w: all comes from the symbols Tr(w^s)
    powers = [np.array(1)]
    for _ in range(n + degree - 2):
        powers.append(field_product(powers[-1], np.array(p), size))
    trace, conjugate = np.zeros(len(powers), dtype=np.int64), np.stack(powers)
    for _ in range(n):
        trace = field_sum(trace, conjugate, size)
        conjugate = _power(conjugate, q, size)
    traces = (subfield(q, size) == trace[:, None]).argmax(axis=1)
    rows = []
    for y in (field_product(_power(x, q, size), x, size), x):
        digits = [y // p**j % p for j in range(degree)]
        for i in range(n):
            parts = [traces[i : i + degree] // p**g % p for g in range(f)]
            rows.append(sum(sum(map(np.multiply, part, digits)) % p * p**g for g, part in enumerate(parts)))
    return np.stack(rows)


def _power(x: np.ndarray, exponent: int, size: int) -> np.ndarray:
    """Powers in GF(size), for an exponent of at least 1."""
    result = x
    for bit in bin(exponent)[3:]:
        result = field_product(result, result, size)
        if bit == "1":
            result = field_product(result, x, size)
    return result


def _words(q: int, n: int, symbols: np.ndarray) -> np.ndarray:
    return linear_words(q, _encoder(q, n), symbols)
