(* The published upper bound with logarithms: d > 2 ln(m (m - 1)) (k/eps - 1)^2 is enough (random_upper_bound of lincs has
   k/eps in place of k/eps - 1). Real numbers are those of mathcomp-analysis, with its axioms. *)
From mathcomp Require Import all_ssreflect all_algebra ring.
From mathcomp Require Import boolp classical_sets functions reals topology normedtype derive realfun sequences exp.
From Lincs Require Import accessible coherence random.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory numFieldNormedType.Exports.
Local Open Scope ring_scope.

Section HyperbolicCosine.
Variable R : realType.
Implicit Types x y : R.

Lemma grows_from0 (f f' : R -> R) x : (forall y, is_derive y 1 f (f' y)) -> (forall y, 0 <= y -> 0 <= f' y) ->
  0 <= x -> f 0 <= f x.
Proof.
move=> df f'_ge0 x_ge0; rewrite -subr_ge0.
have [|y /andP[y_ge0 _] ->] := MVT_segment x_ge0 (fun y _ => df y).
  by apply: continuous_subspaceT => y; apply/differentiable_continuous/derivable1_diffP; case: (df y).
by rewrite subr0 mulr_ge0 // f'_ge0.
Qed.

Let twice_cosh x : R := expR x + expR (- x).
Let twice_sinh x : R := expR x - expR (- x).

Let cosh_derive x : is_derive x 1 twice_cosh (twice_sinh x).
Proof.
have -> : twice_cosh = @expR R + (@expR R \o -%R) by apply/funext.
by apply: is_derive_eq; rewrite mulrN1.
Qed.

Let sinh_derive x : is_derive x 1 twice_sinh (twice_cosh x).
Proof.
have -> : twice_sinh = @expR R - (@expR R \o -%R) by apply/funext.
by apply: is_derive_eq; rewrite mulrN1 opprK.
Qed.

Let sinh_ge0 x : 0 <= x -> 0 <= twice_sinh x.
Proof. by move=> x_ge0; rewrite subr_ge0 ler_expR (le_trans _ x_ge0) // oppr_le0. Qed.

(* x cosh x - sinh x grows, with the derivative x sinh x *)
Let sinh_le x : 0 <= x -> twice_sinh x <= x * twice_cosh x.
Proof.
move=> x_ge0; have := @grows_from0 (fun y => y * twice_cosh y - twice_sinh y) (fun y => y * twice_sinh y) x.
rewrite /= mul0r /twice_sinh oppr0 !subrr subr_ge0; apply=> // [y|y y_ge0]; last by rewrite mulr_ge0 ?sinh_ge0.
have := cosh_derive y; have := sinh_derive y => D1 D2.
have -> : (fun y => y * twice_cosh y - (expR y - expR (- y))) = (id : R -> R) * twice_cosh - twice_sinh by [].
by apply: is_derive_eq; rewrite /GRing.scale /= /twice_sinh /twice_cosh; ring.
Qed.

(* exp(x^2/2) / cosh x grows, so that it stays above 1: exp(-x^2/2) cosh x falls *)
Lemma cosh_le x : 0 <= x -> (expR x + expR (- x)) / 2%:R <= expR (x ^+ 2 / 2%:R).
Proof.
move=> x_ge0; pose gauss y : R := expR (- (y ^+ 2 / 2%:R)).
have gauss_derive y : is_derive y 1 gauss (gauss y * - y).
  apply: is_derive1_comp; have -> : (fun y : R => - (y ^+ 2 / 2%:R)) = - (id * id * cst 2%:R^-1).
    by apply/funext => z; rewrite expr2.
  by apply: is_derive_eq; rewrite /GRing.scale /= /cst; field.
have falls : twice_cosh x * gauss x <= 2%:R.
  have -> : 2%:R = twice_cosh 0 * gauss 0 by rewrite /twice_cosh /gauss expr0n mul0r oppr0 expR0 mulr1.
  rewrite -ler_opp2.
  apply: (@grows_from0 (fun y => - (twice_cosh y * gauss y)) (fun y => (y * twice_cosh y - twice_sinh y) * gauss y)) => //.
    move=> z; have := cosh_derive z => D; have -> : (fun y => - (twice_cosh y * gauss y)) = - (twice_cosh * gauss) by [].
    by apply: is_derive_eq; rewrite /GRing.scale /=; ring.
  by move=> y y_ge0; rewrite mulr_ge0 ?expR_ge0 ?subr_ge0 ?sinh_le // ltW ?expR_gt0.
by rewrite ler_pdivr_mulr ?ltr0n // mulrC -ler_pdivr_mulr ?expR_gt0 // -expRN.
Qed.
End HyperbolicCosine.

Lemma largest_below (R : realType) (x : R) : 0 < x -> exists s : nat, s%:R < x <= s.+1%:R.
Proof.
move=> x_gt0; have some : exists n : nat, x <= n%:R by exists (Num.bound x); rewrite ltW ?archi_boundP ?ltW.
case: (ex_minnP some) => -[|s] le_x least; first by rewrite leNgt x_gt0 in le_x.
by exists s; rewrite le_x andbT ltNge; apply/negP => /least; rewrite ltnn.
Qed.

Theorem random_logarithm (R : realType) d m k (eps : R) : (0 < d)%N -> (0 < k)%N -> (1 < m)%N -> 0 < eps < k%:R ->
  2%:R * ln (m * m.-1)%:R * (k%:R / eps - 1) ^+ 2 < d%:R ->
  exists2 A : 'M[R]_(d, m), forall r j, A r j ^+ 2 = 1 & exists c : R, accessible k eps A (c *: A).
Proof.
move=> d_gt0 k_gt0 m_gt1 /andP[eps_gt0 eps_lt]; set X := k%:R / eps - 1 => lt_d.
have X_gt0 : 0 < X by rewrite subr_gt0 ltr_pdivl_mulr // mul1r.
have d_pos : 0 < d%:R :> R by rewrite ltr0n.
pose mu := X^-1; have mu_gt0 : 0 < mu by rewrite invr_gt0.
have [s /andP[s_lt s_ge]] := largest_below (mulr_gt0 mu_gt0 d_pos).
have M_gt0 : 0 < (m * m.-1)%:R :> R by rewrite ltr0n muln_gt0 (ltnW m_gt1) -subn1 subn_gt0.
have l_ge1 : 1 <= expR mu by rewrite -expR0 ler_expR ltW.
have lt_eps : k%:R * s%:R < eps * (d + s)%:R.
  rewrite natrD mulrDr -ltr_subl_addr -mulrBl; have -> : k%:R - eps = eps * X by rewrite mulrBr mulr1 mulrC divfK ?gt_eqF.
  by rewrite -mulrA ltr_pmul2l // -ltr_pdivl_mull //.
have mean_le : ((expR mu + (expR mu)^-1) / 2%:R) ^+ d <= expR (mu ^+ 2 / 2%:R * d%:R).
  rewrite -expRN [mu ^+ 2 / _ * _]mulrC expRMm ler_expn2r ?nnegrE ?expR_ge0 ?cosh_le ?(ltW mu_gt0) //.
    by rewrite divr_ge0 ?ler0n // addr_ge0 // ltW // expR_gt0.
  by rewrite ltW // expR_gt0.
have power_ge : expR (mu ^+ 2 / 2%:R * d%:R) * expR (mu ^+ 2 / 2%:R * d%:R) <= expR mu ^+ s.+1.
  rewrite -expRD -mulrDl -splitr -expRMm ler_expR expr2 -mulrA [s.+1%:R * _]mulrC ler_pmul2l //.
have small : (m * m.-1)%:R * ((expR mu + (expR mu)^-1) / 2%:R) ^+ d < expR mu ^+ s.+1.
  apply: lt_le_trans power_ge; apply: (@le_lt_trans _ _ ((m * m.-1)%:R * expR (mu ^+ 2 / 2%:R * d%:R))).
    by rewrite ler_wpmul2l // ltW.
  rewrite ltr_pmul2r ?expR_gt0 // -[X in X < _]lnK ?posrE // ltr_expR.
  rewrite /mu exprVn -invfM ltr_pdivl_mull ?mulr_gt0 ?exprn_gt0 ?ltr0n //.
  by rewrite -mulrA [X in X < _]mulrC.
have [A signs acc] := random_achievable d_gt0 k_gt0 l_ge1 lt_eps small.
by exists A => //; exists (d + s)%:R^-1.
Qed.
