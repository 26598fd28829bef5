"""The first walk of a colleague who knows an address and nothing else: the sign-in page, a one-time link, a notebook
of their own, JupyterLab on its own origin, and the end of it, by the console alone. And another who may see none of it."""

import re
import subprocess
from urllib.parse import urlsplit

import pytest
from clients import create_user, rest
from conftest import BINARY, Server
from lab_page import LabPage, chromium

pytestmark = pytest.mark.jupyter


class ConsolePage(LabPage):
    """What is on the page is found as people and screen readers find it: by its name."""

    def named(self, selector, name):
        return [e for e in self.find(selector) if e.accessible_name == name and e.is_enabled()]

    def press_named(self, name):
        """Presses the button or follows the link of this name, once there is one that can be pressed."""
        self.wait(lambda: (found := self.named("button, a, [role=menuitem]", name)) and (found[-1].click() or True), name)

    def shows(self, text):
        self.wait(lambda: text in self.driver.execute_script("return document.body.innerText"), text)

    def heading(self, text):
        self.wait(lambda: text in [e.text for e in self.find("h1")], f"the page {text!r}")

    def fill(self, name, text):
        self.wait(lambda: self.named("input", name), name)[0].send_keys(text)


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path, runtime="process", arguments=["--apps-listen", "127.0.0.1:0"]).start()
    yield server
    server.stop()


def link(server):
    """What `atelier console` prints."""
    done = subprocess.run([BINARY, "console", "--endpoint", server.endpoint, "--credentials",
                           str(server.data / "credentials.json")], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_from_an_address_to_a_notebook_and_back(server, tmp_path):
    with chromium(tmp_path / "ada") as driver:
        page = ConsolePage(driver)
        driver.get(server.endpoint)
        page.heading("Sign in")
        page.shows("atelier console")
        driver.get(link(server))
        page.shows("You have no notebook yet.")
        assert "#" not in driver.current_url

        page.press_named("Create instance")
        page.heading("Create instance")
        page.fill("Name", "first")
        page.press_named("Create")
        page.heading("first")
        instance = re.search(r"/instances/(dsw-[^/]+)/", driver.current_url)[1]
        console = driver.current_window_handle
        page.press_named("Open first in a new tab")
        page.wait(lambda: len(driver.window_handles) == 2, "a new tab")
        driver.switch_to.window(next(w for w in driver.window_handles if w != console))
        page.wait(lambda: page.find(".jp-LabShell"), "JupyterLab")
        notebook = driver.current_url
        assert urlsplit(notebook).netloc != server.address and "icket" not in notebook and "oken" not in notebook
        opener, referrer = driver.execute_script("return [window.opener, document.referrer]")
        assert opener is None and server.endpoint not in referrer
        page.launch("Notebook", "Python 3")
        page.run("6 * 7", "42")
        driver.close()
        driver.switch_to.window(console)

        with chromium(tmp_path / "bob") as other:
            stranger = ConsolePage(other)
            _, key = create_user(server, "bob", ["AliyunPAIFullAccess"])
            made = rest(server, "POST", "/atelier/v1/sign-in-links", "CreateSignInLink", version="", body={}, key=key)
            other.get(made["Url"])
            stranger.shows("You have no notebook yet.")
            other.get(f"{server.endpoint}/console/instances")
            stranger.shows("There is no instance yet.")
            other.get(f"{server.endpoint}/console/instances/{instance}")
            stranger.shows("You may not do this.")
            other.get(notebook)
            assert not stranger.find(".jp-LabShell")

        page.press_named("Stop first")
        page.press_named("Start first")
        page.press_named("Open first in a new tab")
        page.wait(lambda: len(driver.window_handles) == 2, "the tab of the notebook that was stopped")
        driver.switch_to.window(next(w for w in driver.window_handles if w != console))
        driver.close()
        driver.switch_to.window(console)  # a tab that nobody sees asks for nothing
        page.press_named("Stop first")
        page.press_named("Delete")
        page.fill("Type first to confirm", "first")
        page.press_named("Delete")
        page.heading("Instances")
        page.shows("There is no instance yet.")
        driver.get(f"{server.endpoint}/console/instances/{instance}")
        page.shows("It does not exist, or you may not see it.")
