"""Figures, one function each: they take what was computed, as panels of curves, and an Axes or Figure, and return it.

A curve says what it is, and its look follows from that in all figures alike:

- a theorem is a line without markers, solid for upper bounds (d is enough), dashed for lower ones (d is needed);
- a certified computation has filled markers: it was verified for the matrices at hand;
- an experiment has open markers, with bars where an interval is known: it says what was seen in random trials;
- an estimate is a dotted line: asymptotic theory, or a fit.

The colour and the marker say what a curve is about (`SUBJECTS`). Everywhere ``ax`` or ``figure`` is where to draw: a
new one by default, which needs no display.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, LogNorm
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter, Locator, LogLocator, NullLocator

from lincs._checks import InputError
from lincs.bounds import DimensionBounds

#: What a curve can be.
KINDS = ("theorem", "certified", "experiment", "estimate")

#: Widths in inches: a column and a page of a journal.
COLUMN, PAGE = 3.3, 6.8

#: Colour and marker of what a curve is about, the part of its label before the colon. The colours are those of Okabe
#: and Ito, which stay apart for colour-blind readers; the markers stay apart without colours.
SUBJECTS: dict[str, tuple[str, str]] = {
    "lincs": ("#0072B2", "o"),
    "published": ("#E69F00", "v"),
    "L1": ("#009E73", "s"),
    "OMP": ("#D55E00", "^"),
    "linear": ("#0072B2", "o"),
    "any decoder": ("#000000", "x"),
    "random": ("#D55E00", "^"),
    "Kerdock": ("#0072B2", "o"),
    "Weil": ("#009E73", "s"),
    "digits": ("#CC79A7", "D"),
    "matched": ("#56B4E9", "<"),
    "scaled": ("#CC79A7", "D"),
    "best": ("#0072B2", "o"),
    "any probes": ("#000000", "x"),
    "coherence": ("#E69F00", "v"),
    "Welch": ("#000000", "x"),
    "$\\gamma$": ("#0072B2", "o"),
    "trained": ("#0072B2", "o"),
    "affine": ("#009E73", "s"),
    "ReLU": ("#E69F00", "v"),
    "pair 1": ("#0072B2", "o"),
    "pair 2": ("#E69F00", "v"),
    "pair 3": ("#009E73", "s"),
    "pairs": ("#E69F00", "v"),
    "digon": ("#0072B2", "o"),
    "triangle": ("#D55E00", "^"),
    "tetrahedron": ("#009E73", "s"),
    "pentagon": ("#CC79A7", "D"),
    "antiprism": ("#E69F00", "v"),
}

#: Widths of the lines of theorems that meet in one figure, which stay apart without colours too.
WIDTHS = {"lincs": 1.7, "L1": 0.8}

STYLE: dict[Any, Any] = {
    "font.size": 8,
    "axes.labelsize": 8,
    "axes.titlesize": 8,
    "axes.titlelocation": "left",
    "legend.fontsize": 7,
    "legend.frameon": False,
    "legend.handlelength": 2.4,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e4e4e4",
    "grid.linewidth": 0.5,
    "lines.linewidth": 1.3,
    "lines.markersize": 4.0,
    "figure.constrained_layout.use": True,
    "svg.hashsalt": "lincs",  # the same figure gives the same file
}
_styled = mpl.rc_context(STYLE)  # a decorator


@dataclass(frozen=True)
class Curve:
    """A line of a figure: points with what they are about, and what kind of truth they are.

    Parameters
    ----------
    label : str
        What the legend says; the part before a colon is a key of `SUBJECTS`.
    kind : str
        One of `KINDS`.
    x, y : sequence
        The points.
    low, high : sequence, optional
        Ends of an interval for each y: an enclosure, or a confidence interval.
    """

    label: str
    kind: str
    x: Sequence[Any]
    y: Sequence[Any]
    low: Sequence[Any] | None = None
    high: Sequence[Any] | None = None


@dataclass(frozen=True)
class Grid:
    """Values on a grid, ``values[i][j]`` at ``(x[j], y[i])``, with intervals for them where these are known."""

    label: str
    kind: str
    x: Sequence[Any]
    y: Sequence[Any]
    values: Any
    low: Any = None
    high: Any = None


@dataclass(frozen=True)
class Panel:
    """What one Axes shows: a title, the symbols of its two axes, curves, and perhaps values on a grid behind them."""

    title: str
    x: str
    y: str
    curves: tuple[Curve, ...] = ()
    grid: Grid | None = None

    @property
    def kinds(self) -> set[str]:
        """The kinds of truth in it."""
        return {curve.kind for curve in self.curves} | ({self.grid.kind} if self.grid else set())


def bounds_panel(results: Sequence[DimensionBounds], x: str) -> Panel:
    """The two sides of d(m, k, eps), published and ours, and those of L1 decoding, against ``x``: "k" or "m".

    The theorems speak of the least d at which *some* A serves all k-sparse z. The result for each x has the same
    other parameters.
    """
    first = results[0]
    fixed = f"$m$ = {power(first.m)}" if x == "k" else f"$k$ = {first.k}"
    at = [getattr(result, x) for result in results]

    def line(label: str, y: Sequence[int]) -> Curve:
        return Curve(label, "theorem", at, y)

    return Panel(
        rf"{fixed}, $\varepsilon$ = {first.eps}",
        x,
        "d",
        (
            # d = m always suffices, whatever an argument says
            line("published: enough", [min(result.m, result.published_upper.d) for result in results]),
            line("published: needed", [result.published_lower.d for result in results]),
            line("lincs: enough", [result.upper.d for result in results]),
            line("lincs: needed", [result.lower.d for result in results]),
            line("L1: enough", [result.classical.l1_sufficient for result in results]),
            line("L1: needed", [result.classical.l1_necessary for result in results]),
        ),
    )


@_styled
def new_figure(width: float = COLUMN, height: float = 3.2) -> Figure:
    """An empty figure (sizes in inches) in the style of the package; no display is needed."""
    return Figure(figsize=(width, height))


@_styled
def save(figure: Figure, file: Any, suffix: str, dpi: int = 300) -> None:
    """Write the figure to an open binary file, as "png" (of ``dpi`` pixels an inch) or "svg"."""
    figure.savefig(file, format=suffix, dpi=dpi, metadata={"Date": None} if suffix == "svg" else None)


@_styled
def draw(ax: Axes, curve: Curve) -> None:
    """Draw one curve with the look that says what it is."""
    subject = curve.label.split(":")[0]
    color, marker = SUBJECTS[subject]
    look: dict[str, Any] = {"color": color, "label": curve.label}
    if curve.kind == "theorem":
        look |= {
            "linewidth": WIDTHS.get(subject, 1.3),
            "linestyle": "--" if curve.label.endswith(("needed", "least", "fails")) else "-",
        }
    elif curve.kind == "certified":
        look |= {"linestyle": "-", "linewidth": 0.9, "marker": marker, "markevery": _every(curve)}
    elif curve.kind == "experiment":
        look |= {"linestyle": "none", "marker": marker, "markerfacecolor": "white", "zorder": 3}
    else:
        look |= {"linestyle": ":"}
    ax.plot(curve.x, curve.y, **look)
    if curve.low is not None and curve.high is not None:
        y, low, high = (np.asarray(side, float) for side in (curve.y, curve.low, curve.high))
        if (high - low > 1e-3 * np.abs(y)).any():
            ax.errorbar(curve.x, y, (y - low, high - y), color=color, linestyle="none", linewidth=0.8, capsize=1.5)


@_styled
def dimension_against_k(panel: Panel, ax: Axes | None = None) -> Axes:
    """The dimensions that k active features need, at fixed m and eps, on logarithmic axes, with bands between sides.

    Examples
    --------
    >>> from lincs import dimension_bounds
    >>> results = [dimension_bounds(10**6, k, "1/2") for k in (1, 10, 100)]
    >>> ax = dimension_against_k(bounds_panel(results, "k"))
    >>> [line.get_label() for line in ax.get_lines()][2:4]
    ['lincs: enough', 'lincs: needed']
    """
    if ax is None:
        ax = new_figure(COLUMN, 2.7 + 0.11 * len(panel.curves)).add_subplot()
    _bands(ax, panel)
    ax.set(title=panel.title, xscale="log", yscale="log", xlabel="active features $k$", ylabel="dimensions $d$")
    ax.legend(loc="upper center", bbox_to_anchor=(0.45, -0.17), ncols=2)
    return ax


@_styled
def dimension_against_m(panels: Sequence[Panel], figure: Figure | None = None) -> Figure:
    """The dimensions that m features need, at fixed k and eps: all of them, and ours where log m makes a straight line.

    The first panel has both axes logarithmic, the second the abscissa only.
    """
    figure, axes = _row(figure, panels, height=2.9)
    for ax, panel in zip(axes, panels, strict=True):
        _bands(ax, panel)
        ax.set(xscale="log", xlabel="features $m$", ylabel="dimensions $d$")
    axes[0].set_yscale("log")
    return _with_legend(figure)


@_styled
def thresholds(panel: Panel, ax: Axes | None = None) -> Axes:
    """The d at which decoders begin to work, measured, with fitted slopes, between the theorems; logarithmic axes."""
    if ax is None:
        ax = new_figure(PAGE, 3.6).add_subplot()
    _bands(ax, panel)
    ax.set(title=panel.title, xscale="log", yscale="log", xlabel="active features $k$", ylabel="dimensions $d$")
    _plain_ticks(ax.xaxis, [k for k in (1, 2, 3, 4, 6, 8, 16, 32, 64, 128, 256) if k <= max(panel.curves[0].x)])
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return ax


@_styled
def phase_diagram(panels: Sequence[Panel], figure: Figure | None = None) -> Figure:
    """Fraction of successes over (d, k), one panel a decoder, white where all succeed, with the theory's curves."""
    figure, axes = _row(figure, panels, height=2.7, share=True)
    for ax, panel in zip(axes, panels, strict=True):
        grid = _grid_of(panel)
        # from mid grey to white, so that coloured lines stay legible
        image = ax.pcolormesh(
            grid.x, grid.y, np.asarray(grid.values, float), cmap="gray", vmin=-0.6, vmax=1, rasterized=True
        )
        for curve in panel.curves:
            draw(ax, curve)
        ax.grid(False)
        ax.set(yscale="log", xlabel="dimensions $d$", xlim=_edges(grid.x), ylim=_edges(grid.y))
        _plain_ticks(ax.yaxis, [k for k in (1, 2, 4, 8, 16, 32, 64, 128, 256) if k <= grid.y[-1]])
    axes[0].set_ylabel("active features $k$")
    bar = figure.colorbar(image, ax=axes, label="fraction of successes", boundaries=np.linspace(0, 1, 41), pad=0.02)
    bar.set_ticks([0, 0.5, 1])
    return _with_legend(figure)


@_styled
def interference(panels: Sequence[Panel], figure: Figure | None = None) -> Figure:
    """How large the entries of E are: the fraction of them above a size, and what k of them add up to."""
    figure, axes = _row(figure, panels, height=2.9)
    for ax, panel in zip(axes, panels, strict=True):
        for curve in panel.curves:
            draw(ax, curve)
    axes[0].set(yscale="log", xlabel="size $x$", ylabel=r"fraction of $|E_{ij}| \geq x$")
    axes[1].set(xlabel="active features $k$", ylabel=r"sum of the $k$ largest $|E_{ij}|$")
    return _with_legend(figure)


@_styled
def ratios(panels: Sequence[Panel], figure: Figure | None = None) -> Figure:
    """Upper over lower bound on (m, delta), one panel an argument, on one scale of colours, with the numbers."""
    figure, axes = _row(figure, panels, height=3.0, share=True)
    grids = [panel.grid for panel in panels if panel.grid is not None]
    top = max(float(np.max(grid.values)) for grid in grids)
    for ax, grid in zip(axes, grids, strict=True):
        values = np.asarray(grid.values, float)
        norm = LogNorm(1, top)
        image = ax.imshow(values, cmap="cividis", norm=norm, aspect="auto", origin="lower")
        for i, j in np.ndindex(values.shape):
            value = values[i, j]
            ax.text(j, i, f"{value:.2f}" if value < 10 else f"{value:.0f}", ha="center", va="center", fontsize=5.5,
                    color="white" if norm(value) < 0.55 else "black")  # fmt: skip
        ax.grid(False)
        ax.set_xticks(range(len(grid.x)), [power(m) for m in grid.x])
        ax.set_yticks(range(len(grid.y)), [str(delta) for delta in grid.y])
        ax.set(xlabel="features $m$")
    axes[0].set_ylabel(r"$\delta = \varepsilon/k$")
    bar = figure.colorbar(image, ax=axes, label="upper / lower bound", pad=0.02)
    _plain_ticks(bar.ax.yaxis, [tick for tick in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if tick <= top])
    return figure


@_styled
def kernel_ratio(panels: Sequence[Panel], figure: Figure | None = None) -> Figure:
    """gamma of random A against d and against the coherence, and the sparsity at which L1 is certified and works."""
    figure, axes = _row(figure, panels, height=2.9)
    for ax, panel in zip(axes, panels, strict=True):
        for curve in panel.curves:
            draw(ax, curve)
    for line in axes[1].get_lines():
        if line.get_marker() != "None":  # one point a matrix
            line.set(linestyle="none", markevery=1, markersize=2.5)
    axes[0].set(xscale="log", yscale="log", xlabel="dimensions $d$", ylabel="worst-case error $W_1$")
    axes[1].set(xlabel=r"coherence $\mu$", ylabel=r"kernel ratio $\gamma$")
    axes[2].set(xscale="log", yscale="log", xlabel="sparsity $s$", ylabel="dimensions $d$")
    for axis in (axes[0].xaxis, axes[0].yaxis, axes[2].xaxis, axes[2].yaxis):
        _plain_ticks(axis, LogLocator(subs=(1, 2, 5)))
    return _with_legend(figure)


@_styled
def error_profile(panels: Sequence[Panel], figure: Figure | None = None) -> Figure:
    """The worst-case error against the number of active features, for several probes of one A; one panel an A."""
    figure, axes = _row(figure, panels, height=2.9, share=True)
    for ax, panel in zip(axes, panels, strict=True):
        for curve in panel.curves:
            draw(ax, curve)
        ax.set(xlabel="active features $k$", ylim=(0, 2))  # probes that are 0 have the error 1
    axes[0].set_ylabel("worst-case error $W_k$")
    return _with_legend(figure)


@_styled
def superposition_grid(panels: Sequence[Panel], figure: Figure | None = None) -> Figure:
    """Measures of superposition of each feature at each density, one panel a measure with a scale of its own."""
    figure, axes = _row(figure, panels, height=2.6, share=True)
    for ax, panel in zip(axes, panels, strict=True):
        grid = _grid_of(panel)
        image = ax.imshow(np.asarray(grid.values, float), cmap="cividis", vmin=0, aspect="auto", origin="lower")
        ax.grid(False)
        ax.set_xticks(range(0, len(grid.x), 5))
        ax.set_yticks(range(len(grid.y)), [f"{y:g}" for y in grid.y])
        ax.set(xlabel="feature $i$, by importance")
        figure.colorbar(image, ax=ax, location="top", shrink=0.8, aspect=30)
    axes[0].set_ylabel("$1/(1-S)$")
    return figure


@_styled
def superposition_phases(panels: Sequence[Panel], states: Sequence[str], figure: Figure | None = None) -> Figure:
    """The state of a feature, a number for each of ``states``, over importance and density; one panel a method."""
    figure, axes = _row(figure, panels, height=2.6, share=True)
    colors = ("#eeeeee", "#56B4E9", "#E69F00")[: len(states)]
    for ax, panel in zip(axes, panels, strict=True):
        grid = _grid_of(panel)
        x, y = np.log10(grid.x).tolist(), np.log10(grid.y).tolist()
        ax.imshow(
            np.asarray(grid.values, float), cmap=ListedColormap(colors), vmin=-0.5, vmax=len(states) - 0.5,
            origin="lower", extent=(*_edges(x), *_edges(y)), aspect="auto",
        )  # fmt: skip
        ax.grid(False)
        ax.set_xticks([-1, 0, 1], ["0.1", "1", "10"])
        ax.set_yticks([-2, -1, 0], ["0.01", "0.1", "1"])
        ax.set(xlabel="relative importance $r$", xlim=_edges(x), ylim=_edges(y))
    axes[0].set_ylabel("density $1-S$")
    patches = [Patch(facecolor=color, edgecolor="#888888", label=s) for color, s in zip(colors, states, strict=True)]
    figure.legend(handles=patches, loc="outside lower center", ncols=len(states))
    return figure


@_styled
def superposition_geometry(panels: Sequence[Panel], figure: Figure | None = None) -> Figure:
    """Dimensions per feature of models of one size, and the dimensionality of features of small ones, by density."""
    figure, axes = _row(figure, panels, height=3.2)
    for ax, panel in zip(axes, panels, strict=True):
        for curve in panel.curves:
            draw(ax, curve)
        ax.set(xscale="log", xlabel="$1/(1-S)$")
        _plain_ticks(ax.xaxis, [1, 2, 5, 10, 20, 50, 100])
    axes[0].set(ylim=(0, 1.1), ylabel="$D^* = d / \\Vert W \\Vert_F^2$")
    axes[1].set(ylim=(0.3, 0.82), ylabel="dimensionality $D_i$")
    return _with_legend(figure)


@_styled
def superposition_losses(panel: Panel, ax: Axes | None = None) -> Axes:
    """Losses for each active feature against the density: of trained models, and in closed form."""
    if ax is None:
        ax = new_figure(COLUMN, 3.0).add_subplot()
    for curve in panel.curves:
        draw(ax, curve)
    ax.set(title=panel.title, xscale="log", yscale="log", xlabel="$1/(1-S)$", ylabel="expected loss / $(1-S)$")
    _plain_ticks(ax.xaxis, [1, 2, 5, 10, 20, 50, 100])
    _plain_ticks(ax.yaxis, LogLocator(subs=(1, 2, 5)))
    ax.legend(loc="upper center", bbox_to_anchor=(0.45, -0.17), ncols=2)
    return ax


@_styled
def superposition_correlations(panels: Sequence[Panel], figure: Figure | None = None) -> Figure:
    """The columns of W in the plane, and the cosine within pairs against the density (the last panel)."""
    figure, axes = _row(figure, panels, height=2.5)
    for ax, panel in zip(axes, panels, strict=True):
        for curve in panel.curves:
            draw(ax, curve)
    for ax in axes[:-1]:
        for line in list(ax.get_lines()):
            for x, y in np.asarray(line.get_xydata(), float):
                ax.plot([0, float(x)], [0, float(y)], color=line.get_color(), linewidth=0.9, label="_")
        ax.set(xlim=(-1.3, 1.3), ylim=(-1.3, 1.3), aspect="equal", xticks=[-1, 0, 1], yticks=[-1, 0, 1])
        ax.set(xlabel="$W_{1i}$")
    axes[0].set_ylabel("$W_{2i}$")
    axes[-1].set(xscale="log", xlabel="density $1-S$", ylabel="cosine in a pair", ylim=(-0.3, 1.1))
    _plain_ticks(axes[-1].xaxis, [0.05, 0.1, 0.2, 0.5, 1])
    return _with_legend(figure)


@_styled
def superposition_optimum(panels: Sequence[Panel], figure: Figure | None = None) -> Figure:
    """The worst-case errors of trained models against the density and against d, between what is possible."""
    figure, axes = _row(figure, panels, height=2.9, share=True)
    for ax, panel in zip(axes, panels, strict=True):
        for curve in panel.curves:
            draw(ax, curve)
        ax.set(xlabel="dimensions $d$")
    axes[0].set(xscale="log", xlabel="$1/(1-S)$", ylabel="worst-case error", ylim=(-0.03, None))
    _plain_ticks(axes[0].xaxis, [1, 3, 10, 30, 100, 300])
    return _with_legend(figure)


def _grid_of(panel: Panel) -> Grid:
    if panel.grid is None:
        raise InputError(f"the panel {panel.title!r} has no grid, which this figure needs")
    return panel.grid


def power(n: int) -> str:
    """A number as text: a power of ten as such, as is a power of ten times one digit."""
    digits, exponent = str(n).rstrip("0"), len(str(n)) - 1
    if exponent < 3 or len(digits) > 1:
        return str(n)
    return f"$10^{{{exponent}}}$" if digits == "1" else rf"${digits}\times 10^{{{exponent}}}$"


def _row(
    figure: Figure | None, panels: Sequence[Panel], *, height: float, share: bool = False
) -> tuple[Figure, list[Axes]]:
    """Axes side by side, one for each panel, lettered."""
    figure = new_figure(PAGE, height) if figure is None else figure
    axes = list(figure.subplots(1, len(panels), sharey=share, squeeze=False)[0])
    for letter, ax, panel in zip("abcdef", axes, panels, strict=False):
        ax.set_title(f"({letter}) {panel.title}")
    return figure, axes


def _every(curve: Curve) -> int | float:
    """All points of a short curve have markers; those of a long one lie a twelfth of the figure apart."""
    return 1 if len(curve.x) <= 20 else 1 / 12


def _bands(ax: Axes, panel: Panel) -> None:
    """The curves, and the space between what an argument needs and what it shows to be enough."""
    lines = {curve.label: curve for curve in panel.curves}
    for curve in panel.curves:
        draw(ax, curve)
    for subject in ("published", "lincs"):  # a third band would hide these
        low, high = (lines.get(f"{subject}: {side}") for side in ("needed", "enough"))
        if low is not None and high is not None:
            ax.fill_between(low.x, low.y, high.y, color=SUBJECTS[subject][0], alpha=0.2, linewidth=0)


def _with_legend(figure: Figure) -> Figure:
    """One legend for all panels, below them."""
    handles: dict[str, Any] = {}
    for ax in figure.axes:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    rows = math.ceil(len(handles) / 5)
    ncols = math.ceil(len(handles) / rows)
    figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=ncols)
    return figure


def _edges(values: Sequence[Any]) -> tuple[float, float]:
    """The ends of the cells whose centres are ``values``."""
    first, last = float(values[0]), float(values[-1])
    if len(values) == 1:
        return first - 0.5, first + 0.5
    return first - (float(values[1]) - first) / 2, last + (last - float(values[-2])) / 2


def _plain_ticks(axis: Any, ticks: Sequence[float] | Locator) -> None:
    """Ticks of a logarithmic axis at these places only, as plain numbers."""
    axis.set_major_locator(ticks if isinstance(ticks, Locator) else FixedLocator(list(ticks)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_locator(NullLocator())
