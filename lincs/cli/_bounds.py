"""`lincs bounds` and `lincs construct`: how many dimensions, and the matrices."""

from __future__ import annotations

import argparse
import inspect
from typing import Any

import numpy as np

from lincs import bounds, frames, io
from lincs._checks import InputError, check_choice, check_eps, check_integer, check_sparsity
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
    command.add_argument("--out", metavar="FILE", help="where A goes (.npy)")
    command.add_argument("--probes-out", metavar="FILE", help="where B goes (.npy), for frames whose B is not A")


def _bounds(arguments: argparse.Namespace) -> int:
    given = {name: getattr(arguments, name) for name in ("m", "d", "k", "eps")}
    missing = [name for name, value in given.items() if value is None]
    if len(missing) != 1:
        raise InputError(f"bounds needs exactly three of -m, -d, -k and --eps, got {4 - len(missing)}")
    m, d, k, eps = given["m"], given["d"], given["k"], given["eps"]
    if missing == ["d"]:
        result = bounds.dimension_bounds(m, k, eps)
        show(arguments, result.to_dict(), lambda: _print_dimension_bounds(result))
        return EXIT_HOLDS
    answer = {
        "m": lambda: bounds.most_features(d, k, eps),
        "eps": lambda: bounds.best_eps(m, d, k),
        "k": lambda: bounds.largest_sparsity(m, d, eps),
    }[missing[0]]()
    asked = {name: value for name, value in given.items() if value is not None}
    show(arguments, asked | answer.to_dict(), lambda: _print_range(answer, asked))
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
    show(arguments, result, lambda: _print_frame(frame, m, files))
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
