"""Frames that are kept as files: small integer matrices, each with an exact statement that anyone can recompute.

One entry is two files in a folder: NAME.json, the index (below), and NAME.npz with the integer arrays A and, unless it
is A, B; or with some columns of A alone, of which the others are images under a group. What an entry claims are two
integers, the least ``<b_i, a_i>`` and the largest ``|<b_i, a_j>|``, i != j; `recheck` computes them anew.
"""

from __future__ import annotations

import functools
import hashlib
import json
import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from lincs import io
from lincs._checks import InputError, check_choice, check_matrix, check_pair
from lincs._numbers import Fraction, prime_power
from lincs.frames._base import Frame, is_below, smallest_integer_dtype

#: Where the entries lie that come with lincs.
FOLDER = Path(__file__).parent / "_stored"

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

#: Largest common multiple of ``<b_i, a_i>`` that integer probes are scaled to.
LARGEST_MULTIPLE = 2**20

#: Entries of B^T A that are looked at together.
_BLOCK = 2**22


@dataclass(frozen=True)
class StoredFrame:
    """The index of one entry.

    Parameters
    ----------
    name : str
        Lower case letters, digits and single hyphens.
    d, m : int
        Shape of A and B.
    is_symmetric : bool
        Whether B = A.
    diagonal, off_diagonal : int
        The least ``<b_i, a_i>``, and the largest ``|<b_i, a_j>|`` with i != j; no ``<b_i, a_i>`` exceeds
        ``diagonal + 2 off_diagonal``.
    sha256 : str
        Digest of NAME.npz.
    by : str
        Who made it.
    how : str
        What it is or how it was found, in a sentence.
    script : str
        The command that makes it again; empty where there is none.
    seed : int or None
        The seed of that command, where it draws random numbers.
    sources : tuple of str
        Keys into references.bib.
    maps : tuple of int or None
        (p, order, copies) if the file has some columns of A = B alone, of which the others are `images`.
    """

    name: str
    d: int
    m: int
    is_symmetric: bool
    diagonal: int
    off_diagonal: int
    sha256: str
    by: str
    how: str
    script: str = ""
    seed: int | None = None
    sources: tuple[str, ...] = ()
    maps: tuple[int, int, int] | None = None

    @property
    def images(self) -> int:
        """How many columns each of those in the file stands for."""
        return self.maps[0] * self.maps[1] if self.maps else 1

    @property
    def coherence(self) -> Fraction:
        """``off_diagonal / diagonal``."""
        return Fraction(self.off_diagonal, self.diagonal)

    @property
    def error(self) -> Fraction:
        """The largest ``|scale B^T A - I|`` at the best scale, ``1 / (diagonal + off_diagonal)``; exact."""
        return Fraction(self.off_diagonal, self.diagonal + self.off_diagonal)


def stored(name: str) -> Frame:
    """A frame that is kept as a file with lincs, by its name.

    Proof of its coherence: every entry of ``B^T A``, computed in integers (`recheck`). With scale
    ``s = 1/(diagonal + off_diagonal)`` entries off the diagonal are at most ``s off_diagonal``, and those on it differ
    from 1 by at most that, since they lie in ``diagonal .. diagonal + 2 off_diagonal``.

    Parameters
    ----------
    name : str
        One of those in `entries`.

    Returns
    -------
    Frame
        Integer. ``<b_i, a_i>`` lies between ``diagonal`` and ``(1 + 2 coherence) diagonal``.

    Notes
    -----
    **Guarantee**: exact; the file is compared with its digest when it is read. **Cost**: the file is read when columns
    are asked for, once.

    Examples
    --------
    >>> frame = stored("roots-e8")
    >>> frame.d, frame.m, frame.error.upper
    (8, 120, Fraction(1, 3))
    """
    return as_frame(named(name))


def named(name: str) -> StoredFrame:
    """The index of the frame that comes with lincs under this name."""
    known = {entry.name: entry for entry in entries()}
    return known[check_choice(name, "name", known)]


def stored_for(m: int, delta: Fraction) -> Frame | None:
    """The entry of least dimension with room for m features and an error below delta, or None."""
    for entry in entries():
        if entry.m >= m and is_below(entry.coherence**2, delta):
            return as_frame(entry)
    return None


@functools.cache
def entries(folder: Path = FOLDER) -> tuple[StoredFrame, ...]:
    """The index of the frames in a folder, those of least dimension first; read once.

    Raises
    ------
    InputError
        A file is not the index of an entry.
    """
    found = [read_entry(path) for path in folder.glob("*.json")]
    return tuple(sorted(found, key=lambda entry: (entry.d, -entry.m, entry.coherence, entry.name)))


def read_entry(path: Path) -> StoredFrame:
    """The index in a file NAME.json."""
    try:
        content = json.loads(path.read_text("utf-8"))
        error = Fraction(content.pop("error"))
        maps = content.pop("maps", None)
        entry = StoredFrame(**content | {"sources": tuple(content["sources"]), "maps": maps and tuple(maps)})
        numbers = (entry.d, entry.m, entry.diagonal, entry.off_diagonal)
        is_sound = entry.name == path.stem and all(type(n) is int and n >= 0 for n in numbers) and entry.error == error
    except (OSError, ValueError, TypeError, KeyError, AttributeError, ZeroDivisionError):
        is_sound = False
    if not is_sound:
        names = ", ".join(field.name for field in fields(StoredFrame))
        raise InputError(f"{path} is not the index of a stored frame, which is JSON with the fields {names}, error")
    return entry


def as_frame(entry: StoredFrame, folder: Path = FOLDER) -> Frame:
    """The frame of an entry; its columns are read when they are asked for."""
    return Frame(
        family="stored",
        params={"name": entry.name},
        d=entry.d,
        m=entry.m,
        coherence_squared=entry.coherence**2,
        coherence_is_exact=True,
        diagonal=entry.diagonal,
        is_integer=True,
        theorem=f"By every entry of B^T A, in integers: {entry.how}",
        sources=entry.sources,
        _columns=partial(_columns, entry, folder, 0),
        _probes=None if entry.is_symmetric else partial(_columns, entry, folder, 1),
    )


@functools.lru_cache(maxsize=8)
def load(entry: StoredFrame, folder: Path = FOLDER) -> tuple[np.ndarray, np.ndarray]:
    """A and B of an entry, in a dtype in which ``B.T @ A`` cannot overflow.

    Raises
    ------
    InputError
        The file is missing, or not the one whose digest the index has.
    """
    path = folder / f"{entry.name}.npz"
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    if digest != entry.sha256:
        raise InputError(f"{path} is damaged: its sha256 is {digest}, the index says {entry.sha256}")
    pair = io.load_pair(path)
    A = images(pair.A, entry.maps) if entry.maps else pair.A
    B = A if pair.B is None else pair.B
    dtype = smallest_integer_dtype(_most(A, B))
    return A.astype(dtype), B.astype(dtype)


def _columns(entry: StoredFrame, folder: Path, which: int, indices: np.ndarray) -> np.ndarray:
    return load(entry, folder)[which][:, indices]


def images(base: np.ndarray, maps: tuple[int, int, int]) -> np.ndarray:
    """Vectors and their images under x -> a x + b modulo p, a^order = 1, which permute ``copies`` blocks of p alike.

    Parameters
    ----------
    base : ndarray, shape (d, n)
        The vectors, d = p copies.
    maps : tuple of int
        (p, order, copies), p a prime and order a divisor of p - 1.

    Returns
    -------
    ndarray, shape (d, n p order)
        Those of the vector j begin with it, at j p order.

    Examples
    --------
    >>> images(np.array([[1], [2], [3]]), (3, 1, 1))
    array([[1, 2, 3],
           [2, 3, 1],
           [3, 1, 2]])
    """
    p, order, copies = maps
    is_group = prime_power(p) == (p, 1) and order >= 1 and (p - 1) % order == 0
    if not (is_group and copies >= 1 and p * copies == len(base)):
        raise InputError(
            "maps must be (p, order, copies), p a prime, order a divisor of p - 1 and d = p copies, got "
            f"{maps} for d = {len(base)}"
        )
    return base[_permutations(p, order, copies)].transpose(1, 2, 0).reshape(len(base), -1)


@functools.lru_cache(maxsize=8)
def _permutations(p: int, order: int, copies: int) -> np.ndarray:
    """The maps of `images` as permutations of the d coordinates, one a row, the identity first."""
    a = next(a for a in range(1, p + 1) if [i for i in range(1, order + 1) if pow(a, i, p) == 1 % p] == [order])
    one = [(pow(a, i, p) * np.arange(p) + b) % p for i in range(order) for b in range(p)]
    return np.concatenate([block * p + np.array(one) for block in range(copies)], axis=1)


def _most(A: np.ndarray, B: np.ndarray) -> int:
    """A bound on the entries of |B|^T |A|."""
    return len(A) * max(abs(int(A.min())), abs(int(A.max()))) * max(abs(int(B.min())), abs(int(B.max())))


def gram_range(A: np.ndarray, B: np.ndarray, every: int = 1) -> tuple[int, int, int]:
    """The least and the largest ``<b_i, a_i>``, and the largest ``|<b_i, a_j>|``, i != j, of integer matrices.

    With ``every``, for i = 0, every, 2 every, .. only: these are all if the columns after them are `images` of theirs,
    since permutations of coordinates change no inner product and those of a group permute the columns.
    """
    most = _most(A, B)
    # sums of products below 2^53 are exact in float64, in any order
    dtype = np.float64 if most < 2**53 else np.int64 if most < 2**63 else object
    A, B = A.astype(dtype), B.astype(dtype)
    m = A.shape[1]
    diagonal: list[int] = []
    off = 0
    step = max(1, _BLOCK // m)
    for start in range(0, m, step * every):
        at = np.arange(start, min(m, start + step * every), every)
        rows = B[:, at].T @ A
        own = np.arange(len(rows))
        diagonal += [int(x) for x in rows[own, at]]
        rows[own, at] = 0
        off = max(off, int(np.abs(rows).max()))
    return min(diagonal), max(diagonal), off


def checked_range(A: np.ndarray, B: np.ndarray, every: int = 1) -> tuple[int, int]:
    """The least ``<b_i, a_i>`` and the largest ``|<b_i, a_j>|`` of integer matrices that are good for an entry.

    Raises
    ------
    InputError
        They are not: ``<b_i, a_i>`` are too small or too far apart.
    """
    least, largest, off = gram_range(A, B, every)
    if not (off < least and largest <= least + 2 * off):
        raise InputError(
            f"<b_i, a_i> must be positive, larger than all |<b_i, a_j>|, and within twice the largest of these of each "
            f"other; got <b_i, a_i> from {least} to {largest} and |<b_i, a_j>| up to {off}"
        )
    return least, off


def recheck(entry: StoredFrame, folder: Path = FOLDER) -> None:
    """Recompute from the file, in integers, what an entry claims.

    Raises
    ------
    InputError
        The file is not what the index says; the message says in what.

    Notes
    -----
    **Guarantee**: exact. **Cost**: O(d m^2), less by a factor ``entry.images``.

    Examples
    --------
    >>> for entry in entries():
    ...     recheck(entry)
    """
    A, B = load(entry, folder)
    least, largest, off = gram_range(A, B, entry.images)
    found, claimed = (*A.shape, least, off), (entry.d, entry.m, entry.diagonal, entry.off_diagonal)
    is_same = np.array_equal(A, B)
    if found != claimed or (entry.is_symmetric and not is_same) or largest > least + 2 * off:
        raise InputError(
            f"the stored frame {entry.name} has (d, m, diagonal, off_diagonal) = {found} and a largest diagonal of "
            f"{largest}, its index says {claimed}"
        )


def small_integers(A: Any, B: Any = None) -> tuple[np.ndarray, np.ndarray | None]:
    """Integer matrices for an entry, from any A and B: as they are, times a common factor, or rounded to few bits.

    Integers are kept, but for multiples of the probes that make all ``<b_i, a_i>`` equal, where these are small. Of
    other pairs, A is multiplied by a factor and rounded, each probe is scaled to ``<b_i, a_i> = 1``, and B is rounded
    likewise: to 8 bits if that raises the error by less than a thousandth over 16 bits, else to 16.

    Parameters
    ----------
    A, B : array_like, shape (d, m)
        Representation vectors and probes; B = A by default.

    Returns
    -------
    tuple of ndarray
        A and B; None for B where it is A.

    Raises
    ------
    InputError
        A or B is not a real matrix, or some ``<b_i, a_i>`` is not positive.

    Examples
    --------
    >>> small_integers(np.array([[0.5, -0.5], [0.5, 0.5]]))
    (array([[ 1, -1],
           [ 1,  1]], dtype=int8), None)
    """
    A = check_matrix(A)
    if B is not None:
        A, B = check_pair(A, B)
    units = [_integral(X) for X in (A, A if B is None else B)]
    if units[0] is not None and units[1] is not None:
        X, Y = (unit.astype(object) for unit in units if unit is not None)  # Python's integers: no overflow
        own = [int(x) for x in (X * Y).sum(axis=0)]
        if len(set(own)) == 1:
            return _narrow(X), None if B is None else _narrow(Y)
        common = math.lcm(*own)
        if min(own) > 0 and common <= LARGEST_MULTIPLE:
            return _narrow(X), _narrow(Y * [common // x for x in own])
    coarse, fine = (_rounded(A, A if B is None else B, limit) for limit in (2**7 - 1, 2**15 - 1))
    is_enough = _coherence(*coarse) <= _coherence(*fine) * Fraction(1001, 1000)
    A, B = coarse if is_enough else fine
    return _narrow(A), _narrow(B)


def _rounded(A: np.ndarray, B: np.ndarray, limit: int) -> tuple[np.ndarray, np.ndarray]:
    """A and the probes times factors, rounded to integers of at most this size."""
    A, B = A.astype(np.float64), B.astype(np.float64)
    A = np.rint(A * (limit / np.abs(A).max(initial=1e-300)))
    diagonal = np.einsum("ij,ij->j", B, A)
    if not diagonal.min() > 0:
        i = int(diagonal.argmin())
        raise InputError(f"<b_i, a_i> must be positive for every feature i, got {diagonal[i]:.6g} for i = {i}")
    B = B / diagonal
    return A, np.rint(B * (limit / np.abs(B).max()))


def _integral(X: np.ndarray) -> np.ndarray | None:
    """X divided by its least nonzero magnitude, if that gives small integers."""
    if X.dtype.kind in "iu":
        return X
    unit = np.abs(X[X != 0]).min(initial=np.inf).astype(np.float64)
    integers = np.rint(X / unit)
    is_exact = (
        np.isfinite(unit) and np.abs(integers).max() <= 127 and np.array_equal((integers * unit).astype(X.dtype), X)
    )
    return integers.astype(np.int64) if is_exact else None


def _narrow(X: np.ndarray) -> np.ndarray:
    if X.max() >= 2**63:
        raise InputError(f"entries of an entry are below 2^63, got {X.max()}")
    return X.astype(smallest_integer_dtype(max(abs(int(X.min())), abs(int(X.max())))))


def _coherence(A: np.ndarray, B: np.ndarray) -> Fraction:
    least, _, off = gram_range(A, B)
    return Fraction(off, least) if least > 0 else Fraction(10**9)


def write_entry(
    folder: Path,
    name: str,
    A: np.ndarray,
    B: np.ndarray | None = None,
    *,
    by: str,
    how: str,
    script: str = "",
    seed: int | None = None,
    sources: Sequence[str] = (),
    maps: tuple[int, int, int] | None = None,
) -> StoredFrame:
    """Verify integer matrices and write them as an entry: NAME.npz, then NAME.json.

    Parameters
    ----------
    folder : Path
        Where the entry goes; `FOLDER` is what lincs reads.
    name, by, how, script, seed, sources, maps
        As in `StoredFrame`.
    A, B : ndarray of integers, shape (d, m)
        B = A by default. `small_integers` makes integers of floats. With ``maps``, A has the columns that are kept.

    Returns
    -------
    StoredFrame

    Raises
    ------
    InputError
        The matrices cannot be used, the name is taken, or the folder cannot be written.

    Notes
    -----
    **Guarantee**: the statement is computed from the matrices, exactly. **Cost**: O(d m^2), or that of `recheck`.
    """
    if not _NAME.fullmatch(name):
        raise InputError(f"the name of an entry must be lower case letters, digits and single hyphens, got {name}")
    A = check_matrix(A)
    if B is not None:
        A, B = check_pair(A, B)
    for X in (A, A if B is None else B):
        if X.dtype.kind not in "iu":
            raise InputError(f"an entry holds integers, got {X.dtype}: small_integers makes them")
    if maps is not None and B is not None:
        raise InputError("maps are for B = A, got A and B")
    whole = images(A, maps) if maps else A
    least, off = checked_range(whole, whole if B is None else B, whole.shape[1] // A.shape[1])
    if (folder / f"{name}.json").exists():
        raise InputError(f"{folder} has an entry named {name}: another name is needed")
    io.save_arrays(folder / f"{name}.npz", {"A": A} if B is None else {"A": A, "B": B})
    digest = hashlib.sha256((folder / f"{name}.npz").read_bytes()).hexdigest()
    d, m = whole.shape
    entry = StoredFrame(name, d, m, B is None, least, off, digest, by, how, script, seed, tuple(sources), maps)
    with io.atomic_write(folder / f"{name}.json", "w") as file:
        json.dump(asdict(entry) | {"error": str(entry.error)}, file, indent=1)
        file.write("\n")
    entries.cache_clear()
    return entry
