(* Rank against trace: what forces dimensions (the method of Alon, "Perturbed identity matrices have high rank").

   1. (tr M)^2 <= rank M * ||M||_F^2 for every real square matrix.
   2. A polynomial applied entrywise raises the rank d to at most the sum of C(d+j-1, j) over its degrees j.
   3. The joint trace bound, for polynomials f_l with weights c_l >= 0 and G = sum c_l f_l^2: if N has rank d, the
      diagonal x, and G <= g off it, then n sum c_l f_l(x)^2 / D_l <= G(x) + (n-1) g.
   4. Chebyshev polynomials by the Pell pair (T_p, U_{p-1}), and the closed pair of polynomials for it. *)
From mathcomp Require Import all_ssreflect all_algebra ring.
From Lincs Require Import accessible.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section TraceRank.
Variable R : realFieldType.

Definition frobenius2 m n (M : 'M[R]_(m, n)) : R := \sum_i \sum_j M i j ^+ 2.

Lemma frobenius2E m n (M : 'M[R]_(m, n)) : frobenius2 M = \tr (M *m M^T).
Proof. by apply: eq_bigr => i _; rewrite mxE; apply: eq_bigr => j _; rewrite mxE expr2. Qed.

Lemma frobenius2_ge0 m n (M : 'M[R]_(m, n)) : 0 <= frobenius2 M.
Proof. by apply: sumr_ge0 => i _; apply: sumr_ge0 => j _; apply: sqr_ge0. Qed.

Lemma frobenius2_eq0 m n (M : 'M[R]_(m, n)) : frobenius2 M = 0 -> M = 0.
Proof.
move/eqP; rewrite psumr_eq0 => [/allP M0 | i _]; last by apply: sumr_ge0 => j _; apply: sqr_ge0.
apply/matrixP => i j; have /M0 := mem_index_enum i; rewrite /= psumr_eq0 => [/allP|j' _]; last exact: sqr_ge0.
by move/(_ j (mem_index_enum j)); rewrite /= sqrf_eq0 mxE => /eqP.
Qed.

(* the orthogonal projection onto the span of independent rows *)
Lemma row_free_projector r n (C : 'M[R]_(r, n)) : row_free C ->
  exists P : 'M[R]_n, [/\ P^T = P, P *m P = P, C *m P = C, (P <= C)%MS & \tr P = r%:R].
Proof.
move=> fC; pose G := C *m C^T; have uG : G \in unitmx.
  rewrite -row_free_unit -kermx_eq0; apply/rowV0P => v /sub_kermxP vG.
  apply: (row_free_inj fC); rewrite mul0mx; apply: frobenius2_eq0.
  by rewrite frobenius2E trmx_mul mulmxA -[v *m C *m _]mulmxA vG mul0mx mxtrace0.
have GT : G^T = G by rewrite trmx_mul trmxK.
pose P := C^T *m invmx G *m C; have CP : C *m P = C by rewrite /P !mulmxA -/G mulmxV // mul1mx.
exists P; split=> //.
- by rewrite /P !trmx_mul trmxK trmx_inv GT mulmxA.
- by rewrite -[X in X *m P]/(C^T *m invmx G *m C) -mulmxA CP.
- exact: submxMl.
- by rewrite /P mxtrace_mulC mulmxA -/G mulmxV // mxtrace1.
Qed.

(* ||r M - (tr M) P||^2 = r (r ||M||^2 - (tr M)^2) *)
Theorem trace_rank n (M : 'M[R]_n) : \tr M ^+ 2 <= (\rank M)%:R * frobenius2 M.
Proof.
have [r0 | r_gt0] := posnP (\rank M).
  by move/eqP: (r0); rewrite mxrank_eq0 => /eqP ->; rewrite mxtrace0 expr0n mulr_ge0 ?ler0n ?frobenius2_ge0.
have [P [PT PP CP _ trP]] := row_free_projector (row_base_free M).
have {CP} MP : M *m P = M by rewrite -[M in LHS](mulmx_base M) -mulmxA CP mulmx_base.
set r : R := (\rank M)%:R in trP *.
have r_pos : 0 < r by rewrite ltr0n.
have := frobenius2_ge0 (r *: M - \tr M *: P).
have PMT : P *m M^T = M^T by rewrite -{1}PT -trmx_mul MP.
rewrite !frobenius2E; have -> : (r *: M - \tr M *: P)^T = r *: M^T - \tr M *: P by rewrite linearB !linearZ /= PT.
rewrite mulmxBl !mulmxBr -!scalemxAl -!scalemxAr PP MP PMT.
rewrite !raddfB /= !mxtraceZ mxtrace_tr trP; move: (\tr M) (\tr (M *m M^T)) => t F.
have -> : r * (r * F) - r * (t * t) + (- (t * (r * t)) - - (t * (t * r))) = r * (r * F - t ^+ 2) by ring.
by rewrite pmulr_rge0 // subr_ge0.
Qed.

(* for the rank-one matrix a b^T *)
Corollary cauchy_schwarz n (a b : 'I_n -> R) : (\sum_i a i * b i) ^+ 2 <= (\sum_i a i ^+ 2) * (\sum_i b i ^+ 2).
Proof.
pose M := (\col_i a i) *m (\row_i b i); have ME i j : M i j = a i * b j by rewrite !mxE big_ord1 !mxE.
have -> : \sum_i a i * b i = \tr M by apply: eq_bigr => i _; rewrite ME.
have -> : (\sum_i a i ^+ 2) * (\sum_i b i ^+ 2) = frobenius2 M.
  rewrite mulr_suml; apply: eq_bigr => i _; rewrite mulr_sumr; apply: eq_bigr => j _.
  by rewrite ME exprMn.
apply: le_trans (trace_rank M) _; rewrite ler_pimull ?frobenius2_ge0 // lern1.
by rewrite (leq_trans (mulmx_max_rank _ _)).
Qed.
End TraceRank.

Section EntrywisePolynomials.
Variable F : fieldType.

Definition entrywise m n (f : {poly F}) (M : 'M[F]_(m, n)) : 'M[F]_(m, n) := map_mx (horner f) M.

Lemma mxrank_sum_le (I : Type) (r : seq I) (P : pred I) m n (G : I -> 'M[F]_(m, n)) :
  (\rank (\sum_(i <- r | P i) G i)%R <= \sum_(i <- r | P i) \rank (G i))%N.
Proof.
elim/big_rec2: _ => [|i s M _ IH]; first by rewrite mxrank0.
by apply: leq_trans (mxrank_add _ _) _; rewrite leq_add2l.
Qed.

Lemma multisets_recursion d p : 'C(d + p, p) = (\sum_(j < p.+1) 'C((d + j).-1, j))%N.
Proof.
elim: p => [|p IH]; first by rewrite big_ord1 !bin0.
by rewrite big_ord_recr /= -IH !addnS /= binS addnC.
Qed.

Lemma entrywise_binomial m n (M : 'M[F]_(m, n)) (u : 'cV_m) (v : 'rV_n) p : entrywise 'X^p (M + u *m v) =
  \sum_(q < p.+1) 'C(p, q)%:R *:
    (diag_mx (\row_i u i 0 ^+ q) *m entrywise 'X^(p - q) M *m diag_mx (\row_j v 0 j ^+ q)).
Proof.
apply/matrixP => i j; rewrite mxE hornerXn mxE [(u *m v) i j]mxE big_ord1 exprDn summxE.
apply: eq_bigr => q _; rewrite [RHS]mxE mul_mx_diag [in RHS]mxE mul_diag_mx !mxE hornerXn exprMn mulr_natl.
by rewrite mulrCA mulrA.
Qed.

(* the p-th power of a sum of d products u_s v_s: binomial theorem in the last of them, induction for the others *)
Lemma power_rank m n d (U : 'M[F]_(m, d)) (V : 'M[F]_(d, n)) p :
  (\rank (entrywise 'X^p (U *m V)) <= 'C((d + p).-1, p))%N.
Proof.
elim: d U V p => [|d IH] U V p.
  rewrite (thinmx0 U) mul0mx; case: p => [|p]; rewrite /entrywise.
    rewrite expr0 (_ : map_mx _ _ = const_mx 1 *m (const_mx 1 : 'M_(1, n))) ?bin0 ?(leq_trans (mulmx_max_rank _ _)) //.
    by apply/matrixP => i j; rewrite !mxE hornerC big_ord1 !mxE mulr1.
  rewrite (_ : map_mx _ _ = 0) ?mxrank0 //.
  by apply/matrixP => i j; rewrite !mxE hornerXn expr0n.
rewrite -[d.+1]addn1 in U V *; rewrite -[U]hsubmxK -[V]vsubmxK mul_row_col.
set x := lsubmx U *m usubmx V; set u := rsubmx U; set v := dsubmx V.
rewrite entrywise_binomial; apply: leq_trans (mxrank_sum_le _ _ _) _.
rewrite addn1 addSn /= multisets_recursion (reindex_inj rev_ord_inj) /=.
apply: leq_sum => q _; rewrite subSS; apply: leq_trans (mxrank_scale _ _) _.
apply: leq_trans (mxrankM_maxl _ _) _; apply: leq_trans (mxrankM_maxr _ _) _.
by rewrite subKn ?IH // -ltnS.
Qed.

(* f has size at most L and only the degrees in P *)
Theorem entrywise_rank m n (f : {poly F}) (M : 'M[F]_(m, n)) d L (P : pred nat) :
  (size f <= L)%N -> (forall j, f`_j != 0 -> P j) -> (\rank M <= d)%N ->
  (\rank (entrywise f M) <= \sum_(j < L | P j) 'C((d + j).-1, j))%N.
Proof.
move=> fL fP rank_le; have -> : entrywise f M = \sum_(j < L | P j) f`_j *: entrywise 'X^j M.
  apply/matrixP => a b; rewrite mxE summxE (horner_coef_wide _ fL) [RHS]big_mkcond /=.
  apply: eq_bigr => j _; case: ifPn => [_ | notP]; first by rewrite !mxE hornerXn.
  by apply/eqP; rewrite mulf_eq0; apply/orP; left; apply: contraR notP; apply: fP.
apply: leq_trans (mxrank_sum_le _ _ _) _; apply: leq_sum => j _; apply: leq_trans (mxrank_scale _ _) _.
rewrite -{1}(mulmx_base M) (leq_trans (power_rank _ _ _)) // leq_bin2l //.
by case: (j : nat) => [|p]; rewrite ?addn0 -?subn1 ?leq_sub2r ?leq_add2r.
Qed.
End EntrywisePolynomials.

Section JointTrace.
Variables (R : realFieldType) (n : nat) (N : 'M[R]_n) (x : R).
Variables (I : finType) (f : I -> {poly R}) (c : I -> R) (D : I -> nat).
Hypotheses (n_gt0 : (0 < n)%N) (c_ge0 : forall l, 0 <= c l) (diag : forall i, N i i = x).
Hypothesis rank_le : forall l, (\rank (entrywise (f l) N) <= D l)%N.
Let G y := \sum_l c l * (f l).[y] ^+ 2.

(* joint_trace *)
Theorem joint_trace_bound g : (forall i j, i != j -> G (N i j) <= g) ->
  n%:R * (\sum_l c l * (f l).[x] ^+ 2 / (D l)%:R) <= G x + n.-1%:R * g.
Proof.
move=> off; have n_pos : 0 < n%:R :> R by rewrite ltr0n.
rewrite -(ler_pmul2l n_pos) !mulr_sumr.
apply: (@le_trans _ _ (\sum_l c l * frobenius2 (entrywise (f l) N))).
  apply: ler_sum => l _; set s := (X in X <= _).
  have -> : s = c l * ((n%:R * (f l).[x]) ^+ 2 / (D l)%:R).
    by rewrite /s; move: (D l)%:R^-1 (f l).[x] (c l) n%:R => D' y c' n'; ring.
  rewrite ler_wpmul2l //.
  have trE : \tr (entrywise (f l) N) = n%:R * (f l).[x].
    by rewrite mulr_natl -[X in _ *+ X]card_ord -sumr_const; apply: eq_bigr => i _; rewrite mxE diag.
  have := trace_rank (entrywise (f l) N); rewrite trE => le_rank.
  have [-> | D_gt0] := posnP (D l); first by rewrite invr0 mulr0 frobenius2_ge0.
  rewrite ler_pdivr_mulr ?ltr0n // [X in _ <= X]mulrC (le_trans le_rank) //.
  by rewrite ler_wpmul2r ?frobenius2_ge0 // ler_nat.
under eq_bigr => l _ do rewrite mulr_sumr.
rewrite exchange_big /= [X in _ <= X]mulr_natl -[X in _ *+ X]card_ord -sumr_const; apply: ler_sum => i _.
under eq_bigr => l _ do rewrite mulr_sumr.
rewrite exchange_big /= (bigD1 i) //=; apply: ler_add.
  by rewrite /G le_eqVlt; apply/orP; left; apply/eqP/eq_bigr => l _; rewrite mxE diag.
have -> : n.-1 = #|[pred j : 'I_n | j != i]|.
  by have := cardC1 i; rewrite card_ord => <-; apply: eq_card => j; rewrite !inE.
rewrite mulr_natl -sumr_const; apply: ler_sum => j ji.
by under eq_bigr => l _ do rewrite mxE; apply: off; rewrite eq_sym.
Qed.
End JointTrace.

Section Parity.
Variable F : fieldType.
Implicit Types f g : {poly F}.

(* f has only the degrees p, p - 2, p - 4, ... *)
Definition parity p f : Prop := (size f <= p.+1)%N /\ forall j, f`_j != 0 -> odd j == odd p.

Lemma parity0 p : parity p 0.
Proof. by split=> [|j]; rewrite ?size_poly0 // coef0 eqxx. Qed.

Lemma parity1 : parity 0 1.
Proof. by split=> [|[|j]] //; rewrite ?size_poly1 // coef1 eqxx. Qed.

Lemma parityD p f g : parity p f -> parity p g -> parity p (f + g).
Proof.
move=> [fs fo] [gs go]; split=> [|j]; first by rewrite (leq_trans (size_add _ _)) // geq_max fs.
rewrite coefD; have [-> | /fo //] := eqVneq f`_j 0; rewrite add0r; exact: go.
Qed.

Lemma parityZ p a f : parity p f -> parity p (a *: f).
Proof.
move=> [fs fo]; split=> [|j]; first exact: leq_trans (size_scale_leq _ _) fs.
by rewrite coefZ mulf_eq0 negb_or => /andP[_ /fo].
Qed.

Lemma parityXM p f : parity p f -> parity p.+1 ('X * f).
Proof.
move=> [fs fo]; split=> [|[|j]]; rewrite ?coefXM ?eqxx //=; last by move/fo/eqP ->.
by rewrite (leq_trans (size_mul_leq _ _)) // size_polyX.
Qed.

Lemma parityW p f : parity p f -> parity p.+2 f.
Proof. by move=> [fs fo]; split=> [|j /fo]; rewrite ?(leq_trans fs) ?(leqW (leqnSn _)) //= negbK. Qed.

Definition powers_dimension d p : nat := \sum_(j < p.+1 | odd j == odd p) 'C((d + j).-1, j).

Lemma powers_dimension1 d : powers_dimension d 1 = d.
Proof. by rewrite /powers_dimension big_mkcond !big_ord_recl big_ord0 /= add0n addn0 addn1 bin1. Qed.

Lemma powers_dimensionSS d p : powers_dimension d p.+2 = (powers_dimension d p + 'C((d + p.+2).-1, p.+2))%N.
Proof.
have odd2 : odd p.+2 = odd p by rewrite /= negbK.
rewrite /powers_dimension odd2 big_mkcond [in RHS]big_mkcond !big_ord_recr /= negbK eqxx.
by case: (odd p); rewrite /= addn0.
Qed.

Lemma parity_rank m n (M : 'M[F]_(m, n)) d p f : parity p f -> (\rank M <= d)%N ->
  (\rank (entrywise f M) <= powers_dimension d p)%N.
Proof. by move=> [fs fo]; apply: (entrywise_rank (P := fun j => odd j == odd p)). Qed.
End Parity.

Section Chebyshev.
Variable R : realFieldType.

(* (T_p, U_{p-1}): T_{p+1} = X T_p + (X^2-1) U_{p-1}, U_p = X U_{p-1} + T_p *)
Fixpoint pell p : {poly R} * {poly R} :=
  if p is q.+1 then
    ('X * (pell q).1 + ('X * ('X * (pell q).2) - (pell q).2), 'X * (pell q).2 + (pell q).1)
  else (1, 0).
Definition chebyshevT p := (pell p).1.
Definition chebyshevU p := (pell p).2.

(* the usual recursions *)
Lemma chebyshevT_rec p : chebyshevT p.+2 = 2%:R * 'X * chebyshevT p.+1 - chebyshevT p.
Proof. by rewrite /chebyshevT /=; move: (pell p).1 (pell p).2 => t u; ring. Qed.

Lemma chebyshevU_rec p : chebyshevU p.+2 = 2%:R * 'X * chebyshevU p.+1 - chebyshevU p.
Proof. by rewrite /chebyshevU /=; move: (pell p).1 (pell p).2 => t u; ring. Qed.

Lemma chebyshev_parity p :
  [/\ parity p (chebyshevT p), parity p.+1 (chebyshevU p) & parity p ('X * chebyshevU p)].
Proof.
rewrite /chebyshevT /chebyshevU; elim: p => [|p [Tp Up XUp]] /=.
  by rewrite mulr0; split; [exact: parity1 | exact: parity0 | exact: parity0].
have := parityXM Tp; have := parityXM XUp => XXUp XTp; split.
- by apply: parityD => //; apply: parityD => //; rewrite -scaleN1r; apply: parityZ.
- by apply: parityW; apply: parityD.
- by rewrite mulrDr; apply: parityD.
Qed.

(* f_2 = X (w T_q) + (X^2-1) U_{q-1} = ((1+w) T_{q+1} - (1-w) T_{q-1}) / 2, and T_{q+1} for w = 1 *)
Definition joint_poly w q : {poly R} :=
  'X * (w *: chebyshevT q) + ('X * ('X * chebyshevU q) - chebyshevU q).

Lemma joint_poly_parity w q : parity q.+1 (joint_poly w q).
Proof.
have [Tq Uq XUq] := chebyshev_parity q; apply: parityD; first by apply: parityXM; apply: parityZ.
by apply: parityD; [exact: parityXM | rewrite -scaleN1r; apply: parityZ].
Qed.

Lemma joint_poly1 q : joint_poly 1 q = chebyshevT q.+1.
Proof. by rewrite /joint_poly scale1r. Qed.

Lemma joint_polyE w q x :
  (joint_poly w q).[x] = w * x * (chebyshevT q).[x] + (x ^+ 2 - 1) * (chebyshevU q).[x].
Proof. by rewrite /joint_poly !(hornerE, hornerN) /=; move: (chebyshevT q).[x] (chebyshevU q).[x] => t u; ring. Qed.

Lemma pell_identity p x : (chebyshevT p).[x] ^+ 2 - (x ^+ 2 - 1) * (chebyshevU p).[x] ^+ 2 = 1.
Proof.
rewrite /chebyshevT /chebyshevU; elim: p => [|p IH] /=; first by rewrite !hornerE /=; ring.
by rewrite -[RHS]IH !(hornerE, hornerN) /=; move: (pell p).1.[x] (pell p).2.[x] => t u; ring.
Qed.

(* at x = cos s the difference is (w cos qs sin s + sin qs cos s)^2 *)
Lemma joint_poly_le1 w q x : `|x| <= 1 ->
  (1 - w ^+ 2) * (chebyshevT q).[x] ^+ 2 + (joint_poly w q).[x] ^+ 2 <= 1.
Proof.
move=> x1; have x2 : 0 <= 1 - x ^+ 2 by rewrite subr_ge0 -[x ^+ 2]real_normK ?num_real // expr_le1.
rewrite -subr_ge0 joint_polyE; have := pell_identity q x.
move: (chebyshevT q).[x] (chebyshevU q).[x] => t u pell1.
rewrite -[X in X - _]pell1; set lhs := (X in 0 <= X).
have -> : lhs = (1 - x ^+ 2) * (w * t + x * u) ^+ 2 by rewrite /lhs; ring.
by rewrite mulr_ge0 ?sqr_ge0.
Qed.
End Chebyshev.
