(* Shifted agreement counts of a code, and Reed-Solomon codes: q^T features at an error (T - 1)/(2 n).

     agreements w u v       the number of positions in which the words w u and w v agree
     code_achievable        words of which any two agree in at most t of n positions give the error t/(2 n), in
                            sum_x (a_x - 1) dimensions, and one more unless sum_x 1/a_x = t/2 (a_x symbols at x)
     rs_value c x           the value at x of the polynomial with coefficients c; x is a point of F or infinity
     reed_solomon_achievable, reed_solomon_centred_achievable
                            over the field of p^e elements, with fewer symbols at the first T positions if wanted

   The first T values of a word determine it, so that all choices of symbols there occur. *)
From mathcomp Require Import all_ssreflect all_algebra all_field.
From Lincs Require Import accessible rank_trace coherence.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Codes.
Variables (R : realFieldType) (I X F : finType) (S : X -> {set F}) (w : I -> X -> F).
Hypothesis symbols : forall u x, w u x \in S x.

Definition agreements u v : nat := #|[set x | w u x == w v x]|.

Let centre (s : F) x v : R := (w v x == s)%:R - #|S x|%:R^-1.

(* one position: a matrix of rank a_x - 1, since the centred indicators of its symbols add up to 0 *)
Lemma position_rank x : (\rank (mx_of (fun u v => (w u x == w v x)%:R - #|S x|%:R^-1 : R)%R) <= #|S x|.-1)%N.
Proof.
have [u0 _ | I0] := pickP I; last first.
  by apply: leq_trans (rank_leq_row _) _; rewrite (eq_card0 I0).
set s0 := w u0 x.
have S_neq0 : #|S x|%:R != 0 :> R by rewrite pnatr_eq0 (cardD1 s0) symbols.
have sum_centre v : \sum_(s in S x) centre s x v = 0.
  rewrite big_split /= sumr_const (bigD1 (w v x)) ?symbols //= eqxx big1 ?addr0 => [|s /andP[_ /negPf]].
    by rewrite -[- _ *+ _]mulr_natr mulNr mulVf // subrr.
  by rewrite eq_sym => ->.
have -> : mx_of (fun u v => (w u x == w v x)%:R - #|S x|%:R^-1 : R)
    = mx_of (fun u v => \sum_(s in S x :\ s0) ((w u x == s)%:R - (w u x == s0)%:R) * centre s x v).
  apply/matrixP => i j; rewrite !mxE; move: (enum_val i) (enum_val j) => u v.
  have -> : (w u x == w v x)%:R - #|S x|%:R^-1 = \sum_(s in S x) ((w u x == s)%:R - (w u x == s0)%:R) * centre s x v.
    under eq_bigr => s _ do rewrite mulrBl.
    rewrite sumrB -mulr_sumr sum_centre mulr0 subr0 (bigD1 (w u x)) ?symbols //= eqxx mul1r big1 ?addr0 => [|s].
      by rewrite /centre eq_sym.
    by rewrite eq_sym => /andP[_ /negPf ->]; rewrite mul0r.
  by rewrite (big_setD1 s0) ?symbols //= subrr mul0r add0r.
apply: leq_trans (mx_of_rank _ _ _) _.
by rewrite (cardsD1 s0 (S x)) symbols.
Qed.

Theorem code_achievable t k (eps : R) :
  (forall u v, u != v -> (agreements u v <= t)%N) -> (0 < #|X|)%N -> (0 < k)%N -> (k * t)%:R < eps * (#|X|.*2)%:R ->
  achievable (\sum_x #|S x|.-1 + (\sum_x #|S x|%:R^-1 != t%:R / 2%:R :> R)) #|I| k eps.
Proof.
move=> few X_gt0 k_gt0 lt_eps; set shift := _ != _.
have [n_gt0 k_gt0'] : 0 < #|X|%:R :> R /\ 0 < k%:R :> R by rewrite !ltr0n.
have delta_lt : t%:R / 2%:R / #|X|%:R < eps / k%:R.
  rewrite ltr_pdivl_mulr // -mulrA -invfM -natrM mul2n mulrAC ltr_pdivr_mulr ?ltr0n ?double_gt0 //.
  by rewrite -natrM mulnC.
pose f u v : R := ((agreements u v)%:R - t%:R / 2%:R) / #|X|%:R.
apply: (@approximation_achievable _ _ f) => // [|u v]; last first.
  apply: le_lt_trans delta_lt; rewrite /f; have [<- | /few le_t] := eqVneq u v.
    have -> : agreements u u = #|X| by apply: eq_card => x; rewrite inE eqxx.
    by rewrite mulrBl divff ?gt_eqF // addrAC subrr add0r normrN ger0_norm // !divr_ge0 ?ler0n.
  rewrite subr0 normrM [`|_^-1|]gtr0_norm ?invr_gt0 // ler_pmul2r ?invr_gt0 // ler_norml.
  have half : t%:R / 2%:R + t%:R / 2%:R = t%:R :> R by rewrite -mulrDl -natrD addnn -muln2 natrM mulfK ?pnatr_eq0.
  by rewrite ler_subr_addr addNr ler0n ler_subl_addr half ler_nat.
have -> : mx_of f = #|X|%:R^-1 *:
    (\sum_x mx_of (fun u v => (w u x == w v x)%:R - #|S x|%:R^-1)
     + (\sum_x #|S x|%:R^-1 - t%:R / 2%:R) *: const_mx 1)%R.
  apply/matrixP => i j; rewrite !mxE summxE mulrC; congr (_ * _).
  rewrite mulr1 addrA; congr (_ - _); under [in RHS]eq_bigr do rewrite mxE.
  rewrite -big_split /=; under [in RHS]eq_bigr do rewrite subrK.
  by rewrite /agreements -sum1_card natr_sum big_mkcond; apply: eq_bigr => x _; rewrite inE; case: eqP.
apply: leq_trans (mxrank_scale _ _) _; apply: leq_trans (mxrank_add _ _) _; apply: leq_add.
  by apply: leq_trans (mxrank_sum_le _ _ _) _; apply: leq_sum => x _; apply: position_rank.
rewrite -subr_eq0 in shift *; rewrite /shift; case: eqP => [-> | _]; first by rewrite scale0r mxrank0.
apply: leq_trans (mxrank_scale _ _) _.
have <- : mx_of (fun _ _ => \sum_(s in [set tt]) 1 * 1) = const_mx 1 :> 'M[R]_#|I|.
  by apply/matrixP => i j; rewrite !mxE big_set1 mulr1.
by apply: leq_trans (mx_of_rank _ _ _) _; rewrite cards1.
Qed.
End Codes.

Section Values.
Variables (F : finFieldType) (T : nat).
Hypothesis T_gt0 : (0 < T)%N.
Implicit Types (c : 'rV[F]_T) (x : option F).

Definition rs_value c x : F := if x is Some a then (rVpoly c).[a] else (rVpoly c)`_T.-1.

Lemma rs_valueB c c' x : rs_value (c - c') x = rs_value c x - rs_value c' x.
Proof. by case: x => [a|]; rewrite /= linearB /= ?hornerE ?coefB. Qed.

(* a polynomial of degree < T that is not 0 vanishes at most T - 1 times, infinity included *)
Lemma rs_zeros c : c != 0 -> (#|[set x | (rs_value c x == 0)%R]| < T)%N.
Proof.
move=> c_neq0; have p_neq0 : rVpoly c != 0 by apply: contraNneq c_neq0 => p0; rewrite -(rVpolyK c) p0 linear0.
pose roots : seq F := enum [pred a | rs_value c (Some a) == 0].
have -> : #|[set x | (rs_value c x == 0)%R]| = (((rVpoly c)`_T.-1 == 0)%R + size roots)%N.
  rewrite -sum1_card big_mkcond big_option inE /= -cardE -sum1_card [in RHS]big_mkcond /=.
  by congr (_ + _)%N; apply: eq_bigr => a _; rewrite inE.
have few : (size roots < size (rVpoly c))%N.
  apply: max_poly_roots; rewrite ?enum_uniq //.
  by apply/allP => a; rewrite mem_enum.
have size_le : (size (rVpoly c) <= T)%N by exact: size_poly.
case: eqP => [top0 | _]; last exact: leq_trans few size_le.
rewrite add1n -(prednK T_gt0) ltnS; apply: leq_trans few _.
apply/leq_sizeP => j; rewrite leq_eqVlt => /predU1P[<- // | lt_j].
by rewrite nth_default // (leq_trans size_le) // -(prednK T_gt0).
Qed.

Lemma rs_agreements c c' : c != c' -> (agreements rs_value c c' <= T.-1)%N.
Proof.
rewrite -subr_eq0 -ltnS prednK // => /rs_zeros; apply: leq_ltn_trans.
by rewrite subset_leq_card //; apply/subsetP => x; rewrite !inE rs_valueB subr_eq0.
Qed.
End Values.

Section ReedSolomon.
Variables (F : finFieldType) (T n : nat).
Hypotheses (T_gt0 : (0 < T)%N) (T_le : (T <= n)%N) (n_le : (n <= #|F|.+1)%N).
Variable S : 'I_n -> {set F}.
Hypothesis S_free : forall x : 'I_n, (T <= x)%N -> S x = setT.

Let n_points : (n <= #|{: option F}|)%N. Proof. by rewrite card_option. Qed.
Let point (x : 'I_n) : option F := enum_val (widen_ord n_points x).
Let point_inj : injective point.
Proof. by move=> x y /enum_val_inj/(congr1 val)/= /val_inj. Qed.
Let first : 'I_T -> 'I_n := widen_ord T_le.

Definition rs_word (c : 'rV[F]_T) (x : 'I_n) : F := rs_value c (point x).
Definition rs_words : {set 'rV[F]_T} := [set c | [forall x, rs_word c x \in S x]].

Lemma card_rs_words : #|rs_words| = (\prod_(x < T) #|S (first x)|)%N.
Proof.
pose values (c : 'rV[F]_T) := [ffun x => rs_word c (first x)].
have values_inj : injective values.
  move=> c c' vals; apply/eqP/negPn/negP => /(rs_agreements T_gt0); apply/negP; rewrite -ltnNge prednK //.
  have cardT : #|[set point (first x) | x : 'I_T]| = T.
    by rewrite card_imset ?card_ord // => x y /point_inj/(congr1 val)/= /val_inj.
  rewrite -[X in (X <= _)%N]cardT; apply/subset_leq_card/subsetP => _ /imsetP[x _ ->].
  by rewrite inE; have := congr1 (fun v : {ffun 'I_T -> F} => v x) vals; rewrite !ffunE => /eqP.
have values_bij : bijective values.
  by apply: inj_card_bij values_inj _; rewrite card_ffun card_ord card_mx mul1n.
have -> : #|rs_words| = #|(family (fun x => mem (S (first x))) : pred {ffun 'I_T -> F})|.
  rewrite -(on_card_preimset (onW_bij _ values_bij)); apply: eq_card => c; rewrite !inE.
  apply/forallP/familyP => [in_S x | in_S x]; first by rewrite ffunE; apply: in_S.
  case: (ltnP x T) => [lt_x | /S_free ->]; last by rewrite in_setT.
  have -> : x = first (Ordinal lt_x) by apply/val_inj.
  by have := in_S (Ordinal lt_x); rewrite ffunE.
under [RHS]eq_bigr => x _ do rewrite -sum1_card.
by rewrite bigA_distr_big_dep -sum1_card; apply: eq_bigr => v _; rewrite big1.
Qed.

Theorem rs_achievable (R : realFieldType) k (eps : R) :
  (0 < k)%N -> (k * T.-1)%:R < eps * n.*2%:R ->
  achievable (\sum_x #|S x|.-1 + (\sum_x #|S x|%:R^-1 != T.-1%:R / 2%:R :> R)) (\prod_(x < T) #|S (first x)|) k eps.
Proof.
move=> k_gt0 lt_eps.
pose w (c : {c | c \in rs_words}) x := rs_word (val c) x.
have in_S c x : w c x \in S x by have := valP c; rewrite /= inE => /forallP/(_ x).
have n_gt0 : (0 < #|'I_n|)%N by rewrite card_ord (leq_trans T_gt0).
have := @code_achievable R _ _ _ _ w in_S T.-1 k eps _ n_gt0 k_gt0.
rewrite card_sig card_ord => code; rewrite -card_rs_words.
have <- : #|[pred c in rs_words]| = #|rs_words| by [].
apply: code lt_eps => c c' cc'.
apply: leq_trans (rs_agreements T_gt0 cc'); rewrite /agreements -(card_imset _ point_inj).
by apply/subset_leq_card/subsetP => _ /imsetP[x + ->]; rewrite !inE.
Qed.
End ReedSolomon.

(* The field of p^e elements; a + 1 symbols at r positions, a at T - r, all at the others. *)
Section Trimmed.
Variables (R : realFieldType) (p e T n a r k : nat) (eps : R).
Local Notation q := (p ^ e)%N.
Hypotheses (p_prime : prime p) (e_gt0 : (0 < e)%N) (T_gt0 : (0 < T)%N) (T_le : (T <= n)%N) (n_le : (n <= q.+1)%N).
Hypotheses (k_gt0 : (0 < k)%N) (lt_eps : (k * T.-1)%:R < eps * n.*2%:R).

Let size_at x := if (T <= x)%N then q else (a + (x < r))%N.

Theorem reed_solomon_achievable : (0 < a)%N -> (a + (0 < r) <= q)%N -> (r <= T)%N ->
  achievable (r * a + (T - r) * a.-1 + (n - T) * q.-1).+1 (a.+1 ^ r * a ^ (T - r)) k eps.
Proof.
move=> a_gt0 a_le r_le; have [F _ cardF] := PrimePowerField p_prime e_gt0.
pose S (x : 'I_n) := [set y in take (size_at x) (enum F)].
have cardS x : #|S x| = size_at x.
  rewrite cardsE (card_uniqP _) ?take_uniq ?enum_uniq // size_takel // -cardE /= cardF /size_at.
  case: (leqP T x) => // _; apply: leq_trans _ a_le; rewrite leq_add2l.
  by case: (ltnP x r) => // /(leq_ltn_trans (leq0n x)) ->.
have S_free (x : 'I_n) : (T <= x)%N -> S x = setT.
  by move=> le_x; apply/eqP; rewrite eqEcard subsetT cardsT cardS /size_at le_x cardF leqnn.
have n_le' : (n <= #|F|.+1)%N by rewrite cardF.
have [sum_sizes prod_sizes] : (\sum_x #|S x|.-1 = r * a + (T - r) * a.-1 + (n - T) * q.-1)%N /\
    (\prod_(x < T) #|S (widen_ord T_le x)| = a.+1 ^ r * a ^ (T - r))%N.
  split.
    rewrite (eq_bigr (fun x : 'I_n => (size_at x).-1)) => [|x _]; last by rewrite cardS.
    rewrite -(big_mkord xpredT (fun x => (size_at x).-1)) (big_cat_nat _ _ _ (leq0n T) T_le) //=.
    rewrite (big_cat_nat _ _ _ (leq0n r) r_le) //=.
    rewrite (eq_big_nat _ _ (F2 := fun=> a)) => [|x /andP[_ lt_x]]; last first.
      by rewrite /size_at leqNgt (leq_trans lt_x) // lt_x addn1.
    rewrite [X in (_ + X + _)%N](eq_big_nat _ _ (F2 := fun=> a.-1)) => [|x /andP[le_x lt_x]]; last first.
      by rewrite /size_at leqNgt lt_x ltnNge le_x addn0.
    rewrite [X in (_ + _ + X)%N](eq_big_nat _ _ (F2 := fun=> q.-1)) => [|x /andP[le_x _]]; last first.
      by rewrite /size_at le_x.
    by rewrite !sum_nat_const_nat subn0.
  rewrite (eq_bigr (fun x : 'I_T => a + (x < r))%N) => [|x _]; last by rewrite cardS /size_at /= leqNgt ltn_ord.
  rewrite -(big_mkord xpredT (fun x => a + (x < r))%N) (big_cat_nat _ _ _ (leq0n r) r_le) //=.
  rewrite (eq_big_nat _ _ (F2 := fun=> a.+1)) => [|x /andP[_ ->]]; last by rewrite addn1.
  rewrite [X in (_ * X)%N](eq_big_nat _ _ (F2 := fun=> a)) => [|x /andP[le_x _]]; last first.
    by rewrite ltnNge le_x addn0.
  by rewrite !prod_nat_const_nat subn0.
have := rs_achievable T_gt0 T_le n_le' S_free k_gt0 lt_eps.
rewrite prod_sizes sum_sizes; apply: achievable_monotone => //.
by rewrite -[X in (_ <= X)%N]addn1 leq_add2l leq_b1.
Qed.

(* all symbols everywhere and n/q = (T - 1)/2: one dimension less *)
Theorem reed_solomon_centred_achievable : (n.*2 = q * T.-1)%N -> achievable (n * q.-1) (q ^ T) k eps.
Proof.
move=> centred; have [F _ cardF] := PrimePowerField p_prime e_gt0.
have n_le' : (n <= #|F|.+1)%N by rewrite cardF.
have := @rs_achievable F T n T_gt0 T_le n_le' (fun=> setT) (fun _ _ => erefl) R k eps k_gt0 lt_eps.
rewrite cardsT cardF prod_nat_const !sum_nat_const sumr_const !card_ord.
have -> : q%:R^-1 *+ n == T.-1%:R / 2%:R :> R.
  have q_neq0 : q%:R != 0 :> R by rewrite pnatr_eq0 -lt0n expn_gt0 prime_gt0.
  by rewrite -[_^-1 *+ n]mulr_natl eqr_div ?q_neq0 ?pnatr_eq0 // -!natrM muln2 centred mulnC.
by rewrite addn0.
Qed.
End Trimmed.
