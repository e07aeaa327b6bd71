"""Every source that code or proofs cite is in references.bib, and every entry there is cited."""

import re
from pathlib import Path

from lincs import dimension_bounds
from lincs.theorems import THEOREMS

ROOT = Path(__file__).parents[1]
ENTRIES = re.findall(r"^@\w+\{(\w+),", (ROOT / "references.bib").read_text(), re.MULTILINE)
CODE = "\n".join(path.read_text() for path in ROOT.glob("lincs/**/*.py"))
PROOFS = "\n".join(path.read_text() for path in ROOT.glob("proofs/*.md"))


def test_no_key_stands_twice():
    assert sorted(ENTRIES) == sorted(set(ENTRIES))


def test_every_entry_is_cited():
    assert [key for key in ENTRIES if not re.search(rf"[\[\"]{key}[\],\"]|, {key}\]", CODE + PROOFS)] == []


def test_every_citation_has_its_entry():
    cited = set(re.findall(r"\[([A-Z]\w+)\]_", CODE))
    # only capitals are not enough outside docstrings: [AG] is a citation and [SYMPY] may be a name
    cited |= set(re.findall(r"\[([A-Z][A-Za-z]+\d{2,4})\]", CODE + PROOFS))
    cited |= set(re.findall(r"\[([A-Z]{2,5})\]", PROOFS))
    cited |= {key for theorem in THEOREMS.values() for key in theorem.sources}
    for m, eps in ((6, "0.31"), (30, "0.1"), (10**6, "0.05")):
        for bound in dimension_bounds(m, 1, eps).bounds:
            cited |= set(bound.sources)
    assert len(cited) > 30
    assert cited - set(ENTRIES) == set()
