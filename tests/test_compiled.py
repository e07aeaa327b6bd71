"""Compiled loops: cached where a cache can be kept, and the same answers where it cannot or is damaged."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import lincs

#: The two largest entries of each row of a tile by a compiled loop, in a process of its own; and where it came from.
CODE = """
import os, pathlib, shutil
import numpy as np
from lincs import _kernels
{between}
tile = np.array({rows}, dtype={dtype!r})
values, columns = np.zeros((len(tile), 2), tile.dtype), np.zeros((len(tile), 2), np.int64)
_kernels.keep_largest(tile, 0, 0, values, columns)
print(np.sort(values).tolist(), sum(_kernels.keep_largest.stats.cache_hits.values()), _kernels.__file__)
"""
ROWS = [[1, 5, -3, 2], [0, -4, 4, 7]]
LARGEST = [[-3, 5], [-4, 7]]  # of two equals the lowest column wins, -4


def run(cache, dtype="float64", between="", **kwargs):
    """The two largest of each row, hits in the cache, and the file of the loop."""
    code = CODE.format(rows=ROWS, dtype=dtype, between=between)
    environment = os.environ | {"NUMBA_CACHE_DIR": str(cache)} | kwargs.pop("env", {})
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, **kwargs)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    values, hits, file = done.stdout.strip().rsplit(maxsplit=2)
    assert json.loads(values) == LARGEST
    return int(hits), Path(file)


def files(cache, pattern):
    return sorted(cache.rglob(f"*keep_largest*{pattern}"))


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """The cache that a first process leaves."""
    cache = tmp_path_factory.mktemp("first")
    assert run(cache)[0] == 0
    return cache


@pytest.fixture
def cache(first, tmp_path):
    return shutil.copytree(first, tmp_path / "cache")


def test_later_processes_load_what_the_first_one_compiled(cache):
    assert run(cache)[0] == 1


def test_without_a_directory_for_a_cache(tmp_path):
    """All that numba would try are files: what it was told, beside the source, and in the home directory."""
    blocked = tmp_path / "blocked"
    blocked.touch()
    shutil.copytree(Path(lincs.__file__).parent, tmp_path / "lincs", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "lincs" / "__pycache__").touch()
    env = {"HOME": str(blocked), "XDG_CACHE_HOME": str(blocked), "LOCALAPPDATA": str(blocked)}
    hits, file = run(blocked, cwd=tmp_path, env=env)
    assert hits == 0
    assert file.is_relative_to(tmp_path)


def test_a_directory_that_becomes_a_file(cache):
    between = f"cache = pathlib.Path({str(cache)!r}); shutil.rmtree(cache); cache.touch()"
    assert run(cache, between=between)[0] == 0
    assert cache.is_file()


def test_a_directory_that_cannot_be_written_any_more(cache):
    between = "from unittest import mock; mock.patch('tempfile.TemporaryFile', side_effect=PermissionError).start()"
    before = files(cache, "")
    assert run(cache, between=between)[0] == 1
    assert run(cache, "float32", between=between)[0] == 0
    assert files(cache, "") == before


@pytest.mark.parametrize(("pattern", "kept"), [(".nbi", 0), (".nbi", 0.9), (".nbc", 0.9)])
def test_a_file_cut_short_is_mended(cache, pattern, kept):
    (file,) = files(cache, pattern)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(kept * len(whole))])
    assert [run(cache)[0] for _ in range(2)] == [0, 1]
    assert len(file.read_bytes()) == len(whole)


def test_code_for_other_types_is_not_run(cache, tmp_path):
    """Two processes that save at once may leave the index of one and the data of the other."""
    run(tmp_path / "integers", "int64")
    (floats,), (integers,) = files(cache, ".nbc"), files(tmp_path / "integers", ".nbc")
    assert floats.name == integers.name
    shutil.copy(floats, integers)
    assert [run(tmp_path / "integers", "int64")[0] for _ in range(2)] == [0, 1]


def test_without_a_compiler(tmp_path):
    between = "_kernels.keep_largest.stats = __import__('types').SimpleNamespace(cache_hits={})"
    assert run(tmp_path, between=between, env={"NUMBA_DISABLE_JIT": "1"})[0] == 0
    assert not files(tmp_path, ".nbi")
