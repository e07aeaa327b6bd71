"""The main job: tables, figures with the numbers in them, and one page that shows them all, in one folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from lincs._checks import InputError, check_choice
from lincs.reproduce import _experiments, _figures, _tables, _toy
from lincs.reproduce._page import write_page
from lincs.reproduce._result import Job, Result, write

__all__ = ["NAMES", "run"]

_MAKERS: dict[str, Callable[[Job], Result]] = {
    "bounds": _tables.bounds_table,
    "verified_frames": _tables.verified_frames,
    "digits": _tables.real_matrices,
    "d_against_k": _figures.d_against_k,
    "d_against_m": _figures.d_against_m,
    "ratios": _figures.ratios,
    "thresholds": _experiments.thresholds,
    "phase_diagram": _experiments.phase_diagram,
    "kernel_ratio": _experiments.kernel_ratio,
    "error_profile": _figures.error_profile,
    "interference": _figures.interference,
    "toy_grid": _toy.grid,
    "toy_phases": _toy.phases,
    "toy_geometry": _toy.geometry,
    "toy_losses": _toy.losses,
    "toy_correlations": _toy.correlations,
    "toy_optimum": _toy.optimum,
}

#: The tables and figures, in the order of the page.
NAMES = tuple(_MAKERS)


def run(
    out: str | os.PathLike[str],
    *,
    quick: bool = False,
    only: Sequence[str] | None = None,
    progress: bool = False,
    workers: int | None = None,
) -> None:
    """Make the tables and figures in the folder ``out``, and index.html, the page that shows what lies there.

    A table is NAME.csv; a figure is NAME.png, NAME.svg and NAME.csv, the numbers that it draws. Tables are printed too.
    Trials that are done wait in .npz files: a run that was interrupted goes on from there.

    Parameters
    ----------
    out : path
        A folder, made if needed.
    quick : bool
        Small sizes, in a minute.
    only : sequence of str, optional
        Some of `NAMES`; all by default. The page keeps what earlier runs left in the folder.
    progress : bool
        Show progress bars of the long computations.
    workers : int, optional
        Processes for random trials; one for each core by default. They are spawned: a script calls this below
        ``if __name__ == "__main__":``.

    Raises
    ------
    InputError
        A name is unknown, the folder cannot be written, or a file in it is not what its name says.

    Notes
    -----
    **Guarantee**: every caption says, sentence by sentence, what is a theorem, a certified computation, an experiment
    or an estimate. The same seeds give the same numbers on one machine, whatever the number of workers. **Cost**: some
    minutes on two cores.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run(folder, only=["d_against_k"])
    wrote d_against_k.csv, d_against_k.png, d_against_k.svg
    """
    names = NAMES if only is None else tuple(only)
    for name in names:
        check_choice(name, "only", NAMES)
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--out {out}: a folder that can be written is needed ({error.strerror})") from None
    job = Job(folder, quick, progress, workers)
    for name in NAMES:
        if name in names:
            files = write(job, name, _MAKERS[name](job))
            write_page(folder, NAMES)  # after each, so that an interrupted job leaves a page
            print("wrote " + ", ".join(files), flush=True)
