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
# # Which parts of a network are linear?
#
# A map is linear if $f(cx) = c f(x)$ and $f(x + y) = f(x) + f(y)$. Both can be tried on any network, on inputs that it
# does see. Zero is a matter of rounding; how bad another number is, the *spread* says: how far apart two outputs
# $f(x), f(y)$ usually are.
#
# **Claim.** In a small network trained on handwritten digits the weights are linear, and with their biases affine, to
# fifteen digits. ReLU passes the first test for $c > 0$, exactly, and fails the second. The class probabilities fail
# both. And the hidden layer makes all ten digits *linearly accessible*, one of which is proved not to be so in the
# pixels: a map can be far from linear and make features linear.
#
# The defects are **estimates** (measured on pairs of test images), the accessibility of the classes is a **certified**
# computation about the images at hand.

# %%
import io
import os
import warnings

import matplotlib as mpl
import numpy as np
from IPython.display import Image
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from lincs import plots
from lincs.activations import compare_probes, minimax_probes
from lincs.linearity import linearity_defects

QUICK = os.environ.get("LINCS_QUICK") == "1"  # smaller sizes, for the tests
threadpool_limits(1)  # the number of threads would change the rounding, and with it the training


def show(figure):
    file = io.BytesIO()
    plots.save(figure, file, "png", dpi=140)
    return Image(file.getvalue())


# %% [markdown]
# ## The network
#
# 64 pixels, one hidden layer of 64 ReLUs, ten classes; 1000 images to learn from and the others to test.

# %%
digits = load_digits()
X, labels = digits.data / 16, digits.target
order = np.random.default_rng(0).permutation(len(X))
fit, test = order[:1000], order[1000:]
network = MLPClassifier((64,), alpha=1e-4, max_iter=60 if QUICK else 400, tol=0, n_iter_no_change=1000, random_state=0)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # that it has not converged to the last digit
    network.fit(X[fit], labels[fit])
(W1, W2), (b1, b2) = network.coefs_, network.intercepts_
print(f"right on {network.score(X[test], labels[test]):.1%} of {len(test)} test images")


def relu(x):
    return np.maximum(x, 0)


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def hidden(x):
    return relu(x @ W1 + b1)


def logits(x):
    return hidden(x) @ W2 + b2


# %% [markdown]
# ## Three tests
#
# Each part is given the inputs that it has in the network, two images at a time, and tested for $c = 2$, for $c = -1$,
# and for sums; *affine* is the test for sums after the offset $f(0)$ is taken off.

# %%
x, y = X[test[:390]], X[test[390:780]]
before = (x @ W1 + b1, y @ W1 + b1)  # of the activation
parts = {
    "weights $W_1 x$": (lambda v: v @ W1, x, y),
    "with bias $W_1 x + b_1$": (lambda v: v @ W1 + b1, x, y),
    "ReLU": (relu, *before),
    "hidden layer": (hidden, x, y),
    "logits": (logits, x, y),
    "probabilities": (lambda v: softmax(logits(v)), x, y),
}


def root_mean_square(v):
    return np.sqrt(np.mean(np.square(v)))


rows = {}
print(f"{'part':<24} {'c = 2':>9} {'c = -1':>9} {'sums':>9} {'affine':>9}   (relative to the spread)")
for name, (f, u, v) in parts.items():
    found = linearity_defects(f, u, v, scales=(2, -1))
    defects = [*found.homogeneity, found.additivity, found.affinity]
    rows[name] = [root_mean_square(each) / root_mean_square(found.spread) for each in defects]
    print(f"{name:<24} " + " ".join(f"{value:9.1e}" for value in rows[name]))
assert max(rows["weights $W_1 x$"]) < 1e-13
assert rows["with bias $W_1 x + b_1$"][3] < 1e-13 < rows["with bias $W_1 x + b_1$"][2]
assert rows["ReLU"][0] == 0
assert rows["ReLU"][2] > 0.1
assert min(rows["probabilities"][:3]) > 0.3


# %%
@mpl.rc_context(plots.STYLE)
def draw():
    figure = plots.new_figure(plots.PAGE, 2.8)
    ax = figure.add_subplot(
        title="defects relative to the spread of the outputs (estimates)", xlabel="part", yscale="log"
    )
    tests = ("$f(2x) = 2f(x)$", "$f(-x) = -f(x)$", "$f(x+y) = f(x)+f(y)$", "the same, without offset")
    for place, (label, marker) in enumerate(zip(tests, "o<s^", strict=True)):
        at = np.arange(len(rows)) + 0.15 * (place - 1.5)
        heights = [max(values[place], 1e-17) for values in rows.values()]
        ax.plot(at, heights, marker, color=["#0072B2", "#56B4E9", "#D55E00", "#E69F00"][place], label=label)
    ax.axhline(1, color="#000000", linewidth=0.8)
    ax.axhspan(1e-18, 1e-14, color="#bbbbbb", alpha=0.4)
    ax.text(5.4, 2e-15, "rounding", fontsize=7, ha="right")
    ax.set(
        ylim=(3e-18, 30),
        xlim=(-0.5, 5.5),
        xticks=range(len(rows)),
        xticklabels=[name.replace(" $", "\n$") for name in rows],
    )
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


show(draw())

# %% [markdown]
# Zeros are drawn at $10^{-17}$. Only the weights are linear. ReLU is the case to remember: it passes $f(2x) = 2f(x)$
# *exactly*, so that a test with positive factors alone would call it linear.
#
# ## What nonlinear layers are for
#
# "Linear" is said of features as well: class $i$ is linearly accessible at $\varepsilon$ on a set of images if an
# affine probe reads $z_i \in \{0, 1\}$ to within $\varepsilon$ on each of them. **Theorem** (linear programming
# duality): the least such $\varepsilon$ is certified by weights on $d + 2$ images, and it is below $1/2$ exactly where
# a hyperplane separates the class from all others. Both sides below are certified.

# %%
images = fit[:300] if QUICK else fit
Z = (labels[images][:, None] == np.arange(10)).astype(float)
layers = {"pixels": X[images], "hidden layer": hidden(X[images])}
least = {name: minimax_probes(values, Z) for name, values in layers.items()}
for name, found in least.items():
    yes, no = found.accessible("1/2")
    print(f"{name} (d = {found.d}): {yes.sum()} of 10 classes are accessible below 1/2, {no.sum()} proved not to be;"
          f" hardest: eps = {found.error}")  # fmt: skip
assert QUICK or (least["hidden layer"].holds("1/2") and not least["pixels"].holds("1/2", feature=8))


# %%
@mpl.rc_context(plots.STYLE)
def draw():
    figure = plots.new_figure(plots.PAGE, 2.5)
    ax = figure.add_subplot(title=f"least error on {len(images)} images (certified)", xlabel="digit", ylabel="eps")
    for (name, found), color, marker in zip(least.items(), ("#D55E00", "#0072B2"), "so", strict=True):
        ax.plot(range(10), found.upper, marker, color=color, label=f"{name}, $d$ = {found.d}")
    ax.axhline(0.5, color="#000000", linewidth=0.8, label="no better than the constant 1/2")
    ax.set(ylim=(0, 0.55), xticks=range(10))
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


show(draw())

# %% [markdown]
# What does the worst case cost? On images that no probe has seen, the probes that are best in the worst case and the
# ones of least squares can be compared (the errors held out are **estimates** of what comes).

# %%
found = compare_probes(
    hidden(X[images]), Z, X_test=hidden(X[test]), Z_test=(labels[test][:, None] == np.arange(10)).astype(float)
)
print("mean over the classes      worst     rms   held out: worst     rms  misread")
for probes, seen, unseen in zip(found.probes, found.fitted, found.held_out, strict=True):
    values = (seen.worst, seen.rms, unseen.worst, unseen.rms, unseen.misread)
    print(f"{probes.kind:<24}" + "{:8.3f}{:8.3f}{:18.3f}{:8.3f}{:9.4f}".format(*(v.mean() for v in values)))
assert (found.fitted[0].worst <= found.fitted[1].worst + 1e-9).all()

# %% [markdown]
# The network is not linear, nor is its hidden layer. The statement that survives is about reading: after the hidden
# layer one hyperplane a digit is enough, and before it, in as many dimensions, it is not.
