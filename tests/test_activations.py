"""Probes on recorded activations: both sides against exact oracles, laws, certificates that refuse mutations."""

import itertools
import json
import sys
import threading
from dataclasses import replace
from fractions import Fraction

import cvxpy as cp
import numpy as np
import pytest
from flint import fmpz_mat
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from lincs import InputError, Undecided, activations, affine_probes, cli, io
from lincs._rounding import accurate_product
from lincs.activations import (
    DualWeights,
    compare_probes,
    least_squares_probes,
    logistic_probes,
    minimax_probes,
    probe_errors,
)
from lincs.activations._minimax import one_thread_each
from lincs.activations._samples import Samples

# ---------------------------------------------------------------------------------------------- slow, obvious oracles


def exact_least_error(X, z, affine=True):
    """The optimum of the dual in Fractions: its vertices are the kernel vectors of least support; all are tried."""
    rows = [[int(x) for x in row] + [1] * affine for row in X]
    best = Fraction(0)
    for size in range(1, min(len(rows), len(rows[0]) + 1) + 1):
        for chosen in itertools.combinations(range(len(rows)), size):
            equations = fmpz_mat([list(column) for column in zip(*(rows[s] for s in chosen), strict=True)])
            kernel, nullity = equations.nullspace()
            if nullity == 1:
                w = [int(kernel[p, 0]) for p in range(size)]
                value = sum(x * int(z[s]) for x, s in zip(w, chosen, strict=True))
                best = max(best, Fraction(abs(value), sum(map(abs, w))))
    return best


def least_error_by_cvxpy(X, z, affine):
    b, c, t = cp.Variable(X.shape[1]), cp.Variable(), cp.Variable()
    sides = [X @ b + c - z <= t, z - X @ b - c <= t]
    return cp.Problem(cp.Minimize(t), sides if affine else [*sides, c == 0]).solve(solver="HIGHS")


def whole(n, m, largest=3):
    return st.lists(st.integers(-largest, largest), min_size=n * m, max_size=n * m).map(
        lambda x: np.array(x).reshape(n, m)
    )


@st.composite
def samples(draw, most=7):
    n, d = draw(st.integers(1, most)), draw(st.integers(1, 3))
    return draw(whole(n, d)), draw(whole(n, 1))


@given(samples(), st.booleans())
def test_both_sides_enclose_the_exact_optimum_and_meet(data, affine):
    X, Z = data
    found = minimax_probes(X, Z, affine=affine)
    exact = exact_least_error(X, Z[:, 0], affine)
    assert found.error.lower <= exact <= found.error.upper
    assert found.error.upper - exact <= 1e-8
    assert exact - Fraction(found.error.lower) <= 1e-8
    assert found.is_reached.all()
    assert found.check(X, Z)


def recorded(n, d, m, seed, kind="real"):
    """Activations of m features, and of others that interfere, in d dimensions, with a little noise."""
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((d, 3 * m)) / np.sqrt(d)
    Z = (rng.random((n, 3 * m)) < 0.15).astype(float)
    if kind == "real":
        Z *= rng.uniform(0.5, 1.5, Z.shape)
    return Z @ A.T + 0.05 * rng.standard_normal((n, d)), Z[:, :m]


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize(("n", "d", "m", "kind"), [(60, 4, 3, "real"), (400, 20, 6, "real"), (300, 12, 5, "binary")])
def test_optimum_is_that_of_a_general_solver(n, d, m, kind, affine):
    X, Z = recorded(n, d, m, n + d, kind)
    found = minimax_probes(X, Z, affine=affine, gap=1e-8)
    reference = [least_error_by_cvxpy(X, z, affine) for z in Z.T]
    assert_allclose(found.upper, reference, rtol=1e-6, atol=1e-9)
    assert_allclose(found.lower, reference, rtol=1e-6, atol=1e-9)
    read = X @ found.B + found.c
    assert_allclose(np.abs(read - Z).max(axis=0), found.upper, rtol=1e-9)
    assert affine or not found.c.any()


def test_over_sparse_binary_features_it_is_the_affine_probe_of_the_theory():
    A = np.array([[1, 0, 0, 1, 0], [0, 1, 0, -1, 1], [0, 0, 1, 0, -1]])
    k, m = 2, 5
    Z = np.array([[j in S for j in range(m)] for size in range(k + 1) for S in itertools.combinations(range(m), size)])
    found, theory = minimax_probes(Z @ A.T, Z), affine_probes(A, k)
    assert (found.lower <= theory.upper + 1e-9).all()
    assert (theory.lower <= found.upper + 1e-9).all()


# ------------------------------------------------------------------------------------------------------------- laws


@settings(max_examples=15)
@given(whole(9, 2), whole(9, 1), st.sampled_from([[[1, 2], [0, 1]], [[0, 1], [-1, 3]], [[2, 0], [0, -5]]]))
def test_changes_that_lose_nothing_change_nothing(X, Z, change):
    error = minimax_probes(X, Z).error
    others = [
        minimax_probes(X @ np.array(change) + 7, Z),
        minimax_probes(X[::-1], Z[::-1]),
        minimax_probes(X, Z + 3 * X[:, :1] - 2),
        minimax_probes(np.hstack([X, X[:, :1] + 4, np.zeros((9, 1))]), -Z),
    ]
    for other in others:
        assert abs(other.error.upper - error.upper) <= 1e-8
    assert abs(minimax_probes(X, 1000 * Z).error.upper - 1000 * error.upper) <= 1e-5


@settings(max_examples=15)
@given(whole(8, 2), whole(8, 1), st.integers(1, 7))
def test_more_samples_or_no_bias_never_help_and_more_columns_never_hurt(X, Z, n):
    upper = minimax_probes(X, Z).error.upper
    assert minimax_probes(X[:n], Z[:n]).error.lower <= upper
    assert minimax_probes(X, Z, affine=False).error.upper >= upper - 1e-8
    assert minimax_probes(X[:, :1], Z).error.upper >= upper - 1e-8


def test_the_active_samples_alone_are_as_hard_as_all():
    X, Z = recorded(500, 15, 4, 1)
    found = minimax_probes(X, Z)
    for i, dual in enumerate(found.duals):
        active = dual.active
        assert len(active) == 15 + 2
        alone = minimax_probes(X[active], Z[active, i : i + 1])
        assert_allclose(alone.error.lower, found.upper[i], rtol=1e-6)
        fewer = minimax_probes(X[active[1:]], Z[active[1:], i : i + 1])
        assert fewer.error.upper < 1e-6
        signed = dict(zip(dual.samples.tolist(), np.sign(dual.weights), strict=True))
        errors = X[active] @ found.B[:, i] + found.c[i] - Z[active, i]
        assert_allclose(errors, [signed[s] * found.upper[i] for s in active.tolist()], rtol=1e-6)
        assert_allclose(np.abs(dual.weights).sum(), 1)


@given(st.lists(st.tuples(st.integers(-9, 9), st.booleans()), min_size=2, max_size=12))
def test_a_binary_feature_is_read_below_one_half_iff_a_threshold_separates_it(points):
    x, z = np.array([[x] for x, _ in points]), np.array([[z] for _, z in points])
    on, off = x[z], x[~z]
    separable = not len(on) or not len(off) or on.min() > off.max() or on.max() < off.min()
    found = minimax_probes(x, z)
    if separable:
        assert found.holds("1/2")
    else:
        assert found.error.lower == 0.5  # exactly: "not below 1/2" is decided
        assert not found.holds("1/2")
        assert abs(found.error.upper - 0.5) < 1e-9
    assert found.check(x, z)


def test_labels_without_a_pattern_are_proved_to_be_inseparable():
    rng = np.random.default_rng(12)
    X, Z = rng.standard_normal((400, 20)), (rng.random((400, 3)) < 0.3).astype(float)
    found = minimax_probes(X, Z)
    assert_array_equal(found.lower, 0.5)
    assert found.check(X, Z)
    assert not replace(found, lower=found.lower + 1e-15).check(X, Z)
    # seven times the labels: the same in other units
    assert_array_equal(minimax_probes(X, 7 * Z - 3).lower, 3.5)


# ------------------------------------------------------------------------------- the kinds of input that do come


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.int8, np.int64, np.uint16])
def test_every_dtype_is_read_exactly(dtype):
    rng = np.random.default_rng(0)
    X, Z = rng.integers(0, 50, (80, 5)), rng.integers(0, 2, (80, 3))
    expected = minimax_probes(X.astype(float), Z.astype(float))
    found = minimax_probes(X.astype(dtype), Z.astype(dtype))
    assert_array_equal(found.B, expected.B)
    assert_array_equal(found.lower, expected.lower)


def test_mapped_files_and_blocks_of_samples(tmp_path, monkeypatch):
    X, Z = recorded(700, 10, 3, 2)
    X = X.astype(np.float16)
    expected = minimax_probes(X, Z)
    io.save_array(tmp_path / "X.npy", X)
    monkeypatch.setattr("lincs.activations._samples.BLOCK_ENTRIES", 14 * 37)  # 37 samples a block
    found = minimax_probes(io.load_matrix(tmp_path / "X.npy"), Z)
    assert_allclose(found.upper, expected.upper, rtol=1e-7)
    assert found.check(X, Z)


def test_dependent_columns():
    """Copies, constants, dead neurons, and integers that depend on others: proved, so that both sides meet."""
    rng = np.random.default_rng(3)
    X = rng.integers(-4, 5, (90, 4)).astype(float)
    Z = rng.integers(0, 3, (90, 2))
    expected = minimax_probes(X, Z)
    wide = np.hstack([X, X[:, :2], np.full((90, 1), 0.3), np.zeros((90, 2)), X.sum(axis=1, keepdims=True)])
    found = minimax_probes(wide, Z)
    assert found.is_reached.all()
    assert_allclose(found.upper, expected.upper, rtol=1e-7)


def test_columns_that_depend_up_to_rounding_leave_the_lower_side_open_and_say_so(monkeypatch):
    X, Z = recorded(200, 6, 2, 4)
    mixed = X @ np.random.default_rng(0).standard_normal((6, 9))
    monkeypatch.setattr("lincs.probes._certificates._is_rank", lambda *_: False)  # as where it would take too long
    found = minimax_probes(mixed, Z)
    assert not found.is_reached.any()
    assert_array_equal(found.lower, 0)
    assert "float32" in found.note
    assert_allclose(found.upper, minimax_probes(X, Z).upper, rtol=1e-6)
    assert found.check(mixed, Z)


@pytest.mark.parametrize("size", [1e-5, 1e-7, 1e-8])
def test_columns_that_nearly_depend_are_resolved(size):
    """As after a layer norm, where entries sum to 0 up to rounding in float32: probes are long, the sides meet."""
    X, Z = recorded(400, 8, 2, 13)
    rng = np.random.default_rng(0)
    X = np.hstack([X, X[:, :1] + size * rng.standard_normal((400, 1))])
    found = minimax_probes(X, Z)
    assert np.abs(found.B).max() > 1e-3 / size
    assert found.is_reached.all()
    assert found.check(X, Z)
    # the same question with the small direction brought to the size of the others
    other = np.hstack([X[:, :-1], (X[:, -1:] - X[:, :1]) / size])
    assert_allclose(found.upper, minimax_probes(other, Z).upper, rtol=1e-5)


def test_the_upper_side_of_a_long_probe_is_sharp(monkeypatch):
    monkeypatch.setattr("lincs.activations._samples.BLOCK_ENTRIES", 4 * 37)
    rng = np.random.default_rng(1)
    x, z = rng.standard_normal((200, 1)), rng.standard_normal((200, 1))
    X = np.hstack([x, x + 1e-8 * rng.standard_normal((200, 1))])
    samples = Samples(X, z, True)
    probe = samples.scaled(np.array([[1e8], [-1e8]]), np.array([0.3]))
    read = [10**8 * (Fraction(a) - Fraction(b)) + Fraction(0.3) for a, b in X]
    exact = max(abs(r - Fraction(s)) for r, s in zip(read, z[:, 0], strict=True))
    plain = samples.errors(probe, np.array([0])).worst[0]
    sharp = samples.sharp_worst(probe[:, 0], 0)
    assert exact <= sharp <= float(exact) * (1 + 1e-13)
    assert plain > float(exact) * (1 + 1e-8)


def numbers(*shape):
    sizes = st.integers(-6, 6).map(lambda e: 10.0**e)
    entry = st.builds(lambda x, size: x * size, st.floats(-1, 1).filter(lambda x: x == 0 or abs(x) > 1e-9), sizes)
    count = int(np.prod(shape))
    return st.lists(entry, min_size=count, max_size=count).map(lambda x: np.array(x).reshape(shape))


@given(numbers(3, 5), numbers(5))
def test_accurate_products_are_off_by_less_than_they_say(A, x):
    A = np.hstack([A, -A, A[:, :1] * (1 + 2e-16)])  # most of it cancels
    x = np.concatenate([x, x, x[:1]])
    value, off = accurate_product(A, x)
    for row, computed, bound in zip(A, value, off, strict=True):
        exact = sum((Fraction(a) * Fraction(b) for a, b in zip(row, x, strict=True)), Fraction(0))
        assert abs(Fraction(computed) - exact) <= Fraction(bound)
        size = sum(abs(Fraction(a) * Fraction(b)) for a, b in zip(row, x, strict=True))
        assert bound <= 2.0**-52 * abs(exact) + Fraction(2) ** -96 * size + Fraction(1, 10**150)


def test_fewer_samples_than_dimensions_are_read_perfectly():
    X, Z = recorded(12, 30, 4, 5)
    found = minimax_probes(X, Z)
    assert found.error.upper < 1e-10
    assert found.is_reached.all()
    assert found.holds("1e-6")


def test_constant_features_and_sizes_far_apart():
    X, Z = recorded(100, 5, 2, 6)
    Z[:, 1] = 7.0
    found = minimax_probes(X * 10.0 ** np.arange(-10, 15, 5), Z)
    assert found.is_reached.all()
    assert_allclose(found.upper[0], minimax_probes(X, Z).upper[0], rtol=1e-5)
    assert found.upper[1] < 1e-9
    assert minimax_probes(np.zeros((4, 2)), np.arange(4)[:, None]).error.upper == pytest.approx(1.5)
    assert minimax_probes(np.zeros((4, 2)), np.arange(4)[:, None], affine=False).error.upper == pytest.approx(3)


@pytest.mark.parametrize(
    ("X", "Z", "message"),
    [
        ([[1.0, np.nan]], [[1.0]], r"X\[0, 1\] is nan"),
        ([[1.0]], [[np.inf]], r"Z\[0, 0\] is inf"),
        ([[1.0], [2.0]], [[1.0, 2.0]], "Z looks transposed"),
        ([1.0, 2.0], [[1.0], [2.0]], r"\(n, d\) is needed"),
        ([[1.0], [2.0]], [1.0, 2.0], r"\(n, m\) is needed"),
        ([[1j]], [[1.0]], "complex"),
        ([[2**60 + 1]], [[1]], "2\\^53"),
    ],
)
def test_bad_input_is_refused_in_one_line(X, Z, message):
    with pytest.raises(InputError, match=message) as error:
        minimax_probes(X, Z)
    assert "\n" not in str(error.value)


# ---------------------------------------------------------------------------------------------------- certificates


@pytest.fixture(scope="module")
def solved():
    X, Z = recorded(300, 8, 2, 7)
    return X, Z, minimax_probes(X, Z)


def test_check_accepts_what_is_proved_and_wider_sides(solved):
    X, Z, found = solved
    assert found.check(X, Z)
    assert replace(found, lower=found.lower * 0.9, upper=found.upper * 1.1).check(X, Z)


@pytest.mark.parametrize(
    "mutate",
    [
        lambda r: replace(r, upper=r.upper * (1 - 1e-9)),
        lambda r: replace(r, lower=r.upper * (1 + 1e-9)),
        lambda r: replace(r, B=r.B * (1 + 1e-6)),
        lambda r: replace(r, c=r.c + 1e-6),
        lambda r: replace(r, is_affine=False),
        lambda r: replace(r, duals=r.duals[::-1]),
        lambda r: replace(r, duals=tuple(DualWeights(d.samples, -d.weights) for d in r.duals)),
        lambda r: replace(r, duals=tuple(DualWeights(d.samples + 1, d.weights) for d in r.duals)),
        lambda r: replace(r, duals=tuple(DualWeights(d.samples, np.roll(d.weights, 1)) for d in r.duals)),
        lambda r: replace(r, duals=tuple(DualWeights(d.samples, d.weights * np.nan) for d in r.duals)),
        lambda r: replace(r, duals=tuple(DualWeights(d.samples[:0], d.weights[:0]) for d in r.duals)),
        lambda r: replace(r, duals=tuple(DualWeights(d.samples[[0, 0]], np.array([0.5, -0.5])) for d in r.duals)),
        lambda r: replace(
            r, duals=tuple(DualWeights(d.samples, d.weights + 1e-3 * (d.weights > 0)) for d in r.duals)
        ),
    ],
)  # fmt: skip
def test_check_refuses_mutations(solved, mutate):
    X, Z, found = solved
    mutated = mutate(found)
    assert not mutated.check(X, Z)


def test_check_is_about_these_samples(solved):
    X, Z, found = solved
    assert not found.check(X, Z + 0.01 * X[:, :2] ** 2)
    with pytest.raises(InputError, match="these probes are about"):
        found.check(X[:-1], Z[:-1])


@given(samples(), st.integers(0, 10**6))
def test_any_weights_give_a_side_that_holds(data, seed):
    """The lower side is below the exact optimum whatever the weights are."""
    X, Z = data
    rng = np.random.default_rng(seed)
    whole = Samples(X, Z, True)
    dual = DualWeights(np.arange(len(X)), rng.standard_normal(len(X)) * 10.0 ** rng.integers(-9, 9))
    side = activations._minimax._lower_side(whole, dual, 0, margin=1)
    assert side <= exact_least_error(X, Z[:, 0])


def test_a_solver_that_fails_leaves_sides_that_hold(solved, monkeypatch):
    X, Z, found = solved
    rng = np.random.default_rng(0)
    monkeypatch.setattr("lincs.activations._minimax.minimax", lambda Q, z, y, gap: (y + 1, rng.standard_normal(len(z))))
    poor = minimax_probes(X, Z)
    assert not poor.is_reached.any()
    assert "not within the gap" in poor.note
    assert (poor.lower <= found.upper).all()
    assert (poor.upper >= found.lower).all()
    assert poor.check(X, Z)


def test_working_sets_that_leave_directions_open():
    X = [[1, 1], [1, 0], [1, 1], [1, -1], [0, 0], [1, 0], [1, -1], [1, 0]]
    Z = np.array([[-2, -1, 1, 0, -3, -1, -3, 0]]).T
    found = minimax_probes(X, Z)
    assert found.is_reached.all()
    assert found.error.lower <= 1.5 <= found.error.upper


def test_an_interruption_cancels_what_has_not_begun():
    begun, go_on = threading.Event(), threading.Event()

    def work():
        begun.set()
        go_on.wait()

    def interrupt(pool, tasks):
        tasks += [pool.submit(work) for _ in range(20)]
        begun.wait()
        threading.Timer(0.2, go_on.set).start()
        raise KeyboardInterrupt

    tasks = []
    with pytest.raises(KeyboardInterrupt), one_thread_each(1) as pool:
        interrupt(pool, tasks)
    assert all(task.cancelled() for task in tasks[1:])


def test_holds_is_strict_and_says_where_it_cannot_tell():
    x = np.linspace(-1, 1, 201)[:, None]
    found = minimax_probes(x, np.hstack([2 * x**3, x]))  # 2 x^3 - 3/2 x = T_3(x)/2
    assert found.holds("0.500001")
    assert not found.holds("0.499999")
    with pytest.raises(Undecided, match="not decided"):
        found.holds("1/2")
    assert found.holds("1/10", feature=1)
    yes, no = found.accessible("1/10")
    assert (yes.tolist(), no.tolist()) == ([False, True], [True, False])
    assert not np.any(found.accessible("1/2"), axis=0)[0]
    with pytest.raises(InputError, match="eps"):
        found.holds("x")
    with pytest.raises(InputError, match="feature"):
        found.feature_error(2)


# ------------------------------------------------------------------------------------------------ other probes


def test_least_squares_is_that_of_numpy_and_each_kind_is_best_at_its_own_error():
    X, Z = recorded(400, 10, 4, 8, "binary")
    found = compare_probes(X, Z)
    assert [each.kind for each in found.probes] == ["minimax", "least_squares", "logistic"]
    stacked = np.hstack([X, np.ones((400, 1))])
    expected = np.linalg.lstsq(stacked, Z)[0]
    assert_allclose(np.vstack([found.probes[1].B, found.probes[1].c]), expected, atol=1e-10)
    minimax, squares, logistic = found.fitted
    assert (minimax.worst <= squares.worst + 1e-9).all()
    assert (squares.rms <= minimax.rms + 1e-12).all()
    assert (minimax.worst <= found.minimax.upper * (1 + 1e-9)).all()
    # a binary feature is misread where its error reaches 1/2
    E = stacked @ expected - Z
    assert_allclose(squares.misread, (np.abs(E) > 0.5).mean(axis=0))
    assert_allclose(squares.rms, np.sqrt((E**2).mean(axis=0)))
    assert_allclose(squares.worst, np.abs(E).max(axis=0))
    read = 1 / (1 + np.exp(-(X @ found.probes[2].B + found.probes[2].c)))
    assert_allclose(logistic.worst, np.abs(read - Z).max(axis=0))


def test_logistic_probes_are_those_of_the_library():
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    X, Z = recorded(300, 6, 3, 9, "binary")
    X = X * [1, 10, 100, 1, 1, 1] + 5
    Z[:, 1] *= 0.5
    found = logistic_probes(X, Z, C=0.7)
    assert found.features.tolist() == [0, 2]
    model = LogisticRegression(C=0.7, max_iter=1000)
    points = StandardScaler().fit_transform(X)
    for position, i in enumerate(found.features):
        expected = model.fit(points, Z[:, i]).predict_proba(points)[:, 1]
        read = 1 / (1 + np.exp(-(X @ found.B[:, position] + found.c[position])))
        assert_allclose(read, expected, atol=1e-6)
    assert not logistic_probes(X, Z, affine=False).c.any()
    with pytest.raises(InputError, match="C must be positive"):
        logistic_probes(X, Z, C=0)


def test_held_out_samples_are_not_fitted():
    X, Z = recorded(200, 5, 2, 10)
    found = compare_probes(X, Z, held_out="0.3", rng=0)
    again = compare_probes(X, Z, held_out="0.3", rng=0)
    other = compare_probes(X, Z, held_out="0.3", rng=1)
    assert (found.minimax.n, found.n_held_out) == (140, 60)
    assert_array_equal(found.minimax.B, again.minimax.B)
    assert not np.array_equal(found.minimax.B, other.minimax.B)
    order = np.random.default_rng(0).permutation(200)
    test, fit = order[:60], order[60:]
    assert found.minimax.check(X[np.sort(fit)], Z[np.sort(fit)])
    explicit = compare_probes(X[fit], Z[fit], X_test=X[test], Z_test=Z[test])
    for a, b in zip(found.held_out, explicit.held_out, strict=True):
        assert_allclose(a.worst, b.worst, rtol=1e-6)
        assert_allclose(a.rms, b.rms, rtol=1e-3)
    E = X[test] @ found.minimax.B + found.minimax.c - Z[test]
    assert_allclose(found.held_out[0].worst, np.abs(E).max(axis=0))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"held_out": 0}, "held_out"),
        ({"held_out": "0.0001"}, "some must be held out"),
        ({"X_test": [[1.0, 1.0]]}, "go together"),
        ({"X_test": [[1.0]], "Z_test": [[1.0]]}, "both need the same"),
        ({"X_test": [[1.0, 1.0]], "Z_test": [[1.0]], "held_out": 0.5}, "ask for one"),
    ],
)
def test_ways_to_hold_samples_out_that_make_no_sense(options, message):
    with pytest.raises(InputError, match=message):
        compare_probes(np.eye(2), np.ones((2, 1)), **options)
    with pytest.raises(InputError, match="the probes read"):
        probe_errors(least_squares_probes(np.eye(2), np.eye(2)), np.eye(2), np.ones((2, 1)))


def test_without_scikit_learn_there_is_a_line_instead_of_logistic_probes(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    found = compare_probes(*recorded(50, 3, 2, 11, "binary"))
    assert [each.kind for each in found.probes] == ["minimax", "least_squares"]
    assert "scikit-learn" in found.notes[0]


# --------------------------------------------------------------------------------------------------- command line


@pytest.fixture
def files(tmp_path):
    x = np.linspace(-1, 1, 201)[:, None]
    io.save_array(tmp_path / "X.npy", x)
    io.save_array(tmp_path / "Z.npy", np.hstack([2 * x**3, x > 0.3, x]))
    return [str(tmp_path / "X.npy"), str(tmp_path / "Z.npy")]


@pytest.mark.parametrize(("eps", "code", "word"), [("0.51", 0, "holds"), ("0.4", 1, "fails"), ("1/2", 3, "undecided")])
def test_exit_codes_say_whether_all_features_are_accessible(files, capsys, eps, code, word):
    assert cli.main(["probe", *files, "--eps", eps]) == code
    assert f"\n{word}: " in capsys.readouterr().out


def test_everything_is_printed_and_written(files, capsys, tmp_path):
    out = str(tmp_path / "P.npz")
    assert cli.main(["probe", *files, "--held-out", "0.25", "--seed", "3", "--out", out, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["n"], shown["n_held_out"], shown["affine"], shown["files"]) == (151, 50, True, [out])
    first, second, third = shown["features"]
    assert first["lower"] <= first["upper"]
    assert set(first["active"]) == {"samples", "weights", "signs"}
    assert first["minimax"]["misread"] is None
    assert second["logistic"]["held_out"]["worst"] >= 0
    assert "logistic" not in third
    B, c = (np.load(out)[name] for name in ("B", "c"))
    assert (B.shape, c.shape) == ((1, 3), (3,))
    assert cli.main(["probe", *files, "--kind", "logistic", "--out", out, "--top", "1"]) == 0
    assert "and 2 more" in capsys.readouterr().out
    assert np.load(out)["features"].tolist() == [1]


def test_test_files_are_held_out(files, capsys):
    assert cli.main(["probe", *files, "--test", *files, "--linear", "--no-logistic"]) == 0
    assert "201 more held out, d = 1, m = 3, linear probes" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (["--eps", "x"], "--eps"),
        (["--out", "P.npy"], "two arrays"),
        (["--kind", "best"], "--kind"),
        (["--out", "none/P.npz"], "does not exist"),
        (["--no-logistic", "--kind", "logistic", "--out", "P.npz"], "no logistic probes"),
        (["--held-out", "2"], "held_out"),
    ],
)
def test_bad_arguments_are_refused(files, capsys, extra, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["probe", *files, *extra]) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.err.count("\n") == 1


def test_help_tells_probe_from_probes(capsys):
    for name, other in (("probe", "probes"), ("probes", "probe")):
        with pytest.raises(SystemExit):
            cli.main([name, "--help"])
        assert f"lincs {other})" in " ".join(capsys.readouterr().out.split())
