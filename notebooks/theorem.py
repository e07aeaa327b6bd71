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
# # How many features fit into d dimensions?
#
# A network stores $m$ features $z$, at most $k$ of them active and each in $[-1, 1]$, as a point $Az$ of $\mathbb R^d$
# and reads them by linear probes, $B^\top A z$. The worst error that any input can cause in any feature is
#
# $$W_k(A, B) = \max_{z \in Z_k} \lVert B^\top A z - z \rVert_\infty .$$
#
# **Claim.** For a million features, 32 of them active, and an error below one half, at least 3954 dimensions are needed
# and 4096 are enough. This notebook goes there from five features in three dimensions that can be worked by hand.
#
# Each section says whether its number is a theorem, a certified computation, or an estimate.

# %%
import io
import itertools
import os
from fractions import Fraction

import numpy as np
from IPython.display import Image

import lincs
from lincs import plots

QUICK = os.environ.get("LINCS_QUICK") == "1"  # smaller sizes, for the tests


def show(figure):
    file = io.BytesIO()
    plots.save(figure, file, "png", dpi=140)
    return Image(file.getvalue())


# %% [markdown]
# ## Five features in three dimensions
#
# Three features have a direction of their own, the other two are differences: $a_4 = a_1 - a_2$ and $a_5 = a_2 - a_3$.

# %%
A = np.array([[1, 0, 0, 1, 0], [0, 1, 0, -1, 1], [0, 0, 1, 0, -1]])

# %% [markdown]
# The kernel of $A$ is what the representation cannot see: $z = (s, t - s, -t, -s, -t)$. By hand,
# $\lVert z \rVert_1 = 2|s| + 2|t| + |t - s|$ is at least three times every entry of $z$, and exactly three times the
# largest for $t = 0$. So the *kernel ratio*
#
# $$\gamma(A) = \max_{0 \ne z \in \ker A} \lVert z \rVert_\infty / \lVert z \rVert_1$$
#
# is $1/3$. The certified computation, in rational arithmetic, agrees (a kernel vector from below, probes from above).

# %%
ratio = lincs.kernel_ratio(A, method="exact")
print("gamma =", ratio.gamma, " kernel vector:", *ratio.z)
assert ratio.gamma.lower == ratio.gamma.upper == Fraction(1, 3)

# %% [markdown]
# ## The reduction theorem, seen
#
# **Theorem.** $\min_B W_k(A, B) = \min(1, k\gamma(A))$ for every $k$, and one $B$, the one that is best for $k = 1$,
# attains it for all $k$ with $k\gamma \le 1$.
#
# We take the best probes for one active feature and try *every* vertex of $Z_k$: all supports, all signs.

# %%
best = lincs.best_probes(A, method="exact")
E = best.B.T @ A - np.eye(5, dtype=int)  # exact fractions


def worst_by_enumeration(E, k):
    vertices = (
        (support, signs)
        for support in itertools.combinations(range(5), k)
        for signs in itertools.product((-1, 1), repeat=k)
    )
    return max(abs(E[:, support] @ np.array(signs)).max() for support, signs in vertices)


for k in range(1, 6):
    by_rows = max(sum(sorted(abs(row))[-k:]) for row in E)  # the k largest entries of a row
    assert worst_by_enumeration(E, k) == by_rows
    print(f"k = {k}: W_k = {by_rows} with these probes, least possible {best.least_eps(k)}")

# %% [markdown]
# Two things to see: the worst error is the largest sum of $k$ entries in a row of $E = B^\top A - I$ (so that no
# enumeration is needed, for any size), and up to $k = 3$ it is $k/3$: nothing linear does better. Beyond that the
# probes that always say 0 are best.
#
# ## From one matrix to all matrices
#
# By the theorem the least dimension for $(m, k, \varepsilon)$, $\varepsilon \le 1$, depends on $m$ and
# $\delta = \varepsilon / k$ alone: it is $D(m, \delta)$, the least rank of a matrix within $\delta$ of the identity in
# every entry. A matrix that is close to the identity has a large trace for its size, and rank and trace are related by
# $(\operatorname{tr} X)^2 \le \operatorname{rank}(X)\, \lVert X \rVert_F^2$. That alone is a lower bound, which holds
# for all pairs $(A, B)$. How good can *any* five vectors in three dimensions be?

# %%
answer = lincs.best_eps(m=5, d=3, k=1)
print(f"the best pair for m = 5, d = 3 has W_1 between {float(answer.lower):.4f} and {float(answer.upper):.4f}")
assert answer.lower <= Fraction(1, 3)

# %% [markdown]
# Ours has $1/3$. Better is a set of five out of the six diagonals of the icosahedron (the upper end), and nothing is
# much better (the lower end): both are theorems.
#
# ## To a million features
#
# Applied to polynomials of the entries, the same inequality gives bounds at every scale, and algebra gives matrices.
# All lines below are theorems, evaluated in exact arithmetic.

# %%
sparsities = sorted({round(10 ** (j / 6)) for j in range(13)})
results = [lincs.dimension_bounds(10**6, k, "1/2") for k in sparsities]
show(plots.dimension_against_k(plots.bounds_panel(results, "k")).get_figure())

# %%
bounds = lincs.dimension_bounds(m=10**6, k=32, eps="1/2")
print(f"needed: {bounds.lower.d} ({bounds.lower.theorem}), enough: {bounds.upper.d} ({bounds.upper.theorem})")
print(f"by the published argument: {bounds.published_lower.d} and {bounds.published_upper.d}")
assert (bounds.lower.d, bounds.upper.d) == (3954, 4096)
assert bounds.lower.check()  # an inequality between integers, evaluated again

# %% [markdown]
# ## The matrix itself
#
# The upper bound is a Kerdock set: 4096 dimensions, room for more than eight million vectors, each pair of them
# orthogonal or at the inner product $1/64$. It is a few bytes until columns are asked for. Verified here, in integers:
# some columns drawn at random (a certified computation about these columns).

# %%
frame = bounds.upper.frame
m = 100 if QUICK else 2000
chosen = np.random.default_rng(0).choice(10**6, size=m, replace=False)
columns = frame.columns(chosen)
found = lincs.worst_case_error(columns, k=32, scale=frame.scale)
print(
    f"{m} columns in {frame.d} dimensions: W_1 = {found.profile[0]}, W_32 = {found.error}; W_1 by theorem {frame.error}"
)
assert found.holds("1/2")
assert found.profile[0].upper <= frame.error.upper

# %% [markdown]
# And all eight million at once: symmetries carry any column to any other, so that one row of $E$ stands for all, and a
# Walsh-Hadamard transform computes that row exactly.

# %%
whole = frame.worst_case_error(k=32)
print(f"all {whole.m} columns: W_32 = {whole.error}")
assert whole.holds("1/2")

# %% [markdown]
# $32/65 < 1/2 < 33/65$: the tolerance is kept, strictly, and with one more active feature these probes would miss it.
# In 3953 dimensions no matrices at all, learned or constructed, could keep it for a million features.
