"""Frames that others are made of, named in a parameter: text such as "simplex(m=5)"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lincs._checks import InputError
from lincs._numbers import Fraction
from lincs.frames._base import Frame

#: Families whose members may be parts: those that are quick to search, and a sum may be one of three, four, ...
PARTS = (
    "identity", "simplex", "paley", "steiner", "linear_space", "reed_solomon", "kerdock", "delsarte_goethals", "gold",
    "weil", "construction_x", "direct_sum",
)  # fmt: skip


def written(frame: Frame) -> str:
    """The frame as text, from which `part` makes it again.

    Examples
    --------
    >>> from lincs.frames import simplex
    >>> written(simplex(5)), part("simplex(m=5)", "tail").d
    ('simplex(m=5)', 4)
    """
    return f"{frame.family}({', '.join(f'{name}={value}' for name, value in frame.params.items())})"


def part(text: str, name: str) -> Frame:
    """The frame that the text says; ``name`` is the parameter that it stands for."""
    from lincs.frames import make

    found = re.fullmatch(r"(\w+)\((.*)\)", text.strip())
    if not found or found[1] not in PARTS:
        raise InputError(f"{name} must be a frame such as simplex(m=5), of one of {', '.join(PARTS)}, got {text}")
    params: dict[str, int | str] = {}
    for item in _items(found[2]):
        key, equals, value = item.strip().partition("=")
        if not equals or not key.isidentifier():
            raise InputError(f"{name} must be a frame such as simplex(m=5), got {text}")
        params[key] = int(value) if re.fullmatch(r"\d+", value) else value
    try:
        return make(found[1], **params)
    except TypeError:
        raise InputError(f"{name} has not the parameters of {found[1]}: {text}") from None


def _items(text: str) -> list[str]:
    """The text between commas that are not within parentheses."""
    items, depth = [""], 0
    for character in text:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            items.append("")
        else:
            items[-1] += character
    return items


def best_part(m: int, delta: Fraction, families: Sequence[str], below: int) -> Frame | None:
    """The member of least dimension of these families that has room and is accurate, if that is less than ``below``."""
    from lincs.frames import FAMILIES

    best = None
    for family in families:
        frame = FAMILIES[family].best_for(m, delta)
        if frame is not None and frame.d < below:
            best, below = frame, frame.d
    return best
