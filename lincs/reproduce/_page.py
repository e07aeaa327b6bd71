"""The page that shows what lies in the folder: no scripts, references to files beside it only."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lincs import pages
from lincs._checks import InputError
from lincs.reproduce._result import read_description

INTRODUCTION = """
Features z (at most k of m active, each in [-1, 1]) are stored as A z in d dimensions and read by linear probes B, up to
the worst-case error W_k, the maximum of |B^T A z - z| in any entry. A sentence below says what is shown: a theorem, a
certified computation (about the matrices at hand, with both sides checked), an experiment (random trials, with
intervals), or an estimate. In all figures theorems are lines without markers, certified computations have filled
markers, experiments open ones, and estimates are dotted.
"""


def write_page(folder: Path, names: Sequence[str]) -> None:
    """Write index.html with those of the tables and figures that lie in the folder."""
    parts: list[dict[str, Any]] = []
    for name in names:
        found = read_description(folder, name)
        if found is None:
            continue
        part = found | {"name": name, "table": None, "is_narrow": False}
        if found["figure"]:
            part["is_narrow"] = _png_width(folder / f"{name}.png") < 1500  # pixels: 1000 for a column, 2000 for a page
        else:
            part["table"] = _table(folder / f"{name}.csv")
        parts.append(part)
    title = "Linear compressed sensing: tables and figures"
    pages.write_page(folder / "index.html", "figures.html", title=title, introduction=INTRODUCTION, parts=parts)


def _png_width(path: Path) -> int:
    try:
        with open(path, "rb") as file:
            return int.from_bytes(file.read(20)[16:20], "big")
    except OSError:
        raise InputError(f"{path} is missing: draw it again with --only") from None


def _table(path: Path) -> list[list[str]]:
    try:
        with open(path, newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file)
    except (OSError, ValueError):
        raise InputError(f"{path} is missing or damaged: make it again with --only") from None
    return [header, *rows]
