"""Training toy models: many runs side by side, each with a generator of its own, in compiled loops."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

import numpy as np

from lincs._checks import InputError, as_array, check_choice, check_integer, check_matrix
from lincs._work import cores, progress_bar

MODELS = ("relu", "linear")
INPUTS = ("independent", "correlated", "anticorrelated")

#: Steps between two looks at whether to stop.
CHUNK = 50

#: The final loss is estimated from so many inputs, times 1/(1 - S) since sparse inputs say little, up to a limit.
TEST_INPUTS, MOST_TEST_INPUTS = 20_000, 200_000


@dataclass(frozen=True)
class Inputs:
    """How the features z in [0, 1]^m are drawn: each is 0 with probability S, and uniform on [0, 1] otherwise.

    Parameters
    ----------
    kind : str
        "independent"; "correlated": groups of ``group`` features in a row are zero or not all at once, with independent
        values; "anticorrelated": at most one feature of a group is not zero, each of them as often as any other.
    group : int
        Size of the groups, a divisor of m; 1 for independent features.
    """

    kind: str = "independent"
    group: int = 1

    @classmethod
    def of(cls, kind: Any, group: Any, m: int, sparsity: np.ndarray) -> Inputs:
        """The checked description."""
        check_choice(kind, "inputs", INPUTS)
        if kind == "independent":
            return cls()
        group = check_integer(group, "group", 2, m)
        if m % group:
            raise InputError(f"group must divide the number of features m = {m}, got group = {group}")
        if kind == "anticorrelated" and (group * (1 - sparsity)).max() > 1 + 1e-12:
            raise InputError(
                f"at most one of {group} anticorrelated features can be active, so that sparsity must be at least "
                f"1 - 1/{group}, got {sparsity.min():g}"
            )
        return cls(kind, group)

    @property
    def is_exclusive(self) -> bool:
        return self.kind == "anticorrelated"

    def moments(self, m: int, sparsity: Any) -> tuple[np.ndarray, np.ndarray]:
        """Mean (m,) and second moments ``E z z^T`` (m, m), exact for a Fraction (as arrays of Fractions)."""
        p = 1 - sparsity
        together = {"independent": p * p, "correlated": p, "anticorrelated": 0 * p}[self.kind]
        same = np.kron(np.eye(m // self.group, dtype=int), np.ones((self.group, self.group), dtype=int)) > 0
        second = np.where(same, together / 4, p * p / 4)
        second[np.diag_indices(m)] = p / 3
        return np.full(m, p / 2), second


@dataclass(frozen=True, eq=False)
class ToyModels:
    """Trained toy models: ``runs`` for each of n settings.

    Parameters
    ----------
    m, d : int
        Features and dimensions.
    model : str
        "relu" or "linear".
    inputs : Inputs
    sparsity : ndarray (n,)
        S of each setting.
    importance : ndarray (n, m)
        The weights I_i in the loss.
    W : ndarray (n, runs, d, m)
        Representation vectors, which are the probes too.
    b : ndarray (n, runs, m)
        Biases.
    loss, loss_error : ndarray (n, runs)
        Expected loss of each model: an estimate from new inputs, the same for all runs of a setting, and its standard
        error.
    """

    m: int
    d: int
    model: str
    inputs: Inputs
    sparsity: np.ndarray
    importance: np.ndarray
    W: np.ndarray
    b: np.ndarray
    loss: np.ndarray
    loss_error: np.ndarray

    @property
    def best(self) -> np.ndarray:
        """For each setting the run with the least loss, by the estimates, shape (n,)."""
        return self.loss.argmin(axis=1)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, without the matrices."""
        return {
            "m": self.m,
            "d": self.d,
            "model": self.model,
            "inputs": self.inputs.kind,
            "group": self.inputs.group,
            "settings": [
                {
                    "sparsity": float(self.sparsity[n]),
                    "best": int(self.best[n]),
                    "loss": self.loss[n].tolist(),
                    "loss_error": self.loss_error[n].tolist(),
                }
                for n in range(len(self.sparsity))
            ],
        }


def train(
    m: int,
    d: int,
    sparsity: Any,
    *,
    importance: Any = 1.0,
    model: str = "relu",
    inputs: str = "independent",
    group: int = 2,
    runs: int = 1,
    steps: int = 3000,
    batch: int = 1024,
    learning_rate: float = 1e-2,
    rng: Any = None,
    workers: int | None = None,
    progress: bool = False,
) -> ToyModels:
    """Train toy models of superposition [EEA]_: ``z' = ReLU(W^T W z + b)``, or the same without the ReLU.

    The loss is the expectation of ``sum_i I_i (z_i - z'_i)^2`` over features z in [0, 1]^m, each 0 with probability S
    and uniform on [0, 1] otherwise. Adam takes steps on the analytic gradient, with a new batch each; the learning rate
    falls to 0 along a cosine. In [EEA]_ features are n in number and hidden dimensions m, where we write m and d.

    Parameters
    ----------
    m, d : int
        Features and dimensions.
    sparsity : float or array (n,)
        S of each setting, in [0, 1).
    importance : float, array (m,) or array (n, m)
        The weights I_i > 0, such as ``0.7 ** np.arange(20)``.
    model : {"relu", "linear"}
    inputs : {"independent", "correlated", "anticorrelated"}
        Features in groups that are zero or not all at once, or of which one at most is not; see `Inputs`.
    group : int
        Size of these groups, a divisor of m; not used for independent features.
    runs : int
        Models for each setting, which differ in their start and their inputs.
    steps, batch : int
        Steps of Adam, and inputs a step.
    learning_rate : float
        At the start.
    rng : int or numpy.random.Generator, optional
        Root of all randomness.
    workers : int, optional
        Threads; by default the cores at hand. The results do not depend on it.
    progress : bool
        Show a progress bar.

    Returns
    -------
    ToyModels

    Raises
    ------
    InputError
        An argument is out of range.

    Guarantee: an experiment. The same rng gives the same models on one machine; the losses are estimates. W can go
    to `lincs.kernel_ratio`, `lincs.worst_case_error` and `toy.worst_case_error`, which certify what it does.
    Cost: ``O(m (1 + k))`` an input for k active features, and ``O(d m^2)`` a step: on one core 0.1 to 0.4 ms a step of
    1024 inputs at m = 20, d = 5, and 3 to 40 ms at m = 400, d = 30, less the sparser.

    Examples
    --------
    >>> import numpy as np
    >>> models = train(2, 1, [0.0, 0.9], importance=[1.0, 0.9], steps=500, rng=0)
    >>> np.round((models.W[:, 0] ** 2).sum(axis=1)).astype(int)  # dense: the first feature alone; sparse: both
    array([[1, 0],
           [1, 1]])
    """
    m, d = check_integer(m, "m"), check_integer(d, "d")
    check_choice(model, "model", MODELS)
    sparsity = check_sparsities(sparsity)
    importance = check_importance(importance, len(sparsity), m)
    described = Inputs.of(inputs, group, m, sparsity)
    runs, steps, batch = (
        check_integer(value, name) for value, name in ((runs, "runs"), (steps, "steps"), (batch, "batch"))
    )
    if not (isinstance(learning_rate, (int, float)) and 0 < learning_rate < np.inf):
        raise InputError(f"learning_rate must be a positive number, got {learning_rate!r}")
    workers = cores() if workers is None else check_integer(workers, "workers")
    n = len(sparsity)
    W, b = np.empty((n, runs, d, m)), np.zeros((n, runs, m))
    loss, loss_error = np.empty((n, runs)), np.empty((n, runs))
    root = np.random.default_rng(rng)
    generators = root.spawn(n * runs)
    tests = root.integers(2**63, size=n)  # the runs of a setting are compared on the same inputs
    stop = threading.Event()
    with progress_bar(progress, n * runs * steps, "train", "step") as advance:
        lock = threading.Lock()

        def report(count: int) -> None:
            with lock:
                advance(count)

        def run(number: int) -> None:
            i, j = divmod(number, runs)
            W[i, j] = generators[number].standard_normal((d, m)) * np.sqrt(2 / (m + d))  # [EEA] starts like this
            settings = (importance[i], model == "relu", float(sparsity[i]), described.group, described.is_exclusive)
            _one(W[i, j], b[i, j], settings, generators[number], steps, batch, float(learning_rate), stop, report)
            loss[i, j], loss_error[i, j] = _estimate(W[i, j], b[i, j], settings, np.random.default_rng(tests[i]))

        _in_threads(run, n * runs, workers, stop)
    return ToyModels(m, d, model, described, sparsity, importance, W, b, loss, loss_error)


def _one(
    W: np.ndarray,
    b: np.ndarray,
    settings: tuple[Any, ...],
    rng: np.random.Generator,
    steps: int,
    batch: int,
    rate: float,
    stop: threading.Event,
    report: Callable[[int], None],
) -> None:
    """Train one model; W and b are modified."""
    from lincs import _toy_kernels

    descend: Any = _toy_kernels.descend
    moments = np.zeros((2, W.shape[0] + 1, W.shape[1]))
    for first in range(0, steps, CHUNK):
        if stop.is_set():
            return
        last = min(first + CHUNK, steps)
        descend(W, b, moments, first, last, steps, batch, rate, *settings, rng)
        report(last - first)


def _estimate(W: np.ndarray, b: np.ndarray, settings: Any, rng: np.random.Generator) -> tuple[float, float]:
    """Mean of the losses of new inputs, and its standard error."""
    from lincs import _toy_kernels

    losses: Any = _toy_kernels.losses
    sparsity = settings[2]
    found = np.empty(min(MOST_TEST_INPUTS, int(TEST_INPUTS / (1 - sparsity))))
    losses(W, b, *settings, rng, found)
    return float(found.mean()), float(found.std(ddof=1) / np.sqrt(len(found)))


def _in_threads(run: Callable[[int], None], count: int, workers: int, stop: threading.Event) -> None:
    """Run ``run(0), ..., run(count - 1)``; Ctrl-C stops all within a chunk."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(run, number) for number in range(count)]
        try:
            for future in wait(futures, return_when=FIRST_EXCEPTION).done:
                future.result()
        except BaseException:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def check_sparsities(sparsity: Any) -> np.ndarray:
    """The sparsities S as a float array (n,), each in [0, 1)."""
    array = np.atleast_1d(as_array(sparsity, "sparsity"))
    if array.ndim != 1 or array.size == 0 or array.dtype.kind not in "iuf":
        raise InputError(f"sparsity must be a number or a list of numbers, got {array.dtype} of shape {array.shape}")
    array = array.astype(float)
    if not ((array >= 0) & (array < 1)).all():
        raise InputError(f"sparsity must lie in [0, 1): the probability that a feature is 0, got {array.tolist()}")
    return array


def check_importance(importance: Any, n: int, m: int) -> np.ndarray:
    """The importances as a float array (n, m), all positive."""
    array = as_array(importance, "importance")
    if array.dtype.kind not in "iuf" or array.shape not in ((), (m,), (n, m)):
        raise InputError(
            f"importance must be a number, or numbers of shape ({m},) or ({n}, {m}), got {array.dtype} of shape "
            f"{array.shape}"
        )
    array = np.ascontiguousarray(np.broadcast_to(array.astype(float), (n, m)))
    if not ((array > 0) & (array < np.inf)).all():
        raise InputError(f"importance must be positive and finite, got a value of {array.min():g}")
    return array


def check_model(W: Any, b: Any) -> tuple[np.ndarray, np.ndarray]:
    """``(W, b)`` of one model: a real (d, m) and a real (m,), in float64."""
    W = check_matrix(W, "W").astype(float)
    b = as_array(b, "b")
    if b.dtype.kind not in "iuf" or b.shape not in ((), (W.shape[1],)) or not np.isfinite(b).all():
        raise InputError(f"b must be finite numbers of shape ({W.shape[1]},), got {b.dtype} of shape {b.shape}")
    return W, np.broadcast_to(b.astype(float), W.shape[1])
