"""The geometry of a small line chart, which a template draws as inline SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

#: Size of a chart and the margins around its axes (left, top, right, bottom), in its own units.
WIDTH, HEIGHT, MARGINS = 640, 330, (58, 14, 14, 44)


@dataclass(frozen=True)
class Line:
    """A line of a chart: its name, its points, and how it is drawn.

    Parameters
    ----------
    label : str
    x, y : sequence of float
    kind : {"theorem", "certified", "tolerance"}
        Theorems are lines, certified computations have markers, the tolerance is dashed.
    subject : int
        Number of its colour.
    """

    label: str
    x: Sequence[float]
    y: Sequence[float]
    kind: str
    subject: int


@dataclass(frozen=True)
class Drawn:
    """A line in the units of the chart: the points of its path, and those that carry markers."""

    line: Line
    points: str
    markers: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Chart:
    """What a template needs: ticks as (position, text), lines, names."""

    title: str
    x_label: str
    y_label: str
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    lines: tuple[Drawn, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = MARGINS[0]
    top: int = MARGINS[1]
    right: int = WIDTH - MARGINS[2]
    bottom: int = HEIGHT - MARGINS[3]


def chart(title: str, x_label: str, y_label: str, lines: Sequence[Line], y_top: float | None = None) -> Chart:
    """A chart with linear axes from 0; what lies above ``y_top`` is cut off."""
    x_most = max(max(line.x) for line in lines)
    y_most = max(max(line.y) for line in lines)
    y_most = min(y_most, y_top) if y_top else y_most
    x_ticks, y_ticks = [x for x in _ticks(x_most, whole=True) if x <= x_most], _ticks(y_most)
    x_end, y_end = x_most, max(y_most, y_ticks[-1])
    left, top, right, bottom = MARGINS
    right, bottom = WIDTH - right, HEIGHT - bottom

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            round(left + (right - left) * x / x_end, 2),
            round(bottom - (bottom - top) * min(max(y, 0.0), y_end) / y_end, 2),
        )

    drawn = []
    for line in lines:
        points = [place(x, y) for x, y in zip(line.x, line.y, strict=True)]
        every = max(1, len(points) // 16)
        markers = [point for i, point in enumerate(points) if i % every == 0] if line.kind == "certified" else []
        drawn.append(Drawn(line, " ".join(f"{x:g},{y:g}" for x, y in points), tuple(markers)))
    return Chart(
        title,
        x_label,
        y_label,
        tuple((place(x, 0)[0], f"{x:g}") for x in x_ticks),
        tuple((place(0, y)[1], f"{y:g}") for y in y_ticks),
        tuple(drawn),
    )


def _ticks(most: float, whole: bool = False) -> list[float]:
    """Round numbers from 0 to about ``most``, five or so."""
    if not most > 1e-12:
        return [0.0, 1.0]
    unit = 10.0 ** math.floor(math.log10(most / 4))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor * 6 >= most)
    if whole:
        step = max(1.0, round(step))
    return [i * step for i in range(math.ceil(most / step - 1e-9) + 1)]
