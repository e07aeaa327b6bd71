"""Other probes beside the minimax ones, and their errors on the samples of the fit and on samples held out."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from lincs._checks import InputError, check_eps, check_integer
from lincs._rounding import as_float64
from lincs._work import cores, progress_bar
from lincs.activations._minimax import minimax_probes, one_thread_each
from lincs.activations._results import Comparison, MinimaxProbes, ProbeErrors, Probes
from lincs.activations._samples import Samples, check_samples


def least_squares_probes(X: Any, Z: Any, *, affine: bool = True) -> Probes:
    """The probes of least mean square error on recorded activations.

    Parameters
    ----------
    X, Z, affine
        As in `minimax_probes`.

    Returns
    -------
    Probes
        Where several attain the least error, one of them.

    Notes
    -----
    **Guarantee.** None but that of float64; `probe_errors` says what the probes do. **Cost.** ``O(n d (d + m))``.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(-1, 1, 201)[:, None]
    >>> probes = least_squares_probes(x, 3 * x + 1)
    >>> print(probes.B.round(9), probes.c.round(9))
    [[3.]] [1.]
    """
    samples = Samples(*check_samples(X, Z), bool(affine))
    return Probes("least_squares", np.arange(samples.m), *samples.original(samples.least_squares(samples.whiten())))


def logistic_probes(
    X: Any, Z: Any, *, affine: bool = True, C: float = 1.0, workers: int | None = None, progress: bool = False
) -> Probes:
    """Logistic regression of each binary feature on recorded activations, by scikit-learn.

    Columns of X are first brought to mean 0 and standard deviation 1, which the probes that are returned account for;
    C is scikit-learn's inverse strength of the l2 penalty.

    Parameters
    ----------
    X, Z, affine, workers, progress
        As in `minimax_probes`. Features with values other than 0 and 1, or with only one of them, are left out.
    C : float
        Positive.

    Returns
    -------
    Probes
        Of kind "logistic"; ``features`` are those that are binary.

    Raises
    ------
    InputError
        As `minimax_probes`; C is not positive; scikit-learn is not installed.

    Notes
    -----
    **Guarantee.** None but that of float64; `probe_errors` says what the probes do. **Cost.** X in float64 in memory;
    a second a feature at n = 20000, d = 256.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(-1, 1, 201)[:, None]
    >>> probes = logistic_probes(x, np.hstack([x > 0, x]))
    >>> probes.features.tolist(), bool(probes.B[0, 0] > 0)
    ([0], True)
    """
    X, Z = check_samples(X, Z)
    if not C > 0:
        raise InputError(f"C must be positive, got {C}")
    try:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression
    except ImportError:
        raise InputError(
            "logistic probes need scikit-learn, in the extra `datasets`: "
            "pip install 'linear-compressed-sensing[datasets]'"
        ) from None
    features = np.flatnonzero(_is_binary(Z) & (Z.min(axis=0) < Z.max(axis=0)))
    points = as_float64(X, name="X")
    mean = points.mean(axis=0) if affine else np.zeros(X.shape[1])
    deviation = np.sqrt(((points - mean) ** 2).mean(axis=0))
    inverse = np.where(deviation > 0, 1 / np.where(deviation > 0, deviation, 1), 0)
    points = (points - mean) * inverse
    B, c = np.zeros((X.shape[1], len(features))), np.zeros(len(features))
    workers = cores() if workers is None else check_integer(workers, "workers")

    def fit(position: int) -> None:
        model = LogisticRegression(C=C, fit_intercept=bool(affine), max_iter=1000)
        model.fit(points, Z[:, features[position]])
        B[:, position] = model.coef_[0] * inverse
        if affine:
            c[position] = model.intercept_[0] - mean @ B[:, position]

    with progress_bar(progress, len(features), "logistic", "feature") as report, warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # how good the probes are, their errors say
        with one_thread_each(workers) as pool:
            for _ in pool.map(fit, range(len(features))):
                report(1)
    return Probes("logistic", features, B, c)


def probe_errors(probes: Probes, X: Any, Z: Any) -> ProbeErrors:
    """What given probes do on samples, those of the fit or others.

    Parameters
    ----------
    probes : Probes
    X, Z
        As in `minimax_probes`, with the d and m that the probes were made for.

    Returns
    -------
    ProbeErrors

    Raises
    ------
    InputError
        As `minimax_probes`; X has another number of columns, or Z too few, for these probes.

    Notes
    -----
    **Guarantee.** Of linear probes the largest error is certified from above; the rest is rounded. **Cost.**
    ``O(n d m)``.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(-1, 1, 201)[:, None]
    >>> errors = probe_errors(least_squares_probes(x, x**2), x, x**2)
    >>> print(errors.worst.round(3), errors.rms.round(3))
    [0.663] [0.301]
    """
    X, Z = check_samples(X, Z)
    if X.shape[1] != len(probes.B) or Z.shape[1] <= probes.features.max(initial=-1):
        raise InputError(
            f"X has shape {X.shape} and Z has shape {Z.shape}; the probes read {len(probes.B)} columns and features "
            f"up to number {probes.features.max(initial=-1)}"
        )
    samples = Samples(X, Z, True)
    stacked, features = samples.scaled(probes.B, probes.c), probes.features
    worst, squares, misread = (np.zeros(len(features)) for _ in range(3))
    for part in samples.parts():
        read, values = samples.rows(part) @ stacked, samples.values(part)[:, features]
        if probes.kind == "logistic":
            read = 0.5 + 0.5 * np.tanh(0.5 * read)
        E = read - values
        worst = np.maximum(worst, np.abs(E).max(axis=0, initial=0))
        squares += (E * E).sum(axis=0)
        misread += ((read > 0.5) != (values > 0.5)).sum(axis=0)
    if probes.kind != "logistic":
        worst = samples.errors(stacked, features).worst
    binary = _is_binary(Z[:, features])
    return ProbeErrors(worst, np.sqrt(squares / samples.n), np.where(binary, misread / samples.n, np.nan))


def compare_probes(
    X: Any,
    Z: Any,
    *,
    held_out: Any = None,
    X_test: Any = None,
    Z_test: Any = None,
    rng: int | np.random.Generator | None = None,
    logistic: bool = True,
    affine: bool = True,
    gap: Any = 1e-6,
    workers: int | None = None,
    progress: bool = False,
) -> Comparison:
    """Minimax probes beside least squares and logistic ones: what worst case costs, and what it is worth elsewhere.

    Parameters
    ----------
    X, Z, affine, gap, workers, progress
        As in `minimax_probes`.
    held_out : number in (0, 1), optional
        This part of the samples, drawn at random, is kept out of the fit, for `Comparison.held_out`.
    X_test, Z_test : arrays (n', d) and (n', m), optional
        Other samples to hold out, instead.
    rng : int or Generator, optional
        Draws the samples held out.
    logistic : bool
        Whether to fit logistic probes to binary features. Without scikit-learn there are none, and a note says so.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        As `minimax_probes`; both ways to hold samples out are asked for, or none would be left to fit.

    Notes
    -----
    **Guarantee.** ``minimax`` is certified, on the samples of the fit; of the errors, `ProbeErrors` says what each is.
    **Cost.** As `minimax_probes`, and up to a second a binary feature; with ``held_out`` X is copied.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(-1, 1, 201)[:, None]
    >>> found = compare_probes(x, x**2, held_out=0.25, rng=0)
    >>> [probes.kind for probes in found.probes], found.n_held_out
    (['minimax', 'least_squares'], 50)
    >>> bool(found.fitted[0].worst[0] < found.fitted[1].worst[0]), bool(found.fitted[0].rms[0] > found.fitted[1].rms[0])
    (True, True)
    """
    X, Z = check_samples(X, Z)
    X, Z, X_test, Z_test = _split(X, Z, held_out, X_test, Z_test, rng)
    minimax = minimax_probes(X, Z, affine=affine, gap=gap, workers=workers, progress=progress)
    kinds = [_of(minimax), least_squares_probes(X, Z, affine=affine)]
    notes = [minimax.note] if minimax.note else []
    if logistic and _is_binary(Z).any():
        try:
            kinds.append(logistic_probes(X, Z, affine=affine, workers=workers, progress=progress))
        except InputError as error:
            notes.append(str(error))
    return Comparison(
        minimax=minimax,
        probes=tuple(kinds),
        fitted=tuple(probe_errors(probes, X, Z) for probes in kinds),
        held_out=tuple(None if X_test is None else probe_errors(probes, X_test, Z_test) for probes in kinds),
        n_held_out=0 if X_test is None else len(X_test),
        notes=tuple(notes),
    )


def _split(X: Any, Z: Any, held_out: Any, X_test: Any, Z_test: Any, rng: Any) -> tuple[Any, Any, Any, Any]:
    if (X_test is None) != (Z_test is None):
        raise InputError("X_test and Z_test go together; one of them is missing")
    if X_test is not None:
        if held_out is not None:
            raise InputError("held_out draws samples from X and X_test brings others; ask for one of them")
        X_test, Z_test = check_samples(X_test, Z_test, ("X_test", "Z_test"))
        for name, test, fit in (("X", X_test, X), ("Z", Z_test, Z)):
            if test.shape[1] != fit.shape[1]:
                raise InputError(
                    f"{name} has {fit.shape[1]} columns and {name}_test {test.shape[1]}; both need the same"
                )
        return X, Z, X_test, Z_test
    if held_out is None:
        return X, Z, None, None
    count = round(len(X) * check_eps(held_out, "held_out"))
    if not 0 < count < len(X):
        raise InputError(
            f"held_out = {held_out} of {len(X)} samples are {count}; some must be held out, and some fitted"
        )
    order = np.random.default_rng(rng).permutation(len(X))
    test, fit = np.sort(order[:count]), np.sort(order[count:])
    return X[fit], Z[fit], X[test], Z[test]


def _is_binary(Z: np.ndarray) -> np.ndarray:
    """The features that have no values but 0 and 1."""
    return np.asarray(((Z == 0) | (Z == 1)).all(axis=0))


def _of(minimax: MinimaxProbes) -> Probes:
    return Probes("minimax", np.arange(minimax.m), minimax.B, minimax.c)
