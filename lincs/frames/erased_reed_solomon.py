"""Reed-Solomon words of which the symbols in a set are erased, where few of each word's are in it."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from lincs._checks import InputError, check_integer
from lincs._numbers import Fraction, prime_power
from lincs.frames._base import Frame, is_below, mixed_radix_digits, smallest_integer_dtype
from lincs.frames._erasures import COUNTS
from lincs.frames._fields import CHUNK

#: Most values of polynomials that are looked at to count words: q^(T-2) of them.
MOST_VALUES = 10**8


def erased_reed_solomon(q: int, T: int, erased: int, erasures: int, leading: int) -> Frame:
    """Counts of agreements outside 0..erased-1 of polynomials modulo q that are there at few points, shifted.

    The words are the values of polynomials of degree T - 1 at all q points and their leading coefficient, one of
    ``leading`` many. The symbols 0..s-1, s = ``erased``, are struck out: they agree with nothing, and only words of at
    most h = ``erasures`` of them are taken. With r = q - s, G_uw the number of agreements of u and w and e_w the number
    of points where w is erased and u is not, ::

        B^T A = 2 r G + 2 e - (r (T-1) + h):

    diagonal 2 r (q + 1 - h) - (r (T-1) + h) at least, error (r (T-1) + h)/(2 r (q + 1 - h)), d = q (r - 1) + leading.

    Proof. Different polynomials agree in at most T - 1 of the q + 1 positions, so that 0 <= 2 r G + 2 e <= 2 r (T-1) +
    2h off the diagonal; a word agrees with itself in at least q + 1 - h. A position of r symbols that are left takes r
    - 1 coordinates, as in `reed_solomon`: columns r [w = s'], s' > s, and probes 2 ([u = s'] - [u = s]). A column of
    ones, the mean of all, stands for an erased symbol; its inner product with the probe of any symbol is the same, 2.
    The probe is 0 where u is erased.

    Few erasures cost little, one position each, and leave far more words than none: that is the gain, where a
    Reed-Solomon code of enough positions has more words than are needed.

    Parameters
    ----------
    q : int
        A prime.
    T : int
        Polynomials have degree T - 1; 3 <= T <= q, and q^(T-2) <= 10^8.
    erased : int
        The number s of symbols that are erased, 0 to q - 2.
    erasures : int
        Most erased symbols h of a word, 0 to T - 1, so few that the coherence is below 1.
    leading : int
        Number of leading coefficients, 1 to q - 1: those with the most words come first.

    Returns
    -------
    Frame
        Integer, with probes that are not multiples of the columns. ``diagonal`` is the least <b_i, a_i>. A leading
        coefficient c l^(T-1), c one of those on which the number of words depends, has the words f(l (x + t)), t in
        0..q-1, for all good f with the leading coefficient c and no x^(T-2).

    Notes
    -----
    **Guarantee**: a bound on the coherence. **Cost**: q^(T-2) values of polynomials are looked at when columns are
    asked for first (10^8 in 10 s), and to count the words of members that are not on record; columns O(d + s q) each.
    Source of the words: [RS60].

    Examples
    --------
    >>> frame = erased_reed_solomon(7, 3, 2, 1, 6)
    >>> frame.d, frame.m, frame.error.upper
    (34, 84, Fraction(11, 70))
    """
    q = check_integer(q, "q", 3)
    if prime_power(q) != (q, 1):
        raise InputError(f"q must be a prime from 3 on, got {q}")
    T = check_integer(T, "T", 3, q)
    if q ** (min(T, 20) - 2) > MOST_VALUES:  # 3^18 is more: no power is taken that is too long
        raise InputError(f"q^(T-2) must be at most {MOST_VALUES}, got {q}^{T - 2}")
    s = check_integer(erased, "erased", 0, q - 2)
    h = check_integer(erasures, "erasures", 0, T - 1)
    leading = check_integer(leading, "leading", 1, q - 1)
    mu = coherence(q, T, s, h)
    if not 0 < mu < 1:
        raise InputError(f"erasures must leave a coherence below 1, got {h} for q = {q}, T = {T}, erased = {s}")
    words = _Words(q, T, s, h, leading)
    if words.m == 0:
        raise InputError(f"no polynomial has at most {h} values below {s}")
    return Frame(
        family="erased_reed_solomon",
        params={"q": q, "T": T, "erased": s, "erasures": h, "leading": leading},
        d=words.d,
        m=words.m,
        coherence_squared=mu**2,
        coherence_is_exact=False,
        diagonal=int(largest(q, T, s, h) / mu),
        is_integer=True,
        theorem="Polynomials of degree < T agree in at most T - 1 points, so that the numbers of agreements outside a "
        "set of symbols, less (T - 1)/2 and a little for words erased there, are at most that off the diagonal.",
        sources=("RS60",),
        _columns=words.columns,
        _probes=words.probes,
    )


def erased_reed_solomon_for(m: int, delta: Fraction) -> Frame | None:
    """The pair of least dimension with room for m features and an error below delta, among those on record."""
    best: tuple[int, ...] | None = None
    for (q, T, s, h), counts in COUNTS.items():
        if is_below(coherence(q, T, s, h) ** 2, delta):
            leading = _fewest_leading(q, counts, m)
            if leading is not None:
                found = (q * (q - s - 1) + leading, q, T, s, h, leading)
                best = found if best is None else min(best, found)
    return erased_reed_solomon(*best[1:]) if best else None


def coherence(q: int, T: int, s: int, h: int) -> Fraction:
    """``(r (T-1) + h)/(2 r (q + 1 - h) - r (T-1) - h)`` for r = q - s."""
    off = largest(q, T, s, h)
    return Fraction(off, 2 * (q - s) * (q + 1 - h) - off)


def largest(q: int, T: int, s: int, h: int) -> int:
    """The bound ``r (T-1) + h`` on ``|<b_i, a_j>|``, i != j, by which agreements are shifted."""
    return (q - s) * (T - 1) + h


def _fewest_leading(q: int, counts: tuple[int, ...], m: int) -> int | None:
    """How many leading coefficients have room for m words, the best first; None if all have not."""
    each, leading = (q - 1) // len(counts), 0
    for count in sorted(counts, reverse=True):
        needed = -(-m // (q * count)) if count else each + 1
        if needed <= each:
            return leading + max(1, needed)
        leading, m = leading + each, m - q * count * each
    return None


@lru_cache(maxsize=256)
def counts(q: int, T: int, s: int, h: int) -> tuple[int, ...]:
    """Numbers of polynomials ``w^j x^(T-1) + a_(T-3) x^(T-3) + .. + a_0`` modulo q with at most h values below s.

    One for each j below gcd(T-1, q-1), for the least primitive root w; by looking at all of them.

    Examples
    --------
    >>> counts(7, 3, 2, 1)
    (2, 2)
    """
    return tuple(int(_cumulative(q, T, s, h, lead)[-1]) for lead in _classes(q, T))


def _classes(q: int, T: int) -> list[int]:
    """Leading coefficients up to factors l^(T-1)."""
    return [pow(primitive_root(q), j, q) for j in range(math.gcd(T - 1, q - 1))]


@lru_cache(maxsize=64)
def primitive_root(q: int) -> int:
    """The least generator of the nonzero residues modulo a prime q."""
    return next(w for w in range(1, q) if len({pow(w, i, q) for i in range(q - 1)}) == q - 1)


@lru_cache(maxsize=32)
def _cumulative(q: int, T: int, s: int, h: int, lead: int) -> np.ndarray:
    """How many good polynomials there are, for this leading coefficient, up to each of the tuples (a_1 .. a_(T-3))."""
    total = q ** (T - 3)
    sums, step = np.empty(total, dtype=np.int64), max(1, CHUNK // q)
    for start in range(0, total, step):
        tuples = np.arange(start, min(total, start + step))
        sums[tuples] = np.count_nonzero(_erasures(q, T, s, lead, tuples) <= h, axis=1)
    return np.cumsum(sums, out=sums)


def _erasures(q: int, T: int, s: int, lead: int, tuples: np.ndarray) -> np.ndarray:
    """How often ``lead x^(T-1) + a_(T-3) x^(T-3) + .. + a_0`` is below s, for tuples (rows) and a_0 = 0..q-1."""
    values = _values(q, T, lead, tuples)
    rows = np.arange(len(tuples))[:, None]
    often = np.bincount((rows * q + values).ravel(), minlength=len(tuples) * q).reshape(len(tuples), q)
    # a_0 puts the values -a_0 .. -a_0 + s - 1 below s
    sums = np.zeros((len(tuples), q + s + 1), dtype=np.int64)
    np.cumsum(np.concatenate([often, often[:, :s]], axis=1), axis=1, out=sums[:, 1:])
    first = -np.arange(q) % q
    return sums[:, first + s] - sums[:, first]


def _values(q: int, T: int, lead: int, tuples: np.ndarray) -> np.ndarray:
    """The values of ``lead x^(T-1) + a_(T-3) x^(T-3) + .. + a_1 x`` at 0..q-1, a row for each tuple."""
    powers = np.array([[pow(x, i, q) for x in range(q)] for i in range(1, T)])
    digits = mixed_radix_digits(tuples, [q] * (T - 3))
    return (lead * powers[T - 2] + digits.T @ powers[: T - 3]) % q


class _Words:
    """The words of a member, by their indices."""

    def __init__(self, q: int, T: int, s: int, h: int, leading: int) -> None:
        self.q, self.T, self.s, self.h, self.leading = q, T, s, h, leading
        found = COUNTS.get((q, T, s, h)) or counts(q, T, s, h)
        each = (q - 1) // len(found)
        classes = sorted(range(len(found)), key=lambda j: (-found[j], j))
        self.counts = found
        self.leads = [(j, i) for j in classes for i in range(each)][:leading]  # w^j (w^i)^(T-1)
        self.starts = np.cumsum([0] + [q * found[j] for j, _ in self.leads])

    @property
    def d(self) -> int:
        return self.q * (self.q - self.s - 1) + self.leading

    @property
    def m(self) -> int:
        return int(self.starts[-1])

    def columns(self, indices: np.ndarray) -> np.ndarray:
        words, leads = self.words(indices)
        columns = np.zeros((self.d, len(indices)), dtype=self._dtype)
        r = self.q - self.s
        blocks = self._blocks(columns)
        np.copyto(blocks, words[:, None] < self.s)
        x, column = np.nonzero(words > self.s)
        blocks[x, words[x, column] - self.s - 1, column] = r
        column = np.flatnonzero(leads)
        columns[self.q * (r - 1) + leads[column] - 1, column] = r
        columns[-1] = 1
        return columns

    def probes(self, indices: np.ndarray) -> np.ndarray:
        words, leads = self.words(indices)
        probes = np.zeros((self.d, len(indices)), dtype=self._dtype)
        r = self.q - self.s
        blocks = self._blocks(probes)
        np.copyto(blocks, np.int64(-2), where=(words == self.s)[:, None], casting="unsafe")
        x, column = np.nonzero(words > self.s)
        blocks[x, words[x, column] - self.s - 1, column] = 2
        probes[self.q * (r - 1) : -1, leads == 0] = -2
        column = np.flatnonzero(leads)
        probes[self.q * (r - 1) + leads[column] - 1, column] = 2
        firsts = np.count_nonzero(words == self.s, axis=0) + (leads == 0)
        probes[-1] = 2 * r * firsts - largest(self.q, self.T, self.s, self.h)
        return probes

    def words(self, indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The values at 0..q-1, of shape (q, count), and the numbers of the leading coefficients."""
        q = self.q
        leads = np.searchsorted(self.starts, indices, side="right") - 1
        rest = indices - self.starts[leads]
        words = np.empty((q, len(indices)), dtype=np.int64)
        points = np.arange(q)
        root = primitive_root(q)
        for number in np.unique(leads):
            j, i = self.leads[number]
            own = np.flatnonzero(leads == number)
            values = self._depressed(j, rest[own] // q)
            at = pow(root, i, q) * (points[:, None] + rest[own] % q) % q
            words[:, own] = np.take_along_axis(values.T, at, axis=0)
        return words, leads

    def _depressed(self, j: int, places: np.ndarray) -> np.ndarray:
        """The values at 0..q-1 of the good polynomials with these places, for the leading coefficient w^j; in rows."""
        q, T, s, h = self.q, self.T, self.s, self.h
        lead = pow(primitive_root(q), j, q)
        sums = _cumulative(q, T, s, h, lead)
        if sums[-1] != self.counts[j]:
            raise AssertionError(f"{self.counts[j]} words are on record for {(q, T, s, h)}, there are {sums[-1]}")
        tuples = np.searchsorted(sums, places, side="right")
        before = np.where(tuples > 0, sums[tuples - 1], 0)
        is_good = _erasures(q, T, s, lead, tuples) <= h
        # the constant a_0 is where the good ones of the tuple have been counted past the place
        constant = np.argmax(np.cumsum(is_good, axis=1) > (places - before)[:, None], axis=1)
        return (_values(q, T, lead, tuples) + constant[:, None]) % q

    def _blocks(self, array: np.ndarray) -> np.ndarray:
        """The coordinates of the q points, as a view of shape (q, r - 1, count)."""
        q, r = self.q, self.q - self.s
        return array[: q * (r - 1)].reshape(q, r - 1, -1)

    @property
    def _dtype(self) -> type[np.signedinteger]:
        # a position adds at most 2 r to |B|^T |A|, and the last coordinate 2 r (q + 1) or r (T - 1) + h
        r = self.q - self.s
        return smallest_integer_dtype(4 * r * (self.q + 1) + largest(self.q, self.T, self.s, self.h))
