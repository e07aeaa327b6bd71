"""Long work: the cores that it may use, and its progress, on stderr and only where it was asked for."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator


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
