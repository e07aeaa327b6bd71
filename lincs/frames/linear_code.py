"""Shifted one-hot pairs of linear codes whose weights were found by looking at words."""

from __future__ import annotations

import math
import re
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np

from lincs._checks import InputError, check_integer
from lincs._numbers import Fraction, prime_power
from lincs.frames._base import Frame, mixed_radix_digits
from lincs.frames._codes import MOST_WORDS, code_frame, punctured_code, row_of_all_words, shortest
from lincs.frames._fields import field_difference, field_product, field_sum, linear_words, systematic_form
from lincs.frames._generators import GENERATORS

#: Most words that are looked at to find the weights of a code, and most positions by which it may be shortened.
MOST_WEIGHTS, MOST_SHORTENED = 2**25, 8


def linear_code(q: int, n: int, generator: str, symbols: int | None = None, punctured: int = 0) -> Frame:
    """Counts of agreements of the multiples of some polynomials over GF(q), shifted to be symmetric about 0.

    The words are the coefficients of f g, f g f_2, .., f g f_l modulo x^r - c, r of each, for all f of degree below
    k = r - deg g, or these and minus their sum; n is their length, l r or l r + 1. If their weights, but for the word
    0, lie in least..most, then so do the numbers of differences of two words: the error is (most - least)/(2 most),
    m = q^k, d = n(q-1) + 1. Cyclic, constacyclic and quadratic residue codes, shortened or not, are of this kind with
    g alone; double circulant, quasi-cyclic and quasi-twisted codes with more polynomials.

    Parameters
    ----------
    q : int
        A prime power, at most 9.
    n : int
        Length, at most 255.
    generator : str
        The polynomials g/f_2/../f_l, then :c unless c = 1, then + for minus the sum. A polynomial is its coefficients,
        a digit each, constant first, and ends with another digit than 0; g also begins with one. Digits are elements
        of GF(q) by their numbers (digits in base p are coefficients in a root of the least irreducible polynomial).
    symbols : int, optional
        The total of the numbers of symbols a_x allowed at the first k positions, which differ by at most one; from
        k + 1 to k q, the default. Positions with one symbol shorten the code.
    punctured : int
        Number P < least of check positions left out, the last ones.

    Returns
    -------
    Frame
        Integer. The index is a number in mixed radix (a_0, a_1, ..), a_0 least significant, and its digits are the
        symbols at the first k positions.

    Notes
    -----
    **Guarantee**: the weights are those of all words, or bounds on them for larger codes (`weights`); those of the
    codes in `lincs.frames._generators` are recorded there (and found anew in the tests), those of others are found when
    they are needed. The coherence is exact for whole codes without puncturing of up to 2^25 words. **Cost** of columns:
    O(d) each; of weights: n comparisons of bytes a word, for up to 2^25 words.

    Examples
    --------
    >>> frame = linear_code(3, 11, "201211")  # the ternary Golay code, of weights 5 to 11
    >>> frame.d, frame.m, frame.error.upper
    (23, 729, Fraction(3, 11))
    >>> linear_code(3, 12, "1/011121:2").error.upper  # extended, as a quasi-twisted code: weights 6 to 12
    Fraction(1, 4)
    """
    q = check_integer(q, "q", 2, 9)
    if prime_power(q) is None:
        raise InputError(f"q must be a prime power, got {q}")
    n = check_integer(n, "n", 2, 255)
    k = _parsed(q, n, generator).k
    least, most = GENERATORS.get((q, n, generator)) or weights(q, n, generator)
    symbols = check_integer(k * q if symbols is None else symbols, "symbols", k + 1, k * q)
    punctured = check_integer(punctured, "punctured", 0, min(least - 1, n - k))
    code = punctured_code(q, n, k, least, most, symbols, punctured, partial(_words, q, n, generator))
    return code_frame(
        "linear_code",
        {"q": q, "n": n, "generator": generator, "symbols": symbols, "punctured": punctured},
        code,
        "Differences of words are words, so that the weights of all words bound the numbers of agreements.",
        (),
        coherence_is_exact=code.is_whole and punctured == 0 and q**k <= MOST_WEIGHTS,
        is_transitive=code.is_whole,  # adding a word permutes the symbols of each position
        row=partial(row_of_all_words, code) if code.is_whole and code.m <= MOST_WORDS else None,
    )


def linear_code_for(m: int, delta: Fraction) -> Frame | None:
    """The pair of least dimension with room for m features and an error below delta, among the codes on record.

    Of several it is one whose whole code has the fewest words, because these are counted to check it.
    """
    best: tuple[int, int, tuple[int, int, str, int, int]] | None = None
    for (q, n, generator), (least, most) in GENERATORS.items():
        k = _parsed(q, n, generator).k
        found = shortest(q, n, k, least, most, m, delta)
        if found is not None and (best is None or (found[0], q**k) < best[:2]):
            best = found[0], q**k, (q, n, generator, *found[1:])
    return linear_code(*best[2]) if best is not None else None


def weights(q: int, n: int, generator: str) -> tuple[int, int]:
    """The least and the largest weight of the words other than 0, by looking at all of them if these are up to 2^25.

    Of larger codes bounds on them: where g divides x^r - c, or is alone and divides x^(r+s) - c for some small s (then
    the code is shortened), the least weight by words that have few symbols other than 0 in a window, and as the largest
    n, or what is divisible as all weights are.

    Raises
    ------
    InputError
        It takes more than 2^25 words.

    Examples
    --------
    >>> weights(2, 23, "110001110101")  # the binary Golay code
    (7, 23)
    >>> weights(4, 30, "120231323132021+")  # a quadratic residue code of 2^30 words
    (12, 30)
    """
    all_words = q ** _parsed(q, n, generator).k
    return (_weights_of_all if all_words <= MOST_WEIGHTS else _bounds_on_weights)(q, n, generator)


def _bounds_on_weights(q: int, n: int, generator: str) -> tuple[int, int]:
    """What `weights` says of codes of many words."""
    g, multipliers, r, c, _, _ = _parsed(q, n, generator)
    longer = range(1 if multipliers else MOST_SHORTENED + 1)
    shortened = next((s for s in longer if _divides(q, g, r + s, c)), 0)
    return _least_weight(q, n + shortened, generator), n - n % _divisor(q, _generators(q, n, generator))


def _divisor(q: int, generators: np.ndarray) -> int:
    """A number that divides all weights of a code: p where it is orthogonal to itself over GF(2), GF(3), GF(4).

    Modulo p a weight is the sum of x^(q-1), that is x x over GF(2) and GF(3) and x x^2, x^2 linear, over GF(4).
    """
    if q > 4:
        return 1
    powers = field_product(generators, generators, q) if q == 4 else generators
    products = field_product(generators[:, None], powers, q)
    sums = np.bitwise_xor.reduce(products, axis=2) if q == 4 else products.sum(axis=2) % q
    return 1 if sums.any() else 3 if q == 3 else 2


def _least_weight(q: int, n: int, generator: str) -> int:
    """The least weight of words other than 0, of a code that is closed under shifts.

    A word of which each window of k positions of each block has at least t symbols other than 0 has at least t r/k in a
    block. All others can be shifted so that a first window has fewer, which changes no weight: nor is the sum changed,
    for c = 1.
    """
    g, _, r, c, k, is_extended = _parsed(q, n, generator)
    refusal = f"of a code of {q}^{k} words the least weight is found if"
    if not _divides(q, g, r, c) or (is_extended and c > 1):
        raise InputError(f"{refusal} g divides x^r - c, c = 1 where the sum is added, got {generator!r} for n = {n}")
    forms = []
    for first in range(0, n - n % r, r):
        order = [*range(first, first + k), *range(first), *range(first + k, n)]
        information, checks = systematic_form(q, _generators(q, n, generator)[:, order])
        if information != list(range(k)):
            raise InputError(f"{refusal} the first {k} positions of each block determine a word, got {generator!r}")
        forms.append(checks.T.astype(np.uint8))
    least, looked_at, rows = n, 0, [[form[i : i + 1] for i in range(k)] for form in forms]
    for t in range(1, k + 1):  # rows[block][i]: the words with t symbols, the last one at i and the first one 1
        if len(forms) * -(-t * r // k) >= least:
            break
        looked_at += len(forms) * math.comb(k, t) * (q - 1) ** (t - 1)
        if looked_at > MOST_WEIGHTS:
            raise InputError(f"{refusal} this takes up to {MOST_WEIGHTS} of them, got {generator!r} for n = {n}")
        for form, words in zip(forms, rows, strict=True):
            if t > 1:
                words[:] = [_sums(q, words[:i], form[i]) for i in range(k)]
            least = min([least, *(t + int(np.count_nonzero(some, axis=1).min()) for some in words if len(some))])
    return least


def _sums(q: int, words: list[np.ndarray], row: np.ndarray) -> np.ndarray:
    """All words plus all multiples of a row other than 0."""
    x = np.arange(q)
    table = field_sum(x[:, None], x, q).astype(np.uint8).ravel()
    multiples = field_product(x[1:, None], row, q).astype(np.uint8)
    some = q * np.concatenate([np.zeros((0, len(row)), np.uint8), *words])  # at most q^2 - 1 < 256 with a symbol added
    return table[(some[None] + multiples[:, None]).reshape(-1, len(row))]


def _divides(q: int, g: list[int], r: int, c: int) -> bool:
    """Whether g divides x^r - c."""
    rest = np.zeros(r + 1, dtype=np.int64)
    rest[0], rest[r] = field_difference(np.array(0), np.array(c), q), 1
    units = np.arange(1, q)
    inverse = units[field_product(np.array(g[-1]), units, q) == 1]
    for top in range(r, len(g) - 2, -1):
        multiple = field_product(field_product(rest[top], inverse, q), np.array(g), q)
        rest[top - len(g) + 1 : top + 1] = field_difference(rest[top - len(g) + 1 : top + 1], multiple, q)
    return not rest.any()


def _weights_of_all(q: int, n: int, generator: str) -> tuple[int, int]:
    """The least and the largest weight of all words."""
    checks = _encoder(q, n, generator)
    k = checks.shape[1]
    # a word is a difference u - v of words whose last, and whose first, symbols are 0
    size = k // 2
    digits = mixed_radix_digits(np.arange(q**size), [q] * size)
    u = linear_words(q, checks, np.concatenate([digits, np.zeros((k - size, q**size), np.int64)])).astype(np.uint8)
    counts = np.count_nonzero(u[:, 1:], axis=0)
    least, most = (int(counts.min()), int(counts.max())) if size else (n, 0)
    for place in range(k - size):  # v = 0 and, up to factors, v with 1 as its last symbol other than 0
        for start in range(0, q**place, 4096):
            some = np.arange(q**place + start, q**place + min(q**place, start + 4096))
            digits = mixed_radix_digits(some, [q] * (k - size))
            v = linear_words(q, checks, np.concatenate([np.zeros((size, len(some)), np.int64), digits]))
            for word in v.T.astype(np.uint8):
                counts = np.add.reduce(u != word[:, None], axis=0, dtype=np.uint8)
                least, most = min(least, int(counts.min())), max(most, int(counts.max()))
    return least, most


class _Generator(NamedTuple):
    """What a generator says: g and its multipliers, the modulus x^r - c, the dimension, whether the sum is a symbol."""

    g: list[int]
    multipliers: list[list[int]]
    r: int
    c: int
    k: int
    is_extended: bool


@lru_cache(maxsize=512)
def _parsed(q: int, n: int, generator: str) -> _Generator:
    unit = f"[1-{q - 1}]"
    polynomial = f"[0-{q - 1}]*{unit}"
    found = re.fullmatch(f"(?=[1-9])({polynomial}(?:/{polynomial})*)(?::({unit}))?(\\+?)", generator)
    if found is None:
        raise InputError(
            f"a generator is polynomials g/f_2/../f_l, then :c or nothing, then + or nothing, of digits below {q}, of "
            f"which c, the last of each polynomial and the first of g are not 0; got {generator!r}"
        )
    g, *multipliers = ([int(digit) for digit in text] for text in found[1].split("/"))
    r, rest = divmod(n - len(found[3]), 1 + len(multipliers))
    k = r + 1 - len(g)
    if rest or not 1 <= k < n or any(len(f) > r for f in multipliers):
        raise InputError(
            f"n must be the length of {1 + len(multipliers)} equal blocks{' and a sum' * len(found[3])}, no polynomial "
            f"have more digits than a block, and not all words be in the code; got n = {n}, {generator!r}"
        )
    return _Generator(g, multipliers, r, int(found[2] or 1), k, found[3] == "+")


@lru_cache(maxsize=64)
def _encoder(q: int, n: int, generator: str) -> np.ndarray:
    """The checks of the code, for `linear_words`."""
    return systematic_form(q, _generators(q, n, generator))[1]


def _generators(q: int, n: int, generator: str) -> np.ndarray:
    """The words x^i g, x^i g f_2, .., i < k, of shape (k, n)."""
    g, multipliers, r, c, k, is_extended = _parsed(q, n, generator)
    # times f_2, .., f_l is a linear map of the coefficients of f g, which has a degree below r
    multiples = [np.zeros((0, r), np.int64), *(_multiples(q, f, r, c).T for f in multipliers)]
    generators = linear_words(q, np.concatenate(multiples), _multiples(q, g, r, c)[:k].T)
    if is_extended:
        total = np.zeros(k, dtype=np.int64)
        for symbols in generators:
            total = field_difference(total, symbols, q)
        generators = np.concatenate([generators, total[None]])
    return generators.T


def _multiples(q: int, polynomial: list[int], r: int, c: int) -> np.ndarray:
    """The coefficients of a polynomial of degree < r times 1, x, .., x^(r-1) modulo x^r - c, one product a row."""
    rows = np.zeros((r, 2 * r), dtype=np.int64)
    for i in range(r):
        rows[i, i : i + len(polynomial)] = polynomial
    return rows[:, :r] + field_product(rows[:, r:], np.array(c), q)  # of two terms one is 0


def _words(q: int, n: int, generator: str, symbols: np.ndarray) -> np.ndarray:
    return linear_words(q, _encoder(q, n, generator), symbols)
