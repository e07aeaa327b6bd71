(* Lower bounds on the dimension: what the joint trace bound says about a matrix near the identity.

   M is within delta <= 1/2 of the identity and has rank at most d; X = 1/delta' = 1/delta - 1. Then, for m >= 2,

     alon       m X^(2p) / C(d+p-1, p) < X^(2p) + (m - 1)                        (p >= 1; Welch's bound for p = 1)
     chebyshev  m T_p(X)^2 / D_p(d) <= T_p(X)^2 + (m - 1)                        D_p(d) = powers_dimension d p
     joint      m ((1-w^2) T^2 / D_q(d) + L^2 / D_{q+1}(d)) <= (1-w^2) T^2 + L^2 + (m - 1)
                with T = T_q(X), L = w X T + (X^2-1) U_{q-1}(X), any weight 0 <= w <= 1

   By the reduction theorem these bound d(m, k, eps) with delta = eps/k: see dimension_lower. The published Theorem 3 of
   Garg, Kleinberg and Peng is weaker than alon: it has ceil(m / (2k-1)) in place of m. *)
From mathcomp Require Import all_ssreflect all_algebra ring.
From Lincs Require Import accessible duality reduction rank_trace.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section NearIdentity.
Variables (R : realFieldType) (m d : nat) (M : 'M[R]_m) (delta : R).
Hypotheses (near : near_identity delta M) (delta_gt0 : 0 < delta) (delta_le : delta <= 2%:R^-1).
Hypotheses (rank_le : (\rank M <= d)%N) (m_gt0 : (0 < m)%N).
Let X := delta^-1 - 1.

Lemma X_ge1 : 1 <= X.
Proof. by rewrite ler_subr_addr -[1 + 1]/(2%:R) -[2%:R]invrK lef_pinv ?posrE ?invr_gt0 ?ltr0n. Qed.

(* rows scaled to the diagonal X: the other entries are below 1 *)
Lemma normalised : exists N : 'M[R]_m,
  [/\ (\rank N <= d)%N, forall i, N i i = X & forall i j, i != j -> `|N i j| < 1].
Proof.
have X_gt0 : 0 < X by apply: lt_le_trans X_ge1; apply: ltr01.
have diag i : delta * X < M i i.
  rewrite mulrBr mulr1 divff ?gt_eqF //; have := near i i; rewrite deviationE eqxx ltr_distl.
  by case/andP.
have diag_gt0 i : 0 < M i i by apply: le_lt_trans (diag i); rewrite mulr_ge0 ?ltW.
exists (diag_mx (\row_i (X / M i i)) *m M); split=> [|i|i j ij].
- by rewrite (leq_trans (mxrankM_maxr _ _)).
- by rewrite mul_diag_mx !mxE divfK ?gt_eqF.
rewrite mul_diag_mx !mxE normrM gtr0_norm ?divr_gt0 // mulrAC ltr_pdivr_mulr // mul1r mulrC.
apply: le_lt_trans (diag i); rewrite ler_pmul2r // ltW //.
by have := near i j; rewrite deviationE (negPf ij) subr0.
Qed.

Theorem joint_bound q (w : R) (T := (chebyshevT R q).[X]) (L := w * X * T + (X ^+ 2 - 1) * (chebyshevU R q).[X]) :
  0 <= w <= 1 ->
  m%:R * ((1 - w ^+ 2) * T ^+ 2 / (powers_dimension d q)%:R + L ^+ 2 / (powers_dimension d q.+1)%:R)
    <= (1 - w ^+ 2) * T ^+ 2 + L ^+ 2 + m.-1%:R.
Proof.
case/andP=> w_ge0 w_le1; have [N [rankN diagN offN]] := normalised.
pose f (l : bool) := if l then joint_poly w q else chebyshevT R q; pose c (l : bool) := if l then 1 else 1 - w ^+ 2.
pose D (l : bool) := powers_dimension d (if l then q.+1 else q).
have := @joint_trace_bound _ _ N X _ f c D m_gt0 _ diagN _ 1; rewrite !big_bool /= !mul1r joint_polyE addrC mulr1.
rewrite [X in _ <= X + _]addrC; apply.
- by case; rewrite /= ?ler01 ?subr_ge0 ?expr_le1.
- case; apply: parity_rank => //; first exact: joint_poly_parity.
  by case: (chebyshev_parity R q).
- by move=> i j /offN/ltW/joint_poly_le1; rewrite big_bool /= mul1r addrC.
Qed.

Corollary chebyshev_bound p (T := (chebyshevT R p.+1).[X]) :
  m%:R * (T ^+ 2 / (powers_dimension d p.+1)%:R) <= T ^+ 2 + m.-1%:R.
Proof.
have := @joint_bound p 1; cbv zeta; rewrite ler01 lexx expr1n subrr !mul0r !add0r => /(_ isT).
by rewrite -joint_polyE joint_poly1.
Qed.

Theorem alon_bound p : (1 < m)%N -> (0 < p)%N ->
  m%:R * (X ^+ (2 * p) / 'C((d + p).-1, p)%:R) < X ^+ (2 * p) + m.-1%:R.
Proof.
move=> m_gt1 p_gt0; have [N [rankN diagN offN]] := normalised.
(* finitely many entries: all N_ij^(2p) stay below some g < 1 *)
pose g := \big[Num.max/0]_(ij : 'I_m * 'I_m | ij.1 != ij.2) N ij.1 ij.2 ^+ (2 * p).
have g_lt1 : g < 1.
  apply: (big_ind (fun x => x < 1)) => [|x y x1 y1|[i j] /offN]; rewrite ?ltr01 ?lt_maxl ?x1 //=.
  rewrite mulnC exprM -[_ ^+ p ^+ 2]real_normK ?num_real // normrX -exprM mulnC => N1.
  by rewrite exprn_ilt1 // muln_eq0 negb_or /= -lt0n.
have rankX (l : unit) : (\rank (entrywise 'X^p N) <= 'C((d + p).-1, p))%N.
  apply: leq_trans (entrywise_rank (P := pred1 p) (leqnn _) _ rankN) _ => [j|].
    by rewrite coefXn pnatr_eq0 eqb0 negbK.
  by rewrite size_polyXn (big_pred1 ord_max) // => j; rewrite -val_eqE.
have := @joint_trace_bound _ _ N X _ (fun _ : unit => 'X^p) (fun=> 1) (fun=> 'C((d + p).-1, p))
  m_gt0 (fun=> ler01) diagN rankX g.
rewrite !big_const card_unit /= !addr0 !mul1r hornerXn -exprM mulnC => /(_ _)/le_lt_trans; apply.
  move=> i j ij; rewrite big_const card_unit /= addr0 mul1r hornerXn -exprM mulnC.
  exact: (@ler_bigmax _ _ (fun ij => ij.1 != ij.2) (fun ij => N ij.1 ij.2 ^+ (2 * p)) (i, j)).
by rewrite ltr_add2l -[X in _ < X]mulr1 ltr_pmul2l // ltr0n -ltnS prednK.
Qed.
End NearIdentity.

(* how a bound on the rank bounds the dimension: rank r is impossible, so d > r *)
Definition rank_excluded (R : realFieldType) (m r : nat) (delta : R) : Prop :=
  forall M : 'M[R]_m, (\rank M <= r)%N -> ~ near_identity delta M.

Theorem dimension_lower (R : realFieldType) m r k (eps : R) : (0 < k)%N -> eps <= 1 ->
  rank_excluded m r (eps / k%:R) -> forall d (A B : 'M[R]_(d, m)), accessible k eps A B -> (r < d)%N.
Proof.
move=> k_gt0 eps_le1 excluded d A B acc; rewrite ltnNge; apply/negP => d_le.
have [|M rankM /excluded[]] := (reduction d m k_gt0 eps_le1).1; first by exists A, B.
exact: leq_trans d_le.
Qed.

(* one dimension is needed as soon as there is a feature *)
Lemma dimension_gt0 (R : realFieldType) m (delta : R) : (0 < m)%N -> delta <= 1 -> rank_excluded m 0 delta.
Proof.
move=> m_gt0 delta_le1 M; rewrite leqn0 mxrank_eq0 => /eqP -> /(_ (Ordinal m_gt0) (Ordinal m_gt0)).
by rewrite deviationE mxE eqxx sub0r normrN normr1 ltNge delta_le1.
Qed.
