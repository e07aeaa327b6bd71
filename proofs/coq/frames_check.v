(* Upper bounds by computation: boolean checks on binary numbers, run by vm_compute, each proved to be enough.

     frame_check d m k a b num den A B   integer columns A and probes B, all of length d, m of each: every entry of
                                         (num/den) B^T A is within (a/b)/k of the identity's
     decode w c d x                      d integers: the base 2^w digits of x, lowest first, less c
     prime_check p                       no number from 2 to the root of p divides p
     reed_solomon_check, paley_check     the parameters of a member of the family suffice

   All numbers are binary, and N.to_nat of them is never evaluated: features may be counted up to 10^300. *)
From Coq Require Import ZArith NArith.
From mathcomp Require Import all_ssreflect all_algebra all_field.
From mathcomp Require Import zify ssrZ.
From Lincs Require Import accessible coherence conference reed_solomon.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* binary integers in an ordered field *)
Section Numbers.
Variable R : realFieldType.
Definition zR (z : Z) : R := (int_of_Z z)%:~R.
Definition nR (n : N) : R := (N.to_nat n)%:R.

Lemma zRD x y : zR (Z.add x y) = zR x + zR y. Proof. by rewrite /zR (rmorphD _ x y) rmorphD. Qed.
Lemma zRB x y : zR (Z.sub x y) = zR x - zR y. Proof. by rewrite /zR (rmorphB _ x y) rmorphB. Qed.
Lemma zRM x y : zR (Z.mul x y) = zR x * zR y. Proof. by rewrite /zR (rmorphM _ x y) rmorphM. Qed.
Lemma zR_abs x : zR (Z.abs x) = `|zR x|.
Proof. by rewrite /zR -intr_norm; congr (_%:~R); lia. Qed.
Lemma zR_lt x y : Z.ltb x y -> zR x < zR y.
Proof. by move=> lt; rewrite /zR ltr_int; lia. Qed.
Lemma zR_of_N n : zR (Z.of_N n) = nR n.
Proof. by rewrite /zR /nR pmulrn; congr (_%:~R); lia. Qed.
Lemma nRM x y : nR (N.mul x y) = nR x * nR y. Proof. by rewrite /nR N2Nat.inj_mul natrM. Qed.
End Numbers.

Section Matrices.
Variable (R : realFieldType).
Implicit Types (u v : seq Z) (A B : seq (seq Z)) (d m k a b num den : N).

Fixpoint inner u v : Z :=
  if u is x :: u' then if v is y :: v' then Z.add (Z.mul x y) (inner u' v') else Z0 else Z0.

(* with K = k b and L = a den: K |num <u, v> - den [same]| < L *)
Definition entry_check num den (K L : Z) (same : bool) u v : bool :=
  Z.ltb (Z.mul K (Z.abs (Z.sub (Z.mul (Z.of_N num) (inner u v)) (if same then Z.of_N den else Z0)))) L.

Definition frame_check d m k a b num den A B : bool :=
  let entry := entry_check num den (Z.of_N (N.mul k b)) (Z.of_N (N.mul a den)) in
  let row i :=
    let u := nth [::] B i in
    [&& all (entry false u) (take i A), entry true u (nth [::] A i) & all (entry false u) (drop i.+1 A)] in
  let columns A := (N.of_nat (size A) =? m)%num && all (fun u => N.of_nat (size u) =? d)%num A in
  [&& N.ltb 0 k, N.ltb 0 b, N.ltb 0 den, columns A, columns B & all row (iota 0 (size B))].

Definition columns_mx d m A : 'M[R]_(N.to_nat d, N.to_nat m) := \matrix_(r, j) zR R (nth Z0 (nth [::] A j) r).

Lemma nR_gt0 n : N.ltb 0 n -> 0 < nR R n. Proof. by move=> n_gt0; rewrite /nR ltr0n; lia. Qed.

Lemma entry_checkP k a b num den same u v : N.ltb 0 k -> N.ltb 0 b -> N.ltb 0 den ->
  entry_check num den (Z.of_N (N.mul k b)) (Z.of_N (N.mul a den)) same u v ->
  `|nR R num / nR R den * zR R (inner u v) - same%:R| < nR R a / nR R b / nR R k.
Proof.
move=> /nR_gt0 k_gt0 /nR_gt0 b_gt0 /nR_gt0 den_gt0 /(zR_lt R).
rewrite zRM zR_abs zRB zRM !zR_of_N (fun_if (zR R)) zR_of_N !nRM; move: (inner _ _) => x.
have -> : (if same then nR R den else zR R Z0) = same%:R * nR R den by case: same; rewrite ?mul1r ?mul0r.
move=> lt; have -> : nR R num / nR R den * zR R x - same%:R = (nR R num * zR R x - same%:R * nR R den) / nR R den.
  by rewrite mulrBl mulfK ?gt_eqF // mulrAC.
rewrite normrM [`|_^-1|]gtr0_norm ?invr_gt0 // -[_ / _ / nR R k]mulrA -invfM ltr_pdivr_mulr // mulrAC.
by rewrite ltr_pdivl_mulr ?mulr_gt0 // [nR R b * _]mulrC [X in X < _]mulrC.
Qed.

Lemma innerE n u v : size u = n -> size v = n ->
  zR R (inner u v) = \sum_(r < n) zR R (nth Z0 u r) * zR R (nth Z0 v r).
Proof.
elim: n u v => [|n IH] [|x u] [|y v] //= => [_ _|[size_u] [size_v]]; first by rewrite big_ord0.
by rewrite zRD zRM big_ord_recl /= (IH u v).
Qed.

Theorem frame_check_accessible d m k a b num den A B : frame_check d m k a b num den A B ->
  accessible (N.to_nat k) (nR R a / nR R b) (columns_mx d m A) ((nR R num / nR R den) *: columns_mx d m B).
Proof.
move=> /and5P[k_gt0 b_gt0 den_gt0 /andP[/N.eqb_eq size_A /allP sizes_A]].
move=> /andP[/andP[/N.eqb_eq size_B /allP sizes_B] /allP rows].
have size_nth C j : size C = N.to_nat m -> (forall u, u \in C -> N.eqb (N.of_nat (size u)) d) -> (j < N.to_nat m)%N ->
    size (nth [::] C j) = N.to_nat d.
  move=> size_C sizes lt_j; have /sizes/N.eqb_eq : nth [::] C j \in C by rewrite mem_nth // size_C.
  by move=> <-; rewrite Nat2N.id.
have {}size_A : size A = N.to_nat m by rewrite -size_A Nat2N.id.
have {}size_B : size B = N.to_nat m by rewrite -size_B Nat2N.id.
apply: near_identity_accessible => i j; rewrite deviationE.
have -> : (((nR R num / nR R den) *: columns_mx d m B)^T *m columns_mx d m A) i j
    = nR R num / nR R den * zR R (inner (nth [::] B i) (nth [::] A j)).
  rewrite (innerE (size_nth B i size_B sizes_B (ltn_ord i)) (size_nth A j size_A sizes_A (ltn_ord j))).
  by rewrite mxE mulr_sumr; apply: eq_bigr => r _; rewrite !mxE mulrA.
have : entry_check num den (Z.of_N (N.mul k b)) (Z.of_N (N.mul a den)) (i == j) (nth [::] B i) (nth [::] A j).
  have /rows/and3P[/allP low diag /allP high] : (i : nat) \in iota 0 (size B) by rewrite mem_iota size_B /=.
  have [<- // | neq] := eqVneq i j.
  have : i != j :> nat by []; rewrite neq_ltn => /orP[lt_ij | lt_ji].
    apply: high; have -> : nth [::] A j = nth [::] (drop i.+1 A) (j - i.+1) by rewrite nth_drop subnKC.
    by rewrite mem_nth // size_drop size_A ltn_sub2r // (leq_ltn_trans lt_ij).
  apply: low; rewrite -(nth_take [::] lt_ji) mem_nth // size_take size_A ltn_ord.
  by [].
exact: entry_checkP.
Qed.
End Matrices.

(* matrices as numbers, to be read fast *)
Fixpoint digit (w : nat) (x : N) : N * N :=
  if w is w'.+1 then
    let: (low, rest) := digit w' (N.div2 x) in
    ((if N.odd x then N.succ_double low else N.double low), rest)
  else (0%num, x).

Fixpoint decode (w : nat) (c : N) (d : nat) (x : N) : seq Z :=
  if d is d'.+1 then let: (low, rest) := digit w x in Z.sub (Z.of_N low) (Z.of_N c) :: decode w c d' rest else [::].

Corollary frame_check_achievable (R : realFieldType) d m k a b num den columns probes :
  frame_check d m k a b num den columns probes ->
  exists A B : 'M[R]_(N.to_nat d, N.to_nat m), accessible (N.to_nat k) ((N.to_nat a)%:R / (N.to_nat b)%:R) A B.
Proof. by move=> ok; do 2 eexists; apply: frame_check_accessible ok. Qed.

(* primes by trial division *)
Definition prime_check (p : N) : bool :=
  let step := fun s : N * bool => (N.succ s.1, if s.2 then negb (N.modulo p s.1 =? 0)%num else false) in
  (1 <? p)%num && (N.iter (N.pred (N.sqrt p)) step (2%num, true)).2.

Lemma prime_checkP p : prime_check p -> prime (N.to_nat p).
Proof.
rewrite /prime_check; set step := fun s : N * bool => _; move=> /andP[p_gt1 checked].
have steps n : (N.iter n step (2%num, true)).1 = N.add 2 n /\
    ((N.iter n step (2%num, true)).2 -> forall i, N.leb 2 i -> N.ltb i (N.add 2 n) -> ~~ (N.modulo p i =? 0)%num).
  elim/N.peano_ind: n => [|n [IH1 IH2]]; first by split=> // _ i /N.leb_le i_ge2 /N.ltb_lt; lia.
  rewrite N.iter_succ {1 3}/step; split; first by rewrite -[LHS]/(N.succ _) IH1; lia.
  rewrite -[X in is_true X -> _]/(if (N.iter n step _).2 then ~~ (N.modulo p (N.iter n step _).1 =? 0)%num else false) IH1.
  case: (N.iter n step _).2 IH2 => [/(_ isT) IH2 last i i_ge2 i_lt|//].
  have [-> // | neq] := eqVneq i (N.add 2 n); apply: IH2 => //; lia.
have [_ /(_ checked) no_divisor] := steps (N.pred (N.sqrt p)).
apply: ltn_pdiv2_prime; first by lia.
rewrite ltnNge; apply/negP; rewrite -mulnn; set i := pdiv (N.to_nat p) => small.
have i_gt1 : (1 < i)%N by apply/prime_gt1/pdiv_prime; lia.
have le_sqrt : N.le (N.of_nat i) (N.sqrt p) by apply/N.sqrt_le_square; lia.
have no_i : ~~ (N.modulo p (N.of_nat i) =? 0)%num by apply: no_divisor; lia.
have /dvdnP[c pE] : (i %| N.to_nat p)%N by apply: pdiv_dvd.
by move: no_i; rewrite (_ : p = N.mul (N.of_nat c) (N.of_nat i)) ?N.mod_mul //; lia.
Qed.

(* (p, e): the field; T, n: degree and points; a + 1 symbols at r of the first T points and a at the others *)
Definition reed_solomon_check (p e T n a r d m k num den : N) : bool :=
  let q := N.pow p e in
  [&& prime_check p, N.ltb 0 e, N.ltb 0 T, N.leb T n, N.leb n (N.succ q), N.ltb 0 a,
      N.leb (if r is 0%num then a else N.succ a) q, N.leb r T, N.ltb 0 k, N.ltb 0 den, N.ltb (k * (T - 1) * den) (num * (2 * n)),
      N.leb m (N.succ a ^ r * a ^ (T - r)) & N.leb (r * a + (T - r) * (a - 1) + (n - T) * (q - 1) + 1) d]%num.

Definition reed_solomon_centred_check (p e T n d m k num den : N) : bool :=
  let q := N.pow p e in
  [&& prime_check p, N.ltb 0 e, N.ltb 0 T, N.leb T n, N.leb n (N.succ q), N.eqb (2 * n) (q * (T - 1)),
      N.ltb 0 k, N.ltb 0 den, N.ltb (k * (T - 1) * den) (num * (2 * n)), N.leb m (q ^ T) & N.leb (n * (q - 1)) d]%num.

(* q = p^e = 1 mod 4 and k/eps - 1 < sqrt q *)
Definition paley_check (p e d m k num den : N) : bool :=
  let q := N.pow p e in
  [&& prime_check p, N.ltb 0 e, N.eqb (N.modulo q 4) 1, N.leb m (q + 1), N.leb (q + 1) (2 * d),
      N.ltb 0 k, N.ltb 0 num, N.ltb 0 den, N.leb num (k * den)
    & N.ltb ((k * den - num) * (k * den - num)) (num * num * q)]%num.

Lemma to_nat_pow a b : N.to_nat (N.pow a b) = (N.to_nat a ^ N.to_nat b)%N.
Proof. by lia. Qed.

Definition constant_check (d m k num den : N) : bool :=
  [&& N.leb 1 d, N.ltb 0 k, N.ltb 0 den & N.ltb (k * den) (2 * num)]%num.

Definition identity_check (d m num den : N) : bool := [&& N.leb m d, N.ltb 0 num & N.ltb 0 den]%num.

Definition simplex_check (d m k num den : N) : bool :=
  [&& N.ltb 0 m, N.leb (m - 1) d, N.ltb 0 k, N.ltb 0 den & N.ltb (k * den) (num * m)]%num.

Lemma to_nat_mul x y : N.to_nat (x * y) = (N.to_nat x * N.to_nat y)%N. Proof. by lia. Qed.
Lemma to_nat_pred x : N.to_nat (x - 1) = (N.to_nat x).-1. Proof. by lia. Qed.
Lemma to_nat_le x y : N.leb x y -> (N.to_nat x <= N.to_nat y)%N. Proof. by lia. Qed.

Lemma ratio_lt (R : realFieldType) (x y num den : N) : N.ltb 0 den -> N.ltb (x * den)%num (num * y)%num ->
  (N.to_nat x)%:R < nR R num / nR R den * (N.to_nat y)%:R :> R.
Proof.
move=> /(nR_gt0 R) den_gt0 lt; rewrite mulrAC ltr_pdivl_mulr //.
rewrite -[(N.to_nat x)%:R]/(nR R x) -[(N.to_nat y)%:R]/(nR R y) -!nRM -!zR_of_N; apply: zR_lt; lia.
Qed.

Theorem identity_check_achievable (R : realFieldType) d m k num den :
  identity_check d m num den ->
  exists A B : 'M[R]_(N.to_nat d, N.to_nat m), accessible (N.to_nat k) ((N.to_nat num)%:R / (N.to_nat den)%:R) A B.
Proof.
move=> /and3P[/to_nat_le m_le /(nR_gt0 R) num_gt0 /(nR_gt0 R) den_gt0].
apply: achievable_monotone m_le (leqnn _) (leqnn _) (lexx _) _.
exact/identity_achievable/divr_gt0.
Qed.

Theorem simplex_check_achievable (R : realFieldType) d m k num den :
  simplex_check d m k num den ->
  exists A B : 'M[R]_(N.to_nat d, N.to_nat m), accessible (N.to_nat k) ((N.to_nat num)%:R / (N.to_nat den)%:R) A B.
Proof.
move=> /and5P[m_gt0 /to_nat_le d_ge k_gt0 den_gt0 lt]; rewrite to_nat_pred in d_ge.
apply: achievable_monotone d_ge (leqnn _) (leqnn _) (lexx _) _.
apply: simplex_achievable; first by lia.
rewrite ltr_pdivl_mulr ?nR_gt0 // mulrC ltr_pdivr_mulr ?nR_gt0 //; exact: ratio_lt.
Qed.

Theorem constant_check_achievable (R : realFieldType) d m k num den :
  constant_check d m k num den ->
  exists A B : 'M[R]_(N.to_nat d, N.to_nat m), accessible (N.to_nat k) ((N.to_nat num)%:R / (N.to_nat den)%:R) A B.
Proof.
move=> /and4P[/to_nat_le d_ge k_gt0 den_gt0 lt].
apply: achievable_monotone d_ge (leqnn _) (leqnn _) (lexx _) _.
apply: constant_achievable; rewrite ltr_pdivl_mulr ?nR_gt0 // mulrC ltr_pdivr_mulr ?ltr0n //.
by apply: (@ratio_lt R k 2%num) => //; lia.
Qed.

Theorem reed_solomon_check_achievable (R : realFieldType) p e T n a r d m k num den :
  reed_solomon_check p e T n a r d m k num den ->
  exists A B : 'M[R]_(N.to_nat d, N.to_nat m), accessible (N.to_nat k) ((N.to_nat num)%:R / (N.to_nat den)%:R) A B.
Proof.
move=> /and5P[/prime_checkP p_prime e_gt0 T_gt0 T_le /and5P[n_le a_gt0 a_le r_le /and5P[k_gt0 den_gt0 lt m_le d_le]]].
have := @reed_solomon_achievable R (N.to_nat p) (N.to_nat e) (N.to_nat T) (N.to_nat n) (N.to_nat a) (N.to_nat r)
  (N.to_nat k) (nR R num / nR R den) p_prime.
rewrite -to_nat_pow => /(_ _ _ _ _ _ _ _ _ _)/achievable_monotone; apply=> //; try lia.
  have -> : (N.to_nat k * (N.to_nat T).-1)%N = N.to_nat (k * (T - 1)) by lia.
  have -> : ((N.to_nat n).*2)%N = N.to_nat (2 * n) by lia.
  exact: ratio_lt.
by case: (r) a_le; lia.
Qed.

Theorem reed_solomon_centred_check_achievable (R : realFieldType) p e T n d m k num den :
  reed_solomon_centred_check p e T n d m k num den ->
  exists A B : 'M[R]_(N.to_nat d, N.to_nat m), accessible (N.to_nat k) ((N.to_nat num)%:R / (N.to_nat den)%:R) A B.
Proof.
move=> /and5P[/prime_checkP p_prime e_gt0 T_gt0 T_le /and5P[n_le centred k_gt0 den_gt0]].
move=> /and3P[lt /to_nat_le m_le /to_nat_le d_le].
apply: achievable_monotone d_le m_le (leqnn _) (lexx _) _; rewrite !to_nat_pow to_nat_mul to_nat_pred to_nat_pow.
have lt' : (N.to_nat k * (N.to_nat T).-1)%:R < nR R num / nR R den * (N.to_nat n).*2%:R.
  have -> : (N.to_nat k * (N.to_nat T).-1)%N = N.to_nat (k * (T - 1)) by lia.
  have -> : (N.to_nat n).*2 = N.to_nat (2 * n) by lia.
  exact: ratio_lt.
have half : (N.to_nat n).*2 = (N.to_nat p ^ N.to_nat e * (N.to_nat T).-1)%N.
  move/N.eqb_eq/(congr1 N.to_nat): centred.
  by rewrite !to_nat_mul to_nat_pred to_nat_pow mul2n.
apply: reed_solomon_centred_achievable p_prime _ _ _ _ _ lt' half; last by lia.
- by lia.
- by lia.
- by lia.
by move/to_nat_le: n_le; rewrite N2Nat.inj_succ to_nat_pow.
Qed.

Theorem paley_check_achievable (R : rcfType) p e d m k num den :
  paley_check p e d m k num den ->
  exists A B : 'M[R]_(N.to_nat d, N.to_nat m), accessible (N.to_nat k) ((N.to_nat num)%:R / (N.to_nat den)%:R) A B.
Proof.
move=> /and5P[/prime_checkP p_prime e_gt0 q_mod m_le /and5P[d_le k_gt0 num_gt0 den_gt0 /andP[num_le lt]]].
apply: (@achievable_monotone _ ((N.to_nat p ^ N.to_nat e).+1./2) _ (N.to_nat p ^ N.to_nat e).+1 _ (N.to_nat k)).
- by rewrite -to_nat_pow; lia.
- by rewrite -to_nat_pow; lia.
- by [].
- exact: lexx.
have {}num_gt0 := nR_gt0 R num_gt0; have {}den_gt0 := nR_gt0 R den_gt0.
apply: paley_prime_power => //; rewrite -?to_nat_pow.
- by lia.
- rewrite (N.div_mod (N.pow p e) 4) // (proj1 (N.eqb_eq _ _) q_mod); move: (N.div _ 4) => c.
  have -> : N.to_nat (4 * c + 1) = (N.to_nat c * 4 + 1)%N by lia.
  by rewrite modnMDl.
- by lia.
- exact: divr_gt0.
have -> : (N.to_nat k)%:R - nR R num / nR R den = nR R (k * den - num) / nR R den.
  rewrite /nR N2Nat.inj_sub to_nat_mul natrB -?to_nat_mul ?to_nat_le //.
  by rewrite to_nat_mul natrM mulrBl mulfK // gt_eqF.
rewrite !expr_div_n [X in _ < X]mulrAC ltr_pmul2r ?invr_gt0 ?exprn_gt0 // !expr2 -[(N.to_nat _)%:R]/(nR R _) -!nRM -!zR_of_N.
by apply: zR_lt; lia.
Qed.
