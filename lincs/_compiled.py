"""How loops are compiled: once for each machine where a cache can be kept, and without one where it cannot.

numba refuses to compile at all where no cache directory can be written, and where reading or writing its cache fails
later: a full disk, a directory that has vanished or is another user's, a file cut short. None of that concerns who
wants a number.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator
from typing import Any


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """No garbage collection: numba makes a million objects that stay, and collecting is a quarter of its start."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


with _uncollected():
    from numba import njit
    from numba.core.caching import FunctionCache


class _Cache(FunctionCache):
    """numba's cache of a function, where whatever goes wrong means that the function is compiled."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            with _uncollected():
                found = super().load_overload(sig, target_context)
        except OSError:
            return None
        except Exception:  # a damaged pickle raises anything; an empty index lets the next save mend it
            with contextlib.suppress(Exception):
                self.flush()
            return None
        # processes that save at the same time may write under each other's names: that would be code for other types
        return found if found is not None and tuple(found.signature.args) == tuple(sig) else None

    def save_overload(self, sig: Any, data: Any) -> None:
        with contextlib.suppress(Exception):
            super().save_overload(sig, data)


def compiled(**options: Any) -> Callable[[Any], Any]:
    """``numba.njit(nogil=True, **options)``, cached where that is possible."""

    def decorate(function: Any) -> Any:
        kernel = njit(nogil=True, **options)(function)
        if hasattr(kernel, "enable_caching"):  # a plain function under NUMBA_DISABLE_JIT
            with contextlib.suppress(RuntimeError, OSError):  # no directory for a cache
                kernel._cache = _Cache(function)
        return kernel

    return decorate
