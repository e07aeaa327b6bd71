"""The page of `lincs report` in a browser."""

import json

import numpy as np
import pytest

from lincs import cli, io


@pytest.fixture(scope="module")
def small(tmp_path_factory, browser):
    """The page of a small pair, opened, and the JSON of the same command."""
    folder = tmp_path_factory.mktemp("report")
    rng = np.random.default_rng(0)
    A = rng.standard_normal((16, 120))
    A /= np.linalg.norm(A, axis=0)
    io.save_array(folder / "A.npy", A)
    page = folder / "report.html"
    title = "a <b>name</b> & 'quotes'"
    arguments = [str(folder / "A.npy"), "-k", "2", "--probes", "matched", "--eps", "0.9"]
    assert cli.main(["report", *arguments, "--out", str(page), "--title", title]) == 0
    with pytest.MonkeyPatch.context() as patch:
        shown = []
        patch.setattr("builtins.print", lambda text: shown.append(text))
        assert cli.main(["report", *arguments, "--json"]) == 0
    return page, json.loads(shown[0])


def test_it_opens_without_errors_and_says_what_the_json_says(browser, small):
    page, found = small
    browser.open(page)
    assert browser.one("h1").text == "a <b>name</b> & 'quotes'"
    assert browser.one(".verdict strong").text == {True: "Holds.", False: "Fails."}[found["holds"]]
    facts = browser.one(".facts").text
    assert f"{found['dimension']['lower']['d']} to {found['dimension']['upper']['d']}" in facts
    assert found["dimension"]["upper"]["frame"] in facts
    assert str(found["most_features"]["upper"]) in facts
    assert len(browser.all("svg.chart")) == 2
    assert len(browser.all("svg.chart polyline")) >= 6


def test_headers_sort_both_ways(browser, small):
    page, found = small
    browser.open(page)
    errors = found["features"]["error_upper"]
    shown = [float(x) for x in browser.column("error")]
    assert shown == sorted(shown, reverse=True)
    assert shown[0] == pytest.approx(max(errors), rel=1e-5)
    assert len(shown) == 50
    browser.one("th[data-key=error] button").click()
    shown = [float(x) for x in browser.column("error")]
    assert shown == sorted(shown)
    assert shown[0] == pytest.approx(min(errors), rel=1e-5)
    assert browser.one("th[data-key=error]").get_attribute("aria-sort") == "ascending"
    browser.one("th[data-key=feature] button").click()
    assert browser.column("feature") == [str(i) for i in range(119, 69, -1)]
    assert browser.one("th[data-key=error]").get_attribute("aria-sort") is None


def test_pages_turn_and_every_feature_is_on_one(browser, small):
    page, _ = small
    browser.open(page)
    seen = browser.column("feature")
    while browser.one("button[data-step=on]").is_enabled():
        browser.one("button[data-step=on]").click()
        seen += browser.column("feature")
    assert sorted(map(int, seen)) == list(range(120))
    assert "101\u2013120 of 120" in browser.one(".status").text
    browser.one("button[data-step=first]").click()
    assert browser.column("feature") == seen[:50]
    assert not browser.one("button[data-step=back]").is_enabled()


def test_filters_find_features(browser, small):
    page, found = small
    browser.open(page)
    field = browser.one("input[type=search]")
    field.send_keys("17")
    assert browser.column("feature") == ["17"]
    field.clear()
    bound = float(np.median(found["features"]["error_upper"]))
    field.send_keys(f"error>={bound:.4g} own<2")
    count = sum(error >= float(f"{bound:.4g}") for error in found["features"]["error_upper"])
    assert browser.one(".status").text.endswith(f"of {count} (120 in all)")
    field.clear()
    field.send_keys("error>9")
    assert browser.column("feature") == []
    assert browser.one(".status").text == "none of 0 (120 in all)"
    browser.assert_quiet()


def test_ten_thousand_features_are_one_page_of_rows(browser, tmp_path):
    rng = np.random.default_rng(1)
    io.save_array(tmp_path / "A.npy", np.sign(rng.standard_normal((24, 12000))).astype(np.int8))
    page = tmp_path / "large.html"
    arguments = ["-k", "2", "--scale", "1/40", "--best-seconds", "0", "--out", str(page)]
    assert cli.main(["report", str(tmp_path / "A.npy"), *arguments]) == 0
    assert page.stat().st_size < 2_000_000
    browser.open(page)
    assert "not computed" in browser.one(".facts").text
    assert browser.run("return document.querySelectorAll('tbody tr').length") < 100
    browser.one("th[data-key=feature] button").click()
    assert browser.column("feature")[0] == "11999"
    browser.one("button[data-step=last]").click()
    assert browser.column("feature")[-1] == "0"
    browser.assert_quiet()
    browser.shoot("report_large")


@pytest.mark.parametrize(
    ("name", "width", "dark"), [("wide", 1200, False), ("narrow", 390, False), ("dark", 800, True)]
)
def test_screenshots(browser, small, name, width, dark):
    browser.open(small[0])
    browser.shoot(f"report_{name}", width, dark)
    browser.assert_quiet()
