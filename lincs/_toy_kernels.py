"""Compiled loops of `lincs.toy`: draw sparse inputs, add up the gradient of a batch, and let Adam take steps.

Symbols. G = W^T W (m, m), so that the output before the ReLU is ``G z + b``: with few active features that costs a few
rows of G, and the gradient of the loss in G is a sum of as few rows. ``W (dG + dG^T)`` is then the gradient in W.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lincs._compiled import compiled

#: Adam, as it is published.
BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8


@compiled()
def draw(rng: Any, sparsity: float, group: int, is_exclusive: bool, active: Any, values: Any) -> int:
    """Draw one input: its number of active features, which ``active`` and ``values`` (both modified) begin with.

    Groups of so many features in a row are active together or, if exclusive, one at most of a group is; each feature
    is with probability 1 - sparsity. The gaps between active groups are geometric, so that silence costs nothing.
    """
    m = len(active)
    groups = m // group
    silent = 1 - group * (1 - sparsity) if is_exclusive else sparsity
    rate = np.log(max(silent, 0.0))
    count = 0
    position = -1
    while True:
        gap = np.floor(np.log(1 - rng.random()) / rate)
        if not position + 1 + gap < groups:
            return count
        position += 1 + int(gap)
        if is_exclusive:
            active[count] = position * group + int(rng.random() * group)
            values[count] = rng.random()
            count += 1
        else:
            for i in range(position * group, (position + 1) * group):
                active[count] = i
                values[count] = rng.random()
                count += 1


@compiled()
def add_up(
    G: Any, b: Any, importance: Any, is_relu: bool, active: Any, values: Any, error: Any, dG: Any, db: Any
) -> float:
    """The loss of one input; its gradients in G and b are added to ``dG`` and ``db``, and ``error`` is overwritten."""
    m = len(b)
    error[:] = b
    for n in range(len(active)):
        row, z = G[active[n]], values[n]
        for i in range(m):
            error[i] += z * row[i]
    loss = 0.0
    for i in range(m):  # where nothing is active
        if is_relu and error[i] <= 0:
            error[i] = 0.0
        loss += importance[i] * error[i] * error[i]
        error[i] *= 2 * importance[i]
    for n in range(len(active)):
        i, z = active[n], values[n]
        output = error[i] / (2 * importance[i])
        loss += importance[i] * z * (z - 2 * output)
        if not is_relu or output > 0:
            error[i] -= 2 * importance[i] * z
    for i in range(m):
        db[i] += error[i]
    for n in range(len(active)):
        row, z = dG[active[n]], values[n]
        for i in range(m):
            row[i] += z * error[i]
    return loss


@compiled()
def descend(
    W: Any,
    b: Any,
    moments: Any,
    first: int,
    last: int,
    total: int,
    batch: int,
    rate: float,
    importance: Any,
    is_relu: bool,
    sparsity: float,
    group: int,
    is_exclusive: bool,
    rng: Any,
) -> None:
    """Steps first + 1, ..., last of Adam, of ``total``, a new batch each; ``W``, ``b`` and ``moments`` are modified.

    ``moments`` (2, d + 1, m) holds the two moments of the gradient in W and, in the last row, in b. The learning rate
    falls from ``rate`` to 0 along a cosine.
    """
    d, m = W.shape
    active, values, error = np.empty(m, np.int64), np.empty(m), np.empty(m)
    dG, gradient = np.empty((m, m)), np.empty((d + 1, m))
    for step in range(first, last):
        G = W.T @ W
        dG[:] = 0
        db = gradient[d]
        db[:] = 0
        for _ in range(batch):
            count = draw(rng, sparsity, group, is_exclusive, active, values)
            add_up(G, b, importance, is_relu, active[:count], values[:count], error, dG, db)
        gradient[:d] = W @ (dG + dG.T)
        speed = rate * 0.5 * (1 + np.cos(np.pi * step / total))
        bias_1, bias_2 = 1 - BETA_1 ** (step + 1), 1 - BETA_2 ** (step + 1)
        for i in range(d + 1):
            for j in range(m):
                g = gradient[i, j] / batch
                moments[0, i, j] += (1 - BETA_1) * (g - moments[0, i, j])
                moments[1, i, j] += (1 - BETA_2) * (g * g - moments[1, i, j])
                change = speed * (moments[0, i, j] / bias_1) / (np.sqrt(moments[1, i, j] / bias_2) + EPSILON)
                if i < d:
                    W[i, j] -= change
                else:
                    b[j] -= change


@compiled()
def losses(
    W: Any,
    b: Any,
    importance: Any,
    is_relu: bool,
    sparsity: float,
    group: int,
    is_exclusive: bool,
    rng: Any,
    found: Any,
) -> None:
    """Write the losses of as many new inputs as ``found`` (modified) has places."""
    m = len(b)
    G = W.T @ W
    active, values, error = np.empty(m, np.int64), np.empty(m), np.empty(m)
    dG, db = np.zeros((m, m)), np.zeros(m)
    for n in range(len(found)):
        count = draw(rng, sparsity, group, is_exclusive, active, values)
        found[n] = add_up(G, b, importance, is_relu, active[:count], values[:count], error, dG, db)
