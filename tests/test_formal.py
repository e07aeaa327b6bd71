"""Lower bounds as Coq files: the text, and where Coq and the built library are present, that it compiles."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lincs._checks import InputError
from lincs._numbers import Fraction
from lincs.bounds import (
    LOWER_BOUNDS,
    alon_lower_bound,
    chebyshev_lower_bound,
    frame_upper_bound,
    joint_trace_lower_bound,
    kernel_lower_bound,
    turan_alon_lower_bound,
    welch_lower_bound,
)
from lincs.formal import coq_lower_bound, formal_lower_bound

LIBRARY = Path(__file__).parents[1] / "proofs" / "coq"

LAST_STATED = re.compile(r"\(Z\.to_nat (\d+) <= d\)")


def claim_more(text):
    """The same file with a bound that is larger by one."""
    return LAST_STATED.sub(lambda match: f"(Z.to_nat {int(match[1]) + 1} <= d)", text)


def test_nothing_is_admitted_and_every_headline_theorem_is_audited():
    for file in LIBRARY.glob("*.v"):
        assert not re.search(r"\b(Admitted|admit|Axiom|Parameter|Conjecture)\b", file.read_text()), file.name
    audit = (LIBRARY / "audit.v").read_text()
    theorems = re.findall(r"^Theorem (\w+)", audit, flags=re.MULTILINE)
    assert theorems == re.findall(r"^Print Assumptions (\w+)\.", audit, flags=re.MULTILINE)
    assert (LIBRARY / "audit.expected").read_text() == "Closed under the global context\n" * len(theorems)
    assert set((LIBRARY / "_CoqProject").read_text().split()) >= {file.name for file in LIBRARY.glob("*.v")}


@st.composite
def queries(draw):
    m = draw(st.integers(1, 10**9) | st.integers(1, 50))
    k = draw(st.integers(1, min(m, 100)))
    denominator = draw(st.integers(1, 1000))
    return m, k, Fraction(draw(st.integers(1, denominator)), denominator)


@given(queries(), st.sampled_from(LOWER_BOUNDS))
@settings(max_examples=60, deadline=None)
def test_the_file_states_the_query_and_a_bound_that_lincs_certifies(query, theorem):
    m, k, eps = query
    bound = theorem(m, k, eps)
    stated = formal_lower_bound(bound)
    text = coq_lower_bound(bound)
    assert f"'M[R]_(d, Z.to_nat {m})" in text
    assert (
        f"accessible (Z.to_nat {k}) ((Z.to_nat {eps.numerator})%:R / (Z.to_nat {eps.denominator})%:R) A B "
        f"-> (Z.to_nat {stated.d} <= d)%N." in text
    )
    assert stated.check()
    assert (stated.m, stated.k, stated.eps) == query
    # where another theorem is taken it is not weaker, and the file says so
    assert stated.d >= bound.d
    assert stated is bound or f"Asked for was the theorem {bound.theorem}, d >= {bound.d}; this one" in text
    assert "Admitted" not in text
    assert "Axiom" not in text


@pytest.mark.parametrize("theorem", LOWER_BOUNDS)
def test_only_turan_is_replaced(theorem):
    bound = theorem(12, 1, "1/8")
    assert bound.d > 1
    assert (formal_lower_bound(bound) is bound) == (bound.theorem != "turan_alon")


def test_an_upper_bound_is_refused():
    with pytest.raises(InputError, match="'upper'"):
        coq_lower_bound(frame_upper_bound("simplex", 10, 1, "1/2"))


CASES = [
    welch_lower_bound(10**6, 10, "1/10"),  # 9706
    chebyshev_lower_bound(10**12, 1, "0.1"),  # 560
    joint_trace_lower_bound(10**9, 5, "1/2"),  # a weight inside (0, 1), 380
    kernel_lower_bound(1000, 1, "1/250"),
]


MORE = [
    joint_trace_lower_bound(10**6, 10, "1/2"),
    joint_trace_lower_bound(10**6, 10, "1/10"),  # weight 0
    welch_lower_bound(1, 1, "1/2"),
    joint_trace_lower_bound(5, 1, "0.6"),  # delta > 1/2
    alon_lower_bound(2, 2, "1"),
    alon_lower_bound(10**30, 100, "1/100"),
    kernel_lower_bound(12, 1, "1/8"),  # an equality, 11
    welch_lower_bound(10, 1, "1/4"),  # an equality, 6: the conference frame of order 10 has error 1/4, not below it
    kernel_lower_bound(10**40, 1, Fraction(2, 10**40)),
    kernel_lower_bound(10**9, 1, "1/2"),
    turan_alon_lower_bound(10**6, 10, "1/2"),
]


@given(st.lists(st.tuples(queries(), st.sampled_from(LOWER_BOUNDS)), min_size=20, max_size=20))
@settings(max_examples=1, deadline=None)
def test_coq_accepts_every_bound(tmp_path_factory, coqc, chosen):
    """One file for all, to load the library once: the theorems get numbers."""
    bounds = CASES + MORE + [theorem(*query) for query, theorem in chosen]
    texts = [coq_lower_bound(bound) for bound in bounds]
    head = texts[0][: texts[0].index("Theorem")]
    theorems = [
        re.sub(r"\blower_bound(?= \(R|\.$)", f"bound{i}", text[text.index("Theorem") :], flags=re.MULTILINE)
        for i, text in enumerate(texts)
    ]
    assert coqc(head + "\n".join(theorems), tmp_path_factory.mktemp("coq")) == ""


@pytest.mark.parametrize("bound", CASES, ids=lambda bound: f"{bound.theorem}-{bound.d}")
def test_coq_refuses_one_more(bound, tmp_path, coqc):
    assert coqc(claim_more(coq_lower_bound(bound)), tmp_path) != ""
