(* Upper bounds: from a matrix of low rank near the identity, or from vectors of low coherence, to an accessible pair.

     achievable d m k eps     some pair (A, B) in d dimensions is (eps, k)-accessible for m features
     mx_of f                  the matrix of f : I -> I -> R for a finite type I, in the order of enum I
     approximates f delta     f i j lies within delta of the identity's entry, strictly, for all i, j in I

   A construction is given as a function f on a finite type of labels; `approximation_achievable` says that it is
   achievable in as many dimensions as mx_of f has rank, for as many features as there are labels. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Lincs Require Import accessible reduction.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Definition achievable (R : realFieldType) d m k (eps : R) : Prop :=
  exists A B : 'M[R]_(d, m), accessible k eps A B.

Lemma big_option (V : Type) (idx : V) (op : Monoid.com_law idx) (T : finType) (G : option T -> V) :
  \big[op/idx]_u G u = op (G None) (\big[op/idx]_x G (Some x)).
Proof.
rewrite (bigD1 None) //=; congr (op _ _).
rewrite (reindex_omap Some id) /= => [|[]//]; by apply: eq_bigl => x; rewrite eqxx.
Qed.

Section Labels.
Variables (R : realFieldType) (I : finType).
Implicit Types f g : I -> I -> R.

Definition mx_of f : 'M[R]_#|I| := \matrix_(i, j) f (enum_val i) (enum_val j).
Definition approximates f (delta : R) : Prop := forall i j, `|f i j - (i == j)%:R| < delta.

Lemma sum_labels (F : I -> R) : \sum_i F i = \sum_(i < #|I|) F (enum_val i).
Proof. exact/reindex/onW_bij/enum_val_bij. Qed.

Lemma mx_of_mul f g : mx_of f *m mx_of g = mx_of (fun i l => \sum_j f i j * g j l).
Proof.
apply/matrixP => i l; rewrite !mxE [RHS]sum_labels; by apply: eq_bigr => j _; rewrite !mxE.
Qed.

Lemma mx_of_trace f : \tr (mx_of f) = \sum_i f i i.
Proof. by rewrite [RHS]sum_labels; apply: eq_bigr => i _; rewrite !mxE. Qed.

(* a sum over a set of products has at most the rank of its size *)
Lemma mx_of_rank (T : finType) (S : {set T}) (g h : T -> I -> R) :
  (\rank (mx_of (fun i j => \sum_(s in S) g s i * h s j)%R) <= #|S|)%N.
Proof.
have -> : mx_of (fun i j => \sum_(s in S) g s i * h s j) =
    (\matrix_(i < #|I|, s < #|S|) g (enum_val s) (enum_val i)) *m \matrix_(s < #|S|, j < #|I|) h (enum_val s) (enum_val j).
  by apply/matrixP => i j; rewrite !mxE big_enum_val; apply: eq_bigr => s _; rewrite !mxE.
exact: leq_trans (mxrankM_maxl _ _) (rank_leq_col _).
Qed.

Theorem approximation_achievable f d m k eps : (m <= #|I|)%N -> (\rank (mx_of f) <= d)%N ->
  approximates f (eps / k%:R) -> achievable d m k eps.
Proof.
move=> mI /factor_rank[A [B AB]] near.
pose h : 'I_m -> 'I_#|I| := widen_ord mI.
exists (colsub h A), (colsub h B); apply: near_identity_accessible => i j.
suff -> : deviation ((colsub h B)^T *m colsub h A) i j
    = f (enum_val (h i)) (enum_val (h j)) - (enum_val (h i) == enum_val (h j))%:R by [].
rewrite deviationE (inj_eq enum_val_inj) -[h i == h j]/(i == j); congr (_ - _).
transitivity ((B^T *m A) (h i) (h j)); last by rewrite -AB mxE.
by rewrite !mxE; apply: eq_bigr => r _; rewrite !mxE.
Qed.
End Labels.

(* Fewer features, more dimensions, a larger tolerance: easier. *)
Lemma achievable_monotone (R : realFieldType) d d' m m' k k' (eps eps' : R) :
  (d <= d')%N -> (m' <= m)%N -> (k' <= k)%N -> eps <= eps' -> achievable d m k eps -> achievable d' m' k' eps'.
Proof.
move=> dd' m'm k'k le_eps [A [B /accessibleP acc]].
pose h : 'I_m' -> 'I_m := widen_ord m'm; pose P : 'M[R]_(d', d) := pid_mx d.
exists (P *m colsub h A), (P *m colsub h B); apply/accessibleP => i S Sk'.
have entry j : deviation ((P *m colsub h B)^T *m (P *m colsub h A)) i j = deviation (B^T *m A) (h i) (h j).
  rewrite !deviationE trmx_mul tr_pid_mx -mulmxA (mulmxA (pid_mx d)) pid_mx_id // pid_mx_1 mul1mx; congr (_ - _).
  by rewrite !mxE; apply: eq_bigr => r _; rewrite !mxE.
rewrite (eq_bigr (fun j => `|deviation (B^T *m A) (h i) (h j)|)) => [|j _]; last by rewrite entry.
apply: lt_le_trans le_eps; rewrite -(big_imset (fun j => `|deviation (B^T *m A) (h i) j|)) /=; last first.
  by move=> x y _ _ /(congr1 val) /= /val_inj.
by apply: acc; rewrite (leq_trans (leq_imset_card _ _)) // (leq_trans Sk').
Qed.

(* Coherence. In a common scale (the raw vectors of a frame of lincs): <b_i, a_i> = s and |<b_i, a_j>| <= mu s. The
   best multiple of B makes the error mu/(1 + mu), on the diagonal and off it. *)
Theorem coherence_accessible (R : realFieldType) d m k (eps mu s : R) (A B : 'M[R]_(d, m)) :
  0 < s -> 0 <= mu -> k%:R * (mu / (1 + mu)) < eps -> (0 < k)%N ->
  (forall i, (B^T *m A) i i = s) -> (forall i j, i != j -> `|(B^T *m A) i j| <= mu * s) ->
  accessible k eps A ((s * (1 + mu))^-1 *: B).
Proof.
move=> s0 mu0 lt_eps k0 diag off; apply: near_identity_accessible => i j.
have mu1 : 0 < 1 + mu by rewrite ltr_paddr ?ltr01.
apply: (@le_lt_trans _ _ (mu / (1 + mu))); last by rewrite ltr_pdivl_mulr ?ltr0n // mulrC.
rewrite deviationE linearZ /= -scalemxAl mxE.
have [<- | /off le_off] := eqVneq i j.
  have -> : (s * (1 + mu))^-1 * (B^T *m A) i i - 1 = - (mu / (1 + mu)).
    rewrite diag invfM mulrAC mulVf ?gt_eqF // mul1r; apply/eqP; rewrite -addr_eq0 addrAC subr_eq0.
    by rewrite -{1}[(1 + mu)^-1]mul1r -mulrDl divff ?(gt_eqF mu1).
  by rewrite normrN ger0_norm ?divr_ge0 // ltW.
rewrite subr0 normrM gtr0_norm ?invr_gt0 ?mulr_gt0 // invfM mulrAC.
by rewrite ler_pmul2r ?invr_gt0 // ler_pdivr_mull // mulrC.
Qed.

(* Unit columns, B = A up to scale. *)
Corollary unit_coherence_accessible (R : realFieldType) d m k (eps mu : R) (A : 'M[R]_(d, m)) :
  0 <= mu -> k%:R * (mu / (1 + mu)) < eps -> (0 < k)%N ->
  (forall i, (A^T *m A) i i = 1) -> (forall i j, i != j -> `|(A^T *m A) i j| <= mu) ->
  accessible k eps A ((1 + mu)^-1 *: A).
Proof.
move=> mu0 lt_eps k0 diag off; rewrite -[1 + mu]mul1r.
by apply: coherence_accessible; rewrite ?ltr01 // => i j /off; rewrite mulr1.
Qed.

(* The three simplest constructions: the identity, I - J/m for the all-ones matrix J, and J/2. *)
Theorem identity_achievable (R : realFieldType) m k (eps : R) : 0 < eps -> achievable m m k eps.
Proof.
move=> eps0; exists 1%:M, 1%:M; apply/accessibleP => i S _; rewrite big1 // => j _.
by rewrite trmx1 mulmx1 deviationE mxE subrr normr0.
Qed.

Theorem simplex_achievable (R : realFieldType) m k (eps : R) : (0 < m)%N -> m%:R^-1 < eps / k%:R ->
  achievable m.-1 m k eps.
Proof.
move=> m_gt0 lt; have [M /factor_rank[A [B ->]] dev] := full_rank_sharp R m_gt0.
by exists A, B; apply: near_identity_accessible => i j; rewrite dev.
Qed.

Theorem constant_achievable (R : realFieldType) m k (eps : R) : 2%:R^-1 < eps / k%:R -> achievable 1 m k eps.
Proof.
move=> lt; exists (const_mx 1), (const_mx 2%:R^-1); apply: near_identity_accessible => i j.
apply: le_lt_trans lt; rewrite deviationE mxE big_ord1 !mxE mulr1.
have half : 1 - 2%:R^-1 = 2%:R^-1 :> R by rewrite {1}[1]splitr div1r addrK.
case: (i == j); rewrite ?subr0; first by rewrite -opprB half normrN ger0_norm ?invr_ge0 ?ler0n.
by rewrite ger0_norm ?invr_ge0 ?ler0n.
Qed.
