"""The worst error of a ReLU model over all k-sparse inputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from lincs._checks import check_sparsity
from lincs._numbers import Enclosure
from lincs._rounding import above, gamma
from lincs.toy._train import check_model


def worst_case_error(W: Any, b: Any, k: int) -> tuple[Enclosure, ...]:
    """The worst-case error of each output of a ReLU model, ``max |z'_i - z_i|`` over k-sparse z in [0, 1]^m.

    With ``z' = ReLU(G z + b)``, ``G = W^T W``, let P_n and N_n be the sums of the n largest positive and negative parts
    of ``G_ij`` over j != i. The error is the largest of ``ReLU(b_i + P_k)``, where z_i = 0, and of two maxima over z_i:
    ``ReLU(G_ii z_i + b_i + P_{k-1}) - z_i``, which is convex, and ``min(z_i, z_i - G_ii z_i - b_i + N_{k-1})``, the
    lesser of two lines.

    Parameters
    ----------
    W : array (d, m)
    b : array (m,), or a number
    k : int
        Active features, 1 to m.

    Returns
    -------
    tuple of m Enclosures

    Guarantee: enclosures, with a bound on the rounding error. Cost: ``O(d m^2)``.

    Examples
    --------
    >>> for k in (1, 2):  # an antipodal pair: right if one is active, useless if both are
    ...     print(round(worst_case_error([[1.0, -1.0]], 0.0, k)[0].upper, 9))
    0.0
    1.0
    """
    W, b = check_model(W, b)
    d, m = W.shape
    k = check_sparsity(k, m)
    G = W.T @ W
    norms = np.sqrt(np.diagonal(G))
    own = np.diagonal(G).copy()
    others = G.copy()
    np.fill_diagonal(others, 0)
    above_zero = -np.sort(-np.maximum(others, 0), axis=1)
    below_zero = -np.sort(np.minimum(others, 0), axis=1)
    most = above_zero[:, : k - 1].sum(axis=1)
    least = below_zero[:, : k - 1].sum(axis=1)
    errors = [np.maximum(b + above_zero[:, :k].sum(axis=1), 0)]
    errors.append(np.maximum(own + b + most, 0) - 1)
    errors.append(np.minimum(1.0, 1 - own - b + least))
    # the two lines z and z (1 - own) - b + least meet where the output is 0
    meeting = np.divide(least - b, own, out=np.zeros(m), where=own > 0)
    errors.append(np.where((meeting > 0) & (meeting < 1), meeting, 0.0))
    found = np.max(errors, axis=0)
    # each error changes by no more than the output before the ReLU, a sum of at most k + 1 numbers
    size = np.abs(b) + k * norms * norms.max() + 2
    slack = above(gamma(d + k + 8) * 2 * size, 8)
    return tuple(Enclosure(max(0.0, float(x - e)), float(x + e)) for x, e in zip(found, slack, strict=True))
