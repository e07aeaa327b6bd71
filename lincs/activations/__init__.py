"""(eps, S)-recovery from data: how accurately affine probes read features from recorded activations.

S is a finite set of samples, with activations x_s in R^d and values z_s of a feature. The feature is linearly
accessible on S at eps if some probe has ``|<b, x_s> + c - z_s| < eps`` on every sample, and the least such eps is a
linear program with the dual ::

    min over b, c of max_s |<b, x_s> + c - z_s| = max { <w, z> : X^T w = 0, sum w = 0, ||w||_1 <= 1 }.

Nothing that a solver says is believed. Both sides are certified against the arrays that were passed:

Upper side. The errors of the b, c that are returned, on all samples, in float64, plus the bound
``gamma_(d+1) (||b||^2 + c^2)^(1/2) (||x_s||^2 + 1)^(1/2)`` on the rounding of the inner product, whatever its order.

Lower side. Weights w on a few samples, generically d + 2 of them, that solve the equations up to rounding. The argument
in the docstring of `lincs.probes` bounds the distance of w from an exact solution, and with it what rounding costs.
Where columns of X nearly depend on others, so that probes are long, products are taken in twice the precision [ORO05]_.
Of a feature with two values that no hyperplane separates, signs of the weights prove the lower side exactly, 1/2 for 0
and 1. Where columns of X depend on others up to rounding, but not provably, all that fails and the lower side is 0.

`minimax_probes` computes all that, `compare_probes` puts least squares and logistic probes beside it, and errors on
samples that were held out. That is what a person with a network has; `lincs.best_probes` is about a matrix A of
representations and all k-sparse z.
"""

from lincs.activations._compare import compare_probes, least_squares_probes, logistic_probes, probe_errors
from lincs.activations._minimax import minimax_probes
from lincs.activations._results import Comparison, DualWeights, MinimaxProbes, ProbeErrors, Probes

__all__ = [
    "Comparison",
    "DualWeights",
    "MinimaxProbes",
    "ProbeErrors",
    "Probes",
    "compare_probes",
    "least_squares_probes",
    "logistic_probes",
    "minimax_probes",
    "probe_errors",
]
