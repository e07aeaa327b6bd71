"""The tables of the main job: both sides of D(m, delta), frames built and verified, a real dictionary."""

from __future__ import annotations

import statistics
from fractions import Fraction
from typing import Any

from lincs import accessibility, bounds, io, table
from lincs._numbers import Enclosure
from lincs.reproduce._result import Job, Result, digits

#: Frames are built and verified while m^2 d, the work of it, stays below this (about ten seconds on one core), and
#: below the second number where small sizes will do.
VERIFY_LIMIT, QUICK_LIMIT = 3 * 10**11, 10**9


def bounds_table(job: Job) -> Result:
    """Both sides of D(m, delta) on the grid, printed as they come."""
    print("Both sides of D(m, delta), the least d for m features at eps/k = delta; p. = published argument, k = 1\n")
    print(f"{'m':>6} {'delta':>6} {'lower':>8} {'upper':>8} {'ratio':>6}  {'lower by':<12} {'upper by':<44} p. ratio")
    rows, ratios = [], []
    for r in table.cells():
        ratios.append(r.ratio)
        params = ", ".join(f"{name}={value}" for name, value in r.upper.params.items())
        print(
            f"{r.m:>6.0e} {float(r.delta):>6} {r.lower.d:>8} {r.upper.d:>8} {r.ratio:>6.2f}  "
            f"{r.lower.theorem:<12} {r.upper.theorem + ' ' + params:<44} {r.published_ratio:>8.1f}"
        )
        rows.append(
            (
                r.m, r.delta, r.lower.d, r.lower.theorem, r.upper.d, r.upper.theorem, params,
                r.published_lower.d, r.published_upper.d,
            )
        )  # fmt: skip
    summary = f"median {statistics.median(ratios):.3f}, largest {max(ratios):.3f}"
    print(f"\nupper/lower on {len(ratios)} cells: {summary}\n")
    return Result(
        "Both sides of the dimension",
        (
            (
                "theorem",
                "D(m, delta) is the least d for m features at eps/k = delta. Lower bounds are inequalities between "
                f"integers, upper bounds are frames (with their parameters). Upper over lower: {summary}.",
            ),
        ),
        (
            "m", "delta", "lower", "lower_theorem", "upper", "frame", "params", "published_lower", "published_upper",
        ),
        rows,
    )  # fmt: skip


def verified_frames(job: Job) -> Result:
    """Build the frame of each cell that is small enough and compare its errors W_1..W_k with the theorem."""
    print("Frames built and verified: W_k of the first m columns, for the largest k with k delta <= 1/2\n")
    print(f"{'m':>6} {'d':>6} {'frame':<18} {'k':>4} {'W_1':>24} {'W_1 by theorem':>24} {'W_k':>24}  W_k < k delta")
    rows: list[tuple[Any, ...]] = []
    for cell in table.cells():
        frame = cell.upper.frame
        if frame is None or cell.m**2 * frame.d > (QUICK_LIMIT if job.quick else VERIFY_LIMIT):
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
    return Result(
        "Frames built and verified",
        (
            (
                "certified",
                "W_1 and W_k of the first m columns of the frames above, exact rationals where the frame is of "
                "integers and enclosures otherwise, beside W_1 by the frame's theorem. k is the largest with "
                "k delta at most 1/2.",
            ),
        ),
        ("m", "d", "frame", "k", "W_1", "theorem", "W_k", "holds"),
        rows,
    )


def real_matrices(job: Job) -> Result:
    """Verify a dictionary that was learned from data, with the three simple choices of probes."""
    print("A dictionary learned from scikit-learn's handwritten digits, 256 atoms in 64 dimensions\n")
    A = digits()
    io.save_array(job.folder / "digits.npy", A)
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
    return Result(
        "A dictionary of handwritten digits",
        (
            (
                "certified",
                "Worst-case errors of 256 atoms in 64 dimensions, learned from scikit-learn's digits (digits.npy), "
                f"with three simple choices of probes; scaled probes are the best multiples at k = {k}.",
            ),
            ("theorem", f"The best pair (A, B) of this size has W_1 in {enclosure}."),
        ),
        ("probes", "k", "W_k", "feature"),
        rows,
    )
