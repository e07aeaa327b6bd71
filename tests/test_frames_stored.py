"""Frames that are kept as files: every file is recomputed, every damage is seen, what is written reads back."""

import dataclasses
import hashlib
import importlib.util
import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lincs import InputError, dimension_bounds, frames, io, worst_case_error
from lincs.frames.stored import (
    FOLDER,
    as_frame,
    entries,
    gram_range,
    images,
    load,
    read_entry,
    recheck,
    small_integers,
    stored_for,
    write_entry,
)

ROOT = Path(__file__).parents[1]
ENTRIES = entries()


def slow_range(A, B):
    """Least and largest <b_i, a_i> and the largest |<b_i, a_j>|, in Python's integers."""
    G = [[sum(int(x) * int(y) for x, y in zip(b, a, strict=True)) for a in A.T] for b in B.T]
    own = [row[i] for i, row in enumerate(G)]
    return min(own), max(own), max((abs(x) for i, row in enumerate(G) for j, x in enumerate(row) if i != j), default=0)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_file_is_as_its_index_says(entry):
    recheck(entry)
    bibliography = (ROOT / "references.bib").read_text()
    assert all(f"{{{key}," in bibliography for key in entry.sources)
    assert entry.script == "" or (ROOT / entry.script.split()[0]).is_file()
    assert entry.by
    assert entry.how.endswith(".")


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.m**2 * e.d < 3 * 10**6], ids=lambda entry: entry.name)
def test_small_files_by_python_integers_and_by_the_package_itself(entry):
    frame = frames.stored(entry.name)
    A, B = frame.matrix(), frame.probes(np.arange(frame.m))
    assert slow_range(A, B)[::2] == (entry.diagonal, entry.off_diagonal)
    found = frame.worst_case_error(1)
    assert found.error.is_exact
    assert found.error.upper == entry.error == frame.error.upper
    assert frame.error.upper == frame.coherence.upper / (1 + frame.coherence.upper)


def test_the_folder_holds_entries_and_nothing_else():
    assert {path.name for path in FOLDER.iterdir()} == {e.name + s for e in ENTRIES for s in (".json", ".npz")}


def test_the_root_systems_are_made_again_by_their_script(tmp_path):
    subprocess.run([sys.executable, str(ROOT / "scripts" / "store_root_systems.py"), str(tmp_path)], check=True)
    for entry in entries(tmp_path):
        assert entry in ENTRIES
    assert len(entries(tmp_path)) == 3


@pytest.mark.parametrize(("name", "d", "m"), [("roots-e6", 6, 36), ("roots-e7", 7, 63), ("roots-e8", 8, 120)])
def test_root_systems_settle_d(name, d, m):
    frame = frames.stored(name)
    assert (frame.d, frame.m, frame.error.upper) == (d, m, Fraction(1, 3))
    G = frame.probes(np.arange(m)).T.astype(int) @ frame.matrix()
    assert set(np.abs(G / frame.diagonal).ravel()) == {0, 0.5, 1}
    assert np.linalg.matrix_rank(G) == d
    assert dimension_bounds(m, 1, "0.3334").is_exact


@given(st.integers(1, 200), st.fractions(Fraction(1, 50), Fraction(99, 100)))
def test_the_selector_finds_the_least_dimension(m, delta):
    fit = [e for e in ENTRIES if e.m >= m and e.error < delta]
    found = frames.FAMILIES["stored"].best_for(m, delta)
    assert (found is None) == (fit == [])
    if fit:
        assert found.d == min(e.d for e in fit)
        assert found.m >= m
        assert found.is_accurate(delta)


def test_equality_is_not_accepted():
    assert stored_for(120, Fraction(1, 3) + Fraction(1, 10**30)).d == 8
    found = stored_for(120, Fraction(1, 3))
    assert found is None or found.error.upper < Fraction(1, 3)


integers = st.tuples(st.integers(1, 5), st.integers(1, 6)).flatmap(
    lambda shape: st.tuples(*[arrays(np.int8, shape, elements=st.integers(-9, 9))] * 2)
)


@settings(max_examples=200)
@given(integers)
def test_what_is_written_is_what_the_matrices_are_or_is_refused(tmp_path_factory, pair):
    A, B = pair
    B = B + 12 * A  # often good enough
    folder = tmp_path_factory.mktemp("entry")
    least, largest, off = slow_range(A, B)
    is_good = least > off and largest <= least + 2 * off
    try:
        entry = write_entry(folder, "x", A, B, by="a", how="b.")
    except InputError:
        assert not is_good
        assert list(folder.iterdir()) == []
        return
    assert is_good
    assert (entry.d, entry.m, entry.diagonal, entry.off_diagonal) == (*A.shape, least, off)
    assert entries(folder) == (entry,)
    recheck(entry, folder)
    frame = as_frame(entry, folder)
    assert np.array_equal(frame.matrix(), A)
    assert np.array_equal(frame.probes(np.arange(frame.m)), B)
    found = worst_case_error(A, B, k=1, scale=Fraction(frame.scale)).error
    assert found.lower == found.upper == entry.error


def test_products_beyond_64_bits_are_exact(tmp_path):
    A = np.array([[2**62, 1], [1, 2**62]])
    entry = write_entry(tmp_path, "large", A, by="a", how="b.")
    assert (entry.diagonal, entry.off_diagonal) == (2**124 + 1, 2**63)
    assert gram_range(np.array([[2**30, 1]]), np.array([[2**30, 1]])) == (1, 2**60, 2**30)


@given(st.integers(2, 6), st.integers(2, 12), st.integers(0, 10**6))
def test_rounded_matrices_lose_little(d, m, seed):
    A = np.random.default_rng(seed).standard_normal((d, m))
    probes = A / np.einsum("ij,ij->j", A, A)
    M = probes.T @ A
    np.fill_diagonal(M, 0)
    coherence = np.abs(M).max()
    X, Y = small_integers(A)
    assert X.dtype in (np.int8, np.int16)
    least, _, off = gram_range(X, Y)
    size = np.abs(A).max() * np.abs(probes).max() * d  # rounding errors are relative to the largest entries
    assert least > 0
    assert off / least <= (coherence + 1e-3 * size) / max(1e-9, 1 - 1e-3 * size) * 1.01


def test_integers_and_their_multiples_are_kept():
    signs = frames.hadamard_matrix(8)
    for X in (signs, signs / np.sqrt(8), signs.astype(np.float32) * 0.3):
        A, B = small_integers(X)
        assert B is None
        assert np.array_equal(A, signs)
    A, B = small_integers(signs, 3.0 * signs)
    assert np.array_equal(B, signs)
    # probes are scaled to a common <b_i, a_i>, the best multiple of each
    A, B = small_integers(np.array([[2, 0, 1], [0, 3, 1]]))
    assert np.array_equal(A, [[2, 0, 1], [0, 3, 1]])
    assert np.einsum("ij,ij->j", A, B).tolist() == [36, 36, 36]
    A, B = small_integers(np.diag([10**6 + 3, 10**6 + 33]))  # too large to be scaled
    assert A.max() == B.max() == 127
    with pytest.raises(InputError, match="for i = 1"):
        small_integers(np.array([[1.0, 0.1], [0.3, 0.0]]), np.array([[1.0, -1.0], [0.7, 0.0]]))


@pytest.fixture
def copied(tmp_path):
    """A folder with one entry."""
    entry = frames.stored("roots-e8").params["name"]
    for suffix in (".json", ".npz"):
        (tmp_path / f"{entry}{suffix}").write_bytes((FOLDER / f"{entry}{suffix}").read_bytes())
    return tmp_path


def test_a_damaged_file_is_seen(copied):
    (entry,) = entries(copied)
    path = copied / "roots-e8.npz"
    content = bytearray(path.read_bytes())
    content[-200] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(InputError, match="damaged: its sha256 is"):
        load(entry, copied)
    path.unlink()
    with pytest.raises(InputError, match="cannot be read"):
        as_frame(entry, copied).matrix()


@pytest.mark.parametrize("field", ["d", "m", "diagonal", "off_diagonal", "is_symmetric"])
def test_a_wrong_index_is_seen(copied, field):
    (entry,) = entries(copied)
    recheck(entry, copied)
    if field == "is_symmetric":
        entry = write_entry(copied, "pair", np.eye(3, dtype=int) * 2, np.eye(3, dtype=int), by="a", how="b.")
        wrong = dataclasses.replace(entry, is_symmetric=True)
    else:
        wrong = dataclasses.replace(entry, **{field: getattr(entry, field) + 1})
    with pytest.raises(InputError, match="its index says"):
        recheck(wrong, copied)


def test_a_diagonal_that_varies_too_much_is_seen(copied):
    (entry,) = entries(copied)
    A = np.diag([5, 6, 8])
    A[0, 1] = 1  # <b_i, a_i> from 5 to 8, and |<b_i, a_j>| up to 1
    with pytest.raises(InputError, match="within twice"):
        write_entry(copied, "x", A, np.eye(3, dtype=int), by="a", how="b.")
    io.save_arrays(copied / "roots-e8.npz", {"A": A, "B": np.eye(3, dtype=int)})
    digest = hashlib.sha256((copied / "roots-e8.npz").read_bytes()).hexdigest()
    wrong = dataclasses.replace(entry, d=3, m=3, is_symmetric=False, diagonal=5, off_diagonal=1, sha256=digest)
    with pytest.raises(InputError, match="largest diagonal of 8"):
        recheck(wrong, copied)


@pytest.mark.parametrize(
    "change",
    [{"error": "1/4"}, {"error": None}, {"d": -1}, {"d": 8.0}, {"name": "other"}, {"more": 1}, {"diagonal": 0}],
)
def test_an_index_that_is_none_is_refused(copied, change):
    path = copied / "roots-e8.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    entries.cache_clear()
    with pytest.raises(InputError, match="is not the index of a stored frame"):
        entries(copied)
    path.write_text("[]")
    with pytest.raises(InputError, match="is not the index"):
        entries(copied)


def test_names_are_plain_and_taken_once(copied):
    eye = np.eye(2, dtype=int)
    for name in ("../x", "X", "a b", "", "a--b", "-a", "9"):
        with pytest.raises(InputError, match="lower case"):
            write_entry(copied, name, eye, by="a", how="b.")
    with pytest.raises(InputError, match="another name"):
        write_entry(copied, "roots-e8", eye, by="a", how="b.")
    with pytest.raises(InputError, match="integers"):
        write_entry(copied, "floats", np.eye(2), by="a", how="b.")
    with pytest.raises(InputError, match="one of"):
        frames.stored("nonesuch")


def test_reading_is_lazy():
    code = (
        "import lincs, sys; stored = sys.modules['lincs.frames.stored']; "
        "assert not stored.entries.cache_info().currsize; "
        "lincs.dimension_bounds(120, 1, '0.34'); assert stored.entries.cache_info().currsize == 1; "
        "assert not stored.load.cache_info().currsize"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# --- orbits of optimised vectors ---


@pytest.mark.parametrize("maps", [(2, 1, 2), (3, 2, 1), (5, 4, 2), (7, 3, 1), (7, 6, 2), (13, 4, 1)])
def test_images_are_those_of_a_group(maps):
    p, order, copies = maps
    base = np.random.default_rng(0).integers(-9, 9, (p * copies, 3))
    A = images(base, maps)
    size = p * order
    assert A.shape == (p * copies, 3 * size)
    assert np.array_equal(A[:, ::size], base)
    # by the definition: v(a x + b) in each block, for all a with a^order = 1 and all b
    for j, v in enumerate(base.T.reshape(3, copies, p).tolist()):
        expected = {
            tuple(block[(a * x + b) % p] for block in v for x in range(p))
            for a in range(1, p)
            for b in range(p)
            if pow(a, order, p) == 1
        }
        assert {tuple(column) for column in A[:, j * size : (j + 1) * size].T.tolist()} == expected
    # closed under the group: one row of the Gram matrix for each vector has all that there is
    G = A.T @ A
    own = np.diag(G).copy()
    np.fill_diagonal(G, 0)
    assert gram_range(A, A, size) == gram_range(A, A) == (own.min(), own.max(), np.abs(G).max())


@pytest.mark.parametrize("maps", [(4, 1, 1), (5, 3, 1), (5, 4, 2), (3, 2, 0), (1, 1, 5), (5, 0, 1)])
def test_other_maps_are_refused_in_a_line(maps, tmp_path):
    with pytest.raises(InputError, match="maps must be") as refusal:
        write_entry(tmp_path, "x", np.eye(5, dtype=int), by="me", how="so", maps=maps)
    assert "\n" not in str(refusal.value)
    assert not list(tmp_path.iterdir())


def test_a_damaged_entry_of_images_is_noticed(tmp_path):
    entry = write_entry(tmp_path, "x", np.eye(5, 1, dtype=int), by="me", how="so", maps=(5, 1, 1))
    assert (entry.m, entry.off_diagonal, entry.error) == (5, 0, 0)
    recheck(entry, tmp_path)
    assert read_entry(tmp_path / "x.json") == entry
    wrong = dataclasses.replace(entry, maps=(5, 4, 1))
    with pytest.raises(InputError, match="its index says"):
        recheck(wrong, tmp_path)
    with pytest.raises(InputError, match="maps are for B = A"):
        write_entry(tmp_path, "y", np.eye(5, 1, dtype=int), np.eye(5, 1, dtype=int), by="me", how="so", maps=(5, 1, 1))


@pytest.fixture(scope="module")
def store_orbits():
    path = ROOT / "scripts" / "store_orbits.py"
    spec = importlib.util.spec_from_file_location("store_orbits", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["store_orbits"] = module
    spec.loader.exec_module(module)
    return module


def test_stored_orbits_are_orbits_of_the_group_of_their_recipe(store_orbits):
    found = {entry.name: entry for entry in ENTRIES if entry.name.startswith("orbits-")}
    assert set(found) == set(store_orbits.RECIPES)
    for name, entry in found.items():
        recipe = store_orbits.RECIPES[name]
        assert (entry.seed, entry.script.split()[-1]) == (recipe.seed, name)
        assert (entry.maps, entry.m) == (recipe.maps, recipe.n * entry.images)


def test_orbits_are_optimised_by_their_script(store_orbits, tmp_path, monkeypatch):
    recipe = store_orbits.Recipe(5, 4, 2, 3, 300, 1)
    monkeypatch.setitem(store_orbits.RECIPES, recipe.name, recipe)
    (entry,) = store_orbits.main(tmp_path, [recipe.name])
    recheck(entry, tmp_path)
    assert (entry.d, entry.m, entry.seed) == (10, 60, 1)
    few = store_orbits.rounded(store_orbits.optimise(recipe._replace(steps=1)))
    least, _, off = gram_range(*[images(few, recipe.maps)] * 2)
    assert entry.coherence < Fraction(off, least)  # than the random vectors at the start
