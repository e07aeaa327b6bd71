"""Upper bounds on the dimension: frames."""

from __future__ import annotations

from lincs.theorems._theorem import ALL, D, Theorem, everywhere


def _family(
    slug: str,
    title: str,
    statement: str,
    domain: str,
    row: tuple[str, str, str],
    origin: str,
    sources: tuple[str, ...],
    depends_on: tuple[str, ...],
) -> Theorem:
    """An upper bound on d(m, k, eps): the member of least dimension of a family of frames, with m columns or more."""
    return Theorem(
        slug=slug,
        title=title,
        kind="upper",
        quantity=D,
        statement=statement + " So d(m', k, eps) <= d for m' <= m, if k mu/(1 + mu) < eps.",
        domain=domain,
        evaluates="lincs.bounds.frame_upper_bound",
        origin=origin,
        construction=f"lincs.frames.{slug}",
        sources=sources,
        depends_on=("coherence", *depends_on),
        is_in_domain=everywhere,
        row=row,
    )


UPPER = (
    Theorem(
        slug="coherence",
        title="Nearly orthogonal columns are accessible",
        kind="condition",
        quantity=D,
        statement="If <b_i, a_i> = s and |<b_i, a_j>| <= mu s for i != j, then (A, B/(s (1 + mu))) has |B^T A - I| <= "
        "mu/(1 + mu), and is (eps, k)-accessible whenever k mu/(1 + mu) < eps; for delta < 1 that is mu < delta/(1 - "
        "delta).",
        domain="A, B real d x m, s > 0, mu >= 0",
        evaluates="lincs.frames.Frame.is_accurate",
        origin="elementary",
        sources=("GKP", "A09"),
        depends_on=("worst_case_error",),
    ),
    Theorem(
        slug="puncturing",
        title="Signs may lose coordinates",
        kind="condition",
        quantity=D,
        statement="Sign vectors in D dimensions with |<a_i, a_j>| <= c keep the coherence (c + P)/(D - P) after any P "
        "coordinates are left out. It is below delta/(1 - delta) just for P < delta D - (1 - delta) c.",
        domain="0 <= P < (D - c)/2, 0 < delta <= 1/2",
        evaluates="lincs.frames._signs.most_punctured",
        origin="elementary",
        depends_on=("coherence",),
    ),
    Theorem(
        slug="agreements",
        title="Numbers of agreements of words, shifted to be symmetric about 0",
        kind="condition",
        quantity=D,
        statement="If different words of a code of length n over q symbols differ in D..W positions, then n (q-1) + 1 "
        "dimensions (one less if q (D + W) = 2n (q-1)) hold a pair (A, B) with as many columns as there are words and "
        "mu = (W-D)/(W+D), error (W-D)/(2W). A position with a symbols takes a - 1 dimensions; a linear code may lose "
        "P < D positions: D - P takes the place of D.",
        domain="1 <= D <= W <= n, q >= 2",
        evaluates="lincs.frames._codes.code_frame",
        origin="own",
        depends_on=("coherence",),
    ),
    _family(
        "constant",
        "One dimension for everything",
        "d = 1, any m, mu = 1.",
        "m >= 1; delta > 1/2 is needed for m > 1",
        ("1", "any", "1"),
        "elementary",
        (),
        (),
    ),
    _family(
        "identity",
        "An orthonormal basis",
        "d = m, mu = 0.",
        "m >= 1",
        ("m", "m", "0"),
        "elementary",
        (),
        (),
    ),
    _family(
        "simplex",
        "The regular simplex",
        "d = m - 1, mu = 1/(m-1), error 1/m.",
        "m >= 2",
        ("m - 1", "m", "1/(m-1)"),
        "elementary",
        (),
        (),
    ),
    _family(
        "circle",
        "Lines in the plane at equal angles",
        "d = 2, any m, mu = cos(pi/m).",
        "m >= 2",
        ("2", "any", "cos(pi/m)"),
        "elementary",
        (),
        (),
    ),
    _family(
        "paley",
        "Paley's conference frame, which meets the Welch bound",
        "d = (q+1)/2, m = q + 1, mu = 1/sqrt(q).",
        "q a prime power, q = 1 mod 4",
        ("(q+1)/2, q = 1 mod 4 a prime power", "q + 1", "1/sqrt(q)"),
        "cited",
        ("Paley33", "SH03"),
        (),
    ),
    _family(
        "steiner",
        "Frames of block designs and Hadamard matrices, which meet the Welch bound",
        "d = v r/c, m = v (r+1), mu = 1/r for a (2, c, v) design with r = (v-1)/(c-1) blocks through each point.",
        "a design of pairs, triples, or lines of AG(n, q) or PG(n, q), and a Hadamard matrix of order r + 1 > 2",
        ("b blocks of a (2, c, v) design, r through each point", "v (r+1)", "1/r"),
        "cited",
        ("FMT12", "Bose39", "Skolem58", "Paley33", "Sylvester1867"),
        (),
    ),
    _family(
        "linear_space",
        "Points and lines, filled with matrices of signs",
        "d = b, m = n v, mu = 1/r, for r = 2 mod 4 1/(r - 3/4), for v points on r lines each, any two on at most one, "
        "b lines, and n = r, r - 1, r, r + 1 for r = 0, 1, 2, 3 mod 4. With regular simplices of c points on the lines "
        "d = the sum of l - floor(l/c) over the numbers l of points of all lines, and mu = 1/(r (c-1)), for r = 2 mod "
        "4 1/((r-1)(c-1)), for even r.",
        "points and lines by the recursion of the proof; a Hadamard matrix of order n, or a symmetric conference "
        "matrix for r = 2 mod 4; c >= 3",
        ("b lines, r through each of v points; or l - floor(l/c) for a line of l", "about v r", "1/r; or 1/(r (c-1))"),
        "own",
        ("FMT12", "MacNeish22", "Paley33", "Sylvester1867"),
        ("steiner", "simplex"),
    ),
    _family(
        "reed_solomon",
        "Agreements of polynomials, shifted to be symmetric about 0",
        "d = n (q-1) + 1, m = q^T, mu = (T-1)/(2n-T+1), error (T-1)/(2n), with probes that are not multiples of the "
        "columns; d is one less for 2n = q (T-1), and with s symbols instead of T q at the first T points d = s - T + "
        "(n-T)(q-1) + 1, m = the product of T numbers of sum s that differ by at most one.",
        "q a prime power, 2 <= T <= n <= q + 1",
        ("n (q-1) + 1, fewer when trimmed (A, B differ)", "q^T", "(T-1)/(2n-T+1)"),
        "own",
        ("RS60",),
        (),
    ),
    _family(
        "erased_reed_solomon",
        "Agreements of polynomials outside a set of symbols",
        "d = q (r-1) + u, r = q - s, mu = (r (T-1) + h)/(2r (q+1-h) - r (T-1) - h), error (r (T-1) + h)/(2r (q+1-h)); "
        "m is the number of polynomials of degree T - 1 modulo q with at most h values below s and one of u leading "
        "coefficients: q times those, for each coefficient, that have no term of degree T - 2.",
        "q a prime, 3 <= T <= q, 0 <= s <= q - 2, 0 <= h < T, 1 <= u < q; all polynomials were looked at",
        (
            "q (q-s-1) + u, q a prime (A, B differ)",
            "polynomials with u leading coefficients and at most h values below s",
            "(r (T-1) + h)/(2r (q+1-h) - r (T-1) - h), r = q - s",
        ),
        "own",
        ("RS60",),
        (),
    ),
    _family(
        "ag_code",
        "Agreements of functions on a plane curve",
        "d = n (q-1) + 1, m = q^k, mu = T/(2n-T), error T/(2n), where k counts the numbers a i + b j <= T, i, j >= 0, "
        "of which T is one; with s symbols instead of k q at the first k points d = s - k + (n-k)(q-1) + 1, m = the "
        "product of k numbers of sum s that differ by at most one.",
        "q a prime power, T < n, n points, infinity among them, of a curve y^a + c x^b + .. = 0 over GF(q), "
        "gcd(a, b) = 1, other terms x^i y^j with a i + b j < a b",
        ("n (q-1) + 1, n points of a curve over GF(q), T < n (A, B differ)", "q^k, k pole orders up to T", "T/(2n-T)"),
        "own",
        ("Goppa81", "HLP98"),
        ("agreements",),
    ),
    _family(
        "bch",
        "Agreements of words whose first power sums vanish",
        "d = n (q-1) + 1, m = q^k, error (n-t-1)/(2n), n = q^e, k = n - 1 less the number of residues 1..t-1 times "
        "powers of q modulo n - 1; with s symbols at k positions and without P others d = s - k + (n-P-k)(q-1) + 1, "
        "m = the product of k numbers of sum s that differ by at most one, and words differ in t+1-P..n-f-P positions, "
        "f of these numbers being 1; for q = 2 and f > 0 also in at most n-t-1.",
        "q a prime power, e >= 2, 1 <= t < n - 1, 0 <= P <= t",
        ("n (q-1) + 1, n = q^e, t power sums (A, B differ)", "q^k, n - 1 - k conjugates of 1..t-1", "(n-t-1)/(n+t+1)"),
        "own",
        ("Hocquenghem59", "BR60"),
        ("agreements",),
    ),
    _family(
        "linear_code",
        "Agreements of words of a linear code whose weights were counted",
        "d = n (q-1) + 1, m = q^k, mu = (W-D)/(W+D), D and W the least and the largest weight of words other than 0 of "
        "the code of length n = l r or l r + 1 that consists of f g, f g f_2, .., f g f_l modulo x^r - c for all f of "
        "degree below k = r - deg g, extended by a sum or not; trimmed, shortened and punctured as the family bch.",
        "q a prime power, n <= 255, c and g(0) not 0; all words were looked at, or for D those that have few "
        "symbols other than 0 in a window of a code that is closed under shifts, and W is n, less for divisible "
        "weights",
        ("n (q-1) + 1, a linear code over GF(q) (A, B differ)", "q^k", "(W-D)/(W+D), D..W its weights"),
        "own",
        (),
        ("agreements",),
    ),
    _family(
        "trace_code",
        "Agreements of quadratic trace forms over GF(q^n)",
        "d = (q-1)(q^n - 1) + 1, m = q^(2n), mu = 1/((q-1) q^((n-1)/2)), by the words Tr(a x^(q+1) + b x), x != 0, of "
        "weights q^n - q^(n-1) and q^((n-1)/2) more or less; trimmed, shortened and punctured as the family bch.",
        "q >= 3 a prime power, n >= 3 odd, q^n <= 2^18",
        ("(q-1) (q^n - 1) + 1, q > 2, n odd (A, B differ)", "q^(2n)", "1/((q-1) q^((n-1)/2))"),
        "own",
        ("LN97",),
        ("agreements",),
    ),
    _family(
        "leech",
        "Lines of the Leech lattice",
        "d = 24, m = 98280, mu = 1/2; d = 16..23, m = d (d-1) + 64 o, mu = 1/2, with o = 30, 30, 46, 78, 130, 210, "
        "330, 506 octads; d = 22, 23, m = 1408, 2300, mu = 1/3; d = 21, 22, 23, m = 126, 176, 276, mu = 1/5.",
        "as stated",
        ("16 to 24", "2160 to 98280; 1408, 2300; 126, 176, 276", "1/2; 1/3 for d = 22, 23; 1/5 for d = 21, 22, 23"),
        "cited",
        ("CS99",),
        (),
    ),
    _family(
        "kerdock",
        "Kerdock's sets: mutually unbiased bases",
        "d = 4^s, m = d (d/2 + 1), mu = 1/sqrt(d). Without P coordinates d = 4^s - P, m = 4^s 4^s/2, mu = (2^s + "
        "P)/(4^s - P) < 1.",
        "s >= 1",
        ("4^s", "d (d/2 + 1)", "1/sqrt(d)"),
        "cited",
        ("Kerdock72", "CCKS97"),
        ("delsarte_goethals", "puncturing"),
    ),
    _family(
        "delsarte_goethals",
        "Delsarte and Goethals' sets of quadratic forms",
        "d = 4^s, m = d (d/2)^(r+1), mu = 2^r/sqrt(d). Without P coordinates d = 4^s - P, mu = (2^(s+r) + P)/(4^s - "
        "P) < 1.",
        "1 <= r < s",
        ("4^s", "d (d/2)^(r+1)", "2^r/sqrt(d)"),
        "cited",
        ("DG75", "CCKS97"),
        ("gold", "puncturing"),
    ),
    _family(
        "gold",
        "Gold's quadratic trace forms",
        "d = 2^n, m = d^(r+1), mu = 2^(r + floor(n/2))/d. Without P coordinates d = 2^n - P, m = 2^(n (r+1)), mu = "
        "(2^(r + floor(n/2)) + P)/(2^n - P) < 1.",
        "1 <= r < n/2",
        ("2^n", "d^(r+1)", "2^r/sqrt(d), n even; 2^(r-1/2)/sqrt(d), n odd"),
        "cited",
        ("Gold68", "DG75"),
        ("puncturing",),
    ),
    _family(
        "construction_x",
        "Classes of signs, with a tail that tells them apart",
        "For vectors of D signs in n classes, with inner products of at most c in a class and C > c between classes, "
        "and n columns in d' dimensions with the coherence kappa < 1: d = D - P + d', m all vectors, mu = (c + W + "
        "P)/(D + W - P) < 1 for W = (C - c)/(1 - kappa).",
        "nested sets of D = 2^n signs: gold, delsarte_goethals, binary extended BCH codes of n <= 8",
        ("2^n + d of a tail", "(size of a class) (columns of it)", "(c + W)/(2^n + W), W = (C - c)/(1 - kappa)"),
        "cited",
        ("SRC72", "Gold68", "DG75", "Hocquenghem59", "BR60"),
        ("gold", "delsarte_goethals", "bch", "puncturing"),
    ),
    _family(
        "weil",
        "Polynomial phases modulo a prime",
        "d = 2p, m = 2 p^t, mu = (t-1)/sqrt(p).",
        "p a prime, 2 <= t < p, (t-1)^2 < p",
        ("2p, p prime", "2 p^t", "(t-1)/sqrt(p)"),
        "cited",
        ("Weil48", "LN97"),
        (),
    ),
    _family(
        "devore",
        "DeVore's graphs of polynomials",
        "d = q^2, m = q^t, mu = (t-1)/q.",
        "q a prime power, 2 <= t <= q",
        ("q^2", "q^t", "(t-1)/q"),
        "cited",
        ("DeVore07",),
        (),
    ),
    _family(
        "stored",
        "Matrices that are kept as files",
        "d, m those of integer matrices A, B with D <= <b_i, a_i> <= D + 2c and |<b_i, a_j>| <= c for i != j, computed "
        "from the file: mu = c/D, error c/(D + c).",
        "a file that comes with lincs, D > c",
        ("of a file, every product of its integers computed", "of the file", "computed"),
        "elementary",
        ("CS99",),
        (),
    ),
    _family(
        "direct_sum",
        "Two frames in coordinates of their own",
        "d = d_1 + d_2, m = m_1 + m_2, mu = max(mu_1, mu_2).",
        "any two frames",
        ("d_1 + d_2", "m_1 + m_2", "the larger one"),
        "elementary",
        (),
        (),
    ),
    _family(
        "gilbert_varshamov",
        "Random vectors of which those that come too close are left out",
        "If (m-1) P(|<u, v>| > mu) < 1 for independent random unit vectors u, v in d dimensions, then m unit vectors "
        "have the coherence mu or less; P = I_{1-mu^2}((d-1)/2, 1/2), the regularised incomplete beta function.",
        "d >= 2, 0 < mu < 1",
        ("exists when (m-1) P(\\|<u,v>\\| > mu) < 1", "m", "mu"),
        "cited",
        ("Gilbert52", "Varshamov57"),
        (),
    ),
    Theorem(
        slug="random",
        title="Random signs, with explicit constants",
        kind="upper",
        quantity=D,
        statement="d(m, k, eps) <= d for d >= 2 ln(m (m-1)) k^2/eps^2.",
        domain=ALL + " <= 1/2, m >= 2 (otherwise d = 1)",
        evaluates="lincs.bounds.random_upper_bound",
        origin="cited",
        sources=("GKP", "Hoeffding63"),
        depends_on=("coherence",),
        is_in_domain=everywhere,
    ),
)
