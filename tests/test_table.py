"""The table of D(m, delta): its cells are the bounds, its commands build, what is submitted is verified and placed."""

import csv
import json
import math
import shlex
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lincs.table as module
from lincs import InputError, dimension_bounds, frames
from lincs.bounds import frame_upper_bound
from lincs.check import check_file
from lincs.frames.stored import entries, recheck
from lincs.table import GRID_DELTA, GRID_M, cell_to_dict, cells, check_command, commands, sample, submit

E8 = frames.stored("roots-e8").matrix().astype(np.int64)


@pytest.fixture
def nothing_stored(monkeypatch):
    """As if no frame were stored yet."""
    monkeypatch.setitem(frames.FAMILIES, "stored", frames.Family(frames.stored, lambda m, delta: None))


# --- cells and their commands ---


def test_the_table_has_42_cells_and_each_is_the_bounds():
    found = cells()
    assert [(cell.m, cell.delta) for cell in found] == [(m, delta) for m in GRID_M for delta in GRID_DELTA]
    assert len(found) == 42
    for cell in found[::5]:
        direct = dimension_bounds(cell.m, 1, cell.delta)
        assert (cell.lower, cell.upper) == (direct.lower, direct.upper)
    # twice the same is once
    assert len(cells([1000, "1e3"], ["0.1", "1/10", "0.2"])) == 2


def largest_error(A, B):
    """max |scale B^T A - I| at the best scale, up to rounding."""
    G = B.T.astype(float) @ A
    G /= np.diag(G).min()
    largest = np.diag(G).max()
    np.fill_diagonal(G, 0)
    off = np.abs(G).max()
    return max(off, largest - 1 - off) / (1 + off)


def assert_builds(bound, run):
    (what, command) = commands(bound)[0]
    program, *arguments = shlex.split(command)
    assert program == "lincs"
    code, out, err = run(*arguments)
    assert code == 0, err
    A = np.load("A.npy")
    B = np.load("B.npy") if "--probes-out" in arguments else A
    assert A.shape == B.shape
    assert A.shape[0] == bound.d
    assert (A.shape[1] == bound.m) == what.startswith("writes the matri")
    assert f"d = {bound.d}" in out
    some = np.random.default_rng(0).permutation(A.shape[1])[:1500]
    assert largest_error(A[:, some], B[:, some]) < float(bound.delta)


SMALL = [cell for cell in cells() if cell.m == 1000 or cell.m >= 10**9]


@pytest.mark.parametrize("cell", SMALL, ids=lambda cell: f"{cell.m:.0e}-{float(cell.delta)}")
def test_the_command_of_a_cell_builds_its_matrix(cell, run):
    assert_builds(cell.upper, run)


@pytest.mark.slow
@pytest.mark.parametrize("cell", cells(), ids=lambda cell: f"{cell.m:.0e}-{float(cell.delta)}")
def test_the_command_of_every_cell_builds_its_matrix(cell, run):
    assert_builds(cell.upper, run)


@pytest.mark.parametrize("family", [name for name in frames.FAMILIES if name != "constant"])
def test_the_command_of_every_family_builds_its_matrix(family, run):
    bound = frame_upper_bound(family, 30, 1, "0.45")
    if bound is not None:
        assert_builds(bound, run)


def test_the_command_that_rechecks_a_cell_does(run):
    cell = cells([10**6], ["0.05"])[0]
    assert run(*shlex.split(check_command(cell))[1:])[0] == 0
    assert check_file("bound.json").holds


def test_a_cell_in_json_has_both_sides_and_who_made_them():
    for cell in cells([1000, 10**12], ["0.1"]):
        shown = json.loads(json.dumps(cell_to_dict(cell)))
        assert (shown["m"], Fraction(shown["delta"])) == (cell.m, cell.delta)
        for side, bound in (("lower", cell.lower), ("upper", cell.upper)):
            assert (shown[side]["d"], shown[side]["theorem"]) == (bound.d, bound.theorem)
            assert shown[side]["proof"] == f"proofs/{bound.theorem}.md"
            assert shown[side]["statement"]
        assert shown["ratio"] >= cell.upper.d / cell.lower.d
        assert shown["published"]["lower"] <= cell.lower.d
    assert commands(cells([100], ["0.1"])[0].published_upper) == []


# --- random places ---


def test_random_places_are_log_uniform_in_the_range_and_belong_to_their_seed():
    found = sample(120, seed=3)
    assert [(c.m, c.delta) for c in found.cells] == [(c.m, c.delta) for c in sample(120, seed=3).cells]
    assert [(c.m, c.delta) for c in found.cells] != [(c.m, c.delta) for c in sample(120, seed=4).cells]
    for values, grid in (([c.m for c in found.cells], GRID_M), ([c.delta for c in found.cells], GRID_DELTA)):
        assert min(grid) <= min(values)
        assert max(values) <= max(grid)
        low, high = math.log(min(grid)), math.log(max(grid))
        places = sorted((math.log(x) - low) / (high - low) for x in values)
        # the largest gap to the uniform distribution exceeds 0.19 with probability 3e-4 (Kolmogorov, 120 places)
        assert max(abs(x - i / 120) for i, x in enumerate(places)) < 0.19
    shown = found.to_dict()
    ratios = sorted(c.upper.d / c.lower.d for c in found.cells)
    assert shown["median"] == pytest.approx((ratios[59] + ratios[60]) / 2)
    assert shown["quantiles"]["0.5"] == shown["median"]
    assert shown["maximum"]["ratio"] == pytest.approx(ratios[-1])
    assert list(shown["quantiles"].values()) == sorted(shown["quantiles"].values())


# --- submissions ---


def test_a_frame_that_is_known_improves_nothing():
    for entry in entries():
        frame = frames.stored(entry.name)
        found = submit(frame.matrix(), None if frame.is_symmetric else frame.probes(np.arange(frame.m)))
        assert found.error == entry.error
        assert found.known <= entry.d
        assert found.least_m is None
        assert found.improved == ()


def test_a_better_frame_improves_just_the_cells_that_it_improves(nothing_stored):
    found = submit(E8, ms=[2, 9, 30, 60, 120, 121], deltas=["1/3", "0.3334", "0.4", "0.45"])
    assert (found.d, found.m, found.error) == (8, 120, Fraction(1, 3))
    expected = [
        (m, delta)
        for m in (2, 9, 30, 60, 120)
        for delta in (Fraction(3334, 10000), Fraction(2, 5), Fraction(9, 20))
        if dimension_bounds(m, 1, delta).upper.d > 8
    ]
    assert [(cell.m, cell.delta) for cell in found.improved] == expected
    assert (120, Fraction(3334, 10000)) in expected
    above = Fraction(1, 3) + Fraction(1, 10**9)
    assert found.least_m == next(m for m in range(1, 121) if frames.best_for(m, above).d > 8)
    assert found.known == frames.best_for(120, above).d


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.01, 100))
def test_floats_are_rounded_and_the_verdict_is_about_what_was_rounded(seed, factor):
    rotation, _ = np.linalg.qr(np.random.default_rng(seed).standard_normal((8, 8)))
    A = factor * rotation @ E8
    found = submit(A)
    assert found.A.dtype.kind == found.B.dtype.kind == "i"
    exact = max(
        abs(found.scale * int(b @ a) - (i == j))
        for i, b in enumerate(found.B.T.astype(object)[:9])
        for j, a in enumerate(found.A.T.astype(object))
    )
    assert exact <= found.error
    assert Fraction(1, 3) < found.error < Fraction(1, 3) + Fraction(1, 200)


def test_submit_writes_an_entry_that_reads_back_and_is_right(run, nothing_stored, tmp_path):
    rng = np.random.default_rng(0)
    np.save("A.npy", np.linalg.qr(rng.standard_normal((8, 8)))[0] @ E8)
    about = ("--name", "turned-e8", "--by", "a test", "--how", "E8, turned.", "--script", "x.py", "--script-seed", 0)
    code, out, _ = run("submit", "A.npy", "-m", 100, "--delta", "0.35", "--out", "new", *about)
    assert code == 0
    assert "verified: |B^T A - I| <= " in out
    assert "the cell m = 100, delta = 7/20" in out
    (entry,) = entries(tmp_path / "new")
    recheck(entry, tmp_path / "new")
    assert (entry.name, entry.d, entry.m, entry.by, entry.seed) == ("turned-e8", 8, 120, "a test", 0)
    assert Fraction(1, 3) < entry.error < Fraction(35, 100)
    code, out, _ = run("submit", "A.npy", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["improves"] is True
    assert found["files"] == []
    # the same name again
    code, _, err = run("submit", "A.npy", "--out", "new", *about)
    assert code == 2
    assert "another name" in err


def test_what_improves_nothing_has_its_own_exit_code_and_is_not_written(run, tmp_path):
    np.save("A.npy", np.eye(9))
    code, out, _ = run("submit", "A.npy", "--out", "new", "--name", "x", "--by", "x", "--how", "x.")
    assert code == 1
    assert "improves nothing: 9 dimensions are known to be enough for 9 features" in out
    assert not (tmp_path / "new").exists()


# --- the commands ---


def test_table_writes_what_it_prints(run, tmp_path):
    arguments = ("table", "-m", "1e3", "1e30", "--delta", "0.1", "1/20", "--random", 5, "--seed", 2)
    code, out, _ = run(*arguments, "--out", "t")
    assert code == 0
    with open("t/table.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    shown = json.loads((tmp_path / "t" / "table.json").read_text())
    assert len(rows) == len(shown["cells"]) == 4
    for row, cell in zip(rows, shown["cells"], strict=True):
        direct = dimension_bounds(row["m"], 1, row["delta"])
        assert (int(row["lower"]), int(row["upper"])) == (direct.lower.d, direct.upper.d)
        assert (cell["lower"]["d"], cell["upper"]["d"]) == (direct.lower.d, direct.upper.d)
        assert row["frame"] == direct.upper.theorem == cell["upper"]["theorem"]
        assert row["command"] == cell["commands"][0]["command"]
        assert str(direct.lower.d) in out
    assert shown["random"]["count"] == 5
    with open("t/random.csv", newline="") as file:
        assert len(list(csv.DictReader(file))) == 5
    ratios = [cell["ratio"] for cell in shown["cells"]]
    assert shown["median"] == pytest.approx(np.median(ratios))
    assert sorted(path.name for path in (tmp_path / "t").iterdir()) == [
        "random.csv", "table.csv", "table.html", "table.json",
    ]  # fmt: skip
    again = json.loads(run(*arguments, "--json")[1])
    assert again["files"] == []
    assert again["cells"] == shown["cells"]


def test_the_page_holds_every_cell_and_asks_for_nothing(run, tmp_path):
    from tests.test_report import Page

    run("table", "-m", "1e3", "1e30", "--delta", "0.1", "0.5", "1e-3", "--out", "t")
    text = (tmp_path / "t" / "table.html").read_text()
    page = Page(text)
    assert page.references == ["data:,"]
    assert "https://" not in text
    listing, held = page.data
    assert len(held) == len(listing["data"]["m"]) == 6
    for cell in held:
        assert cell["m"] in ("1000", str(10**30))
        bounds = dimension_bounds(cell["m"], 1, cell["delta"])
        assert (cell["lower"]["d"], cell["upper"]["d"]) == (bounds.lower.d, bounds.upper.d)
    assert max(listing["data"]["ratio"]) >= max(cell["ratio"] for cell in held)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("table", "-m", "0"), "m must be"),
        (("table", "--delta", "2"), "delta must lie in (0, 1]"),
        (("table", "--random", "0"), "--random"),
        (("table", "--random", "3", "--seed", "x"), "seed"),
        (("table", "--out", "file"), "--out file"),
        (("submit", "A.npy", "--out", "new"), "--name, --by and --how"),
        (("submit", "B.npy"), "<b_i, a_i> must be positive"),
        (("submit", "missing.npy"), "missing.npy"),
    ],
)
def test_bad_arguments_are_refused_in_one_line(run, tmp_path, arguments, message):
    (tmp_path / "file").write_text("")
    np.save("A.npy", np.eye(3))
    np.save("B.npy", np.array([[1.0, 0.0], [0.0, 0.0]]))
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert not (tmp_path / "new").exists()


def test_a_pair_whose_error_is_too_large_is_refused():
    with pytest.raises(InputError, match="larger than all"):
        submit(np.array([[1, 1], [0, 0]]))
    with pytest.raises(InputError):
        module.cells([10**400])
