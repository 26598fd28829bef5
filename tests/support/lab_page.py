"""JupyterLab's page in a real browser: Debian's Chromium, driven as a person would use it."""

import contextlib
import glob
import os
import sys

import pytest


@contextlib.contextmanager
def chromium(folder):
    """A browser with a profile of its own in `folder`. Skips where tools/dev has installed none (ATELIER_BROWSER)."""
    environment = os.environ.get("ATELIER_BROWSER")
    if not environment:
        pytest.skip("ATELIER_BROWSER names no environment with selenium: run this through tools/dev")
    packages = glob.glob(f"{environment}/lib/python3*/site-packages")
    if packages[0] not in sys.path:
        sys.path.append(packages[0])  # behind those that this test runs with
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    # As root and in a container the browser's own sandbox does not work; it only sees pages of this test.
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-proxy-server",
                     "--no-first-run", "--window-size=1400,1600", f"--user-data-dir={folder}"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))
    try:
        yield driver
    finally:
        driver.quit()


class LabPage:
    """What is on the page is found by JupyterLab's own class names."""

    PATIENCE = 90  # seconds, of a busy machine

    def __init__(self, driver):
        self.driver = driver

    def wait(self, condition, what):
        from selenium.common.exceptions import (ElementClickInterceptedException, ElementNotInteractableException,
                                                StaleElementReferenceException, TimeoutException)
        from selenium.webdriver.support.ui import WebDriverWait

        # The page makes its elements anew while it loads.
        ignored = [ElementClickInterceptedException, ElementNotInteractableException, StaleElementReferenceException]
        try:
            return WebDriverWait(self.driver, self.PATIENCE, poll_frequency=0.1,
                                 ignored_exceptions=ignored).until(lambda _: condition())
        except TimeoutException:
            shown = self.driver.execute_script("return document.body.innerText")
            pytest.fail(f"the page did not show {what}; it shows:\n{shown[-3000:]}")

    def find(self, selector):
        """The elements that are to be seen."""
        return [e for e in self.driver.find_elements("css selector", selector) if e.is_displayed()]

    def one(self, selector):
        return self.wait(lambda: self.find(selector), selector)[0]

    def press(self, selector):
        """Clicks the last of the elements once there is one that takes the click."""
        self.wait(lambda: (found := self.find(selector)) and (found[-1].click() or True), selector)

    def open(self, url):
        self.driver.get(url)
        self.one(".jp-LabShell")

    def launch(self, category, title):
        """Presses a card of the launcher."""
        self.press(f'.jp-LauncherCard[data-category="{category}"][title^="{title}"]')

    def type(self, text):
        """Types where the focus is."""
        self.driver.switch_to.active_element.send_keys(text)

    def run(self, code, expected=""):
        """Types `code` into the empty cell at the end of the notebook, runs it, and waits for `expected` in its output."""
        from selenium.webdriver.common.keys import Keys

        # What is run before there is a kernel is dropped.
        self.wait(lambda: any("| Idle" in e.text for e in self.find("#jp-main-statusbar")), "an idle kernel")
        editor = ".jp-Notebook .jp-CodeCell .cm-content"
        self.press(editor)
        self.wait(lambda: self.driver.execute_script(
            f"return document.activeElement === [...document.querySelectorAll('{editor}')].at(-1)"), "the focus in the cell")
        self.type(code)
        self.type(Keys.SHIFT + Keys.ENTER)
        # The page makes elements anew while output arrives: looked at in one step.
        ran = """
            const cell = [...document.querySelectorAll('.jp-Notebook .jp-CodeCell')].at(-2);
            const prompt = cell?.querySelector('.jp-InputArea-prompt')?.innerText ?? '';
            const output = [...(cell?.querySelectorAll('.jp-OutputArea-output') ?? [])].map(e => e.innerText);
            return [cell?.querySelector('.cm-content')?.innerText, /[0-9]/.test(prompt), output.join('\\n')]"""

        def done():
            typed, has_run, output = self.driver.execute_script(ran)
            return typed == code and has_run and expected in output

        self.wait(done, f"{expected!r} as output of {code!r}")

    def save(self):
        from selenium.webdriver.common.keys import Keys

        self.type(Keys.CONTROL + "s")
        self.press(".jp-Dialog .jp-mod-accept")  # it asks for a name once, and has written one down
        self.wait(lambda: not self.find(".jp-Dialog, .jp-mod-dirty"), "that the notebook is saved")
