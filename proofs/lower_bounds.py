"""Machine-checked steps behind the lower bounds on D(m, delta): `python -m proofs.lower_bounds` prints them."""

from __future__ import annotations

from itertools import product

import sympy
from sympy import Integer, Rational, Symbol, cos, pi, sin, sqrt, symbols

from proofs._steps import (
    prove_equal,
    prove_nonnegative_coefficients,
    prove_positive,
    require,
    show,
    step,
)

x, y, T, U, m, d, delta, weight = symbols("x y T U m d delta lambda", real=True)
p = Symbol("p", integer=True, positive=True)

# --------------------------------------------------------------------------------------------- the trace inequality


@step("polynomial_trace", 1, "rows divided by their diagonal: |M_ij|/M_ii < delta/(1-delta)")
def unit_diagonal() -> None:
    # with |M_ij| < delta and M_ii > 1 - delta > 0 the ratio is below delta'; delta' <= 1 exactly for delta <= 1/2
    ratio = delta / (1 - delta)
    prove_equal(ratio * (1 - delta), delta)
    prove_equal((1 - ratio) * (1 - delta), 1 - 2 * delta)


@step("polynomial_trace", 2, "<u,v>^j is an inner product of vectors with C(d+j-1, j) entries (Pascal's rule)")
def monomials() -> None:
    # monomials of degree j in d variables, by whether the last variable occurs: N(d, j) = N(d-1, j) + N(d, j-1)
    rows, degree = symbols("d j", integer=True, positive=True)

    def count(d: object, j: object) -> object:
        return sympy.binomial(d + j - 1, j)

    prove_equal(
        sympy.combsimp(sympy.gammasimp(count(rows, degree) - count(rows - 1, degree) - count(rows, degree - 1))), 0
    )
    require(count(rows, Integer(0)) == 1 and count(Integer(1), degree) == 1, "N(d, 0) = N(1, j) = 1")


# ---------------------------------------------------------------------------------------------------- Welch and Alon


@step("welch", 2, "an equiangular tight frame meets the inequality with equality")
def tight_frames() -> None:
    mu_squared = (m - d) / (d * (m - 1))
    prove_equal(d * (1 + (m - 1) * mu_squared), m)
    # and the inequality solved for delta': rank d is impossible iff delta'^2 <= (m-d)/(d(m-1))
    prove_equal((m - d * (1 + (m - 1) * x**2)) / (d * (m - 1)), mu_squared - x**2)


@step("alon", 2, "the inequality in integers: delta = a/b, n = b - a")
def alon_integers() -> None:
    a, b, dimension = symbols("a b D", positive=True)
    n = b - a
    ratio = (a / b) / (1 - a / b)
    prove_equal(ratio, a / n)
    rational = dimension * (1 + (m - 1) * (a / n) ** (2 * p)) - m
    integers = dimension * (n ** (2 * p) + (m - 1) * a ** (2 * p)) - m * n ** (2 * p)
    N = Symbol("n", positive=True)  # n > 0 is a symbol of its own here
    prove_equal(sympy.expand((rational * n ** (2 * p) - integers).subs(n, N)), 0)


# ----------------------------------------------------------------------------------------------------------- Chebyshev


@step("chebyshev", 1, "T_p(cos t) = cos(p t), so that |T_p| <= 1 on [-1, 1]; T_p has the parity of p")
def cosine() -> None:
    t = Symbol("t", real=True)
    # T_0 = 1, T_1 = y, T_{p+1} = 2 y T_p - T_{p-1}
    prove_equal(2 * cos(t) * cos(p * t) - cos((p - 1) * t), cos((p + 1) * t))
    # the step of the induction for the parity: an even and an odd one make T_{p+1}(-y) = (-1)^{p+1} T_{p+1}(y)
    before, now, sign = symbols("T_before T_now s")
    prove_equal(2 * (-y) * (sign * now) - (-sign * before), -sign * (2 * y * now - before))


@step("chebyshev", 2, "Pell's identity T_p^2 - (x^2-1) U_{p-1}^2 = 1; T_p >= 1 and T_{p+1} >= T_p for x >= 1")
def pell() -> None:
    # T_{p+1} = x T_p + (x^2-1) U_{p-1} and U_p = x U_{p-1} + T_p follow from the recursion and carry the identity on
    T_next, U_next = x * T + (x**2 - 1) * U, x * U + T
    prove_equal(T_next**2 - (x**2 - 1) * U_next**2, T**2 - (x**2 - 1) * U**2)
    # both rules give the recursion: T_{p+2} = 2 x T_{p+1} - T_p and U_{p+1} = 2 x U_p - U_{p-1}
    prove_equal(x * T_next + (x**2 - 1) * U_next, 2 * x * T_next - T)
    prove_equal(x * U_next + T_next, 2 * x * U_next - U)
    # for x = 1 + s, T = 1 + a, U >= 0: T_{p+1} - T_p has no negative coefficients
    s, a = symbols("s a")
    prove_nonnegative_coefficients((T_next - T).subs({x: 1 + s, T: 1 + a}), s, a, U)


@step("chebyshev", 3, "T_p(x) = (r^p + r^-p)/2 >= r^p/2 with r = x + sqrt(x^2-1)")
def growth() -> None:
    r = Symbol("r", positive=True)

    def closed(p: object) -> object:
        return (r**p + r ** (-p)) / 2

    argument = (r + 1 / r) / 2  # x
    require(sympy.simplify(closed(Integer(0)) - 1) == 0, "T_0 = 1")
    require(sympy.simplify(closed(Integer(1)) - argument) == 0, "T_1 = x")
    prove_equal(sympy.expand(2 * argument * closed(p) - closed(p - 1)), sympy.expand(closed(p + 1)))
    # r = x + sqrt(x^2 - 1) solves r + 1/r = 2 x
    root = x + sqrt(x**2 - 1)
    prove_equal(sympy.expand(root**2 - 2 * x * root + 1), 0)


@step("chebyshev", 5, "the code's integers: t_{p+1} = 2 n t_p - a^2 t_{p-1} for t_p = a^p T_p(n/a), u_p alike")
def integers() -> None:
    a, n = symbols("a n", positive=True)
    before, now = symbols("before now")
    # before, now stand for T_{p-1}(n/a), T_p(n/a), or for U
    prove_equal(
        sympy.expand(a ** (p + 1) * (2 * (n / a) * now - before)),
        sympy.expand(2 * n * (a**p * now) - a**2 * (a ** (p - 1) * before)),
    )
    # and the inequality, cleared of denominators: X = n/a, T = t/a^p
    t, dimension = symbols("t D", positive=True)
    power = a**p
    rational = dimension * ((t / power) ** 2 + m - 1) - m * (t / power) ** 2
    prove_equal(sympy.expand(rational * power**2), sympy.expand(dimension * (t**2 + (m - 1) * power**2) - m * t**2))


# --------------------------------------------------------------------------------------------------- the joint bound


@step("joint_trace", 2, "1 - f_1^2 - f_2^2 is a square at y = cos t, so that G <= 1 on the interval")
def joint_square() -> None:
    t = Symbol("t", real=True)
    a = (p - 1) * t
    first_squared = (1 - weight**2) * cos(a) ** 2
    second = ((1 + weight) * cos(a + t) - (1 - weight) * cos(a - t)) / 2
    square = (weight * cos(a) * sin(t) + sin(a) * cos(t)) ** 2
    prove_equal(sympy.expand(sympy.expand_trig((1 - first_squared - second**2 - square).subs(a, y))), 0)


@step("joint_trace", 3, "f_2(1) = K + lambda L and the inequality in m/D - 1")
def joint_values() -> None:
    # with T = T_{p-1}(x), U = U_{p-2}(x): T_p = x T + (x^2-1) U, and backwards T_{p-2} = x T - (x^2-1) U
    K, L = (x**2 - 1) * U, x * T
    T_next, T_before = x * T + K, x * T - K
    prove_equal(T_next, 2 * x * T - T_before)
    second = ((1 + weight) * T_next - (1 - weight) * T_before) / 2
    prove_equal(second, K + weight * L)
    D1, D2 = symbols("D_1 D_2", positive=True)
    first_squared = (1 - weight**2) * T**2
    traces = m * (first_squared / D1 + second**2 / D2) - (first_squared + second**2 + (m - 1))
    published = (1 - weight**2) * T**2 * (m / D1 - 1) + (K + weight * L) ** 2 * (m / D2 - 1) - (m - 1)
    prove_equal(traces, published)


@step("joint_trace", 4, "the inner maximiser is L K B / (A - L^2 B); weight 1 is the Chebyshev bound")
def joint_maximiser() -> None:
    A, B, K, L = symbols("A B K L", positive=True)
    value = (1 - x**2) * A + (K + x * L) ** 2 * B
    best = L * K * B / (A - L**2 * B)
    prove_equal(sympy.diff(value, x).subs(x, best), 0)
    prove_equal(sympy.diff(value, x, 2), -2 * (A - L**2 * B))
    # weight 1: (K + L)^2 (m/D - 1) > m - 1 is D (T_p^2 + m - 1) < m T_p^2, as K + L = T_p
    dimension, T_p = symbols("D T_p", positive=True)
    prove_equal(dimension * (T_p**2 * (m / dimension - 1) - (m - 1)), m * T_p**2 - dimension * (T_p**2 + m - 1))


@step("joint_trace", 5, "the code's integers: T, K, L times a^p are a t_{p-1}, (n^2-a^2) u_{p-2}, n t_{p-1}")
def joint_integers() -> None:
    a, n, u, w, D1, D2 = symbols("a n u w D_1 D_2", positive=True)
    X = n / a
    T1, U2 = symbols("T_1 U_2")  # T_{p-1}(X), U_{p-2}(X)
    t, u2 = a ** (p - 1) * T1, a ** (p - 2) * U2
    scaled_T, scaled_K, scaled_L, one = a * t, (n**2 - a**2) * u2, n * t, a**p
    K, L = (X**2 - 1) * U2, X * T1
    for scaled, plain in ((scaled_T, T1), (scaled_K, K), (scaled_L, L)):
        prove_equal(sympy.expand(scaled - one * plain), 0)
    # `joint_inequality` with these integers is the theorem, times D_1 D_2 (w a^p)^2, at the weight u/w
    T, K, L = symbols("T K L")
    one = Symbol("one", positive=True)
    first = (w**2 - u**2) * (one * T) ** 2 * (m - D1) * D2
    second = (w * (one * K) + u * (one * L)) ** 2 * (m - D2) * D1
    code = first + second - (m - 1) * D1 * D2 * (w * one) ** 2
    share = u / w
    theorem = (1 - share**2) * T**2 * (m / D1 - 1) + (K + share * L) ** 2 * (m / D2 - 1) - (m - 1)
    prove_equal(code, theorem * D1 * D2 * (w * one) ** 2)


# -------------------------------------------------------------------------------------------------- the kernel bound

s, c, t = symbols("s c t", positive=True)
eta = 1 / (2 * s * (1 + s) ** 2)
alpha, beta = eta * s**2 * (1 + 2 * s), eta * (1 + 2 * s + 3 * s**2)


@step("kernel", 2, "|t| <= alpha + beta t^2 - eta t^4 on [0, 1], with equality at s (twice) and at 1")
def kernel_majorant() -> None:
    prove_equal(alpha + beta * t**2 - eta * t**4 - t, eta * (t - s) ** 2 * (1 - t) * (t + 2 * s + 1))


@step("kernel", 4, "the symmetrised identity has square norm c(c+2)/3")
def kernel_fourth_moment() -> None:
    # K_ijkl = (d_ij d_kl + d_ik d_jl + d_il d_jk)/3: of the nine products three give c^2 and six give c
    pairings = [((0, 1), (2, 3)), ((0, 2), (1, 3)), ((0, 3), (1, 2))]
    total = Integer(0)
    for first, second in product(pairings, repeat=2):
        cycles = _components(4, [*first, *second])
        total += c**cycles
    prove_equal(total / 9, c * (c + 2) / 3)


def _components(n: int, edges: list[tuple[int, int]]) -> int:
    """Connected components of a graph on 0..n-1: the number of free indices in a contraction of Kronecker deltas."""
    label = list(range(n))
    for a, b in edges:
        label = [label[a] if entry == label[b] else entry for entry in label]
    return len(set(label))


@step("kernel", 5, "the coefficient of S^2 is not negative for c >= 2")
def kernel_signs() -> None:
    # with c = 1/s^2 - 2, so that c >= 2 is s <= 1/2, alpha - 3 eta/(c(c+2)) = eta s^2 (1+2s-5s^2-4s^3) / (1-2s^2)
    difference = (alpha - 3 * eta / (c * (c + 2))).subs(c, 1 / s**2 - 2)
    numerator = 1 + 2 * s - 5 * s**2 - 4 * s**3
    prove_equal(difference, eta * s**2 * numerator / (1 - 2 * s**2))
    prove_positive(numerator, s, 0, Rational(1, 2))
    prove_positive(1 - 2 * s**2, s, 0, Rational(1, 2))


@step("kernel", 6, "c alpha + beta - 3 eta/(c+2) = c kappa_c")
def kernel_constant() -> None:
    kappa = (2 + (c - 1) / s) / (c * (c + 1))  # sqrt(c+2) = 1/s
    prove_equal((c * alpha + beta - 3 * eta / (c + 2) - c * kappa).subs(c, 1 / s**2 - 2), 0)
    require(kappa.subs({c: 1, s: 1 / sqrt(3)}).equals(1), "kappa_1 = 1")


@step("kernel", 7, "the test in rationals: m delta (2 + (c-1) sqrt(c+2)) <= c(c+1) by comparing squares")
def kernel_squares() -> None:
    left = m * delta
    rest = c * (c + 1) - 2 * left
    prove_equal(left * (2 + (c - 1) * sqrt(c + 2)) - c * (c + 1), left * (c - 1) * sqrt(c + 2) - rest)
    prove_equal((left * (c - 1) * sqrt(c + 2)) ** 2, (left * (c - 1)) ** 2 * (c + 2))


@step("kernel", 8, "repeated equiangular lines: the sign matrix has the eigenvalue m kappa_c, c times")
def kernel_sharpness() -> None:
    n = c * (c + 1) / 2
    kappa = (2 + (c - 1) / s) / (c * (c + 1))
    # n projections onto lines with the cosine s that add up to (n/c) I: 1 + (n-1) s^2 = n/c
    prove_equal((n / c - 1) / (n - 1), 1 / (c + 2))
    eigenvalue = (m / n) * (n / c - 1 + s) / s  # of the signs, from the Gram matrix's n/c
    prove_equal(eigenvalue - m * kappa, 0)


@step("kernel", 9, "better than Welch exactly for m > c(c+1)/2, c >= 2")
def kernel_against_welch() -> None:
    # rank m - c is excluded up to delta' = 1/(m kappa - 1) here, and up to sqrt(c/((m-1)(m-c))) there
    kappa = (2 + (c - 1) / s) / (c * (c + 1))
    gain = (m - 1) * (m - c) - c * (m * kappa - 1) ** 2
    n = c * (c + 1) / 2
    prove_equal((gain - m * (1 - c * kappa**2) * (m - n)).subs(c, 1 / s**2 - 2), 0)
    # 1 - c kappa^2 = 2 s^2 (1 - 3 s^2) / ((1 - 2 s^2) (1 + s)^2): positive exactly for c > 1
    factor = 2 * s**2 * (1 - 3 * s**2) / ((1 - 2 * s**2) * (1 + s) ** 2)
    prove_equal((1 - c * kappa**2).subs(c, 1 / s**2 - 2), factor)


@step("kernel", 10, "kappa_c falls with c: more kernel, a larger ratio")
def kernel_monotone() -> None:
    # kappa as a function of s in (0, 1/sqrt 3], with c = 1/s^2 - 2 falling in s: d kappa / d s > 0
    kappa = ((2 + (c - 1) / s) / (c * (c + 1))).subs(c, 1 / s**2 - 2)
    closed = s * (1 - s) * (1 + 2 * s) / ((1 + s) * (1 - 2 * s**2))
    prove_equal(kappa, closed)
    numerator = sympy.expand(sympy.numer(sympy.together(sympy.diff(closed, s))))
    denominator = sympy.denom(sympy.together(sympy.diff(closed, s)))
    prove_equal(denominator, (1 + s) ** 2 * (1 - 2 * s**2) ** 2)
    prove_positive(numerator, s, 0, Rational(3, 5))  # 3/5 > 1/sqrt 3


# ------------------------------------------------------------------------------------------------- the published route


@step("turan_alon", 1, "a diagonal error x >= delta and k-1 large entries already reach eps")
def turan_row() -> None:
    eps, k = symbols("epsilon k", positive=True)
    ratio = (eps / k) / (1 - eps / k)
    total = x + (k - 1) * ratio * (1 - x)
    prove_equal(total.subs(x, eps / k), eps)
    # linear in x with slope (1 - eps)/(1 - delta) >= 0
    prove_equal(sympy.diff(total, x), (1 - eps) / (1 - eps / k))


@step("small_delta", 3, "rank one fails at delta = 1/2: a vanishing minor of order two")
def rank_one() -> None:
    u1, u2, v1, v2 = symbols("u_1 u_2 v_1 v_2")
    prove_equal((u1 * v1) * (u2 * v2), (u1 * v2) * (u2 * v1))


@step("small_delta", 4, "points on the half circle: coherence cos(pi/m) < 1 and error mu/(1+mu) < 1/2")
def half_circle() -> None:
    a, b, mu = symbols("a b mu", positive=True)
    prove_equal(cos(a) * cos(b) + sin(a) * sin(b), cos(a - b))
    # 1/2 - mu/(1+mu) = (1 - mu)/(2(1+mu))
    prove_equal(Rational(1, 2) - mu / (1 + mu), (1 - mu) / (2 * (1 + mu)))
    require(sympy.solveset(cos(x) - 1, x, sympy.Interval.Lopen(0, pi)) == sympy.S.EmptySet, "cos < 1 on (0, pi]")


@step("small_delta", 5, "between 1/m and 3/(2m): kappa_2 = 2/3")
def kernel_two() -> None:
    prove_equal((2 + (2 - 1) * sqrt(Integer(2 + 2))) / (2 * (2 + 1)), Rational(2, 3))


if __name__ == "__main__":
    show(globals())
