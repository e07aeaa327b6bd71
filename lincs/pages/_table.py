"""The page of `lincs table`: a grid of cells, what is behind each, and the command that builds its matrix."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from lincs import io
from lincs.pages._write import write_page


def write_table(path: io.PathLike, shown: dict[str, Any]) -> None:
    """Write the page of a table: one HTML file that needs nothing else and asks the network for nothing.

    Parameters
    ----------
    path : path of the file
    shown : dict
        With "cells" as `lincs.table.cell_to_dict` makes them, "median", "maximum" and "random" (or None), as
        ``lincs table --json`` prints.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    cells = [
        cell | {"m_text": _short(cell["m"]), "delta_text": f"{float(Fraction(cell['delta'])):g}"}
        for cell in shown["cells"]
    ]
    for cell in cells:
        cell["m"] = str(cell["m"])  # beyond what a browser counts exactly
    ms = list(dict.fromkeys(cell["m_text"] for cell in cells))
    deltas = list(dict.fromkeys(cell["delta_text"] for cell in cells))
    write_page(
        path,
        "table.html",
        title="The best known bounds on D(m, delta)",
        ms=ms,
        rows=[(delta, [cells.index(cell) for cell in cells if cell["delta_text"] == delta]) for delta in deltas],
        cells=cells,
        median=shown["median"],
        maximum=shown["maximum"],
        sample=shown["random"],
        listing=_listing(cells),
    )


def _listing(cells: list[dict[str, Any]]) -> dict[str, Any]:
    columns = [
        ("m", "m", "features", [int(cell["m"]) if len(cell["m"]) < 16 else cell["m_text"] for cell in cells]),
        ("delta", "delta", "eps/k", [float(cell["delta_text"]) for cell in cells]),
        ("lower", "at least", "theorem", [cell["lower"]["d"] for cell in cells]),
        ("upper", "enough", "theorem", [cell["upper"]["d"] for cell in cells]),
        ("ratio", "ratio", "rounded up", [_up(cell["ratio"]) for cell in cells]),
        ("needs", "lower bound by", "theorem", [cell["lower"]["theorem"] for cell in cells]),
        ("frame", "frame", "family and parameters", [_frame(cell["upper"]) for cell in cells]),
        ("published", "published argument", "ratio, rounded down", [int(cell["published"]["ratio"]) for cell in cells]),
    ]
    return {
        "columns": [{"key": key, "label": label, "hint": hint} for key, label, hint, _ in columns],
        "data": {key: values for key, _, _, values in columns},
        "sort": ["ratio", "descending"],
    }


def _frame(side: dict[str, Any]) -> str:
    params = ", ".join(f"{name} = {value}" for name, value in side["params"].items())
    return f"{side['theorem']} ({params})" if params else side["theorem"]


def _up(ratio: float) -> float:
    return float(-(-Fraction(ratio) * 1000 // 1) / 1000)


def _short(m: int) -> str:
    """A number of features: as it is, or as a power of ten where it is one, times a digit or not."""
    text = str(m)
    digits, exponent = text.rstrip("0"), len(text) - 1
    if exponent < 4 or len(digits) > 1:
        return text if exponent < 15 else f"{m:.4e}"
    return f"10^{exponent}" if digits == "1" else f"{digits}*10^{exponent}"
