"""What linear decoding does for a given pair (A, B), or for a given A."""

from __future__ import annotations

from lincs.theorems._theorem import Theorem

LINEAR = (
    Theorem(
        slug="worst_case_error",
        title="The worst-case error of a pair is a sum of k entries of one row",
        kind="exact",
        quantity="W_k(A, B)",
        statement="W_k(A, B) = max over k-sparse z in [-1, 1]^m of ||B^T A z - z||_inf = max_i of the sum of the k "
        "largest |E_ij| of row i, E = B^T A - I; attained at the signs of these entries.",
        domain="A, B real d x m, 1 <= k <= m",
        evaluates="lincs.worst_case_error",
        origin="elementary",
        sources=("GKP",),
    ),
    Theorem(
        slug="binary_worst_case_error",
        title="The worst-case error over binary features",
        kind="exact",
        quantity="W_k(A, B) over {0, 1}^m",
        statement="max over k-sparse z in {0, 1}^m of ||B^T A z - z||_inf = max_i of the larger of the sums of the k "
        "largest positive and the k largest negative parts of E_ij. The same over [0, 1]^m.",
        domain="A, B real d x m, 1 <= k <= m",
        evaluates="lincs.worst_case_error",
        origin="elementary",
    ),
    Theorem(
        slug="rounding_enclosure",
        title="The worst-case error from rounded products lies in an interval",
        kind="enclosure",
        quantity="W_k(A, B)",
        statement="|fl(<b, a>) - <b, a>| <= gamma_d ||b|| ||a||, gamma_d = d u/(1 - d u), in any order of summation; "
        "so the computed sum s of k entries of row i differs from the true one by at most (pi_i ||rho||_(k) + k tau + "
        "(k + 8) u (s + 1)) (1 + 2^-20).",
        domain="floats without overflow, unit roundoff u, d u < 1 and k u <= 2^-22",
        evaluates="lincs.worst_case_error",
        origin="own",
        sources=("Higham02",),
        depends_on=("worst_case_error",),
    ),
    Theorem(
        slug="best_probes",
        title="One number says how well linear probes can read, for every sparsity at once",
        kind="exact",
        quantity="min over B of W_k(A, B)",
        statement="min over B of W_k(A, B) = min(1, k gamma(A)), gamma(A) = max {||z||_inf / ||z||_1 : 0 != z in ker "
        "A} = min over B of max_ij |B^T A - I|_ij; one B attains it for every k with k gamma <= 1. Any B shows an "
        "upper side of gamma, any kernel vector a lower side.",
        domain="A real d x m, 1 <= k <= m",
        evaluates="lincs.kernel_ratio",
        construction="lincs.best_probes",
        origin="own",
        sources=("JN", "Schrijver86"),
        depends_on=("worst_case_error", "convex_hull"),
    ),
    Theorem(
        slug="l1_recovery",
        title="Where linear probes read, L1 recovers",
        kind="condition",
        quantity="L1 recovery of all s-sparse z",
        statement="If s < 1/(2 gamma(A)) then every s-sparse z is the unique minimiser of ||z'||_1 subject to A z' = "
        "A z. So a pair that is (eps, k)-accessible lets L1 recover every s-sparse z with s <= k/(2 eps).",
        domain="A real d x m, s >= 0; eps <= 1",
        evaluates="lincs.KernelRatio.l1_sparsity",
        origin="own",
        sources=("FR", "JN"),
        depends_on=("best_probes",),
    ),
    Theorem(
        slug="convex_hull",
        title="Over the convex hull of the sparse vectors no decoder beats the best linear one",
        kind="exact",
        quantity="least worst-case error of any decoder over K",
        statement="For K = {||z||_inf <= 1, ||z||_1 <= k}, the convex hull of the k-sparse vectors of [-1, 1]^m, "
        "every map phi has sup over K of ||phi(A z) - z||_inf >= min(1, k gamma(A)), which the best linear one "
        "attains.",
        domain="A real d x m, 1 <= k <= m",
        evaluates="lincs.KernelRatio.least_eps",
        construction="lincs.best_probes",
        origin="own",
        sources=("MR77",),
    ),
    Theorem(
        slug="nonnegative_probes",
        title="The best affine probes of non-negative features",
        kind="exact",
        quantity="least worst-case error of affine probes over [0, 1]^m",
        statement="min over b, c of max over k-sparse z in [0, 1]^m of |<b, A z> + c - z_i| = 1/2 max {u_i : A u = 0, "
        "||u||_inf <= 1, sum u_+ <= k, sum u_- <= k} <= 1/2.",
        domain="A real d x m, 1 <= k <= m",
        evaluates="lincs.affine_probes",
        origin="own",
        depends_on=("convex_hull",),
    ),
    Theorem(
        slug="threshold_probes",
        title="Bias and activation are worth a factor of 2 in the tolerance at most",
        kind="condition",
        quantity="thresholds <b, A z> > c exactly where z_i = 1",
        statement="Feature i has a threshold iff tau_i = max {u_i : A u = 0, and over j != i |u_j| <= 1, sum u_+ <= k "
        "- 1, sum u_- <= k} < 1. If all have one then gamma(A) < 1/k; if gamma(A) < 1/(2k) they have. So the least d "
        "lies in [D(m, 1/k), D(m, 1/(2k))].",
        domain="A real d x m, 1 <= k <= m, z k-sparse in {0, 1}^m",
        evaluates="lincs.threshold_probes",
        origin="own",
        sources=("GKP",),
        depends_on=("nonnegative_probes", "best_probes", "dimension_reduction"),
    ),
    Theorem(
        slug="minimax_probes",
        title="The best probe on recorded samples is certified by weights on d + 2 of them",
        kind="exact",
        quantity="least worst-case error of an affine probe on n samples",
        statement="min over b, c of max_s |<b, x_s> + c - z_s| = max {<w, z> : X^T w = 0, sum w = 0, ||w||_1 <= 1}, "
        "attained by some w on at most d + 2 samples. Any b, c shows an upper side, any such w a lower side. For "
        "binary z it is below 1/2 iff a hyperplane separates the two classes strictly.",
        domain="X real n x d with rows x_s, z real of n entries; without bias the same without sum w = 0",
        evaluates="lincs.activations.minimax_probes",
        origin="elementary",
        sources=("Cheney66", "Schrijver86"),
        depends_on=("best_probes",),
    ),
    Theorem(
        slug="faithful_decomposition",
        title="When a matrix is the sum of its parts along given directions",
        kind="exact",
        quantity="what is lost of v in [-1, 1]^d in sum_i <b_i, v> a_i",
        statement="sum_i M a_i b_i^T = M A B^T, which is M for every M iff A B^T = I; max over v in [-1, 1]^d of "
        "||A B^T v - v||_inf = max_i sum_j |A B^T - I|_ij. B = A/t does it iff A A^T = t I, t = m/d for unit columns. "
        "B = (A A^T)^-1 A does it for A of rank d. Then B^T A is a projection of rank d, and W_1(A, B) >= 1 - d/m.",
        domain="A, B real d x m",
        evaluates="lincs.linearity.decomposition_error",
        construction="lincs.linearity.dual_frame",
        origin="elementary",
        sources=("Christensen03",),
        depends_on=("worst_case_error",),
    ),
    Theorem(
        slug="typical_case",
        title="For random signs a number of dimensions that is linear in k is enough",
        kind="condition",
        quantity="P(|(B^T A z - z)_i| >= eps) for random signs of z",
        statement="P(|(B^T A z - z)_i| >= eps) <= 2 exp(-eps^2 / (2 sum over S of E_ij^2)); at most eta once d >= 2 k "
        "ln(2/eta) / eps^2, if all |E_ij| <= 1/sqrt(d).",
        domain="z of support S, |S| = k, fixed sizes <= 1 and independent random signs; eps > 0, 0 < eta < 2",
        evaluates="lincs.feature_errors",
        origin="own",
        sources=("Hoeffding63",),
    ),
)
