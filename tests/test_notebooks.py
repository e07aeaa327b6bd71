"""The notebooks run from top to bottom, and their two files say the same."""

from pathlib import Path

import pytest

jupytext = pytest.importorskip("jupytext", reason="notebooks are paired by jupytext")
nbclient = pytest.importorskip("nbclient", reason="notebooks are executed by nbclient")
pytest.importorskip("ipykernel", reason="notebooks need a kernel")
pytest.importorskip("sklearn", reason="a notebook learns a dictionary from scikit-learn's digits")

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
SOURCES = sorted(path for path in FOLDER.glob("*.py") if path.name != "execute.py")


def outputs(notebook):
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def test_each_has_both_files():
    assert len(SOURCES) >= 5
    assert sorted(FOLDER.glob("*.ipynb")) == [path.with_suffix(".ipynb") for path in SOURCES]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_it_runs_in_small_sizes(source, monkeypatch):
    monkeypatch.setenv("LINCS_QUICK", "1")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    notebook = jupytext.read(source)
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()  # raises where a cell does
    kinds = {output.output_type for output in outputs(notebook)}
    assert {"stream", "execute_result"} <= kinds  # numbers and figures


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_its_two_files_say_the_same_and_the_second_has_the_outputs(source):
    paired = jupytext.read(source.with_suffix(".ipynb"))
    same = [(cell.cell_type, cell.source) for cell in jupytext.read(source).cells]
    assert [(cell.cell_type, cell.source) for cell in paired.cells] == same
    shown = outputs(paired)
    assert any("image/png" in output.get("data", {}) for output in shown)
    assert not any(output.output_type == "error" for output in shown)
    assert not any(output.get("name") == "stderr" for output in shown)
    assert source.with_suffix(".ipynb").stat().st_size < 500_000


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_every_section_says_what_its_numbers_are_worth(source):
    text = source.read_text()
    assert "**Claim.**" in text
    for word in ("theorem", "certified", "estimate"):
        assert word in text.lower()
