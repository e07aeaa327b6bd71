(* Paley's conference frames: q + 1 features in (q + 1)/2 dimensions at coherence 1/sqrt q, for q = 1 mod 4.

     quadratic x             the quadratic character of a finite field F of odd order, as a number of a ring
     conference u v          Paley's matrix on the labels F + infinity: signs off the diagonal, 0 on it
     conference_square       C C = q 1, by Jacobsthal's sum
     idempotent_rank         the rank of an idempotent matrix is its trace
     paley_achievable        (1 + C/s)/2 with s^2 = q is idempotent of trace (q + 1)/2

   Paley's frame meets the Welch bound: see paley_exact in audit_upper.v. *)
From mathcomp Require Import all_ssreflect fingroup cyclic all_algebra finalg all_field.
From Lincs Require Import accessible coherence.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* The quadratic character by Euler's criterion: x^((q-1)/2) is 1 or -1 for x != 0. *)
Section QuadraticCharacter.
Variables (R : realFieldType) (F : finFieldType) (h : nat).
Hypotheses (order : #|F| = h.*2.+1) (h_gt0 : (0 < h)%N).
Implicit Types x y a : F.

Let sign_neq : -1 != 1 :> F.
Proof.
apply/eqP => neg1; have nat1 n : n%:R = (odd n)%:R :> F.
  elim: n => // n IH; rewrite -addn1 natrD IH addn1 /=; case: odd; rewrite ?add0r //.
  by rewrite -[X in _ + X]neg1 subrr.
have : #|F|%:R = 0 :> F by have := expg_cardG (in_setT (1 : F)); rewrite cardsT FinRing.zmodXgE.
by rewrite nat1 order /= odd_double => /eqP; rewrite oner_eq0.
Qed.

Definition quadratic x : R := if x == 0 then 0 else if x ^+ h == 1 then 1 else -1.

Lemma expf_half x : x != 0 -> x ^+ h = 1 \/ x ^+ h = -1.
Proof.
move=> x0; have : x ^+ h.*2 == 1.
  by have := expf_card x; rewrite order exprSr -[RHS]mul1r => /(mulIf x0) ->.
by rewrite -muln2 exprM sqrf_eq1 => /orP[] /eqP; [left | right].
Qed.

Lemma quadratic0 : quadratic 0 = 0. Proof. by rewrite /quadratic eqxx. Qed.

Lemma quadraticM x y : quadratic (x * y) = quadratic x * quadratic y.
Proof.
rewrite /quadratic mulf_eq0; have [|x0] := eqVneq x 0; first by rewrite mul0r.
have [|y0] := eqVneq y 0; rewrite /= ?mulr0 // exprMn.
by case: (expf_half x0) => ->; case: (expf_half y0) => ->;
  rewrite ?mulrNN ?mul1r ?mulr1 ?eqxx ?(negPf sign_neq) ?mulrNN ?mulr1 ?mul1r.
Qed.

Lemma quadratic_sqr x : quadratic x ^+ 2 = (x != 0)%:R.
Proof. by rewrite /quadratic; case: (x == 0) => /=; [rewrite expr0n | case: ifP; rewrite ?sqrrN expr1n]. Qed.

(* some x is not a square, since X^h - 1 has at most h roots; so the sum of the character is 0 *)
Lemma quadratic_sum : \sum_x quadratic x = 0.
Proof.
have /existsP[y /eqP yN] : [exists y, quadratic y == -1].
  apply: contraT => /existsPn all1.
  have : (h.*2 <= h)%N.
    have <- : size (enum [pred x : F | x != 0]) = h.*2 by rewrite -cardE cardC1 order.
    have := @max_poly_roots _ ('X^h - 1) (enum [pred x : F | x != 0]).
    rewrite size_Xn_sub_1 // -ltnS; apply; rewrite ?enum_uniq //.
      by rewrite -size_poly_gt0 size_Xn_sub_1.
    apply/allP => x; rewrite mem_enum inE => x0; rewrite rootE !hornerE hornerXn subr_eq0.
    by have := all1 x; rewrite /quadratic (negPf x0); case: ifP; rewrite ?eqxx.
  by rewrite -addnn -[X in (_ <= X)%N]addn0 leq_add2l leqn0 -[h == 0%N]negbK -lt0n h_gt0.
have y0 : y != 0 by apply: contra_eq_neq yN => ->; rewrite quadratic0 eq_sym oppr_eq0 oner_eq0.
have : \sum_x quadratic x = - \sum_x quadratic x.
  rewrite {1}(reindex_inj (mulfI y0)) /= -sumrN; apply: eq_bigr => x _.
  by rewrite quadraticM yN mulN1r.
by move/eqP; rewrite -addr_eq0 -mulr2n -mulr_natl mulf_eq0 pnatr_eq0 => /eqP.
Qed.

(* Jacobsthal's sum: with x = a/t the terms are quadratic (1 + t) over t != 0 *)
Lemma jacobsthal a : a != 0 -> \sum_x quadratic x * quadratic (x + a) = -1.
Proof.
move=> a0; rewrite (bigD1 0) //= quadratic0 mul0r add0r.
have -> : \sum_(x | x != 0) quadratic x * quadratic (x + a) = \sum_(t | t != 0) quadratic (1 + t).
  rewrite (reindex_onto (fun x => a / x) (fun t => a / t)) /=; last first.
    by move=> x x0; rewrite invf_div mulrCA divff ?mulr1.
  apply: eq_big => [t | t /andP[at0 _]].
    have [-> | t0] := eqVneq t 0; first by rewrite invr0 mulr0 eqxx.
    by rewrite invf_div mulrCA divff // mulr1 eqxx mulf_neq0 ?invr_neq0.
  have t0 : t != 0 by apply: contra_neq at0 => ->; rewrite invr0 mulr0.
  have -> : a / t + a = a / t * (1 + t) by rewrite mulrDr mulr1 divfK.
  by rewrite (quadraticM (a / t)) mulrA -expr2 quadratic_sqr mulf_neq0 ?invr_neq0 // mul1r.
have := quadratic_sum; rewrite (reindex_inj (addrI 1)) (bigD1 0) //= addr0 => /eqP.
rewrite addrC addr_eq0 => /eqP ->; by rewrite /quadratic oner_eq0 expr1n eqxx.
Qed.
End QuadraticCharacter.

Lemma quadraticN (R : realFieldType) (F : finFieldType) h x : ~~ odd h -> quadratic R h (- x : F) = quadratic R h x.
Proof. by move=> h_even; rewrite /quadratic oppr_eq0 exprNn -signr_odd (negPf h_even) mul1r. Qed.

(* Paley's conference matrix for q = 2h + 1 = 1 mod 4: symmetric, with C^2 = q 1. *)
Section Conference.
Variables (R : realFieldType) (F : finFieldType) (h : nat).
Hypotheses (order : #|F| = h.*2.+1) (h_gt0 : (0 < h)%N) (h_even : ~~ odd h).
Local Notation chi := (quadratic R h).

Definition conference (u v : option F) : R :=
  match u, v with Some x, Some y => chi (x - y) | None, None => 0 | _, _ => 1 end.

Lemma conference_diag u : conference u u = 0.
Proof. by case: u => //= x; rewrite subrr quadratic0. Qed.

Lemma conference_sym u v : conference u v = conference v u.
Proof. by case: u v => [x|] [y|] //=; rewrite -(quadraticN _ (x - y)) // opprB. Qed.

Lemma conference_off u v : u != v -> `|conference u v| = 1.
Proof.
case: u v => [x|] [y|] //= uv; rewrite ?normr1 // /quadratic subr_eq0 (negPf (uv : x != y)).
by case: ifP; rewrite ?normrN normr1.
Qed.

Lemma conference_square u v : \sum_w conference u w * conference w v = #|F|%:R * (u == v)%:R.
Proof.
have sum_chi (a : F) : \sum_x chi (x - a) = 0.
  rewrite (reindex_inj (addIr a)) /= -[RHS](quadratic_sum R order h_gt0).
  by apply: eq_bigr => x _; rewrite addrK.
have sum_chiN (a : F) : \sum_x chi (a - x) = 0.
  by rewrite -[RHS](sum_chi a); apply: eq_bigr => x _; rewrite -(quadraticN _ (a - x)) // opprB.
rewrite big_option; case: u v => [x|] [y|] /=; rewrite ?mul1r ?mul0r ?add0r.
- rewrite (_ : (Some x == Some y) = (x == y)) // (reindex_inj (addIr x)) /=.
  under eq_bigr => z _ do rewrite opprD addrCA subrr addr0 quadraticN // -addrA.
  have [-> | xy] := eqVneq x y; last by rewrite (jacobsthal R order h_gt0) ?subr_eq0 // mulr0 subrr.
  rewrite subrr; under eq_bigr => z _ do rewrite addr0 -expr2 quadratic_sqr.
  by rewrite (bigD1 0) //= eqxx add0r (eq_bigr (fun=> 1)) => [|z ->//]; rewrite sumr_const cardC1 order mulr1 mulrS.
- by under eq_bigr => z _ do rewrite mulr1; rewrite sum_chiN mulr0.
- by under eq_bigr => z _ do rewrite mul1r; rewrite sum_chi mulr0.
- by rewrite (eq_bigr (fun=> 1)) => [|z _]; rewrite ?mul1r // sumr_const mulr1.
Qed.
End Conference.

Lemma idempotent_rank (F : fieldType) n (P : 'M[F]_n) : P *m P = P -> \tr P = (\rank P)%:R.
Proof.
move=> PP; suff rank_r r (X : 'M[F]_(n, r)) (Y : 'M_(r, n)) : row_full X -> row_free Y -> X *m Y = P -> \tr P = r%:R.
  exact: rank_r (col_base_full P) (row_base_free P) (mulmx_base P).
move=> /row_fullP[X' X'X] /row_freeP[Y' YY'] XY; have YX : Y *m X = 1%:M.
  have := congr1 (fun Z => X' *m Z *m Y') PP.
  by rewrite /= -XY !mulmxA X'X mul1mx -[_ *m Y *m Y']mulmxA YY' mulmx1.
by rewrite -XY mxtrace_mulC YX mxtrace1.
Qed.

Theorem paley_achievable (R : realFieldType) (F : finFieldType) h k (eps s : R) :
  #|F| = h.*2.+1 -> (0 < h)%N -> ~~ odd h -> 0 < s -> s ^+ 2 = #|F|%:R -> (0 < k)%N -> k%:R / (1 + s) < eps ->
  achievable h.+1 #|F|.+1 k eps.
Proof.
move=> order h_gt0 h_even s_gt0 sq k_gt0 lt_eps.
have [s1_gt0 k_gt0'] : 0 < 1 + s /\ 0 < k%:R :> R by rewrite ltr0n addr_gt0 ?ltr01.
pose C := mx_of (conference R h : option F -> option F -> R); pose D := s^-1 *: C.
have mx_of1 : mx_of (fun u v : option F => (u == v)%:R) = 1%:M :> 'M[R]_#|{: option F}|.
  by apply/matrixP => i j; rewrite !mxE (inj_eq enum_val_inj).
have DD : D *m D = 1%:M.
  rewrite /D -scalemxAl -scalemxAr scalerA -invfM -expr2 sq mx_of_mul -mx_of1; apply/matrixP => i j.
  by rewrite !mxE (conference_square R order h_gt0 h_even) mulKf // pnatr_eq0 order.
pose P := 2%:R^-1 *: (1%:M + D).
have PP : P *m P = P.
  have square : (1%:M + D) *m (1%:M + D) = 2%:R *: (1%:M + D).
    by rewrite mulmxDl mul1mx mulmxDr mulmx1 DD [D + _]addrC scaler_nat mulr2n.
  by rewrite /P -scalemxAl -scalemxAr square; congr (_ *: _); rewrite scalerA mulVf ?pnatr_eq0 // scale1r.
have trP : \tr P = h.+1%:R.
  rewrite /P /D mxtraceZ mxtraceD mxtraceZ mxtrace1 mx_of_trace big1 => [|u _]; last exact: conference_diag.
  by rewrite mulr0 addr0 card_option order -doubleS -mul2n natrM mulKf ?pnatr_eq0.
pose f (u v : option F) : R := s / (1 + s) * ((u == v)%:R + s^-1 * conference R h u v).
have mx_of_f : mx_of f = (s / (1 + s) * 2%:R) *: P.
  rewrite /P scalerA mulfK ?pnatr_eq0 // -mx_of1; by apply/matrixP => i j; rewrite !mxE.
apply: (@approximation_achievable _ _ f); first by rewrite card_option.
  rewrite mx_of_f (leq_trans (mxrank_scale _ _)) //.
  by move: trP; rewrite (idempotent_rank PP) => /eqP; rewrite eqr_nat => /eqP ->.
have s_neq0 : s != 0 by rewrite gt_eqF. 
have error_lt : (1 + s)^-1 < eps / k%:R by rewrite ltr_pdivl_mulr // mulrC.
move=> u v; apply: le_lt_trans error_lt; rewrite /f.
have [<- | uv] := eqVneq u v.
  rewrite conference_diag mulr0 addr0 mulr1.
  have -> : s / (1 + s) - 1 = - (1 + s)^-1.
    by apply/eqP; rewrite -addr_eq0 addrAC subr_eq0 -{2}[(1 + s)^-1]mul1r -mulrDl addrC divff ?(gt_eqF s1_gt0).
  by rewrite normrN gtr0_norm ?invr_gt0.
rewrite add0r subr0 mulrAC mulrA divff // mul1r mulrC normrM conference_off // mulr1.
by rewrite gtr0_norm ?invr_gt0.
Qed.

(* over a real closed field, for q = p^e; the condition says k/eps - 1 < sqrt q *)
Theorem paley_prime_power (R : rcfType) p e k (eps : R) (q := (p ^ e)%N) :
  prime p -> (0 < e)%N -> (q %% 4 = 1)%N -> (0 < k)%N -> 0 < eps -> (k%:R - eps) ^+ 2 < eps ^+ 2 * q%:R ->
  achievable q.+1./2 q.+1 k eps.
Proof.
move=> p_prime e_gt0 q_mod k_gt0 eps_gt0 lt_eps; have [F _ cardF] := PrimePowerField p_prime e_gt0.
have q_gt1 : (1 < q)%N by rewrite (leq_trans (prime_gt1 p_prime)) // -{1}[p]expn1 leq_exp2l // prime_gt1.
pose h := (q %/ 4).*2.
have qE : q = h.*2.+1 by rewrite {1}(divn_eq q 4) q_mod addn1 /h -!muln2 -mulnA.
have h_gt0 : (0 < h)%N by rewrite lt0n; apply: contraTneq q_gt1 => h0; rewrite qE h0.
have -> : q.+1./2 = h.+1 by rewrite {1}qE -doubleS doubleK.
have q_gt0 : 0 < q%:R :> R by rewrite ltr0n ltnW.
have root_gt0 : 0 < Num.sqrt q%:R :> R by rewrite sqrtr_gt0.
rewrite -/q in cardF; rewrite -cardF; apply: (@paley_achievable _ F _ _ _ (Num.sqrt q%:R)) => //; rewrite ?cardF //.
- by rewrite odd_double.
- by rewrite sqr_sqrtr // ltW.
rewrite ltr_pdivr_mulr ?addr_gt0 ?ltr01 // mulrDr mulr1 -ltr_subl_addl.
apply: le_lt_trans (ler_norm _) _.
rewrite -(@ltr_pexpn2r _ 2) ?nnegrE ?normr_ge0 ?mulr_ge0 ?(ltW eps_gt0) ?(ltW root_gt0) //.
by rewrite real_normK ?num_real // exprMn sqr_sqrtr // ltW.
Qed.
