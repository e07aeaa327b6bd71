"""Run the notebooks in full and write their .ipynb with the outputs: `python notebooks/execute.py [NAME ...]`."""

import sys
from pathlib import Path

import jupytext
import nbclient

from lincs.io import atomic_write

FOLDER = Path(__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("*.py") if path.name != "execute.py")

for name in sys.argv[1:] or NAMES:
    notebook = jupytext.read(FOLDER / f"{name}.py")
    nbclient.NotebookClient(notebook, timeout=1200, kernel_name="python3", record_timing=False).execute()
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"  # the same from run to run
    notebook.metadata.pop("language_info", None)  # the interpreter's version is nobody's concern
    with atomic_write(FOLDER / f"{name}.ipynb", "w") as file:
        file.write(jupytext.writes(notebook, fmt="ipynb"))
    print(f"wrote {name}.ipynb")
