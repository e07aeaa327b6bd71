"""The command line: what it prints, its exit codes, and one line for every kind of bad input."""

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import lincs
from lincs import _maximum, frames


@pytest.fixture
def refused(run):
    """Run a command that must be refused, on one line and with exit code 2; returns that line."""

    def refused(*arguments):
        code, out, err = run(*arguments)
        assert code == 2
        assert out == ""
        assert err.startswith("lincs: ")
        assert err.count("\n") == 1
        assert "Traceback" not in err
        return err

    return refused


def test_bounds_prints_the_interval_and_its_theorems(run):
    code, out, _ = run("bounds", "-m", "1e6", "-k", 32, "--eps", "0.5")
    assert code == 0
    assert "3954 <= d <= 4096" in out
    assert "kerdock" in out
    assert "welch" in out


def test_bounds_as_json_has_the_documented_keys(run):
    code, out, _ = run("bounds", "-m", 10**30, "-k", 10, "--eps", "1/10", "--json")
    result = json.loads(out)
    assert code == 0
    assert (result["m"], result["k"], result["eps"], result["delta"]) == (10**30, 10, "1/10", "1/100")
    assert {"d", "theorem"} <= result["lower"].keys()
    assert {"d", "frame", "params"} <= result["upper"].keys()
    assert result["lower"]["d"] == max(bound["d"] for bound in result["bounds"] if bound["side"] == "lower")
    assert result["upper"]["d"] == min(bound["d"] for bound in result["bounds"] if bound["side"] == "upper")


@pytest.mark.parametrize(
    ("arguments", "quantity", "function"),
    [
        (("-d", 512, "-k", 10, "--eps", "1/2"), "m", lambda: lincs.most_features(512, 10, "1/2")),
        (("-m", 20000, "-d", 512, "-k", 3), "eps", lambda: lincs.best_eps(20000, 512, 3)),
        (("-m", 20000, "-d", 512, "--eps", "1/2"), "k", lambda: lincs.largest_sparsity(20000, 512, "1/2")),
    ],
)
def test_three_of_the_four_numbers_give_the_fourth(run, arguments, quantity, function):
    code, out, _ = run("bounds", *arguments, "--json")
    result, expected = json.loads(out), function()
    assert code == 0
    assert result["quantity"] == quantity
    assert Fraction(result["lower"]) <= expected.lower <= expected.upper <= Fraction(result["upper"])
    assert run("bounds", *arguments)[1].count("\n") >= 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-m", 10, "-k", 2), "exactly three"),
        (("-m", 10, "-k", 2, "--eps", "0.5", "-d", 4), "exactly three"),
        (("-m", 10, "-k", 11, "--eps", "0.5"), "k = 11"),
        (("-m", 10, "-k", 0, "--eps", "0.5"), "k must be"),
        (("-m", "ten", "-k", 1, "--eps", "0.5"), "'ten'"),
        (("-m", "1e3000", "-k", 1, "--eps", "0.5"), "1e+300"),
        (("-m", 10, "-k", 1, "--eps", "0"), "(0, 1]"),
        (("-m", 10, "-k", 1, "--eps", "1.01"), "(0, 1]"),
        (("-m", 10, "-k", 1, "--eps", "nan"), "'nan'"),
        (("-m", 10, "-k", 1, "--eps", "half"), "'half'"),
        (("-m", "1e99999999", "-k", 1, "--eps", "0.5"), "m must be"),
        (("--what",), "--what"),
    ],
)
def test_bounds_refuses_what_it_cannot_use(refused, arguments, message):
    assert message in refused("bounds", *arguments)


def test_no_command_and_an_unknown_command_are_refused(refused):
    refused()
    refused("prove")


def test_construct_then_verify_is_exact(run):
    code, out, _ = run(
        "construct",
        "reed_solomon",
        "-m",
        1331,
        "-k",
        5,
        "--eps",
        "1/2",
        "--out",
        "A.npy",
        "--probes-out",
        "B.npy",
        "--json",
    )
    made = json.loads(out)
    assert code == 0
    assert np.load("A.npy").shape == (made["d"], 1331)
    arguments = ("verify", "A.npy", "B.npy", "--scale", made["scale"], "-k", 5)
    code, out, _ = run(*arguments, "--eps", "0.5", "--json")
    verdict = json.loads(out)
    assert code == 0
    assert verdict["holds"] is True
    assert verdict["profile"][0]["exact"] == made["error"]["exact"]
    row, support, signs = (verdict["witness"][name] for name in ("row", "support", "signs"))
    z = np.zeros(1331)
    z[support] = signs
    E = float(Fraction(made["scale"])) * np.load("B.npy")[:, row].astype(float) @ np.load("A.npy")[:, support] @ signs
    assert abs(E - z[row]) == pytest.approx(verdict["error"]["upper"], rel=1e-12)
    # equality does not hold strictly
    code, out, _ = run(*arguments, "--eps", verdict["error"]["exact"])
    assert code == 1
    assert "fails" in out


@pytest.mark.parametrize("family", lincs.frames.FAMILIES)
def test_every_family_can_be_constructed_or_says_why_not(run, family):
    m = 300 if family != "paley" else 30
    arguments = ["construct", family, "-m", m, "-k", 1, "--eps", "0.51" if family == "constant" else "0.4", "--json"]
    code, out, err = run(*arguments)
    assert code in (0, 2)
    if code == 0:
        made = json.loads(out)
        has_probes = not lincs.frames.make(family, **made["params"]).is_symmetric
        outputs = ["--out", "A.npy"] + (["--probes-out", "B.npy"] if has_probes else [])
        assert run(*arguments, *outputs)[0] == 0
        files = ["A.npy"] + (["B.npy"] if len(outputs) > 2 else [])
        code, out, _ = run("verify", *files, "--scale", made["scale"], "-k", 1, "--json")
        found, claimed = json.loads(out)["error"], made["error"]
        assert found["lower"] <= claimed["upper"] * (1 + 1e-12)
    else:
        assert "no " + family in err


def test_construct_by_parameters(run, refused):
    code, out, _ = run("construct", "kerdock", "--param", "d=16", "--out", "A.npy", "--json")
    assert code == 0
    assert json.loads(out)["m"] == 144
    A = np.load("A.npy")
    G = A.T.astype(int) @ A
    assert (abs(G - 16 * np.eye(144, dtype=int)) <= 4).all()
    assert "NAME" in refused("construct", "kerdock", "--param", "q=16")
    assert "d=VALUE" in refused("construct", "kerdock", "--param", "punctured=1")
    assert "power of 4" in refused("construct", "kerdock", "--param", "d=17")
    assert "d must be" in refused("construct", "kerdock", "--param", "d=x")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nonesuch", "-m", 5, "-k", 1, "--eps", 1), "one of best"),
        (("best", "-m", 5, "-k", 1), "needs -m, -k and --eps"),
        (("best", "--param", "d=4"), "named family"),
        (("reed_solomon", "-m", 100, "-k", 1, "--eps", "0.3", "--out", "A.npy"), "--probes-out"),
        (("kerdock", "-m", 100, "-k", 1, "--eps", "0.3", "--out", "A.npy", "--probes-out", "B.npy"), "--probes-out"),
        (("identity", "-m", "1e12", "-k", 1, "--eps", "0.3", "--out", "A.npy"), "GiB"),
        (("kerdock", "-m", 100, "-k", 1, "--eps", "0.3", "--out", "missing/A.npy"), "missing/A.npy"),
        (("kerdock", "-m", 100, "-k", 1, "--eps", "0.3", "--out", "."), "."),
        (("kerdock", "-m", 100, "-k", 1, "--eps", "0.3", "--out", "A.csv"), "A.csv"),
    ],
)
def test_construct_refuses_and_leaves_nothing_behind(refused, arguments, message):
    assert message in refused("construct", *arguments)
    assert list(Path().iterdir()) == []


def test_verify_has_four_exit_codes(run, monkeypatch):
    monkeypatch.setattr(_maximum, "MOST_EXACT_PRODUCTS", 0)  # so that the enclosure stays open
    np.save("A.npy", lincs.frames.weil(41, 2).matrix(1000))
    verdict = json.loads(run("verify", "A.npy", "-k", 1, "--json")[1])
    middle = (Fraction(verdict["error"]["lower"]) + Fraction(verdict["error"]["upper"])) / 2
    assert verdict["error"]["lower"] < verdict["error"]["upper"]
    for eps, code, word in (("1/5", 0, "holds"), ("1/7", 1, "fails"), (middle, 3, "undecided"), ("2", 2, "")):
        got, out, _ = run("verify", "A.npy", "-k", 1, "--eps", eps)
        assert got == code
        assert word in out
    assert json.loads(run("verify", "A.npy", "-k", 1, "--eps", middle, "--json")[1])["holds"] is None


def test_verify_offers_probes_and_remarks_on_norms(run):
    np.save("A.npy", 2 * np.eye(3, 4, k=1) + 2 * np.eye(3, 4))
    _, out, _ = run("verify", "A.npy", "-k", 2)
    assert "norms from 2 to 2.828" in out
    errors = {}
    for probes in ("literal", "matched", "scaled"):
        code, out, _ = run("verify", "A.npy", "-k", 2, "--probes", probes, "--json")
        assert code == 0
        errors[probes] = json.loads(out)["error"]["upper"]
    assert errors["scaled"] <= errors["matched"] < errors["literal"]
    np.save("A.npy", np.eye(3))
    assert "note" not in run("verify", "A.npy", "-k", 2)[1]


def test_verify_lists_the_features_that_interfere_most(run):
    A = np.eye(4)
    A[0, 3] = 0.25
    np.save("A.npy", A)
    code, out, _ = run("verify", "A.npy", "-k", 1, "--top", 2, "--json")
    assert code == 0
    worst = json.loads(out)["features_by_error"]
    assert [(line["feature"], line["interferers"]) for line in worst] == [(0, [3]), (3, [0])]


def test_verify_of_binary_features(run):
    np.save("A.npy", np.array([[1, 1, 0], [0, 0, 1]]))
    np.save("B.npy", np.array([[1, 1, 1], [0, 0, -1]]))
    signed = json.loads(run("verify", "A.npy", "B.npy", "-k", 3, "--json")[1])
    binary = json.loads(run("verify", "A.npy", "B.npy", "-k", 3, "--features", "binary", "--json")[1])
    assert signed["error"]["exact"] == "4"
    assert binary["error"]["exact"] == "2"


def test_verify_reads_an_autoencoder_and_says_what_it_ignores(run):
    rng = np.random.default_rng(1)
    W_dec, W_enc = rng.standard_normal((12, 5)), rng.standard_normal((5, 12))
    np.savez("sae.npz", W_dec=W_dec, W_enc=W_enc, b_enc=np.zeros(12), b_dec=np.zeros(5))
    code, out, _ = run("verify", "sae.npz", "-k", 2, "--json")
    verdict = json.loads(out)
    assert code == 0
    assert (verdict["m"], verdict["d"]) == (12, 5)
    assert any("b_enc" in note and "ignored" in note for note in verdict["notes"])
    E = np.abs(W_enc.T @ W_dec.T - np.eye(12))
    assert verdict["error"]["upper"] == pytest.approx(np.sort(E, axis=1)[:, -2:].sum(axis=1).max(), rel=1e-12)


def bad_files():
    np.save("A.npy", np.eye(3))
    np.save("B.npy", np.ones((4, 3)))
    np.save("nan.npy", np.array([[1, np.nan]]))
    np.save("complex.npy", np.eye(2) * 1j)
    np.save("vector.npy", np.ones(3))
    np.save("empty.npy", np.ones((0, 3)))
    np.save("text.npy", np.array([["a"]]))
    np.save("object.npy", np.array([[None]]), allow_pickle=True)
    np.savez("two.npz", x=np.eye(2), y=np.eye(2))
    Path("short.npy").write_bytes(Path("A.npy").read_bytes()[:-8])
    Path("words.npy").write_text("1 2 3")
    Path("A.pkl").write_bytes(b"\x80\x04N.")
    Path("folder").mkdir()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("A.npy", "-k", 0), "k must be"),
        (("A.npy", "-k", 4), "k = 4"),
        (("A.npy", "-k", 1.5), "k must be"),
        (("A.npy", "-k", 1, "--eps", 0), "(0, 1]"),
        (("A.npy", "-k", 1, "--eps", "1.5"), "(0, 1]"),
        (("A.npy", "-k", 1, "--eps", "x"), "'x'"),
        (("A.npy", "-k", 1, "--scale", "x"), "--scale"),
        (("A.npy", "-k", 1, "--top", 0), "--top"),
        (("A.npy", "B.npy", "-k", 1), "(4, 3)"),
        (("A.npy", "A.npy", "-k", 1, "--probes", "matched"), "B was given"),
        (("A.npy", "-k", 1, "--compare", "--scale", 2), "--compare"),
        (("A.npy", "--key-A", "x", "-k", 1), "key"),
        (("nan.npy", "-k", 1), "nan"),
        (("vector.npy", "-k", 1), "(3,)"),
        (("empty.npy", "-k", 1), "empty"),
        (("text.npy", "-k", 1), "<U1"),
        (("object.npy", "-k", 1), "pickle"),
        (("two.npz", "-k", 1), "x, y"),
        (("two.npz", "--key-A", "z", "-k", 1), "'z'"),
        (("short.npy", "-k", 1), "truncated"),
        (("words.npy", "-k", 1), "plain text"),
        (("A.pkl", "-k", 1), "pickle"),
        (("folder", "-k", 1), "folder"),
        (("absent.npy", "-k", 1), "absent.npy"),
        (("A.npy",), "-k"),
    ],
)
def test_verify_refuses_bad_input_on_one_line(refused, monkeypatch, tmp_path, arguments, message):
    monkeypatch.chdir(tmp_path)
    bad_files()
    assert message in refused("verify", *arguments)


def test_a_complex_pair_is_refused_and_a_complex_matrix_is_verified_in_real_form(run, refused):
    bad_files()
    assert "complex" in refused("verify", "complex.npy", "complex.npy", "-k", 1)
    code, out, _ = run("verify", "complex.npy", "-k", 1, "--json")
    assert code == 0
    assert json.loads(out)["m"] == 4


def test_coherence_of_a_complex_packing(run):
    # four lines in C^2 with all inner products of modulus 1/sqrt(3): real parts, then imaginary parts
    w = np.exp(2j * np.pi / 3)
    columns = np.array([[3**0.5, 0], [1, 2**0.5], [1, 2**0.5 * w], [1, 2**0.5 * w**2]]) / 3**0.5
    values = np.concatenate([columns.real.ravel(), columns.imag.ravel()])
    Path("2x4_sic.txt").write_text("\n".join(map(repr, values.tolist())))
    code, out, _ = run("coherence", "2x4_sic.txt", "-k", 2, "--json")
    result = json.loads(out)
    assert code == 0
    assert result["complex"]
    assert result["coherence"]["lower"] <= 3**-0.5 + 1e-15
    assert result["coherence"]["upper"] >= 3**-0.5 - 1e-15
    assert result["coherence"]["upper"] - result["coherence"]["lower"] < 1e-13
    assert result["welch"]["upper"] == pytest.approx(3**-0.5)
    assert len(result["babel"]) == 2
    assert "coherence" in run("coherence", "2x4_sic.txt")[1]


def test_the_installed_command_and_an_interrupted_reader(tmp_path):
    command = [str(Path(sys.executable).parent / "lincs")]
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"lincs {lincs.__version__}"
    done = subprocess.run([*command, "bounds", "-m", "0"], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


def test_probes_are_written_verified_and_compared(run):
    rng = np.random.default_rng(5)
    np.save("A.npy", rng.standard_normal((8, 20)))
    code, out, _ = run("probes", "A.npy", "--out", "B.npy", "--gap", "1e-2", "--eps", "0.5", "--top", 2, "--json")
    result = json.loads(out)
    gamma = result["gamma"]
    assert code == 0
    assert gamma["lower"] <= gamma["upper"] <= gamma["lower"] * 1.02
    assert len(result["features"]) == 2
    assert result["features"][0]["upper"] == pytest.approx(gamma["upper"])
    assert result["largest_k"]["lower"] == max(k for k in range(20) if k * gamma["upper"] < 0.5)
    code, out, _ = run("verify", "A.npy", "B.npy", "-k", 1, "--compare", "--json")
    verdict = json.loads(out)
    assert verdict["error"]["upper"] <= gamma["upper"] * (1 + 1e-12)
    assert verdict["best"]["gamma"]["lower"] <= gamma["upper"]
    assert verdict["best"]["least_eps"]["upper"] >= gamma["lower"]
    code, out, _ = run("probes", "A.npy", "--eps", "1/2")
    assert code == 0
    assert "kernel ratio gamma" in out
    assert "largest k" in out
    assert "the best probes for A" in run("verify", "A.npy", "-k", 1, "--compare")[1]


def test_exact_probes_and_single_rows(run):
    np.save("A.npy", np.array([[1, 0, 0, -1], [0, 1, 0, -1], [0, 0, 1, -1]]))
    code, out, _ = run("probes", "A.npy", "--method", "exact", "--json")
    assert code == 0
    assert json.loads(out)["gamma"]["exact"] == "1/4"
    code, out, _ = run("probes", "A.npy", "--rows", "0,2", "--json")
    assert code == 0
    assert json.loads(out)["rows"] == [0, 2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--gap", "x"), "gap"),
        (("--gap", "0"), "gap"),
        (("--rows", "9"), "0..2"),
        (("--rows", "a"), "--rows"),
        (("--eps", "2"), "(0, 1]"),
        (("--top", "0"), "--top"),
        (("--method", "magic"), "magic"),
        (("--out", "missing/B.npy"), "missing"),
    ],
)
def test_probes_refuses_bad_input_on_one_line(refused, monkeypatch, tmp_path, arguments, message):
    monkeypatch.chdir(tmp_path)
    bad_files()
    assert message in refused("probes", "A.npy", *arguments)


def test_bounds_writes_a_certificate_that_check_rechecks(run, tmp_path):
    code, out, _ = run("bounds", "-m", "1e6", "-k", 10, "--eps", "0.5", "--certificate", "both.json")
    assert code == 0
    assert "lincs check both.json" in out
    code, out, _ = run("check", "both.json")
    assert code == 0
    assert "d(m, k, eps) >= 827" in out
    assert "d(m, k, eps) <= 961" in out
    assert "holds:" in out
    code, out, _ = run("bounds", "-d", 512, "-k", 10, "--eps", "0.5", "--certificate", "range.json", "--json")
    assert json.loads(out)["files"] == ["range.json"]
    assert run("check", "range.json")[0] == 0


def test_check_finds_a_certificate_that_claims_too_much(run, tmp_path):
    run("bounds", "-m", "1e6", "-k", 10, "--eps", "0.5", "--certificate", "both.json")
    text = (tmp_path / "both.json").read_text()
    assert '"d": 827' in text
    (tmp_path / "both.json").write_text(text.replace('"d": 827', '"d": 828'))
    code, out, _ = run("check", "both.json", "--json")
    assert code == 1
    assert json.loads(out)["holds"] is False


@pytest.mark.parametrize(
    ("family", "m", "eps"), [("best", 100, "0.5"), ("paley", 14, "0.6"), ("kerdock", 10**6, "0.9")]
)
def test_construct_writes_a_certificate(run, family, m, eps):
    code, _, _ = run("construct", family, "-m", m, "-k", 2, "--eps", eps, "--certificate", "frame.json")
    assert code == 0
    code, out, _ = run("check", "frame.json")
    assert code == 0
    assert ("A, B in this file" in out) == (m <= 100)  # larger ones are named by family and parameters


def test_probes_writes_a_certificate_of_gamma(run, tmp_path):
    np.save(tmp_path / "A.npy", np.array([[1.0, 0, 0.5, 1], [0, 1, 0.25, -1]]))
    code, out, _ = run("probes", "A.npy", "--certificate", "gamma.json")
    assert code == 0
    assert "lincs check gamma.json" in out
    assert run("check", "gamma.json")[0] == 0
    assert run("check", "gamma.json", "A.npy")[0] == 0
    np.save(tmp_path / "A.npy", np.eye(2, 4))
    assert run("check", "gamma.json", "A.npy")[0] in (1, 2)


def test_theorems_are_listed_and_shown(run):
    code, out, _ = run("theorems")
    assert code == 0
    assert len(out.splitlines()) > 30
    code, out, _ = run("theorems", "chebyshev")
    assert code == 0
    assert "proofs/chebyshev.md" in out
    assert "lincs.bounds.chebyshev_lower_bound" in out
    everything = json.loads(run("theorems", "--json")[1])["theorems"]
    assert json.loads(run("theorems", "welch", "--json")[1]) in everything


def test_decode_finds_sparse_vectors_and_proves_it(run, tmp_path):
    generator = np.random.default_rng()
    A = frames.kerdock(16).matrix(60).astype(float)  # gamma <= 1/5: L1 recovers every z with two features
    Z = np.zeros((60, 12))
    Z[generator.permutation(60)[:24].reshape(2, 12), np.arange(12)] = [[1.5], [-2.0]]
    np.save(tmp_path / "A.npy", A)
    np.save(tmp_path / "X.npy", A @ Z)
    code, out, _ = run("decode", "A.npy", "X.npy", "--out", "Z.npy", "--duals-out", "W.npy")
    assert code == 0
    assert "12 of 12" in out
    assert "2 features, ||z||_1 = 3.5" in out
    assert np.abs(np.load(tmp_path / "Z.npy") - Z).max() < 1e-9
    W = np.load(tmp_path / "W.npy")
    assert np.abs(A.T @ W)[Z != 0] == pytest.approx(1)
    dense = generator.standard_normal((60, 3))
    np.save(tmp_path / "X.npy", A @ dense)
    code, out, _ = run("decode", "A.npy", "X.npy", "--json")
    shown = json.loads(out)
    assert code == (0 if shown["certified"] == 3 else 3)
    assert len(shown["answers"]) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["theorems", "welsh"], "did you mean welch"),
        (["check", "none.json"], "none.json"),
        (["check", "A.npy"], "A.npy"),
        (["decode", "A.npy", "A3.npy"], "X has shape"),
        (["decode", "A.npy", "none.npy"], "none.npy"),
        (["construct", "paley", "--param", "q=13", "--certificate", "c.json"], "needs -m, -k and --eps"),
        (["bounds", "-m", "100", "-k", "2", "--eps", "0.5", "--certificate", "no/such/c.json"], "no/such"),
    ],
)
def test_theory_and_decoding_refuse_bad_input_on_one_line(refused, tmp_path, arguments, message):
    np.save(tmp_path / "A.npy", np.eye(2, 4))
    np.save(tmp_path / "A3.npy", np.eye(3, 4))
    assert message in refused(*arguments)


def test_bounds_writes_both_sides_as_theorems_of_coq(run, tmp_path):
    code, out, _ = run("bounds", "-m", "1e12", "-k", 10, "--eps", "0.1", "--coq", "low.v", "--coq-upper", "up.v")
    assert code == 0
    assert "proves d >= 27715 (chebyshev)" in out
    assert "proves d <= 51232 (reed_solomon)" in out
    assert "Theorem lower_bound" in (tmp_path / "low.v").read_text()
    assert "Theorem upper_bound" in (tmp_path / "up.v").read_text()


def test_reproduce_takes_names_and_refuses_others(run, refused, tmp_path):
    code, _, _ = run("reproduce", "--quick", "--only", "ratios", "--out", "here")
    assert code == 0
    assert {"ratios.csv", "ratios.png", "index.html"} <= {path.name for path in (tmp_path / "here").iterdir()}
    assert "thresholds" in refused("reproduce", "--only", "threshold")
    assert "--workers" in refused("reproduce", "--workers", "0")


def test_phase_prints_cells_and_thresholds_and_resumes(run, refused, tmp_path):
    cells = ("phase", "-m", 40, "-d", "10,40", "-k", "2,3", "--trials", 4, "--store", "cells.npz")
    code, out, _ = run(*cells)
    assert code == 0
    assert "d = 40, k = 3: 4 of 4" in out  # a square Gaussian matrix is injective
    assert run(*cells) == (code, out, "")
    rows = json.loads(run(*cells, "--json")[1])["cells"]
    assert [(row["d"], row["k"]) for row in rows] == [(10, 2), (10, 3), (40, 2), (40, 3)]
    assert "trials" in refused(*cells[:-4], "--trials", 5, "--store", "cells.npz")
    code, out, _ = run("phase", "-m", 30, "-k", 2, "--decoder", "linear_best", "--regime", "worst", "--eps", "0.9",
                       "--trials", 12, "--json")  # fmt: skip
    found = json.loads(out)["thresholds"][0]
    assert found["lower"] <= found["d_estimate"] <= found["upper"] <= 30
    assert "decoder" in refused("phase", "-m", 30, "-k", 2, "--decoder", "lasso")
    assert "eps" in refused("phase", "-m", 30, "-k", 2, "--decoder", "linear_best")
    assert "-k" in refused("phase", "-m", 30, "-k", "2,x")


def test_construct_verifies_what_it_names(run, refused):
    code, out, _ = run("construct", "gold", "--param", "n=9", "--verify", 20)
    assert code == 0
    assert "computed: W_1 = 1/17, W_20 = 20/17" in out  # 2^18 columns, all by one row
    code, out, _ = run("construct", "best", "-m", 50, "-k", 2, "--eps", "0.9", "--verify", 2, "--json")
    verified = json.loads(out)["verified"]
    assert (verified["m"], verified["k"]) == (50, 2)
    assert verified["error"]["upper"] < 0.9
    assert "k must" in refused("construct", "gold", "--param", "n=5", "--verify", 0)


def test_solvers_print_nothing_into_json(tmp_path):
    """HiGHS prints its name below Python's standard output, where only a process of its own shows it."""
    np.save(tmp_path / "A.npy", np.random.default_rng(0).standard_normal((4, 9)))
    command = [str(Path(sys.executable).parent / "lincs"), "probes", str(tmp_path / "A.npy"), "--method", "cvxpy"]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["m"] == 9
