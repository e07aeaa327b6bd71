"""Lower bounds: the inequality between integers that a rank would violate."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import comb
from typing import Any

from ._reading import CertificateError, Fails, Verdict, fraction, need, one_of, printable, question

#: Largest degree of a polynomial that is evaluated.
LARGEST_DEGREE = 4096

# The least d for (m, k, eps), 0 < eps <= 1, is the least rank of a real m x m matrix M with |M - I| < delta = eps/k in
# every entry. With its rows divided by their diagonal, the entries beside it lie below x0 = delta/(1 - delta). For a
# polynomial f, applied entry by entry, rank f(N) <= D_f(rank), the number of monomials of the degrees of f in so many
# variables, and (tr X)^2 <= rank(X) ||X||_F^2. So a rank is impossible if D_f (1 + (m-1) v^2) < m for f(1) = 1 and
# v = max |f| over [-x0, x0], and also if there is equality and |f| increases strictly on [0, x0].


def lower_bound(claim: dict[str, Any]) -> Verdict:
    """Whether the theorem excludes rank d - 1, and so all smaller ones."""
    theorem = one_of(_EXCLUDES, claim["theorem"], "theorem")
    m, k, eps, d = question(claim)
    sentence = f"d(m, k, eps) >= {d} for m = {m}, k = {k}, eps = {eps}"
    excludes, keys = _EXCLUDES[theorem]
    params = claim["params"]
    if not isinstance(params, dict) or set(params) != set(keys.split()):
        raise CertificateError(f"params of {theorem} must be an object with the fields: {keys or 'none'}")
    numbers = [fraction(params[key], key) if key == "weight" else printable(params[key], key) for key in keys.split()]
    try:
        need(d >= 0, f"d must not be negative, got {d}")
        if d <= 1:
            return Verdict(sentence, True, "in no dimensions every error is 1, which is not below eps")
        need(2 * eps <= k, "one dimension is enough for eps/k > 1/2")
        size = -(-m // (2 * k - 1)) if theorem == "turan_alon" else m
        need(size >= 2, "one dimension is enough for one feature")
        if "p" in keys:
            least = 2 if theorem in ("chebyshev", "joint_trace") else 1
            need(numbers[0] >= least, f"the degree p must be at least {least}, got {numbers[0]}")
            if numbers[0] > LARGEST_DEGREE or numbers[0] * (eps / k).denominator.bit_length() > 4 * 10**6:
                raise CertificateError("the polynomials are too large to be evaluated here")
        if theorem == "joint_trace":
            need(0 <= numbers[1] <= 1, f"the weight must lie in [0, 1], got {numbers[1]}")
        need(excludes(d - 1, size, eps / k, *numbers), f"the inequality of {theorem} does not exclude rank {d - 1}")
    except Fails as failure:
        return Verdict(sentence, False, str(failure))
    return Verdict(sentence, True, f"the inequality of {theorem} excludes rank {d - 1}")


def _monomials(degree: int, variables: int) -> int:
    """How many monomials of this degree there are."""
    return comb(variables + degree - 1, degree)


def _chebyshev_rank(p: int, rank: int) -> int:
    """Monomials of the degrees p, p - 2, p - 4, ..., which are those of the Chebyshev polynomial T_p."""
    return sum(_monomials(j, rank) for j in range(p, -1, -2))


def _T(p: int, x: Fraction) -> Fraction:
    """The Chebyshev polynomial ``sum_i C(p, 2i) x^(p-2i) (x^2-1)^i``; it is at most 1 in absolute value on [-1, 1]."""
    n, a = x.numerator, x.denominator
    return Fraction(sum(comb(p, 2 * i) * n ** (p - 2 * i) * (n * n - a * a) ** i for i in range(p // 2 + 1)), a**p)


def _power_excludes(rank: int, m: int, delta: Fraction, p: int = 1) -> bool:
    v = (delta / (1 - delta)) ** p  # f(x) = x^p, of which |f| increases strictly
    return _monomials(p, rank) * (1 + (m - 1) * v * v) <= m


def _chebyshev_excludes(rank: int, m: int, delta: Fraction, p: int) -> bool:
    v = 1 / _T(p, (1 - delta) / delta)  # f(x) = T_p(x/x0) / T_p(1/x0)
    return _chebyshev_rank(p, rank) * (1 + (m - 1) * v * v) < m


def _joint_excludes(rank: int, m: int, delta: Fraction, p: int, w: Fraction) -> bool:
    # f1 = sqrt(1-w^2) T_{p-1}(x/x0) and f2 = ((1+w) T_p(x/x0) - (1-w) T_{p-2}(x/x0))/2 have f1^2 + f2^2 <= 1 on the
    # interval, and the two trace inequalities add up
    x = (1 - delta) / delta
    first = (1 - w * w) * _T(p - 1, x) ** 2
    second = ((1 + w) * _T(p, x) - (1 - w) * _T(p - 2, x)) ** 2 / 4
    traces = m * (first / _chebyshev_rank(p - 1, rank) + second / _chebyshev_rank(p, rank))
    return traces > first + second + (m - 1)


def _kernel_excludes(rank: int, m: int, delta: Fraction) -> bool:
    # a kernel of c dimensions has gamma >= c(c+1) / (m (2 + (c-1) sqrt(c+2))); rank m - c needs gamma < delta
    c = m - rank
    if c < 1:
        return False
    rest = Fraction(c * (c + 1)) / (m * delta) - 2
    return rest >= 0 and rest * rest >= (c - 1) ** 2 * (c + 2)


#: By theorem: whether it excludes a rank, and its parameters.
_EXCLUDES: dict[str, tuple[Callable[..., bool], str]] = {
    "welch": (_power_excludes, ""),
    "alon": (_power_excludes, "p"),
    "chebyshev": (_chebyshev_excludes, "p"),
    "joint_trace": (_joint_excludes, "p weight"),
    "kernel": (_kernel_excludes, ""),
    "turan_alon": (_power_excludes, "p"),
}
