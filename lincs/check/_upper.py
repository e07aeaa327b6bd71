"""Upper bounds: the member of a family that a certificate names, and small members built anew."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from operator import mul
from typing import Any

from ._families import FAMILIES, alphabets, devore, exp_exceeds, is_prime, reed_solomon
from ._reading import CertificateError, Fails, Verdict, need, one_of, param, question, short

#: A member of a family is built anew if (d + 20) m^2, about its cost, is at most this.
REBUILD_LIMIT = 10**7

#: ... and if so many values of polynomials are enough to find its words.
MOST_VALUES = 10**6

# If <b_i, a_i> = s and |<b_i, a_j>| <= mu s for i != j, then B/(s (1 + mu)) has |B^T A - I| <= mu/(1 + mu), which is
# below delta just if mu < delta/(1 - delta). A member of a family has a dimension, a capacity (columns) and mu^2.


def upper_bound(claim: dict[str, Any]) -> Verdict:
    """Whether the member of the family has at most d dimensions, room for m columns, and a small enough coherence."""
    family, params = one_of(FAMILIES, claim["family"], "family"), claim["params"]
    m, k, eps, d = question(claim)
    member, keys = FAMILIES[family]
    needed = {key for key in keys.split() if not key.endswith("?")}
    if not isinstance(params, dict) or not needed <= set(params) <= set(keys.replace("?", "").split()):
        raise CertificateError(f"params of {family} must be an object with the fields: {keys or 'none'}")
    values = {key: param(value, key) for key, value in params.items()}
    shown = "".join(f", {key} = {value}" for key, value in values.items() if key not in ("A", "B"))
    sentence = f"d(m, k, eps) <= {d} for m = {m}, k = {k}, eps = {eps}, by the family {family}{shown}"
    delta = eps / k
    try:
        if family == "random":
            is_enough = d >= 1 if m == 1 or 2 * delta > 1 else exp_exceeds(d * delta**2 / 2, m * (m - 1))
            need(is_enough, f"2 ln(m (m-1)) k^2 / eps^2 < d is not so for d = {d}")
            reason = "2 ln(m (m-1)) k^2 / eps^2 < d, so that some signs will do by the theorem of the family"
            return Verdict(sentence, True, reason)
        dimension, capacity, squared = member(**values)
        need(dimension <= d, f"the member has more than {d} dimensions")
        need(capacity >= m, f"the member has fewer than {m} columns")
        need(squared * (1 - delta) ** 2 < delta**2, f"coherence^2 = {short(squared)} is too large for eps/k")
        found = f"by the family's theorem d = {dimension} has room for m columns with coherence^2 = {short(squared)}"
        if family == "stored":
            found = (
                f"the matrices in this file have d = {dimension}, {capacity} columns, coherence^2 = {short(squared)}"
            )
        elif family in _REBUILDS and capacity**2 * (dimension + 20) <= REBUILD_LIMIT and is_prime(values["q"]):
            found += _REBUILDS[family](**values)
        else:
            found += " (the matrices were not built)"
    except Fails as failure:
        return Verdict(sentence, False, str(failure))
    return Verdict(sentence, True, found)


# --- members built anew, by their textbook definitions (over the integers modulo a prime) ---


def _paley_again(q: int) -> str:
    chi = [0] + [1 if pow(x, (q - 1) // 2, q) == 1 else -1 for x in range(1, q)]
    C = [[0] + [1] * q] + [[1] + [chi[(x - y) % q] for y in range(q)] for x in range(q)]
    for i, row in enumerate(C):
        for j, other in enumerate(C):
            is_entry_good = sum(map(mul, row, other)) == q * (i == j) and row[j] == other[i]
            need(is_entry_good, "C is not a symmetric conference matrix")
    return "; built anew: Paley's C is symmetric with C^2 = q I, so that I + C/sqrt(q) has rank (q+1)/2"


def _words(q: int, n: int, degree: int, sizes: list[int]) -> list[tuple[int, ...]]:
    """The values at 0..n-1 (n = q + 1: at infinity, the leading coefficient) of polynomials, if in the alphabets."""
    found = []
    for f in product(range(q), repeat=degree):
        word = tuple(f[-1] if x == q else sum(c * x**i for i, c in enumerate(f)) % q for x in range(n))
        if all(symbol < size for symbol, size in zip(word, sizes, strict=True)):
            found.append(word)
    return found


def _reed_solomon_again(q: int, T: int, n: int, symbols: int) -> str:
    d, m, squared = reed_solomon(q, T, n, symbols)
    if q**T * n > MOST_VALUES:
        return " (the matrices were not built)"
    sizes = alphabets(q, T, n, symbols)
    words = _words(q, n, T, sizes)
    need(len(words) == m, f"there are {len(words)} words")
    places = [(x, s) for x in range(n) for s in range(1, sizes[x])]
    if len(places) == d:
        A = [[q * (w[x] == s) - 1 for x, s in places] for w in words]
        B = [[(u[x] == s) - (u[x] == 0) for x, s in places] for u in words]
        diagonal = n * (q - 1)
    else:
        A = [[*(int(w[x] == s) for x, s in places), 1] for w in words]
        B = [[*(2 * ((u[x] == s) - (u[x] == 0)) for x, s in places), 2 * u.count(0) - T + 1] for u in words]
        diagonal = 2 * n - T + 1
    return _built(A, B, d, diagonal, squared)


def _devore_again(q: int, t: int) -> str:
    d, _, squared = devore(q, t)
    A = [[int(w[x] == s) for x in range(q) for s in range(q)] for w in _words(q, q, t, [q] * q)]
    return _built(A, A, d, q, squared)


def _built(A: list[list[int]], B: list[list[int]], d: int, diagonal: int, squared: Fraction) -> str:
    """The columns of A and B have d entries, and the inner products that the theorem says."""
    largest = squared * diagonal**2
    for i, b in enumerate(B):
        need(len(b) == len(A[i]) == d, f"the vectors have {len(b)} entries")
        for j, a in enumerate(A):
            value = sum(map(mul, b, a))
            need(value == diagonal if i == j else value * value <= largest, f"<b_{i}, a_{j}> = {value}")
    return "; built anew: every inner product is as the theorem says"


_REBUILDS: dict[str, Callable[..., str]] = {
    "paley": _paley_again,
    "reed_solomon": _reed_solomon_again,
    "devore": _devore_again,
}
