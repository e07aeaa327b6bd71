"""Results of `lincs.activations`: plain frozen records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lincs._checks import InputError, _shown, check_integer
from lincs._numbers import Enclosure, as_fraction, float_above, float_below
from lincs.accessibility import Undecided


@dataclass(frozen=True)
class DualWeights:
    """Weights on samples that no probe can outdo: ``X^T w = 0`` (and ``sum w = 0``) up to rounding, ``||w||_1 = 1``.

    Parameters
    ----------
    samples : ndarray of int64
        Samples that carry weight, and some that carry none, beside which rounding in the others can be corrected.
    weights : ndarray of float64
        Where positive, the best probe reads too high by the least eps on that sample, where negative, too low.
    """

    samples: np.ndarray
    weights: np.ndarray

    @property
    def active(self) -> np.ndarray:
        """The samples with weight, heaviest first: without them eps would be smaller (generically d + 2 of them)."""
        carrying = np.flatnonzero(self.weights)
        return self.samples[carrying[np.argsort(-np.abs(self.weights[carrying]), kind="stable")]]

    def to_dict(self) -> dict[str, Any]:
        """Active samples for JSON, heaviest first."""
        weight = dict(zip(self.samples.tolist(), self.weights.tolist(), strict=True))
        return {
            "samples": self.active.tolist(),
            "weights": [weight[s] for s in self.active.tolist()],
            "signs": [1 if weight[s] > 0 else -1 for s in self.active.tolist()],
        }


@dataclass(frozen=True)
class MinimaxProbes:
    """For each feature the probe of least worst-case error on the samples, with the proof that none is better.

    Parameters
    ----------
    n, d, m : int
        Samples, dimensions, features.
    is_affine : bool
        Whether the probes have a bias.
    B : ndarray (d, m)
    c : ndarray (m,)
        Probes and biases (0 where there are none).
    lower, upper : ndarray (m,)
        ``lower <= eps_i <= upper``, eps_i being the least error of feature i; B and c attain ``upper``.
    duals : tuple of DualWeights
        What certifies ``lower``, for each feature.
    gap : float
        The gap that was asked for.
    is_reached : ndarray (m,) of bool
        Whether ``upper - lower <= gap * max(upper, 1e-3 max |z_i|)``.
    note : str
        Why it was not, and what to try; empty where it was.
    """

    n: int
    d: int
    m: int
    is_affine: bool
    B: np.ndarray = field(repr=False)
    c: np.ndarray = field(repr=False)
    lower: np.ndarray = field(repr=False)
    upper: np.ndarray = field(repr=False)
    duals: tuple[DualWeights, ...] = field(repr=False)
    gap: float
    is_reached: np.ndarray = field(repr=False)
    note: str = ""

    @property
    def error(self) -> Enclosure:
        """The least eps at which every feature is linearly accessible on the samples: the largest eps_i."""
        return Enclosure(float(self.lower.max()), float(self.upper.max()))

    def feature_error(self, feature: int) -> Enclosure:
        """eps_i of one feature."""
        feature = check_integer(feature, "feature", 0, self.m - 1)
        return Enclosure(float(self.lower[feature]), float(self.upper[feature]))

    def holds(self, eps: Any, feature: int | None = None) -> bool:
        """Whether the feature, or every one, is linearly accessible on the samples at eps: ``eps_i < eps``, strictly.

        True and False are certain. A float is read by its shortest decimal: 0.1 is 1/10.

        Raises
        ------
        Undecided
            The enclosure contains eps.
        """
        try:
            threshold = as_fraction(eps)
        except (ValueError, TypeError, ZeroDivisionError):
            raise InputError(f"eps must be a finite number or a fraction, got {_shown(eps)}") from None
        error = self.error if feature is None else self.feature_error(feature)
        if error.upper < threshold:
            return True
        if error.lower >= threshold:
            return False
        raise Undecided(f"the least error lies in {error}: whether it is below {eps} is not decided")

    def accessible(self, eps: Any) -> tuple[np.ndarray, np.ndarray]:
        """Two masks of features: those that are accessible at eps, and those that are not; the rest is undecided."""
        masks = np.zeros((2, self.m), dtype=bool)
        for i in range(self.m):
            try:
                masks[0 if self.holds(eps, i) else 1, i] = True
            except Undecided:
                continue
        return masks[0], masks[1]

    def check(self, X: Any, Z: Any) -> bool:
        """Whether B, c and the dual weights prove both sides about these samples, computed anew."""
        from lincs.activations._minimax import confirmed

        return confirmed(self, X, Z)

    def to_dict(self, *, features: bool = False) -> dict[str, Any]:
        """Plain values for JSON; ``features`` adds the sides and the active samples of every feature."""
        result: dict[str, Any] = {
            "n": self.n,
            "d": self.d,
            "m": self.m,
            "affine": self.is_affine,
            "error": self.error.to_dict(),
            "gap": self.gap,
            "reached": bool(self.is_reached.all()),
            "note": self.note,
        }
        if features:
            result["features"] = [
                {
                    "feature": i,
                    "lower": float_below(float(self.lower[i])),
                    "upper": float_above(float(self.upper[i])),
                    "active": self.duals[i].to_dict(),
                }
                for i in range(self.m)
            ]
        return result


@dataclass(frozen=True)
class Probes:
    """Probes of one kind, a column of B for each feature: what is read is ``<b_i, x> + c_i``, or sigma of that.

    Parameters
    ----------
    kind : {"minimax", "least_squares", "logistic"}
        Logistic probes read ``1 / (1 + exp(-(<b_i, x> + c_i)))``.
    features : ndarray of int64
        Features that there are probes for.
    B : ndarray (d, len(features))
    c : ndarray (len(features),)
    """

    kind: str
    features: np.ndarray
    B: np.ndarray = field(repr=False)
    c: np.ndarray = field(repr=False)


@dataclass(frozen=True)
class ProbeErrors:
    """What probes of one kind do on some samples, for each of their features; nan where nothing is known.

    Parameters
    ----------
    worst : ndarray
        Largest absolute error; for minimax and least squares certified from above, for logistic probes rounded.
    rms : ndarray
        Root of the mean square error, rounded.
    misread : ndarray
        For binary features the fraction of samples that are read on the wrong side of 1/2; nan for others.
    """

    worst: np.ndarray
    rms: np.ndarray
    misread: np.ndarray


@dataclass(frozen=True)
class Comparison:
    """Minimax, least squares and logistic probes on the same samples, and on samples held out.

    Parameters
    ----------
    minimax : MinimaxProbes
        The certified least errors, on the samples of the fit.
    probes : tuple of Probes
    fitted, held_out : tuple of ProbeErrors
        Their errors on the samples of the fit, and on others (None where there are none), in the order of ``probes``.
    n_held_out : int
        Samples held out.
    notes : tuple of str
        What was left out and why, a line each.
    """

    minimax: MinimaxProbes
    probes: tuple[Probes, ...]
    fitted: tuple[ProbeErrors, ...] = field(repr=False)
    held_out: tuple[ProbeErrors | None, ...] = field(repr=False)
    n_held_out: int
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; None where nothing is known."""
        result = self.minimax.to_dict(features=True)
        result |= {"n_held_out": self.n_held_out, "notes": [*self.notes]}
        for i, line in enumerate(result["features"]):
            for probes, fitted, held_out in zip(self.probes, self.fitted, self.held_out, strict=True):
                where = np.flatnonzero(probes.features == i)
                if len(where):
                    line[probes.kind] = _line(fitted, where[0])
                    if held_out is not None:
                        line[probes.kind]["held_out"] = _line(held_out, where[0])
        return result


def _line(errors: ProbeErrors, position: int) -> dict[str, Any]:
    values = {name: float(getattr(errors, name)[position]) for name in ("worst", "rms", "misread")}
    return {name: None if np.isnan(value) else value for name, value in values.items()}
