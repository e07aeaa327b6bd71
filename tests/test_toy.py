"""Toy models of superposition: gradients and losses against oracles, exact polytopes, and what training finds.

Trained models are random, and their seed is fixed.
"""

import itertools
import json
import threading
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from lincs import InputError, _toy_kernels, bounds, cli, probes, toy
from lincs.frames import random_columns
from lincs.toy import _geometry, _train


def matrices(d, m, seed):
    return np.random.default_rng(seed).standard_normal((d, m))


def best(models):
    """The W with the least loss for each setting."""
    return models.W[np.arange(len(models.sparsity)), models.best]


def cosines(W):
    unit = W / np.linalg.norm(W, axis=0)
    return unit.T @ unit


sizes = st.tuples(st.integers(1, 4), st.integers(1, 6), st.integers(0, 10**6))


class TestGradients:
    @given(sizes, st.sampled_from(("relu", "linear")))
    def test_they_are_central_differences(self, size, model):
        d, m, seed = size
        rng = np.random.default_rng(seed)
        W, b = rng.standard_normal((d, m)), rng.standard_normal(m)
        Z, importance = rng.random((m, 5)) * (rng.random((m, 5)) < 0.5), rng.uniform(0.1, 2, m)

        def value(W, b):
            return toy.loss(W, b, Z, importance=importance, model=model).value

        found = toy.loss(W, b, Z, importance=importance, model=model)
        if model == "relu" and np.abs(W.T @ (W @ Z) + b[:, None]).min() < 1e-3:
            return  # a kink may lie between the two sides
        h = 1e-6
        for index in np.ndindex(d, m):
            step = np.zeros((d, m))
            step[index] = h
            assert found.W[index] == pytest.approx((value(W + step, b) - value(W - step, b)) / (2 * h), abs=2e-6)
        for i in range(m):
            step = np.eye(m)[i] * h
            assert found.b[i] == pytest.approx((value(W, b + step) - value(W, b - step)) / (2 * h), abs=2e-6)

    @pytest.mark.parametrize("model", ["relu", "linear"])
    def test_they_are_the_derivatives_exactly(self, model):
        W = sympy.Matrix(2, 3, sympy.symbols("w0:6"))
        b = sympy.Matrix(sympy.symbols("b0:3"))
        Z = [[Fraction(1, 2), Fraction(0)], [Fraction(0), Fraction(1, 3)], [Fraction(1, 5), Fraction(1)]]
        importance = [Fraction(1), Fraction(7, 10), Fraction(49, 100)]
        at = [Fraction(n, 7) for n in (3, -5, 2, 4, 6, -1)], [Fraction(n, 9) for n in (-1, 2, -4)]
        point = dict(zip([*W, *b], [sympy.Rational(x) for part in at for x in part], strict=True))
        loss = 0
        for z in zip(*Z, strict=True):
            z = sympy.Matrix([sympy.Rational(x) for x in z])
            output = W.T * W * z + b
            for i, y in enumerate(output):
                if model == "relu" and y.subs(point) <= 0:
                    y = sympy.Integer(0)
                loss += sympy.Rational(importance[i]) * (z[i] - y) ** 2 / 2
        found = toy.loss(
            np.array(at[0]).reshape(2, 3), np.array(at[1]), np.array(Z), importance=np.array(importance), model=model
        )
        assert found.value == Fraction(loss.subs(point))
        assert found.W.ravel().tolist() == [Fraction(sympy.diff(loss, w).subs(point)) for w in W]
        assert found.b.tolist() == [Fraction(sympy.diff(loss, x).subs(point)) for x in b]

    @given(sizes, st.booleans())
    def test_the_compiled_loop_has_the_same(self, size, is_relu):
        d, m, seed = size
        rng = np.random.default_rng(seed)
        W, b, importance = rng.standard_normal((d, m)), rng.standard_normal(m), rng.uniform(0.1, 2, m)
        dG, db = np.zeros((m, m)), np.zeros(m)
        Z, loss = np.zeros((m, 4)), 0.0
        for z in Z.T:
            active = np.flatnonzero(rng.random(m) < 0.5)
            z[active] = rng.random(len(active))
            loss += _toy_kernels.add_up(W.T @ W, b, importance, is_relu, active, z[active], np.empty(m), dG, db)
        expected = toy.loss(W, b, Z, importance=importance, model="relu" if is_relu else "linear")
        assert loss / 4 == pytest.approx(expected.value, rel=1e-9, abs=1e-9)
        assert W @ (dG + dG.T) / 4 == pytest.approx(expected.W, rel=1e-9, abs=1e-9)
        assert db / 4 == pytest.approx(expected.b, rel=1e-9, abs=1e-9)


def drawn(count, m, sparsity, group=1, is_exclusive=False):
    rng, Z = np.random.default_rng(0), np.zeros((m, count))
    active, values = np.empty(m, np.int64), np.empty(m)
    for z in Z.T:
        n = _toy_kernels.draw(rng, sparsity, group, is_exclusive, active, values)
        z[active[:n]] = values[:n]
    return Z


class TestInputs:
    @pytest.mark.parametrize(
        ("kind", "group", "sparsity"),
        [
            ("independent", 1, 0.0),
            ("independent", 1, 0.8),
            ("correlated", 3, 0.7),
            ("anticorrelated", 3, 0.75),
            ("anticorrelated", 2, 0.5),
        ],
    )
    def test_they_have_the_moments_that_closed_forms_use(self, kind, group, sparsity):
        m, n = 6, 20_000
        Z = drawn(n, m, sparsity, group, kind == "anticorrelated")
        mean, second = toy.Inputs(kind, group).moments(m, sparsity)
        # sums of n numbers in [0, 1]: Hoeffding, each of 42 numbers errs by 0.02 with probability below 3e-7
        assert np.abs(Z.mean(axis=1) - mean).max() < 0.02
        assert np.abs(Z @ Z.T / n - second).max() < 0.02
        together = (Z > 0).reshape(m // group, group, n).sum(axis=1)
        if kind == "correlated":
            assert set(together.ravel().tolist()) == {0, group}
        if kind == "anticorrelated":
            assert together.max() == 1
        if sparsity in (0.0, 0.5):
            assert (Z > 0).any(axis=0).all()

    def test_the_moments_are_exact_for_fractions(self):
        mean, second = toy.Inputs("correlated", 2).moments(4, Fraction(1, 2))
        assert mean.tolist() == [Fraction(1, 4)] * 4
        assert second[0].tolist() == [Fraction(1, 6), Fraction(1, 8), Fraction(1, 16), Fraction(1, 16)]


class TestClosedForms:
    @pytest.mark.parametrize(("kind", "sparsity"), [("independent", 0.3), ("correlated", 0.6), ("anticorrelated", 0.5)])
    def test_the_linear_loss_is_the_mean_over_inputs(self, kind, sparsity):
        W, b, importance = matrices(2, 4, 1), np.array([0.1, -0.2, 0.3, 0.0]), np.array([1, 0.7, 0.5, 0.3])
        found = np.empty(100_000)
        group = 1 if kind == "independent" else 2
        rng = np.random.default_rng(0)
        _toy_kernels.losses(W, b, importance, False, sparsity, group, kind == "anticorrelated", rng, found)
        exact = toy.linear_loss(W, b, sparsity, importance=importance, inputs=kind)
        # five standard errors: fails with probability 1e-6
        assert abs(found.mean() - exact) < 5 * found.std() / len(found) ** 0.5

    def test_the_linear_loss_by_integration(self):
        w, p, x, y = sympy.Rational(1, 2), sympy.Rational(1, 3), *sympy.symbols("x y")
        # W = (1, -1/2): the errors of both features for each set of active ones
        errors = ((-w * y) ** 2, (-w * x + (w**2 - 1) * y) ** 2)
        total = sum(errors)
        both = sympy.integrate(total, (x, 0, 1), (y, 0, 1))
        first, second = sympy.integrate(total.subs(y, 0), (x, 0, 1)), sympy.integrate(total.subs(x, 0), (y, 0, 1))
        exact = p**2 * both + p * (1 - p) * (first + second)
        assert toy.linear_loss([[1.0, -0.5]], 0.0, 2 / 3) == pytest.approx(float(exact), rel=1e-12)

    @given(sizes, st.floats(0, 0.95), st.sampled_from(("independent", "correlated", "anticorrelated")))
    def test_no_linear_model_has_a_loss_below_the_least(self, size, sparsity, kind):
        d, m, seed = size
        rng = np.random.default_rng(seed)
        m, sparsity = 2 * m, max(sparsity, 0.5)
        importance = rng.uniform(0.1, 2, m) if kind == "independent" else 1.0
        least = toy.least_linear_loss(m, d, sparsity, importance=importance, inputs=kind)
        W, b = rng.standard_normal((d, m)), rng.standard_normal(m)
        assert toy.linear_loss(W, b, sparsity, importance=importance, inputs=kind) >= least - 1e-12
        # principal components attain it
        mean, second = toy.Inputs.of(kind, 2, m, np.array([sparsity])).moments(m, sparsity)
        weight = np.sqrt(np.broadcast_to(importance, m))
        vectors = np.linalg.eigh(weight[:, None] * (second - np.outer(mean, mean)) * weight)[1][:, ::-1][:, :d]
        P = vectors.T
        attained = toy.linear_loss(P, mean - P.T @ (P @ mean), sparsity, importance=importance, inputs=kind)
        assert attained == pytest.approx(least, rel=1e-9, abs=1e-12)

    def test_blocks_by_integration(self):
        x, y, z = sympy.symbols("x y z", positive=True)
        p = sympy.Symbol("p")

        def mean(f, *ranges):
            return sympy.integrate(f, *ranges)

        assert (
            sympy.expand(toy.BLOCKS["ignored"](p) - (p * mean((x - p / 2) ** 2, (x, 0, 1)) + (1 - p) * p**2 / 4)) == 0
        )
        # the error of the first of a pair is min(x, y)
        pair = mean(y**2, (y, 0, x), (x, 0, 1)) + mean(x**2, (x, 0, y), (y, 0, 1))
        assert sympy.expand(toy.BLOCKS["pair"](p) - p**2 * pair) == 0
        # and that of the first of a triangle is min(x, (y + z)/2); y + z = t has the density t, then 2 - t
        one = mean((y / 2) ** 2, (x, y / 2, 1), (y, 0, 1)) + mean(x**2, (x, 0, y / 2), (y, 0, 1))
        both = 0
        for density, low, high in ((z, 0, 1), (2 - z, 1, 2)):
            inner = mean(x**2, (x, 0, z / 2)) + mean(z**2 / 4, (x, z / 2, 1))
            both += mean(sympy.expand(inner * density), (z, low, high))
        assert sympy.expand(toy.BLOCKS["triangle"](p) - (2 * p**2 * (1 - p) * one + p**3 * both)) == 0

    @pytest.mark.parametrize(
        ("name", "W", "b"),
        [
            ("ignored", [[0.0]], 0.15),
            ("pair", [[1.0, -1.0]], 0.0),
            ("triangle", [np.cos(2 * np.pi * np.arange(3) / 3), np.sin(2 * np.pi * np.arange(3) / 3)], 0.0),
        ],
    )
    def test_blocks_are_the_losses_of_their_models(self, name, W, b):
        W = np.array(W)
        m, p = W.shape[1], 0.3
        found = np.empty(100_000)
        rng = np.random.default_rng(0)
        _toy_kernels.losses(W, np.full(m, b), np.ones(m), True, 1 - p, 1, False, rng, found)
        # five standard errors: fails with probability 1e-6
        assert abs(found.mean() - m * toy.BLOCKS[name](p)) < 5 * found.std() / len(found) ** 0.5

    @given(st.lists(st.integers(1, 12), min_size=1, max_size=5), st.integers(1, 4), st.fractions(0, Fraction(99, 100)))
    def test_the_best_allocation_by_trying_all(self, importance, d, sparsity):
        found = toy.best_allocation(d, sparsity, importance)
        cost = {state: toy.BLOCKS[state](1 - sparsity) for state in ("ignored", "pair")} | {"own": Fraction(0)}
        possible = [
            sum(cost[state] * i for state, i in zip(states, importance, strict=True))
            for states in itertools.product(("own", "pair", "ignored"), repeat=len(importance))
            if states.count("pair") % 2 == 0 and states.count("own") + states.count("pair") // 2 <= d
        ]
        assert found.loss == min(possible)
        assert found.loss == sum(cost[state] * i for state, i in zip(found.state, importance, strict=True))

    def test_pairs_pay_below_the_density_four_sevenths(self):
        for step, state in ((-Fraction(1, 10**6), "pair"), (Fraction(1, 10**6), "ignored")):
            assert toy.best_allocation(1, 1 - (Fraction(4, 7) + step), [1, 1]).state[1] == state


class TestGeometry:
    @pytest.mark.parametrize("name", toy.POLYTOPES)
    def test_every_vertex_of_a_polytope_has_the_dimensionality_of_its_plateau_exactly(self, name):
        G, d = toy.polytope(name)
        n = G.rows
        assert G.rank(simplify=True) == d
        for i in range(n):
            assert sympy.simplify(G[i, i] - 1) == 0
            fraction = 1 / sympy.nsimplify(sympy.simplify(sum(G[i, j] ** 2 for j in range(n))))
            assert fraction == sympy.Rational(toy.plateau(name))
        measured = _geometry.of_gram(np.array(G.tolist(), dtype=float), d)
        assert measured.dimensionality == pytest.approx(np.full(n, float(toy.plateau(name))), abs=1e-14)

    def test_the_plateaus_are_those_of_the_paper(self):
        published = {
            "digon": "1/2",
            "triangle": "2/3",
            "tetrahedron": "3/4",
            "pentagon": "2/5",
            "square antiprism": "3/8",
        }
        assert {name: str(toy.plateau(name)) for name in toy.POLYTOPES} == published

    def test_a_square_antiprism_of_another_height_is_below_three_eighths(self):
        for square in (Fraction(31, 100), Fraction(36, 100)):  # the squared height; 1/3 for a tight frame
            h, r = float(square) ** 0.5, float(1 - square) ** 0.5
            angles = np.pi / 4 * (2 * np.arange(8) + (np.arange(8) >= 4))
            W = np.array([r * np.cos(angles), r * np.sin(angles), h * np.where(np.arange(8) < 4, 1, -1)])
            found = toy.superposition(W).dimensionality
            # S = W W^T is diagonal: 4 (1 - h^2) twice and 8 h^2
            exact = 1 / (4 * (1 - square) ** 2 + 8 * square**2)
            assert found == pytest.approx(np.full(8, float(exact)), abs=1e-12)
            assert exact < Fraction(3, 8)

    @given(sizes)
    def test_dimensionalities_add_up_to_no_more_than_the_rank(self, size):
        d, m, seed = size
        W = matrices(d, m, seed) * np.random.default_rng(seed).integers(0, 3, m)
        found = toy.superposition(W)
        assert found.dimensionality.sum() <= np.linalg.matrix_rank(W) + 1e-9
        assert ((found.dimensionality >= 0) & (found.dimensionality <= 1 + 1e-12)).all()

    def test_tight_frames_in_orthogonal_subspaces_attain_the_rank(self):
        angles = 2 * np.pi * np.arange(5) / 5
        W = np.zeros((5, 9))
        W[:2, :5] = 1.3 * np.array([np.cos(angles), np.sin(angles)])
        W[2, 5:7] = 0.7, -0.7
        W[3, 7], W[4, 8] = 1, 2
        found = toy.superposition(W).dimensionality
        assert found == pytest.approx([0.4] * 5 + [0.5] * 2 + [1, 1])
        W[0, 8] = 0.5  # no longer an eigenvector
        assert toy.superposition(W).dimensionality.sum() < 5 - 0.01

    @given(sizes)
    def test_measures_are_their_definitions(self, size):
        d, m, seed = size
        W = matrices(d, m, seed)
        found = toy.superposition(W)
        for i in range(m):
            own = np.linalg.norm(W[:, i])
            dots = (W[:, i] / own) @ W
            assert found.norms[i] == pytest.approx(own**2)
            assert found.interference[i] == pytest.approx((np.delete(dots, i) ** 2).sum())
            assert found.dimensionality[i] == pytest.approx(own**2 / (dots**2).sum())
        assert found.per_feature == pytest.approx(d / np.linalg.norm(W) ** 2)
        many = toy.superposition(np.stack([W, 2 * W]))
        assert many.dimensionality == pytest.approx(np.stack([found.dimensionality] * 2))

    def test_a_feature_that_is_not_there_has_no_dimension(self):
        found = toy.superposition([[1.0, 0.0], [0.0, 0.0]])
        assert found.dimensionality.tolist() == [1.0, 0.0]
        assert found.interference.tolist() == [0.0, 0.0]


class TestWorstCase:
    @given(st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(0, 10**6)), st.data())
    def test_no_input_is_worse_and_some_is_as_bad(self, size, data):
        d, m, seed = size
        rng = np.random.default_rng(seed)
        k = data.draw(st.integers(1, m))
        W, b = rng.standard_normal((d, m)), rng.uniform(-1, 1, m)
        found = toy.worst_case_error(W, b, k)
        grid = np.linspace(0, 1, 201)
        for i in range(m):
            worst = 0.0
            for others in itertools.product((0.0, 1.0), repeat=m - 1):
                if sum(others) > k:
                    continue
                z = np.insert(np.array(others), i, 0.0)
                values = grid if sum(others) < k else grid[:1]
                y = W[:, i] @ (W @ z) + W[:, i] @ W[:, i] * values + b[i]
                worst = max(worst, np.abs(np.maximum(y, 0) - values).max())
            own = W[:, i] @ W[:, i]
            assert worst <= found[i].upper
            assert found[i].lower <= worst + (1 + own) / 200  # the grid is that fine
            assert found[i].upper - found[i].lower < 1e-11

    def test_a_pair_reads_one_feature_and_not_two(self):
        for k, expected in ((1, 0), (2, 1)):
            for error in toy.worst_case_error([[1.0, -1.0]], 0.0, k):
                assert error.lower <= expected <= error.upper < expected + 1e-12


class TestTraining:
    def test_it_is_deterministic_whatever_the_workers(self):
        def models(workers):
            return toy.train(5, 2, [0.5, 0.9], runs=2, steps=60, batch=32, rng=3, workers=workers)

        first, second = models(1), models(4)
        for name in ("W", "b", "loss", "loss_error"):
            assert np.array_equal(getattr(first, name), getattr(second, name))
        assert len(np.unique(first.W[..., 0, 0])) == 4  # all differ
        other = toy.train(5, 2, [0.5, 0.9], runs=2, steps=60, batch=32, rng=4)
        assert not np.isclose(first.W, other.W).any()

    def test_the_loss_is_that_of_the_model(self):
        models = toy.train(4, 2, [0.6], model="linear", importance=[1, 0.9, 0.8, 0.7], steps=200, runs=3, rng=0)
        for W, b, loss, error in zip(models.W[0], models.b[0], models.loss[0], models.loss_error[0], strict=True):
            # six standard errors: fails with probability 1e-8
            assert abs(toy.linear_loss(W, b, 0.6, importance=[1, 0.9, 0.8, 0.7]) - loss) < 6 * error

    def test_adam_takes_its_published_steps(self):
        """One input that never changes, so that the oracle needs no randomness: z is 0 for S next to 1."""
        W, b = matrices(2, 3, 0), np.array([0.5, 1.0, -0.5])
        expected_W, expected_b = W.copy(), b.copy()
        moments, first, second = np.zeros((2, 3, 3)), np.zeros((3, 3)), np.zeros((3, 3))
        settings = (np.ones(3), True, 1 - 1e-15, 1, False)
        _toy_kernels.descend(W, b, moments, 0, 5, 10, 4, 0.1, *settings, np.random.default_rng(0))
        for step in range(5):
            found = toy.loss(expected_W, expected_b, np.zeros((3, 1)))
            g = np.vstack([found.W, found.b])
            first, second = 0.9 * first + 0.1 * g, 0.999 * second + 0.001 * g**2
            rate = 0.1 * (1 + np.cos(np.pi * step / 10)) / 2
            change = rate * first / (1 - 0.9 ** (step + 1)) / (np.sqrt(second / (1 - 0.999 ** (step + 1))) + 1e-8)
            expected_W -= change[:2]
            expected_b -= change[2]
        assert np.abs(W - expected_W).max() < 1e-12
        assert np.abs(b - expected_b).max() < 1e-12

    def test_a_stop_ends_it_between_chunks(self):
        stop, reports = threading.Event(), []

        def report(count):
            reports.append(count)
            stop.set()

        settings = (np.ones(3), True, 0.5, 1, False)
        _train._one(matrices(2, 3, 0), np.zeros(3), settings, np.random.default_rng(0), 10**9, 1, 0.01, stop, report)
        assert reports == [_train.CHUNK]

    def test_an_exception_in_one_run_stops_all(self):
        stop = threading.Event()

        def run(number):
            if number == 1:
                raise KeyboardInterrupt
            assert stop.wait(60)

        with pytest.raises(KeyboardInterrupt):
            _train._in_threads(run, 3, 2, stop)

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"m": 0}, "m must be an integer >= 1"),
            ({"sparsity": 1.0}, r"sparsity must lie in \[0, 1\)"),
            ({"sparsity": [[0.5]]}, "a number or a list of numbers"),
            ({"importance": 0.0}, "importance must be positive"),
            ({"importance": [1.0, 1.0]}, r"shape \(4,\) or \(1, 4\)"),
            ({"model": "gelu"}, "model must be one of relu, linear"),
            ({"inputs": "correlated", "group": 3}, "group must divide"),
            ({"inputs": "anticorrelated", "sparsity": 0.4}, "at most one of 2 anticorrelated"),
            ({"learning_rate": -1.0}, "learning_rate must be a positive number"),
            ({"steps": 0}, "steps must be an integer >= 1"),
        ],
    )
    def test_bad_input_is_refused(self, options, message):
        with pytest.raises(InputError, match=message) as error:
            toy.train(**({"m": 4, "d": 2, "sparsity": 0.5} | options))
        assert "\n" not in str(error.value)

    def test_bad_matrices_are_refused(self):
        with pytest.raises(InputError, match=r"b must be finite numbers of shape \(2,\)"):
            toy.worst_case_error([[1.0, 0.0]], [0.0] * 3, 1)
        with pytest.raises(InputError, match=r"shape \(..., d, m\)"):
            toy.superposition([1.0, 2.0])
        with pytest.raises(InputError, match="Z \\(m, n\\)"):
            toy.loss([[1.0, 0.0]], 0.0, [[1.0]])
        with pytest.raises(InputError, match="or for equal importances"):
            toy.least_linear_loss(4, 2, 0.5, importance=[4, 3, 2, 1], inputs="correlated")


#: Root of the randomness of all findings.
SEED = 0


def trained(m, d, sparsity, **options):
    return toy.train(m, d, sparsity, rng=SEED, **({"steps": 1500, "batch": 256} | options))


class TestFindings:
    """What [EEA] found, a test each.

    With the seeds 1, 2, 4 and 5 in place of SEED all of this held, but for the tetrahedron in one of them.
    """

    @pytest.mark.parametrize("model", ["linear", "relu"])
    def test_dense_models_store_the_most_important_features_alone(self, model):
        models = trained(20, 5, 0.0, importance=0.7 ** np.arange(20), model=model, batch=128, runs=6)
        found = toy.superposition(best(models)[0])
        assert np.abs(found.norms[:5] - 1).max() < 0.05
        assert found.norms[5:].max() < 0.01
        assert found.interference[:5].max() < 0.01

    def test_a_linear_model_attains_principal_components_at_every_sparsity(self):
        sparsity, importance = [0.0, 0.5, 0.9], 0.9 ** np.arange(12)
        models = trained(12, 3, sparsity, importance=importance, model="linear", steps=2000, runs=6)
        for n, (S, j) in enumerate(zip(sparsity, models.best, strict=True)):
            W, b = models.W[n, j], models.b[n, j]
            least = toy.least_linear_loss(12, 3, S, importance=importance)
            assert least <= toy.linear_loss(W, b, S, importance=importance) < 1.03 * least
            assert toy.superposition(W).norms[3:].max() < 0.1  # and never in superposition

    def test_the_sparser_the_inputs_the_more_features_are_stored(self):
        models = trained(20, 5, [0.0, 0.8, 0.99], importance=0.7 ** np.arange(20), runs=2)
        found = toy.superposition(best(models))
        stored = (found.norms > 0.5).sum(axis=1)
        assert stored[0] == 5
        assert stored[0] + 2 <= stored[1] <= stored[2] - 2
        # and they are better than a linear model can be, by more than the closed form of antipodal pairs gives away
        for n, S in enumerate(models.sparsity[1:], 1):
            assert models.loss[n].min() < 0.75 * toy.least_linear_loss(20, 5, S, importance=models.importance[n])

    @pytest.mark.parametrize(
        ("name", "m", "d", "sparsity", "runs", "tolerance"),
        [
            ("digon", 6, 3, 0.9, 3, 0.01),
            ("triangle", 3, 2, 0.42, 24, 0.03),
            ("tetrahedron", 4, 3, 0.3, 40, 0.04),
            ("pentagon", 5, 2, 0.95, 3, 0.01),
            ("square antiprism", 8, 3, 0.9, 3, 0.01),
        ],
    )
    def test_features_of_equal_importance_form_polytopes(self, name, m, d, sparsity, runs, tolerance):
        # a start has the signs of a simplex, of which there are 2^(m-1) patterns, or not: (7/8)^40 is 0.5 percent
        models = trained(m, d, sparsity, runs=runs, steps=2000, batch=512 if m > 4 else 256)
        found = toy.superposition(best(models)[0]).dimensionality
        assert np.abs(found - float(toy.plateau(name))).max() < tolerance
        assert found.sum() > d - 0.05  # nothing is left idle, which is the most that the theorem allows

    def test_antipodal_pairs_point_into_opposite_directions(self):
        W = best(trained(6, 3, 0.9, runs=4))[0]
        found = np.sort(cosines(W), axis=1)
        assert found[:, 0].max() < -0.99
        assert np.abs(found[:, 1:-1]).max() < 0.1

    def test_many_features_plateau_at_one_half(self):
        found = toy.superposition(trained(60, 6, 2 / 3).W[0, 0])
        stored = found.dimensionality[found.norms > 0.5]
        assert len(stored) == 12
        assert np.abs(stored - 0.5).max() < 0.02
        assert abs(found.per_feature - 0.5) < 0.05

    @pytest.mark.parametrize(("m", "d"), [(2, 1), (3, 2)])
    def test_the_phases_are_those_of_the_closed_forms(self, m, d):
        # (density, relative importance) away from the boundaries of the theory
        cells = {(1.0, 0.3): "ignored", (1.0, 3.0): "own", (0.3, 0.5): "pair", (0.1, 0.4): "pair"}
        importance = [[1.0] * (m - 1) + [r] for _, r in cells]
        sparsity = [1 - p for p, _ in cells]
        found = toy.superposition(best(trained(m, d, sparsity, importance=importance, runs=8, steps=1000)))
        for n, state in enumerate(cells.values()):
            assert toy.best_allocation(d, sparsity[n], importance[n]).state[-1] == state
            norm, interference = found.norms[n, -1], found.interference[n, -1]
            assert (norm < 0.3) == (state == "ignored")
            if state != "ignored":
                assert (interference > 0.3) == (state == "pair")

    def test_correlated_features_are_orthogonal(self):
        W = best(trained(4, 2, 0.9, inputs="correlated", runs=8))[0]
        found = cosines(W)
        assert abs(found[0, 1]) < 0.1
        assert abs(found[2, 3]) < 0.1
        assert found[:2, 2:].min() < -0.9  # the direction is shared with a feature of the other pair

    def test_anticorrelated_features_are_antipodal(self):
        W = best(trained(4, 2, 0.9, inputs="anticorrelated", runs=12))[0]
        found = cosines(W)
        assert found[0, 1] < -0.99
        assert found[2, 3] < -0.99
        assert np.abs(found[:2, 2:]).max() < 0.1

    def test_correlated_features_that_must_share_lie_side_by_side(self):
        W = best(trained(6, 2, 0.9, inputs="correlated", runs=8))[0]
        found = cosines(W)
        pairs = np.array([found[0, 1], found[2, 3], found[4, 5]])
        across = found[~np.kron(np.eye(3, dtype=bool), np.ones((2, 2), dtype=bool))]
        assert pairs.min() > 0.15
        assert across.mean() < -0.2

    def test_dense_correlated_features_collapse_to_principal_components(self):
        dense, sparse = 0.4, 0.9
        models = trained(4, 2, [dense, sparse], inputs="correlated", runs=4)
        least = [toy.least_linear_loss(4, 2, S, inputs="correlated") for S in (dense, sparse)]
        W = best(models)
        assert min(cosines(W[0])[0, 1], cosines(W[0])[2, 3]) > 0.99
        assert np.abs(cosines(W[0])[:2, 2:]).max() < 0.1
        # there the ReLU gains nothing; for sparse inputs it does
        assert models.loss[0].min() == pytest.approx(least[0], rel=0.05)
        assert models.loss[1].min() < 0.6 * least[1]


class TestAgainstTheOptimum:
    def test_antipodal_pairs_cost_linear_probes_half_and_the_relu_nothing(self):
        models = trained(6, 3, 0.9, runs=4)
        W, b = best(models)[0], models.b[0, models.best[0]]
        gamma = probes.kernel_ratio(W, gap=1e-4).gamma
        assert 0.45 < gamma.lower <= gamma.upper <= 0.5 + 1e-3
        assert max(error.upper for error in toy.worst_case_error(W, b, 1)) < 0.1
        assert min(error.lower for error in toy.worst_case_error(W, b, 2)) > 0.9
        assert probes.threshold_probes(W, 1).is_accessible()
        assert not probes.threshold_probes(W, 2).is_accessible()  # (B2): gamma would have to be below 1/2

    def test_training_comes_nearer_to_the_optimum_than_random_columns(self):
        models = trained(20, 5, 0.99, runs=2, steps=2000)
        possible = bounds.best_eps(20, 5, 1)
        gamma = min(float(probes.kernel_ratio(W).gamma.upper) for W in models.W[0])
        others = [probes.kernel_ratio(random_columns(5, range(20), "spherical", seed)).gamma for seed in range(4)]
        assert possible.lower < gamma < 0.95 * min(float(other.lower) for other in others)


class TestCommand:
    def test_it_writes_a_model_that_other_commands_read(self, tmp_path, capsys):
        out = str(tmp_path / "W.npz")
        options = ["toy", "-m", "4", "-d", "2", "--sparsity", "0.9", "--steps", "400", "--batch", "64", "--out", out]
        assert cli.main(options) == 0
        printed = capsys.readouterr().out
        models = toy.train(4, 2, 0.9, steps=400, batch=64, runs=4, rng=0)
        with np.load(out) as file:
            assert np.array_equal(file["A"], best(models)[0])
            assert np.array_equal(file["b"], models.b[0, models.best[0]])
        gamma = probes.kernel_ratio(best(models)[0]).gamma
        assert f"gamma(W) = {gamma}" in printed
        assert cli.main(["probes", out]) == 0
        assert f"kernel ratio gamma = {gamma}" in capsys.readouterr().out

    def test_json_has_each_setting(self, capsys):
        arguments = ["-m", "4", "-d", "2", "--sparsity", "0,0.9", "--importance", "0.7", "--steps", "20", "--json"]
        assert cli.main(["toy", *arguments]) == 0
        found = json.loads(capsys.readouterr().out)
        assert [setting["sparsity"] for setting in found["settings"]] == [0.0, 0.9]
        for setting in found["settings"]:
            assert len(setting["loss"]) == 4
            assert sum(setting["dimensionality"]) <= 2 + 1e-9
            assert setting["gamma"]["lower"] <= setting["gamma"]["upper"] <= 1

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["--sparsity", "x"], "--sparsity must be a number, got 'x'"),
            (["--sparsity", "2"], "sparsity must lie in [0, 1)"),
            (["--sparsity", "0,0.5", "--out", "W.npz"], "--out keeps one model"),
            (["--sparsity", "0.5", "--out", "W.txt"], "one that ends in .npz is needed"),
            (["--sparsity", "0.5", "--out", "no/such/W.npz"], "no/such/W.npz"),
            (["--sparsity", "0.5", "--importance", "-1"], "importance must be positive"),
        ],
    )
    def test_bad_input_is_one_line(self, arguments, message, tmp_path, monkeypatch, capsys):
        monkeypatch.chdir(tmp_path)
        assert cli.main(["toy", "-m", "4", "-d", "2", *arguments]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.startswith("lincs: ")
        assert captured.err.count("\n") == 1
        assert message in captured.err
        assert list(tmp_path.iterdir()) == []
