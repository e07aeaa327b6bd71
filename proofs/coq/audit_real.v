(* The one theorem that needs logarithms, over the real numbers of mathcomp-analysis, with everything unfolded. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import reals exp.
From Lincs Require Import accessible random_real.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* d > 2 ln(m (m - 1)) (k/eps - 1)^2 is enough, with signs as columns and B a multiple of A *)
Theorem random_signs (R : realType) d m k (eps : R) : (0 < d)%N -> (0 < k)%N -> (1 < m)%N -> 0 < eps < k%:R ->
  2%:R * ln (m * m.-1)%:R * (k%:R / eps - 1) ^+ 2 < d%:R ->
  exists2 A : 'M[R]_(d, m), forall r j, A r j ^+ 2 = 1 &
  exists c : R, forall z : 'cV[R]_m, (#|[set j | (z j 0 != 0)%R]| <= k)%N -> (forall j, `|z j 0| <= 1) ->
  forall i, `|((c *: A)^T *m (A *m z) - z) i 0| < eps.
Proof. exact: random_logarithm. Qed.

Print Assumptions random_signs.
