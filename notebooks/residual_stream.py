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
# # The residual stream is a sum, and not linear
#
# In a transformer each sublayer (attention, MLP) reads the residual stream and adds its output to it. So the stream is
# a sum of all outputs before it, exactly. It is often said in one breath that the stream is linear. But each summand is
# a *nonlinear* function of the stream before it, because of the layer norm, the attention pattern and the activation.
#
# **Claim.** In a transformer of six blocks the stream is the sum of twelve outputs and the embedding, to fifteen
# digits. Its first block as a map of the stream misses both $f(2x) = 2f(x)$ and $f(x+y) = f(x) + f(y)$ by more than a
# third of the spread of its outputs; the layer norm alone would nearly do that. With norm and attention pattern frozen,
# attention is linear to fifteen digits.
#
# The numbers are **estimates**, measured on random inputs of a block with random weights; what they show is the
# architecture and not what training does. The layer norm's defect for $c = 2$ comes with a short **theorem**, and what
# linear probes can read before and after a block, at the end, is **certified**.

# %%
import io
import os

import matplotlib as mpl
import numpy as np
from IPython.display import Image

from lincs import plots
from lincs.activations import minimax_probes
from lincs.linearity import linearity_defects

QUICK = os.environ.get("LINCS_QUICK") == "1"  # smaller sizes, for the tests
n, length, d, heads, layers = (60 if QUICK else 300), 12, 32, 4, 6


def show(figure):
    file = io.BytesIO()
    plots.save(figure, file, "png", dpi=140)
    return Image(file.getvalue())


# %% [markdown]
# ## A transformer in numpy
#
# Inputs have the shape (sequences, positions, d). The norm comes before each sublayer, as in GPT-2; attention is
# causal, the MLP four times as wide, with GELU. Weights are Gaussian of variance one over the number of inputs.

# %%
rng = np.random.default_rng(0)


def gaussian(rows, columns):
    return rng.standard_normal((rows, columns)) / np.sqrt(rows)


def layer_norm(x):
    centred = x - x.mean(axis=-1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)


def gelu(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def split(x):  # into heads
    return x.reshape(*x.shape[:2], heads, -1).swapaxes(1, 2)


class Block:
    def __init__(self):
        self.Q, self.K, self.V, self.O = (gaussian(d, d) for _ in range(4))
        self.up, self.down = gaussian(d, 4 * d), gaussian(4 * d, d)

    def pattern(self, x):
        scores = split(x @ self.Q) @ split(x @ self.K).swapaxes(2, 3) / np.sqrt(d / heads)
        scores = np.where(np.tri(x.shape[1], dtype=bool), scores, -np.inf)
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return weights / weights.sum(axis=-1, keepdims=True)

    def attention(self, x, pattern=None):
        mixed = (self.pattern(x) if pattern is None else pattern) @ split(x @ self.V)
        return mixed.swapaxes(1, 2).reshape(x.shape) @ self.O

    def mlp(self, x):
        return gelu(x @ self.up) @ self.down

    def outputs(self, x):
        """What the two sublayers add to the stream x."""
        first = self.attention(layer_norm(x))
        return first, self.mlp(layer_norm(x + first))

    def __call__(self, x):
        return x + sum(self.outputs(x))


blocks = [Block() for _ in range(layers)]
x, y = rng.standard_normal((2, n, length, d))

# %% [markdown]
# ## The stream is a sum
#
# That is how it is made; in floating point the sum in another order agrees up to rounding.

# %%
stream, added = x, []
for block in blocks:
    added += block.outputs(stream)
    stream = block(stream)
difference = np.abs(x + sum(reversed(added)) - stream).max() / np.abs(stream).max()
print(f"{len(added)} outputs and the embedding add up to the stream: largest relative difference {difference:.0e}")
assert difference < 1e-14

# %% [markdown]
# ## It is not linear in what was there before
#
# The first block, its parts, and parts with something frozen to its value at $x$, as maps of the stream:

# %%
first = blocks[0]
normed = layer_norm(x)
pattern = first.pattern(normed)
size = np.sqrt(((x - x.mean(axis=-1, keepdims=True)) ** 2).mean(axis=-1, keepdims=True) + 1e-5)


def centre(v):
    return v - v.mean(axis=-1, keepdims=True)


parts = {
    "block": first,
    "attention with norm": lambda v: first.attention(layer_norm(v)),
    "MLP with norm": lambda v: first.mlp(layer_norm(v)),
    "layer norm": layer_norm,
    "attention": first.attention,
    "MLP": first.mlp,
    "attention, pattern frozen": lambda v: first.attention(v, pattern),
    "attention, norm and pattern frozen": lambda v: first.attention(centre(v) / size, pattern),
}
found = {name: linearity_defects(f, x, y, scales=(2.0,)) for name, f in parts.items()}
print(f"{'as a map of the stream':<36} {'c = 2':>9} {'sums':>9}   (relative to the spread)")
for name, each in found.items():
    print(f"{name:<36} {each.relative['homogeneity']:9.1e} {each.relative['additivity']:9.1e}")
assert min(found["block"].relative[test] for test in ("homogeneity", "additivity")) > 1 / 3
assert min(found["layer norm"].relative[test] for test in ("homogeneity", "additivity")) > 1 / 4
assert found["attention, norm and pattern frozen"].relative["additivity"] < 1e-14


# %%
@mpl.rc_context(plots.STYLE)
def draw():
    figure = plots.new_figure(plots.PAGE, 2.8)
    ax = figure.add_subplot(title="defects relative to the spread of the outputs (estimates)", xscale="log")
    for test, label, color, marker in (
        ("homogeneity", "$f(2x) = 2f(x)$", "#0072B2", "o"),
        ("additivity", "$f(x+y) = f(x)+f(y)$", "#D55E00", "s"),
    ):
        ax.plot(
            [max(e.relative[test], 1e-17) for e in found.values()], range(len(found)), marker, color=color, label=label
        )
    ax.axvline(1, color="#000000", linewidth=0.8)
    ax.axvspan(1e-18, 1e-14, color="#bbbbbb", alpha=0.4)
    ax.text(2e-16, 3.2, "rounding", fontsize=7, ha="center")
    ax.set(xlim=(3e-18, 10), yticks=range(len(found)), yticklabels=found)
    ax.invert_yaxis()
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


show(draw())

# %% [markdown]
# **Theorem.** A map that forgets the length of its input, $f(cx) = f(x)$ for $c > 0$, is additive only if it is 0: for
# $y = x$ additivity is $f(2x) = 2f(x)$, and $f(2x) = f(x)$. The layer norm forgets the length (up to the
# $10^{-5}$ in its root). So its defect at $c = 2$ is $\lVert f(x) \rVert = \sqrt d$ on every input:

# %%
defect = linearity_defects(layer_norm, x[:, 0], y[:, 0], scales=(2.0,)).homogeneity[0]
print(f"layer norm: ||f(2x) - 2f(x)|| is between {defect.min():.4f} and {defect.max():.4f}; sqrt(d) = {np.sqrt(d):.4f}")
assert np.allclose(defect, np.sqrt(d), rtol=1e-3)

# %% [markdown]
# ## Why it looks linear further up
#
# Each output has about the same size, and the stream grows. So the identity, which is linear, is a larger and larger
# part of a block, and its defect relative to the spread falls with depth.

# %%
u, v, depth = x, y, []
for block in blocks:
    each = linearity_defects(block, u, v, scales=(2.0,))
    depth.append((np.sqrt((u**2).mean()), each.relative["additivity"]))
    u, v = block(u), block(v)


def network(stream):
    for block in blocks:
        stream = block(stream)
    return stream


whole = linearity_defects(network, x, y, scales=(2.0,))
for layer, (size_there, value) in enumerate(depth, start=1):
    print(f"block {layer}: entries of the stream before it {size_there:.2f}, defect of sums {value:.2f}")
print(f"all six blocks as one map: defect of sums {whole.relative['additivity']:.2f}")
assert depth[-1][1] < depth[0][1]


# %%
@mpl.rc_context(plots.STYLE)
def draw():
    figure = plots.new_figure(plots.COLUMN, 2.4)
    ax = figure.add_subplot(title="one block at a time (estimates)", xlabel="block", ylabel="relative defect of sums")
    ax.plot(range(1, layers + 1), [value for _, value in depth], "o", color="#0072B2", markerfacecolor="white")
    ax.set(ylim=(0, None), xticks=range(1, layers + 1))
    return figure


show(draw())

# %% [markdown]
# ## A sum keeps what linear probes can read, up to what is added to it
#
# Let the embedding carry ten binary features along random directions, and read them off the stream by affine probes, at
# the last position, on all sequences. The least error in the worst case is a linear program, and **certified** from
# both sides. It grows as outputs are added; nothing in the sum promises that it stays.

# %%
samples = 400 if QUICK else 1500
directions = rng.standard_normal((10, d))
directions /= np.linalg.norm(directions, axis=1, keepdims=True)
Z = (rng.random((samples, 10)) < 0.3).astype(float)
s = rng.standard_normal((samples, length, d))
s[:, -1] = 4 * Z @ directions + 0.3 * s[:, -1]
readable = []
for layer in range(layers + 1):
    result = minimax_probes(s[:, -1], Z)
    yes, no = result.accessible("1/2")
    readable.append((result.lower.mean(), result.upper.mean(), int(yes.sum()), int(no.sum())))
    if layer < layers:
        s = blocks[layer](s)
for layer, (low, high, yes, no) in enumerate(readable):
    print(f"after {layer} blocks: least error {high:.3f} in the mean; {yes} of 10 features below 1/2, {no} proved not")
    assert high - low < 1e-6
assert readable[0][1] < readable[-1][0]

# %% [markdown]
# So "linear" is a word with three meanings here. The stream is a *sum* of outputs: always. A feature is *read* by a
# linear probe: sometimes, and that can be certified for given inputs. The stream is a *linear function* of the stream
# before it: never, unless norm and pattern are frozen at a given input, and then it is a statement about that input.
