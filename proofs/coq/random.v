(* Matrices of signs with small inner products exist (Theorem 2 of Garg, Kleinberg and Peng, with explicit constants).

     For l >= 1 and two columns of signs with inner product p put weight = l^p + l^-p. A random new row multiplies it by
     (l + 1/l)/2 on average, for each pair of columns. So rows can be chosen one by one such that the sum over all pairs
     grows by no more than that; in the end no single pair can have |p| > s:
       signs_exist       if m (m - 1) ((l + 1/l)/2)^d < l^(s + 1), some d x m matrix of signs has |<a_i, a_j>| <= s
       random_achievable so d dimensions are enough if also k s < eps (d + s)
   With l = exp(s/d) this is d > 2 ln(m (m - 1)) (k/eps - 1)^2: see random_real.v. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Lincs Require Import accessible coherence.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Signs.
Variables (R : realFieldType) (m : nat) (l : R).
Hypothesis l_ge1 : 1 <= l.
Local Notation row := {ffun 'I_m -> bool}.
Local Notation mean := ((l + l^-1) / 2%:R).
Implicit Types (x : row) (X : seq row) (i j : 'I_m) (c : bool).

Let l_gt0 : 0 < l. Proof. exact: lt_le_trans ltr01 l_ge1. Qed.

(* a row where the columns i, j differ counts 1/l, one where they agree l; with c, the other way round *)
Definition factor c i j x : R := if c (+) (x i (+) x j) then l^-1 else l.
Definition power c i j X : R := \prod_(x <- X) factor c i j x.
Definition weight X : R := \sum_i \sum_(j | j != i) \sum_c power c i j X.

Lemma power_gt0 c i j X : 0 < power c i j X.
Proof. by apply: prodr_gt0 => x _; rewrite /factor; case: ifP; rewrite ?invr_gt0. Qed.

Definition flip i x : row := [ffun j => (j == i) (+) x j].
Lemma flipK i : involutive (flip i).
Proof. by move=> x; apply/ffunP => j; rewrite !ffunE addbA addbb. Qed.

Lemma factor_sum c i j : j != i -> \sum_x factor c i j x = #|{: row}|%:R * mean.
Proof.
move=> ji; suff : (\sum_x factor c i j x) *+ 2 = #|{: row}|%:R * (l + l^-1).
  by rewrite mulrA => <-; rewrite -[X in _ = X / _]mulr_natr mulfK ?pnatr_eq0.
rewrite mulr2n {2}(reindex_inj (inv_inj (flipK i))) -big_split /= (eq_bigr (fun=> l + l^-1)) => [|x _].
  by rewrite sumr_const mulr_natl.
rewrite /factor !ffunE eqxx (negPf ji) /= addNb addbN.
by case: (_ (+) _); rewrite //= addrC.
Qed.

Lemma row_choice X : exists x, weight (x :: X) <= mean * weight X.
Proof.
apply/existsP; apply: contraT => /existsPn worse.
have : \sum_(x : row) mean * weight X < \sum_(x : row) weight (x :: X).
  rewrite (bigD1 [ffun=> false]) //= [X in _ < X](bigD1 [ffun=> false]) //= ltr_le_add ?ltNge ?worse //.
  by apply: ler_sum => x _; apply: ltW; rewrite ltNge worse.
suff -> : \sum_(x : row) weight (x :: X) = #|{: row}|%:R * (mean * weight X) by rewrite sumr_const mulr_natl ltxx.
rewrite /weight exchange_big mulrA mulr_sumr; apply: eq_bigr => i _.
rewrite exchange_big mulr_sumr; apply: eq_bigr => j ji; rewrite exchange_big mulr_sumr; apply: eq_bigr => c _.
rewrite -(factor_sum c ji) mulr_suml; by apply: eq_bigr => x _; rewrite /power big_cons.
Qed.

Lemma rows_exist d : exists2 X : seq row, size X = d & weight X <= mean ^+ d * weight [::].
Proof.
elim: d => [|d [X size_X le_X]]; first by exists [::]; rewrite // mul1r.
have [x le_x] := row_choice X; exists (x :: X); rewrite /= ?size_X //.
apply: le_trans le_x _; rewrite exprS -[X in _ <= X]mulrA ler_wpmul2l // divr_ge0 ?ler0n // addr_ge0 ?invr_ge0 ?ltW //.
Qed.

Lemma weight_nil : weight [::] = 2%:R * (m * m.-1)%:R.
Proof.
rewrite /weight (eq_bigr (fun=> 2%:R * m.-1%:R)) => [|i _].
  by rewrite sumr_const card_ord -[_ *+ m]mulr_natl natrM mulrCA.
rewrite (eq_bigr (fun=> 2%:R)) => [|j _]; last by rewrite big_bool /power !big_nil.
rewrite sumr_const -[_ *+ #|_|]mulr_natr; congr (_ * _%:R).
by have := cardC1 i; rewrite card_ord => <-; apply: eq_card => j; rewrite !inE.
Qed.

Definition inner_product i j X : R := \sum_(x <- X) (-1) ^+ (x i (+) x j).

Lemma power_large c i j X s : s%:R < (-1) ^+ c * inner_product i j X -> l ^+ s.+1 <= power c i j X.
Proof.
pose p := count (fun x => ~~ (c (+) (x i (+) x j))) X; pose n := count (fun x => c (+) (x i (+) x j)) X.
have -> : (-1) ^+ c * inner_product i j X = p%:R - n%:R.
  rewrite {}/p {}/n /inner_product mulr_sumr; elim: X => [|x X IH]; first by rewrite big_nil subrr.
  rewrite big_cons IH /= -signr_addb; case: (c (+) _) => /=; rewrite !natrD ?add0r ?opprD; first by rewrite addrCA.
  by rewrite addrA.
have powerE : power c i j X * l ^+ n = l ^+ p.
  rewrite /power {}/p {}/n; elim: X => [|x X IH]; first by rewrite big_nil mulr1.
  rewrite big_cons /factor /=; case: (c (+) _) => /=; last by rewrite exprS -IH add0n mulrA.
  by rewrite exprS add0n mulrACA mulVf ?gt_eqF // mul1r.
rewrite ltr_subr_addr -natrD ltr_nat => lt_p.
by rewrite -(ler_pmul2r (exprn_gt0 n l_gt0)) powerE -exprD ler_weexpn2l // addSn.
Qed.

Theorem signs_exist d s : (m * m.-1)%:R * mean ^+ d < l ^+ s.+1 ->
  exists2 X : seq row, size X = d & forall i j, i != j -> `|inner_product i j X| <= s%:R.
Proof.
move=> small; have [X size_X] := rows_exist d; rewrite weight_nil mulrCA [mean ^+ d * _]mulrC => le_X.
exists X => // i j ij; rewrite leNgt; apply/negP; rewrite ltr_normr => big.
have [c large] : exists c, l ^+ s.+1 <= power c i j X.
  case/orP: big => big; [exists false | exists true]; apply: power_large; by rewrite ?expr0 ?mul1r // expr1 mulN1r.
have sym : power c j i X = power c i j X.
  by apply: eq_bigr => x _; rewrite /factor addbC [x j (+) x i]addbC addbC.
have : 2%:R * power c i j X <= weight X.
  have nonneg i' j' : 0 <= \sum_c power c i' j' X by apply: sumr_ge0 => ? _; rewrite ltW ?power_gt0.
  have above i' j' : j' != i' -> power c i' j' X <= \sum_(j | j != i') \sum_c power c i' j X.
    move=> neq; rewrite (bigD1 j') //= (bigD1 c) //= -addrA ler_addl addr_ge0 ?sumr_ge0 // => ? _.
    by rewrite ltW ?power_gt0.
  rewrite mulr_natl mulr2n /weight (bigD1 i) //= [X in _ <= _ + X](bigD1 j) 1?eq_sym //=.
  rewrite addrA -[X in X <= _]addr0 !ler_add //.
  - by apply: above; rewrite eq_sym.
  - by rewrite -sym; apply: above.
  by apply: sumr_ge0 => i' _; apply: sumr_ge0.
rewrite leNgt => /negP; apply; apply: le_lt_trans le_X _.
by rewrite ltr_pmul2l ?ltr0n //; apply: lt_le_trans small large.
Qed.
End Signs.

(* The columns of such a matrix have the coherence s/d, and B = A up to scale. *)
Theorem random_achievable (R : realFieldType) d m k s (eps l : R) :
  (0 < d)%N -> (0 < k)%N -> 1 <= l -> k%:R * s%:R < eps * (d + s)%:R ->
  (m * m.-1)%:R * ((l + l^-1) / 2%:R) ^+ d < l ^+ s.+1 ->
  exists2 A : 'M[R]_(d, m), forall r j, A r j ^+ 2 = 1 & accessible k eps A ((d + s)%:R^-1 *: A).
Proof.
move=> d_gt0 k_gt0 l_ge1 lt_eps /(signs_exist l_ge1)[X size_X small].
have d_pos : 0 < d%:R :> R by rewrite ltr0n.
pose A : 'M[R]_(d, m) := \matrix_(r, j) (-1) ^+ (nth [ffun=> false] X r j).
have AA i j : (A^T *m A) i j = inner_product R i j X.
  rewrite mxE /inner_product (big_nth [ffun=> false]) size_X big_mkord; apply: eq_bigr => r _.
  by rewrite !mxE signr_addb.
exists A => [r j|]; first by rewrite mxE sqrr_sign.
have -> : (d + s)%:R^-1 = (d%:R * (1 + s%:R / d%:R))^-1 :> R by rewrite mulrDr mulr1 mulrCA divff ?gt_eqF // mulr1 natrD.
apply: coherence_accessible => // [||i|i j ij].
- by rewrite divr_ge0 ?ler0n.
- have -> : s%:R / d%:R / (1 + s%:R / d%:R) = s%:R / (d + s)%:R :> R.
    by rewrite -mulrA -invfM mulrDr mulr1 mulrCA divff ?gt_eqF // mulr1 natrD.
  by rewrite mulrA ltr_pdivr_mulr // ltr0n addn_gt0 d_gt0.
- by rewrite AA /inner_product (eq_bigr (fun=> 1)) => [|x _]; rewrite ?addbb // big_const_seq count_predT size_X iter_addr_0.
by rewrite AA divfK ?gt_eqF // small.
Qed.
