"""Exact worst-case error of a pair (A, B): row-wise sums of the k largest entries of ``E = B^T A - I``.

Also the coherence and the Babel function of the columns of a matrix, simple probes for it, and its real form.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lincs._checks import InputError, _shown, check_bytes, check_integer, check_matrix
from lincs._device import device_of
from lincs._maximum import contenders_of, evaluate
from lincs._numbers import Enclosure, Fraction, as_fraction, float_above, float_below, sqrt_enclosure
from lincs._products import (
    Product,
    Witness,
    common_square,
    enclose,
    largest_entries,
    largest_of,
    over_blocks,
    product_of,
    rounding_of,
    scaled_columns,
    sums_of,
    tiles,
    to_sums,
    value_of,
)
from lincs._work import Resources

__all__ = [
    "FeatureErrors",
    "Undecided",
    "Witness",
    "WorstCase",
    "babel",
    "coherence",
    "feature_errors",
    "matched_probes",
    "real_form",
    "scaled_probes",
    "welch_bound",
    "worst_case_error",
]


class Undecided(Exception):
    """The enclosure contains the threshold: more precision is needed to say on which side of it the number lies."""


@dataclass(frozen=True)
class WorstCase:
    """Worst-case errors W_1..W_k of a pair (A, B), with a witness for W_k, which is ``error``.

    Parameters
    ----------
    d, m, k : int
        Dimensions, features, sparsity.
    features : str
        "signed" for z in [-1, 1]^m, "binary" for z in {0, 1}^m, k-sparse in both.
    witness : Witness
        An input whose error is exactly ``error.lower``.
    profile : tuple of Enclosure
        W_1, ..., W_k.
    rows : tuple of int
        For each of them the row that attains it, the lowest of several (where W is not exact: one that may).
    """

    d: int
    m: int
    k: int
    features: str
    witness: Witness
    profile: tuple[Enclosure, ...]
    rows: tuple[int, ...]

    @property
    def error(self) -> Enclosure:
        """W_k."""
        return self.profile[-1]

    def holds(self, eps: Any) -> bool:
        """Whether ``W_k < eps`` strictly: the pair is (eps, k)-accessible.

        True and False are certain. A float is read by its shortest decimal: 0.1 is 1/10.

        Raises
        ------
        Undecided
            ``lower < eps <= upper``.
        """
        try:
            threshold = as_fraction(eps)
        except (ValueError, TypeError, ZeroDivisionError):
            raise InputError(f"eps must be a finite number or a fraction, got {_shown(eps)}") from None
        if self.error.upper < threshold:
            return True
        if self.error.lower >= threshold:
            return False
        raise Undecided(f"W_{self.k} lies in {self.error}: whether it is below {eps} is not decided")

    def to_dict(self) -> dict[str, Any]:
        """The result in types that JSON knows."""
        return {
            "m": self.m,
            "d": self.d,
            "k": self.k,
            "features": self.features,
            "error": self.error.to_dict(),
            "witness": {
                "row": self.witness.row,
                "support": list(self.witness.support),
                "signs": list(self.witness.signs),
            },
            "profile": [
                {"k": k, **error.to_dict(), "row": row}
                for k, (error, row) in enumerate(zip(self.profile, self.rows, strict=True), start=1)
            ],
        }


@dataclass(frozen=True, eq=False)
class FeatureErrors:
    """For each feature the worst error of its probe, and the features that cause it.

    Parameters
    ----------
    d, m, k, features
        As in `WorstCase`.
    lower, upper : ndarray, float64, shape (m,)
        ``lower[i] <= max over z of |(E z)_i| <= upper[i]``.
    interferers : ndarray, int64, shape (m, k)
        The columns j of the largest |E_ij|, in decreasing order, the lowest of equals first; -1 where fewer than
        k entries are non-zero. The feature i itself is among them where its own reading is off: E_ii = <b_i, a_i> - 1.
    interference : ndarray, float64, shape (m, k)
        The entries E_ij themselves, 0 beside -1: estimates, correct up to rounding.
    """

    d: int
    m: int
    k: int
    features: str
    lower: np.ndarray
    upper: np.ndarray
    interferers: np.ndarray
    interference: np.ndarray

    def worst(self, n: int) -> np.ndarray:
        """The n features with the largest errors (by ``upper``, the lowest of equals first), worst first."""
        return np.argsort(-self.upper, kind="stable")[: check_integer(n, "n")]


def worst_case_error(
    A: Any,
    B: Any = None,
    *,
    k: int,
    scale: Any = 1,
    features: str = "signed",
    progress: bool = False,
    memory: int | str | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    scheduler: str | None = None,
) -> WorstCase:
    """The worst-case errors W_1..W_k of representation vectors A and probes ``scale * B``.

    ``W_k = max over z in Z_k of ||E z||_inf`` with ``E = scale B^T A - I``, which is the maximum over i of the
    sum of the k largest ``|E_ij|``; Z_k are the k-sparse vectors of [-1, 1]^m. For binary features, the k-sparse
    vectors of {0, 1}^m, it is the larger of the sums of the k largest positive parts and negative parts.

    Parameters
    ----------
    A : array_like, shape (d, m)
        Representation vectors a_j as columns; integers or floats of at most 64 bits. May be memory-mapped, or an array
        of another library that speaks the array API (cupy, torch, jax): then that multiplies, on its device.
    B : array_like, shape (d, m), optional
        Probe vectors b_i as columns. By default A itself, literally; see `matched_probes` and `scaled_probes`.
    k : int
        Sparsity, 1 <= k <= m.
    scale : int or Fraction
        An exact factor for B. It lets integer pairs stay integers.
    features : {"signed", "binary"}
        The class of z.
    progress : bool
        Whether to show a progress bar on stderr.
    memory : int or str, optional
        Bytes that may be in use at once beside A and B, such as "4GB": for arrays that are memory-mapped from files
        larger than memory, which are then read in few large parts. With a scheduler, by each thread of a worker.
    checkpoint : path, optional
        An npz file in which the work that is done is kept, once a minute and when interrupted, and resumed from.
    scheduler : str, optional
        The address of a dask.distributed scheduler whose workers do the work, reading memory-mapped A and B from
        their files by themselves; "local" starts processes on this machine.

    Returns
    -------
    WorstCase

    Raises
    ------
    InputError
        Shapes, dtypes, values that are not finite, k out of range, or products too large for float64; too little
        memory, a checkpoint of another question, a scheduler that does not answer.

    Notes
    -----
    **Guarantee.** Exact (``lower == upper``, Fractions) where A and B are integers, and where they are floats that
    are integers times one factor for all of A and one for all of B (such as +-1/sqrt(d)) with ``d max|A| max|B|``
    at most 2^53 in these integers. For other floats a rigorous enclosure, valid for any order of summation, whose
    ``error.lower`` is the exact value at the witness; exact as well where at most 1024 rows contend for a maximum and
    settling them takes at most 2^24 multiplications of integers, which is the rule unless many rows are tied.
    A signed witness has exactly k entries; a binary one has those of at most k that count, all of one sign in E.

    The result does not depend on the number of threads or workers, on memory, nor on interruptions.

    **Cost.** 2 d m^2 operations in BLAS on all cores, half of them where B is A or equal to it, in float32 where that
    tells enough (the rule unless rows are tied), and O(m^2) comparisons. Rows that are tied up to rounding take a
    second pass in float64, and many that are tied in no simple way are looked at one by one: up to about twice the
    product. Integers leave BLAS where products pass 2^53, and are Python's where they pass 2^63: correct and slow.
    Memory beyond the input: O(m min(k, 64)), 50 MB at m = 65536, and 10 to 20 MB a core.

    References: [GKP].

    Examples
    --------
    >>> A = np.array([[1, 0, -1], [0, 1, -1]])
    >>> B = np.array([[2, -1, -1], [-1, 2, -1]])
    >>> W = worst_case_error(A, B, k=2, scale=Fraction(1, 3))
    >>> [str(error) for error in W.profile], W.holds("2/3"), W.holds("0.67")
    (['1/3', '2/3'], False, True)
    >>> W.witness
    Witness(row=0, support=(0, 1), signs=(-1, -1))
    """
    device = device_of(A, B)
    if device is not None:
        A, B = device.to_numpy()
    product = replace(product_of(A, B, k, scale, features), device=device)
    limit = None if memory is None else check_bytes(memory, "memory")
    contenders = contenders_of(product, Resources(progress, limit, checkpoint, scheduler))
    found = evaluate(product, contenders)
    profile, rows = [], []
    for n in range(product.k):
        exact = max((row.errors[n], -row.index) for row in found)
        # W_k is reported with its witness; below k a rounded bound may be all there is
        last = n == product.k - 1
        low, index = exact if last else max(exact, (contenders.lower[n], -contenders.lower_rows[n]))
        high = max([exact[0], *contenders.open_bounds(n, {row.index for row in found if row.is_complete})])
        profile.append(Enclosure(low, high))
        rows.append(-index)
    witness = next(row.witness for row in found if row.index == rows[-1])
    return WorstCase(product.d, product.m, product.k, features, witness, tuple(profile), tuple(rows))


def feature_errors(
    A: Any, B: Any = None, *, k: int, scale: Any = 1, features: str = "signed", progress: bool = False
) -> FeatureErrors:
    """For every feature i the worst error ``max over z in Z_k of |(E z)_i|`` and the entries of E that make it.

    Parameters and errors as in `worst_case_error`, whose maximum over i it resolves.

    Returns
    -------
    FeatureErrors

    Notes
    -----
    **Guarantee.** ``lower`` and ``upper`` enclose the errors (neighbouring floats where `worst_case_error` is exact
    by its dtype). The interferers are those of the computed entries: where two are equal to within rounding, either
    may come first. For binary features they are those of the side, positive or negative, that makes the error.

    **Cost.** That of `worst_case_error`, and memory O(m k).

    Examples
    --------
    >>> A = np.array([[1, 0, 3], [0, 1, 0]])
    >>> errors = feature_errors(A, k=1)
    >>> errors.upper, errors.interferers.ravel(), errors.interference.ravel(), errors.worst(1)
    (array([3., 0., 8.]), array([ 2, -1,  2]), array([3., 0., 8.]), array([2]))
    """
    product = product_of(A, B, k, scale, features)
    shape = (product.m, product.k)
    lower, upper = np.empty(product.m), np.empty(product.m)
    interferers, interference = np.empty(shape, np.int64), np.empty(shape)
    for block, (entries, columns) in over_blocks(product, largest_entries, progress):
        sums = sums_of(entries)
        low, high = enclose(product.rounding, block, sums.max(axis=0))
        lower[block] = [float_below(value_of(product, x)) for x in low[:, -1]]
        upper[block] = [float_above(value_of(product, x)) for x in high[:, -1]]
        side = (sums[:, :, -1].argmax(axis=0), np.arange(entries.shape[1]))
        interferers[block] = columns[side]
        interference[block] = entries[side] / product.one
    return FeatureErrors(product.d, product.m, product.k, features, lower, upper, interferers, interference)


def matched_probes(A: Any) -> np.ndarray:
    """The probes ``b_i = a_i / ||a_i||^2``, with which every feature alone is read correctly.

    Parameters
    ----------
    A : array_like, shape (d, m)
        Representation vectors as columns.

    Returns
    -------
    ndarray, float64, shape (d, m)
        Zero where a_i is zero.

    Raises
    ------
    InputError
        As for `worst_case_error`, and where a probe is too large for float64.

    Notes
    -----
    **Guarantee.** Estimates, correct up to rounding; `worst_case_error` of them is rigorous all the same, being
    about the floats that they are. **Cost.** O(d m) time and memory.

    Examples
    --------
    >>> matched_probes([[3, 1], [4, 0]])
    array([[0.12, 1.  ],
           [0.16, 0.  ]])
    """
    A = check_matrix(A)
    probes = np.empty(A.shape)
    for columns in tiles(A):
        x, exponent, squares = scaled_columns(A[:, columns])
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            probes[:, columns] = np.ldexp(np.where(squares > 0, x / squares, 0), -exponent)
        if not np.isfinite(probes[:, columns]).all():
            raise InputError("a column of A is so short that 1/||a_i|| exceeds 64-bit floats: rescale A")
    return probes


def scaled_probes(A: Any, k: int) -> np.ndarray:
    """The probes ``b_i = c_i a_i`` whose multiples c_i make the error over Z_k smallest, feature by feature.

    With ``x_1 >= x_2 >= ...`` the values ``|<a_i, a_j>| / ||a_i||^2`` for j != i (0 beyond the last), and
    ``s_n = x_1 + ... + x_n``, the best multiple and its error are ::

        c_i = 1 / (||a_i||^2 (1 + x_k)),   ||E_i||_(k) = s_k / (1 + x_k)   if s_(k-1) < 1,
        c_i = 0,                           ||E_i||_(k) = 1                  otherwise.

    Proof. Let ``t = c_i ||a_i||^2``. Row i of E holds t - 1 on the diagonal and t x_j in absolute value beside it,
    so its k largest entries sum to ``f(t) = max(t s_k, 1 - t + t s_(k-1))`` on [0, 1]. For t < 0 it is at least
    |t - 1| > 1 = f(0), and for t > 1 at least t s_k >= f(1). If s_(k-1) >= 1 the second term is at least 1 = f(0).
    Otherwise it falls and the first one rises, and they meet at t = 1 / (1 + x_k).

    Parameters
    ----------
    A : array_like, shape (d, m)
        Representation vectors as columns.
    k : int
        Sparsity, 1 <= k <= m.

    Returns
    -------
    ndarray, float64, shape (d, m)

    Raises
    ------
    InputError
        As for `worst_case_error` and `matched_probes`.

    Notes
    -----
    **Guarantee.** Estimates, optimal up to rounding. **Cost.** That of `worst_case_error`.

    Examples
    --------
    >>> A = np.array([[1, 0, 1], [0, 1, 1]])
    >>> scaled_probes(A, 1) * 3
    array([[1.5, 0. , 1. ],
           [0. , 1.5, 1. ]])
    """
    probes = matched_probes(A)
    product = product_of(A, probes, k, 1, "signed")
    multiples = np.empty(product.m)
    for block, (places, _) in over_blocks(product, largest_of, False):
        # matched probes have <b_i, a_i> = 1: their other products are the x_j, up to sign
        x = np.abs(product.factor * to_sums(product, places[0][0]) / product.one).astype(np.float64)
        x = -np.sort(-x, axis=1)
        multiples[block] = np.where(x[:, :-1].sum(axis=1) < 1, 1 / (1 + x[:, -1]), 0)
    return probes * multiples


def coherence(A: Any) -> Enclosure:
    """The coherence ``max over i != j of |<a_i, a_j>| / (||a_i|| ||a_j||)``.

    Parameters, errors, guarantee and cost as in `babel`, of which it is the first value; 0 if m = 1.

    Examples
    --------
    >>> str(coherence([[1, 1, 1], [1, -1, 1], [1, 1, -1], [1, -1, -1]]))
    '0'
    >>> mu = coherence([[1, 1], [1, 1j]])
    >>> mu.lower**2 < 0.5 < mu.upper**2, mu.upper - mu.lower < 1e-13
    (True, True)
    """
    A = check_matrix(A, allow_complex=True)
    if A.shape[1] == 1:
        _check_no_zero_column(A)
        return Enclosure(Fraction(0), Fraction(0))
    return babel(A, 1)[0]


def babel(A: Any, k: int) -> tuple[Enclosure, ...]:
    """The Babel function mu_1(1), ..., mu_1(k) of the columns of A, normalised.

    ``mu_1(n) = max over i and sets S of n columns without i of sum over j in S of |<a_i, a_j>| / (||a_i|| ||a_j||)``.

    Parameters
    ----------
    A : array_like, shape (d, m)
        Non-zero columns of any length; integers, floats or complex numbers.
    k : int
        1 <= k <= m - 1.

    Returns
    -------
    tuple of Enclosure

    Raises
    ------
    InputError
        A column is zero, or as for `worst_case_error`.

    Notes
    -----
    **Guarantee.** That of `worst_case_error` where the columns are integers times one factor and of one length;
    otherwise an enclosure of width about ``n d 2^-51``. **Cost.** That of `worst_case_error` (four times it if A is
    complex), and O(d m) memory.

    References: [FR], Definition 5.2.

    Examples
    --------
    >>> [str(mu) for mu in babel([[1, 1, 1], [1, -1, 1], [1, 1, -1]], 2)]
    ['1/3', '2/3']
    """
    A = check_matrix(A, allow_complex=True)
    d, m = A.shape
    k = check_integer(k, "k", 1, m - 1)
    _check_no_zero_column(A)
    squared = common_square(A)
    if squared is not None:  # the diagonal of E vanishes, so that W_k is the Babel function
        return worst_case_error(A, k=k, scale=1 / squared).profile
    columns = _unit_columns(A)
    is_complex = A.dtype.kind == "c"
    product = Product(
        columns, columns.conj() if is_complex else columns, k, Fraction(1), (0,), columns.dtype, np.dtype(float),
        (1.0, 1.0), 1.0, 1.0, 1.01,
        # 4 d covers the complex product: each part of it is a real one of 2 d terms, and sqrt(2) joins them
        rounding_of(columns, columns, (1.0, 1.0), Fraction(1), k, 4 * d if is_complex else d),
    )  # fmt: skip
    contenders = contenders_of(product, Resources())
    # each entry of a unit column is off by a relative (d + 8) 2^-52 at most, so each product by (2 d + 17) 2^-52
    slack = [Fraction(n * (2 * d + 17), 2**52) for n in range(1, k + 1)]
    return tuple(
        Enclosure(
            max(float_below(Fraction(contenders.lower[n]) - slack[n]), 0.0),
            min(float_above(Fraction(contenders.upper[0][n]) + slack[n]), float(n + 1)),
        )
        for n in range(k)
    )


def welch_bound(m: int, d: int) -> Enclosure:
    """The Welch bound ``sqrt((m - d) / (d (m - 1)))``, below which no m unit vectors in d dimensions are coherent.

    It holds for real and complex vectors; 0 for m <= d. **Guarantee.** Exact where rational, else neighbouring floats.

    Examples
    --------
    >>> str(welch_bound(4, 3)), welch_bound(6, 3).is_exact
    ('1/3', False)
    """
    m, d = check_integer(m, "m"), check_integer(d, "d")
    square = Fraction(m - d, d * (m - 1)) if m > d else Fraction(0)
    return sqrt_enclosure(square)


def real_form(A: Any) -> np.ndarray:
    """The real matrix ``[[Re A, -Im A], [Im A, Re A]]``, of shape (2d, 2m), of a complex one of shape (d, m).

    Column j is a_j as a real vector and column m + j is i a_j, so that real and imaginary parts are features of
    their own. Inner products of columns are the real and imaginary parts of those of A.

    Examples
    --------
    >>> real_form([[1 + 2j]])
    array([[ 1., -2.],
           [ 2.,  1.]])
    """
    A = check_matrix(A, allow_complex=True)
    return np.block([[A.real, -A.imag], [A.imag, A.real]])


def _unit_columns(matrix: np.ndarray) -> np.ndarray:
    """The columns divided by their lengths, in float64 or complex128."""
    columns = np.empty(matrix.shape, np.complex128 if matrix.dtype.kind == "c" else np.float64)
    for tile in tiles(matrix):
        x, _, squares = scaled_columns(matrix[:, tile])
        columns[:, tile] = x / np.sqrt(squares)
    return columns


def _check_no_zero_column(A: np.ndarray) -> None:
    for tile in tiles(A):
        zero = np.flatnonzero(~A[:, tile].any(axis=0))
        if zero.size:
            raise InputError(f"column {tile.start + zero[0]} of A is zero; coherence needs non-zero columns")
