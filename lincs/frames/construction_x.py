"""Unions of classes of signs with a tail that tells the classes apart: construction X of coding theory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from lincs._checks import InputError, check_choice, check_integer
from lincs._numbers import Fraction
from lincs.frames._base import Frame, smallest_integer_dtype
from lincs.frames._parts import best_part, part, written
from lincs.frames._signs import checked_punctured, most_punctured
from lincs.frames.bch import information, words_by_position
from lincs.frames.gold import gold
from lincs.frames.kerdock import form_columns

#: Families whose members are looked at as tails, of integers.
TAILS = ("identity", "simplex", "linear_space", "kerdock", "reed_solomon")

#: Largest n in 2^n signs, and of those of BCH codes.
LARGEST_N, LARGEST_BCH = 62, 8


@dataclass(frozen=True)
class Level:
    """A set of sign vectors of a nest: ``count`` of them, inner products up to ``largest``, by its parameter."""

    parameter: int
    count: int
    largest: int


def construction_x(signs: str, n: int, r: int, outer: int, tail: str, punctured: int = 0) -> Frame:
    """Classes of sign vectors, each followed by one column of another frame, the same for the whole class.

    A class is a set of sign vectors of 2^n coordinates with inner products of at most c, all classes together have at
    most C > c. With a tail of coherence kappa, one column for a class, and squared length W = (C - c)/(1 - kappa) of it
    against 2^n, the coherence is at most (c + W)/(2^n + W).

    Proof. Vectors of one class have the inner product of their signs and W, at most c + W; those of different classes
    at most C + kappa W, which is the same. Leaving out P of the signs adds at most P, and takes P from the square.

    Parameters
    ----------
    signs : {"gold", "delsarte_goethals", "bch"}
        Nested sets of signs. That of the parameter ``outer`` consists of translates of that of ``r``, the classes.
        Quadratic forms in increasing order of r, 0 <= r < outer < n/2: "gold" with 2^(n (r+1)) vectors, c = 2^(r +
        floor(n/2)), and for r = 0 linear forms alone, c = 0; "delsarte_goethals" with 2^n 2^((n-1)(r+1)) vectors, the
        same c, and for r = 0 a Kerdock set. "bch": one word of each complementary pair of extended binary BCH codes
        with r, and outer < r, vanishing power sums (`lincs.frames.bch`): 2^(k-1) vectors, c = 2^n - 2 (r + 1).
    n : int
        2^n signs; n even for "delsarte_goethals", at most 8 for "bch".
    r, outer : int
        The parameters of one class and of all.
    tail : str
        A frame of integers with a rational coherence, such as "identity(m=5)"; as many classes as it has columns, or
        as there are.
    punctured : int
        Number P of signs left out, the last ones: coherence at most (c + W + P)/(2^n + W - P) < 1.

    Returns
    -------
    Frame
        Integer; the probes weigh the two parts. Column ``i + size * t`` is vector i of the class t.

    Notes
    -----
    **Guarantee**: the coherence is a bound. **Cost** of columns: as for both parts.
    Sources: [SRC72] for the construction, [Gold68], [DG75].

    Examples
    --------
    >>> frame = construction_x("delsarte_goethals", 6, 0, 1, "identity(m=5)")  # five Kerdock sets
    >>> frame.d, frame.m, frame.coherence_squared
    (69, 10240, Fraction(4, 81))
    """
    levels = {level.parameter: level for level in _nest(*_checked(signs, n))}
    outer, r = check_integer(outer, "outer", 0), check_integer(r, "r", 0)
    if not (r in levels and outer in levels and levels[r].count < levels[outer].count):
        shown = ", ".join(map(str, levels))
        raise InputError(
            f"r and outer must be parameters of one of the sets {shown} and of a later one, got {r}, {outer}"
        )
    inner, whole = levels[r], levels[outer]
    second = part(tail, "tail")
    if not (second.is_integer and second.coherence.is_exact and second.coherence_squared < 1):
        raise InputError(f"tail must have integers and a rational coherence below 1, got {tail}")
    classes = min(second.m, whole.count // inner.count)
    c, kappa = inner.largest, Fraction(second.coherence.lower)
    weight = (whole.largest - c) / (1 - kappa)
    punctured = checked_punctured(punctured, 2**n + weight, c + weight)
    d = 2**n - punctured
    ratio = weight / second.diagonal
    x, y = ratio.denominator, ratio.numerator
    return Frame(
        family="construction_x",
        params={"signs": signs, "n": n, "r": r, "outer": outer, "tail": tail, "punctured": punctured},
        d=d + second.d,
        m=inner.count * classes,
        coherence_squared=((c + weight + punctured) / (d + weight)) ** 2,
        coherence_is_exact=False,
        diagonal=x * d + y * second.diagonal,
        is_integer=True,
        theorem="Signs of one class have small inner products, and the tails of different classes make up for theirs.",
        sources=("SRC72", *SOURCES[signs], *second.sources),
        _columns=partial(_columns, partial(_signs, signs, n, r, outer, d), inner.count, second, None),
        _probes=partial(_columns, partial(_signs, signs, n, r, outer, d), inner.count, second, (x, y)),
    )


def construction_x_for(m: int, delta: Fraction) -> Frame | None:
    """The union of least dimension with room for m features and an error below delta.

    None where sets of signs without a tail are as good.
    """
    limit = min(delta, Fraction(1, 2))
    limit /= 1 - limit
    best: tuple[int, str, int, int, int, str, int] | None = None
    for signs in SOURCES:
        for n in range(3, LARGEST_N + 1):
            if (best is not None and best[0] <= 2 ** (n - 1)) or not _exists(signs, n):
                continue
            nest = _nest(signs, n)
            whole = next((level for level in nest if level.count >= m), None)
            if whole is None:
                continue
            if whole.largest < limit * 2**n:
                break  # no tail is needed, here and beyond
            for inner in nest[: nest.index(whole)]:
                # the coherence is below the limit for weights below this one, hence for tails of coherence below kappa
                most = (limit * 2**n - inner.largest) / (1 - limit)
                kappa = 1 - (whole.largest - inner.largest) / most if most > 0 else Fraction(0)
                classes = -(-m // inner.count)
                if kappa <= 0 or classes.bit_length() > n:
                    continue
                tail = best_part(
                    classes, kappa / (1 + kappa), TAILS, (4 * 2**n if best is None else best[0]) - 2 ** (n - 1)
                )
                if tail is None or not tail.coherence.is_exact:
                    continue
                weight = (whole.largest - inner.largest) / (1 - Fraction(tail.coherence.lower))
                punctured = most_punctured(2**n + weight, inner.largest + weight, delta)
                d = 2**n + tail.d - punctured
                if best is None or d < best[0]:
                    best = d, signs, n, inner.parameter, whole.parameter, written(tail), punctured
    return construction_x(*best[1:]) if best is not None else None


# --- nests of signs ---

SOURCES = {"gold": ("Gold68",), "delsarte_goethals": ("DG75",), "bch": ("Hocquenghem59", "BR60")}


def _exists(signs: str, n: int) -> bool:
    return {"gold": True, "delsarte_goethals": n % 2 == 0, "bch": n <= LARGEST_BCH}[signs]


def _checked(signs: str, n: int) -> tuple[str, int]:
    check_choice(signs, "signs", SOURCES)
    n = check_integer(n, "n", 3, LARGEST_N)
    if not _exists(signs, n):
        need = "even for delsarte_goethals" if signs == "delsarte_goethals" else f"at most {LARGEST_BCH} for bch"
        raise InputError(f"n must be {need}, got {n}")
    return signs, n


@lru_cache(2**8)
def _nest(signs: str, n: int) -> list[Level]:
    """The sets of 2^n signs, each in the next one."""
    if signs == "bch":
        k = information(2, n)
        # the largest t for each dimension; the word 1 and half of the coordinates are left, t < 2^(n-1)
        some = [t for t in range(1, 2 ** (n - 1) - 1) if k[t] > k[t + 1]]
        return [Level(t, 2 ** (k[t] - 1), 2**n - 2 * (t + 1)) for t in reversed(some)]
    forms = range((n - 1) // 2 + 1)
    if signs == "gold":
        return [Level(r, 2 ** (n * (r + 1)), 2 ** (n // 2 + r) if r else 0) for r in forms]
    return [Level(r, 2 ** (n + (n - 1) * (r + 1)), 2 ** (n // 2 + r)) for r in forms]


def _signs(signs: str, n: int, r: int, outer: int, d: int, indices: np.ndarray) -> np.ndarray:
    """The first d signs of vectors, numbered within the classes and then by classes."""
    if signs == "gold":
        return gold(n, outer).columns(indices)[:d]
    if signs == "delsarte_goethals":
        return form_columns(n // 2, r, d, outer, indices)
    leaders = _leaders(n, r, outer)
    k = information(2, n)[r]
    bits = np.stack([(indices >> i & 1).astype(np.int64) for i in range(k - 1 + len(leaders))])
    words = words_by_position(2, n, r, np.concatenate([bits[: k - 1], np.zeros((1, len(indices)), dtype=np.int64)]))
    return (1 - 2 * ((words + leaders.T @ bits[k - 1 :]) % 2))[:d].astype(smallest_integer_dtype(2**n))


@lru_cache(2**4)
def _leaders(n: int, r: int, outer: int) -> np.ndarray:
    """Words that together with those of one class span all: a row of bits for each."""
    inner, whole = (words_by_position(2, n, t, np.eye(information(2, n)[t], dtype=np.int64)).T for t in (r, outer))
    kept, echelon = [], dict[int, int]()
    for number, row in enumerate(np.concatenate([inner, whole])):
        word = int("".join(map(str, row.tolist())), 2)
        while word and (top := word.bit_length()) in echelon:
            word ^= echelon[top]
        if word:
            echelon[word.bit_length()] = word
            if number >= len(inner):
                kept.append(row)
    return np.array(kept)


def _columns(
    signs: Callable[[np.ndarray], np.ndarray],
    size: int,
    tail: Frame,
    weights: tuple[int, int] | None,
    indices: np.ndarray,
) -> np.ndarray:
    """The columns, or with weights of both parts the probes."""
    first, number = signs(indices), indices // size
    if weights is None:
        return np.concatenate([first, tail.columns(number)])
    x, y = weights
    second = tail.probes(number)
    # the dtype of the tail holds the sums of its products
    dtype = smallest_integer_dtype(x * len(first) + y * int(np.iinfo(second.dtype).max))
    return np.concatenate([x * first.astype(dtype), y * second.astype(dtype)])
