"""What compilation costs: processes of their own, with an empty cache and with the one that the first process left."""

import os
import subprocess
import sys

import pytest

CALLS = {
    "lincs.worst_case_error": "lincs.worst_case_error(A, k=3)",
    "lincs.best_probes": "lincs.best_probes(A)",
    "lincs.l1.decode_many": "from lincs import l1; l1.decode_many(A, A[:, :5])",
}
START = "import numpy, lincs; A = numpy.random.default_rng(0).standard_normal((16, 64)); "


def run(code, cache):
    environment = os.environ | {"NUMBA_CACHE_DIR": str(cache)}
    subprocess.run([sys.executable, "-c", START + code], check=True, env=environment)


def test_imports(measure, tmp_path):
    measure(lambda: run("", tmp_path), "compile", "import numpy, lincs", rounds=5)


@pytest.mark.cold
@pytest.mark.parametrize("call", CALLS)
def test_first_process(measure, tmp_path, call):
    measure(lambda: run(CALLS[call], tmp_path), "compile", f"{call}, first process", rounds=1)


@pytest.mark.parametrize("call", CALLS)
def test_later_processes(measure, tmp_path, call):
    measure(lambda: run(CALLS[call], tmp_path), "compile", f"{call}, later processes", rounds=5)
