"""`lincs theorems` and `lincs check`: what the numbers rest on, and certificates rechecked."""

from __future__ import annotations

import argparse
from typing import Any

from lincs import check, theorems
from lincs._checks import InputError
from lincs.cli._common import EXIT_FAILS, EXIT_HOLDS, add_command, show


def register(commands: Any) -> None:
    """Add the commands of this module."""
    command = add_command(commands, "theorems", _theorems, "the theorems behind the numbers, and how each was checked")
    command.add_argument("slug", nargs="?", help="all about this one (default: a line for each)")

    command = add_command(commands, "check", _check, "recheck a certificate, by code that shares nothing with lincs")
    command.add_argument("certificate", help="file that --certificate of bounds, construct or probes wrote")
    command.add_argument(
        "matrix", nargs="?", help="npy file with A, where a certificate of gamma holds only its digest"
    )


def _theorems(arguments: argparse.Namespace) -> int:
    if arguments.slug is None:
        shown: dict[str, Any] = {"theorems": [each.to_dict() for each in theorems.THEOREMS.values()]}
        lines = theorems.summary_lines()
    else:
        theorem = theorems.theorem(arguments.slug)
        shown, lines = theorem.to_dict(), theorems.detail_lines(theorem)
    show(arguments, shown, lambda: print("\n".join(lines)))
    return EXIT_HOLDS


def _check(arguments: argparse.Namespace) -> int:
    try:
        verdict = check.check_file(arguments.certificate, arguments.matrix)
    except check.CertificateError as error:
        raise InputError(str(error)) from None
    shown = {"claim": verdict.claim, "holds": verdict.holds, "reason": verdict.reason}
    show(arguments, shown, lambda: print(f"{verdict.claim}\n{'holds' if verdict.holds else 'fails'}: {verdict.reason}"))
    return EXIT_HOLDS if verdict.holds else EXIT_FAILS
