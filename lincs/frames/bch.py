"""Shifted one-hot pairs of extended BCH codes: words over GF(q) whose first power sums over GF(q^e) vanish."""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np

from lincs._checks import InputError, check_integer
from lincs._numbers import Fraction, prime_power
from lincs.frames._base import Frame
from lincs.frames._codes import MOST_WORDS, code_frame, punctured_code, row_of_all_words, shortest
from lincs.frames._fields import (
    field_difference,
    field_product,
    field_sum,
    linear_words,
    subfield,
    systematic_form,
)

#: Largest length q^e that the maker takes; the elimination of larger ones takes minutes.
LARGEST_LENGTH = 1024

#: Largest length that the selector looks at: longer codes are not better anywhere that was looked at.
LONGEST_SELECTED = 256


def bch(q: int, e: int, t: int, symbols: int | None = None, punctured: int = 0) -> Frame:
    """Counts of agreements of words of an extended BCH code, shifted to be symmetric about 0.

    The words c over GF(q), with positions x in GF(q^e), for which ``sum_x c_x x^i = 0`` for i = 0..t-1: different ones
    differ in t + 1 or more of the n = q^e positions, so that the error is (n - t - 1)/(2n), m = q^k, d = n(q-1) + 1;
    k is n - 1 less the number of residues 1..t-1 times powers of q modulo n - 1.

    Proof. Any t columns of the matrix of x^i are independent, by Vandermonde. With i the sum vanishes for q i, as its
    q-th power; and the sums over the field of x^i are independent otherwise, as functions x -> x^i are. If q = 2, then
    1 + c is a word with c (if t < n): among the words that are 0 in a given position, weights are at most n - t - 1.
    `lincs.frames._codes.code_frame` does the rest, for shorter codes as well.

    Parameters
    ----------
    q, e : int
        A prime power, and e >= 2 with q^e <= 1024.
    t : int
        Number of power sums, 1 <= t < q^e - 1.
    symbols : int, optional
        The total of the numbers of symbols a_x allowed at the k information positions, which differ by at most one;
        from k + 1 to k q, the default. Positions with one symbol shorten the code.
    punctured : int
        Number P <= t of check positions left out, the last ones.

    Returns
    -------
    Frame
        Integer. The index is a number in mixed radix (a_0, a_1, ..), a_0 least significant, and its digits are the
        symbols at the information positions, which come first.

    Notes
    -----
    **Guarantee**: the coherence is an upper bound. **Cost** of columns: O(d) each, and an elimination over GF(q) at
    first. Sources: [Hocquenghem59], [BR60].

    Examples
    --------
    >>> frame = bch(2, 4, 5, 13)  # one word of each complementary pair of an extended code [16, 7, 6]
    >>> frame.d, frame.m, frame.coherence_squared
    (16, 64, Fraction(1, 16))
    """
    q = check_integer(q, "q", 2, 31)
    if prime_power(q) is None:
        raise InputError(f"q must be a prime power, got {q}")
    e = check_integer(e, "e", 2, 10)
    n = q**e
    if n > LARGEST_LENGTH:
        raise InputError(f"q^e must be at most {LARGEST_LENGTH}, got {n}")
    t = check_integer(t, "t", 1, n - 2)
    k = information(q, e)[t]
    if k == 0:
        raise InputError(f"there is no word but 0 with t = {t} vanishing power sums")
    symbols = check_integer(k * q if symbols is None else symbols, "symbols", k + 1, k * q)
    punctured = check_integer(punctured, "punctured", 0, min(t, n - k))
    most = n - t - 1 if q == 2 and symbols < 2 * k else n
    code = punctured_code(q, n, k, t + 1, most, symbols, punctured, partial(_words, q, e, t))
    return code_frame(
        "bch",
        {"q": q, "e": e, "t": t, "symbols": symbols, "punctured": punctured},
        code,
        "Words whose first t power sums vanish differ in more than t positions, which bounds their agreements.",
        ("Hocquenghem59", "BR60"),
        coherence_is_exact=False,
        is_transitive=code.is_whole,  # adding a word permutes the symbols of each position
        row=partial(row_of_all_words, code) if code.is_whole and code.m <= MOST_WORDS else None,
    )


def bch_for(m: int, delta: Fraction) -> Frame | None:
    """The pair of least dimension with room for m features and an error below delta, of lengths up to 256, q <= 16."""
    best: tuple[int, ...] | None = None
    for q, e, t, k in _members():
        n = q**e
        if best is not None and best[0] < (n - k - t) * (q - 1):
            continue
        most = n - t - 1 if q == 2 and m <= 2 ** (k - 1) else n  # one symbol can be fixed
        if (found := shortest(q, n, k, t + 1, most, m, delta)) is not None:
            d, symbols, punctured = found
            if best is None or d < best[0]:
                best = d, q, e, t, symbols, punctured
    return bch(*best[1:]) if best is not None else None


@lru_cache(maxsize=64)
def information(q: int, e: int) -> list[int]:
    """For each t < q^e the dimension k of the code: how many power sums are not implied to vanish by the first t."""
    n = q**e
    dimensions, seen = [n, n - 1], set[int]()
    for i in range(1, n - 1):
        conjugate = i
        while conjugate not in seen:
            seen.add(conjugate)
            conjugate = conjugate * q % (n - 1)
        dimensions.append(n - 1 - len(seen))
    return dimensions


@lru_cache(maxsize=1)
def _members() -> list[tuple[int, int, int, int]]:
    """The (q, e, t, k) that are looked at: for each k the largest t."""
    found = []
    for q in (q for q in range(2, 17) if prime_power(q)):
        e = 2
        while q**e <= LONGEST_SELECTED:
            k = information(q, e)
            found += [(q, e, t, k[t]) for t in range(2, len(k) - 1) if k[t] > max(k[t + 1], 1)]
            e += 1
    return found


@lru_cache(maxsize=16)
def _solved(q: int, e: int, t: int) -> tuple[list[int], np.ndarray]:
    """The positions that check the others, and the checks for `linear_words`: the conditions, solved for as many."""
    n = q**e
    x = np.arange(n)
    embedded = subfield(q, n)
    # GF(n) has the coordinates of a basis 1, w, .., w^(e-1) over GF(q), for the first w that gives one
    digits = np.stack([x // q**i % q for i in range(e)])
    for w in range(1, n):
        total = np.zeros(n, dtype=np.int64)
        for digit in reversed(digits):
            total = field_sum(field_product(total, np.array(w), n), embedded[digit], n)
        if len(np.unique(total)) == n:
            break
    coordinates = digits[:, np.argsort(total)]
    power, conditions = np.ones(n, dtype=np.int64), []
    for i in range(t):
        if i == 0 or i % q:
            conditions.append(coordinates[:, power])
        power = field_product(power, x, n)
    checking, solution = systematic_form(q, np.concatenate(conditions))
    return checking, field_difference(np.zeros_like(solution.T), solution.T, q)


def _words(q: int, e: int, t: int, symbols: np.ndarray) -> np.ndarray:
    return linear_words(q, _solved(q, e, t)[1], symbols)


def words_by_position(q: int, e: int, t: int, symbols: np.ndarray) -> np.ndarray:
    """The words with given symbols at the information positions, an array (q^e, count) in the order of GF(q^e)."""
    checking, _ = _solved(q, e, t)
    words = np.empty((q**e, symbols.shape[1]), dtype=np.int64)
    words[[*np.delete(np.arange(q**e), checking), *checking]] = _words(q, e, t, symbols)
    return words
