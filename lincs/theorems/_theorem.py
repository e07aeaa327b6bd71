"""One theorem as data, and the domains that several of them share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lincs._numbers import Fraction

#: What a theorem asserts about its quantity; the tests choose their assertion by it.
KINDS = {
    "exact": "the quantity is the number that is stated",
    "enclosure": "the quantity lies between two numbers that are computed",
    "lower": "the quantity is at least the number that is stated",
    "upper": "the quantity is at most the number that is stated",
    "condition": "a hypothesis that can be decided implies the conclusion",
    "asymptotic": "the quantity grows like the function that is stated, in the range that is stated",
}

#: Who is behind a theorem in the form stated here.
ORIGINS = {
    "cited": "from the sources",
    "elementary": "well known and easy",
    "own": "derived here; the sources are for what it builds on",
}

Domain = Callable[[int, int, Fraction], bool]


#: The least d for which some (A, B) is (eps, k)-accessible, and the usual domains of bounds on it.
D = "d(m, k, eps)"
ALL = "1 <= k <= m, 0 < eps <= 1; delta = eps/k"
HALF = ALL + ", delta <= 1/2; delta' = delta/(1 - delta)"


@dataclass(frozen=True)
class Theorem:
    """A result that lincs rests on: what it says, where it holds, what evaluates it, and how its proof was checked.

    Parameters
    ----------
    slug : str
        Its name: key of `lincs.theorems.THEOREMS`, and ``theorem`` of a `lincs.Bound`.
    title : str
        A short sentence.
    kind : str
        One of `KINDS`.
    quantity : str
        What the kind is about, in symbols.
    statement, domain : str
        In symbols, in plain text; hypotheses are in ``domain``.
    evaluates : str
        Dotted name of the function that evaluates it.
    origin : str
        One of `ORIGINS`.
    construction : str or None
        Dotted name of what attains it.
    sources : tuple of str
        Keys into references.bib.
    depends_on : tuple of str
        Slugs of the theorems that its proof uses.
    checked : tuple of str
        How the steps of its proof were checked: "sympy" and "coq:<lemma>" by a machine, "by hand", "cited" for steps
        whose proof is in the sources.
    is_in_domain : callable or None
        For a theorem about m features, k of them active, and the tolerance eps, a Fraction: whether its domain contains
        (m, k, eps).
    row : tuple of str
        Its cells in the tables of the README; empty where it is in neither.
    """

    slug: str
    title: str
    kind: str
    quantity: str
    statement: str
    domain: str
    evaluates: str
    origin: str
    construction: str | None = None
    sources: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    checked: tuple[str, ...] = ()
    is_in_domain: Domain | None = None
    row: tuple[str, ...] = ()

    @property
    def proof(self) -> str:
        """The file of the proof, relative to a copy of the repository."""
        return f"proofs/{self.slug}.md"

    def to_dict(self) -> dict[str, Any]:
        """The theorem for JSON."""
        return {
            "slug": self.slug,
            "title": self.title,
            "kind": self.kind,
            "quantity": self.quantity,
            "statement": self.statement,
            "domain": self.domain,
            "evaluates": self.evaluates,
            "construction": self.construction,
            "origin": self.origin,
            "sources": list(self.sources),
            "depends_on": list(self.depends_on),
            "proof": self.proof,
            "checked": list(self.checked),
        }


def everywhere(m: int, k: int, eps: Fraction) -> bool:
    """1 <= k <= m and 0 < eps <= 1."""
    return 1 <= k <= m and 0 < eps <= 1


def small_delta_domain(m: int, k: int, eps: Fraction) -> bool:
    """delta <= 3/(2m) or delta >= 1/2."""
    return everywhere(m, k, eps) and m >= 2 and (2 * m * eps <= 3 * k or 2 * eps >= k)


def asymptotic_domain(m: int, k: int, eps: Fraction) -> bool:
    """delta <= 1/4 and m >= 1/delta^2."""
    return everywhere(m, k, eps) and 4 * eps <= k and m * eps**2 >= k * k


def published_domain(m: int, k: int, eps: Fraction) -> bool:
    """k >= 2, delta <= 1/4 and eps > k^(3/2) sqrt(5/m)."""
    return everywhere(m, k, eps) and k >= 2 and 4 * eps <= k and m * eps**2 > 5 * k**3
