"""One cell of an experiment: what is drawn for (d, k), and how a decoder's success is judged."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lincs import accessibility, probes
from lincs._checks import InputError, check_choice, check_eps, check_integer, check_matrix
from lincs._numbers import Fraction
from lincs.frames import Frame
from lincs.frames.random import ENSEMBLES, random_columns

#: Nonlinear decoders, then linear ones.
DECODERS = ("l1", "omp", "iht", "linear_matched", "linear_best")
REGIMES = ("typical", "worst")

#: Gaps to which gamma is certified, one after the other, until eps / k lies outside its sides.
_GAPS = (2e-2, 1e-4, 1e-6)

#: Matrices of at most so many entries have one gamma_i computed in rationals where the gaps leave equality open.
_EXACT_ENTRIES = 2**14

#: Gap of the best probes for a typical z, where they are used and not certified.
_PROBES_GAP = 1e-2

#: Iterative hard thresholding has recovered z where every entry is this close; it converges and does not arrive.
_IHT_TOLERANCE = 1e-6

#: Largest matrix that is drawn, in entries.
LARGEST_MATRIX = 2**29


@dataclass(frozen=True)
class Look:
    """What was seen at one d: of the trials, ``successes`` succeeded, ``undecided`` are open, the others failed."""

    d: int
    successes: int
    undecided: int


@dataclass(frozen=True)
class Setting:
    """All that the result of a cell (d, k) depends on."""

    m: int
    decoder: str
    regime: str
    eps: Fraction | None
    ensemble: str
    trials: int
    seed: int
    A: np.ndarray | None = field(default=None, repr=False, compare=False)

    def header(self) -> dict[str, Any]:
        """The setting in plain values; ``ensemble`` stands for A by its digest."""
        from lincs import __version__

        return {
            "m": self.m,
            "decoder": self.decoder,
            "regime": self.regime,
            "eps": None if self.eps is None else str(self.eps),
            "ensemble": self.ensemble,
            "trials": self.trials,
            "seed": self.seed,
            "lincs": __version__,
            "numpy": np.__version__,  # its random streams may change
        }

    def check_dimension(self, d: Any) -> int:
        d = check_integer(d, "d")
        if self.A is not None and d != self.A.shape[0]:
            raise InputError(f"the given A has d = {self.A.shape[0]}; no other d can be asked for, got {d}")
        if d * self.m > LARGEST_MATRIX:
            raise InputError(f"d = {d} with m = {self.m} features is too large to draw: at most 2^29 entries")
        return d


def check_setting(
    m: Any, decoder: Any, regime: Any, eps: Any, ensemble: Any, trials: Any, rng: Any, is_stored: bool
) -> Setting:
    m = check_integer(m, "m")
    check_choice(decoder, "decoder", DECODERS)
    check_choice(regime, "regime", REGIMES)
    trials = check_integer(trials, "trials")
    is_linear = decoder.startswith("linear")
    if regime == "worst" and not is_linear:
        raise InputError(f"regime='worst' is certified for linear decoders only, got decoder={decoder!r}")
    if is_linear == (eps is None):
        need = "needs eps, the error below which it succeeds" if is_linear else "recovers exactly: leave eps out"
        raise InputError(f"decoder={decoder!r} {need}")
    A = None
    if isinstance(ensemble, str):
        check_choice(ensemble, "ensemble", ENSEMBLES)
    else:
        A = ensemble.matrix(m) if isinstance(ensemble, Frame) else check_matrix(ensemble, "ensemble")
        if A.shape[1] != m:
            raise InputError(f"the given A has {A.shape[1]} columns; m = {m} are needed")
        if regime == "worst" and trials != 1:
            raise InputError(f"a given A has one verdict over all z: trials must be 1, got {trials}")
        digest = hashlib.sha256(f"{A.shape} {A.dtype.str}".encode() + np.ascontiguousarray(A).tobytes())
        ensemble = f"given-{digest.hexdigest()[:16]}"
    return Setting(
        m=m,
        decoder=decoder,
        regime=regime,
        eps=check_eps(eps) if is_linear else None,
        ensemble=ensemble,
        trials=trials,
        seed=_seed(rng, is_stored),
        A=A,
    )


def _seed(rng: Any, is_stored: bool) -> int:
    if rng is None or isinstance(rng, np.random.Generator):
        if is_stored:
            raise InputError("a store needs rng as an integer: else no second run could go on with it")
        return int(np.random.default_rng(rng).integers(2**63))
    return check_integer(rng, "rng", 0, 2**63 - 1)


def measure(setting: Setting, d: int, k: int) -> Look:
    """The trials of one cell. They depend on the setting, d and k alone, not on what else was measured."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # one thread sums in one order: the same bits in every process
        if setting.A is not None:
            verdicts = [_judge(setting, setting.A, k, [_rng(setting, d, k, t) for t in range(setting.trials)])]
        else:
            verdicts = []
            for t in range(setting.trials):
                rng = _rng(setting, d, k, t)
                A = random_columns(d, range(setting.m), setting.ensemble, int(rng.integers(2**63)))
                verdicts.append(_judge(setting, A, k, [rng]))
    is_success, is_open = (np.concatenate(parts) for parts in zip(*verdicts, strict=True))
    return Look(d, int(is_success.sum()), int(is_open.sum()))


def _rng(setting: Setting, d: int, k: int, trial: int) -> np.random.Generator:
    """The randomness of one trial. The decoder is no part of it: all decoders see the same A and z."""
    return np.random.default_rng(np.random.SeedSequence(setting.seed, spawn_key=(d, k, trial)))


def _signs(m: int, k: int, rngs: list[np.random.Generator]) -> np.ndarray:
    """k-sparse vectors of signs on random supports, one column for each generator."""
    Z = np.zeros((m, len(rngs)))
    for column, rng in zip(Z.T, rngs, strict=True):
        support = rng.choice(m, k, replace=False)
        column[support] = rng.choice([-1.0, 1.0], k)
    return Z


def _judge(setting: Setting, A: np.ndarray, k: int, rngs: list[np.random.Generator]) -> tuple[np.ndarray, np.ndarray]:
    """Which trials on A succeed, and which are open (two arrays of truth values)."""
    if setting.eps is not None and setting.regime == "worst":
        verdict = (_matched_worst if setting.decoder == "linear_matched" else _best_worst)(A, k, setting.eps)
        return np.array([bool(verdict)]), np.array([verdict is None])
    Z = _signs(setting.m, k, rngs)
    if setting.eps is not None:
        if setting.decoder == "linear_matched":
            B = accessibility.matched_probes(A)
        else:
            B = probes.best_probes(A, gap=_PROBES_GAP, workers=1).B
        return _linear_typical(A.astype(np.float64), B, Z, k, setting.eps)
    return _nonlinear(setting.decoder, A.astype(np.float64), Z, k)


def _nonlinear(decoder: str, A: np.ndarray, Z: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    from lincs import l1

    if decoder == "l1":
        found = l1.recovery(A, Z)
        return found.recovered, ~(found.recovered | found.refuted)
    if decoder == "omp":
        is_success = np.asarray(l1.omp_recovers(A, Z))
    else:
        is_success = np.abs(l1.iterative_hard_thresholding(A, A @ Z, k) - Z).max(axis=0) <= _IHT_TOLERANCE
    return is_success, np.zeros(len(is_success), dtype=bool)


def _linear_typical(
    A: np.ndarray, B: np.ndarray, Z: np.ndarray, k: int, eps: Fraction
) -> tuple[np.ndarray, np.ndarray]:
    errors = np.abs(B.T @ (A @ Z) - Z).max(axis=0)
    # B^T (A z) sums d terms of k terms each, in any order: at most d + k + 2 roundings on a path
    norms = np.linalg.norm(A, axis=0) @ np.abs(Z)
    slack = 2.0**-52 * ((len(A) + k + 4) * np.linalg.norm(B, axis=0).max() * norms + errors + 1)
    return errors + slack < float(eps), np.abs(errors - float(eps)) <= slack


def _matched_worst(A: np.ndarray, k: int, eps: Fraction) -> bool | None:
    """Whether W_k < eps for the best multiples of the columns as probes; None where rounding decides."""
    try:
        return accessibility.worst_case_error(A, accessibility.scaled_probes(A, k), k=k).holds(eps)
    except accessibility.Undecided:
        return None


def _best_worst(A: np.ndarray, k: int, eps: Fraction) -> bool | None:
    """Whether min(1, k gamma) < eps; None where the last gap leaves it open."""
    for gap in _GAPS:
        ratio = probes.kernel_ratio(A, gap=gap, workers=1)
        least = ratio.least_eps(k)
        if least.upper < eps:
            return True
        if least.lower >= eps:
            return False
    # equality is common where entries are signs: two equal columns make gamma 1/2
    if A.size <= _EXACT_ENTRIES and probes.kernel_ratio(A, rows=[ratio.row], method="exact").least_eps(k).lower >= eps:
        return False
    return None
