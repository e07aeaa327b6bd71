"""`lincs decode` and `lincs phase`: nonlinear decoding with proofs, and how often decoders succeed on random A."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from typing import Any

import numpy as np

from lincs import io, l1
from lincs._checks import InputError, check_integer
from lincs.cli._common import EXIT_HOLDS, EXIT_UNDECIDED, add_command, add_matrices, load, show

#: Columns that are listed one by one.
MOST_LISTED = 10


def register(commands: Any) -> None:
    """Add the commands of this module."""
    command = add_command(commands, "decode", _decode, "the sparsest-looking z behind measurements A z, by L1")
    add_matrices(command)
    command.add_argument("X", help="npy, npz or safetensors file with the (d, n) measurements, a column each")
    command.add_argument("--key-X", metavar="KEY", help="name of X in an npz or safetensors file")
    command.add_argument("--out", metavar="FILE", help="where the answers Z go (.npy), of shape (m, n)")
    command.add_argument("--duals-out", metavar="FILE", help="where the dual vectors W go (.npy), of shape (d, n)")
    command.add_argument("--programs", default="0", metavar="N", help="send N columns that stay open to a solver")

    command = add_command(commands, "phase", _phase, "where a decoder begins to succeed on random A: an experiment")
    command.add_argument("-m", required=True, help="features")
    command.add_argument("-k", required=True, help="active features, such as 4 or 2,4,8")
    command.add_argument("-d", help="dimensions, such as 50,100,150: how often it succeeds there (default: find half)")
    command.add_argument("--decoder", default="l1", help="l1 (default), omp, iht, linear_matched or linear_best")
    command.add_argument("--regime", default="typical", help="typical: random z; worst: every z, certified for each A")
    command.add_argument("--eps", help="tolerance of a linear decoder")
    command.add_argument(
        "--ensemble", default="gaussian", help="entries of A: gaussian (default), rademacher, spherical"
    )
    command.add_argument("--trials", default="32", help="of each cell (default 32)")
    command.add_argument("--seed", default="0", help="root of all randomness (default 0)")
    command.add_argument("--workers", default="1", metavar="N", help="processes (default 1)")
    command.add_argument("--store", metavar="FILE", help="npz file that keeps finished cells, and to resume from")


def _decode(arguments: argparse.Namespace) -> int:
    A, B, notes = load(arguments)
    if B is not None:
        notes.append("the probes in that file were not looked at: L1 decoding uses A alone")
    X = io.load_matrix(arguments.X, arguments.key_X)
    paths = [path for path in (arguments.out, arguments.duals_out) if path is not None]
    if len({os.path.realpath(path) for path in paths}) < len(paths):
        raise InputError(f"--out and --duals-out both name {arguments.out}; two files are needed")
    for path in paths:
        if not path.lower().endswith(".npy"):
            raise InputError(f"{path} is not the name of an npy file; one that ends in .npy is needed")
    with contextlib.ExitStack() as files:
        # opened before the work, so that a name that cannot be written costs none
        targets = {path: files.enter_context(io.atomic_write(path)) for path in paths}
        answers = l1.decode_many(A, X, most_programs=arguments.programs, progress=sys.stderr.isatty())
        for path, array in ((arguments.out, answers.Z), (arguments.duals_out, answers.W)):
            if path is not None:
                np.save(targets[path], array, allow_pickle=False)
    shown = {"d": A.shape[0], "m": A.shape[1], **answers.to_dict(), "notes": notes}
    shown["answers"] = [
        {
            "nonzeros": int((answers.Z[:, j] != 0).sum()),
            "norm": float(abs(answers.Z[:, j]).sum()),
            "certified": bool(answers.certified[j]),
            "gap": float(answers.gap[j]),
        }
        for j in range(X.shape[1])
    ]
    shown["files"] = paths
    show(arguments, shown, lambda: _print(shown))
    return EXIT_HOLDS if answers.certified.all() else EXIT_UNDECIDED


def _print(shown: dict[str, Any]) -> None:
    for note in shown["notes"]:
        print(f"note: {note}")
    print(f"m = {shown['m']}, d = {shown['d']}, {shown['columns']} measurements")
    print(f"proved to be the only minimiser of ||z||_1: {shown['certified']} of {shown['columns']}")
    if shown["certified"] < shown["columns"]:
        print(f"the others are within {shown['largest_gap']:.3g} of the least norm, relatively")
    print(f"largest ||A z - x||_2: at most {shown['largest_residual']:.3g}")
    for j, answer in enumerate(shown["answers"][:MOST_LISTED]):
        proved = "" if answer["certified"] else f", not proved (gap {answer['gap']:.3g})"
        print(f"  column {j}: {answer['nonzeros']} features, ||z||_1 = {answer['norm']:.6g}{proved}")
    if shown["columns"] > MOST_LISTED:
        print(f"  and {shown['columns'] - MOST_LISTED} more (see --json)")
    for path in shown["files"]:
        print(f"wrote {path}")


def _phase(arguments: argparse.Namespace) -> int:
    from lincs import phase

    k = [check_integer(text, "-k", 1) for text in arguments.k.split(",")]
    options = {
        "regime": arguments.regime,
        "eps": arguments.eps,
        "ensemble": arguments.ensemble,
        "trials": arguments.trials,
        "rng": check_integer(arguments.seed, "--seed", 0),
        "workers": check_integer(arguments.workers, "--workers", 1),
        "progress": sys.stderr.isatty(),
        "store": arguments.store,
    }
    m = check_integer(arguments.m, "m")
    if arguments.d is None:
        found = phase.thresholds(m, k, arguments.decoder, **options)
        shown: dict[str, Any] = {"thresholds": [each.to_dict() for each in found]}
        lines = [f"k = {each.k}: d about {each.d:.4g}, in [{each.lower}, {each.upper}]" for each in found]
        title = "the d at which half of the trials succeed (estimate), with its confidence interval"
        confidence = found[0].confidence
    else:
        d = [check_integer(text, "-d", 1) for text in arguments.d.split(",")]
        diagram = phase.phase_diagram(m, d, k, arguments.decoder, **options)
        shown = diagram.to_dict()
        lines = [
            f"d = {row['d']}, k = {row['k']}: {row['successes']} of {row['trials']}"
            + (f" ({row['undecided']} undecided)" if row["undecided"] else "")
            + f", success probability in [{row['lower']:.3f}, {row['upper']:.3f}]"
            for row in diagram.rows()
        ]
        title = "successes, with Wilson intervals"
        confidence = diagram.confidence
    head = f"{arguments.decoder}, {arguments.regime}, {arguments.ensemble} A, m = {m}, {arguments.trials} trials a cell"
    lines = [f"{head}: {title}, level {confidence:g}", *lines]
    show(arguments, shown, lambda: print("\n".join(lines)))
    return EXIT_HOLDS
