"""`lincs probe`: how accurately features can be read from recorded activations."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import numpy as np

from lincs import activations, io
from lincs._checks import InputError, check_choice, check_integer
from lincs._numbers import Enclosure, Fraction
from lincs.activations import Comparison
from lincs.cli._common import EXIT_FAILS, EXIT_HOLDS, EXIT_UNDECIDED, add_command, exact, show

#: Features that are listed one by one.
MOST_LISTED = 20


def register(commands: Any) -> None:
    """Add the command of this module."""
    command = add_command(
        commands, "probe", _probe,
        "the best probes for features on recorded activations X, Z (for representations A: lincs probes)",
    )  # fmt: skip
    command.add_argument("X", help="npy, npz or safetensors file with the (n, d) activations, a row for each sample")
    command.add_argument("Z", help="file with the (n, m) values of the features on the same samples")
    command.add_argument("--key-X", metavar="KEY", help="name of X in an npz or safetensors file")
    command.add_argument("--key-Z", metavar="KEY", help="name of Z in an npz or safetensors file")
    command.add_argument("--linear", action="store_true", help="probes without bias")
    command.add_argument("--eps", help="also decide which features are read to within this on every sample")
    command.add_argument("--gap", default="1e-6", help="relative gap between the certified sides (default 1e-6)")
    command.add_argument("--held-out", metavar="PART", help="keep this part of the samples out of the fit, such as 0.2")
    command.add_argument("--seed", default="0", help="draws the samples that are held out (default 0)")
    command.add_argument("--test", nargs=2, metavar=("X", "Z"), help="files with other samples to hold out, instead")
    command.add_argument("--no-logistic", action="store_true", help="fit no logistic probes to binary features")
    command.add_argument("--top", default=str(MOST_LISTED), metavar="N",
                         help=f"list the N features that are hardest to read (default {MOST_LISTED})")  # fmt: skip
    command.add_argument("--kind", default="minimax", metavar="KIND",
                         help="which probes --out writes: minimax (default), least_squares, logistic")  # fmt: skip
    command.add_argument(
        "--out", metavar="FILE", help="where B (d, m) and c (m,) go (.npz or .safetensors), a column for each feature"
    )


def _probe(arguments: argparse.Namespace) -> int:
    eps = None if arguments.eps is None else exact(arguments.eps, "--eps")
    top = check_integer(arguments.top, "--top", 0)
    kind = check_choice(arguments.kind, "--kind", ("minimax", "least_squares", "logistic"))
    if arguments.out is not None:
        if not arguments.out.lower().endswith((".npz", ".safetensors")):
            raise InputError(f"--out {arguments.out} cannot hold two arrays; a name in .npz or .safetensors is needed")
        io.check_writable(arguments.out)
    X = io.load_matrix(arguments.X, arguments.key_X)
    Z = io.load_matrix(arguments.Z, arguments.key_Z)
    tests = arguments.test or (None, None)
    keys = (arguments.key_X, arguments.key_Z)
    X_test, Z_test = (
        None if file is None else io.load_matrix(file, key) for file, key in zip(tests, keys, strict=True)
    )
    found = activations.compare_probes(
        X,
        Z,
        held_out=arguments.held_out,
        X_test=X_test,
        Z_test=Z_test,
        rng=check_integer(arguments.seed, "--seed", 0),
        logistic=not arguments.no_logistic,
        affine=not arguments.linear,
        gap=arguments.gap,
        progress=sys.stderr.isatty(),
    )
    shown = found.to_dict()
    code = EXIT_HOLDS
    if eps is not None:
        yes, no = found.minimax.accessible(eps)
        code = EXIT_FAILS if no.any() else EXIT_HOLDS if yes.all() else EXIT_UNDECIDED
        shown |= {"eps": str(eps), "holds": {EXIT_HOLDS: True, EXIT_FAILS: False}.get(code)}
        shown |= {"accessible": int(yes.sum()), "inaccessible": int(no.sum())}
        for line, is_accessible, is_not in zip(shown["features"], yes, no, strict=True):
            line["holds"] = True if is_accessible else False if is_not else None
    if arguments.out is not None:
        probes = [each for each in found.probes if each.kind == kind]
        if not probes:
            raise InputError(f"there are no {kind} probes to write to {arguments.out}: {'; '.join(found.notes)}")
        arrays = {"B": probes[0].B, "c": probes[0].c}
        if len(probes[0].features) < found.minimax.m:  # which columns of Z they read
            arrays["features"] = probes[0].features
        io.save_arrays(arguments.out, arrays)
        shown["files"] = [arguments.out]
    show(arguments, shown, lambda: _print(found, shown, eps, code, top))
    return code


def _print(found: Comparison, shown: dict[str, Any], eps: Fraction | None, code: int, top: int) -> None:
    minimax = found.minimax
    for note in found.notes:
        print(f"note: {note}")
    out = f", {found.n_held_out} more held out" if found.n_held_out else ""
    print(f"n = {minimax.n} samples{out}, d = {minimax.d}, m = {minimax.m}, "
          f"{'affine' if minimax.is_affine else 'linear'} probes")  # fmt: skip
    print(f"least eps at which every feature is accessible on the samples = {minimax.error}")
    if eps is not None:
        open_ = minimax.m - shown["accessible"] - shown["inaccessible"]
        counts = f"{shown['accessible']} of {minimax.m} features are read to within eps = {eps} on every sample"
        verdict = {EXIT_HOLDS: "holds", EXIT_FAILS: "fails", EXIT_UNDECIDED: "undecided"}[code]
        print(f"{verdict}: {counts}{f', {open_} are undecided' if open_ else ''}")
    print("mean over the features:       worst error       rms   misread" + ("   held out: worst       rms   misread"
          if found.n_held_out else ""))  # fmt: skip
    for probes, fitted, held_out in zip(found.probes, found.fitted, found.held_out, strict=True):
        columns = "".join(_columns(errors) for errors in (fitted, held_out) if errors is not None)
        only = f"  ({len(probes.features)} features)" if len(probes.features) < minimax.m else ""
        print(f"  {probes.kind.replace('_', ' '):<16}{columns}{only}")
    order = np.argsort(-minimax.upper, kind="stable")[:top]
    for i in order.tolist():
        active = minimax.duals[i].active
        samples = ", ".join(map(str, active[:4].tolist())) + (", ..." if len(active) > 4 else "")
        error = Enclosure(float(minimax.lower[i]), float(minimax.upper[i]))
        others = "".join(
            f", {probes.kind.replace('_', ' ')} {fitted.worst[position]:.4g}"
            for probes, fitted in zip(found.probes[1:], found.fitted[1:], strict=True)
            for position in np.flatnonzero(probes.features == i)
        )
        print(f"  feature {i}: eps = {error}{others}; {len(active)} active samples: {samples}")
    if minimax.m > len(order):
        print(f"  and {minimax.m - len(order)} more (see --top, --json)")
    for file in shown.get("files", []):
        print(f"wrote {file}")


def _columns(errors: Any) -> str:
    """Means over the features in three columns; a dash where nothing is known."""
    values = []
    for name in ("worst", "rms", "misread"):
        known = getattr(errors, name)[~np.isnan(getattr(errors, name))]
        values.append(f"{known.mean():.4g}" if len(known) else "-")
    return f"{values[0]:>21}{values[1]:>10}{values[2]:>10}"
