(* Finite linear-programming duality over an ordered field, as far as the reduction theorem needs it.

   1. Fourier-Motzkin elimination: nonnegative combinations of the inequalities a_i x <= c_i that do not mention the
      chosen variables decide whether the system can be solved, whatever c is.
   2. Farkas' lemma in a finite form: for every a there are finitely many certificates that serve all c.
   3. The duality behind the kernel ratio: min over B of max_ij |B^T A - 1| is a maximum over the kernel of A, and both
      are attained (kernel_ratio_exists). *)
From mathcomp Require Import all_ssreflect all_algebra ring.
From Lincs Require Import accessible.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Elimination.
Variables (R : realFieldType) (n : nat).
Implicit Types (x y : 'cV[R]_n) (I J : finType).

Definition solves I (a : I -> 'rV[R]_n) (c : I -> R) x := forall i, (a i *m x) 0 0 <= c i.

Lemma between I (P Q : pred I) (f : I -> R) : (forall p q, P p -> Q q -> f q <= f p) ->
  exists t, (forall q, Q q -> f q <= t) /\ (forall p, P p -> t <= f p).
Proof.
move=> QP; have [q0 Qq0 | noQ] := pickP Q.
  by have [q Qq qmax] := @arg_maxP _ R _ q0 Q f Qq0; exists (f q); split=> // p Pp; apply: QP.
have [p0 Pp0 | noP] := pickP P; last by exists 0; split=> i; rewrite ?noP ?noQ.
have [p Pp pmin] := @arg_minP _ R _ p0 P f Pp0.
by exists (f p); split=> // q; rewrite noQ.
Qed.

(* one variable o: keep the inequalities without o, and add up those in which it has opposite signs *)
Lemma eliminate_one I (a : I -> 'rV[R]_n) (o : 'I_n) : exists J (K : J -> I -> R),
  [/\ forall j i, 0 <= K j i, forall j, (\sum_i K j i *: a i) 0 o = 0
    & forall c x, solves (fun j => \sum_i K j i *: a i) (fun j => \sum_i K j i * c i) x ->
        exists2 y, solves a c y & forall l, l != o -> y l 0 = x l 0].
Proof.
pose f i := a i 0 o; pose opposite p q := (0 < f p) && (f q < 0).
pose u (p q : I) : R := if f p == 0 then 1 else if opposite p q then - f q else 0.
pose v (p q : I) : R := if opposite p q then f p else 0.
pose K (j : I * I) i : R := u j.1 j.2 * (i == j.1)%:R + v j.1 j.2 * (i == j.2)%:R.
have pick_one (V : lmodType R) (F : I -> V) p : \sum_i (i == p)%:R *: F i = F p.
  by rewrite (bigD1 p) //= eqxx scale1r big1 ?addr0 // => i /negPf ->; rewrite scale0r.
have KE (V : lmodType R) (F : I -> V) j : \sum_i K j i *: F i = u j.1 j.2 *: F j.1 + v j.1 j.2 *: F j.2.
  rewrite -(pick_one _ F j.1) -(pick_one _ F j.2) !scaler_sumr -big_split /=.
  by apply: eq_bigr => i _; rewrite scalerDl !scalerA.
exists [finType of I * I], K; split.
- have u_ge0 p q : 0 <= u p q.
    by rewrite /u /opposite; case: ifP => [_|_]; last case: ifP => // /andP[_ /ltW]; rewrite ?ler01 ?oppr_ge0.
  have v_ge0 p q : 0 <= v p q by rewrite /v /opposite; case: ifP => // /andP[/ltW].
  by move=> j i; apply: addr_ge0; apply: mulr_ge0; rewrite ?ler0n.
- move=> [p q]; rewrite KE !mxE /= -!/(f _) /u /v.
  rewrite /opposite; have [->|_] := eqVneq (f p) 0; first by rewrite ltxx mulr0 mul0r addr0.
  by case: ifP => _; rewrite ?mulNr ?[f q * _]mulrC ?addNr // !mul0r addr0.
move=> c x solve; pose r i := c i - (a i *m x) 0 0.
have rK p q : 0 <= u p q * r p + v p q * r q.
  have := solve (p, q); rewrite KE (KE [lmodType R of R^o] c) /= mulmxDl -!scalemxAl /r.
  move: (a p *m x) (a q *m x) => s s'; rewrite !mxE -subr_ge0 /GRing.scale /= => h.
  by congr (_ <= _): h; ring.
have [t [t_ge t_le]] : exists t, (forall q, f q < 0 -> r q / f q <= t) /\ (forall p, 0 < f p -> t <= r p / f p).
  apply: between => p q fp fq; have := rK p q; rewrite /u /v /opposite fp fq (gt_eqF fp) /= mulNr addrC subr_ge0.
  by rewrite ler_pdivl_mulr // mulrAC ler_ndivr_mulr // [f p * _]mulrC [f q * _]mulrC.
exists (x + t *: delta_mx o 0) => [i|l lo]; last by rewrite !mxE (negPf lo) mulr0 addr0.
rewrite mulmxDr -scalemxAr -colE mxE [X in _ + X]mxE [X in t * X]mxE -/(f i) -ler_subr_addl -/(r i).
have [fi|fi|fi] := ltgtP (f i) 0; last 1 first.
- rewrite fi mulr0; have := rK i i; rewrite /u /v fi eqxx /opposite fi ltxx mul1r mul0r addr0 //.
- by rewrite -ler_ndivr_mulr // t_ge.
- by rewrite -ler_pdivl_mulr // t_le.
Qed.

Lemma eliminate I (a : I -> 'rV[R]_n) (s : seq 'I_n) : exists J (K : J -> I -> R),
  [/\ forall j i, 0 <= K j i, forall j l, l \in s -> (\sum_i K j i *: a i) 0 l = 0
    & forall c x, solves (fun j => \sum_i K j i *: a i) (fun j => \sum_i K j i * c i) x ->
        exists2 y, solves a c y & forall l, l \notin s -> y l 0 = x l 0].
Proof.
elim: s => [|o s [J [K [K0 Ka Ksolve]]]].
  exists I, (fun j i => (i == j)%:R); split=> [j i|//|c x solve]; first exact: ler0n.
  exists x => // i.
  have:= solve i; rewrite (bigD1 i) //= eqxx scale1r big1 ?addr0 => [|l /negPf ->]; last by rewrite scale0r.
  by rewrite (bigD1 i) //= eqxx mul1r big1 ?addr0 => [|l /negPf ->]; last by rewrite mul0r.
have [J' [K' [K'0 K'a K'solve]]] := eliminate_one (fun j => \sum_i K j i *: a i) o.
have KE (V : lmodType R) (F : I -> V) j' :
    \sum_i (\sum_j K' j' j * K j i) *: F i = \sum_j K' j' j *: \sum_i K j i *: F i.
  under [RHS]eq_bigr => j _ do rewrite scaler_sumr.
  rewrite exchange_big /=; apply: eq_bigr => i _; rewrite scaler_suml.
  by apply: eq_bigr => j _; rewrite scalerA.
exists J', (fun j' i => \sum_j K' j' j * K j i); split=> [j' i|j' l|c x solve].
- by apply: sumr_ge0 => j _; apply: mulr_ge0.
- rewrite inE KE => /predU1P[-> // | ls]; rewrite summxE big1 // => j _.
  by rewrite mxE Ka ?mulr0.
have [j'|y /Ksolve[w solve_w w_y] y_x] := K'solve (fun j => \sum_i K j i * c i) x.
  by have := solve j'; rewrite KE (KE [lmodType R of R^o] c).
by exists w => // l; rewrite inE negb_or => /andP[lo ls]; rewrite w_y ?y_x.
Qed.

(* Farkas: for every a there are finitely many nonnegative combinations with K a = 0 that decide a x <= c for all c *)
Theorem finite_farkas I (a : I -> 'rV[R]_n) : exists J (K : J -> I -> R),
  [/\ forall j i, 0 <= K j i, forall j, \sum_i K j i *: a i = 0
    & forall c, (forall j, 0 <= \sum_i K j i * c i) -> exists x, solves a c x].
Proof.
have [J [K [K0 Ka Ksolve]]] := eliminate a (enum 'I_n).
have Ka0 j : \sum_i K j i *: a i = 0 by apply/rowP => l; rewrite mxE Ka // mem_enum.
exists J, K; split=> // c c0; have [j|x solve _] := Ksolve c 0; last by exists x.
by rewrite mulmx0 mxE.
Qed.

Theorem farkas I (a : I -> 'rV[R]_n) (c : I -> R) :
  (exists x, solves a c x) <->
  (forall w : I -> R, (forall i, 0 <= w i) -> \sum_i w i *: a i = 0 -> 0 <= \sum_i w i * c i).
Proof.
split=> [[x solve] w w0 wa|H]; last first.
  by have [J [K [K0 Ka solve]]] := finite_farkas a; apply: solve => j; apply: H.
have wax : \sum_i w i * (a i *m x) 0 0 = 0.
  transitivity (((\sum_i w i *: a i) *m x) 0 0); last by rewrite wa mul0mx mxE.
  by rewrite mulmx_suml summxE; apply: eq_bigr => i _; rewrite -scalemxAl [RHS]mxE.
by rewrite -[X in X <= _]wax; apply: ler_sum => i _; apply: ler_wpmul2l.
Qed.
End Elimination.

Section KernelRatio.
Variables (R : realFieldType) (d m : nat).
Implicit Types (A B : 'M[R]_(d, m)) (z : 'cV[R]_m) (gamma : R).

Definition l1_norm z : R := \sum_j `|z j 0|.

Definition kernel_bound gamma A : Prop :=
  forall z, A *m z = 0 -> forall i, `|z i 0| <= gamma * l1_norm z.

(* gamma(A) = max { ||z||_inf / ||z||_1 : 0 != z in ker A }, and 0 if the kernel is trivial *)
Definition is_kernel_ratio gamma A : Prop :=
  [/\ 0 <= gamma, kernel_bound gamma A
    & gamma != 0 -> exists z i, [/\ A *m z = 0, l1_norm z = 1 & `|z i 0| = gamma]].

(* what the probes read of a kernel vector is 0, so that the error is the vector itself *)
Lemma deviation_kernel A B z i : A *m z = 0 -> z i 0 = - \sum_j deviation (B^T *m A) i j * z j 0.
Proof.
move=> Az; have := recovery_errorE A B z; rewrite Az mulmx0 sub0r => /colP/(_ i).
by rewrite [X in _ = X]mxE mxE => <-; rewrite opprK.
Qed.

Lemma deviation_kernel_bound A B gamma :
  (forall i j, `|deviation (B^T *m A) i j| <= gamma) -> kernel_bound gamma A.
Proof.
move=> E z Az i; rewrite (deviation_kernel B i Az) normrN (le_trans (ler_norm_sum _ _ _)) // mulr_sumr.
by apply: ler_sum => j _; rewrite normrM ler_wpmul2r.
Qed.

Theorem kernel_ratio_exists A : exists gamma B,
  is_kernel_ratio gamma A /\ forall i j, `|deviation (B^T *m A) i j| <= gamma.
Proof.
(* |b . A_j - (j = i)| <= t as two inequalities, x = (j, false) and (j, true); the left sides do not depend on i *)
pose a (x : 'I_m * bool) : 'rV[R]_d := (-1) ^+ x.2 *: (col x.1 A)^T.
pose c (i : 'I_m) t (x : 'I_m * bool) : R := (-1) ^+ x.2 * (x.1 == i)%:R + t.
have [J [K [K0 Ka solve]]] := finite_farkas a.
have pairs (V : zmodType) (F : 'I_m * bool -> V) : \sum_x F x = \sum_j (F (j, true) + F (j, false)).
  rewrite (eq_bigr (fun x => F (x.1, x.2))) => [|[] //].
  by rewrite -(pair_bigA _ (fun j s => F (j, s))) /=; apply: eq_bigr => j _; rewrite big_bool.
pose size l := \sum_x K l x; pose z l : 'cV[R]_m := \col_j (K l (j, true) - K l (j, false)).
have size_ge0 l : 0 <= size l by apply: sumr_ge0.
have Az l : A *m z l = 0.
  apply/colP => r; rewrite mxE [RHS]mxE; apply: oppr_inj; rewrite oppr0 -sumrN.
  transitivity ((\sum_x K l x *: a x) 0 r); last by rewrite Ka mxE.
  by rewrite summxE pairs; apply: eq_bigr => j _; rewrite !mxE /=; ring.
have z_size l : l1_norm (z l) <= size l.
  rewrite /size pairs; apply: ler_sum => j _; rewrite mxE.
  by apply: le_trans (ler_norm_sub _ _) _; rewrite !ger0_norm.
have z_le i l : z l i 0 <= size l.
  apply: le_trans (ler_norm _) (le_trans _ (z_size l)).
  by rewrite /l1_norm (bigD1 i) //= ler_addl sumr_ge0.
have Kc l i t : \sum_x K l x * c i t x = size l * t - z l i 0.
  rewrite pairs /size pairs mulr_suml.
  have -> : z l i 0 = \sum_j z l j 0 * (j == i)%:R.
    by rewrite (bigD1 i) //= eqxx mulr1 big1 ?addr0 // => j /negPf ->; rewrite mulr0.
  rewrite -sumrB; apply: eq_bigr => j _; rewrite /c /= mxE expr0 expr1.
  by move: (j == i)%:R (K l (j, true)) (K l (j, false)) => e u v; ring.
(* the least t that satisfies 0 <= size l * t - z l i 0 for all l and i *)
pose ratio (x : 'I_m * J) := z x.2 x.1 0 / size x.2.
pose gamma := \big[Num.max/0]_x ratio x.
have gamma_ge0 : 0 <= gamma by apply: bigmax_ge0.
have [B EB] : exists B, forall i j, `|deviation (B^T *m A) i j| <= gamma.
  have [b bP] : exists b : 'I_m -> 'cV[R]_d, forall i, solves a (c i gamma) (b i).
    apply: (@fin_all_exists _ _ (fun i b => solves a (c i gamma) b)) => i; apply: solve => l.
    rewrite Kc subr_ge0; have [size0 | size_gt0] := leP (size l) 0.
      by rewrite (le_trans (z_le i l)) // (_ : size l = 0) ?mul0r //; apply/eqP; rewrite eq_le size0 size_ge0.
    by rewrite mulrC -ler_pdivr_mulr //; apply: (ler_bigmax ratio (isT : predT (i, l))).
  exists (\matrix_(r, i) b i r 0) => i j.
  have -> : deviation ((\matrix_(r, i) b i r 0)^T *m A) i j = ((col j A)^T *m b i) 0 0 - (j == i)%:R.
    rewrite deviationE eq_sym !mxE; congr (_ - _).
    by apply: eq_bigr => r _; rewrite !mxE mulrC.
  rewrite ler_norml; apply/andP; split.
    have := bP i (j, true); rewrite /a /c /= -scalemxAl mxE expr1 !mulN1r.
    by rewrite ler_oppl opprD opprK ler_subr_addr addrC.
  have := bP i (j, false); rewrite /a /c /= -scalemxAl mxE expr0 !mul1r.
  by rewrite ler_subl_addl.
exists gamma, B; split=> //; split=> //; first exact: deviation_kernel_bound EB.
move=> gamma_neq0; have gamma_gt0 : 0 < gamma by rewrite lt0r gamma_neq0.
have [[i l] gammaE] : exists x, gamma = ratio x.
  have : gamma = 0 \/ exists x, gamma = ratio x; last by case=> // g0; rewrite g0 eqxx in gamma_neq0.
  apply: (big_ind (fun g => g = 0 \/ exists x, g = ratio x)) => [|g g' Hg Hg'|x _]; first by left.
    by case: leP.
  by right; exists x.
have size_gt0 : 0 < size l.
  by rewrite lt0r size_ge0 andbT; apply: contraNneq gamma_neq0; rewrite gammaE /ratio /= => ->; rewrite invr0 mulr0.
have zE : z l i 0 = gamma * size l by rewrite gammaE /ratio divfK ?gt_eqF.
have l1E : l1_norm (z l) = size l.
  apply/eqP; rewrite eq_le z_size -(ler_pmul2l gamma_gt0) -zE.
  exact: le_trans (ler_norm _) (deviation_kernel_bound EB (Az l) i).
exists ((size l)^-1 *: z l), i; split.
- by rewrite -scalemxAr Az scaler0.
- rewrite /l1_norm; under eq_bigr => j _ do rewrite mxE normrM gtr0_norm ?invr_gt0 //.
  by rewrite -mulr_sumr -/(l1_norm _) l1E mulVf ?gt_eqF.
- by rewrite mxE zE mulrC mulfK ?gt_eqF // ger0_norm.
Qed.

Lemma kernel_ratio_unique A gamma gamma' : is_kernel_ratio gamma A -> is_kernel_ratio gamma' A -> gamma = gamma'.
Proof.
have le g g' : is_kernel_ratio g A -> is_kernel_ratio g' A -> g <= g'.
  move=> [_ _ attained] [g'0 bound _]; have [-> // | /attained[z [i [Az z1 <-]]]] := eqVneq g 0.
  by have := bound z Az i; rewrite z1 mulr1.
by move=> r r'; apply/eqP; rewrite eq_le !le.
Qed.

(* the duality itself: the best largest entry of B^T A - 1 is the kernel ratio *)
Theorem kernel_ratio_duality A gamma : is_kernel_ratio gamma A ->
  forall t, (exists B, forall i j, `|deviation (B^T *m A) i j| <= t) <-> gamma <= t \/ m = 0%N.
Proof.
move=> ratio t; have [g [B [ratio' EB]]] := kernel_ratio_exists A.
rewrite (kernel_ratio_unique ratio ratio'); split=> [[B' EB']|[gt|m0]]; last 2 first.
- by exists B => i j; apply: le_trans (EB i j) gt.
- by exists B => i; have := ltn_ord i; rewrite {2}m0.
have [m0 | m_gt0] := posnP m; [by right | left].
have t_ge0 : 0 <= t by apply: le_trans (EB' (Ordinal m_gt0) (Ordinal m_gt0)).
case: ratio' => _ _ attained; have [-> // | /attained[z [i [Az z1 <-]]]] := eqVneq g 0.
by have := deviation_kernel_bound EB' Az i; rewrite z1 mulr1.
Qed.
End KernelRatio.
