"""Families of codes: arithmetic of GF(q), points of curves, the weights of all words, in plain integers and bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from itertools import chain, product
from math import comb, gcd, isqrt, prod
from operator import eq

from ._reading import CertificateError, need

#: Largest field of which tables are made, most words whose weights are counted, and most values of polynomials.
LARGEST_FIELD, MOST_WORDS, MOST_VALUES = 512, 2**25, 10**8

#: Most positions by which a code may be shortened that is closed under shifts.
MOST_SHORTENED = 8

#: Largest field of which the weights of all words of traces are counted.
MOST_TRACES = 256

Member = tuple[int, int, Fraction]
Table = list[list[int]]


def _prime_power(q: int) -> tuple[int, int]:
    """p and e with q = p^e, for q of moderate size."""
    p = next((p for p in range(2, isqrt(q) + 1) if q % p == 0), q)
    e = next((e for e in range(1, q.bit_length() + 1) if p**e >= q), 0)
    need(e > 0 and p**e == q, "q must be a prime power")
    return p, e


@lru_cache(maxsize=16)
def field(q: int) -> tuple[Table, Table]:
    """Tables of sums and products of GF(q); numbers stand for polynomials over GF(p) by their digits in base p."""
    need(2 <= q <= LARGEST_FIELD, f"q must be a prime power of at most {LARGEST_FIELD}")
    p, e = _prime_power(q)

    def digits(x: int, count: int) -> list[int]:
        return [x // p**i % p for i in range(count)]

    def times(x: int, y: int) -> list[int]:
        result = [0] * (2 * e + 1)
        for i, a in enumerate(digits(x, e + 1)):
            for j, b in enumerate(digits(y, e + 1)):
                if a and b:
                    result[i + j] += a * b
        return [c % p for c in result]

    def number(coefficients: list[int]) -> int:
        return sum(c * p**i for i, c in enumerate(coefficients))

    # the least monic polynomial of degree e that is not a product of two monic ones of lower degrees
    monic = [[p**i + rest for rest in range(p**i)] for i in range(e)]
    products = {number(times(x, y)) for i in range(1, e) for x in monic[i] for y in monic[e - i]}
    modulus = digits(next(p**e + rest for rest in range(p**e) if p**e + rest not in products), e) if e > 1 else [0]

    def reduced(coefficients: list[int]) -> int:
        for i in range(len(coefficients) - 1, e - 1, -1):
            for j in range(e):
                coefficients[i - e + j] = (coefficients[i - e + j] - coefficients[i] * modulus[j]) % p
        return number(coefficients[:e])

    sums = [[number([(a + b) % p for a, b in zip(digits(x, e), digits(y, e), strict=True)]) for y in range(q)]
            for x in range(q)]  # fmt: skip
    return sums, [[reduced(times(x, y)) for y in range(q)] for x in range(q)]


def _member(q: int, n: int, k: int, least: int, most: int, symbols: int, punctured: int = 0) -> Member:
    """The frame of a code of which words differ in least..most positions, trimmed and punctured."""
    need(k < symbols <= k * q, "k < symbols <= k q is needed")
    need(0 <= punctured < least and punctured <= n - k, "fewer than D of the check positions can be left out")
    sizes = [(symbols + k - 1 - x) // k for x in range(k)] + [q] * (n - k - punctured)
    least, most = least - punctured, min(most, sum(size > 1 for size in sizes))
    is_centred = symbols == k * q and q * (least + most) == 2 * len(sizes) * (q - 1)
    return sum(sizes) - len(sizes) + (not is_centred), prod(sizes[:k]), Fraction(most - least, most + least) ** 2


def erased_reed_solomon(q: int, T: int, erased: int, erasures: int, leading: int) -> Member:
    need(3 <= T <= q and 0 <= erased <= q - 2 and 0 <= erasures < T, "T, erased or erasures is out of range")
    need(1 <= leading < q, "1 <= leading < q is needed")
    if q ** (min(T, 20) - 2) > MOST_VALUES or erased * (T - 1) > 255:
        raise CertificateError(f"{MOST_VALUES} values of polynomials, at most 255 erased of each, are looked at")
    need(_prime_power(q)[1] == 1, "q must be a prime")
    kept = q - erased
    largest = kept * (T - 1) + erasures
    diagonal = 2 * kept * (q + 1 - erasures) - largest
    need(largest < diagonal, "the coherence is not below 1")
    counts = _good_polynomials(q, T, erased, erasures)
    each = sorted((q * count for count in counts for _ in range((q - 1) // len(counts))), reverse=True)
    return q * (kept - 1) + leading, sum(each[:leading]), Fraction(largest, diagonal) ** 2


@lru_cache(maxsize=64)
def _good_polynomials(q: int, T: int, s: int, h: int) -> list[int]:
    """How many polynomials without x^(T-2) have at most h values below s, for w^0, w^1, .. w^(g-1) as leading ones.

    w is a primitive root and g = gcd(T-1, q-1). All constants at once: the numbers of values below s are the bytes of
    an integer, to which a value of the rest of the polynomial adds 1 where the constant takes it there.
    """
    w = next(w for w in range(1, q) if len({pow(w, i, q) for i in range(q - 1)}) == q - 1)
    below = [int.from_bytes(bytes((v + c) % q < s for c in range(q)), "little") for v in range(q)]
    counts = []
    for j in range(gcd(T - 1, q - 1)):
        count, first = 0, [pow(w, j, q) * pow(x, T - 1, q) % q for x in range(q)]
        powers = [[pow(x, i, q) for x in range(q)] for i in range(T - 3, 0, -1)]
        for values in _sums(q, first, powers):
            numbers = sum(map(below.__getitem__, values)).to_bytes(q, "little")
            count += sum(map(numbers.count, range(h + 1)))
        counts.append(count)
    return counts


def _sums(q: int, values: list[int], rows: list[list[int]]) -> Iterator[list[int]]:
    """``values`` plus all combinations of rows, modulo q."""
    if not rows:
        yield values
        return
    for _ in range(q):
        yield from _sums(q, values, rows[1:])
        values = [(v + x) % q for v, x in zip(values, rows[0], strict=True)]


def ag_code(q: int, curve: str, degree: int, n: int, symbols: int) -> Member:
    sums, products = field(q)
    terms: dict[tuple[int, int], int] = {}
    for text in curve.split("+"):
        found = re.fullmatch(r"([0-9]{0,3})(x\^?([0-9]{0,3}))?(y\^?([0-9]{0,3}))?", text)
        need(found is not None and text != "", "a curve is a sum of terms such as 3x^2y")
        c, x, i, y, j = found.groups() if found else ("",) * 5
        i, j, c = int(i or 1) if x else 0, int(j or 1) if y else 0, int(c or 1)
        need((i, j) not in terms and 0 < c < q and i + j <= q, "a coefficient or an exponent is out of range")
        terms[i, j] = c
    a, b = max(j for _, j in terms), max((i for i, j in terms if j == 0), default=0)
    need(a >= 2 and b >= 1 and gcd(a, b) == 1 and terms.get((0, a)) == 1, "y^a and c x^b, coprime, are needed")
    need(all(a * i + b * j < a * b for i, j in terms if (i, j) not in ((0, a), (b, 0))), "a term's weight is too large")

    def power(x: int, exponent: int) -> int:
        result = 1
        for _ in range(exponent):
            result = products[result][x]
        return result

    powers = [[power(x, exponent) for exponent in range(max(a, b) + 1)] for x in range(q)]
    points = 1  # at infinity
    for x, y in product(range(q), repeat=2):
        value = 0
        for (i, j), c in terms.items():
            value = sums[value][products[c][products[powers[x][i]][powers[y][j]]]]
        points += value == 0
    need(degree < n <= points, f"the curve has {points} points")
    orders = {a * i + b * j for i in range(degree // a + 1) for j in range(degree // b + 1) if a * i + b * j <= degree}
    need(degree in orders and degree > 0, "degree must be a pole order")
    need(2 * len(orders) <= symbols, "2 k <= symbols is needed")
    return _member(q, n, len(orders), n - degree, n, symbols)


def bch(q: int, e: int, t: int, symbols: int, punctured: int) -> Member:
    need(q >= 2 and 2 <= e <= 10 and q**e <= 1024, "e >= 2 and q^e <= 1024 are needed")
    field(q)  # a prime power
    n = q**e
    need(1 <= t < n - 1, "1 <= t < q^e - 1 is needed")
    # exponents 1..n-1 none of whose conjugates, the rotations of their digits in base q, is below t
    shifts = [q**s for s in range(e)]
    k = sum(all(i // s + i % s * (n // s) >= t for s in shifts) for i in range(1, n))
    need(k > 0, "there is no word but 0")
    return _member(q, n, k, t + 1, n - t - 1 if q == 2 and symbols < 2 * k else n, symbols, punctured)


def linear_code(q: int, n: int, generator: str, symbols: int, punctured: int) -> Member:
    need(q <= 9 and n <= 255, "q <= 9 and n <= 255 are needed")
    k = len(_rows(q, n, generator))
    least, most = (weights if q**k <= MOST_WORDS else bounds_on_weights)(q, n, generator)
    return _member(q, n, k, least, most, symbols, punctured)


def _rows(q: int, n: int, generator: str) -> Table:
    """Words that span the code: x^i g, x^i g f_2, .. modulo x^r - c by their definition, and minus the sum of each."""
    sums, products = field(q)
    text, plus, nothing = generator.partition("+")
    text, colon, constant = text.partition(":")
    blocks = text.split("/")
    need(nothing == "" and all(block.isascii() and block.isdigit() for block in blocks), "the generator is not digits")
    need(len(constant) == len(colon) and "1" <= (constant or "1") <= "9", "the generator's constant is not a digit")
    polynomials, c = [[int(digit) for digit in block] for block in blocks], int(constant or 1)
    g = polynomials[0]
    need(max(c, *map(max, polynomials)) < q, "the generator's digits are out of range")
    need(g[0] > 0 and all(f[-1] > 0 for f in polynomials), "the generator has a 0 where there must be none")
    r = (n - len(plus)) // len(blocks)
    k = r - len(g) + 1
    need(r * len(blocks) + len(plus) == n and max(map(len, polynomials)) <= r, "the generator does not fit the length")
    need(1 <= k < n, "1 <= k < n is needed")
    rows = []
    for i in range(k):
        row = [0] * (r * len(blocks))
        for block, f in enumerate([[1], *polynomials[1:]]):
            for s, a in enumerate(g):
                for t, b in enumerate(f):
                    turns, x = divmod(i + s + t, r)
                    term = products[a][b]
                    for _ in range(turns):
                        term = products[term][c]
                    row[block * r + x] = sums[row[block * r + x]][term]
        total = 0
        for symbol in row:
            total = sums[total][symbol]
        rows.append(row + [sums[total].index(0)] * len(plus))
    return rows


def bounds_on_weights(q: int, n: int, generator: str) -> tuple[int, int]:
    """The least weight of the code from which this one is shortened, and the largest number up to n that fits."""
    longer = range(1 if "/" in generator else MOST_SHORTENED + 1)
    shortened = next((s for s in longer if _is_closed(q, n + s, generator)), -1)
    need(shortened >= 0, "the code is not closed under shifts, nor shortened from one that is")
    return least_weight(q, n + shortened, generator), n - n % divisor(q, _rows(q, n, generator))


@lru_cache(maxsize=64)
def least_weight(q: int, n: int, generator: str) -> int:
    """The least weight of a code that is closed under shifts of its blocks, by words of few symbols in a window.

    A word with t or more symbols other than 0 in each window of k positions of a block has t r/k in each, at least.
    Symbols are the bytes of integers; those of two words are added where one is moved by four bits.
    """
    need(_is_closed(q, n, generator), "the code is not closed under shifts")
    sums, products = field(q)
    rows = _rows(q, n, generator)
    k, blocks = len(rows), generator.count("/") + 1
    r = (n - generator.count("+")) // blocks
    table = bytes(sums[s // 16][s % 16] if max(s // 16, s % 16) < q else 0 for s in range(256))
    is_nonzero = bytes(int(s > 0) for s in table)

    def added(u: int, v: int) -> int:
        return int.from_bytes((u << 4 | v).to_bytes(n, "little").translate(table), "little")

    def lightest(words: list[tuple[int, int]], multiples: list[list[int]]) -> int:
        return min((u << 4 | v).to_bytes(n, "little").translate(is_nonzero).count(1)
                   for start, u in words for v in chain.from_iterable(multiples[start:]))  # fmt: skip

    least, looked_at = n, 0
    forms = [_systematic(q, rows, range(block * r, block * r + k)) for block in range(blocks)]
    for form in forms:
        multiples = [[int.from_bytes(bytes(products[a][s] for s in row), "little") for a in range(1, q)]
                     for row in form]  # fmt: skip
        # words with t - 1 symbols in the window, the first of them 1, and the first position that may come next
        words, t = [(0, 0)], 1
        while blocks * -(-t * r // k) < least:
            looked_at += comb(k, t) * (q - 1) ** (t - 1)
            if looked_at > MOST_WORDS:
                raise CertificateError(f"the weights of up to {MOST_WORDS} words are counted, and this takes more")
            added_next = [own[:1] for own in multiples] if t == 1 else multiples
            least = min(least, lightest(words, added_next))
            if blocks * -(-(t + 1) * r // k) < least:
                words = [(i + 1, added(u, v)) for start, u in words for i in range(start, k) for v in added_next[i]]
                words = [word for word in words if word[0] < k]
            t += 1
    return least


def _is_closed(q: int, n: int, generator: str) -> bool:
    """Whether words stay words if the last symbol of each block, times c, comes first; a sum must stay the same."""
    sums, products = field(q)
    rows = _rows(q, n, generator)
    blocks, c = generator.count("/") + 1, int(generator.rstrip("+").partition(":")[2] or 1)
    r = (n - generator.count("+")) // blocks
    rows = _systematic(q, rows, range(len(rows)))
    for row in rows:
        shifted = [row[x // r * r + (x - 1) % r] for x in range(r * blocks)] + row[r * blocks :]
        for first in range(0, r * blocks, r):
            shifted[first] = products[c][shifted[first]]
        for own, symbol in zip(rows, shifted[: len(rows)], strict=True):
            minus = sums[symbol].index(0)
            shifted = [sums[a][products[minus][b]] for a, b in zip(shifted, own, strict=True)]
        if any(shifted):
            return False
    return True


def divisor(q: int, rows: Table) -> int:
    """A number that divides all weights of the span: the sum of x^(q-1) is 0 in the field if it is for each word."""
    if q > 4:
        return 1
    sums, products = field(q)
    for u, v in product(rows, repeat=2):
        total = 0
        for a, b in zip(u, v, strict=True):
            total = sums[total][products[a][b if q < 4 else products[b][b]]]
        if total:
            return 1
    return 3 if q == 3 else 2


def _systematic(q: int, rows: Table, window: range) -> Table:
    """The words of the span of which one position of a window is 1 and the others are 0."""
    sums, products = field(q)
    rows = [list(row) for row in rows]
    for i, x in enumerate(window):
        pivot = next((j for j in range(i, len(rows)) if rows[j][x]), None)
        if pivot is None:
            raise CertificateError("the positions of a window do not determine a word")
        rows[i], rows[pivot] = rows[pivot], rows[i]
        inverse = products[rows[i][x]].index(1)
        rows[i] = [products[inverse][s] for s in rows[i]]
        for j, row in enumerate(rows):
            if j != i and row[x]:
                minus = sums[row[x]].index(0)
                rows[j] = [sums[s][products[minus][t]] for s, t in zip(row, rows[i], strict=True)]
    return rows


@lru_cache(maxsize=64)
def weights(q: int, n: int, generator: str) -> tuple[int, int]:
    """The least and largest weight of the words, all of them at once, position by position.

    A position's symbols in all words are a string of bytes: adding a multiple of the next row is a translation of
    bytes. Weights are added up as one large integer, of a byte for each word.
    """
    sums, products = field(q)
    rows = _rows(q, n, generator)
    is_nonzero = bytes(int(s > 0) for s in range(256))
    total = 0
    for x in range(n):
        symbols = bytes(1)
        for row in rows:
            shifted = [bytes(sums[s][products[c][row[x]]] if s < q else 0 for s in range(256)) for c in range(q)]
            symbols = b"".join(symbols.translate(table) for table in shifted)
        total += int.from_bytes(symbols.translate(is_nonzero), "little")
    counts = total.to_bytes(q ** len(rows), "little")
    found = set(counts[1:])
    return min(found), max(found)


def trace_code(q: int, n: int, symbols: int, punctured: int) -> Member:
    need(3 <= q <= 64 and 3 <= n <= 11 and q**n <= 2**18, "3 <= q, 3 <= n and q^n <= 2^18 are needed")
    need(n % 2 == 1, "n must be odd")
    _prime_power(q)
    size, deviation = q**n, q ** ((n - 1) // 2)
    if size <= MOST_TRACES:
        least, most = trace_weights(q, n)
    else:  # by the theorem
        least, most = size - size // q - deviation, size - size // q + deviation
    return _member(q, size - 1, 2 * n, least, most, symbols, punctured)


@lru_cache(maxsize=8)
def trace_weights(q: int, n: int) -> tuple[int, int]:
    """The least and largest weight of Tr(a x^(q+1) + b x) over x in GF(q^n), for all a and b that are not both 0."""
    size = q**n
    sums, products = field(size)

    def power(x: int) -> int:  # x^q
        result = 1
        for _ in range(q):
            result = products[result][x]
        return result

    conjugate = [power(x) for x in range(size)]
    trace = []
    for x in range(size):
        total, y = 0, x
        for _ in range(n):
            total, y = sums[total][y], conjugate[y]
        trace.append(total)
    monomial = [products[x][y] for x, y in enumerate(conjugate)]
    linear = [[trace[products[b][x]] for x in range(size)] for b in range(size)]
    zeros = set()
    for a in range(size):
        form = [trace[products[a][y]] for y in monomial]
        # minus Tr(b x) is another Tr(b x), and differs from the form where their sum does not vanish
        zeros |= {sum(map(eq, form, word)) for b, word in enumerate(linear) if a or b}
    return size - max(zeros), size - min(zeros)
