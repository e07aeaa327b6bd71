"""Machine-checked steps of nonlinear decoding (L1 minimisation) and of the typical case.

`python -m proofs.decoding` runs and prints them.
"""

from __future__ import annotations

import sympy
from sympy import erf, erfc, exp, gamma, log, oo, pi, sqrt, symbols

from proofs._steps import prove_equal, prove_zero, show, step

d, m, k, s = symbols("d m k s", positive=True)
tau = symbols("tau", nonnegative=True)

#: What an entry off the support adds to the statistical dimension, in closed form.
TAIL = (1 + tau**2) * erfc(tau / sqrt(2)) - sqrt(2 / pi) * tau * exp(-(tau**2) / 2)


@step("l1_necessary", 2, "(m - i)/(s - i) >= m/s, and the powers of 4")
def packing() -> None:
    i = symbols("i", nonnegative=True)
    prove_equal(s * (m - i) - m * (s - i), i * (m - s))
    prove_zero(sympy.expand_log(log(2**-s * (m / s) ** (s / 2) / (m / (4 * s)) ** (s / 2)), force=True))


@step("l1_necessary", 4, "2 ln 3 = ln 9")
def volume() -> None:
    prove_zero(s * log(m / (4 * s)) / (2 * log(3)) - s * log(m / (4 * s)) / log(9))


@step("l1_sufficient", 3, "the mean of chi, and E_d E_(d+1) = d")
def chi_mean() -> None:
    x = symbols("x", positive=True)
    # the density is proportional to x^(d-1) exp(-x^2/2)
    moment = sympy.integrate(x ** (d - 1) * exp(-(x**2) / 2), (x, 0, oo))
    mean = sqrt(2) * gamma((d + 1) / 2) / gamma(d / 2)
    prove_zero(sympy.gammasimp(moment.subs(d, d + 1) / moment - mean))
    prove_zero(sympy.gammasimp(mean * mean.subs(d, d + 1)) - d)


@step("l1_sufficient", 4, "2a + b <= sqrt(5 (a^2 + b^2))")
def cauchy() -> None:
    a, b = symbols("a b", real=True)
    prove_equal(5 * (a**2 + b**2) - (2 * a + b) ** 2, (a - 2 * b) ** 2)


@step("l1_sufficient", 6, "the logarithm of the moment generating function of chi-square")
def chi_square() -> None:
    theta, L = symbols("theta L", positive=True)
    f = theta**2 / (1 - 2 * theta) + theta + log(1 - 2 * theta) / 2
    prove_zero(f.subs(theta, 0))
    prove_equal(sympy.diff(f, theta), 2 * theta**2 / (1 - 2 * theta) ** 2)  # a square: f >= 0 on [0, 1/2)
    bound = (L + k * (theta + theta**2 / (1 - 2 * theta))) / theta
    prove_equal(bound, k + L / theta + k * theta / (1 - 2 * theta))


@step("l1_sufficient", 7, "the best theta")
def best_theta() -> None:
    L, root, other = symbols("L x y", positive=True)  # x = sqrt(k), y = sqrt(L)
    theta = 1 / (2 + root / other)
    value = (k + L / theta + k * theta / (1 - 2 * theta)).subs({k: root**2, L: other**2})
    prove_equal(value, root**2 + 2 * root * other + 2 * other**2)
    slack = (root + sqrt(2) * other) ** 2 - value
    prove_zero(sympy.expand(sympy.simplify(slack - 2 * (sqrt(2) - 1) * root * other)))  # a product of positive numbers


@step("l1_sufficient", 8, "d^2/(d + 1) > d - 1")
def one_more() -> None:
    prove_equal(d**2 / (d + 1) - (d - 1), 1 / (d + 1))


@step("l1_typical", 2, "the integral in closed form")
def tail() -> None:
    u = symbols("u", nonnegative=True)
    primitive = (2 * tau - u) * exp(-(u**2) / 2) + (1 + tau**2) * sqrt(pi / 2) * erf(u / sqrt(2))
    prove_equal(sympy.diff(primitive, u), (u - tau) ** 2 * exp(-(u**2) / 2))
    value = sympy.limit(primitive, u, oo) - primitive.subs(u, tau)
    prove_zero(sympy.simplify(sympy.expand((sqrt(2 / pi) * value - TAIL).rewrite(erf))))


@step("l1_typical", 3, "the function of tau is convex")
def convexity() -> None:
    cost = k * (1 + tau**2) + (m - k) * TAIL
    prove_equal(sympy.diff(cost, tau, 2), 2 * k + 2 * (m - k) * erfc(tau / sqrt(2)))


@step("l1_typical", 4, "the stationary point")
def stationary() -> None:
    cost = k * (1 + tau**2) + (m - k) * TAIL
    claim = sqrt(2 / pi) * exp(-(tau**2) / 2) - tau * erfc(tau / sqrt(2))
    prove_equal(sympy.diff(cost, tau), 2 * k * tau - 2 * (m - k) * claim)


@step("typical_case", 1, "the exponent at lambda = eps/V")
def typical_exponent() -> None:
    lam, eps, V = symbols("lambda epsilon V", positive=True)
    exponent = lam**2 * V / 2 - lam * eps
    prove_equal(exponent.subs(lam, eps / V), -(eps**2) / (2 * V))
    prove_equal(exponent + eps**2 / (2 * V), V * (lam - eps / V) ** 2 / 2)


@step("typical_case", 2, "the dimension at which the bound is eta")
def typical_dimension() -> None:
    eps, eta = symbols("epsilon eta", positive=True)
    least = 2 * k * log(2 / eta) / eps**2
    prove_zero(sympy.simplify(2 * exp(-(eps**2) * least / (2 * k)) - eta))
    prove_equal(-(eps**2) / (2 * (k / d)), -(eps**2) * d / (2 * k))
    prove_equal(sympy.diff(-(eps**2) * d / (2 * k), d), -(eps**2) / (2 * k))


if __name__ == "__main__":
    import proofs.decoding

    show(proofs.decoding)
