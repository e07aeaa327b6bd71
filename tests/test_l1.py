"""Laws of L1 decoding; the oracles enumerate all circuits, supports and signs in exact arithmetic."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from flint import fmpz_mat
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from lincs import InputError, coherence, kernel_ratio, l1
from lincs.cli import main
from lincs.frames import kerdock
from lincs.l1 import _decode, _programs, _recovery
from lincs.l1._certificates import Columns, Supports

few = settings(deadline=None, max_examples=20)
fewer = settings(deadline=None, max_examples=8)


@st.composite
def integer_matrices(draw, most_rows=3, most_columns=5, size=2):
    d = draw(st.integers(1, most_rows))
    m = draw(st.integers(1, most_columns))
    return draw(arrays(np.int64, (d, m), elements=st.integers(-size, size)))


def gaussian(d, m, seed=0):
    return np.random.default_rng(seed).standard_normal((d, m)) / np.sqrt(d)


def sparse(m, k, n, seed=1):
    rng = np.random.default_rng(seed)
    Z = np.zeros((m, n))
    for i in range(n):
        Z[rng.choice(m, k, replace=False), i] = rng.standard_normal(k)
    return Z


def all_signs(m):
    return np.array(list(itertools.product((-1, 0, 1), repeat=m))).T


def circuits(A):
    """All kernel vectors of an integer matrix with minimal supports, each once, as lists of integers."""
    d, m = A.shape
    found = []
    for size in range(1, min(d, m) + 2):
        for T in itertools.combinations(range(m), size):
            basis, nullity = fmpz_mat(A[:, T].tolist()).nullspace()
            if nullity == 1 and all(basis[i, 0] != 0 for i in range(size)):
                h = [0] * m
                for i, j in enumerate(T):
                    h[j] = int(basis[i, 0])
                found.append(h)
    return found


def slope(signs, h):
    return sum(int(s) * x if s else abs(x) for s, x in zip(signs, h, strict=True))


def is_recovered(signs, all_circuits):
    """The slope is linear on every cone of kernel vectors of given signs, and circuits span these: check them alone."""
    return all(min(slope(signs, h), slope(signs, [-x for x in h])) > 0 for h in all_circuits)


def fractions(A):
    return np.vectorize(Fraction, otypes=[object])(np.asarray(A, dtype=float))


def proves(A, signs, w):
    """Whether w, moved exactly onto the equations by the least squares correction, is a dual certificate: Fractions."""
    F, w = fractions(A), fractions(w)
    S = np.flatnonzero(signs)
    M = F[:, S].T.dot(F[:, S]) if len(S) else None
    if len(S):
        rest = [Fraction(int(s)) for s in signs[S]] - F[:, S].T.dot(w)
        rows = [[*row, r] for row, r in zip(M.tolist(), rest, strict=True)]
        n = len(S)
        for p in range(n):  # Gauss and Jordan
            pivot = next((q for q in range(p, n) if rows[q][p] != 0), None)
            if pivot is None:
                return False
            rows[p], rows[pivot] = rows[pivot], rows[p]
            rows[p] = [x / rows[p][p] for x in rows[p]]
            for q in range(n):
                if q != p:
                    rows[q] = [x - rows[q][p] * y for x, y in zip(rows[q], rows[p], strict=True)]
        w = w + F[:, S].dot(np.array([row[-1] for row in rows], dtype=object))
        assert list(F[:, S].T.dot(w)) == [int(s) for s in signs[S]]
    return all(abs(x) < 1 for x in F.T.dot(w)[signs == 0])


def check(A, Z):
    """Recovery with its certificates checked; nothing is both, and all is decided."""
    verdict = l1.recovery(A, Z)
    assert not (verdict.recovered & verdict.refuted).any()
    A = np.asarray(A, dtype=float)
    signs = np.sign(Z)
    U = A.T @ verdict.W
    H = verdict.H
    assert not verdict.W[:, ~verdict.recovered].any()
    assert not H[:, ~verdict.refuted].any()
    assert np.abs(A @ H).max(initial=0) <= 1e-9 * max(1, np.abs(A).max())
    slopes = (signs * H).sum(axis=0) + np.where(signs == 0, np.abs(H), 0).sum(axis=0)
    assert (slopes <= 1e-9).all()
    assert np.allclose(np.abs(H).max(axis=0)[verdict.refuted], 1)
    on = (signs != 0) & verdict.recovered
    assert np.abs(U - signs)[on].max(initial=0) < 1e-8
    assert np.abs(U[(signs == 0) & verdict.recovered]).max(initial=0) < 1
    return verdict


# ------------------------------------------------------------------------------------------------ recovery


@few
@given(integer_matrices())
def test_verdicts_are_those_of_enumerating_all_circuits_for_all_supports_and_signs(A):
    """Ties, zero and repeated columns, dependent rows included: everything is decided, and rightly."""
    patterns = all_signs(A.shape[1])
    expected = np.array([is_recovered(signs, circuits(A)) for signs in patterns.T])
    verdict = check(A, patterns)
    assert (verdict.recovered == expected).all()
    assert (verdict.refuted == ~expected).all()


@few
@given(integer_matrices(most_columns=4))
def test_dual_vectors_prove_recovery_in_exact_arithmetic(A):
    patterns = all_signs(A.shape[1])
    verdict = l1.recovery(A, patterns)
    for n in np.flatnonzero(verdict.recovered):
        assert proves(A, patterns[:, n], verdict.W[:, n])
        S = np.flatnonzero(patterns[:, n])
        assert l1.certifies(A, S, patterns[S, n], verdict.W[:, n])


def test_larger_random_signs_against_the_linear_program():
    """Near the threshold, where half of the vectors are recovered, at sizes where the iteration does the work."""
    A = np.random.default_rng(5).choice([-1.0, 1.0], (20, 50))
    Z = sparse(50, 6, 120)
    verdict = check(A, Z)
    assert not verdict.undecided.any()
    assert 20 < verdict.recovered.sum() < 100
    for n in range(0, 120, 4):
        x = A @ Z[:, n]
        solution = linprog(np.ones(100), A_eq=np.hstack([A, -A]), b_eq=x)
        if verdict.recovered[n]:
            assert np.abs(solution.x[:50] - solution.x[50:] - Z[:, n]).max() < 1e-7
        else:
            assert solution.fun <= np.abs(Z[:, n]).sum() * (1 + 1e-9)


def test_every_vector_below_half_the_inverse_kernel_ratio_is_recovered():
    """s < 1/(2 gamma) implies L1 recovery of all s-sparse z, for the certified upper side of gamma."""
    tried = 0
    for A in (kerdock(16).matrix(48), gaussian(40, 60), np.hstack([np.eye(8), np.ones((8, 1))])):
        s = int(kernel_ratio(A, gap=1e-3).l1_sparsity().lower)
        if s:
            Z = sparse(A.shape[1], s, 200, seed=s)
            assert check(A, Z).recovered.all()
            tried += s > 1
    assert tried >= 2


@fewer
@given(integer_matrices(), st.integers(0, 2**32 - 1))
def test_recovery_does_not_depend_on_scales_bases_order_or_signs(A, seed):
    rng = np.random.default_rng(seed)
    d, m = A.shape
    Z = all_signs(m)[:, rng.permutation(3**m)[:20]]
    first = l1.recovery(A, Z)
    assert not first.undecided.any()
    T = np.tril(rng.integers(-2, 3, (d, d)), -1) + np.diag(rng.choice([-1, 1, 2], d))
    order, flips = rng.permutation(m), rng.choice([-1, 1], m)
    magnitudes = rng.uniform(0.01, 100, Z.shape)
    for other_A, other_Z in (
        (1e-3 * A, Z),
        (np.ldexp(1.0, rng.integers(-60, 60, d))[:, None] * A, Z),
        (T @ A, Z),
        (np.vstack([A, A[::-1]]), Z),
        (A[:, order] * flips, Z[order] * flips[:, None]),
        (A, Z * magnitudes),
        (A, -Z),
    ):
        other = l1.recovery(other_A, other_Z)
        assert (other.recovered == first.recovered).all()
        assert (other.refuted == first.refuted).all()


def test_a_recovered_vector_stays_so_when_entries_are_set_to_zero():
    A, Z = gaussian(24, 60), sparse(60, 6, 150)
    smaller = Z.copy()
    smaller[np.abs(Z).argmax(axis=0), np.arange(150)] = 0
    before, after = check(A, Z), check(A, smaller)
    assert 20 < before.recovered.sum() < 140
    assert after.recovered[before.recovered].all()
    assert before.refuted[after.refuted].all()


def test_equal_patterns_share_one_verdict():
    A, Z = gaussian(24, 60), sparse(60, 6, 40)
    verdict = check(A, np.hstack([Z, -Z, 3 * np.sign(Z)]))
    for part in (verdict.recovered, verdict.refuted):
        assert (part[:40] == part[40:80]).all()
        assert (part[:40] == part[80:]).all()
    assert (verdict.W[:, :40] == -verdict.W[:, 40:80]).all()
    assert (verdict.H[:, :40] == -verdict.H[:, 40:80]).all()


@pytest.mark.parametrize("step", [-2.0, -1.0, 0.0, 1.0, 2.0, 2.0**20, -(2.0**20)])
@pytest.mark.parametrize("d", [1, 2, 5])
def test_ties_and_what_is_next_to_them_are_not_decided_wrongly(d, step):
    """z = e_1 + ... + e_d against one more column t (1, ..., 1)/d: recovered iff t < 1, exactly in floats for d a power
    of two; a tie is decided, what differs by rounding alone may stay open but is never wrong."""
    t = 1 + step * 2.0**-53
    A = np.hstack([np.eye(d), np.full((d, 1), t / d)])
    z = np.ones((d + 1, 1))
    z[d] = 0
    h = -fractions(A[:, d])
    exact = sum(h) + 1  # the slope of the only kernel vector (-A_d, 1)
    verdict = l1.recovery(A, z)
    assert not (verdict.recovered[0] and exact <= 0)
    assert not (verdict.refuted[0] and exact > 0)
    if exact <= 0 or abs(step) > 10:
        assert not verdict.undecided[0]


def test_a_nearly_repeated_column_is_told_apart_or_left_open():
    A = gaussian(10, 16)
    z = np.zeros((16, 1))
    z[0] = 1
    A[:, 15] = A[:, 0]
    assert check(A, z).refuted[0]
    A[:, 15] = -A[:, 0]
    assert check(A, z).refuted[0]
    A[:, 15] = A[:, 0] * (1 + 1e-6)
    assert check(A, z).refuted[0]
    A[:, 15] = A[:, 0] * (1 - 1e-6)
    assert check(A, z).recovered[0]


def test_columns_equal_up_to_sign_need_no_program():
    A = gaussian(30, 60)
    A = np.hstack([A, -A[:, :10], A[:, 5:6]])
    Z = sparse(71, 2, 100)
    has_twin = (Z[:10] != 0).any(axis=0) | (Z[60:] != 0).any(axis=0)
    verdict = check(A, Z)
    assert 10 < has_twin.sum() < 90
    assert verdict.refuted[has_twin].all()
    assert (l1.recovery(A, Z, most_iterations=1, most_programs=0).refuted >= has_twin).all()


def test_dependent_columns_are_refuted_in_floats_too(monkeypatch):
    """Both directions of a dependence are tried, and no integers are needed where one of them is downhill."""
    monkeypatch.setattr(_programs, "MOST_ENTRIES", 0)
    monkeypatch.setattr(_recovery._Iteration, "run", lambda self, most_iterations: None)
    A = gaussian(10, 20)
    for n in range(20):
        A[:, 2] = np.random.default_rng(n).choice([-1, 1], 2) @ A[:, :2].T * 0.75
        Z = np.zeros((20, 1))
        Z[:3, 0] = 1
        assert check(A, Z).refuted[0]


def test_domain_of_recovery():
    A = gaussian(6, 9)
    none = l1.recovery(A, np.zeros((9, 0)))
    assert len(none.recovered) == 0
    assert none.W.shape == (6, 0)
    assert none.H.shape == (9, 0)
    assert check(A, np.zeros((9, 3))).recovered.all()
    zero = A.copy()
    zero[:, 4] = 0
    Z = np.eye(9)
    assert check(zero, Z).refuted[4]
    assert check(zero, Z).recovered[[0, 8]].all()
    assert check(np.zeros((2, 3)), np.eye(4)[:3]).refuted.tolist() == [True] * 3 + [False]
    # injective: everything is recovered
    for B in (gaussian(9, 9), gaussian(14, 9), np.vstack([gaussian(9, 9), np.zeros((2, 9))])):
        assert check(B, sparse(9, 9, 5)).recovered.all()
        assert check(B, sparse(9, 3, 5)).recovered.all()
    # more non-zeros than dimensions: nothing is
    assert check(A, sparse(9, 7, 20)).refuted.all()
    assert check(A, sparse(9, 9, 20)).refuted.all()


def test_columns_of_very_different_sizes():
    A = gaussian(16, 40)
    scale = np.logspace(-3, 3, 40)
    Z = sparse(40, 2, 60)
    verdict = check(A * scale, Z)
    assert not verdict.undecided.any()
    for n in range(0, 60, 6):
        S = np.flatnonzero(Z[:, n])
        h = linprog(
            np.concatenate([np.sign(Z[S, n]), np.zeros(76)]),
            A_ub=np.concatenate([np.zeros(2), np.ones(76)])[None],
            b_ub=[1],
            A_eq=np.hstack([(A * scale)[:, S], np.delete(A * scale, S, 1), -np.delete(A * scale, S, 1)]),
            b_eq=np.zeros(16),
            bounds=[(None, None)] * 2 + [(0, None)] * 76,
        )
        assert verdict.recovered[n] == (-h.fun < 1)


@pytest.mark.parametrize("powers", [(200, 0), (0, 300), (200, 300)])
def test_sizes_beyond_what_float32_holds_prove_nothing_wrong(powers):
    A, Z = gaussian(8, 20), sparse(20, 2, 30)
    columns, rows = (np.ldexp(1.0, np.linspace(-p, p, n).astype(int)) for p, n in zip(powers, (20, 8), strict=True))
    B = A * columns * rows[:, None]
    plain, wild = l1.recovery(A * columns, Z), l1.recovery(B, Z)
    assert (wild.recovered == plain.recovered).all()
    assert (wild.refuted == plain.refuted).all()
    if powers[0] == 0:
        assert not wild.undecided.any()
        assert l1.decode_many(B, B @ Z).certified[wild.recovered].all()


def test_what_the_iteration_leaves_goes_to_programs(monkeypatch):
    A, Z = gaussian(20, 50), sparse(50, 5, 60)
    usual = check(A, Z)
    monkeypatch.setattr(_recovery._Iteration, "run", lambda self, most_iterations: None)
    slow = check(A, Z)
    assert (slow.recovered == usual.recovered).all()
    assert (slow.refuted == usual.refuted).all()
    assert l1.recovery(A, Z, most_programs=7).undecided.sum() == 53


def test_progress_counts_every_pattern_once(capsys):
    l1.recovery(gaussian(10, 30), sparse(30, 3, 40), progress=True)
    assert "40/40" in capsys.readouterr().err


# ------------------------------------------------------------------------------------------------ the check alone


@few
@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.sampled_from([0.0, 1e-3, 1e-9, 1e-14]))
def test_what_certifies_accepts_is_proved_in_fractions(seed, s, tilt):
    """Ill-conditioned supports and vectors next to the boundary included."""
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((5, 8))
    if tilt:
        A[:, 1] = A[:, 0] + tilt * A[:, 1]
    signs = np.zeros(8, dtype=int)
    signs[:s] = rng.choice([-1, 1], s)
    w = np.linalg.lstsq(A[:, :s].T, signs[:s].astype(float), rcond=None)[0]
    if s < 5:
        free = np.linalg.svd(A[:, :s].T)[2][s]
        w = w + rng.uniform(-1, 1) * free
    top = np.abs(A.T @ w)[s:].max()
    # scale the other columns so that the largest product is next to 1
    A[:, s:] *= (1 + rng.choice([-1e-3, -1e-10, -2e-16, 0, 2e-16, 1e-10])) / top
    if l1.certifies(A, np.arange(s), signs[:s], w):
        assert proves(A, signs, w)
    elif tilt in (0, 1e-3) and np.abs(A.T @ w)[s:].max() < 1 - 1e-6:
        pytest.fail("a comfortable certificate was rejected")


def test_a_changed_dual_vector_is_rejected():
    A, z = gaussian(20, 40), sparse(40, 3, 1)[:, 0]
    w = l1.recovery(A, z[:, None]).W[:, 0]
    S, rng = np.flatnonzero(z), np.random.default_rng(0)
    signs = np.sign(z[S])
    assert l1.certifies(A, S, signs, w)
    assert l1.certifies(A, S[::-1], signs[::-1], w)
    assert not l1.certifies(A, S, -signs, w)
    assert not l1.certifies(A, S[:2], signs[:2], w)  # |a_j^T w| = 1 for the third
    assert not l1.certifies(A, S, signs, 1.05 * w)
    assert not l1.certifies(A, S, signs, np.zeros(20))
    for _ in range(20):
        assert not l1.certifies(A, S, signs, w + rng.standard_normal(20))
    off = next(j for j in range(40) if j not in S)
    B = A.copy()
    B[:, off] *= 1.0001 / abs(A[:, off] @ w)
    assert not l1.certifies(B, S, signs, w)


def test_equations_that_hold_only_nearly_are_charged_for():
    """A_S nearly singular: a tiny residual can mean that the exact w' is far away."""
    t = 2.0**-40
    A = np.array([[1.0, 1.0, 0.5], [0.0, t, 1.0]])
    assert l1.certifies(A, [0, 1], [1, 1], [1.0, 0.0])
    # both equations hold for (1, 0) only, where the last column gives 1.25; (1, -1/2) misses one of them by t/2
    A[0, 2] = 1.25
    assert not l1.certifies(A, [0, 1], [1, 1], [1.0, -0.5])
    assert not l1.certifies(A, [0, 1], [1, 1], [1.0, 0.0])


@few
@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.floats(-14, 0))
def test_the_lower_bound_on_the_least_singular_value(seed, s, exponent):
    rng = np.random.default_rng(seed)
    U = np.linalg.qr(rng.standard_normal((8, s)))[0]
    V = np.linalg.qr(rng.standard_normal((s, s)))[0]
    A = (U * np.logspace(0, exponent, s)) @ V
    bound = Supports(Columns(A), np.arange(s)[None]).sigma[0]
    G = fractions(A).T.dot(fractions(A))
    # sigma^2 is below every eigenvalue: G - sigma^2 I is positive definite, by Sylvester's leading minors
    shifted = [[x - (Fraction(bound) ** 2 if i == j else 0) for j, x in enumerate(row)] for i, row in enumerate(G)]
    for p in range(s):
        assert shifted[p][p] > 0
        for q in range(p + 1, s):
            factor = shifted[q][p] / shifted[p][p]
            shifted[q] = [x - factor * y for x, y in zip(shifted[q], shifted[p], strict=True)]
    if exponent > -6:
        assert bound > 10.0**exponent / (2 * s)


def test_domain_of_certifies():
    A = gaussian(4, 7)
    assert l1.certifies(A, [], [], np.zeros(4))
    assert not l1.certifies(A, [], [], np.full(4, 100.0))
    assert l1.certifies(np.eye(3), [2, 0], [1, -1], [-1.0, 0.0, 1.0])
    for arguments in (
        ([7], [1], np.zeros(4)),
        ([-1], [1], np.zeros(4)),
        ([0, 0], [1, 1], np.zeros(4)),
        ([0.5], [1], np.zeros(4)),
        ([0], [0], np.zeros(4)),
        ([0], [1, 1], np.zeros(4)),
        ([0], [1], np.zeros(5)),
        ([0], [1], np.full(4, np.nan)),
        ([0], [1j], np.zeros(4)),
        ([0], [1 + 0j], np.zeros(4)),
        ([0], [True], np.zeros(4)),
        ([0], ["a"], np.zeros(4)),
        ([0], [None], np.zeros(4)),
        ([0], [[1], [1, 2]], np.zeros(4)),
        ([[0], [0, 1]], [1], np.zeros(4)),
        (["0"], [1], np.zeros(4)),
        ([0], [1], [0, 0, 0, [0]]),
        ([0], [1], ["a"] * 4),
    ):
        with pytest.raises(InputError) as caught:
            l1.certifies(A, *arguments)
        assert "\n" not in str(caught.value)


def cancelling(rng, total):
    """Vectors a and w of size 40 with a^T w = total nearly, large terms, w <= 1, and the last two entries of w 1."""
    a, w = 1e6 * rng.uniform(0.5, 1, 40) * rng.choice([-1, 1], 40), rng.uniform(0.5, 1, 40)
    w[38:] = 1
    a[38:] = 0
    for i in (38, 39):  # what is missing, and what is missing to that
        a[i] = float(Fraction(total) - fractions(a).dot(fractions(w)))
    return a, w


def test_the_rounding_of_products_is_charged_for_in_gaps():
    """A column with a^T w = 1 + 1e-11, exactly, makes the bound that w gives smaller than 1, whatever floats say."""
    rng, less = np.random.default_rng(0), 0
    for _ in range(20):
        a, w = cancelling(rng, 1 + 1e-11)
        A = np.hstack([np.eye(40), a[:, None]])
        pursuit = _decode._Pursuit(A, np.eye(40)[39:])
        matrix = pursuit.dictionary.matrix
        pursuit.Z[0], pursuit.w[0] = np.eye(41)[39], np.ldexp(w, pursuit.dictionary.exponent) / matrix.row_scale
        pursuit.Z[0] = np.ldexp(pursuit.Z[0], pursuit.dictionary.exponent)
        answers = pursuit.result()
        assert answers.Z[:, 0].tolist() == np.eye(41)[39].tolist()
        less += bool(w @ a < 1)
        assert (1 - Fraction(answers.gap[0])) * fractions(a).dot(fractions(w)) <= 1
        assert answers.gap[0] < 1e-3
    assert less > 3


def test_the_rounding_of_products_is_charged_for():
    """``a_j^T w`` is 1 or just above, exactly, but cancellation makes it less than 1 in floats every other time."""
    rng, less = np.random.default_rng(0), 0
    for _ in range(30):
        a, w = cancelling(rng, 1)
        a[39] += 1e-15
        assert fractions(a).dot(fractions(w)) >= 1
        less += bool(w @ a < 1 - 1e-12)
        assert not l1.certifies(a[:, None], [], [], w)
        # the same off a support: the first column takes no part in the products
        A = np.zeros((41, 2))
        A[0, 0], A[1:, 1] = 1, a
        assert not l1.certifies(A, [0], [1], np.concatenate([[1.0], w]))
        A[1:, 1] *= 1 - 1e-6
        assert l1.certifies(A, [0], [1], np.concatenate([[1.0], w]))
    assert less > 5


# ------------------------------------------------------------------------------------------------ decoding


@pytest.mark.parametrize("k", [1, 4, 8])
def test_decoding_returns_what_recovery_promises(k):
    A, Z = gaussian(40, 100), sparse(100, k, 80)
    Z *= np.logspace(-150, 150, 80)
    verdict = l1.recovery(A, Z)
    answers = l1.decode_many(A, A @ Z)
    assert verdict.recovered.sum() > 60
    assert answers.certified[verdict.recovered].all()
    assert np.allclose(answers.Z / np.abs(Z).max(axis=0), Z / np.abs(Z).max(axis=0), atol=1e-9) or verdict.refuted.any()
    good = verdict.recovered
    assert ((answers.Z != 0) == (Z != 0))[:, good].all()
    assert (np.abs(answers.Z - Z)[:, good].max(axis=0) <= 1e-9 * np.abs(Z).max(axis=0)[good]).all()
    assert (answers.gap[answers.certified] == 0).all()
    x_sizes = np.linalg.norm(A @ Z, axis=0)
    assert (answers.residual[answers.certified] <= 1e-10 * x_sizes[answers.certified]).all()
    for n in np.flatnonzero(answers.certified)[:20]:
        S = np.flatnonzero(answers.Z[:, n])
        assert l1.certifies(A, S, np.sign(answers.Z[S, n]), answers.W[:, n])


def test_a_sparse_answer_that_is_not_minimal_is_not_certified():
    """Beyond the threshold the true z fits x and is sparse, but another vector is shorter."""
    A, Z = gaussian(20, 60), sparse(60, 8, 60)
    verdict = l1.recovery(A, Z)
    assert verdict.refuted.sum() > 30
    answers = l1.decode_many(A, A @ Z, most_programs=60)
    assert answers.certified.all()
    norms, truth = np.abs(answers.Z).sum(axis=0), np.abs(Z).sum(axis=0)
    assert (norms[verdict.refuted] < truth[verdict.refuted]).all()
    assert np.allclose(norms[verdict.recovered], truth[verdict.recovered])
    assert np.allclose(A @ answers.Z, A @ Z)


@few
@given(integer_matrices(most_columns=6), st.integers(0, 2**32 - 1))
def test_certified_answers_are_the_only_minimisers_by_all_circuits(A, seed):
    m = A.shape[1]
    all_circuits = circuits(A)
    Z = np.random.default_rng(seed).integers(-3, 4, (m, 40)) * (np.random.default_rng(seed + 1).random((m, 40)) < 0.5)
    answers = l1.decode_many(A, A @ Z, most_iterations=400, most_programs=40)
    expected = np.array([is_recovered(np.sign(z), all_circuits) for z in Z.T])
    for n in np.flatnonzero(answers.certified):
        assert is_recovered(np.sign(answers.Z[:, n]), all_circuits)
    assert answers.certified[expected].all()
    assert np.allclose(answers.Z[:, expected], Z[:, expected])
    least = np.abs(answers.Z).sum(axis=0) * (1 - answers.gap)
    assert (least <= np.abs(Z).sum(axis=0) * (1 + 1e-9) + 1e-9).all()


@pytest.mark.parametrize("most_iterations", [1, 7, 40])
def test_the_gap_holds_against_the_linear_program(most_iterations):
    """No vector with the measurements A z of the answer z has a norm below (1 - gap) ||z||_1."""
    A = gaussian(15, 40)
    X = np.random.default_rng(3).standard_normal((15, 25))
    answers = l1.decode_many(A, X, most_iterations=most_iterations)
    assert (~answers.certified).sum() > 5
    for n in range(25):
        z = answers.Z[:, n]
        best = linprog(np.ones(80), A_eq=np.hstack([A, -A]), b_eq=A @ z).fun
        assert (1 - answers.gap[n]) * np.abs(z).sum() <= best * (1 + 1e-7)
        assert np.linalg.norm(A @ z - X[:, n]) <= answers.residual[n]
        assert np.abs(A.T @ answers.W[:, n]).max() <= 1 + 1e-9
    assert (answers.gap[~answers.certified] > 0).all()


@pytest.mark.parametrize("solver", ["HIGHS", "CLARABEL", "SCS"])
@pytest.mark.parametrize("k", [3, 12])
def test_one_problem_by_a_general_solver(solver, k):
    A, z = gaussian(30, 70), 1e5 * sparse(70, k, 1)[:, 0]
    answer = l1.decode(A, A @ z, solver=solver)
    batch = l1.decode_many(A, (A @ z)[:, None], most_programs=1)
    assert batch.certified[0]
    if solver != "SCS" or k == 3:
        assert answer.certified
    assert answer.primal == pytest.approx(np.abs(batch.Z[:, 0]).sum(), rel=1e-2)
    assert answer.dual <= answer.primal
    assert answer.residual <= 1e-2 * np.linalg.norm(A @ z)
    if answer.certified:
        assert answer.dual >= answer.primal * (1 - 1e-12)
        assert np.allclose(answer.z, batch.Z[:, 0], rtol=1e-9, atol=1e-4)
        assert answer.support.tolist() == np.flatnonzero(answer.z).tolist()
        assert l1.certifies(A, answer.support, np.sign(answer.z[answer.support]), answer.w)


def test_an_unknown_solver_is_named():
    with pytest.raises(l1.SolverError, match="NOSUCH"):
        l1.decode(np.eye(2, 3), [1.0, 2.0], solver="NOSUCH")


def test_a_column_on_which_the_solver_fails_stays_open_and_the_others_are_answered(monkeypatch):
    def failing(problem, solver, what, **rest):
        raise l1.SolverError(f"{solver} failed on {what}")

    A = gaussian(10, 30)
    X = np.hstack([np.random.default_rng(0).standard_normal((10, 3)), A[:, :2]])
    usual = l1.decode_many(A, X, most_iterations=1)
    monkeypatch.setattr(_decode, "call_solver", failing)
    answers = l1.decode_many(A, X, most_iterations=1, most_programs=5)
    assert answers.certified.tolist() == usual.certified.tolist() == [False] * 3 + [True] * 2
    assert (answers.gap == usual.gap).all()
    assert (answers.Z == usual.Z).all()
    with pytest.raises(l1.SolverError, match="basis pursuit"):
        l1.decode(A, X[:, 0])


def test_a_solver_need_not_have_dual_vectors(monkeypatch):
    solve = _decode.call_solver

    def without(problem, *arguments):
        solve(problem, *arguments)
        problem.constraints[0].save_dual_value(None)

    monkeypatch.setattr(_decode, "call_solver", without)
    A, x = gaussian(8, 20), np.random.default_rng(1).standard_normal(8)
    assert l1.decode(A, x).certified


def test_a_solver_gets_columns_of_one_size():
    """HiGHS calls this program infeasible, although A is invertible, if the columns stay as they are."""
    A = np.array([[5.56708389e-10, -2.27044771e6], [4.2089762e-9, 5.34966699e6]])
    x = np.array([-1.10323021e-10, -8.34093716e-10])
    answer = l1.decode(A, x)
    assert np.allclose(answer.z, np.linalg.solve(A, x), rtol=1e-6, atol=0)
    assert answer.dual >= answer.primal * (1 - 1e-9)
    assert l1.decode_many(A, x[:, None], most_programs=2).gap[0] < 1e-9


# ------------------------------------------------------------------------------------------------ the ends of the range


def is_close(A, x, z, residual):
    """||A z - x||_2 <= residual, in fractions."""
    rest = fractions(A).dot(fractions(z)) - fractions(x)
    return sum(r * r for r in rest) <= Fraction(residual) ** 2


@pytest.mark.parametrize("size", [5e-324, 1e-320, 1e-315, 1e-308, 1e-300, 1e-200, 1.0, 1e200, 1e307, 1.7e308])
@pytest.mark.parametrize("factor", [1e-300, 1e-150, 1e-5, 1.0, 1e5, 1e150, 1e300])
def test_what_is_claimed_near_the_ends_of_the_range_holds_or_is_refused(size, factor):
    A = np.array([[3.0, 0.0, 1.0], [0.0, 3.0, 1.0]]) * factor
    for x in (np.array([size, 0.0]), np.array([size, -size]), np.array([size, 1e-10 * size])):
        if not 1e-290 <= size <= 1e290 or not 1e-305 <= size / factor <= 1e305:
            with pytest.raises(InputError, match="float64"):
                l1.decode(A, x)
            continue
        answer = l1.decode(A, x)
        assert np.isfinite([*answer.z, *answer.w, answer.primal, answer.dual, answer.residual]).all()
        assert is_close(A, x, answer.z, answer.residual)
        assert Fraction(answer.dual) <= sum(abs(z) for z in fractions(answer.z))
        if answer.certified:
            S = answer.support
            assert proves(A, np.sign(answer.z).astype(int), answer.w)
            assert l1.certifies(A, S, np.sign(answer.z[S]), answer.w)
            assert Fraction(answer.residual) ** 2 <= Fraction(1, 10**20) * sum(t * t for t in fractions(x))


def test_small_entries_that_underflow_do_not_spoil_what_is_proved():
    """The exact answer has the entries 2^-1020 and 2^-1050 / 3, of which floats hold only 24 bits."""
    A = np.array([[2.0**60, 0.0, 0.1], [0.0, 2.0**90, 0.1]])
    x = 2.0**-960 * np.array([1.0, 1 / 3])
    answer = l1.decode(A, x)
    assert is_close(A, x, answer.z, answer.residual)
    assert answer.support.tolist() == [0, 1]
    assert not answer.certified
    assert answer.residual > 1e-10 * 2.0**-960
    assert 0 < answer.dual <= answer.primal
    assert l1.decode(A, 2.0**900 * x).certified


@pytest.mark.parametrize("exponent", [-560, -530, 530, 565, 660, -660, 930, -930])
def test_the_size_of_the_whole_of_A_does_not_matter(exponent):
    """Powers of two change nothing at all."""
    A = np.array([[2.0, 1.0, 1.0], [0.0, 1.0, -1.0]])
    B, X = np.ldexp(A, exponent), A @ np.array([[1.0, 0.0, 0.0], [0.0, 1.0, -3.0]]).T
    for most_iterations in (1, 100):
        plain = l1.decode_many(A, X, most_iterations=most_iterations)
        other = l1.decode_many(B, np.ldexp(X, exponent), most_iterations=most_iterations)
        assert (other.Z == plain.Z).all()
        assert (np.ldexp(other.W, exponent) == plain.W).all()
        assert (other.gap == plain.gap).all()
        assert (other.certified == plain.certified).all()
        assert plain.certified[0]
    plain, other = l1.recovery(A, np.eye(3)), l1.recovery(B, np.eye(3))
    assert (other.recovered == plain.recovered).all()
    assert (other.refuted == plain.refuted).all()
    assert (other.H == plain.H).all()
    for heuristic in (l1.orthogonal_matching_pursuit, l1.iterative_hard_thresholding):
        expected = heuristic(A, X, 1)
        assert expected.any()
        assert (heuristic(B, np.ldexp(X, exponent), 1) == expected).all()
        assert (heuristic(A, np.ldexp(X, exponent), 1) == np.ldexp(expected, exponent)).all()
        assert (heuristic(B, X, 1) == np.ldexp(expected, -exponent)).all()
        with pytest.raises(InputError, match="float64"):
            heuristic(np.ldexp(A, 980), np.ldexp(X, -980), 1)
    assert (l1.omp_margins(B, np.ldexp(np.eye(3), exponent)) == l1.omp_margins(A, np.eye(3))).all()
    assert (l1.omp_margins(B, np.ldexp(np.eye(3), -exponent)) == l1.omp_margins(A, np.eye(3))).all()


def test_entries_that_no_scale_fits_are_refused():
    A = np.array([[1e300, 1.0], [1.0, 1e-30]])
    for call in (
        lambda: l1.decode(A, [1.0, 0.0]),
        lambda: l1.decode_many(A, A),
        lambda: l1.recovery(A, np.eye(2)),
    ):
        with pytest.raises(InputError, match="sizes differ"):
            call()


@pytest.mark.parametrize("power", [20, 26, 30, 34])
def test_measurements_in_the_range_of_an_ill_conditioned_matrix_are_not_said_to_be_outside(power):
    A = np.array([[1.0, 1.0], [1.0, 1.0 + 2.0**-power]])
    x = A @ np.array([1.0, -1.0])
    answers = l1.decode_many(A, x[:, None])
    assert is_close(A, x, answers.Z[:, 0], answers.residual[0])
    assert answers.residual[0] <= 1e-2 * np.linalg.norm(x)
    with pytest.raises(InputError, match="not in the range of A, up to rounding"):
        l1.decode(np.ones((2, 2)), x)
    U, V = np.linalg.qr(gaussian(8, 8))[0], np.linalg.qr(gaussian(8, 8, seed=power))[0]
    A = (U * np.logspace(0, -power / 3, 8)) @ V
    answer = l1.decode_many(A, U[:, 7:], most_iterations=1)
    assert answer.residual[0] < 0.1


def test_an_answer_that_left_the_range_of_its_floats_is_replaced(monkeypatch):
    def broken(self, where, most_iterations, report):
        self.Z[where], self.w[where] = np.nan, np.inf

    monkeypatch.setattr(_decode._Pursuit, "run", broken)
    A, X = gaussian(8, 20), np.random.default_rng(0).standard_normal((8, 3))
    answers = l1.decode_many(A, X)
    assert np.allclose(A @ answers.Z, X)
    assert np.isfinite(answers.W).all()
    assert (answers.gap == 1).all()
    assert (answers.residual < 1e-12).all()


def test_decoding_agrees_with_spgl1():
    spgl1 = pytest.importorskip("spgl1")
    A, Z = gaussian(40, 100), sparse(100, 6, 5)
    answers = l1.decode_many(A, A @ Z)
    assert answers.certified.all()
    for n in range(5):
        z = spgl1.spg_bp(A, A @ Z[:, n], iter_lim=3000, bp_tol=1e-9, opt_tol=1e-9)[0]
        assert np.abs(z - answers.Z[:, n]).max() < 1e-4


def test_structured_dictionaries_are_decoded():
    """Repeated columns nearby, zero columns, dependent rows, signs only: supersets of the support may be singular."""
    H = kerdock(16).matrix(32)
    twins = np.hstack([gaussian(16, 30), gaussian(16, 30)[:, 10:], np.zeros((16, 3))])
    rows = np.vstack([gaussian(15, 40), gaussian(15, 40).sum(axis=0)])
    for A in (np.hstack([np.eye(16), H]), twins, rows, np.random.default_rng(0).choice([-1, 1], (16, 40))):
        Z = sparse(A.shape[1], 2, 60)
        good = l1.recovery(A, Z).recovered
        assert good.any()
        answers = l1.decode_many(A, A @ Z)
        assert answers.certified[good].all()
        assert np.allclose(answers.Z[:, good], Z[:, good])


def test_many_repeated_columns_do_not_hide_the_others():
    rng = np.random.default_rng(0)
    own, repeated = rng.standard_normal((40, 60)), rng.standard_normal((40, 100))
    A = np.hstack([own, repeated, repeated])
    Z = np.vstack([sparse(60, 6, 60), np.zeros((200, 60))])
    good = check(A, Z).recovered
    assert good.sum() > 50
    assert l1.decode_many(A, A @ Z).certified[good].all()


def test_a_column_that_depends_on_the_support_does_not_hide_it():
    """2 a_0 - 3 a_1 + a_3 = 0, and the dual vector cannot tell a_1 from the support {0, 3}."""
    A = np.array([[-1, 0, 2, 2], [2, 2, 2, 2], [2, 2, 0, 2]])
    z = np.array([-1.0, 0, 0, 3])
    assert l1.recovery(A, z[:, None]).recovered[0]
    assert l1.decode_many(A, A @ z[:, None]).certified[0]
    assert l1.decode(A, A @ z).certified


def test_nothing_is_certified_whose_residual_is_too_large(monkeypatch):
    monkeypatch.setattr(_decode, "CONSISTENT", 0)
    A, Z = gaussian(20, 40), sparse(40, 2, 5)
    answers = l1.decode_many(A, A @ Z, most_iterations=60)
    assert not answers.certified.any()
    assert (answers.gap > 0).all()
    assert (answers.residual > 0).all()


def test_domain_of_decoding():
    A = gaussian(6, 9)
    none = l1.decode_many(A, np.zeros((6, 0)))
    assert none.Z.shape == (9, 0)
    zero = l1.decode_many(A, np.zeros((6, 2)))
    assert zero.certified.all()
    assert not zero.Z.any()
    assert l1.decode(A, np.zeros(6)).certified
    assert l1.decode_many(np.zeros((2, 3)), np.zeros((2, 1))).certified.all()
    square = l1.decode_many(gaussian(9, 9), gaussian(9, 4, seed=7))
    assert square.certified.all()
    tall = gaussian(14, 9)
    answers = l1.decode_many(tall, tall @ np.ones((9, 1)))
    assert answers.certified.all()
    assert np.allclose(answers.Z, 1)
    for call in (
        lambda: l1.decode_many(tall, np.ones((14, 1))),
        lambda: l1.decode(tall, np.ones(14)),
        lambda: l1.decode_many(np.zeros((2, 3)), np.ones((2, 1))),
        lambda: l1.decode(A, np.ones(5)),
        lambda: l1.decode(A, np.ones((6, 1))),
        lambda: l1.decode(A, np.full(6, np.inf)),
        lambda: l1.decode_many(A, np.ones(6)),
        lambda: l1.decode_many(A, np.ones((9, 6))),
        lambda: l1.decode_many(A, np.ones((6, 1)) * 1j),
        lambda: l1.decode_many(A * 1j, np.ones((6, 1))),
        lambda: l1.decode_many(A, np.ones((6, 1)), most_iterations=0),
        lambda: l1.recovery(A * 1j, np.ones((9, 1))),
        lambda: l1.recovery(A, np.ones(9)),
        lambda: l1.recovery(A, np.ones((6, 1))),
        lambda: l1.recovery(np.full((1, 2), 2**60), np.ones((2, 1))),
        lambda: l1.omp_recovers(A, np.ones((6, 1))),
        lambda: l1.orthogonal_matching_pursuit(A, np.ones((6, 1)), 0),
        lambda: l1.orthogonal_matching_pursuit(A, np.ones((6, 1)), 10),
        lambda: l1.iterative_hard_thresholding(A, np.ones((9, 1)), 2),
        lambda: l1.iterative_hard_thresholding(A, np.ones((6, 1)), 2, tol="x"),
        lambda: l1.iterative_hard_thresholding(A, np.ones((6, 1)), 2, tol=-1),
        lambda: l1.iterative_hard_thresholding(A, np.ones((6, 1)), 2, tol=np.nan),
        lambda: l1.decode_many([[1, 2], [3]], np.ones((2, 1))),
        lambda: l1.decode_many(np.eye(2), [[1, 2], [3]]),
        lambda: l1.decode(np.eye(2), [1, [2]]),
        lambda: l1.recovery(np.eye(2), [[1, 2], [3]]),
        lambda: l1.omp_margins(np.eye(2), [[1, 2], [3]]),
    ):
        with pytest.raises(InputError) as caught:
            call()
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["A", "X", "Z", "x", "w"])
def test_integers_beyond_what_floats_hold_are_named(name):
    large, eye = np.array([[2**60 + 1, 0], [0, 1]]), np.eye(2)
    call = {
        "A": lambda: l1.decode_many(large, eye),
        "X": lambda: l1.decode_many(eye, large),
        "Z": lambda: l1.recovery(eye, large),
        "x": lambda: l1.decode(eye, large[0]),
        "w": lambda: l1.certifies(eye, [0], [1], large[0]),
    }[name]
    with pytest.raises(InputError, match=rf"^{name} has integers beyond 2\^53, .* pass floats$"):
        call()


def test_the_complex_are_advised():
    with pytest.raises(InputError, match="real_form"):
        l1.recovery(np.ones((2, 3)) * 1j, np.ones((3, 1)))


def test_blocks_give_what_one_block_gives(monkeypatch):
    A, Z = gaussian(20, 50), sparse(50, 4, 150)
    whole, answers = l1.recovery(A, Z), l1.decode_many(A, A @ Z)
    for module in (_recovery, _decode):
        monkeypatch.setattr(module, "blocks", lambda n, size: (slice(i, min(i + 37, n)) for i in range(0, n, 37)))
    parts, others = l1.recovery(A, Z), l1.decode_many(A, A @ Z)
    assert (parts.recovered == whole.recovered).all()
    assert (parts.refuted == whole.refuted).all()
    assert (others.certified == answers.certified).all()
    assert np.allclose(others.Z[:, answers.certified], answers.Z[:, answers.certified])


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("A.npy", np.array([[3.0, 0.0, 1.0], [0.0, 3.0, 1.0]]) * 1e-5)
    np.save("X.npy", np.array([[1.0], [0.0]]))
    np.save("huge.npy", np.array([[1e306], [0.0]]))
    return tmp_path


def test_the_command_refuses_what_it_cannot_write_before_the_work(files, monkeypatch, capsys):
    monkeypatch.setattr(l1, "decode_many", None)
    for options, message in (
        (["--out", "f.npy", "--duals-out", "./f.npy"], "two files"),
        (["--out", "none/f.npy"], "folder does not exist"),
        (["--out", "Z.npy", "--duals-out", "none/f.npy"], "folder does not exist"),
        (["--out", "Z.txt"], "npy"),
    ):
        assert main(["decode", "A.npy", "X.npy", *options]) == 2
        error = capsys.readouterr().err
        assert message in error
        assert error.count("\n") == 1
    assert sorted(path.name for path in files.iterdir()) == ["A.npy", "X.npy", "huge.npy"]


def test_the_command_writes_both_files_or_none(files, capsys):
    assert main(["decode", "A.npy", "huge.npy", "--out", "Z.npy", "--duals-out", "W.npy", "--json"]) == 2
    assert "float64" in capsys.readouterr().err
    assert sorted(path.name for path in files.iterdir()) == ["A.npy", "X.npy", "huge.npy"]
    assert main(["decode", "A.npy", "X.npy", "--out", "Z.npy", "--duals-out", "W.npy"]) == 0
    assert np.allclose(np.load("A.npy") @ np.load("Z.npy"), np.load("X.npy"))
    assert l1.certifies(np.load("A.npy"), [0], [1], np.load("W.npy")[:, 0])


# ------------------------------------------------------------------------------------------------ baselines


@pytest.mark.parametrize("k", [1, 5, 12])
def test_omp_agrees_with_scikit_learn(k):
    orthogonal_mp = pytest.importorskip("sklearn.linear_model").orthogonal_mp
    A = gaussian(40, 90)
    A /= np.linalg.norm(A, axis=0)
    for X in (A @ sparse(90, k, 50), np.random.default_rng(2).standard_normal((40, 50))):
        ours, theirs = l1.orthogonal_matching_pursuit(A, X, k), orthogonal_mp(A, X, n_nonzero_coefs=k)
        assert np.allclose(ours, theirs, atol=1e-10)


def test_omp_recovers_says_what_the_pursuit_does():
    A, Z = gaussian(40, 90), sparse(90, 18, 300)
    A *= np.logspace(-1, 1, 90)
    says = l1.omp_recovers(A, Z)
    found = l1.orthogonal_matching_pursuit(A, A @ Z, 18)
    does = ((found != 0) == (Z != 0)).all(axis=0)
    assert 20 < does.sum() < 280
    assert (says == does).all()
    assert np.allclose(found[:, does], Z[:, does])
    margins = l1.omp_margins(A, Z)
    assert ((margins > 0) == does).all()
    assert (np.abs(margins) <= 1).all()


def test_omp_knows_columns_of_several_sparsities():
    A = gaussian(40, 90)
    Z = np.hstack([sparse(90, k, 20, seed=k) for k in (0, 1, 3, 9, 50)])
    together = l1.omp_recovers(A, Z)
    assert (together == np.concatenate([l1.omp_recovers(A, Z[:, i : i + 1]) for i in range(100)])).all()
    assert together[:40].all()
    assert not together[80:].any()  # more than d columns


def test_ties_of_omp_count_as_failures():
    A = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
    twins = np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    assert not l1.omp_recovers(twins, np.eye(3)[:, :2]).any()
    assert l1.omp_margins(twins, np.eye(3)).tolist() == [0, 0, 1]
    # the columns of the support are dependent: the residual is 0 before all are taken
    assert l1.omp_margins(A, np.array([[1.0, 1.0, 5.0]]).T)[0] == 0
    flat = np.vstack([A, np.zeros((1, 3))])
    assert l1.omp_margins(flat, np.array([[1.0, 1.0, 5.0]]).T)[0] == 0
    # what is orthogonal to all columns stays, and no column is taken twice
    found = l1.orthogonal_matching_pursuit(flat, np.array([[3.0, 4.0, 5.0]]).T, 3)
    assert np.allclose(flat @ found, [[3], [4], [0]])
    assert l1.omp_recovers(A, np.zeros((3, 1)))[0]


def test_omp_takes_no_column_twice_and_ends_where_none_correlates():
    assert l1.orthogonal_matching_pursuit(np.eye(4)[:, :3], np.array([[1.0, 0, 0, 1]]).T, 2).T.tolist() == [[1, 0, 0]]
    Q = np.linalg.qr(gaussian(12, 7))[0]
    found = l1.orthogonal_matching_pursuit(Q[:, :6], Q @ np.array([[0, 2.0, 0, 0, -1.0, 0, 3.0]]).T, 5)
    assert np.flatnonzero(found).tolist() == [1, 4]  # what is left correlates by rounding alone
    tall = gaussian(12, 5)
    X = np.random.default_rng(3).standard_normal((12, 6))
    expected = np.linalg.lstsq(tall, X, rcond=None)[0]
    assert np.allclose(l1.orthogonal_matching_pursuit(tall, X, 5), expected)
    assert np.allclose(l1.orthogonal_matching_pursuit(np.hstack([tall, np.zeros((12, 3))]), X, 8)[:5], expected)


def test_omp_does_not_depend_on_the_sizes_of_columns():
    A, Z = gaussian(20, 40), sparse(40, 4, 30)
    powers = np.random.default_rng(0).integers(-600, 600, 40)
    plain = l1.orthogonal_matching_pursuit(A, A @ Z, 4)
    other = l1.orthogonal_matching_pursuit(np.ldexp(A, powers[None]), A @ Z, 4)
    assert (np.ldexp(other, powers[:, None]) == plain).all()
    scaled = np.ldexp(Z, -powers[:, None])
    assert np.allclose(l1.omp_margins(np.ldexp(A, powers[None]), scaled), l1.omp_margins(A, Z), atol=1e-12)


def test_low_coherence_lets_omp_and_l1_recover_everything():
    """mu < 1/(2s - 1) suffices for both."""
    A = kerdock(64).matrix(640)
    mu = float(coherence(A).upper)
    s = int((1 + 1 / mu) / 2 - 1e-9)
    assert s >= 4
    Z = sparse(640, s, 200)
    assert l1.omp_recovers(A, Z).all()
    assert check(A, Z).recovered.all()


def test_hard_thresholding():
    A = gaussian(60, 120)
    Z = sparse(120, 5, 60)
    Z[:, 0] = 0
    found = l1.iterative_hard_thresholding(A, A @ Z, 5)
    assert ((found != 0).sum(axis=0) <= 5).all()
    assert (np.abs(found - Z).max(axis=0) < 1e-7).mean() > 0.9
    assert not found[:, 0].any()
    X = np.random.default_rng(0).standard_normal((60, 20))
    short, long = (l1.iterative_hard_thresholding(A, X, 5, most_iterations=n) for n in (1, 100))
    assert (np.linalg.norm(A @ long - X, axis=0) <= np.linalg.norm(A @ short - X, axis=0) + 1e-12).all()
    assert (np.linalg.norm(A @ short - X, axis=0) <= np.linalg.norm(X, axis=0)).all()
    assert np.allclose(l1.iterative_hard_thresholding(np.eye(4), X[:4], 4), X[:4])
