"""Files: what is read is what was written, damage is one line, and outputs appear whole or not at all."""

import contextlib
import csv
import errno
import json
import os
import pickle
import stat
import struct
import sys
import zipfile
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lincs._checks import InputError, check_matrix
from lincs.accessibility import coherence, real_form, worst_case_error
from lincs.datasets import digits_dictionary
from lincs.io import atomic_write, check_writable, load_matrix, load_pair, save_array, save_arrays

DTYPES = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "?", "c8", "c16"]
SUFFIXES = [".npy", ".npz", ".safetensors"]
matrices = st.sampled_from(DTYPES).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=2, max_dims=2, max_side=5))
)
same_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)


def complaint(read, *args, **kwargs):
    """The message of the InputError that ``read`` raises, which is one line."""
    with pytest.raises(InputError) as caught:
        read(*args, **kwargs)
    message = str(caught.value)
    assert message
    assert message.isprintable(), "one line"
    assert len(message) < 700
    return message


def identical(x, y):
    return x.shape == y.shape and x.dtype == y.dtype and x.tobytes() == y.tobytes()


def safetensors_bytes(dtype, shape, data, key="x"):
    """A safetensors file written by hand: the only way to types that numpy does not have."""
    header = json.dumps({key: {"dtype": dtype, "shape": shape, "data_offsets": [0, len(data)]}}).encode()
    return struct.pack("<Q", len(header)) + header + data


# Round trips


@same_folder
@given(A=matrices, suffix=st.sampled_from(SUFFIXES), order=st.sampled_from("CF"), swapped=st.booleans())
def test_what_is_saved_is_what_is_loaded(tmp_path, A, suffix, order, swapped):
    path = tmp_path / f"matrix{suffix}"
    stored = np.asarray(A.astype(A.dtype.newbyteorder(">")) if swapped else A, order=order)
    if suffix == ".safetensors" and A.dtype.kind == "c":
        assert ".npz can" in complaint(save_array, path, stored)
        return
    save_array(path, stored)
    # truth values become integers, as everywhere in lincs
    assert identical(load_matrix(path), A.astype(np.int8) if A.dtype == bool else A)


@same_folder
@given(A=matrices, order=st.sampled_from("CF"), swapped=st.booleans())
def test_npy_and_npz_of_numpy_itself_are_read(tmp_path, A, order, swapped):
    stored = np.asarray(A.astype(A.dtype.newbyteorder(">")) if swapped else A, order=order)
    np.save(tmp_path / "a.npy", stored)
    np.savez_compressed(tmp_path / "a.npz", first=stored, second=stored.T)
    expected = A.astype(np.int8) if A.dtype == bool else A
    assert identical(load_matrix(tmp_path / "a.npy"), expected)
    assert identical(load_matrix(tmp_path / "a.npz", "first"), expected)
    assert identical(load_matrix(tmp_path / "a.npz", key="second"), np.ascontiguousarray(expected.T))


@same_folder
@given(arrays=st.dictionaries(st.from_regex(r"[A-Za-z_./]{1,12}", fullmatch=True), matrices, min_size=1, max_size=4))
def test_every_key_comes_back(tmp_path, arrays):
    real = {key: array for key, array in arrays.items() if array.dtype.kind in "iuf"}
    if not real:
        return
    for suffix in (".npz", ".safetensors"):
        path = tmp_path / f"all{suffix}"
        save_arrays(path, real)
        for key, array in real.items():
            assert identical(load_matrix(path, key), array)


def test_a_key_may_be_called_like_an_argument_of_numpy(tmp_path):
    save_arrays(tmp_path / "a.npz", {"file": np.eye(2), "allow_pickle": np.eye(3)})
    assert identical(load_matrix(tmp_path / "a.npz", "file"), np.eye(2))


def test_equal_arrays_give_equal_files(tmp_path, monkeypatch):
    for suffix in SUFFIXES:
        save_array(tmp_path / f"a{suffix}", np.eye(3))
        with monkeypatch.context() as patch:
            patch.setattr("time.time", lambda: 1e9)
            save_array(tmp_path / f"b{suffix}", np.asfortranarray(np.eye(3)[::-1])[::-1])
        assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


@pytest.mark.parametrize(
    ("name", "bits", "dtype"),
    [
        ("BF16", 16, ml_dtypes.bfloat16),
        ("F8_E4M3", 8, ml_dtypes.float8_e4m3fn),
        ("F8_E5M2", 8, ml_dtypes.float8_e5m2),
    ],
)
def test_every_narrow_float_is_read_exactly(tmp_path, name, bits, dtype):
    codes = np.arange(2**bits, dtype=f"u{bits // 8}")
    (tmp_path / "a.safetensors").write_bytes(safetensors_bytes(name, [2, 2**bits // 2], codes.tobytes()))
    read = load_matrix(tmp_path / "a.safetensors")
    assert read.dtype == np.float32
    if name == "BF16":  # the upper half of a float32
        expected = (codes.astype(np.uint32) << 16).view(np.float32)
        finite = np.isfinite(expected)
        assert (read.ravel().view(np.uint32) == expected.view(np.uint32))[finite].all()
        assert (np.isfinite(read.ravel()) == finite).all()
    else:  # sign, exponent, mantissa
        mantissa_bits, bias, special = (3, 7, 127) if name == "F8_E4M3" else (2, 15, 124)
        for code, value in zip(codes.tolist(), read.ravel().tolist(), strict=True):
            sign, rest = (-1 if code >= 128 else 1), code % 128
            exponent, mantissa = rest >> mantissa_bits, rest % 2**mantissa_bits
            if rest >= special:
                assert not np.isfinite(value)
            elif exponent == 0:
                assert value == sign * mantissa * 2.0 ** (1 - bias - mantissa_bits)
            else:
                assert value == sign * (2**mantissa_bits + mantissa) * 2.0 ** (exponent - bias - mantissa_bits)
    assert identical(read, read.view(np.ndarray))
    assert np.array_equal(read, codes.view(dtype).astype(np.float32).reshape(read.shape), equal_nan=True)


@pytest.mark.parametrize("suffix", [".npy", ".safetensors"])
def test_large_files_are_mapped_read_only(tmp_path, suffix):
    save_array(tmp_path / f"a{suffix}", np.eye(3))
    A = load_matrix(tmp_path / f"a{suffix}")
    assert not A.flags.writeable
    base = A
    while base is not None and not isinstance(base, np.memmap):
        base = base.base
    assert isinstance(base, np.memmap)


def test_data_at_an_odd_offset_come_aligned(tmp_path):
    content = safetensors_bytes("F64", [1, 2], np.array([1.5, -2.0]).tobytes(), key="odd")
    length = struct.unpack("<Q", content[:8])[0]
    padding = 1 + (-length) % 8  # blanks at the end of the header are allowed
    content = struct.pack("<Q", length + padding) + content[8 : 8 + length] + b" " * padding + content[8 + length :]
    (tmp_path / "a.safetensors").write_bytes(content)
    A = load_matrix(tmp_path / "a.safetensors")
    assert A.flags.aligned
    assert A.tolist() == [[1.5, -2.0]]


# Packings


def packings(folder):
    with open(folder / "table.csv", newline="") as file:
        return list(csv.DictReader(file))


def complex_coherence(X):
    gram = np.abs(X.conj().T @ X)
    np.fill_diagonal(gram, 0)
    return gram.max()


# What these files attain, where it is more than the table says; from the README of the sample.
ATTAINED = {"4x29_hlc.txt": 0.577339089, "6x42_hlc.txt": 0.437313030, "6x45_hlc.txt": 0.451324612}


def test_packings_attain_the_coherence_of_their_readme(sloane_packings):
    table = packings(sloane_packings)
    assert {row["file"] for row in table} == {path.name for path in sloane_packings.glob("*x*.txt")}
    assert len(table) == 28
    for row in table:
        X = load_matrix(sloane_packings / row["file"])
        assert X.dtype == np.complex128
        assert X.shape == (int(row["d"]), int(row["n"]))
        assert np.abs(np.linalg.norm(X, axis=0) - 1).max() < 1e-12
        published, attained = float(row["coherence"]), complex_coherence(X)
        if row["file"] in ATTAINED:
            assert attained > published + 1e-7
            assert attained == pytest.approx(ATTAINED[row["file"]], abs=1e-8, rel=0)
        else:
            assert attained == pytest.approx(published, abs=1e-7, rel=0)


def exact_profile(A, k):
    """W_1..W_k of A with itself as probes, in integers of Python."""
    unit = 2 ** max(x.as_integer_ratio()[1].bit_length() - 1 for x in A.ravel().tolist())
    integers = np.array([[int(Fraction(x) * unit) for x in row] for row in A.tolist()], dtype=object)
    E = np.abs(integers.T @ integers - unit**2 * np.eye(A.shape[1], dtype=int).astype(object))
    return [Fraction(int(total), unit**2) for total in np.cumsum(-np.sort(-E, axis=1)[:, :k], axis=1).max(axis=0)]


def test_real_forms_of_packings_get_their_profiles(sloane_packings):
    for row in packings(sloane_packings):
        X = load_matrix(sloane_packings / row["file"])
        A = np.block([[X.real, -X.imag], [X.imag, X.real]])
        assert identical(real_form(X), A)
        W = worst_case_error(A, k=6)
        for error, exact in zip(W.profile, exact_profile(A, 6), strict=True):
            assert error.lower <= exact <= error.upper
            assert error.upper - error.lower < 1e-13
        # one feature disturbs another no more than in complex form, of which the real form keeps the parts
        assert W.profile[0].lower <= coherence(X).upper + 1e-14


def test_a_packing_is_read_vector_after_vector(tmp_path):
    (tmp_path / "2x3_us.txt").write_text("\n".join(str(i) for i in range(12)))
    assert load_matrix(tmp_path / "2x3_us.txt").tolist() == [[6j, 2 + 8j, 4 + 10j], [1 + 7j, 3 + 9j, 5 + 11j]]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("2x3_us.txt", "0\n" * 11, "holds 11 numbers; 3 vectors in 2 dimensions need 2 d n = 12"),
        ("2x3_us.txt", "0\n" * 13, "holds 13 numbers"),
        ("2x3_us.txt", "0\n" * 11 + "x", "could not convert string to float: 'x'"),
        ("0x3_us.txt", " ", "0 numbers"),
        ("numbers.txt", "0\n" * 12, "{d}x{n}_{creator}.txt"),
        ("2x3.txt", "0\n" * 12, "{d}x{n}_{creator}.txt"),
        ("99999999999x3_us.txt", "0", "{d}x{n}_{creator}.txt"),
    ],
)
def test_a_text_file_that_is_no_packing(tmp_path, name, text, says):
    (tmp_path / name).write_text(text)
    assert says in complaint(load_matrix, tmp_path / name)


def test_text_that_turns_into_something_else(tmp_path):
    (tmp_path / "2x3_us.txt").write_bytes(b"0.0\n" * 2000 + b"\xff")
    assert "damaged" in complaint(load_matrix, tmp_path / "2x3_us.txt")


# Bad input


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_entries_that_are_not_finite_are_found_by_the_check_of_matrices(tmp_path, bad, suffix):
    A = np.eye(300)
    A[299, 7] = bad
    save_array(tmp_path / f"a{suffix}", A)
    assert "A[299, 7] is " in complaint(check_matrix, load_matrix(tmp_path / f"a{suffix}"))


@pytest.mark.parametrize(
    ("array", "says"),
    [
        (np.zeros(3), "two-dimensional"),
        (np.zeros((2, 2, 2)), "two-dimensional"),
        (np.float64(1), "two-dimensional"),
        (np.zeros((0, 3)), "empty"),
        (np.zeros((3, 0)), "empty"),
    ],
)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_shapes_that_are_no_matrix(tmp_path, array, says, suffix):
    save_array(tmp_path / f"a{suffix}", array)
    message = complaint(load_matrix, tmp_path / f"a{suffix}")
    assert f"a{suffix}" in message
    assert says in message


@pytest.mark.parametrize(
    ("array", "says"),
    [
        (np.array([["a", "b"]]), "dtype <U1"),
        (np.array([[b"a", b"b"]]), "dtype |S1"),
        (np.array([[np.datetime64("2020-01-01")]]), "dtype datetime64"),
        (np.array([[(1, 2.0)]], dtype=[("x", "i4"), ("y", "f8")]), "dtype"),
        (np.array([[(1,)]], dtype=[("λ", "i4")]), "version (3, 0)"),
        (np.zeros((1, 1), dtype=np.longdouble), "dtype"),
        (np.array([[1, None]]), "Python objects"),
    ],
)
def test_dtypes_that_are_no_numbers(tmp_path, array, says):
    # numpy warns that older versions cannot read the names
    with pytest.warns(UserWarning, match="format 3.0") if says == "version (3, 0)" else contextlib.nullcontext():
        np.save(tmp_path / "a.npy", array, allow_pickle=True)
        np.savez(tmp_path / "a.npz", x=array)
    for name in ("a.npy", "a.npz"):
        assert says in complaint(load_matrix, tmp_path / name)
    if array.dtype.kind not in "f":
        assert "array of numbers" in complaint(save_array, tmp_path / "b.npy", array)
    assert sorted(os.listdir(tmp_path)) == ["a.npy", "a.npz"]


def test_complex_is_read_and_refused_where_a_real_array_is_needed(tmp_path):
    save_array(tmp_path / "a.npy", 1j * np.eye(2))
    assert "real_form" in complaint(check_matrix, load_matrix(tmp_path / "a.npy"))


@pytest.mark.parametrize("name", ["F8_E8M0", "F4", "X"])
def test_safetensors_types_that_no_array_holds(tmp_path, name):
    (tmp_path / "a.safetensors").write_bytes(safetensors_bytes(name, [2, 2], bytes(2 if name == "F4" else 4)))
    complaint(load_matrix, tmp_path / "a.safetensors")


def content_of(kind, folder):
    """The bytes of a valid file of this kind."""
    if kind in (".npy", ".npz", ".safetensors"):
        save_array(folder / f"content{kind}", np.arange(6.0).reshape(2, 3))
        return (folder / f"content{kind}").read_bytes()
    return {
        "pickle": pickle.dumps(np.eye(2)),
        "old pickle": pickle.dumps([1.0, 2.0], protocol=0),
        "text": b"1.0 2.0\n3.0 4.0\n",
        "HDF5": b"\x89HDF\r\n\x1a\n" + bytes(100),
        "gzip": b"\x1f\x8b\x08" + bytes(100),
        "binary": bytes(range(1, 100)),
        "empty": b"",
    }[kind]


NAMED = {
    ".npy": "holds an npy array",
    ".npz": "zip archive",
    ".safetensors": "holds safetensors",
    "pickle": "can run code",
    "old pickle": "text",
    "text": "plain text",
    "HDF5": "HDF5",
    "gzip": "gzip",
    "binary": "binary",
    "empty": "empty",
}


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".txt", ".bin", ".csv", ""])
@pytest.mark.parametrize("kind", NAMED)
def test_a_file_that_is_not_what_its_name_says(tmp_path, kind, suffix):
    path = tmp_path / f"3x7_file{suffix}"
    path.write_bytes(content_of(kind, tmp_path))
    if kind == suffix:
        assert load_matrix(path).shape == (2, 3)
    else:
        message = complaint(load_matrix, path)
        assert str(path) in message
        assert (NAMED[kind] in message) or (suffix == ".txt" and NAMED[kind].endswith("text"))
        assert "need" in message


@pytest.mark.parametrize("suffix", [".pkl", ".pt", ".pth", ".joblib", ".npy"])
def test_pickles_are_never_run(tmp_path, suffix):
    class Trap:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "ran"),))

    path = tmp_path / f"a{suffix}"
    path.write_bytes(pickle.dumps(Trap()))
    assert "can run code" in complaint(load_matrix, path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Trap()))
    assert ("is named .npy" if suffix == ".npy" else "can run code") in complaint(load_matrix, path)
    os.rename(path, tmp_path / "a.npz")
    assert "can run code" in complaint(load_matrix, tmp_path / "a.npz")
    trap = np.empty((1, 1), dtype=object)
    trap[0, 0] = Trap()
    np.save(tmp_path / "b.npy", trap, allow_pickle=True)
    np.savez(tmp_path / "b.npz", x=trap)
    for name in ("b.npy", "b.npz"):
        assert "Python objects" in complaint(load_matrix, tmp_path / name)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_truncation_is_one_line(tmp_path, suffix):
    content = content_of(suffix, tmp_path)
    path = tmp_path / f"a{suffix}"
    for length in range(len(content)):
        path.write_bytes(content[:length])
        complaint(load_matrix, path)


@same_folder
@given(data=st.data(), suffix=st.sampled_from(SUFFIXES))
def test_damage_is_one_line_or_another_matrix(tmp_path, data, suffix):
    content = bytearray(content_of(suffix, tmp_path))
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / f"a{suffix}"
    path.write_bytes(bytes(content))
    with contextlib.suppress(InputError):  # and nothing but InputError
        A = load_matrix(path)
        assert A.ndim == 2
        assert A.tobytes()


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (100000000000, 100000000000), }", "truncated"),
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 3), }", "damaged"),
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (2L, (", "damaged"),
        ("{'descr': '<f8', 'fortran_order': False, }", "damaged"),
        ("__import__('os').getcwd()", "damaged"),
    ],
)
def test_headers_that_lie(tmp_path, header, says):
    npy = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + bytes(48)
    (tmp_path / "a.npy").write_bytes(npy)
    assert says in complaint(load_matrix, tmp_path / "a.npy")
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("x.npy", npy)
    complaint(load_matrix, tmp_path / "a.npz")


def test_a_zip_member_with_a_wrong_checksum(tmp_path):
    content = content_of(".npz", tmp_path)
    entry = content.index(struct.pack("<d", 5.0))
    (tmp_path / "a.npz").write_bytes(content[:entry] + struct.pack("<d", 7.0) + content[entry + 8 :])
    assert "CRC" in complaint(load_matrix, tmp_path / "a.npz")


def test_keys(tmp_path):
    arrays = {f"layer{i}": np.eye(2) for i in range(20)}
    for suffix in (".npz", ".safetensors"):
        path = tmp_path / f"a{suffix}"
        save_arrays(path, arrays)
        for message in (
            complaint(load_matrix, path),
            complaint(load_matrix, path, "layer"),
            complaint(load_pair, path),
        ):
            assert "layer0" in message
            assert "and 8 more" in message
        complaint(load_matrix, path, 3)
    save_array(tmp_path / "a.npy", np.eye(2))
    assert "no key is needed" in complaint(load_matrix, tmp_path / "a.npy", "x")
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("x.txt", "1")
    assert "without npy arrays" in complaint(load_matrix, tmp_path / "a.npz")


def test_paths_that_cannot_be_read(tmp_path):
    assert "is a folder" in complaint(load_matrix, tmp_path)
    assert "No such file" in complaint(load_matrix, tmp_path / "a.npy")
    assert "No such file" in complaint(load_matrix, tmp_path / "a\nb.npy")
    (tmp_path / "a.npy").write_bytes(b"x")
    assert "Not a directory" in complaint(load_matrix, tmp_path / "a.npy" / "b.npy")
    assert "too long" in complaint(load_matrix, tmp_path / ("x" * 300))
    (tmp_path / "loop.npy").symlink_to(tmp_path / "loop.npy")
    assert "cannot be read" in complaint(load_matrix, tmp_path / "loop.npy")
    os.mkfifo(tmp_path / "pipe.npy")  # opening it would wait for ever
    assert "not a regular file" in complaint(load_matrix, tmp_path / "pipe.npy")
    for no_path in (None, 3, b"a.npy", "", "a\0b"):
        assert "path is needed" in complaint(load_matrix, no_path)
        assert "path is needed" in complaint(save_array, no_path, np.eye(2)) or no_path == "a\0b"


def test_files_without_permission(tmp_path, monkeypatch):
    save_array(tmp_path / "a.npy", np.eye(2))

    def denied(*args, **kwargs):  # the superuser may read and write everything
        raise PermissionError(errno.EACCES, "Permission denied", args[0])

    monkeypatch.setattr("builtins.open", denied)
    assert "Permission denied" in complaint(load_matrix, tmp_path / "a.npy")
    assert "Permission denied" in complaint(save_array, tmp_path / "b.npy", np.eye(2))


# Pairs

D, M = 3, 5
RNG_FREE = np.arange(D * M, dtype=float).reshape(D, M)
A_TRUE, B_TRUE = RNG_FREE, -RNG_FREE
STORED = {
    "W_dec": A_TRUE.T,
    "W_enc": B_TRUE,
    "decoder.weight": A_TRUE,
    "encoder.weight": B_TRUE.T,
}


@pytest.mark.parametrize("prefix", ["", "sae.", "blocks/3/"])
@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
@pytest.mark.parametrize("encoder", ["W_enc", "encoder.weight", None])
@pytest.mark.parametrize("decoder", ["W_dec", "decoder.weight"])
def test_sparse_autoencoders_are_read_by_their_names(tmp_path, decoder, encoder, suffix, prefix):
    path = tmp_path / f"sae{suffix}"
    arrays = {prefix + decoder: STORED[decoder], prefix + "b_enc": np.zeros(M), prefix + "b_dec": np.zeros(D)}
    arrays["threshold"] = np.zeros(M)
    if encoder:
        arrays[prefix + encoder] = STORED[encoder]
    save_arrays(path, arrays)
    pair = load_pair(path)
    assert np.array_equal(pair.A, A_TRUE)
    assert pair.B is None if encoder is None else np.array_equal(pair.B, B_TRUE)
    assert len(pair.notes) == 2
    assert f"m = {M} features in d = {D}" in pair.notes[0]
    assert "ignored by a linear verdict" in pair.notes[1]
    for name in ("b_enc", "b_dec", "nonlinearity"):
        assert name in pair.notes[1]
    assert ("threshold" in pair.notes[1]) == (prefix == "")
    assert ("W_dec^T" in pair.notes[0]) == (decoder == "W_dec")
    assert ("encoder.weight^T" in pair.notes[0]) == (encoder == "encoder.weight")
    if encoder:
        again = load_pair(path, key_A=prefix + decoder, key_B=prefix + encoder)
        assert np.array_equal(again.A, A_TRUE)
        assert np.array_equal(again.B, B_TRUE)
        alone = load_pair(path, key_A=prefix + decoder)
        assert np.array_equal(alone.A, A_TRUE)
        assert alone.B is None
        save_array(tmp_path / f"{decoder}.npy", STORED[decoder])
        save_array(tmp_path / f"{encoder}.npy", STORED[encoder])
        files = load_pair(tmp_path / f"{decoder}.npy", tmp_path / f"{encoder}.npy")
        assert np.array_equal(files.A, A_TRUE)
        assert np.array_equal(files.B, B_TRUE)


@pytest.mark.parametrize("flip_decoder", [False, True])
@pytest.mark.parametrize("flip_encoder", [False, True])
@pytest.mark.parametrize("bias", ["b_enc", "latent_bias", None])
def test_an_unusual_layout_is_settled_by_a_bias_or_by_the_caller(tmp_path, flip_decoder, flip_encoder, bias):
    path = tmp_path / "sae.npz"
    arrays = {"W_dec": A_TRUE if flip_decoder else A_TRUE.T, "W_enc": B_TRUE.T if flip_encoder else B_TRUE}
    save_arrays(path, arrays | ({bias: np.zeros((1, M))} if bias else {}))
    right = "columns" if flip_decoder else "rows"
    if flip_decoder and not bias:
        assert "orientation 'rows' or 'columns' is needed" in complaint(load_pair, path)
        pairs = [load_pair(path, orientation=right)]
    else:
        pairs = [load_pair(path), load_pair(path, orientation=right)]
    for pair in pairs:
        assert np.array_equal(pair.A, A_TRUE)
        assert np.array_equal(pair.B, B_TRUE)
    wrong = load_pair(path, orientation="rows" if flip_decoder else "columns")
    assert np.array_equal(wrong.A, A_TRUE.T)
    assert np.array_equal(wrong.B, B_TRUE.T)


@pytest.mark.parametrize(
    "names", [("W_dec", "W_enc"), ("decoder.weight", "encoder.weight"), ("W_dec", "encoder.weight")]
)
def test_square_autoencoders_need_an_orientation(tmp_path, names):
    X, Y = np.arange(4.0).reshape(2, 2), np.arange(4.0, 8.0).reshape(2, 2)
    save_arrays(tmp_path / "a.npz", dict(zip(names, (X, Y), strict=True)) | {"b_enc": np.zeros(2)})
    assert "(2, 2)" in complaint(load_pair, tmp_path / "a.npz")
    opposite = names != ("W_dec", "encoder.weight")
    for orientation, A in (("rows", X.T), ("columns", X)):
        pair = load_pair(tmp_path / "a.npz", orientation=orientation)
        assert np.array_equal(pair.A, A)
        assert np.array_equal(pair.B, Y.T if (orientation == "rows") != opposite else Y)


def test_plain_pairs_keep_their_features_in_columns_unless_told(tmp_path):
    save_array(tmp_path / "x.npy", A_TRUE)
    save_array(tmp_path / "y.npy", B_TRUE)
    save_array(tmp_path / "z.npy", B_TRUE.T)
    save_arrays(tmp_path / "ab.safetensors", {"A": A_TRUE, "B": B_TRUE})
    for pair in (load_pair(tmp_path / "x.npy", tmp_path / "y.npy"), load_pair(tmp_path / "ab.safetensors")):
        assert np.array_equal(pair.A, A_TRUE)
        assert np.array_equal(pair.B, B_TRUE)
        assert pair.notes == ()
    assert load_pair(tmp_path / "x.npy").B is None
    rows = load_pair(tmp_path / "x.npy", tmp_path / "y.npy", orientation="rows")
    assert np.array_equal(rows.A, A_TRUE.T)
    assert np.array_equal(rows.B, B_TRUE.T)
    assert "x^T" in rows.notes[0]
    assert "B looks transposed" in complaint(load_pair, tmp_path / "x.npy", tmp_path / "z.npy")
    assert np.array_equal(load_pair(tmp_path / "x.npy", tmp_path / "z.npy", orientation="columns").B, B_TRUE)
    save_array(tmp_path / "w.npy", np.ones((2, 2)))
    assert "both must be (d, m)" in complaint(load_pair, tmp_path / "x.npy", tmp_path / "w.npy")
    assert "orientation must be one of" in complaint(load_pair, tmp_path / "x.npy", orientation="sideways")
    assert "no key is needed" in complaint(load_pair, tmp_path / "x.npy", key_B="y")


def test_autoencoders_that_do_not_fit(tmp_path):
    save_arrays(tmp_path / "a.npz", {"W_dec": A_TRUE.T, "W_enc": np.ones((D, M + 1))})
    assert "both must be (d, m)" in complaint(load_pair, tmp_path / "a.npz")
    save_arrays(tmp_path / "a.npz", {"W_dec": A_TRUE.T, "W_enc": B_TRUE, "b_enc": np.zeros(M + 1)})
    assert "b_enc has 6 entries" in complaint(load_pair, tmp_path / "a.npz")
    save_arrays(tmp_path / "a.npz", {"W_dec": A_TRUE.T, "W_enc": B_TRUE, "encoder.weight": B_TRUE.T})
    assert "W_enc, encoder.weight" in complaint(load_pair, tmp_path / "a.npz")
    save_arrays(tmp_path / "a.npz", {"1.W_dec": A_TRUE.T, "2.W_dec": A_TRUE.T})
    assert "1.W_dec, 2.W_dec" in complaint(load_pair, tmp_path / "a.npz")


# Writing


def state(folder):
    return {name: (folder / name).read_bytes() for name in os.listdir(folder)}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, InputError])
@pytest.mark.parametrize("exists", [False, True])
def test_an_exception_while_writing_leaves_everything_as_it_was(tmp_path, error, exists):
    if exists:
        (tmp_path / "a.json").write_text("old")
    before = state(tmp_path)

    def interrupted():
        with atomic_write(tmp_path / "a.json", "w") as file:
            file.write("new" * 100_000)
            file.flush()
            assert len(os.listdir(tmp_path)) == len(before) + 1
            raise error("stop")

    with pytest.raises(error, match="stop"):
        interrupted()
    assert state(tmp_path) == before


def test_a_full_disk_is_one_line_and_leaves_the_old_file(tmp_path, monkeypatch):
    save_array(tmp_path / "a.npy", np.eye(2))
    before = state(tmp_path)

    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert "No space left" in complaint(save_array, tmp_path / "a.npy", np.eye(3))
    assert state(tmp_path) == before


def test_the_error_of_another_file_is_not_taken_for_a_failed_write(tmp_path):
    def reads_another():
        with atomic_write(tmp_path / "a.txt", "w") as file:
            file.write((tmp_path / "missing").read_text())

    with pytest.raises(FileNotFoundError):
        reads_another()
    assert state(tmp_path) == {}


def test_writing_replaces_the_file_in_one_step(tmp_path):
    (tmp_path / "a.json").write_text("old")
    with open(tmp_path / "a.json") as reader, atomic_write(tmp_path / "a.json", "w") as file:
        file.write("é\n")
        assert (tmp_path / "a.json").read_text() == "old"
        assert reader.read() == "old"
    assert (tmp_path / "a.json").read_bytes() == "é\n".encode()
    assert os.listdir(tmp_path) == ["a.json"]


def test_a_matrix_may_replace_the_file_it_is_mapped_from(tmp_path):
    for suffix in SUFFIXES:
        path = tmp_path / f"a{suffix}"
        save_array(path, np.arange(6.0).reshape(2, 3))
        A = load_matrix(path)
        save_array(path, A.T)
        assert identical(load_matrix(path), np.arange(6.0).reshape(2, 3).T.copy())
        assert A.tolist() == [[0, 1, 2], [3, 4, 5]]


def test_a_link_stays_and_its_target_is_replaced(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "a.npy").write_bytes(b"old")
    (tmp_path / "a.npy").symlink_to(tmp_path / "there" / "a.npy")
    save_array(tmp_path / "a.npy", np.eye(2))
    assert (tmp_path / "a.npy").is_symlink()
    assert identical(load_matrix(tmp_path / "there" / "a.npy"), np.eye(2))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_permissions_follow_the_umask(tmp_path):
    old = os.umask(0o027)
    try:
        save_array(tmp_path / "a.npy", np.eye(2))
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "a.npy").stat().st_mode) == 0o640


def test_paths_that_cannot_be_written(tmp_path):
    (tmp_path / "folder.npy").mkdir()
    assert "is a folder" in complaint(save_array, tmp_path / "folder.npy", np.eye(2))
    assert "does not exist" in complaint(save_array, tmp_path / "no" / "a.npy", np.eye(2))
    os.mkfifo(tmp_path / "pipe.npy")
    assert "another name is needed" in complaint(save_array, tmp_path / "pipe.npy", np.eye(2))
    assert "too long" in complaint(save_array, tmp_path / ("x" * 300 + ".npy"), np.eye(2))
    assert ".npz" in complaint(save_array, tmp_path / "a.bin", np.eye(2))
    assert ".npz" in complaint(save_arrays, tmp_path / "a.npy", {"A": np.eye(2), "B": np.eye(2)})
    assert ".npz" in complaint(save_arrays, tmp_path / "a.npz", {})
    assert "mode must be" in complaint(atomic_write(tmp_path / "a", "r").__enter__)
    assert sorted(os.listdir(tmp_path)) == ["folder.npy", "pipe.npy"]


# Data sets


def test_the_dictionary_of_digits_is_reproducible_and_normalised():
    pytest.importorskip("sklearn")
    A = digits_dictionary()
    assert A.shape == (64, 256)
    assert A.dtype == np.float64
    assert np.abs(np.linalg.norm(A, axis=0) - 1).max() < 1e-14
    assert len(np.unique(A, axis=1).T) == 256
    assert identical(digits_dictionary(16), digits_dictionary(16, seed=0))
    assert not np.array_equal(digits_dictionary(16), digits_dictionary(16, seed=1))


def test_the_dictionary_of_digits_names_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    assert "linear-compressed-sensing[datasets]" in complaint(digits_dictionary)
    assert "n_atoms must be" in complaint(digits_dictionary, 0)
    assert "seed must be" in complaint(digits_dictionary, 8, -1)


def test_what_cannot_be_written_is_known_before_the_work(tmp_path):
    path = tmp_path / "Z.npy"
    check_writable(path)
    assert list(tmp_path.iterdir()) == []
    path.write_text("older")
    check_writable(path)
    assert path.read_text() == "older"
    assert [each.name for each in tmp_path.iterdir()] == ["Z.npy"]
    for wrong in (tmp_path, tmp_path / "none" / "Z.npy"):
        with pytest.raises(InputError):
            check_writable(wrong)
