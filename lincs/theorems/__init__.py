"""The theorems that lincs rests on: what each says, where it holds, what evaluates it, how its proof was checked.

`THEOREMS` maps a slug to a `Theorem`; a proof of each is in the folder ``proofs`` of the repository. ``python -m
lincs.theorems README.md`` writes the tables anew that stand between ``<!-- theorems: lower -->`` or ``<!-- theorems:
upper -->`` and ``<!-- end -->``.
"""

from __future__ import annotations

import difflib
import re
import textwrap
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from lincs._checks import InputError
from lincs.theorems._checked import CHECKED
from lincs.theorems._classical import CLASSICAL, GROWTH
from lincs.theorems._linear import LINEAR
from lincs.theorems._lower import DIMENSION, LOWER
from lincs.theorems._theorem import KINDS, ORIGINS, Theorem
from lincs.theorems._upper import UPPER

__all__ = [
    "KINDS",
    "ORIGINS",
    "THEOREMS",
    "Theorem",
    "detail_lines",
    "readme_tables",
    "summary_lines",
    "theorem",
    "with_tables",
]

#: All theorems by their slugs, in the order in which a reader meets them.
THEOREMS: Mapping[str, Theorem] = MappingProxyType(
    {
        each.slug: replace(each, checked=CHECKED.get(each.slug, ()))
        for group in (LINEAR, DIMENSION, LOWER, UPPER, GROWTH, CLASSICAL)
        for each in group
    }
)

_HEADS = {
    "lower": ("lower bound", "rank d is impossible if", "source"),
    "upper": ("upper bound", "dimensions d", "features m", "coherence"),
}


def theorem(slug: str) -> Theorem:
    """The theorem of this name.

    Parameters
    ----------
    slug : str
        A key of `THEOREMS`, such as "chebyshev"; also ``theorem`` of a `lincs.Bound`.

    Returns
    -------
    Theorem

    Raises
    ------
    InputError
        There is none of this name; the message names those that are spelt alike.

    Examples
    --------
    >>> print(theorem("welch").statement)
    Rank d is impossible if d (1 + (m-1) delta'^2) <= m.
    """
    if slug not in THEOREMS:
        near = difflib.get_close_matches(str(slug), THEOREMS, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "`lincs theorems` lists all"
        raise InputError(f"there is no theorem {str(slug)[:40]!r}; {hint}")
    return THEOREMS[slug]


def summary_lines() -> list[str]:
    """A line for each theorem: slug, kind and title.

    Examples
    --------
    >>> summary_lines()[0]
    'worst_case_error         exact       The worst-case error of a pair is a sum of k entries of one row'
    """
    return [f"{each.slug:<24} {each.kind:<11} {each.title}" for each in THEOREMS.values()]


def detail_lines(theorem: Theorem) -> list[str]:
    """All about one theorem, for people; `Theorem.to_dict` is the same for programs.

    Examples
    --------
    >>> print("\\n".join(detail_lines(THEOREMS["welch"])[:2]))
    welch: The Welch bound, for any pair (A, B)
      kind          lower: the quantity is at least the number that is stated
    """
    fields = {
        "kind": f"{theorem.kind}: {KINDS[theorem.kind]}",
        "quantity": theorem.quantity,
        "statement": theorem.statement,
        "domain": theorem.domain,
        "evaluated by": theorem.evaluates,
        "attained by": theorem.construction or "",
        "origin": f"{theorem.origin}: {ORIGINS[theorem.origin]}",
        "sources": ", ".join(theorem.sources),
        "depends on": ", ".join(theorem.depends_on),
        "proof": f"{theorem.proof} ({', '.join(theorem.checked)})",
    }
    lines = [f"{theorem.slug}: {theorem.title}"]
    wrapper = textwrap.TextWrapper(120, break_on_hyphens=False, break_long_words=False, subsequent_indent=" " * 16)
    for name, text in fields.items():
        if text:
            wrapper.initial_indent = f"  {name:<13} "
            lines += wrapper.wrap(text)
    return lines


def readme_tables() -> dict[str, str]:
    """The two Markdown tables of the README, by their names "lower" and "upper".

    Examples
    --------
    >>> print(readme_tables()["upper"].splitlines()[3])
    | `identity` | m | m | 0 |
    """
    tables = {}
    for kind, head in _HEADS.items():
        rows = [(f"`{each.slug}`", *each.row) for each in THEOREMS.values() if each.row and each.kind == kind]
        lines = [head, ("---",) * len(head), *rows]
        tables[kind] = (
            "\n".join(f"| {' | '.join(line)} |" for line in lines).replace("| --- ", "|---").replace("--- |", "---|")
        )
    return tables


def with_tables(text: str) -> str:
    """A text with the tables between its markers written anew.

    Examples
    --------
    >>> text = "<!-- theorems: upper -->\\nold\\n<!-- end -->"
    >>> with_tables(text).splitlines()[1]
    '| upper bound | dimensions d | features m | coherence |'
    """
    for kind, table in readme_tables().items():
        marked = re.compile(rf"(<!-- theorems: {kind} -->\n).*?(<!-- end -->)", re.DOTALL)
        text = marked.sub(lambda found, table=table: f"{found[1]}{table}\n{found[2]}", text)  # type: ignore[misc]
    return text
