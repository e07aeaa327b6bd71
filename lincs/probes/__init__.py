"""Best probes for given representations: the kernel ratio gamma(A), with a certificate for either side.

For a fixed A everything about linear decoding is one number (the reduction theorem)::

    min over B of W_k(A, B) = min(1, k gamma(A)),
    gamma(A) = max { ||z||_inf / ||z||_1 : 0 != z in ker A } = min over B of max_ij |B^T A - I|_ij,

and the B that attains it is optimal for every sparsity k at once. Feature i contributes one linear program,
``gamma_i = min_b ||A^T b - e_i||_inf = max { z_i : A z = 0, ||z||_1 <= 1 }``, and gamma is the largest gamma_i.

Nothing that a solver says is believed. Both sides are certified against the array A that was passed:

Upper side. ``upper_i = max_j |<b_i, a_j> - [i = j]|`` for the float64 columns b_i that are returned, plus the bound
``d u / (1 - d u) ||b_i|| ||a_j||`` on the rounding error of the inner product (u = 2^-53), whatever its order.

Lower side. Scaling rows and columns of A by powers of two is exact; let A be scaled. Let Q (m, d) and S (d, d) be any
float arrays, ``eta_0 >= ||Q^T Q - I||_2``, ``g >= ||S A - Q^T||_F``, ``q = (1 + eta_0)^(1/2) >= ||Q||_2`` and
``eta = eta_0 + g q``. If eta < 1 then ``S A Q = I - F`` with ``||F||_2 <= eta``, so S and A have full row rank, and for
any w the vector ``c = Q (I - F)^-1 S A w`` satisfies A c = A w and ``||c||_2 <= q (||Q^T w||_2 + g ||w||_2) / (1 -
eta)``. So w - c is in ker A, exactly, for the float vector w at hand, and
``gamma_i >= (w_i - ||c||_2) / (||w||_1 + m^(1/2) ||c||_2)`` (with weights where columns were scaled). All of
eta_0, g and ||Q^T w|| are evaluated in float64 with their rounding bounded as above. Rows of A that depend on others
are left out of Q only where that is proved in integers; where it is not, the lower side falls back to what holds
always.
"""

from __future__ import annotations

from lincs._solvers import SolverError
from lincs.probes._best import best_probes, kernel_ratio
from lincs.probes._biased import affine_probes, threshold_probes
from lincs.probes._results import AffineProbes, BestProbes, Interrupted, KernelRatio, ThresholdProbes

__all__ = [
    "AffineProbes",
    "BestProbes",
    "Interrupted",
    "KernelRatio",
    "SolverError",
    "ThresholdProbes",
    "affine_probes",
    "best_probes",
    "kernel_ratio",
    "threshold_probes",
]
