"""Checks of what the caller passed: each failure is one line that says what came and what is needed."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from lincs._numbers import Fraction, as_fraction


class InputError(ValueError):
    """The input cannot be used; the message is one line that says what came and what is needed.

    The command line prints the message and exits with code 2. Any other exception is a defect of lincs.
    """


def check_integer(value: Any, name: str, minimum: int = 1, maximum: int | None = None) -> int:
    """``value`` as a Python int in ``[minimum, maximum]``; text such as ``"1e6"`` is read exactly."""
    need = f"{name} must be an integer >= {minimum}"
    if maximum is not None:
        need += f" and <= {maximum if maximum < 10**18 else format(maximum, 'g')}"
    if isinstance(value, (bool, np.bool_)):
        raise InputError(f"{need}, got {value!r}")
    try:
        number = operator.index(value)
    except TypeError:
        try:
            exact = as_fraction(value)
        except (ValueError, TypeError):
            raise InputError(f"{need}, got {_shown(value)}") from None
        if exact.denominator != 1:
            raise InputError(f"{need}, got {_shown(value)}") from None
        number = exact.numerator
    if number < minimum or (maximum is not None and number > maximum):
        raise InputError(f"{need}, got {_shown(value)}")
    return number


def check_sparsity(k: Any, m: int) -> int:
    """The sparsity ``k`` as an int with 1 <= k <= m."""
    k = check_integer(k, "k")
    if k > m:
        raise InputError(f"k must be at most the number of features m = {m}, got k = {k}")
    return k


def check_eps(eps: Any, name: str = "eps") -> Fraction:
    """The tolerance as an exact Fraction in (0, 1]; a float is read by its shortest decimal, 0.1 as 1/10."""
    try:
        exact = as_fraction(eps)
    except (ValueError, TypeError, ZeroDivisionError):
        raise InputError(f"{name} must be a decimal or a fraction in (0, 1], got {_shown(eps)}") from None
    if not 0 < exact <= 1:
        raise InputError(f"{name} must lie in (0, 1], got {_shown(eps)}")
    return exact


def check_bytes(size: Any, name: str) -> int:
    """A number of bytes: an integer >= 1, or text such as "4GB" (10^9 bytes) or "512 MiB" (2^20 bytes)."""
    if isinstance(size, str) and (match := re.fullmatch(r"\s*([0-9.]+)\s*([kKMGTP]?)(i?)B?\s*", size)):
        number, prefix, binary = match.groups()
        power = " kMGTP".index(prefix.replace("K", "k")) if prefix else 0
        try:
            return check_integer(int(as_fraction(number) * (1024 if binary else 1000) ** power), name)
        except (ValueError, TypeError):
            pass
    elif not isinstance(size, str):
        return check_integer(size, name)
    raise InputError(f"{name} must be a number of bytes such as 4GB or 512MiB, got {_shown(size)}")


def as_array(x: Any, name: str) -> np.ndarray:
    """``x`` as an array, of any dtype."""
    try:
        return np.asarray(x)
    except (ValueError, TypeError, OverflowError):
        raise InputError(f"{name} is not an array of numbers: its parts differ in length or in kind") from None


def check_matrix(
    A: Any, name: str = "A", *, shape: str = "(d, m)", allow_complex: bool = False, finite: bool = True
) -> np.ndarray:
    """``A`` as a non-empty, finite, two-dimensional array of a real dtype (not copied where it already is one).

    With ``finite=False`` the entries are not looked at, as for a file that is only being opened. ``shape`` is what its
    two sides are called.
    """
    A = as_array(A, name)
    if A.dtype.kind == "c" and not allow_complex:
        raise InputError(f"{name} is complex ({A.dtype}); a real array is needed: lincs.real_form gives the real form")
    if A.dtype.kind not in "iufbc" or A.dtype.itemsize > (16 if A.dtype.kind == "c" else 8):
        raise InputError(
            f"{name} has dtype {A.dtype}; a real array of integers or of floats of at most 64 bits is needed"
        )
    if A.ndim != 2:
        raise InputError(f"{name} has shape {A.shape}; a two-dimensional array of shape {shape} is needed")
    if A.size == 0:
        raise InputError(f"{name} is empty, of shape {A.shape}; at least one row and one column are needed")
    if A.dtype.kind == "b":
        A = A.astype(np.int8)
    if finite and A.dtype.kind in "fc":
        by_rows = abs(A.strides[0]) >= abs(A.strides[1])
        lines = A if by_rows else A.T
        count = max(1, 2**22 // lines.shape[1])
        for start in range(0, len(lines), count):  # as they lie in memory or a file: no second array of A's size
            is_finite = np.isfinite(lines[start : start + count])
            if not is_finite.all():
                line, place = (int(x) for x in np.argwhere(~is_finite)[0])
                row, column = (start + line, place) if by_rows else (place, start + line)
                raise InputError(f"{name}[{row}, {column}] is {A[row, column]}; every entry must be finite")
    return A


def check_pair(A: Any, B: Any) -> tuple[np.ndarray, np.ndarray]:
    """``(A, B)`` as two checked arrays of one shape (d, m)."""
    A, B = check_matrix(A, "A"), check_matrix(B, "B")
    if A.shape != B.shape:
        hint = "; B looks transposed" if A.shape == B.shape[::-1] else ""
        raise InputError(f"A has shape {A.shape} and B has shape {B.shape}; both must be (d, m){hint}")
    return A, B


def check_choice(value: Any, name: str, choices: Iterable[str]) -> str:
    """``value`` if it is one of ``choices``."""
    choices = list(choices)
    if value not in choices:
        raise InputError(f"{name} must be one of {', '.join(choices)}, got {_shown(value)}")
    return value


def _shown(value: Any) -> str:
    """``value`` in at most 60 characters, on one line."""
    try:
        text = repr(value)
    except ValueError:  # Python refuses to print integers of more than 4300 digits
        text = f"an integer of {value.bit_length()} bits"
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "..."
