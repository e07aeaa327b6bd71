"""The figures of the main job that need no random trials: bounds, interference, error profiles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from lincs import accessibility, bounds, frames, plots, probes
from lincs.frames import Frame, random_columns
from lincs.plots import Curve, Grid, Panel
from lincs.reproduce._result import Job, Result, digits, figure_result

#: Shape of the matrices whose interference is compared: that of the digits' dictionary.
SHAPE = (64, 256)


def d_against_k(job: Job) -> Result:
    """The dimension against k at 10^6 features, published and own bounds, and L1 decoding."""
    sparsities = sorted({round(10 ** (j / 12)) for j in range(25)})
    panel = plots.bounds_panel([bounds.dimension_bounds(10**6, k, "1/2") for k in sparsities], "k")
    return figure_result(
        "Dimensions against active features",
        [
            (
                "theorem",
                "All lines. With linear probes, some (A, B) with d on the solid lines reads every feature of every "
                "k-sparse z to within eps, and none with d below the dashed lines does: by the published argument with "
                "explicit constants, and by lincs. With L1 decoding, some A with d on the solid line recovers every "
                "k-sparse z exactly, and none with d below the dashed line does.",
            )
        ],
        [panel],
        plots.dimension_against_k(panel),
    )


def d_against_m(job: Job) -> Result:
    """The dimension against m at k = 10: log-log with the published band, and ours against log m."""
    sizes = [int(10 ** (3 + j / 4)) for j in range(49)]
    everything = plots.bounds_panel([bounds.dimension_bounds(m, 10, "1/2") for m in sizes], "m")
    own = Panel(
        f"{everything.title}, to scale",
        "m",
        "d",
        tuple(curve for curve in everything.curves if not curve.label.startswith("published")),
    )
    return figure_result(
        "Dimensions against log m",
        [
            (
                "theorem",
                "All lines, as in the figure before; (b) is (a) without the published band and with d to scale, where "
                "growth like log m is a straight line.",
            )
        ],
        [everything, own],
        plots.dimension_against_m([everything, own]),
    )


def interference(job: Job) -> Result:
    """The entries of E for random columns, two algebraic frames and a learned dictionary, with matched probes."""
    d, m = SHAPE
    chosen = np.random.default_rng(0)
    sizes, sums = [], []
    for name, A, scale in (
        ("random", random_columns(d, range(m), "spherical"), None),
        ("Kerdock", *_some_columns(frames.kerdock(d), m, chosen)),
        ("Weil", *_some_columns(frames.weil(31, 2), m, chosen)),
        ("digits", digits(), None),
    ):
        B, scale = (accessibility.matched_probes(A), 1) if scale is None else (A, scale)
        sizes.append(_sizes(f"{name}", A, B, scale))
        sums.append(_sums(f"{name}", A, B, scale, most=16))
    shape = rf"$m$ = {m}, $d$ = {d}"
    panels = [
        Panel(f"entries, {shape}", "x", "fraction", tuple(sizes)),
        Panel(f"sums in a row, {shape}", "k", "sum", tuple(sums)),
    ]
    return figure_result(
        "Interference",
        [
            (
                "certified",
                f"E = B^T A - I with matched probes, so that only other features interfere, of {m} columns in {d} "
                "dimensions (Weil: 62): uniform on the sphere, drawn from a Kerdock set, drawn from a Weil frame (seed "
                "0 for all draws), and a dictionary learned from handwritten digits. (b): the largest sum is the "
                "worst-case error W_k; the bars reach down to the median feature.",
            ),
        ],
        panels,
        plots.interference(panels),
    )


def ratios(job: Job) -> Result:
    """Upper over lower bound, by the published argument and by lincs, on a grid of m and delta = eps/k, eps = 1/2."""
    sizes = [10**e for e in ((3, 6, 12) if job.quick else (3, 4, 5, 6, 8, 10, 12, 15))]
    sparsities = (2, 3, 5, 10, 20, 50, 100)
    results = [[bounds.dimension_bounds(m, k, "1/2") for m in sizes] for k in sparsities]
    deltas = [Fraction(1, 2 * k) for k in sparsities]
    published = [[r.published_ratio for r in row] for row in results]
    own = [[r.ratio for r in row] for row in results]
    panels = [
        Panel(title, "m", "delta", grid=Grid("upper/lower", "theorem", sizes, deltas, values))
        for title, values in (("published argument", published), ("lincs", own))
    ]
    return figure_result(
        "What is left between the bounds",
        [
            (
                "theorem",
                "Upper over lower bound on d(m, k, 1/2) at delta = 1/(2k), to two decimals below 10; both panels on "
                f"one scale. The published argument leaves a factor of up to {math.floor(_largest(published))} on this "
                f"grid, lincs one of at most {math.ceil(100 * _largest(own)) / 100}.",
            )
        ],
        panels,
        plots.ratios(panels),
    )


def error_profile(job: Job) -> Result:
    """W_k against k for simple and for best probes, on a random matrix and on the digits."""
    d, m = SHAPE
    most = 8
    panels = []
    for title, A in (
        (f"random, {d} x {m}", random_columns(d, range(m), "spherical")),
        (f"digits, {d} x {m}", digits()),
    ):
        panels.append(Panel(title, "k", "W_k", tuple(_profiles(A, most, progress=job.progress))))
    return figure_result(
        "Worst-case errors of one A",
        [
            (
                "certified",
                "W_k of A with matched probes, with the multiples of its columns that are best at each k (scaled), and "
                "with the probes that are best at k = 1.",
            ),
            (
                "theorem",
                "No probes have W_k below min(1, k gamma), the dashed line, drawn at the certified lower side of the "
                "kernel ratio gamma; probes that are 0 have W_k = 1.",
            ),
        ],
        panels,
        plots.error_profile(panels),
    )


def _profiles(A: np.ndarray, most: int, *, progress: bool) -> list[Curve]:
    at = list(range(1, most + 1))
    best = probes.best_probes(A, progress=progress)
    scaled = [accessibility.worst_case_error(A, accessibility.scaled_probes(A, k), k=k).error for k in at]
    least = [best.least_eps(k) for k in at]
    return [
        _enclosed("matched", at, accessibility.worst_case_error(A, accessibility.matched_probes(A), k=most).profile),
        _enclosed("scaled", at, scaled),
        _enclosed("best", at, accessibility.worst_case_error(A, best.B, k=most).profile),
        Curve("any probes: least", "theorem", at, [float(error.lower) for error in least]),
    ]


def _enclosed(label: str, x: Sequence[Any], enclosures: Sequence[Any]) -> Curve:
    low, high = (
        [float(side) for side in sides] for sides in zip(*((e.lower, e.upper) for e in enclosures), strict=True)
    )
    return Curve(label, "certified", x, high, low, high)


def _some_columns(frame: Frame, m: int, chosen: np.random.Generator) -> tuple[np.ndarray, Any]:
    """m columns of a frame, drawn without repetition, and the scale that makes <b_i, a_i> = 1 for B = A."""
    A = frame.columns(chosen.permutation(frame.m)[:m])
    return (A, Fraction(1, frame.diagonal)) if frame.is_integer else (A, None)


def _sizes(label: str, A: np.ndarray, B: np.ndarray, scale: Any) -> Curve:
    """The fraction of pairs i != j with |E_ij| >= x, while it is positive, within the rounding error of the entries."""
    A, B = A.astype(float), B.astype(float) * float(scale)
    E = np.abs(B.T @ A)
    entries = np.sort(E[~np.eye(len(E), dtype=bool)])
    # products of integers (times a power of 2, in the frames that are used here) are exact
    exact = scale != 1
    slack = 0.0 if exact else len(A) * 2.0**-51 * np.linalg.norm(A, axis=0).max() * np.linalg.norm(B, axis=0).max()
    x = np.arange(1, 201) / 200
    shown, low, high = (1 - np.searchsorted(entries, x + error) / len(entries) for error in (0.0, slack, -slack))
    n = int((shown > 0).sum())
    return Curve(label, "certified", x[:n].tolist(), *(side[:n].tolist() for side in (shown, low, high)))


def _sums(label: str, A: np.ndarray, B: np.ndarray, scale: Any, most: int) -> Curve:
    """W_k for k = 1..most, and the same sum for the median feature."""
    at = list(range(1, most + 1))
    worst = [float(error.upper) for error in accessibility.worst_case_error(A, B, k=most, scale=scale).profile]
    median = [float(np.median(accessibility.feature_errors(A, B, k=k, scale=scale).lower)) for k in at]
    return Curve(label, "certified", at, worst, median, worst)


def _largest(rows: Sequence[Sequence[float]]) -> float:
    return max(max(row) for row in rows)
