"""Larger members of every family, built and verified against their theorem: minutes, run by `make test-slow`."""

from fractions import Fraction

import pytest

from lincs import frames

WHOLE = [
    frames.kerdock(256),
    frames.delsarte_goethals(64, 1),
    frames.gold(7),
    frames.weil(97, 2),
    frames.paley(1009),
    frames.paley(729),
    frames.steiner("pairs", 128),
    frames.steiner("triples", 127),
    frames.steiner("affine", 5, 3),
    frames.reed_solomon(25, 3, 26),
    frames.reed_solomon(11, 4, 12),
    frames.devore(27, 3),
    frames.simplex(3000),
]
PARTS = [
    (frames.kerdock(1024), 16384),
    (frames.delsarte_goethals(1024, 2), 16384),
    (frames.gold(11, 2), 16384),
    (frames.gold(10, 1, 17), 16384),
    (frames.weil(251, 4), 16384),
    (frames.reed_solomon(64, 5, 41), 16384),
    (frames.devore(49, 4), 16384),
]


def name(case):
    frame = case[0] if isinstance(case, tuple) else case
    return frame.family + str(tuple(frame.params.values()))


def check(frame, found):
    stated = frame.error
    slack = Fraction(0) if frame.is_integer else Fraction(1, 10**12)  # rounded columns of irrational entries
    for k, error in enumerate(found.profile, start=1):
        assert error.lower <= k * (Fraction(stated.upper) + slack)


@pytest.mark.slow
@pytest.mark.parametrize("frame", WHOLE, ids=name)
def test_whole_frames_attain_their_coherence(frame):
    found = frame.worst_case_error(8)
    check(frame, found)
    if frame.coherence_is_exact:
        assert found.profile[0].upper >= Fraction(frame.error.lower) - (0 if frame.is_integer else Fraction(1, 10**12))


@pytest.mark.slow
@pytest.mark.parametrize("case", PARTS, ids=name)
def test_parts_of_large_frames_keep_below_it(case):
    frame, m = case
    check(frame, frame.worst_case_error(8, m))
