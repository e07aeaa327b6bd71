(* Linear accessibility: what is asked (Garg, Kleinberg, Peng, COLT 2026), and its exact characterisation.

   m features, d dimensions, sparsity k, tolerance eps. Features are a vector z that is k-sparse and lies in [-1, 1]^m.
   A and B are d x m; the columns of A are the representations of the features and those of B their probes. The pair
   is (eps, k)-accessible if the probes read every feature of every such z from A z with an error below eps, strictly.

     support z, sparse k z, in_cube z    the inputs
     accessible k eps A B                the definition
     deviation M                         M - 1; lincs writes E for deviation (B^T A)
     near_identity delta M               all entries of deviation M are below delta, strictly
     row_norm k M i                      the largest sum of k entries |M i j| of a row
     worst_case_error k A B              the number W_k(A, B)

   Theorem: W_k(A, B) = max_i row_norm k E i, attained; accessible iff all those sums stay below eps. *)
From mathcomp Require Import all_ssreflect all_algebra.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Definitions.
Variables (R : realFieldType) (m : nat).
Implicit Types (k : nat) (z : 'cV[R]_m) (M : 'M[R]_m).

Definition support z : {set 'I_m} := [set j | z j 0 != 0].
Definition sparse k z : bool := (#|support z| <= k)%N.
Definition in_cube z : Prop := forall j, `|z j 0| <= 1.

Definition accessible d k (eps : R) (A B : 'M[R]_(d, m)) : Prop :=
  forall z, sparse k z -> in_cube z -> forall i, `|(B^T *m (A *m z) - z) i 0| < eps.

Definition deviation M : 'M[R]_m := M - 1%:M.
Definition near_identity (delta : R) M : Prop := forall i j, `|deviation M i j| < delta.

Definition row_norm k M i : R := \big[Num.max/0]_(S : {set 'I_m} | (#|S| <= k)%N) \sum_(j in S) `|M i j|.
Definition worst_case_error d k (A B : 'M[R]_(d, m)) : R :=
  \big[Num.max/0]_i row_norm k (deviation (B^T *m A)) i.
End Definitions.

Lemma ler_bigmax (R : realFieldType) (I : finType) (P : pred I) (F : I -> R) i :
  P i -> F i <= \big[Num.max/0]_(j | P j) F j.
Proof.
move=> Pi; rewrite -big_filter; have: i \in [seq j <- index_enum I | P j] by rewrite mem_filter Pi mem_index_enum.
elim: [seq _ <- _ | _] => // j s IH; rewrite inE big_cons le_maxr => /predU1P[-> | /IH ->]; rewrite ?lexx ?orbT //.
Qed.

Lemma bigmax_ge0 (R : realFieldType) (I : finType) (P : pred I) (F : I -> R) : 0 <= \big[Num.max/0]_(j | P j) F j.
Proof. by elim/big_rec: _ => // j x _ x0; rewrite le_maxr x0 orbT. Qed.

Section ExactCharacterisation.
Variables (R : realFieldType) (d m k : nat) (A B : 'M[R]_(d, m)).
Implicit Types (i : 'I_m) (S : {set 'I_m}) (z : 'cV[R]_m) (eps : R).
Local Notation E := (deviation (B^T *m A)).

Lemma deviationE (M : 'M[R]_m) i j : deviation M i j = M i j - (i == j)%:R.
Proof. by rewrite !mxE. Qed.

Lemma recovery_errorE z : B^T *m (A *m z) - z = E *m z.
Proof. by rewrite mulmxA mulmxBl mul1mx. Qed.

Lemma support_notin z j : j \notin support z -> z j 0 = 0.
Proof. by rewrite inE negbK => /eqP. Qed.

(* a k-sparse z in the cube sees at most k entries of a row of E *)
Lemma recovery_error_le z i : in_cube z -> `|(E *m z) i 0| <= \sum_(j in support z) `|E i j|.
Proof.
move=> z1; rewrite mxE (bigID (mem (support z))) /= [X in _ + X]big1 ?addr0; last first.
  by move=> j /support_notin ->; rewrite mulr0.
apply: le_trans (ler_norm_sum _ _ _) _; apply: ler_sum => j _.
by rewrite normrM ler_pimulr ?z1.
Qed.

(* and the signs of those entries attain their sum *)
Definition sign_vector i S : 'cV[R]_m := \col_j (Num.sg (E i j) *+ (j \in S)).

Lemma sign_vector_sparse i S : (#|S| <= k)%N -> sparse k (sign_vector i S).
Proof.
apply: leq_trans; apply/subset_leq_card/subsetP => j; rewrite inE mxE.
by case: (j \in S) => //; rewrite mulr0n eqxx.
Qed.

Lemma sign_vector_in_cube i S : in_cube (sign_vector i S).
Proof.
move=> j; rewrite mxE; case: (j \in S); last by rewrite mulr0n normr0.
by rewrite mulr1n normr_sg; case: (_ != 0); rewrite ?lexx ?ler01.
Qed.

Lemma sign_vector_error i S : (E *m sign_vector i S) i 0 = \sum_(j in S) `|E i j|.
Proof.
rewrite mxE [RHS]big_mkcond; apply: eq_bigr => j _; rewrite [X in _ * X]mxE.
by case: (j \in S); rewrite ?mulr0n ?mulr0 // mulr1n mulrC -normrEsg.
Qed.

(* (worst_case_error), as a criterion *)
Theorem accessibleP eps :
  accessible k eps A B <-> forall i S, (#|S| <= k)%N -> \sum_(j in S) `|E i j| < eps.
Proof.
split=> [acc i S Sk | rows z zk z1 i].
  have := acc _ (sign_vector_sparse i Sk) (sign_vector_in_cube i S) i.
  by rewrite recovery_errorE sign_vector_error; apply/le_lt_trans/ler_norm.
by rewrite recovery_errorE (le_lt_trans (recovery_error_le i z1)) ?rows.
Qed.

(* (worst_case_error), as a number: an upper bound on every error that is attained *)
Theorem worst_case_error_ge z i : sparse k z -> in_cube z ->
  `|(B^T *m (A *m z) - z) i 0| <= worst_case_error k A B.
Proof.
move=> zk z1; rewrite recovery_errorE (le_trans (recovery_error_le i z1)) //.
apply: le_trans (ler_bigmax (row_norm k E) (isT : predT i)).
exact: (ler_bigmax (fun S : {set 'I_m} => \sum_(j in S) `|E i j|) zk).
Qed.

Theorem worst_case_error_attained : (0 < m)%N ->
  exists z i, [/\ sparse k z, in_cube z & `|(B^T *m (A *m z) - z) i 0| = worst_case_error k A B].
Proof.
move=> m_gt0; suff [i [S [Sk ->]]] : exists i S, (#|S| <= k)%N /\ worst_case_error k A B = \sum_(j in S) `|E i j|.
  exists (sign_vector i S), i; split; [exact: sign_vector_sparse | exact: sign_vector_in_cube |].
  by rewrite recovery_errorE sign_vector_error ger0_norm ?sumr_ge0.
pose Q x := exists i S, (#|S| <= k)%N /\ x = \sum_(j in S) `|E i j|; rewrite -/(Q _).
have Q0 : Q 0 by exists (Ordinal m_gt0), set0; rewrite cards0 big_set0.
have Qmax x y : Q x -> Q y -> Q (Num.max x y) by case: leP.
apply: big_ind => // i _; apply: big_ind => // S Sk; by exists i, S.
Qed.

Corollary accessible_worst_case eps : (0 < m)%N -> accessible k eps A B <-> worst_case_error k A B < eps.
Proof.
move=> m_gt0; split=> [acc | lt_eps z zk z1 i]; last exact: le_lt_trans (worst_case_error_ge _ zk z1) lt_eps.
by have [z [i [zk z1 <-]]] := worst_case_error_attained m_gt0; apply: acc.
Qed.

Lemma accessible_eps_gt0 eps : (0 < m)%N -> accessible k eps A B -> 0 < eps.
Proof. by move=> m_gt0 /accessibleP/(_ (Ordinal m_gt0) set0); rewrite cards0 big_set0; apply. Qed.

(* the easy half of the reduction theorem: error eps/k in each entry is error eps over k of them *)
Theorem near_identity_accessible eps : near_identity (eps / k%:R) (B^T *m A) -> accessible k eps A B.
Proof.
move=> near; apply/accessibleP => i S Sk.
have delta_gt0 : 0 < eps / k%:R by apply: le_lt_trans (near i i).
have k_gt0 : 0 < k%:R :> R.
  by rewrite ltr0n lt0n; apply: contraL delta_gt0 => /eqP ->; rewrite invr0 mulr0 ltxx.
have eps_gt0 : 0 < eps by move: delta_gt0; rewrite pmulr_lgt0 ?invr_gt0.
have [-> | [j0 j0S]] := set_0Vmem S; first by rewrite big_set0.
apply: (@lt_le_trans _ _ (\sum_(j in S) eps / k%:R)).
  rewrite !(bigD1 j0 j0S) /=; apply: ltr_le_add => //.
  by apply: ler_sum => j _; apply: ltW.
by rewrite sumr_const -mulr_natr mulrAC ler_pdivr_mulr // ler_pmul2l // ler_nat.
Qed.
End ExactCharacterisation.
