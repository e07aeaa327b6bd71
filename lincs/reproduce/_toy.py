"""The figures of toy models of superposition [EEA]: what training finds, and how near that is to what is possible."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lincs import bounds, plots, probes, toy
from lincs.frames import random_columns
from lincs.plots import Curve, Grid, Panel
from lincs.reproduce._result import Job, Result, figure_result

SEED = 0

#: States of the least important feature in the phase diagrams, by number, and how `toy.best_allocation` calls them.
STATES = {"ignored": "not represented", "own": "a direction of its own", "pair": "in superposition"}

#: A trained feature counts as represented from this ||W_i||^2 on, and as in superposition from this interference on.
REPRESENTED, SHARED = 0.3, 0.2

#: Below this ||W_i||^2 a feature has no direction to speak of, and so no interference.
IGNORED = 0.05

#: Models of equal importance whose features form the polytope of the key, as (m, d, name in the legend).
SMALL = {
    "digon": (2, 1, "digon"),
    "triangle": (3, 2, "triangle"),
    "tetrahedron": (4, 3, "tetrahedron"),
    "pentagon": (5, 2, "pentagon"),
    "square antiprism": (8, 3, "antiprism"),
}


def grid(job: Job) -> Result:
    """Norms, interference and dimensionality at m = 20, d = 5 (in [EEA] n = 20, m = 5), importance 0.7^i."""
    m, d = 20, 5
    inverse = [1, 3, 10, 100] if job.quick else [1, 2, 3, 5, 10, 20, 50, 100, 300]
    options = {"runs": 2, "steps": 800, "batch": 256} if job.quick else {"runs": 4, "steps": 2000}
    models = toy.train(m, d, _sparsities(inverse), importance=0.7 ** np.arange(m), **_options(job, options))
    found = toy.superposition(_best(models))
    interference = np.where(found.norms < IGNORED, 0, found.interference)
    features = list(range(m))
    panels = [
        Panel(title, "i", "1/(1-S)", grid=Grid(title, "experiment", features, inverse, values.round(4).tolist()))
        for title, values in (
            (r"$\Vert W_i \Vert^2$", found.norms),
            ("interference", interference),
            ("dimensionality $D_i$", found.dimensionality),
        )
    ]
    return figure_result(
        "Toy models: which features are stored",
        [
            (
                "experiment",
                f"ReLU models of m = {m} features in d = {d} dimensions, importance 0.7^i, each feature 0 with "
                f"probability S; of {models.loss.shape[1]} models trained for each S (seed {SEED}) the one with the "
                "least loss. Interference is the sum of the squares of hat W_i . W_j over j other than i, shown as "
                f"0 where ||W_i||^2 < {IGNORED}. Dense inputs (below): the d most important features, "
                "without interference; sparse ones (above): more, in superposition.",
            ),
        ],
        panels,
        plots.superposition_grid(panels),
    )


def phases(job: Job) -> Result:
    """Phase diagrams of the least important feature at m = 2, d = 1 and m = 3, d = 2: closed forms and training."""
    n = 5 if job.quick else 9
    ratios, densities = np.geomspace(0.1, 10, n), np.geomspace(0.05 if job.quick else 0.01, 1, n)
    options = {"runs": 4, "steps": 400, "batch": 128} if job.quick else {"runs": 6, "steps": 1000, "batch": 128}
    panels = []
    for m, d in ((2, 1), (3, 2)):
        settings = [(1 - p, [1.0] * (m - 1) + [r]) for p in densities for r in ratios]
        sparsity, importance = np.array([s for s, _ in settings]), np.array([i for _, i in settings])
        names = list(STATES)
        theory = [names.index(toy.best_allocation(d, max(s, 0.0), i).state[-1]) for s, i in settings]
        trained = toy.train(m, d, sparsity, importance=importance, **_options(job, options))
        found = toy.superposition(_best(trained))
        norms, interference = found.norms[:, -1], found.interference[:, -1]
        seen = np.where(norms < REPRESENTED, 0, np.where(interference > SHARED, 2, 1)).tolist()
        for title, kind, states in (
            (f"{m} in {d}: theory", "theorem", theory),
            (f"{m} in {d}: trained", "experiment", seen),
        ):
            rows = np.reshape(states, (n, n)).tolist()
            panels.append(Panel(title, "r", "1-S", grid=Grid("state", kind, ratios.tolist(), densities.tolist(), rows)))
    return figure_result(
        "Toy models: phase diagrams",
        [
            (
                "theorem",
                "Theory: the state of the last feature, of importance r where the others have 1, in the best solution "
                "with orthogonal directions, each for one feature or for an antipodal pair, by the expected losses in "
                "closed form: p/3 - p^2/4 for an ignored feature and p^2/6 for one of a pair, times its importance, "
                "p = 1 - S. (Other solutions can be better still.) In the CSV: "
                + ", ".join(f"{i} {name}" for i, name in enumerate(STATES.values()))
                + ".",
            ),
            (
                "experiment",
                f"Trained: the best of {trained.loss.shape[1]} ReLU models, seed {SEED}; represented where ||W_i||^2 "
                f"is at least {REPRESENTED}, in superposition where the interference exceeds {SHARED}.",
            ),
        ],
        panels,
        plots.superposition_phases(panels, list(STATES.values())),
    )


def geometry(job: Job) -> Result:
    """D* at m = 400, d = 30, the plateaus of D_i in small models, and losses against closed forms."""
    m, d = (60, 6) if job.quick else (400, 30)
    inverse = [1, 3, 10, 30] if job.quick else [2, 3, 5, 10, 20, 50, 100]
    steps = {"steps": 600, "batch": 64} if job.quick else {"steps": 1000, "batch": 256}
    models = toy.train(m, d, _sparsities(inverse), **_options(job, steps))
    stored = toy.superposition(models.W[:, 0]).per_feature
    ends = [inverse[0], inverse[-1]]
    size = Panel(
        f"$m$ = {m}, $d$ = {d}",
        "1/(1-S)",
        "D*",
        (
            Curve("trained: $D^*$", "experiment", inverse, stored.tolist()),
            Curve("digon: 1/2", "theorem", ends, [0.5, 0.5]),
        ),
    )
    at = [1.4, 5, 20] if job.quick else [1.33, 1.43, 1.72, 2.5, 5, 15, 50]
    options = {"steps": 800, "batch": 128} if job.quick else {"steps": 1500, "batch": 256}
    few, many = (3, 8) if job.quick else (8, 24)
    curves = []
    for name, (small_m, small_d, label) in SMALL.items():
        # a simplex needs the right one of 2^(m-1) patterns of signs, which a start has or has not
        starts = many if name in ("triangle", "tetrahedron") else few
        runs = toy.train(small_m, small_d, _sparsities(at), runs=starts, **_options(job, options))
        found = np.sort(toy.superposition(_best(runs)).dimensionality, axis=1)
        middle, low, high = np.median(found, axis=1), found[:, 0], found[:, -1]
        plateau = toy.plateau(name)
        near = np.abs(found - float(plateau)).max(axis=1) < 0.05  # the others show another arrangement
        x = [value for value, is_near in zip(at, near, strict=True) if is_near]
        if x:
            sides = (y[near].tolist() for y in (middle, low, high))
            curves.append(Curve(f"{label}: {small_m} in {small_d}", "experiment", x, *sides))
        curves.append(Curve(f"{label}: {plateau}", "theorem", [at[0], at[-1]], [float(plateau)] * 2))
    plateaus = Panel("small models", "1/(1-S)", "D_i", tuple(curves))
    return figure_result(
        "Toy models: geometry",
        [
            (
                "experiment",
                f"ReLU models with equal importances, seed {SEED}. (a): one model for each S at m = {m}, d = {d}. (b): "
                f"of {few} models ({many} for triangle and tetrahedron) for each S and size that with the least loss, "
                "where all D_i are within 0.05 of the polytope's: median, and bars over all features.",
            ),
            (
                "theorem",
                "The sum of D_i is at most the rank of W, with equality iff features fall into orthogonal subspaces "
                "and are a tight frame in each; n features of one norm that share c dimensions then have D_i = c/n: "
                "the horizontal lines, by polytope.",
            ),
        ],
        [size, plateaus],
        plots.superposition_geometry([size, plateaus]),
    )


def losses(job: Job) -> Result:
    """Trained losses at m = 20, d = 5 beside the closed forms, over the density."""
    m, d, importance = 20, 5, 0.7 ** np.arange(20)
    inverse = [1, 3, 10, 100] if job.quick else [1, 2, 3, 5, 10, 20, 50, 100]
    options = {"runs": 2, "steps": 800, "batch": 256} if job.quick else {"runs": 4, "steps": 2000, "batch": 512}
    sparsity = _sparsities(inverse)
    density = 1 - sparsity
    curves = []
    for model, label in (("linear", "linear: trained"), ("relu", "ReLU: trained")):
        models = toy.train(m, d, sparsity, importance=importance, model=model, **_options(job, options))
        chosen = np.arange(len(inverse)), models.best
        loss, error = models.loss[chosen] / density, 2 * models.loss_error[chosen] / density
        curves.append(
            Curve(label, "experiment", inverse, loss.tolist(), (loss - error).tolist(), (loss + error).tolist())
        )
    least = [toy.least_linear_loss(m, d, s, importance=importance) / (1 - s) for s in sparsity]
    pairs = [float(toy.best_allocation(d, s, importance).loss) / (1 - s) for s in sparsity]
    curves.append(Curve("linear: least", "theorem", inverse, least))
    curves.append(Curve("pairs: in closed form", "theorem", inverse, pairs))
    panel = Panel(f"$m$ = {m}, $d$ = {d}", "1/(1-S)", "loss / (1-S)", tuple(curves))
    return figure_result(
        "Toy models: losses",
        [
            (
                "theorem",
                "linear: the least expected loss of any linear model, that of the d most important features. pairs: "
                "the expected loss of a ReLU model with orthogonal directions, each for one feature or for an "
                "antipodal pair, the best of this kind. Importance 0.7^i.",
            ),
            (
                "experiment",
                f"The least loss of {models.loss.shape[1]} trained models for each S (seed {SEED}), estimated from "
                "new inputs, with two standard errors.",
            ),
        ],
        [panel],
        plots.superposition_losses(panel),
    )


def correlations(job: Job) -> Result:
    """Pairs of correlated and anticorrelated features in the plane, and the collapse to principal components."""
    options = {"runs": 6, "steps": 1000, "batch": 128} if job.quick else {"runs": 12, "steps": 2000, "batch": 256}
    panels = []
    for title, m, kind in (
        ("correlated", 4, "correlated"),
        ("anticorrelated", 4, "anticorrelated"),
        ("must share", 6, "correlated"),
    ):
        models = toy.train(m, 2, [0.9], inputs=kind, **_options(job, options))
        W = _best(models)[0]
        panels.append(
            Panel(
                title,
                "W_1i",
                "W_2i",
                tuple(Curve(f"pair {j + 1}", "experiment", *W[:, 2 * j : 2 * j + 2].tolist()) for j in range(m // 2)),
            )
        )
    density = [0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.6, 0.8]
    models = toy.train(4, 2, [1 - p for p in density], inputs="correlated", **_options(job, options))
    W = _best(models)
    unit = W / np.linalg.norm(W, axis=1, keepdims=True)
    cosines = [
        Curve(f"pair {j + 1}", "experiment", density, (unit[:, :, 2 * j] * unit[:, :, 2 * j + 1]).sum(axis=1).tolist())
        for j in range(2)
    ]
    panels.append(Panel("4 in 2, correlated", "1-S", "cosine", tuple(cosines)))
    return figure_result(
        "Toy models: correlated features",
        [
            (
                "experiment",
                f"Columns of W of ReLU models with d = 2 and equal importances, of {options['runs']} the one with the "
                f"least loss, seed {SEED}. S = 0.9 in (a) to (c). Correlated pairs are active together: (a) they are "
                "orthogonal to each other where that is possible, and share a direction with others; (c) three pairs "
                "in a plane lie side by side. Anticorrelated pairs are never active together: (b) they are antipodal. "
                "(d): the pairs of (a), as the inputs become dense, collapse into one direction each, the principal "
                "component.",
            ),
        ],
        panels,
        plots.superposition_correlations(panels),
    )


def optimum(job: Job) -> Result:
    """The kernel ratio of trained W against the best possible, and what affine probes and the ReLU gain."""
    m, d = 20, 5
    inverse = [1, 10, 100] if job.quick else [1, 2, 3, 5, 10, 20, 50, 100, 300]
    options = {"runs": 2, "steps": 800, "batch": 256} if job.quick else {"runs": 4, "steps": 2000, "batch": 512}
    models = toy.train(m, d, _sparsities(inverse), **_options(job, options))
    seeds = range(4)
    least = [bounds.best_eps(m, d, 1)] * len(inverse)
    density = Panel(
        f"$m$ = {m}, $d$ = {d}, $k$ = 1",
        "1/(1-S)",
        "error",
        (
            _ratios("linear: trained, any probes", inverse, models.W),
            _ratios(
                "random: any probes",
                inverse,
                [[random_columns(d, range(m), "spherical", s) for s in seeds]] * len(inverse),
            ),
            *_possible(inverse, least, 1),
        ),
    )
    dims = [3, 8, 10] if job.quick else [2, 3, 4, 5, 6, 8, 10, 12, 15, 18]
    trained = [toy.train(m, n, [0.99], **_options(job, options)) for n in dims]
    panels = [density, *(_gains(m, k, dims, trained) for k in (1, 2))]
    return figure_result(
        "Toy models against the optimum",
        [
            (
                "certified",
                f"Worst-case errors of trained ReLU models with m = {m} features of equal importance (seed {SEED}). "
                f"(a): of all {models.loss.shape[1]} models for each S: min(1, k gamma(W)), the least error of any "
                "linear probes for inputs in [-1, 1], median and range; beside it 4 matrices with columns uniform on "
                "the sphere. (b), (c): of the model with the least loss at S = 0.99: linear probes as in (a); the best "
                "affine probes for inputs in [0, 1]; and the model itself, ReLU and bias, on these.",
            ),
            (
                "theorem",
                "No (A, B) of this size has an error below the dashed line for inputs in [-1, 1], and a frame that "
                "lincs knows has that of the solid one. Where linear probes of trained models lie below the solid "
                "line, training found the better frame.",
            ),
        ],
        panels,
        plots.superposition_optimum(panels),
    )


def _gains(m: int, k: int, dims: Sequence[int], trained: Sequence[toy.ToyModels]) -> Panel:
    linear, affine, own = [], [], []
    for models in trained:
        W, b = _best(models)[0], models.b[0, models.best[0]]
        linear.append(probes.kernel_ratio(W).least_eps(k))
        affine.append(probes.affine_probes(W, k).error)
        own.append(max(toy.worst_case_error(W, b, k), key=lambda error: error.upper))
    return Panel(
        f"$m$ = {m}, $k$ = {k}",
        "d",
        "error",
        (
            _enclosed("linear: trained, any probes", dims, linear),
            _enclosed("affine: trained, any probes", dims, affine),
            _enclosed("ReLU: the model itself", dims, own),
            *_possible(dims, [bounds.best_eps(m, d, k) for d in dims], k),
        ),
    )


def _possible(x: Sequence[Any], ranges: Sequence[bounds.Range], k: int) -> tuple[Curve, Curve]:
    return (
        Curve("lincs: a frame", "theorem", x, [float(r.upper or 1) for r in ranges]),
        Curve("any probes: least", "theorem", x, [float(r.lower) for r in ranges]),
    )


def _ratios(label: str, x: Sequence[Any], matrices: Sequence[Sequence[np.ndarray]] | np.ndarray) -> Curve:
    found = [[probes.kernel_ratio(W).gamma for W in row] for row in matrices]
    upper = np.array([[float(gamma.upper) for gamma in row] for row in found])
    lower = np.array([[float(gamma.lower) for gamma in row] for row in found])
    return Curve(
        label, "certified", x, np.median(upper, axis=1).tolist(), lower.min(axis=1).tolist(), upper.max(axis=1).tolist()
    )


def _enclosed(label: str, x: Sequence[Any], enclosures: Sequence[Any]) -> Curve:
    low, high = ([float(getattr(e, side)) for e in enclosures] for side in ("lower", "upper"))
    return Curve(label, "certified", x, high, low, high)


def _best(models: toy.ToyModels) -> np.ndarray:
    """The W with the least loss for each setting, (n, d, m)."""
    return models.W[np.arange(len(models.sparsity)), models.best]


def _sparsities(inverse: Sequence[float]) -> np.ndarray:
    return 1 - 1 / np.array(inverse, dtype=float)


def _options(job: Job, options: dict[str, Any]) -> dict[str, Any]:
    return {"rng": SEED, "workers": job.workers, "progress": job.progress, **options}
