"""Run every machine-checked step of the proofs and print a table: `python proofs/check.py`; exit code 1 on failure.

`python proofs/check.py --write` writes how the steps of each proof are known, from their marks, to where that is
repeated: the map in README.md and the registry in lincs/theorems.
"""

from __future__ import annotations

import importlib
import re
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
if str(HERE.parent) not in sys.path:
    sys.path.insert(0, str(HERE.parent))

from proofs._steps import Step, steps_of  # noqa: E402


def modules() -> list[str]:
    """The names of the modules that hold steps: every file here but this one and the private ones."""
    names = sorted(path.stem for path in HERE.glob("*.py"))
    return [name for name in names if name != "check" and not name.startswith("_")]


def steps() -> list[tuple[str, Step]]:
    """All steps with the files that hold them, in the order of slugs and numbers."""
    found = [
        (f"proofs/{name}.py", each)
        for name in modules()
        for each in steps_of(importlib.import_module(f"proofs.{name}"))
    ]
    return sorted(found, key=lambda pair: (pair[1].slug, pair[1].number))


def marks(text: str) -> tuple[str, ...]:
    """How the steps of a proof are known, from the marks in its text; "coq:" comes with the name of a lemma."""
    proof = " ".join(text.split("## Sources")[0].split())
    found = [name for name in ("by hand", "cited") if re.search(rf"\b{name}\b", proof, re.IGNORECASE)]
    found += ["sympy"] if "(sympy: " in proof else []
    lemmas = [name.strip("` ") for names in re.findall(r"\(Coq: ([^)]*)\)", proof) for name in names.split(",")]
    return (*found, *(f"coq:{name}" for name in dict.fromkeys(lemmas)))


def ways(text: str) -> str:
    """The same in a few words."""
    found = [mark.partition(":")[0] for mark in marks(text)]
    return ", ".join(shown for shown in ("Coq", "sympy", "by hand", "cited") if shown.lower() in found)


def current_map(readme: str) -> str:
    """The text of README.md with the last column of its map as the marks say."""

    def row(found: re.Match[str]) -> str:
        return f"{found[1]} {ways((HERE / f'{found[2]}.md').read_text())} |"

    return re.sub(r"^(\| \[`\w+`\]\((\w+)\.md\) \|.*\|)[^|]*\|$", row, readme, flags=re.MULTILINE)


def registry() -> str:
    """The text of lincs/theorems/_checked.py as the marks say."""
    from lincs.theorems import THEOREMS

    head = '"""How the proof of each theorem was checked: the marks in it, by `python proofs/check.py --write`."""'
    lines = [head, "", "CHECKED: dict[str, tuple[str, ...]] = {"]
    for slug in THEOREMS:
        items = [f'"{mark}"' for mark in marks((HERE / f"{slug}.md").read_text())]
        line = f'    "{slug}": ({", ".join(items)}{"," if len(items) == 1 else ""}),'
        if len(line) > 120:
            line = "\n".join([f'    "{slug}": (', *(f"        {item}," for item in items), "    ),"])
        lines.append(line)
    return "\n".join([*lines, "}", ""])


def main() -> int:
    if sys.argv[1:] == ["--write"]:
        readme = HERE / "README.md"
        readme.write_text(current_map(readme.read_text()))
        (HERE.parent / "lincs" / "theorems" / "_checked.py").write_text(registry())
        return 0
    failed = 0
    for file, each in steps():
        start = time.perf_counter()
        try:
            each()
            result = "proved"
        except Exception as error:
            result, failed = f"FAILED: {type(error).__name__}: {error}", failed + 1
        seconds = time.perf_counter() - start
        print(f"{result:6}  {each.slug:18} {each.number:3}  {file:24} {seconds:6.2f} s  {each.title}")
    print(f"{len(steps())} steps, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
