"""The README's console examples print what it says (its Python examples are doctests)."""

import doctest
import re
import shlex
from pathlib import Path

import pytest

from lincs import cli, io

README = Path(__file__).parents[1] / "README.md"


def console_examples():
    """Pairs of a command line and the output that is shown below it."""
    for block in re.findall(r"```console\n(.*?)```", README.read_text(), re.DOTALL):
        for example in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = example.partition("\n")
            yield command, output


@pytest.fixture(scope="module")
def folder(tmp_path_factory, digits):
    """A folder that holds what `make reproduce` would have written."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "out").mkdir()
    io.save_array(folder / "out" / "digits.npy", digits)
    return folder


def test_there_are_console_examples():
    assert len(list(console_examples())) >= 3


def test_console_examples(folder, capsys, monkeypatch):
    monkeypatch.chdir(folder)
    for command, expected in console_examples():  # in order: some use what others wrote
        program, *arguments = shlex.split(command)
        assert program == "lincs"
        assert cli.main(arguments) == (1 if "fails:" in expected else 0), command
        found = capsys.readouterr().out
        assert doctest.OutputChecker().check_output(expected, found, doctest.ELLIPSIS), found


def test_python_examples():
    results = doctest.testfile(str(README), module_relative=False)
    assert results.attempted >= 8
    assert results.failed == 0


def test_every_family_and_bound_is_in_the_tables():
    from lincs import bounds, frames

    text = README.read_text()
    names = list(frames.FAMILIES) + [f.__name__.removesuffix("_lower_bound") for f in bounds.LOWER_BOUNDS]
    assert [name for name in names if f"`{name}`" not in text] == []
