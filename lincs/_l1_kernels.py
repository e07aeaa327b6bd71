"""Compiled loops of `lincs.l1`: a block of problems, one a row, numpy arrays in and out.

Symbols. A row of ``signs`` holds the signs of a vector z, 0 off its support S. ``inverse`` is one over the scale of
each column, so that |u_j| <= inverse[j] is what |a_j^T w| <= 1 becomes in scaled coordinates.

The loops marked as steps only propose, so they may reorder sums; those that belong to a certificate may not.
"""

from __future__ import annotations

from typing import Any

from lincs._compiled import compiled

_REORDER = {"reassoc", "nsz", "contract"}


@compiled(fastmath=_REORDER)
def sign_step(Y: Any, P: Any, signs: Any, inverse: Any, tau: Any, relax: Any) -> None:
    """One Douglas-Rachford step for "u in the row space, u = signs on S and |u| <= tau off S" (Y modified).

    P is the projection of Y onto the row space.
    """
    n, m = Y.shape
    for r in range(n):
        y, p, s = Y[r], P[r], signs[r]
        for j in range(m):
            bound = inverse[j]
            v = p[j] + p[j] - y[j]
            if s[j] != 0:
                c = bound * s[j]
            else:
                bound *= tau
                c = min(max(v, -bound), bound)
            y[j] += relax * (c - p[j])


@compiled(fastmath=_REORDER)
def descents(Y: Any, P: Any, signs: Any, inverse: Any, slopes: Any) -> None:
    """``(<signs, h_S> + ||h_off||_1) / ||h||_1`` of the kernel vectors h = P - Y, not certified, into slopes."""
    n, m = Y.shape
    zero = Y.dtype.type(0)
    for r in range(n):
        y, p, s = Y[r], P[r], signs[r]
        total = zero
        size = zero
        for j in range(m):
            h = (p[j] - y[j]) * inverse[j]
            total += s[j] * h if s[j] != 0 else abs(h)
            size += abs(h)
        slopes[r] = total / size if size > zero else zero


@compiled(fastmath=_REORDER)
def pursuit_step(Y: Any, P: Any, Z0: Any, inverse: Any, rho: Any, relax: Any) -> None:
    """One Douglas-Rachford step for basis pursuit (Y modified); P projects Y onto the row space, Z0 is feasible."""
    n, m = Y.shape
    zero = Y.dtype.type(0)
    for r in range(n):
        y, p, z, step = Y[r], P[r], Z0[r], rho[r]
        for j in range(m):
            a = y[j] - p[j] + z[j]
            v = a + a - y[j]
            x = max(abs(v) - step * inverse[j], zero)
            x = x if v >= zero else -x
            y[j] += relax * (x - a)


@compiled()
def sign_residuals(U: Any, signs: Any, norms: Any, slack: Any, squares: Any) -> None:
    """``sum over S of (|u_j - signs_j| (1 + 2^-52) + slack norms_j)^2`` of each row, into squares. No reordering."""
    n, m = U.shape
    for r in range(n):
        u, s, e = U[r], signs[r], slack[r]
        total = 0.0
        for j in range(m):
            if s[j] != 0:
                off = abs(u[j] - s[j]) * (1 + 2.0**-52) + e * norms[j]
                total += off * off
        squares[r] = total


@compiled()
def largest_off_support(U: Any, signs: Any, norms: Any, reach: Any, largest: Any) -> None:
    """``max off S of |u_j| + reach norms_j`` of each row, 0 where nothing is off S, into largest. No reordering."""
    n, m = U.shape
    for r in range(n):
        u, s, e = U[r], signs[r], reach[r]
        worst = 0.0
        for j in range(m):
            if s[j] == 0:
                value = abs(u[j]) + e * norms[j]
                if not value <= worst:
                    worst = value
                    if worst != worst:  # nan must not be lost again
                        break
        largest[r] = worst


@compiled()
def slopes_and_sizes(H: Any, signs: Any, inverse: Any, slopes: Any, sizes: Any) -> None:
    """``<signs, h_S> + ||h_off||_1`` and ``||h||_1`` of each ``h = H[r] * inverse``, into both. No reordering."""
    n, m = H.shape
    for r in range(n):
        w, s = H[r], signs[r]
        total = 0.0
        size = 0.0
        for j in range(m):
            h = w[j] * inverse[j]
            total += s[j] * h if s[j] != 0 else abs(h)
            size += abs(h)
        slopes[r] = total
        sizes[r] = size
