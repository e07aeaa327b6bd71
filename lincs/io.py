"""Reading matrices from files that are data (npy, npz, safetensors, packings) and writing files whole or not at all."""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import secrets
import stat
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from lincs._checks import InputError, check_choice, check_matrix

PathLike = str | os.PathLike[str]

_SUFFIXES = {".npy": "npy", ".npz": "npz", ".safetensors": "safetensors", ".txt": "text"}
_NEEDED = "a matrix in .npy, .npz, .safetensors or a packing named {d}x{n}_{creator}.txt is needed"
_CONTENTS = {
    "npy": "an npy array",
    "npz": "a zip archive (as npz files are)",
    "safetensors": "safetensors",
    "text": "plain text",
    "pickle": "a pickle",
    "empty": "nothing (0 bytes)",
    "HDF5": "an HDF5 file",
    "gzip": "a gzip archive",
    "unknown": "binary data of no known format",
}
_MAGIC = {
    b"\x93NUMPY": "npy",
    b"PK\x03\x04": "npz",
    b"PK\x05\x06": "npz",
    b"\x89HDF\r\n": "HDF5",
    b"\x1f\x8b": "gzip",
}
_PICKLES = {".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".joblib"}
_PACKING = re.compile(r"(\d{1,9})x(\d{1,9})_.+\.txt")

# Types by their names in safetensors. bfloat16 and the two 8-bit floats lie within float32, so reading is exact.
_SAFETENSORS = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "u1",
    "BOOL": "?",
    "C64": "<c8",
}
_NARROW_FLOATS = {"BF16": "bfloat16", "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2"}

# Where the names of sparse autoencoders keep their features. The weight of a torch Linear layer is (outputs, inputs).
_FEATURES = {"W_dec": "rows", "W_enc": "columns", "decoder.weight": "columns", "encoder.weight": "rows"}
_OTHER = {"rows": "columns", "columns": "rows"}
_NAMES_OF_A = ("W_dec", "decoder.weight", "A")
_NAMES_OF_B = ("W_enc", "encoder.weight", "B")
_ENCODER_BIASES = ("b_enc", "encoder.bias", "latent_bias")


@dataclass(frozen=True, eq=False)
class Pair:
    """Representation vectors ``A`` and probes ``B`` as read from files, both of shape (d, m).

    Parameters
    ----------
    A : ndarray of shape (d, m)
    B : ndarray of shape (d, m), or None where the files hold no probes
    notes : tuple of str
        What was transposed and what was ignored, a line each.
    """

    A: np.ndarray
    B: np.ndarray | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Source:
    """A file that was looked at: its format and the names of its arrays (none in npy and text files)."""

    path: str
    kind: str
    keys: tuple[str, ...]

    @property
    def shown(self) -> str:
        return _shown(self.path)


def load_matrix(path: PathLike, key: str | None = None) -> np.ndarray:
    """The matrix in a file, by what the file holds and what it is named.

    ==================  ============================================================================================
    ``.npy``            mapped into memory, read-only
    ``.npz``            the array ``key``
    ``.safetensors``    the array ``key``, mapped into memory; bfloat16 and 8-bit floats become float32, exactly
    ``{d}x{n}_*.txt``   a packing of n lines in C^d, as in [GameOfSloanes]: 2 d n numbers, all real parts vector after
                        vector, then all imaginary parts
    ==================  ============================================================================================

    Pickles are never read, nor arrays of Python objects.

    Parameters
    ----------
    path : path of a file
    key : str, optional
        Name of the array in an npz or safetensors file; not needed where there is only one.

    Returns
    -------
    ndarray of two dimensions, not empty
        Real (or complex; complex128 of shape (d, n) for packings), in native byte order, as stored. Entries are not
        looked at: `lincs.worst_case_error` and others refuse those that are not finite.

    Raises
    ------
    InputError
        If the file cannot be read, is damaged, or is not what its name says; a line that says what is needed.

    Notes
    -----
    **Guarantee.** Exact, no entry is rounded. **Cost.** O(1) for npy and for safetensors of common types; one pass over
    the array for the others.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_arrays(f"{folder}/pair.npz", {"A": np.eye(2), "B": np.ones((2, 3))})
    ...     load_matrix(f"{folder}/pair.npz", key="B")
    array([[1., 1., 1.],
           [1., 1., 1.]])
    """
    source = _source(path)
    return _read(source, _chosen(source, key))


def load_pair(
    path_A: PathLike,
    path_B: PathLike | None = None,
    *,
    key_A: str | None = None,
    key_B: str | None = None,
    orientation: str | None = None,
) -> Pair:
    """The pair (A, B) in one file or two, features in columns, as ``B^T A`` needs them.

    Arrays named as in sparse autoencoders are read by their names: ``W_dec`` (m, d) and ``W_enc`` (d, m), or the
    weights ``decoder.weight`` (d, m) and ``encoder.weight`` (m, d) of two torch Linear layers. A comes from the decoder
    and B from the encoder, transposed where needed. In a single file without keys these names (or ``A`` and ``B``) are
    looked for, behind any common prefix. The name of the array in an npy file is that of the file.

    The length of an encoder bias in the same file settles which side of the decoder is m; without one, a decoder
    whose name would make m <= d is refused as ambiguous. The encoder takes the shape of A.

    Parameters
    ----------
    path_A, path_B : paths of files
        Without ``path_B`` the probes are looked for in the first file; there may be none.
    key_A, key_B : str, optional
        Names of the arrays. ``key_A`` alone, with one file, reads A only.
    orientation : {"columns", "rows"}, optional
        Where the array read for A keeps its features, over what its name says. B is then read as its name goes
        with that, or else as the shape of A demands.

    Returns
    -------
    Pair
        ``notes`` say how the arrays were read, and that biases, thresholds and nonlinearity are ignored.

    Raises
    ------
    InputError
        As `load_matrix`; where the shapes of A and B differ; where names and shapes leave the reading open.

    Notes
    -----
    **Guarantee.** Exact, no entry is rounded. **Cost.** As `load_matrix`.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sae = {"W_dec": np.ones((5, 2)), "W_enc": np.ones((2, 5)), "b_enc": np.zeros((1, 5))}
    ...     save_arrays(f"{folder}/sae.npz", sae)
    ...     pair = load_pair(f"{folder}/sae.npz")
    >>> pair.A.shape, pair.B.shape
    ((2, 5), (2, 5))
    >>> print(*pair.notes, sep="\\n")
    A = W_dec^T, B = W_enc: m = 5 features in d = 2 dimensions
    ignored by a linear verdict: b_enc, any nonlinearity
    """
    if orientation is not None:
        check_choice(orientation, "orientation", ("columns", "rows"))
    source_A = _source(path_A)
    source_B = source_A if path_B is None else _source(path_B)
    if path_B is not None or key_B is not None:
        key_B = _chosen(source_B, key_B, _NAMES_OF_B)
    elif key_A is None:
        key_B = _partner(source_A)
    key_A = _chosen(source_A, key_A, _NAMES_OF_A)
    has_probes = path_B is not None or key_B is not None

    name = _name(source_A, key_A)
    is_named = _base(name) in _FEATURES
    A = _read(source_A, key_A)
    features = orientation or _orientation(source_A, name, A.shape)
    is_usual = features == _FEATURES.get(_base(name), "columns")
    A, reading = _in_columns(A, features), f"A = {_transposed(name, features)}"
    B = None
    if has_probes:
        name_B = _name(source_B, key_B)
        is_named = is_named or _base(name_B) in _FEATURES
        B = _read(source_B, key_B)
        features = _FEATURES.get(_base(name_B), "columns")
        features = features if is_usual else _OTHER[features]
        if B.shape != B.T.shape and (is_named or orientation is not None):
            features = "columns" if B.shape == A.shape else "rows"
        B, reading = _in_columns(B, features), f"{reading}, B = {_transposed(name_B, features)}"
        if B.shape != A.shape:
            hint = "; B looks transposed: orientation says where A keeps its features" if B.T.shape == A.shape else ""
            raise InputError(f"A has shape {A.shape} and B has shape {B.shape}; both must be (d, m){hint}")
    notes = []
    if is_named or "^T" in reading:
        notes.append(f"{reading}: m = {A.shape[1]} features in d = {A.shape[0]} dimensions")
    if is_named:
        others = [key for key in source_A.keys if key.startswith(_prefix(name)) and key not in (key_A, key_B)]
        notes.append(f"ignored by a linear verdict: {_listed([*others, 'any nonlinearity'])}")
    return Pair(A, B, tuple(notes))


def save_array(path: PathLike, array: np.ndarray) -> None:
    """Write one array to ``path``, whole or not at all: .npy, or .npz and .safetensors under the key ``A``."""
    save_arrays(path, {"A": array})


def save_arrays(path: PathLike, arrays: Mapping[str, np.ndarray]) -> None:
    """Write named arrays to ``path``, whole or not at all, in the format of its suffix; `load_pair` reads A and B.

    Parameters
    ----------
    path : path ending in .npy (for a single array), .npz or .safetensors
    arrays : mapping of str to ndarray
        Booleans, integers, floats or (not for safetensors) complex numbers.

    Raises
    ------
    InputError
        If the path cannot be written or the format does not hold such arrays.
    """
    suffix = os.path.splitext(_fspath(path))[1].lower()
    if suffix not in (".npy", ".npz", ".safetensors") or not arrays or (suffix == ".npy" and len(arrays) > 1):
        raise InputError(
            f"{len(arrays)} arrays cannot be written to {_shown(path)}; a name ending in "
            ".npz or .safetensors, or .npy for a single array, is needed"
        )
    plain = {}
    for name, array in arrays.items():
        array = np.asarray(array)
        if array.dtype.kind not in "biufc":
            raise InputError(f"{name} has dtype {array.dtype}; an array of numbers is needed")
        plain[name] = np.ascontiguousarray(_native(array)).reshape(array.shape)
    with atomic_write(path) as file:
        if suffix == ".npy":
            np.save(file, next(iter(plain.values())), allow_pickle=False)
        elif suffix == ".npz":
            _write_npz(file, plain)
        else:
            file.write(_safetensors_bytes(plain))


@contextlib.contextmanager
def atomic_write(path: PathLike, mode: str = "wb") -> Iterator[IO[Any]]:
    """Open a file that appears under ``path`` when the block ends without an exception, and never otherwise.

    The block writes to a new file in the same folder, which then takes the place of ``path`` in one step; after an
    exception it is removed and an older ``path`` is as it was.

    Parameters
    ----------
    path : path of the file to write
    mode : {"wb", "w"}
        Bytes, or text in UTF-8.

    Raises
    ------
    InputError
        If ``path`` is a folder or a device, its folder does not exist, or writing fails.

    Examples
    --------
    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with atomic_write(f"{folder}/verdict.json", "w") as file:
    ...         _ = file.write("{}")
    ...     os.listdir(folder)
    ['verdict.json']
    """
    check_choice(mode, "mode", ("wb", "w"))
    shown = _shown(path)
    target = os.path.realpath(_fspath(path))  # what a link points to is replaced, not the link
    folder = os.path.dirname(target)
    if os.path.isdir(target):
        raise InputError(f"{shown} is a folder; the name of a file to write is needed")
    if os.path.exists(target) and not (os.path.isfile(target) and os.access(target, os.W_OK)):
        raise InputError(f"{shown} exists and is not a file that may be replaced; another name is needed")
    if not os.path.isdir(folder):
        raise InputError(f"{shown} cannot be written: its folder does not exist")
    temporary = os.path.join(folder, f".lincs-{secrets.token_hex(8)}.tmp")
    text = {"encoding": "utf-8", "newline": "\n"} if mode == "w" else {}
    try:
        # "x" never follows a link that someone else put there, and leaves the permissions to the umask
        file = open(temporary, mode.replace("w", "x"), **text)  # type: ignore[call-overload] # noqa: SIM115
    except OSError as error:
        raise InputError(f"{shown} cannot be written: {error.strerror}") from None
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        # a write that fails (a full disk) names no file; an OSError about some other file is not ours to explain
        if isinstance(error, OSError) and error.filename in (None, temporary):
            raise InputError(f"{shown} cannot be written: {error.strerror or error}") from None
        raise


def check_writable(path: PathLike) -> None:
    """Raise the InputError that writing ``path`` would end with, before the work whose result goes there."""
    with contextlib.suppress(_Abandoned), atomic_write(path):
        raise _Abandoned


class _Abandoned(Exception):
    """Nothing is to be written after all."""


def _source(path: PathLike) -> _Source:
    """Look at a file: is it readable, what does it hold, does its name agree, which arrays are in it."""
    text, shown = _fspath(path), _shown(path)
    try:
        mode = os.stat(text).st_mode
        if stat.S_ISDIR(mode):
            raise InputError(f"{shown} is a folder; {_NEEDED}")
        if not stat.S_ISREG(mode):
            raise InputError(f"{shown} is not a regular file; {_NEEDED}")
        with open(text, "rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise InputError(f"{shown} cannot be read: {error.strerror}; {_NEEDED}") from None
    suffix = os.path.splitext(text)[1].lower()
    content = _content(head)
    if content == "pickle" or suffix in _PICKLES:
        raise InputError(f"{shown} is a pickle, which can run code and is never read; {_NEEDED}")
    if content == "empty":
        raise InputError(f"{shown} is empty (0 bytes); {_NEEDED}")
    if suffix not in _SUFFIXES:
        raise InputError(f"{shown} holds {_CONTENTS[content]} and has the suffix {suffix!r}; {_NEEDED}")
    if content != _SUFFIXES[suffix]:
        raise InputError(f"{shown} is named {suffix} but holds {_CONTENTS[content]}; {_NEEDED}")
    keys: tuple[str, ...] = ()
    if content == "npz":
        keys = _npz_keys(text, shown)
    elif content == "safetensors":
        keys = tuple(_safetensors_header(text, shown)[0])
    return _Source(text, content, keys)


def _content(head: bytes) -> str:
    """The format of a file that begins with ``head``, a key of `_CONTENTS`."""
    if not head:
        return "empty"
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            return kind
    if head[0] == 0x80 and head[1:2] in (b"\2", b"\3", b"\4", b"\5"):
        return "pickle"
    if head[8:9] == b"{" and int.from_bytes(head[:8], "little") < 2**40:
        return "safetensors"
    return "text" if all(byte in b"\t\n\v\f\r" or 32 <= byte < 127 for byte in head) else "unknown"


def _chosen(source: _Source, key: str | None, names: tuple[str, ...] = ()) -> str | None:
    """The array to read: ``key``, the only one, or the only one with one of these names."""
    if source.kind not in ("npz", "safetensors"):
        if key is not None:
            raise InputError(f"{source.shown} holds one array: no key is needed, got {key!r}")
        return None
    if key is not None:
        if key not in source.keys:
            raise InputError(f"{source.shown} has no array {key!r}; its keys are {_listed(source.keys)}")
        return key
    if len(source.keys) == 1:
        return source.keys[0]
    found = [key for key in source.keys if _base(key) in names]
    if len(found) == 1:
        return found[0]
    raise InputError(f"{source.shown} holds {len(source.keys)} arrays; a key is needed, of {_listed(source.keys)}")


def _partner(source: _Source) -> str | None:
    """The array of probes that goes with the only array of representation vectors, if there is one."""
    if len(source.keys) < 2:
        return None
    prefix = _prefix(_chosen(source, None, _NAMES_OF_A) or "")
    found = [prefix + name for name in _NAMES_OF_B if prefix + name in source.keys]
    if len(found) > 1:
        raise InputError(f"{source.shown} holds {_listed(found)}; the key of A and that of B are needed")
    return found[0] if found else None


def _name(source: _Source, key: str | None) -> str:
    return Path(source.path).stem if key is None else key


def _base(name: str) -> str:
    """The known name at the end of ``name``, behind a prefix that ends in a dot or a slash; "" if there is none."""
    for known in (*_NAMES_OF_A, *_NAMES_OF_B):
        if name == known or name.endswith(("." + known, "/" + known)):
            return known
    return ""


def _prefix(name: str) -> str:
    return name[: len(name) - len(_base(name))] if _base(name) else ""


def _orientation(source: _Source, name: str, shape: tuple[int, ...]) -> str:
    """Where the array of representation vectors keeps its features: "rows" or "columns"."""
    base = _base(name)
    if base not in _FEATURES:
        return "columns"
    rows, columns = shape
    for bias in _ENCODER_BIASES:
        key = _prefix(name) + bias
        if key in source.keys and rows != columns:
            features = math.prod(_shape(source, key))
            if features not in shape:
                raise InputError(f"{source.shown}: {key} has {features} entries and {name} has shape {shape}")
            return "rows" if features == rows else "columns"
    natural = _FEATURES[base]
    m, d = (rows, columns) if natural == "rows" else (columns, rows)
    if m > d:
        return natural
    raise InputError(
        f"{source.shown}: {name} of shape {shape} would by its name be m = {m} features in d = {d} dimensions, "
        "which is in doubt for m <= d; orientation 'rows' or 'columns' is needed"
    )


def _in_columns(array: np.ndarray, features: str) -> np.ndarray:
    return array if features == "columns" else array.T


def _transposed(name: str, features: str) -> str:
    return name if features == "columns" else f"{name}^T"


def _shape(source: _Source, key: str) -> tuple[int, ...]:
    if source.kind == "safetensors":
        return tuple(_safetensors_header(source.path, source.shown)[0][key]["shape"])
    return _read_npz(source.path, key, source.shown).shape


def _read(source: _Source, key: str | None) -> np.ndarray:
    label = source.shown if key is None else f"{source.shown}[{key}]"
    if source.kind == "npy":
        array = _read_npy(source.path, label)
    elif source.kind == "text":
        array = _read_packing(source.path, label)
    elif source.kind == "npz":
        array = _read_npz(source.path, key or "", label)
    else:
        array = _read_safetensors(source.path, key or "", label)
    return check_matrix(_native(array), label, allow_complex=True, finite=False)


def _native(array: np.ndarray) -> np.ndarray:
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _read_npy(path: str, label: str) -> np.ndarray:
    with _damage(label, "npy"), open(path, "rb") as file:
        is_empty = 0 in _npy_shape(file, label)  # which cannot be mapped
        return np.load(path, mmap_mode=None if is_empty else "r", allow_pickle=False)


def _npz_keys(path: str, shown: str) -> tuple[str, ...]:
    with _damage(shown, "npz"), zipfile.ZipFile(path) as archive:
        members = archive.namelist()
    if any(name.endswith("data.pkl") for name in members):
        raise InputError(f"{shown} is a pickle (of PyTorch), which can run code and is never read; {_NEEDED}")
    keys = tuple(name[:-4] for name in members if name.endswith(".npy"))
    if not keys:
        raise InputError(f"{shown} is a zip archive without npy arrays; {_NEEDED}")
    return keys


def _read_npz(path: str, key: str, label: str) -> np.ndarray:
    with _damage(label, "npz"), zipfile.ZipFile(path) as archive:
        with archive.open(key + ".npy") as member:
            _npy_shape(member, label)
        with archive.open(key + ".npy") as member:
            return np.lib.format.read_array(member, allow_pickle=False)


def _npy_shape(file: IO[bytes], label: str) -> tuple[int, ...]:
    """The shape that the header of an npy file gives; refused if the entries are not plain numbers or text."""
    version = np.lib.format.read_magic(file)
    if version == (1, 0):
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    elif version == (2, 0):
        shape, _, dtype = np.lib.format.read_array_header_2_0(file)
    else:
        raise InputError(f"{label} is npy of version {version}, for arrays of records; one matrix is needed")
    if dtype.hasobject:
        raise InputError(f"{label} holds Python objects, which are pickles and never read; numbers are needed")
    return shape


@contextlib.contextmanager
def _damage(label: str, kind: str) -> Iterator[None]:
    """What a parser raises over a file that begins like its format is about the file: one line on that."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:  # ValueError, EOFError, BadZipFile, zlib.error, SafetensorError, TokenError, MemoryError
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise InputError(f"{label} is truncated or damaged ({reason}); a whole {kind} file is needed") from None


def _safetensors_header(path: str, shown: str) -> tuple[dict[str, dict[str, Any]], int]:
    """Entries of the header by key, and where the data begin. The library checks that they fit the file."""
    from safetensors import safe_open

    with _damage(shown, "safetensors"):
        with safe_open(path, framework="numpy"):
            pass
        with open(path, "rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(length))
    header.pop("__metadata__", None)
    if not header:
        raise InputError(f"{shown} holds no arrays; {_NEEDED}")
    return header, 8 + length


def _read_safetensors(path: str, key: str, label: str) -> np.ndarray:
    header, start = _safetensors_header(path, label)
    name, shape = header[key]["dtype"], tuple(header[key]["shape"])
    if name in _NARROW_FLOATS:
        import ml_dtypes

        dtype = np.dtype(getattr(ml_dtypes, _NARROW_FLOATS[name]))
    elif name in _SAFETENSORS:
        dtype = np.dtype(_SAFETENSORS[name])
    else:
        known = _listed([*_SAFETENSORS, *_NARROW_FLOATS])
        raise InputError(f"{label} has dtype {name}, which does not fit an array; one of {known} is needed")
    if 0 in shape:
        return np.empty(shape, dtype=np.float32)
    with _damage(label, "safetensors"):
        array = np.memmap(path, dtype=dtype, mode="r", offset=start + header[key]["data_offsets"][0], shape=shape)
    if name in _NARROW_FLOATS:
        return array.astype(np.float32)
    return array if array.flags.aligned else np.array(array)


def _write_npz(file: IO[bytes], arrays: dict[str, np.ndarray]) -> None:
    # by hand: numpy.savez takes no array named "file", and stamps the time, so that equal arrays give unequal files
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            with archive.open(name + ".npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


def _safetensors_bytes(arrays: dict[str, np.ndarray]) -> bytes:
    from safetensors import SafetensorError
    from safetensors.numpy import save

    for name, array in arrays.items():
        if array.dtype.kind == "c" or array.dtype.itemsize > 8:  # older libraries lack complex64
            raise InputError(f"{name} has dtype {array.dtype}, which safetensors cannot hold; .npz can")
    try:
        return save(arrays)
    except (SafetensorError, ValueError, TypeError) as error:
        raise InputError(f"safetensors cannot hold these arrays: {' '.join(str(error).split())[:120]}") from None


def _read_packing(path: str, label: str) -> np.ndarray:
    name = _PACKING.fullmatch(os.path.basename(path))
    if name is None:
        raise InputError(f"{label} is text; a packing named {{d}}x{{n}}_{{creator}}.txt is needed, as 3x7_etf.txt")
    d, n = int(name[1]), int(name[2])
    with _damage(label, "text"):
        words = Path(path).read_text("ascii").split()
    if len(words) != 2 * d * n or d * n == 0:
        raise InputError(f"{label} holds {len(words)} numbers; {n} vectors in {d} dimensions need 2 d n = {2 * d * n}")
    try:
        values = np.array([float(word) for word in words])
    except ValueError as error:
        raise InputError(f"{label}: {error}; one number a line is needed") from None
    packing = np.empty((d, n), dtype=np.complex128)
    packing.real, packing.imag = values[: d * n].reshape(n, d).T, values[d * n :].reshape(n, d).T
    return packing


def _fspath(path: PathLike) -> str:
    try:
        text = os.fspath(path)
    except TypeError:
        raise InputError(f"a path is needed, got {type(path).__name__}") from None
    if not isinstance(text, str) or not text or "\0" in text:
        raise InputError(f"a path is needed, got {text!r}")
    return text


def _shown(path: PathLike) -> str:
    """The path as it reads in a message of one line."""
    text = _fspath(path)
    return text if text.isprintable() else repr(text)


def _listed(names: Any) -> str:
    names = list(names)
    return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
