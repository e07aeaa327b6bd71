"""`python -m lincs.theorems FILE` writes the tables of a marked text anew."""

import sys
from pathlib import Path

from lincs.io import atomic_write
from lincs.theorems import with_tables

for name in sys.argv[1:]:
    text = with_tables(Path(name).read_text())
    with atomic_write(name, "w") as file:
        file.write(text)
