"""The `lincs` command: reads arguments and files, prints what the library computes.

Exit codes: 0 done (for `--eps` of `verify` and `probe`, and `check`: holds), 1 it fails, 2 the input cannot be
used, 3 undecided (for `decode`: not every answer is proved).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from lincs import __version__
from lincs._checks import InputError
from lincs.cli import _activations, _bounds, _decoding, _pairs, _report, _reproduce, _table, _theory, _toy
from lincs.cli._common import EXIT_BAD_INPUT, EXIT_HOLDS


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
    for module in (_bounds, _table, _pairs, _report, _activations, _decoding, _toy, _theory, _reproduce):
        module.register(commands)
    return parser
