"""From pytest-benchmark's files of one or more runs to a table and a plot.

    python benchmarks/report.py OUT.md RUN.json [RUN.json ...]

The runs are of one machine, the first with its environment as it is, and those of one setting of OpenBLAS stand in one
column; OUT.png is drawn beside OUT.md. A time is the
shortest of its rounds, since what else a machine does can only lengthen it, scaled where a sample was timed.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from groups import GROUPS, GROWTHS


@dataclass(frozen=True)
class Run:
    """One run: seconds by group and task, or by growth and size, in the order of the file."""

    machine: dict[str, Any]
    seconds: dict[str, dict[Any, float]]

    @property
    def setting(self) -> str:
        chosen = ", ".join(f"{name}={value}" for name, value in self.machine["settings"].items())
        return chosen or "OpenBLAS's own choice"

    def ratios(self, group: str) -> dict[Any, float]:
        """Times of a group over that of its base; empty where the base was not timed."""
        times = self.seconds.get(group, {})
        base = times.get(GROUPS[group].base)
        return {task: time / base for task, time in times.items()} if base else {}


@dataclass(frozen=True)
class Slope:
    """``time ~ size^exponent`` by least squares in logarithms, and the standard error of the exponent."""

    exponent: float
    error: float


def read(document: dict[str, Any]) -> Run:
    """A run from a document of pytest-benchmark."""
    seconds: dict[str, dict[Any, float]] = {}
    for entry in document["benchmarks"]:
        group, info = entry["group"], entry["extra_info"]
        if group not in GROUPS and group not in GROWTHS:
            raise SystemExit(f"{entry['fullname']}: no group {group!r} in benchmarks/groups.py")
        times = seconds.setdefault(group, {})
        if info["task"] in times:
            raise SystemExit(f"{entry['fullname']}: {info['task']!r} was timed twice in group {group!r}")
        times[info["task"]] = entry["stats"]["min"] / info["share"]
    return Run(document["machine_info"], seconds)


def merged(runs: Iterable[Run]) -> list[Run]:
    """One run for each setting, with the groups of all runs of that setting."""
    found: dict[str, Run] = {}
    for run in runs:
        first = found.setdefault(run.setting, run)
        found[run.setting] = Run(first.machine, run.seconds | first.seconds)
    return list(found.values())


def fit(times: dict[float, float]) -> Slope:
    """The exponent of times by size; at least three sizes, or the error is infinite."""
    x, y = np.log(list(times)), np.log(list(times.values()))
    x, y = x - x.mean(), y - y.mean()
    exponent = float(x @ y / (x @ x))
    freedom = len(x) - 2
    rest = float(np.sum((y - exponent * x) ** 2))
    return Slope(exponent, math.sqrt(rest / freedom / float(x @ x)) if freedom > 0 else math.inf)


def duration(seconds: float) -> str:
    """Three digits, in the unit that suits."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size or unit == "µs":
            return f"{digits(seconds / size)} {unit}"
    raise AssertionError


def digits(x: float) -> str:
    """Three significant digits, or all of the integer part, without an exponent."""
    return f"{x:,.{max(0, 2 - math.floor(math.log10(x)))}f}" if x >= 0.01 else f"{x:.2g}"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    rows = [header, ["---"] + ["---:"] * (len(header) - 1), *rows]
    return ["| " + " | ".join(row) + " |" for row in rows] + [""]


def group_table(name: str, runs: Sequence[Run]) -> list[str]:
    """Times and ratios of a group, two columns a run that timed its base."""
    timed = [run for run in runs if run.ratios(name)]
    if not timed:
        return []
    group = GROUPS[name]
    tasks = sorted(timed[0].seconds[name], key=lambda task: task != group.base)
    header = ["", *(part for run in timed for part in ("time, " + run.setting, "ratio"))]
    rows = []
    for task in tasks:
        row = [f"**{task}**" if task == group.base else task]
        for run in timed:
            time = run.seconds[name].get(task)
            row += ["", ""] if time is None else [duration(time), digits(run.ratios(name)[task])]
        rows.append(row)
    return [f"### {group.title}", "", *table(header, rows), *([group.note, ""] if group.note else [])]


def growth_table(runs: Sequence[Run]) -> list[str]:
    rows = []
    for name, growth in GROWTHS.items():
        times = runs[0].seconds.get(name, {})
        if len(times) < 3:
            continue
        slope = fit(times)
        sizes = f"{min(times)} to {max(times)}, {growth.note}"
        fitted = f"{slope.exponent:.2f} ± {slope.error:.2f}"
        rows.append([growth.title, growth.variable, sizes, fitted, f"{growth.theory:g}"])
    if not rows:
        return []
    return ["## Growth", "", *table(["", "in", "sizes", "exponent", "theory"], rows)]


def page(runs: Sequence[Run], plot: str) -> str:
    """The page in Markdown."""
    machine = runs[0].machine
    blas = "; ".join(f"{', '.join(run.machine['blas'])} ({run.setting})" for run in runs)
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`, and with the groups at m = 30522 and beyond by `make bench-full`. Each group was "
        "measured in one process; a ratio is a time over that of the task in bold, so that below 1 is faster. A time "
        "is the shortest of its rounds, scaled where a loop over rows or columns was timed on a sample of them.",
        "",
        f"Machine: {machine['cpu'].get('brand_raw', 'unknown CPU')}, {machine['cores']} cores; "
        f"Python {machine['python_version']}; {blas}.",
        "",
        f"![Ratios and growth]({plot})",
        "",
        "## Against what one would do instead",
        "",
    ]  # fmt: skip
    for name in GROUPS:
        lines += group_table(name, runs)
    lines += growth_table(runs)
    lines += [
        "An exponent is the slope of log time against log size by least squares, with its standard error. Theory "
        "counts the operations of one iteration (2 d m^2 of a verification, O(d m) a row or column otherwise): where "
        "sizes are small, or the number of iterations depends on them, times grow otherwise.",
    ]  # fmt: skip
    return "\n".join(lines).rstrip() + "\n"


def draw(run: Run, path: Path) -> None:
    """Ratios of all groups on one logarithmic axis, and the growths with the slopes of theory beside them."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    rows: list[tuple[str, float | None]] = []
    for name, group in GROUPS.items():
        ratios = run.ratios(name)
        if ratios:
            rows.append((group.title, None))
            rows += [(task, ratio) for task, ratio in ratios.items() if task != group.base]
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(15, max(5, 0.21 * len(rows))), width_ratios=[1.1, 1], layout="constrained"
    )
    for y, (label, ratio) in enumerate(rows):
        if ratio is not None:
            left.plot([1, ratio], [y, y], color="0.8", zorder=1)
            left.plot(ratio, y, "o", color="C0" if label.startswith("lincs") else "C1", zorder=2)
            shift, side = (6, "left") if ratio > 1 else (-6, "right")
            left.annotate(
                digits(ratio), (ratio, y), (shift, 0), textcoords="offset points", ha=side, va="center", fontsize=7
            )
    left.set_xscale("log")
    left.margins(x=0.1)
    left.axvline(1, color="0.4", linewidth=0.8)
    left.set_yticks(range(len(rows)), [label for label, _ in rows], fontsize=8)
    for tick, (_, ratio) in zip(left.get_yticklabels(), rows, strict=True):
        tick.set_fontweight("bold" if ratio is None else "normal")
    left.set_ylim(len(rows) - 0.5, -0.5)
    left.set_xlabel("time over that of the task in bold in the table (blue: lincs, orange: others)")
    for color, (name, growth) in enumerate(GROWTHS.items()):
        times = run.seconds.get(name, {})
        if len(times) < 3:
            continue
        slope = fit(times)
        sizes = np.array(sorted(times), dtype=float)
        values = np.array([times[size] for size in sorted(times)])
        middle = np.exp(np.log(values).mean())
        label = (
            f"{growth.title} in {growth.variable}: {slope.exponent:.2f} ± {slope.error:.2f}, theory {growth.theory:g}"
        )
        right.loglog(sizes, values, "o-", color=f"C{color}", label=label, markersize=4)
        theory = middle * (sizes / np.exp(np.log(sizes).mean())) ** growth.theory
        right.loglog(sizes, theory, "--", color=f"C{color}", linewidth=1)
    right.set_box_aspect(1.3)
    right.set_anchor("N")
    right.set_xlabel("size (dashed: the slope of theory through the middle)")
    right.set_ylabel("seconds")
    if right.lines:
        right.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.12))
    figure.savefig(path, dpi=100)


def main(arguments: Sequence[str]) -> None:
    out, *files = map(Path, arguments)
    runs = merged(read(json.loads(file.read_text())) for file in files)
    out.write_text(page(runs, out.with_suffix(".png").name))
    draw(runs[0], out.with_suffix(".png"))


if __name__ == "__main__":
    main(sys.argv[1:])
