"""Bounds as Coq files: a statement about one query (m, k, eps), proved by the library in proofs/coq and by computation.

The files need a checkout of lincs (the Coq library is not part of the installed package) and Coq with mathcomp;
proofs/coq/README.md says which versions. A reader trusts Coq, and of the library only the definition of `accessible`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from lincs._checks import InputError
from lincs._numbers import Fraction, prime_power
from lincs.bounds import LOWER_BOUNDS, Bound, strongest, turan_alon_lower_bound

_COMPILE = "Compile it in a checkout of lincs: `make proofs`, then `coqc -Q proofs/coq Lincs FILE`."

_LOWER = """\
(* d(m, k, eps) >= {d} at m = {m}, k = {k}, eps = {eps}:
   every (eps, k)-accessible pair (A, B) over {field} has at least {d} dimensions.{note}
   {compile} *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From Lincs Require Import accessible integers.
Local Open Scope ring_scope.

Theorem lower_bound (R : {type}) (d : nat) (A B : 'M[R]_(d, Z.to_nat {m})) :
  accessible (Z.to_nat {k}) ((Z.to_nat {a})%:R / (Z.to_nat {b})%:R) A B -> (Z.to_nat {d} <= d)%N.
Proof. by apply: ({proof}); vm_compute. Qed.
Print Assumptions lower_bound.
"""


def _joint_trace(params: Mapping[str, Any]) -> str:
    weight = Fraction(params["weight"])
    return f"@certified_lower_bound (joint_trace {params['p']} {weight.numerator} {weight.denominator})"


#: For each theorem, what excludes rank d - 1: a theorem of integers.v with a term of its type `certificate`.
_PROOFS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "welch": lambda params: "@certified_lower_bound (alon 1)",
    "alon": lambda params: f"@certified_lower_bound (alon {params['p']})",
    "chebyshev": lambda params: f"@certified_lower_bound (chebyshev {params['p']})",
    "joint_trace": _joint_trace,
    "kernel": lambda params: "certified_kernel_bound",
}


def formal_lower_bound(bound: Bound) -> Bound:
    """The lower bound that the Coq file of ``bound`` states: the same one, but for ``turan_alon``.

    Parameters
    ----------
    bound : Bound
        A lower bound on d(m, k, eps).

    Returns
    -------
    Bound
        ``bound`` itself, or for ``turan_alon`` the strongest of the other lower bounds of the same query.

    Raises
    ------
    InputError
        If ``bound`` is not a lower bound.

    Notes
    -----
    **Guarantee**: a certified bound. **Cost**: that of the lower bounds.

    Examples
    --------
    >>> from lincs.bounds import turan_alon_lower_bound, welch_lower_bound
    >>> formal_lower_bound(welch_lower_bound(10, 1, "0.3")).theorem
    'welch'
    >>> formal_lower_bound(turan_alon_lower_bound(10**6, 10, "1/10")).theorem
    'welch'
    """
    if bound.side != "lower":
        raise InputError(f"got a bound of side {bound.side!r}: a lower bound is needed")
    if bound.d <= 1 or bound.theorem != "turan_alon":
        return bound
    return strongest([each(bound.m, bound.k, bound.eps) for each in LOWER_BOUNDS if each is not turan_alon_lower_bound])


def coq_lower_bound(bound: Bound) -> str:
    """The text of a Coq file that states and proves a lower bound on d(m, k, eps).

    The theorem: for every ordered field R and all A, B of shape (d', m) over R that are (eps, k)-accessible, d <= d'.
    (For ``kernel`` the field is real closed, as the real numbers are.) The proof evaluates the inequality of the
    bound's theorem at rank d - 1 in binary integers. ``turan_alon`` has no file of its own, since ``alon`` is never
    weaker: for it the file states the bound of `formal_lower_bound` and says so.

    Parameters
    ----------
    bound : Bound
        A lower bound on d(m, k, eps).

    Returns
    -------
    str
        A Coq file.

    Raises
    ------
    InputError
        If ``bound`` is not a lower bound.

    Notes
    -----
    **Guarantee**: whoever compiles the file has a proof; compiling takes seconds also for m = 10^300. **Cost**: that of
    writing the numbers.

    Examples
    --------
    >>> from lincs.bounds import welch_lower_bound
    >>> text = coq_lower_bound(welch_lower_bound(10, 1, "0.3"))
    >>> print(text[text.index("Proof") :].splitlines()[0])
    Proof. by apply: (@certified_lower_bound (alon 1)); vm_compute. Qed.
    """
    stated = formal_lower_bound(bound)
    note = ""
    if stated is not bound:
        note = f"\n   (Asked for was the theorem {bound.theorem}, d >= {bound.d}; this one is by {stated.theorem}.)"
    proof = _PROOFS[stated.theorem](stated.params) if stated.d > 1 else "@certified_lower_bound trivial"
    kernel = proof == "certified_kernel_bound"
    return _LOWER.format(
        d=stated.d,
        m=stated.m,
        k=stated.k,
        eps=stated.eps,
        a=stated.eps.numerator,
        b=stated.eps.denominator,
        note=note,
        compile=_COMPILE,
        field="a real closed field" if kernel else "an ordered field",
        type="rcfType" if kernel else "realFieldType",
        proof=proof,
    )


_UPPER = """\
(* d(m, k, eps) <= {d} at m = {m}, k = {k}, eps = {eps}:
   over every {field} some pair (A, B) in {d} dimensions is (eps, k)-accessible. Frame: {frame}.
   {compile} *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From Coq Require Import NArith.
From mathcomp Require Import all_ssreflect all_algebra.
From Lincs Require Import accessible frames_check.
Local Open Scope ring_scope.
{definitions}
Theorem upper_bound (R : {type}) : exists A B : 'M[R]_(N.to_nat {d}, N.to_nat {m}),
  accessible (N.to_nat {k}) ((N.to_nat {a})%:R / (N.to_nat {b})%:R) A B.
Proof. apply: (@{theorem}_achievable R {arguments}). vm_cast_no_check (erefl true). Qed.
Print Assumptions upper_bound.
"""

#: Largest d m^2 of a pair of matrices that Coq is asked to multiply.
LARGEST_PRODUCT = 10**8

#: Largest prime that Coq is asked to find prime, by trial division.
LARGEST_PRIME = 10**12

# The rounding of entries that are not integers: what is tried, in bits after the binary point.
_ROUNDINGS = (6, 10, 14, 18, 22)


def coq_upper_bound(bound: Bound) -> str:
    """The text of a Coq file that states and proves an upper bound on d(m, k, eps).

    The theorem: over every ordered field there are A, B of shape (d, m) that are (eps, k)-accessible; for the frames of
    Paley, over every real closed field. For the families ``constant``, ``identity``, ``simplex``, ``reed_solomon`` and
    ``paley`` it is an instance of a theorem about the family, at any size. For every other frame the matrices are in
    the file, and Coq multiplies them; entries that are not integers are rounded to a few bits where the inequality
    leaves room for it.

    Parameters
    ----------
    bound : Bound
        An upper bound on d(m, k, eps), from a frame.

    Returns
    -------
    str
        A Coq file.

    Raises
    ------
    InputError
        If ``bound`` is not an upper bound, if it has no frame (``random``), or if the frame is of another family than
        those five and too large (d m^2 > 10^8) or not to be rounded.

    Notes
    -----
    **Guarantee**: whoever compiles the file has a proof. Compiling takes seconds for a family, and about a minute for
    matrices at the limit or for a field of prime order 10^12. **Cost**: that of the Gram matrix, O(d m^2).

    Examples
    --------
    >>> from lincs.bounds import frame_upper_bound
    >>> text = coq_upper_bound(frame_upper_bound("reed_solomon", 10**12, 5, "1/20"))
    >>> print(text[text.index("Proof") :].split(").")[0])
    Proof. apply: (@reed_solomon_check_achievable R 2 8 5 201 251 1 51232 1000000000000 5 1 20
    """
    if bound.side != "upper":
        raise InputError(f"got a bound of side {bound.side!r}: an upper bound is needed")
    if bound.frame is None:
        raise InputError(f"the bound {bound.theorem} has no frame: a Coq file needs one, of a family in lincs.frames")
    family = _FAMILY_CHECKS.get(bound.theorem)
    definitions, theorem, arguments = family(bound) if family else _matrices(bound)
    is_paley = bound.theorem == "paley"
    return _UPPER.format(
        d=bound.d,
        m=bound.m,
        k=bound.k,
        eps=bound.eps,
        a=bound.eps.numerator,
        b=bound.eps.denominator,
        field="real closed field" if is_paley else "ordered field",
        type="rcfType" if is_paley else "realFieldType",
        frame=f"{bound.theorem}({', '.join(f'{key}={value}' for key, value in bound.params.items())})",
        compile=_COMPILE,
        definitions=definitions,
        theorem=theorem,
        arguments=" ".join(str(argument) for argument in arguments),
    )


_Check = tuple[str, str, list[Any]]  # definitions, name of the check, arguments of its theorem


def _query(bound: Bound) -> list[int]:
    return [bound.d, bound.m, bound.k, bound.eps.numerator, bound.eps.denominator]


def _field(q: int) -> tuple[int, int]:
    p, e = prime_power(q) or (q, 1)
    if p > LARGEST_PRIME:
        raise InputError(f"the field has the prime {p}: Coq finds primes by trial division, up to 10^12")
    return p, e


def _reed_solomon(bound: Bound) -> _Check:
    q, T, n = (int(bound.params[name]) for name in ("q", "T", "n"))
    a, larger = divmod(int(bound.params["symbols"]), T)
    if a == q and 2 * n == q * (T - 1):
        return "", "reed_solomon_centred_check", [*_field(q), T, n, *_query(bound)]
    return "", "reed_solomon_check", [*_field(q), T, n, a, larger, *_query(bound)]


def _paley(bound: Bound) -> _Check:
    return "", "paley_check", [*_field(int(bound.params["q"])), *_query(bound)]


#: For each family that is proved in proofs/coq: its check in frames_check.v, with arguments.
_FAMILY_CHECKS: dict[str, Callable[[Bound], _Check]] = {
    "constant": lambda bound: ("", "constant_check", _query(bound)),
    "identity": lambda bound: ("", "identity_check", _query(bound)),
    "simplex": lambda bound: ("", "simplex_check", _query(bound)),
    "reed_solomon": _reed_solomon,
    "paley": _paley,
}


def _matrices(bound: Bound) -> _Check:
    """The frame itself, as integer columns of which Coq computes the Gram matrix."""
    assert bound.frame is not None
    if bound.frame.d * bound.m**2 > LARGEST_PRODUCT:
        raise InputError(
            f"{bound.theorem} has no theorem in Coq and is too large to be multiplied there: d m^2 = "
            f"{bound.frame.d * bound.m**2:.3g}, at most {LARGEST_PRODUCT:.0e}"
        )
    A, B, scale = _integer_pair(bound)
    least, largest = min(int(A.min()), int(B.min())), max(int(A.max()), int(B.max()))
    shift, bits = max(0, -least), max(1, (largest + max(0, -least)).bit_length())
    definitions = "".join(
        f"\nDefinition {name} : seq (seq BinInt.Z) := map (decode {bits} {shift} {len(columns)}) [::\n  "
        + ";\n  ".join(_as_number(column, shift, bits) for column in columns.T)
        + "].\n"
        for name, columns in (("columns", A), ("probes", B))
    )
    query = [len(A), *_query(bound)[1:]]
    return definitions, "frame_check", [*query, scale.numerator, scale.denominator, "columns", "probes"]


def _as_number(column: np.ndarray, shift: int, bits: int) -> str:
    digits = "".join(format(int(entry) + shift, f"0{bits}b") for entry in column[::-1])
    return f"{int(digits, 2):#x}%num"


def _integer_pair(bound: Bound) -> tuple[np.ndarray, np.ndarray, Fraction]:
    """Integers A, B and a scale with ``|scale B^T A - I| < eps/k`` in every entry, which is checked."""
    assert bound.frame is not None
    frame = bound.frame
    A, B = frame.matrix(bound.m), frame.probes(np.arange(bound.m))
    if frame.is_integer and isinstance(frame.scale, Fraction):
        candidates = [(A, B, frame.scale)]
    else:
        scale = Fraction(frame.scale).limit_denominator(2**20)
        candidates = [(np.rint(A * 2**s), np.rint(B * 2**s), scale / 4**s) for s in _ROUNDINGS]
    for columns, probes, factor in candidates:
        columns, probes = columns.astype(np.int64), probes.astype(np.int64)
        error = factor.numerator * (probes.T @ columns).astype(object)
        error[np.diag_indices(bound.m)] -= factor.denominator
        if np.abs(error).max() * bound.delta.denominator < bound.delta.numerator * factor.denominator:
            return columns, probes, factor
    raise InputError(
        f"{bound.theorem} is too near the limit to be rounded: its error is {float(frame.error.upper):.17g}, which "
        f"must stay below {bound.delta}"
    )
