"""lincs: linear compressed sensing.

How many dimensions d do m features need, k of them active, for linear probes to read each to within eps?
`dimension_bounds` gives certified bounds, `frames` the constructions that attain them, `worst_case_error` verifies any
pair (A, B) exactly, `best_probes` finds the best B for an A, `activations` the best on recorded data. `l1` is nonlinear
decoding with proofs, `phase` where decoders begin to succeed; `toy` trains toy models of superposition; `theorems`,
`certificates`, `check` and `formal` are what the numbers rest on.
"""

from lincs import activations, certificates, check, formal, frames, l1, linearity, phase, report, table, theorems, toy
from lincs._checks import InputError
from lincs._numbers import Enclosure
from lincs.accessibility import (
    FeatureErrors,
    Undecided,
    Witness,
    WorstCase,
    babel,
    coherence,
    feature_errors,
    matched_probes,
    real_form,
    scaled_probes,
    welch_bound,
    worst_case_error,
)
from lincs.bounds import (
    Bound,
    DimensionBounds,
    Range,
    best_eps,
    dimension_bounds,
    largest_sparsity,
    most_features,
    threshold_dimension,
)
from lincs.frames import Frame
from lincs.io import load_matrix, load_pair
from lincs.probes import (
    AffineProbes,
    BestProbes,
    KernelRatio,
    ThresholdProbes,
    affine_probes,
    best_probes,
    kernel_ratio,
    threshold_probes,
)

__version__ = "0.1.0"

__all__ = [
    "AffineProbes",
    "BestProbes",
    "Bound",
    "DimensionBounds",
    "Enclosure",
    "FeatureErrors",
    "Frame",
    "InputError",
    "KernelRatio",
    "Range",
    "ThresholdProbes",
    "Undecided",
    "Witness",
    "WorstCase",
    "__version__",
    "activations",
    "affine_probes",
    "babel",
    "best_eps",
    "best_probes",
    "certificates",
    "check",
    "coherence",
    "dimension_bounds",
    "feature_errors",
    "formal",
    "frames",
    "kernel_ratio",
    "l1",
    "largest_sparsity",
    "linearity",
    "load_matrix",
    "load_pair",
    "matched_probes",
    "most_features",
    "phase",
    "real_form",
    "report",
    "scaled_probes",
    "table",
    "theorems",
    "threshold_dimension",
    "threshold_probes",
    "toy",
    "welch_bound",
    "worst_case_error",
]
