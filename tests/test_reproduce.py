"""The main job: its tables hold what was computed, its figures show what the tables hold."""

import csv
from fractions import Fraction

import numpy as np
import pytest

from lincs import bounds, frames, plots, reproduce


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reproduced")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reproduce, "VERIFY_LIMIT", 10**9)  # the cells of 1000 features
        reproduce.run(str(folder))
    return folder


def read(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_the_bounds_table_has_every_cell_and_a_frame_that_can_be_made_again(out):
    rows = read(out / "bounds.csv")
    assert len(rows) == len(reproduce.GRID_M) * len(reproduce.GRID_DELTA) == 42
    for row in rows:
        result = bounds.dimension_bounds(row["m"], 1, row["delta"])
        assert (result.lower.d, result.upper.d) == (int(row["lower"]), int(row["upper"]))
        frame = frames.make(row["frame"], **result.upper.params)
        assert frame.d == int(row["upper"])


def test_small_frames_were_verified_below_their_tolerance(out):
    rows = read(out / "verified_frames.csv")
    assert len(rows) >= 5
    for row in rows:
        assert row["holds"] == "True"
        assert Fraction(row["W_1"]) <= Fraction(row["theorem"])


def test_the_digits_were_verified_with_three_choices_of_probes(out):
    rows = read(out / "digits.csv")
    assert {row["probes"] for row in rows} == {"B = A", "matched", "scaled"}
    assert np.load(out / "digits.npy").shape == (64, 256)


@pytest.mark.parametrize("name", ["d_against_k", "d_against_m"])
def test_figures_come_as_png_svg_and_the_numbers_in_them(out, name):
    assert (out / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in (out / f"{name}.svg").read_bytes()
    rows = read(out / f"{name}.csv")
    assert len(rows) > 10
    for row in rows:
        low, high = int(row["lower"]), int(row["upper"])
        assert int(row["published_lower"]) <= low <= high <= int(row["published_upper"])


def test_a_figure_draws_the_numbers_it_was_given():
    results = [bounds.dimension_bounds(10**4, k, "1/2") for k in (1, 3, 9)]
    ax = plots.dimension_against_k(results)
    drawn = {line.get_label(): (list(line.get_xdata()), list(line.get_ydata())) for line in ax.get_lines()}
    assert drawn["lincs: enough"] == ([1, 3, 9], [result.upper.d for result in results])
    assert drawn["lincs: needed"] == ([1, 3, 9], [result.lower.d for result in results])
    assert drawn["published argument: needed"][1] == [result.published_lower.d for result in results]
    assert plots.dimension_against_m(results, ax) is ax


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(reproduce.InputError, match="a folder that can be written"):
        reproduce.run(str(tmp_path / "file"))
