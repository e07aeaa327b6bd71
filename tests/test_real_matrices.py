"""Real matrices: the best known packings of complex lines, and a dictionary learned from images."""

import csv
import itertools
from fractions import Fraction

import numpy as np
import pytest

from lincs import (
    best_eps,
    coherence,
    dimension_bounds,
    feature_errors,
    load_matrix,
    real_form,
    scaled_probes,
    welch_bound,
    worst_case_error,
)

# Three packings attain less than their authors publish; these are the figures of the sample's own description.
ATTAINED = {"4x29_hlc.txt": 0.577339089, "6x42_hlc.txt": 0.437313030, "6x45_hlc.txt": 0.451324612}


@pytest.fixture(scope="module")
def packings(sloane_packings):
    with open(sloane_packings / "table.csv", newline="") as file:
        return [(row, load_matrix(sloane_packings / row["file"])) for row in csv.DictReader(file)]


def test_every_packing_verifies_to_its_coherence(packings):
    assert len(packings) == 28
    for row, X in packings:
        found = coherence(X)
        assert found.upper - found.lower < 1e-12
        if row["file"] in ATTAINED:
            assert found.lower > float(row["coherence"]) + 1e-7
            assert float(found.lower) == pytest.approx(ATTAINED[row["file"]], abs=1e-9)
        else:
            assert found.lower <= float(row["coherence"]) + 1e-7
            assert found.upper >= float(row["coherence"]) - 1e-7
        assert found.upper >= welch_bound(X.shape[1], X.shape[0]).lower - 1e-12
        assert float(row["lower_bound"]) <= found.upper + 1e-8


def test_the_real_form_of_every_packing_has_an_exact_profile(packings):
    for _, X in packings:
        A = real_form(X)
        k = min(8, A.shape[1])
        found = worst_case_error(A, k=k)
        assert all(error.is_exact for error in found.profile)
        # the row sums once more, with numpy, and the witness once more, with Fractions
        E = np.sort(np.abs(A.T @ A - np.eye(A.shape[1])), axis=1)[:, ::-1]
        assert [float(error.lower) for error in found.profile] == pytest.approx(
            np.cumsum(E[:, :k], axis=1).max(axis=0).tolist(), abs=1e-12
        )
        z = dict(zip(found.witness.support, found.witness.signs, strict=True))
        i = found.witness.row
        exact = sum(
            s
            * (
                sum(Fraction(x) * Fraction(y) for x, y in zip(A[:, i].tolist(), A[:, j].tolist(), strict=True))
                - (i == j)
            )
            for j, s in z.items()
        )
        assert abs(exact) == found.error.lower
        # real and imaginary parts of inner products are at most their moduli
        assert found.profile[0].lower <= coherence(X).upper + 1e-12


def test_packings_obey_the_bounds_on_their_own_error(packings):
    for _, X in packings[:6]:
        A = real_form(X)
        d, m = A.shape
        error = worst_case_error(A, scaled_probes(A, 1), k=1).error
        assert best_eps(m, d, 1).lower <= error.upper
        if error.upper < 1:
            delta = Fraction(error.upper) + Fraction(1, 10**12)
            assert dimension_bounds(m, 1, delta).lower.d <= d


def test_the_digits_dictionary_is_verified_exactly(digits):
    assert digits.shape == (64, 256)
    found = worst_case_error(digits, k=5)
    assert all(error.is_exact for error in found.profile)
    E = np.sort(np.abs(digits.T @ digits - np.eye(256)), axis=1)[:, ::-1]
    assert float(found.error.lower) == pytest.approx(E[:, :5].sum(axis=1).max(), rel=1e-12)
    z = found.witness.to_vector(256)
    assert abs((digits.T @ (digits @ z) - z)[found.witness.row]) == pytest.approx(float(found.error.lower), rel=1e-12)
    assert found.error.lower >= best_eps(256, 64, 5).lower


def test_features_of_the_digits_that_interfere_most(digits):
    errors = feature_errors(digits, k=2)
    E = np.abs(digits.T @ digits - np.eye(256))
    sums = np.sort(E, axis=1)[:, -2:].sum(axis=1)
    assert (errors.lower <= sums + 1e-12).all()
    assert (errors.upper >= sums - 1e-12).all()
    worst = errors.worst(3)
    assert sums[worst].tolist() == pytest.approx(sorted(sums, reverse=True)[:3], abs=1e-12)
    i = worst[0]
    assert max(itertools.combinations(range(256), 2), key=lambda pair: E[i, list(pair)].sum()) == tuple(
        sorted(errors.interferers[i].tolist())
    )
