(* What is proved, in one place: the headline theorems with the definitions of this development unfolded, so that a
   reader has to trust only the statements here (and mathcomp's). Each is proved by the library's theorem, little else.
   Only the boolean functions certifies and kernel_certifies stay folded: what they compute needs no trust, since being
   true is all that the theorems about them suppose. The output of Print Assumptions is compared with audit.expected. *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From Lincs Require Import accessible duality reduction rank_trace lower kernel integers.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* (B^T A z - z)_i < eps in absolute value for all k-sparse z in the cube iff all sums of k entries of rows of E are *)
Theorem exact_characterisation (R : realFieldType) d m k (eps : R) (A B : 'M[R]_(d, m)) :
  (forall z : 'cV[R]_m, (#|[set j | (z j 0 != 0)%R]| <= k)%N -> (forall j, `|z j 0| <= 1) ->
     forall i, `|(B^T *m (A *m z) - z) i 0| < eps) <->
  (forall i (S : {set 'I_m}), (#|S| <= k)%N -> \sum_(j in S) `|(B^T *m A - 1%:M) i j| < eps).
Proof. exact: accessibleP. Qed.

(* W_k(A, B), the largest such sum, is an upper bound on every error, and attained *)
Theorem worst_case (R : realFieldType) d m k (A B : 'M[R]_(d, m))
    (W := \big[Num.max/0]_i \big[Num.max/0]_(S : {set 'I_m} | (#|S| <= k)%N) \sum_(j in S) `|(B^T *m A - 1%:M) i j|) :
  (0 < m)%N ->
  (forall (z : 'cV[R]_m) i, (#|[set j | (z j 0 != 0)%R]| <= k)%N -> (forall j, `|z j 0| <= 1) ->
     `|(B^T *m (A *m z) - z) i 0| <= W) /\
  exists (z : 'cV[R]_m) i, [/\ (#|[set j | (z j 0 != 0)%R]| <= k)%N, forall j, `|z j 0| <= 1
    & `|(B^T *m (A *m z) - z) i 0| = W].
Proof. by move=> m_gt0; split=> [z i|]; [exact: worst_case_error_ge | exact: worst_case_error_attained]. Qed.

(* a finite system a_i x <= c_i is solvable unless a nonnegative combination of it reads 0 <= c with c < 0 *)
Theorem farkas_lemma (R : realFieldType) n (I : finType) (a : I -> 'rV[R]_n) (c : I -> R) :
  (exists x : 'cV[R]_n, forall i, (a i *m x) 0 0 <= c i) <->
  (forall w : I -> R, (forall i, 0 <= w i) -> \sum_i w i *: a i = 0 -> 0 <= \sum_i w i * c i).
Proof. exact: farkas. Qed.

(* the kernel ratio: a maximum over the kernel of A, and a minimum over B, both attained *)
Theorem kernel_ratio (R : realFieldType) d m (A : 'M[R]_(d, m)) : exists gamma,
  [/\ 0 <= gamma,
      forall z : 'cV[R]_m, A *m z = 0 -> forall i, `|z i 0| <= gamma * \sum_j `|z j 0|,
      gamma != 0 -> exists (z : 'cV[R]_m) i, [/\ A *m z = 0, \sum_j `|z j 0| = 1 & `|z i 0| = gamma]
    & exists B : 'M[R]_(d, m), forall i j, `|(B^T *m A - 1%:M) i j| <= gamma].
Proof. by have [gamma [B [[g0 bound attained] EB]]] := kernel_ratio_exists A; exists gamma; split=> //; exists B. Qed.

(* (best_probes): min over B of W_k(A, B) = min(1, k gamma(A)) *)
Theorem best_probes_for_A (R : realFieldType) d m k (A : 'M[R]_(d, m)) (gamma : R) : (0 < m)%N -> (0 < k)%N ->
  [/\ 0 <= gamma,
      forall z : 'cV[R]_m, A *m z = 0 -> forall i, `|z i 0| <= gamma * \sum_j `|z j 0|
    & gamma != 0 -> exists (z : 'cV[R]_m) i, [/\ A *m z = 0, \sum_j `|z j 0| = 1 & `|z i 0| = gamma]] ->
  let W (B : 'M[R]_(d, m)) : R := \big[Num.max/0]_i \big[Num.max/0]_(S : {set 'I_m} | (#|S| <= k)%N)
    \sum_(j in S) `|(B^T *m A - 1%:M) i j| in
  (forall B, Num.min 1 (k%:R * gamma) <= W B) /\ exists B, W B = Num.min 1 (k%:R * gamma).
Proof. exact: best_probes. Qed.

(* (dimension_reduction): d(m, k, eps) is the least rank of a matrix within eps / k of the identity *)
Theorem reduction_theorem (R : realFieldType) d m k (eps : R) : (0 < k)%N -> eps <= 1 ->
  (exists A B : 'M[R]_(d, m), forall z : 'cV[R]_m,
     (#|[set j | (z j 0 != 0)%R]| <= k)%N -> (forall j, `|z j 0| <= 1) ->
     forall i, `|(B^T *m (A *m z) - z) i 0| < eps) <->
  (exists2 M : 'M[R]_m, (\rank M <= d)%N & forall i j, `|(M - 1%:M) i j| < eps / k%:R).
Proof. exact: reduction. Qed.

Theorem reduction_to_one_feature (R : realFieldType) d m k (eps : R) : (0 < k)%N -> eps <= 1 ->
  (exists A B : 'M[R]_(d, m), forall z : 'cV[R]_m,
     (#|[set j | (z j 0 != 0)%R]| <= k)%N -> (forall j, `|z j 0| <= 1) ->
     forall i, `|(B^T *m (A *m z) - z) i 0| < eps) <->
  (exists A B : 'M[R]_(d, m), forall z : 'cV[R]_m,
     (#|[set j | (z j 0 != 0)%R]| <= 1)%N -> (forall j, `|z j 0| <= 1) ->
     forall i, `|(B^T *m (A *m z) - z) i 0| < eps / k%:R).
Proof. exact: reduction_one. Qed.

Theorem reduction_needs_eps_le1 (R : realFieldType) m k (eps : R) : (0 < m)%N -> 1 < eps <= k%:R ->
  (exists A B : 'M[R]_(0, m), forall z : 'cV[R]_m,
     (#|[set j | (z j 0 != 0)%R]| <= k)%N -> (forall j, `|z j 0| <= 1) ->
     forall i, `|(B^T *m (A *m z) - z) i 0| < eps) /\
  ~ (exists2 M : 'M[R]_m, (\rank M <= 0)%N & forall i j, `|(M - 1%:M) i j| < eps / k%:R).
Proof. exact: reduction_fails. Qed.

(* (l1_recovery): from accessibility to L1 minimisation *)
Theorem l1_recovers (R : realFieldType) d m k s (eps : R) (A B : 'M[R]_(d, m)) :
  (0 < k)%N -> eps <= 1 -> (2 * s)%:R * eps <= k%:R ->
  (forall z : 'cV[R]_m, (#|[set j | (z j 0 != 0)%R]| <= k)%N -> (forall j, `|z j 0| <= 1) ->
     forall i, `|(B^T *m (A *m z) - z) i 0| < eps) ->
  forall z z' : 'cV[R]_m, (#|[set j | (z j 0 != 0)%R]| <= s)%N ->
  A *m z' = A *m z -> z' != z -> \sum_j `|z j 0| < \sum_j `|z' j 0|.
Proof. exact: accessible_l1_recovery. Qed.

(* (small_delta): full rank up to 1/m, and sharp *)
Theorem small_delta_full_rank (R : realFieldType) d m (A B : 'M[R]_(d, m)) (delta : R) : (0 < m)%N ->
  delta <= m%:R^-1 -> (forall i j, `|(B^T *m A - 1%:M) i j| < delta) -> \rank A = m.
Proof. by move=> m_gt0 delta_le; apply: full_rank. Qed.

Theorem small_delta_sharp (R : realFieldType) m : (0 < m)%N ->
  exists2 M : 'M[R]_m, (\rank M <= m.-1)%N & forall i j, `|(M - 1%:M) i j| = m%:R^-1.
Proof. exact: full_rank_sharp. Qed.

(* (polynomial_trace): trace against rank, and polynomials applied entrywise *)
Theorem trace_rank_inequality (R : realFieldType) n (M : 'M[R]_n) :
  \tr M ^+ 2 <= (\rank M)%:R * \sum_i \sum_j M i j ^+ 2.
Proof. exact: trace_rank. Qed.

Theorem polynomial_rank (F : fieldType) m n (f : {poly F}) (M : 'M[F]_(m, n)) :
  (\rank (\matrix_(i, j) f.[M i j] : 'M_(m, n)) <=
   \sum_(j < size f | (f`_j != 0)%R) 'C((\rank M + j).-1, j))%N.
Proof.
rewrite (_ : matrix_of_fun _ _ = entrywise f M); last by apply/matrixP => i j; rewrite !mxE.
exact: (entrywise_rank (P := fun j => f`_j != 0)).
Qed.

(* (joint_trace), for any polynomials and weights *)
Theorem joint_trace_inequality (R : realFieldType) n (N : 'M[R]_n) (x g : R) (I : finType) (f : I -> {poly R})
    (c : I -> R) (D : I -> nat) : (0 < n)%N -> (forall l, 0 <= c l) -> (forall i, N i i = x) ->
  (forall l, (\rank (map_mx (horner (f l)) N) <= D l)%N) ->
  (forall i j, i != j -> \sum_l c l * (f l).[N i j] ^+ 2 <= g) ->
  n%:R * (\sum_l c l * (f l).[x] ^+ 2 / (D l)%:R) <= (\sum_l c l * (f l).[x] ^+ 2) + n.-1%:R * g.
Proof. by move=> n_gt0 c_ge0 diag rank_le off; apply: joint_trace_bound. Qed.

(* the lower bounds, for M within delta <= 1/2 of the identity of rank at most d *)
Theorem alon_lower (R : realFieldType) m d (M : 'M[R]_m) (delta : R) p (X := delta^-1 - 1) : (1 < m)%N -> (0 < p)%N ->
  (forall i j, `|(M - 1%:M) i j| < delta) -> 0 < delta -> delta <= 2%:R^-1 -> (\rank M <= d)%N ->
  m%:R * (X ^+ (2 * p) / 'C((d + p).-1, p)%:R) < X ^+ (2 * p) + m.-1%:R.
Proof. by move=> m1 p0 near d0 d2 rk; apply: (alon_bound near d0 d2 rk (ltnW m1)). Qed.

(* T, U : the Chebyshev polynomials by their recursions, at X *)
Theorem joint_lower (R : realFieldType) m d (M : 'M[R]_m) (delta w : R) (T U : nat -> R) q (X := delta^-1 - 1)
    (D := fun p => (\sum_(j < p.+1 | odd j == odd p) 'C((d + j).-1, j))%N) (L := w * X * T q + (X ^+ 2 - 1) * U q) :
  T 0%N = 1 -> T 1%N = X -> (forall p, T p.+2 = 2%:R * X * T p.+1 - T p) ->
  U 0%N = 0 -> U 1%N = 1 -> (forall p, U p.+2 = 2%:R * X * U p.+1 - U p) ->
  (0 < m)%N -> 0 <= w <= 1 ->
  (forall i j, `|(M - 1%:M) i j| < delta) -> 0 < delta -> delta <= 2%:R^-1 -> (\rank M <= d)%N ->
  m%:R * ((1 - w ^+ 2) * T q ^+ 2 / (D q)%:R + L ^+ 2 / (D q.+1)%:R)
    <= (1 - w ^+ 2) * T q ^+ 2 + L ^+ 2 + m.-1%:R.
Proof.
move=> T0 T1 TS U0 U1 US m0 w01 near d0 d2 rk; rewrite /L.
have two (S S' : nat -> R) : S 0%N = S' 0%N -> S 1%N = S' 1%N -> (forall p, S p.+2 = 2%:R * X * S p.+1 - S p) ->
    (forall p, S' p.+2 = 2%:R * X * S' p.+1 - S' p) -> forall p, S p = S' p.
  move=> S0 S1 SS SS' p; suff [] : S p = S' p /\ S p.+1 = S' p.+1 by [].
  by elim: p => [|p [IH0 IH1]]; rewrite ?SS ?SS' ?IH0 ?IH1.
have -> : T q = (chebyshevT R q).[X].
  apply: (two T (fun p => (chebyshevT R p).[X])) => //.
  - by rewrite T0 /chebyshevT hornerC.
  - by rewrite T1 /chebyshevT /= mulr1 !mulr0 subr0 addr0 hornerX.
  - by move=> p; rewrite chebyshevT_rec hornerD hornerN !hornerM hornerX hornerMn hornerC.
have -> : U q = (chebyshevU R q).[X].
  apply: (two U (fun p => (chebyshevU R p).[X])) => //.
  - by rewrite U0 /chebyshevU hornerC.
  - by rewrite U1 /chebyshevU /= mulr0 add0r hornerC.
  - by move=> p; rewrite chebyshevU_rec hornerD hornerN !hornerM hornerX hornerMn hornerC.
exact: (joint_bound near d0 d2 rk m0).
Qed.

(* (kernel): the sum of the entries of a projection of rank c, and what it says about a matrix near the identity *)
Theorem projection_entries (R : rcfType) n c (P : 'M[R]_n) : P^T = P -> P *m P = P -> (\rank P <= c)%N ->
  \tr P = c%:R -> (0 < c)%N ->
  (c%:R + 1) * (\sum_i \sum_j `|P i j|) <= n%:R * (2%:R + (c%:R - 1) * Num.sqrt (c%:R + 2%:R)).
Proof.
have c2 : 0 < c%:R + 2%:R :> R by rewrite ltr_paddl ?ler0n ?ltr0n.
move=> PT PP rankP trP c_gt0; apply: projection_sum => //; first by rewrite sqrtr_gt0.
exact: sqr_sqrtr (ltW c2).
Qed.

Theorem kernel_lower (R : rcfType) m c (M : 'M[R]_m) (delta : R) :
  (forall i j, `|(M - 1%:M) i j| < delta) -> (0 < c)%N -> (\rank M + c <= m)%N ->
  (c * c.+1)%:R < m%:R * delta * (2%:R + (c%:R - 1) * Num.sqrt (c%:R + 2%:R)).
Proof. exact: kernel_bound. Qed.

(* integers decide: what the files of `lincs bounds --coq` rest on *)
Theorem integer_certificate (c : certificate) (m k a b d : Z) : certifies c m k a b d ->
  forall (R : realFieldType) d' (A B : 'M[R]_(d', Z.to_nat m)),
  (forall z : 'cV[R]_(Z.to_nat m), (#|[set j | (z j 0 != 0)%R]| <= Z.to_nat k)%N -> (forall j, `|z j 0| <= 1) ->
     forall i, `|(B^T *m (A *m z) - z) i 0| < (Z.to_nat a)%:R / (Z.to_nat b)%:R) ->
  (Z.to_nat d <= d')%N.
Proof. exact: certified_lower_bound. Qed.

Theorem kernel_certificate (m k a b d : Z) : kernel_certifies m k a b d ->
  forall (R : rcfType) d' (A B : 'M[R]_(d', Z.to_nat m)),
  (forall z : 'cV[R]_(Z.to_nat m), (#|[set j | (z j 0 != 0)%R]| <= Z.to_nat k)%N -> (forall j, `|z j 0| <= 1) ->
     forall i, `|(B^T *m (A *m z) - z) i 0| < (Z.to_nat a)%:R / (Z.to_nat b)%:R) ->
  (Z.to_nat d <= d')%N.
Proof. exact: certified_kernel_bound. Qed.

(* d(10^6, 10, 1/10) >= 9706 and d(10^12, 1, 1/10) >= 560 *)
Theorem one_million_features (R : realFieldType) d (A B : 'M[R]_(d, Z.to_nat 1000000)) :
  (forall z : 'cV[R]_(Z.to_nat 1000000), (#|[set j | (z j 0 != 0)%R]| <= 10)%N -> (forall j, `|z j 0| <= 1) ->
     forall i, `|(B^T *m (A *m z) - z) i 0| < 1%:R / 10%:R) ->
  (Z.to_nat 9706 <= d)%N.
Proof. by apply: (@certified_lower_bound (alon 1) 1000000 10 1 10); vm_compute. Qed.

Theorem million_million_features (R : realFieldType) d (A B : 'M[R]_(d, Z.to_nat 1000000000000)) :
  (forall z : 'cV[R]_(Z.to_nat 1000000000000), (#|[set j | (z j 0 != 0)%R]| <= 1)%N -> (forall j, `|z j 0| <= 1) ->
     forall i, `|(B^T *m (A *m z) - z) i 0| < 1%:R / 10%:R) ->
  (Z.to_nat 560 <= d)%N.
Proof. by apply: (@certified_lower_bound (chebyshev 5) 1000000000000 1 1 10); vm_compute. Qed.

Print Assumptions exact_characterisation.
Print Assumptions worst_case.
Print Assumptions farkas_lemma.
Print Assumptions kernel_ratio.
Print Assumptions best_probes_for_A.
Print Assumptions reduction_theorem.
Print Assumptions reduction_to_one_feature.
Print Assumptions reduction_needs_eps_le1.
Print Assumptions l1_recovers.
Print Assumptions small_delta_full_rank.
Print Assumptions small_delta_sharp.
Print Assumptions trace_rank_inequality.
Print Assumptions polynomial_rank.
Print Assumptions joint_trace_inequality.
Print Assumptions alon_lower.
Print Assumptions joint_lower.
Print Assumptions projection_entries.
Print Assumptions kernel_lower.
Print Assumptions integer_certificate.
Print Assumptions kernel_certificate.
Print Assumptions one_million_features.
Print Assumptions million_million_features.
