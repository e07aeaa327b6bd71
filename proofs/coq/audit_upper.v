(* The upper bounds with everything unfolded: a reader who trusts Coq and mathcomp trusts the statements of this file. *)
From Coq Require Import NArith.
From mathcomp Require Import all_ssreflect all_algebra all_field ring zify.
From Lincs Require Import accessible rank_trace lower coherence conference reed_solomon random turan frames_check.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* (A, B) reads every feature of every k-sparse z in [-1, 1]^m with an error below eps *)
Definition reads (R : realFieldType) d m k (eps : R) (A B : 'M[R]_(d, m)) : Prop :=
  forall z : 'cV[R]_m, (#|[set j | (z j 0 != 0)%R]| <= k)%N -> (forall j, `|z j 0| <= 1) ->
  forall i, `|(B^T *m (A *m z) - z) i 0| < eps.

Theorem coherence (R : realFieldType) d m k (eps mu s : R) (A B : 'M[R]_(d, m)) :
  0 < s -> 0 <= mu -> k%:R * (mu / (1 + mu)) < eps -> (0 < k)%N ->
  (forall i, (B^T *m A) i i = s) -> (forall i j, i != j -> `|(B^T *m A) i j| <= mu * s) ->
  reads k eps A ((s * (1 + mu))^-1 *: B).
Proof. exact: coherence_accessible. Qed.

(* Paley: q + 1 features in (q + 1)/2 dimensions for every prime power q = 1 mod 4 *)
Theorem paley (R : rcfType) p e k (eps : R) (q := (p ^ e)%N) :
  prime p -> (0 < e)%N -> (q %% 4 = 1)%N -> (0 < k)%N -> 0 < eps -> (k%:R - eps) ^+ 2 < eps ^+ 2 * q%:R ->
  exists A B : 'M[R]_(q.+1./2, q.+1), reads k eps A B.
Proof. exact: paley_prime_power. Qed.

(* Reed-Solomon, all symbols allowed: p^(e T) features in n (p^e - 1) + 1 dimensions at k (T - 1) < 2 n eps *)
Theorem reed_solomon (R : realFieldType) p e T n k (eps : R) (q := (p ^ e)%N) :
  prime p -> (0 < e)%N -> (0 < T)%N -> (T <= n)%N -> (n <= q.+1)%N -> (0 < k)%N -> (k * T.-1)%:R < eps * n.*2%:R ->
  exists A B : 'M[R]_((n * q.-1).+1, q ^ T), reads k eps A B.
Proof.
move=> p_prime e_gt0 T_gt0 T_le n_le k_gt0 lt; have q_gt0 : (0 < q)%N by rewrite expn_gt0 prime_gt0.
have := @reed_solomon_achievable R p e T n q 0 k eps p_prime e_gt0 T_gt0 T_le n_le k_gt0 lt q_gt0.
by rewrite addn0 leqnn mul0n add0n subn0 expn0 mul1n -mulnDl subnKC //; apply.
Qed.

(* signs: the published upper bound in a finite form *)
Theorem signs (R : realFieldType) d m k s (eps l : R) :
  (0 < d)%N -> (0 < k)%N -> 1 <= l -> k%:R * s%:R < eps * (d + s)%:R ->
  (m * m.-1)%:R * ((l + l^-1) / 2%:R) ^+ d < l ^+ s.+1 ->
  exists2 A : 'M[R]_(d, m), forall r j, A r j ^+ 2 = 1 & reads k eps A ((d + s)%:R^-1 *: A).
Proof. exact: random_achievable. Qed.

(* the published lower bound: Turan's theorem, then Alon's inequality at n = ceil(m / (2 k - 1)) *)
Theorem published_lower_bound (R : realFieldType) d m k n p (eps : R) (A B : 'M[R]_(d, m)) :
  reads k eps A B -> (0 < k)%N -> eps <= 1 -> eps / k%:R <= 2%:R^-1 ->
  (n.-1 * k.-1.*2.+1 < m)%N -> (1 < n)%N -> (0 < p)%N ->
  n%:R * ((k%:R / eps - 1) ^+ (2 * p) / 'C((d + p).-1, p)%:R) < (k%:R / eps - 1) ^+ (2 * p) + n.-1%:R.
Proof.
move=> acc k_gt0 eps_le1 delta_le n_lt n_gt1 p_gt0; apply: (turan_alon_bound acc) => //.
by apply: le_lt_trans delta_le _; rewrite invf_lt1 ?ltr0n // ltr1n.
Qed.

(* Paley's frame meets the Welch bound: its dimension is exact for 1/q < delta'^2 <= (q + 3)/(q (q - 1)),
   where 1/delta' = k/eps - 1. *)
Theorem paley_exact (R : rcfType) p e k (eps : R) (q := (p ^ e)%N) (X := k%:R / eps - 1 : R) :
  prime p -> (0 < e)%N -> (q %% 4 = 1)%N -> (0 < k)%N -> 0 < eps <= 1 -> eps / k%:R <= 2%:R^-1 ->
  X ^+ 2 < q%:R -> (q * q.-1)%:R <= (q + 3)%:R * X ^+ 2 ->
  (exists A B : 'M[R]_(q.+1./2, q.+1), reads k eps A B) /\
  forall d (A B : 'M[R]_(d, q.+1)), reads k eps A B -> (q.+1./2 <= d)%N.
Proof.
move=> p_prime e_gt0 q_mod k_gt0 /andP[eps_gt0 eps_le1] delta_le X_lt X_ge; split.
  apply: paley_prime_power => //; have -> : k%:R - eps = eps * X by rewrite mulrBr mulr1 mulrC divfK ?gt_eqF.
  by rewrite exprMn ltr_pmul2l // exprn_gt0.
move=> d A B acc; have [M rank_le near] := (reduction.reduction d q.+1 k_gt0 eps_le1).1 (ex_intro _ A (ex_intro _ B acc)).
have delta_gt0 : 0 < eps / k%:R by rewrite divr_gt0 ?ltr0n.
have q_gt1 : (1 < q)%N by rewrite (leq_trans (prime_gt1 p_prime)) // -{1}[p]expn1 leq_exp2l // prime_gt1.
have d_gt0 : (0 < d)%N.
  rewrite lt0n; apply: contraTneq isT => d0; rewrite d0 in rank_le.
  have delta_le1 : eps / k%:R <= 1 by apply: le_trans delta_le _; rewrite invf_le1 ?ltr0n // ler1n.
  by case: (dimension_gt0 (ltn0Sn q) delta_le1 rank_le near).
have := alon_bound near delta_gt0 delta_le rank_le (ltn0Sn q) (ltnW q_gt1 : (1 < q.+1)%N) (ltn0Sn 0).
rewrite invf_div -/X addn1 bin1 muln1 mulrA ltr_pdivr_mulr ?ltr0n // => welch.
rewrite leqNgt; apply/negP => d_lt; have d_le : (d.*2 <= q.-1)%N by lia.
have d_le' : d%:R * 2%:R <= q.-1%:R :> R by rewrite -natrM muln2 ler_nat.
have : (q.+1%:R * X ^+ 2) * 2%:R < (X ^+ 2 + q%:R) * q.-1%:R.
  apply: (@lt_le_trans _ _ ((X ^+ 2 + q%:R) * d%:R * 2%:R)); first by rewrite ltr_pmul2r ?ltr0n.
  by rewrite -mulrA ler_wpmul2l // addr_ge0 ?sqr_ge0 ?ler0n.
rewrite ltNge => /negP; apply; move: X_ge; rewrite natrM natrD (_ : q.+1%:R = q.-1%:R + 2%:R) => [|]; last first.
  by rewrite -natrD addn2 prednK // ltnW.
have -> : q%:R = q.-1%:R + 1 :> R by rewrite -mulrSr prednK // ltnW.
move: (X ^+ 2) q.-1%:R => x y ge; rewrite -subr_ge0; move: ge; rewrite -subr_ge0.
have -> : (y + 2%:R) * x * 2%:R - (x + (y + 1)) * y = (y + 1 + 3%:R) * x - (y + 1) * y by ring.
by [].
Qed.

(* the form in which `lincs` writes an upper bound into a file: a check on binary numbers, computed *)
Theorem computed_frame (R : realFieldType) d m k a b num den columns probes :
  frame_check d m k a b num den columns probes ->
  exists A B : 'M[R]_(N.to_nat d, N.to_nat m), reads (N.to_nat k) ((N.to_nat a)%:R / (N.to_nat b)%:R) A B.
Proof. exact: frame_check_achievable. Qed.

Print Assumptions coherence.
Print Assumptions paley.
Print Assumptions reed_solomon.
Print Assumptions signs.
Print Assumptions published_lower_bound.
Print Assumptions paley_exact.
Print Assumptions computed_frame.
