"""Fixtures that several test files use."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from lincs import datasets

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
