"""Long work: the cores and the memory that it may use, and its progress, on stderr and only where it was asked for."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Resources:
    """What long work may use, and how it is seen and resumed.

    Parameters
    ----------
    progress : bool
        Whether to show a progress bar on stderr.
    memory : int, optional
        Bytes that may be in use at once, beside the input.
    checkpoint : path, optional
        An npz file to resume from, and to keep finished work in.
    scheduler : str, optional
        The address of a dask.distributed scheduler, or "local" for processes on this machine; None for threads here.
    """

    progress: bool = False
    memory: int | None = None
    checkpoint: str | os.PathLike[str] | None = None
    scheduler: str | None = None


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextlib.contextmanager
def progress_bar(is_shown: bool, total: int | None, what: str, unit: str) -> Iterator[Callable[[int], None]]:
    """A function that advances a progress bar by a number of units, or does nothing."""
    if not is_shown:
        yield lambda count: None
        return
    from tqdm import tqdm

    with tqdm(total=total, desc=what, unit=unit) as bar:

        def advance(count: int) -> None:
            bar.update(count if total is None else max(0, min(count, total - bar.n)))

        yield advance
