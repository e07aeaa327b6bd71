"""Figures, one function each: they take what was computed and an Axes, and return the Axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lincs.bounds import DimensionBounds

#: Colours that stay apart for colour-blind readers (Okabe and Ito), one meaning each in all figures.
OURS, PUBLISHED, CLASSICAL = "#0072B2", "#E69F00", "#009E73"

STYLE: dict[Any, Any] = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.5,
    "figure.constrained_layout.use": True,
    "svg.hashsalt": "lincs",  # the same figure gives the same file
}


def new_axes(width: float = 5.2, height: float = 3.6) -> Axes:
    """An empty Axes in a figure of its own (sizes in inches), in the style of the package; no display is needed."""
    with mpl.rc_context(STYLE):
        return Figure(figsize=(width, height)).add_subplot()


def save(ax: Axes, file: Any, suffix: str) -> None:
    """Write the figure of ``ax`` to an open binary file, as "png" or "svg"."""
    with mpl.rc_context(STYLE):
        figure = ax.get_figure(root=True)
        assert figure is not None
        figure.savefig(file, format=suffix, dpi=200, metadata={"Date": None} if suffix == "svg" else None)


def dimension_against_k(results: Sequence[DimensionBounds], ax: Axes | None = None) -> Axes:
    """The dimensions that k active features need, at fixed m and eps, on logarithmic axes.

    Parameters
    ----------
    results : sequence of DimensionBounds
        One for each k, with the same m and eps.
    ax : Axes, optional
        Where to draw; a new one by default.
    """
    first = results[0]
    ax = _bands([result.k for result in results], results, ax)
    ax.set_xlabel("active features $k$")
    ax.set_title(rf"$m$ = {_power(first.m)} features, $\varepsilon$ = {first.eps}", loc="left", fontsize=9)
    return ax


def dimension_against_m(results: Sequence[DimensionBounds], ax: Axes | None = None) -> Axes:
    """The dimensions that m features need, at fixed k and eps, on logarithmic axes.

    Parameters as for `dimension_against_k`, one result for each m.
    """
    first = results[0]
    ax = _bands([result.m for result in results], results, ax)
    ax.set_xlabel("features $m$")
    ax.set_title(rf"$k$ = {first.k} active, $\varepsilon$ = {first.eps}", loc="left", fontsize=9)
    return ax


def _bands(x: Sequence[int], results: Sequence[DimensionBounds], ax: Axes | None) -> Axes:
    ax = new_axes() if ax is None else ax
    for label, color, low, high in (
        (
            "published argument",
            PUBLISHED,
            [result.published_lower.d for result in results],
            [result.published_upper.d for result in results],
        ),
        ("lincs", OURS, [result.lower.d for result in results], [result.upper.d for result in results]),
    ):
        ax.fill_between(x, low, high, color=color, alpha=0.25, linewidth=0)
        ax.plot(x, high, color=color, linewidth=1.4, label=f"{label}: enough")
        ax.plot(x, low, color=color, linewidth=1.4, linestyle="--", label=f"{label}: needed")
    ax.plot(x, [min(result.m, result.classical.l1_sufficient) for result in results], color=CLASSICAL, linewidth=1.2,
            linestyle=":", label="L1 decoding: enough")  # fmt: skip
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_ylabel("dimensions $d$")
    ax.legend(fontsize=7.5, frameon=False)
    return ax


def _power(n: int) -> str:
    exponent = len(str(n)) - 1
    return f"$10^{{{exponent}}}$" if n == 10**exponent else str(n)
