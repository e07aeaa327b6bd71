"""The house's plan: imports run one way, and `import lincs` loads nothing heavy."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import lincs

PACKAGE = Path(lincs.__file__).parent

#: From the cellar up; a module may import from floors below its own, and within a floor where no circle arises.
FLOORS = [
    {"_numbers", "_compiled", "check"},
    {"_checks", "_kernels", "_l1_kernels", "_probes_kernels", "_solvers", "_toy_kernels", "_work"},
    {"_rounding"},
    {"_products"},
    {"_screen", "io"},
    {"_device", "_cluster"},
    {"_passes"},
    {"_maximum"},
    {"accessibility", "classical", "datasets", "linearity", "probes"},
    {"activations", "l1", "frames"},
    {"bounds", "toy"},
    {"certificates", "formal", "phase", "report", "table", "theorems"},
    {"plots", "pages"},
    {"reproduce"},
    {"cli"},
]
HEAVY = ("numba", "cvxpy", "sympy", "matplotlib", "scipy", "flint", "safetensors", "ml_dtypes", "tqdm", "jinja2")


def room(path):
    """The name of a module, or of the subpackage that it lies in."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path):
    """Names of the lincs modules that a file imports anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "lincs":
            parts = node.module.split(".")
            names = [parts[1]] if len(parts) > 1 else [alias.name for alias in node.names]
            yield from names
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("lincs."))


def test_imports_run_one_way():
    floor = {name: number for number, names in enumerate(FLOORS) for name in names}
    for path in PACKAGE.rglob("*.py"):
        here = room(path)
        if here in ("__init__", "__main__"):
            continue
        assert here in floor, f"{here} has no floor yet"
        for name in imported(path):
            if name in floor and name != here:
                assert name != "check" or here == "cli", "the checker shares no code with what it checks"
                assert floor[name] <= floor[here], f"{here} imports {name} from above"


def test_import_loads_nothing_heavy():
    code = f"import lincs, sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", lincs.__all__)
def test_everything_public_is_documented(name):
    thing = getattr(lincs, name)
    assert isinstance(thing, str) or (thing.__doc__ and thing.__doc__.strip())
