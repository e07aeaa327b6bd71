"""Machine-checked steps behind exact verification and the reduction: `python -m proofs.reduction` prints them."""

from __future__ import annotations

from sympy import Matrix, Rational, symbols

from proofs._steps import prove_equal, prove_nonnegative, require, show, step

u, n, x = symbols("u n x", positive=True)


@step("rounding_enclosure", 1, "the induction of (1+u)^n <= 1/(1 - n u)")
def gamma() -> None:
    # (1+u)/(1 - n u) <= 1/(1 - (n+1) u) is 1 - n u - (1+u)(1 - (n+1)u) = (n+1) u^2 >= 0
    prove_equal(1 - n * u - (1 + u) * (1 - (n + 1) * u), (n + 1) * u**2)


@step("rounding_enclosure", 4, "three roundings of an entry cost at most 4 u of it: (1-u)^-3 - 1 <= 4 u for u <= 1/16")
def entries() -> None:
    # the factor, its product and the difference, as in the proof
    product, difference = (1 - u) ** -2 - 1, u / (1 - u)
    prove_equal(product / (1 - u) + difference, (1 - u) ** -3 - 1)
    prove_equal((4 * u - ((1 - u) ** -3 - 1)) * (1 - u) ** 3, (1 + 4 * u) * (1 - u) ** 3 - 1)
    prove_nonnegative((1 + 4 * u) * (1 - u) ** 3 - 1, u, 0, Rational(1, 16))
    # and those for the diagonal: (1-u)^-2 - 1 <= 4 u
    prove_nonnegative((1 + 4 * u) * (1 - u) ** 2 - 1, u, 0, Rational(1, 16))


@step(
    "rounding_enclosure",
    5,
    "a sum of n entries is off by at most (1 + 4 N u) N u of itself, N = n - 1, N u <= 1/8",
)
def sums() -> None:
    # with g = N u/(1 - N u): g/(1-g) = N u/(1 - 2 N u) <= N u (1 + 4 N u); x stands for N u
    g = x / (1 - x)
    prove_equal(g / (1 - g), x / (1 - 2 * x))
    prove_nonnegative(x * (1 + 4 * x) * (1 - 2 * x) - x, x, 0, Rational(1, 8))


@step("best_probes", 7, "one feature may do better than min(1, k gamma_i): A = (2, -1), i = 1, k = 2")
def single_feature() -> None:
    A, kernel = Matrix([[2, -1]]), Matrix([1, 2])
    require((A * kernel).is_zero_matrix is True and A.nullspace() != [] and len(A.nullspace()) == 1, "ker A")
    z = kernel / 2
    require(max(z) == 1 and sum(z) == Rational(3, 2), "z lies in the convex hull of Z_2")
    # the probe b = 1/2 reads feature 1 to within z_1 = 1/2 on Z_2, and k gamma_1 = 2/3
    errors = A.T / 2 - Matrix([1, 0])
    require(sum(abs(entry) for entry in errors) == z[0] == Rational(1, 2), "both sides are 1/2")
    gamma_1 = kernel[0] / sum(kernel)
    require(2 * gamma_1 == Rational(2, 3), "2 gamma_1 = 2/3")


if __name__ == "__main__":
    show(globals())
