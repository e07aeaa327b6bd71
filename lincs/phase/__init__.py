"""Phase transitions: how often decoders succeed on random matrices, over d and k, and the theoretical curves beside.

Two regimes, never mixed. "typical" is an experiment: one random z on one random A, and the verdict is about this z.
"worst" is a theorem about each drawn A: every z of Z_k is read to within eps, or some z is not; random is A alone.
"""

from lincs.phase._cells import DECODERS, REGIMES, Look
from lincs.phase._curves import Curves, curves, transition_band
from lincs.phase._experiments import PhaseDiagram, Threshold, phase_diagram, threshold, thresholds
from lincs.phase._statistics import SlopeFit, slope_fit, wilson_interval

__all__ = [
    "DECODERS",
    "REGIMES",
    "Curves",
    "Look",
    "PhaseDiagram",
    "SlopeFit",
    "Threshold",
    "curves",
    "phase_diagram",
    "slope_fit",
    "threshold",
    "thresholds",
    "transition_band",
    "wilson_interval",
]
