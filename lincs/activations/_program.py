"""The linear program of one feature on a working set of samples: ``min over y of ||Q y - z||_inf``.

Its dual is ``max -<w, z>`` over ``Q^T w = 0, ||w||_1 <= 1``. Neither solution is believed; `_certificates` decides.
"""

from __future__ import annotations

from typing import Any

import numpy as np

#: Iterations after which the interior point method stops; it needs 10 to 25.
MOST_ITERATIONS = 80

#: A step goes this far of the way to the boundary.
STEP = 0.995


def minimax(Q: np.ndarray, z: np.ndarray, y: np.ndarray, gap: float) -> tuple[np.ndarray, np.ndarray]:
    """``(y, w)`` up to rounding, with primal and dual values within ``gap``, from any y to start with.

    A primal-dual interior point method with a predictor and a corrector (Mehrotra's), in y, t, the slacks
    ``u = t - (Q y - z)``, ``v = t + (Q y - z)`` and their multipliers p and q, ``w = p - q``. One step costs
    O(n r^2) for Q of shape (n, r).
    """
    n = len(z)
    R = Q @ y - z
    t = 1.1 * np.abs(R).max() + gap
    u, v = t - R, t + R
    p = np.full(n, 0.5 / n)
    q = p.copy()
    for _ in range(MOST_ITERATIONS):
        total = p @ u + q @ v
        if not total > gap:
            break
        solve = _newton(Q, p, q, u, v)
        if solve is None:
            break
        # predictor: straight to the solution; how far that leads says how central the next step should be
        _, _, du, dv, dp, dq = solve(0.0, 0.0)
        primal, dual = min(_room(u, du), _room(v, dv)), min(_room(p, dp), _room(q, dq))
        left = (p + dual * dp) @ (u + primal * du) + (q + dual * dq) @ (v + primal * dv)
        aim = (left / total) ** 3 * total / (2 * n)
        dy, dt, du, dv, dp, dq = solve(aim - du * dp, aim - dv * dq)
        if not (np.isfinite(dt) and np.isfinite(dy).all()):
            break
        primal = min(1.0, STEP * min(_room(u, du), _room(v, dv)))
        dual = min(1.0, STEP * min(_room(p, dp), _room(q, dq)))
        y, t = y + primal * dy, t + primal * dt
        u, v = u + primal * du, v + primal * dv
        p, q = p + dual * dp, q + dual * dq
    return vertex(Q, z, y, p - q)


def vertex(Q: np.ndarray, z: np.ndarray, y: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The basic solution that (y, w) is near, where there is one; otherwise (y, w), without what is near 0 in w.

    At a basic solution r + 1 samples attain the error with signs s, and ``[Q, -s]`` restricted to them is invertible.
    """
    n, r = Q.shape
    size = np.abs(w).sum()
    w = np.where(np.abs(w) > 1e-9 * size, w, 0)
    if n > r:
        top = np.sort(np.argpartition(-np.abs(w), r)[: r + 1])
        signs = np.sign(w[top])
        K = np.hstack([Q[top], -signs[:, None]])
        try:
            solution = np.linalg.solve(K, z[top])
            weights = np.linalg.solve(K.T, np.eye(1, r + 1, r)[0] * -1)
        except np.linalg.LinAlgError:
            return y, w
        error = np.abs(Q @ solution[:r] - z).max()
        if (signs * weights > 0).all() and error <= np.abs(Q @ y - z).max():
            w = np.zeros(n)
            w[top] = weights
            return solution[:r], w
    return y, w


def _newton(Q: np.ndarray, p: np.ndarray, q: np.ndarray, u: np.ndarray, v: np.ndarray) -> Any:
    """The function that turns targets for the products p u and q v into a step; None where rounding prevents it."""
    from scipy.linalg import cho_factor, cho_solve

    r = Q.shape[1]
    with np.errstate(all="ignore"):
        D, C = p / u + q / v, q / v - p / u
        H = np.empty((r + 1, r + 1))
        weighted = Q * np.sqrt(D)[:, None]
        H[:r, :r] = weighted.T @ weighted
        H[r, :r] = H[:r, r] = Q.T @ C
        H[r, r] = D.sum()
    if not np.isfinite(H).all():
        return None
    for regular in (0.0, 1e-14, 1e-12, 1e-10):
        try:
            shift = regular * (np.diag(H) + np.diag(H).mean())
            factor = cho_factor(H + np.diag(shift), lower=True, check_finite=False)
            break
        except np.linalg.LinAlgError:
            continue
    else:
        return None

    def solve(first: Any, second: Any) -> tuple[Any, ...]:
        a, b = first / u, second / v
        right = np.empty(r + 1)
        right[:r] = Q.T @ (b - a)
        right[r] = np.sum(a + b) - 1
        step = cho_solve(factor, right, check_finite=False)
        dR, dt = Q @ step[:r], step[r]
        du, dv = dt - dR, dt + dR
        return step[:r], dt, du, dv, a - p - p / u * du, b - q - q / v * dv

    return solve


def _room(x: np.ndarray, dx: np.ndarray) -> float:
    """The longest step up to 1 that leaves ``x + step dx`` nonnegative."""
    down = dx < 0
    return min(1.0, float((x[down] / -dx[down]).min())) if down.any() else 1.0
