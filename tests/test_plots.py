"""Figures draw the numbers that they were given, and a curve looks like what it is."""

import io
import itertools

import numpy as np
import pytest
from matplotlib.colors import to_hex

from lincs import bounds, plots
from lincs.plots import Curve, Grid, Panel


def lines(ax):
    return {line.get_label(): line for line in ax.get_lines()}


def drawn(kind, label="lincs: enough", low=None, high=None):
    curve = Curve(label, kind, (1, 2, 4), (3.0, 5.0, 9.0), low, high)
    return lines(plots.dimension_against_k(Panel("", "k", "d", (curve,))))[label]


@pytest.mark.parametrize(
    ("kind", "label", "linestyle", "marker", "filled"),
    [
        ("theorem", "lincs: enough", "-", None, None),
        ("theorem", "lincs: needed", "--", None, None),
        ("theorem", "any probes: least", "--", None, None),
        ("certified", "lincs: verified", "-", "o", True),
        ("experiment", "L1: measured", "None", "s", False),
        ("estimate", "L1: expected", ":", None, None),
    ],
)
def test_the_look_says_what_kind_of_truth_a_curve_is(kind, label, linestyle, marker, filled):
    line = drawn(kind, label)
    assert line.get_linestyle() == linestyle
    assert line.get_marker() == (marker or "None")
    if filled is not None:
        face = to_hex(line.get_markerfacecolor())
        assert (face == to_hex(line.get_color())) is filled
        assert (face == "#ffffff") is not filled


def test_colours_are_those_of_okabe_and_ito_and_each_has_one_marker():
    okabe_ito = {"#000000", "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7"}
    assert {color.lower() for color, _ in plots.SUBJECTS.values()} <= okabe_ito
    for (color, marker), (other, second) in itertools.combinations(plots.SUBJECTS.values(), 2):
        assert (color == other) == (marker == second)


def test_intervals_are_drawn_where_they_can_be_seen():
    def bars(low, high):
        curve = Curve("L1: measured", "experiment", (1, 2), (3.0, 5.0), low, high)
        return plots.dimension_against_k(Panel("", "k", "d", (curve,))).containers

    (bar,) = bars((2, 4), (5, 9))
    ends = [segment[:, 1].tolist() for segment in bar.lines[2][0].get_segments()]
    assert ends == [[2, 5], [4, 9]]
    assert bars((3.0, 5.0), (3.0 + 1e-9, 5.0)) == []


def test_the_bounds_against_k_are_the_bounds():
    results = [bounds.dimension_bounds(10**4, k, "1/2") for k in (1, 3, 9)]
    panel = plots.bounds_panel(results, "k")
    ax = plots.dimension_against_k(panel)
    found = {label: (list(line.get_xdata()), list(line.get_ydata())) for label, line in lines(ax).items()}
    assert found["lincs: enough"] == ([1, 3, 9], [r.upper.d for r in results])
    assert found["lincs: needed"] == ([1, 3, 9], [r.lower.d for r in results])
    assert found["published: needed"][1] == [r.published_lower.d for r in results]
    assert found["published: enough"][1] == [min(10**4, r.published_upper.d) for r in results]
    assert found["L1: enough"][1] == [r.classical.l1_sufficient for r in results]
    assert found["L1: needed"][1] == [r.classical.l1_necessary for r in results]
    assert panel.kinds == {"theorem"}
    # the band lies between the two sides
    band = next(c for c in ax.collections if to_hex(c.get_facecolor()[0]) == plots.SUBJECTS["lincs"][0].lower())
    corners = {tuple(point) for point in band.get_paths()[0].vertices}
    assert {(r.k, side.d) for r in results for side in (r.lower, r.upper)} <= corners


def test_the_axes_that_was_given_is_drawn_on_and_returned():
    panel = plots.bounds_panel([bounds.dimension_bounds(m, 2, "1/2") for m in (100, 1000)], "m")
    ax = plots.new_figure().add_subplot()
    assert plots.dimension_against_k(panel, ax) is ax
    figure = plots.new_figure(plots.PAGE)
    assert plots.dimension_against_m([panel, panel], figure) is figure
    assert [list(ax.get_lines()[0].get_xdata()) for ax in figure.axes] == [[100, 1000]] * 2


def test_ratios_share_one_scale_and_write_each_number():
    values = [[[30.0, 220.0], [45.2, 99.6]], [[1.0, 1.26], [2.55, 3.6]]]
    panels = [
        Panel(t, "m", "delta", grid=Grid(t, "theorem", (10, 1000), ("1/4", "1/6"), v))
        for t, v in zip("ab", values, strict=True)
    ]
    figure = plots.ratios(panels)
    images = [image for ax in figure.axes for image in ax.get_images()]
    assert [image.get_array().tolist() for image in images] == values
    assert [image.get_clim() for image in images] == [(1, 220.0)] * 2
    written = [[text.get_text() for text in ax.texts] for ax in figure.axes[:2]]
    assert written == [["30", "220", "45", "100"], ["1.00", "1.26", "2.55", "3.60"]]


def test_a_phase_diagram_puts_each_fraction_into_its_cell():
    values = np.array([[0.0, 0.5, 1.0], [0.25, 0.75, 1.0]])
    grid = Grid("successes", "experiment", (10, 20, 30), (1, 2), values)
    figure = plots.phase_diagram([Panel("L1", "d", "k", (Curve("L1: expected", "estimate", (15, 25), (1, 2)),), grid)])
    mesh = figure.axes[0].collections[0]
    assert mesh.get_array().tolist() == values.tolist()
    assert figure.axes[0].get_xlim() == (5, 35)
    assert figure.axes[0].get_ylim() == (0.5, 2.5)
    assert list(lines(figure.axes[0])["L1: expected"].get_xdata()) == [15, 25]
    with pytest.raises(plots.InputError, match="has no grid"):
        plots.phase_diagram([Panel("L1", "d", "k")])


def test_the_same_figure_gives_the_same_file():
    def svg():
        file = io.BytesIO()
        results = [bounds.dimension_bounds(1000, k, "1/2") for k in (1, 2, 4)]
        ax = plots.dimension_against_k(plots.bounds_panel(results, "k"))
        plots.save(ax.get_figure(root=True), file, "svg")
        return file.getvalue()

    first = svg()
    assert first == svg()
    assert b"<dc:date>" not in first


@pytest.mark.parametrize(
    ("n", "text"), [(10**6, "$10^{6}$"), (3 * 10**9, r"$3\times 10^{9}$"), (1024, "1024"), (100, "100"), (1, "1")]
)
def test_numbers_as_text(n, text):
    assert plots.power(n) == text
