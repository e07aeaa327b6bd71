"""Search for linear codes whose frames need fewer dimensions than known: `search_codes.py Q K [SECONDS [SEED]]`.

Codes over GF(Q) of Q^K words in the notation of `lincs.frames.linear_code`, cyclic ones and those of several blocks; of
more than 2^25 words those that are closed under shifts and have a least weight that is found soon.
Multiplying by x or by a symbol changes no weight, so that one word f of each orbit is looked at. The weights of its
products with some random polynomials are computed once; a code is a choice of rows of that table, and its weights are
their sum. From random choices, one row after the other is exchanged for the best. What is printed are entries for
`lincs.frames._generators`, each with features m, an error and the dimensions there, before and with the code. How far a
search gets in its time differs between machines; the weights of what is recorded are counted anew in the tests.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

import numpy as np

from lincs import InputError, frames
from lincs._compiled import compiled
from lincs._numbers import Fraction, prime_power
from lincs.frames._codes import fewest_symbols, shortest
from lincs.frames._fields import base_digits, field_difference, field_product, irreducible_polynomial, linear_words
from lincs.frames.linear_code import weights

#: Generator, length, least and largest weight.
Code = tuple[str, int, int, int]

#: Errors of interest, on a grid of 1/GRID, and most dimensions.
ERRORS, GRID, MOST_DIMENSIONS = (Fraction(1, 10), Fraction(7, 20)), 200, 200

#: Most positions left out, largest r for one block, random divisors of x^r - c, and those of them for several blocks.
MOST_LEFT_OUT, LONGEST_CYCLE, TRIES, MOST_DIVISORS = 8, 128, 60, 6

#: Most random polynomials that blocks are chosen from, bytes of the table of their weights, and words of such codes.
MOST_ROWS, MOST_BYTES, MOST_WORDS = 400, 3 * 10**8, 2**26


# ---- what is worth recording


@lru_cache(2**16)
def known(m: int, delta: Fraction) -> float:
    frame = frames.best_for(m, delta)
    return math.inf if frame is None else frame.d


def sizes(q: int, k: int) -> list[int]:
    """All words, and powers of ten that codes of fewer words do not reach."""
    return [q**k, *(10**e for e in range(3, 10) if q ** (k - 1) < 10**e < q**k)]


@lru_cache(2**12)
def ratio(q: int, n: int, k: int) -> float:
    """A number that the ratio of the least and the largest weight must exceed for less than the known dimension."""
    found = [1.0]
    for m in sizes(q, k):
        d = n * (q - 1) + 1 - (k * q - (fewest_symbols(q, k, m) or 0))
        low, high = (int(GRID * delta) for delta in ERRORS)
        if known(m, Fraction(low, GRID)) > d:
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if known(m, Fraction(middle, GRID)) > d else (low, middle)
            found.append(1 - 2 * high / GRID)
    return min(found)


@lru_cache(2**16)
def is_promising(q: int, n: int, k: int, least: int, most: int) -> bool:
    """Whether the code or the punctured code may need less than the known dimension."""
    left_out = range(min(least - 1, n - k, MOST_LEFT_OUT) + 1)
    return any(least - P > ratio(q, n - P, k) * min(most, n - P) for P in left_out)


def gain(q: int, n: int, k: int, least: int, most: int) -> str | None:
    """Where the largest relative gain over what is known is, of the code or the punctured code."""
    found = []
    for m in sizes(q, k):
        for P in range(min(least - 1, n - k, MOST_LEFT_OUT) + 1):
            delta = Fraction(1, 2) - Fraction(least - P, 2 * min(most, n - P)) + Fraction(1, 10**6)
            best = shortest(q, n, k, least, most, m, delta)
            if ERRORS[0] < delta < ERRORS[1] and best is not None and best[0] < known(m, delta):
                found.append((known(m, delta) / best[0], m, float(delta), known(m, delta), best[0]))
    return "m = {1}, delta > {2:.4f}: {3} -> {4}".format(*max(found)) if found else None


# ---- words f of degree < k up to multiples by x and symbols, modulo h


@compiled()
def _orbits(q: int, k: int, h: np.ndarray, product: np.ndarray, minus: np.ndarray) -> np.ndarray:
    """The least number, in base q, of each orbit; h is monic of degree k, without its leading coefficient."""
    size = q**k
    is_met = np.zeros(size, dtype=np.bool_)
    found = np.empty(size // (q - 1) + 1, dtype=np.int64)
    count, f = 0, np.empty(k, dtype=np.int64)
    inverse = np.zeros(q, dtype=np.int64)
    for a in range(1, q):
        for b in range(1, q):
            if product[a, b] == 1:
                inverse[a] = b
    for power in range(k):
        for start in range(q**power, 2 * q**power):  # the leading coefficient is 1
            if is_met[start]:
                continue
            found[count] = number = start
            count += 1
            while not is_met[number]:
                is_met[number] = True
                for i in range(k):
                    f[i] = number // q**i % q
                top = f[k - 1]
                for i in range(k - 1, 0, -1):
                    f[i] = minus[f[i - 1], product[top, h[i]]]
                f[0] = minus[0, product[top, h[0]]]
                last = k - 1
                while f[last] == 0:
                    last -= 1
                number = 0
                for i in range(k):
                    number += product[f[i], inverse[f[last]]] * q**i
    return found[:count]


@compiled()
def _sum(a: np.uint64, b: np.uint64, p: int) -> np.uint64:
    """Sums modulo p <= 7 of numbers of four bits; of any bits for p = 2."""
    if p == 2:
        return a ^ b
    s, ones = a + b, np.uint64(0x1111111111111111)
    return s - np.uint64(p) * (((s + np.uint64(8 - p) * ones) >> np.uint64(3)) & ones)


@compiled()
def _weights(multiples: np.ndarray, words: np.ndarray, p: int, is_pair: bool, counts: np.ndarray) -> None:
    """Weights of the sums of the multiples of rows, of shape (q, k, some), in which a digit takes four bits."""
    q, k, width = multiples.shape
    half = k // 2
    size = q**half
    tables = np.zeros((2, q ** (k - half), width), dtype=np.uint64)
    for i in range(k):
        side, power = (0, q**i) if i < half else (1, q ** (i - half))
        for a in range(1, q):
            for rest in range(power):
                for x in range(width):
                    tables[side, a * power + rest, x] = _sum(tables[side, rest, x], multiples[a, i, x], p)
    ones = np.uint64(0x1111111111111111)
    bytes_, nibbles = np.uint64(0x0101010101010101), np.uint64(0x0F0F0F0F0F0F0F0F)
    for i in range(len(words)):
        count = 0
        for x in range(width):
            s = _sum(tables[0, words[i] % size, x], tables[1, words[i] // size, x], p)
            s |= s >> np.uint64(1)
            s = (s | s >> np.uint64(2)) & ones
            if is_pair:
                s = (s | s >> np.uint64(4)) & bytes_
            s = (s & nibbles) + (s >> np.uint64(4) & nibbles)
            count += int((s * bytes_) >> np.uint64(56))
        counts[i] = count


@compiled()
def _exchange(table: np.ndarray, base: np.ndarray, first: np.ndarray, ratio: float, best: float) -> tuple[int, float]:
    """The row to add to ``base`` for the largest least - ratio most, if above ``best``; words ``first`` come first."""
    found = -1
    for row in range(len(table)):
        least, most = 255, 0
        for i in first:
            w = base[i] + table[row, i]
            least, most = min(least, w), max(most, w)
        if least - ratio * most <= best:
            continue
        for start in range(0, len(base), 256):
            for i in range(start, min(start + 256, len(base))):
                w = base[i] + table[row, i]
                least, most = min(least, w), max(most, w)
            if least - ratio * most <= best:
                break
        if least - ratio * most > best:
            found, best = row, least - ratio * most
    return found, best


class Ring:
    """Polynomials modulo x^r - c and its divisor g, and a table of weights of the products with random ones."""

    def __init__(self, q: int, r: int, c: int, g: list[int], h: list[int], rng: np.random.Generator) -> None:
        self.q, self.r, self.c, self.g = q, r, c, g
        self.k = r + 1 - len(g)
        x = np.arange(q)
        product, minus = field_product(x[:, None], x, q), field_difference(x[:, None], x, q)
        self.words = _orbits(q, self.k, np.array(h[:-1]), product, minus)
        rows = min(MOST_ROWS, MOST_BYTES // len(self.words))
        some = rng.integers(0, q, (rows, self.k))
        some[0], some[1:, 0] = np.arange(self.k) == 0, np.maximum(some[1:, 0], 1)
        self.polynomials = some
        # the multiples x^(i+j) g, of which each product x^i f g is a sum
        shifts = [np.array(g + [0] * (r - len(g)))]
        while len(shifts) < 2 * self.k:
            shifts.append(np.roll(shifts[-1], 1))
            shifts[-1][:1] = field_product(shifts[-1][:1], np.array(c), q)
        products = [linear_words(q, np.array(shifts[i : i + self.k]).T, some.T)[self.k :].T for i in range(self.k)]
        p, e = prime_power(q) or (q, 1)
        digits = field_product(x[:, None, None, None], np.stack(products), q)  # a symbol, x^i, f, coefficient
        if p > 2 and e > 1:  # sums of GF(4) and GF(8) are those of all bits
            digits = np.stack([digits // p**i % p for i in range(e)], axis=-1).reshape(*digits.shape[:3], -1)
        digits = np.pad(digits, [(0, 0)] * 3 + [(0, -digits.shape[3] % 16)]).reshape(*digits.shape[:3], -1, 16)
        packed = (digits.astype(np.uint64) << (4 * np.arange(16, dtype=np.uint64))).sum(axis=4, dtype=np.uint64)
        self.table = np.empty((rows, len(self.words)), dtype=np.uint8)
        for f, row in enumerate(self.table):
            _weights(np.ascontiguousarray(packed[:, :, f]), self.words, p, p > 2 and e > 1, row)

    def generator(self, rows: list[int]) -> str:
        texts = ["".join(map(str, f)).rstrip("0") for f in [self.g, *(self.polynomials[i] for i in rows)]]
        return "/".join(texts) + (f":{self.c}" if self.c != 1 and rows else "")

    def codes(self, count: int, until: float, rng: np.random.Generator) -> Iterator[tuple[str, int, int]]:
        """Generators of codes of ``count`` blocks, with their least and largest weights, better ones later."""
        n, best = count * self.r, -math.inf
        needed = ratio(self.q, n, self.k)
        # no code has a larger least weight (Griesmer), and few with such a one have a largest weight below 0.9 n
        bound = max(D for D in range(1, n) if sum(-(-D // self.q**i) for i in range(self.k)) <= n)
        while bound > needed * n * 0.9 and (best == -math.inf or time.monotonic() < until):
            rows = [0, *rng.integers(0, len(self.table), count - 1)]
            total = self.table[rows].sum(axis=0, dtype=np.int16)
            value, place, failed = total.min() - needed * total.max(), 1, 0
            while failed < count - 1:
                base = total - self.table[rows[place]]
                ends = np.argpartition(base, [min(40, len(base) - 1), max(0, len(base) - 40)])
                row, improved = _exchange(self.table, base, np.concatenate([ends[:40], ends[-40:]]), needed, value)
                failed = failed + 1 if row < 0 else 0
                if row >= 0:
                    rows[place], value, total = row, improved, base + self.table[row]
                place = place % (count - 1) + 1
            if value > best:
                best = value
                yield self.generator(rows[1:]), int(total.min()), int(total.max())


def divisors(
    q: int, r: int, c: int, degrees: range, tries: int, rng: np.random.Generator
) -> Iterator[tuple[list[int], list[int]]]:
    """Some monic g and h with g h = x^r - c, as coefficients; the degree of h is one of these."""
    import flint

    p, e = prime_power(q) or (q, 1)
    field = flint.fq_default_ctx(modulus=irreducible_polynomial(p, e)) if e > 1 else flint.fq_default_ctx(p, 1)
    ring = flint.fq_default_poly_ctx(field)
    whole = ring.gen() ** r - field(base_digits(c, p, e))
    factors = [factor for factor, power in whole.factor()[1] for _ in range(power)]
    met = set()
    for _ in range(tries):
        h, most = ring.one(), rng.choice(degrees)
        for i in rng.permutation(len(factors)):
            if h.degree() + factors[i].degree() <= most:
                h *= factors[i]
        if h.degree() in degrees and str(h) not in met:
            met.add(str(h))
            pair = [
                [sum(int(x) * p**i for i, x in enumerate(a.to_list())) for a in f.coeffs()] for f in (whole // h, h)
            ]
            yield pair[0], pair[1]


def constants(q: int, r: int) -> range:
    """Constants c for which x^r - c may give codes that x^r - 1 does not."""
    return range(1, q if math.gcd(r, q - 1) > 1 else 2)


# ---- the two searches


def shortened(q: int, k: int, longest: int, until: float, rng: np.random.Generator) -> Iterator[Code]:
    """Multiples of degree < n of divisors g of x^r - c, cyclic for n = r, and with their sum."""
    for r in range(k + 1, LONGEST_CYCLE):
        for c in constants(q, r):
            for g, _ in divisors(q, r, c, range(max(k, r + k - longest), r), TRIES, rng):
                for end in ("", "+"):
                    generator = "".join(map(str, g)) + (f":{c}" if c > 1 and len(g) - 1 + k == r else "") + end
                    n = len(g) - 1 + k + len(end)
                    # subcodes of few words show most codes to be of no use
                    for fewer in (k // 3, k // 2, 3 * k // 4, k):
                        try:
                            least, most = weights(q, n - k + fewer, generator) if fewer else (n, n)
                        except InputError:  # too many words
                            if fewer < k:
                                continue
                            break
                        if not is_promising(q, n, k, least, most):
                            break
                    else:
                        yield generator, n, least, most
                if time.monotonic() > until:
                    return


def twisted(q: int, k: int, longest: int, until: float, rng: np.random.Generator) -> Iterator[Code]:
    """Codes of two and more blocks that multiplication by x maps to themselves, and those with a sum."""
    settings = [
        (r, c, *pair)
        for r in range(k, longest // 2 + 1)
        for c in constants(q, r)
        for pair in islice(divisors(q, r, c, range(k, k + 1), TRIES, rng), MOST_DIVISORS)
    ]
    for done, (r, c, g, h) in enumerate(settings):
        share = (until - time.monotonic()) / (len(settings) - done)
        if share <= 0:
            return
        ring = Ring(q, r, c, g, h, rng)
        for count in range(2, longest // r + 1):
            for generator, least, most in ring.codes(count, time.monotonic() + share / (longest // r - 1), rng):
                yield generator, count * r, least, most
                if c == 1 and is_promising(q, count * r + 1, k, least + 1, most):
                    yield f"{generator}+", count * r + 1, *weights(q, count * r + 1, f"{generator}+")


def main(q: int, k: int, seconds: int = 60, seed: int = 0) -> None:
    rng = np.random.default_rng((q, k, seed))
    longest = (MOST_DIMENSIONS - 1) // (q - 1)
    met = set()
    for search in (shortened, twisted) if q**k <= MOST_WORDS else (shortened,):
        for generator, n, least, most in search(q, k, longest, time.monotonic() + seconds / 2, rng):
            if (n, least, most) not in met and is_promising(q, n, k, least, most):
                met.add((n, least, most))
                if where := gain(q, n, k, least, most):
                    print(f'    ({q}, {n}, "{generator}"): ({least}, {most}),  # {where}', flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
