"""Published theorems, asymptotics, and nonlinear decoding."""

from __future__ import annotations

from lincs.theorems._theorem import D, Theorem, asymptotic_domain, everywhere, published_domain

GROWTH = (
    Theorem(
        slug="gkp_theorem_1",
        title="Published: O(k log(m/k)) dimensions are enough for L1",
        kind="asymptotic",
        quantity="least d in which L1 recovers all k-sparse z",
        statement="d = O(k log(m/k)); d <= 2 + 10 k + 20 k ln(e m/k).",
        domain="1 <= k <= m; the O-form for k <= m/2",
        evaluates="lincs.classical.l1_sufficient_dimension",
        origin="cited",
        sources=("GKP", "FR"),
        depends_on=("l1_sufficient",),
        is_in_domain=everywhere,
    ),
    Theorem(
        slug="gkp_theorem_2",
        title="Published: O(k^2 log m) dimensions are enough for linear probes",
        kind="asymptotic",
        quantity=D,
        statement="d(m, k, eps) = O_eps(k^2 log m); d(m, k, eps) <= 4 k^2 ln(m)/eps^2 + 1.",
        domain="1 <= k <= m, m >= 2, 0 < eps <= 1",
        evaluates="lincs.bounds.random_upper_bound",
        origin="cited",
        sources=("GKP",),
        depends_on=("random",),
        is_in_domain=everywhere,
    ),
    Theorem(
        slug="gkp_theorem_3",
        title="Published: Omega(k^2/log k log(m/k)) dimensions are needed for linear probes",
        kind="asymptotic",
        quantity=D,
        statement="d(m, k, eps) = Omega_eps(k^2/log k log(m/k)); d(m, k, eps) >= k^2 ln(m) / (100 eps^2 ln(k/eps)).",
        domain="2 <= k <= m, 0 < eps <= 1, eps/k <= 1/4, eps > k^(3/2) sqrt(5/m); the first form not for k = 2, eps = "
        "1",
        evaluates="lincs.bounds.lower.best_lower_bound",
        origin="cited",
        sources=("GKP", "A03"),
        depends_on=("lower_asymptotics", "turan_alon"),
        is_in_domain=published_domain,
    ),
    Theorem(
        slug="lower_asymptotics",
        title="What the lower bounds amount to, and the factor 4 that Chebyshev polynomials gain",
        kind="asymptotic",
        quantity=D,
        statement="d(m, k, eps) >= k^2 ln(m) / (100 eps^2 ln(k/eps)). As m grows and then delta falls, the Chebyshev "
        "bound is 4 times Alon's: 4 ln(m) / (2 e delta^2 ln(1/delta)) against ln(m) / (2 e delta^2 ln(1/delta)).",
        domain="1 <= k <= m, 0 < eps <= 1, delta = eps/k <= 1/4, m >= 1/delta^2",
        evaluates="lincs.bounds.lower.best_lower_bound",
        origin="own",
        sources=("A03", "A09"),
        depends_on=("alon", "chebyshev"),
        is_in_domain=asymptotic_domain,
    ),
)

CLASSICAL = (
    Theorem(
        slug="any_decoder",
        title="Dimensions for exact recovery by any decoder",
        kind="exact",
        quantity="least d in which some decoder recovers all k-sparse z",
        statement="It is min(2k, m).",
        domain="1 <= k <= m",
        evaluates="lincs.classical.any_decoder_dimension",
        origin="cited",
        sources=("FR",),
        is_in_domain=everywhere,
    ),
    Theorem(
        slug="l1_necessary",
        title="Dimensions that L1 needs to recover all sparse vectors",
        kind="lower",
        quantity="least d in which L1 recovers all k-sparse z",
        statement="d >= s ln(m/(4s))/ln 9 for s = floor(k/2), and d >= min(2k, m).",
        domain="1 <= k <= m; the first for k >= 2, m > 4s",
        evaluates="lincs.classical.l1_necessary_dimension",
        origin="cited",
        sources=("FR",),
        depends_on=("any_decoder",),
        is_in_domain=everywhere,
    ),
    Theorem(
        slug="l1_sufficient",
        title="Dimensions in which L1 recovers all sparse vectors",
        kind="upper",
        quantity="least d in which L1 recovers all k-sparse z",
        statement="d >= 5 (sqrt(k) + sqrt(2 k ln(e m/k)))^2 + 1 is enough, and so is d = m.",
        domain="1 <= k <= m",
        evaluates="lincs.classical.l1_sufficient_dimension",
        origin="own",
        sources=("FR",),
        depends_on=("l1_recovery",),
        is_in_domain=everywhere,
    ),
    Theorem(
        slug="l1_typical",
        title="Where L1 begins to recover a given sparse vector",
        kind="asymptotic",
        quantity="d at which L1 recovers one k-sparse z from Gaussian measurements",
        statement="psi = inf over tau >= 0 of k (1 + tau^2) + (m-k) sqrt(2/pi) int_tau^inf (u-tau)^2 exp(-u^2/2) du; "
        "within O(sqrt(m)) of psi the probability climbs from 0 to 1. psi/m depends on k/m only.",
        domain="1 <= k <= m, A Gaussian",
        evaluates="lincs.classical.l1_typical_dimension",
        origin="cited",
        sources=("ALMT", "DT"),
        is_in_domain=everywhere,
    ),
    Theorem(
        slug="l1_certificate",
        title="One vector shows that L1 recovers a given z, another that it does not",
        kind="condition",
        quantity="L1 recovery of one z",
        statement="For S the support of z, sigma its signs: if A_S is injective, A_S^T w = sigma and |<a_j, w>| < 1 "
        "off S, then z is the unique minimiser of ||z'||_1 subject to A z' = A z. If 0 != h in ker A has <sigma, h_S> "
        "+ ||h off S||_1 <= 0, it is not. Exactly one of these w and h exists.",
        domain="A real d x m, z in R^m",
        evaluates="lincs.l1.certifies",
        origin="cited",
        sources=("FR", "Fuchs04", "ZYC"),
    ),
)
