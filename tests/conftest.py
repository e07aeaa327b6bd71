"""Fixtures that several test files use."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from lincs import cli, datasets

# how long an example takes is nobody's business: machines differ, and are busy
settings.register_profile("lincs", deadline=None)
settings.load_profile("lincs")


@pytest.fixture(scope="session")
def sloane_packings() -> Path:
    """The folder with a sample of packings from the Game of Sloanes, which is not part of the repository."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data" / "game-of-sloanes"
    if not folder.is_dir():
        pytest.skip(f"no sample of the Game of Sloanes in {folder}")
    return folder


@pytest.fixture(scope="session")
def digits() -> np.ndarray:
    """The dictionary learned from handwritten digits, shape (64, 256)."""
    return datasets.digits_dictionary()


@pytest.fixture(scope="session")
def coqc() -> Callable[[str, Path], str]:
    """What Coq has against a text on top of proofs/coq, written to a folder; empty if it accepts it without axioms."""
    library = Path(__file__).resolve().parents[1] / "proofs" / "coq"
    if shutil.which("coqc") is None:
        pytest.skip("coqc is not installed")
    if not all((library / name).exists() for name in ("integers.vo", "frames_check.vo")):
        pytest.skip("proofs/coq is not built (make proofs)")

    def errors(text: str, folder: Path) -> str:
        file = folder / "bound.v"
        file.write_text(text)
        done = subprocess.run(["coqc", "-Q", str(library), "Lincs", str(file)], capture_output=True, text=True)
        if done.returncode:
            return done.stderr or f"exit code {done.returncode}"
        is_closed = done.stdout.count("Closed under the global context") == text.count("Print Assum")
        return "" if is_closed else "axioms: " + done.stdout

    return errors


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """Run the command in an empty folder: exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        code = cli.main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run
