"""The exact engine: the simplex method in rationals, for small matrices, from a vertex that floats have found."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lincs._numbers import Fraction
from lincs._rounding import dyadic_integers
from lincs._solvers import SolverError
from lincs.probes._reference import Reference


def exact_rows(
    A: np.ndarray, rows: np.ndarray, report: Callable[[int], None]
) -> tuple[list[Fraction], np.ndarray, np.ndarray]:
    """gamma_i, probes (d, n) and kernel vectors (n, m) of the rows, all of Fractions.

    In the variables z = x+ - x-, ``sum (x+ + x-) = 1``, a basis is a set of r + 1 signed columns over a row of ones.
    Any r + 1 columns of rank r have one kernel vector, whose signs make them a feasible basis: no first phase is
    needed.
    """
    d, m = A.shape
    powers, integers = zip(*(dyadic_integers(row) for row in A), strict=True)
    independent = _pivots(list(integers))
    r = len(independent)
    columns = [[integers[line][j] for line in independent] for j in range(m)]
    values: list[Fraction] = []
    B = np.full((d, len(rows)), Fraction(0), dtype=object)
    Z = np.full((len(rows), m), Fraction(0), dtype=object)
    if 0 < r < m:
        scales = [max(abs(column[line]) for column in columns) for line in range(r)]
        floats = [[float(Fraction(column[line], scales[line])) for column in columns] for line in range(r)]
        reference = Reference(np.array(floats), np.ones(m), None)
    for n, i in enumerate(map(int, rows)):
        if r == m:
            value, b, z = Fraction(0), _solve(columns, [int(j == i) for j in range(m)]), {}
        elif r == 0:
            value, b, z = Fraction(1), [], {i: Fraction(1)}
        else:
            try:
                hint = reference.solve(i)
            except SolverError:  # any basis will do, it only takes longer
                hint = np.zeros(m), np.ones(m)
            value, b, z = _simplex(columns, i, _first_basis(columns, *hint, i))
        values.append(value)
        for line, weight in zip(independent, b, strict=True):
            B[line, n] = weight * powers[line]
        for j, weight in z.items():
            Z[n, j] = weight
        report(1)
    return values, B, Z


def _simplex(
    columns: list[list[int]], i: int, basis: list[int]
) -> tuple[Fraction, list[Fraction], dict[int, Fraction]]:
    """``max z_i, A z = 0, ||z||_1 <= 1`` with its dual solution b, starting from r + 1 columns of rank r."""
    from flint import fmpz_mat

    m, r = len(columns), len(columns[0])
    table = fmpz_mat(columns)
    signs = _kernel_signs([columns[j] for j in basis])
    last, stalled = Fraction(-1), 0
    while True:
        lines = [[*(s * x for x in columns[j]), 1] for j, s in zip(basis, signs, strict=True)]
        *b, t = _solve(lines, [s * (j == i) for j, s in zip(basis, signs, strict=True)])
        weights = _solve(list(zip(*lines, strict=True)), [0] * r + [1])
        common = _common_denominator(b)
        products = table * fmpz_mat([[int(x * common)] for x in b])
        residuals = [Fraction(int(j == i)) - Fraction(int(products[j, 0]), common) for j in range(m)]
        entering = [j for j in range(m) if abs(residuals[j]) > t]
        if not entering:
            z: dict[int, Fraction] = {}
            for j, s, weight in zip(basis, signs, weights, strict=True):
                z[j] = z.get(j, Fraction(0)) + s * weight
            return t, b, z
        stalled = 0 if t > last else stalled + 1
        last = t
        # the largest violation is fast; the lowest index (Bland) cannot cycle
        j = max(entering, key=lambda j: abs(residuals[j])) if stalled < 20 else entering[0]
        sign = 1 if residuals[j] > 0 else -1
        direction = _solve(list(zip(*lines, strict=True)), [*(sign * x for x in columns[j]), 1])
        _, _, leaving = min(
            (weight / step, (basis[p], signs[p]), p)
            for p, (weight, step) in enumerate(zip(weights, direction, strict=True))
            if step > 0
        )
        basis[leaving], signs[leaving] = j, sign


def _first_basis(columns: list[list[int]], u: np.ndarray, w: np.ndarray, i: int) -> list[int]:
    """r + 1 columns of rank r: those that carry w first, then those where the residual of u is largest."""
    residual = np.abs(u - np.eye(1, len(u), i)[0])
    weight = np.abs(w) / max(np.abs(w).max(), 1e-300)
    order = np.argsort(-np.where(weight > 1e-7, 2 + weight, residual / max(residual.max(), 1e-300)), kind="stable")
    chosen = [int(order[p]) for p in _pivots([columns[j] for j in order])]
    return [*chosen, next(int(j) for j in order if int(j) not in chosen)]


def _kernel_signs(columns: list[list[int]]) -> list[int]:
    """Signs of the kernel vector of r + 1 columns of which the first r are independent; 1 where it is 0."""
    *first, last = columns
    kernel = [*_solve(list(zip(*first, strict=True)), [-x for x in last]), Fraction(1)]
    return [-1 if x < 0 else 1 for x in kernel]


def _pivots(lines: list[Any]) -> list[int]:
    """The first lines of a matrix of integers that are independent and span the others."""
    from flint import fmpz_mat

    reduced, _, rank = fmpz_mat([list(column) for column in zip(*lines, strict=True)]).rref()
    width = reduced.ncols()
    pivots: list[int] = []
    for p in range(rank):
        start = pivots[-1] + 1 if pivots else 0
        pivots.append(next(j for j in range(start, width) if reduced[p, j] != 0))
    return pivots


def _solve(lines: list[Any], right: list[int]) -> list[Fraction]:
    """The solution of a square system of integers, exactly."""
    from flint import fmpz_mat

    x = fmpz_mat([list(line) for line in lines]).solve(fmpz_mat([[value] for value in right]))
    return [Fraction(int(x[p, 0].p), int(x[p, 0].q)) for p in range(len(right))]


def _common_denominator(values: list[Fraction]) -> int:
    return math.lcm(1, *(value.denominator for value in values))
