"""Upper bounds as Coq files: the text, and where Coq and the built library are present, that it compiles."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lincs._checks import InputError
from lincs._numbers import Fraction
from lincs.bounds import Bound, frame_upper_bound, random_upper_bound, welch_lower_bound
from lincs.formal import coq_upper_bound
from lincs.frames import FAMILIES, circle

ANY_SIZE = ("constant", "identity", "simplex", "reed_solomon", "paley")

# one member of each family, and members at their limits and far beyond what fits a machine
CASES = [
    ("constant", (10**9, 1, "0.6")),
    ("identity", (10**30, 7, "1e-9")),
    ("simplex", (10**6, 999, "1/1000")),
    ("circle", (16, 1, "1/2")),
    ("paley", (10, 2, "0.5000001")),  # 1/(1 + sqrt 9) = 1/4
    ("paley", (10**6, 5, "1/2")),
    ("steiner", (100, 2, "1/2")),
    ("linear_space", (60, 1, "1/4")),
    ("linear_space", (60, 1, "1/25")),  # with simplices: probes of their own
    ("reed_solomon", (1331, 5, "1/2")),  # centred: one dimension less
    ("reed_solomon", (10**12, 5, "1/20")),
    ("reed_solomon", (10**40, 3, "1/7")),
    ("erased_reed_solomon", (100, 1, "0.3")),
    ("ag_code", (100, 1, "0.3")),
    ("bch", (100, 1, "0.3")),
    ("linear_code", (100, 1, "0.3")),
    ("trace_code", (100, 1, "0.15")),
    ("leech", (20, 1, "0.34")),
    ("kerdock", (136, 2, "0.4000001")),
    ("delsarte_goethals", (20, 1, "1/2")),
    ("gold", (100, 2, "1/2")),
    ("weil", (40, 2, "1/2")),
    ("construction_x", (1000, 1, "0.3")),
    ("direct_sum", (52, 1, "0.1")),
    ("devore", (100, 2, "1/2")),
    ("stored", (63, 1, "0.34")),
    ("gilbert_varshamov", (12, 1, "0.4")),
]


def together(texts):
    """One file for all, to load the library once: names get numbers, and axioms are asked for once for each theorem."""
    parts, asked = [texts[0][: texts[0].index("ring_scope.") + len("ring_scope.")]], set()
    for i, text in enumerate(texts):
        body = text[text.index("ring_scope.") + len("ring_scope.") :]
        theorem = re.search(r"@(\w+)", body)[1]
        if theorem in asked:
            body = body.replace("Print Assumptions upper_bound.", "")
        asked.add(theorem)
        parts.append(re.sub(r"\b(columns|probes|upper_bound)\b", rf"\g<1>_{i}", body))
    return "".join(parts)


@given(st.sampled_from(sorted(FAMILIES)), st.integers(2, 60), st.integers(1, 4), st.integers(2, 40))
@settings(max_examples=60, deadline=None)
def test_the_file_states_the_query_and_the_bound(family, m, k, denominator):
    eps = Fraction(1, denominator)
    bound = frame_upper_bound(family, m, min(k, m), eps)
    if bound is None or bound.d > 500:
        return
    try:
        text = coq_upper_bound(bound)
    except InputError:  # an error too near delta for rounding: test_what_has_no_coq_file_is_refused_in_one_line
        assert family in ("circle", "weil", "gilbert_varshamov")
        return
    field = "rcfType" if family == "paley" else "realFieldType"
    assert (
        f"Theorem upper_bound (R : {field}) : exists A B : 'M[R]_(N.to_nat {bound.d}, N.to_nat {m}),\n"
        f"  accessible (N.to_nat {bound.k}) ((N.to_nat 1)%:R / (N.to_nat {denominator})%:R) A B.\n" in text
    )
    assert f"d(m, k, eps) <= {bound.d} at m = {m}, k = {bound.k}, eps = {eps}" in text
    assert "Admitted" not in text
    assert "Axiom" not in text


def decoded(text, name, d, bits, shift):
    """The columns that the file writes as numbers, by the definition of ``decode`` in frames_check.v."""
    block = text[text.index(f"Definition {name}") :]
    numbers = re.findall(r"(0x[0-9a-f]+)%num", block[: block.index("].")])
    return np.array([[(int(x, 16) >> bits * r) % 2**bits - shift for x in numbers] for r in range(d)])


@pytest.mark.parametrize(("family", "query"), [case for case in CASES if case[0] not in ANY_SIZE])
def test_the_matrices_in_the_file_have_the_stated_error(family, query):
    bound = frame_upper_bound(family, *query)
    text = coq_upper_bound(bound)
    bits, shift, d = (int(x) for x in re.search(r"decode (\d+) (\d+) (\d+)", text).groups())
    A, B = (decoded(text, name, d, bits, shift).astype(object) for name in ("columns", "probes"))
    assert A.shape == B.shape == (bound.d, bound.m)
    num, den = (int(x) for x in re.search(r"(\d+) (\d+) columns probes", text).groups())
    error = Fraction(num, den) * (B.T @ A) - np.eye(bound.m, dtype=int)
    assert np.abs(error).max() < bound.delta
    if bound.frame.is_integer:
        assert np.array_equal(A, bound.frame.matrix(bound.m))


def test_coq_accepts_every_family(tmp_path, coqc):
    bounds = [frame_upper_bound(family, *query) for family, query in CASES]
    assert {bound.theorem for bound in bounds} == set(FAMILIES)
    assert coqc(together([coq_upper_bound(bound) for bound in bounds]), tmp_path) == ""


def wrong(text, d, by):
    """The same file with d changed, in the statement and in the arguments of the theorem."""
    return re.sub(rf"(?<=N\.to_nat ){d}(?=,)|(?<= ){d}(?= \d+ \d+ \d+ \d+[ )])", str(d + by), text)


@pytest.mark.parametrize(
    ("family", "query"),
    [
        ("identity", (10**30, 7, "1e-9")),
        ("simplex", (10**6, 999, "1/1000")),
        ("paley", (10**6, 5, "1/2")),
        ("steiner", (100, 2, "1/2")),
        ("reed_solomon", (1331, 5, "1/2")),
        ("reed_solomon", (10**12, 5, "1/20")),
    ],
)
def test_coq_refuses_a_smaller_dimension(tmp_path, coqc, family, query):
    bound = frame_upper_bound(family, *query)
    text = coq_upper_bound(bound)
    assert wrong(text, bound.d, 0) == text
    assert wrong(text, bound.d, -1).count(str(bound.d - 1)) == 2
    assert "erefl true" in coqc(wrong(text, bound.d, -1), tmp_path)


@pytest.mark.parametrize("spoil", ["statement", "entry", "length", "scale", "column"])
def test_coq_refuses_a_spoilt_file(tmp_path, coqc, spoil):
    bound = frame_upper_bound("kerdock", 20, 1, "1/3")
    text = coq_upper_bound(bound)
    number = re.search(r"0x[0-9a-f]+", text)[0]
    changed = {
        "statement": text.replace(f"N.to_nat {bound.d},", f"N.to_nat {bound.d - 1},"),
        "entry": text.replace(number, hex(int(number, 16) ^ 0b11111111), 1),
        "length": re.sub(r"decode (\d+) (\d+) \d+", rf"decode \1 \2 {bound.d - 1}", text),
        "scale": re.sub(r"(\d+) (\d+) columns", lambda found: f"{found[1]} {2 * int(found[2])} columns", text),
        "column": text.replace(number + "%num;\n", "", 1),
    }[spoil]
    assert changed != text
    assert coqc(changed, tmp_path)


def test_what_has_no_coq_file_is_refused_in_one_line():
    with pytest.raises(InputError, match="side 'lower': an upper bound"):
        coq_upper_bound(welch_lower_bound(10, 1, "0.3"))
    with pytest.raises(InputError, match="random has no frame"):
        coq_upper_bound(random_upper_bound(100, 1, "0.3"))
    with pytest.raises(InputError, match=r"d m\^2 = .* at most 1e\+08"):
        coq_upper_bound(frame_upper_bound("kerdock", 10**6, 32, "1/2"))
    with pytest.raises(InputError, match="prime 1000000000061"):
        coq_upper_bound(frame_upper_bound("paley", 10**12 + 39, 1, "1/2"))
    frame = circle(16)
    edge = Bound("upper", 2, "circle", frame.params, 16, 1, frame.error.upper + Fraction(1, 10**15), (), frame)
    with pytest.raises(InputError, match="too near the limit to be rounded"):
        coq_upper_bound(edge)
