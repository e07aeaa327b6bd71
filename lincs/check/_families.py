"""Families of frames: dimension, capacity and squared coherence of a member, by the theorem of the family."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from math import comb, isqrt, prod
from operator import mul

from ._codes import ag_code, bch, erased_reed_solomon, linear_code, trace_code
from ._reading import CertificateError, need, param, up

#: Families of which no member is a part of another: <b_i, a_i> differ, or there are no columns.
NO_PARTS = ("random", "stored", "erased_reed_solomon")

#: Largest degrees and exponents, and most steps of a sum or product, that are looked at.
LARGEST_DEGREE, MOST_STEPS = 4096, 4 * 10**6

Member = tuple[int, int, Fraction]


def _constant(m: int) -> Member:
    need(m >= 1, "m >= 1 is needed")
    return 1, m, Fraction(m > 1)


def _identity(m: int) -> Member:
    need(m >= 1, "m >= 1 is needed")
    return m, m, Fraction(0)


def _simplex(m: int) -> Member:
    need(m >= 2, "m >= 2 is needed")
    return m - 1, m, Fraction(1, (m - 1) ** 2)


def _circle(m: int) -> Member:
    need(m >= 2, "m >= 2 is needed")
    angle = Fraction(314159265, 10**8) / m  # below pi/m; cos x <= 1 - x^2/2 + x^4/24
    return 2, m, (1 - angle**2 / 2 + angle**4 / 24) ** 2 if m > 2 else Fraction(0)


def _paley(q: int) -> Member:
    need(q % 4 == 1 and is_prime_power(q), "q must be a prime power, 1 mod 4")
    return (q + 1) // 2, q + 1, Fraction(1, q)


def _steiner(design: str, order: int, dimension: int = 0) -> Member:
    is_geometry = design in ("affine", "projective")
    need(design in ("pairs", "triples") or is_geometry, "design must be pairs, triples, affine or projective")
    need(order >= 2 and (2 <= dimension <= 61 if is_geometry else dimension == 0), "order or dimension is out of range")
    need(design != "triples" or order % 6 in (1, 3), "triples need an order 1 or 3 mod 6")
    need(not is_geometry or is_prime_power(order), "a geometry needs a prime power as its order")
    c = {"pairs": 2, "triples": 3, "affine": order, "projective": order + 1}[design]
    v = order if not is_geometry else order**dimension
    if design == "projective":
        v = (order ** (dimension + 1) - 1) // (order - 1)
    if v >= 2**64:
        raise CertificateError("designs of up to 2^64 points are looked at")
    r = (v - 1) // (c - 1)
    need(r >= 2 and r % 4 == 3, f"there is no Hadamard matrix of order {r + 1} > 2")
    if not has_hadamard(r + 1):
        raise CertificateError(f"a Hadamard matrix of order {r + 1} is not found by Sylvester's and Paley's methods")
    return v * r // c, v * (r + 1), Fraction(1, r * r)


def _linear_space(points: int, lines: int, design: str, simplex: int) -> Member:
    r, c = lines, simplex
    need(points >= 1 and 1 <= r <= 2**16 and (c == 0 or c >= 3), "points, lines or simplex is out of range")
    weight = c - 1 if c else 1
    if has_hadamard(r):
        columns, coherence = r, Fraction(1, r)
    elif r % 4 == 2 and is_prime_power(r - 1):
        columns, coherence = r, Fraction(1, r - 1) if c else Fraction(4, 4 * r - 3)
    else:
        columns, coherence = (r + 1 if r % 4 == 3 else r - 1), Fraction(1, r)
        need(c == 0 and columns % 4 == 0, f"no matrix of signs is known for {r} lines through a point")
        if not has_hadamard(columns):
            raise CertificateError(f"a Hadamard matrix of order {columns} is not found by known methods")
    parts = design.split() if r > 1 else []
    counts = _lines(points, r, c == 0, parts)
    need(not parts, "the design has too many parts")
    dimension = sum(n * ((length - length // c) if c else 1) for length, n in counts.items())
    return dimension, points * columns, (coherence / weight) ** 2


def _lines(v: int, r: int, may_be_pairs: bool, parts: list[str]) -> Counter[int]:
    """How many lines of each length there are; the parts of the design that describe them are taken off the list."""
    if v == 0 or r == 0:
        return Counter()
    if r == 1:
        return Counter({v: 1})
    need(parts != [], "the design has too few parts")
    part = parts.pop(0)
    if part == "-":
        pairs = v * (v - 1) // 2 if may_be_pairs and r >= v - 1 else 0
        return Counter({1: v * r}) if pairs == 0 else Counter({2: pairs, 1: v * r - 2 * pairs})
    if not re.fullmatch(r"[0-9]{1,10}/[0-9]{1,5}", part):
        raise CertificateError(f"the design must consist of parts s/a and -, got {part[:40]}")
    s, a = map(int, part.split("/"))
    need(1 <= s <= v and 1 <= a <= min(r, s), f"{part} is out of range in the design")
    full, rest = divmod(v, s)
    groups = full + (rest > 0)
    need(s == 1 or groups <= _smallest_prime_power(s) + (a == s), f"there are too many groups in {part}")
    counts = Counter({full + 1: a * rest, full: a * (s - rest)})
    for length, n in _lines(s, r - a, may_be_pairs, parts).items():
        counts[length] += full * n
    return counts + _lines(rest, r - a, may_be_pairs, parts)


def _smallest_prime_power(s: int) -> int:
    """The least of the powers of primes of which s is the product."""
    least, p = s, 2
    while p * p <= s:
        power = 1
        while s % p == 0:
            s, power = s // p, power * p
        least, p = min(least, power) if power > 1 else least, p + 1
    return min(least, s) if s > 1 else least


def reed_solomon(q: int, T: int, n: int, symbols: int) -> Member:
    need(is_prime_power(q) and 2 <= T <= min(n, LARGEST_DEGREE), "a prime power q and 2 <= T <= n are needed")
    need(n <= q + 1 and 2 * T <= symbols <= T * q, "n <= q + 1 and 2 T <= symbols <= T q are needed")
    sizes = alphabets(q, T, n, symbols)
    is_centred = 2 * n == q * (T - 1) and symbols == T * q  # the constant coordinate is not needed
    return sum(sizes) - n + (not is_centred), prod(sizes[:T]), Fraction(T - 1, 2 * n - T + 1) ** 2


def alphabets(q: int, T: int, n: int, symbols: int) -> list[int]:
    """How many symbols are allowed at each point: at the first T points so that they sum up to ``symbols``."""
    if n > MOST_STEPS:
        raise CertificateError(f"words of up to {MOST_STEPS} positions are looked at, got {n}")
    return [(symbols + T - 1 - x) // T for x in range(T)] + [q] * (n - T)


def _leech(d: int, cosine: int) -> Member:
    known = {(23, 3): 2300, (22, 3): 1408, (23, 5): 276, (22, 5): 176, (21, 5): 126}
    need((cosine == 2 and 16 <= d <= 24) or (d, cosine) in known, "there is no such member")
    if cosine > 2:
        return d, known[d, cosine], Fraction(1, cosine**2)
    # octads through j points of one, in the Steiner system S(5, 8, 24), and those that avoid 24 - d points by inclusion
    # and exclusion
    through = [comb(24 - j, 5 - j) // comb(8 - j, 5 - j) if j < 5 else 1 for j in range(9)]
    octads = sum((-1) ** j * comb(24 - d, j) * through[j] for j in range(25 - d))
    return d, d * (d - 1) + 64 * octads + (2**11 * 24 if d == 24 else 0), Fraction(1, 4)


def _forms(size: int, bound: int, capacity: int, punctured: int) -> Member:
    """Signs whose inner products are at most ``bound``, after ``punctured`` of ``size`` coordinates are left out."""
    need(punctured >= 0 and bound + punctured < size - punctured, "punctured is out of range")
    return size - punctured, capacity, Fraction(bound + punctured, size - punctured) ** 2


def _kerdock(d: int, punctured: int) -> Member:
    s = _log4(d)
    need(s >= 1, "d must be a power of 4")
    return _forms(d, 2**s, d * d // 2 + (d if punctured == 0 else 0), punctured)


def _delsarte_goethals(d: int, r: int, punctured: int) -> Member:
    s = _log4(d)
    need(1 <= r < s, "1 <= r < log_4(d) is needed")
    return _forms(d, 2 ** (s + r), d * (d // 2) ** (r + 1), punctured)


def _log4(d: int) -> int:
    s = (d.bit_length() - 1) // 2
    need(s <= LARGEST_DEGREE and d == 4**s, "d must be a power of 4")
    return s


def _gold(n: int, r: int, punctured: int) -> Member:
    need(2 <= 2 * r < n <= 2 * LARGEST_DEGREE, "1 <= r < n/2 is needed")
    # 2^r sqrt(2^n) for even n, 2^(r-1/2) sqrt(2^n) for odd n
    return _forms(2**n, 2 ** (r + n // 2), 2 ** (n * (r + 1)), punctured)


def _weil(p: int, t: int) -> Member:
    need(is_prime(p) and 2 <= t < min(p, LARGEST_DEGREE + 1), "a prime p and 2 <= t < p are needed")
    return 2 * p, 2 * p**t, Fraction((t - 1) ** 2, p)


def devore(q: int, t: int) -> Member:
    need(is_prime_power(q) and 2 <= t <= min(q, LARGEST_DEGREE), "a prime power q and 2 <= t <= q are needed")
    return q * q, q**t, Fraction(t - 1, q) ** 2


def _stored(name: str, A: list[list[int]], B: list[list[int]] | None, maps: tuple[int, ...] | None = None) -> Member:
    """The member is its matrices, which a certificate holds; with maps, vectors of which the images are the columns.

    Maps permute the coordinates, and one another's images: the products of the vectors themselves tell all.
    """
    columns = list(zip(*A, strict=True))
    probes = columns if B is None else list(zip(*B, strict=True))
    need(len(probes) == len(columns) and len(probes[0]) == len(A), f"A and B of {name} differ in shape")
    every = 1
    if maps is not None:
        need(B is None and len(maps) == 3, "maps must be p, order and copies, for B = A")
        p, order, copies = maps
        need(is_prime(p) and order >= 1 and p * copies == len(A), "a prime p and d = p copies are needed")
        factors = sorted(a for a in range(1, p) if pow(a, order, p) == 1)  # 1 comes first
        need(len(factors) == order, "order must divide p - 1")
        every = p * order
        places = [[block * p + (a * x + b) % p for block in range(copies) for x in range(p)]
                  for a in factors for b in range(p)]  # fmt: skip
        columns = [tuple(v[x] for x in place) for v in columns for place in places]
    diagonal, off = [], 0
    for i, b in enumerate(probes):
        row = [sum(map(mul, b, a)) for a in columns]
        diagonal.append(row.pop(i * every))
        off = max(off, max(map(abs, row), default=0))
    s = min(diagonal)
    need(s > 0 and max(diagonal) <= s + 2 * off, f"<b_i, a_i> of {name} lie too far apart")
    return len(A), len(columns), Fraction(off, s) ** 2


def _gilbert_varshamov(d: int, m: int, coherence: Fraction, ensemble: str, seed: int) -> Member:
    need(m >= 1 and d >= 1 + (m > 1) and 0 < coherence < 1, "more dimensions or a coherence in (0, 1) are needed")
    need(ensemble in ("spherical", "rademacher"), "the ensemble must be spherical or rademacher")
    if d > MOST_STEPS or m.bit_length() > 4000:
        raise CertificateError(f"the count is evaluated in up to {MOST_STEPS} dimensions")
    if m > 1 and ensemble == "spherical":
        need(_cap_is_below(d, m - 1, coherence), "(m-1) P(|<u, v>| > coherence) < 1 is not confirmed")
    elif m > 1 and d > 10**4:
        raise CertificateError("the count of signs is evaluated in up to 10^4 dimensions")
    elif m > 1:
        ones = int(d * (1 + coherence) / 2) + 1  # the sum of d signs exceeds d times the coherence
        tail = 2 * sum(comb(d, i) for i in range(ones, d + 1))
        need((m - 1) * tail < 2**d, "(m-1) P(|<u, v>| > coherence) < 1 is not confirmed")
    return d, m, coherence**2


def _cap_is_below(d: int, count: int, mu: Fraction) -> bool:
    """Whether ``count P(|<u, v>| > mu) < 1`` for random unit vectors u, v of d dimensions; True is proved.

    With s = 1 - mu^2 and a = (d-1)/2, ``P = sum_i C(2i, i)/4^i s^(a+i)/(a+i) / B(1/2, a)``, where B(1/2, 1) = 2,
    B(1/2, 1/2) = pi and B(1/2, a+1) = B(1/2, a) a/(a + 1/2). Integers over ``one``: the sum is rounded up and B down.
    """
    s = 1 - mu * mu
    one = 1 << (2 * count.bit_length() + 256)
    beta = 2 * one if d % 2 else one * 314159265358979323846 // 10**20
    for odd in range(d % 2 + 1, d - 1, 2):  # a = odd/2
        beta = beta * odd // (odd + 1)
    term, base, power = one, isqrt(up(one * one * s.numerator, s.denominator)) + 1, d - 1
    while power:  # term = s^a
        if power % 2:
            term = up(term * base, one)
        base, power = up(base * base, one), power // 2
    total = 0
    for i in range(MOST_STEPS):
        total += up(2 * term, d - 1 + 2 * i)
        term = up(term * (2 * i + 1) * s.numerator, (2 * i + 2) * s.denominator)
        # the rest is below a geometric series
        rest = up(2 * term * s.denominator, (d + 1 + 2 * i) * (s.denominator - s.numerator))
        if count * (total + rest) < beta:
            return True
        if count * total >= beta or rest << 128 < total:
            return False
    raise CertificateError(f"the count takes more than {MOST_STEPS} terms for the coherence {float(mu):.3g}")


def _construction_x(signs: str, n: int, r: int, outer: int, tail: str, punctured: int) -> Member:
    need(3 <= n <= 62 and r >= 0 and outer >= 0, "n, r or outer is out of range")
    sizes, bounds = zip(_nested(signs, n, r), _nested(signs, n, outer), strict=True)
    need(sizes[0] < sizes[1] and bounds[0] < bounds[1], "the class must be smaller than the whole")
    dimension, columns, squared = _part(tail)
    kappa = Fraction(isqrt(squared.numerator), isqrt(squared.denominator))
    need(kappa**2 == squared < 1, "the tail must have a rational coherence below 1")
    weight = Fraction(bounds[1] - bounds[0]) / (1 - kappa)
    left, largest = 2**n + weight - punctured, bounds[0] + weight + punctured
    need(punctured >= 0 and largest < left, "punctured is out of range")
    return 2**n - punctured + dimension, sizes[0] * min(columns, sizes[1] // sizes[0]), (largest / left) ** 2


def _nested(signs: str, n: int, r: int) -> tuple[int, int]:
    """Number and largest inner product of the sign vectors of a set."""
    if signs == "bch":
        need(n <= 10 and 1 <= r < 2 ** (n - 1), "extended BCH codes of up to 1024 positions are looked at")
        # one power sum for 0 and one for each class of i, 2 i, 4 i, .. modulo 2^n - 1
        classes = {min(i * 2**j % (2**n - 1) for j in range(n)): i for i in range(1, r)}
        orders = [len({i * 2**j % (2**n - 1) for j in range(n)}) for i in classes]
        return 2 ** (2**n - 1 - sum(orders) - 1), 2**n - 2 * (r + 1)
    need(2 * r < n and signs in ("gold", "delsarte_goethals"), "signs must be gold, delsarte_goethals or bch")
    if signs == "gold":
        return 2 ** (n * (r + 1)), 2 ** (n // 2 + r) if r else 0
    need(n % 2 == 0, "n must be even")
    return 2 ** (n + (n - 1) * (r + 1)), 2 ** (n // 2 + r)


def _direct_sum(first: str, second: str) -> Member:
    parts = _part(first), _part(second)
    return parts[0][0] + parts[1][0], parts[0][1] + parts[1][1], max(parts[0][2], parts[1][2])


def _part(text: str) -> Member:
    """The member of a family that text such as simplex(m=5) names."""
    family, bracket, inside = text.strip().partition("(")
    if family not in FAMILIES or family in NO_PARTS or not (bracket and inside.endswith(")")):
        raise CertificateError(f"a part must be a member such as simplex(m=5), got {text[:60]}")
    items, depth = [""], 0
    for character in inside[:-1]:
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            items.append("")
        else:
            items[-1] += character
    pairs = [item.strip().partition("=") for item in items]
    member, keys = FAMILIES[family]
    given = {key: param(value, key) for key, _, value in pairs}
    needed = {key for key in keys.split() if not key.endswith("?")}
    if not needed <= set(given) <= set(keys.replace("?", "").split()) or len(given) < len(pairs):
        raise CertificateError(f"the part {text[:60]} must have the parameters: {keys}")
    return member(**given)


def exp_exceeds(x: Fraction, n: int) -> bool:
    """Whether a partial sum of the series of exp(x), rounded down, exceeds n."""
    bits = n.bit_length() + 128
    term = total = 1 << bits
    for i in range(1, 8 * n.bit_length() + 64):
        term = term * x.numerator // (x.denominator * i)
        total += term
        if total > n << bits:
            return True
    return False


#: By family: dimension, capacity and squared coherence of a member; its parameters, with ? where one may be missing.
FAMILIES: dict[str, tuple[Callable[..., Member], str]] = {
    "constant": (_constant, "m"),
    "identity": (_identity, "m"),
    "simplex": (_simplex, "m"),
    "circle": (_circle, "m"),
    "paley": (_paley, "q"),
    "steiner": (_steiner, "design order dimension?"),
    "linear_space": (_linear_space, "points lines design simplex"),
    "reed_solomon": (reed_solomon, "q T n symbols"),
    "erased_reed_solomon": (erased_reed_solomon, "q T erased erasures leading"),
    "ag_code": (ag_code, "q curve degree n symbols"),
    "bch": (bch, "q e t symbols punctured"),
    "linear_code": (linear_code, "q n generator symbols punctured"),
    "trace_code": (trace_code, "q n symbols punctured"),
    "leech": (_leech, "d cosine"),
    "kerdock": (_kerdock, "d punctured"),
    "delsarte_goethals": (_delsarte_goethals, "d r punctured"),
    "gold": (_gold, "n r punctured"),
    "construction_x": (_construction_x, "signs n r outer tail punctured"),
    "direct_sum": (_direct_sum, "first second"),
    "weil": (_weil, "p t"),
    "devore": (devore, "q t"),
    "stored": (_stored, "name A B maps?"),
    "gilbert_varshamov": (_gilbert_varshamov, "d m coherence ensemble seed"),
    "random": (lambda: (0, 0, Fraction(0)), ""),
}


def is_prime(n: int) -> bool:
    """Miller and Rabin's test to the first 13 prime bases: decides below 3.3 * 10^24 (Sorenson and Webster 2017)."""
    bases = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)
    if n < 2 or any(n % p == 0 for p in bases):
        return n in bases
    odd, twos = n - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    if any(pow(a, odd, n) != 1 and n - 1 not in [pow(a, odd << i, n) for i in range(twos)] for a in bases):
        return False
    if n >= 3317044064679887385961981:
        raise CertificateError(f"primes are recognised below 3.3e24, got a number of {n.bit_length()} bits")
    return True


def is_prime_power(n: int) -> bool:
    """Whether n = p^e for a prime p and e >= 1."""
    for e in range(1, max(2, n.bit_length())):
        low, high = 1, 1 << (n.bit_length() // e + 1)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if middle**e <= n else (low, middle)
        if low**e == n and is_prime(low):
            return True
    return False


def has_hadamard(n: int) -> bool:
    """Whether a Hadamard matrix of order n is a product of Sylvester's and Paley's, looking for factors up to 10^5."""
    if n <= 2 or n % 4:
        return n in (1, 2)
    if is_prime_power(n - 1) or is_prime_power(n // 2 - 1) or has_hadamard(n // 2):
        return True
    factors = (a for a in range(12, min(n // 4, 10**5) + 1, 4) if n % a == 0)
    return any((is_prime_power(a - 1) or is_prime_power(a // 2 - 1)) and has_hadamard(n // a) for a in factors)
