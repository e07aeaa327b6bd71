"""`recovery`: whether L1 recovers known vectors, decided from their supports and signs alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lincs._checks import check_integer
from lincs._work import progress_bar
from lincs.l1._certificates import Dictionary, Supports, by_size, check_columns, check_dictionary
from lincs.l1._results import Recovery
from lincs.probes._certificates import blocks

#: Iterations after which a column goes to a linear program; certificates are tried after each multiple of the second.
MOST_ITERATIONS = 4_000
LOOK_EVERY = 10

#: The iteration looks for dual vectors with |a_j^T w| <= TAU off the support: strictly below 1, so that it ends.
TAU = 0.9999

#: Over-relaxation of the Douglas-Rachford iteration.
RELAX = 1.5


def recovery(
    A: Any,
    Z: Any,
    *,
    most_iterations: int = MOST_ITERATIONS,
    most_programs: int | None = None,
    progress: bool = False,
) -> Recovery:
    """Whether L1 recovers each of n known vectors z from A z, proved either way.

    z is recovered if it is the only minimiser of ``||z'||_1`` subject to ``A z' = A z``. That depends on the support
    and the signs of z alone; what proves it, and what refutes it, is in `lincs.l1`.

    Parameters
    ----------
    A : array (d, m)
        Representation vectors, real.
    Z : array (m, n)
        The vectors, a column each, of any signs, magnitudes and sparsity.
    most_iterations : int
        Iterations after which a column that is still open goes to a linear program (HiGHS).
    most_programs : int, optional
        So many columns may go there (the first ones); by default all that are open.
    progress : bool
        Show a progress bar (of columns that are done).

    Returns
    -------
    Recovery
        Where neither ``recovered`` nor ``refuted`` is set the column is undecided: it is so near to equality, or its
        A_S to dependence, that neither proof succeeds in floats, or ``most_programs`` left it out.

    Raises
    ------
    InputError
        A or Z is not a finite real array, Z has not m rows, or a dual vector leaves the range of float64.

    Guarantee: both verdicts are theorems about the arrays passed; equality (as for two equal columns) is decided in
    integers where A is small (up to 100 000 entries on the columns concerned) or the columns are equal up to sign.
    Cost: ``O(d m)`` a column and iteration, usually 10 to 100 iterations, more the nearer the column is to its
    threshold; ``O(d s^2)`` a column for its support of size s. Equal patterns of signs are decided once.
    Sources: [ZYC]_; [FR]_, section 4.4; the iteration, for the feasibility problem in w, is that of [LM79]_.

    Examples
    --------
    >>> import numpy as np
    >>> verdict = recovery(np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.4]]), np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 2.0]]).T)
    >>> print(verdict.recovered, verdict.refuted)
    [ True False] [False  True]
    """
    A = check_dictionary(A)
    Z = check_columns(Z, A.shape[1], "Z")
    most_iterations = check_integer(most_iterations, "most_iterations")
    if most_programs is not None:
        most_programs = check_integer(most_programs, "most_programs", 0)
    signs, which, flips = _patterns(Z)
    # what overflows is not finite in the end, and then nothing is proved
    with np.errstate(all="ignore"), progress_bar(progress, len(signs), "L1 recovery", "pattern") as report:
        decided = Decider(Dictionary(A), signs, report)
        decided.by_structure()
        decided.iterate(most_iterations)
        decided.by_programs(most_programs)
    verdict = decided.verdict[which]
    W = decided.dictionary.original(decided.w[which] * flips[:, None])
    H = np.ascontiguousarray((decided.h[which] * flips[:, None]).T)
    return Recovery(verdict > 0, verdict < 0, W, H)


def _patterns(Z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The different patterns of signs up to a global sign (p, m), which one each column has, and with which sign."""
    signs = np.ascontiguousarray(np.sign(Z.T).astype(np.int8))
    if not len(signs):
        return signs, np.zeros(0, dtype=np.int64), np.zeros(0)
    first = signs[np.arange(len(signs)), (signs != 0).argmax(axis=1)]
    flips = np.where(first < 0, -1, 1).astype(np.int8)
    signs *= flips[:, None]
    keys = signs.view(np.dtype((np.void, signs.shape[1]))).ravel()
    _, chosen, which = np.unique(keys, return_index=True, return_inverse=True)
    return signs[chosen], which, flips.astype(np.float64)


class Decider:
    """Patterns of signs (p, m) and what is proved about each: 1 recovered, with w; -1 refuted, with h; 0 open."""

    def __init__(
        self, dictionary: Dictionary, signs: np.ndarray, report: Callable[[int], None] = lambda count: None
    ) -> None:
        self.dictionary, self.signs, self.report = dictionary, signs, report
        self.verdict = np.zeros(len(signs), dtype=np.int8)
        self.w = np.zeros((len(signs), dictionary.rank))
        self.h = np.zeros((len(signs), dictionary.m))

    @property
    def open(self) -> np.ndarray:
        return np.flatnonzero(self.verdict == 0)

    def accept(self, where: np.ndarray, w: np.ndarray) -> None:
        self.verdict[where], self.w[where] = 1, w
        self.report(len(where))

    def refute(self, where: np.ndarray, h: np.ndarray) -> None:
        """Take over kernel vectors h of A, one a row."""
        self.verdict[where] = -1
        self.h[where] = h / np.maximum(np.abs(h).max(axis=1, keepdims=True), 1e-300)
        self.report(len(where))

    def by_structure(self) -> None:
        """What needs no iteration: columns of A that are equal up to sign."""
        twin, turn = _twins(np.ascontiguousarray(self.dictionary.matrix.A.T))
        hit = (self.signs != 0) & (twin >= 0)
        where = np.flatnonzero(hit.any(axis=1))
        # weight that moves from i to its twin j does not change A z, nor increase the norm
        i = hit[where].argmax(axis=1)
        s = self.signs[where, i].astype(np.float64)
        h = np.zeros((len(where), self.dictionary.m))
        h[np.arange(len(where)), i] = -s
        h[np.arange(len(where)), twin[i]] = s * turn[i]
        self.refute(where, h)

    def iterate(self, most_iterations: int, *, only_dual: bool = False) -> None:
        """The first-order method, in blocks of patterns that have supports of one size.

        With ``only_dual`` it does not iterate where the equations leave no choice of a dual vector.
        """
        left = self.open
        for where, index in by_size(self.signs[left]):
            size = max(16, 2**22 // max(self.dictionary.m, index.shape[1] * self.dictionary.rank, 1))
            for part in blocks(len(where), size):
                limit = 0 if only_dual and index.shape[1] >= self.dictionary.rank else most_iterations
                _Iteration(self, left[where[part]], index[part]).run(limit)

    def by_programs(self, most: int | None) -> None:
        from lincs.l1._programs import decide

        for position in self.open[:most]:
            decide(self, int(position))


class _Iteration:
    """A block of patterns with supports of one size; rows leave when they are decided."""

    def __init__(self, decider: Decider, where: np.ndarray, index: np.ndarray) -> None:
        dictionary, matrix = decider.dictionary, decider.dictionary.matrix
        self.decider, self.dictionary, self.where = decider, dictionary, where
        self.supports = Supports(dictionary.plain, index)
        self.signs = np.ascontiguousarray(decider.signs[where])
        self.right = self.supports.signs(self.signs)
        self.Q = matrix.Q.astype(np.float32)
        self.Qt = np.ascontiguousarray(self.Q.T)
        self.inverse = dictionary.inverse.astype(np.float32)
        # begin with the shortest w, and where there is none with the signs themselves
        Y = self.supports.least(self.right) @ matrix.scaled
        weak = (self.supports.sigma == 0) | (matrix.rank == matrix.m)
        Y[weak] = ((self.signs[weak] * dictionary.inverse) @ matrix.Q) @ matrix.Q.T
        self.Y = Y.astype(np.float32)
        self.P = self.Y.copy()

    def run(self, most_iterations: int) -> None:
        from lincs import _l1_kernels as kernels

        tau, relax = np.float32(TAU), np.float32(RELAX)
        self.look()
        for iteration in range(1, most_iterations + 1):
            if not len(self.where):
                return
            kernels.sign_step(self.Y, self.P, self.signs, self.inverse, tau, relax)
            self.P = (self.Y @ self.Q) @ self.Qt
            if iteration % LOOK_EVERY == 0 or iteration in (2, 5, most_iterations):
                self.look()

    def look(self) -> None:
        """Try both certificates on every row."""
        from lincs import _l1_kernels as kernels

        dictionary, matrix = self.dictionary, self.dictionary.matrix
        w = self.supports.corrected(dictionary.dual(self.P.astype(np.float64)), self.right)
        good = dictionary.plain.is_dual(w, self.signs, self.supports.sigma)
        self.decider.accept(self.where[good], w[good])
        self._keep(~good)
        slopes = np.empty(len(self.where), dtype=np.float32)
        kernels.descents(self.Y, self.P, self.signs, self.inverse, slopes)
        likely = np.flatnonzero(slopes < -1e-6)
        h = (self.P[likely] - self.Y[likely]).astype(np.float64)
        h -= (h @ matrix.Q) @ matrix.Q.T
        good = dictionary.is_descent(h, self.signs[likely])
        self.decider.refute(self.where[likely[good]], h[good] * dictionary.inverse)
        which = np.ones(len(self.where), dtype=bool)
        which[likely[good]] = False
        self._keep(which)

    def _keep(self, which: np.ndarray) -> None:
        if which.all():
            return
        self.supports.keep(which)
        self.where, self.signs, self.right = self.where[which], self.signs[which], self.right[which]
        self.Y, self.P = self.Y[which], self.P[which]


def _twins(columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each column (a row here) another one that equals it up to sign, or -1, and the sign."""
    m = len(columns)
    twin, sign = np.full(m, -1, dtype=np.int64), np.ones(m)
    if columns.shape[1] == 0:
        return twin, sign
    first = columns[np.arange(m), (columns != 0).argmax(axis=1)]
    flips = np.where(first < 0, -1.0, 1.0)
    turned = columns * flips[:, None] + 0.0  # no -0.0
    keys = np.ascontiguousarray(turned).view(np.dtype((np.void, turned.shape[1] * 8))).ravel()
    _, chosen, which, counts = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
    last = np.zeros(len(counts), dtype=np.int64)
    last[which] = np.arange(m)
    is_twin = counts[which] > 1
    other = np.where(chosen[which] == np.arange(m), last[which], chosen[which])
    twin[is_twin] = other[is_twin]
    sign[is_twin] = (flips * flips[twin])[is_twin]
    return twin, sign
