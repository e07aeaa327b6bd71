(* The reduction theorem: linear accessibility at (m, k, eps) is approximation of the identity to eps/k.

   1. The k largest entries of a row against the inputs |z_j| <= M, |z|_1 <= k M (the convex hull of the k-sparse ones).
   2. (best_probes) For a fixed A: min over B of W_k(A, B) = min(1, k gamma(A)); one B is optimal for all k at once.
   3. (dimension_reduction) d(m, k, eps) = d(m, 1, eps/k) for eps <= 1: the least rank of a matrix within eps/k of
      the identity.
      For eps > 1 it fails: A = 0 will do.
   4. (l1_recovery) L1 minimisation recovers every s-sparse z from A z if 2 s gamma(A) < 1, hence if 2 s eps <= k.
   5. (small_delta) A matrix within 1/m of the identity has full rank; rank m - 1 attains 1/m. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Lincs Require Import accessible duality.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section LargestEntries.
Variables (R : realFieldType) (m k : nat).
Implicit Types (x z : 'I_m -> R).

(* a set of the l largest entries, chosen one after the other *)
Lemma largest_entries x l : (l <= m)%N ->
  exists2 T : {set 'I_m}, #|T| = l & forall i j, i \in T -> j \notin T -> x j <= x i.
Proof.
elim: l => [_|l IH lm]; first by exists set0; rewrite ?cards0 // => i j; rewrite inE.
have [T cardT largest] := IH (ltnW lm).
have [i0 i0T] : exists i0, i0 \notin T.
  have [i0] : exists i0, i0 \in ~: T by apply/card_gt0P; rewrite cardsCs setCK cardT card_ord subn_gt0.
  by rewrite inE; exists i0.
have [i iT imax] := @arg_maxP _ R _ i0 [pred i | i \notin T] x i0T.
exists (i |: T); first by rewrite cardsU1 (iT : i \notin T) cardT.
move=> i' j; rewrite !inE negb_or => /predU1P[-> | i'T] /andP[_ jT]; [exact: imax | exact: largest].
Qed.

Lemma largest_entries_bound x z (e M : R) : (0 < k)%N ->
  (forall j, 0 <= x j) -> (forall j, 0 <= z j) ->
  (forall S : {set 'I_m}, (#|S| <= k)%N -> \sum_(j in S) x j <= e) ->
  (forall j, z j <= M) -> \sum_j z j <= k%:R * M ->
  \sum_j x j * z j <= e * M.
Proof.
move=> k_gt0 x0 z0 xe zM z1.
have M0 : 0 <= M by have := le_trans (sumr_ge0 _ (fun j _ => z0 j)) z1; rewrite pmulr_rge0 ?ltr0n.
have sumM (T : {set 'I_m}) : (#|T| <= k)%N -> \sum_(j in T) x j * M <= e * M.
  by move=> Tk; rewrite -mulr_suml ler_wpmul2r ?xe.
have [mk | /ltnW km] := leqP m k.
  apply: le_trans (sumM setT _); last by rewrite cardsT card_ord.
  by rewrite [X in _ <= X](eq_bigl predT) => [|j]; [apply: ler_sum => j _; rewrite ler_wpmul2l | rewrite inE].
have [T cardT largest] := largest_entries x km.
have [t0 t0T] : exists t0, t0 \in T by apply/card_gt0P; rewrite cardT.
have [t tT tmin] := @arg_minP _ R _ t0 (mem T) x t0T.
(* x_j <= x_t off T and x_j >= x_t on T *)
apply: (@le_trans _ _ (\sum_(j in T) (x j - x t) * z j + x t * \sum_j z j)).
  rewrite mulr_sumr (bigID (mem T)) /= [X in _ <= _ + X](bigID (mem T)) /= addrA -big_split /=.
  apply: ler_add; apply: ler_sum => j jT; first by rewrite -mulrDl subrK.
  by rewrite ler_wpmul2r ?largest.
apply: le_trans (sumM T _); last by rewrite cardT.
apply: (@le_trans _ _ (\sum_(j in T) (x j - x t) * M + x t * (k%:R * M))).
  apply: ler_add; last by rewrite ler_wpmul2l.
  by apply: ler_sum => j jT; rewrite ler_wpmul2l ?subr_ge0 ?tmin.
rewrite -cardT mulrCA [_%:R * _]mulr_natl -sumr_const -big_split /=.
by apply: ler_sum => j _; rewrite -mulrDl subrK.
Qed.
End LargestEntries.

Section FixedRepresentation.
Variables (R : realFieldType) (d m k : nat) (A : 'M[R]_(d, m)) (gamma : R).
Hypotheses (m_gt0 : (0 < m)%N) (k_gt0 : (0 < k)%N) (gammaP : is_kernel_ratio gamma A).
Let k_pos : 0 < k%:R :> R. Proof. by rewrite ltr0n. Qed.

(* no probes beat min(1, k gamma): they read nothing of the kernel vector that attains gamma *)
Lemma worst_case_error_lower B : Num.min 1 (k%:R * gamma) <= worst_case_error k A B.
Proof.
set W := worst_case_error k A B; have W_ge0 : 0 <= W by apply: bigmax_ge0.
case: gammaP => gamma_ge0 bound attained.
have [-> | gamma_neq0] := eqVneq gamma 0; first by rewrite mulr0 le_minl W_ge0 orbT.
have gamma_gt0 : 0 < gamma by rewrite lt0r gamma_neq0.
have [z [i [Az z1 zi]]] := attained gamma_neq0.
(* z fits into the hull scaled by M = gamma / min(1, k gamma) *)
pose M := Num.max gamma k%:R^-1.
have : gamma <= W * M.
  rewrite -[X in X <= _]zi (deviation_kernel B i Az) normrN (le_trans (ler_norm_sum _ _ _)) //.
  under eq_bigr => j _ do rewrite normrM.
  apply: (@largest_entries_bound _ _ k) => //.
  - move=> S Sk; apply: le_trans (ler_bigmax _ (isT : predT i)).
    exact: (ler_bigmax (fun S : {set 'I_m} => \sum_(j in S) `|deviation (B^T *m A) i j|) Sk).
  - by move=> j; rewrite le_maxr; apply/orP; left; have := bound z Az j; rewrite z1 mulr1.
  - by rewrite -/(l1_norm z) z1 mulrC -ler_pdivr_mulr // mul1r le_maxr lexx orbT.
rewrite /M; case: (leP gamma k%:R^-1) => [_ | _]; last by rewrite -[X in X <= W * _]mul1r ler_pmul2r // le_minl => ->.
by rewrite ler_pdivl_mulr // mulrC le_minl => ->; rewrite orbT.
Qed.

Lemma worst_case_error_entrywise B : (forall i j, `|deviation (B^T *m A) i j| <= gamma) ->
  worst_case_error k A B <= k%:R * gamma.
Proof.
move=> EB; case: gammaP => gamma_ge0 _ _.
have [z [i [zk z1 <-]]] := @worst_case_error_attained _ _ _ k A B m_gt0.
rewrite recovery_errorE (le_trans (recovery_error_le A B i z1)) //.
apply: (@le_trans _ _ (\sum_(j in support z) gamma)); first by apply: ler_sum => j _; apply: EB.
by rewrite sumr_const -[gamma *+ _]mulr_natl ler_wpmul2r // ler_nat.
Qed.

(* (best_probes) *)
Theorem best_probes :
  (forall B, Num.min 1 (k%:R * gamma) <= worst_case_error k A B) /\
  exists B, worst_case_error k A B = Num.min 1 (k%:R * gamma).
Proof.
split=> [|]; first exact: worst_case_error_lower.
have [le1 | /ltW ge1] := leP (k%:R * gamma) 1.
  have [B EB] := (kernel_ratio_duality gammaP gamma).2 (or_introl (lexx _)).
  exists B; apply/eqP; rewrite eq_le worst_case_error_entrywise //=.
  by have := worst_case_error_lower B; rewrite (min_idPr le1).
exists 0; apply/eqP; rewrite eq_le; have := worst_case_error_lower 0; rewrite (min_idPl ge1) => ->; rewrite andbT.
have [z [i [_ z1 <-]]] := @worst_case_error_attained _ _ _ k A 0 m_gt0.
by rewrite trmx0 mul0mx sub0r mxE normrN z1.
Qed.
End FixedRepresentation.

Section Dimension.
Variables (R : realFieldType) (d m k : nat).
Implicit Types (A B : 'M[R]_(d, m)) (M : 'M[R]_m) (eps : R).

(* (dimension_reduction) for a fixed A: probes for error eps/k per entry exist as soon as any probes are accessible *)
Theorem accessible_near_identity A B eps : (0 < k)%N -> eps <= 1 -> accessible k eps A B ->
  exists B', near_identity (eps / k%:R) (B'^T *m A).
Proof.
move=> k_gt0 eps_le1 acc; have [m0 | m_gt0] := posnP m.
  by exists B => i; have := ltn_ord i; rewrite {2}m0.
have [gamma [B' [gammaP EB']]] := kernel_ratio_exists A.
exists B' => i j; apply: le_lt_trans (EB' i j) _; rewrite ltr_pdivl_mulr ?ltr0n // mulrC.
have := worst_case_error_lower k_gt0 gammaP B; move/(accessible_worst_case k A B eps m_gt0): acc => W_lt.
by move/le_lt_trans/(_ W_lt); rewrite lt_minl ltNge eps_le1.
Qed.

Lemma factor_rank M : (\rank M <= d)%N -> exists A B, M = B^T *m A.
Proof.
move=> rank_le; exists (pid_mx (\rank M) *m row_ebase M), (col_ebase M *m pid_mx (\rank M))^T.
by rewrite trmxK mulmxA -[_ *m pid_mx _ *m pid_mx _]mulmxA pid_mx_id // mulmx_ebase.
Qed.

(* (dimension_reduction): d(m, k, eps) is the approximate rank of the identity *)
Theorem reduction eps : (0 < k)%N -> eps <= 1 ->
  (exists A B : 'M[R]_(d, m), accessible k eps A B) <->
  (exists2 M : 'M[R]_m, (\rank M <= d)%N & near_identity (eps / k%:R) M).
Proof.
move=> k_gt0 eps_le1; split=> [[A [B]] | [M /factor_rank[A [B ->]]]].
  case/(accessible_near_identity k_gt0 eps_le1) => B' near; exists (B'^T *m A) => //.
  exact: leq_trans (mulmx_max_rank _ _) _.
by move/near_identity_accessible; exists A, B.
Qed.
End Dimension.

Corollary reduction_one (R : realFieldType) d m k (eps : R) : (0 < k)%N -> eps <= 1 ->
  (exists A B : 'M[R]_(d, m), accessible k eps A B) <->
  (exists A B : 'M[R]_(d, m), accessible 1 (eps / k%:R) A B).
Proof.
move=> k_gt0 eps_le1; have delta_le1 : eps / k%:R <= 1.
  by rewrite ler_pdivr_mulr ?ltr0n // mul1r (le_trans eps_le1) ?ler1n.
by rewrite reduction // [X in _ <-> X]reduction // divr1.
Qed.

(* the hypothesis eps <= 1 is needed *)
Theorem reduction_fails (R : realFieldType) m k (eps : R) : (0 < m)%N -> 1 < eps <= k%:R ->
  (exists A B : 'M[R]_(0, m), accessible k eps A B) /\
  ~ (exists2 M : 'M[R]_m, (\rank M <= 0)%N & near_identity (eps / k%:R) M).
Proof.
move=> m_gt0 /andP[eps_gt1 eps_lek]; split.
  exists 0, 0 => z _ z1 i; rewrite trmx0 mul0mx sub0r mxE normrN.
  exact: le_lt_trans (z1 i) eps_gt1.
have k_gt0 : 0 < k%:R :> R by apply: lt_le_trans eps_lek; apply: lt_trans ltr01 eps_gt1.
case=> M; rewrite leqn0 mxrank_eq0 => /eqP -> /(_ (Ordinal m_gt0) (Ordinal m_gt0)).
rewrite deviationE mxE eqxx sub0r normrN normr1 ltNge ler_pdivr_mulr // mul1r.
by rewrite eps_lek.
Qed.

Section L1Recovery.
Variables (R : realFieldType) (d m : nat).
Implicit Types (A B : 'M[R]_(d, m)) (z : 'cV[R]_m).

Lemma l1_norm_gt0 z : z != 0 -> 0 < l1_norm z.
Proof.
move=> z_neq0; rewrite lt0r sumr_ge0 // andbT; apply: contraNneq z_neq0 => /eqP.
rewrite psumr_eq0 // => /allP z0; apply/eqP/colP => j; rewrite mxE; apply/eqP.
by rewrite -normr_eq0 (implyP (z0 j _)) // mem_index_enum.
Qed.

(* (l1_recovery): the null space property of order s *)
Theorem l1_recovery A gamma s : kernel_bound gamma A -> (2 * s)%:R * gamma < 1 ->
  forall z z', sparse s z -> A *m z' = A *m z -> z' != z -> l1_norm z < l1_norm z'.
Proof.
move=> bound s_gamma z z' zs Az' neq; pose h := z' - z.
have Ah : A *m h = 0 by rewrite mulmxBr Az' subrr.
have h_gt0 : 0 < l1_norm h by rewrite l1_norm_gt0 ?subr_eq0.
have gamma_h_ge0 : 0 <= gamma * l1_norm h.
  have [j _ | none] := pickP (fun _ : 'I_m => true); first exact: le_trans (bound h Ah j).
  by move: h_gt0; rewrite /l1_norm big_pred0 ?ltxx.
have half : (\sum_(j in support z) `|h j 0|) *+ 2 < l1_norm h.
  have gamma_h : gamma * l1_norm h * (2 * s)%:R < l1_norm h.
    by rewrite mulrAC -[X in _ < X]mul1r ltr_pmul2r // mulrC.
  apply: le_lt_trans gamma_h; rewrite natrM mulrCA -[_ *+ 2]mulr_natl ler_wpmul2l ?ler0n //.
  apply: le_trans (ler_sum _ (fun j _ => bound h Ah j)) _; rewrite sumr_const -[_ *+ #|_|]mulr_natr.
  by rewrite ler_wpmul2l ?ler_nat.
suff : l1_norm z - (\sum_(j in support z) `|h j 0|) *+ 2 + l1_norm h <= l1_norm z'.
  by apply: lt_le_trans; rewrite -addrA -[X in X < _]addr0 ltr_add2l addrC subr_gt0.
rewrite /l1_norm [\sum_(j in support z) _]big_mkcond /= -sumrMnl -sumrB -big_split /=.
apply: ler_sum => j _; have hj : z' j 0 = z j 0 + h j 0 by rewrite !mxE addrC subrK.
case: ifPn => [_ | /support_notin zj]; last by rewrite hj zj normr0 mul0rn subr0 !add0r.
by rewrite mulr2n opprD addrA subrK hj ler_sub_norm_add.
Qed.

Corollary accessible_l1_recovery A B k eps s : (0 < k)%N -> eps <= 1 -> (2 * s)%:R * eps <= k%:R ->
  accessible k eps A B ->
  forall z z', sparse s z -> A *m z' = A *m z -> z' != z -> l1_norm z < l1_norm z'.
Proof.
move=> k_gt0 eps_le1 s_eps acc; have [m0 | m_gt0] := posnP m.
  by move=> z z' _ _ /eqP[]; apply/colP => j; have := ltn_ord j; rewrite {2}m0.
have [gamma [B' [gammaP _]]] := kernel_ratio_exists A; have [gamma_ge0 bound _] := gammaP.
apply: (l1_recovery bound); have := worst_case_error_lower k_gt0 gammaP B.
move/(accessible_worst_case k A B eps m_gt0): acc => W_lt.
move/le_lt_trans/(_ W_lt); rewrite lt_minl ltNge eps_le1 /= => k_gamma.
have [-> | s_gt0] := posnP s; first by rewrite muln0 mul0r ltr01.
rewrite -(ltr_pmul2l (_ : 0 < k%:R)) ?ltr0n // mulr1 mulrCA; apply: lt_le_trans s_eps.
by rewrite ltr_pmul2l // ltr0n muln_gt0.
Qed.
End L1Recovery.

Section FullRank.
Variables (R : realFieldType) (m : nat).
Hypothesis m_gt0 : (0 < m)%N.
Let m_pos : 0 < m%:R :> R. Proof. by rewrite ltr0n. Qed.

Lemma trivial_kernel_rank d (A : 'M[R]_(d, m)) : (forall z : 'cV_m, A *m z = 0 -> z = 0) -> \rank A = m.
Proof.
move=> ker0; rewrite -mxrank_tr; apply/eqP; rewrite -/(row_free _) -kermx_eq0; apply/rowV0P => v /sub_kermxP vA.
by apply: trmx_inj; rewrite trmx0; apply: ker0; rewrite -[A]trmxK -trmx_mul vA trmx0.
Qed.

(* (small_delta) *)
Theorem full_rank d (A B : 'M[R]_(d, m)) (delta : R) : delta <= m%:R^-1 ->
  near_identity delta (B^T *m A) -> \rank A = m.
Proof.
move=> delta_le near; have acc : accessible 1 delta A B by apply: near_identity_accessible; rewrite divr1.
have [gamma [_ [gammaP _]]] := kernel_ratio_exists A; have [gamma_ge0 bound _] := gammaP.
have m_gamma : m%:R * gamma < 1.
  have := worst_case_error_lower (ltn0Sn 0) gammaP B; move/(accessible_worst_case 1 A B delta m_gt0): acc => W_lt.
  move/le_lt_trans/(_ W_lt)/lt_le_trans/(_ delta_le); rewrite mul1r lt_minl.
  by rewrite -ltr_pdivl_mull // mulr1 ltNge invf_le1 // ler1n m_gt0.
apply: trivial_kernel_rank => z Az; apply/eqP; apply: contraLR m_gamma => /l1_norm_gt0 z_gt0.
rewrite -leNgt -(ler_pmul2r z_gt0) mul1r -mulrA.
apply: le_trans (ler_sum _ (fun j _ => bound z Az j)) _.
by rewrite sumr_const card_ord mulr_natl.
Qed.

(* and 1/m is the threshold: 1 - J/m *)
Theorem full_rank_sharp : exists2 M : 'M[R]_m, (\rank M <= m.-1)%N & forall i j, `|deviation M i j| = m%:R^-1.
Proof.
pose M : 'M[R]_m := 1%:M - const_mx m%:R^-1; exists M => [|i j]; last first.
  by rewrite /deviation /M addrC addKr !mxE normrN ger0_norm ?invr_ge0 ?ltW.
rewrite -ltnS prednK // ltn_neqAle rank_leq_row andbT; apply/negP; rewrite -/(row_free M) row_free_unit => uM.
have M1 : M *m (const_mx 1 : 'cV_m) = 0.
  apply/colP => i; rewrite mulmxBl mul1mx !mxE.
  under eq_bigr => j _ do rewrite !mxE mulr1.
  by rewrite sumr_const card_ord -[_ *+ m]mulr_natr mulVf ?gt_eqF // subrr.
have /colP/(_ (Ordinal m_gt0)) := mulKmx uM (const_mx 1 : 'cV_m); rewrite M1 mulmx0 !mxE => /esym/eqP.
by rewrite oner_eq0.
Qed.
End FullRank.
