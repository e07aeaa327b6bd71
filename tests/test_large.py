"""Verification beyond memory, beyond one run, beyond one machine and on other array libraries: the same answer."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from fractions import Fraction

import numpy as np
import pytest

from lincs import _cluster, _device, _passes, _products, cli
from lincs._checks import InputError
from lincs._work import Resources
from lincs.accessibility import worst_case_error

D, M, K = 24, 3000, 12


@pytest.fixture(scope="module")
def pair():
    """A pair of one kind each: float32 in rows of the file, float64 in columns."""
    rng = np.random.default_rng(3)
    return rng.standard_normal((D, M)).astype(np.float32), np.asfortranarray(rng.standard_normal((D, M)))


@pytest.fixture(scope="module")
def expected(pair):
    return worst_case_error(*pair, k=K)


@pytest.fixture(scope="module")
def files(pair, tmp_path_factory):
    folder = tmp_path_factory.mktemp("large")
    for name, matrix in zip("AB", pair, strict=True):
        np.save(folder / f"{name}.npy", matrix)
    return [folder / "A.npy", folder / "B.npy"]


def mapped(files):
    return [np.load(file, mmap_mode="r") for file in files]


def in_a_process(code, files, **options):
    """A process that runs a line about A and B, mapped from the files."""
    text = f"import numpy as np, lincs\nA, B = (np.load(file, mmap_mode='r') for file in {[str(f) for f in files]!r})\n"
    return subprocess.Popen([sys.executable, "-c", text + code], stderr=subprocess.PIPE, text=True, **options)


# ------------------------------------------------------------------------------------------------- beyond memory


@pytest.mark.parametrize("memory", ["80MB", "200 MB", 2**31])
def test_memory_changes_nothing(files, expected, memory):
    assert worst_case_error(*mapped(files), k=K, memory=memory) == expected


@pytest.mark.parametrize(("memory", "side_at_most"), [(10**8, 2048), (4 * 10**9, 10**6)])
def test_rectangles_fit_into_the_memory(monkeypatch, pair, memory, side_at_most):
    """Operands, tallies and tiles of all workers at once, beside the tally of all rows, stay within the budget."""
    for d, m in ((4096, 10**6), (512, 65536), (64, 10**5)):
        product = _products.product_of(*pair, K, 1, "signed")
        large = np.broadcast_to(np.float32(0), (d, m))
        product = _products.replace(product, A=large, B=large, k=64)
        try:
            most = _passes.most_thresholds(product, memory)
        except InputError:
            assert (d, m, memory) == (4096, 10**6, 10**8)
            continue
        screen = _passes.Screen(np.dtype(np.float32), np.zeros(most), *[None] * 2, 1.0, 1, 1, None)
        monkeypatch.setattr(_passes, "cores", lambda: 16)
        side, workers = _passes._cut(product, screen, Resources(memory=memory))
        lines = max(r.stop - r.start + c.stop - c.start for r, c in _passes.rectangles(product, side))
        operands = lines * d * 4
        tallies = _passes.TALLY_BYTES * most * (m + lines * workers)
        assert workers * (operands + 4 * _passes.TILE**2) + tallies + _passes.OTHER_BYTES <= memory
        assert side % _passes.TILE == 0
        assert side <= side_at_most
        assert len(_passes.rectangles(product, side)) >= workers


@pytest.mark.slow
def test_files_larger_than_the_memory(tmp_path):
    """Two files of 400 MB under a limit of 620 MB for all data of the process, libraries included."""
    d, m = 16384, 6000
    large = []
    for i in range(2):
        path = tmp_path / f"{i}.npy"
        array = np.lib.format.open_memmap(path, "w+", np.float32, (d, m))
        array[i::97] = np.random.default_rng(i).standard_normal((len(range(i, d, 97)), m)) / 13
        array[-1] = 1 / 256  # shared, so that B^T A does not vanish
        del array
        large.append(path)
    code = "print(lincs.worst_case_error(A, B, k=4, memory='300MB').error.lower)"

    def limit():
        resource.setrlimit(resource.RLIMIT_DATA, (620 * 10**6, 620 * 10**6))

    process = in_a_process(code, large, preexec_fn=limit, stdout=subprocess.PIPE)
    out, err = process.communicate()
    assert process.returncode == 0, err
    A, B = (np.load(path) for path in large)
    rows = sorted({*range(0, d, 97), *range(1, d, 97), d - 1})  # all others are zero
    E = np.abs(B[rows].T.astype(np.float64) @ A[rows] - np.eye(m))
    assert float(Fraction(out)) == pytest.approx(np.sort(E, axis=1)[:, -4:].sum(axis=1).max(), rel=1e-9)


def test_too_little_memory_is_refused(pair):
    with pytest.raises(InputError, match=r"memory is 40 MB; for m = 3000, d = 24 at least \d+ MB are needed"):
        worst_case_error(*pair, k=K, memory="40MB")
    for bad in ("plenty", 0, "-1GB", "4XB"):
        with pytest.raises(InputError, match="memory must be"):
            worst_case_error(*pair, k=K, memory=bad)


# ------------------------------------------------------------------------------------------------ beyond one run


def rectangles_of(monkeypatch):
    computed = []
    function = _passes.tally_rectangle
    monkeypatch.setattr(_passes, "tally_rectangle", lambda *args: computed.append(args[2]) or function(*args))
    return computed


@pytest.mark.parametrize("is_gram", [True, False])
def test_a_finished_pass_is_not_taken_again(monkeypatch, tmp_path, pair, is_gram):
    given = pair[:1] if is_gram else pair
    first = worst_case_error(*given, k=K, checkpoint=tmp_path / "c.npz")
    computed = rectangles_of(monkeypatch)
    assert worst_case_error(*given, k=K, checkpoint=tmp_path / "c.npz") == first == worst_case_error(*given, k=K)
    everything = _passes.rectangles(_products.product_of(*given, *[None] * is_gram, K, 1, "signed"), 2048)
    assert sorted(map(str, computed)) == sorted(map(str, everything))  # once, by the call without a checkpoint


def test_a_pass_in_float64_is_resumed_as_such(monkeypatch, tmp_path):
    """Rows that tie up to rounding: float32 does not do, and a run that found so does not try it again."""
    A = np.repeat(np.random.default_rng().standard_normal((3, 40)) / 3, 60, axis=1)
    first = worst_case_error(A, k=3, checkpoint=tmp_path / "c.npz")
    computed = rectangles_of(monkeypatch)
    assert worst_case_error(A, k=3, checkpoint=tmp_path / "c.npz") == first
    assert computed == []


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupted_run_goes_on_where_it_was(monkeypatch, tmp_path, files, expected, how, workers):
    checkpoint = tmp_path / "c.npz"
    code = (
        "import time, signal; from lincs import _passes, _products\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "_passes.RECTANGLE, _passes.CHECKPOINT_SECONDS = 512, 0\n"
        f"_products.cores = _passes.cores = lambda: {workers}\n"
        "tally = _passes.tally_rectangle\n"
        "_passes.tally_rectangle = lambda *args: time.sleep(0.25) or tally(*args)\n"
        f"lincs.worst_case_error(A, B, k={K}, checkpoint={str(checkpoint)!r})"
    )
    process = in_a_process(code, files)
    done = 0
    while process.poll() is None and done < 5:  # a few of 18 rectangles
        time.sleep(0.05)
        if checkpoint.exists():
            with np.load(checkpoint) as file:
                done = int(file["done"].sum())
    process.send_signal(how)
    _, err = process.communicate()
    assert process.returncode != 0
    assert ("KeyboardInterrupt" in err) == (how == signal.SIGINT)
    with np.load(checkpoint) as file:
        done, count = int(file["done"].sum()), len(file["done"])
    assert 5 <= done < count == 18
    computed = rectangles_of(monkeypatch)
    assert worst_case_error(*mapped(files), k=K, checkpoint=checkpoint) == expected
    assert len(computed) == count - done


def test_files_that_are_no_checkpoint_of_this_are_refused(tmp_path, pair):
    A, B = pair
    path = tmp_path / "c.npz"
    worst_case_error(A, B, k=K, checkpoint=path)
    for changed in ({"k": K + 1}, {"features": "binary"}, {"scale": 2}):
        with pytest.raises(InputError, match=r"is the checkpoint of another question \("):
            worst_case_error(A, B, **{"k": K, "checkpoint": path, **changed})
    other = A.copy()
    other[0, 0] += 1
    with pytest.raises(InputError, match=r"another question \(sha256 differ\); name another"):
        worst_case_error(other, B, k=K, checkpoint=path)
    with np.load(path) as file:
        arrays = dict(file)
    for name in arrays:
        if name in ("header", "dtype"):
            continue
        for damaged in (np.zeros(3), None):
            kept = {key: value for key, value in arrays.items() if key != name}
            np.savez(path, **kept, **({} if damaged is None else {name: damaged}))
            with pytest.raises(InputError, match="is not a checkpoint of verify, or is damaged"):
                worst_case_error(A, B, k=K, checkpoint=path)
    path.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(InputError, match="is not a checkpoint"):
        worst_case_error(A, B, k=K, checkpoint=path)
    assert path.read_bytes() == b"PK\x03\x04 and no more"
    with pytest.raises(InputError, match="folder does not exist"):
        worst_case_error(A, B, k=K, checkpoint=tmp_path / "none" / "c.npz")


# -------------------------------------------------------------------------------------------- beyond one machine


@pytest.fixture(scope="module")
def cluster():
    """A scheduler and three workers, each a process of its own."""
    distributed = pytest.importorskip("distributed", reason="the extra `distributed` is not installed")
    with distributed.LocalCluster(
        n_workers=3, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        yield cluster


@pytest.mark.parametrize("is_gram", [True, False])
def test_workers_read_the_files_and_change_nothing(monkeypatch, cluster, files, expected, is_gram):
    arrays = mapped(files)[: 1 if is_gram else 2]
    computed = rectangles_of(monkeypatch)
    result = worst_case_error(*arrays, k=K, scheduler=cluster.scheduler_address)
    assert computed == []  # not in this process
    assert result == (worst_case_error(*arrays, k=K) if is_gram else expected)


def test_arrays_in_memory_travel_to_the_workers(cluster, pair, expected):
    assert worst_case_error(*pair, k=K, scheduler=cluster.scheduler_address) == expected


def test_a_worker_that_dies_changes_nothing(monkeypatch, cluster, files, expected):
    """One of three is killed once results come in; what it had is computed again."""
    monkeypatch.setattr(_passes, "RECTANGLE", 512)
    killed = []
    add = _passes.Ledger.add

    def kill_one(ledger, *args):
        if not killed:
            killed.append(next(iter(_pids(cluster).values())))
            os.kill(killed[0], signal.SIGKILL)
        add(ledger, *args)

    monkeypatch.setattr(_passes.Ledger, "add", kill_one)
    assert worst_case_error(*mapped(files), k=K, scheduler=cluster.scheduler_address) == expected
    assert killed


def _pids(cluster):
    from distributed import Client

    with Client(cluster.scheduler_address) as client:
        return client.run(os.getpid)


def test_views_of_files_are_found_again(tmp_path):
    """Transposed, sliced, reversed: a worker opens what this process sees."""
    path = tmp_path / "x.npy"
    np.save(path, np.arange(60, dtype=">i2").reshape(6, 10))
    whole = np.load(path, mmap_mode="r")
    for view in (whole, whole.T, whole[1:4], whole[:, 2:9:3], whole[::2].T[1:], whole[2:5, 3:4]):
        place = _cluster.FileArray.of(view)
        assert np.array_equal(place.open(), view)
    assert _cluster.FileArray.of(np.arange(6).reshape(2, 3)) is None
    assert _cluster.FileArray.of(whole + 1) is None


def test_no_scheduler_is_one_line(monkeypatch, pair):
    pytest.importorskip("distributed", reason="the extra `distributed` is not installed")
    monkeypatch.setattr(_cluster, "PATIENCE", 1)
    for address in ("tcp://127.0.0.1:1", "nonsense://x", ""):
        with pytest.raises(InputError, match="no scheduler answers at") as refusal:
            worst_case_error(*pair, k=K, scheduler=address)
        assert "\n" not in str(refusal.value)


def test_without_dask_is_one_line(monkeypatch, pair):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"dask.distributed is not installed: pip install"):
        worst_case_error(*pair, k=K, scheduler="local")


# ------------------------------------------------------------------------------------------ other array libraries


@pytest.mark.parametrize("name", ["array_api_strict", "torch", "jax.numpy", "cupy"])
@pytest.mark.parametrize("is_gram", [True, False])
@pytest.mark.parametrize("features", ["signed", "binary"])
def test_array_libraries_multiply_and_change_nothing(monkeypatch, pair, name, is_gram, features):
    xp = pytest.importorskip(name, reason=f"{name} is not installed")
    monkeypatch.setattr(_device.Device, "side", 1024)
    monkeypatch.setattr(_passes, "_by_threads", None)  # nobody else multiplies
    A, B = (np.ascontiguousarray(x, dtype=np.float32) for x in pair)
    for kind in (np.float32, np.int32):
        host = [x if kind == np.float32 else np.round(x * 50).astype(kind) for x in ((A,) if is_gram else (A, B))]
        there = [xp.asarray(x) for x in host]
        result = worst_case_error(*there, k=K, features=features)
        monkeypatch.undo()
        assert result == worst_case_error(*host, k=K, features=features)
        assert result.error.is_exact


def test_reduced_precision_is_refused(pair):
    """A library that rounds what it multiplies to 11 bits, as TF32 does."""
    xp = pytest.importorskip("array_api_strict", reason="array_api_strict is not installed")

    class Coarse:
        def __getattr__(self, name):
            return getattr(xp, name)

        def matmul(self, a, b):
            a, b = (np.asarray(x) for x in (a, b))
            return xp.asarray((np.float32(2**13 + 1) * a - (np.float32(2**13 + 1) * a - a)) @ b)

    A = xp.asarray(pair[0])
    device = _device.Device(Coarse(), A, A)
    product = _products.product_of(pair[0], None, K, 1, "signed")
    screen = _passes.Screen(np.dtype(np.float32), np.ones(1, np.float32), *[np.ones(1)] * 2, 1.0, 1, 1, None)
    with pytest.raises(InputError, match="multiplies float32 with fewer than 24 bits here"):
        list(device.tallies(product, screen, []))


def test_libraries_do_not_mix(pair):
    xp = pytest.importorskip("array_api_strict", reason="array_api_strict is not installed")
    with pytest.raises(InputError, match="both must be of one"):
        worst_case_error(xp.asarray(pair[0]), np.ones((D, M)), k=K)


# --------------------------------------------------------------------------------------------- the command line


def test_the_command_takes_them_all(tmp_path, capsys, files, expected, cluster):
    command = ["verify", *map(str, files), "-k", str(K), "--json"]
    checkpoint = ["--checkpoint", str(tmp_path / "c.npz")]
    for options in (["--memory", "100MB"], checkpoint, ["--scheduler", cluster.scheduler_address], checkpoint):
        assert cli.main([*command, *options]) == 0
        assert json.loads(capsys.readouterr().out)["error"] == expected.error.to_dict()
    assert cli.main([*command, "--memory", "1kB"]) == 2
    assert "memory is 0.001 MB" in capsys.readouterr().err
    assert cli.main(["verify", str(files[0]), "-k", "3", *checkpoint]) == 2
    assert "another question" in capsys.readouterr().err
