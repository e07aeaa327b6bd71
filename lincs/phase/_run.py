"""Measuring cells: in this process or in several, with a store that lets a killed run go on where it was."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import threading
import zipfile
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing.connection import Connection
from typing import TypeVar

import numpy as np

from lincs import io
from lincs._checks import InputError, _shown, check_integer
from lincs._work import cores, progress_bar
from lincs.phase._cells import Look, Setting, measure

Cell = tuple[int, int]
Result = TypeVar("Result")

#: A search asks for the looks at cells (d, k), one after the other, and returns what it found.
Search = Generator[Cell, Look, Result]


def run(
    setting: Setting,
    searches: Sequence[Search[Result]],
    *,
    workers: int | None,
    progress: bool,
    store: str | os.PathLike[str] | None,
    total: int | None = None,
) -> list[Result]:
    """The results of all searches. Looks in the store are taken from there; new ones are added one by one."""
    if workers is None:
        workers = cores()
    workers = check_integer(workers, "workers")
    looks = Store(store, setting)
    results: dict[int, Result] = {}
    with progress_bar(progress, total, "phase", "cell") as advance:

        def wanted(number: int, look: Look | None = None) -> Cell | None:
            """Feed a search what is known until it asks for a cell that is not, or is done (None)."""
            search = searches[number]
            try:
                cell = next(search) if look is None else search.send(look)
                while (known := looks.get(cell)) is not None:
                    advance(1)
                    cell = search.send(known)
            except StopIteration as stop:
                results[number] = stop.value
                return None
            return cell

        def learn(cell: Cell, look: Look) -> Look:
            looks.add(cell, look)
            advance(1)
            return look

        if workers == 1:
            for number in range(len(searches)):
                cell = wanted(number)
                while cell is not None:
                    cell = wanted(number, learn(cell, measure(setting, *cell)))
        else:
            _run_in_processes(setting, len(searches), wanted, learn, workers)
    return [results[number] for number in range(len(searches))]


def _run_in_processes(
    setting: Setting,
    count: int,
    wanted: Callable[..., Cell | None],
    learn: Callable[[Cell, Look], Look],
    workers: int,
) -> None:
    context = multiprocessing.get_context("spawn")  # a forked copy of BLAS threads may hang
    # this process alone holds the writing end: where it ends, even killed, or closes that, the workers read the end
    lifeline, end = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker, initargs=(lifeline,))
    pending: dict[Future[Look], tuple[int, Cell]] = {}

    def submit(number: int, cell: Cell | None) -> None:
        if cell is not None:
            pending[pool.submit(measure, setting, *cell)] = number, cell

    try:
        for number in range(count):
            submit(number, wanted(number))
        while pending:
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                number, cell = pending.pop(future)
                submit(number, wanted(number, learn(cell, future.result())))
        pool.shutdown()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    finally:
        end.close()
        lifeline.close()


def _start_worker(lifeline: Connection) -> None:
    """One BLAS thread, silent on Ctrl-C, and gone when the parent is gone."""
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):  # for libraries not loaded yet
        os.environ[name] = "1"
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def follow() -> None:
        with contextlib.suppress(EOFError, OSError):
            lifeline.recv()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


class Store:
    """The looks at cells of one setting; an npz file, if a path is named, that is replaced as a whole at every look."""

    FORMAT = 1

    def __init__(self, path: str | os.PathLike[str] | None, setting: Setting) -> None:
        self.path = path
        self.header = {"format": self.FORMAT, **setting.header()}
        self.looks: dict[Cell, Look] = {}
        if path is None:
            return
        if os.path.exists(path):
            self._load(setting)
        else:
            self._save()  # a path that cannot be written is better known now than after the first cell

    def get(self, cell: Cell) -> Look | None:
        return self.looks.get(cell)

    def add(self, cell: Cell, look: Look) -> None:
        self.looks[cell] = look
        if self.path is not None:
            self._save()

    def _save(self) -> None:
        # sorted: the file depends on what was measured, not on the order
        cells = [(d, k, look.successes, look.undecided) for (d, k), look in sorted(self.looks.items())]
        with io.atomic_write(self.path) as file:  # type: ignore[arg-type]
            np.savez(
                file,
                header=np.array(json.dumps(self.header, sort_keys=True)),
                cells=np.array(cells, dtype=np.int64).reshape(-1, 4),
            )

    def _load(self, setting: Setting) -> None:
        shown = _shown(os.fspath(self.path))  # type: ignore[arg-type]
        try:
            with np.load(self.path, allow_pickle=False) as file:  # type: ignore[arg-type]
                header, cells = json.loads(str(file["header"])), file["cells"]
        except (OSError, ValueError, KeyError, EOFError, AttributeError, TypeError, zipfile.BadZipFile):
            raise InputError(f"{shown} is not a store of finished cells; name another file or remove it") from None
        if not isinstance(header, dict) or header != self.header:
            known = header if isinstance(header, dict) else {}
            differing = [
                f"{name} = {known.get(name)}, not {value}"
                for name, value in self.header.items()
                if known.get(name) != value
            ]
            raise InputError(
                f"{shown} keeps cells of another experiment ({'; '.join(differing) or 'unknown entries'}); "
                "name another file"
            )
        if cells.dtype != np.int64 or cells.ndim != 2 or cells.shape[1] != 4:
            raise InputError(f"{shown} is damaged: its cells are not a table of four columns; remove it")
        for d, k, successes, undecided in cells.tolist():
            if not (d >= 1 and 1 <= k <= setting.m and min(successes, undecided) >= 0):
                raise InputError(f"{shown} is damaged: its numbers are out of range; remove it")
            if successes + undecided > setting.trials or (d, k) in self.looks:
                raise InputError(f"{shown} is damaged: its counts do not fit the trials; remove it")
            self.looks[d, k] = Look(d, successes, undecided)
