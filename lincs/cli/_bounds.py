"""`lincs bounds` and `lincs construct`: how many dimensions, and the matrices."""

from __future__ import annotations

import argparse
import contextlib
import inspect
import sys
from typing import Any

import numpy as np

from lincs import bounds, certificates, formal, frames, io
from lincs._checks import InputError, check_choice, check_eps, check_integer, check_sparsity
from lincs._numbers import Fraction, float_above
from lincs.accessibility import WorstCase
from lincs.bounds.upper import frame_bound
from lincs.cli._common import EXIT_HOLDS, add_command, show


def register(commands: Any) -> None:
    """Add the commands of this module."""
    command = add_command(
        commands, "bounds", _bounds, "certified bounds; give three of -m, -d, -k, --eps for the fourth"
    )
    command.add_argument("-m", help="features, such as 1000000 or 1e30")
    command.add_argument("-d", help="dimensions")
    command.add_argument("-k", help="active features")
    command.add_argument("--eps", help="tolerance, a decimal or a fraction in (0, 1]")
    command.add_argument("--certificate", metavar="FILE", help="where the certificates of both sides go (see check)")
    command.add_argument("--coq", metavar="FILE", help="where the lower bound goes as a theorem of Coq with its proof")
    command.add_argument(
        "--coq-upper", metavar="FILE", help="the same for the upper bound, for frames that Coq can take"
    )

    command = add_command(commands, "construct", _construct, "write the matrices of a frame")
    command.add_argument("family", help=f"best, or one of {', '.join(frames.FAMILIES)}")
    command.add_argument("-m", help="features (columns)")
    command.add_argument("-k", help="active features")
    command.add_argument("--eps", help="tolerance")
    command.add_argument(
        "--param",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter of the family, instead of -k, --eps",
    )
    command.add_argument(
        "--verify", metavar="K", help="also compute W_K of these columns (one row, where all are alike)"
    )
    command.add_argument("--out", metavar="FILE", help="where A goes (.npy)")
    command.add_argument("--probes-out", metavar="FILE", help="where B goes (.npy), for frames whose B is not A")
    command.add_argument(
        "--certificate", metavar="FILE", help="where a certificate goes (see check): with -m, -k, --eps"
    )


def _bounds(arguments: argparse.Namespace) -> int:
    given = {name: getattr(arguments, name) for name in ("m", "d", "k", "eps")}
    missing = [name for name, value in given.items() if value is None]
    if len(missing) != 1:
        raise InputError(f"bounds needs exactly three of -m, -d, -k and --eps, got {4 - len(missing)}")
    m, d, k, eps = given["m"], given["d"], given["k"], given["eps"]
    if missing == ["d"]:
        result = bounds.dimension_bounds(m, k, eps)
        written = _write_proofs(arguments, result.lower, result.upper)
        shown = result.to_dict() | {"files": list(written)}
        show(arguments, shown, lambda: _print_dimension_bounds(result, written))
        return EXIT_HOLDS
    answer = {
        "m": lambda: bounds.most_features(d, k, eps),
        "eps": lambda: bounds.best_eps(m, d, k),
        "k": lambda: bounds.largest_sparsity(m, d, eps),
    }[missing[0]]()
    asked = {name: value for name, value in given.items() if value is not None}
    written = _write_proofs(arguments, answer.excluded_by, answer.attained_by)
    shown = asked | answer.to_dict() | {"files": list(written)}
    show(arguments, shown, lambda: _print_range(answer, asked, written))
    return EXIT_HOLDS


def _write_proofs(
    arguments: argparse.Namespace, lower: bounds.Bound | None, upper: bounds.Bound | None
) -> dict[str, str]:
    """Write what --certificate, --coq and --coq-upper ask for: the files, and how each is checked."""
    written: dict[str, str] = {}
    if arguments.certificate:
        found = [bound for bound in (lower, upper) if bound is not None]
        if not found:
            raise InputError("both ends are trivial here: there is nothing to certify")
        certificates.write_certificate(arguments.certificate, certificates.bound_certificate(*found))
        written[arguments.certificate] = _recheck(arguments.certificate)
    if arguments.coq:
        if lower is None:
            raise InputError("there is no lower bound behind this answer for Coq to prove")
        stated = formal.formal_lower_bound(lower)
        written[arguments.coq] = _write_coq(arguments.coq, formal.coq_lower_bound(stated), f"d >= {stated.d}", stated)
    if arguments.coq_upper:
        if upper is None:
            raise InputError("there is no upper bound behind this answer for Coq to prove")
        path = arguments.coq_upper
        written[path] = _write_coq(path, formal.coq_upper_bound(upper), f"d <= {upper.d}", upper)
    return written


def _write_coq(path: str, text: str, claim: str, bound: bounds.Bound) -> str:
    with io.atomic_write(path, "w") as file:
        file.write(text)
    how = f"make proofs, then coqc -Q proofs/coq Lincs {path}"
    return f"it proves {claim} ({bound.theorem}); in a copy of the repository: {how}"


def _recheck(path: str) -> str:
    return f"recheck it with: lincs check {path}"


def _print_dimension_bounds(result: bounds.DimensionBounds, written: dict[str, str]) -> None:
    print(f"m = {result.m}, k = {result.k}, eps = {result.eps}, delta = eps/k = {result.delta}")
    if result.is_exact:
        print(f"d = {result.lower.d} exactly: the two sides meet")
    else:
        print(f"{result.lower.d} <= d <= {result.upper.d}, a ratio of {result.ratio:.3f}")
    published = (result.published_lower.d, result.published_upper.d)
    print(f"published argument: {published[0]} <= d <= {published[1]}, a ratio of {result.published_ratio:.1f}")
    print()
    for bound in result.bounds:
        sign = ">=" if bound.side == "lower" else "<="
        print(f"  d {sign} {bound.d:<12} {bound.theorem:<20} {_print_params(bound)}".rstrip())
    classical = result.classical
    print()
    print("exact recovery by nonlinear decoding, for contrast:")
    print(f"  any decoder        d = {classical.any_decoder}")
    print(f"  L1, every z        {classical.l1_necessary} <= d <= {classical.l1_sufficient}")
    print(f"  L1, a given z      d about {classical.l1_typical:.0f} (estimate)")
    _print_written(written)


def _print_params(bound: bounds.Bound) -> str:
    return ", ".join(f"{name} = {value}" for name, value in bound.params.items())


def _print_range(answer: bounds.Range, asked: dict[str, Any], written: dict[str, str]) -> None:
    print(", ".join(f"{name} = {value}" for name, value in asked.items()))
    lower, upper = answer.lower, answer.upper
    name = {"m": "largest m", "k": "largest k", "eps": "infimum of eps"}[answer.quantity]
    if upper is None:
        print(f"{name}: at least {lower}; no finite bound")
    elif lower == upper:
        print(f"{name} = {lower} exactly")
    elif answer.quantity == "eps":
        shown = answer.to_dict()
        print(f"{shown['lower']:.12g} <= {name} <= {shown['upper']:.12g}")
    else:
        print(f"{lower} <= {name} <= {upper}")
    if answer.attained_by is not None:
        bound = answer.attained_by
        print(f"  attained by {bound.theorem} ({_print_params(bound)}), d = {bound.d}")
    if answer.excluded_by is not None:
        print(f"  beyond that excluded by {answer.excluded_by.theorem} {_print_params(answer.excluded_by)}".rstrip())
    _print_written(written)


def _print_written(written: dict[str, str]) -> None:
    for path, how in written.items():
        print(f"wrote {path}; {how}")


def _construct(arguments: argparse.Namespace) -> int:
    family = check_choice(arguments.family, "family", ["best", *frames.FAMILIES])
    if arguments.param:
        if family == "best" or arguments.k or arguments.eps:
            raise InputError("--param goes with a named family and without -k and --eps")
        if arguments.certificate:
            raise InputError("--certificate needs -m, -k and --eps: it says that the frame is good enough for these")
        frame = frames.make(family, **_family_params(family, arguments.param))
        m = frame.m if arguments.m is None else check_integer(arguments.m, "m", 1, frame.m)
    else:
        if not (arguments.m and arguments.k and arguments.eps):
            raise InputError("construct needs -m, -k and --eps, or --param NAME=VALUE")
        m = check_integer(arguments.m, "m")
        k, eps = check_sparsity(arguments.k, m), check_eps(arguments.eps)
        found = frames.best(m, k, eps) if family == "best" else frames.FAMILIES[family].best_for(m, eps / k)
        if found is None:
            raise InputError(f"no {family} frame holds m = {m} features at k = {k}, eps = {eps}; try: best")
        frame = found
        bound = frame_bound(frame, m, k, eps)
    files: list[str] = []
    result = {
        "family": frame.family,
        "params": dict(frame.params),
        "d": frame.d,
        "m": m,
        "capacity": frame.m,
        "coherence": frame.coherence.to_dict(),
        "error": frame.error.to_dict(),
        "scale": str(frame.scale),
        "theorem": frame.theorem,
        "files": files,
    }
    if arguments.probes_out and frame.is_symmetric:
        raise InputError(f"B = A for {frame.family} frames: leave --probes-out away and use the scale that is printed")
    verified: WorstCase | None = None
    bounds: tuple[Fraction | float, ...] = ()
    if arguments.verify:
        k = check_sparsity(arguments.verify, m)
        if m == frame.m or frame.can_be_made(m):
            verified = frame.worst_case_error(k, m, progress=sys.stderr.isatty())
            result["verified"] = verified.to_dict()
        else:
            bounds = frame.error_bounds(k)
            result["error_bounds"] = [float_above(bound) for bound in bounds]
    if arguments.out:
        if not frame.is_symmetric and not arguments.probes_out:
            raise InputError(f"B is not A for {frame.family} frames: say with --probes-out where B goes")
        io.save_array(arguments.out, frame.matrix(m))
        files.append(arguments.out)
        if arguments.probes_out:
            io.save_array(arguments.probes_out, frame.probes(np.arange(m)))
            files.append(arguments.probes_out)
    result["certificate"] = arguments.certificate
    if arguments.certificate:
        try:
            claim = certificates.bound_certificate(bound, matrices=True)
        except InputError:  # too large, or too near eps/k for rounded entries: family and parameters will do
            claim = certificates.bound_certificate(bound)
        certificates.write_certificate(arguments.certificate, claim)
    show(arguments, result, lambda: _print_frame(frame, m, verified, bounds, files, arguments.certificate))
    return EXIT_HOLDS


def _family_params(family: str, given: list[str]) -> dict[str, Any]:
    known = inspect.signature(frames.FAMILIES[family].make).parameters
    params: dict[str, Any] = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not equals or name not in known:
            raise InputError(f"--param takes NAME=VALUE with NAME one of {', '.join(known)}, got {item}")
        params[name] = value
        if known[name].annotation != "str":  # a code's generator is text, all of digits
            with contextlib.suppress(ValueError):
                params[name] = int(value)
    missing = [name for name, spec in known.items() if spec.default is spec.empty and name not in params]
    if missing:
        raise InputError(f"{family} also needs --param {missing[0]}=VALUE")
    return params


def _print_frame(
    frame: frames.Frame,
    m: int,
    verified: WorstCase | None,
    bounds: tuple[Fraction | float, ...],
    files: list[str],
    certificate: str | None,
) -> None:
    params = ", ".join(f"{name} = {value}" for name, value in frame.params.items())
    print(f"{frame.family} ({params}): d = {frame.d}, m = {m} of {frame.m}")
    print(f"  coherence {'=' if frame.coherence_is_exact else '<='} {frame.coherence}, W_1 <= {frame.error}")
    print(f"  {frame.theorem}")
    if verified is not None:
        print(f"  computed: W_1 = {verified.profile[0]}, W_{verified.k} = {verified.error}")
    if bounds:
        exact = str(bounds[-1])
        shown = exact if len(exact) <= 20 else float_above(bounds[-1])
        print(f"  computed for the whole frame: W_{len(bounds)} <= {shown}, and so for this part")
    if files:
        print(f"  wrote {' and '.join(files)}; check it with")
        print(f"  lincs verify {' '.join(files)} --scale {frame.scale} -k 1")
    if certificate:
        _print_written({certificate: _recheck(certificate)})
