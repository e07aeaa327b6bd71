"""Laws of the kernel ratio and of the best probes; the oracles enumerate all supports and signs, or use Fractions."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from lincs import InputError, worst_case_error
from lincs._numbers import Enclosure
from lincs.accessibility import Undecided
from lincs.probes import (
    Interrupted,
    SolverError,
    _best,
    _biased,
    _fast,
    _reference,
    affine_probes,
    best_probes,
    kernel_ratio,
    threshold_probes,
)
from lincs.probes._certificates import Matrix

few = settings(deadline=None, max_examples=25)
fewer = settings(deadline=None, max_examples=8)


@st.composite
def integer_matrices(draw, most_rows=4, most_columns=8, size=3):
    d = draw(st.integers(1, most_rows))
    m = draw(st.integers(1, most_columns))
    return draw(arrays(np.int64, (d, m), elements=st.integers(-size, size)))


def exact_gammas(A):
    """gamma_i of each column, checked: the exact probes and kernel vectors prove each other."""
    probes = best_probes(A, method="exact")
    F = np.vectorize(Fraction, otypes=[object])(np.asarray(A))
    E = probes.B.T.dot(F) - np.eye(F.shape[1], dtype=int)
    assert [max(abs(x) for x in line) for line in E] == list(probes.upper)
    top = probes.gamma.lower
    if top > 0:
        assert not F.dot(probes.z).any()
        assert sum(abs(x) for x in probes.z) == 1
        assert probes.z[probes.row] == top
    assert top == max(probes.upper)
    return list(probes.upper)


def sparse_vectors(m, k, values):
    """All k-sparse vectors with these non-zero values, each once."""
    for size in range(k + 1):
        for support in itertools.combinations(range(m), size):
            for entries in itertools.product(values, repeat=size):
                z = np.zeros(m)
                z[list(support)] = entries
                yield z


def least_error_by_enumeration(A, i, vectors, with_bias=False):
    """``min over b (and c) of max over the vectors z of |<b, A z> + c - z_i|``, one constraint for each vector."""
    Z = np.array(list(vectors))
    X = np.hstack([Z @ A.T, np.full((len(Z), 1), float(with_bias))])
    ones = np.ones((len(Z), 1))
    bounds = [(None, None)] * X.shape[1] + [(0, None)]
    rhs = np.concatenate([Z[:, i], -Z[:, i]])
    solution = linprog(
        np.eye(1, X.shape[1] + 1, X.shape[1])[0],
        A_ub=np.vstack([np.hstack([X, -ones]), np.hstack([-X, -ones])]),
        b_ub=rhs,
        bounds=bounds,
    )
    assert solution.status == 0
    return solution.fun


# ------------------------------------------------------------------------------------------------ the theorems


@fewer
@given(integer_matrices(most_rows=3, most_columns=5), st.integers(1, 3))
def test_reduction_theorem(A, k):
    """The least worst case of any linear decoder over all of Z_k is min(1, k gamma)."""
    m = A.shape[1]
    k = min(k, m)
    vectors = list(sparse_vectors(m, k, (-1, 1)))
    least = max(least_error_by_enumeration(A, i, vectors) for i in range(m))
    assert least == pytest.approx(min(1, k * max(exact_gammas(A))), abs=1e-7)


@few
@given(integer_matrices(), st.integers(1, 8))
def test_best_probes_are_best_for_every_sparsity(A, k):
    m = A.shape[1]
    k = min(k, m)
    probes = best_probes(A, gap=1e-4)
    error = worst_case_error(A, probes.B, k=k).error
    assert error.lower <= k * Fraction(probes.gamma.upper)
    assert error.upper >= probes.least_eps(k).lower
    if k * probes.gamma.upper < 1:
        assert error.upper <= k * probes.gamma.upper * (1 + 1e-9) + 1e-12


@few
@given(integer_matrices())
def test_both_sides_enclose_the_exact_ratio_of_every_feature(A):
    exact = exact_gammas(A)
    for method in ("fast", "cvxpy"):
        probes = best_probes(A, gap=1e-3, method=method)
        assert probes.is_reached
        assert all(low <= g <= high for low, g, high in zip(probes.lower, exact, probes.upper, strict=True))
        ratio = kernel_ratio(A, gap=1e-3, method=method)
        assert ratio.is_reached
        assert ratio.gamma.lower <= max(exact) <= ratio.gamma.upper
        assert ratio.gamma.upper - ratio.gamma.lower <= 1e-3 * max(ratio.gamma.upper, 1e-9)


@few
@given(arrays(np.float64, (3, 7), elements=st.floats(-4, 4, width=16)))
def test_floats_are_taken_at_their_word(A):
    exact = exact_gammas(A)
    probes = best_probes(A, gap=1e-2)
    assert all(low <= g <= high for low, g, high in zip(probes.lower, exact, probes.upper, strict=True))


@few
@given(integer_matrices(), st.randoms(use_true_random=False))
def test_invariance_and_monotonicity(A, random):
    """gamma(QA) = gamma(A); columns may be permuted and negated; fewer rows or more columns can only raise gamma."""
    d, m = A.shape
    exact = exact_gammas(A)
    Q = np.tril(np.array([[random.randint(-2, 2) for _ in range(d)] for _ in range(d)]), -1) + np.eye(d, dtype=int)
    assert exact_gammas(Q @ A) == exact
    order = random.sample(range(m), m)
    signs = np.array([random.choice((-1, 1)) for _ in range(m)])
    assert exact_gammas(A[:, order] * signs) == [exact[j] for j in order]
    if d > 1:
        assert max(exact_gammas(A[1:])) >= max(exact)
    if m > 1:
        assert max(exact) >= max(exact_gammas(A[:, :-1]))


@pytest.mark.parametrize("m", [2, 3, 5, 10])
def test_one_below_full_rank(m):
    """gamma = 1/m for any basis of the complement of the all-ones vector."""
    A = np.hstack([np.eye(m - 1, dtype=int), -np.ones((m - 1, 1), dtype=int)])
    assert exact_gammas(A) == [Fraction(1, m)] * m
    gamma = kernel_ratio(A, gap=1e-6).gamma
    assert gamma.lower <= Fraction(1, m) <= gamma.upper
    # even m: z = 1 on one half is not the only minimiser, beyond one half it is no minimiser
    assert kernel_ratio(A, method="exact").l1_sparsity().lower == (m - 1) // 2


def tight_frame_of_16():
    """Rows of the Sylvester matrix of order 16 where x1 x2 + x3 x4 = 1: equiangular and tight, d = 6, mu = 1/3."""
    bits = (np.arange(16)[:, None] >> np.arange(4)) & 1
    rows = (bits[:, 0] * bits[:, 1] + bits[:, 2] * bits[:, 3]) % 2 == 1
    return (1 - 2 * ((bits @ bits.T) % 2))[rows]


def test_equiangular_tight_frames():
    """There gamma = mu / (1 + mu), attained by the frame itself as probes."""
    A = tight_frame_of_16()
    assert A.shape == (6, 16)
    assert exact_gammas(A) == [Fraction(1, 4)] * 16
    five = math.sqrt(5)
    golden = (1 + five) / 2
    icosahedron = np.array(
        [[0, 1, golden], [0, 1, -golden], [1, golden, 0], [1, -golden, 0], [golden, 0, 1], [-golden, 0, 1]]
    ).T
    gamma = kernel_ratio(icosahedron, gap=1e-7).gamma
    assert gamma.upper - gamma.lower < 1e-7
    assert abs(gamma.upper - (1 / five) / (1 + 1 / five)) < 1e-7


def test_one_row_is_enough_under_a_transitive_group():
    A = tight_frame_of_16()
    alone = kernel_ratio(A, rows=[0], method="exact")
    assert alone.gamma.lower == kernel_ratio(A, method="exact").gamma.lower
    assert alone.B.shape == (6, 1)
    fast = kernel_ratio(A, rows=[3], gap=1e-5)
    assert fast.gamma.lower <= Fraction(1, 4) <= fast.gamma.upper


def l1_minimum(A, z):
    m = A.shape[1]
    solution = linprog(np.ones(2 * m), A_eq=np.hstack([A, -A]), b_eq=A @ z)
    assert solution.status == 0
    return solution.x[:m] - solution.x[m:]


@fewer
@given(arrays(np.int64, (5, 8), elements=st.integers(-3, 3)))
def test_l1_recovers_below_the_guarantee(A):
    """If s < 1/(2 gamma) then every s-sparse vector is the unique minimiser of the L1 norm."""
    m = A.shape[1]
    gamma = max(exact_gammas(A))
    s = kernel_ratio(A, method="exact").l1_sparsity()
    assert s.is_exact
    assert gamma == 0 or s.lower * 2 * gamma < 1 <= (s.lower + 1) * 2 * gamma or s.lower == m
    for support in itertools.combinations(range(m), min(int(s.lower), 2)):
        z = np.zeros(m)
        z[list(support)] = 1 + np.arange(len(support))
        z[list(support)[:1]] *= -1
        assert l1_minimum(A, z) == pytest.approx(z, abs=1e-6)


def test_l1_fails_above_the_guarantee():
    A = np.hstack([np.eye(5, dtype=int), -np.ones((5, 1), dtype=int)])  # gamma = 1/6, kernel spanned by ones
    z = np.array([1.0, 1, 1, 1, 0, 0])
    assert kernel_ratio(A, method="exact").l1_sparsity().lower == 2
    assert np.abs(l1_minimum(A, z)).sum() < np.abs(z).sum()


# ------------------------------------------------------------------------------------- what follows from gamma


def test_consequences_of_an_exact_ratio():
    probes = best_probes(tight_frame_of_16(), method="exact")
    quarter = Fraction(1, 4)
    assert [probes.least_eps(k) for k in (1, 3, 4, 9)] == [Enclosure(x, x) for x in (quarter, 3 * quarter, 1, 1)]
    # k gamma < eps strictly
    assert [int(probes.largest_k(eps).lower) for eps in ("1/4", 0.26, "1/2", "0.51", 1)] == [0, 1, 1, 2, 3]
    assert int(probes.l1_sparsity().lower) == 1
    assert int(best_probes(np.eye(3), method="exact").largest_k(0.1).lower) == 3


def test_consequences_keep_both_sides_apart():
    ratio = kernel_ratio(tight_frame_of_16(), gap=1e-3)
    k = ratio.largest_k(1)
    assert (k.lower, k.upper) in ((3, 3), (3, 4))
    assert ratio.least_eps(2).lower <= 0.5 <= ratio.least_eps(2).upper


@few
@given(st.integers(1, 4))
def test_excess_of_own_probes(k):
    A = tight_frame_of_16()
    probes = best_probes(A, method="exact")
    # A/6 has error 1/3 at k = 1, the best is 1/4
    excess = best_probes(A, gap=1e-6).excess(A, A / 6, k)
    assert excess.lower <= Fraction(k, 3) / probes.least_eps(k).lower <= excess.upper
    assert float(excess.upper - excess.lower) < 1e-5


# ------------------------------------------------------------------------------------------- certificates


@few
@given(integer_matrices(most_rows=3), st.data())
def test_no_vector_and_no_probes_can_fool_the_certificates(A, data):
    """Sides hold whatever is passed: vectors far from the kernel, probes of any size."""
    d, m = A.shape
    A = A * 10.0 ** data.draw(arrays(np.int64, m, elements=st.integers(-6, 6)))
    exact = exact_gammas(A)
    matrix = Matrix(A)
    w = data.draw(arrays(np.float64, (m, m), elements=st.floats(-1e3, 1e3)))
    kernel = w - (w @ matrix.Q) @ matrix.Q.T
    for vectors in (w, kernel, np.abs(kernel)):
        assert (matrix.lower_sides(vectors, np.arange(m)) <= exact).all()
    B = data.draw(arrays(np.float64, (d, m), elements=st.floats(-1e6, 1e6)))
    upper = matrix.upper_sides(B, np.arange(m))
    F = np.vectorize(Fraction, otypes=[object])
    E = F(B).T.dot(F(A)) - np.eye(m, dtype=int)
    assert all(max(map(abs, line)) <= side for line, side in zip(E, upper, strict=True))


def test_upper_sides_count_the_rounding_of_inner_products():
    """Probes of a left inverse: all of their error is rounding."""
    A = np.random.default_rng().standard_normal((30, 8))
    B = np.linalg.pinv(A).T
    F = np.vectorize(Fraction, otypes=[object])
    E = F(B).T.dot(F(A)) - np.eye(8, dtype=int)
    upper = Matrix(A).upper_sides(B, np.arange(8))
    assert all(max(map(abs, line)) <= side for line, side in zip(E, upper, strict=True))


@few
@given(st.data())
def test_sides_of_biased_probes_hold_for_all_vectors_as_near_as_the_kernel(data):
    """No vector within the distance c of u has a smaller ratio than the certified one."""
    matrix = Matrix(tight_frame_of_16()[:, :7] * np.array([1, 1, 8, 1, 1, 64, 1]))
    u = data.draw(arrays(np.float64, 7, elements=st.floats(-1, 1)))
    i, positive, negative = data.draw(st.integers(0, 6)), data.draw(st.integers(0, 3)), data.draw(st.integers(1, 3))
    own, c = data.draw(st.booleans()), data.draw(st.floats(0, 0.1))
    w = u * matrix.column_scale
    w = w - matrix.Q @ (matrix.Q.T @ w)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Matrix, "distances", lambda self, W: np.array([c]))
        side = _biased._kernel_side(matrix, u, i, positive, negative, own)
    for sign in (-1, 0, 1):
        away = np.full(7, sign) / matrix.column_scale
        away[i] = -1e-9
        near = (w + away * (c / np.linalg.norm(away))) / matrix.column_scale
        top, rest = near[i], near.copy()
        if not own:
            rest[i] = 0
        sums = np.maximum(rest, 0).sum(), np.maximum(-rest, 0).sum()
        sizes = [np.abs(rest).max()]
        sizes += [s / b if b else (np.inf if s > 0 else 0) for s, b in zip(sums, (positive, negative), strict=True)]
        assert side == 0 or side * max(sizes) <= top * (1 + 1e-12)


@pytest.mark.parametrize("noise", [0, 1e-15, 1e-9, 1e-4])
def test_lower_sides_survive_bad_conditioning(noise):
    """A row that depends on others up to noise: the sides stay true, and close where the noise is above rounding."""
    rng = np.random.default_rng()
    A = np.round(rng.standard_normal((4, 9)) * 64) / 64
    A[3] = A[0] - 2 * A[1] + np.round(rng.standard_normal(9) * 64) / 64 * noise
    exact = exact_gammas(A)
    probes = best_probes(A, gap=1e-3)
    assert all(low <= g <= high for low, g, high in zip(probes.lower, exact, probes.upper, strict=True))
    assert probes.is_reached == (not probes.note)
    if noise in (0, 1e-9, 1e-4):
        assert probes.is_reached


def test_unknown_rank_is_said(monkeypatch):
    monkeypatch.setattr("lincs.probes._certificates._is_rank", lambda scaled, rank: False)
    A = np.array([[1.0, 0, 1, 2], [0, 1, 1, 1], [1, 1, 2, 3]])
    probes = best_probes(A, gap=1e-3)
    assert not probes.is_reached
    assert "rank 2" in probes.note
    assert not probes.lower.any()
    assert probes.gamma.lower == 0.25  # 1/m holds for any kernel vector
    assert max(exact_gammas(A)) <= probes.gamma.upper


@few
@given(st.data())
def test_a_lying_solver_cannot_make_the_sides_cross(data):
    A = tight_frame_of_16()[:, :8]
    exact = exact_gammas(A)
    lies = st.floats(-10, 10)
    answer = data.draw(arrays(np.float64, 8, elements=lies)), data.draw(arrays(np.float64, 8, elements=lies))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_reference.Reference, "solve", lambda self, i: answer)
        probes = best_probes(A, method="cvxpy")
    assert all(low <= g <= high <= 1 for low, g, high in zip(probes.lower, exact, probes.upper, strict=True))
    assert probes.is_reached == (not probes.note)


def test_a_failing_solver_raises_and_says_what_to_try():
    with pytest.raises(SolverError, match="try") as caught:
        best_probes(np.ones((1, 3)), method="cvxpy", solver="NO_SUCH")
    assert "\n" not in str(caught.value)


def test_a_gap_that_is_not_reached_is_said():
    A = np.random.default_rng().standard_normal((12, 40))
    probes = best_probes(A, gap=1e-6, most_iterations=5)
    assert not probes.is_reached
    assert "after 5 iterations" in probes.note
    assert (probes.lower <= probes.upper).all()
    assert (probes.lower > 0).any()
    better = best_probes(A, gap=1e-4)
    assert better.is_reached
    assert (probes.lower <= better.upper).all()
    assert (better.lower <= probes.upper).all()


# ----------------------------------------------------------------------------------- families and odd inputs


def families():
    rng = np.random.default_rng()
    d, m = 16, 64
    normal = rng.standard_normal((d, m))
    rows = rng.choice(m // 2 - 1, d // 2, replace=False) + 1
    angles = 2 * np.pi * np.outer(rows, np.arange(m)) / m
    bits = (np.arange(m)[:, None] >> np.arange(6)) & 1
    yield "gaussian", normal
    yield "partial Hadamard", (1 - 2 * ((bits @ bits.T) % 2))[rng.choice(m, d, replace=False)]
    yield "partial Fourier", np.vstack([np.cos(angles), np.sin(angles)])
    yield "signs", rng.choice([-1, 1], (d, m))
    yield "sparse", normal * (rng.random((d, m)) < 0.25)
    yield "heavy tails", rng.standard_t(1.5, (d, m))
    yield "log-normal scales", normal * np.exp(2 * rng.standard_normal(m))
    yield "nearly repeated", np.hstack([normal[:, :32], normal[:, :32] + 1e-3 * normal[:, 32:]])
    yield "learned", np.maximum(normal @ rng.standard_normal((m, m)) / 8, 0) + 0.1 * rng.standard_normal((d, m))
    yield "huge and tiny", normal * 10.0 ** rng.integers(-90, 90)


@pytest.mark.parametrize(("name", "A"), list(families()), ids=lambda value: value if isinstance(value, str) else "")
def test_wide_families_reach_the_gap_and_the_engines_agree(name, A):
    probes = best_probes(A, gap=1e-3)
    assert probes.is_reached
    some = [0, 17, 40]
    other = best_probes(A, gap=1e-3, method="cvxpy", rows=some)
    assert (other.lower <= probes.upper[some]).all()
    assert (probes.lower[some] <= other.upper).all()
    ratio = kernel_ratio(A, gap=1e-3)
    assert ratio.is_reached
    assert ratio.gamma.lower <= probes.gamma.upper
    assert probes.gamma.lower <= ratio.gamma.upper


def test_zero_and_repeated_columns():
    A = np.array([[1, 0, 1, 0], [0, 0, 0, 2]])
    assert exact_gammas(A) == [Fraction(1, 2), 1, Fraction(1, 2), 0]
    probes = best_probes(A, gap=1e-6)
    assert probes.is_reached
    assert probes.upper == pytest.approx([0.5, 1, 0.5, 0], abs=1e-6)
    assert probes.lower == pytest.approx([0.5, 1, 0.5, 0], abs=1e-6)


@pytest.mark.parametrize(
    ("A", "gamma"),
    [
        (np.ones((1, 1)), 0),
        (np.zeros((1, 1)), 1),
        (np.zeros((3, 2)), 1),
        (np.eye(4), 0),
        (np.array([[1.0], [2.0], [3.0]]), 0),
        (np.array([[1, 10]]), Fraction(10, 11)),
        (np.array([[1.0, 0.0], [0.0, 1e-12], [0.0, 0.0]]), 0),
        (np.array([[1, 1], [1, 1], [2, 2]]), Fraction(1, 2)),
    ],
)
def test_degenerate_inputs(A, gamma):
    assert max(exact_gammas(A)) == gamma
    for method in ("fast", "cvxpy"):
        ratio = kernel_ratio(A, gap=1e-6, method=method)
        assert ratio.is_reached
        assert ratio.gamma.lower <= gamma <= ratio.gamma.upper
        assert gamma != 0 or ratio.gamma == Enclosure(0, 0)


def test_certificates_of_the_ratio_can_be_rechecked():
    A = np.random.default_rng().standard_normal((8, 24))
    ratio = kernel_ratio(A, gap=1e-4)
    assert np.abs(A @ ratio.z).max() < 1e-14
    assert ratio.z[ratio.row] / np.abs(ratio.z).sum() == pytest.approx(ratio.gamma.lower, rel=1e-10)
    assert np.abs(ratio.B.T @ A - np.eye(24)).max() <= ratio.gamma.upper


def test_threads_give_the_same_intervals_up_to_the_gap():
    A = np.random.default_rng().standard_normal((10, 40))
    one, two = best_probes(A, workers=1), best_probes(A, workers=2)
    assert one.is_reached
    assert two.is_reached
    assert (one.lower <= two.upper).all()
    assert (two.lower <= one.upper).all()


# --------------------------------------------------------------------------------- interruption and resumption


class _Stop:
    """Stands in for the compiled iterations and is interrupted after some calls."""

    def __init__(self, iterate, calls):
        self.iterate, self.calls = iterate, calls

    def __call__(self, *arguments):
        self.calls -= 1
        if self.calls == 0:
            raise KeyboardInterrupt
        self.iterate(*arguments)


@pytest.mark.parametrize("workers", [1, 2])
def test_interruption_keeps_what_is_certified(tmp_path, monkeypatch, workers):
    from lincs import _probes_kernels

    A = np.random.default_rng().standard_normal((24, 300))
    path = tmp_path / "probes.npz"
    with monkeypatch.context() as patch:
        stop = _Stop(_probes_kernels.iterate, 8 * workers)
        patch.setattr(_probes_kernels, "iterate", stop)
        with pytest.raises(KeyboardInterrupt) as caught:
            best_probes(A, gap=1e-2, checkpoint=path, workers=workers)
    assert isinstance(caught.value, Interrupted)
    assert stop.calls > -3  # the other threads stop at once
    part = caught.value.result
    done = part.upper - part.lower <= 1e-2 * part.upper
    assert 0 < done.sum() < 300
    assert not part.is_reached
    counted = []
    original = _fast.run
    monkeypatch.setattr(
        _best, "run", lambda state, left, **rest: (counted.append(len(left)), original(state, left, **rest))
    )
    whole = best_probes(A, gap=1e-2, checkpoint=path)
    assert whole.is_reached
    assert counted == [300 - done.sum()]  # certified rows are not solved again
    assert (whole.upper[done] == part.upper[done]).all()
    again = best_probes(A, gap=1e-2, checkpoint=path)
    assert len(counted) == 1
    assert (again.B == whole.B).all()


def test_checkpoints_of_something_else_are_refused(tmp_path):
    path = tmp_path / "probes.npz"
    best_probes(np.eye(2), checkpoint=path)
    for A, rows in ((np.ones((2, 2)), None), (np.eye(2), [0])):
        with pytest.raises(InputError, match="another matrix or other rows"):
            best_probes(A, rows=rows, checkpoint=path)
    path.write_bytes(b"PK\x03\x04 nonsense")
    with pytest.raises(InputError, match="not a checkpoint"):
        best_probes(np.eye(2), checkpoint=path)
    np.savez(path, B=np.array([{}], dtype=object))  # would need pickle
    with pytest.raises(InputError, match="not a checkpoint"):
        best_probes(np.eye(2), checkpoint=path)


def test_a_checkpoint_is_not_believed(tmp_path):
    """A file that claims more than its vector z and its probes B show is corrected."""
    path = tmp_path / "probes.npz"
    A = np.random.default_rng(3).standard_normal((10, 25))
    honest = kernel_ratio(A, gap=1e-2, checkpoint=path)
    with np.load(path) as file:
        stored = dict(file)
    np.savez(path, **stored | {"lower": stored["lower"] * 1.5})
    again = kernel_ratio(A, gap=1e-2, checkpoint=path)
    assert again.gamma.lower <= honest.gamma.upper
    np.savez(path, **stored | {"B": stored["B"] * 0})
    again = kernel_ratio(A, gap=1e-2, checkpoint=path)
    assert again.is_reached
    assert again.gamma.upper >= honest.gamma.lower
    np.savez(path, **stored | {"z": stored["z"] * np.nan})
    with pytest.raises(InputError, match="damaged"):
        kernel_ratio(A, gap=1e-2, checkpoint=path)


def test_a_checkpoint_that_cannot_be_written_is_refused_at_once(tmp_path):
    with pytest.raises(InputError, match="missing"):
        kernel_ratio(np.random.default_rng().standard_normal((3, 9)), checkpoint=tmp_path / "missing" / "probes.npz")


# --------------------------------------------------------------------------- beyond linear probes


@fewer
@given(integer_matrices(most_rows=3, most_columns=6), st.integers(1, 3))
def test_affine_probes_by_enumeration(A, k):
    """nonnegative_probes: both sides enclose the least error over all vertices, and B and c attain the upper one."""
    m = A.shape[1]
    k = min(k, m)
    probes = affine_probes(A, k)
    vectors = np.array(list(sparse_vectors(m, k, (1,))))
    errors = np.abs(vectors @ A.T @ probes.B + probes.c - vectors).max(axis=0)
    assert (errors <= probes.upper + 1e-12).all()
    assert errors == pytest.approx(probes.upper, abs=1e-9)
    for i in range(m):
        least = least_error_by_enumeration(A, i, vectors, with_bias=True)
        assert probes.lower[i] <= least + 1e-7
        assert least <= probes.upper[i] + 1e-7
        assert probes.upper[i] - probes.lower[i] < 1e-6
    assert (probes.upper <= 0.5).all()


def has_threshold(A, i, vectors):
    """Whether some b, c have <b, A z> - c >= 1 where z_i = 1 and <= -1 elsewhere."""
    sign = np.where(vectors[:, i] > 0, -1.0, 1.0)
    X = np.hstack([vectors @ A.T, -np.ones((len(vectors), 1))])
    solution = linprog(np.zeros(X.shape[1]), A_ub=X * sign[:, None], b_ub=-np.ones(len(X)), bounds=(None, None))
    assert solution.status in (0, 2)
    return solution.status == 0


@fewer
@given(integer_matrices(most_rows=3, most_columns=6), st.integers(1, 3))
def test_threshold_probes_by_enumeration(A, k):
    """threshold_probes: thresholds work on every input where they are said to, and where there are none none exist."""
    m = A.shape[1]
    k = min(k, m)
    probes = threshold_probes(A, k)
    vectors = np.array(list(sparse_vectors(m, k, (1,))))
    for i in range(m):
        assert probes.lower[i] <= probes.upper[i]
        if probes.upper[i] < 1:
            assert ((vectors @ A.T @ probes.B[:, i] > probes.c[i]) == (vectors[:, i] == 1)).all()
        assert has_threshold(A, i, vectors) == (probes.upper[i] < 1)
    gammas = exact_gammas(A)
    if probes.ratio.upper < 1:
        assert max(gammas) < Fraction(1, k)
    for i in range(m):
        if gammas[i] < Fraction(1, 2 * k):
            assert probes.upper[i] < 1


def test_thresholds_that_cannot_exist():
    assert not threshold_probes(np.array([[1.0, 1.0, 3.0]]), 2).is_accessible()
    with pytest.raises(Undecided):
        threshold_probes(np.array([[1.0, 1.0]]), 1).is_accessible()  # tau = 1 exactly


# ------------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"gap": 0}, "gap must lie in"),
        ({"gap": "much"}, "gap must be a decimal"),
        ({"rows": []}, "rows must be a list"),
        ({"rows": [0.5]}, "rows must be a list"),
        ({"rows": [3]}, "rows must lie in 0..2"),
        ({"rows": [1, 1]}, "twice"),
        ({"method": "magic"}, "method must be one of"),
        ({"workers": 0}, "workers must be an integer >= 1"),
        ({"most_iterations": 0}, "most_iterations must be an integer >= 1"),
        ({"method": "exact", "checkpoint": "x.npz"}, "keeps no checkpoint"),
    ],
)
def test_bad_arguments(arguments, message):
    for function in (best_probes, kernel_ratio):
        with pytest.raises(InputError, match=message) as caught:
            function(np.eye(3), **arguments)
        assert "\n" not in str(caught.value)


def test_bad_matrices():
    with pytest.raises(InputError, match=r"must be finite"):
        kernel_ratio(np.array([[1.0, np.nan]]))
    with pytest.raises(InputError, match=r"2\^53"):
        kernel_ratio(np.array([[2**60, 1]]))
    with pytest.raises(InputError, match="rescale"):
        kernel_ratio(np.array([[1e300, 1e-300], [1.0, 1.0]]))
    with pytest.raises(InputError, match="k must be at most"):
        affine_probes(np.eye(2), 3)
    assert kernel_ratio(np.array([[2**60, 1]]), method="exact").gamma.lower == Fraction(2**60, 2**60 + 1)


def test_rows_of_very_different_sizes_spoil_nothing():
    A = np.random.default_rng(7).standard_normal((12, 30))
    plain = kernel_ratio(A, gap=1e-2)
    scaled = best_probes(A * 2.0 ** np.arange(-240, 240, 40)[:, None], gap=1e-2)
    assert scaled.is_reached
    assert scaled.gamma.lower <= plain.gamma.upper
    assert plain.gamma.lower <= scaled.gamma.upper
