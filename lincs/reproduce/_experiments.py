"""The figures of the main job that rest on random matrices: thresholds, phase diagram, kernel ratio."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lincs import accessibility, bounds, phase, plots, probes
from lincs.frames import random_columns
from lincs.plots import Curve, Grid, Panel
from lincs.reproduce._result import Job, Result, figure_result

EPS = "1/2"
SEED = 0


def thresholds(job: Job) -> Result:
    """The d at which linear probes, L1 and OMP begin to work, measured, with slopes; between the theorems."""
    m, trials = (64, 10) if job.quick else (1024, 20)
    # no k twice where bars could cover each other
    sparse = (1, 2, 3, 4) if job.quick else (2, 3, 4, 6, 8)
    matched = (5, 6, 7) if job.quick else (5, 7, 10, 14, 20)
    greedy = (3, 5, 7) if job.quick else (3, 6, 12, 24, 48)
    sparser = (2, 4, 8) if job.quick else (2, 4, 8, 16, 32, 64)
    at = sorted({*sparse, *greedy, *sparser, *(round(2 ** (j / 2)) for j in range(2, 13) if 2 ** (j / 2) < m / 4)})
    theory = plots.bounds_panel([bounds.dimension_bounds(m, k, EPS) for k in at], "k")
    curves, sentences = [*theory.curves, _expected(m, at)], []
    for label, decoder, regime, n, ks, law in (
        ("linear", "linear_best", "worst", 10, sparse, "ln(m/d)"),
        ("matched", "linear_matched", "typical", trials, matched, None),  # k ln m: no logarithm of k or d
        ("OMP", "omp", "typical", trials, greedy, "ln(m/k)"),
        ("L1", "l1", "typical", trials, sparser, "ln(m/k)"),
    ):
        options = _options(job, decoder, "thresholds")
        measured = phase.thresholds(m, ks, decoder, regime=regime, trials=n, **options)
        curves.append(_measured(f"{label}: measured", measured))
        d = [threshold.d for threshold in measured]
        fit = phase.slope_fit(ks, d)
        curves.append(Curve(f"{label}: raw slope {fit.slope:.2f}", "estimate", ks, fit.at(ks).tolist()))
        sentences.append(f"{label} {_interval(fit)}")
        if law is not None:
            corrected = phase.slope_fit(ks, d, divisor=np.log(m / np.array(d if law == "ln(m/d)" else ks)))
            sentences[-1] += f", and {_interval(corrected)} with {law} divided out"
    panel = Panel(theory.title, "k", "d", tuple(curves))
    level = f"{measured[0].confidence:.0%}"
    return figure_result(
        "Where decoders begin to work",
        [
            ("theorem", "Bands and lines, as in the figure of d against k: for some A and every k-sparse z."),
            (
                "experiment",
                f"The d at which half of the trials succeed on Gaussian A, from {trials} trials (linear: 10) at each "
                f"d looked at, seed {SEED}, with {level} intervals (valid if success never falls with d). linear: the "
                "best probes read every k-sparse z to within 1/2, which is certified for each A. The others are about "
                "one random z of k signs: matched probes read it to within 1/2, OMP finds it, L1 recovers it "
                "(certified for each z).",
            ),
            (
                "estimate",
                f"Slopes of ln d on ln k, least squares, with {level} intervals: {'; '.join(sentences)}. "
                "L1: expected is the statistical dimension.",
            ),
        ],
        [panel],
        plots.thresholds(panel),
    )


def phase_diagram(job: Job) -> Result:
    """Fraction of successes over (d, k) for L1, OMP and linear probes, with the curves of the theory."""
    m, trials = (64, 4) if job.quick else (256, 20)
    d = list(range(8, 64, 11)) if job.quick else list(range(16, 256, 16))
    k = [1, 2, 4, 8, 16, 24] if job.quick else [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96]
    theory = phase.curves(m, k, EPS)
    few = min(trials, 10)  # for the best probes all trials of a cell mostly agree

    def line(label: str, kind: str, dimensions: np.ndarray) -> Curve:
        inside = [(float(x), y) for x, y in zip(dimensions, k, strict=True) if x <= d[-1]]
        return Curve(label, kind, [x for x, _ in inside], [y for _, y in inside])

    expected = line("L1: expected", "estimate", theory.statistical_dimension)
    band = (line("L1: fails", "theorem", theory.l1_fails), line("L1: recovers", "theorem", theory.l1_recovers))
    panels = []
    for title, decoder, regime, n, curves in (
        ("L1, random $z$", "l1", "typical", trials, (expected, *band)),
        ("OMP, random $z$", "omp", "typical", trials, (expected,)),
        ("matched, random $z$", "linear_matched", "typical", trials,
         (line("matched: expected", "estimate", theory.typical_matched),)),
        ("best probes, every $z$", "linear_best", "worst", few,
         (line("lincs: needed", "theorem", theory.linear_lower),)),
    ):  # fmt: skip
        options = _options(job, decoder, f"phase_{regime}")
        found = phase.phase_diagram(m, d, k, decoder, regime=regime, trials=n, **options)
        low, high = found.interval()
        panels.append(
            Panel(title, "d", "k", curves, Grid("successes", "experiment", d, k, found.fraction.T, low.T, high.T))
        )
    return figure_result(
        "Phase diagram",
        [
            (
                "experiment",
                f"Fraction of {trials} trials ({few} for the best probes) that succeed, m = {m}, Gaussian A, a new "
                f"one for each trial, seed {SEED}; the CSV has Wilson intervals at {found.confidence:.0%}. Random z "
                "has k signs at random places. L1 succeeds where it is certified to recover z, OMP where it finds the "
                "support, matched probes where they read every feature of z to within 1/2. The best probes succeed "
                "where they read every k-sparse z to within 1/2, which is certified for each A.",
            ),
            (
                "theorem",
                f"L1 recovers z with probability at most {theory.eta} left of L1: fails and at least "
                f"{1 - theory.eta:g} right of L1: recovers. Left of lincs: needed no probes for any A read every z.",
            ),
            ("estimate", "L1: expected is the statistical dimension; matched: expected is a Gaussian approximation."),
        ],
        panels,
        plots.phase_diagram(panels),
    )


def kernel_ratio(job: Job) -> Result:
    """gamma of random A against d and coherence, and the sparsity that it certifies for L1 against a measured one."""
    m, draws = (64, 2) if job.quick else (256, 5)
    dims = [8, 16, 32, 48, 60] if job.quick else [8, 12, 16, 24, 32, 48, 64, 96, 128, 160, 192, 224, 240, 250]
    seeds = range(SEED, SEED + draws)
    matrices = [[random_columns(d, range(m), "spherical", seed) for seed in seeds] for d in dims]
    ratios = [[probes.kernel_ratio(A, gap=1e-3) for A in row] for row in matrices]
    coherences = [[float(accessibility.coherence(A).upper) for A in row] for row in matrices]
    welch = [float(accessibility.welch_bound(m, d).lower) for d in dims]
    sizes = (
        _over_draws("$\\gamma$", dims, [[ratio.gamma for ratio in row] for row in ratios]),
        Curve(
            "coherence: $\\mu/(1+\\mu)$",
            "certified",
            dims,
            *_spread([[_error(mu) for mu in row] for row in coherences]),
        ),
        Curve("Welch: least", "theorem", dims, [_error(mu) for mu in welch]),
    )
    pairs = sorted(
        (mu, float(ratio.gamma.upper), float(ratio.gamma.lower))
        for mus, row in zip(coherences, ratios, strict=True)
        for mu, ratio in zip(mus, row, strict=True)
    )
    mu, upper, lower = (list(side) for side in zip(*pairs, strict=True))
    against = (
        Curve("$\\gamma$", "certified", mu, upper, lower, upper),
        Curve("coherence: $\\mu/(1+\\mu)$", "theorem", mu, [_error(x) for x in mu]),
    )
    sparsity = [min(int(ratio.l1_sparsity().lower) for ratio in row) for row in ratios]
    certified = {s: d for s, d in reversed(list(zip(sparsity, dims, strict=True))) if s > 0}
    at = sorted(certified)
    ks = (2, 4, 8) if job.quick else (2, 4, 8, 16, 32, 64)
    trials = 10 if job.quick else 32
    measured = phase.thresholds(m, ks, "l1", trials=trials, **_options(job, "l1", "kernel_ratio"))
    recovery = (
        Curve("$\\gamma$: every $s$-sparse $z$", "certified", at, [certified[s] for s in at]),
        _measured("L1: measured, random $z$", measured),
        _expected(m, range(1, max(ks) + 1)),
    )  # fmt: skip
    panels = [
        Panel(f"random, $m$ = {m}", "d", "error", sizes),
        Panel("each matrix", "mu", "gamma", against),
        Panel("L1 recovery", "s", "d", recovery),
    ]
    return figure_result(
        "The kernel ratio",
        [
            (
                "certified",
                f"gamma(A), the least worst-case error of linear probes for one active feature, and mu/(1+mu), that of "
                f"matched probes of the best scale at coherence mu, of {draws} matrices with columns uniform on the "
                f"sphere for each d (seeds {seeds[0]}..{seeds[-1]}): medians, bars over all of them; (b) shows each. "
                "(c): at these d all of them recover every s-sparse z by L1, since s < 1/(2 gamma).",
            ),
            ("theorem", "Welch: no probes for any A have a smaller error. gamma never exceeds mu/(1+mu)."),
            (
                "experiment",
                f"(c): the d at which half of {trials} random z of s signs are recovered by L1 on Gaussian A, "
                f"seed {SEED}, with {measured[0].confidence:.0%} intervals.",
            ),
            ("estimate", "(c): L1: expected is the statistical dimension."),
        ],
        panels,
        plots.kernel_ratio(panels),
    )


def _options(job: Job, decoder: str, name: str) -> dict[str, Any]:
    """What all experiments share: the seed, the workers, and the file in which finished cells wait for a new start."""
    store = job.folder / f"{name}_{decoder}{'_quick' if job.quick else ''}.npz"
    options: dict[str, Any] = {"rng": SEED, "workers": job.workers, "progress": job.progress, "store": store}
    return options | ({"eps": EPS} if decoder.startswith("linear") else {})


def _measured(label: str, found: Sequence[phase.Threshold]) -> Curve:
    ks, d, low, high = zip(*((t.k, t.d, t.lower, t.upper) for t in found), strict=True)
    return Curve(label, "experiment", ks, d, low, high)


def _expected(m: int, ks: Sequence[int]) -> Curve:
    return Curve("L1: expected", "estimate", list(ks), phase.curves(m, list(ks), EPS).statistical_dimension.tolist())


def _interval(fit: phase.SlopeFit) -> str:
    return f"{fit.slope:.2f} [{fit.lower:.2f}, {fit.upper:.2f}]"


def _error(mu: float) -> float:
    return mu / (1 + mu)


def _spread(rows: Sequence[Sequence[float]]) -> tuple[list[float], list[float], list[float]]:
    """Median, least and largest of every row."""
    return [float(np.median(row)) for row in rows], [min(row) for row in rows], [max(row) for row in rows]


def _over_draws(label: str, x: Sequence[int], rows: Sequence[Sequence[Any]]) -> Curve:
    median, _, high = _spread([[float(value.upper) for value in row] for row in rows])
    _, low, _ = _spread([[float(value.lower) for value in row] for row in rows])
    return Curve(label, "certified", x, median, low, high)
