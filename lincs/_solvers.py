"""General solvers through cvxpy: called in one way, and never believed."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import warnings
from collections.abc import Iterator
from typing import Any


class SolverError(RuntimeError):
    """A general solver failed; the message is one line that says which, on what, and what to try."""


def call_solver(problem: Any, solver: str, what: str, *, instead: str = "") -> None:
    """Solve, or raise SolverError with what to try: another solver, another scale, or ``instead``."""
    import cvxpy as cp

    hint = f"try another solver (HIGHS, CLARABEL, SCS), rescale A{instead and ', or use '}{instead}"
    try:
        with warnings.catch_warnings(), _printing_nothing():
            warnings.simplefilter("ignore")  # how good the solution is, the certificate says
            problem.solve(solver=solver)
    except Exception as error:  # solvers raise what they like
        reason = " ".join(str(error).split())
        raise SolverError(f"{solver} failed on {what} ({reason[:120]}): {hint}") from error
    if problem.status not in (cp.OPTIMAL, cp.OPTIMAL_INACCURATE):
        raise SolverError(f"{solver} failed on {what} (status {problem.status}): {hint}")


@contextlib.contextmanager
def _printing_nothing() -> Iterator[None]:
    """Nothing reaches the standard output of the process, where libraries print below Python: HiGHS its name."""
    flush = getattr(ctypes.CDLL(None) if os.name == "posix" else None, "fflush", lambda stream: None)
    try:
        sys.stdout.flush()
        kept = os.dup(1)
    except (OSError, ValueError):  # there is none
        yield
        return
    try:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
        yield
    finally:
        flush(None)  # what the C library has not written yet
        os.dup2(kept, 1)
        os.close(kept)
