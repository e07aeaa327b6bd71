"""What the benchmarks' report computes, on runs that are made up. Nothing here is timed."""

import ast
import json
import math
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
if str(BENCHMARKS) not in sys.path:
    sys.path.insert(0, str(BENCHMARKS))

import report  # noqa: E402
from groups import GROUPS, GROWTHS  # noqa: E402

MACHINE = {
    "cpu": {"brand_raw": "Abacus 9000"},
    "cores": 2,
    "python_version": "3.12.0",
    "blas": ["openblas 0.3, Haswell kernels"],
    "settings": {"OPENBLAS_CORETYPE": "Haswell"},
}


def document(*entries, settings=MACHINE["settings"]):
    """Of (group, task, shortest time, share) each."""
    return {
        "machine_info": MACHINE | {"settings": settings},
        "benchmarks": [
            {"fullname": f"test_{n}", "group": group, "extra_info": {"task": task, "share": share},
             "stats": {"min": time, "median": 10 * time}}
            for n, (group, task, time, share) in enumerate(entries)
        ],
    }  # fmt: skip


BASE = GROUPS["decode"].base


def test_ratios_are_over_the_base_and_samples_are_scaled():
    run = report.read(document(("decode", "a loop", 0.5, 5 / 1000), ("decode", BASE, 0.25, 1)))
    assert run.ratios("decode") == {"a loop": 400.0, BASE: 1.0}


def test_a_group_whose_base_is_missing_has_no_ratios_and_no_table():
    run = report.read(document(("decode", "a loop", 0.5, 1)))
    assert run.ratios("decode") == {}
    assert report.group_table("decode", [run]) == []


@pytest.mark.parametrize(
    ("entries", "message"),
    [([("nonsense", "a", 1, 1)], "no group 'nonsense'"), ([("omp", "a", 1, 1)] * 2, "'a' was timed twice")],
)
def test_mistakes_in_a_suite_are_named(entries, message):
    with pytest.raises(SystemExit, match=message):
        report.read(document(*entries))


@given(st.floats(-3, 3), st.floats(1e-6, 1e3), st.integers(3, 6))
def test_a_power_law_is_fitted_without_error(exponent, factor, count):
    slope = report.fit({2.0**n: factor * 2.0 ** (n * exponent) for n in range(1, count + 1)})
    assert slope.exponent == pytest.approx(exponent, abs=1e-9)
    assert slope.error == pytest.approx(0, abs=1e-6)


@given(st.lists(st.floats(1e-3, 1e3), min_size=3, max_size=6))
def test_the_error_of_a_slope_is_that_of_linear_regression(times):
    sizes = 3.0 ** np.arange(len(times))
    (exponent, _), covariance = np.polyfit(np.log(sizes), np.log(times), 1, cov=True)
    slope = report.fit(dict(zip(sizes, times, strict=True)))
    assert slope.exponent == pytest.approx(exponent, abs=1e-9)
    assert slope.error == pytest.approx(math.sqrt(covariance[0, 0]), abs=1e-6)


def test_two_sizes_say_nothing_about_the_error():
    assert report.fit({1.0: 1.0, 2.0: 2.0}).error == math.inf


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(12345, "12,345 s"), (12.345, "12.3 s"), (0.5, "500 ms"), (2e-3, "2.00 ms"), (3.5e-8, "0.0350 µs")],
)
def test_times_have_three_digits_and_a_unit(seconds, shown):
    assert report.duration(seconds) == shown


def test_runs_of_one_setting_are_one():
    first, more = document(("decode", BASE, 1, 1)), document(("omp", "x", 1, 1))
    (run,) = report.merged(map(report.read, (first, more)))
    assert run.seconds == {"decode": {BASE: 1.0}, "omp": {"x": 1.0}}
    assert len(report.merged(map(report.read, (first, document(settings={}))))) == 2


def test_page_of_two_runs(tmp_path):
    growth = [("verify-m", 2**n, 4.0**n, 1) for n in range(3, 7)]
    here = document(("decode", "a loop", 0.5, 5 / 1000), ("decode", BASE, 0.25, 1), ("omp", "x", 1, 1), *growth)
    unset = document(("decode", BASE, 0.125, 1), settings={})
    for name, run in (("here.json", here), ("unset.json", unset)):
        (tmp_path / name).write_text(json.dumps(run))
    report.main([str(tmp_path / name) for name in ("page.md", "here.json", "unset.json")])
    text = (tmp_path / "page.md").read_text()
    assert "|  | time, OPENBLAS_CORETYPE=Haswell | ratio | time, OpenBLAS's own choice | ratio |" in text
    assert f"| **{BASE}** | 250 ms | 1.00 | 125 ms | 1.00 |\n| a loop | 100 s | 400 |  |  |" in text
    assert f"| {GROWTHS['verify-m'].title} | m | 8 to 64, {GROWTHS['verify-m'].note} | 2.00 ± 0.00 | 2 |" in text
    assert "Abacus 9000" in text
    assert GROUPS["omp"].title not in text
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")


def test_every_group_has_its_base_in_a_suite():
    """The words of the base stand in a suite, where they are not made of parts."""
    literals = set()
    for path in BENCHMARKS.glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                literals.add(node.value)
    for name, group in GROUPS.items():
        assert any(part and group.base.startswith(part) for part in literals), name
