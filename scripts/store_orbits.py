"""Optimise frames that are orbits of a group and store them: `python scripts/store_orbits.py FOLDER [NAME ...]`.

The group consists of the maps x -> a x + b of the integers modulo p, a^order = 1, which permute the coordinates of
``copies`` blocks of p alike. The n base vectors start at random; the p-norm of all inner products between different
columns is lowered by gradient steps (Adam) while p rises, and the best ones met are rounded to integers. What is stored
is verified exactly, however it was found; floating point differs between machines, so that another run need not end at
the same integers.
"""

from __future__ import annotations

import sys
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lincs.frames.stored import StoredFrame, images, write_entry


class Recipe(NamedTuple):
    """What makes one frame; d = p copies, m = n p order."""

    p: int
    order: int
    copies: int
    n: int
    steps: int
    seed: int

    @property
    def maps(self) -> tuple[int, int, int]:
        return self.p, self.order, self.copies

    @property
    def name(self) -> str:
        return f"orbits-{self.p * self.copies}-{self.n * self.p * self.order}"


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(13, 4, 1, 2, 6000, 0),
        Recipe(5, 4, 3, 10, 6000, 0),
        Recipe(3, 2, 6, 50, 4000, 0),
        Recipe(19, 9, 1, 3, 5000, 0),
        Recipe(19, 18, 1, 3, 5000, 0),
        Recipe(7, 3, 3, 48, 8000, 3),
        Recipe(11, 10, 2, 3, 6000, 0),
        Recipe(23, 22, 1, 10, 3000, 0),
        Recipe(5, 4, 5, 25, 5000, 0),
        Recipe(13, 6, 2, 7, 5000, 0),
        Recipe(13, 12, 2, 33, 3000, 0),
        Recipe(3, 2, 9, 50, 5000, 0),
        Recipe(7, 6, 4, 12, 5000, 0),
        Recipe(7, 6, 4, 72, 3000, 0),
        Recipe(29, 28, 1, 4, 3000, 0),
        Recipe(29, 28, 1, 7, 3000, 0),
        Recipe(29, 28, 1, 13, 2500, 0),
        Recipe(5, 4, 6, 15, 6000, 0),
        Recipe(31, 30, 1, 4, 3000, 0),
        Recipe(31, 30, 1, 6, 4000, 0),
        Recipe(31, 30, 1, 11, 2500, 0),
        Recipe(31, 30, 1, 22, 2000, 0),
        Recipe(17, 16, 2, 6, 6000, 0),
        Recipe(17, 16, 2, 19, 2500, 0),
        Recipe(17, 16, 2, 37, 3000, 0),
        Recipe(37, 36, 1, 1, 5000, 0),
        Recipe(37, 36, 1, 4, 3000, 0),
        Recipe(37, 36, 1, 16, 2000, 0),
        Recipe(19, 18, 2, 6, 5000, 0),
        Recipe(19, 18, 2, 30, 2500, 0),
        Recipe(41, 40, 1, 2, 4000, 0),
        Recipe(41, 40, 1, 7, 2500, 0),
        Recipe(41, 40, 1, 13, 2000, 0),
        Recipe(41, 40, 1, 31, 1500, 0),
        Recipe(7, 3, 6, 48, 6000, 0),
        Recipe(7, 6, 6, 72, 3000, 0),
        Recipe(43, 42, 1, 6, 2500, 0),
        Recipe(23, 22, 2, 10, 3000, 0),
        Recipe(47, 46, 1, 3, 3000, 0),
        Recipe(47, 46, 1, 10, 2000, 0),
        Recipe(17, 16, 3, 37, 2000, 0),
        Recipe(53, 52, 1, 1, 4000, 0),
        Recipe(53, 52, 1, 4, 2500, 0),
    )
}

#: Largest integer that base vectors are rounded to.
LARGEST = 8000


def optimise(recipe: Recipe, first_norm: float = 8, last_norm: float = 1500, rate: float = 0.05) -> np.ndarray:
    """Base vectors of unit length, an array of shape (d, n), whose orbits have a small coherence."""
    d, n, size = recipe.p * recipe.copies, recipe.n, recipe.p * recipe.order
    V = np.random.default_rng(recipe.seed).standard_normal((d, n)).astype(np.float32)
    V /= np.linalg.norm(V, axis=0)
    mean, square = np.zeros_like(V), np.zeros_like(V)
    least, best = 1.0, V
    for step in range(recipe.steps):
        done = step / recipe.steps
        norm = first_norm * (last_norm / first_norm) ** done
        lengths = np.linalg.norm(V, axis=0)
        X = V / lengths
        columns = images(X, recipe.maps)
        products = X.T @ columns
        products[np.arange(n), np.arange(n) * size] = 0  # the identity comes first
        sizes = np.abs(products)
        largest = float(sizes.max())
        if largest < least:
            least, best = largest, X
        # the gradient of the norm: by symmetry that of each pair twice
        sizes = np.exp((norm - 1) * np.log(np.maximum(sizes / largest, 1e-30)))
        gradient = columns @ np.copysign(sizes, products).T * (2 * n / sizes.sum())
        gradient = (gradient - X * (X * gradient).sum(axis=0)) / lengths
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.99 * square + 0.01 * gradient**2
        change = (mean / (1 - 0.9 ** (step + 1))) / (np.sqrt(square / (1 - 0.99 ** (step + 1))) + 1e-12)
        V = V - (rate * (1 - done) + 2e-5) / np.sqrt(d) * change
    return best


def rounded(base: np.ndarray) -> np.ndarray:
    """Base vectors as integers, all of exactly the same length."""
    integers = np.rint(base * (LARGEST / np.abs(base).max())).astype(np.int64)
    squared = int(np.median((integers**2).sum(axis=0)))
    for vector in integers.T:
        _lengthen(vector, squared)
    return integers.astype(np.int16)


def _lengthen(vector: np.ndarray, squared: int) -> None:
    """Change some entries of an integer vector, in place and by as little as possible, to give it a squared length."""
    largest = int(np.argmax(np.abs(vector)))
    while abs(missing := squared - int(vector @ vector)) > 2 * abs(int(vector[largest])):  # one large entry, roughly
        vector[largest] += np.sign(missing) * np.sign(vector[largest])
    moves = [(i, step, step * (2 * int(vector[i]) + step)) for i in range(len(vector)) for step in range(-4, 5) if step]
    pairs: dict[int, tuple[tuple[int, int], ...]] = {0: ()}
    pairs |= {change: ((i, step),) for i, step, change in moves}
    pairs |= {x + y: ((i, s), (j, t)) for (i, s, x), (j, t, y) in combinations(moves, 2) if i != j}
    for first, some in pairs.items():  # up to four entries, none twice
        others = pairs.get(missing - first)
        if others is not None and not {i for i, _ in some} & {i for i, _ in others}:
            for i, step in (*some, *others):
                vector[i] += step
            return
    raise ArithmeticError("no vector of this length was found near a rounded one")


def main(folder: Path, names: list[str]) -> list[StoredFrame]:
    made = []
    for name in names or RECIPES:
        recipe = RECIPES[name]
        made.append(
            write_entry(
                folder,
                name,
                rounded(optimise(recipe)),
                by="the lincs developers",
                how=f"{recipe.n} optimised vectors and their images under x -> a x + b modulo {recipe.p}, "
                f"a^{recipe.order} = 1, which permute {recipe.copies} x {recipe.p} coordinates.",
                script=f"scripts/store_orbits.py FOLDER {name}",
                seed=recipe.seed,
                maps=recipe.maps,
            )
        )
    return made


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
