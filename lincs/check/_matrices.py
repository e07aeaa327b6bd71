"""Claims about matrices: every entry of B^T A - I, and a vector of the kernel of A."""

from __future__ import annotations

from fractions import Fraction
from operator import mul
from typing import Any

from ._reading import (
    CertificateError,
    Fails,
    Verdict,
    digest,
    fraction,
    integer,
    integers,
    list_,
    need,
    printable,
    question,
    short,
)


def accessible_pair(claim: dict[str, Any]) -> Verdict:
    """Whether all entries of B^T A - I are below eps/k."""
    m, k, eps, d = question(claim)
    scale = fraction(claim["scale"], "scale")
    sentence = (
        f"the {d} x {m} matrices A, B in this file have |B^T A z - z| < {eps} for all {k}-sparse z in [-1, 1]^{m}"
    )
    A = integers(claim["A"], "A", d, m)
    B = A if claim["B"] is None else integers(claim["B"], "B", d, m)
    columns, probes = list(zip(*A, strict=True)), list(zip(*B, strict=True))
    for i, b in enumerate(probes):
        for j, a in enumerate(columns):
            error = abs(scale.numerator * sum(map(mul, b, a)) - scale.denominator * (i == j))
            if not k * error * eps.denominator < eps.numerator * scale.denominator:
                error_shown = short(Fraction(error, scale.denominator))
                return Verdict(sentence, False, f"entry [{i}, {j}] of B^T A - I is {error_shown}, not below eps/k")
    return Verdict(sentence, True, f"all {m * m} entries of B^T A - I are below eps/k = {eps / k}")


def kernel_ratio(claim: dict[str, Any], matrix: tuple[list[list[int]], int] | None) -> Verdict:
    """Whether a kernel vector shows the lower side of gamma, and probes show the upper one."""
    d, m = (printable(claim[name], name) for name in "dm")
    lower, upper = (fraction(claim[name], name) for name in ("lower", "upper"))
    features = [integer(i, "features") for i in list_(claim["features"], "features")]
    if matrix is not None:
        A, exponent = matrix
        if (len(A), len(A[0])) != (d, m):
            raise CertificateError(
                f"the certificate is about a {d} x {m} matrix, the file holds {len(A)} x {len(A[0])}"
            )
    elif claim["A"] is not None:
        A, exponent = integers(claim["A"], "A", d, m), printable(claim["exponent"], "exponent")
        if not 0 <= exponent <= 4096:
            raise CertificateError(f"exponent must lie in 0..4096, got {exponent}")
    else:
        raise CertificateError("the certificate holds only a digest of A: name the npy file with A as well")
    what = "gamma(A)" if len(features) == m else f"the largest gamma_i(A) of {len(features)} features"
    stated = str(claim["sha256"])
    sentence = (
        f"{short(lower)} <= {what} <= {short(upper, above=True)} for the {d} x {m} matrix A of sha256 {stated[:16]}..."
    )
    try:
        need(digest(A, exponent) == stated, "the matrix is not the one whose digest is stated")
        need(features == sorted(set(features)) and bool(features), "features must increase")
        need(features[0] >= 0 and features[-1] < m, "features must lie in 0..m-1")
        need(lower >= 0, "lower must not be negative")
        if lower > 0:
            _check_kernel_vector(claim, A, features, lower)
        _check_probes(claim, A, exponent, features, upper)
    except Fails as failure:
        return Verdict(sentence, False, str(failure))
    kernel = "A z = 0 holds exactly" if lower > 0 else "nothing is below 0"
    return Verdict(sentence, True, f"{kernel}, and all entries of B^T A - I are at most upper")


def _check_kernel_vector(claim: dict[str, Any], A: list[list[int]], features: list[int], lower: Fraction) -> None:
    # z_j = numbers[j] / denominator for j in the basis, numbers[j] otherwise; times the denominator all are integers
    m = len(A[0])
    parts = claim["z"]
    if not isinstance(parts, dict) or set(parts) != {"row", "basis", "denominator", "numbers"}:
        raise CertificateError("z must be an object with the fields row basis denominator numbers")
    row, denominator = integer(parts["row"], "row"), integer(parts["denominator"], "denominator")
    basis = {integer(j, "basis") for j in list_(parts["basis"], "basis")}
    numbers = [integer(x, "numbers") for x in list_(parts["numbers"], "numbers")]
    if len(numbers) != m:
        raise CertificateError(f"z must have m = {m} numbers, got {len(numbers)}")
    need(denominator > 0 and row in features, "the denominator of z must be positive and its row one of the features")
    z = [x if j in basis else x * denominator for j, x in enumerate(numbers)]
    for i, line in enumerate(A):
        need(sum(map(mul, line, z)) == 0, f"row {i} of A z is not 0")
    need(abs(z[row]) * lower.denominator >= lower.numerator * sum(map(abs, z)), "|z_row| / ||z||_1 is below lower")
    need(any(z), "z is 0")


def _check_probes(
    claim: dict[str, Any], A: list[list[int]], exponent: int, features: list[int], upper: Fraction
) -> None:
    d, m = len(A), len(A[0])
    B = integers(claim["B"], "B", len(features), d)
    scales = [integer(x, "scales") for x in list_(claim["scales"], "scales")]
    if len(scales) != len(features):
        raise CertificateError(f"there must be a scale for each of the {len(features)} features, got {len(scales)}")
    columns = list(zip(*A, strict=True))
    for i, b, scale in zip(features, B, scales, strict=True):
        need(scale > 0, "scales must be positive")
        one = scale << exponent
        limit = upper.numerator * one // upper.denominator  # an integer is at most this just if it is at most upper one
        for j in range(m):
            value = sum(map(mul, b, columns[j])) - one * (i == j)
            need(abs(value) <= limit, f"entry [{i}, {j}] of B^T A - I exceeds upper")
