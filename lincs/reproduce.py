"""The main job: the bounds table, a verified frame for each cell that is small enough, real matrices, figures."""

from __future__ import annotations

import csv
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from lincs import accessibility, bounds, datasets, io
from lincs._checks import InputError
from lincs._numbers import Enclosure, Fraction

GRID_M = (10**3, 10**4, 10**5, 10**6, 10**9, 10**12)
GRID_DELTA = tuple(Fraction(text) for text in ("0.3", "0.2", "0.1", "0.05", "0.02", "0.01", "0.005"))

#: Frames are built and verified while m^2 d, the work of it, stays below this (about ten seconds on one core).
VERIFY_LIMIT = 3 * 10**11


def run(out: str) -> None:
    """Print everything and write tables and figures into the folder ``out``."""
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--out {out}: a folder that can be written is needed ({error.strerror})") from None
    table = bounds_table(folder)
    verified_frames(table, folder)
    real_matrices(folder)
    figures(folder)


def bounds_table(folder: Path) -> list[bounds.DimensionBounds]:
    """Both sides of D(m, delta) on the grid, printed and written to bounds.csv."""
    print("Both sides of D(m, delta), the least d for m features at eps/k = delta; p. = published argument, k = 1\n")
    print(f"{'m':>6} {'delta':>6} {'lower':>8} {'upper':>8} {'ratio':>6}  {'lower by':<12} {'upper by':<44} p. ratio")
    results = []
    for m in GRID_M:
        for delta in GRID_DELTA:
            result = bounds.dimension_bounds(m, 1, delta)
            results.append(result)
            params = ", ".join(f"{name}={value}" for name, value in result.upper.params.items())
            print(
                f"{m:>6.0e} {float(delta):>6} {result.lower.d:>8} {result.upper.d:>8} {result.ratio:>6.2f}  "
                f"{result.lower.theorem:<12} {result.upper.theorem + ' ' + params:<44} {result.published_ratio:>8.1f}"
            )
    ratios = [result.ratio for result in results]
    print(f"\nupper/lower on {len(ratios)} cells: median {statistics.median(ratios):.3f}, largest {max(ratios):.3f}\n")
    write_csv(
        folder / "bounds.csv",
        ("m", "delta", "lower", "lower_theorem", "upper", "frame", "params", "published_lower", "published_upper"),
        (
            (
                r.m, r.delta, r.lower.d, r.lower.theorem, r.upper.d, r.upper.theorem, dict(r.upper.params),
                r.published_lower.d, r.published_upper.d,
            )
            for r in results
        ),
    )  # fmt: skip
    return results


def verified_frames(table: Sequence[bounds.DimensionBounds], folder: Path) -> None:
    """Build the frame of each cell that is small enough and compare its errors W_1..W_k with the theorem."""
    print("Frames built and verified: W_k of the first m columns, for the largest k with k delta <= 1/2\n")
    print(f"{'m':>6} {'d':>6} {'frame':<18} {'k':>4} {'W_1':>24} {'W_1 by theorem':>24} {'W_k':>24}  W_k < k delta")
    rows = []
    for cell in table:
        frame = cell.upper.frame
        if frame is None or cell.m**2 * frame.d > VERIFY_LIMIT:
            continue
        k = max(1, int(1 / (2 * cell.delta)))
        found = frame.worst_case_error(k, cell.m)
        holds = found.holds(k * cell.delta)
        # a frame with irrational entries was rounded, so that its error may lie beside the theorem's
        exceeds = frame.is_integer and found.profile[0].lower > frame.error.upper
        if not holds or exceeds:
            raise ArithmeticError(f"{frame} does not do what its theorem says: {found}")
        row = (cell.m, frame.d, frame.family, k, str(found.profile[0]), str(frame.error), str(found.error), holds)
        rows.append(row)
        print(f"{row[0]:>6.0e} {row[1]:>6} {row[2]:<18} {row[3]:>4} {row[4]:>24} {row[5]:>24} {row[6]:>24}  {row[7]}")
    print()
    write_csv(folder / "verified_frames.csv", ("m", "d", "frame", "k", "W_1", "theorem", "W_k", "holds"), rows)


def real_matrices(folder: Path) -> None:
    """Verify a dictionary that was learned from data, with the three simple choices of probes."""
    print("A dictionary learned from scikit-learn's handwritten digits, 256 atoms in 64 dimensions\n")
    A = datasets.digits_dictionary()
    io.save_array(folder / "digits.npy", A)
    k = 5
    print(f"  coherence {accessibility.coherence(A)}, Welch bound {accessibility.welch_bound(A.shape[1], A.shape[0])}")
    rows: list[tuple[Any, ...]] = []
    for name, B in (
        ("B = A", A),
        ("matched", accessibility.matched_probes(A)),
        ("scaled", accessibility.scaled_probes(A, k)),
    ):
        found = accessibility.worst_case_error(A, B, k=k)
        rows += [
            (name, j, str(value), row) for j, (value, row) in enumerate(zip(found.profile, found.rows, strict=True), 1)
        ]
        print(f"  probes {name:<8} W_1 = {found.profile[0]}, W_{k} = {found.error}, worst feature {found.witness.row}")
    answer = bounds.best_eps(A.shape[1], A.shape[0], 1)
    enclosure = Enclosure(answer.lower, answer.upper or Fraction(1))
    print(f"  the best pair of this size has W_1 in {enclosure}\n")
    write_csv(folder / "digits.csv", ("probes", "k", "W_k", "feature"), rows)


def figures(folder: Path) -> None:
    """The dimension against k and against m, published and own bounds, with the plotted numbers beside them."""
    from lincs import plots

    eps = Fraction(1, 2)
    sparsities = sorted({round(10 ** (j / 12)) for j in range(25)})
    sizes = [int(10 ** (3 + j / 4)) for j in range(49)]
    for name, draw, results in (
        ("d_against_k", plots.dimension_against_k, [bounds.dimension_bounds(10**6, k, eps) for k in sparsities]),
        ("d_against_m", plots.dimension_against_m, [bounds.dimension_bounds(m, 10, eps) for m in sizes]),
    ):
        ax = draw(results)
        for suffix in ("png", "svg"):
            with io.atomic_write(folder / f"{name}.{suffix}") as file:
                plots.save(ax, file, suffix)
        write_csv(
            folder / f"{name}.csv",
            ("m", "k", "eps", "lower", "upper", "published_lower", "published_upper", "l1_sufficient"),
            (
                (
                    r.m,
                    r.k,
                    r.eps,
                    r.lower.d,
                    r.upper.d,
                    r.published_lower.d,
                    r.published_upper.d,
                    r.classical.l1_sufficient,
                )
                for r in results
            ),
        )
        print(f"drew {folder / name}.png, .svg, .csv")


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A CSV file, written whole or not at all."""
    with io.atomic_write(path, "w") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
