"""L1 decoding: basis pursuit with proofs, whether L1 recovers a given vector, and greedy baselines.

Basis pursuit answers x = A z with the minimiser of ``||z'||_1`` subject to ``A z' = x``. Let S be the support of z and
s its signs there. Two lemmas decide whether L1 recovers z, that is, whether z is the only minimiser for x = A z:

Dual side. If A_S is injective and some w has ``A_S^T w = s`` and ``|a_j^T w| < 1`` off S, then z is recovered. For any
h != 0 in ker A, ``<s, h_S> = <A_S^T w, h_S> = -sum off S of h_j a_j^T w``, so that ``||z + h||_1 - ||z||_1`` is at
least ``<s, h_S> + sum off S of |h_j| >= sum off S of |h_j| (1 - |a_j^T w|) > 0`` (h is not 0 off S, as A_S is
injective). The converse holds too ([ZYC]_).

Primal side. If h != 0 is in ker A and ``F(h) = <s, h_S> + sum off S of |h_j| <= 0``, then z is not recovered: for small
t > 0, ``||z + t h||_1 = ||z||_1 + t F(h)``.

Both depend on S and s alone. Nothing that an iteration or a solver says is believed; both are certified for the floats
of A with all rounding included (u = 2^-53, ``gamma_n = n u / (1 - n u)``):

Dual side. For any float array X (s, s) let Y be ``X A_S^T`` in floats, ``eta >= ||Y Y^T - I||_F`` and ``e >= ||Y - X
A_S^T||_F``, their rounding bounded by gamma. Then ``sigma = ((1 - eta)^(1/2) - e) / ||X||_F``, if positive, is below
the least singular value of A_S. With ``rho >= ||A_S^T w - s||_2`` some w' with ``||w' - w||_2 <= rho / sigma`` solves
the equations exactly, so that ``|a_j^T w| + ||a_j||_2 rho / sigma < 1`` off S suffices.

Primal side. A float vector h near ker A differs from some exact kernel vector by at most a bound c in the Euclidean
norm (`lincs.probes` says how), in which F has the Lipschitz constant ``m^(1/2)`` (with weights where columns were
scaled): so ``F(h) + m^(1/2) c < 0`` suffices. Equality, F(h) = 0, is decided in integers.
"""

from __future__ import annotations

from lincs._solvers import SolverError
from lincs.l1._certificates import certifies
from lincs.l1._decode import decode, decode_many
from lincs.l1._greedy import iterative_hard_thresholding, omp_margins, omp_recovers, orthogonal_matching_pursuit
from lincs.l1._recovery import recovery
from lincs.l1._results import Decoding, Decodings, Recovery

__all__ = [
    "Decoding",
    "Decodings",
    "Recovery",
    "SolverError",
    "certifies",
    "decode",
    "decode_many",
    "iterative_hard_thresholding",
    "omp_margins",
    "omp_recovers",
    "orthogonal_matching_pursuit",
    "recovery",
]
