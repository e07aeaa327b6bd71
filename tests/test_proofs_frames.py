"""The texts on upper bounds: what they state is what the code computes.

That marks and steps agree and that every step goes through is in `test_proofs.py`.
"""

import itertools
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lincs import dimension_bounds, frames
from lincs._checks import InputError
from lincs._numbers import is_prime, prime_power
from lincs.bounds import random_upper_bound
from lincs.frames._fields import (
    binary_modulus,
    binary_product,
    field_difference,
    field_product,
    nonzero_squares,
    reed_solomon_words,
)
from lincs.frames._signs import most_punctured
from lincs.frames.devore import devore_for
from lincs.frames.hadamard import has_hadamard
from lincs.frames.paley import paley_for
from lincs.frames.random import _exists
from lincs.frames.simple import circle_for
from lincs.frames.steiner import _SERIES, block_design, steiner_for
from lincs.frames.weil import weil_for

PROOFS = Path(__file__).parents[1] / "proofs"
if not PROOFS.is_dir():
    pytest.skip("the proofs lie in a checkout, not in an installed package", allow_module_level=True)

deltas = st.builds(lambda a, b: Fraction(a, a + b), st.integers(1, 60), st.integers(1, 600))


def prime(delta):
    """delta' of the texts."""
    return delta / (1 - delta)


def test_every_family_has_a_text():
    assert {path.stem for path in PROOFS.glob("*.md")} >= set(frames.FAMILIES)


# ----------------------------------------------------------------------- dimension, capacity and coherence of a member


def members():
    """Members with the dimension, capacity and squared coherence that their texts state."""
    for m in (2, 3, 7, 10**12):
        yield frames.constant(m), 1, m, 1
        yield frames.identity(m), m, m, 0
        yield frames.simplex(m), m - 1, m, Fraction(1, m - 1) ** 2
    for q in (5, 9, 13, 49, 5**6, 10**9 + 9):
        yield frames.paley(q), (q + 1) // 2, q + 1, Fraction(1, q)
    for v in (4, 8, 12, 32):  # pairs: c = 2, r = v - 1
        yield frames.steiner("pairs", v), v * (v - 1) // 2, v * v, Fraction(1, v - 1) ** 2
    for v in (7, 15, 31, 39):  # triples: c = 3, r = (v - 1)/2
        yield frames.steiner("triples", v), v * (v - 1) // 6, v * (v + 1) // 2, Fraction(2, v - 1) ** 2
    for n, q in ((3, 5), (3, 9), (3, 13), (7, 5)):
        r = (q**n - 1) // (q - 1)
        if has_hadamard(r + 1):
            yield frames.steiner("affine", q, n), q ** (n - 1) * r, q**n * (r + 1), Fraction(1, r) ** 2
            v = (q ** (n + 1) - 1) // (q - 1)
            yield frames.steiner("projective", q, n), v * r // (q + 1), v * (r + 1), Fraction(1, r) ** 2
    for r, n, inverse in ((4, 4, "4"), (5, 4, "5"), (6, 6, "21/4"), (7, 8, "7")):  # a net: 7 groups, r directions
        yield frames.linear_space(49, r, f"7/{r}"), 7 * r, 49 * n, 1 / Fraction(inverse) ** 2
    for c, r, size in ((7, 4, 4), (3, 6, 5)):
        found = frames.linear_space(49, r, f"7/{r}", c)
        yield found, 7 * r * (7 - 7 // c), 49 * r, 1 / Fraction(size * (c - 1)) ** 2
    for q, T, n in ((2, 2, 2), (3, 2, 4), (8, 3, 9), (11, 3, 11), (16, 9, 17), (27, 5, 20)):
        centred = 2 * n == q * (T - 1)
        yield frames.reed_solomon(q, T, n), n * (q - 1) + (not centred), q**T, Fraction(T - 1, 2 * n - T + 1) ** 2
        for total in range(2 * T, T * q):
            a, more = divmod(total, T)
            d = more * a + (T - more) * (a - 1) + (n - T) * (q - 1) + 1
            m = (a + 1) ** more * a ** (T - more)
            yield frames.reed_solomon(q, T, n, total), d, m, Fraction(T - 1, 2 * n - T + 1) ** 2
    for q, n in ((3, 3), (4, 3), (9, 5), (64, 3), (3, 11)):
        squared = Fraction(1, (q - 1) ** 2 * q ** (n - 1))
        yield frames.trace_code(q, n), (q - 1) * (q**n - 1) + 1, q ** (2 * n), squared
        D, W = (q**n - q ** (n - 1) + sign * q ** ((n - 1) // 2) for sign in (-1, 1))
        for P in (1, D - 1):
            squared = Fraction(min(W, q**n - 1 - P) - D + P, min(W, q**n - 1 - P) + D - P) ** 2
            yield frames.trace_code(q, n, punctured=P), (q - 1) * (q**n - 1 - P) + 1, q ** (2 * n), squared
    for arguments, c, C, tail_d, tail_m, kappa in (
        (("gold", 6, 1, 2, "simplex(m=5)"), 16, 32, 4, 5, Fraction(1, 4)),
        (("gold", 5, 0, 1, "identity(m=3)"), 0, 8, 3, 3, Fraction(0)),
        (("delsarte_goethals", 6, 0, 2, "steiner(design=pairs, order=4)", 2), 8, 32, 6, 16, Fraction(1, 3)),
    ):
        n, P, W = arguments[1], (*arguments, 0)[5], (C - c) / (1 - kappa)
        count = 2 ** (n * (arguments[2] + 1)) if arguments[0] == "gold" else 2 ** (n + (n - 1) * (arguments[2] + 1))
        squared = Fraction(c + W + P) ** 2 / (2**n + W - P) ** 2
        yield frames.construction_x(*arguments), 2**n - P + tail_d, count * tail_m, squared
    yield frames.direct_sum("paley(q=13)", "simplex(m=5)"), 11, 19, Fraction(1, 13)
    for q, t in ((2, 2), (4, 3), (9, 2), (25, 12)):
        yield frames.devore(q, t), q**2, q**t, Fraction(t - 1, q) ** 2
    for p, t in ((3, 2), (7, 2), (101, 5), (10007, 50)):
        yield frames.weil(p, t), 2 * p, 2 * p**t, Fraction((t - 1) ** 2, p)
    for n, r, P in ((3, 1, 0), (5, 2, 0), (8, 1, 7), (9, 3, 20), (40, 19, 5)):
        c = 2 ** (n // 2 + r)
        yield frames.gold(n, r, P), 2**n - P, 2 ** (n * (r + 1)), Fraction(c + P, 2**n - P) ** 2
    assert frames.gold(8, 2).coherence_squared == Fraction(4**2, 2**8)
    assert frames.gold(7, 2).coherence_squared == Fraction(2**3, 2**7)
    for s, P in ((1, 0), (2, 0), (2, 3), (20, 10**6)):
        d = 4**s
        yield frames.kerdock(d, P), d - P, (d * d // 2 if P else d * (d + 2) // 2), Fraction(2**s + P, d - P) ** 2
        for r in range(1, min(s, 4)):
            c = 2**r * 2**s
            D = frames.delsarte_goethals(d, r, P if d - P > c + P else 0)
            P = D.params["punctured"]
            yield D, d - P, d * (d // 2) ** (r + 1), Fraction(c + P, d - P) ** 2


@pytest.mark.parametrize(("frame", "d", "m", "squared"), list(members()), ids=lambda x: getattr(x, "family", ""))
def test_members_are_as_the_texts_state(frame, d, m, squared):
    assert (frame.d, frame.m, frame.coherence_squared) == (d, m, squared)
    assert squared < 1 or (frame.family in ("constant", "simplex") and d == 1)


@given(delta=deltas, frame=st.sampled_from([member[0] for member in members()]))
@settings(deadline=None)
def test_accuracy_is_strict(delta, frame):
    """coherence, step 3, in squares."""
    assert frame.is_accurate(delta) == (frame.coherence_squared < prime(delta) ** 2)


@pytest.mark.parametrize(
    "frame", [frames.simplex(5), frames.kerdock(16), frames.devore(5, 3), frames.steiner("pairs", 8)]
)
def test_best_scale(frame):
    """coherence, steps 1, 2 and 4: the error is mu/(1 + mu), it is attained, and other scales are worse."""
    G = frame.probes(range(frame.m)).T.astype(int) @ frame.matrix().astype(int)
    mu = frame.coherence.lower
    off = int(np.abs(G - np.diag(np.diag(G))).max())

    def error(scale):
        return max(abs(1 - scale * frame.diagonal), abs(scale) * off)

    assert error(frame.scale) == mu / (1 + mu) == frame.error.upper
    assert all(error(frame.scale * factor) > mu / (1 + mu) for factor in (Fraction(99, 100), Fraction(101, 100), -1, 0))
    assert frame.worst_case_error(k=1).error.upper == mu / (1 + mu)


# ---------------------------------------------------------------------------------- puncturing, circle, paley, steiner


@given(D=st.integers(1, 10**6), c=st.integers(0, 10**6), delta=deltas)
@settings(deadline=None)
def test_most_punctured_is_the_largest(D, c, delta):
    def fits(P):
        return 0 <= P < D and Fraction(c + P, D - P) < min(1, prime(delta))

    P = most_punctured(D, c, delta)
    assert fits(P) == (P >= 0)
    assert not fits(max(P, -1) + 1)
    assert P < 0 or 2 * (D - P) > D


@pytest.mark.parametrize("m", [3, 4, 5, 10, 1000, 10**9])
def test_circle_bound_encloses_the_cosine(m):
    import flint

    with flint.ctx.workprec(400):
        cosine = (flint.arb.pi() / m).cos()
        mu = Fraction(math.isqrt(frames.circle(m).coherence_squared.numerator)) / math.isqrt(
            frames.circle(m).coherence_squared.denominator
        )
        assert mu**2 == frames.circle(m).coherence_squared
        bound = flint.arb(flint.fmpq(mu.numerator, mu.denominator))
        assert cosine < bound
        assert bound < 1
        assert bound - cosine < (flint.arb.pi() / m) ** 6 / 720 + flint.arb("1e-8")
    assert circle_for(m, Fraction(1, 2)).d == 2


@pytest.mark.parametrize("q", [5, 9, 13, 17, 25, 29, 49, 101])
def test_paley_is_exact_on_the_stated_interval(q):
    """The interval is in delta'^2; squares of rationals next to its ends, from inside and from outside."""
    d = (q + 1) // 2
    n = 10**12
    inside = [Fraction(math.isqrt(n * n // q) + 1, n), Fraction(math.isqrt(n * n * (q + 3) // (q * (q - 1))), n)]
    for x in inside:
        bounds = dimension_bounds(q + 1, 1, x / (1 + x))
        assert bounds.lower.d == bounds.upper.d == d
    x = Fraction(math.isqrt(n * n // q), n)  # at most 1/sqrt(q): the frame does not do
    assert not frames.paley(q).is_accurate(x / (1 + x))


@pytest.mark.parametrize("q", [5, 9, 13, 25, 49])
def test_paley_symmetries(q):
    """paley, step 6, with the signs of the code's own Gram matrix: translations and the inversion, and C^2 = q I."""
    A = frames.paley(q).matrix()
    C = np.rint(math.sqrt(q) * (A.T @ A - np.eye(q + 1))).astype(int)
    assert np.array_equal(C @ C, q * np.eye(q + 1, dtype=int))
    sigma = C[0, 1]  # the sign of g, as the character of -1 is 1
    x = np.arange(q)
    chi = np.where(x == 0, 0, np.where(np.isin(x, nonzero_squares(q)), 1, -1))
    difference = field_difference(x[:, None], x, q)
    assert np.array_equal(C[:q, :q], sigma * chi[difference])
    assert (C[:q, q] == 1).all()
    for c in x:
        moved = np.append(field_difference(x, c, q), q)
        assert np.array_equal(C[np.ix_(moved, moved)], C)
    inverse = (field_product(x[:, None], x, q) == 1).argmax(axis=1)
    moved = np.array([q, *inverse[1:], 0])
    signs = np.array([sigma, *chi[1:], sigma])
    assert np.array_equal(C[np.ix_(moved, moved)], C * np.outer(signs, signs))


@given(m=st.integers(2, 3000), delta=deltas)
@settings(deadline=None)
def test_paley_selector_is_the_least_prime_power(m, delta):
    least = next(
        q for q in itertools.count(5, 4) if q >= m - 1 and q > (1 / delta - 1) ** 2 and prime_power(q) is not None
    )
    assert paley_for(m, delta).params["q"] == least


@pytest.mark.parametrize(
    "frame", [frames.steiner("pairs", 8), frames.steiner("triples", 15), frames.steiner("affine", 2, 4)]
)
def test_steiner_frames_are_exact_just_above_their_error(frame):
    bounds = dimension_bounds(frame.m, 1, Fraction(frame.error.upper) + Fraction(1, 10**9))
    assert bounds.lower.d == bounds.upper.d == frame.d


def test_series_have_all_parameters_of_the_designs():
    """steiner, steps 11 and 12: whatever design can carry a Hadamard matrix, a member of a series has its numbers."""

    def numbers(blocks):
        return blocks.v, blocks.c, blocks.r

    designs = [("pairs", v, None) for v in range(2, 150)]
    designs += [("triples", v, None) for v in range(3, 300) if v % 6 in (1, 3)]
    designs += [
        (kind, q, n)
        for kind in ("affine", "projective")
        for q in filter(prime_power, range(2, 60))
        for n in range(2, 9)
        if q**n < 10**12
    ]
    found = {numbers(block_design(*design)) for design in designs}
    carrying = {(v, c, r) for v, c, r in found if r % 4 == 3}
    covered = set()
    for kind, n, following in _SERIES:
        order = 2
        while (order := following(order)) <= 600 and (blocks := block_design(kind, order, n)).v < 10**13:
            covered.add(numbers(blocks))
            order += 1
    assert carrying <= covered
    assert steiner_for(28, Fraction(1, 3)).params == {"design": "triples", "order": 7}


# ------------------------------------------------------------------------------------------ reed_solomon, weil, devore


def agreements(q, T, n, total=None):
    frame = frames.reed_solomon(q, T, n, total)
    a, more = divmod(frame.params["symbols"], T)
    alphabets = [range(a + (i < more)) for i in range(T)]
    symbols = [values[::-1] for values in itertools.product(*alphabets[::-1])]  # the first digit changes fastest
    words = reed_solomon_words(q, n, np.array(symbols).T)
    return frame, (words[:, :, None] == words[:, None, :]).sum(axis=0)


SMALL_PAIRS = [(2, 2, 2, None), (2, 2, 3, None), (3, 2, 3, None), (3, 3, 3, None), (3, 3, 4, 7), (4, 2, 2, None)]
SMALL_PAIRS += [(4, 2, 5, None), (5, 2, 5, 7), (4, 3, 4, None), (5, 3, 5, None), (2, 3, 3, None)]


@pytest.mark.parametrize("params", SMALL_PAIRS, ids=str)
def test_reed_solomon_is_a_shifted_count_of_agreements(params):
    frame, G = agreements(*params)
    _, T, n, total = params
    M = 2 * G - (T - 1)
    product = frame.probes(range(frame.m)).T.astype(int) @ frame.matrix().astype(int)
    assert np.array_equal(product * (2 * n - T + 1), M * frame.diagonal)
    off = M[~np.eye(frame.m, dtype=bool)]
    assert off.max() == T - 1
    assert off.min() >= 1 - T
    rank = integer_rank(M)
    assert rank <= frame.d
    if total is None:
        assert rank == frame.d  # step 6, centred or not


def integer_rank(M):
    import flint

    return flint.fmpz_mat(M.tolist()).rank()


@pytest.mark.parametrize(("q", "T"), [(2, 2), (3, 2), (3, 3), (4, 2), (5, 2)])
def test_kernel_of_reed_solomon_is_kept_by_adding_words(q, T):
    """Step 7, in the columns of the code: the shifted A has the row space of A, in prime fields and GF(4)."""
    for n in range(T, q + 2):
        A = frames.reed_solomon(q, T, n).matrix().astype(int)
        values = np.array([v[::-1] for v in itertools.product(range(q), repeat=T)])
        add = (lambda a, b: a ^ b) if q == 4 else (lambda a, b: (a + b) % q)
        for shift in values[1:]:
            moved = (add(values, shift) * q ** np.arange(T)).sum(axis=1)
            assert integer_rank(np.concatenate([A, A[:, moved]])) == integer_rank(A)


@given(m=st.integers(2, 10**12), delta=st.fractions(Fraction(1, 40), 1, max_denominator=500))
@settings(deadline=None)
def test_weil_and_devore_selectors_scan_all_degrees(m, delta):
    slope = 1 / delta - 1

    def least(start, is_order, fits):
        return next(order for order in itertools.count(max(start, 2)) if is_order(order) and fits(order))

    degrees = range(2, m.bit_length() + 3)
    primes = [
        least(int((t - 1) ** 2 * max(slope, 1) ** 2), is_prime, lambda p, t=t: p > t and 2 * p**t >= m and
              p > (t - 1) ** 2 * max(slope, 1) ** 2)
        for t in degrees[:8]
    ]  # fmt: skip
    powers = [
        least(int((t - 1) * slope), prime_power, lambda q, t=t: q >= t and q**t >= m and q > (t - 1) * slope)
        for t in degrees
        if t > 4 or m < 10**6  # q^4 below 10^12 is scanned, q^2 is not
    ]
    frame = weil_for(m, delta)
    assert frame.params["p"] <= min(primes)
    t, p = frame.params["t"], frame.params["p"]
    assert 2 * p**t >= m
    assert p > (t - 1) ** 2 * slope**2
    assert frame.params["p"] in primes or t not in degrees[:8]
    other = devore_for(m, delta)
    assert other.params["q"] <= min(powers)
    assert other.params["q"] in powers or other.params["t"] <= 4


# ------------------------------------------------------------------------------------------ gold: radicals and moments


def radicals(n, r):
    """The numbers X of elements in the radicals of all forms with r coefficients in GF(2^n), from the signs."""
    columns = frames.gold(n, r).columns(2**n * np.arange(2 ** (n * r))).astype(np.float64)
    x = np.arange(2**n)
    characters = 1.0 - 2.0 * (np.bitwise_count(x[:, None] & x) & 1)
    largest = np.abs(characters @ columns).max(axis=0).astype(np.int64)  # over all linear forms
    return (largest**2) >> n  # S^2 = 2^n X


def mean(values):
    return Fraction(sum(map(int, values)), len(values))


def uniform_moment(n, degree):
    """The mean of (X - 1)(X - 2)...(X - 2^(l-1)) over all alternating forms on GF(2)^n."""
    tuples = math.prod(2**n - 2**i for i in range(degree))
    return Fraction(tuples, 2 ** (degree * n - degree * (degree + 1) // 2))


@pytest.mark.parametrize(("n", "r"), [(3, 1), (4, 1), (5, 1), (5, 2), (6, 1), (6, 2), (7, 2), (8, 1)])
def test_radicals_of_gold_forms(n, r):
    X = radicals(n, r)
    assert X[0] == 2**n
    top = 2 * r if n % 2 == 0 else 2 * r - 1
    assert X[1:].max() == 2**top  # steps 2, 5 and 6
    for degree in range(r + 1):  # steps 3 and 4
        assert mean([math.prod(int(x) - 2**i for i in range(degree)) for x in X]) == uniform_moment(n, degree)
    if n % 2:
        roots, expected = [2 ** (2 * i - 1) for i in range(1, r)], Fraction(1, 2 ** (n * (r - 1)))
    else:
        roots, expected = [4**i for i in range(r)], Fraction(1, 2 ** ((n - 1) * r))
    F = [math.prod(int(x) - root for root in roots) for x in X]
    assert mean(F) == expected * F[0]


# ------------------------------------------------------------------------------ kerdock: the spread and its symmetries


class Spread:
    """The singular subspaces of `kerdock(4^s)` in the coordinates (x, e; y, f) of its text, vectors as integers."""

    def __init__(self, s):
        self.s, self.N, self.half = s, 2 * s - 1, 2 * s
        self.modulus = binary_modulus(self.N)

    def product(self, x, y):
        return int(binary_product(np.array([x]), np.array([y]), self.N, self.modulus)[0])

    def trace(self, x):
        total = 0
        for _ in range(self.N):
            total, x = total ^ x, self.product(x, x)
        return total

    def vector(self, x, e, y, f):
        return x | e << self.N | (y | f << self.N) << self.half

    def parts(self, v):
        low, high = v % 2**self.half, v >> self.half
        return low % 2**self.N, low >> self.N, high % 2**self.N, high >> self.N

    def q(self, v):
        x, e, y, f = self.parts(v)
        return self.trace(self.product(x, y)) ^ (e & f)

    def b(self, v, w):
        return self.q(v ^ w) ^ self.q(v) ^ self.q(w)

    def member(self, g):
        """M_g by the formula of step 4."""
        return frozenset(
            self.vector(
                x,
                e,
                self.product(self.product(g, g), x) ^ (g if self.trace(self.product(g, x)) ^ e else 0),
                self.trace(self.product(g, x)),
            )
            for x in range(2**self.N)
            for e in (0, 1)
        )

    def members(self):
        last = frozenset(self.vector(0, 0, y, f) for y in range(2**self.N) for f in (0, 1))
        return [self.member(g) for g in range(2**self.N)] + [last]


def span(image, basis):
    """The linear map with these images of basis vectors, as a dictionary."""
    result = {0: 0}
    for vector, value in zip(basis, image, strict=True):
        result |= {v ^ vector: w ^ value for v, w in result.items()}
    return result


@pytest.mark.parametrize("s", [1, 2])
def test_members_are_the_forms_of_the_code(s):
    """Steps 3 and 4: M_g = {(a, B_g a)} with the alternating form of the signs that the code makes."""
    spread, d = Spread(s), 4**s
    forms = (1 - frames.kerdock(d).columns(d * np.arange(d // 2)).T.astype(int)) // 2
    for g, Q in enumerate(forms):
        for v in spread.member(g):
            x, e, y, f = spread.parts(v)
            a = x | e << spread.N
            for other in range(d):
                form = spread.trace(spread.product(y, other % 2**spread.N)) ^ (f & other >> spread.N)
                assert form == Q[a ^ other] ^ Q[a] ^ Q[other]


@pytest.mark.parametrize("s", [1, 2])
def test_symmetries_of_the_spread(s):
    """Steps 4 to 6: every shear and the exchange of SL(2, K) lift to isometries that permute the members."""
    spread = Spread(s)
    members = spread.members()
    assert all(not spread.q(v) for member in members for v in member)
    assert all(v & w == {0} for v, w in itertools.combinations(members, 2))
    nu, outside = spread.vector(0, 1, 0, 1), spread.vector(0, 1, 0, 0)
    powers = [1 << i for i in range(spread.N)]
    basis = [spread.vector(x, 0, 0, 0) for x in powers] + [spread.vector(0, 0, y, 0) for y in powers] + [nu]
    shears = [lambda x, y, c=c: (x, y ^ spread.product(c, x)) for c in range(2**spread.N)]
    found = []
    for tau in [*shears, lambda x, y: (y, x)]:
        lift = []
        for v in basis[:-1]:
            x, _, y, _ = spread.parts(v)
            new = tau(x, y)
            e = spread.trace(spread.product(x, y)) ^ spread.trace(spread.product(*new))
            lift.append(spread.vector(new[0], e, new[1], e))
        lift.append(nu)
        extensions = []
        for w in range(4 ** (2 * s)):
            if spread.q(w) == spread.q(outside) and all(
                spread.b(w, image) == spread.b(outside, v) for v, image in zip(basis, lift, strict=True)
            ):
                extensions.append(span([*lift, w], [*basis, outside]))
        assert len(extensions) == 2
        permutations = [
            [
                members.index(moved) if (moved := frozenset(map(T.get, member))) in members else None
                for member in members
            ]
            for T in extensions
        ]
        good = [p for p in permutations if None not in p]
        assert len(good) == 1  # the one that keeps the types
        assert sorted(good[0]) == list(range(len(members)))
        found.append(good[0])
    reached = {0}
    for _ in members:
        reached |= {permutation[i] for permutation in found for i in reached}
    assert reached == set(range(len(members)))


# ------------------------------------------------------------------------------------------------ random


@pytest.mark.parametrize("m", [2, 3, 10, 100])
@pytest.mark.parametrize("delta", [Fraction(1, 2), Fraction(1, 3), Fraction(1, 10)])
def test_random_bound_by_the_exact_tail(m, delta):
    """random, steps 2 and 3: at the dimension of the code the union bound with exact binomials is below 1."""
    d = random_upper_bound(m, 1, delta).d
    assert d == math.ceil(2 * math.log(m * (m - 1)) / delta**2)
    exceed = Fraction(sum(math.comb(d, j) for j in range(d + 1) if abs(2 * j - d) >= delta * d), 2**d)
    assert math.comb(m, 2) * exceed < 1


@given(d=st.integers(2, 300), m=st.integers(2, 10**9), mu=st.fractions(Fraction(1, 50), Fraction(49, 50)))
@example(d=225, m=2, mu=Fraction(14278361, 14582300))  # a tail of 10^-156
@settings(deadline=None)
def test_spherical_count_is_monotone(d, m, mu):
    """gilbert_varshamov, step 5; and for d = 3 the sphere's measure is uniform in the height, P = 1 - mu."""
    assert _exists(d, m, mu) <= _exists(d + 1, m, mu)
    assert _exists(d, m, mu) <= _exists(d, m - 1, mu)
    assert _exists(3, m, mu) == ((m - 1) * (1 - mu) < 1)


def test_out_of_range_members_are_refused():
    for make in (lambda: frames.gold(6, 3), lambda: frames.weil(5, 4), lambda: frames.kerdock(4, 1)):
        with pytest.raises(InputError):
            make()
