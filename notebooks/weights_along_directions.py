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
# # Weights along directions: when the parts add up
#
# A weight matrix $M$ is often taken apart along feature directions: its part along a unit vector $a_i$ is the rank-one
# matrix $M a_i a_i^\top$, which acts on what $v$ has of $a_i$. Along orthonormal directions the parts add up to $M$.
# Features in superposition are not orthonormal.
#
# **Claim.** The parts of $M = 5I$ along three directions of the plane add up to $7.5 I$. The frame operator says why,
# and the dual frame mends it, for these directions and for any that span the space. But probes that mend the weights
# need not read the features: in 16 dimensions with 48 features the dual frame misreads one by $2/3$ or more, and probes
# that are *proved* to stay below half of that exist.
#
# What is said about sums of parts are **theorems** (`lincs theorems faithful_decomposition`), errors of pairs are
# **certified**; nothing below is an estimate.

# %%
import io
import os

import matplotlib as mpl
import numpy as np
from IPython.display import Image

import lincs
from lincs import frames, plots
from lincs.linearity import decomposition_error, dual_frame

QUICK = os.environ.get("LINCS_QUICK") == "1"  # smaller sizes, for the tests


def show(figure):
    file = io.BytesIO()
    plots.save(figure, file, "png", dpi=140)
    return Image(file.getvalue())


# %% [markdown]
# ## Three directions in the plane


# %%
def at_angles(*degrees):
    radians = np.radians(degrees)
    return np.array([np.cos(radians), np.sin(radians)])


M = 5 * np.eye(2)
A = at_angles(90, 210, 330)
print("sum of the parts:\n", sum(np.outer(M @ a, a) for a in A.T).round(12))
print("frame operator A A^T:\n", (A @ A.T).round(12))

# %% [markdown]
# $\sum_i M a_i a_i^\top = M A A^\top$. Every vector is counted by three directions, in a space that has room for two:
# the *frame operator* $A A^\top$ is $\frac32 I$, and $\frac32 \cdot 5 = 7.5$. Directions with $A A^\top = tI$ are a
# *tight* frame; for unit vectors $t = m/d$, and the parts are right up to that factor. Otherwise they are not even
# that. Reading with other vectors than one writes with, $M a_i b_i^\top$, makes it $M A B^\top$: right for every $M$
# exactly where $A B^\top = I$, and the *dual frame* $B = (A A^\top)^{-1} A$ is the smallest such $B$.

# %%
examples = {"120 degrees apart (tight)": A, "crowded (not tight)": at_angles(90, 60, 10)}
for name, directions in examples.items():
    B = dual_frame(directions)
    mended = sum(np.outer(M @ a, b) for a, b in zip(directions.T, B.T, strict=True))
    print(f"{name}: frame operator has eigenvalues {np.linalg.eigvalsh(directions @ directions.T).round(3)}")
    print(f"  the parts miss M by {float(5 * decomposition_error(directions).upper):.3f}, with the dual frame by "
          f"{float(5 * decomposition_error(directions, B).upper):.0e} (certified, for v in [-1, 1]^2)")  # fmt: skip
    assert np.allclose(mended, M)


# %%
@mpl.rc_context(plots.STYLE)
def draw():
    figure = plots.new_figure(plots.PAGE, 3.2)
    turn = np.linspace(0, 2 * np.pi, 200)
    circle = np.array([np.cos(turn), np.sin(turn)])
    for ax, (name, directions) in zip(figure.subplots(1, 2), examples.items(), strict=True):
        B = dual_frame(directions)
        ax.plot(*(M @ circle), color="#000000", linewidth=2.6, alpha=0.35, label="$M$")
        ax.plot(*(M @ directions @ directions.T @ circle), color="#D55E00", label=r"parts $M a_i a_i^\top$")
        ax.plot(*(M @ directions @ B.T @ circle), "--", color="#0072B2", label=r"parts $M a_i b_i^\top$, dual frame")
        for place, (a, b) in enumerate(zip(5 * directions.T, 5 * B.T, strict=True)):
            ax.annotate("", a, (0, 0), arrowprops={"arrowstyle": "->", "color": "#000000"})
            ax.annotate("", b, (0, 0), arrowprops={"arrowstyle": "->", "color": "#0072B2", "linestyle": ":"})
            ax.annotate(f"$a_{place + 1}$", 1.3 * a, ha="center", va="center")
        ax.set(title=name, xlim=(-14, 14), ylim=(-14, 14), aspect="equal", xticks=[-10, 0, 10], yticks=[-10, 0, 10])
    figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


show(draw())

# %% [markdown]
# The image of the unit circle: under $M$ it is a circle of radius 5. The parts along the directions themselves make it
# too large, and where these crowd together an ellipse; with the dual frame (dotted) they are $M$.
#
# ## The link to probes
#
# As probes for the features, $B$ reads $B^\top A z$ for $z$. If $A B^\top = I$ then $P = B^\top A$ is a projection of
# rank $d$ in $\mathbb R^m$: its trace is $d$, so its diagonal is $d/m$ in the mean, and some feature reads itself with
# a weight of at most $d/m$. **Theorem:** dual frames have an error $W_1 \ge 1 - d/m$ as probes. For three directions
# that is $1/3$, and no probes at all do better:

# %%
B = dual_frame(A)
print("P = B^T A:\n", (B.T @ A).round(6))
print("error as probes:", lincs.worst_case_error(A, B, k=1).error, " best of any probes:", lincs.kernel_ratio(A).gamma)

# %% [markdown]
# That is an accident of few dimensions. With more features a dimension, two wishes part: a faithful sum of parts wants
# $A B^\top = I$, which makes $P$ a projection; reading wants $B^\top A$ near $I$, which has rank $m$.

# %%
d, sizes = 16, (20, 32) if QUICK else (18, 20, 24, 32, 40, 48, 64)
rows = []
for m in sizes:
    A = frames.random_columns(d, range(m), "spherical", seed=0)
    best = lincs.best_probes(A)
    for name, B in (("dual frame", dual_frame(A)), ("best probes", best.B)):
        reads = lincs.worst_case_error(A, B, k=1).error
        rows.append((name, m, float(reads.upper), float(decomposition_error(A, B).upper)))
        print(f"m = {m}: {name:<11} misread a feature by {rows[-1][2]:.3f}, lose {rows[-1][3]:.2g} of v in [-1, 1]^d")
    assert lincs.worst_case_error(A, dual_frame(A), k=1).error.upper >= 1 - d / m
assert QUICK or ({name: x for name, m, x, _ in rows if m == 48}["best probes"] < 1 / 3)


# %%
@mpl.rc_context(plots.STYLE)
def draw():
    figure = plots.new_figure(plots.PAGE, 2.6)
    for ax, place, title in zip(
        figure.subplots(1, 2),
        (2, 3),
        ("error in reading a feature, $W_1$", "error of the sum of the parts"),
        strict=True,
    ):
        for label, color, marker in (("dual frame", "#D55E00", "s"), ("best probes", "#0072B2", "o")):
            ax.plot(sizes, [row[place] for row in rows if row[0] == label], marker + "-", color=color, label=label)
        ax.set(title=title, xlabel="features $m$, in 16 dimensions", ylim=(0, None))
        if place == 2:
            fine = np.linspace(d, max(sizes), 100)
            ax.plot(fine, 1 - d / fine, color="#000000", linewidth=0.9, label="theorem: $1 - d/m$")
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


show(draw())

# %% [markdown]
# Which directions are faithful to weights: orthonormal ones as they are, tight frames up to the factor $m/d$, all
# others with their dual frame. Which probes read features: others. A decomposition of weights that is exact says
# nothing about how well the features it names can be read, and the best readers do not add up to the weights.
