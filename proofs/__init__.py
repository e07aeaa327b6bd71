"""Proofs of the theorems behind lincs: one `<slug>.md` a theorem, and the steps of them that sympy certifies."""
