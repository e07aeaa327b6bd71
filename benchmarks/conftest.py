"""How every suite measures: one call says what is timed, in which group, and how much of the whole task it is."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

#: What changes the kernels that OpenBLAS chooses.
SETTINGS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


@pytest.fixture
def measure(benchmark: Any, request: pytest.FixtureRequest) -> Callable[..., Any]:
    """``measure(function, group, task, share=1, rounds=3)``: time a task of a group of `groups.GROUPS`.

    ``share`` is the part of the whole task that one call of ``function`` does, such as 10 of 1000 columns; the report
    scales. ``group`` may as well be a growth of `groups.GROWTHS`: then ``task`` is the size. Returns what it returned.
    """

    def measure(function: Callable[[], Any], group: str, task: Any, share: float = 1, rounds: int = 3) -> Any:
        benchmark.group = group
        benchmark.extra_info |= {"task": task, "share": share}
        warmups = 0 if request.node.get_closest_marker("cold") else 1
        return benchmark.pedantic(function, rounds=rounds, warmup_rounds=warmups)

    return measure


@pytest.fixture
def one_core():
    with threadpool_limits(1):
        yield


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "blas: bound by matrix products, measured again with OpenBLAS's own choices")
    config.addinivalue_line("markers", "full: at m = 30522 and beyond; minutes, and gigabytes")
    config.addinivalue_line("markers", "cold: no call before the first that is timed")


def pytest_benchmark_update_machine_info(config: pytest.Config, machine_info: dict[str, Any]) -> None:
    from lincs._work import cores

    machine_info["cores"] = cores()
    machine_info["settings"] = {name: os.environ[name] for name in SETTINGS if name in os.environ}
    machine_info["blas"] = sorted(
        {f"{pool['internal_api']} {pool['version']}, {pool.get('architecture', 'unknown')} kernels"
         for pool in threadpool_info() if pool["user_api"] == "blas"}
    )  # fmt: skip
