"""`lincs reproduce`: the tables and figures."""

from __future__ import annotations

import argparse
from typing import Any

from lincs.cli._common import EXIT_HOLDS


def register(commands: Any) -> None:
    """Add the commands of this module."""
    command = commands.add_parser("reproduce", help="bounds table, verified frames and matrices, figures")
    command.set_defaults(run=_reproduce)
    command.add_argument("--out", default="out", metavar="DIR", help="where tables and figures go (default: out)")


def _reproduce(arguments: argparse.Namespace) -> int:
    from lincs import reproduce

    reproduce.run(arguments.out)
    return EXIT_HOLDS
