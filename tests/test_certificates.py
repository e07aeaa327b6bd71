"""Certificates and their checker: what is true passes, what is false does not, and nothing is taken on trust."""

import ast
import contextlib
import copy
import functools
import json
import re
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lincs.check
from lincs import InputError, best_probes, bounds, dimension_bounds, frames, kernel_ratio
from lincs.bounds._inequalities import RECHECKS
from lincs.certificates import bound_certificate, kernel_ratio_certificate, matrix_digest, write_certificate
from lincs.check import CertificateError, check_file
from lincs.check._families import FAMILIES
from lincs.check._reading import digest, load_matrix, param

sizes = st.one_of(st.integers(1, 3000), st.integers(1, 40).map(lambda e: 10**e))
tolerances = st.fractions(min_value=Fraction(1, 400), max_value=1, max_denominator=2000).filter(lambda x: x > 0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("certificates")


def verdict(folder, certificate, matrix=None):
    """What the checker says about a certificate, through a file."""
    path = folder / "certificate.json"
    write_certificate(path, certificate)
    return check_file(path, matrix)


def changed(certificate, **fields):
    """A certificate of one claim with some of its fields replaced."""
    result = copy.deepcopy(certificate)
    result["claims"][0] |= fields
    return result


def fraction(pair):
    return Fraction(int(pair[0]), int(pair[1]))


def as_integer(value):
    return int(value, 0) if isinstance(value, str) else value


# --- the checker stands alone ---


def test_the_checker_imports_the_standard_library_only():
    for path in Path(lincs.check.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                modules = [node.module]
            else:
                continue
            for module in modules:
                allowed = module.split(".")[0] in sys.stdlib_module_names and module not in ("pickle", "importlib")
                assert allowed or (module == "numpy" and path.name == "_reading.py"), f"{path.name} imports {module}"


def test_the_folder_of_the_checker_runs_alone(folder, tmp_path):
    shutil.copytree(Path(lincs.check.__file__).parent, tmp_path / "check", ignore=shutil.ignore_patterns("__pycache__"))
    good = bound_certificate(dimension_bounds(10**6, 10, "1/2").lower)
    for certificate, code in ((good, 0), (changed(good, d=828), 1), (changed(good, d="x"), 2)):
        write_certificate(tmp_path / "c.json", certificate)
        command = [sys.executable, "-I", "-S", "-c", "import sys; sys.path[:0] = ['.']; import check; "]
        command[-1] += "print(any(name.startswith('lincs') or name == 'numpy' for name in sys.modules)); "
        command[-1] += "sys.exit(check.main(['c.json']))"
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == code, done.stderr
        assert done.stdout.startswith("False\n")
        assert (done.stderr != "") == (code == 2)


# --- bounds ---


@pytest.fixture(scope="module", autouse=True)
def _small_counts():
    """Counts in more dimensions than this take seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lincs.check._families.MOST_STEPS", 10**5)
        yield


@settings(deadline=None, max_examples=40)
@given(sizes, st.integers(1, 50), tolerances)
def test_every_lower_bound_is_confirmed_and_one_more_dimension_is_not(folder, m, k, eps):
    k = min(k, m)
    for bound in (function(m, k, eps) for function in bounds.LOWER_BOUNDS):
        certificate = bound_certificate(bound)
        assert verdict(folder, certificate).holds
        # the search for a joint certificate of degrees 1 and 2 leaves what Welch's bound does better to that
        if bound.theorem != "joint_trace" or bound.params["p"] != 2:
            assert not verdict(folder, changed(certificate, d=str(bound.d + 1))).holds


@settings(deadline=None, max_examples=30)
@given(sizes, st.integers(1, 20), tolerances)
def test_every_upper_bound_is_confirmed_and_one_dimension_less_is_not(folder, m, k, eps):
    k = min(k, m)
    result = dimension_bounds(m, k, eps)
    for bound in result.bounds:
        if bound.side == "lower":
            continue
        certificate = bound_certificate(bound)
        try:
            found = verdict(folder, certificate)
        except CertificateError as error:
            assert re.search("count|primes|Hadamard", str(error))  # noqa: PT017
            continue
        assert found.holds, (bound, found)
        assert not verdict(folder, changed(certificate, d=str(bound.d - 1))).holds


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(sorted(frames.FAMILIES)), sizes, st.fractions(min_value=Fraction(1, 20), max_value=1))
def test_families_have_the_dimension_capacity_and_coherence_that_the_checker_knows(family, m, delta):
    frame = frames.FAMILIES[family].best_for(m, delta)
    if frame is None:
        return
    member, _ = FAMILIES[family]
    written = bound_certificate(bounds.frame_upper_bound(family, m, 1, delta))["claims"][0]["params"]
    params = {name: param(value, name) for name, value in written.items()}
    assert member(**params) == (frame.d, frame.m, frame.coherence_squared)


@pytest.mark.parametrize(
    ("family", "params"),
    [
        ("paley", {"q": 29}),
        ("steiner", {"design": "triples", "order": 15}),
        ("reed_solomon", {"q": 5, "T": 3, "n": 6}),
        ("reed_solomon", {"q": 4, "T": 2, "n": 2}),
        ("ag_code", {"q": 9, "curve": "y^3+y+2x^4", "degree": 16, "n": 27}),
        ("erased_reed_solomon", {"q": 11, "T": 4, "erased": 3, "erasures": 2, "leading": 7}),
        ("bch", {"q": 4, "e": 3, "t": 26, "symbols": 80, "punctured": 2}),
        ("linear_code", {"q": 3, "n": 12, "generator": "201211+", "punctured": 1}),
        ("trace_code", {"q": 3, "n": 3}),
        ("trace_code", {"q": 7, "n": 3, "symbols": 12, "punctured": 5}),
        ("linear_code", {"q": 4, "n": 13, "generator": "12/113/21:2+"}),
        ("leech", {"d": 21}),
        ("leech", {"d": 22, "cosine": 3}),
        ("leech", {"d": 22, "cosine": 5}),
        ("kerdock", {"d": 64}),
        ("delsarte_goethals", {"d": 64, "r": 1, "punctured": 3}),
        ("gold", {"n": 7, "r": 1}),
        ("weil", {"p": 11, "t": 3}),
        ("devore", {"q": 7, "t": 2}),
        ("simplex", {"m": 9}),
        ("stored", {"name": "roots-e6"}),
        ("stored", {"name": "roots-e8"}),
    ],
)
def test_a_family_is_not_trusted_beyond_its_capacity_nor_at_its_own_error(folder, family, params):
    frame = frames.make(family, **params)
    delta = Fraction(frame.error.upper) + Fraction(1, 10**12)
    bound = bounds.Bound("upper", frame.d, family, frame.params, frame.m, 1, delta)
    certificate = bound_certificate(bound)
    assert verdict(folder, certificate).holds
    assert not verdict(folder, changed(certificate, m=frame.m + 1)).holds
    low = Fraction(frame.error.lower)
    assert not verdict(folder, changed(certificate, eps=[str(low.numerator), str(low.denominator)])).holds


@pytest.mark.parametrize(
    ("q", "T", "n", "symbols"),
    [(3, 2, 2, 6), (3, 2, 3, 6), (5, 3, 5, 15), (5, 2, 6, 7), (3, 3, 3, 9), (7, 2, 4, 11), (5, 4, 5, 18), (2, 2, 3, 4)],
)
def test_reed_solomon_pairs_are_built_anew(folder, q, T, n, symbols):
    frame = frames.reed_solomon(q, T, n, symbols)
    delta = Fraction(frame.error.upper) + Fraction(1, 10**6)
    bound = bounds.Bound("upper", frame.d, "reed_solomon", frame.params, frame.m, 1, delta)
    assert "built anew" in verdict(folder, bound_certificate(bound)).reason


@pytest.mark.parametrize(("name", "which"), [("roots-e7", "A"), ("roots-e7", "B"), ("roots-e8", "A")])
def test_a_stored_frame_is_nothing_but_its_matrices(folder, name, which):
    frame = frames.stored(name)
    bound = bounds.Bound("upper", frame.d, "stored", frame.params, frame.m, 1, Fraction(2, 5))
    certificate = bound_certificate(bound)
    assert "the matrices in this file" in verdict(folder, certificate).reason
    params = certificate["claims"][0]["params"]
    for change in (3, -3):  # spoils an inner product, or the diagonal
        spoilt = copy.deepcopy(params)
        spoilt[which][0][0] += change
        assert not verdict(folder, changed(certificate, params=spoilt)).holds
    assert not verdict(folder, changed(certificate, params=params | {which: params[which][:-1]})).holds
    shorter = {which: [line[:-1] for line in params[which]]}
    assert not verdict(folder, changed(certificate, params=params | shorter)).holds
    # nor as images under what is no group, or with a B
    for maps in ([2, 1, 3], [7, 4, 1], [7, 1], [4, 1, 2], [7, 0, 1]):
        with contextlib.suppress(CertificateError):
            assert not verdict(folder, changed(certificate, params=params | {"maps": maps})).holds
    # nor where <b_i, a_i> lie too far apart
    apart = {"name": "x", "A": [[2, 0], [0, 9]], "B": [[1, 1], [0, 1]]}
    claim = certificate["claims"][0] | {"params": apart, "m": 2, "d": 2, "eps": [9, 10]}
    assert not verdict(folder, certificate | {"claims": [claim]}).holds


@pytest.mark.parametrize("name", ["orbits-13-104", "orbits-19-1026", "orbits-41-50840"])
def test_a_stored_frame_of_images_is_certified_by_its_vectors(folder, name):
    frame = frames.stored(name)
    delta = Fraction(frame.error.upper) + Fraction(1, 10**9)
    bound = bounds.Bound("upper", frame.d, "stored", frame.params, frame.m, 1, delta)
    certificate = bound_certificate(bound)
    params = certificate["claims"][0]["params"]
    assert frame.m == len(params["A"][0]) * params["maps"][0] * params["maps"][1]
    assert verdict(folder, certificate).holds
    if frame.m < 10**4:
        exact = Fraction(frame.error.lower)
        assert not verdict(folder, changed(certificate, eps=[exact.numerator, exact.denominator])).holds
        spoilt = copy.deepcopy(params)
        spoilt["A"][0][0] += 400
        assert not verdict(folder, changed(certificate, params=spoilt)).holds
        p, order, copies = params["maps"]
        for maps in ([p, order, copies + 1], [p, order + 1, copies], [p + 1, order, copies], [p, 1, copies]):
            assert not verdict(folder, changed(certificate, params=params | {"maps": maps})).holds


@pytest.mark.parametrize("family", [("paley", {"q": 13}), ("devore", {"q": 5, "t": 3})])
def test_other_small_members_are_built_anew(folder, family):
    frame = frames.make(family[0], **family[1])
    bound = bounds.Bound("upper", frame.d, family[0], frame.params, frame.m, 1, Fraction(1, 2))
    assert "built anew" in verdict(folder, bound_certificate(bound)).reason


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from(sorted(RECHECKS)),
    st.integers(2, 300),
    st.integers(1, 3),
    st.fractions(Fraction(1, 30), Fraction(1, 2), max_denominator=60),
    st.integers(1, 30),
    st.integers(2, 5),
    st.fractions(0, 1, max_denominator=8),
)
def test_the_two_formulations_of_each_inequality_agree(folder, theorem, m, k, delta, rank, p, weight):
    params = {"p": p} if theorem not in ("welch", "kernel") else {}
    params |= {"weight": str(weight)} if theorem == "joint_trace" else {}
    k = min(k, m)
    if k * delta > 1 or -(-m // (2 * k - 1)) < 2:
        return
    bound = bounds.Bound("lower", rank + 1, theorem, params, m, k, k * delta)
    assert verdict(folder, bound_certificate(bound)).holds == RECHECKS[theorem](rank, m, k, k * delta, **params)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 10**6), st.integers(1, 20), tolerances, st.data())
def test_no_tampering_makes_a_lower_bound_false_and_accepted(folder, m, k, eps, data):
    k = min(k, m)
    bound = data.draw(st.sampled_from(bounds.LOWER_BOUNDS))(m, k, eps)
    certificate = bound_certificate(bound)
    claim = certificate["claims"][0]
    places = [*[(claim, key) for key in "mkd"], *[(claim["eps"], i) for i in (0, 1)]]
    places += [(claim["params"], key) for key in claim["params"] if key != "weight"]
    places += [(claim["params"]["weight"], i) for i in (0, 1) if "weight" in claim["params"]]
    holder, key = data.draw(st.sampled_from(places))
    old = as_integer(holder[key])
    holder[key] = data.draw(st.one_of(st.integers(-2, 2).map(lambda x: old + x), st.integers(0, 2 * old + 3)))
    try:
        found = verdict(folder, certificate)
    except CertificateError:
        return
    if found.holds:  # then what is claimed now must be true
        asked = as_integer(claim["m"]), as_integer(claim["k"]), fraction(claim["eps"])
        assert as_integer(claim["d"]) <= dimension_bounds(*asked).upper.d


@pytest.mark.parametrize(
    ("theorem", "m", "eps", "d", "params", "holds"),
    [
        # equality excludes a rank where the polynomial is strictly monotone
        ("welch", 28, "1/4", 8, {}, True),
        ("alon", 28, "1/4", 8, {"p": 1}, True),
        ("kernel", 12, "1/12", 12, {}, True),
        ("kernel", 12, "1/8", 11, {}, True),
        # and none where it attains its maximum inside the interval too
        ("chebyshev", 8, "1/3", 4, {"p": 2}, False),
        ("chebyshev", 15, "2/5", 4, {"p": 2}, False),
        ("chebyshev", 148, "1/3", 9, {"p": 2}, False),
        ("joint_trace", 99, "2/5", 5, {"p": 2, "weight": [1, 1]}, False),
    ],
)
def test_what_equality_excludes(folder, theorem, m, eps, d, params, holds):
    claim = bound_certificate(bounds.Bound("lower", d, theorem, {}, m, 1, Fraction(eps)))["claims"][0]
    for rank, expected in ((d, holds), (d - 1, True)):
        claims = [claim | {"params": params, "d": rank}]
        assert verdict(folder, {"format": "lincs certificate", "version": 1, "claims": claims}).holds == expected


@pytest.mark.parametrize(
    ("theorem", "m", "eps", "d", "params"),
    [
        ("alon", 1000, "1/10", 999, {"p": 0}),  # the power 0 is constant: no strictness
        ("turan_alon", 1000, "1/10", 999, {"p": 0}),
        ("chebyshev", 1000, "1/10", 999, {"p": 0}),
        ("chebyshev", 1000, "1/10", 999, {"p": 1}),
        ("joint_trace", 10**6, "1/20", 151, {"p": 3, "weight": [1000, 1]}),  # the inequality is so, but no theorem
        ("joint_trace", 10**6, "1/20", 828, {"p": 2, "weight": [1000, 1]}),
        ("joint_trace", 10**6, "1/20", 900, {"p": 2, "weight": [-1000, 1]}),
        ("joint_trace", 10**6, "1/20", 828, {"p": 1, "weight": [1, 1]}),
        ("welch", 1, "1/2", 2, {}),  # one feature needs one dimension
        ("turan_alon", 5, "1/2", 2, {"p": 1}),
        ("welch", 10, "3/5", 2, {}),  # one dimension will do
        ("welch", 10, "1", 2, {}),
        ("chebyshev", 10, "1", 2, {"p": 2}),
        ("kernel", 3, "9/10", 3, {}),
    ],
)
def test_parameters_outside_the_theorem_are_refused(folder, theorem, m, eps, d, params):
    eps = Fraction(eps)
    bound = bounds.Bound("lower", d, theorem, {}, m, 3 if theorem == "turan_alon" and m == 5 else 1, eps)
    certificate = bound_certificate(bound)
    certificate["claims"][0]["params"] = params
    assert not verdict(folder, certificate).holds


@pytest.mark.parametrize(
    ("family", "params", "m", "d"),
    [
        ("paley", {"q": 21}, 22, 11),  # not a prime power
        ("paley", {"q": 7}, 8, 4),  # 3 mod 4
        ("weil", {"p": 9, "t": 2}, 162, 18),
        ("devore", {"q": 6, "t": 2}, 36, 36),
        ("devore", {"q": 3, "t": 4}, 81, 9),
        ("reed_solomon", {"q": 4, "T": 2, "n": 6, "symbols": 8}, 16, 19),
        ("reed_solomon", {"q": 6, "T": 2, "n": 6, "symbols": 12}, 36, 31),
        ("ag_code", {"q": 4, "curve": "y^2+y+x^3", "degree": 3, "n": 10, "symbols": 12}, 64, 31),  # 9 points
        ("ag_code", {"q": 4, "curve": "y^2+y+x^4", "degree": 4, "n": 5, "symbols": 12}, 64, 16),
        ("ag_code", {"q": 4, "curve": "y^2+x^3+x^2y", "degree": 3, "n": 5, "symbols": 12}, 64, 16),
        ("ag_code", {"q": 6, "curve": "y^2+x^3", "degree": 3, "n": 5, "symbols": 18}, 216, 26),
        ("erased_reed_solomon", {"q": 9, "T": 4, "erased": 3, "erasures": 2, "leading": 7}, 80, 52),
        ("erased_reed_solomon", {"q": 11, "T": 4, "erased": 3, "erasures": 4, "leading": 7}, 80, 84),
        ("erased_reed_solomon", {"q": 11, "T": 4, "erased": 3, "erasures": 2, "leading": 11}, 80, 88),
        ("bch", {"q": 6, "e": 2, "t": 3, "symbols": 24, "punctured": 0}, 36, 180),
        ("bch", {"q": 2, "e": 4, "t": 5, "symbols": 14, "punctured": 6}, 128, 11),
        ("bch", {"q": 2, "e": 4, "t": 15, "symbols": 2, "punctured": 0}, 2, 17),
        ("linear_code", {"q": 2, "n": 7, "generator": "0101", "symbols": 8, "punctured": 0}, 16, 8),
        ("linear_code", {"q": 2, "n": 7, "generator": "1201", "symbols": 8, "punctured": 0}, 16, 8),
        ("linear_code", {"q": 2, "n": 7, "generator": "1101", "symbols": 8, "punctured": 3}, 16, 5),
        ("trace_code", {"q": 2, "n": 3, "symbols": 12, "punctured": 0}, 64, 8),
        ("trace_code", {"q": 6, "n": 3, "symbols": 36, "punctured": 0}, 6**6, 1076),
        ("trace_code", {"q": 3, "n": 2, "symbols": 12, "punctured": 0}, 81, 17),
        ("trace_code", {"q": 3, "n": 4, "symbols": 24, "punctured": 0}, 3**8, 161),
        ("trace_code", {"q": 3, "n": 3, "symbols": 6, "punctured": 0}, 1, 41),
        ("trace_code", {"q": 3, "n": 3, "symbols": 18, "punctured": 15}, 729, 23),
        ("linear_code", {"q": 3, "n": 6, "generator": "1/1:0", "symbols": 9, "punctured": 0}, 27, 13),
        ("linear_code", {"q": 3, "n": 6, "generator": "1/1:3", "symbols": 9, "punctured": 0}, 27, 13),
        ("linear_code", {"q": 3, "n": 6, "generator": "1/1:", "symbols": 9, "punctured": 0}, 27, 13),
        ("linear_code", {"q": 3, "n": 7, "generator": "1/1", "symbols": 9, "punctured": 0}, 27, 15),
        ("linear_code", {"q": 3, "n": 6, "generator": "1/1111", "symbols": 9, "punctured": 0}, 27, 13),
        ("linear_code", {"q": 3, "n": 6, "generator": "1/", "symbols": 9, "punctured": 0}, 27, 13),
        ("linear_code", {"q": 3, "n": 7, "generator": "1/1+1", "symbols": 9, "punctured": 0}, 27, 15),
        ("linear_code", {"q": 3, "n": 6, "generator": "1/10", "symbols": 9, "punctured": 0}, 27, 13),
        ("leech", {"d": 15, "cosine": 2}, 1170, 15),
        ("leech", {"d": 21, "cosine": 3}, 1, 21),
        ("kerdock", {"d": 8, "punctured": 0}, 40, 8),
        ("delsarte_goethals", {"d": 16, "r": 2, "punctured": 0}, 8192, 16),
        ("gold", {"n": 4, "r": 2, "punctured": 0}, 4096, 16),
        ("gold", {"n": 7, "r": 1, "punctured": 60}, 16384, 68),
        ("steiner", {"design": "triples", "order": 11}, 66, 18),
        ("steiner", {"design": "pairs", "order": 7}, 49, 21),  # no Hadamard matrix of order 7
        ("simplex", {"m": 1}, 1, 0),
        ("constant", {"m": 0}, 1, 1),
        ("gilbert_varshamov", {"d": 4, "m": 100, "coherence": [1, 2], "ensemble": "spherical", "seed": 0}, 100, 4),
        ("gilbert_varshamov", {"d": 4, "m": 100, "coherence": [1, 2], "ensemble": "rademacher", "seed": 0}, 100, 4),
        ("random", {}, 100, 5),
    ],
)
def test_members_that_do_not_exist_are_refused(folder, family, params, m, d):
    claim = {"claim": "upper bound", "family": family, "m": m, "k": 1, "eps": [99, 200], "d": d, "params": params}
    found = verdict(folder, {"format": "lincs certificate", "version": 1, "claims": [claim]})
    assert not found.holds
    assert found.reason


@settings(deadline=None, max_examples=20)
@given(st.integers(2, 10**9), st.fractions(Fraction(1, 60), Fraction(1, 2), max_denominator=2000))
def test_the_count_and_the_logarithm_are_evaluated_as_sharply_as_they_are_claimed(folder, m, delta):
    for bound in (bounds.frame_upper_bound("gilbert_varshamov", m, 1, delta), bounds.random_upper_bound(m, 1, delta)):
        if bound.d > 10**5:
            continue
        certificate = bound_certificate(bound)
        assert verdict(folder, certificate).holds
        claim = certificate["claims"][0]
        claim["d"] = bound.d - 1
        if "d" in claim["params"]:
            claim["params"]["d"] -= 1  # the count is not met in one dimension less, at a coherence just below the limit
        if bound.d > 1:
            assert not verdict(folder, certificate).holds


def test_two_claims_make_one_certificate_and_one_that_fails_fails_it(folder):
    result = dimension_bounds(10**6, 10, "1/2")
    certificate = bound_certificate(result.lower, result.upper)
    both = verdict(folder, certificate)
    assert both.holds
    assert both.claim.count("m = 1000000") == 2
    certificate["claims"][1]["d"] -= 1
    assert not verdict(folder, certificate).holds


# --- matrices ---


@pytest.mark.parametrize("family", sorted(frames.FAMILIES))
@pytest.mark.parametrize(("m", "k", "eps"), [(40, 1, "0.4"), (30, 2, "0.5")])
def test_matrices_of_frames_are_confirmed(folder, family, m, k, eps):
    bound = bounds.frame_upper_bound(family, m, k, eps)
    if bound is None:
        return
    certificate = bound_certificate(bound, matrices=True)
    claim = certificate["claims"][0]
    assert (len(claim["A"]), len(claim["A"][0])) == (bound.d, m)
    assert verdict(folder, certificate).holds
    error = largest_error(claim)
    assert error < Fraction(eps) / k
    if error == 0:
        return
    at_its_error = changed(certificate, k=1, eps=[str(error.numerator), str(error.denominator)])
    assert not verdict(folder, at_its_error).holds  # strict


def largest_error(claim):
    """max |scale B^T A - I|, by the book."""
    A = np.array([[as_integer(x) for x in line] for line in claim["A"]], dtype=object)
    B = A if claim["B"] is None else np.array([[as_integer(x) for x in line] for line in claim["B"]], dtype=object)
    scale, m = fraction(claim["scale"]), A.shape[1]
    return max(abs(scale * int(B[:, i] @ A[:, j]) - (i == j)) for i in range(m) for j in range(m))


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_tampering_with_a_matrix_is_seen_just_if_it_matters(folder, data):
    bound = bounds.frame_upper_bound(data.draw(st.sampled_from(["reed_solomon", "kerdock", "paley"])), 9, 1, "0.4")
    certificate = bound_certificate(bound, matrices=True)
    claim = certificate["claims"][0]
    holders = [*claim["A"], claim["scale"], *(claim["B"] or [])]
    holder = data.draw(st.sampled_from(holders))
    index = data.draw(st.integers(0, len(holder) - 1))
    old = as_integer(holder[index])
    holder[index] = data.draw(st.integers(-3, 3)) * max(1, abs(old) // 2) + old
    if claim["scale"][1] == 0 or as_integer(claim["scale"][1]) < 0:
        with pytest.raises(CertificateError):
            verdict(folder, certificate)
    else:
        assert verdict(folder, certificate).holds == (largest_error(claim) < Fraction(2, 5))


def test_matrices_that_are_too_large_or_do_not_exist_are_refused():
    with pytest.raises(InputError, match="2000000"):
        bound_certificate(bounds.frame_upper_bound("kerdock", 10**6, 32, "1/2"), matrices=True)
    with pytest.raises(InputError, match="existence"):
        bound_certificate(bounds.random_upper_bound(10, 1, "1/2"), matrices=True)
    frame = frames.paley(5)
    delta = Fraction(frame.error.upper) + Fraction(1, 2**60)
    with pytest.raises(InputError, match="too close"):
        bound_certificate(bounds.Bound("upper", 3, "paley", frame.params, 6, 1, delta, (), frame), matrices=True)


# --- kernel ratios ---


def examples():
    rng = np.random.default_rng()
    yield "floats", rng.standard_normal((12, 30)), {}
    yield "float32", rng.standard_normal((9, 20)).astype(np.float32), {}
    yield "signs", rng.integers(0, 2, (10, 25)) * 2 - 1, {}
    yield "exact", rng.integers(-4, 5, (4, 9)), {"method": "exact"}
    yield "exact, of floats", rng.standard_normal((4, 8)), {"method": "exact"}
    yield "some rows", frames.kerdock(16).matrix().astype(float), {"rows": [0, 3]}
    yield "badly scaled", rng.standard_normal((8, 20)) * 10.0 ** rng.integers(-9, 9, (8, 1)), {}
    yield "dependent rows", np.vstack([np.eye(3, 5), np.eye(3, 5)[:1] * 2, np.zeros((1, 5))]), {}
    yield "no kernel", np.eye(5, 4), {}
    yield "zero matrix", np.zeros((2, 3)), {}
    yield "zero column", np.array([[1.0, 0.0, 2.0], [3.0, 0.0, 1.0]]), {}


@pytest.mark.parametrize("function", [kernel_ratio, best_probes])
def test_both_sides_of_gamma_are_confirmed(folder, function):
    for name, A, options in examples():
        result = function(A, **options)
        certificate = kernel_ratio_certificate(A, result)
        claim = certificate["claims"][0]
        lower, upper = fraction(claim["lower"]), fraction(claim["upper"])
        assert verdict(folder, certificate).holds, name
        # not weaker than what was certified in floats, but for rounding
        assert lower >= result.gamma.lower * (1 - Fraction(1, 10**9)), name
        assert upper <= result.gamma.upper * (1 + Fraction(1, 10**9)), name
        if options.get("method") == "exact":
            assert lower <= result.gamma.lower <= upper <= lower + Fraction(1, 2**94)
            assert A.dtype.kind == "f" or lower == upper
        # neither side can be moved: they are rounded to 2^-96 at most
        tiny = Fraction(1, 2**95)
        for side, value in (("lower", lower + tiny), ("upper", upper - tiny)):
            pair = [str(value.numerator), str(value.denominator)]
            if side == "upper" or lower > 0:
                assert not verdict(folder, changed(certificate, **{side: pair})).holds, name


def test_the_matrix_may_be_given_as_a_file_and_must_be_the_same(folder):
    A = np.random.default_rng().standard_normal((6, 15))
    certificate = kernel_ratio_certificate(A, kernel_ratio(A))
    path = folder / "A.npy"
    np.save(path, A)
    assert verdict(folder, certificate, path).holds
    without = changed(certificate, A=None)
    assert verdict(folder, without, path).holds
    with pytest.raises(CertificateError, match="npy"):
        verdict(folder, without)
    other = A.copy()
    other[3, 4] = np.nextafter(other[3, 4], 9)
    np.save(path, other)
    assert not verdict(folder, certificate, path).holds
    assert "digest" in verdict(folder, without, path).reason
    np.save(path, A.T)
    with pytest.raises(CertificateError, match="15 x 6"):
        verdict(folder, without, path)


def test_a_part_of_the_features_is_not_passed_off_as_all(folder):
    A = frames.simplex(4).matrix().astype(int)
    certificate = kernel_ratio_certificate(A, best_probes(A, method="exact"))
    assert "gamma(A)" in verdict(folder, certificate).claim
    claim = certificate["claims"][0]
    part = {"features": claim["features"][:2], "B": claim["B"][:2], "scales": claim["scales"][:2]}
    z = claim["z"]
    assert "2 features" in verdict(folder, changed(certificate, **part)).claim
    for features in ([0, 0, 1, 1], [1, 0, 2, 3], [-1, 0, 1, 2], [1, 2, 3, 4]):
        assert not verdict(folder, changed(certificate, features=features)).holds
    assert not verdict(folder, changed(certificate, **part, z=z | {"row": 3})).holds
    assert not verdict(folder, changed(certificate, z=z | {"numbers": [0] * 4})).holds


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_tampering_with_a_kernel_ratio_is_seen_just_if_it_matters(folder, data):
    A = np.array([[3, 1, 0, 2, 1], [0, 1, 4, 1, -2], [1, 0, 1, 1, 1]])
    certificate = data.draw(st.sampled_from(TAMPERED))(A)
    claim = certificate["claims"][0]
    z = claim["z"]
    holders = [*claim["A"], claim["lower"], claim["upper"], claim["features"], *claim["B"], claim["scales"]]
    holders += [z["numbers"], *([z["basis"]] if z["basis"] else []), z, claim]
    holder = data.draw(st.sampled_from(holders))
    keys = {id(z): ["row", "denominator"], id(claim): ["d", "m", "exponent"]}.get(id(holder), range(len(holder)))
    key = data.draw(st.sampled_from(list(keys)))
    old = as_integer(holder[key])
    step = data.draw(st.sampled_from([-3, -1, 1, 2])) * data.draw(st.sampled_from([1, max(1, abs(old) // 3)]))
    holder[key] = str(old + step)
    try:
        found = verdict(folder, certificate)
    except CertificateError:
        return
    assert found.holds == is_true(claim, A)


TAMPERED = [
    lambda A: kernel_ratio_certificate(A, kernel_ratio(A, method="exact")),
    lambda A: kernel_ratio_certificate(A, best_probes(A.astype(float))),
    lambda A: kernel_ratio_certificate(A, best_probes(A / 4, rows=[1, 3])),
]


def is_true(claim, A):
    """Whether all that the claim needs is so, by the book."""
    d, m = (as_integer(claim[name]) for name in "dm")
    scale = Fraction(1, 2 ** as_integer(claim["exponent"]))
    given_A = np.array([[as_integer(x) * scale for x in line] for line in claim["A"]], dtype=object)
    if matrix_digest(A) != claim["sha256"] and matrix_digest(A / 4) != claim["sha256"]:
        return False
    own = A if matrix_digest(A) == claim["sha256"] else A / 4
    if (d, m) != A.shape or not (given_A == own).all():
        return False
    features = [as_integer(i) for i in claim["features"]]
    row, denominator = as_integer(claim["z"]["row"]), as_integer(claim["z"]["denominator"])
    if features != sorted(set(features)) or min(features) < 0 or max(features) >= m or row not in features:
        return False
    basis = [as_integer(j) for j in claim["z"]["basis"]]
    if denominator <= 0:
        return False
    z = [Fraction(as_integer(x), denominator if j in basis else 1) for j, x in enumerate(claim["z"]["numbers"])]
    lower, upper = fraction(claim["lower"]), fraction(claim["upper"])
    if any(sum(a * x for a, x in zip(line, z, strict=True)) for line in given_A) or lower < 0:
        return False
    if lower > 0 and (not any(z) or abs(z[row]) / sum(map(abs, z)) < lower):
        return False
    for i, b, one in zip(features, claim["B"], claim["scales"], strict=True):
        if as_integer(one) <= 0:
            return False
        probe = [Fraction(as_integer(x), as_integer(one)) for x in b]
        if any(abs(sum(p * a for p, a in zip(probe, given_A[:, j], strict=True)) - (i == j)) > upper for j in range(m)):
            return False
    return True


def test_a_kernel_ratio_that_cannot_be_certified_says_why():
    rng = np.random.default_rng()
    A = rng.standard_normal((3, 7))
    with pytest.raises(InputError, match="shape"):
        kernel_ratio_certificate(A[:2], kernel_ratio(A))
    nearly = np.vstack([A, A[0] + A[1] + 1e-17 * A[2] + 2.0**-52 * rng.integers(1, 3, 7)])
    result = kernel_ratio(A)
    pretended = type(result)(**{**vars(result), "d": 4, "B": np.vstack([result.B, np.zeros(7)])})
    with pytest.raises(InputError, match="depend"):
        kernel_ratio_certificate(nearly, pretended)
    large = np.zeros((1500, 1500))
    shape = type(result)(**{**vars(result), "d": 1500, "m": 1500})
    with pytest.raises(InputError, match="entries"):
        kernel_ratio_certificate(large, shape)


def test_the_size_of_the_exact_system_is_limited_and_its_rank_must_be_clear(monkeypatch):
    A = np.array([[1, 2, 3, 4], [2, 4, 6, 8]])
    result = kernel_ratio(A)
    assert kernel_ratio_certificate(A, result)["claims"][0]["z"]["basis"]
    monkeypatch.setattr("lincs.certificates._basis", lambda A: ([0, 1], [0, 1]))
    with pytest.raises(InputError, match="rank"):
        kernel_ratio_certificate(A, result)
    monkeypatch.setattr("lincs.certificates.LARGEST_SOLUTION", 7)
    with pytest.raises(InputError, match="too large"):
        kernel_ratio_certificate(A, result)


def test_probes_of_long_fractions_are_rounded(folder):
    A = np.array([[1, 0, 2, 1], [0, 3, 1, 1]])
    result = kernel_ratio(A, method="exact")
    long = type(result)(**{**vars(result), "B": result.B + Fraction(1, 3**4000)})
    certificate = kernel_ratio_certificate(A, long)
    assert verdict(folder, certificate).holds
    upper = fraction(certificate["claims"][0]["upper"])
    assert result.gamma.upper <= upper <= result.gamma.upper + Fraction(1, 2**40)


@settings(deadline=None, max_examples=30)
@given(st.data())
def test_digests_agree_whatever_the_type_and_the_order_in_memory(folder, data):
    dtype = data.draw(st.sampled_from(["f2", "f4", "f8", ">f8", "i1", "i8", "u8", ">i4"]))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    A = (rng.standard_normal((3, 4)) * 50).astype(dtype)
    stored = np.asfortranarray(A) if data.draw(st.booleans()) else A
    np.save(folder / "D.npy", stored)
    assert digest(*load_matrix(folder / "D.npy")) == matrix_digest(A)
    if A.dtype.itemsize == 4:
        assert matrix_digest(A) == matrix_digest(A.astype(np.float64))


# --- files ---


GOOD = {
    "format": "lincs certificate",
    "version": 1,
    "claims": [{"claim": "lower bound", "theorem": "welch", "m": 10, "k": 1, "eps": [3, 10], "d": 4, "params": {}}],
}


@pytest.mark.parametrize(
    "text",
    [
        "", "[", "[]", "{}", "null", '"lincs certificate"', "\x00", "[" * 100_000,
        json.dumps(GOOD).replace("10,", "10.0,"),
        json.dumps(GOOD).replace("10,", "1e1,"),
        json.dumps(GOOD).replace("10,", "NaN,"),
        json.dumps(GOOD).replace("10,", "true,"),
        json.dumps(GOOD).replace("10,", '"ten",'),
        json.dumps(GOOD).replace("10,", '" 10",'),
        json.dumps(GOOD).replace("10,", "1" + "0" * 5000 + ","),
        json.dumps(GOOD).replace("10,", '"0x1' + "0" * 5000 + '",'),
        json.dumps(GOOD).replace('"k": 1', '"k": 1, "k": 2'),
        json.dumps(GOOD).replace('"k": 1', '"k": 11'),
        json.dumps(GOOD).replace('"k": 1, ', ""),
        json.dumps(GOOD).replace('"k": 1', '"k": 1, "note": 2'),
        json.dumps(GOOD).replace("[3, 10]", "[3, 0]"),
        json.dumps(GOOD).replace("[3, 10]", "[3]"),
        json.dumps(GOOD).replace("[3, 10]", "[11, 10]"),
        json.dumps(GOOD).replace("[3, 10]", "3"),
        json.dumps(GOOD).replace("welch", "welsh"),
        json.dumps(GOOD).replace('"welch"', "[]"),
        json.dumps(GOOD).replace("lower bound", "middle bound"),
        json.dumps(GOOD).replace("{}", "[]"),
        json.dumps(GOOD).replace("{}", '{"p": 1}'),
        json.dumps(GOOD).replace('"version": 1', '"version": 2'),
        json.dumps(GOOD | {"claims": []}),
        json.dumps(GOOD | {"claims": [1]}),
        json.dumps(GOOD | {"more": 1}),
    ],
)  # fmt: skip
def test_what_is_no_certificate_is_refused_with_one_line(folder, text):
    path = folder / "bad.json"
    path.write_text(text)
    with pytest.raises(CertificateError) as caught:
        check_file(path)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


def places(value, path=()):
    """All paths into a JSON value."""
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from places(part, (*path, key))


numbers = st.one_of(st.integers(-3, 30), st.sampled_from([2**70, 10**40, -(10**40), "0x10", "123", "-5", 2**8000]))
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, st.text(max_size=3)),
    lambda part: st.one_of(st.lists(part, max_size=3), st.dictionaries(st.sampled_from("mpq"), part, max_size=2)),
    max_leaves=4,
)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_whatever_stands_in_a_certificate_it_is_judged_or_refused(folder, data):
    certificate = copy.deepcopy(data.draw(st.sampled_from(samples())))
    path = data.draw(st.sampled_from([path for path in places(certificate) if path]))
    holder = certificate
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = data.draw(st.one_of(json_values, numbers))
    file = folder / "fuzz.json"
    file.write_text(json.dumps(certificate))
    try:
        judged = check_file(file).reason
    except CertificateError as error:
        judged = str(error)
    assert judged
    assert "\n" not in judged
    assert len(judged) < 20_000  # m of 8192 bits has 2467 digits


@functools.cache
def samples():
    """A certificate of every kind, theorem and family."""
    found = [bound_certificate(function(200, 2, "0.9")) for function in bounds.LOWER_BOUNDS]
    result = dimension_bounds(30, 1, "0.49")
    found += [bound_certificate(bound) for bound in result.bounds if bound.side == "upper"]
    found.append(bound_certificate(bounds.frame_upper_bound("kerdock", 8, 1, "0.4"), matrices=True))
    A = np.array([[1, 0, 2, 1], [0, 3, 1, 1]]) / 4
    return [*found, kernel_ratio_certificate(A, kernel_ratio(A))]


def test_files_that_cannot_be_read_are_refused(folder):
    (folder / "A.txt").write_text("no npy")
    np.savez(folder / "A.npz", A=np.eye(2))
    np.save(folder / "complex.npy", np.eye(2) * 1j)
    np.save(folder / "nan.npy", np.full((2, 2), np.nan))
    np.save(folder / "vector.npy", np.ones(3))
    for name, old, new in (
        ("open.npy", b"(2, 2)", b"(2, 2 "),
        ("dtype.npy", b"'<f8'", b"',f8'"),
        ("cut.npy", b"\0", b""),
    ):
        np.save(folder / name, np.eye(2))
        (folder / name).write_bytes((folder / name).read_bytes().replace(old, new))
    np.save(folder / "objects.npy", np.array([[{}]]), allow_pickle=True)
    (folder / "good.json").write_text(json.dumps(GOOD))
    assert check_file(folder / "good.json").holds
    with pytest.raises(CertificateError, match="cannot be read"):
        check_file(folder / "missing.json")
    with pytest.raises(CertificateError):
        check_file(folder)
    np.save(folder / "fine.npy", np.eye(2))
    with pytest.raises(CertificateError, match="kernel ratio"):
        check_file(folder / "good.json", folder / "fine.npy")
    bad = ["A.txt", "A.npz", "complex.npy", "nan.npy", "vector.npy", "objects.npy", "missing.npy", "open.npy"]
    for name in (*bad, "dtype.npy", "cut.npy"):
        with pytest.raises(CertificateError):
            check_file(folder / "good.json", folder / name)


def test_certificates_hold_no_floats_and_every_integer_survives_any_reader(folder):
    A = np.random.default_rng().standard_normal((40, 60))
    certificate = kernel_ratio_certificate(A, kernel_ratio(A, gap=1e-1))
    path = folder / "c.json"
    write_certificate(path, certificate)
    read = json.loads(path.read_text(), parse_float=lambda text: pytest.fail(f"a float: {text}"))
    assert read == certificate

    def numbers(value):
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list):
            return [n for part in value for n in numbers(part)]
        return [value] if isinstance(value, int) else []

    assert max(map(abs, numbers(read))) < 2**53


def test_not_even_a_field_that_is_not_needed_may_be_a_float(folder):
    certificate = kernel_ratio_certificate(np.eye(2), kernel_ratio(np.eye(2)))
    assert verdict(folder, certificate).holds
    with pytest.raises(CertificateError, match="floats"):
        verdict(folder, changed(certificate, z=0.5))


def test_hexadecimals_are_read_where_decimals_would_be_too_long(folder):
    # 4000 digits are more than Python converts: a kernel vector of a large matrix has such entries
    one = 10**5000
    A = np.array([[1, 1]])
    certificate = kernel_ratio_certificate(A, kernel_ratio(A, method="exact"))
    certificate["claims"][0]["z"] = {"row": 0, "basis": [], "denominator": 1, "numbers": [hex(one), hex(-one)]}
    assert verdict(folder, certificate).holds
    certificate["claims"][0]["z"]["numbers"][1] = hex(1 - one)
    assert not verdict(folder, certificate).holds


@pytest.mark.parametrize(("change", "code"), [({}, 0), ({"d": 5}, 1), ({"d": None}, 2)])
def test_exit_codes(folder, capsys, change, code):
    (folder / "exit.json").write_text(json.dumps(changed(GOOD, **change)))
    assert lincs.check.main([str(folder / "exit.json")]) == code
    out, err = capsys.readouterr()
    assert ("does not hold" in out) == (code == 1)
    assert err.count("\n") == (code == 2)
    assert lincs.check.main([]) == 2
