# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # What training stores, and what can be read
#
# A toy model of superposition squeezes $m$ features through $d < m$ dimensions and tries to restore them, $z' =
# \mathrm{ReLU}(W^\top W z + b)$. Features lie in $[0, 1]$ and are 0 with probability $S$; the loss is the expectation
# of $\sum_i I_i (z_i - z_i')^2$. (Elhage et al., "Toy Models of Superposition", 2022, who write $n$ features and $m$
# dimensions.) The columns of $W$ are representation vectors like any $A$, so that everything certified about $A$ can
# be asked of a trained model.
#
# **Claim.** Ten antipodal pairs, which training finds for 20 features in 10 dimensions, are read by the model's own
# ReLU almost without error when one feature is active, and by no linear probes with an error below 0.49, where 10
# dimensions allow 0.25. With two features active, the ReLU is of no use in the worst case.
#
# Each section says whether its number is a theorem, a certified computation, an experiment or an estimate.

# %%
import io
import os

import matplotlib as mpl
import numpy as np
from IPython.display import Image

import lincs
from lincs import plots, toy
from lincs.plots import Curve, Panel

QUICK = os.environ.get("LINCS_QUICK") == "1"  # smaller sizes, for the tests
effort = {"steps": 1000, "batch": 128, "runs": 2} if QUICK else {"steps": 3000, "batch": 512, "runs": 4}


def show(figure):
    file = io.BytesIO()
    plots.save(figure, file, "png", dpi=140)
    return Image(file.getvalue())


def best(models):
    return models.W[np.arange(len(models.sparsity)), models.best]


# %% [markdown]
# ## Dense inputs: principal components
#
# **Theorem**: among linear models the $d$ most important features are the best that can be stored, and the least
# expected loss has a closed form. **Experiment**: for dense inputs a ReLU model does the same. For sparse ones it
# stores more features than it has dimensions, and goes far below what any linear model can.

# %%
m, d, importance = 20, 5, 0.7 ** np.arange(20)
inverse = [1, 3, 10, 100] if QUICK else [1, 2, 3, 5, 10, 20, 50, 100]
sparsity = 1 - 1 / np.array(inverse)
models = toy.train(m, d, sparsity, importance=importance, rng=0, **effort)
found = toy.superposition(best(models))
for n, S in enumerate(sparsity):
    least = toy.least_linear_loss(m, d, S, importance=importance)
    loss, error = models.loss[n].min(), models.loss_error[n, models.best[n]]
    print(
        f"S = {S:.2f}: {(found.norms[n] > 0.5).sum():2} features stored; "
        f"loss {loss:.2e} +- {error:.0e} (estimate), linear models at least {least:.2e}"
    )
assert (found.norms[0] > 0.5).sum() == d
assert models.loss[-1].min() < 0.5 * least

# %%
show(
    plots.superposition_grid(
        [
            Panel(title, "i", "S", grid=plots.Grid(title, "experiment", range(m), inverse, values))
            for title, values in ((r"$\Vert W_i \Vert^2$", found.norms), ("dimensionality $D_i$", found.dimensionality))
        ]
    )
)

# %% [markdown]
# ## Why dimensionalities are fractions
#
# $D_i = \lVert W_i \rVert^2 / \sum_j (\hat W_i \cdot W_j)^2$ is the part of a dimension that feature $i$ has.
# **Theorem**: $\sum_i D_i \le \operatorname{rank} W$, with equality exactly where features fall into orthogonal
# subspaces and are a tight frame in each. Nothing idle, equal norms: then $n$ features that share $c$ dimensions have
# $D_i = c/n$.

# %%
print("sum of D_i:", *found.dimensionality.sum(axis=1).round(3))
print("plateaus:", {name: str(toy.plateau(name)) for name in toy.POLYTOPES})
assert found.dimensionality.sum(axis=1).max() <= d + 1e-9
G, dimension = toy.polytope("pentagon")  # in exact arithmetic
print("a pentagon:", [str(sum(x**2 for x in G.row(i)).simplify()) for i in range(5)], "= 1/D_i")

# %% [markdown]
# **Experiment**: five features of equal importance in the plane become that pentagon.

# %%
pentagon = best(toy.train(5, 2, 0.95, rng=0, **effort))[0]
print("D_i =", toy.superposition(pentagon).dimensionality.round(3))
assert abs(toy.superposition(pentagon).dimensionality - 2 / 5).max() < 0.03

# %% [markdown]
# ## How near is training to the best representation?
#
# For one active feature the least error of any linear probes for $W$ is the kernel ratio $\gamma(W)$ (features in $[0,
# 1]$ or $[-1, 1]$ alike), a **certified computation**. What the best $W$ of this shape could have lies between two
# **theorems**. Twenty features of equal importance, $S = 0.99$:

# %%
dims = [5, 10] if QUICK else [3, 4, 5, 6, 8, 10, 12, 15, 18]
runs = {n: toy.train(20, n, 0.99, rng=0, **effort) for n in dims}
rows = []
for n, trained in runs.items():
    W, b = best(trained)[0], trained.b[0, trained.best[0]]
    possible = lincs.best_eps(20, n, 1)
    gamma = lincs.kernel_ratio(W).gamma
    relu = [max(toy.worst_case_error(W, b, k), key=lambda error: error.upper) for k in (1, 2)]
    rows.append((n, float(possible.lower), float(possible.upper), gamma, *relu))
    print(
        f"d = {n:2}: possible {rows[-1][1]:.3f} to {rows[-1][2]:.3f}, trained {float(gamma.upper):.3f}; "
        f"its ReLU {relu[0].upper:.3f} for one active feature, {relu[1].upper:.3f} for two"
    )

# %%
at = [row[0] for row in rows]
curves = (
    Curve("linear: trained, any probes", "certified", at, [float(row[3].upper) for row in rows]),
    Curve("ReLU: the model itself", "certified", at, [row[4].upper for row in rows]),
    Curve("lincs: a frame", "theorem", at, [row[2] for row in rows]),
    Curve("any probes: least", "theorem", at, [row[1] for row in rows]),
)
with mpl.rc_context(plots.STYLE):
    figure = plots.new_figure(plots.PAGE, 2.8)
    ax = figure.add_subplot(title="20 features, one active", xlabel="dimensions $d$", ylabel="worst-case error")
    for curve in curves:
        plots.draw(ax, curve)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
show(figure)

# %% [markdown]
# At $d = 5$ training found a better pair than any frame that `lincs` knows: a certified improvement, found by chance.
# At $d = 10$ it found ten antipodal pairs, which no linear probes read well: $z_1 = z_2$ is invisible where $W_1 =
# -W_2$, so that $\gamma \ge 1/2$. The loss never sees that, because the ReLU hides it while one of two is active.

# %%
(ten,) = (row for row in rows if row[0] == 10)
assert QUICK or (ten[3].lower > 0.49 and ten[2] == 0.25)
assert QUICK or (ten[4].upper < 0.05 and ten[5].lower > 0.9)
five = next(row for row in rows if row[0] == 5)
assert QUICK or five[3].upper < five[2]

# %% [markdown]
# ## What a bias and a ReLU can buy
#
# **Theorem**: if thresholds, with any probes, read every binary feature with $k$ active, then $\gamma < 1/k$; and if
# $\gamma < 1/(2k)$, they do. So biases and thresholds, and a ReLU can do no more than set one, are worth a factor of
# two in the $\gamma$ that is needed, never more. The **certified computation** for the ten pairs, whose $\gamma$ is
# next to $1/2$: at $k = 1$ thresholds read all features, at $k = 2$ not.

# %%
W = best(runs[10])[0]
readable = {k: lincs.threshold_probes(W, k, solver="CLARABEL").is_accessible() for k in (1, 2)}
for k, is_readable in readable.items():
    print(f"k = {k}: thresholds read {'every feature' if is_readable else 'not every feature'}")
assert readable == {1: True, 2: False}

# %% [markdown]
# So a low loss on sparse inputs does not make a representation a good one to read from: training looks after the
# typical input, in which one feature is active, and pays in the worst case as soon as there are two.
