"""The page that shows what lies in the folder: plain HTML, no scripts, references to files beside it only."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from html import escape
from pathlib import Path

from lincs import io
from lincs._checks import InputError
from lincs.reproduce._result import read_description

STYLE = """
body { max-width: 52em; margin: 2em auto; padding: 0 1em; font: 16px/1.5 Georgia, serif; color: #222; }
h1, h2 { line-height: 1.2; } h2 { margin-top: 2.5em; }
img { width: 100%; } img.column { width: 30em; max-width: 100%; }
p.caption b { color: #0072B2; font-weight: 600; }
div.table { max-height: 30em; overflow: auto; } table { border-collapse: collapse; font-size: 80%; }
th, td { text-align: left; padding: 0.15em 0.7em; border-bottom: 1px solid #ddd; white-space: nowrap; }
"""

INTRODUCTION = """
Features z (at most k of m active, each in [-1, 1]) are stored as A z in d dimensions and read by linear probes B, up to
the worst-case error W_k, the maximum of |B^T A z - z| in any entry. A sentence below says what is shown: a theorem, a
certified computation (about the matrices at hand, with both sides checked), an experiment (random trials, with
intervals), or an estimate. In all figures theorems are lines without markers, certified computations have filled
markers, experiments open ones, and estimates are dotted.
"""


def write_page(folder: Path, names: Sequence[str], version: str) -> None:
    """Write index.html with those of the tables and figures that lie in the folder."""
    parts = []
    for name in names:
        found = read_description(folder, name)
        if found is None:
            continue
        caption = " ".join(f"<b>{kind}.</b> {escape(sentence)}" for kind, sentence in found["caption"])
        if found["quick"]:
            caption = f"(Small sizes, by --quick.) {caption}"
        body = _figure(folder, name, found["title"]) if found["figure"] else _table(folder / f"{name}.csv")
        parts.append(f'<h2 id="{name}">{escape(found["title"])}</h2>\n{body}\n<p class="caption">{caption}</p>\n')
    with io.atomic_write(folder / "index.html", "w") as file:
        file.write(
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>lincs reproduce</title>\n'
            f"<style>{STYLE}</style>\n</head>\n<body>\n<h1>Linear compressed sensing: tables and figures</h1>\n"
            f"<p>{INTRODUCTION}</p>\n{''.join(parts)}<p>Made by lincs {escape(version)}.</p>\n</body>\n</html>\n"
        )


def _figure(folder: Path, name: str, title: str) -> str:
    width = _png_width(folder / f"{name}.png")
    kind = ' class="column"' if width < 1500 else ""  # pixels: 1000 for a column, 2000 for a page
    return (
        f'<p><a href="{name}.svg"><img{kind} src="{name}.png" alt="{escape(title)}"></a></p>\n'
        f'<p><a href="{name}.csv">numbers (CSV)</a>, <a href="{name}.svg">SVG</a>, <a href="{name}.png">PNG</a></p>'
    )


def _png_width(path: Path) -> int:
    try:
        with open(path, "rb") as file:
            return int.from_bytes(file.read(20)[16:20], "big")
    except OSError:
        raise InputError(f"{path} is missing: draw it again with --only") from None


def _table(path: Path) -> str:
    try:
        with open(path, newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file)
    except (OSError, ValueError):
        raise InputError(f"{path} is missing or damaged: make it again with --only") from None
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>\n" for row in rows)
    return (
        f'<div class="table"><table>\n<tr>{head}</tr>\n{body}</table></div>\n'
        f'<p><a href="{path.name}">numbers (CSV)</a></p>'
    )
