"""`lincs verify`, `lincs probes` and `lincs coherence`: what given matrices do."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import numpy as np

from lincs import accessibility, certificates, io, probes
from lincs._checks import InputError, check_eps, check_integer, check_matrix, check_pair, check_sparsity
from lincs._numbers import Enclosure, Fraction
from lincs.cli._common import (
    EXIT_FAILS,
    EXIT_HOLDS,
    EXIT_UNDECIDED,
    add_command,
    add_matrices,
    exact,
    load,
    show,
)

#: Unit norm up to this is not remarked on: float32 dictionaries are normalised to about 1e-7.
UNIT_NORM_TOLERANCE = 1e-5


def register(commands: Any) -> None:
    """Add the commands of this module."""
    command = add_command(commands, "verify", _verify, "the exact worst-case error of a pair (A, B)")
    add_matrices(command, "B", "probes, of A's shape (default: B = A)")
    command.add_argument("--eps", help="also decide whether the error is below this")
    add_probes(command)
    command.add_argument("--features", default="signed", choices=["signed", "binary"], help="z in [-1,1]^m or {0,1}^m")
    command.add_argument("--top", metavar="N", help="also list the N features with the largest error, and with whom")
    command.add_argument(
        "--compare", action="store_true", help="also compare with the best probes for A (a linear program a feature)"
    )
    command.add_argument("--memory", metavar="SIZE", help="memory to use beside the files, such as 4GB")
    command.add_argument("--checkpoint", metavar="FILE", help="npz file to resume from and to keep finished work in")
    command.add_argument(
        "--scheduler", metavar="ADDRESS", help="let the workers of this dask.distributed scheduler do it (or local)"
    )

    command = add_command(
        commands, "probes", _probes,
        "the best linear probes for representations A, and the kernel ratio gamma(A) (for activations: lincs probe)",
    )  # fmt: skip
    add_matrices(command)
    command.add_argument("--out", metavar="FILE", help="where B goes (.npy); without it only gamma is computed, faster")
    command.add_argument("--gap", default="1e-3", help="relative gap between the certified sides (default 1e-3)")
    command.add_argument("--eps", help="also the largest k that this tolerance allows")
    command.add_argument("--rows", help="look at these features only, such as 0 or 3,7,9")
    command.add_argument("--top", metavar="N", help="also list the N features that are hardest to read")
    command.add_argument("--method", default="fast", choices=["fast", "cvxpy", "exact"], help="the engine")
    command.add_argument("--solver", help="solver of --method cvxpy")
    command.add_argument("--checkpoint", metavar="FILE", help="npz file to resume from and to keep certified rows in")
    command.add_argument(
        "--certificate", metavar="FILE", help="where a certificate of gamma goes, in integers (see check)"
    )

    command = add_command(commands, "coherence", _coherence, "coherence, Babel function and Welch bound of a matrix")
    add_matrices(command)
    command.add_argument("-k", help="also the Babel function up to k")


def add_probes(command: argparse.ArgumentParser) -> None:
    """The arguments of `read_pair` beside the matrices: k, and what the probes are."""
    command.add_argument("-k", required=True, help="active features")
    command.add_argument("--scale", default="1", help="multiply B by this exact number (default 1)")
    command.add_argument(
        "--probes", default="literal", choices=["literal", "matched", "scaled"],
        help="when B is not given: B = A as it stands, a_i/||a_i||^2, or the best multiple of each a_i",
    )  # fmt: skip


def read_pair(
    arguments: argparse.Namespace,
) -> tuple[np.ndarray, np.ndarray | None, int, Fraction, list[str]]:
    """A, B (None where it is A), k, the scale of B, and remarks on how they were read."""
    A, B, notes = load(arguments)
    if A.dtype.kind == "c" and B is None:
        notes.append(f"A is complex, {A.shape[0]} x {A.shape[1]}: verified in real form, twice that in both directions")
        A = accessibility.real_form(check_matrix(A, allow_complex=True))
    A = check_matrix(A)
    if B is not None:
        A, B = check_pair(A, B)
    k = check_sparsity(arguments.k, A.shape[1])
    scale = exact(arguments.scale, "--scale")
    if B is None and arguments.probes == "literal" and scale == 1 and (remark := _norm_remark(A)):
        notes.append(remark)
    if B is not None and arguments.probes != "literal":
        raise InputError(f"--probes {arguments.probes} makes B from A, but B was given as well")
    if arguments.probes == "matched":
        B = accessibility.matched_probes(A)
    elif arguments.probes == "scaled":
        B = accessibility.scaled_probes(A, k)
    return A, B, k, scale, notes


def _verify(arguments: argparse.Namespace) -> int:
    eps = None if arguments.eps is None else check_eps(arguments.eps)
    top = None if arguments.top is None else check_integer(arguments.top, "--top", 1)
    A, B, k, scale, notes = read_pair(arguments)
    if arguments.compare and (arguments.features == "binary" or scale != 1):
        raise InputError("--compare is about z in [-1,1]^m and --scale 1")
    options = {"k": k, "scale": scale, "features": arguments.features, "progress": sys.stderr.isatty()}
    result = accessibility.worst_case_error(
        A, B, **options, memory=arguments.memory, checkpoint=arguments.checkpoint, scheduler=arguments.scheduler
    )
    holds: bool | None = None
    code = EXIT_HOLDS
    if eps is not None:
        try:
            holds = result.holds(eps)
            code = EXIT_HOLDS if holds else EXIT_FAILS
        except accessibility.Undecided:
            code = EXIT_UNDECIDED
    shown = result.to_dict() | {"holds": holds, "notes": notes}
    if eps is not None:
        shown["eps"] = str(eps)
    if top is not None:
        shown["features_by_error"] = _worst_features(accessibility.feature_errors(A, B, **options), top)
    best = None
    if arguments.compare:
        best = probes.kernel_ratio(A, gap="0.01", progress=options["progress"])
        shown["best"] = {"gamma": best.gamma.to_dict(), "least_eps": best.least_eps(k).to_dict()}
    show(arguments, shown, lambda: _print_verdict(result, eps, code, best, shown))
    return code


def _norm_remark(A: np.ndarray) -> str | None:
    squares = np.einsum("ij,ij->j", A, A, dtype=np.float64)
    low, high = np.sqrt(squares.min()), np.sqrt(squares.max())
    if max(abs(low - 1), abs(high - 1)) <= UNIT_NORM_TOLERANCE:
        return None
    return (
        f"columns of A have norms from {low:.4g} to {high:.4g}, not 1, and B = A was taken literally: "
        "--probes matched or --probes scaled may be what you mean"
    )


def _worst_features(features: Any, top: int) -> list[dict[str, Any]]:
    return [
        {
            "feature": int(i),
            "error": {"lower": float(features.lower[i]), "upper": float(features.upper[i])},
            "interferers": features.interferers[i][features.interferers[i] >= 0].tolist(),
            "interference": features.interference[i][features.interferers[i] >= 0].tolist(),
        }
        for i in features.worst(top)
    ]


def _print_verdict(
    result: Any, eps: Fraction | None, code: int, best: probes.KernelRatio | None, shown: dict[str, Any]
) -> None:
    for note in shown["notes"]:
        print(f"note: {note}")
    kind = "{0,1}" if result.features == "binary" else "[-1,1]"
    print(f"m = {result.m}, d = {result.d}, k = {result.k}, z in {kind}^m")
    print(f"worst-case error W_{result.k} = {result.error}")
    if eps is not None:
        verdict = {
            EXIT_HOLDS: f"holds: every feature is read to within eps = {eps}",
            EXIT_FAILS: f"fails: the error reaches eps = {eps} at the witness",
            EXIT_UNDECIDED: f"undecided: eps = {eps} lies within the rounding error",
        }
        print(verdict[code])
    support = ", ".join(
        f"{sign * 1:+d} at {j}" for j, sign in zip(result.witness.support, result.witness.signs, strict=True)
    )
    print(
        f"witness: feature {result.witness.row}, z = {support}"
        if len(support) < 400
        else f"witness: feature {result.witness.row} (see --json)"
    )
    if result.k > 1:
        print("profile:")
        for line in shown["profile"]:
            if line["k"] in (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 500, result.k):
                print(f"  W_{line['k']:<5} {result.profile[line['k'] - 1]}  (feature {line['row']})")
    if best is not None:
        print(f"the best probes for A: gamma = {best.gamma}, W_{result.k} = {best.least_eps(result.k)}")
    for line in shown.get("features_by_error", []):
        pairs = ", ".join(
            f"{j} ({v:+.3f})" for j, v in list(zip(line["interferers"], line["interference"], strict=True))[:5]
        )
        print(f"  feature {line['feature']}: error <= {line['error']['upper']:.6g}, most from {pairs}")


def _probes(arguments: argparse.Namespace) -> int:
    A, B, notes = load(arguments)
    if B is not None:
        notes.append("the probes in that file were not looked at: `lincs verify --compare` does")
    A = check_matrix(A)
    eps = None if arguments.eps is None else check_eps(arguments.eps)
    rows = None if arguments.rows is None else [check_integer(i, "--rows", 0) for i in arguments.rows.split(",")]
    top = None if arguments.top is None else check_integer(arguments.top, "--top", 1)
    options: dict[str, Any] = {
        "gap": arguments.gap,
        "rows": rows,
        "method": arguments.method,
        "solver": arguments.solver,
        "progress": sys.stderr.isatty(),
        "checkpoint": arguments.checkpoint,
    }
    for path in (arguments.out, arguments.certificate):
        if path is not None:
            io.check_writable(path)
    features = []
    result: probes.BestProbes | probes.KernelRatio
    try:
        if arguments.out is None and top is None:
            result = probes.kernel_ratio(A, **options)
        else:
            result = probes.best_probes(A, **options)
            features = result.to_dict(features=True)["features"]
    except probes.SolverError as error:
        raise InputError(str(error)) from None
    shown = result.to_dict() | {"notes": notes}
    if rows is not None:
        shown["rows"] = rows
    if eps is not None:
        shown |= {"eps": str(eps), "largest_k": result.largest_k(eps).to_dict()}
    if top is not None:
        shown["features"] = sorted(features, key=lambda line: -line["upper"])[:top]
    if arguments.out is not None:
        io.save_array(arguments.out, np.asarray(result.B, dtype=np.float64))
        shown["files"] = [arguments.out]
    if arguments.certificate is not None:
        certificate = certificates.kernel_ratio_certificate(A, result)
        certificates.write_certificate(arguments.certificate, certificate)
        holds_A = certificate["claims"][0]["A"] is not None
        shown |= {"certificate": arguments.certificate, "certificate_holds_A": holds_A}
    show(arguments, shown, lambda: _print_probes(result, shown))
    return EXIT_HOLDS


def _print_probes(result: Any, shown: dict[str, Any]) -> None:
    for note in [*shown["notes"], *([result.note] if result.note else [])]:
        print(f"note: {note}")
    print(f"m = {result.m}, d = {result.d}")
    reached = "" if result.is_reached else f" (the gap {result.gap:g} that was asked for was not reached)"
    print(f"kernel ratio gamma = {result.gamma}, feature {result.row}{reached}")
    for k in sorted({1, 2, 5, 10, 20, 50} & set(range(1, result.m + 1))):
        print(f"  least error of any linear probes at k = {k:<3} {result.least_eps(k)}")
    if "largest_k" in shown:
        largest = result.largest_k(shown["eps"])
        print(f"largest k with every feature within eps = {shown['eps']}: {largest}")
    print(f"L1 recovers every s-sparse z up to s = {result.l1_sparsity().lower}, by s < 1/(2 gamma)")
    for line in shown.get("features", []):
        print(f"  feature {line['feature']}: gamma_i = {Enclosure(line['lower'], line['upper'])}")
    for file in shown.get("files", []):
        print(f"wrote {file}")
    if "certificate" in shown:
        matrix = "" if shown["certificate_holds_A"] else " and the npy file of A"
        print(f"wrote {shown['certificate']}; recheck it with: lincs check {shown['certificate']}{matrix}")


def _coherence(arguments: argparse.Namespace) -> int:
    A, _, notes = load(arguments)
    A = check_matrix(A, allow_complex=True)
    d, m = A.shape
    result: dict[str, Any] = {"m": m, "d": d, "complex": A.dtype.kind == "c"}
    mu, welch = accessibility.coherence(A), accessibility.welch_bound(m, d)
    result |= {"coherence": mu.to_dict(), "welch": welch.to_dict(), "notes": notes}
    lines = [f"note: {note}" for note in notes]
    lines += [
        f"m = {m}, d = {d}{', complex' if result['complex'] else ''}",
        f"coherence   {mu}",
        f"Welch bound {welch}",
    ]
    if arguments.k is not None:
        profile = accessibility.babel(A, check_integer(arguments.k, "k", 1, max(1, m - 1)))
        result["babel"] = [value.to_dict() for value in profile]
        lines += [f"Babel mu_1({k}) {value}" for k, value in enumerate(profile, start=1)]
    show(arguments, result, lambda: print("\n".join(lines)))
    return EXIT_HOLDS
