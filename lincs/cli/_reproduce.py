"""`lincs reproduce`: the tables and figures."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from lincs._checks import check_integer
from lincs.cli._common import EXIT_HOLDS


def register(commands: Any) -> None:
    """Add the commands of this module."""
    summary = "tables and figures, with the numbers in them, and a page that shows them"
    command = commands.add_parser("reproduce", help=summary, description=summary[0].upper() + summary[1:] + ".")
    command.set_defaults(run=_reproduce)
    command.add_argument("--out", default="out", metavar="DIR", help="where they go (default: out)")
    command.add_argument("--quick", action="store_true", help="small sizes, in a minute instead of some")
    command.add_argument(
        "--only", nargs="+", metavar="NAME", help="some of the tables and figures (a wrong name lists all)"
    )
    command.add_argument("--workers", metavar="N", help="processes for random trials (default: one a core)")


def _reproduce(arguments: argparse.Namespace) -> int:
    from lincs import reproduce

    workers = None if arguments.workers is None else check_integer(arguments.workers, "--workers", 1)
    reproduce.run(
        arguments.out,
        quick=arguments.quick,
        only=arguments.only,
        progress=sys.stderr.isatty(),
        workers=workers,
    )
    return EXIT_HOLDS
