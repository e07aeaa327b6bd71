"""Linearity of maps and of weights: laws, slow oracles, and the example of three directions in the plane."""

import itertools
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from lincs import InputError, best_probes, frames, worst_case_error
from lincs.linearity import decomposition_error, dual_frame, linearity_defects

rng = np.random.default_rng(0)
X, Y = rng.standard_normal((2, 50, 4))
W = rng.standard_normal((4, 3))


def test_linear_maps_pass():
    found = linearity_defects(lambda x: x @ W, X, Y, scales=(2, -1, 0.3))
    assert max(found.relative.values()) < 1e-14
    assert_allclose(found.spread, np.linalg.norm((X - Y) @ W, axis=1))


def test_affine_maps_fail_by_their_offset_alone():
    found = linearity_defects(lambda x: x @ W + [3, 0, 4], X, Y)
    assert_allclose(found.additivity, 5)
    assert_allclose(found.homogeneity, [[5] * 50, [10] * 50])
    assert found.relative["affinity"] < 1e-14


def test_each_defect_by_its_definition():
    def f(x):
        return np.abs(x) ** 1.5 + 1

    found = linearity_defects(f, X, Y, scales=(3,))
    assert_allclose(found.homogeneity[0], np.linalg.norm(f(3 * X) - 3 * f(X), axis=1))
    assert_allclose(found.additivity, np.linalg.norm(f(X + Y) - f(X) - f(Y), axis=1))
    assert_allclose(found.affinity, np.linalg.norm(f(X + Y) - f(X) - f(Y) + 1, axis=1))
    spread = np.sqrt((found.spread**2).mean())
    assert_allclose(found.relative["additivity"], np.sqrt((found.additivity**2).mean()) / spread)
    assert json.loads(json.dumps(found.to_dict()))["n"] == 50


def test_relu_is_homogeneous_for_positive_factors_only():
    found = linearity_defects(lambda x: np.maximum(x, 0), X, Y, scales=(2, -1))
    assert not found.homogeneity[0].any()
    assert_allclose(found.homogeneity[1], np.linalg.norm(X, axis=1))  # |relu(-x) + relu(x)| = |x|


def test_inputs_may_have_any_shape_and_outputs_too():
    found = linearity_defects(lambda x: 2 * x, X.reshape(50, 2, 2), Y.reshape(50, 2, 2))
    assert max(found.relative.values()) < 1e-14
    assert np.isnan(linearity_defects(lambda x: np.ones(len(x)), X, Y).relative["additivity"])


@pytest.mark.parametrize(
    ("f", "other", "message"),
    [
        (lambda x: x, X[:3], "both must be the same"),
        (lambda x: x.sum(), Y, "n finite outputs"),
        (lambda x: x[:-1], Y, "n finite outputs"),
        (lambda x: x / 0 if x.any() else x + np.nan, Y, "n finite outputs"),
    ],
)
def test_bad_maps_are_refused(f, other, message):
    with np.errstate(all="ignore"), pytest.raises(InputError, match=message):
        linearity_defects(f, X, other)


def test_three_directions_of_the_plane():
    """M = 5 I along three unit vectors at 120 degrees adds up to 7.5 I; the dual frame mends it, and reads best."""
    angles = np.pi / 2 + 2 * np.pi / 3 * np.arange(3)
    A = np.array([np.cos(angles), np.sin(angles)])
    M = 5 * np.eye(2)
    assert_allclose(sum(M @ np.outer(a, a) for a in A.T), 7.5 * np.eye(2), atol=1e-12)
    B = dual_frame(A)
    assert_allclose(B, A * 2 / 3, atol=1e-12)
    assert_allclose(sum(M @ np.outer(a, b) for a, b in zip(A.T, B.T, strict=True)), M, atol=1e-12)
    assert_allclose(float(decomposition_error(A).upper), 0.5)
    assert_allclose(B.T @ A, np.eye(3) - 1 / 3, atol=1e-12)
    gamma = best_probes(A, gap=1e-6).gamma
    assert gamma.lower <= 1 / 3 + 1e-9
    assert gamma.upper >= 1 / 3 - 1e-9
    assert_allclose(float(worst_case_error(A, B, k=1).error.upper), 1 / 3)


def integer_matrices(d, m):
    return st.lists(st.integers(-3, 3), min_size=d * m, max_size=d * m).map(lambda x: np.array(x).reshape(d, m))


@given(integer_matrices(3, 4), integer_matrices(3, 4))
def test_decomposition_error_is_the_worst_vector(A, B):
    worst = max(
        abs(sum(int(b @ v) * a for a, b in zip(A.T, B.T, strict=True)) - v).max()
        for v in map(np.array, itertools.product((-1, 1), repeat=3))
    )
    found = decomposition_error(A, B)
    assert found.is_exact
    assert found.lower == worst


@given(integer_matrices(2, 4))
def test_dual_frames(A):
    if np.linalg.matrix_rank(A) < 2:
        with pytest.raises(InputError, match="rank"):
            dual_frame(A)
        return
    B = dual_frame(A)
    assert decomposition_error(A, B).upper < 1e-12
    P = B.T @ A
    assert_allclose(P @ P, P, atol=1e-10)
    assert_allclose(P, P.T, atol=1e-10)
    assert_allclose(np.trace(P), 2)
    assert worst_case_error(A, B, k=1).error.upper >= 1 - 2 / 4 - 1e-12
    # others differ from it by what A does not see, and are longer
    _, _, Vt = np.linalg.svd(A)
    other = B + np.outer([1.0, -2.0], Vt[-1])
    assert decomposition_error(A, other).upper < 1e-11
    assert np.linalg.norm(other) > np.linalg.norm(B)


@pytest.mark.parametrize(
    "frame", [frames.paley(5), frames.paley(13), frames.steiner("pairs", 4)], ids=lambda frame: frame.family
)
def test_equiangular_tight_frames_are_faithful_up_to_a_factor(frame):
    A = frame.matrix().astype(float)
    A /= np.linalg.norm(A, axis=0)
    d, m = A.shape
    assert_allclose(dual_frame(A), A * d / m, atol=1e-12)
    assert_allclose(float(worst_case_error(A, dual_frame(A), k=1).error.upper), 1 - d / m)
