"""A checker of the certificates that lincs writes, to be read and run by someone who does not trust lincs.

It shares no code with what wrote them, needs the standard library only (and numpy to read a matrix from an npy file),
and computes with integers and fractions. This folder can be copied and run alone: ``python -m check CERTIFICATE``.

A certificate is JSON, ``{"format": "lincs certificate", "version": 1, "claims": [...]}``. Integers are JSON numbers or,
where large, strings in decimals or hexadecimals; fractions are pairs ``[numerator, denominator]``; there are no floats.
With d(m, k, eps) the least d for which some real d x m matrices A, B have ``|B^T A z - z| < eps`` in every entry for
all k-sparse z in [-1, 1]^m, the claims are:

lower bound
    d(m, k, eps) >= d. Checked: the inequality of the theorem. `_lower.py`
upper bound
    d(m, k, eps) <= d, by a certain member of a family of frames. Checked: its dimension, capacity and coherence by the
    theorem of the family, and the conditions on its parameters. Small members of some families are built anew; a
    ``stored`` member is a pair of integer matrices A, B in the certificate, of which all products are computed.
    `_upper.py`, `_families.py`
accessible pair
    Integer matrices A and B, the second times ``scale``, have ``|B^T A z - z| < eps`` for all these z. Checked:
    ``|B^T A - I| < eps/k`` in every entry, which is enough because at most k entries of z are not 0. `_matrices.py`
kernel ratio
    lower <= gamma(A) <= upper: gamma is the largest ``||z||_inf / ||z||_1`` over the kernel of A and the least ``max
    |B^T A - I|`` over all B. Checked: ``A z = 0`` for one z, exactly, and every entry for one B. `_matrices.py`

What is trusted is mathematics: the theorems that are named. Their proofs are not part of a certificate.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from ._lower import lower_bound
from ._matrices import accessible_pair, kernel_ratio
from ._reading import CertificateError, Verdict, load_matrix, one_of, read
from ._upper import upper_bound

__all__ = ["CertificateError", "Verdict", "check_file", "main"]

#: By kind of claim: what checks it, and its fields.
_CHECKS: dict[str, tuple[Callable[..., Verdict], str]] = {
    "lower bound": (lower_bound, "theorem m k eps d params"),
    "upper bound": (upper_bound, "family m k eps d params"),
    "accessible pair": (accessible_pair, "m k eps d A B scale"),
    "kernel ratio": (kernel_ratio, "d m sha256 exponent A lower upper z features B scales"),
}


def check_file(path: Any, matrix_path: Any = None) -> Verdict:
    """Whether a certificate shows what it claims.

    Parameters
    ----------
    path : path of the certificate
    matrix_path : path, optional
        The npy file with the matrix A of a kernel ratio, of shape (d, m): needed where the certificate holds only a
        digest of A; where it holds A itself, the file must hold the same.

    Returns
    -------
    Verdict
        Of several claims all must hold.

    Raises
    ------
    CertificateError
        The file is not a certificate, or it or the matrix cannot be read or is too large.

    Notes
    -----
    **Guarantee**: exact arithmetic; what is checked for each claim is said in the module. **Cost**: an inequality
    between integers for a bound; d m^2 products of integers for matrices, some 10^7 of them a second.

    Examples
    --------
    >>> import json, tempfile
    >>> claim = {"claim": "lower bound", "theorem": "welch", "m": 10, "k": 1, "eps": [3, 10], "d": 4, "params": {}}
    >>> with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
    ...     json.dump({"format": "lincs certificate", "version": 1, "claims": [claim]}, file)
    ...     file.flush()
    ...     check_file(file.name).holds
    True
    """
    claims = read(path)
    matrix = None if matrix_path is None else load_matrix(matrix_path)
    verdicts = []
    for claim in claims:
        kind = one_of(_CHECKS, claim.get("claim"), "claim")
        check, fields = _CHECKS[kind]
        if set(claim) != {"claim", *fields.split()}:
            raise CertificateError(f"the claim {kind} must have the fields claim {fields}, got {' '.join(claim)[:200]}")
        if kind == "kernel ratio":
            verdicts.append(check(claim, matrix))
        elif matrix is None:
            verdicts.append(check(claim))
        else:
            raise CertificateError(f"a matrix goes with a kernel ratio, not with the claim {kind}")
    failed = [verdict for verdict in verdicts if not verdict.holds]
    reason = failed[0].reason if failed else "; ".join(verdict.reason for verdict in verdicts)
    return Verdict("; ".join(verdict.claim for verdict in verdicts), not failed, reason)


def main(arguments: list[str]) -> int:
    """Print the verdict on a certificate; 0 if it holds, 1 if it does not, 2 if the file cannot be used."""
    if len(arguments) not in (1, 2):
        print("usage: check CERTIFICATE [MATRIX.npy]", file=sys.stderr)
        return 2
    try:
        verdict = check_file(*arguments)
    except CertificateError as error:
        print(f"check: {error}", file=sys.stderr)
        return 2
    print(f"claim: {verdict.claim}\n{'holds' if verdict.holds else 'does not hold'}: {verdict.reason}")
    return 0 if verdict.holds else 1
