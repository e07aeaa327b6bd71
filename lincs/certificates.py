"""Certificates: what a bound or a kernel ratio rests on, written as integers that `lincs.check` rechecks alone.

A certificate is a JSON object of integers (strings where other programs might round them); the format is described in
`lincs.check`, which shares no code with this module.
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

import numpy as np

from lincs import io
from lincs._checks import InputError, check_matrix
from lincs._numbers import Fraction
from lincs.bounds import Bound
from lincs.frames.stored import as_frame, named
from lincs.probes import BestProbes, KernelRatio

#: Most entries of a matrix that a certificate holds, and most products of two entries that its check may take.
LARGEST_SIZE, LARGEST_WORK = 2_000_000, 4 * 10**9

#: Matrices A with more entries than this are left out of the certificate of a kernel ratio, which then holds a digest.
INLINE_SIZE = 100_000

#: Most bits of the exact solution of the linear system behind a kernel vector, about: rank squared times bits of A.
LARGEST_SOLUTION = 2 * 10**7

#: Most bits of the common denominator of a probe that is kept exactly.
LONGEST_SCALE = 4000

#: Bits to which irrational frames, probes and kernel vectors are rounded before they are certified exactly.
BITS = 50


def bound_certificate(*bounds: Bound, matrices: bool = False) -> dict[str, Any]:
    """The certificate of one or more bounds on d(m, k, eps).

    A lower bound is stated by its theorem and the integers of its inequality. An upper bound is stated by the family
    and the parameters of its frame, or with ``matrices`` by integer matrices A, B and a rational scale with
    ``|scale B^T A - I| < eps/k`` in every entry; frames of irrational entries are rounded for that.

    Parameters
    ----------
    *bounds : Bound
        From `lincs.dimension_bounds` and the like.
    matrices : bool
        Hold the matrices of upper bounds, instead of naming family and parameters.

    Returns
    -------
    dict
        For `write_certificate`.

    Raises
    ------
    InputError
        The matrices are too large, the bound is one of existence, or the frame's error is so close to eps/k that
        rounded entries do not keep below it.

    Notes
    -----
    **Guarantee**: `lincs.check.check_file` finds that it holds, or says what it does not evaluate (primes beyond 3.3e24
    and counts in more than 10^6 dimensions). **Cost**: none; with matrices O(d m^2), for d m^2 up to 4 * 10^9.

    Examples
    --------
    >>> from lincs import dimension_bounds
    >>> certificate = bound_certificate(dimension_bounds(10**6, 10, "1/2").lower)
    >>> certificate["claims"][0]["theorem"], certificate["claims"][0]["d"], certificate["claims"][0]["params"]
    ('chebyshev', 827, {'p': 2})
    """
    claims = []
    for bound in bounds:
        if bound.side == "lower":
            claims.append(_lower_claim(bound))
        else:
            claims.append(_pair_claim(bound) if matrices else _upper_claim(bound))
    return _certificate(claims)


def kernel_ratio_certificate(A: Any, result: KernelRatio | BestProbes) -> dict[str, Any]:
    """The certificate of both sides of gamma(A): a vector of the kernel of A, exactly, and probes B.

    The kernel vector of ``result``, which is one up to rounding, is rounded except in the columns of a basis, where its
    entries are solved for exactly; the probes are rounded. Both sides are then evaluated anew, in integers.

    Parameters
    ----------
    A : array (d, m)
        The matrix that ``result`` is about. The certificate holds it if it has at most 10^5 entries, and otherwise a
        digest of it: then `lincs.check.check_file` needs an npy file with A as well.
    result : KernelRatio or BestProbes
        From `lincs.kernel_ratio` or `lincs.best_probes`; its rows (features) are those that the certificate is about.

    Returns
    -------
    dict
        For `write_certificate`. Its sides, pairs of integers ``lower`` and ``upper``, may differ from those of
        ``result`` in the last digits.

    Raises
    ------
    InputError
        A is not the matrix of ``result``, or it is too large (some hundred dimensions are possible), or its rank is not
        known exactly.

    Notes
    -----
    **Guarantee**: both sides are exact inequalities between integers. **Cost**: an exact linear system of d equations
    (3 s for d = 400 and entries of 53 bits), and O(d m^2) for the check.

    Examples
    --------
    >>> from lincs import kernel_ratio
    >>> A = np.array([[1, 0, 0, -1], [0, 1, 0, -1], [0, 0, 1, -1]])
    >>> claim = kernel_ratio_certificate(A, kernel_ratio(A, method="exact"))["claims"][0]
    >>> claim["lower"], claim["upper"]
    ([1, 4], [1, 4])
    """
    A = check_matrix(A)
    d, m = A.shape
    if (result.d, result.m) != (d, m):
        raise InputError(f"A has shape {A.shape} and the result is about shape {(result.d, result.m)}")
    _check_size(d, m, len(result.rows))
    integers, exponent = _dyadic(A)
    B, scales, upper = _probes(integers, exponent, result)
    z, lower = _kernel_vector(integers, result)
    claim = {
        "claim": "kernel ratio",
        "d": d,
        "m": m,
        "sha256": _digest(integers, exponent),
        "exponent": exponent,
        "A": _written_matrix(integers) if d * m <= INLINE_SIZE else None,
        "lower": _written_fraction(lower),
        "upper": _written_fraction(upper),
        "z": z,
        "features": [int(i) for i in result.rows],
        "B": _written_matrix(B),
        "scales": [_written(scale) for scale in scales],
    }
    return _certificate([claim])


def write_certificate(path: io.PathLike, certificate: dict[str, Any]) -> None:
    """Write a certificate as a JSON file, whole or not at all.

    Parameters
    ----------
    path : path of the file
    certificate : dict
        From `bound_certificate` or `kernel_ratio_certificate`.

    Raises
    ------
    InputError
        If the file cannot be written.

    Notes
    -----
    **Cost**: a line of text for each field; the matrices of a claim make up nearly all of it.
    """
    claims = [
        ",\n".join(f"   {json.dumps(name)}: {json.dumps(value)}" for name, value in claim.items())
        for claim in certificate["claims"]
    ]
    head = "".join(f" {json.dumps(name)}: {json.dumps(certificate[name])},\n" for name in ("format", "version"))
    with io.atomic_write(path, "w") as file:
        file.write("{\n" + head + ' "claims": [\n  {\n' + "\n  },\n  {\n".join(claims) + "\n  }\n ]\n}\n")


def matrix_digest(A: Any) -> str:
    """The sha256 of a matrix as exact numbers, whatever their type and the byte order.

    That of the text of the line "d m e" and a line for each row of 2^e A, e >= 0 the least that makes it integral.

    Examples
    --------
    >>> matrix_digest([[1, 2]]) == matrix_digest(np.array([[1.0, 2.0]], dtype=np.float32))
    True
    """
    return _digest(*_dyadic(check_matrix(A)))


def _digest(integers: list[list[int]], exponent: int) -> str:
    lines = [f"{len(integers)} {len(integers[0])} {exponent}", *(" ".join(map(str, line)) for line in integers)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _certificate(claims: list[dict[str, Any]]) -> dict[str, Any]:
    return {"format": "lincs certificate", "version": 1, "claims": claims}


# --- bounds ---


def _lower_claim(bound: Bound) -> dict[str, Any]:
    return {"claim": "lower bound", "theorem": bound.theorem, **_question(bound), "params": _written_params(bound)}


def _upper_claim(bound: Bound) -> dict[str, Any]:
    return {"claim": "upper bound", "family": bound.theorem, **_question(bound), "params": _written_params(bound)}


def _question(bound: Bound) -> dict[str, Any]:
    return {
        "m": _written(bound.m),
        "k": _written(bound.k),
        "eps": _written_fraction(bound.eps),
        "d": _written(bound.d),
    }


def _written_params(bound: Bound) -> dict[str, Any]:
    fractions = ("weight", "coherence")
    written: dict[str, Any] = {}
    if bound.theorem == "stored":  # what it rests on is nothing but its matrices
        entry = named(str(bound.params["name"]))
        frame = as_frame(entry)
        kept = np.arange(0, frame.m, entry.images)
        _check_size(frame.d, frame.m, len(kept), len(kept))
        probes = None if frame.is_symmetric else _written_matrix(frame.probes(kept).tolist())
        written = {"A": _written_matrix(frame.columns(kept).tolist()), "B": probes}
        if entry.maps:
            written["maps"] = list(entry.maps)
    for name, value in bound.params.items():
        is_text = isinstance(value, str) and name not in fractions
        written[name] = (
            value if is_text else _written_fraction(Fraction(value)) if name in fractions else _written(value)
        )
    return written


def _pair_claim(bound: Bound) -> dict[str, Any]:
    frame, m = bound.frame, bound.m
    if frame is None:
        raise InputError(f"the bound {bound.theorem} is one of existence only; there are no matrices to certify")
    _check_size(frame.d, m, m)
    A = frame.matrix(m)
    B = A if frame.is_symmetric else frame.probes(np.arange(m))
    scale = Fraction(frame.scale)
    if not frame.is_integer:  # then B = A or has entries of the same size
        A, B = (np.rint(np.ldexp(matrix, BITS)).astype(np.int64) for matrix in (A, B))
        scale /= 1 << (2 * BITS)
    a, b = A.tolist(), B.T.tolist()
    if not max(_errors(b, a, [(i, 1 / scale) for i in range(m)])) < bound.delta:
        raise InputError(
            f"the error of the frame is too close to eps/k = {bound.delta} for matrices of rounded entries"
        )
    return {
        "claim": "accessible pair",
        **_question(bound),
        "d": frame.d,
        "A": _written_matrix(a),
        "B": None if frame.is_symmetric else _written_matrix(B.tolist()),
        "scale": _written_fraction(scale),
    }


# --- kernel ratios ---


def _probes(
    integers: list[list[int]], exponent: int, result: KernelRatio | BestProbes
) -> tuple[list[list[int]], list[int], Fraction]:
    """Probes as integers over a scale for each feature, and a number above the entries of ``|B^T A - I|``."""
    sizes = [max(1, *map(abs, line)).bit_length() for line in integers]
    rounded = [_rounded_probe(b.tolist(), sizes) for b in result.B.T]
    B, scales = [b for b, _ in rounded], [scale for _, scale in rounded]
    ones = [(int(i), Fraction(scale << exponent)) for i, scale in zip(result.rows, scales, strict=True)]
    return B, scales, _coarse(max(_errors(B, integers, ones)), above=True)


def _rounded_probe(b: list[Any], sizes: list[int]) -> tuple[list[int], int]:
    """A probe as integers over a scale: exact if of short fractions, else so that products with A keep BITS bits."""
    if isinstance(b[0], Fraction):
        scale = math.lcm(1, *(x.denominator for x in b))
        if scale.bit_length() <= LONGEST_SCALE:
            return [int(x * scale) for x in b], scale
        b = [float(x) for x in b]
    largest = max((math.frexp(x)[1] + size for x, size in zip(b, sizes, strict=True) if x), default=0)
    shifts = [max(0, BITS - largest + size) for size in sizes]
    shift = max(shifts)
    return [_shifted(x, own) << (shift - own) for x, own in zip(b, shifts, strict=True)], 1 << shift


def _kernel_vector(
    integers: list[list[int]], result: KernelRatio | BestProbes
) -> tuple[dict[str, Any] | None, Fraction]:
    """A vector of the kernel as the claim has it, and a number below ``|z_row| / ||z||_1``."""
    z = result.z.tolist()
    if result.gamma.lower == 0 or not any(z):
        return None, Fraction(0)
    if isinstance(z[0], Fraction):
        basis: list[int] = []
        denominator = 1
        common = math.lcm(*(x.denominator for x in z))
        numbers = [int(x * common) for x in z]
    else:
        shift = BITS + 30 - math.frexp(max(map(abs, z)))[1]
        numbers = [_shifted(x, shift) for x in z]
        basis, denominator = _solve(integers, numbers)
    is_basic = set(basis)
    whole = [x if j in is_basic else x * denominator for j, x in enumerate(numbers)]
    claim = {
        "row": result.row,
        "basis": basis,
        "denominator": _written(denominator),
        "numbers": [_written(x) for x in numbers],
    }
    return claim, _coarse(Fraction(abs(whole[result.row]), sum(map(abs, whole))), above=False)


def _solve(A: list[list[int]], numbers: list[int]) -> tuple[list[int], int]:
    """Replace the numbers in the columns of a basis so that, over a denominator there, they are in the kernel of A."""
    from flint import fmpz_mat

    lines, basis = _basis(A)
    size = max(abs(x) for line in A for x in line).bit_length() + len(basis).bit_length()
    if len(basis) ** 2 * size > LARGEST_SOLUTION:
        raise InputError(
            f"A has rank {len(basis)} and entries of {size} bits, too large for an exact kernel vector: rank^2 times "
            f"bits may be up to {LARGEST_SOLUTION:.0e}"
        )
    if not basis:
        return [], 1
    for j in basis:
        numbers[j] = 0
    given = fmpz_mat(A) * fmpz_mat([[x] for x in numbers])
    square: Any = fmpz_mat([[A[i][j] for j in basis] for i in lines])
    try:
        solution, denominator = square.solve(fmpz_mat([[-given[i, 0]] for i in lines])).numer_denom()
    except ZeroDivisionError:
        raise InputError("the rank of A is not clear: some of its rows or columns depend on others nearly") from None
    for j, x in zip(basis, solution.entries(), strict=True):
        numbers[j] = int(x)
    factors = [int(denominator)] * len(numbers)
    for j in basis:
        factors[j] = 1
    whole = fmpz_mat([[x * factor] for x, factor in zip(numbers, factors, strict=True)])
    if any(x != 0 for x in (fmpz_mat(A) * whole).entries()):
        raise InputError("some rows of A depend on others up to rounding only; drop them, or pass integers")
    return basis, int(denominator)


def _basis(A: list[list[int]]) -> tuple[list[int], list[int]]:
    """Rows and columns of a square submatrix of full rank, well conditioned as far as floats can tell."""
    from scipy.linalg import qr

    # rows by powers of two to about 1, which changes no kernel
    sizes = [max(map(abs, line)).bit_length() for line in A]
    scaled = np.array([[x / (1 << size) for x in line] for line, size in zip(A, sizes, strict=True)])
    _, R, columns = qr(scaled, mode="economic", pivoting=True)
    diagonal = np.abs(np.diag(R))
    rank = int((diagonal > 8 * max(scaled.shape) * np.finfo(float).eps * diagonal[0]).sum())
    columns = np.sort(columns[:rank])
    _, _, lines = qr(scaled[:, columns].T, mode="economic", pivoting=True)
    return sorted(lines[:rank].tolist()), columns.tolist()


# --- numbers ---


def _errors(B: list[list[int]], A: list[list[int]], ones: list[tuple[int, Fraction]]) -> list[Fraction]:
    """For probes b of features i, ``one`` being what <b, a_i> should be: the largest ``|<b, a_j>/one - [i = j]|``."""
    from flint import fmpz_mat

    errors = []
    for (i, one), line in zip(ones, (fmpz_mat(B) * fmpz_mat(A)).table(), strict=True):
        values = [abs(int(x)) for x in line]
        values[i] = 0
        errors.append(max(abs(int(line[i]) - one), Fraction(max(values))) / one)
    return errors


def _dyadic(A: np.ndarray) -> tuple[list[list[int]], int]:
    """A as integers over 2^exponent, the least that will do: floats are dyadic rationals."""
    ratios = [[x.as_integer_ratio() for x in line] for line in A.tolist()]
    exponent = max(denominator.bit_length() - 1 for line in ratios for _, denominator in line)
    return [[n << (exponent + 1 - denominator.bit_length()) for n, denominator in line] for line in ratios], exponent


def _shifted(x: float, shift: int) -> int:
    """``x 2^shift``, rounded to the next integer."""
    mantissa, exponent = math.frexp(x)
    whole, shift = int(mantissa * 2**53), exponent - 53 + shift
    return whole << shift if shift >= 0 else (whole + (1 << (-shift - 1))) >> -shift


def _coarse(x: Fraction, above: bool) -> Fraction:
    """A fraction of denominator up to 2^128, above or below."""
    if x.denominator < 1 << 128:
        return x
    return Fraction(math.ceil(x * (1 << 96)) if above else math.floor(x * (1 << 96)), 1 << 96)


def _check_size(d: int, m: int, features: int, held: int | None = None) -> None:
    """Refuse too many entries of ``held`` columns (all by default), and products of m columns with some features."""
    size, work = d * max(m if held is None else held, features), d * m * features
    if size > LARGEST_SIZE or work > LARGEST_WORK:
        raise InputError(
            f"certificates hold matrices of up to {LARGEST_SIZE} entries and take up to {LARGEST_WORK:.0e} products to "
            f"check, got {size} and {work}"
        )


def _written(number: int) -> int | str:
    """An integer as JSON keeps it everywhere: beyond 53 bits as a string, and beyond 4000 digits in hexadecimals."""
    number = int(number)
    if number.bit_length() <= 53:
        return number
    return str(number) if number.bit_length() <= 13_000 else hex(number)


def _written_fraction(x: Fraction) -> list[int | str]:
    return [_written(x.numerator), _written(x.denominator)]


def _written_matrix(A: list[list[int]]) -> list[list[int | str]]:
    return [[_written(x) for x in line] for line in A]
