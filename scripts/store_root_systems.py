"""Store the lines of the root systems E6, E7 and E8: `python scripts/store_root_systems.py FOLDER`.

Different lines meet at 60 or 90 degrees, so that the coherence is 1/2. E6 and E7 are written in the basis of their
simple roots, in which A holds the coefficients of a root and B = C A, C the Cartan matrix, its products with the simple
roots; E8 in coordinates, times 2.
"""

from __future__ import annotations

import sys
from itertools import combinations, product
from pathlib import Path

import numpy as np

from lincs.frames.stored import StoredFrame, write_entry


def cartan(n: int) -> np.ndarray:
    """The Cartan matrix of E_n, n = 6 or 7: a path of n - 1 simple roots, and one that is joined to the third."""
    C = 2 * np.eye(n, dtype=int)
    for i, j in [*((i, i + 1) for i in range(n - 2)), (2, n - 1)]:
        C[i, j] = C[j, i] = -1
    return C


def positive_roots(C: np.ndarray) -> np.ndarray:
    """The positive roots in the basis of the simple ones, as columns: closed under the simple reflections."""
    found = {tuple(row) for row in np.eye(len(C), dtype=int).tolist()}
    todo = list(found)
    while todo:
        root = np.array(todo.pop())
        for i in range(len(C)):
            image = root.copy()
            image[i] -= C[i] @ root
            key = tuple(image.tolist())
            if min(key) >= 0 and key not in found:
                found.add(key)
                todo.append(key)
    return np.array(sorted(found), dtype=np.int8).T


def e8() -> np.ndarray:
    """Twice the roots of E8, up to sign: +-e_i +- e_j, and halves of signs of which an even number is negative."""
    pairs = [
        [2 * (x == i) + 2 * sign * (x == j) for x in range(8)] for i, j in combinations(range(8), 2) for sign in (1, -1)
    ]
    halves = [[1, *signs] for signs in product((1, -1), repeat=7) if signs.count(-1) % 2 == 0]
    return np.array(pairs + halves, dtype=np.int8).T


def main(folder: Path) -> list[StoredFrame]:
    made = []
    for n in (6, 7):
        C = cartan(n)
        A = positive_roots(C)
        made.append(("roots-e" + str(n), A, (C @ A).astype(np.int8)))
    made.append(("roots-e8", e8(), None))
    return [
        write_entry(
            folder,
            name,
            A,
            B,
            by="the lincs developers",
            how=f"the lines of the root system {name[-2:].upper()}, which meet at 60 or 90 degrees.",
            script="scripts/store_root_systems.py",
            sources=("CS99",),
        )
        for name, A, B in made
    ]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
