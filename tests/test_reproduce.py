"""The main job: tables hold what was computed, figures show what the tables hold, captions say what that is worth."""

import csv
import json
import re
import shutil
from fractions import Fraction
from html.parser import HTMLParser
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from lincs import bounds, classical, frames, phase, plots, reproduce
from lincs.reproduce import _result

TABLES = ("bounds", "verified_frames", "digits")
FIGURES = tuple(name for name in reproduce.NAMES if name not in TABLES)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder of a quick run, and the results that it was written from."""
    folder = tmp_path_factory.mktemp("reproduced")
    results = {}
    with pytest.MonkeyPatch.context() as patch:

        def write(job, name, result):
            results[name] = result
            return _result.write(job, name, result)

        patch.setattr(reproduce, "write", write)
        reproduce.run(folder, quick=True, workers=1)
    return SimpleNamespace(folder=folder, results=results)


def read(made, name):
    with open(made.folder / f"{name}.csv", newline="") as file:
        return list(csv.DictReader(file))


def series(made, name, label, panel=0):
    """The points of a curve, x: (y, low, high), from the CSV."""
    rows = read(made, name)
    titles = list(dict.fromkeys(row["panel"] for row in rows))
    return {
        float(row["x"]): tuple(float(row[side]) if row[side] else None for side in ("y", "low", "high"))
        for row in rows
        if row["series"] == label and row["panel"] == titles[panel]
    }


def caption(made, name, kind):
    return " ".join(sentence for found, sentence in made.results[name].caption if found == kind)


class TestTables:
    def test_the_bounds_have_every_cell_and_a_frame_that_can_be_made_again(self, made):
        rows = read(made, "bounds")
        assert len(rows) == 42
        for row in rows:
            result = bounds.dimension_bounds(row["m"], 1, row["delta"])
            assert (result.lower.d, result.upper.d) == (int(row["lower"]), int(row["upper"]))
            assert frames.make(row["frame"], **result.upper.params).d == int(row["upper"])
        ratios = [int(row["upper"]) / int(row["lower"]) for row in rows]
        assert f"median {np.median(ratios):.3f}, largest {max(ratios):.3f}" in caption(made, "bounds", "theorem")

    def test_small_frames_were_verified_below_their_tolerance(self, made):
        rows = read(made, "verified_frames")
        assert len(rows) >= 5
        for row in rows:
            assert row["holds"] == "True"
            assert Fraction(row["W_1"]) <= Fraction(row["theorem"])

    def test_the_digits_were_verified_with_three_choices_of_probes(self, made):
        assert {row["probes"] for row in read(made, "digits")} == {"B = A", "matched", "scaled"}
        assert np.load(made.folder / "digits.npy").shape == (64, 256)


class TestFigures:
    @pytest.mark.parametrize("name", FIGURES)
    def test_the_numbers_beside_a_figure_are_those_that_it_draws(self, made, name):
        rows = read(made, name)
        titles = list(dict.fromkeys(row["panel"] for row in rows))
        axes = [ax for ax in made.results[name].figure.axes if ax.get_label() != "<colorbar>"]
        assert len(axes) == len(titles) >= 1
        for ax, title in zip(axes, titles, strict=True):
            here = [row for row in rows if row["panel"] == title]
            assert title in ax.get_title("left")
            cells = [float(row["value"]) for row in here if row["value"]]
            # a mesh comes before the bars of intervals
            images = [*ax.get_images(), *ax.collections][: bool(cells)]
            assert [value for image in images for value in np.ravel(image.get_array())] == cells
            curves = {}
            for row in here:
                if not row["value"]:
                    curves.setdefault(row["series"], []).append((float(row["x"]), float(row["y"])))
            drawn = {
                line.get_label(): [(float(x), float(y)) for x, y in line.get_xydata()]
                for line in ax.get_lines()
                if not line.get_label().startswith("_")
            }
            assert drawn == curves

    @pytest.mark.parametrize("name", FIGURES)
    def test_bars_are_the_intervals_beside_the_numbers(self, made, name):
        rows = read(made, name)
        intervals = {(float(r["x"]), float(r["low"]), float(r["high"])) for r in rows if r["low"] and not r["value"]}
        for ax in made.results[name].figure.axes:
            for bar in ax.containers:
                for ends in bar.lines[2][0].get_segments():
                    (x, low), (_, high) = ends
                    assert any(np.allclose((x, low, high), interval, rtol=1e-12) for interval in intervals)

    @pytest.mark.parametrize("name", reproduce.NAMES)
    def test_a_caption_explains_each_kind_of_truth_that_is_shown_and_no_other(self, made, name):
        kinds = {kind for kind, _ in made.results[name].caption}
        shown = {row["kind"] for row in read(made, name)} if name in FIGURES else kinds
        assert shown <= kinds <= set(plots.KINDS)
        # words about probability or trials belong to experiments
        for kind, sentence in made.results[name].caption:
            assert ("trials" in sentence) <= (kind == "experiment")

    @pytest.mark.parametrize("name", FIGURES)
    def test_no_text_covers_another(self, made, name):
        figure = made.results[name].figure
        FigureCanvasAgg(figure).draw()  # at the figure's own resolution, whatever it was saved at before
        boxes = []
        for ax in figure.axes:
            texts = [ax.xaxis.label, ax.yaxis.label, ax.title, ax._left_title, *ax.texts]
            for axis in (ax.xaxis, ax.yaxis):
                low, high = sorted(axis.get_view_interval())
                texts += [
                    tick.label1
                    for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks())
                    if low <= tick.get_loc() <= high and tick.label1.get_visible()
                ]
            if (legend := ax.get_legend()) is not None:
                texts += legend.get_texts()
            boxes += [(t.get_text(), t.get_window_extent()) for t in texts if t.get_text() and t.get_visible()]
        for legend in figure.legends:
            boxes += [(t.get_text(), t.get_window_extent()) for t in legend.get_texts()]
        page = figure.bbox
        for i, (text, box) in enumerate(boxes):
            assert page.x0 - 1 <= box.x0, f"{text} leaves the page"
            assert box.x1 <= page.x1 + 1, f"{text} leaves the page"
            for other, second in boxes[:i]:
                across = min(box.x1, second.x1) - max(box.x0, second.x0)
                up = min(box.y1, second.y1) - max(box.y0, second.y0)
                assert across <= 0.5 or up <= 0.5, f"{text} covers {other}"

    @pytest.mark.parametrize("name", FIGURES)
    def test_they_are_as_wide_as_a_column_or_a_page(self, made, name):
        assert made.results[name].figure.get_figwidth() in (plots.COLUMN, plots.PAGE)
        assert (made.folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert b"<svg" in (made.folder / f"{name}.svg").read_bytes()


class TestClaims:
    @pytest.mark.parametrize(("name", "m"), [("d_against_k", 10**6), ("thresholds", 64)])
    def test_the_bands_are_the_bounds(self, made, name, m):
        needed, enough = series(made, name, "lincs: needed"), series(made, name, "lincs: enough")
        published = series(made, name, "published: needed"), series(made, name, "published: enough")
        assert len(needed) >= 8
        for k, (y, _, _) in needed.items():
            result = bounds.dimension_bounds(m, int(k), "1/2")
            assert (y, enough[k][0]) == (result.lower.d, result.upper.d)
            assert published[0][k][0] <= y <= enough[k][0] <= published[1][k][0]
            side = classical.classical_dimensions(m, int(k))
            assert series(made, name, "L1: needed")[k][0] == side.l1_necessary

    def test_ours_is_never_the_wider_gap(self, made):
        values = {}
        for row in read(made, "ratios"):
            values[row["panel"], row["x"], row["y"]] = float(row["value"])
            result = bounds.dimension_bounds(row["x"], 1, Fraction(row["y"]))
            if row["panel"] == "lincs":
                assert float(row["value"]) == result.ratio
        published, ours = re.search(
            r"up to (\d+) on.* at most ([\d.]+)\.$", caption(made, "ratios", "theorem")
        ).groups()
        assert int(published) == int(max(values.values()))
        assert 0 <= float(ours) - max(v for (panel, *_), v in values.items() if panel == "lincs") < 0.01
        for (panel, m, delta), value in values.items():
            assert 1 <= values["lincs", m, delta] <= value, (panel, m, delta)

    def test_measured_thresholds_lie_where_theorems_allow(self, made):
        found = series(made, "thresholds", "linear: measured")
        assert len(found) >= 3
        for k, (d, low, high) in found.items():
            # no A at all below; from m on every A does (the identity is in its span)
            assert bounds.dimension_bounds(64, int(k), "1/2").lower.d <= d <= 64
            assert low <= d <= high
        for k, (d, low, high) in series(made, "thresholds", "L1: measured").items():
            # between these the success probability is one half, and the interval misses that d in 5 of 100 runs at most
            fails, recovers = phase.transition_band(64, int(k), 0.5)
            assert fails <= high
            assert low <= recovers
            assert low <= d <= high

    @pytest.mark.parametrize(
        ("label", "law"),
        [("linear", "ln(m/d)"), ("matched", None), ("OMP", "ln(m/k)"), ("L1", "ln(m/k)")],
    )
    def test_the_slopes_in_the_caption_are_those_of_the_points(self, made, label, law):
        points = series(made, "thresholds", f"{label}: measured")
        k, d = np.array(list(points)), np.array([y for y, _, _ in points.values()])
        number = r"(-?[\d.]+) \[(-?[\d.]+), (-?[\d.]+)\]"
        text = caption(made, "thresholds", "estimate")
        corrected = rf", and {number} with {re.escape(law)} divided out" if law else r"(?=[;.])"
        printed = re.search(rf"\b{label} {number}{corrected}", text).groups()
        fits = [phase.slope_fit(k, d)]
        if law:
            fits.append(phase.slope_fit(k, d, divisor=np.log(64 / (d if law == "ln(m/d)" else k))))
        assert printed == tuple(f"{value:.2f}" for fit in fits for value in (fit.slope, fit.lower, fit.upper))
        drawn = series(made, "thresholds", f"{label}: raw slope {fits[0].slope:.2f}")
        assert [y for y, _, _ in drawn.values()] == pytest.approx(fits[0].at(k), rel=1e-12)

    def test_no_cell_of_the_phase_diagram_contradicts_a_theorem(self, made):
        cells = {}
        for row in read(made, "phase_diagram"):
            if row["value"]:
                cells[row["panel"], int(row["x"]), int(row["y"])] = [float(row[c]) for c in ("value", "low", "high")]
        assert len(cells) == 4 * 6 * 6
        for (panel, d, k), (fraction, low, high) in cells.items():
            assert 0 <= low <= fraction <= high <= 1
            if panel.startswith("best") and d < bounds.dimension_bounds(64, k, "1/2").lower.d:
                assert fraction == 0
            if panel.startswith("L1"):
                # four successes or failures of probability eta each: 10^-8 a cell
                fails, recovers = phase.transition_band(64, k, 0.01)
                assert fraction < 1 if d <= fails else fraction > 0 if d >= recovers else True

    @pytest.mark.parametrize(
        ("title", "decoder", "regime"),
        [
            ("L1, random $z$", "l1", "typical"),
            ("OMP, random $z$", "omp", "typical"),
            ("matched, random $z$", "linear_matched", "typical"),
            ("best probes, every $z$", "linear_best", "worst"),
        ],
    )
    def test_a_cell_of_the_phase_diagram_can_be_measured_again_alone(self, made, title, decoder, regime):
        rows = [row for row in read(made, "phase_diagram") if row["panel"] == title and row["value"]]
        # where success is neither certain nor hopeless
        row = min(rows, key=lambda row: abs(float(row["value"]) - 0.5))
        assert 0 < float(row["value"]) < 1
        eps = {"eps": "1/2"} if decoder.startswith("linear") else {}
        found = phase.phase_diagram(64, [row["x"]], [row["y"]], decoder, regime=regime, trials=4, rng=0, **eps)
        low, high = found.interval()
        assert [float(row[name]) for name in ("value", "low", "high")] == [found.fraction[0, 0], low[0, 0], high[0, 0]]

    def test_gamma_lies_between_welch_and_the_coherence(self, made):
        gamma = series(made, "kernel_ratio", "$\\gamma$")
        coherence = series(made, "kernel_ratio", "coherence: $\\mu/(1+\\mu)$")
        for d, (least, _, _) in series(made, "kernel_ratio", "Welch: least").items():
            assert least <= gamma[d][1] <= gamma[d][2] <= coherence[d][2]
        bound = series(made, "kernel_ratio", "coherence: $\\mu/(1+\\mu)$", panel=1)
        each = series(made, "kernel_ratio", "$\\gamma$", panel=1)
        assert len(each) == 2 * len(gamma)
        assert all(y <= bound[mu][0] == mu / (1 + mu) for mu, (y, _, _) in each.items())

    def test_certified_sparsities_follow_from_gamma(self, made):
        gamma = series(made, "kernel_ratio", "$\\gamma$")
        for s, (d, _, _) in series(made, "kernel_ratio", "$\\gamma$: every $s$-sparse $z$", panel=2).items():
            assert s < 1 / (2 * gamma[d][2]) <= s + 1 + 1e-3

    @pytest.mark.parametrize("panel", [0, 1])
    def test_no_probes_beat_the_least_error_and_the_best_attain_it(self, made, panel):
        least = series(made, "error_profile", "any probes: least", panel)
        best = series(made, "error_profile", "best", panel)
        for label in ("matched", "scaled", "best"):
            assert all(y >= least[k][0] - 1e-12 for k, (y, _, _) in series(made, "error_profile", label, panel).items())
        assert all(best[k][0] <= y * (1 + 2e-3) for k, (y, _, _) in least.items() if y < 1)

    def test_interference_of_the_frames_is_that_of_their_theorems(self, made):
        for k, (worst, median, _) in series(made, "interference", "Kerdock", panel=1).items():
            assert worst == k / 8 == median  # all columns have k others at 1/8
        weil = series(made, "interference", "Weil", panel=1)
        assert all(worst <= k / 31**0.5 * (1 + 1e-12) for k, (worst, _, _) in weil.items())
        for label in ("random", "Kerdock", "Weil", "digits"):
            fractions = [y for y, _, _ in series(made, "interference", label).values()]
            assert fractions == sorted(fractions, reverse=True)
            assert 0 < fractions[-1] <= fractions[0] <= 1


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.files, self.ids, self.open = [], set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.files |= {value for name, value in attrs if name in ("src", "href")}
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in ("meta", "img", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


class TestPage:
    def test_it_shows_everything_and_needs_nothing_else(self, made):
        text = (made.folder / "index.html").read_text()
        page = Page(text)
        assert tuple(page.ids) == reproduce.NAMES
        assert page.open == []
        assert "script" not in page.tags
        assert all((made.folder / file).is_file() for file in page.files)
        assert {f"{name}.csv" for name in reproduce.NAMES} <= page.files
        for word in ("Theorem.", "Certified computation.", "Experiment.", "Estimate."):
            assert f"<b>{word}</b>" in text

    def test_a_part_that_is_made_alone_joins_the_others(self, made, tmp_path):
        reproduce.run(tmp_path, quick=True, only=["ratios"])
        assert Page((tmp_path / "index.html").read_text()).ids == ["ratios"]
        reproduce.run(tmp_path, quick=True, only=["d_against_k"])
        assert Page((tmp_path / "index.html").read_text()).ids == ["d_against_k", "ratios"]
        (tmp_path / "d_against_m.json").write_text("[]")
        with pytest.raises(reproduce.InputError, match=r"d_against_m\.json is not one of the files"):
            reproduce.run(tmp_path, quick=True, only=["ratios"])

    def test_what_is_quoted_from_a_caption_is_escaped(self, tmp_path):
        result = _result.Result("a < b", (("theorem", "x < y & z"),), ("n",), [("<b>",)])
        for quick in (True, False):
            reproduce.write(_result.Job(tmp_path, quick=quick), "bounds", result)
            reproduce.write_page(tmp_path, ["bounds"])
            text = (tmp_path / "index.html").read_text()
            assert ("Small sizes" in text) is quick
        assert "x &lt; y &amp; z" in text
        assert "<td>&lt;b&gt;</td>" in text


class TestRun:
    def test_a_second_run_takes_finished_trials_from_the_first_and_gives_the_same_files(self, made, tmp_path):
        names = ("thresholds", "phase_diagram")
        for path in made.folder.glob("*.npz"):
            shutil.copy(path, tmp_path)
        stores = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
        assert len(stores) >= 8
        with pytest.MonkeyPatch.context() as patch:
            # any trial that ran again would meet this
            for decoder in ("recovery", "omp_recovers"):
                patch.setattr(f"lincs.l1.{decoder}", None)
            patch.setattr("lincs.probes.kernel_ratio", None)
            reproduce.run(tmp_path, quick=True, only=names, workers=1)
        for name in names:
            for suffix in ("csv", "png", "svg", "json"):
                file = f"{name}.{suffix}"
                assert (tmp_path / file).read_bytes() == (made.folder / file).read_bytes()

    def test_unknown_names_are_refused_with_those_that_are_known(self, tmp_path):
        with pytest.raises(reproduce.InputError, match="thresholds") as error:
            reproduce.run(tmp_path / "new", only=["tresholds"])
        assert "tresholds" in str(error.value)
        assert not (tmp_path / "new").exists()

    def test_a_folder_that_cannot_be_made_is_refused(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(reproduce.InputError, match="a folder that can be written"):
            reproduce.run(tmp_path / "file")

    def test_descriptions_are_plain_data(self, made):
        for name in reproduce.NAMES:
            found = json.loads((made.folder / f"{name}.json").read_text())
            assert found["figure"] is (name in FIGURES)
