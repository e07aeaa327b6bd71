"""From a template and values to one file, whole or not at all."""

from __future__ import annotations

import functools
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lincs import io
from lincs._numbers import Fraction

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent


def write_page(path: io.PathLike, template: str, **values: Any) -> None:
    """Write the page that a template of this folder makes of these values, whole or not at all.

    Parameters
    ----------
    path : path of the file
    template : str
        Name of the template; all extend ``base.html``, which wants ``title``.
    **values
        What the template asks for: text is escaped.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    from lincs import __version__

    text = _environment().get_template(template).render(version=__version__, **values)
    with io.atomic_write(path, "w") as file:
        file.write(text)


@functools.cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    # our own files, which go in as they are
    environment.globals["asset"] = lambda name: Markup((FOLDER / name).read_text("utf-8"))
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "allow_nan": False}
    return environment


def rounded_up(x: float | Fraction, digits: int = 6) -> float | None:
    """The least decimal of so many digits that is at least x, as the float nearest to it; None for nan."""
    if x != x:
        return None
    if x == 0:
        return 0.0
    exact = Fraction(x)
    exponent = math.floor(math.log10(abs(exact))) - digits + 1
    unit = Fraction(10) ** exponent
    return float(math.ceil(exact / unit) * unit)


def rounded_down(x: float | Fraction, digits: int = 6) -> float | None:
    """The largest decimal of so many digits that is at most x, as the float nearest to it; None for nan."""
    up = rounded_up(-x, digits)
    return None if up is None else 0.0 - up
