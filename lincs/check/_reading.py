"""What a certificate is made of: verdicts, numbers, matrices, and reading them."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any


class CertificateError(ValueError):
    """The file cannot be used as a certificate; the message is one line that says what is wrong with it."""


class Fails(Exception):
    """The claim is not shown; the message says why."""


@dataclass(frozen=True)
class Verdict:
    """What a certificate claims, whether that is shown, and what was checked or where it fails.

    Parameters
    ----------
    claim : str
        The statement, in one sentence for each claim of the file.
    holds : bool
        Whether everything that the claim needs was checked and is so.
    reason : str
        What was checked, or the first thing that is not so.
    """

    claim: str
    holds: bool
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """The three fields, for JSON."""
        return {"claim": self.claim, "holds": self.holds, "reason": self.reason}


def need(condition: bool, otherwise: str) -> None:
    """Go on if the condition is true; else the claim fails, with this reason."""
    if not condition:
        raise Fails(otherwise)


def up(numerator: int, denominator: int) -> int:
    """The quotient, rounded up."""
    return -(-numerator // denominator)


def short(x: Fraction, above: bool = False) -> str:
    """A fraction as it is, if that is short; else as a decimal rounded down or up."""
    if x.numerator.bit_length() + x.denominator.bit_length() <= 80:
        return str(x)
    if abs(x) >= 10**30:
        return "a number beyond 10^30"
    digits = up(x.numerator * 10**15, x.denominator) if above else x.numerator * 10**15 // x.denominator
    return f"{digits // 10**15}.{digits % 10**15:015d}"


def read(path: Any) -> list[dict[str, Any]]:
    """The claims of a certificate, in which all JSON numbers are integers."""

    def no_floats(text: str) -> Any:
        raise CertificateError(f"certificates have no floats, got {text[:40]}")

    def no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise CertificateError("a field stands twice")
        return dict(pairs)

    try:
        content = json.loads(
            Path(path).read_text("utf-8"),
            parse_int=integer,
            parse_float=no_floats,
            parse_constant=no_floats,
            object_pairs_hook=no_doubles,
        )
    except OSError as error:
        raise CertificateError(f"{path} cannot be read: {error.strerror}") from None
    except CertificateError as error:
        raise CertificateError(f"{path}: {error}") from None
    except (ValueError, RecursionError) as error:
        raise CertificateError(f"{path} is not JSON: {str(error)[:100]}") from None
    if not isinstance(content, dict) or content.get("format") != "lincs certificate":
        raise CertificateError(f"{path} is not a lincs certificate")
    if content.get("version") != 1 or type(content["version"]) is not int:
        raise CertificateError(f"{path} has version {str(content.get('version'))[:20]}; this checker knows version 1")
    claims = content.get("claims")
    if set(content) != {"format", "version", "claims"} or not isinstance(claims, list) or not claims:
        raise CertificateError(f"{path} must have the fields format version claims, with at least one claim")
    if not all(isinstance(claim, dict) for claim in claims):
        raise CertificateError(f"{path}: each claim must be an object")
    return claims


def integer(value: Any, name: str = "a number") -> int:
    """An integer, as a string of at most 4000 decimal digits or any number of hexadecimal ones."""
    if type(value) is int:
        return value
    if not isinstance(value, str) or not re.fullmatch(r"-?(0x[0-9a-f]+|[0-9]{1,4000})", value):
        raise CertificateError(f"{name} must be an integer, got {str(value)[:40]}")
    return int(value, 16 if "x" in value else 10)


def printable(value: Any, name: str) -> int:
    """An integer that can be printed."""
    number = integer(value, name)
    if number.bit_length() > 8192:
        raise CertificateError(f"{name} has {number.bit_length()} bits; at most 8192 are needed")
    return number


def one_of(known: Any, value: Any, name: str) -> str:
    """A name that is known."""
    if not isinstance(value, str) or value not in known:
        raise CertificateError(f"{name} must be one of {', '.join(known)}, got {str(value)[:40]}")
    return value


def fraction(value: Any, name: str) -> Fraction:
    """A fraction from its numerator and its positive denominator."""
    parts = [printable(part, name) for part in list_(value, name)]
    if len(parts) != 2 or parts[1] <= 0:
        raise CertificateError(f"{name} must be a pair [numerator, denominator] with a positive denominator")
    return Fraction(*parts)


def param(value: Any, name: str) -> Any:
    """A parameter of a family: names, matrices (None where B is A), a fraction, and integers."""
    if name in ("design", "ensemble", "name", "curve", "generator", "signs", "tail", "first", "second"):
        return str(value)
    if name == "maps":
        return tuple(printable(x, name) for x in list_(value, name))
    if name in ("A", "B"):
        return None if name == "B" and value is None else matrix(value, name)
    return fraction(value, name) if name == "coherence" else printable(value, name)


def question(claim: dict[str, Any]) -> tuple[int, int, Fraction, int]:
    """m, k, eps and d."""
    m, k, d = (printable(claim[name], name) for name in "mkd")
    eps = fraction(claim["eps"], "eps")
    if not (1 <= k <= m and 0 < eps <= 1) or eps.denominator.bit_length() > 4096:
        raise CertificateError("1 <= k <= m and 0 < eps <= 1 are needed")
    return m, k, eps, d


def list_(value: Any, name: str) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        raise CertificateError(f"{name} must be a list")
    return value


def integers(value: Any, name: str, rows: int, columns: int) -> list[list[int]]:
    """A matrix of integers, as a list of its rows."""
    lines = [[printable(x, name) for x in list_(line, name)] for line in list_(value, name)]
    if len(lines) != rows or rows < 1 or any(len(line) != columns for line in lines):
        raise CertificateError(f"{name} must have {rows} lines of {columns} integers")
    return lines


def matrix(value: Any, name: str) -> list[list[int]]:
    """A matrix of integers of any shape, as a list of its rows."""
    lines = list_(value, name)
    return integers(value, name, len(lines), len(list_(lines[0], name)) if lines else 0)


def load_matrix(path: Any) -> tuple[list[list[int]], int]:
    """The matrix in an npy file as integers over 2^exponent: floats are dyadic rationals."""
    import numpy as np

    try:
        with open(path, "rb") as file:
            array = np.lib.format.read_array(file, allow_pickle=False)
    except Exception as error:  # numpy's reader raises many kinds where a header is damaged
        raise CertificateError(f"{path} is not an npy file that can be read: {str(error)[:100]!r}") from None
    if array.ndim != 2 or array.size == 0:
        raise CertificateError(f"{path} must hold a matrix of shape (d, m), got shape {array.shape}")
    if array.dtype.kind not in "iuf" or array.dtype.itemsize > 8 or not np.isfinite(array).all():
        raise CertificateError(f"{path} must hold finite integers or floats of at most 64 bits")
    ratios = [[x.as_integer_ratio() for x in line] for line in array.tolist()]
    exponent = max(denominator.bit_length() - 1 for line in ratios for _, denominator in line)
    return [[n * (1 << exponent) // denominator for n, denominator in line] for line in ratios], exponent


def digest(A: list[list[int]], exponent: int) -> str:
    """sha256 of the lines "d m exponent" and the integers of each row, separated by spaces."""
    text = "\n".join([f"{len(A)} {len(A[0])} {exponent}", *(" ".join(map(str, line)) for line in A)])
    return hashlib.sha256(text.encode()).hexdigest()
