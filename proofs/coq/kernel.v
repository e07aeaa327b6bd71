(* The kernel bound: rank m - c is impossible if m delta (2 + (c-1) sqrt(c+2)) <= c (c+1).

   Let P be the orthogonal projection onto c dimensions of the kernel of M. Then M P = 0 gives
   c = tr P < delta sum |P_ij|, and it remains to bound sum |P_ij| by m (2 + (c-1) sqrt(c+2)) / (c+1), the constant of
   Konig and Tomczak-Jaegermann. With w_i = sqrt(P_ii), r_ij = P_ij / (w_i w_j), s = sum w_i and
   N_p = sum w_i w_j |r_ij|^p:

     (1) 2(t+1)^2 |r| <= (t+2) + t(t^2+2t+3) r^2 - t^3 r^4 on [-1, 1], t = sqrt(c+2), equality at 1 and 1/t;
     (2) s^2 <= c N_2 and N_2 <= m, from the matrix T = P diag(1/w) P with tr T = s and tr T^2 = N_2;
     (3) N_4 >= 2 N_2/c + s^2 (c-4)/(c^2 (c+2)), from the trace of a matrix of rank at most C(c+1, 2) - 1.

   The field is real closed, for the square roots; the real numbers are one. *)
From mathcomp Require Import all_ssreflect all_algebra ring.
From Lincs Require Import accessible rank_trace lower.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section ProjectionSum.
Variables (R : rcfType) (n c : nat) (P : 'M[R]_n).
Hypotheses (PT : P^T = P) (PP : P *m P = P) (rankP : (\rank P <= c)%N) (trP : \tr P = c%:R) (c_gt0 : (0 < c)%N).
Let cR : R := c%:R.
Let c_pos : 0 < cR. Proof. by rewrite ltr0n. Qed.

Let Psym i j : P i j = P j i. Proof. by rewrite -[in LHS]PT mxE. Qed.

Let w i := Num.sqrt (P i i).
Let r i j := P i j / (w i * w j).
Let s := \sum_i w i.
Let N2 := \sum_i \sum_j w i * w j * r i j ^+ 2.
Let N4 := \sum_i \sum_j w i * w j * r i j ^+ 4.

Let diagE i : P i i = \sum_j P i j ^+ 2.
Proof. by rewrite -[in LHS]PP mxE; apply: eq_bigr => j _; rewrite [P j i]Psym expr2. Qed.
Let diag_ge0 i : 0 <= P i i. Proof. by rewrite diagE sumr_ge0 // => j _; apply: sqr_ge0. Qed.
Let w_ge0 i : 0 <= w i. Proof. exact: sqrtr_ge0. Qed.
Let w_sqr i : w i ^+ 2 = P i i. Proof. exact: sqr_sqrtr. Qed.

Let entry_sqr_le i j : P i j ^+ 2 <= P i i * P j j.
Proof.
have -> : P i j = \sum_l P i l * P j l by rewrite -[in LHS]PP mxE; apply: eq_bigr => l _; rewrite [P l j]Psym.
by rewrite (diagE i) (diagE j) cauchy_schwarz.
Qed.

Let w0_entry i j : w i = 0 -> P i j = 0.
Proof.
move=> wi0; apply/eqP; rewrite -sqrf_eq0 eq_le sqr_ge0 andbT.
by rewrite (le_trans (entry_sqr_le i j)) // -w_sqr wi0 expr0n mul0r.
Qed.

Let entryE i j : P i j = w i * w j * r i j.
Proof.
have [wi0 | wi] := eqVneq (w i) 0; first by rewrite w0_entry // wi0 !mul0r.
have [wj0 | wj] := eqVneq (w j) 0; first by rewrite Psym w0_entry // wj0 mulr0 mul0r.
by rewrite /r mulrCA mulfV ?mulr1 ?mulf_neq0.
Qed.

Let r_le1 i j : `|r i j| <= 1.
Proof.
rewrite -(@ler_pexpn2r _ 2) ?nnegrE // expr1n real_normK ?num_real // /r expr_div_n exprMn !w_sqr.
have [-> | neq0] := eqVneq (P i i * P j j) 0; first by rewrite invr0 mulr0 ler01.
by rewrite ler_pdivr_mulr ?mul1r // lt0r neq0 mulr_ge0.
Qed.

(* (2) *)
Let T : 'M[R]_n := P *m diag_mx (\row_i (w i)^-1) *m P.
Let TT : T^T = T. Proof. by rewrite /T !trmx_mul PT tr_diag_mx mulmxA. Qed.
Let PTP : P *m T = T /\ T *m P = T. Proof. by split; rewrite /T ?mulmxA ?PP // -mulmxA PP. Qed.

Let trace_weights (M : 'M[R]_n) : P *m M = M -> M *m P = M -> \tr (T *m M) = \sum_i M i i / w i.
Proof.
move=> PM MP; rewrite /T -mulmxA PM mxtrace_mulC mulmxA MP; apply: eq_bigr => i _.
by rewrite mul_mx_diag !mxE.
Qed.

Let trT : \tr T = s.
Proof.
rewrite -(PTP.2) trace_weights //; apply: eq_bigr => i _; rewrite -w_sqr.
by have [-> | wi] := eqVneq (w i) 0; rewrite ?expr0n ?mul0r // expr2 mulfK.
Qed.

Let N2E : frobenius2 T = N2.
Proof.
rewrite frobenius2E TT trace_weights ?PTP.1 ?PTP.2 //; apply: eq_bigr => i _.
rewrite /T -mulmxA mxE mulr_suml; apply: eq_bigr => j _; rewrite mul_diag_mx !mxE [P j i]Psym.
rewrite entryE; move: (r i j) => x.
have [-> | wi] := eqVneq (w i) 0; first by rewrite !(mul0r, mulr0, invr0).
have [-> | wj] := eqVneq (w j) 0; first by rewrite !(mul0r, mulr0, invr0).
by field; rewrite wi.
Qed.

Let s2_le : s ^+ 2 <= cR * N2.
Proof.
rewrite -trT -N2E (le_trans (trace_rank T)) // ler_wpmul2r ?frobenius2_ge0 // ler_nat.
by rewrite (leq_trans _ rankP) // /T -mulmxA mxrankM_maxl.
Qed.

Let N2_ge0 : 0 <= N2. Proof. by rewrite -N2E frobenius2_ge0. Qed.

Let N2_le : N2 <= n%:R.
Proof.
have [-> | N2_neq0] := eqVneq N2 0; first exact: ler0n.
have N2_gt0 : 0 < N2 by rewrite lt0r N2_neq0.
rewrite -(ler_pmul2l N2_gt0) -expr2.
have {1}-> : N2 = \sum_i 1 * (T i i / w i).
  by rewrite -N2E frobenius2E TT trace_weights ?PTP.1 ?PTP.2 //; apply: eq_bigr => i _; rewrite mul1r.
apply: le_trans (cauchy_schwarz _ _) _; rewrite expr1n sumr_const card_ord mulrC ler_wpmul2r ?ler0n // -N2E.
apply: ler_sum => i _; rewrite expr_div_n w_sqr.
have [Pii0 | Pii] := eqVneq (P i i) 0; first by rewrite Pii0 invr0 mulr0 sumr_ge0 // => j _; apply: sqr_ge0.
rewrite ler_pdivr_mulr ?lt0r ?Pii ?diag_ge0 // -{1}PTP.1 mxE diagE mulrC.
apply: le_trans (cauchy_schwarz _ _) _; rewrite ler_wpmul2l //; first by apply: sumr_ge0 => j _; apply: sqr_ge0.
by rewrite le_eqVlt; apply/orP; left; apply/eqP/eq_bigr => j _; rewrite -[in LHS]TT mxE.
Qed.

(* (3) *)
Let Q := entrywise 'X^2 P.
Let Q' : 'M[R]_n := \matrix_(i, j) (P i j ^+ 2 - P i i * P j j / cR).

Let rankQ' : (\rank Q' < 'C(c.+1, 2))%N.
Proof.
have QE i j : Q i j = P i j ^+ 2 by rewrite mxE hornerXn.
pose one : 'cV[R]_n := const_mx 1; have Q1 : Q *m one = \col_i P i i.
  by apply/colP => i; rewrite !mxE diagE; apply: eq_bigr => j _; rewrite QE mxE mulr1.
have Q'E : Q' = (1%:M - cR^-1 *: (\col_i P i i *m one^T)) *m Q.
  rewrite mulmxBl mul1mx -scalemxAl -mulmxA; apply/matrixP => i j.
  rewrite [LHS]mxE [RHS]mxE QE [X in _ = _ + X]mxE; congr (_ - _).
  rewrite !mxE big_ord1 !mxE [RHS]mulrC; congr (_ * _ / _).
  by rewrite diagE; apply: eq_bigr => l _; rewrite !mxE hornerXn mul1r Psym.
have Q'1 : Q' *m one = 0.
  rewrite Q'E -mulmxA Q1 mulmxBl mul1mx -scalemxAl -mulmxA.
  have -> : one^T *m \col_i P i i = cR%:M.
    by apply/matrixP => i j; rewrite !ord1 !mxE mulr1n /cR -trP; apply: eq_bigr => l _; rewrite !mxE mul1r.
  by rewrite mul_mx_scalar scalerA mulVf ?gt_eqF // scale1r subrr.
have Q_neq0 : Q *m one != 0.
  rewrite Q1; apply/eqP => /colP P0; have : \tr P = 0 by apply: big1 => i _; have := P0 i; rewrite !mxE.
  by rewrite trP => /eqP; rewrite gt_eqF.
have rankQ : (\rank Q <= 'C(c.+1, 2))%N.
  rewrite /Q -(mulmx_base P) (leq_trans (power_rank _ _ _)) // leq_bin2l //.
  by rewrite addn2 /= ltnS.
apply: leq_trans rankQ; rewrite ltn_neqAle Q'E mxrankM_maxr andbT -Q'E; apply: contraNneq Q_neq0 => rank_eq.
have sub : (Q' <= Q)%MS by rewrite Q'E submxMl.
have : (Q <= Q')%MS by rewrite -(mxrank_leqif_sup sub).2 rank_eq.
by case/submxP => D ->; rewrite -mulmxA Q'1 mulmx0.
Qed.

Let N4_ge : 2%:R * N2 / cR + s ^+ 2 * (cR - 4%:R) / (cR ^+ 2 * (cR + 2%:R)) <= N4.
Proof.
pose v i := Num.sqrt (w i); have v_sqr i : v i ^+ 2 = w i by apply: sqr_sqrtr.
pose G : 'M[R]_n := \matrix_(i, j) (v i * v j * (r i j ^+ 2 - cR^-1)).
have GE : G = diag_mx (\row_i (v i / P i i)) *m Q' *m diag_mx (\row_i (v i / P i i)).
  apply/matrixP => i j; rewrite mul_mx_diag [RHS]mxE mul_diag_mx !mxE (entryE i j) -!w_sqr; move: (r i j) => x.
  have zero l : w l = 0 -> v l = 0 by rewrite /v => ->; rewrite sqrtr0.
  have [wi0 | wi] := eqVneq (w i) 0; first by rewrite (zero i wi0) !mul0r.
  have [wj0 | wj] := eqVneq (w j) 0; first by rewrite (zero j wj0) !(mul0r, mulr0).
  by field; rewrite wi wj gt_eqF.
have rankG : (\rank G <= \rank Q')%N.
  by rewrite GE (leq_trans (mxrankM_maxl _ _)) // mxrankM_maxr.
have trG : \tr G = s * (1 - cR^-1).
  rewrite mulr_suml; apply: eq_bigr => i _; rewrite mxE -expr2 v_sqr.
  have [-> | wi] := eqVneq (w i) 0; first by rewrite !mul0r.
  by have -> : r i i = 1 by [rewrite /r -w_sqr expr2 divff ?mulf_neq0]; rewrite expr1n.
have frobG : frobenius2 G = N4 - 2%:R * N2 / cR + s ^+ 2 / cR ^+ 2.
  have -> : s ^+ 2 = \sum_i \sum_j w i * w j.
    by rewrite expr2 mulr_suml; apply: eq_bigr => i _; rewrite mulr_sumr.
  rewrite /N2 !(mulr_suml, mulr_sumr) -sumrB -big_split /=; apply: eq_bigr => i _.
  rewrite !(mulr_suml, mulr_sumr) -sumrB -big_split /=; apply: eq_bigr => j _.
  rewrite mxE exprMn [(v i * _) ^+ 2]exprMn !v_sqr; move: (r i j) (w i) (w j) => x y z.
  by field; rewrite gt_eqF.
have c2 : 0 < cR + 2%:R by rewrite addr_gt0 ?ltr0n.
rewrite -subr_ge0; set lhs := (X in 0 <= X).
have lhsE : lhs = frobenius2 G - s ^+ 2 * (2%:R * (cR - 1)) / (cR ^+ 2 * (cR + 2%:R)).
  by rewrite /lhs frobG; field; rewrite !gt_eqF.
rewrite lhsE subr_ge0.
have [c1 | c_gt1] := leqP c 1.
  have -> : cR = 1 by rewrite /cR; case: (c) c1 c_gt0 => [|[|]].
  by rewrite subrr !mulr0 mul0r frobenius2_ge0.
have c1 : 0 < cR - 1 by rewrite subr_gt0 ltr1n.
have := trace_rank G; rewrite trG => trace_le.
have {trace_le} : (s * (1 - cR^-1)) ^+ 2 <= (cR - 1) * (cR + 2%:R) / 2%:R * frobenius2 G.
  apply: le_trans trace_le _; rewrite ler_wpmul2r ?frobenius2_ge0 // ler_pdivl_mulr ?ltr0n //.
  have : ((\rank G).+1 * 2 <= c.+1 * c)%N.
    by have := mul_bin_diag c.+1 1; rewrite bin1 /= => ->; rewrite mulnC leq_mul2l (leq_ltn_trans rankG rankQ').
  rewrite -(ler_nat R) -(addn1 c) -addn1 !natrM !natrD -/cR => le_nat; rewrite -subr_ge0; rewrite -subr_ge0 in le_nat.
  by move: (\rank G)%:R le_nat => rho le_nat; congr (_ <= _): le_nat; ring.
rewrite -ler_pdivr_mull ?divr_gt0 ?mulr_gt0 ?ltr0n //; apply: le_trans.
by rewrite le_eqVlt; apply/orP; left; apply/eqP; field; rewrite !gt_eqF.
Qed.

(* (1) *)
Let pointwise (t x : R) : 0 < t -> t ^+ 2 = cR + 2%:R -> `|x| <= 1 ->
  2%:R * (t + 1) ^+ 2 * `|x| <= (t + 2%:R) + t * (t ^+ 2 + 2%:R * t + 3%:R) * x ^+ 2 - t ^+ 3 * x ^+ 4.
Proof.
move=> t_gt0 _ x1; rewrite -subr_ge0; have -> : x ^+ 4 = (`|x| ^+ 2) ^+ 2 by rewrite real_normK ?num_real // -exprM.
rewrite -[x ^+ 2]real_normK ?num_real //; move: `|x| (normr_ge0 x) x1 => y y0 y1; set lhs := (X in 0 <= X).
have -> : lhs = (t * y - 1) ^+ 2 * (1 - y) * (t * y + t + 2%:R) by rewrite /lhs; ring.
have t_ge0 := ltW t_gt0; apply: mulr_ge0; first by rewrite mulr_ge0 ?sqr_ge0 ?subr_ge0.
by apply: addr_ge0 (ler0n _ _); apply: addr_ge0 => //; apply: mulr_ge0.
Qed.

Theorem projection_sum (t : R) : 0 < t -> t ^+ 2 = cR + 2%:R ->
  (cR + 1) * (\sum_i \sum_j `|P i j|) <= n%:R * (2%:R + (cR - 1) * t).
Proof.
move=> t_gt0 tE; set S := \sum_i _.
have c_ge1 : 1 <= cR by rewrite ler1n.
have t_ge1 : 1 <= t.
  by rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?ler01 ?(ltW t_gt0) // expr1n tE (le_trans c_ge1) // ler_addl ler0n.
have S_le : 2%:R * (t + 1) ^+ 2 * S <= (t + 2%:R) * s ^+ 2 + t * (t ^+ 2 + 2%:R * t + 3%:R) * N2 - t ^+ 3 * N4.
  have -> : s ^+ 2 = \sum_i \sum_j w i * w j.
    by rewrite expr2 mulr_suml; apply: eq_bigr => i _; rewrite mulr_sumr.
  rewrite /N2 /N4 /S !mulr_sumr -big_split -sumrB /=; apply: ler_sum => i _.
  rewrite !mulr_sumr -big_split -sumrB /=; apply: ler_sum => j _.
  rewrite (entryE i j) normrM ger0_norm ?mulr_ge0 // mulrCA.
  rewrite -[X in X - _]/(_ + _) [_ * (w i * w j)]mulrC [X in _ + X - _]mulrCA [X in _ - X]mulrCA -mulrDr -mulrBr.
  by rewrite ler_wpmul2l ?mulr_ge0 // pointwise.
have main : 2%:R * (t + 1) ^+ 2 * S <= 2%:R * (cR + 1) * (t + 2%:R) * n%:R.
  have B_ge0 : 0 <= 2%:R * (cR + 1) * (t + 2%:R).
    by rewrite !mulr_ge0 ?ler0n // addr_ge0 ?ler0n ?ler01 // ltW.
  apply: le_trans (le_trans S_le _) (ler_wpmul2l B_ge0 N2_le).
  pose A := t + 2%:R - t * (cR - 4%:R) / cR ^+ 2.
  have A_ge0 : 0 <= A.
    rewrite subr_ge0 -mulrA; apply: (@le_trans _ _ (t * 1)); last by rewrite mulr1 ler_addl ler0n.
    rewrite ler_wpmul2l ?(ltW t_gt0) // ler_pdivr_mulr ?exprn_gt0 // mul1r.
    apply: (@le_trans _ _ cR); first by rewrite ler_subl_addr ler_addl ler0n.
    by rewrite expr2 ler_pmull.
  rewrite -subr_ge0; set lhs := (X in 0 <= X).
  have -> : lhs = A * (cR * N2 - s ^+ 2) +
      t ^+ 3 * (N4 - (2%:R * N2 / cR + s ^+ 2 * (cR - 4%:R) / (cR ^+ 2 * (cR + 2%:R)))).
    have t2 : cR + 2%:R != 0 by rewrite gt_eqF // addr_gt0 ?ltr0n.
    have c0 : cR != 0 by rewrite gt_eqF.
    have cE : cR = t ^+ 2 - 2%:R by rewrite tE addrK.
    by rewrite /lhs /A; move: cR cE t2 c0 => c' -> t2 c0; field; rewrite c0 t2.
  apply: addr_ge0; apply: mulr_ge0; first exact: A_ge0; rewrite ?subr_ge0 //.
  by rewrite exprn_ge0 // ltW.
have t1 : 0 < 2%:R * (t + 1) ^+ 2 by rewrite mulr_gt0 ?ltr0n // exprn_gt0 // addr_gt0 ?ltr01.
rewrite -(ler_pmul2l t1) mulrCA.
have -> : 2%:R * (t + 1) ^+ 2 * (n%:R * (2%:R + (cR - 1) * t)) = (cR + 1) * (2%:R * (cR + 1) * (t + 2%:R) * n%:R).
  have cE : cR = t ^+ 2 - 2%:R by rewrite tE addrK.
  by move: cR cE => c' ->; ring.
by rewrite ler_wpmul2l // addr_ge0 ?ler0n ?ler01.
Qed.
End ProjectionSum.

Section KernelBound.
Variables (R : rcfType) (m : nat).

(* an orthogonal projection onto c dimensions of the kernel *)
Lemma kernel_projector (M : 'M[R]_m) c : (\rank M + c <= m)%N ->
  exists P : 'M[R]_m, [/\ P^T = P, P *m P = P, M *m P = 0, (\rank P <= c)%N & \tr P = c%:R].
Proof.
move=> rank_le; pose K := kermx M^T; have c_le : (c <= \rank K)%N.
  by rewrite mxrank_ker mxrank_tr leq_subRL ?rank_leq_row.
pose C : 'M[R]_(c, m) := pid_mx c *m row_base K.
have fC : row_free C.
  rewrite /row_free mxrankMfree ?row_base_free //; apply/eqP.
  exact: rank_pid_mx.
have [P [PT PP _ PC trP]] := row_free_projector fC; exists P; split=> //; last first.
  exact: leq_trans (mxrankS PC) (rank_leq_row C).
have /submxP[D PE] : (P <= K)%MS.
  by apply: submx_trans PC _; rewrite (submx_trans (submxMl _ _)) // eq_row_base.
apply: trmx_inj; rewrite trmx_mul PT trmx0 PE -mulmxA; have := mulmx_ker M^T; rewrite -/K => ->.
by rewrite mulmx0.
Qed.

(* (kernel) *)
Theorem kernel_bound (M : 'M[R]_m) (delta : R) c : near_identity delta M -> (0 < c)%N -> (\rank M + c <= m)%N ->
  (c * c.+1)%:R < m%:R * delta * (2%:R + (c%:R - 1) * Num.sqrt (c%:R + 2%:R)).
Proof.
move=> near c_gt0 rank_le; have [P [PT PP MP rankP trP]] := kernel_projector rank_le.
have c2 : 0 < c%:R + 2%:R :> R by rewrite addr_gt0 ?ltr0n.
have tE := sqr_sqrtr (ltW c2); have t_gt0 : 0 < Num.sqrt (c%:R + 2%:R) :> R by rewrite sqrtr_gt0.
have sum_le := projection_sum PT PP rankP trP c_gt0 t_gt0 tE; set t := Num.sqrt _ in sum_le *.
have delta_gt0 : 0 < delta.
  have m_gt0 : (0 < m)%N := leq_trans c_gt0 (leq_trans (leq_addl _ _) rank_le).
  exact: le_lt_trans (near (Ordinal m_gt0) (Ordinal m_gt0)).
set S := \sum_i _ in sum_le; have c_lt : c%:R < delta * S.
  (* all |E_ij| are at most some g < delta *)
  pose g := \big[Num.max/0]_(ij : 'I_m * 'I_m) `|deviation M ij.1 ij.2|.
  have g_lt : g < delta by apply: (big_ind (fun x => x < delta)) => // x y x_lt y_lt; rewrite lt_maxl x_lt.
  have c_le : c%:R <= g * S.
    have -> : c%:R = - \tr (deviation M *m P) by rewrite mulmxBl MP mul1mx sub0r [\tr (- P)]raddfN /= opprK trP.
    rewrite /mxtrace -sumrN /S mulr_sumr; apply: ler_sum => i _; rewrite mxE -sumrN mulr_sumr; apply: ler_sum => j _.
    have -> : P j i = P i j by rewrite -[in LHS]PT mxE.
    apply: le_trans (ler_norm _) _; rewrite normrN normrM ler_wpmul2r //.
    exact: (@ler_bigmax _ _ predT (fun ij => `|deviation M ij.1 ij.2|) (i, j)).
  have S_gt0 : 0 < S.
    have S_ge0 : 0 <= S by apply: sumr_ge0 => i _; apply: sumr_ge0.
    rewrite lt0r S_ge0 andbT; apply: contraTneq c_le => ->; rewrite mulr0 -ltNge ltr0n //.
  by apply: le_lt_trans c_le _; rewrite ltr_pmul2r.
apply: (@lt_le_trans _ _ (delta * ((c%:R + 1) * S))).
  by rewrite natrM mulrS [1 + _]addrC mulrCA [X in _ < X]mulrC ltr_pmul2r // -[X in _ + X]/(1%:R) -natrD ltr0n addn1 //.
by rewrite [_ * delta]mulrC -mulrA ler_wpmul2l // ltW.
Qed.
End KernelBound.
