"""Losses without sampling noise: on given inputs with gradients, expected ones in closed form, and least ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from lincs._checks import InputError, as_array, check_choice, check_integer
from lincs._numbers import as_fraction
from lincs.toy._train import MODELS, Inputs, check_importance, check_model, check_sparsities


@dataclass(frozen=True, eq=False)
class Loss:
    """The loss of a toy model on given inputs, and its gradient in W (d, m) and b (m,)."""

    value: Any
    W: np.ndarray = field(repr=False)
    b: np.ndarray = field(repr=False)


def loss(W: Any, b: Any, Z: Any, *, importance: Any = 1.0, model: str = "relu") -> Loss:
    """The loss of a toy model on the inputs Z, ``1/n sum_z sum_i I_i (z_i - z'_i)^2``, with its gradient.

    ``z' = ReLU(y)`` or ``z' = y``, with ``y = W^T W z + b``. With ``r_i = 2 I_i (z'_i - z_i)``, 0 where the ReLU is off
    (y_i <= 0), the gradient in b is the mean of r and the gradient in W that of ``W (r z^T + z r^T)``.

    Parameters
    ----------
    W : array (d, m)
    b : array (m,), or a number
    Z : array (m, n)
        Inputs, a column each.
    importance : float or array (m,)
    model : {"relu", "linear"}

    Guarantee: exact formulas, up to rounding; exact for arrays of Fractions (dtype object).
    Cost: ``O(d m n)``.

    Examples
    --------
    >>> float(loss([[1.0, -1.0]], 0.0, [[1.0, 1.0], [0.0, 1.0]]).value)  # an antipodal pair: wrong if both are active
    1.0
    """
    check_choice(model, "model", MODELS)
    W, b, Z, importance = (as_array(x, name) for x, name in ((W, "W"), (b, "b"), (Z, "Z"), (importance, "importance")))
    m = W.shape[-1] if W.ndim == 2 else 0
    if Z.ndim != 2 or len(Z) != m or Z.size == 0 or b.shape not in ((), (m,)) or importance.shape not in ((), (m,)):
        raise InputError(
            f"W (d, m), b (m,), Z (m, n) and importance (m,) are needed, got shapes {W.shape}, {b.shape}, {Z.shape}, "
            f"{importance.shape}"
        )
    n = Z.shape[1]
    weight = np.broadcast_to(importance, m)[:, None]
    output = W.T @ (W @ Z) + np.broadcast_to(b, m)[:, None]
    if model == "relu":
        is_on = output > 0
        output = np.where(is_on, output, 0 * output)
    error = output - Z
    r = 2 * weight * error
    if model == "relu":
        r = np.where(is_on, r, 0 * r)
    outer = r @ Z.T
    return Loss((weight * error * error).sum() / n, W @ (outer + outer.T) / n, r.sum(axis=1) / n)


def linear_loss(
    W: Any, b: Any, sparsity: Any, *, importance: Any = 1.0, inputs: str = "independent", group: int = 2
) -> float:
    """The expected loss of a linear model, in closed form.

    With ``E = W^T W - I``, mean mu and second moments C of z: ``sum_i I_i (E_i C E_i^T + 2 b_i E_i mu + b_i^2)``.

    Parameters
    ----------
    W : array (d, m)
    b : array (m,), or a number
    sparsity : float
    importance, inputs, group
        As in `train`.

    Guarantee: exact, up to rounding. Cost: ``O(m^3)``.

    Examples
    --------
    >>> round(linear_loss([[1.0, 0.0]], [0.0, 0.25], 0.5), 12)  # p/3 - p^2/4 at p = 1/2: the second is ignored
    0.104166666667
    """
    W, b = check_model(W, b)
    m = W.shape[1]
    S = check_sparsities(sparsity)
    mean, second = Inputs.of(inputs, group, m, S).moments(m, S[0])
    E = W.T @ W - np.eye(m)
    each = ((E @ second) * E).sum(axis=1) + 2 * b * (E @ mean) + b * b
    return float(check_importance(importance, 1, m)[0] @ each)


def least_linear_loss(
    m: int, d: int, sparsity: Any, *, importance: Any = 1.0, inputs: str = "independent", group: int = 2
) -> float:
    """The least expected loss of any linear model, ``z' = W^T W z + b``: what principal components attain.

    Theorem: with the best b the loss is ``||Q (W^T W - I) R||_F^2`` with ``Q^2 = diag(I)`` and ``R^2`` the covariance;
    by Eckart and Young that is at least the sum of the squares of the m - d least singular values of Q R. The
    projection on the d leading eigenvectors attains it where Q and R commute: for independent features, whose d most
    important ones are then learned, and for equal importances.

    Raises
    ------
    InputError
        Neither is the case (then the minimum is not known in closed form), or an argument is out of range.

    Guarantee: exact, up to rounding. Cost: ``O(m^3)``.

    Examples
    --------
    >>> round(least_linear_loss(3, 2, 0.0, importance=[4, 2, 1]), 12)  # the variance of the third, 1/12
    0.083333333333
    """
    m, d = check_integer(m, "m"), check_integer(d, "d")
    S = check_sparsities(sparsity)
    importance = check_importance(importance, 1, m)[0]
    described = Inputs.of(inputs, group, m, S)
    if described.kind != "independent" and np.ptp(importance) > 0:
        raise InputError("the least loss is known for independent features, or for equal importances, only")
    mean, second = described.moments(m, S[0])
    covariance = second - np.outer(mean, mean)
    root = np.sqrt(importance)
    values = np.linalg.eigvalsh(root[:, None] * covariance * root)
    return float(np.maximum(values[: max(0, m - d)], 0).sum())


#: Expected losses of one feature of importance 1 in the ReLU model, as functions of p = 1 - S, exact for Fractions: a
#: feature that is ignored (at the best constant, p/2); one of an antipodal pair and one of a triangle, of norm 1 and
#: without bias, where other features are orthogonal. A feature with a direction of its own has the loss 0.
BLOCKS = {
    "ignored": lambda p: p / 3 - p * p / 4,
    "pair": lambda p: p * p / 6,
    "triangle": lambda p: p * p / 8 + p**3 / 24,
}


@dataclass(frozen=True)
class Allocation:
    """The best way to give some features a direction of their own, to let others share one, and to ignore the rest.

    Parameters
    ----------
    loss : Fraction
        Its expected loss in the ReLU model.
    own, pairs : int
        How many of the most important features have their own direction, and how many pairs come next in importance.
    state : tuple of str
        "own", "pair" or "ignored" for each feature.
    """

    loss: Fraction
    own: int
    pairs: int
    state: tuple[str, ...]


def best_allocation(d: int, sparsity: Any, importance: Any) -> Allocation:
    """The least expected ReLU loss with orthogonal directions, each for one feature or for an antipodal pair.

    Theorem: in d dimensions ``own + pairs <= d``, and with p = 1 - S the loss is ``p^2/6`` times the importance in
    pairs plus ``p/3 - p^2/4`` times the ignored importance. That is an upper bound on the least loss of all, which
    other norms, biases and polytopes go below. At equal importances pairs pay iff p < 4/7.

    Parameters
    ----------
    d : int
    sparsity : float or Fraction
        S in [0, 1); a float is read by its shortest decimal.
    importance : sequence (m,) of positive numbers

    Guarantee: exact. Cost: ``O(d m)`` operations on Fractions.

    Examples
    --------
    >>> best_allocation(1, "0.4", [1, 1]).state, best_allocation(1, "0.5", [1, 1]).state
    (('own', 'ignored'), ('pair', 'pair'))
    """
    d = check_integer(d, "d")
    try:
        p = 1 - as_fraction(sparsity)
        weights = [as_fraction(x) for x in importance]
    except (TypeError, ValueError, ZeroDivisionError):
        raise InputError("sparsity must be a number and importance a list of numbers") from None
    if not 0 < p <= 1 or not weights or min(weights) <= 0:
        raise InputError("sparsity must lie in [0, 1), and every importance must be positive")
    order = sorted(range(len(weights)), key=lambda i: -weights[i])
    ranked = [weights[i] for i in order]
    best: tuple[Fraction, int, int] | None = None
    for pairs in range(min(d, len(ranked) // 2) + 1):
        own = min(d - pairs, len(ranked) - 2 * pairs)
        stop = own + 2 * pairs
        value = BLOCKS["pair"](p) * sum(ranked[own:stop]) + BLOCKS["ignored"](p) * sum(ranked[stop:])
        if best is None or value < best[0]:
            best = value, own, pairs
    assert best is not None
    value, own, pairs = best
    state = ["ignored"] * len(ranked)
    for rank, i in enumerate(order):
        state[i] = "own" if rank < own else "pair" if rank < own + 2 * pairs else "ignored"
    return Allocation(Fraction(value), own, pairs, tuple(state))
