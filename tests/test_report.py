"""The report of a pair: its parts are those of the library, its page is one file that asks for nothing."""

import json
import re
from fractions import Fraction
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lincs.report as module
from lincs import InputError, best_eps, dimension_bounds, io, kernel_ratio, most_features, pages, worst_case_error
from lincs.accessibility import feature_errors, matched_probes
from lincs.pages._chart import Line, chart
from lincs.pages._write import rounded_down, rounded_up
from lincs.report import report


def unit_columns(d, m, seed=0):
    A = np.random.default_rng(seed).standard_normal((d, m))
    return A / np.linalg.norm(A, axis=0)


# --- the numbers ---


@pytest.mark.parametrize(
    ("d", "m", "k", "eps"), [(8, 20, 1, "1/2"), (10, 60, 3, "0.9"), (5, 4, 2, "1/3"), (6, 1, 1, 1)]
)
def test_every_part_is_that_of_the_library(d, m, k, eps):
    A = unit_columns(d, m)
    B = matched_probes(A) * 0.8
    found = report(A, B, k=k, eps=eps)
    assert found.worst == worst_case_error(A, B, k=k)
    assert found.holds == worst_case_error(A, B, k=k).holds(Fraction(eps))
    longest = len(found.profile)
    assert longest == min(m, max(k, module.LONGEST_PROFILE))
    assert found.profile == worst_case_error(A, B, k=longest).profile
    assert found.largest_k == max(
        [j for j in range(1, longest + 1) if found.profile[j - 1].upper < Fraction(eps)] + [0]
    )
    errors = feature_errors(A, B, k=k)
    assert np.array_equal(found.features.upper, errors.upper)
    assert found.accurate_features == sum(x < float(Fraction(eps)) for x in errors.upper)
    assert (found.dimension.lower, found.dimension.upper) == (
        dimension_bounds(m, k, eps).lower,
        dimension_bounds(m, k, eps).upper,
    )
    assert found.capacity == most_features(d, k, eps)
    assert found.least == best_eps(m, d, k)
    assert np.allclose(found.own, 0.8)
    assert np.allclose(found.norms, 1)
    z = np.zeros(m)
    z[list(found.worst.witness.support)] = found.worst.witness.signs
    assert abs(found.witness_entries @ np.array(found.worst.witness.signs)) == pytest.approx(
        float(found.worst.error.lower), abs=1e-9
    )


def test_best_probes_of_every_feature_enclose_gamma():
    A = unit_columns(8, 30)
    found = report(A, matched_probes(A), k=2, eps=1)
    gamma = kernel_ratio(A, gap=1e-5).gamma
    assert found.best.is_complete
    assert found.best.gamma.lower <= gamma.upper
    assert gamma.lower <= found.best.gamma.upper
    assert float(found.best.gamma.upper) <= float(gamma.upper) * 1.02
    assert (found.best.lower <= found.best.upper).all()
    assert found.best.upper.max() >= found.best.gamma.upper
    assert found.best.least_error(2).upper <= found.worst.error.upper


def test_when_the_time_is_up_the_sides_hold_all_the_same(monkeypatch):
    monkeypatch.setattr(module, "FIRST_BLOCK", 4)
    A = unit_columns(8, 30)
    B = matched_probes(A)
    found = report(A, B, k=2, best_seconds=1e-9)
    assert found.best.count == 4
    assert not found.best.is_complete
    assert found.to_dict()["best_probes"]["complete"] is False
    gamma = kernel_ratio(A, gap=1e-5).gamma
    assert found.best.gamma.lower <= gamma.upper
    assert found.best.gamma.upper >= gamma.lower
    assert found.best.gamma.upper == min(1, worst_case_error(A, B, k=1).error.upper)
    # those that are read worst come first
    looked_at = np.flatnonzero(np.isfinite(found.best.upper))
    assert found.features.upper[looked_at].min() >= np.delete(found.features.upper, looked_at).max()
    assert report(A, B, k=2, best_seconds=0).best is None


def test_integers_and_a_scale_stay_exact():
    A = np.array([[1, 0, -1], [0, 1, -1]])
    found = report(A, np.array([[2, -1, -1], [-1, 2, -1]]), k=2, eps="2/3", scale=Fraction(1, 3))
    assert found.worst.error.lower == found.worst.error.upper == Fraction(2, 3)
    assert found.holds is False  # strict
    assert found.best.gamma.lower == found.best.gamma.upper == Fraction(1, 3)


def test_bad_input_is_refused():
    A = unit_columns(3, 5)
    for arguments in ({"k": 6}, {"k": 1, "eps": 2}, {"k": 1, "best_seconds": -1}, {"k": 1, "best_seconds": np.nan}):
        with pytest.raises(InputError):
            report(A, **arguments)


# --- shortened numbers and charts ---


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e200, max_value=1e200), st.integers(1, 8))
@settings(max_examples=500)
def test_shortened_ends_are_rounded_outwards(x, digits):
    low, high = rounded_down(x, digits), rounded_up(x, digits)
    if abs(x) > 1e-200:
        assert Fraction(repr(low)) <= Fraction(x) <= Fraction(repr(high))
        assert Fraction(repr(high)) - Fraction(repr(low)) <= abs(Fraction(x)) / 10 ** (digits - 1) * Fraction(101, 100)
    assert len(repr(abs(high)).replace(".", "").split("e")[0].strip("0")) <= digits
    assert rounded_up(float("nan")) is None


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=50), st.floats(0.1, 10))
def test_charts_keep_order_and_stay_inside(values, top):
    drawn = chart("t", "x", "y", [Line("a", range(1, len(values) + 1), values, "certified", 0)], top)
    points = [tuple(map(float, point.split(","))) for point in drawn.lines[0].points.split()]
    assert len(points) == len(values)
    assert all(drawn.left <= x <= drawn.right and drawn.top <= y <= drawn.bottom for x, y in points)
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    for (_, y1), (_, y2), v1, v2 in zip(points, points[1:], values, values[1:], strict=False):
        assert v1 > v2 or y1 >= y2 - 1e-9
    assert len(drawn.y_ticks) <= 8


# --- the page and the command ---

VOID = ("meta", "img", "link", "input", "line", "circle", "polyline", "br")


class Page(HTMLParser):
    """Tags that are closed, what is referred to, and the data of tables."""

    def __init__(self, text):
        super().__init__()
        self.open, self.references, self.text, self.data = [], [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.references += [value for name, value in attrs if name in ("src", "href", "action")]
        if tag not in VOID:
            self.open.append((tag, dict(attrs)))

    def handle_startendtag(self, tag, attrs):
        assert tag in VOID

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        tag, attrs = self.open[-1] if self.open else ("", {})
        if attrs.get("type") == "application/json":
            self.data.append(json.loads(data))
        elif tag not in ("style", "script"):
            self.text.append(data)


def test_the_page_is_one_file_that_asks_for_nothing(tmp_path):
    A = unit_columns(8, 70)
    found = report(A, matched_probes(A), k=2, eps="0.9", notes=("<i>x</i>",))
    pages.write_report(tmp_path / "r.html", found, "</title><script>alert(1)</script>")
    text = (tmp_path / "r.html").read_text()
    page = Page(text)
    assert page.references == ["data:,"]
    assert "default-src 'none'" in text
    assert not re.search(r"https?://|@import|url\(", text)
    assert "<script>alert" not in text
    assert "<i>x</i>" in page.text
    assert [path.name for path in tmp_path.iterdir()] == ["r.html"]
    (table,) = page.data
    assert table["data"]["feature"] == list(range(70))
    assert [column["key"] for column in table["columns"]] == list(table["data"])
    shown, best = np.array(table["data"]["error"]), np.array(table["data"]["best"])
    assert np.allclose(shown, found.features.upper, rtol=1e-5)
    assert (best >= np.minimum(1, 2 * found.best.upper) - 1e-12).all()
    i, strongest = 5, int(found.features.interferers[5][0])
    assert table["data"]["from"][i].startswith(f"{strongest} (")


def test_a_page_without_best_probes_says_so(tmp_path):
    A = unit_columns(8, 70)
    pages.write_report(tmp_path / "r.html", report(A, k=2, best_seconds=0), "A")
    page = Page((tmp_path / "r.html").read_text())
    assert "not computed" in page.text
    assert "best" not in page.data[0]["data"]


def test_an_encoder_and_decoder_from_file_to_page(run, tmp_path):
    D = unit_columns(12, 50).T.astype(np.float32)
    E = (D.T / 1.2).astype(np.float32)
    io.save_arrays("sae.safetensors", {"W_dec": D, "W_enc": E, "b_enc": np.zeros(50, np.float32)})
    code, out, err = run("report", "sae.safetensors", "-k", 2, "--eps", "0.9", "--out", "r.html", "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found["files"] == ["r.html"]
    assert (found["d"], found["m"], found["k"], found["eps"]) == (12, 50, 2, "9/10")
    assert found["error"] == worst_case_error(D.T, E, k=2).error.to_dict()
    assert found["best_probes"]["complete"] is True
    assert len(found["features"]["error_upper"]) == 50
    text = " ".join(Page((tmp_path / "r.html").read_text()).text)
    assert "A = W_dec^T, B = W_enc: m = 50 features in d = 12 dimensions" in text
    assert "sae.safetensors" in text
    code, out, _ = run("report", "sae.safetensors", "-k", 2, "--eps", "0.9", "--out", "s.html", "--best-seconds", 0)
    assert "not computed" in out
    assert "wrote s.html" in out


def test_the_command_reads_probes_as_verify_does(run):
    np.save("A.npy", unit_columns(6, 20))
    for probes in ("literal", "matched", "scaled"):
        report_out = json.loads(run("report", "A.npy", "-k", 2, "--probes", probes, "--json", "--best-seconds", 0)[1])
        verify_out = json.loads(run("verify", "A.npy", "-k", 2, "--probes", probes, "--json")[1])
        assert report_out["error"] == verify_out["error"]
        assert report_out["witness"] == verify_out["witness"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "report needs --out FILE, or --json"),
        (("--out", "r.txt"), "html"),
        (("--out", "missing/r.html"), "missing"),
        (("--out", "r.html", "--best-seconds", "x"), "--best-seconds"),
        (("--out", "r.html", "--best-seconds", "-1"), "--best-seconds"),
        (("--out", "r.html", "--eps", "2"), "eps"),
        (("--out", "r.html", "--scale", "x"), "--scale"),
    ],
)
def test_the_command_refuses_and_leaves_nothing_behind(run, tmp_path, arguments, message):
    np.save("A.npy", unit_columns(3, 5))
    code, out, err = run("report", "A.npy", "-k", 1, *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["A.npy"]
