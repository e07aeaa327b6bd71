"""The page of `lincs table` in a browser."""

import json
import shlex

import numpy as np
import pytest
from selenium.webdriver.common.keys import Keys

from lincs import cli


@pytest.fixture(scope="module")
def made(tmp_path_factory, browser):
    """The folder of the whole table, and its JSON."""
    folder = tmp_path_factory.mktemp("table")
    assert cli.main(["table", "--out", str(folder), "--random", "30"]) == 0
    return folder, json.loads((folder / "table.json").read_text())


@pytest.fixture
def page(made, browser):
    browser.open(made[0] / "table.html")
    return browser


def test_it_opens_without_errors_and_has_every_cell(page, made):
    cells = made[1]["cells"]
    assert len(cells) == 42
    shown = [cell.text for cell in page.all("#grid .cell")]
    assert len(shown) == 42
    for cell in cells:
        assert any(f"{cell['lower']['d']}" in text and f"{cell['upper']['d']}" in text for text in shown)
    assert page.one("#listing .status").text == "1\u201342 of 42"


def test_a_cell_shows_both_sides_and_who_made_them(page, made):
    for index in (0, 13, 41):
        cell = made[1]["cells"][index]
        page.one(f".cell[data-index='{index}']").click()
        text = page.one("#detail").text
        for side in ("lower", "upper"):
            assert cell[side]["theorem"] in text
            assert cell[side]["title"] in text
            assert cell[side]["proof"] in text
            assert all(key in text for key in cell[side]["sources"])
        assert str(cell["published"]["lower"]) in text
        assert cell["check"] in text
        assert [button.get_attribute("data-index") for button in page.all(".cell[aria-pressed=true]")] == [str(index)]
    page.assert_quiet()


def test_a_cell_is_found_by_its_numbers(page, made):
    field_m, field_delta = page.one("#find-m"), page.one("#find-delta")
    field_m.send_keys("10^6")
    field_delta.send_keys("1/20")
    assert "This is a cell" in page.one("#found").text
    cell = next(cell for cell in made[1]["cells"] if cell["m"] == 10**6 and cell["delta"] == "1/20")
    assert str(cell["upper"]["d"]) in page.one("#detail-title").text
    field_m.clear()
    field_m.send_keys("24576")
    below, above = (next(c for c in made[1]["cells"] if c["m"] == m and c["delta"] == "1/20") for m in (10**4, 10**5))
    text = page.one("#found").text
    assert f"at least {below['lower']['d']}" in text
    assert f"at most {above['upper']['d']}" in text
    assert "lincs bounds -m 24576 -k 1 --eps 1/20" in text
    for nonsense in ("x", "-3", "1/0", ""):
        field_m.clear()
        field_m.send_keys(nonsense)
        assert page.one("#found").text == ""
    page.assert_quiet()


def test_the_list_sorts_filters_and_chooses(page, made):
    page.one("#listing th[data-key=upper] button").click()
    shown = [int(x) for x in page.column("upper")]
    assert shown == sorted((cell["upper"]["d"] for cell in made[1]["cells"]), reverse=True)
    field = page.one("#listing input[type=search]")
    field.send_keys("delta<0.01")
    assert set(page.column("delta")) == {"0.005"}
    field.clear()
    field.send_keys("1000000 ratio<9")
    assert set(page.column("m")) == {"1000000"}
    field.clear()
    name = made[1]["cells"][20]["upper"]["theorem"]
    field.send_keys(name)
    assert all(name in text for text in page.column("frame"))
    row = page.all("#listing tbody tr")[0]
    chosen = made[1]["cells"][int(row.get_attribute("data-index"))]
    row.click()
    assert str(chosen["upper"]["d"]) in page.one("#detail-title").text
    page.assert_quiet()


def test_the_command_is_copied_and_builds_the_matrix(page, made, tmp_path, monkeypatch):
    cell = made[1]["cells"][2]
    page.one(".cell[data-index='2']").click()
    page.click(page.all("#detail button.copy")[0], "Copied")
    field = page.one("#listing input[type=search]")
    field.send_keys(Keys.CONTROL, "v")
    copied = field.get_property("value")
    assert copied == cell["commands"][0]["command"]
    monkeypatch.chdir(tmp_path)
    program, *arguments = shlex.split(copied)
    assert program == "lincs"
    assert cli.main(arguments) == 0
    assert np.load("A.npy").shape == (cell["upper"]["d"], cell["m"])


def test_without_the_clipboard_it_is_copied_all_the_same(page, made):
    page.run("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.click(page.all("#detail button.copy")[0], "Copied")
    field = page.one("#listing input[type=search]")
    field.send_keys(Keys.CONTROL, "v")
    assert field.get_property("value") == made[1]["cells"][0]["commands"][0]["command"]


@pytest.mark.parametrize(
    ("name", "width", "dark"), [("wide", 1200, False), ("narrow", 390, False), ("dark", 800, True)]
)
def test_screenshots(page, name, width, dark):
    page.one(".cell[data-index='9']").click()
    page.shoot(f"table_{name}", width, dark)
    page.assert_quiet()
