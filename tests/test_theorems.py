"""The registry of theorems: it is complete, and each theorem is held to its kind by what evaluates it.

The kind decides the assertion, so that a test cannot be weaker than its theorem: a lower bound is never above a pair
that exists and is sharp in its own inequality, an upper bound is realised, an exact value agrees with a slow and
obvious oracle.
"""

import ast
import importlib
import inspect
import itertools
import json
import math
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lincs
from lincs import InputError, bounds, frames
from lincs.certificates import bound_certificate
from lincs.check import CertificateError, check_file
from lincs.frames._codes import Code
from lincs.theorems import (
    KINDS,
    ORIGINS,
    THEOREMS,
    Theorem,
    detail_lines,
    readme_tables,
    summary_lines,
    theorem,
    with_tables,
)

ROOT = Path(__file__).parents[1]
PROOFS = ROOT / "proofs"
OF_D = "d(m, k, eps)"
L1 = "least d in which L1 recovers all k-sparse z"


def slugs(kind, quantity=None):
    return [each.slug for each in THEOREMS.values() if each.kind == kind and quantity in (None, each.quantity)]


def thing(dotted):
    """What a dotted name stands for; an attribute wins over a module of the same name."""
    parts = dotted.split(".")
    for length in range(1, len(parts) + 1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        try:
            for part in parts[length:]:
                found = getattr(found, part)
        except AttributeError:
            continue
        return found
    raise AssertionError(f"there is no {dotted}")


# --- the registry as data ---


def test_every_entry_is_complete_and_plain():
    for slug, each in THEOREMS.items():
        assert each.slug == slug
        assert re.fullmatch(r"[a-z][a-z0-9_]*", slug)
        assert each.kind in KINDS
        assert each.origin in ORIGINS
        assert each.sources or each.origin != "cited"
        assert each.title
        assert not each.title.endswith(".")
        assert each.domain
        assert each.statement.endswith(".")
        assert each.checked
        assert (
            each.is_in_domain is not None
            or each.kind in ("condition", "enclosure")
            or re.search(r"\b[AX]\b", each.domain)
        )
    assert len(THEOREMS) == 56


def test_every_family_and_bound_is_registered():
    assert set(frames.FAMILIES) <= set(THEOREMS)
    assert {function.__name__.removesuffix("_lower_bound") for function in bounds.LOWER_BOUNDS} <= set(THEOREMS)
    for bound in lincs.dimension_bounds(100, 2, "0.7").bounds:
        assert theorem(bound.theorem).kind == bound.side
        assert set(bound.sources) <= set(theorem(bound.theorem).sources)


@pytest.mark.parametrize("slug", THEOREMS)
def test_dotted_names_exist(slug):
    each = THEOREMS[slug]
    assert callable(thing(each.evaluates))
    assert each.construction is None or callable(thing(each.construction))


def test_dependencies_exist_and_have_no_circle():
    height = {}

    def height_of(slug, above=()):
        assert slug not in above, f"{slug} depends on itself: {above}"
        if slug not in height:
            height[slug] = 1 + max((height_of(each, (*above, slug)) for each in THEOREMS[slug].depends_on), default=0)
        return height[slug]

    assert max(height_of(slug) for slug in THEOREMS) >= 4


def test_every_source_is_in_the_bibliography():
    keys = set(re.findall(r"^@\w+\{(\w+),", (ROOT / "references.bib").read_text(), re.MULTILINE))
    assert {key for each in THEOREMS.values() for key in each.sources} - keys == set()


def test_an_unknown_name_is_refused_with_names_that_are_spelt_alike():
    with pytest.raises(InputError, match="chebyshev"):
        theorem("chebishev")
    with pytest.raises(InputError, match="lincs theorems"):
        theorem("xyz")


def test_all_that_is_known_of_a_theorem_is_printed():
    assert len(summary_lines()) == len(THEOREMS)
    for each in THEOREMS.values():
        text = " ".join(" ".join(detail_lines(each)).split())
        values = json.loads(json.dumps(each.to_dict()))
        for value in values.values():
            for part in value if isinstance(value, list) else [value]:
                assert part is None or part in text
        assert all(len(line) <= 120 for line in (*detail_lines(each), *summary_lines()))


def test_tables_stand_between_their_markers():
    before = "a\n<!-- theorems: lower -->\nstale | table\n<!-- end -->\nb\n<!-- theorems: upper -->\n<!-- end -->\nc\n"
    after = with_tables(before)
    assert with_tables(after) == after
    assert after.startswith("a\n<!-- theorems: lower -->\n| lower bound |")
    assert "stale" not in after
    assert after.endswith("<!-- end -->\nc\n")
    for name in slugs("lower", OF_D) + slugs("upper", OF_D):
        assert (f"\n| `{name}` |" in after) == bool(THEOREMS[name].row)
    assert with_tables("no markers") == "no markers"


def test_the_readme_has_the_tables_of_the_registry():
    text = (ROOT / "README.md").read_text()
    if "<!-- theorems:" not in text:
        pytest.skip("the README has no markers for the tables")
    assert text.count("<!-- theorems: ") == len(readme_tables())
    assert with_tables(text) == text


@pytest.mark.parametrize(
    ("family", "params", "more"),
    [
        ("identity", {"m": 7}, {}),
        ("simplex", {"m": 7}, {}),
        ("paley", {"q": 13}, {}),
        ("paley", {"q": 9}, {}),
        ("steiner", {"design": "triples", "order": 7}, {"b": 7, "v": 7, "r": 3}),
        ("steiner", {"design": "pairs", "order": 8}, {"b": 28, "v": 8, "r": 7}),
        ("reed_solomon", {"q": 5, "T": 3, "n": 4}, {}),
        ("reed_solomon", {"q": 4, "T": 2, "n": 5}, {}),
        ("ag_code", {"q": 4, "curve": "y^2+y+x^3", "degree": 3, "n": 9}, {"k": 3, "T": 3}),
        ("bch", {"q": 3, "e": 2, "t": 3}, {"k": 4, "n": 9}),
        ("linear_code", {"q": 3, "n": 11, "generator": "201211"}, {"k": 6, "W": 11, "D": 5}),
        ("trace_code", {"q": 3, "n": 3}, {}),
        ("trace_code", {"q": 4, "n": 5}, {}),
        ("kerdock", {"d": 16}, {"s": 2}),
        ("kerdock", {"d": 64}, {"s": 3}),
        ("delsarte_goethals", {"d": 64, "r": 1}, {"s": 3}),
        ("gold", {"n": 6, "r": 2}, {}),
        ("gold", {"n": 7, "r": 3}, {}),
        ("weil", {"p": 11, "t": 3}, {}),
        ("devore", {"q": 8, "t": 3}, {}),
    ],
)
def test_the_cells_of_the_upper_table_are_right(family, params, more):
    from sympy import Integer, Symbol
    from sympy.parsing import sympy_parser as parser

    rules = (*parser.standard_transformations, parser.convert_xor, parser.implicit_multiplication)
    frame = frames.make(family, **params)
    numbers = {"d": frame.d} | {name: x for name, x in params.items() if isinstance(x, int)} | more
    values = []
    for cell in theorem(family).row:
        choices = [part for part in cell.split("; ") if "n even" not in part or numbers["n"] % 2 == 0]
        expression = parser.parse_expr(re.split(",| blocks", choices[0])[0], transformations=rules)
        values.append(expression.subs({Symbol(name): Integer(x) for name, x in numbers.items()}))
    assert values[:2] == [frame.d, frame.m]
    assert values[2] ** 2 == frame.coherence_squared


def test_the_registry_is_light():
    for path in Path(inspect.getfile(Theorem)).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            allowed = ("lincs._checks", "lincs._numbers", "lincs.theorems", "lincs.io")
            assert all(not name.startswith("lincs") or name.startswith(allowed) for name in names)


# --- the proofs ---

needs_proofs = pytest.mark.skipif(not PROOFS.is_dir(), reason="the proofs are not part of an installed package")


def marks(slug):
    """How the steps of a proof were checked, by what stands in its file."""
    text = " ".join((PROOFS / f"{slug}.md").read_text().split("## Sources")[0].split())
    found = [name for name in ("by hand", "cited") if re.search(rf"\b{name}\b", text, re.IGNORECASE)]
    found += ["sympy"] if "(sympy: proofs/" in text else []
    lemmas = [name.strip("` ") for names in re.findall(r"\(Coq: ([^)]*)\)", text) for name in names.split(",")]
    return (*found, *(f"coq:{name}" for name in dict.fromkeys(lemmas)))


@needs_proofs
@pytest.mark.parametrize("slug", THEOREMS)
def test_a_proof_is_checked_in_the_ways_that_are_stated(slug):
    assert marks(slug) == THEOREMS[slug].checked


@needs_proofs
def test_every_proof_is_registered():
    assert {path.stem for path in PROOFS.glob("*.md")} - {"README"} == set(THEOREMS)


@needs_proofs
def test_machine_checked_means_that_the_steps_and_the_lemmas_exist():
    steps = set()
    for path in PROOFS.glob("*.py"):
        steps |= set(re.findall(r'^@step\(\s*"(\w+)"', path.read_text(), re.MULTILINE))
    assert {each.slug for each in THEOREMS.values() if "sympy" in each.checked} == steps
    sources = "\n".join(path.read_text() for path in PROOFS.glob("coq/*.v"))
    lemmas = set(re.findall(r"^\s*(?:Lemma|Theorem|Corollary|Fact|Proposition)\s+([\w']+)", sources, re.MULTILINE))
    cited = {
        mark.removeprefix("coq:") for each in THEOREMS.values() for mark in each.checked if mark.startswith("coq:")
    }
    assert cited - lemmas == set()


# --- lower and upper bounds on d(m, k, eps) ---

sizes = st.one_of(st.integers(1, 2000), st.integers(1, 30).map(lambda e: 10**e))
tolerances = st.fractions(min_value=Fraction(1, 100), max_value=1, max_denominator=1000)

LOWER, UPPER = slugs("lower", OF_D), slugs("upper", OF_D)


def evaluated(slug, m, k, eps):
    """The bound that a theorem gives, or None."""
    function = thing(THEOREMS[slug].evaluates)
    return function(slug, m, k, eps) if slug in frames.FAMILIES else function(m, k, eps)


@pytest.fixture(scope="module")
def monkeypatch_module():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def is_confirmed(tmp_path_factory, monkeypatch_module):
    """Whether the checker, which shares no code with what finds bounds, accepts one; None where it cannot tell."""
    path = tmp_path_factory.mktemp("theorems") / "c.json"
    monkeypatch_module.setattr("lincs.check._families.MOST_STEPS", 10**5)  # larger counts take seconds

    def check(bound, matrices=False):
        path.write_text(json.dumps(bound_certificate(bound, matrices=matrices)))
        try:
            return check_file(path).holds
        except CertificateError:
            return None

    return check


def replaced(bound, d):
    return bounds.Bound(bound.side, d, bound.theorem, bound.params, bound.m, bound.k, bound.eps, (), bound.frame)


def assert_kind(bound, is_confirmed, at_least=None, at_most=None):
    """What the kind of a theorem promises of one bound; ``at_least`` and ``at_most`` enclose the dimension."""
    claim = theorem(bound.theorem)
    assert claim.kind == bound.side
    assert is_confirmed(bound) is not False
    if claim.kind == "lower":
        assert at_most is None or bound.d <= at_most
        # the last rank that is excluded, by these parameters; what Welch does better is not searched for jointly
        if bound.theorem != "joint_trace" or bound.params["p"] != 2:
            assert is_confirmed(replaced(bound, bound.d + 1)) is False
    else:
        assert at_least is None or bound.d >= at_least
        assert not is_confirmed(replaced(bound, bound.d - 1))
        if bound.frame is not None:
            assert bound.frame.d == bound.d
            assert bound.frame.m >= bound.m
            if bound.d * bound.m**2 <= 30_000:
                assert bound.frame.matrix(bound.m).shape == (bound.d, bound.m)
                assert is_confirmed(bound, matrices=True)


@settings(deadline=None, max_examples=25)
@given(sizes, st.integers(1, 20), tolerances)
def test_bounds_keep_to_their_kind(is_confirmed, m, k, eps):
    k = min(k, m)
    found = {slug: evaluated(slug, m, k, eps) for slug in (*LOWER, *UPPER) if THEOREMS[slug].is_in_domain(m, k, eps)}
    lower, upper = ([found[slug] for slug in names if found.get(slug)] for names in (LOWER, UPPER))
    at_least, at_most = max(bound.d for bound in lower), min(bound.d for bound in upper)
    assert at_least <= at_most
    assert at_most <= m
    for bound in (*lower, *upper):
        assert_kind(bound, is_confirmed, at_least, at_most)


# where each bound is best, or nearly: the cells where a wrong one would show
SHARP = {
    "polynomial_trace": (10**6, 10, "1/2"),
    "welch": (28, 1, "0.2501"),
    "alon": (10**12, 1, "1/10"),
    "chebyshev": (10**12, 1, "1/10"),
    "joint_trace": (10**12, 1, "1/10"),
    "kernel": (12, 1, "1/8"),
    "turan_alon": (10**6, 10, "1/2"),
    "constant": (50, 1, "0.6"),
    "identity": (20, 1, "1/20"),
    "simplex": (20, 1, "0.051"),
    "circle": (20, 1, "1/2"),
    "paley": (30, 1, "0.16"),
    "steiner": (28, 1, "0.2501"),
    "linear_space": (60, 1, "1/4"),
    "reed_solomon": (60, 2, "0.5"),
    "ag_code": (60, 1, "0.3"),
    "erased_reed_solomon": (60, 1, "0.3"),
    "bch": (60, 1, "0.3"),
    "linear_code": (60, 1, "0.3"),
    "trace_code": (60, 1, "0.16"),
    "leech": (2300, 1, "0.26"),
    "kerdock": (36, 1, "0.3"),
    "delsarte_goethals": (100, 1, "0.45"),
    "gold": (60, 1, "0.3"),
    "weil": (40, 1, "0.3"),
    "construction_x": (1000, 1, "0.3"),
    "direct_sum": (52, 1, "0.1"),
    "devore": (49, 1, "0.2"),
    "stored": (120, 1, "0.34"),
    "gilbert_varshamov": (40, 1, "0.45"),
    "random": (30, 1, "0.3"),
}


@pytest.mark.parametrize("slug", [*LOWER, *UPPER])
def test_a_bound_that_is_off_by_one_is_caught(slug, is_confirmed):
    bound = evaluated(slug, *SHARP[slug])
    assert_kind(bound, is_confirmed)
    for wrong in (bound.d - 1, bound.d + 1):
        with pytest.raises(AssertionError):
            assert_kind(replaced(bound, wrong), is_confirmed, at_most=bound.d)
        if bound.side == "upper" and bound.frame is None:
            assert is_confirmed(replaced(bound, bound.d))
    if slug != "constant":  # and so is one that is claimed for one feature too many, or at its own error
        frame = bound.frame
        if frame is not None and slug not in ("circle", "gilbert_varshamov"):
            delta = Fraction(frame.error.upper) + Fraction(1, 10**12)
            whole = bounds.Bound("upper", frame.d, slug, frame.params, frame.m, 1, delta)
            assert is_confirmed(whole)
            more = bounds.Bound("upper", frame.d, slug, frame.params, frame.m + 1, 1, delta)
            assert is_confirmed(more) is False


@pytest.mark.parametrize(
    ("slug", "m", "eps", "d"),
    [
        ("welch", 28, "0.2501", 7),
        ("kernel", 12, "1/8", 11),
        ("alon", 10**6, "1/20", 480),
        ("chebyshev", 10**12, "1/10", 560),
        ("joint_trace", 10**12, "1/10", 564),
        ("polynomial_trace", 10**12, "1/10", 564),
        ("paley", 30, "0.16", 15),
        ("steiner", 28, "0.2501", 7),
        ("kerdock", 36, "0.3", 15),
    ],
)
def test_bounds_have_these_values(slug, m, eps, d):
    assert evaluated(slug, m, 1, eps).d == d


# --- exact values, against slow and obvious oracles ---

small_integers = st.integers(-3, 3)


def integer_matrices(d, m):
    return st.lists(small_integers, min_size=d * m, max_size=d * m).map(lambda x: np.array(x).reshape(d, m))


def sparse_vectors(m, k, values):
    """All vectors with the given values on k places, and 0 elsewhere."""
    for support in itertools.combinations(range(m), k):
        for entries in itertools.product(values, repeat=k):
            z = [0] * m
            for j, x in zip(support, entries, strict=True):
                z[j] = x
            yield np.array(z, dtype=object)


def largest_error(A, B, scale, k, values):
    """max over z of ||scale B^T A z - z||_inf, by going through all z."""
    E = scale * (B.astype(object).T @ A.astype(object)) - np.eye(A.shape[1], dtype=int).astype(object)
    return max(abs(x) for z in sparse_vectors(A.shape[1], k, values) for x in E @ z)


# A of d = m - 1 rows has one kernel vector h up to multiples: all that is a maximum over the kernel is seen from h
kernel_vectors = st.lists(small_integers, min_size=4, max_size=6).filter(lambda h: h[-1] != 0)


def matrix_of_kernel(h):
    """The integer matrix with rows h_m e_j - h_j e_m, whose kernel is spanned by h."""
    m = len(h)
    A = np.zeros((m - 1, m), dtype=int)
    for j in range(m - 1):
        A[j, j], A[j, m - 1] = h[-1], -h[j]
    return A


def ratio_of(h):
    return Fraction(max(map(abs, h)), sum(map(abs, h)))


def test_every_exact_theorem_has_an_oracle():
    named = {name.removeprefix("test_exact_") for name in globals() if name.startswith("test_exact_")}
    assert set(slugs("exact")) == named


@settings(deadline=None, max_examples=40)
@given(
    integer_matrices(2, 5),
    integer_matrices(2, 5),
    st.integers(1, 5),
    st.fractions(Fraction(1, 9), 1, max_denominator=9),
)
def test_exact_worst_case_error(A, B, k, scale):
    found = lincs.worst_case_error(A, B, k=k, scale=scale)
    expected = largest_error(A, B, scale, k, (-1, 0, 1))  # the sum is convex: signs and zeros are enough
    assert found.error.lower == found.error.upper == expected
    assert found.holds(expected) is False  # strict
    assert found.holds(expected + Fraction(1, 10**9)) is True


@settings(deadline=None, max_examples=40)
@given(
    integer_matrices(2, 5),
    integer_matrices(2, 5),
    st.integers(1, 5),
    st.fractions(Fraction(1, 9), 1, max_denominator=9),
)
def test_exact_binary_worst_case_error(A, B, k, scale):
    found = lincs.worst_case_error(A, B, k=k, scale=scale, features="binary")
    assert found.error.lower == found.error.upper == largest_error(A, B, scale, k, (0, 1))


@settings(deadline=None, max_examples=25)
@given(kernel_vectors)
def test_exact_best_probes(h):
    A = matrix_of_kernel(h)
    gamma = ratio_of(h)
    found = lincs.best_probes(A, method="exact")
    assert found.gamma.lower == found.gamma.upper == gamma
    common = math.lcm(*(x.denominator for x in found.B.ravel()))
    B = (found.B * common).astype(object)
    for k in range(1, len(h) + 1):
        error = largest_error(A, B, Fraction(1, common), 1, (0, 1))
        assert error == gamma
        assert found.least_eps(k).lower == min(1, k * gamma)
        if k <= 3:  # one B attains it for every k, and every B has at least the error at +-h, cut to the hull
            assert largest_error(A, B, Fraction(1, common), k, (-1, 0, 1)) <= k * gamma


@settings(deadline=None, max_examples=25)
@given(kernel_vectors, st.integers(1, 4))
def test_exact_convex_hull(h, k):
    # z = t h in K for t as large as K allows, and -z: no decoder tells them apart, so that its error is |z|_inf or more
    t = min(Fraction(1, max(map(abs, h))), Fraction(k, sum(map(abs, h))))
    found = lincs.kernel_ratio(matrix_of_kernel(h), method="exact").least_eps(k)
    assert found.lower == found.upper == t * max(map(abs, h))


@settings(deadline=None, max_examples=8)
@given(kernel_vectors, st.integers(1, 4))
def test_exact_nonnegative_probes(h, k):
    # u = t h with t as large as the three constraints allow; 1/2 max u_i
    ups, downs = sum(max(x, 0) for x in h), sum(max(-x, 0) for x in h)
    t = min(Fraction(1, max(map(abs, h))), *(Fraction(k, total) for total in (ups, downs) if total))
    expected = t * max(map(abs, h)) / 2
    found = lincs.affine_probes(matrix_of_kernel(h), k)
    assert found.error.lower - 1e-6 <= expected <= found.error.upper + 1e-6
    assert found.error.lower <= expected <= found.error.upper


@given(integer_matrices(2, 3), integer_matrices(2, 3))
@settings(deadline=None, max_examples=30)
def test_exact_faithful_decomposition(A, B):
    parts = sum(np.outer(a, b) for a, b in zip(A.T, B.T, strict=True)) - np.eye(2, dtype=int)
    worst = max(max(abs(parts @ np.array(v))) for v in itertools.product((-1, 1), repeat=2))
    found = lincs.linearity.decomposition_error(A, B)
    assert found.lower == found.upper == worst
    if worst == 0:
        assert lincs.worst_case_error(A, B, k=1).error.lower >= Fraction(1, 3)


@given(st.lists(st.tuples(small_integers, small_integers), min_size=1, max_size=7))
@settings(deadline=None, max_examples=40)
def test_exact_minimax_probes(points):
    """On a line: half the height of the lowest strip that holds all points, by every triple, and every pair above."""
    least = Fraction(0)
    for (x, z), (right, other) in itertools.product(points, repeat=2):
        if x == right:
            least = max(least, Fraction(abs(z - other), 2))
        for between, value in points:
            if x < between < right:
                chord = z + Fraction(between - x, right - x) * (other - z)
                least = max(least, abs(value - chord) / 2)
    X, Z = np.array(points)[:, :1], np.array(points)[:, 1:]
    found = lincs.activations.minimax_probes(X, Z)
    assert found.error.lower <= least <= found.error.upper
    assert found.error.upper - Fraction(found.error.lower) <= Fraction(1, 10**8)
    assert len(found.duals[0].active) <= len(points)


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 5000), st.integers(1, 6), tolerances)
def test_exact_dimension_reduction(m, k, eps):
    k = min(k, m)
    whole, one = lincs.dimension_bounds(m, k, eps), lincs.dimension_bounds(m, 1, eps / k)
    assert (whole.lower.d, whole.upper.d) == (one.lower.d, one.upper.d)
    frame = whole.upper.frame
    if frame.d * m**2 <= 10**6:  # the pair that serves one active feature serves k of them
        assert frame.worst_case_error(k, m).holds(eps)


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 10**6), st.integers(1, 5), st.data())
def test_exact_small_delta(m, k, data):
    k = min(k, m)
    low = st.fractions(Fraction(1, 10**7), Fraction(3, 2 * m), max_denominator=10**9)
    delta = data.draw(
        st.one_of(low, st.fractions(Fraction(1, 2), 1), st.sampled_from([Fraction(1, m), Fraction(1, 2)]))
    )
    if not THEOREMS["small_delta"].is_in_domain(m, k, k * delta):
        return
    result = lincs.dimension_bounds(m, k, k * delta)
    expected = m if delta * m <= 1 else 1 if 2 * delta > 1 else m - 1 if 2 * delta * m <= 3 else 2
    assert result.is_exact
    assert result.lower.d == expected


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 7), st.integers(1, 7))
def test_exact_any_decoder(m, k):
    from flint import fmpz_mat

    k = min(k, m)
    d = lincs.classical.any_decoder_dimension(m, k)
    vandermonde = [[x**i for x in range(1, m + 1)] for i in range(d)]
    size = min(2 * k, m)
    for columns in itertools.combinations(range(m), size):  # the difference of two k-sparse vectors is any such one
        assert fmpz_mat([[row[j] for j in columns] for row in vandermonde]).rank() == size
    assert size > d - 1  # one row less, and such columns are dependent


# --- enclosures and conditions ---


def test_every_enclosure_and_condition_has_a_law():
    named = {name.removeprefix("test_law_") for name in globals() if name.startswith("test_law_")}
    assert set(slugs("enclosure") + slugs("condition")) == named


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 40), st.integers(1, 12), st.integers(0, 2**32 - 1), st.sampled_from([np.float32, np.float64]))
def test_law_rounding_enclosure(d, m, seed, dtype):
    rng = np.random.default_rng(seed)
    A, B = (rng.standard_normal((d, m)).astype(dtype) for _ in range(2))
    k = int(rng.integers(1, m + 1))
    found = lincs.worst_case_error(A, B, k=k).error
    exact_A, exact_B = ([[Fraction(x.item()) for x in row] for row in matrix.T] for matrix in (A, B))
    rows = [
        sorted((abs(sum(map(lambda x, y: x * y, b, a)) - (i == j)) for j, a in enumerate(exact_A)), reverse=True)
        for i, b in enumerate(exact_B)
    ]
    assert found.lower <= max(sum(row[:k]) for row in rows) <= found.upper


@settings(deadline=None, max_examples=25)
@given(st.sampled_from([name for name in UPPER if name not in ("random", "identity")]), st.integers(1, 3), tolerances)
def test_law_coherence(family, k, eps):
    bound = bounds.frame_upper_bound(family, 24, k, eps)
    if bound is not None and bound.d <= 300:
        frame = bound.frame
        assert frame.is_accurate(eps / k)
        assert k * frame.error.lower < eps
        assert frame.worst_case_error(k, min(24, frame.m)).holds(eps)
        assert not frame.is_accurate(Fraction(frame.error.lower))  # strict


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 4), st.integers(1, 5), st.integers(2, 12), st.integers(0, 2**32 - 1))
def test_law_agreements(q, n, m, seed):
    """Any words at all, not those of a linear code: the code has one position more, which numbers them."""
    rng = np.random.default_rng(seed)
    tails = rng.integers(0, q, (n, m))
    words = np.concatenate([np.arange(m)[None, :] % q, tails])
    words = np.unique(words, axis=1)
    H = np.count_nonzero(words[:, :, None] != words[:, None, :], axis=0)
    off = H[~np.eye(words.shape[1], dtype=bool)]
    if off.size == 0:
        return
    code = Code(q, n + 1, n + 1, q * (n + 1), int(off.min()), int(off.max()), lambda digits: digits)
    frame = thing(THEOREMS["agreements"].evaluates)(
        "reed_solomon", {}, code, "", (), coherence_is_exact=True, is_transitive=False
    )
    indices = (words * q ** np.arange(n + 1)[:, None]).sum(axis=0)
    A, B = frame.columns(indices), frame.probes(indices)
    M = B.T.astype(int) @ A.astype(int)
    assert len(A) == frame.d == (n + 1) * (q - 1) + (q * (code.least + code.most) != 2 * (n + 1) * (q - 1))
    assert (np.diag(M) == frame.diagonal).all()
    largest = np.abs(M - np.diag(np.diag(M))).max()
    assert Fraction(int(largest), frame.diagonal) ** 2 == frame.coherence_squared
    error = Fraction(code.most - code.least, 2 * code.most)
    assert Fraction(frame.error.upper) == error


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1), st.fractions(Fraction(1, 20), Fraction(1, 2), max_denominator=40))
def test_law_puncturing(seed, delta):
    rng = np.random.default_rng(seed)
    D = 64
    A = frames.gold(6, 1).columns(rng.choice(4096, 12, replace=False)).astype(int)
    c = 16
    P = thing(THEOREMS["puncturing"].evaluates)(D, c, delta)
    limit = delta / (1 - delta)
    assert Fraction(c + P + 1, D - P - 1) >= limit  # one coordinate more is not allowed
    if P < 0:
        return
    assert Fraction(c + P, D - P) < limit
    left = np.delete(A, rng.choice(D, P, replace=False), axis=0)
    G = np.abs(left.T @ left)
    assert (np.diag(G) == D - P).all()
    assert (G - np.diag(np.diag(G))).max() <= c + P


@settings(deadline=None, max_examples=40)
@given(kernel_vectors)
def test_law_l1_recovery(h):
    # z is not the only minimiser for some s-sparse z just if s entries of h make up half of its sum or more
    s = int(lincs.kernel_ratio(matrix_of_kernel(h), method="exact").l1_sparsity().lower)
    entries = sorted(map(abs, h), reverse=True)
    assert 2 * sum(entries[:s]) < sum(entries)
    gamma = ratio_of(h)
    assert s == max(n for n in range(len(h) + 1) if 2 * n * gamma < 1)


@settings(deadline=None, max_examples=8)
@given(kernel_vectors, st.integers(1, 3))
def test_law_threshold_probes(h, k):
    A, gamma = matrix_of_kernel(h), ratio_of(h)
    found = lincs.threshold_probes(A, k)

    def tau(i):
        """u = t h with u_i > 0 and t as large as the three constraints on the other entries allow."""
        others = [x if h[i] > 0 else -x for j, x in enumerate(h) if j != i]
        up, down = (sum(max(sign * x, 0) for x in others) for sign in (1, -1))
        limits = [(1, max(map(abs, others))), (k - 1, up), (k, down)]
        t = min((Fraction(budget, size) for budget, size in limits if size), default=math.inf)
        return t * abs(h[i]) if h[i] else 0

    largest = max(tau(i) for i in range(len(h)))
    assert found.ratio.lower <= min(1, largest) <= found.ratio.upper
    has_all = largest < 1
    if has_all:
        assert k * gamma < 1
    if 2 * k * gamma < 1:
        assert has_all


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 9), st.integers(1, 60), st.integers(0, 2**32 - 1), st.floats(0.05, 2))
def test_law_typical_case(k, d, seed, eps):
    rng = np.random.default_rng(seed)
    row = rng.uniform(-1, 1, k) / np.sqrt(d)
    sizes_of_z = rng.uniform(0, 1, k)
    signs = np.array(list(itertools.product((-1, 1), repeat=k)))  # all of them: the probability is exact
    errors = np.abs(signs @ (row * sizes_of_z))
    probability = np.mean(errors >= eps * (1 + 1e-12))
    assert probability <= 2 * math.exp(-(eps**2) / (2 * np.sum(row**2))) * (1 + 1e-9)
    eta = 0.1
    if d >= 2 * k * math.log(2 / eta) / eps**2:
        assert probability <= eta


@settings(deadline=None, max_examples=40)
@given(kernel_vectors.filter(lambda h: len(h) >= 4), st.data())
def test_law_l1_certificate(h, data):
    # one kernel vector: the second condition is about +-h only, and the first is then a system that w = A^-T e solves
    m = len(h)
    support = data.draw(st.lists(st.integers(0, m - 1), unique=True, max_size=m - 1).map(sorted))
    signs = data.draw(st.lists(st.sampled_from([-1, 1]), min_size=len(support), max_size=len(support)))
    along = abs(sum(s * h[j] for j, s in zip(support, signs, strict=True)))
    rest = sum(abs(x) for j, x in enumerate(h) if j not in support)
    A = matrix_of_kernel(h).astype(float)
    is_minimiser = along < rest
    # e = A^T w for some w just if <e, h> = 0: take e = signs on S and -sgn(h) c off S with the right c
    total = sum(s * h[j] for j, s in zip(support, signs, strict=True))
    e = np.zeros(m)
    e[support] = signs
    for j in range(m):
        if j not in support and rest:
            e[j] = -np.sign(h[j]) * total / rest
    w = np.linalg.lstsq(A.T, e, rcond=None)[0]
    if is_minimiser:
        assert thing(THEOREMS["l1_certificate"].evaluates)(A, support, signs, w)
    else:  # no w at all: neither this one nor another
        assert not thing(THEOREMS["l1_certificate"].evaluates)(A, support, signs, w)
        other = w + np.random.default_rng().standard_normal(len(w)) * 1e-3
        assert not thing(THEOREMS["l1_certificate"].evaluates)(A, support, signs, other)


# --- L1: lower and upper bounds on another dimension ---


@settings(deadline=None, max_examples=60)
@given(sizes, st.integers(1, 10**6))
def test_bounds_on_l1_keep_to_their_kind(m, k):
    k = min(k, m)
    lower, upper = (
        max(thing(THEOREMS[slug].evaluates)(m, k) for slug in slugs(kind, L1)) for kind in ("lower", "upper")
    )
    assert lower <= upper <= m
    # by the words of the theorems, evaluated again
    s = k // 2
    expected = min(2 * k, m)
    if s and m > 4 * s:
        expected = max(expected, math.ceil(s * math.log(m / (4 * s)) / math.log(9) - 1e-9))
    assert abs(lower - expected) <= 1e-9 * expected
    width = 5 * (math.sqrt(k) + math.sqrt(2 * k * math.log(math.e * m / k))) ** 2
    assert upper == m or 0 <= upper - 1 - width <= 1 + 1e-9 * width
    assert upper == m or upper**2 / (upper + 1) > width * (1 - 1e-12)


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 10**9), st.fractions(Fraction(1, 60), Fraction(1, 3), max_denominator=60))
def test_what_l1_needs_is_not_more_than_a_frame_has_from_which_it_recovers(m, delta):
    frame = frames.best_for(m, delta)
    s = min(m, math.ceil(1 / (2 * Fraction(frame.error.upper))) - 1 if frame.error.upper else m)
    if s >= 1:  # gamma is at most the error of the frame
        assert lincs.classical.l1_necessary_dimension(m, s) <= frame.d


# --- growth ---


def test_every_asymptotic_theorem_has_a_range():
    named = {name.removeprefix("test_growth_") for name in globals() if name.startswith("test_growth_")}
    assert set(slugs("asymptotic")) == named


@settings(deadline=None, max_examples=60)
@given(sizes, st.integers(1, 10**9))
def test_growth_gkp_theorem_1(m, k):
    k = min(k, m)
    d = thing(THEOREMS["gkp_theorem_1"].evaluates)(m, k)
    assert d <= 2 + 10 * k + 20 * k * math.log(math.e * m / k)
    if 2 * k <= m:
        assert d / (k * math.log(m / k)) <= 32 / math.log(2)


@settings(deadline=None, max_examples=60)
@given(sizes.filter(lambda m: m >= 2), st.integers(1, 1000), tolerances)
def test_growth_gkp_theorem_2(m, k, eps):
    k = min(k, m)
    d = thing(THEOREMS["gkp_theorem_2"].evaluates)(m, k, eps).d
    assert d <= (4 * k**2 * math.log(m) / eps**2 + 1) * (1 + 1e-12)
    assert 2 * eps > k or d >= 2 * k**2 * math.log(m) / eps**2  # and no better than that


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 80), st.integers(2, 300), tolerances)
def test_growth_gkp_theorem_3(digits, k, eps):
    m = 10**digits
    if k <= m and THEOREMS["gkp_theorem_3"].is_in_domain(m, k, eps):
        d = thing(THEOREMS["gkp_theorem_3"].evaluates)(m, k, eps).d
        least = k**2 * math.log(m) / (100 * eps**2 * math.log(k / eps))
        assert d >= least
        if k >= 4:
            published = k**2 / math.log(k) * math.log(m / k)
            assert d >= published / (100 * eps**2 * (1 + math.log(1 / eps) / math.log(4)))


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 150), st.fractions(Fraction(1, 2000), Fraction(1, 4), max_denominator=4000))
def test_growth_lower_asymptotics(digits, delta):
    m = 10**digits
    if THEOREMS["lower_asymptotics"].is_in_domain(m, 1, delta):
        d = thing(THEOREMS["lower_asymptotics"].evaluates)(m, 1, delta).d
        assert d >= math.log(m) / (100 * delta**2 * math.log(1 / delta))
        assert d <= bounds.random_upper_bound(m, 1, delta).d


def test_the_gain_of_chebyshev_polynomials_climbs_towards_four():
    # along m = delta^-n: in delta for every n, and in n for every delta
    gain = {}
    for n, j in itertools.product((8, 20, 60), (1, 2, 3, 4)):
        question = (10 ** (n * j), 1, Fraction(1, 10**j))
        gain[n, j] = Fraction(bounds.chebyshev_lower_bound(*question).d, bounds.alon_lower_bound(*question).d)
    assert all(gain[n, j] < gain[n, j + 1] for n in (8, 20, 60) for j in (1, 2, 3))
    assert all(gain[8, j] < gain[20, j] < gain[60, j] for j in (1, 2, 3, 4))
    assert 3.5 < gain[60, 4] < 4
    # the limits as m grows, at delta = 10^-3: D is between (r^2/e - 1) and r^2/(2e) times ln m / (2 ln r), r = 2/delta'
    for function, r in ((bounds.alon_lower_bound, 999.0), (bounds.chebyshev_lower_bound, 999 + math.sqrt(999**2 - 1))):
        slope = function(10**300, 1, "1/1000").d / math.log(10**300)
        assert 0.8 * (r * r / math.e - 1) / (2 * math.log(r)) <= slope <= 1.1 * r * r / math.e / (2 * math.log(r))


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(2, 10**6))
def test_growth_l1_typical(k, rest, factor):
    from scipy.integrate import quad
    from scipy.optimize import minimize_scalar

    m = k + rest
    psi = thing(THEOREMS["l1_typical"].evaluates)
    found = psi(m, k)

    def cost(tau):
        tail = quad(lambda u: (u - tau) ** 2 * math.exp(-u * u / 2), tau, tau + 40)[0]
        return k * (1 + tau**2) + (m - k) * math.sqrt(2 / math.pi) * tail

    expected = minimize_scalar(cost, bounds=(0, 10), method="bounded", options={"xatol": 1e-9}).fun
    assert found == pytest.approx(expected, rel=1e-6)
    # psi/m depends on k/m only
    assert psi(factor * m, factor * k) / factor == pytest.approx(found, rel=1e-9)
    assert k <= found <= m * (1 + 1e-9)
