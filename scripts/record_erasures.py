"""Finds which members of `frames.erased_reed_solomon` are worth keeping on record, and counts their words.

    python scripts/record_erasures.py [--cells N] [--seed S]

Draws N questions (m, delta) at random, beside those of the table of best known bounds. The best members for each are
guessed with binomial numbers of erasures; those that need fewer dimensions than all other families, and than what is
on record by 0.2%, have their words counted. Writes lincs/frames/_erasures.py.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from tqdm import tqdm

from lincs import frames
from lincs._numbers import next_prime_power, prime_power
from lincs.frames import _erasures
from lincs.frames.erased_reed_solomon import MOST_VALUES, coherence, counts, erased_reed_solomon_for
from lincs.table import GRID_DELTA, GRID_M, random_cells

HEADER = '''"""Numbers of words of erased Reed-Solomon codes, as scripts/record_erasures.py counted them.

`lincs.frames.erased_reed_solomon.counts` finds them anew: the tests do, and whoever asks for columns does.
"""

#: By q, T, the number of erased symbols and the most erasures of a word: what `counts` returns.
COUNTS: dict[tuple[int, int, int, int], tuple[int, ...]] = {
'''


def guesses(m: int, delta: Fraction) -> Iterator[tuple[int, tuple[int, int, int, int]]]:
    """Members with room for m features if erasures are binomial, with their dimensions."""
    for T in range(3, 14):
        positions = int((T - 1) / (2 * delta)) + 1
        q = next_prime_power(max(positions - 1, T))
        while q <= 1.4 * positions + 12 and q ** (T - 2) <= MOST_VALUES:
            if prime_power(q) == (q, 1) and q**T >= m:
                for h in range(min(q + 1 - positions, T - 1) + 1):
                    for s in range(q - 2, -1, -1):
                        p = s / q
                        share = sum(math.comb(q, i) * p**i * (1 - p) ** (q - i) for i in range(h + 1))
                        room = share * q ** (T - 1)  # for each leading coefficient
                        if room * (q - 1) >= m:
                            if 0 < coherence(q, T, s, h) < delta / (1 - delta):
                                yield q * (q - s - 1) + math.ceil(m / room), (q, T, s, h)
                            break
            q = next_prime_power(q + 1)


def used(cells: list[tuple[int, Fraction]], others: list[frames.Family]) -> set[tuple[int, int, int, int]]:
    """The members on record that are better than all other families somewhere."""
    members = set()
    for m, delta in cells:
        mine = erased_reed_solomon_for(m, delta)
        if mine is not None and all((other := f.best_for(m, delta)) is None or other.d > mine.d for f in others):
            q, T, s, h = (int(mine.params[name]) for name in ("q", "T", "erased", "erasures"))
            members.add((q, T, s, h))
    return members


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cells", type=int, default=3000, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    options = parser.parse_args()
    found = _erasures.COUNTS
    found.clear()
    others = [family for name, family in frames.FAMILIES.items() if name not in ("erased_reed_solomon", "direct_sum")]
    cells = [(m, delta) for m in GRID_M for delta in GRID_DELTA] + random_cells(options.cells, options.seed)
    for m, delta in tqdm(cells, unit="cell"):
        known = [frame.d for family in others if (frame := family.best_for(m, delta)) is not None]
        mine = erased_reed_solomon_for(m, delta)
        least = min(known + ([math.ceil(mine.d / 1.002)] if mine else []))
        for d, member in sorted(guesses(m, delta)):
            if d >= least:
                break
            if member not in found:
                found[member] = counts(*member)
            mine = erased_reed_solomon_for(m, delta)
            if mine is not None and mine.d <= d:
                break
    lines = [f"    {member}: {found[member]},\n" for member in sorted(used(cells, others))]
    path = Path(_erasures.__file__)
    path.write_text(HEADER + "".join(lines) + "}\n")
    print(f"{len(lines)} members in {path}")


if __name__ == "__main__":
    main()
