"""Exact numbers and input checks, against slow and obvious computations."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from lincs import Enclosure, InputError, _numbers
from lincs._checks import check_eps, check_integer, check_matrix, check_pair, check_sparsity

fractions = st.fractions(min_value=0, max_value=10**6, max_denominator=10**9)


@pytest.mark.parametrize("value", ["0.1", "1/10", ".1", "1e-1", 0.1, np.float32(0.1), Decimal("0.1"), Fraction(1, 10)])
def test_a_tolerance_is_the_decimal_it_is_written_as(value):
    assert check_eps(value) == Fraction(1, 10)


@pytest.mark.parametrize(
    "value",
    ["0", "-0.1", "1.0001", "nan", "inf", "", "a", "1/0", "1e", None, True, float("nan"), 2, "1e99999999999", 1j],
)
def test_what_is_not_a_tolerance_in_0_1_is_refused_on_one_line(value):
    with pytest.raises(InputError) as caught:
        check_eps(value)
    assert "(0, 1]" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "expected"), [("1e30", 10**30), ("17", 17), (17.0, 17), (np.int8(17), 17), ("34/2", 17)]
)
def test_integers_are_read_exactly(value, expected):
    assert check_integer(value, "m") == expected


@pytest.mark.parametrize("value", [0, -3, 1.5, "1.5", "x", None, True, float("inf"), [3], "1e99999999999", "9" * 5000])
def test_what_is_not_a_positive_integer_is_refused_on_one_line(value):
    with pytest.raises(InputError, match="m must be an integer >= 1") as caught:
        check_integer(value, "m")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 150


def test_sparsity_is_at_most_the_number_of_features():
    assert check_sparsity("5", 5) == 5
    with pytest.raises(InputError, match="k = 6"):
        check_sparsity(6, 5)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((2, 3), complex), "complex"),
        (np.zeros((2, 3), object), "object"),
        (np.zeros((2, 3), "U3"), "<U3"),
        (np.zeros((2, 3), "datetime64[s]"), "datetime64"),
        (np.zeros((2, 3), np.longdouble), "64 bits"),
        (np.zeros(3), r"shape \(3,\)"),
        (np.zeros((2, 3, 1)), r"shape \(2, 3, 1\)"),
        (np.zeros((0, 3)), "empty"),
        (np.array([[1.0, np.nan]]), r"A\[0, 1\] is nan"),
        (np.array([[1.0], [-np.inf]]), r"A\[1, 0\] is -inf"),
    ],
)
def test_unusable_matrices_are_refused_with_what_came(array, message):
    with pytest.raises(InputError, match=message):
        check_matrix(array)


def test_a_transposed_probe_matrix_is_named_as_such():
    with pytest.raises(InputError, match="transposed"):
        check_pair(np.ones((2, 3)), np.ones((3, 2)))


@given(fractions)
def test_directed_rounding_encloses_within_one_float(x):
    below, above = _numbers.float_below(x), _numbers.float_above(x)
    assert Fraction(below) <= x <= Fraction(above)
    assert above == below or (above == math.nextafter(below, math.inf) and Fraction(below) != x)


@given(fractions)
def test_square_roots_are_enclosed_tightly(x):
    below, above = _numbers.sqrt_below(x), _numbers.sqrt_above(x)
    assert Fraction(below) ** 2 <= x <= Fraction(above) ** 2
    assert above <= math.nextafter(math.nextafter(below, math.inf), math.inf)


@given(st.integers(0, 10**40), st.integers(1, 60))
def test_integer_roots_are_the_floor_and_the_ceiling(n, degree):
    low, high = _numbers.floor_root(n, degree), _numbers.ceil_root(n, degree)
    assert low**degree <= n < (low + 1) ** degree
    assert high**degree >= n
    assert high == 0 or (high - 1) ** degree < n


def test_primes_and_prime_powers_up_to_a_thousand():
    powers = {p**e for p in sympy.primerange(1000) for e in range(1, 11) if p**e <= 1100}
    for n in range(1001):
        assert _numbers.is_prime(n) == sympy.isprime(n)
        assert (_numbers.prime_power(n) is not None) == (n in powers)
        assert _numbers.next_prime(n) == sympy.nextprime(n - 1)
        assert _numbers.next_prime_power(n) == min(q for q in powers | {1009} if q >= n)


@given(st.integers(2, 10**18))
def test_a_prime_power_is_reported_with_its_base(n):
    found = _numbers.prime_power(n)
    factors = sympy.factorint(n)
    assert (found is not None) == (len(factors) == 1)
    assert found is None or found == next(iter(factors.items()))


def test_an_enclosure_cannot_cross():
    with pytest.raises(ArithmeticError):
        Enclosure(Fraction(1, 2), Fraction(1, 3))
    with pytest.raises(ArithmeticError):
        Enclosure(float("nan"), 1.0)


@given(fractions, fractions)
def test_a_printed_enclosure_still_encloses(x, y):
    low, high = min(x, y), max(x, y)
    shown = Enclosure(low, high)
    numbers = shown.to_dict()
    assert Fraction(numbers["lower"]) <= low
    assert Fraction(numbers["upper"]) >= high
    if low != high:
        left, right = str(shown).strip("[]").split(", ")
        assert Fraction(left) <= low
        assert Fraction(right) >= high
    else:
        assert numbers.get("exact", str(low)) == str(low)
        assert len(str(low)) > 80 or "exact" in numbers
