"""Frames that say that all their columns are alike: one feature stands for all."""

import itertools
from fractions import Fraction

import flint
import numpy as np
import pytest

from lincs import InputError, best_probes, feature_errors, frames, kernel_ratio, worst_case_error

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
    frames.trace_code(3, 3),
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


ONE_ROW = [
    *TRANSITIVE[4:],
    frames.paley(25),
    frames.weil(11, 3),
    frames.weil(13, 3),
    frames.weil(17, 3),
    frames.devore(5, 3),
]


@pytest.mark.parametrize("frame", ONE_ROW, ids=name)
def test_one_row_tells_the_profile_of_the_whole_frame(frame):
    k = min(40, frame.m)
    A, B = frame.matrix(), frame.probes(np.arange(frame.m))
    is_exact = frame.is_integer and isinstance(frame.scale, Fraction)
    if is_exact:
        whole = worst_case_error(A, B, k=k, scale=frame.scale)
    else:
        whole = worst_case_error(A, float(frame.scale) * B, k=k)
    found = frame.worst_case_error(k)
    assert (found.d, found.m, found.k) == (frame.d, frame.m, k)
    for one, all_rows in zip(found.profile, whole.profile, strict=True):
        if is_exact:
            assert one == all_rows
        else:  # the columns of the whole are rounded
            assert abs(float(one.lower) - float(all_rows.upper)) < 1e-11
            assert float(one.upper - one.lower) < 1e-10


#: Members of more than 10^9 columns; the two that transform signs take longer and have a test of their own.
HUGE = [
    frames.weil(22369, 2),
    frames.weil(797, 3),
    frames.weil(151, 4),
    frames.paley(10**9 + 9),
    frames.devore(101, 5),
    frames.reed_solomon(37, 8, 36),
    frames.reed_solomon(12**2 + 5, 5, 2 * 149 // 4),
]


def check_witness(frame, k):
    found = frame.worst_case_error(k)
    assert found.m == frame.m >= 10**9
    z, support = np.array(found.witness.signs), list(found.witness.support)
    assert len(set(support)) == k
    seen = float(frame.scale) * frame.probes([0])[:, 0].astype(float) @ (frame.columns(support).astype(float) @ z)
    error = seen - (z[support.index(0)] if 0 in support else 0)
    assert float(found.error.lower) - 1e-9 <= abs(error) <= float(found.error.upper) + 1e-9
    assert found.profile[0].lower <= frame.error.upper * (1 + 1e-12)
    return found


@pytest.mark.parametrize("frame", [frame for frame in HUGE if frame.d < 10**6], ids=name)
def test_the_row_of_a_huge_frame_has_a_witness(frame):
    check_witness(frame, 50)


def test_an_equiangular_row_has_no_entry_to_choose():
    frame = frames.paley(10**9 + 9)  # columns have 5 * 10^8 entries: the row alone is looked at
    found = frame.worst_case_error(1000)
    assert found.error.lower <= 1000 * frame.error.upper
    assert found.error.upper >= 1000 * frame.error.lower


@pytest.mark.slow
@pytest.mark.parametrize("frame", [frames.gold(15), frames.gold(10, 2), frames.kerdock(4**8)], ids=name)
def test_the_row_of_a_huge_frame_of_signs_has_a_witness(frame):
    found = check_witness(frame, 50)
    assert found.profile[0].upper == frame.error.upper or not frame.error.is_exact


@pytest.mark.parametrize("frame", [frames.kerdock(16), frames.weil(11, 2), frames.devore(4, 3)], ids=name)
def test_a_part_of_a_frame_is_bounded_by_the_whole(frame):
    whole = frame.worst_case_error(9)
    for m in (frame.m - 1, frame.m // 2, 9):
        part = frame.worst_case_error(9, m)
        for one, bound in zip(part.profile, whole.profile, strict=True):
            assert one.lower <= bound.upper + 1e-11


def test_a_row_of_too_many_columns_is_refused():
    with pytest.raises(ValueError, match="a row of the whole frame takes"):
        frames.gold(40, 5).worst_case_error(3)
    with pytest.raises(ValueError, match="a row of the whole frame takes"):
        frames.weil(10007, 4).worst_case_error(3)


@pytest.mark.parametrize(("p", "t"), [(7, 2), (101, 2), (11, 3), (13, 3)])
def test_the_row_of_a_weil_frame_encloses_the_exact_one(p, t):
    frame, k = frames.weil(p, t), 12
    flint.ctx.prec = 200
    scale = flint.arb(flint.fmpq(*Fraction(frame.scale).as_integer_ratio()))
    wave = [flint.acb(flint.arb(flint.fmpq(2 * x, p))).exp_pi_i() for x in range(p)]
    entries = [abs(1 - scale)]
    for c in itertools.product(range(p), repeat=t):
        if any(c[1:]):  # linear sums vanish
            values = [sum(a * pow(x, i, p) for i, a in enumerate(c, 1)) % p for x in range(p)]
            sums = sum((wave[value] for value in values), flint.acb(0)) / p
            entries += [abs(scale * sums.real), abs(scale * sums.imag)]
    entries.sort(key=float, reverse=True)
    found = frame.worst_case_error(k)
    for n, enclosure in enumerate(found.profile, start=1):
        exact = sum(entries[:n], flint.arb(0))
        low, high = (
            flint.arb(flint.fmpq(*Fraction(end).as_integer_ratio())) for end in (enclosure.lower, enclosure.upper)
        )
        assert low <= exact
        assert exact <= high


def test_beyond_the_columns_that_are_known_a_row_is_refused():
    assert frames.devore(101, 5).worst_case_error(501).k == 501
    with pytest.raises(InputError, match=r"up to k = 501, got k = 502"):
        frames.devore(101, 5).worst_case_error(502)
    assert frames.devore(4099, 4096).worst_case_error(3).k == 3  # of its 10^14798 columns few are looked at
    with pytest.raises(InputError, match="GiB"):
        frames.paley(5**12).worst_case_error(3)
    with pytest.raises(InputError, match="GiB"):
        frames.weil(22369, 2).worst_case_error(10**9)


@pytest.mark.parametrize("frame", TRANSITIVE + OTHERS, ids=name)
def test_bounds_of_the_whole_hold_for_every_part(frame):
    """Against the verified errors of the first columns and of random ones; the whole frame attains its row's."""
    k = min(4, frame.m)
    bounds = frame.error_bounds(k)
    rng = np.random.default_rng()
    parts = [np.arange(m) for m in {k, (k + frame.m) // 2, frame.m}]
    parts += [rng.permutation(frame.m)[: max(k, frame.m // 3)]]
    for part in parts:
        A, B = frame.columns(part), frame.probes(part)
        exact = frame.is_integer and isinstance(frame.scale, Fraction)
        scale = frame.scale if exact else 1
        found = worst_case_error(A, B if exact else float(frame.scale) * B, k=k, scale=scale)
        for bound, error in zip(bounds, found.profile, strict=True):
            assert error.lower <= bound + (0 if exact else 1e-12)
    if frame._row is not None:
        whole = frame.worst_case_error(k)
        assert bounds == tuple(
            min(n * frame.error.upper, error.upper) for n, error in enumerate(whole.profile, start=1)
        )


def test_a_part_that_is_too_large_is_bounded_by_the_whole(capsys):
    """10^9 of 10^9 columns and more, in one row's time: the command says a bound where it cannot verify."""
    from lincs import cli

    assert cli.main(["construct", "devore", "--param", "q=101", "--param", "t=5", "-m", "1e9", "--verify", "20"]) == 0
    whole = frames.devore(101, 5).worst_case_error(20)
    assert f"computed for the whole frame: W_20 <= {whole.error.upper}, and so for this part" in capsys.readouterr().out
    assert not frames.devore(101, 5).can_be_made(10**9)
    assert frames.devore(101, 5).can_be_made(1000)
