"""The integer inequalities behind the lower bounds, one evaluation each: what a certificate is rechecked by.

For each theorem ``*_excludes(d, m, delta, ...)`` says whether rank d is impossible for a real m x m matrix within delta
of the identity (m >= 2, 0 < delta <= 1/2). Only integers and Fractions are used.
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb
from typing import Any

from lincs._numbers import Fraction

# With delta = a/b in lowest terms and n = b - a we have 1/delta' = n/a. Chebyshev polynomials at n/a are kept as the
# integers t_p = a^p T_p(n/a) and u_p = a^p U_p(n/a), which obey x_{p+1} = 2 n x_p - a^2 x_{p-1}.


def delta_parts(delta: Fraction) -> tuple[int, int]:
    """``(a, n)`` with delta' = a/n."""
    return delta.numerator, delta.denominator - delta.numerator


def _chebyshev(p: int, a: int, n: int, kind: int) -> int:
    """``a^p T_p(n/a)`` (kind 1) or ``a^p U_p(n/a)`` (kind 2)."""
    before, now = 1, kind * n
    for _ in range(p):
        before, now = now, 2 * n * now - a * a * before
    return before


def powers_dimension(d: int, p: int) -> int:
    """``D_f(d)`` for a polynomial f with the degrees p, p-2, p-4, ..."""
    return sum(comb(d + j - 1, j) for j in range(p, -1, -2))


def alon_excludes(d: int, m: int, delta: Fraction, p: int) -> bool:
    # x^p is strictly monotone, so that equality in D (1 + (m-1) delta'^(2p)) >= m is impossible as well (m >= 2).
    a, n = delta_parts(delta)
    return comb(d + p - 1, p) * (n ** (2 * p) + (m - 1) * a ** (2 * p)) <= m * n ** (2 * p)


def chebyshev_excludes(d: int, m: int, delta: Fraction, p: int) -> bool:
    a, n = delta_parts(delta)
    t = _chebyshev(p, a, n, 1)
    return powers_dimension(d, p) * (t * t + (m - 1) * a ** (2 * p)) < m * t * t


def joint_excludes(d: int, m: int, delta: Fraction, p: int, weight: Fraction) -> bool:
    a, n = delta_parts(delta)
    t = _chebyshev(p - 1, a, n, 1)
    kappa = (n * n - a * a) * _chebyshev(p - 2, a, n, 2)
    return joint_inequality(m, a**p, a * t, kappa, n * t, powers_dimension(d, p - 1), powers_dimension(d, p), weight)


def joint_inequality(m: int, one: int, T: int, K: int, L: int, D1: int, D2: int, weight: Fraction) -> bool:
    """The joint trace inequality; T, K, L are the theorem's times the integer ``one``."""
    u, w = weight.numerator, weight.denominator
    first = (w * w - u * u) * T * T * (m - D1) * D2
    second = (w * K + u * L) ** 2 * (m - D2) * D1
    return first + second > (m - 1) * D1 * D2 * (w * one) ** 2


def kernel_excludes(d: int, m: int, delta: Fraction) -> bool:
    # m delta (2 + (c-1) sqrt(c+2)) <= c (c+1) with c = m - d, decided by comparing squares
    c = m - d
    if c < 1:
        return False
    left = m * delta
    rest = c * (c + 1) - 2 * left
    return rest >= 0 and (left * (c - 1)) ** 2 * (c + 2) <= rest**2


def turan_size(m: int, k: int) -> int:
    return -(-m // (2 * k - 1))


def random_suffices(d: int, m: int, delta: Fraction) -> bool:
    """Whether ``d > 2 ln(m (m-1)) / delta^2``, or else one dimension is enough, decided by an enclosure."""
    import flint

    if m == 1 or delta > Fraction(1, 2):
        return d >= 1
    return bool(d * flint.arb(flint.fmpq(delta.numerator, delta.denominator)) ** 2 > 2 * flint.arb(m * (m - 1)).log())


RECHECKS: dict[str, Callable[..., bool]] = {
    "welch": lambda d, m, k, eps: alon_excludes(d, m, eps / k, 1),
    "alon": lambda d, m, k, eps, p: alon_excludes(d, m, eps / k, p),
    "chebyshev": lambda d, m, k, eps, p: chebyshev_excludes(d, m, eps / k, p),
    "joint_trace": lambda d, m, k, eps, p, weight: joint_excludes(d, m, eps / k, p, Fraction(weight)),
    "kernel": lambda d, m, k, eps: kernel_excludes(d, m, eps / k),
    "turan_alon": lambda d, m, k, eps, p: alon_excludes(d, turan_size(m, k), eps / k, p),
}


def is_in_domain(theorem: str, m: int, k: int, eps: Fraction, p: int | None = None, weight: Any = 1) -> bool:
    """Whether the theorem is about (m, k, eps), and allows this degree and weight."""
    size = turan_size(m, k) if theorem == "turan_alon" else m
    least = 2 if theorem in ("chebyshev", "joint_trace") else 1
    return size >= 2 and 2 * eps <= k and (p is None or p >= least) and 0 <= Fraction(weight) <= 1
