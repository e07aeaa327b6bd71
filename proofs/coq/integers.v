(* The lower bounds as computations with binary integers: what `lincs bounds --coq` is checked by.

   A certificate names a theorem and its parameters. `certifies c m k a b d` is a boolean function of integers, computed
   by vm_compute: at (m, k, eps = a/b) the certificate c excludes rank d - 1. The inequalities are those of
   lincs/bounds/_inequalities.py. Theorem certified_lower_bound: whenever it is true, every accessible pair over every
   ordered field has at least d dimensions. The matrices have Z.to_nat m columns, a number that is never evaluated.

     dimensions r p             C(r+p-1, p), D_p(r) and D_{p-1}(r)
     chebyshev_integers a n p   a^p T_p(n/a) and a^(p-1) U_{p-1}(n/a)
     *_excludes r m a n ..      rank r is impossible for m features at delta with 1/delta - 1 = n/a
     zr R z                     the integer z in the field R

   certified_kernel_bound is the same for the kernel bound, over real closed fields. *)
From Coq Require Import ZArith Lia.
From mathcomp Require Import all_ssreflect all_algebra ring zify ssrZ.
From Lincs Require Import accessible rank_trace lower kernel.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.

Section Checks.
Local Open Scope Z_scope.

(* C(r+p-1, p), D_p(r), D_{p-1}(r) *)
Fixpoint dimensions (r : Z) (p : nat) : Z * Z * Z :=
  if p is S q then
    let '(c, D, D') := dimensions r q in
    let c' := c * (r + Z.of_nat q) / Z.of_nat p in
    (c', D' + c', D)
  else (1, 1, 0).

(* a^p T_p(n/a) and a^(p-1) U_{p-1}(n/a) *)
Fixpoint chebyshev_integers (a n : Z) (p : nat) : Z * Z :=
  if p is S q then
    let '(t, u) := chebyshev_integers a n q in (n * t + (n * n - a * a) * u, n * u + t)
  else (1, 0).

(* rank r is impossible for m x m matrices within delta of the identity, 1/delta - 1 = n/a *)
Definition alon_excludes (r m a n : Z) (p : nat) : bool :=
  let '(c, _, _) := dimensions r p in
  let np := n ^ Z.of_nat (2 * p) in
  let ap := a ^ Z.of_nat (2 * p) in
  [&& 0 <? c, Nat.ltb 0 p & c * (np + (m - 1) * ap) <=? m * np].

Definition chebyshev_excludes (r m a n : Z) (p : nat) : bool :=
  let '(_, D, _) := dimensions r p in
  let '(t, _) := chebyshev_integers a n p in
  [&& 0 <? D, Nat.ltb 0 p & D * (t * t + (m - 1) * a ^ Z.of_nat (2 * p)) <? m * t * t].

(* the weight is v/w *)
Definition joint_excludes (r m a n : Z) (p : nat) (v w : Z) : bool :=
  let '(_, D2, D1) := dimensions r p in
  let '(t, u) := chebyshev_integers a n p.-1 in
  let T := a * t in
  let K := (n * n - a * a) * u in
  let L := n * t in
  let first := (w * w - v * v) * T ^ 2 * (m - D1) * D2 in
  let second := (w * K + v * L) ^ 2 * (m - D2) * D1 in
  [&& 0 <? D1, 0 <? D2, Nat.ltb 0 p, 0 <=? v, v <=? w, 0 <? w
    & (m - 1) * D1 * D2 * (w * a ^ Z.of_nat p) ^ 2 <? first + second].

(* m delta (2 + (c-1) sqrt(c+2)) <= c (c+1), times a + n, with c = m - r *)
Definition kernel_excludes (r m a n : Z) : bool :=
  let c := m - r in
  let left := m * a in
  let rest := (a + n) * (c * (c + 1)) - 2 * left in
  [&& 1 <=? c, 0 <=? rest & (left * (c - 1)) ^ 2 * (c + 2) <=? rest ^ 2].

Inductive certificate :=
| trivial
| alon of nat
| chebyshev of nat
| joint_trace of nat & Z & Z.

Definition excludes (c : certificate) (r m a n : Z) : bool :=
  match c with
  | trivial => false
  | alon p => alon_excludes r m a n p
  | chebyshev p => chebyshev_excludes r m a n p
  | joint_trace p v w => joint_excludes r m a n p v w
  end.

(* rank d - 1 is impossible at eps = a/b <= 1, that is at delta = a/(b k) *)
Definition certifies_by (excludes : Z -> Z -> Z -> Z -> bool) (m k a b d : Z) : bool :=
  [&& 0 <? m, 0 <? k, 0 <? a, a <=? b
    & (d <=? 1) || [&& 1 <? m, 2 * a <=? b * k & excludes (d - 1) m a (b * k - a)]].

Definition certifies (c : certificate) := certifies_by (excludes c).
Definition kernel_certifies := certifies_by kernel_excludes.
End Checks.

Local Open Scope ring_scope.

Section Soundness.
Variable R : realFieldType.

(* the integers in R *)
Definition zr (z : Z) : R := (int_of_Z z)%:~R.

Lemma zrD x y : zr (Z.add x y) = zr x + zr y. Proof. by rewrite /zr -rmorphD -rmorphD. Qed.
Lemma zrB x y : zr (Z.sub x y) = zr x - zr y. Proof. by rewrite /zr -rmorphB -rmorphB. Qed.
Lemma zrM x y : zr (Z.mul x y) = zr x * zr y. Proof. by rewrite /zr -rmorphM -rmorphM. Qed.
Lemma zr_nat n : zr (Z.of_nat n) = n%:R. Proof. by case: n => // n; rewrite /zr /int_of_Z /= SuccNat2Pos.id_succ. Qed.
Lemma zrX x n : zr (Z.pow x (Z.of_nat n)) = zr x ^+ n.
Proof. by elim: n => [|n IH] //; rewrite Nat2Z.inj_succ Z.pow_succ_r ?zrM ?IH ?exprS //; apply: Nat2Z.is_nonneg. Qed.
Lemma zr_sqr x : zr (Z.pow x 2) = zr x ^+ 2. Proof. exact: (zrX x 2). Qed.
Lemma zr_to_nat z : Z.le 0 z -> zr z = (Z.to_nat z)%:R. Proof. by move=> z0; rewrite -zr_nat Z2Nat.id. Qed.
Lemma zr_lt x y : Z.ltb x y = (zr x < zr y). Proof. by rewrite /zr ltr_int; lia. Qed.
Lemma zr_le x y : Z.leb x y = (zr x <= zr y). Proof. by rewrite /zr ler_int; lia. Qed.

(* the tables *)
Lemma dimensionsP r p : Z.le 0 r -> dimensions r p =
  (Z.of_nat 'C((Z.to_nat r + p).-1, p), Z.of_nat (powers_dimension (Z.to_nat r) p),
   if p is q.+1 then Z.of_nat (powers_dimension (Z.to_nat r) q) else Z0).
Proof.
move=> r_ge0; elim: p => [|p IH]; first by rewrite /powers_dimension big_mkcond big_ord1 !bin0.
rewrite /= IH; set C := 'C(_, p); set r' := Z.to_nat r in C *.
have -> : Z.div (Z.mul (Z.of_nat C) (Z.add r (Z.of_nat p))) (Z.of_nat p.+1) = Z.of_nat 'C((r' + p.+1).-1, p.+1).
  have := mul_bin_diag (r' + p) p; rewrite addnS /= -/C => E.
  rewrite -{1}(Z2Nat.id r) // -Nat2Z.inj_add -Nat2Z.inj_mul; symmetry; apply: Z.div_unique_exact => //.
  rewrite -[Z.pos _]/(Z.of_nat p.+1) -Nat2Z.inj_mul; congr Z.of_nat.
  by rewrite multE plusE mulnC E.
congr (_, _, _); case: p {IH} => [|p] in C *; first by rewrite powers_dimension1 bin1 addn1.
by rewrite powers_dimensionSS Nat2Z.inj_add.
Qed.

Lemma chebyshev_integersP a n p : Z.lt 0 a ->
  let X := zr n / zr a in let '(t, u) := chebyshev_integers a n p in
  zr t = zr a ^+ p * (chebyshevT R p).[X] /\ zr a * zr u = zr a ^+ p * (chebyshevU R p).[X].
Proof.
move=> a_gt0 X; have a_neq0 : zr a != 0 by rewrite gt_eqF // -[0]/(zr 0) -zr_lt; lia.
have nE : zr n = X * zr a by rewrite divfK.
clearbody X; rewrite /chebyshevT /chebyshevU; elim: p => [|p] /=; first by rewrite !hornerE; split.
case: (chebyshev_integers a n p) => t u [tE uE].
rewrite !(zrD, zrM, zrB) !(hornerE, hornerN) /= exprS.
move: (pell R p).1.[X] (pell R p).2.[X] (zr a ^+ p) tE uE => T U e -> uE; rewrite nE; split.
  have -> (y z : R) : X * z * y + (X * z * (X * z) - z * z) * zr u = X * z * y + (X * X - 1) * z * (z * zr u) by ring.
  by rewrite uE; ring.
by rewrite [zr a * (_ + _)]mulrDr [zr a * (_ * _)]mulrCA uE; ring.
Qed.

(* the inequalities *)
Section Excluded.
Variables (r m a n : Z) (delta : R).
Hypotheses (r_ge0 : Z.le 0 r) (m_gt1 : Z.lt 1 m) (a_gt0 : Z.lt 0 a).
Hypotheses (delta_gt0 : 0 < delta) (delta_le : delta <= 2%:R^-1) (deltaE : delta^-1 - 1 = zr n / zr a).
Let m' := Z.to_nat m.
Let r' := Z.to_nat r.

Let m'_gt1 : (1 < m')%N. Proof. by rewrite /m'; lia. Qed.
Let mE : m'%:R = zr m :> R. Proof. by rewrite -zr_to_nat //; lia. Qed.
Let m1E : m'.-1%:R = zr m - 1 :> R. Proof. by rewrite -mE -subn1 natrB // ltnW. Qed.
Let a_pos : 0 < zr a. Proof. by rewrite -[0]/(zr 0) -zr_lt; lia. Qed.

Lemma alon_excludesP p : alon_excludes r m a n p -> rank_excluded m' r' delta.
Proof.
rewrite /alon_excludes dimensionsP //; case/and3P => C_gt0 /Nat.ltb_lt/ssrnat.ltP p_gt0 check M rankM near.
have := alon_bound near delta_gt0 delta_le rankM (ltnW m'_gt1) m'_gt1 p_gt0; rewrite deltaE mE m1E; apply/negP.
move: check C_gt0; rewrite -leNgt zr_le zr_lt !(zrM, zrD, zrB, zrX, zr_nat) -!/r' expr_div_n.
have : 0 < zr a ^+ (2 * p) by rewrite exprn_gt0.
move: (_ ^+ _) (_ ^+ _) (zr m) 'C(_, _)%:R => N P m0 C P_gt0 check C_gt0.
rewrite !mulrA !ler_pdivl_mulr //; apply: le_trans check.
by rewrite le_eqVlt; apply/orP; left; apply/eqP; field; rewrite gt_eqF.
Qed.

(* both sides of a bound with T_q^2 and U_{q-1}, multiplied by (a^q)^2 *)
Lemma chebyshev_excludesP p : chebyshev_excludes r m a n p -> rank_excluded m' r' delta.
Proof.
rewrite /chebyshev_excludes dimensionsP //.
have := chebyshev_integersP n p a_gt0; case: chebyshev_integers => t u [tE _].
case: p => [|p] in tE *; rewrite ?andbF // => /and3P[D_gt0 _ check] M rankM near.
have := chebyshev_bound near delta_gt0 delta_le rankM (ltnW m'_gt1) p; cbv zeta; rewrite deltaE mE m1E; apply/negP.
move: check D_gt0; rewrite -ltNge !zr_lt !(zrM, zrD, zrB, zrX, zr_nat) -!/r' tE mulnC exprM.
have : 0 < zr a ^+ p.+1 by rewrite exprn_gt0.
move: (_ ^+ _) (_.[_]) (zr m) (powers_dimension _ _)%:R => P T m0 D P_gt0 check D_gt0.
rewrite mulrA ltr_pdivl_mulr // -(ltr_pmul2r (exprn_gt0 2 P_gt0)).
have -> : m0 * T ^+ 2 * P ^+ 2 = m0 * (P * T) * (P * T) by ring.
by apply: le_lt_trans check; rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
Qed.

Lemma joint_excludesP p v w : joint_excludes r m a n p v w -> rank_excluded m' r' delta.
Proof.
rewrite /joint_excludes; case: p => [|q]; first by rewrite dimensionsP.
rewrite dimensionsP // [q.+1.-1]/= [Nat.ltb _ _]/= => check M rankM near.
have := chebyshev_integersP n q a_gt0; case: chebyshev_integers check => t u check [tE uE].
case/and5P: check => D1_gt0 D2_gt0 _ v_ge0 /and3P[v_le w_gt0].
move: D1_gt0 D2_gt0 v_ge0 v_le w_gt0; rewrite -/r' !zr_lt !zr_le -[zr Z0]/0.
set D1 := powers_dimension r' q; set D2 := powers_dimension r' q.+1.
rewrite !(zrD, zrB, zrM, zr_sqr, zrX) !zr_nat -[zr 1]/1 => D1_gt0 D2_gt0 v_ge0 v_le w_gt0.
have w_neq0 : zr w != 0 by rewrite gt_eqF.
have weight : 0 <= zr v / zr w <= 1 by rewrite divr_ge0 ?(ltW w_gt0) //= ler_pdivr_mulr // mul1r.
apply/negP; rewrite -leNgt; have := joint_bound near delta_gt0 delta_le rankM (ltnW m'_gt1) q weight; cbv zeta.
rewrite deltaE mE m1E -/D1 -/D2.
have -> : (zr n * zr n - zr a * zr a) * zr u = ((zr n / zr a) ^+ 2 - 1) * (zr a * (zr a * zr u)).
  by field; rewrite gt_eqF.
have -> : zr n * zr t = zr n / zr a * (zr a * zr t) by rewrite mulrA divfK // gt_eqF.
rewrite {}tE {}uE [_ ^+ q.+1]exprS; have s_gt0 : 0 < zr w * (zr a * zr a ^+ q) by rewrite !mulr_gt0 ?exprn_gt0.
move: (zr n / zr a) => X; move: (chebyshevT R q).[X] (chebyshevU R q).[X] (zr a ^+ q) s_gt0 => T U P s_gt0.
rewrite -subr_ge0 => bound; rewrite -subr_ge0.
have := mulr_ge0 (mulr_ge0 (ltW D1_gt0) (ltW D2_gt0)) (mulr_ge0 (sqr_ge0 (zr w * (zr a * P))) bound).
move=> ge0; apply: le_trans ge0 _; rewrite le_eqVlt; apply/orP; left; apply/eqP; field.
by rewrite w_neq0 !gt_eqF.
Qed.
End Excluded.
End Soundness.

Lemma kernel_excludesP (R : rcfType) (r m a n : Z) (delta : R) : Z.le 0 r -> Z.lt 1 m -> Z.lt 0 a -> 0 < delta ->
  delta <= 2%:R^-1 -> delta^-1 - 1 = zr R n / zr R a -> kernel_excludes r m a n ->
  rank_excluded (Z.to_nat m) (Z.to_nat r) delta.
Proof.
move=> r_ge0 m_gt1 a_gt0 delta_gt0 _ deltaE /and3P[c_ge1 rest_ge0 check] M rankM near.
have a_pos : 0 < zr R a by rewrite -[0]/(zr R 0) -zr_lt; lia.
pose c := Z.to_nat (Z.sub m r); have c_gt0 : (0 < c)%N by rewrite /c; lia.
have rank_le : (\rank M + c <= Z.to_nat m)%N by move: rankM; rewrite /c; lia.
have := kernel_bound near c_gt0 rank_le; apply/negP; rewrite -leNgt.
have cE : c%:R = zr R m - zr R r by rewrite -zrB zr_to_nat //; lia.
have mE : (Z.to_nat m)%:R = zr R m by rewrite zr_to_nat //; lia.
have c2 : 0 <= c%:R + 2%:R :> R by rewrite addr_ge0 ?ler0n.
have c1 : 0 <= c%:R - 1 :> R by rewrite subr_ge0 ler1n.
set t := Num.sqrt _; have t_ge0 : 0 <= t by apply: sqrtr_ge0.
have tE : t ^+ 2 = c%:R + 2%:R by apply: sqr_sqrtr.
have m_pos : 0 < zr R m by rewrite -[0]/(zr R 0) -zr_lt; lia.
move: check rest_ge0; rewrite !(zr_le R) !(zrM, zr_sqr, zrD, zrB) -[zr R 2]/(2%:R) -[zr R 1]/1 -[zr R 0]/0 -cE -tE mE.
move=> check rest_ge0.
have left_le : zr R m * zr R a * (c%:R - 1) * t <= (zr R a + zr R n) * (c%:R * (c%:R + 1)) - 2%:R * (zr R m * zr R a).
  rewrite -(@ler_pexpn2r _ 2) ?nnegrE //; first by rewrite [X in X <= _]exprMn.
  by rewrite !mulr_ge0 ?(ltW a_pos) ?(ltW m_pos).
(* a + n = a / delta *)
have bE : zr R a + zr R n = zr R a / delta.
  have -> : zr R n = (delta^-1 - 1) * zr R a by rewrite deltaE divfK // gt_eqF.
  by rewrite mulrBl mul1r addrC subrK mulrC.
rewrite -(ler_pmul2l (divr_gt0 a_pos delta_gt0)) -bE natrM.
have -> : (zr R a + zr R n) * (zr R m * delta * (2%:R + (c%:R - 1) * t)) =
    zr R m * zr R a * (c%:R - 1) * t + 2%:R * (zr R m * zr R a).
  by rewrite bE; field; rewrite gt_eqF.
by rewrite -ler_subr_addr [_.+1%:R]mulrS [1 + c%:R]addrC.
Qed.

(* an inequality that excludes ranks bounds the dimension *)
Definition excludes_ranks (R : realFieldType) (ex : Z -> Z -> Z -> Z -> bool) : Prop :=
  forall r m a n (delta : R), Z.le 0 r -> Z.lt 1 m -> Z.lt 0 a -> 0 < delta -> delta <= 2%:R^-1 ->
  delta^-1 - 1 = zr R n / zr R a -> ex r m a n -> rank_excluded (Z.to_nat m) (Z.to_nat r) delta.

Lemma certified_by (R : realFieldType) ex (m k a b d : Z) : excludes_ranks R ex -> certifies_by ex m k a b d ->
  forall d' (A B : 'M[R]_(d', Z.to_nat m)),
  accessible (Z.to_nat k) ((Z.to_nat a)%:R / (Z.to_nat b)%:R) A B -> (Z.to_nat d <= d')%N.
Proof.
move=> sound /and5P[m_gt0 k_gt0 a_gt0 a_le check] d' A B.
have k_gt0' : (0 < Z.to_nat k)%N by lia.
have b_gt0 : Z.lt 0 b by lia.
set eps := _ / _; have eps_le1 : eps <= 1.
  by rewrite ler_pdivr_mulr ?ltr0n ?mul1r ?ler_nat; lia.
have deltaE : eps / (Z.to_nat k)%:R = zr R a / zr R (Z.mul b k).
  by rewrite zrM invfM mulrA !zr_to_nat //; lia.
have posR z : Z.lt 0 z -> 0 < zr R z by rewrite -[0]/(zr R 0) -zr_lt; lia.
have [d_le1 | d_gt1] := boolP (Z.leb d 1).
  move=> acc; apply: (@leq_trans 1); first by lia.
  apply: (dimension_lower k_gt0' eps_le1 _ acc); apply: dimension_gt0; first by lia.
  by rewrite ler_pdivr_mulr ?ltr0n // mul1r (le_trans eps_le1) ?ler1n.
move: check; rewrite (negPf d_gt1) /= => /and3P[m_gt1 delta_le check] acc.
suff excluded : rank_excluded (Z.to_nat m) (Z.to_nat (Z.sub d 1)) (eps / (Z.to_nat k)%:R).
  by have := dimension_lower k_gt0' eps_le1 excluded acc; lia.
rewrite deltaE.
have delta_gt0 : 0 < zr R a / zr R (Z.mul b k) by rewrite divr_gt0 ?posR; lia.
have delta_le2 : zr R a / zr R (Z.mul b k) <= 2%:R^-1.
  rewrite ler_pdivr_mulr; last by apply: posR; lia.
  by rewrite mulrC ler_pdivl_mulr ?ltr0n // mulrC -[2%:R]/(zr R 2) -zrM -zr_le.
have nE : (zr R a / zr R (Z.mul b k))^-1 - 1 = zr R (Z.sub (Z.mul b k) a) / zr R a.
  by rewrite invf_div zrB mulrBl divff // gt_eqF ?posR //; lia.
by apply: (sound _ _ a (Z.sub (Z.mul b k) a)) check; lia || rewrite ?nE.
Qed.

(* the theorem that generated files use, e.g. certified_lower_bound (joint_trace 5 1 2) *)
Theorem certified_lower_bound (c : certificate) (m k a b d : Z) : certifies c m k a b d ->
  forall (R : realFieldType) d' (A B : 'M[R]_(d', Z.to_nat m)),
  accessible (Z.to_nat k) ((Z.to_nat a)%:R / (Z.to_nat b)%:R) A B -> (Z.to_nat d <= d')%N.
Proof.
move=> check R; apply: certified_by check => r m' a' n delta r_ge0 m_gt1 a_gt0 delta_gt0 delta_le deltaE.
case: c => [|p|p|p v w] //=.
- exact: (alon_excludesP r_ge0 m_gt1 a_gt0 delta_gt0 delta_le deltaE).
- exact: (chebyshev_excludesP r_ge0 m_gt1 a_gt0 delta_gt0 delta_le deltaE).
- exact: (joint_excludesP r_ge0 m_gt1 a_gt0 delta_gt0 delta_le deltaE).
Qed.

(* and for the kernel bound, over real closed fields *)
Theorem certified_kernel_bound (m k a b d : Z) : kernel_certifies m k a b d ->
  forall (R : rcfType) d' (A B : 'M[R]_(d', Z.to_nat m)),
  accessible (Z.to_nat k) ((Z.to_nat a)%:R / (Z.to_nat b)%:R) A B -> (Z.to_nat d <= d')%N.
Proof.
move=> check R; apply: certified_by check => r m' a' n delta r_ge0 m_gt1 a_gt0 delta_gt0 delta_le deltaE.
exact: kernel_excludesP.
Qed.
