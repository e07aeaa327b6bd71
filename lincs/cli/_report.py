"""`lincs report`: everything about one pair on one page."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from lincs._checks import InputError, check_eps
from lincs.cli._common import EXIT_HOLDS, add_command, add_matrices, show
from lincs.cli._pairs import add_probes, read_pair


def register(commands: Any) -> None:
    """Add the command of this module."""
    command = add_command(commands, "report", _report, "all that is known of a pair (A, B), on one page")
    add_matrices(command, "B", "probes, of A's shape (default: B = A)")
    add_probes(command)
    command.add_argument("--eps", default="1", help="tolerance (default 1, which probes that say 0 reach)")
    command.add_argument("--out", metavar="FILE", help="where the page goes (.html)")
    command.add_argument("--title", help="what the pair is called (default: the name of the file)")
    command.add_argument(
        "--best-seconds", default="60", metavar="S",
        help="for how long best probes are looked for, a linear program a feature (default 60; 0 leaves them out)",
    )  # fmt: skip


def _report(arguments: argparse.Namespace) -> int:
    from lincs import pages
    from lincs.report import report

    if arguments.out is None and not arguments.json:
        raise InputError("report needs --out FILE, or --json")
    if arguments.out is not None and not arguments.out.endswith((".html", ".htm")):
        raise InputError(f"--out must be the name of an .html file, got {arguments.out}")
    seconds = _seconds(arguments.best_seconds)
    eps = check_eps(arguments.eps, "--eps")
    A, B, k, scale, notes = read_pair(arguments)
    found = report(
        A,
        B,
        k=k,
        eps=eps,
        scale=scale,
        best_seconds=seconds,
        progress=sys.stderr.isatty(),
        notes=tuple(notes),
    )
    if arguments.out is not None:
        names = [arguments.A] if arguments.B is None else [arguments.A, arguments.B]
        title = arguments.title or " and ".join(os.path.basename(name) for name in names)
        pages.write_report(arguments.out, found, title)
    shown = found.to_dict() | {"files": [] if arguments.out is None else [arguments.out]} if arguments.json else {}
    show(arguments, shown, lambda: _print_report(found, arguments.out))
    return EXIT_HOLDS


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds < float("inf"):
        raise InputError(f"--best-seconds must be a number of seconds, 0 or more, got {text}")
    return seconds


def _print_report(found: Any, out: str) -> None:
    for note in found.notes:
        print(f"note: {note}")
    verdict = {True: "holds", False: "fails", None: "undecided"}[found.holds]
    print(
        f"m = {found.m}, d = {found.d}, k = {found.k}, eps = {found.eps}: {verdict}, W_{found.k} = {found.worst.error}"
    )
    if found.best is None:
        print("best probes: not computed (--best-seconds 0)")
    else:
        partly = "" if found.best.is_complete else f" (from {found.best.count} of {found.m} features: time was up)"
        print(f"best probes for this A: W_{found.k} = {found.best.least_error(found.k)}{partly}")
    print(f"d(m, k, eps) lies between {found.dimension.lower.d} and {found.dimension.upper.d}")
    print(f"wrote {out}")
