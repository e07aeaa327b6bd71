"""Machine-checked steps of the upper bounds: from coherence to a pair, and every family of frames.

`python -m proofs.frames` runs and prints them.
"""

from __future__ import annotations

import sympy
from sympy import Integer, Rational, binomial, factorial, gamma, sqrt, symbols

from proofs._steps import prove_equal, prove_nonnegative_coefficients, prove_positive, prove_zero, require, show, step

delta, mu = symbols("delta mu", positive=True)
c, d, m, q, r, n, T, t, v, P, D, W = symbols("c d m q r n T t v P D W", positive=True)


def error(coherence: sympy.Expr) -> sympy.Expr:
    """What a coherence costs at the best scale."""
    return coherence / (1 + coherence)


def welch(m: sympy.Expr, d: sympy.Expr) -> sympy.Expr:
    """The square of the Welch bound on the coherence of m vectors in d dimensions."""
    return (m - d) / (d * (m - 1))


@step("coherence", 1, "1 - 1/(1 + mu) is the error")
def scaled_diagonal() -> None:
    prove_equal(1 - 1 / (1 + mu), error(mu))


@step("coherence", 3, "error < delta exactly if mu < delta'")
def strictness() -> None:
    prove_equal(delta - error(mu), (1 - delta) / (1 + mu) * (delta / (1 - delta) - mu))


@step("puncturing", 3, "how many coordinates can be left out")
def most_punctured() -> None:
    prove_equal((1 - delta) * (D - P) * (delta / (1 - delta) - (c + P) / (D - P)), delta * D - (1 - delta) * c - P)


@step("constant", 2, "(1 - delta)^2 < delta^2 means delta > 1/2")
def one_dimension() -> None:
    prove_equal(delta**2 - (1 - delta) ** 2, 2 * delta - 1)


@step("simplex", 3, "coherence 1/(m - 1) has the error 1/m")
def simplex_error() -> None:
    prove_equal(error(1 / (m - 1)), 1 / m)


@step("circle", 2, "the cosine lies below its Taylor polynomial of degree 4")
def cosine_bound() -> None:
    theta = symbols("theta", real=True)
    f = 1 - theta**2 / 2 + theta**4 / 24 - sympy.cos(theta)
    for order in range(4):
        prove_zero(sympy.diff(f, theta, order).subs(theta, 0))
    prove_equal(sympy.diff(f, theta, 4), 1 - sympy.cos(theta))


@step("circle", 3, "3.14159265 < pi")
def pi_bound() -> None:
    # Machin: 4 arctan(1/5) - arctan(1/239) = pi/4, arguments of Gaussian integers, all between 0 and 4/5
    i = sympy.I
    prove_equal((5 + i) ** 4, (239 + i) * 2 * (1 + i))

    def arctan(x: Rational, terms: int) -> Rational:  # below for an even number of terms, above for an odd one
        return sum((Integer(-1) ** j * x ** (2 * j + 1) / (2 * j + 1) for j in range(terms)), Integer(0))

    require(16 * arctan(Rational(1, 5), 8) - 4 * arctan(Rational(1, 239), 3) > Rational(314159265, 10**8), "the bound")


@step("circle", 4, "the bound on the cosine lies in (0, 1)")
def cosine_range() -> None:
    theta = symbols("theta")
    require(Rational(314159265, 3 * 10**8) < Rational(11, 10), "all angles are below 11/10")
    prove_positive(Rational(1, 2) - theta**2 / 24, theta, 0, Rational(11, 10))  # times theta^2 it is 1 - mu
    prove_positive(1 - theta**2 / 2 + theta**4 / 24, theta, 0, Rational(11, 10))


@step("paley", 3, "inner products are chi g/q, of square 1/q")
def paley_products() -> None:
    g, chi = symbols("g chi")
    product = 1 / q + 2 / q * (chi * g - 1) / 2
    prove_equal(product, chi * g / q)
    for sign in (1, -1):
        for root in (sqrt(q), -sqrt(q)):
            prove_equal(product.subs({chi: sign, g: root}) ** 2, 1 / q)


@step("paley", 4, "norm 1, (q + 1)/2 coordinates")
def paley_norms() -> None:
    prove_equal(1 / q + (q - 1) / 4 * (2 / sqrt(q)) ** 2, 1)
    prove_equal(1 + 2 * (q - 1) / 4, (q + 1) / 2)


@step("paley", 5, "the Welch bound is met, and is larger at rank d - 1")
def paley_welch() -> None:
    prove_equal(welch(q + 1, (q + 1) / 2), 1 / q)
    below = welch(q + 1, (q + 1) / 2 - 1)
    prove_equal(below, (q + 3) / (q * (q - 1)))
    prove_equal(below - 1 / q, 4 / (q * (q - 1)))


@step("steiner", 3, "the Welch bound is met")
def steiner_welch() -> None:
    points = 1 + r * (c - 1)
    prove_equal(welch(points * (r + 1), points * r / c), 1 / r**2)


@step("steiner", 7, "Bose's and Skolem's systems have v(v - 1)/6 blocks")
def triple_counts() -> None:
    def pairs(n: sympy.Expr) -> sympy.Expr:
        return n * (n - 1) / 2

    def blocks(v: sympy.Expr) -> sympy.Expr:
        return v * (v - 1) / 6

    prove_equal((2 * t + 1) + 3 * pairs(2 * t + 1), blocks(6 * t + 3))
    prove_equal(t + 3 * t + 3 * pairs(2 * t), blocks(6 * t + 1))


@step("steiner", 10, "the blocks of Paley's second matrix")
def paley_two() -> None:
    X, Y = sympy.Matrix([[1, 1], [1, -1]]), sympy.Matrix([[1, -1], [-1, -1]])
    for product in (X * X.T, Y * Y.T):
        require(product == 2 * sympy.eye(2), "orthogonal rows")
    mixed = X * Y.T + Y * X.T
    require(mixed == sympy.zeros(2, 2), "the mixed terms cancel")


@step("steiner", 11, "which designs have r = 3 mod 4")
def residues() -> None:
    triples = {v for v in range(24) if v % 6 in (1, 3) and (v - 1) // 2 % 4 == 3}
    require(triples == {7, 15}, "v mod 24 of triple systems")
    # r = 1 + q + .. + q^(n-1) mod 4 depends on q mod 4 and has the period 4 in n >= 2
    for q in range(4):
        require(all(q**n * (1 + q + q**2 + q**3) % 4 == 0 for n in range(2, 6)), "the period")
        good = {n for n in range(2, 6) if sum(q**i for i in range(n)) % 4 == 3}
        # q = 2 mod 4 is q = 2 among the prime powers
        require(good == {0: set(), 1: {3}, 2: {2, 3, 4, 5}, 3: set()}[q], f"q = {q} mod 4")


@step("stored", 1, "coherence c/D has the error c/(D + c)")
def stored_error() -> None:
    prove_equal(error(c / D), c / (D + c))


@step("stored", 2, "the ends of the diagonal")
def stored_diagonal() -> None:
    prove_equal(1 - D / (D + c), c / (D + c))
    prove_equal((D + 2 * c) / (D + c) - 1, c / (D + c))


@step("linear_space", 2, "products of columns of 2C + I")
def heavy_conference() -> None:
    C = symbols("C")  # commutes with itself; C^2 = r - 1
    square = sympy.expand((2 * C + 1) ** 2).subs(C**2, r - 1)
    prove_equal(square, (4 * r - 3) + 4 * C)
    prove_equal((4 * r - 3) / 4, r - Rational(3, 4))


@step("linear_space", 8, "the bounds on the number of lines grow with r")
def fewest_lines() -> None:
    v, t = symbols("v t", positive=True)
    # the sum of squares is at most v (v-1) + v r
    prove_equal((v * r) ** 2 / (v * (v - 1) + v * r), v * r**2 / (v + r - 1))
    first = (v * r**2 / (v + r - 1)).subs(v, m / (r + 1))
    prove_equal(first, m * r**2 / (m + r**2 - 1))
    growth = sympy.factor(sympy.diff(m * r**2 / (m + r**2 - 1), r))
    prove_equal(growth, 2 * m * r * (m - 1) / (m + r**2 - 1) ** 2)  # not negative for m >= 1
    second = sympy.diff(m * r * (r - 1) / (r + 1), r)
    prove_nonnegative_coefficients(sympy.cancel(second * (r + 1) ** 2).subs(r, 1 + t), m, t)


@step("reed_solomon", 4, "coherence (T - 1)/(2n - T + 1) has the error (T - 1)/(2n)")
def agreement_error() -> None:
    prove_equal(error((T - 1) / (2 * n - T + 1)), (T - 1) / (2 * n))


@step("reed_solomon", 5, "the centred pair")
def centred() -> None:
    points = q * (T - 1) / 2
    prove_equal(q / 2 * (2 * points - (T - 1)), points * (q - 1))
    prove_equal((T - 1) / (2 * points - T + 1), 1 / (q - 1))


@step("reed_solomon", 6, "P_x - J/q are orthogonal, of rank q - 1")
def agreement_rank() -> None:
    # words: q^T; P_x P_x = q^(T-1) P_x, P_x P_y = q^(T-2) J, P_x J = q^(T-1) J, J J = q^T J
    J, Px, own, other = symbols("J P_x P_xP_x P_xP_y")
    square = own - 2 * (q ** (T - 1) * J) / q + q**T * J / q**2
    prove_equal(square.subs(own, q ** (T - 1) * Px), q ** (T - 1) * (Px - J / q))
    product = other - 2 * (q ** (T - 1) * J) / q + q**T * J / q**2
    prove_zero(sympy.powsimp(sympy.expand(product.subs(other, q ** (T - 2) * J))))
    prove_zero(sympy.powsimp(sympy.expand(q ** (T - 1) * J - q**T * J / q)))  # (P_x - J/q) J
    prove_equal((q**T - q**T / q) / q ** (T - 1), q - 1)  # trace over eigenvalue
    prove_equal(2 * (n * Px - n * J / q) + (2 * n / q - (T - 1)) * J, 2 * n * Px - (T - 1) * J)


@step("erased_reed_solomon", 5, "the error, and how far apart the diagonal may be")
def erased_error() -> None:
    h = symbols("h")
    largest = r * (T - 1) + h
    diagonal = 2 * r * (q + 1 - h) - largest
    prove_equal(largest / (diagonal + largest), largest / (2 * r * (q + 1 - h)))
    prove_equal(2 * r * (q + 1) - largest - diagonal, 2 * r * h)
    prove_equal(2 * largest - 2 * r * h, 2 * r * (T - 1 - h) + 2 * h)  # not negative for h <= T - 1


@step("agreements", 2, "coherence (W - D)/(W + D) has the error (W - D)/(2W), below delta just if D > (1 - 2 delta) W")
def difference_error() -> None:
    prove_equal(error((W - D) / (W + D)), (W - D) / (2 * W))
    prove_equal(2 * W * (delta - (W - D) / (2 * W)), D - (1 - 2 * delta) * W)


@step("agreements", 4, "the centred pair")
def centred_words() -> None:
    total = 2 * n * (q - 1) / q  # D + W; for the number of agreements G, q G - n is q/2 (2G - (2n - D - W))
    G = symbols("G")
    prove_equal(q / 2 * (2 * G - (2 * n - total)), q * G - n)


@step("agreements", 7, "how many positions can be left out where all free positions may differ")
def most_left_out() -> None:
    free = symbols("free", positive=True)  # n - s
    difference = (D - P) - (1 - 2 * delta) * (free - P)
    prove_equal(difference, 2 * delta * (free - (free - D) / (2 * delta) - P))


@step("ag_code", 5, "coherence T/(2n - T) has the error T/(2n)")
def function_error() -> None:
    prove_equal(error(T / (2 * n - T)), T / (2 * n))


@step("trace_code", 6, "how many words have each of the two outer weights")
def outer_weights() -> None:
    root, more, fewer = symbols("root more fewer", positive=True)  # root = q^((n-1)/2), so that q^n = q root^2
    zeros = q * root**2 + (q * root**2 - 1) * root**2  # of all words with a = 1
    excess = sympy.expand(zeros - q * root**2 * root**2)
    (found,) = sympy.solve([more + fewer - (q - 1) * root**2, (more - fewer) * root - excess], [more, fewer], dict=True)
    prove_equal(found[more], (q - 1) / 2 * (root**2 + root))
    prove_equal(found[fewer], (q - 1) / 2 * (root**2 - root))


@step("trace_code", 7, "coherence and error, and what the position 0 would cost")
def trace_weights() -> None:
    root = symbols("root", positive=True)
    size = q * root**2
    least, most = size - size / q - root, size - size / q + root
    prove_equal((most - least) / (most + least), 1 / ((q - 1) * root))
    prove_equal(error(1 / ((q - 1) * root)), 1 / ((q - 1) * root + 1))
    prove_equal(q * (least + most), 2 * size * (q - 1))
    prove_equal((q - 1) * size - ((q - 1) * (size - 1) + 1), q - 2)


@step("devore", 2, "mu < delta' exactly if (t - 1)(1/delta - 1) < q")
def graph_accuracy() -> None:
    prove_equal((delta / (1 - delta) - (t - 1) / q) * q * (1 - delta) / delta, q - (t - 1) * (1 / delta - 1))


@step("weil", 3, "completing the square")
def square() -> None:
    a, b, x = symbols("a b x")
    prove_equal(a * (x + b / (2 * a)) ** 2 - b**2 / (4 * a), a * x**2 + b * x)


@step("gold", 6, "the mean of F over all alternating forms, n even")
def uniform_mean() -> None:
    Y, Z, u = symbols("Y Z u", positive=True)  # u = 2^r
    # F(2Y) = u (Y - 1/2) G(Y) and F(Y/2) = (Y - u^2/2) G(Y)/u, by induction on r: r = 1, then from r to r + 1, where
    # u doubles, F gains the factor X - u^2 and G the factor Y - u^2/2
    prove_equal(2 * Y - 1, 2 * (Y - Rational(1, 2)))
    prove_equal(Y / 2 - 1, (Y - Integer(2)) / 2)
    prove_equal(u * (Y - Rational(1, 2)) * (2 * Y - u**2), 2 * u * (Y - Rational(1, 2)) * (Y - u**2 / 2))
    prove_equal((Y - u**2 / 2) / u * (Y / 2 - u**2), (Y - (2 * u) ** 2 / 2) / (2 * u) * (Y - u**2 / 2))
    # the mean given Y, and the sum over the two families, both divided by G
    mean = u * (Y - Rational(1, 2)) / Y + (1 - 1 / Y) * (Y - u**2 / 2) / u
    prove_equal(mean, (Y + u**2 / 2 - 1) / u)
    prove_equal(Y + u**2 / 2 - 1, (Y - u**2 / 2) + (u**2 - 1))
    prove_equal(((Z - u**2 / 2) + Z * (u**2 - 1)) / u, u * (Z - Rational(1, 2)))


@step("delsarte_goethals", 5, "largest sum and number of columns")
def forms() -> None:
    s, r = symbols("s r", positive=True, integer=True)
    prove_zero(sympy.expand_log(sympy.log(2 ** ((2 * s + 2 * r) / Integer(2)) / (2**r * sqrt(4**s))), force=True))
    columns = 4**s * (2 ** (2 * s - 1)) ** (r + 1)
    prove_zero(sympy.expand_log(sympy.log(columns / (4**s * (4**s / Integer(2)) ** (r + 1))), force=True))


@step("kerdock", 2, "d(d + 2)/2 columns, the most that mutually unbiased bases allow")
def bases() -> None:
    prove_equal(d * d / 2 + d, d * (d + 2) / 2)
    prove_equal((d / 2 + 1) * (d - 1), d * (d + 1) / 2 - 1)


@step("construction_x", 1, "one class and two have the same bound")
def tail_weight() -> None:
    C, kappa = symbols("C kappa", positive=True)
    W = (C - c) / (1 - kappa)
    prove_equal(c + W, C + kappa * W)
    prove_equal(c + P + W, C + P + kappa * W)


@step("construction_x", 5, "how small the weight and the coherence of the tail must be")
def tail_coherence() -> None:
    C, kappa, W, limit = symbols("C kappa W limit", positive=True)  # limit is delta'
    most = (limit * D - c) / (1 - limit)
    prove_equal((D + W) * (limit - (c + W) / (D + W)), (1 - limit) * (most - W))
    # for kappa < 1 the weight is below the most exactly if kappa is below 1 - (C - c)/most
    prove_equal((1 - kappa) * (most - (C - c) / (1 - kappa)) / most, (1 - (C - c) / most) - kappa)


@step("gilbert_varshamov", 2, "the cap in terms of x^2")
def cap() -> None:
    y, x = symbols("y x", positive=True)
    density = (1 - x**2) ** ((d - 3) / 2)
    # the derivative of the integral up to sqrt(y)
    derivative = density.subs(x, sqrt(y)) * sympy.diff(sqrt(y), y)
    beta = y ** (Rational(1, 2) - 1) * (1 - y) ** ((d - 1) / 2 - 1) / 2
    prove_zero(sympy.powsimp(derivative / beta) - 1)


@step("gilbert_varshamov", 3, "the derivative of the binomial tail telescopes")
def binomial_tail() -> None:
    n, j, h = symbols("n j h", positive=True, integer=True)
    prove_zero(sympy.gammasimp(((j + 1) * binomial(n, j + 1) - (n - j) * binomial(n, j)).rewrite(gamma)))
    prove_zero(
        sympy.gammasimp((h * binomial(n, h) - factorial(n) / factorial(h - 1) / factorial(n - h)).rewrite(gamma))
    )


@step("random", 1, "(2n)!/(2^n n!) grows by the factor 2n + 1")
def sign_moments() -> None:
    n = symbols("n", nonnegative=True, integer=True)

    def quotient(n: sympy.Expr) -> sympy.Expr:
        return factorial(2 * n) / (2**n * factorial(n))

    prove_equal(quotient(Integer(0)), 1)
    prove_zero(sympy.gammasimp((quotient(n + 1) / quotient(n)).rewrite(gamma)) - (2 * n + 1))


@step("random", 2, "the exponent at lambda = delta")
def hoeffding() -> None:
    lam = symbols("lambda", positive=True)
    exponent = lam**2 / 2 - lam * delta
    prove_equal(exponent.subs(lam, delta), -(delta**2) / 2)
    prove_equal(exponent + delta**2 / 2, (lam - delta) ** 2 / 2)  # so no other lambda is better


if __name__ == "__main__":
    import proofs.frames

    show(proofs.frames)
