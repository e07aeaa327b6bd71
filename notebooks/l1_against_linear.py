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
# # What linear decoding costs
#
# The same representation $A$ of $m$ features in $d$ dimensions can be read in two ways: by linear probes, one inner
# product a feature, or by L1 minimisation, which looks for the vector of least $\lVert z \rVert_1$ with the same $Az$.
#
# **Claim.** With 256 random directions in 64 dimensions, linear probes read two active features to within one half,
# whatever these are, and can do no better; L1 recovers most inputs with 15 active features exactly. One number of the
# matrix, its kernel ratio, says the first and bounds the second from below.

# %%
import io
import os

import matplotlib as mpl
import numpy as np
from IPython.display import Image

import lincs
from lincs import datasets, frames, phase, plots

QUICK = os.environ.get("LINCS_QUICK") == "1"  # smaller sizes, for the tests
d, m, trials = (32, 96, 10) if QUICK else (64, 256, 100)
eps = "1/2"
A = frames.random_columns(d, range(m), "spherical", seed=0)


def show(figure):
    file = io.BytesIO()
    plots.save(figure, file, "png", dpi=140)
    return Image(file.getvalue())


# %% [markdown]
# ## Every input: one number decides
#
# $\gamma(A) = \max \lVert z \rVert_\infty / \lVert z \rVert_1$ over the kernel of $A$. **Theorems**: the least error
# of any linear probes over all $k$-sparse inputs is $\min(1, k\gamma)$; and L1 recovers *every* $s$-sparse input,
# exactly, when $s < 1/(2\gamma)$. The enclosure of $\gamma$ is a **certified computation**.

# %%
ratio = lincs.kernel_ratio(A)
k_linear = int(ratio.largest_k(eps).lower)
s_certified = int(ratio.l1_sparsity().lower)
print(f"gamma in {ratio.gamma}")
print(f"linear: every z of at most {k_linear} active features is read to within {eps}")
print(f"L1: every z of at most {s_certified} active features is recovered exactly")
assert ratio.largest_k(eps).is_exact

# %% [markdown]
# At $\varepsilon = 1/2$ the two numbers are the same, since $k\gamma < \varepsilon$ and $s < 1/(2\gamma)$ are then one
# condition. So what linear probes can do in the worst case is a guarantee for L1, and not more than a guarantee.
#
# ## Why no probe does better
#
# The kernel vector behind $\gamma$ shows it. Scaled to $\lVert z \rVert_1 = k$ it has an entry $k\gamma$, and $A$ maps
# it to 0. It is not sparse, but it is an average of $k$-sparse inputs (all inputs with $\lVert z \rVert_\infty \le 1$
# and $\lVert z \rVert_1 \le k$ are), and a linear probe that reads all of these well would have to read it well too.

# %%
k = k_linear + 1
z = ratio.z * (k / abs(ratio.z).sum())
print(f"|A z| = {np.linalg.norm(A @ z):.1e}, and z has the entry {abs(z).max():.3f}")
assert abs(z).max() >= 0.5 * (1 - 1e-6)

# %% [markdown]
# L1 minimisation is not linear, so averages of inputs are no obstacle to it.
#
# ## Random inputs: an experiment
#
# For each $k$ we draw inputs of $k$ random signs on random positions, seed 0, and count: L1 succeeds if it is *proved*
# to recover the input (by a dual vector), orthogonal matching pursuit (OMP) if it finds the support, the best linear
# probes if they read every feature to within one half. Bars are Wilson intervals at 95 percent.

# %%
sparsities = [1, 2, 3, 4, 6, 8, 10, 12] if QUICK else [1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24]


def successes(A, decoder, label):
    # linear probes are judged at a tolerance, the other decoders recover exactly
    tolerance = {"eps": eps} if decoder == "linear_best" else {}
    found = phase.phase_diagram(m, [d], sparsities, decoder, ensemble=A, trials=trials, rng=0, **tolerance)
    low, high = found.interval()
    return plots.Curve(
        f"{label}: random $z$", "experiment", sparsities, *(x[0].tolist() for x in (found.fraction, low, high))
    )


@mpl.rc_context(plots.STYLE)
def compare(A, title):
    figure = plots.new_figure(plots.PAGE, 2.6)
    ax = figure.add_subplot(title=title, xlabel="active features $k$", ylabel="fraction of successes", xlim=(0.5, 24.5))
    curves = [successes(A, *pair) for pair in (("l1", "L1"), ("omp", "OMP"), ("linear_best", "linear"))]
    for curve in curves:
        plots.draw(ax, curve)
    s = int(lincs.kernel_ratio(A).l1_sparsity().lower)
    ax.axvspan(0.5, s + 0.5, color="#bbbbbb", alpha=0.5, label=f"every $z$, certified: $k \\leq {s}$")
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return curves, figure


curves, figure = compare(A, f"random A, {d} x {m}")
show(figure)

# %%
half = {
    curve.label.split(":")[0]: max(k for k, y in zip(curve.x, curve.y, strict=True) if y >= 0.5) for curve in curves
}
for decoder, k in half.items():
    print(f"{decoder:<6} at least half of the random inputs up to k = {k} (an estimate, from {trials} each)")
expected = phase.curves(m, [half["L1"]], eps).statistical_dimension[0]
print(f"for L1 at k = {half['L1']} asymptotic theory expects d = {expected:.0f} (an estimate); here d = {d}")
assert half["L1"] >= half["linear"] >= k_linear  # what holds for every z holds for random ones

# %% [markdown]
# ## A dictionary learned from data
#
# The same for a dictionary of handwritten digits: its directions are more alike, $\gamma$ is larger, and every decoder
# can read fewer features at once.

# %%
D = datasets.digits_dictionary(256)
if QUICK:
    D = D[:, :m]
d = len(D)
learned = lincs.kernel_ratio(D)
assert QUICK or learned.gamma.lower > ratio.gamma.upper
print(f"gamma in {learned.gamma}")
print(f"linear: every z of at most {learned.largest_k(eps).lower} active features is read to within {eps}")
curves, figure = compare(D, f"digits, {d} x {m}")
show(figure)

# %% [markdown]
# Linear decoding is what a single layer can do. Its price is in the worst case, where it needs dimensions that grow
# like $k^2$ where L1 needs $k \log(m/k)$; for a given matrix it is the gap between the grey range and the squares.
