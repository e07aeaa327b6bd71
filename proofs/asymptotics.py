"""Machine-checked steps behind the asymptotic forms of the bounds: `python -m proofs.asymptotics` prints them."""

from __future__ import annotations

import sympy
from sympy import E, Integer, Rational, Symbol, factorial, log, oo, sqrt, symbols

from proofs._steps import (
    prove_equal,
    prove_nonnegative,
    prove_nonnegative_coefficients,
    prove_positive,
    prove_zero,
    require,
    show,
    step,
)

u, x, m, k, delta = symbols("u x m k delta", positive=True)


def prove_increasing_from_zero(function: sympy.Expr, variable: Symbol) -> None:
    """``function`` vanishes at 0 and its derivative is a quotient of polynomials without negative coefficients."""
    require(function.subs(variable, 0) == 0, f"{function} vanishes at 0")
    numerator, denominator = sympy.fraction(sympy.factor(sympy.together(sympy.diff(function, variable))))
    for part in (numerator, denominator):
        prove_nonnegative_coefficients(part, variable)
    require(denominator.subs(variable, 0) > 0, "the denominator has a positive constant term")


@step("lower_asymptotics", 1, "D_p(d) <= C(d+p, p) (induction by Pascal's rule) and p! >= (p/e)^p")
def binomials() -> None:
    d, p = symbols("d p", integer=True, positive=True)
    # the sum of C(d+j-1, j) over all j <= p is C(d+p, p); D_p has some of its terms
    pascal = sympy.binomial(d + p, p) - sympy.binomial(d + p - 1, p - 1) - sympy.binomial(d + p - 1, p)
    prove_zero(sympy.combsimp(sympy.gammasimp(pascal)))
    # p! (e/p)^p grows: the ratio at p+1 and p is e (p/(p+1))^p = e / (1+u)^(1/u), u = 1/p, and ln(1+u) <= u
    prove_increasing_from_zero(u - log(1 + u), u)
    ratio = factorial(p + 1) * (E / (p + 1)) ** (p + 1) / (factorial(p) * (E / p) ** p)
    prove_equal(sympy.powsimp(sympy.expand_power_base(sympy.gammasimp(ratio), force=True)) / E * (1 + 1 / p) ** p, 1)


@step("lower_asymptotics", 2, "a value v with 1 <= 1/v^2 = X <= m+1 leaves D >= m X/(X+m-1) >= X/2")
def half() -> None:
    X = Symbol("X", positive=True)
    prove_equal(m / (1 + (m - 1) / X), m * X / (X + m - 1))
    prove_equal(m * X / (X + m - 1) - X / 2, X * (m + 1 - X) / (2 * (X + m - 1)))


@step("lower_asymptotics", 4, "the constants 1/56 and 1/100")
def constants() -> None:
    # e < 68/25: the series up to 1/5! and the rest below 1/(5 5!)
    above = sum((1 / factorial(Integer(j)) for j in range(6)), Integer(0)) + 1 / (5 * factorial(Integer(5)))
    require(above < Rational(68, 25), "e < 68/25")
    reciprocal = 1 / (2 * Rational(68, 25))  # below 1/(2e)
    require((reciprocal - Rational(1, 9)) / 4 >= Rational(1, 56), "(1/(2e) - 1/9)/4 >= 1/56")
    require(Rational(3, 4) ** 2 / 56 >= Rational(1, 100), "(3/4)^2/56 >= 1/100")
    # for delta <= 1/4: 1/delta' = (1-delta)/delta >= 3/(4 delta)
    prove_nonnegative((1 - delta) - Rational(3, 4), delta, 0, Rational(1, 4))
    # floor(y) >= y/2 for y >= 1: y = q + r with q >= 1, 0 <= r < 1, that is q - r >= 0
    q, r = symbols("q r")
    prove_equal(q - (q + r) / 2, (q - r) / 2)


@step("lower_asymptotics", 5, "2x - 1/x <= r <= 2x for r = x + sqrt(x^2-1), and T_p <= r^p for x >= 1")
def root() -> None:
    # with w = sqrt(x^2-1) < x: (w - (x - 1/x)) (w + (x - 1/x)) = 1 - 1/x^2 >= 0
    w = sqrt(x**2 - 1)
    prove_equal(sympy.expand((w - (x - 1 / x)) * (w + (x - 1 / x))), 1 - 1 / x**2)
    # r^p - (r^p + r^-p)/2 = (r^p - r^-p)/2 >= 0
    r, p = symbols("r p", positive=True)
    prove_equal(sympy.expand(r**p - (r**p + r**-p) / 2 - (r**p - r**-p) / 2), 0)


@step("lower_asymptotics", 6, "p! <= e sqrt(p) (p/e)^p: the quotient falls, as ln(1+u) >= 2u/(2+u)")
def factorial_above() -> None:
    p = Symbol("p", positive=True)
    prove_increasing_from_zero(log(1 + u) - 2 * u / (2 + u), u)
    # a_p = p! e^p / (p^p sqrt p): ln(a_{p+1}/a_p) = 1 - (p + 1/2) ln(1 + 1/p), at p = 1/u: 1 - (1/u + 1/2) ln(1+u) <= 0
    log_ratio = log(p + 1) + 1 - (p + 1 + Rational(1, 2)) * log(p + 1) + (p + Rational(1, 2)) * log(p)
    prove_equal(sympy.expand(log_ratio - (1 - (p + Rational(1, 2)) * (log(p + 1) - log(p)))), 0)
    prove_equal((1 / u + Rational(1, 2)) * 2 * u / (2 + u), 1)
    require(factorial(Integer(1)) * E / (1 * sqrt(Integer(1))) == E, "a_1 = e")


@step("lower_asymptotics", 8, "the limits: both sides of either constant agree, and their ratio tends to 4")
def limits() -> None:
    r = x + sqrt(x**2 - 1)
    alon = (x**2 / (2 * E * log(x)), (x**2 / E - 1) / (2 * log(x)))
    chebyshev = (r**2 / (2 * E * log(r)), (r**2 / E - 1) / (2 * log(r)))
    for above, below in (alon, chebyshev):
        require(sympy.limit(sympy.simplify(below / above), x, oo) == 1, "the sides agree in the limit")
    require(sympy.limit(r / x, x, oo) == 2, "r/x -> 2")
    # ln r = ln x + ln(r/x), so that ln x / ln r -> 1 and the ratio of the constants tends to 2^2
    ratio = Symbol("rho", positive=True)  # r/x, between 1 and 2
    require(sympy.limit(log(x) / (log(x) + log(ratio)), x, oo) == 1, "ln x / ln r -> 1")


@step("gkp_theorem_1", 2, "5 (sqrt k + sqrt(2 k l))^2 <= 10 k + 20 k l, and 1 + ln y <= (1 + 1/ln 2) ln y for y >= 2")
def gordon() -> None:
    a, b, y = symbols("a b y", positive=True)
    prove_equal(2 * a**2 + 2 * b**2 - (a + b) ** 2, (a - b) ** 2)
    prove_equal(5 * (2 * sqrt(k) ** 2 + 2 * sqrt(2 * k * y) ** 2), 10 * k + 20 * k * y)
    # with y = 2 + s the difference is ln(1 + s/2)/ln 2, which is not negative
    s = Symbol("s", positive=True)
    difference = (1 + 1 / log(2)) * log(y) - (1 + log(y))
    prove_zero(sympy.expand(difference - (log(y) - log(2)) / log(2)))
    prove_zero(sympy.logcombine(log(2 + s) - log(2) - log(1 + s / 2), force=True).simplify())
    require(log(2).is_positive, "ln 2 > 0")


@step("gkp_theorem_2", 2, "2 ln(m(m-1)) k^2/eps^2 <= 4 k^2 ln(m)/eps^2")
def union_bound() -> None:
    prove_equal(m**2 - m * (m - 1), m)  # m (m-1) < m^2


@step("gkp_theorem_3", 1, "eps > k^(3/2) sqrt(5/m) makes m > 5 k / delta^2 and leaves more than 2 / delta^2 for Turan")
def published_domain() -> None:
    eps = Symbol("epsilon", positive=True)
    least = (k ** Rational(3, 2) * sqrt(5) / eps) ** 2  # m exceeds this
    prove_equal(least, 5 * k / (eps / k) ** 2)
    # N >= m/(2k-1) > m/(2k), and 5k/(2k) = 5/2
    prove_equal(least / (2 * k), Rational(5, 2) / (eps / k) ** 2)
    prove_positive(2 * x - (2 * x - 1), x, 1, oo)


@step("gkp_theorem_3", 2, "ln(k/eps) <= (1 + ln(1/eps)/ln 4) ln k for k >= 4")
def published_logarithm() -> None:
    K, e = symbols("K e", positive=True)  # ln k = ln 4 + K, e = ln(1/eps), both not negative
    whole = (1 + e / log(4)) * (log(4) + K) - (log(4) + K + e)
    prove_equal(sympy.expand(whole), e * K / log(4))


if __name__ == "__main__":
    show(globals())
