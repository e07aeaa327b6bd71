"""Chromium without a window, and what every page must do in it."""

import os
import shutil
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)

#: Where screenshots go, to be looked at.
SHOTS = Path(os.environ.get("LINCS_SCREENSHOTS", "out/screenshots"))


class Browser:
    """A page in Chromium: opened from a file, with its console, and screenshots of any width, light or dark."""

    def __init__(self, driver):
        self.driver = driver

    def open(self, path):
        self.driver.get(path.absolute().as_uri())
        self.assert_quiet()

    def assert_quiet(self):
        """No error on the console, and nothing was asked of the network."""
        assert self.driver.get_log("browser") == []
        assert self.run("return performance.getEntriesByType('resource').map((entry) => entry.name)") == []

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def one(self, selector):
        (found,) = self.all(selector)
        return found

    def all(self, selector):
        return self.driver.find_elements("css selector", selector)

    def click(self, button, text):
        """Press a button and wait until it says the text, which it may do only after something else is done."""
        button.click()
        WebDriverWait(self.driver, 10, poll_frequency=0.05).until(lambda _: button.text == text)

    def column(self, key, table=".data-table"):
        """The cells of a column that are shown."""
        keys = [header.get_attribute("data-key") for header in self.all(f"{table} th[data-key]")]
        at = keys.index(key) + 1
        return self.run(
            "return [...document.querySelectorAll(arguments[0])].map((cell) => cell.textContent)",
            f"{table} tbody td:nth-child({at})",
        )

    def size(self, width, height):
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def shoot(self, name, width=1200, dark=False):
        """Save a screenshot of the page; nothing may stick out of a window of this width."""
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
        self.size(width, 900)
        assert self.run("return document.documentElement.scrollWidth") <= width
        self.size(width, min(3500, self.run("return document.documentElement.scrollHeight")))
        SHOTS.mkdir(parents=True, exist_ok=True)
        assert self.driver.save_screenshot(str(SHOTS / f"{name}.png"))
        self.size(1200, 900)


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    driver.set_page_load_timeout(60)
    yield Browser(driver)
    driver.quit()
