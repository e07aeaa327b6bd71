"""The harness of the machine-checked steps, and the few ways in which a step may prove something.

A step is a function without arguments that returns nothing and raises where it fails::

    @step("chebyshev", 3, "T_p grows at least like half a power")
    def growth(): ...

Step 3 of `proofs/chebyshev.md` then carries the mark "machine-checked (sympy: proofs/lower_bounds.py, step 3)". The
tests hold marks and steps against each other, both ways. What counts as a proof: an identity of polynomials or rational
functions, a trigonometric identity that sympy simplifies to zero, the sign of a polynomial on an interval by exact root
counts (Sturm), a polynomial without negative coefficients, and a finite claim checked in full. A sample is not a proof.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy


class Unproved(Exception):
    """A step that does not go through."""


@dataclass(frozen=True)
class Step:
    """One machine-checked step: the proof it belongs to, its number there, what it says, and the check itself."""

    slug: str
    number: int
    title: str
    check: Callable[[], None]

    def __call__(self) -> None:
        self.check()


def step(slug: str, number: int, title: str) -> Callable[[Callable[[], None]], Step]:
    """Make a function the step ``number`` of ``proofs/<slug>.md``."""
    return lambda check: Step(slug, number, title, check)


def steps_of(module: Any) -> list[Step]:
    """The steps that a module defines, in their order there."""
    names = vars(module) if not isinstance(module, dict) else module
    return [thing for thing in names.values() if isinstance(thing, Step)]


def show(module: Any) -> None:
    """Run the steps of a module and print them; what `python -m proofs.<module>` does."""
    for each in steps_of(module):
        each()
        print(f"{each.slug} {each.number}: {each.title}")


def require(condition: Any, what: str) -> None:
    """Raise `Unproved` unless the condition is True itself (an undecided sympy relation is not)."""
    if condition is not True and condition is not sympy.true:
        raise Unproved(f"not proved: {what} (got {condition})")


def prove_zero(expression: Any) -> None:
    """An identity: the expression is zero for all values of its symbols."""
    expression = sympy.sympify(expression)
    numerator = sympy.expand(sympy.numer(sympy.together(expression)))
    if numerator != 0 and sympy.simplify(expression) != 0:
        raise Unproved(f"not identically zero: {expression}")


def prove_equal(left: Any, right: Any) -> None:
    """An identity between two expressions."""
    prove_zero(sympy.sympify(left) - sympy.sympify(right))


def prove_positive(expression: Any, x: Any, low: Any, high: Any) -> None:
    """A polynomial with rational coefficients is positive on [low, high], by a Sturm count; ends may be infinite."""
    polynomial = _polynomial(expression, x)
    if polynomial.count_roots(*_ends(low, high)) != 0:
        raise Unproved(f"{polynomial.as_expr()} has a root in [{low}, {high}]")
    require(polynomial.eval(_inside(low, high)) > 0, f"{polynomial.as_expr()} > 0 inside [{low}, {high}]")


def prove_nonnegative(expression: Any, x: Any, low: Any, high: Any) -> None:
    """A polynomial with rational coefficients is nowhere negative on [low, high]: no root of odd order inside."""
    polynomial = _polynomial(expression, x)
    if polynomial.is_zero:
        return
    for factor, order in polynomial.factor_list()[1]:
        inside = factor.count_roots(*_ends(low, high))
        inside -= sum(1 for end in (low, high) if sympy.sympify(end).is_finite and factor.eval(end) == 0)
        if order % 2 and inside:
            raise Unproved(f"{polynomial.as_expr()} changes its sign in ({low}, {high})")
    point = next(x for x in _points(low, high) if polynomial.eval(x) != 0)
    require(polynomial.eval(point) > 0, f"{polynomial.as_expr()} > 0 inside [{low}, {high}]")


def prove_nonnegative_coefficients(expression: Any, *symbols: Any) -> None:
    """A polynomial without negative coefficients: nowhere negative where no symbol is.

    With ``x = low + t`` in place of a symbol it settles ``x >= low``.
    """
    polynomial = sympy.Poly(sympy.expand(expression), *symbols)
    for coefficient in polynomial.coeffs():
        require(coefficient >= 0, f"the coefficients of {polynomial.as_expr()} are not negative")


def _polynomial(expression: Any, x: Any) -> sympy.Poly:
    polynomial = sympy.Poly(sympy.expand(expression), x)
    if not polynomial.domain.is_QQ and not polynomial.domain.is_ZZ:
        raise Unproved(f"the coefficients of {expression} are not rational")
    return polynomial


def _ends(low: Any, high: Any) -> tuple[Any, Any]:
    return tuple(end if sympy.sympify(end).is_finite else None for end in (low, high))  # type: ignore[return-value]


def _inside(low: Any, high: Any) -> Any:
    return next(iter(_points(low, high)))


def _points(low: Any, high: Any) -> Any:
    """Rational points inside an interval, without end and all different."""
    low, high = _ends(low, high)
    n = 1
    while True:
        n += 1
        if low is None and high is None:
            yield sympy.Integer(n)
        elif high is None:
            yield sympy.sympify(low) + n
        elif low is None:
            yield sympy.sympify(high) - n
        else:
            yield sympy.sympify(low) + (sympy.sympify(high) - sympy.sympify(low)) / n
