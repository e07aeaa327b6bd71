"""Laws of frames made of others: unions of classes of signs with a tail, direct sums, and their parts as text."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lincs import InputError, frames
from lincs.check import CertificateError
from lincs.check._families import FAMILIES as CHECKED
from lincs.frames._parts import PARTS, part, written
from lincs.frames._signs import most_punctured
from lincs.frames.construction_x import _nest, _signs, construction_x, construction_x_for
from lincs.frames.direct_sum import direct_sum, direct_sum_for
from lincs.frames.kerdock import delsarte_goethals

UNIONS = [
    ("delsarte_goethals", 4, 0, 1, "simplex(m=8)"),
    ("delsarte_goethals", 4, 0, 1, "simplex(m=3)", 2),
    ("gold", 5, 0, 1, "simplex(m=8)"),
    ("gold", 5, 0, 2, "linear_space(points=6, lines=8, design=-, simplex=0)"),
    ("gold", 5, 1, 2, "identity(m=3)", 1),
    ("gold", 4, 0, 1, "kerdock(d=4, punctured=0)"),  # as many classes as there are columns
    ("gold", 4, 0, 1, "identity(m=40)"),  # more columns than classes
    ("bch", 4, 5, 3, "simplex(m=3)"),
    ("bch", 4, 5, 1, "identity(m=5)"),
    ("bch", 5, 11, 7, "identity(m=3)", 2),
    ("bch", 5, 11, 5, "simplex(m=3)"),
]
SUMS = [
    ("simplex(m=3)", "simplex(m=4)"),
    ("kerdock(d=16, punctured=0)", "simplex(m=8)"),
    ("reed_solomon(q=7, T=2, n=6, symbols=14)", "identity(m=3)"),
    ("direct_sum(first=simplex(m=3), second=identity(m=2))", "steiner(design=pairs, order=4)"),
    ("paley(q=13)", "construction_x(signs=gold, n=3, r=0, outer=1, tail=identity(m=2), punctured=0)"),
]


def gram(frame, indices=None):
    some = np.arange(frame.m) if indices is None else np.array(indices)
    A, B = frame.columns(some), frame.probes(some)
    assert A.shape == B.shape == (frame.d, len(some))
    exact = B.T.astype(float) @ A.astype(float)
    if frame.is_integer and len(some) <= 300:
        assert (exact == B.T @ A).all(), "the raw dtype overflows"
    return exact


def check(frame, indices=None):
    G = gram(frame, indices)
    tolerance = 0 if frame.is_integer else 1e-12
    assert np.abs(np.diagonal(G) - frame.diagonal).max() <= tolerance * frame.diagonal
    np.fill_diagonal(G, 0)
    bound = float(frame.coherence.upper) * frame.diagonal
    assert np.abs(G).max() <= bound * (1 + 1e-15) + tolerance
    return np.abs(G).max() / bound if bound else 1


@pytest.mark.parametrize("arguments", UNIONS, ids=str)
def test_integer_gram_matrix_of_a_union(arguments):
    frame = construction_x(*arguments)
    attained = check(frame)
    assert arguments[5:] or attained == 1, "without puncturing the bound is met here"
    assert CHECKED["construction_x"][0](**frame.params) == (frame.d, frame.m, frame.coherence_squared)
    assert construction_x(**frame.params) == frame


@pytest.mark.parametrize(("signs", "n"), [("gold", 4), ("gold", 5), ("delsarte_goethals", 4), ("bch", 4), ("bch", 5)])
def test_classes_are_translates_and_all_vectors_differ(signs, n):
    nest = _nest(signs, n)
    for whole in nest:
        if whole.count > 4096:
            break
        for inner in nest[: nest.index(whole)]:
            S = _signs(signs, n, inner.parameter, whole.parameter, 2**n, np.arange(whole.count)).astype(int)
            assert (np.abs(S) == 1).all()
            G = np.abs(S.T @ S)
            np.fill_diagonal(G, 0)
            assert G.max() <= whole.largest  # which is below 2^n, so that no two are the same or complementary
            blocks = G.reshape(whole.count // inner.count, inner.count, -1, inner.count)
            assert max(blocks[t, :, t].max() for t in range(len(blocks))) <= inner.largest
            first, second = (S[:, start : start + inner.count] for start in (0, inner.count))
            assert len({tuple(column * second[:, 0] * first[:, 0]) for column in second.T}
                       ^ {tuple(column) for column in first.T}) in (0, 2 * inner.count)  # fmt: skip


def test_the_classes_of_delsarte_and_goethals_make_up_the_larger_set():
    classes = _signs("delsarte_goethals", 4, 0, 1, 16, np.arange(1024))
    assert {tuple(x) for x in classes.T} == {tuple(x) for x in delsarte_goethals(16, 1).matrix().T}


@pytest.mark.parametrize(
    ("m", "delta"),
    [(1000, "0.3"), (10**4, "0.2"), (10**6, "0.3"), (10**9, "0.3"), (116 * 10**6, "0.2309"), (10**7, "0.058"),
     (2 * 10**9, "0.03")],
)  # fmt: skip
def test_members_of_the_table(m, delta):
    frame = construction_x_for(m, Fraction(delta))
    assert frame.m >= m
    assert frame.is_accurate(Fraction(delta))
    rng = np.random.default_rng(frame.d)
    size = frame.m // part(frame.params["tail"], "tail").m  # about a class
    near = rng.integers(frame.m - 200, size=3)[:, None] + np.arange(100)
    check(frame, np.unique([*near.ravel(), *rng.integers(0, frame.m, 300), 0, min(size, frame.m - 1), frame.m - 1]))


@pytest.mark.slow
@pytest.mark.parametrize(("m", "delta"), [(1000, "0.3"), (10**4, "0.2")])
def test_whole_members_of_the_table(m, delta):
    check(construction_x_for(m, Fraction(delta)))


@settings(deadline=None, max_examples=150)
@given(st.integers(1, 10**13) | st.integers(1, 100).map(lambda e: 2**e), st.fractions(Fraction(1, 100), Fraction(2, 3)))
def test_selected_unions_are_good_enough(m, delta):
    frame = construction_x_for(m, delta)
    if frame is None:
        return
    assert frame.m >= m
    assert frame.is_accurate(delta)
    # one more sign less is too many
    try:
        more = construction_x(**{**frame.params, "punctured": frame.params["punctured"] + 1})
    except InputError:
        return
    assert not more.is_accurate(delta)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 10**7), st.fractions(Fraction(1, 60), Fraction(1, 3)), st.integers(0, 4), st.integers(90, 100))
def test_harder_questions_never_have_smaller_answers(m, delta, more, percent):
    """Of the union and the sets of signs that make it unnecessary."""

    def best(m, delta):
        found = [construction_x_for(m, delta)]
        found += [frames.FAMILIES[name].best_for(m, delta) for name in ("gold", "kerdock", "delsarte_goethals", "bch")]
        return min(frame.d for frame in found if frame is not None)

    assert best(m, delta) <= best(m + m * more // 10, delta * percent / 100)


@pytest.mark.parametrize("arguments", SUMS, ids=str)
def test_gram_matrix_of_a_sum(arguments):
    frame = direct_sum(*arguments)
    check(frame)
    G = gram(frame)
    one, other = (part(text, "first") for text in arguments)
    assert not G[: one.m, one.m :].any()
    assert not G[one.m :, : one.m].any()
    assert (frame.d, frame.m) == (one.d + other.d, one.m + other.m)
    assert CHECKED["direct_sum"][0](**frame.params) == (frame.d, frame.m, frame.coherence_squared)
    some = [0, frame.m - 1, one.m - 1, one.m]
    assert np.array_equal(frame.columns(some), frame.matrix()[:, some])


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 10**6), st.fractions(Fraction(1, 200), Fraction(2, 3)))
def test_selected_sums_are_better_than_their_families(m, delta):
    frame = direct_sum_for(m, delta)
    if frame is None:
        return
    assert frame.m >= m
    assert frame.is_accurate(delta)
    assert frame.d < m
    for name in ("simplex", "paley", "reed_solomon", "kerdock", "gold", "linear_space"):
        other = frames.FAMILIES[name].best_for(m, delta)
        assert other is None or frame.d < other.d


def test_a_sum_is_found_just_above_a_capacity():
    frame = direct_sum_for(2**14 + 10, Fraction(1143, 10**4))
    assert frame.params == {"first": "gold(n=7, r=1, punctured=0)", "second": "simplex(m=10)"}


# --- parts as text ---


@pytest.mark.parametrize("family", PARTS)
def test_text_makes_the_same_frame_again(family):
    m, delta = {"construction_x": (1000, "0.3"), "direct_sum": (52, "0.1")}.get(family, (40, "0.3"))
    frame = frames.FAMILIES[family].best_for(m, Fraction(delta))
    assert part(written(frame), "tail") == frame
    assert CHECKED["direct_sum"][0](written(frame), "identity(m=1)")[:2] == (frame.d + 1, frame.m + 1)


@pytest.mark.parametrize(
    "text",
    ["", "simplex", "simplex(", "simplex(5)", "simplex(m)", "simplex(n=5)", "simplex(m=5, n=3)", "stored(name=x)",
     "simplex(m=x)", "simplex(m=1)", "os(m=5)", "direct_sum(first=simplex(m=3), second=)"],
)  # fmt: skip
def test_other_text_is_refused_in_one_line(text):
    with pytest.raises(InputError) as caught:
        direct_sum(text, "simplex(m=3)")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "text", ["stored(name=roots-e8)", "erased_reed_solomon(q=7, T=3, erased=2, erasures=1, leading=6)"]
)
def test_frames_of_unequal_diagonals_are_no_parts(text):
    """A tail of theirs would add more to some products within a class than the theorem counts with."""
    with pytest.raises(InputError, match="of one of"):
        construction_x("gold", 5, 0, 1, text)
    for family, arguments in (("construction_x", ("gold", 5, 0, 1, text, 0)), ("direct_sum", (text, "identity(m=1)"))):
        with pytest.raises(CertificateError, match="a part must be"):
            CHECKED[family][0](*arguments)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("golden", 5, 0, 1, "simplex(m=3)"), "signs must be"),
        (("delsarte_goethals", 5, 0, 1, "simplex(m=3)"), "even"),
        (("bch", 9, 0, 1, "simplex(m=3)"), "at most 8"),
        (("gold", 5, 1, 1, "simplex(m=3)"), "r and outer"),
        (("gold", 5, 2, 1, "simplex(m=3)"), "r and outer"),
        (("bch", 5, 6, 3, "simplex(m=3)"), "r and outer"),
        (("gold", 5, 0, 1, "paley(q=5)"), "rational coherence"),
        (("gold", 5, 0, 1, "simplex(m=2)"), "below 1"),
        (("gold", 5, 0, 1, "simplex(m=3)", 20), "punctured"),
    ],
)
def test_what_does_not_exist_is_refused_in_one_line(arguments, says):
    with pytest.raises(InputError) as caught:
        construction_x(*arguments)
    assert says in str(caught.value)
    assert str(caught.value).isprintable()


def test_most_punctured_is_exact_for_rational_weights():
    assert most_punctured(Fraction(145, 2), Fraction(33, 2), Fraction(1, 5)) == 1
