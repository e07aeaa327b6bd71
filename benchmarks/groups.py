"""What is compared with what: for each group the task whose time is the unit, and for each growth what theory says."""

from __future__ import annotations

from typing import NamedTuple


class Group(NamedTuple):
    title: str
    base: str  # the task that the others are divided by
    note: str = ""


class Growth(NamedTuple):
    title: str
    variable: str
    theory: float
    note: str


VERIFY_NOTE = (
    "Ours are exact, W_1..W_64 from one call with a witness; numpy's are rounded. Frames whose rows all tie "
    "are the worst case for the pass in float32."
)

GROUPS = {
    "verify": Group("verify: m = 8192, d = 256, k <= 64, all cores", "bare product B^T A, float64", VERIFY_NOTE),
    "verify-single": Group(
        "verify, float32: m = 8192, d = 256, k <= 64, all cores", "bare product B^T A, float32", "Exact as well."
    ),
    "verify-cores": Group("verify, cores: m = 8192, d = 256, B = A, float64", "lincs, one core"),
    "verify-full": Group("verify: m = 30522, d = 512, k <= 64, all cores", "bare product B^T A, float64", VERIFY_NOTE),
    "verify-full-single": Group(
        "verify, float32: m = 30522, d = 512, k <= 64, all cores", "bare product B^T A, float32", "Exact as well."
    ),
    "verify-full-cores": Group("verify, cores: m = 30522, d = 512, B = A, float64", "lincs, one core"),
    "verify-full-tied": Group(
        "verify, kerdock: m = 33023, d = 256, k <= 64, all rows tie", "bare product B^T A, float64",
        "In exact integers, against the product in floats.",
    ),
    "probes-256": Group(
        "probes: Gaussian A, m = 256, d = 96, one core", "lincs.best_probes to 1e-3",
        "A user solves a linear program for each of the m features, uncertified; a sample of them was timed.",
    ),
    "probes-1024": Group("probes: Gaussian A, m = 1024, d = 320, one core", "lincs.best_probes to 1e-3"),
    "decode": Group(
        "decode: 1000 columns, m = 512, d = 128, k = 20, one core", "lincs.l1.decode_many",
        "Ours proves each answer to be the only minimiser. Those that go column by column were timed on a sample; "
        "spgl1 stops at 1e-6, and none of them comes with a proof.",
    ),
    "omp": Group(
        "orthogonal matching pursuit: 1000 columns, m = 512, d = 128, k = 20, one core",
        "lincs.l1.orthogonal_matching_pursuit",
    ),
    "activations-2000": Group(
        "probes on recorded activations: n = 2000, d = 32, m = 32", "lincs.activations.minimax_probes",
        "A user solves a linear program of 2n constraints for each feature; a sample of them was timed.",
    ),
    "activations-5000": Group(
        "probes on recorded activations: n = 5000, d = 64, m = 64", "lincs.activations.minimax_probes"
    ),
    "activations-full": Group(
        "probes on recorded activations: n = 20000, d = 256, m = 64, float32", "lincs.activations.minimax_probes"
    ),
    "bounds-6": Group(
        "bounds: m = 10^6, k = 10, eps = 0.05", "lincs.dimension_bounds",
        "Ours are both sides, by all theorems, with certificates in integers; the search is Alon's lower bound alone, "
        "over all degrees by bisection, rounded as it comes.",
    ),
    "bounds-30": Group("bounds: m = 10^30, k = 10, eps = 0.05", "lincs.dimension_bounds"),
    "columns": Group(
        "frames: 2000 columns out of 10^6, at delta = 1/64", "random signs of numpy, d = 4096",
        "What has a theorem for its coherence against random vectors that have none.",
    ),
    "whole-weil": Group(
        "frames: W_1..W_64 of all columns of a Weil frame", "lincs, all rows, m = 7,442, d = 122",
        "One row tells all, because a transitive group acts: exactly what the dense verifier finds on the same frame.",
    ),
    "whole-kerdock": Group(
        "frames: W_1..W_64 of all columns of a Kerdock frame", "lincs, all rows, m = 2,112, d = 64"
    ),
    "compile": Group(
        "compiled loops: a process of its own, to the end of its first call", "import numpy, lincs",
        "The overhead is what exceeds the first line: compilation in the first process on a machine, loading numba and "
        "what it compiled in later ones.",
    ),
}  # fmt: skip

GROWTHS = {
    "verify-m": Growth("worst_case_error", "m", 2, "d = 128, k = 16"),
    "verify-d": Growth("worst_case_error", "d", 1, "m = 4096, k = 16"),
    "verify-k": Growth("worst_case_error", "k", 0, "m = 4096, d = 256"),
    "kernel-m": Growth("kernel_ratio", "m", 2, "d = 128"),
    "kernel-d": Growth("kernel_ratio", "d", 1, "m = 1024"),
    "decode-m": Growth("l1.decode_many", "m", 1, "d = 128, k = 8, 1000 columns"),
    "decode-d": Growth("l1.decode_many", "d", 1, "m = 512, k = 8, 1000 columns"),
    "decode-k": Growth("l1.decode_many", "k", 0, "m = 512, d = 128, 1000 columns, all within reach of L1"),
}
