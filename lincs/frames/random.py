"""Random vectors, and the frames that a count of them shows to exist."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from lincs._checks import InputError, _shown, check_choice, check_eps, check_integer
from lincs._numbers import Fraction
from lincs.frames._base import Frame, smallest_integer_dtype

ENSEMBLES = ("spherical", "rademacher", "gaussian")

#: Columns are drawn in blocks of this many, each block with its own counter.
BLOCK = 64

#: Dimensions beyond which the tail is not evaluated.
LARGEST_D = 2**400

#: Most multiplications that a greedy choice of columns may take (a block of candidates counts as 64 million at least):
#: a minute or two.
GREEDY_LIMIT = 10**12


def random_columns(d: int, indices: Any, ensemble: str = "spherical", seed: int = 0) -> np.ndarray:
    """Independent random vectors, each fixed by (d, ensemble, seed) and its index: no others need to be drawn.

    A draw has no theorem: `lincs.worst_case_error` says what it is worth.

    Parameters
    ----------
    d : int
        Dimensions.
    indices : list or array of int
        Which columns, from 0 to 2^63 - 1; ``range(m)`` gives a matrix of shape (d, m).
    ensemble : str
        "spherical" (uniform on the unit sphere), "rademacher" (signs, int8) or "gaussian" (independent normal entries
        of variance 1/d).
    seed : int
        From 0 to 2^64 - 1.

    Returns
    -------
    array of shape (d, len(indices))

    Notes
    -----
    **Guarantee**: the same numbers for the same arguments (within one version of numpy). **Cost**: O(d) a column, at
    worst 64 times that where indices lie far apart.

    Examples
    --------
    >>> A = random_columns(3, range(100), "rademacher")
    >>> bool((random_columns(3, [70, 7], "rademacher") == A[:, [70, 7]]).all())
    True
    """
    d = check_integer(d, "d")
    check_choice(ensemble, "ensemble", ENSEMBLES)
    seed = check_integer(seed, "seed", 0, 2**64 - 1)
    index = np.atleast_1d(np.asarray(indices))
    if index.size == 0:
        index = index.astype(np.int64)
    if index.ndim != 1 or index.dtype.kind not in "iu" or (index.size and not 0 <= index.min() <= index.max() < 2**63):
        raise InputError(f"indices must be a list of integers in 0..2^63 - 1, got {index.dtype}, {index.shape}")
    columns = np.empty((d, len(index)), dtype=np.int8 if ensemble == "rademacher" else np.float64)
    blocks, which = np.unique(index // BLOCK, return_inverse=True)
    order = np.argsort(which, kind="stable")
    ends = np.searchsorted(which[order], np.arange(len(blocks) + 1))
    for number, block in enumerate(blocks):
        here = order[ends[number] : ends[number + 1]]
        columns[:, here] = _block(d, ensemble, seed, int(block))[:, index[here] % BLOCK]
    return columns


def gilbert_varshamov(d: int, m: int, coherence: Any, ensemble: str = "spherical", seed: int = 0) -> Frame:
    """Random vectors of which those that come too close to earlier ones are left out: m remain by a count.

    If ``(m - 1) P(|<u, v>| > coherence) < 1`` for independent unit vectors u, v of the ensemble, then for any m - 1
    vectors some vector has inner products of at most the coherence with all of them. Proof: the union bound. So the
    greedy choice among `random_columns` goes on to m columns with probability 1.

    Parameters
    ----------
    d, m : int
    coherence : str, Fraction, Decimal, int or float
        Read exactly, in (0, 1).
    ensemble : str
        "spherical", P = I_(1-x^2)((d-1)/2, 1/2) at x = coherence, or "rademacher", integer, P a sum of binomials.
    seed : int
        From 0 to 2^64 - 1.

    Returns
    -------
    Frame
        Column j needs all before it: it can be asked for where d j^2 is at most 10^12.

    Raises
    ------
    InputError
        Unless the count proves that the frame exists.

    Notes
    -----
    **Guarantee**: the tail is evaluated in ball arithmetic and the columns are checked one by one. **Cost** of the
    first m columns: O(d m^2) at least, more where nearly all candidates are refused. Sources: [Gilbert52],
    [Varshamov57].

    Examples
    --------
    >>> frame = gilbert_varshamov(100, 10**6, "0.5")
    >>> bool(abs(frame.matrix(50).T @ frame.matrix(50) - np.eye(50)).max() <= 0.5)
    True
    """
    d, m = check_integer(d, "d"), check_integer(m, "m")
    mu = check_eps(coherence, "coherence")
    check_choice(ensemble, "ensemble", ENSEMBLES[:2])
    seed = check_integer(seed, "seed", 0, 2**64 - 1)
    if mu == 1 or not _exists(d, m, mu, ensemble):
        raise InputError(f"the count does not give m = {_shown(m)} vectors of coherence {mu} in d = {d} dimensions")
    is_integer = ensemble == "rademacher"
    return Frame(
        family="gilbert_varshamov",
        params={"d": d, "m": m, "coherence": str(mu), "ensemble": ensemble, "seed": seed},
        d=d,
        m=m,
        coherence_squared=mu**2,
        coherence_is_exact=False,
        diagonal=d if is_integer else 1,
        is_integer=is_integer,
        theorem="Fewer than 1/P unit vectors leave room for another one at an inner product of at most mu to each, "
        "P the probability that two random ones exceed mu.",
        sources=("Gilbert52", "Varshamov57"),
        _columns=partial(_greedy_columns, d, mu, ensemble, seed),
    )


def gilbert_varshamov_for(m: int, delta: Fraction) -> Frame | None:
    """The spherical Gilbert-Varshamov frame of least dimension with room for m features and an error below delta."""
    delta = min(delta, Fraction(1, 2))
    limit = delta / (1 - delta)
    d = 1
    while not _exists(d, m, limit):
        d *= 2
        if d > LARGEST_D:
            return None
    low = d // 2  # does not exist there, or is 0
    while d - low > 1:
        middle = (low + d) // 2
        low, d = (low, middle) if _exists(middle, m, limit) else (middle, d)
    bits = 16  # the tail is continuous: some coherence below the limit will do as well
    while not _exists(d, m, mu := limit * (1 - Fraction(1, 2**bits))):
        bits *= 2
    return gilbert_varshamov(d, m, mu)


def _exists(d: int, m: int, mu: Fraction, ensemble: str = "spherical") -> bool:
    """Whether (m - 1) P(|<u, v>| > mu) < 1 is certain; False where it is equal, or too near to be told apart."""
    import flint

    if m == 1:
        return True
    if d == 1:
        return False
    for bits in (64, 512):
        with flint.ctx.workprec(2 * (m.bit_length() + d.bit_length()) + mu.denominator.bit_length() + bits):
            if ensemble == "spherical":
                square = flint.arb(flint.fmpq(mu.numerator, mu.denominator)) ** 2
                half, rest = flint.arb(1) / 2, flint.arb(d - 1) / 2
                # the series converges fast where its argument is small
                if 2 * square < 1:
                    tail = 1 - square.beta_lower(half, rest, regularized=True)
                else:
                    tail = (1 - square).beta_lower(rest, half, regularized=True)
            else:
                ones = int(d * (1 + mu) / 2) + 1  # the sum of d signs exceeds mu d
                tail = 2 * (flint.arb(1) / 2).beta_lower(ones, d - ones + 1, regularized=True)
            count = (m - 1) * tail
        if count < 1:
            return True
        if count > 1:
            return False
    return False


def _block(d: int, ensemble: str, seed: int, number: int) -> np.ndarray:
    """Columns 64 number .. 64 number + 63."""
    rng = np.random.Generator(np.random.Philox(key=np.array([seed, number], dtype=np.uint64)))
    if ensemble == "rademacher":
        return 1 - 2 * rng.integers(0, 2, (d, BLOCK), dtype=np.int8)
    columns = rng.standard_normal((d, BLOCK))
    return columns / (np.linalg.norm(columns, axis=0) if ensemble == "spherical" else np.sqrt(d))


def _greedy_columns(d: int, mu: Fraction, ensemble: str, seed: int, indices: np.ndarray) -> np.ndarray:
    count = int(indices.max()) + 1 if indices.size else 0
    too_long = InputError(
        f"column {count - 1} needs all {count - 1} before it, which takes too long for d = {d} and coherence {mu}: "
        "ask for earlier columns or allow a larger coherence"
    )
    if d * count**2 > GREEDY_LIMIT:
        raise too_long
    is_integer = ensemble == "rademacher"
    # the largest inner product kept: exact for signs, and with a margin for the rounding of unit vectors otherwise
    largest = int(mu * d) if is_integer else float(mu) - (d + 8) * 2.0**-52
    kept = np.empty((count, d))  # floats add up signs exactly, and fast
    found = block = work = 0
    while found < count:
        work += BLOCK * (d * found + 10**6)
        if work > GREEDY_LIMIT:
            raise too_long
        candidates = _block(d, ensemble, seed, block).T.astype(np.float64)
        block += 1
        clear = np.abs(candidates @ kept[:found].T).max(axis=1, initial=0) <= largest
        first = found
        for candidate in candidates[clear]:
            if found < count and (found == first or np.abs(kept[first:found] @ candidate).max() <= largest):
                kept[found] = candidate
                found += 1
    columns = kept[indices.astype(np.int64)].T
    return columns.astype(smallest_integer_dtype(d)) if is_integer else columns
