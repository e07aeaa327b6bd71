"""`lincs table` and `lincs submit`: the best bounds on D(m, delta), and frames that improve them."""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lincs import io, table
from lincs._checks import InputError, check_integer
from lincs.bounds import DimensionBounds
from lincs.cli._common import EXIT_FAILS, EXIT_HOLDS, add_command, add_matrices, load, show
from lincs.frames.stored import StoredFrame, write_entry

#: Columns of table.csv.
COLUMNS = (
    "m", "delta", "lower", "lower_theorem", "lower_params", "upper", "frame", "frame_params", "ratio",
    "published_lower", "published_upper", "command",
)  # fmt: skip


def register(commands: Any) -> None:
    """Add the commands of this module."""
    command = add_command(commands, "table", _table, "the best known bounds on D(m, delta), as CSV, JSON and a page")
    _add_grid(command)
    command.add_argument("--out", metavar="DIR", help="where table.csv, table.json and table.html go")
    command.add_argument("--random", metavar="N", help="also the ratio at N random places in the range of the table")
    command.add_argument("--seed", default="0", help="of the random places (default 0)")

    command = add_command(commands, "submit", _submit, "verify a frame, and say where it improves the table")
    add_matrices(command, "B", "probes, of A's shape (default: B = A)")
    _add_grid(command)
    command.add_argument("--out", metavar="DIR", help="write the entry into this folder: NAME.json and NAME.npz")
    command.add_argument("--name", help="of the entry: lower case letters, digits and hyphens")
    command.add_argument("--by", help="who made it")
    command.add_argument("--how", help="what it is or how it was found, in a sentence")
    command.add_argument("--script", default="", help="the command that makes it again")
    command.add_argument("--script-seed", metavar="SEED", help="the seed of that command")
    command.add_argument("--source", action="append", default=[], metavar="KEY", help="a key of references.bib")


def _add_grid(command: argparse.ArgumentParser) -> None:
    command.add_argument("-m", "--m", nargs="+", default=table.GRID_M, metavar="M", help="features of the cells")
    command.add_argument("--delta", nargs="+", default=table.GRID_DELTA, metavar="D", help="tolerances of the cells")


def _table(arguments: argparse.Namespace) -> int:
    cells = table.cells(arguments.m, arguments.delta)
    sample = None
    if arguments.random is not None:
        ms, deltas = [cell.m for cell in cells], [cell.delta for cell in cells]
        sample = table.sample(check_integer(arguments.random, "--random"), arguments.seed, ms, deltas)
    ratios = np.array([cell.ratio for cell in cells])
    shown: dict[str, Any] = {
        "cells": [table.cell_to_dict(cell) for cell in cells],
        "median": float(np.median(ratios)),
        "maximum": float(ratios.max()),
        "random": None if sample is None else sample.to_dict(),
    }
    files = [] if arguments.out is None else _write(arguments.out, cells, shown, sample)
    show(arguments, shown | {"files": files}, lambda: _print_table(cells, shown, files))
    return EXIT_HOLDS


def _write(out: str, cells: Sequence[DimensionBounds], shown: dict[str, Any], sample: table.Sample | None) -> list[str]:
    from lincs import pages

    folder = _folder(out)
    with io.atomic_write(folder / "table.csv", "w") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_row(cell) for cell in cells)
    files = [folder / "table.csv", folder / "table.json", folder / "table.html"]
    with io.atomic_write(files[1], "w") as file:
        json.dump(shown, file, indent=1)
        file.write("\n")
    pages.write_table(files[2], shown)
    if sample is not None:
        files.append(folder / "random.csv")
        with io.atomic_write(files[-1], "w") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(_row(cell) for cell in sample.cells)
    return [str(path) for path in files]


def _folder(out: str) -> Path:
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--out {out}: a folder that can be written is needed ({error.strerror})") from None
    return folder


def _row(cell: DimensionBounds) -> tuple[Any, ...]:
    lower, upper = (
        ", ".join(f"{name}={value}" for name, value in bound.params.items()) for bound in (cell.lower, cell.upper)
    )
    command = "; ".join(command for _, command in table.commands(cell.upper))
    published = cell.published_lower.d, min(cell.m, cell.published_upper.d)
    theorems = (cell.lower.d, cell.lower.theorem, lower, cell.upper.d, cell.upper.theorem, upper)
    return (cell.m, cell.delta, *theorems, f"{cell.ratio:.6g}", *published, command)


def _print_table(cells: Sequence[DimensionBounds], shown: dict[str, Any], files: Sequence[str]) -> None:
    print("the least dimension of m features at eps/k = delta:")
    print(f"{'m':>8} {'delta':>7} {'at least':>9} {'enough':>9} {'ratio':>6} {'by':<12} by")
    for cell in cells:
        params = ", ".join(f"{name}={value}" for name, value in cell.upper.params.items())
        m = f"{cell.m:.0e}" if set(str(cell.m)[1:]) <= {"0"} else str(cell.m)
        print(
            f"{m:>8} {float(cell.delta):>7g} {cell.lower.d:>9} {cell.upper.d:>9} {cell.ratio:>6.2f} "
            f"{cell.lower.theorem:<12} {cell.upper.theorem} {params}"
        )
    print(f"upper over lower on {len(cells)} cells: median {shown['median']:.3f}, largest {shown['maximum']:.3f}")
    if (random := shown["random"]) is not None:
        worst = random["maximum"]
        levels = ", ".join(f"{float(q):.0%} {x:.3f}" for q, x in random["quantiles"].items())
        print(f"at {random['count']} random places (seed {random['seed']}): {levels}, largest {worst['ratio']:.3f}")
        print(f"  the largest at m = {worst['m']}, delta = {worst['delta']}")
        print(f"  the published argument: median {random['published_median']:.1f}")
    for file in files:
        print(f"wrote {file}")


def _submit(arguments: argparse.Namespace) -> int:
    if arguments.out is not None and not (arguments.name and arguments.by and arguments.how):
        raise InputError("an entry needs --name, --by and --how")
    seed = None if arguments.script_seed is None else check_integer(arguments.script_seed, "--script-seed", 0)
    A, B, notes = load(arguments)
    found = table.submit(A, B, ms=arguments.m, deltas=arguments.delta)
    is_better = found.least_m is not None
    entry = None
    if arguments.out is not None and is_better:
        about = {"by": arguments.by, "how": arguments.how, "script": arguments.script, "sources": arguments.source}
        entry = write_entry(_folder(arguments.out), arguments.name, found.A, found.B, seed=seed, **about)
    files = (
        [] if entry is None else [str(Path(arguments.out) / f"{entry.name}{suffix}") for suffix in (".json", ".npz")]
    )
    shown = found.to_dict() | {"improves": is_better, "notes": notes, "files": files}
    show(arguments, shown, lambda: _print_submission(found, notes, entry, files))
    return EXIT_HOLDS if is_better else EXIT_FAILS


def _print_submission(
    found: table.Submission, notes: Sequence[str], entry: StoredFrame | None, files: Sequence[str]
) -> None:
    for note in notes:
        print(f"note: {note}")
    kind = "B = A" if found.B is None else "A and B"
    print(f"m = {found.m}, d = {found.d}, {kind} as {found.A.dtype.itemsize * 8}-bit integers, scale {found.scale}")
    print(f"verified: |B^T A - I| <= {found.error} = {float(found.error):.9g} in every entry, with equality in one")
    if found.least_m is None:
        print(f"improves nothing: {found.known} dimensions are known to be enough for {found.m} features at this error")
        return
    print(
        f"improves D(m, delta) for {found.least_m} <= m <= {found.m} just above delta = {float(found.error):.9g}: "
        f"{found.known} dimensions were the best known at m = {found.m}"
    )
    for cell in found.improved:
        print(f"  the cell m = {cell.m}, delta = {cell.delta}: {cell.upper.d} -> {found.d} (at least {cell.lower.d})")
    if not found.improved:
        print("  no cell of the table lies there")
    for file in files:
        print(f"wrote {file}")
    if entry is not None:
        print("in a copy of the repository: put both into lincs/frames/_stored, and run make test")
