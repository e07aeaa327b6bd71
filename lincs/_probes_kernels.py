"""Compiled loops of `lincs.probes`: a block of rows, one problem a row, and numpy arrays in and out.

Symbols. Row r of a block works on feature ``features[r]`` = i and on the weights ``alpha_j = scales[r] * inverse[j]``,
with alpha_i = 1. Its iterate is ``y = w + rho u`` with w in the kernel (bounded by ``sum_j alpha_j |w_j| <= 1`` in the
limit) and u in the row space; ``p = rho u`` is the projection of y onto the row space.

These loops only propose: whatever they return is certified afterwards. So they may reorder sums, except
`largest_errors`, which belongs to a certificate.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lincs._compiled import compiled

#: Without "nnan" the reductions do not become vector code. A nan may then end as any number: certified afterwards.
_REORDER = {"reassoc", "nsz", "contract", "nnan"}


@compiled(fastmath=_REORDER)
def start(Y: Any, P: Any, features: Any, inverse: Any, scales: Any, rho: Any, factor: Any) -> None:
    """Write a starting point into Y and its step sizes into rho, given the projections P of the unit vectors e_i.

    w is the kernel part of e_i, made feasible, and u the best multiple of its row space part.
    """
    n, m = Y.shape
    zero = Y.dtype.type(0)
    one = Y.dtype.type(1)
    for r in range(n):
        y, p, i, scale = Y[r], P[r], features[r], scales[r]
        size = zero
        square = zero
        other = zero
        for j in range(m):
            w = -p[j]
            if j == i:
                w += one
            size += scale * inverse[j] * abs(w)
            square += w * w
        p_i = p[i]
        p[i] = zero
        for j in range(m):
            other = max(other, abs(p[j]) / (scale * inverse[j]))
        p[i] = p_i
        size = max(size, Y.dtype.type(1e-30))
        best = one / max(abs(p_i) + other, Y.dtype.type(1e-30))
        step = factor * max(np.sqrt(square) / size, Y.dtype.type(1e-6))
        rho[r] = step
        for j in range(m):
            w = -p[j]
            if j == i:
                w += one
            y[j] = w / size + step * best * p[j]


@compiled(fastmath=_REORDER)
def _step(
    Y: Any, T: Any, P: Any, features: Any, inverse: Any, scales: Any, rho: Any, thresholds: Any, ages: Any, close: Any
) -> None:
    """One iteration for every row of Y; T (the last reflected points), thresholds and ages go with it. All modified.

    Accelerated Krasnoselskii-Mann iteration on the reflected Douglas-Rachford map y -> y + 2 (x - w), x being the
    projection of 2w - y + rho e_i onto the weighted l1 ball, found up to ``close`` in its radius.
    """
    buffer = np.empty_like(Y[0])
    n, m = Y.shape
    zero = Y.dtype.type(0)
    one = Y.dtype.type(1)
    two = Y.dtype.type(2)
    for r in range(n):
        y, t, p, i, scale, lam = Y[r], T[r], P[r], features[r], scales[r], thresholds[r]
        total = -one
        count = zero
        for j in range(m):
            buffer[j] = y[j] - two * p[j]
        buffer[i] += rho[r]
        # project onto the weighted l1 ball: Newton for sum alpha (|v| - lam alpha)_+ = 1
        for _ in range(60):
            total = -one
            count = zero
            for j in range(m):
                alpha = scale * inverse[j]
                rest = abs(buffer[j]) - lam * alpha
                inside = rest > zero
                total += alpha * rest if inside else zero
                count += alpha * alpha if inside else zero
            if abs(total) <= close:
                break
            if count == zero:
                if lam == zero:
                    break
                lam = zero
                continue
            new = max(lam + total / count, zero)
            if new == lam:
                break
            lam = new
        thresholds[r] = lam
        k = ages[r]
        ages[r] = k + 1
        a = Y.dtype.type(8.0 / (k + 8.0))
        q = Y.dtype.type(k / (k + 8.0))
        for j in range(m):
            v = buffer[j]
            x = max(abs(v) - lam * scale * inverse[j], zero)
            x = x if v >= zero else -x
            move = x - y[j] + p[j]
            reflected = y[j] + two * move
            y[j] += a * move + q * (reflected - t[j])
            t[j] = reflected


@compiled()
def iterate(
    times: int,
    Y: Any,
    T: Any,
    W: Any,
    P: Any,
    Q: Any,
    Qt: Any,
    features: Any,
    inverse: Any,
    scales: Any,
    rho: Any,
    thresholds: Any,
    ages: Any,
    close: Any,
) -> None:
    """So many iterations for the rows ``features``, of iterates Y with projections P, and the projections of the new Y.

    Y, T (the last reflected points), P, thresholds and ages are modified, W is scratch; Q and Qt, its transpose, are
    contiguous. The products are BLAS's.
    """
    n = len(features)
    for _ in range(times):
        _step(Y[:n], T, P, features, inverse, scales, rho, thresholds, ages, close)
        np.dot(Y[:n], Q, W[:n])
        np.dot(W[:n], Qt, P[:n])


@compiled(fastmath=_REORDER)
def rebalance(
    Y: Any, T: Any, P: Any, Y_old: Any, P_old: Any, rho: Any, first_rho: Any, ages: Any, ends: Any, is_new: Any
) -> None:
    """Let the step sizes of rows whose epoch ends follow how far w and rho u have moved since it began. All modified.

    ``Y_old, P_old`` hold the beginning of the epoch; ``is_new`` marks rows that have none yet. A step size stays within
    a factor 100 of the first; where it changes, the iteration starts anew from the same w and u.
    """
    n, m = Y.shape
    zero = Y.dtype.type(0)
    for r in range(n):
        if not is_new[r] and ages[r] < ends[r]:
            continue
        y, p, y_old, p_old = Y[r], P[r], Y_old[r], P_old[r]
        if is_new[r]:
            is_new[r] = False
        else:
            kernel_move = zero
            row_move = zero
            for j in range(m):
                e = p[j] - p_old[j]
                g = y[j] - y_old[j] - e
                row_move += e * e
                kernel_move += g * g
            factor = np.sqrt(kernel_move / row_move) if row_move > zero else Y.dtype.type(1)
            factor = min(max(factor, Y.dtype.type(0.1)), Y.dtype.type(10))
            target = min(max(factor * rho[r], first_rho[r] / Y.dtype.type(100)), first_rho[r] * Y.dtype.type(100))
            factor = target / rho[r]
            ends[r] += ends[r]
            if factor > 3.0 or 3.0 * factor < 1.0:
                for j in range(m):
                    y[j] += (factor - Y.dtype.type(1)) * p[j]
                    p[j] *= factor
                    T[r, j] = y[j]
                rho[r] = target
                ages[r] = 0
        for j in range(m):
            y_old[j] = y[j]
            p_old[j] = p[j]


@compiled(fastmath=_REORDER)
def estimate(Y: Any, P: Any, features: Any, inverse: Any, scales: Any, lower: Any, upper: Any) -> None:
    """Both sides of the ratio of each row as its iterate shows them, not certified, into lower and upper."""
    n, m = Y.shape
    zero = Y.dtype.type(0)
    one = Y.dtype.type(1)
    for r in range(n):
        y, p, i = Y[r], P[r], features[r]
        size = zero
        other = zero
        p_i = p[i]
        w_i = y[i] - p_i
        for j in range(m):
            size += inverse[j] * abs(y[j] - p[j])
        p[i] = zero
        for j in range(m):
            other = max(other, abs(p[j]) / inverse[j])
        p[i] = p_i
        size *= scales[r]
        other /= scales[r]
        lower[r] = w_i / size if size > zero else zero
        upper[r] = other / (p_i + other) if p_i > zero else one


@compiled()
def largest_errors(M: Any, features: Any, norms: Any, slack: Any, upper: Any) -> None:
    """``max_j |M[r, j] - [j = features[r]]| + slack[r] norms[j]`` of each row, into upper. No reordering here."""
    n, m = M.shape
    for r in range(n):
        row, i, s = M[r], features[r], slack[r]
        diagonal = row[i]
        row[i] = 0.0
        worst = abs(diagonal - 1.0) + s * norms[i]
        for j in range(m):
            value = abs(row[j]) + s * norms[j]
            if not value <= worst:
                worst = value
                if worst != worst:  # nan must not be lost again
                    break
        row[i] = diagonal
        upper[r] = worst
