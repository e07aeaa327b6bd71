"""The one interface of all constructions: a pair (A, B) that is known by a theorem and made on demand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lincs._checks import InputError, check_integer, check_sparsity
from lincs._numbers import Enclosure, Fraction, sqrt_enclosure
from lincs.accessibility import Witness, WorstCase, worst_case_error
from lincs.probes import KernelRatio, kernel_ratio

ColumnMaker = Callable[[np.ndarray], np.ndarray]
RowMaker = Callable[[int], "Row"]

#: Largest array that `Frame.matrix` makes, in bytes.
MATERIALISE_LIMIT = 16 * 2**30

#: Largest sparsity for which one row stands for the whole frame: beyond, the row's places take too much memory.
LONGEST_ROW = 10**5


@dataclass(frozen=True)
class Row:
    """The largest inner products <b_0, a_j>, j != 0, of raw vectors of a frame.

    Parameters
    ----------
    columns : sequence of int
        The indices j.
    products : sequence of Fraction
        The inner products, by decreasing absolute value; none that is left out exceeds the last but by rounding.
    slack : Fraction
        Bound on the rounding error of every product, also of those left out.
    """

    columns: Sequence[int]
    products: Sequence[Fraction]
    slack: Fraction | int = 0


@dataclass(frozen=True)
class Frame:
    """A family member: ``m`` representation vectors and probes in ``d`` dimensions, with their coherence as a theorem.

    A frame holds parameters, not arrays; columns are computed when they are asked for, so that a frame of 10^12
    columns is a few bytes. Write ``a_j = columns([j])`` and ``b_i = probes([i])`` for the raw vectors, integers
    where the family is integer-valued. Then for all i != j in 0..m-1 ::

        <b_i, a_i> = diagonal,      |<b_i, a_j>| <= coherence * diagonal,

    and the pair (A, scale B) has ``|B^T A - I| <= error = coherence / (1 + coherence)`` in every entry, so that
    it is (eps, k)-accessible whenever ``k * error < eps``.

    Parameters
    ----------
    family : str
        Name of the construction, that of the function in `lincs.frames` which made it.
    params : Mapping[str, int | str]
        The arguments that make this member again.
    d, m : int
        Dimensions and capacity (number of columns).
    coherence_squared : Fraction
        Square of the bound above (its square root may be irrational).
    coherence_is_exact : bool
        Whether some pair of columns of the whole frame attains the bound.
    diagonal : int
        ``<b_i, a_i>`` of the raw vectors, the same for every i (the least of them for stored and erased frames, where
        they are at most ``(1 + 2 coherence) diagonal``, so that the error below holds for all entries).
    is_integer : bool
        Whether raw columns and probes are integers. Then their dtype is one in which ``B.T @ A`` cannot overflow.
    theorem : str
        The statement behind the coherence, in one sentence.
    sources : tuple of str
        Keys into references.bib.
    is_transitive : bool
        Whether linear maps carry any column of the whole frame to any other up to sign, and permute the columns, and
        the probes alike, up to signs. Then all rows of E have the same profile, and one feature stands for all.
    """

    family: str
    params: Mapping[str, int | str]
    d: int
    m: int
    coherence_squared: Fraction
    coherence_is_exact: bool
    diagonal: int
    is_integer: bool
    theorem: str
    sources: tuple[str, ...]
    _columns: ColumnMaker = field(repr=False, compare=False)
    _probes: ColumnMaker | None = field(default=None, repr=False, compare=False)
    is_transitive: bool = False
    _row: RowMaker | None = field(default=None, repr=False, compare=False)

    @property
    def is_symmetric(self) -> bool:
        """Whether the probes are multiples of the representation vectors (B = A up to scale)."""
        return self._probes is None

    @property
    def coherence(self) -> Enclosure:
        """The least number known to satisfy ``|<b_i, a_j>| <= coherence * <b_i, a_i>``, exact where it is rational."""
        return sqrt_enclosure(self.coherence_squared)

    @property
    def error(self) -> Enclosure:
        """``coherence / (1 + coherence)``, what one active feature can add to another's value at the best scale."""
        mu = self.coherence
        low, high = Fraction(mu.lower), Fraction(mu.upper)
        return Enclosure(low / (1 + low), high / (1 + high))

    @property
    def scale(self) -> Fraction | float:
        """The factor for B that makes the error smallest: ``1 / (diagonal (1 + coherence))``; a float if irrational."""
        mu = self.coherence
        exact = 1 / (self.diagonal * (1 + Fraction(mu.lower)))
        return exact if mu.is_exact else float(exact)

    def is_accurate(self, delta: Fraction) -> bool:
        """Whether ``error < delta`` strictly, decided in exact arithmetic."""
        return is_below(self.coherence_squared, delta)

    def columns(self, indices: Any) -> np.ndarray:
        """The raw representation vectors with these indices, an array of shape ``(d, len(indices))``."""
        return self._columns(self._checked(indices))

    def probes(self, indices: Any) -> np.ndarray:
        """The raw probe vectors with these indices, an array of shape ``(d, len(indices))``."""
        return (self._probes or self._columns)(self._checked(indices))

    def matrix(self, m: int | None = None) -> np.ndarray:
        """The first ``m`` raw representation vectors (all of them by default) as an array of shape ``(d, m)``."""
        return self.columns(self._first(m))

    def pair(self, m: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """The first ``m`` columns as arrays (A, B) with ``|B^T A - I| <= error``: A raw, B of floats and scaled."""
        first = self._first(m)
        A = self.columns(first)
        return A, float(self.scale) * (A if self._probes is None else self.probes(first))

    def worst_case_error(self, k: int, m: int | None = None, *, progress: bool = False) -> WorstCase:
        """W_1..W_k of the first ``m`` columns, or of the whole frame, with scaled probes.

        Parameters
        ----------
        k : int
            Sparsity, 1 <= k <= m.
        m : int, optional
            Columns, the first of the frame; all by default.
        progress : bool
            Show a progress bar on stderr, where all rows are looked at.

        Returns
        -------
        WorstCase

        Raises
        ------
        InputError
            k or m is out of range, or the arrays or sums that it takes are too large.

        Notes
        -----
        **Guarantee.** Exact rationals where the frame is integer-valued and its scale rational, an enclosure otherwise.
        The whole of a gold, kerdock, weil, paley, devore or untrimmed reed_solomon or trace_code frame is verified by
        one row of E, which stands for all; it bounds W_k of every part from above. For paley and weil that is the row
        of the exact frame, while parts are about the arrays of rounded entries that `pair` returns.

        **Cost.** That of `lincs.worst_case_error` on arrays of shape (d, m). One row: O(m log d) for gold and kerdock,
        10^9 columns in less than a minute; at most O(t m) for weil, in seconds; O(k) for the others, whose largest
        entry is known by the theorem and attained by columns that are known (for devore and reed_solomon up to k = T (q
        - 1) + 1), or by about 2k words (for trace_code, O(k d)). No array of all columns is made.

        Examples
        --------
        >>> from lincs import frames
        >>> print(frames.devore(101, 5).worst_case_error(20).error)  # 10^10 columns
        16/21
        """
        m = self.m if m is None else check_integer(m, "m", 1, self.m)
        k = check_sparsity(k, m)
        if self._row is not None and m == self.m and k <= LONGEST_ROW:
            row = self._row(k)
            if len(row.columns) + 1 >= k:
                return _worst_case_of_row(row, self, k)
            if m * self.d > MATERIALISE_LIMIT // 8:
                raise InputError(
                    f"one row tells W_k of the whole {self.family} frame up to k = {len(row.columns) + 1}, got k = "
                    f"{k}; the frame is too large to be verified in full: give fewer columns m"
                )
        first = self._first(m)
        A = self.columns(first)
        B = A if self._probes is None else self.probes(first)
        if self.is_integer and isinstance(self.scale, Fraction):
            return worst_case_error(A, B, k=k, scale=self.scale, progress=progress)
        return worst_case_error(A, float(self.scale) * B, k=k, progress=progress)

    def error_bounds(self, k: int) -> tuple[Fraction | float, ...]:
        """Upper bounds on W_1..W_k of every part of the frame, however large, with scaled probes.

        Parameters
        ----------
        k : int
            Sparsity, 1 <= k <= m.

        Returns
        -------
        tuple of Fraction or float

        Notes
        -----
        **Guarantee.** Certified upper bounds: those of the whole frame, which a part attains where it contains the
        columns of a witness. From one row where that stands for all (see `worst_case_error`), otherwise n * error.
        **Cost.** That of the row.

        Examples
        --------
        >>> from lincs import frames
        >>> [str(bound) for bound in frames.kerdock(16).error_bounds(3)]
        ['1/5', '2/5', '3/5']
        """
        k = check_sparsity(k, self.m)
        bounds: list[Fraction | float] = [n * self.error.upper for n in range(1, k + 1)]
        row = self._row(k) if self._row is not None and k <= LONGEST_ROW else None
        if row is not None and len(row.columns) + 1 >= k:
            profile = _worst_case_of_row(row, self, k).profile
            bounds = [min(bound, error.upper) for bound, error in zip(bounds, profile, strict=True)]
        return tuple(bounds)

    def can_be_made(self, m: int | None = None) -> bool:
        """Whether arrays of the first ``m`` columns (all by default) are small enough to be made at once."""
        return self._size(self.m if m is None else m) <= MATERIALISE_LIMIT

    def kernel_ratio(self, *, gap: Any = 1e-3, progress: bool = False) -> KernelRatio:
        """gamma(A) of the whole frame (`lincs.kernel_ratio`): one linear program where it is transitive."""
        rows = [0] if self.is_transitive else None
        return kernel_ratio(self.matrix(), gap=gap, rows=rows, progress=progress)

    def _first(self, m: int | None) -> np.ndarray:
        m = self.m if m is None else check_integer(m, "m", 1, self.m)
        self._check_size(m)
        return np.arange(m)

    def _size(self, count: int) -> int:
        """Bytes of so many columns."""
        return count * self.d * (np.dtype(smallest_integer_dtype(2 * self.d)).itemsize if self.is_integer else 8)

    def _check_size(self, count: int) -> None:
        size = self._size(count)
        if size > MATERIALISE_LIMIT:
            raise InputError(
                f"{count} columns in {self.d} dimensions take {size / 2**30:.3g} GiB; at most "
                f"{MATERIALISE_LIMIT // 2**30} GiB are made at once: ask for fewer of them with columns(indices)"
            )

    def _checked(self, indices: Any) -> np.ndarray:
        array = np.atleast_1d(np.asarray(indices))
        if array.size == 0:
            array = array.astype(np.int64)
        if array.dtype.kind not in "iuO" or array.ndim != 1:
            raise InputError(f"indices must be a list of integers in 0..{self.m - 1}, got {array.dtype}, {array.shape}")
        # Python integers where 64 bits do not hold the capacity
        array = array.astype(np.int64 if self.m <= 2**63 else object)
        if array.size and (array.min() < 0 or array.max() >= self.m):
            raise InputError(f"indices must lie in 0..{self.m - 1}, got {array.min()}..{array.max()}")
        self._check_size(max(1, len(array)))
        return array


def _worst_case_of_row(row: Row, frame: Frame, k: int) -> WorstCase:
    """W_1..W_k of a frame all of whose rows have one profile, from (at least) the k - 1 largest products of row 0."""
    scale = Fraction(frame.scale)
    slack = scale * row.slack
    entries = [(0, scale * frame.diagonal - 1)]
    entries += [(j, scale * product) for j, product in zip(row.columns, row.products, strict=True)]
    entries = sorted(entries, key=lambda entry: (-abs(entry[1]), entry[0]))[:k]
    profile, total = [], Fraction(0)
    for n, (_, value) in enumerate(entries, start=1):
        total += abs(value)
        profile.append(Enclosure(max(total - n * slack, Fraction(0)), total + n * slack))
    witness = Witness(0, tuple(j for j, _ in entries), tuple(1 if value >= 0 else -1 for _, value in entries))
    return WorstCase(frame.d, frame.m, k, "signed", witness, tuple(profile), (0,) * k)


def is_below(coherence_squared: Fraction, delta: Fraction) -> bool:
    """Whether columns of this coherence give an error ``coherence / (1 + coherence) < delta``, exactly."""
    if delta >= 1:
        return True
    return coherence_squared < (delta / (1 - delta)) ** 2


def mixed_radix_digits(indices: np.ndarray, radices: Sequence[int]) -> np.ndarray:
    """Digits of the indices, least significant first: an int64 array of shape ``(len(radices), len(indices))``."""
    digits = np.empty((len(radices), len(indices)), dtype=np.int64)
    rest = indices
    for row, radix in enumerate(radices):
        digits[row] = (rest % radix).astype(np.int64)
        rest = rest // radix
    return digits


def smallest_integer_dtype(bound: int) -> type[np.signedinteger]:
    """The narrowest signed dtype that holds all integers of absolute value at most ``bound``.

    Families pass a bound on the entries of |B|^T |A|, so that Gram matrices of raw columns do not overflow.
    """
    for dtype in (np.int8, np.int16, np.int32):
        if bound <= np.iinfo(dtype).max:
            return dtype
    return np.int64
