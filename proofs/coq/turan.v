(* The published lower bound (Theorem 3 of Garg, Kleinberg and Peng), with explicit constants: kept for comparison, since the
   reduction theorem makes its combinatorial step unnecessary (lower.v has m where this has ceil(m / (2 k - 1))).

     independent_set       a relation with at most s targets for each point has N points among which it never holds,
                           N the least integer with N (2 s + 1) >= m
     few_large_entries     a row of E = B^T A - 1 has at most k - 1 large entries off the diagonal
     turan_alon_bound      Alon's inequality on a principal submatrix of size N, as turan_alon_lower_bound of lincs *)
From mathcomp Require Import all_ssreflect all_algebra ring.
From Lincs Require Import accessible rank_trace lower.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.

(* Greedily: some point has at most s sources among those left, by the mean; take it, and leave out its neighbours. *)
Section IndependentSets.
Variables (V : finType) (e : rel V) (s : nat).
Hypothesis few_targets : forall v, #|[set w | (w != v) && e v w]| <= s.

Definition independent (I : {set V}) := forall v w, v \in I -> w \in I -> v != w -> ~~ e v w.
Let near v w := e v w || e w v.

Lemma low_degree (S : {set V}) : S != set0 -> exists2 v, v \in S & #|[set w in S | (w != v) && near v w]| <= s.*2.
Proof.
move=> /set0Pn[v0 v0S]; apply/exists_inP; apply: contraT => /exists_inPn large.
have : \sum_(v in S) s.*2.+1 <= \sum_(v in S) s.*2.
  apply: (@leq_trans (\sum_(v in S) \sum_(w in S | w != v) (e v w + e w v))).
    apply: leq_sum => v vS; apply: (@leq_trans #|[set w in S | (w != v) && near v w]|); first by rewrite ltnNge large.
    rewrite -sum1_card (eq_bigl (fun w => (w \in S) && (w != v) && near v w)) => [|w]; last by rewrite inE andbA.
    rewrite [X in _ <= X](bigID (near v)) /=; apply: leq_trans (leq_addr _ _); apply: leq_sum => w /andP[_].
    by rewrite /near; case: (e v w); case: (e w v).
  have targets v : \sum_(w in S | w != v) e v w <= s.
    apply: leq_trans (few_targets v); rewrite (bigID (e v)) /= [X in _ + X]big1 ?addn0 => [|w /andP[_ /negPf ->]//].
    rewrite (eq_bigr (fun=> 1)) => [|w /andP[_ ->]//]; rewrite sum1_card; apply/subset_leq_card/subsetP => w.
    by rewrite !inE => /andP[/andP[_ ->] ->].
  under eq_bigr => v _ do rewrite big_split.
  rewrite big_split /= [X in _ + X](exchange_big_dep (mem S)) /=; last by move=> v w _ /andP[].
  rewrite -addnn big_split /=; apply: leq_add; apply: leq_sum => v vS; first exact: targets.
  by rewrite (eq_bigl (fun w => (w \in S) && (w != v))) ?targets // => w; rewrite vS eq_sym.
by rewrite !sum_nat_const leq_pmul2l ?ltnn //; apply/card_gt0P; exists v0.
Qed.

Lemma greedy (S : {set V}) : exists I : {set V}, [/\ I \subset S, #|S| <= #|I| * s.*2.+1 & independent I].
Proof.
have [n] := ubnP #|S|; elim: n S => // n IH S le_n.
have [-> | S_neq0] := eqVneq S set0.
  by exists set0; split=> [||v w]; rewrite ?sub0set ?cards0 ?inE.
have [v vS low] := low_degree S_neq0; pose N := v |: [set w in S | (w != v) && near v w].
have cardN : #|N| <= s.*2.+1 by rewrite cardsU1 -add1n leq_add ?leq_b1.
have [|I [IS indep_large indep]] := IH (S :\: N).
  rewrite ltnS in le_n; apply: leq_trans le_n; rewrite (cardsD1 v S) vS ltnS.
  by apply/subset_leq_card/subsetP => w; rewrite !inE negb_or => /andP[/andP[-> _] ->].
have outside w : w \in I -> (w != v) && ~~ near v w.
  by move/(subsetP IS); rewrite !inE negb_or => /andP[/andP[wv +] wS]; rewrite wS wv.
exists (v |: I); split.
- by rewrite subUset sub1set vS (subset_trans IS) ?subsetDl.
- have vI : v \notin I by apply/negP => /outside; rewrite eqxx.
  rewrite cardsU1 vI mulSn addnC -(cardsID N S) addnC leq_add // (leq_trans _ cardN) //.
  by rewrite subset_leq_card ?subsetIr.
move=> a b; rewrite !inE => /orP[/eqP-> | aI] /orP[/eqP-> | bI]; rewrite ?eqxx //; last exact: indep.
  by move=> _; have /andP[_] := outside _ bI; rewrite negb_or => /andP[].
by move=> _; have /andP[_] := outside _ aI; rewrite negb_or => /andP[].
Qed.

Theorem independent_set n : n.-1 * s.*2.+1 < #|V| ->
  exists f : 'I_n -> V, injective f /\ forall a b, a != b -> ~~ e (f a) (f b).
Proof.
have [I [_ large indep]] := greedy setT; rewrite cardsT in large => lt.
have n_le : n <= #|I|.
  by case: n lt => // n /= lt; rewrite -(ltn_pmul2r (ltn0Sn s.*2)); apply: leq_trans large.
pose f (a : 'I_n) : V := enum_val (widen_ord n_le a).
have f_inj : injective f by move=> a b /enum_val_inj/(congr1 val)/= /val_inj.
exists f; split=> // a b ab; apply: indep; rewrite ?enum_valP //; by rewrite (inj_eq f_inj).
Qed.
End IndependentSets.

Local Open Scope ring_scope.

Section PublishedRoute.
Variables (R : realFieldType) (d m k : nat) (eps : R) (A B : 'M[R]_(d, m)).
Hypotheses (acc : accessible k eps A B) (k_gt0 : (0 < k)%N) (eps_le1 : eps <= 1).
Let M := B^T *m A.
Let delta := eps / k%:R.
Hypothesis delta_lt1 : delta < 1.

(* |M i j| >= delta' M i i, delta' = delta / (1 - delta) *)
Definition large_entry (i j : 'I_m) := delta * M i i <= (1 - delta) * `|M i j|.

Lemma few_large_entries i : (#|[set j | (j != i) && large_entry i j]| <= k.-1)%N.
Proof.
rewrite -ltnS prednK // ltnNge; apply/negP => many.
have /card_geqP[js [js_uniq js_size js_large]] := many.
have rows := (accessibleP k A B eps).1 acc.
have k_pos : 0 < k%:R :> R by rewrite ltr0n.
have delta_ge0 : 0 <= delta by rewrite divr_ge0 ?ler0n // ltW //; have := rows i set0; rewrite cards0 big_set0; apply.
have one_delta : 0 < 1 - delta by rewrite subr_gt0.
pose x := `|deviation M i i|; have dev_off j : j != i -> deviation M i j = M i j.
  by move=> /negPf ji; rewrite deviationE eq_sym ji subr0.
have M_ge : 1 - x <= M i i.
  by rewrite ler_subl_addr addrC -ler_subl_addr; apply: le_trans (ler_norm _) _; rewrite distrC /x deviationE eqxx.
have large j : j \in js -> delta * (1 - x) <= (1 - delta) * `|deviation M i j|.
  move=> /js_large; rewrite inE => /andP[ji]; rewrite dev_off //; apply: le_trans.
  exact: ler_wpmul2l.
have sum_large l : (l <= k)%N -> (delta * (1 - x)) *+ l <= (1 - delta) * \sum_(j in [set j in take l js]) `|deviation M i j|.
  move=> l_le; apply: (@le_trans _ _ (\sum_(j in [set j in take l js]) delta * (1 - x))).
    by rewrite sumr_const cardsE (card_uniqP _) ?take_uniq // size_takel ?js_size.
  by rewrite mulr_sumr; apply: ler_sum => j; rewrite inE => /mem_take/large.
have card_take l : (#|[set j in take l js]| <= l)%N.
  by rewrite cardsE (leq_trans (card_size _)) // size_take; case: ltnP.
have k_delta : k%:R * delta = eps by rewrite /delta mulrC divfK ?gt_eqF.
have [x_lt | x_ge] := ltP x delta.
  have := rows i _ (card_take k); rewrite ltNge => /negP; apply; rewrite -(ler_pmul2l one_delta) -k_delta.
  apply: le_trans (sum_large k (leqnn _)); rewrite -[_ * (1 - x) *+ k]mulr_natl [(1 - delta) * _]mulrC -mulrA.
  by rewrite !ler_wpmul2l ?ler0n // ler_add2l ler_opp2 ltW.
have iNjs l : i \notin [set j in take l js].
  by rewrite inE; apply/negP => /mem_take/js_large; rewrite inE eqxx.
have card_k : (#|i |: [set j in take k.-1 js]| <= k)%N.
  by rewrite cardsU1 iNjs -[X in (_ <= X)%N](prednK k_gt0) add1n ltnS.
have := rows i _ card_k; rewrite ltNge => /negP; apply; rewrite big_setU1 //= -/x -(ler_pmul2l one_delta) mulrDr.
apply: le_trans (ler_add (lexx _) (sum_large k.-1 (leq_pred _))).
have eps_x : 0 <= (x - delta) * (1 - eps).
  by rewrite mulr_ge0 ?subr_ge0.
have k1 : k.-1%:R = k%:R - 1 :> R by rewrite -subn1 natrB.
rewrite -[_ * (1 - x) *+ _]mulr_natl k1 -subr_ge0; apply: le_trans eps_x _.
rewrite -k_delta le_eqVlt; apply/orP; left; apply/eqP.
move: (x) (delta) k%:R => X D K; ring.
Qed.

(* Scaled suitably, a principal submatrix lies within delta of the identity. *)
Theorem published_submatrix n : (n.-1 * k.-1.*2.+1 < m)%N -> exists2 N : 'M[R]_n, (\rank N <= d)%N & near_identity delta N.
Proof.
move=> n_lt; have [|f [f_inj f_small]] := @independent_set _ (fun i j => large_entry i j) k.-1 few_large_entries n.
  by rewrite card_ord.
have one_delta : 0 < 1 - delta by rewrite subr_gt0.
have diag_gt0 i : 0 < M i i.
  have := (accessibleP k A B eps).1 acc i [set i]; rewrite cards1 big_set1 => /(_ k_gt0).
  rewrite deviationE eqxx => /(lt_le_trans) /(_ eps_le1); rewrite ltr_distl subrr; by case/andP.
pose N0 : 'M[R]_n := \matrix_(a, b) (M (f a) (f b) / M (f a) (f a)).
have N0_rank : (\rank N0 <= d)%N.
  have -> : N0 = (\matrix_(a < n, r < d) (B r (f a) / M (f a) (f a))) *m \matrix_(r < d, b < n) A r (f b).
    apply/matrixP => a b; rewrite !mxE mulr_suml; apply: eq_bigr => r _; rewrite !mxE.
    by rewrite mulrAC.
  exact: leq_trans (mxrankM_maxl _ _) (rank_leq_col _).
have N0_diag a : N0 a a = 1 by rewrite mxE divff // gt_eqF.
have N0_off a b : a != b -> (1 - delta) * `|N0 a b| < delta.
  move/f_small; rewrite /large_entry -ltNge [N0 a b]mxE normrM normfV (gtr0_norm (diag_gt0 _)) mulrA.
  by rewrite ltr_pdivr_mulr.
have delta_gt0 : 0 < delta by rewrite divr_gt0 ?ltr0n // (accessible_eps_gt0 (leq_ltn_trans (leq0n _) n_lt) acc).
(* finitely many entries: (1 - delta) |N0 a b| stays below some h < delta, and h >= delta (1 - delta) *)
pose g := \big[Num.max/0]_(ab : 'I_n * 'I_n | ab.1 != ab.2) ((1 - delta) * `|N0 ab.1 ab.2|).
have g_lt : g < delta.
  by apply: (big_ind (fun x => x < delta)) => [|x y x_lt y_lt|[a b] /N0_off //]; rewrite ?lt_maxl ?x_lt.
have [h [gh h_lt h_ge]] : exists h, [/\ g < h, h < delta & delta * (1 - delta) <= h].
  exists (Num.max ((g + delta) / 2%:R) (delta * (1 - delta))).
  have [g_mid mid_lt] := midf_lt g_lt; split; rewrite ?lt_maxr ?le_maxr ?g_mid ?lexx ?orbT // lt_maxl mid_lt /=.
  by rewrite -[X in _ < X]mulr1 ltr_pmul2l // ltr_subl_addr ltr_addl.
have h_gt0 : 0 < h by apply: lt_le_trans h_ge; rewrite mulr_gt0.
pose c := delta * (1 - delta) / h.
have c_gt0 : 0 < c by rewrite divr_gt0 // mulr_gt0.
have c_gt : 1 - delta < c by rewrite /c ltr_pdivl_mulr // mulrC ltr_pmul2r.
have c_le1 : c <= 1 by rewrite /c ler_pdivr_mulr // mul1r.
exists (c *: N0) => [|a b]; first exact: leq_trans (mxrank_scale _ _) N0_rank.
rewrite deviationE mxE; have [<- | ab] := eqVneq a b.
  by rewrite N0_diag mulr1 distrC ger0_norm ?subr_ge0 // ltr_subl_addl -ltr_subl_addr.
rewrite subr0 normrM gtr0_norm // /c mulrAC ltr_pdivr_mulr // -mulrA ltr_pmul2l //; apply: le_lt_trans gh.
exact: (@ler_bigmax _ _ (fun ab => ab.1 != ab.2) (fun ab => (1 - delta) * `|N0 ab.1 ab.2|) (a, b)).
Qed.

(* So every bound on the rank of such matrices bounds the dimension, at n = ceil(m / (2 k - 1)) in place of m: *)
Corollary published_lower n r : (n.-1 * k.-1.*2.+1 < m)%N -> rank_excluded n r delta -> (r < d)%N.
Proof.
move=> /published_submatrix[N rank_le near] excluded; rewrite ltnNge; apply/negP => le_r.
by apply: excluded near; apply: leq_trans le_r.
Qed.

(* Alon's inequality, with 1/delta' = k/eps - 1 *)
Corollary turan_alon_bound n p : (n.-1 * k.-1.*2.+1 < m)%N -> delta <= 2%:R^-1 -> (1 < n)%N -> (0 < p)%N ->
  n%:R * ((k%:R / eps - 1) ^+ (2 * p) / 'C((d + p).-1, p)%:R) < (k%:R / eps - 1) ^+ (2 * p) + n.-1%:R.
Proof.
move=> n_lt delta_le n_gt1 p_gt0; have [N rank_le near] := published_submatrix n_lt.
have delta_gt0 : 0 < delta by rewrite divr_gt0 ?ltr0n // (accessible_eps_gt0 (leq_ltn_trans (leq0n _) n_lt) acc).
have := alon_bound near delta_gt0 delta_le rank_le (ltnW n_gt1) n_gt1 p_gt0.
by rewrite /delta invf_div.
Qed.
End PublishedRoute.
