"""The dimension as a function of two numbers, and its lower bounds."""

from __future__ import annotations

from lincs.theorems._theorem import ALL, HALF, D, Theorem, everywhere, small_delta_domain

DIMENSION = (
    Theorem(
        slug="dimension_reduction",
        title="The question in m, k and eps depends on m and eps/k only",
        kind="exact",
        quantity=D,
        statement="d(m, k, eps) = d(m, 1, eps/k) = D(m, eps/k), D(m, delta) the least rank of a real m x m matrix M "
        "with |M - I|_ij < delta in every entry.",
        domain=ALL + " (for eps > 1 it fails)",
        evaluates="lincs.dimension_bounds",
        origin="own",
        sources=("GKP", "Malykhin24"),
        depends_on=("best_probes", "worst_case_error"),
        is_in_domain=everywhere,
    ),
    Theorem(
        slug="small_delta",
        title="The dimension is known exactly for the smallest and the largest tolerances",
        kind="exact",
        quantity=D,
        statement="D(m, delta) = m for delta <= 1/m, m - 1 for 1/m < delta <= 3/(2m), 2 for delta = 1/2, 1 for 1/2 < "
        "delta <= 1.",
        domain="m >= 2; delta = eps/k <= 3/(2m) or delta >= 1/2",
        evaluates="lincs.dimension_bounds",
        construction="lincs.frames.simplex",
        origin="own",
        depends_on=("dimension_reduction", "kernel", "simplex", "circle", "constant", "identity"),
        is_in_domain=small_delta_domain,
    ),
)


def _lower(
    slug: str,
    title: str,
    statement: str,
    row: tuple[str, str],
    origin: str,
    sources: tuple[str, ...],
    depends_on: tuple[str, ...],
    construction: str | None = None,
) -> Theorem:
    """A lower bound on d(m, k, eps), by its inequality for rank d."""
    return Theorem(
        slug=slug,
        title=title,
        kind="lower",
        quantity=D,
        statement=statement,
        domain=HALF + "; m >= 2 (otherwise the bound is 1)",
        evaluates=f"lincs.bounds.{slug}_lower_bound",
        origin=origin,
        construction=construction,
        sources=sources,
        depends_on=depends_on,
        is_in_domain=everywhere,
        row=row,
    )


LOWER = (
    Theorem(
        slug="polynomial_trace",
        title="The trace bounds the rank of a polynomial of a nearly diagonal matrix from below",
        kind="lower",
        quantity=D,
        statement="For a polynomial f with f(1) = 1 of degrees J let D_f(d) = sum over J of C(d+j-1, j), v = max of "
        "|f| over [-delta', delta']. Rank d is impossible if D_f(d) (1 + (m-1) v^2) < m, and if it is = m and |f| < v "
        "inside the interval.",
        domain=HALF + "; m >= 2",
        evaluates="lincs.bounds.lower.best_lower_bound",
        origin="own",
        sources=("A03", "A09"),
        depends_on=("dimension_reduction",),
        is_in_domain=everywhere,
    ),
    _lower(
        "welch",
        "The Welch bound, for any pair (A, B)",
        "Rank d is impossible if d (1 + (m-1) delta'^2) <= m.",
        ("d (1 + (m-1) delta'^2) <= m", "Welch 1974"),
        "cited",
        ("Welch74", "A03"),
        ("polynomial_trace",),
        "lincs.frames.paley",
    ),
    _lower(
        "alon",
        "Alon's bound, with the best power",
        "Rank d is impossible if C(d+p-1, p) (1 + (m-1) delta'^(2p)) <= m for some p >= 1.",
        ("C(d+p-1, p) (1 + (m-1) delta'^(2p)) <= m", "Alon 2003"),
        "cited",
        ("A03", "A09"),
        ("polynomial_trace",),
    ),
    _lower(
        "chebyshev",
        "The trace bound with Chebyshev polynomials, which are smallest on the interval",
        "Rank d is impossible if D_p(d) (1 + (m-1) / T_p(1/delta')^2) < m for some p >= 2, D_p(d) = C(d+p-1, p) + "
        "C(d+p-3, p-2) + ...",
        ("D_p(d) (1 + (m-1) / T_p(1/delta')^2) < m, D_p(d) = C(d+p-1, p) + C(d+p-3, p-2) + ...", "here"),
        "own",
        ("A03",),
        ("polynomial_trace",),
    ),
    _lower(
        "joint_trace",
        "The trace bound for two polynomials of adjacent degrees at once",
        "With X = 1/delta', T = T_{p-1}(X), K = (X^2-1) U_{p-2}(X), L = X T, rank d is impossible if (1-w^2) T^2 "
        "(m/D_{p-1}(d) - 1) + (K + w L)^2 (m/D_p(d) - 1) > m - 1 for some p >= 2 and w in [0, 1].",
        ("the same for two polynomials of adjacent degrees at once", "here"),
        "own",
        ("A03",),
        ("chebyshev",),
    ),
    _lower(
        "kernel",
        "A kernel of c dimensions has a vector that is concentrated on one entry",
        "If dim ker A = c then gamma(A) >= 1/(m kappa_c), kappa_c = (2 + (c-1) sqrt(c+2)) / (c (c+1)); so rank m - c "
        "is impossible if m delta kappa_c <= 1.",
        ("m delta (2 + (c-1) sqrt(c+2)) <= c (c+1), c = m - d", "Bukh and Cox 2020"),
        "own",
        ("BC", "KT", "LS73"),
        ("best_probes", "dimension_reduction"),
        "lincs.frames.simplex",
    ),
    _lower(
        "turan_alon",
        "The published argument, with explicit constants",
        "Rank d is impossible if C(d+p-1, p) (1 + (N-1) delta'^(2p)) <= N for some p >= 1, N = ceil(m/(2k-1)) >= 2.",
        ("`alon` for ceil(m/(2k-1)) features: the published argument", "Garg, Kleinberg, Peng 2026"),
        "cited",
        ("GKP", "A09"),
        ("alon", "worst_case_error"),
    ),
)
