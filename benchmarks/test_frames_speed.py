"""Columns on demand, and whole frames from one row against the dense verifier."""

from fractions import Fraction

import numpy as np
import pytest

from lincs import frames
from lincs.accessibility import worst_case_error

K = 64


@pytest.mark.parametrize("family", ["kerdock", "gold", "weil", "reed_solomon"])
def test_columns_on_demand(measure, family):
    frame = frames.FAMILIES[family].best_for(10**6, Fraction(1, 64))
    indices = np.random.default_rng(0).integers(0, 10**6, 2000)
    found = measure(lambda: frame.columns(indices), "columns", f"lincs.frames.{family}, d = {frame.d}", rounds=5)
    assert found.shape == (frame.d, 2000)


def test_random_signs(measure):
    rng = np.random.default_rng(0)
    measure(lambda: rng.integers(0, 2, (4096, 2000), np.int8) * 2 - 1, "columns", "random signs of numpy, d = 4096")


SMALL = {"weil": frames.weil(61, 2), "kerdock": frames.kerdock(64)}
LARGE = {"weil": frames.weil(31607, 2), "kerdock": frames.kerdock(2**14)}


def task(how, frame):
    return f"lincs, {how}, m = {frame.m:,}, d = {frame.d}"


@pytest.mark.blas
@pytest.mark.parametrize("family", SMALL)
def test_all_rows(measure, family):
    frame = SMALL[family]
    A = frame.matrix()
    scale = frame.scale if frame.is_integer else 1
    B = A if frame.is_integer else float(frame.scale) * A
    measure(lambda: worst_case_error(A, B, k=K, scale=scale), f"whole-{family}", task("all rows", frame))


@pytest.mark.parametrize("family", SMALL)
def test_one_row(measure, family):
    frame = SMALL[family]
    found = measure(lambda: frame.worst_case_error(K), f"whole-{family}", task("one row", frame), rounds=5)
    assert found.profile[0].lower <= frame.error.upper


@pytest.mark.cold
@pytest.mark.parametrize("family", LARGE)
def test_one_row_of_many(measure, family):
    frame = LARGE[family]
    measure(lambda: frame.worst_case_error(K), f"whole-{family}", task("one row", frame), rounds=1)
