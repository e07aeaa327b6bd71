"""Frames that say that all their columns are alike: one feature stands for all."""

import numpy as np
import pytest

from lincs import best_probes, feature_errors, frames, kernel_ratio

TRANSITIVE = [
    frames.constant(4),
    frames.identity(5),
    frames.simplex(6),
    frames.circle(7),
    frames.paley(9),
    frames.paley(13),
    frames.gold(5),
    frames.gold(6, 1, 3),
    frames.kerdock(4),
    frames.kerdock(16),
    frames.kerdock(64),
    frames.weil(5, 2),
    frames.weil(7, 2),
    frames.reed_solomon(4, 2, 5),
    frames.reed_solomon(5, 2, 5),
    frames.reed_solomon(3, 3, 3),
    frames.devore(4, 2),
]
OTHERS = [
    frames.kerdock(16, 1),
    frames.delsarte_goethals(16, 1),
    frames.reed_solomon(5, 2, 5, 9),
    frames.steiner("pairs", 4),
]


def name(frame):
    return frame.family + str(tuple(frame.params.values()))


@pytest.mark.parametrize("frame", TRANSITIVE, ids=name)
def test_all_rows_have_one_profile(frame):
    assert frame.is_transitive
    A, B = frame.matrix(), frame.probes(np.arange(frame.m))
    for k in (1, min(5, frame.m)):
        errors = feature_errors(A, B, k=k)
        assert errors.upper.max() - errors.upper.min() <= 1e-10 * errors.upper.max()


@pytest.mark.parametrize("frame", [frame for frame in TRANSITIVE if frame.m <= 150], ids=name)
def test_all_features_have_one_kernel_ratio(frame):
    probes = best_probes(frame.matrix(), gap=1e-3)
    assert probes.is_reached
    one = frame.kernel_ratio()
    # all enclosures meet
    assert probes.lower.max() <= probes.upper.min() + 1e-12
    assert float(one.gamma.lower) <= probes.upper.min() + 1e-12
    assert float(one.gamma.upper) >= probes.lower.max() - 1e-12
    assert float(one.gamma.lower) <= float(frame.error.upper) + 1e-9


def test_bases_of_a_larger_kerdock_frame_have_one_kernel_ratio():
    frame = frames.kerdock(64)
    A = frame.matrix()
    first, *others = [kernel_ratio(A, gap=1e-4, rows=[i]).gamma for i in (0, 70, 1000, 2047, 2048, 2111)]
    for other in others:
        assert other.lower <= first.upper
        assert first.lower <= other.upper


@pytest.mark.parametrize("frame", OTHERS, ids=name)
def test_where_it_is_not_said_all_features_are_looked_at(frame):
    assert not frame.is_transitive
    found = frame.kernel_ratio(gap=1e-2)
    assert len(found.rows) == frame.m
    expected = kernel_ratio(frame.matrix(), gap=1e-2)
    assert found.gamma.lower <= expected.gamma.upper
    assert expected.gamma.lower <= found.gamma.upper
