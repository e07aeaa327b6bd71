"""The proofs: every machine-checked step goes through, texts and steps name each other, formulas agree with code."""

import importlib
import re
import sys
from fractions import Fraction
from itertools import combinations, combinations_with_replacement, permutations
from pathlib import Path

import flint
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from lincs import dimension_bounds, kernel_ratio
from lincs.bounds import (
    alon_lower_bound,
    chebyshev_lower_bound,
    joint_trace_lower_bound,
    random_upper_bound,
    turan_alon_lower_bound,
)
from lincs.bounds._inequalities import (
    _chebyshev,
    alon_excludes,
    chebyshev_excludes,
    joint_excludes,
    kernel_excludes,
    powers_dimension,
    turan_size,
)
from lincs.bounds.lower import best_lower_bound

ROOT = Path(__file__).parents[1]
PROOFS = ROOT / "proofs"
if not PROOFS.is_dir():
    pytest.skip("the proofs lie in a checkout, not in an installed package", allow_module_level=True)
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from proofs import _steps, check  # noqa: E402
from proofs._steps import Unproved, prove_equal, prove_nonnegative, prove_positive, prove_zero, require, step  # noqa: E402

STEPS = check.steps()
TEXTS = {path.stem: path.read_text() for path in sorted(PROOFS.glob("*.md")) if path.stem != "README"}
COQ = "\n".join(path.read_text() for path in (PROOFS / "coq").glob("*.v"))
MARK = re.compile(r"sympy:\s+(proofs/\w+\.py),\s+step\s+(\d+)")
COQ_MARK = re.compile(r"Coq:\s+([^)]+)\)")

x = sympy.Symbol("x")


def marks(slug):
    """The (file, number) that a text names as machine-checked by sympy."""
    return {(file, int(number)) for file, number in MARK.findall(TEXTS[slug])}


def lemmas(slug):
    """The names in a text's marks of the form (Coq: a, b)."""
    return [name for found in COQ_MARK.findall(TEXTS[slug]) for name in re.findall(r"\w+", found.replace("`", ""))]


# --------------------------------------------------------------------------------------------------- texts and steps


@pytest.mark.parametrize(("file", "each"), STEPS, ids=[f"{each.slug}-{each.number}" for _, each in STEPS])
def test_every_step_goes_through(file, each):
    each()


def test_no_step_stands_twice_and_each_has_a_text():
    keys = [(each.slug, each.number) for _, each in STEPS]
    assert len(keys) == len(set(keys))
    assert {slug for slug, _ in keys} <= set(TEXTS)


@pytest.mark.parametrize("slug", TEXTS)
def test_marks_and_steps_are_the_same(slug):
    assert marks(slug) == {(file, each.number) for file, each in STEPS if each.slug == slug}


@pytest.mark.parametrize("slug", TEXTS)
def test_marked_lemmas_are_proved_in_coq(slug):
    for name in lemmas(slug):
        assert re.search(rf"^\s*(Lemma|Theorem|Corollary|Fact|Proposition)\s+{name}\b", COQ, re.MULTILINE), name


@pytest.mark.parametrize("slug", TEXTS)
def test_texts_have_the_sections_and_say_how_each_step_is_known(slug):
    text = TEXTS[slug]
    sections = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert [name for name in sections if name != "Remarks"] == ["Statement", "Proof", "Sources", "Code"], sections
    assert re.match(r"# \S", text)
    proof = text.split("\n## Proof\n")[1].split("\n## ")[0]
    steps = re.split(r"^\*\*(\d+)\.\*\*", proof, flags=re.MULTILINE)
    numbers, bodies = list(map(int, steps[1::2])), steps[2::2]
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers
    for number, body in zip(numbers, bodies, strict=True):
        own = [int(found) for _, found in MARK.findall(body)]
        assert set(own) <= {number}, f"step {number} carries the mark of step {own}"
        is_marked = re.search(r"[Mm]achine-checked\s+\(|[Bb]y\s+hand|[Cc]ited", body)
        assert is_marked, f"step {number} does not say how it is known"


@pytest.mark.parametrize("slug", TEXTS)
def test_texts_name_code_and_texts_that_exist(slug):
    names = re.findall(r"`(lincs\.[\w.]+)`", TEXTS[slug])
    assert names, "no code is named"
    for name in names:
        assert resolves(name), name
    for other in re.findall(r"`(\w+)\.md`", TEXTS[slug]):
        assert other in TEXTS, other


def resolves(name):
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            thing = importlib.import_module(".".join(parts[:cut]))
        except ImportError:
            continue
        for index, part in enumerate(parts[cut:], start=cut):
            if not hasattr(thing, part):  # a field of a dataclass without a default is no attribute of the class
                return index == len(parts) - 1 and part in getattr(thing, "__dataclass_fields__", {})
            thing = getattr(thing, part)
        return True
    return False


def test_the_map_lists_every_text_and_how_it_is_checked():
    readme = (PROOFS / "README.md").read_text()
    rows = re.findall(r"^\| \[`(\w+)`\]\((\w+)\.md\) \|.*\|([^|]*)\|$", readme, re.MULTILINE)
    assert sorted(slug for slug, _, _ in rows) == sorted(TEXTS)
    assert all(slug == target for slug, target, _ in rows)
    for slug, _, ways in rows:
        used = {"Coq": lemmas(slug), "sympy": marks(slug), "by hand": re.search(r"[Bb]y\s+hand", TEXTS[slug])}
        used["cited"] = re.search(r"[Cc]ited", TEXTS[slug])
        said = ", ".join(way for way, found in used.items() if found)
        assert ways.strip() == said, f"{slug}: run `python proofs/check.py --write`"
    assert check.current_map(readme) == readme


def test_texts_are_about_the_project_alone():
    for slug, text in TEXTS.items():
        assert not re.search(r"[\u2013\u2014]|(?<![\w.)\]}])/\w+/\w+/|\bbrief\b|prototype", text), slug


# -------------------------------------------------------------------------------------------------------- the harness


@pytest.mark.parametrize(
    "claim",
    [
        lambda: prove_zero(x**2 - x),
        lambda: prove_equal(sympy.sin(x) ** 2, 1 - sympy.cos(2 * x)),
        lambda: prove_positive(x**2 - 2, x, 0, 2),
        lambda: prove_positive(x * (1 - x), x, 0, 1),
        lambda: prove_positive(-(x**2) - 1, x, 0, 1),
        lambda: prove_positive(x - 10**9, x, 0, sympy.oo),
        lambda: prove_nonnegative((x - 1) ** 3, x, 0, 3),
        lambda: prove_nonnegative(x - 4, x, 0, 3),
        lambda: prove_nonnegative(x**2 - 2, x, 0, 2),
        lambda: prove_nonnegative(x * sympy.sqrt(2), x, 0, 2),
        lambda: _steps.prove_nonnegative_coefficients(x**2 - x + 1, x),
        lambda: require(False, "falsehood"),
        lambda: require(x > 0, "an open relation"),
    ],
)
def test_what_is_false_or_open_is_not_proved(claim):
    with pytest.raises(Unproved):
        claim()


def test_what_is_true_is_proved():
    prove_zero(sympy.sin(x) ** 2 + sympy.cos(x) ** 2 - 1)
    prove_positive(x**2 + 1, x, -sympy.oo, sympy.oo)
    prove_nonnegative((x - 1) ** 2 * x, x, 0, 3)
    prove_nonnegative((x - 1) * (2 - x), x, 1, 2)
    prove_nonnegative(-x, x, -sympy.oo, 0)


def test_a_broken_step_is_caught_and_reported(monkeypatch, capsys):
    @step("chebyshev", 2, "Pell's identity with a wrong sign")
    def broken():
        T, U = sympy.symbols("T U")
        prove_equal((x * T + (x**2 - 1) * U) ** 2 + (x**2 - 1) * (x * U + T) ** 2, T**2 - (x**2 - 1) * U**2)

    with pytest.raises(Unproved):
        broken()
    monkeypatch.setattr(sys, "argv", ["check.py"])
    monkeypatch.setattr(check, "steps", lambda: [("proofs/lower_bounds.py", broken)])
    assert check.main() == 1
    assert "FAILED" in capsys.readouterr().out
    monkeypatch.setattr(check, "steps", lambda: STEPS[:1])
    assert check.main() == 0


# ------------------------------------------------------------------------------- code and proofs have the same formulas

deltas = st.builds(lambda a, b: Fraction(a, a + b), st.integers(1, 40), st.integers(1, 400)).filter(
    lambda delta: delta <= Fraction(1, 2)
)
sizes = st.integers(2, 10**6) | st.integers(10**6, 10**30)


def first_kind(p, X):
    return Fraction(str(sympy.chebyshevt(p, sympy.Rational(X.numerator, X.denominator))))


def second_kind(p, X):
    return Fraction(str(sympy.chebyshevu(p, sympy.Rational(X.numerator, X.denominator))))


def prime(delta):
    """delta' of the proofs."""
    return delta / (1 - delta)


def monomials(d, degrees):
    """D_f(d) counted, monomial by monomial."""
    return sum(sum(1 for _ in combinations_with_replacement(range(d), j)) for j in degrees)


@pytest.mark.parametrize("d", range(1, 6))
@pytest.mark.parametrize("p", range(1, 7))
def test_dimension_counts_monomials(d, p):
    assert powers_dimension(d, p) == monomials(d, range(p, -1, -2))


@settings(deadline=None, max_examples=60)
@given(delta=deltas, p=st.integers(0, 9))
def test_integers_of_the_code_are_scaled_chebyshev_values(delta, p):
    a, n = delta.numerator, delta.denominator - delta.numerator
    X = Fraction(n, a)
    assert _chebyshev(p, a, n, 1) == a**p * first_kind(p, X)
    assert _chebyshev(p, a, n, 2) == a**p * second_kind(p, X)


@settings(deadline=None, max_examples=80)
@given(d=st.integers(1, 5000), m=sizes, delta=deltas, p=st.integers(1, 8))
def test_alon_is_the_formula_of_the_proof(d, m, delta, p):
    formula = sympy.binomial(d + p - 1, p) * (1 + (m - 1) * prime(delta) ** (2 * p)) <= m
    assert alon_excludes(d, m, delta, p) == bool(formula)


@settings(deadline=None, max_examples=80)
@given(d=st.integers(1, 5000), m=sizes, delta=deltas, p=st.integers(1, 8))
def test_chebyshev_is_the_formula_of_the_proof(d, m, delta, p):
    T = first_kind(p, 1 / prime(delta))
    dimension = sum(int(sympy.binomial(d + j - 1, j)) for j in range(p, -1, -2))
    assert chebyshev_excludes(d, m, delta, p) == (dimension * (T**2 + m - 1) < m * T**2)


@settings(deadline=None, max_examples=80)
@given(
    d=st.integers(1, 5000), m=sizes, delta=deltas, p=st.integers(2, 8), weight=st.fractions(0, 1, max_denominator=50)
)
def test_joint_is_the_formula_of_the_proof(d, m, delta, p, weight):
    X = 1 / prime(delta)
    T = first_kind(p - 1, X)
    K, L = (X**2 - 1) * second_kind(p - 2, X), X * T
    low, high = (Fraction(m, powers_dimension(d, q)) - 1 for q in (p - 1, p))
    value = (1 - weight**2) * T**2 * low + (K + weight * L) ** 2 * high
    assert joint_excludes(d, m, delta, p, weight) == (value > m - 1)
    assert joint_excludes(d, m, delta, p, Fraction(1)) == chebyshev_excludes(d, m, delta, p)


@settings(deadline=None, max_examples=80)
@given(c=st.integers(1, 40), m=st.integers(2, 10**4), delta=deltas)
def test_kernel_is_the_formula_of_the_proof(c, m, delta):
    c = min(c, m)
    size = sympy.Rational(delta.numerator, delta.denominator) * m * (2 + (c - 1) * sympy.sqrt(c + 2))
    assert kernel_excludes(m - c, m, delta) == bool(size <= c * (c + 1))


@pytest.mark.parametrize("c", [1, 2, 7, 14, 23])
def test_kernel_includes_equality(c):
    # c + 2 is a square (or c = 1): the largest excluded delta is rational
    m = c * (c + 1)
    edge = Fraction(c * (c + 1), m * (2 + (c - 1) * int(sympy.sqrt(c + 2)))) if c > 1 else Fraction(1, m)
    assert kernel_excludes(m - c, m, edge)
    assert not kernel_excludes(m - c, m, edge + Fraction(1, 10**12))


@settings(deadline=None, max_examples=40)
@given(m=st.integers(2, 10**9), k=st.integers(1, 50))
def test_turan_uses_a_principal_submatrix(m, k):
    k = min(k, m)
    N = turan_size(m, k)
    assert N - 1 < Fraction(m, 2 * k - 1) <= N
    if N >= 2:
        published, whole = turan_alon_lower_bound(m, k, "1/2").d, alon_lower_bound(m, k, "1/2").d
        assert published <= whole
        assert published == alon_lower_bound(N, 1, Fraction(1, 2 * k)).d


# ------------------------------------------------------------------------------ the theorems against what exists


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_no_lower_bound_excludes_an_existing_matrix(data):
    d, m = data.draw(st.integers(1, 4)), data.draw(st.integers(2, 7))
    entries = data.draw(st.lists(st.integers(-3, 3), min_size=d * m, max_size=d * m))
    A = np.array(entries).reshape(d, m)
    gamma = kernel_ratio(A, method="exact").gamma.lower
    rank = max(int(np.linalg.matrix_rank(A)), 1)
    delta = gamma + Fraction(1, 10**9)  # B^T A lies strictly within delta for the best probes B
    assert not kernel_excludes(rank, m, delta)
    if delta <= Fraction(1, 2):
        for p in range(1, 7):
            assert not alon_excludes(rank, m, delta, p)
            assert not chebyshev_excludes(rank, m, delta, p)
            assert p == 1 or not joint_excludes(rank, m, delta, p, Fraction(1, 3))


def equiangular_lines(c):
    """Integer or float vectors along c(c+1)/2 equiangular lines in c dimensions (in 8 coordinates for c = 7)."""
    if c == 1:
        return np.array([[1.0]])
    if c == 2:
        return np.array([[1.0, 0.0], [1.0, 3**0.5], [1.0, -(3**0.5)]])
    if c == 3:
        golden = (1 + 5**0.5) / 2
        return np.array([np.roll([0, 1, sign * golden], shift) for shift in range(3) for sign in (1, -1)])
    return np.array([sorted_pair(pair) for pair in combinations(range(8), 2)])


def sorted_pair(pair):
    vector = -np.ones(8)
    vector[list(pair)] = 3
    return vector


@pytest.mark.parametrize("c", [1, 2, 3, 7])
@pytest.mark.parametrize("copies", [1, 2])
def test_kernel_bound_is_attained_by_repeated_equiangular_lines(c, copies):
    lines = equiangular_lines(c)
    n = c * (c + 1) // 2
    assert len(lines) == n
    signs = sympy.Matrix(np.sign(lines @ lines.T).round().astype(int).tolist())
    m = n * copies
    largest = sympy.nsimplify(sympy.Rational(m) * (2 + (c - 1) * sympy.sqrt(c + 2)) / (c * (c + 1)))  # m kappa_c
    # the repeated matrix of signs is signs (x) ones: its non-zero eigenvalues are those of signs, times copies
    assert n - (signs * copies - largest * sympy.eye(n)).rank(simplify=True) == c
    # so I - signs/largest has rank m - c and error 1/largest: the bound is exact just above
    delta = Fraction(str(sympy.Rational(sympy.N(1 / largest, 30)))) + Fraction(1, 10**20)
    assert kernel_excludes(m - c - 1, m, delta) or m == c
    assert not kernel_excludes(m - c, m, delta)


@pytest.mark.parametrize("m", [2, 3, 4, 5, 9, 30])
def test_exact_values_at_both_ends(m):
    def exact(delta):
        bounds = dimension_bounds(m, 1, delta)
        assert bounds.is_exact
        return bounds.lower.d

    step_size = Fraction(1, 10**9)
    assert exact(Fraction(1, 2 * m)) == exact(Fraction(1, m)) == m
    assert exact(Fraction(1, m) + step_size) == exact(Fraction(3, 2 * m)) == m - 1
    assert exact(Fraction(1, 2)) == 2
    assert exact(Fraction(1, 2) + step_size) == exact(Fraction(1)) == 1


def arb(value):
    value = Fraction(value)
    return flint.arb(flint.fmpq(value.numerator, value.denominator))


asymptotic_grid = [
    (m, delta)
    for m in (10**3, 10**6, 10**12, 10**60, 10**200)
    for delta in (Fraction(1, 4), Fraction(1, 7), Fraction(1, 30), Fraction(3, 1000), Fraction(1, 10**5))
]


@pytest.mark.parametrize(("m", "delta"), asymptotic_grid)
def test_evaluated_bounds_reach_the_asymptotic_ones(m, delta):
    # parts (a), (b), (c) of lower_asymptotics, in interval arithmetic
    e = arb(1).exp()
    X = arb(1 / prime(delta))
    r = X + (X**2 - 1).sqrt()
    best = best_lower_bound(m, 1, delta).d
    if m >= delta**-2:
        one_line = arb(m).log() / (100 * arb(delta) ** 2 * arb(1 / delta).log())
        assert arb(best) >= one_line
        p = int(str((arb(m).log() / (2 * X.log())).floor().unique_fmpz()))
        alon = p * (X**2 / e * arb(2) ** (-arb(1) / p) - 1) + 1
        assert arb(alon_lower_bound(m, 1, delta).d) >= alon
    if bool(arb(m) >= r**2):
        p = int(str((arb(m).log() / (2 * r.log())).floor().unique_fmpz()))
        chebyshev = p * (r**2 / e * arb(8) ** (-arb(1) / p) - 1)
        assert arb(max(best, chebyshev_lower_bound(m, 1, delta).d)) >= chebyshev


def test_gain_of_chebyshev_over_powers_tends_to_four():
    m = 10**300
    gains = [
        chebyshev_lower_bound(m, 1, delta).d / alon_lower_bound(m, 1, delta).d
        for delta in (Fraction(1, 6), Fraction(1, 12), Fraction(1, 25), Fraction(1, 50), Fraction(1, 100))
    ]
    assert gains == sorted(gains)
    assert 2 < gains[0] < gains[-1] < 4
    assert joint_trace_lower_bound(m, 1, Fraction(1, 50)).d >= chebyshev_lower_bound(m, 1, Fraction(1, 50)).d


@settings(deadline=None, max_examples=60)
@given(m=st.integers(2, 10**40), k=st.integers(1, 10**4), eps=st.fractions(Fraction(1, 100), 1))
def test_published_theorems_with_their_constants(m, k, eps):
    k = min(k, m)
    with flint.ctx.workprec(400):  # lest an enclosure of log m contain an integer
        assert arb(random_upper_bound(m, k, eps).d) <= 4 * k**2 * arb(m).log() / arb(eps) ** 2 + 1
        if eps**2 * m > 5 * k**3 and 4 * eps <= k:
            least = k**2 * arb(m).log() / (100 * arb(eps) ** 2 * arb(k / eps).log())
            assert arb(best_lower_bound(m, k, eps).d) >= least


def test_published_lower_bound_needs_its_exception():
    # d(m, 2, 1) = 2 for every m, so that no bound of order log m holds for k = 2 and eps = 1
    for m in (10**3, 10**9, 10**30):
        bounds = dimension_bounds(m, 2, 1)
        assert (bounds.lower.d, bounds.upper.d) == (2, 2)


def test_least_maximum_among_polynomials_of_a_degree():
    # f = T_p(x/delta')/T_p(1/delta') against all small integer combinations of powers with f(1) = 1: none does better
    delta = Fraction(1, 4)
    grid = [Fraction(j, 60) * prime(delta) for j in range(-60, 61)]
    least = 1 / first_kind(3, 1 / prime(delta))
    for coefficients in permutations((-9, -3, 0, 2, 5, 12), 4):
        total = sum(coefficients)
        if total:
            largest = max(abs(sum(a * x**j for j, a in enumerate(coefficients)) / total) for x in grid)
            assert largest * Fraction(1001, 1000) >= least
