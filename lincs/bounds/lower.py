"""Lower bounds on d(m, k, eps): for each theorem, the search for the best certificate.

Divide the rows of M by their diagonal, which exceeds 1 - delta: N has unit diagonal, the same rank, and entries below
``delta' = delta / (1 - delta)`` off it. For a polynomial f, applied entrywise, ``rank f(N)`` is at most ``D_f(d) = sum
of C(d+j-1, j)`` over the degrees j that f has, and ``(tr X)^2 <= rank(X) ||X||_F^2`` for any real square X. So
``m <= D_f(d) (1 + (m-1) v^2)`` with ``v = max |f|`` over [-delta', delta'], for every f with f(1) = 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lincs._checks import check_eps, check_integer, check_sparsity
from lincs._numbers import Fraction
from lincs.bounds._bound import Bound
from lincs.bounds._inequalities import (
    alon_excludes,
    delta_parts,
    joint_inequality,
    kernel_excludes,
    turan_size,
)

#: Highest degree of a polynomial that is tried. Higher ones would help only where delta is close to 1/2.
MAX_DEGREE = 512

#: Largest number of features that is asked about: a query there takes a tenth of a second.
MOST_FEATURES = 10**300

# A search finds a certificate (the params) that excludes rank d, or None. It walks through the degrees once, with
# everything updated from one degree to the next.
_Search = Callable[[int, int, Fraction], "dict[str, Any] | None"]


def _find_welch(d: int, m: int, delta: Fraction) -> dict[str, Any] | None:
    return {} if alon_excludes(d, m, delta, 1) else None


def _find_kernel(d: int, m: int, delta: Fraction) -> dict[str, Any] | None:
    return {} if kernel_excludes(d, m, delta) else None


def _find_alon(d: int, m: int, delta: Fraction) -> dict[str, Any] | None:
    a, n = delta_parts(delta)
    a, n = a * a, n * n
    power_a, power_n, dimension = 1, 1, 1
    for p in range(1, MAX_DEGREE + 1):
        power_a, power_n, dimension = power_a * a, power_n * n, dimension * (d + p - 1) // p
        if dimension * (power_n + (m - 1) * power_a) <= m * power_n:
            return {"p": p}
        if dimension >= m or power_n > (m << 10) * power_a:  # higher degrees only raise the dimension
            return None
    return None


def _find_chebyshev(d: int, m: int, delta: Fraction) -> dict[str, Any] | None:
    for p, one, t, _, _, dimension in _degrees(d, m, delta):
        if dimension * (t * t + (m - 1) * one * one) < m * t * t:
            return {"p": p}
    return None


def _find_joint(d: int, m: int, delta: Fraction) -> dict[str, Any] | None:
    a, n = delta_parts(delta)
    for p, one, _, (t, u), smaller, dimension in _degrees(d, m, delta):
        T, K, L = a * t, (n * n - a * a) * u, n * t
        for weight in _weights(m, T, K, L, smaller, dimension):
            if joint_inequality(m, one, T, K, L, smaller, dimension, weight):
                return {"p": p, "weight": str(weight)}
    return None


def _weights(m: int, T: int, K: int, L: int, D1: int, D2: int) -> list[Fraction]:
    """Weights worth trying: 1 (Chebyshev alone) and the maximiser over [0, 1), rounded to 30 bits."""
    candidates = [Fraction(1)]
    # maximise (1 - x^2) A + (K + x L)^2 B with A = T^2 (m/D1 - 1), B = m/D2 - 1, both times D1 D2
    A, B = T * T * (m - D1) * D2, (m - D2) * D1
    bottom = A - L * L * B
    if bottom > max(0, L * K * B):
        candidates.append(Fraction((max(0, L * K * B) << 30) // bottom, 1 << 30))
    return candidates


def _degrees(d: int, m: int, delta: Fraction) -> Iterator[tuple[int, int, int, tuple[int, int], int, int]]:
    """For p = 2, 3, ...: p, a^p, t_p, (t_{p-1}, u_{p-2}), D_{p-1}(d), D_p(d); ends where higher p cannot help."""
    a, n = delta_parts(delta)
    one, t_before, t, u_before, u = a, 1, n, 0, 1  # at p = 1: t_0, t_1, u_{-1}, u_0
    binomial, dimension_before, dimension = d, 1, d
    for p in range(2, MAX_DEGREE + 1):
        binomial = binomial * (d + p - 1) // p
        dimension_before, dimension = dimension, dimension_before + binomial
        one *= a
        lower = (t, u)
        t_before, t = t, 2 * n * t - a * a * t_before
        u_before, u = u, 2 * n * u - a * a * u_before
        yield p, one, t, lower, dimension_before, dimension
        if dimension_before >= m or lower[0] ** 2 * a * a > (m << 10) * one * one:
            return


#: What the inverse questions try, the cheapest first; a Chebyshev certificate is a joint one of weight 1.
SEARCHES: dict[str, _Search] = {
    "welch": _find_welch,
    "kernel": _find_kernel,
    "alon": _find_alon,
    "joint_trace": _find_joint,
}


def _largest_excluded(find: _Search, m: int, delta: Fraction) -> tuple[int, dict[str, Any]]:
    """The largest rank that ``find`` excludes, by bisection, with the certificate. Rank 0 needs none."""
    low, high = 0, 1
    params: dict[str, Any] = {}
    while high < m and (found := find(high, m, delta)) is not None:
        low, params, high = high, found, 2 * high
    high = min(high, m)
    while high - low > 1:
        middle = (low + high) // 2
        if (found := find(middle, m, delta)) is not None:
            low, params = middle, found
        else:
            high = middle
    return low, params


def _lower(theorem: str, find: _Search, m: Any, k: Any, eps: Any, sources: tuple[str, ...]) -> Bound:
    m = check_integer(m, "m")
    k, eps = check_sparsity(k, m), check_eps(eps)
    size = turan_size(m, k) if theorem == "turan_alon" else m
    rank = 0
    params: dict[str, Any] = {}
    if size >= 2 and eps / k <= Fraction(1, 2):
        rank, params = _largest_excluded(find, size, eps / k)
    bound = Bound("lower", rank + 1, theorem, params or _NO_PARAMS.get(theorem, {}), m, k, eps, sources)
    if not bound.check():
        raise ArithmeticError(f"the certificate of {bound} fails its recheck")
    return bound


# what a trivial bound d >= 1 names, so that the keys of `params` do not depend on the values
_NO_PARAMS: dict[str, dict[str, Any]] = {
    "alon": {"p": 0},
    "turan_alon": {"p": 0},
    "chebyshev": {"p": 0},
    "joint_trace": {"p": 0, "weight": "1"},
}


def welch_lower_bound(m: int, k: int, eps: Any) -> Bound:
    """Lower bound on d(m, k, eps), over all pairs (A, B), from the trace inequality with f(x) = x.

    Rank d is impossible if ``d (1 + (m-1) delta'^2) <= m``. Exact wherever a real equiangular tight frame exists.

    Parameters
    ----------
    m : int
        Features, m >= 1 (text such as "1e30" is read exactly).
    k : int
        Sparsity, 1 <= k <= m.
    eps : str, Fraction, Decimal, int or float
        Tolerance in (0, 1], read as the exact decimal or fraction that it is written as.

    Returns
    -------
    Bound

    Raises
    ------
    InputError
        If a parameter lies outside its domain.

    Notes
    -----
    **Guarantee**: a theorem, evaluated in integers. **Cost**: O(log m) integer operations.
    Source: [Welch74]_, and [A03]_ for matrices that are not Gram matrices.

    Examples
    --------
    >>> welch_lower_bound(10, 1, "0.3").d
    4
    """
    return _lower("welch", _find_welch, m, k, eps, ("Welch74", "A03"))


def alon_lower_bound(m: int, k: int, eps: Any) -> Bound:
    """Lower bound on d(m, k, eps), over all pairs (A, B), from the trace inequality with the best power f(x) = x^p.

    Rank d is impossible if ``C(d+p-1, p) (1 + (m-1) delta'^(2p)) <= m``. Parameters, returns, errors and guarantee as
    for `welch_lower_bound`. **Cost**: O(p log m) integer operations. Source: [A03]_, [A09]_.

    Examples
    --------
    >>> alon_lower_bound(10**6, 10, "1/2").d
    480
    """
    return _lower("alon", _find_alon, m, k, eps, ("A03", "A09"))


def chebyshev_lower_bound(m: int, k: int, eps: Any) -> Bound:
    """Lower bound on d(m, k, eps), over all pairs (A, B), with the best Chebyshev polynomial of degree p >= 2.

    With ``T = T_p(1/delta')`` rank d is impossible if ``D_p(d) (T^2 + m - 1) < m T^2``, where ``D_p(d)`` sums
    ``C(d+j-1, j)`` over j = p, p-2, ...: among polynomials with f(1) = 1 this one is smallest on [-delta', delta'].
    Parameters, returns, errors and guarantee as for `welch_lower_bound`. **Cost**: O(p log m) integer operations.
    Source: this package; the method is that of [A03]_.

    Examples
    --------
    >>> chebyshev_lower_bound(10**12, 1, "0.1").d
    560
    """
    return _lower("chebyshev", _find_chebyshev, m, k, eps, ("A03",))


def joint_trace_lower_bound(m: int, k: int, eps: Any) -> Bound:
    """Lower bound on d(m, k, eps), over all pairs (A, B), from two polynomials of adjacent degrees p-1 and p at once.

    For polynomials f_l with ``G = sum f_l^2`` the trace inequalities add up to ``m sum f_l(1)^2 / D_l <= G(1) + (m-1)
    max G`` over [-delta', delta']. With y = x/delta' and a weight w in [0, 1] take ``f_1 = sqrt(1-w^2) T_{p-1}(y)``
    and ``f_2 = ((1+w) T_p(y) - (1-w) T_{p-2}(y)) / 2``: then G <= 1 on the interval, since at y = cos t
    ``1 - G = (w cos((p-1)t) sin t + sin((p-1)t) cos t)^2``. Rank d is impossible if, at X = 1/delta' with
    ``T = T_{p-1}(X), K = (X^2-1) U_{p-2}(X), L = X T``::

        (1-w^2) T^2 (m/D_{p-1} - 1) + (K + w L)^2 (m/D_p - 1) > m - 1.

    w = 1 is the Chebyshev bound. Parameters, returns, errors and guarantee as for `welch_lower_bound`; any rational
    weight is valid, the one in ``params`` is the best to 30 bits. **Cost**: O(p log m) integer operations.
    Source: this package.

    Examples
    --------
    >>> joint_trace_lower_bound(10**6, 10, "1/2").d
    827
    """
    return _lower("joint_trace", _find_joint, m, k, eps, ())


def kernel_lower_bound(m: int, k: int, eps: Any) -> Bound:
    """Lower bound on d(m, k, eps), over all pairs (A, B), from the projection onto the kernel of A.

    If ker A has dimension c and P is the orthogonal projection onto it, then ``gamma(A) >= max_i P_ii / sum_j |P_ij|
    >= c / sum_ij |P_ij| >= 1 / (m kappa_c)`` with ``kappa_c = (2 + (c-1) sqrt(c+2)) / (c (c+1))``. So rank m - c is
    impossible if ``m delta (2 + (c-1) sqrt(c+2)) <= c (c+1)``. Better than Welch for m > c(c+1)/2; exact for c in
    {1, 2, 3, 7, 23} when c(c+1)/2 divides m. Parameters, returns, errors and guarantee as for `welch_lower_bound`.
    Source: the constant is [KT]_'s, proved in [BC]_.

    Examples
    --------
    >>> kernel_lower_bound(12, 1, "1/12").d, kernel_lower_bound(12, 1, "1/8").d
    (12, 11)
    """
    return _lower("kernel", _find_kernel, m, k, eps, ("BC", "KT"))


def turan_alon_lower_bound(m: int, k: int, eps: Any) -> Bound:
    """Lower bound on d(m, k, eps) by the published argument, with explicit constants, for comparison.

    In a row of E at most k - 1 off-diagonal entries reach ``delta' M_ii``, so by Turan's theorem some principal
    submatrix of size at least ``m / (2k-1)`` has none; then Alon's bound. (If k entries did: with ``x = |E_ii|``,
    their sum would reach eps when x < delta, and x plus k - 1 of them would when x >= delta, as eps <= 1.)
    Parameters, returns, errors and guarantee as for `welch_lower_bound`. Source: [GKP]_, Theorem 3.

    Examples
    --------
    >>> turan_alon_lower_bound(10**6, 10, "1/2").d
    359
    """
    return _lower("turan_alon", _find_alon, m, k, eps, ("GKP", "A09"))


#: All lower bounds, the simplest first: of equally strong ones the first is named.
LOWER_BOUNDS = (
    welch_lower_bound,
    kernel_lower_bound,
    alon_lower_bound,
    chebyshev_lower_bound,
    joint_trace_lower_bound,
    turan_alon_lower_bound,
)


def strongest(bounds: Sequence[Bound]) -> Bound:
    """The largest of some lower bounds, the first of several."""
    return max(bounds, key=lambda bound: bound.d)


def best_lower_bound(m: int, k: int, eps: Any) -> Bound:
    """The strongest of all lower bounds on d(m, k, eps)."""
    return strongest([bound(m, k, eps) for bound in LOWER_BOUNDS])
