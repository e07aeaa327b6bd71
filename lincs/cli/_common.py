"""What the commands share: exit codes, the matrix arguments, printing."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

import numpy as np

from lincs import io
from lincs._checks import InputError
from lincs._numbers import Fraction, as_fraction

EXIT_HOLDS, EXIT_FAILS, EXIT_BAD_INPUT, EXIT_UNDECIDED = 0, 1, 2, 3

Run = Callable[[argparse.Namespace], int]


def add_command(commands: Any, name: str, run: Run, summary: str) -> argparse.ArgumentParser:
    """Add the command ``name``; returns its parser, which knows --json and what to run."""
    command = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
    command.set_defaults(run=run)
    command.add_argument("--json", action="store_true", help="print JSON")
    return command


def add_matrices(command: argparse.ArgumentParser, second: str = "", summary: str = "") -> None:
    """The arguments that name A and, if ``second`` is given, another matrix."""
    command.add_argument("A", help="npy, npz, safetensors or packing file with the (d, m) matrix of representations")
    command.add_argument("--key-A", metavar="KEY", help="name of A in an npz or safetensors file")
    if second:
        command.add_argument(second, nargs="?", help=summary)
        command.add_argument(f"--key-{second}", metavar="KEY", help=f"name of {second} in an npz or safetensors file")
    command.add_argument(
        "--orientation", choices=["columns", "rows"], help="whether features are columns (default) or rows of the files"
    )


def load(arguments: argparse.Namespace) -> tuple[np.ndarray, np.ndarray | None, list[str]]:
    """The matrix A, the second one if it was named, and remarks on how they were read."""
    second = getattr(arguments, "B", None)
    pair = io.load_pair(
        arguments.A,
        second,
        key_A=arguments.key_A,
        key_B=getattr(arguments, "key_B", None),
        orientation=arguments.orientation,
    )
    return pair.A, pair.B, list(pair.notes)


def exact(text: str, name: str) -> Fraction:
    """The number that an argument is written as."""
    try:
        return as_fraction(text)
    except (ValueError, ZeroDivisionError):
        raise InputError(f"{name} must be a decimal or a fraction, got {text}") from None


def show(arguments: argparse.Namespace, result: dict[str, Any], text: Callable[[], None]) -> None:
    """Print a result: as JSON if that was asked for, else by calling ``text``."""
    if arguments.json:
        print(json.dumps(result, indent=2))
    else:
        text()
