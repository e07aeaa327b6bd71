"""The `lincs` command: reads arguments and files, prints what the library computes.

Exit codes: 0 done (for `verify --eps`: holds), 1 the pair fails, 2 the input cannot be used, 3 undecided.
"""

from __future__ import annotations

import argparse
import inspect
import json
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from lincs import __version__, accessibility, bounds, frames, io, probes
from lincs._checks import InputError, check_choice, check_eps, check_integer, check_matrix, check_pair, check_sparsity
from lincs._numbers import Enclosure, Fraction, as_fraction

EXIT_HOLDS, EXIT_FAILS, EXIT_BAD_INPUT, EXIT_UNDECIDED = 0, 1, 2, 3

#: Unit norm up to this is not remarked on: float32 dictionaries are normalised to about 1e-7.
UNIT_NORM_TOLERANCE = 1e-5


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    try:
        arguments = _parser().parse_args(argv)
        return arguments.run(arguments)
    except InputError as error:
        print(f"lincs: {error}", file=sys.stderr)
        return EXIT_BAD_INPUT
    except KeyboardInterrupt:
        print("lincs: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader, `head` for instance, has seen enough
        sys.stderr.close()
        return EXIT_HOLDS


class _Parser(argparse.ArgumentParser):
    """argparse, with errors on one line."""

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message} (see {self.prog} --help)")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="lincs",
        description="Linear compressed sensing: how many dimensions do m features need, k of them active, "
        "for linear probes to read each one to within eps?",
    )
    parser.add_argument("--version", action="version", version=f"lincs {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = _add(commands, "bounds", _bounds, "certified bounds; give three of -m, -d, -k, --eps for the fourth")
    command.add_argument("-m", help="features, such as 1000000 or 1e30")
    command.add_argument("-d", help="dimensions")
    command.add_argument("-k", help="active features")
    command.add_argument("--eps", help="tolerance, a decimal or a fraction in (0, 1]")

    command = _add(commands, "construct", _construct, "write the matrices of a frame")
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
    command.add_argument("--out", metavar="FILE", help="where A goes (.npy)")
    command.add_argument("--probes-out", metavar="FILE", help="where B goes (.npy), for frames whose B is not A")

    command = _add(commands, "verify", _verify, "the exact worst-case error of a pair (A, B)")
    _add_matrices(command, "B", "probes, of A's shape (default: B = A)")
    command.add_argument("-k", required=True, help="active features")
    command.add_argument("--eps", help="also decide whether the error is below this")
    command.add_argument("--scale", default="1", help="multiply B by this exact number (default 1)")
    command.add_argument(
        "--probes", default="literal", choices=["literal", "matched", "scaled"],
        help="when B is not given: B = A as it stands, a_i/||a_i||^2, or the best multiple of each a_i",
    )  # fmt: skip
    command.add_argument("--features", default="signed", choices=["signed", "binary"], help="z in [-1,1]^m or {0,1}^m")
    command.add_argument("--top", metavar="N", help="also list the N features with the largest error, and with whom")
    command.add_argument(
        "--compare", action="store_true", help="also compare with the best probes for A (a linear program a feature)"
    )

    command = _add(commands, "probes", _probes, "the best linear probes for A, and the kernel ratio gamma(A)")
    _add_matrices(command)
    command.add_argument("--out", metavar="FILE", help="where B goes (.npy); without it only gamma is computed, faster")
    command.add_argument("--gap", default="1e-3", help="relative gap between the certified sides (default 1e-3)")
    command.add_argument("--eps", help="also the largest k that this tolerance allows")
    command.add_argument("--rows", help="look at these features only, such as 0 or 3,7,9")
    command.add_argument("--top", metavar="N", help="also list the N features that are hardest to read")
    command.add_argument("--method", default="fast", choices=["fast", "cvxpy", "exact"], help="the engine")
    command.add_argument("--solver", help="solver of --method cvxpy")
    command.add_argument("--checkpoint", metavar="FILE", help="npz file to resume from and to keep certified rows in")

    command = _add(commands, "coherence", _coherence, "coherence, Babel function and Welch bound of a matrix")
    _add_matrices(command)
    command.add_argument("-k", help="also the Babel function up to k")

    command = commands.add_parser("reproduce", help="bounds table, verified frames and matrices, figures")
    command.set_defaults(run=_reproduce)
    command.add_argument("--out", default="out", metavar="DIR", help="where tables and figures go (default: out)")
    return parser


def _add(commands: Any, name: str, run: Any, summary: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
    command.set_defaults(run=run)
    command.add_argument("--json", action="store_true", help="print JSON")
    return command


def _add_matrices(command: argparse.ArgumentParser, second: str = "", summary: str = "") -> None:
    command.add_argument("A", help="npy, npz, safetensors or packing file with the (d, m) matrix of representations")
    command.add_argument("--key-A", metavar="KEY", help="name of A in an npz or safetensors file")
    if second:
        command.add_argument(second, nargs="?", help=summary)
        command.add_argument(f"--key-{second}", metavar="KEY", help=f"name of {second} in an npz or safetensors file")
    command.add_argument(
        "--orientation", choices=["columns", "rows"], help="whether features are columns (default) or rows of the files"
    )


# --- bounds -------------------------------------------------------------------------------------------------------


def _bounds(arguments: argparse.Namespace) -> int:
    given = {name: getattr(arguments, name) for name in ("m", "d", "k", "eps")}
    missing = [name for name, value in given.items() if value is None]
    if len(missing) != 1:
        raise InputError(f"bounds needs exactly three of -m, -d, -k and --eps, got {4 - len(missing)}")
    m, d, k, eps = given["m"], given["d"], given["k"], given["eps"]
    if missing == ["d"]:
        result = bounds.dimension_bounds(m, k, eps)
        _show(arguments, result.to_dict(), lambda: _print_dimension_bounds(result))
        return EXIT_HOLDS
    answer = {
        "m": lambda: bounds.most_features(d, k, eps),
        "eps": lambda: bounds.best_eps(m, d, k),
        "k": lambda: bounds.largest_sparsity(m, d, eps),
    }[missing[0]]()
    asked = {name: value for name, value in given.items() if value is not None}
    _show(arguments, asked | answer.to_dict(), lambda: _print_range(answer, asked))
    return EXIT_HOLDS


def _print_dimension_bounds(result: bounds.DimensionBounds) -> None:
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


def _print_params(bound: bounds.Bound) -> str:
    return ", ".join(f"{name} = {value}" for name, value in bound.params.items())


def _print_range(answer: bounds.Range, asked: dict[str, Any]) -> None:
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


# --- construct ----------------------------------------------------------------------------------------------------


def _construct(arguments: argparse.Namespace) -> int:
    family = check_choice(arguments.family, "family", ["best", *frames.FAMILIES])
    if arguments.param:
        if family == "best" or arguments.k or arguments.eps:
            raise InputError("--param goes with a named family and without -k and --eps")
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
    if arguments.out:
        if not frame.is_symmetric and not arguments.probes_out:
            raise InputError(f"B is not A for {frame.family} frames: say with --probes-out where B goes")
        io.save_array(arguments.out, frame.matrix(m))
        files.append(arguments.out)
        if arguments.probes_out:
            io.save_array(arguments.probes_out, frame.probes(np.arange(m)))
            files.append(arguments.probes_out)
    _show(arguments, result, lambda: _print_frame(frame, m, files))
    return EXIT_HOLDS


def _family_params(family: str, given: list[str]) -> dict[str, Any]:
    known = inspect.signature(frames.FAMILIES[family].make).parameters
    params: dict[str, Any] = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not equals or name not in known:
            raise InputError(f"--param takes NAME=VALUE with NAME one of {', '.join(known)}, got {item}")
        try:
            params[name] = int(value)
        except ValueError:
            params[name] = value
    missing = [name for name, spec in known.items() if spec.default is spec.empty and name not in params]
    if missing:
        raise InputError(f"{family} also needs --param {missing[0]}=VALUE")
    return params


def _print_frame(frame: frames.Frame, m: int, files: list[str]) -> None:
    params = ", ".join(f"{name} = {value}" for name, value in frame.params.items())
    print(f"{frame.family} ({params}): d = {frame.d}, m = {m} of {frame.m}")
    print(f"  coherence {'=' if frame.coherence_is_exact else '<='} {frame.coherence}, W_1 <= {frame.error}")
    print(f"  {frame.theorem}")
    if files:
        print(f"  wrote {' and '.join(files)}; check it with")
        print(f"  lincs verify {' '.join(files)} --scale {frame.scale} -k 1")


# --- verify and coherence -----------------------------------------------------------------------------------------


def _load(arguments: argparse.Namespace) -> tuple[np.ndarray, np.ndarray | None, list[str]]:
    second = getattr(arguments, "B", None)
    pair = io.load_pair(
        arguments.A,
        second,
        key_A=arguments.key_A,
        key_B=getattr(arguments, "key_B", None),
        orientation=arguments.orientation,
    )
    return pair.A, pair.B, list(pair.notes)


def _verify(arguments: argparse.Namespace) -> int:
    A, B, notes = _load(arguments)
    if A.dtype.kind == "c" and B is None:
        notes.append(f"A is complex, {A.shape[0]} x {A.shape[1]}: verified in real form, twice that in both directions")
        A = accessibility.real_form(check_matrix(A, allow_complex=True))
    A = check_matrix(A)
    if B is not None:
        A, B = check_pair(A, B)
    m = A.shape[1]
    k = check_sparsity(arguments.k, m)
    eps = None if arguments.eps is None else check_eps(arguments.eps)
    scale = _exact(arguments.scale, "--scale")
    top = None if arguments.top is None else check_integer(arguments.top, "--top", 1)
    if B is None and arguments.probes == "literal" and scale == 1 and (remark := _norm_remark(A)):
        notes.append(remark)
    if B is not None and arguments.probes != "literal":
        raise InputError(f"--probes {arguments.probes} makes B from A, but B was given as well")
    if arguments.compare and (arguments.features == "binary" or scale != 1):
        raise InputError("--compare is about z in [-1,1]^m and --scale 1")
    if arguments.probes == "matched":
        B = accessibility.matched_probes(A)
    elif arguments.probes == "scaled":
        B = accessibility.scaled_probes(A, k)
    options = {"k": k, "scale": scale, "features": arguments.features, "progress": sys.stderr.isatty()}
    result = accessibility.worst_case_error(A, B, **options)
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
    _show(arguments, shown, lambda: _print_verdict(result, eps, code, best, shown))
    return code


def _exact(text: str, name: str) -> Fraction:
    try:
        return as_fraction(text)
    except (ValueError, ZeroDivisionError):
        raise InputError(f"{name} must be a decimal or a fraction, got {text}") from None


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
    A, B, notes = _load(arguments)
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
    _show(arguments, shown, lambda: _print_probes(result, shown))
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


def _coherence(arguments: argparse.Namespace) -> int:
    A, _, notes = _load(arguments)
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
    _show(arguments, result, lambda: print("\n".join(lines)))
    return EXIT_HOLDS


def _reproduce(arguments: argparse.Namespace) -> int:
    from lincs import reproduce

    reproduce.run(arguments.out)
    return EXIT_HOLDS


def _show(arguments: argparse.Namespace, result: dict[str, Any], text: Any) -> None:
    if arguments.json:
        print(json.dumps(result, indent=2))
    else:
        text()
