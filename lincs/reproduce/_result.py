"""What one table or figure of the main job is: its numbers, what they are worth, and the files it becomes."""

from __future__ import annotations

import csv
import functools
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lincs import datasets, io, plots
from lincs._checks import InputError

#: How captions call the kinds of truth in `lincs.plots.KINDS`.
KIND_NAMES = {
    "theorem": "Theorem",
    "certified": "Certified computation",
    "experiment": "Experiment",
    "estimate": "Estimate",
}

#: Columns of the CSV beside a figure: one row for each point of a curve, or each cell of a grid (with its value).
FIGURE_COLUMNS = ("panel", "series", "kind", "x_is", "y_is", "x", "y", "value", "low", "high")


@functools.cache
def digits() -> np.ndarray:
    """The dictionary that several tables and figures look at, 64 x 256; learned once."""
    return datasets.digits_dictionary()


@dataclass(frozen=True)
class Job:
    """How the main job was asked for: the folder, whether small sizes will do, progress bars, worker processes."""

    folder: Path
    quick: bool = False
    progress: bool = False
    workers: int | None = None


@dataclass(frozen=True)
class Result:
    """A table, or a figure with the panels that it draws.

    Parameters
    ----------
    title : str
    caption : tuple of (kind, sentence)
        What is shown, sentence by sentence, each with its kind of truth (`lincs.plots.KINDS`).
    header, rows
        The table, or the numbers of the figure.
    figure : Figure, optional
    """

    title: str
    caption: tuple[tuple[str, str], ...]
    header: Sequence[str]
    rows: Sequence[Sequence[Any]]
    figure: Figure | None = None


def figure_result(
    title: str, caption: Sequence[tuple[str, str]], panels: Sequence[plots.Panel], drawn: Axes | Figure
) -> Result:
    """The result of a figure, with the numbers of its panels as rows."""
    figure = drawn if isinstance(drawn, Figure) else drawn.get_figure(root=True)
    return Result(title, tuple(caption), FIGURE_COLUMNS, list(figure_rows(panels)), figure)


def figure_rows(panels: Iterable[plots.Panel]) -> Iterator[tuple[Any, ...]]:
    """The rows of FIGURE_COLUMNS for everything that the panels show."""
    for panel in panels:
        names = (panel.x, panel.y)
        if (grid := panel.grid) is not None:
            for i, y in enumerate(grid.y):
                for j, x in enumerate(grid.x):
                    interval = ("", "") if grid.low is None else (grid.low[i][j], grid.high[i][j])
                    yield (panel.title, grid.label, grid.kind, *names, x, y, grid.values[i][j], *interval)
        for curve in panel.curves:
            for j, (x, y) in enumerate(zip(curve.x, curve.y, strict=True)):
                interval = ("", "")
                if curve.low is not None and curve.high is not None:
                    interval = (curve.low[j], curve.high[j])
                yield (panel.title, curve.label, curve.kind, *names, x, y, "", *interval)


def write(job: Job, name: str, result: Result) -> list[str]:
    """Write NAME.csv, NAME.png and NAME.svg of a result, and NAME.json, which the page is made from."""
    files = [f"{name}.csv"]
    with io.atomic_write(job.folder / files[0], "w") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(result.header)
        writer.writerows(result.rows)
    if result.figure is not None:
        for suffix in ("png", "svg"):
            files.append(f"{name}.{suffix}")
            with io.atomic_write(job.folder / files[-1]) as file:
                plots.save(result.figure, file, suffix)
    description = {
        "title": result.title,
        "caption": result.caption,
        "figure": result.figure is not None,
        "quick": job.quick,
    }
    with io.atomic_write(job.folder / f"{name}.json", "w") as file:
        json.dump(description, file)
    return files


def read_description(folder: Path, name: str) -> dict[str, Any] | None:
    """What `write` put into NAME.json, or None where there is no such file."""
    path = folder / f"{name}.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        caption = [(KIND_NAMES[kind], str(sentence)) for kind, sentence in found["caption"]]
        flags = {key: bool(found[key]) for key in ("figure", "quick")}
        return {"title": str(found["title"]), "caption": caption, **flags}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(f"{path} is not one of the files that `lincs reproduce` writes: remove it") from None
