"""A day with a notebook, in a real browser: the link that `atelier instance open` gives, a package installed in a
cell, a plot, a stop and a start, and it is all still there (docs/notebooks.md)."""

import json
import subprocess

import pytest
import requests
from conftest import BINARY, Server
from lab_files import upload
from lab_page import LabPage, chromium
from wheels import wheel

pytestmark = pytest.mark.jupyter


@pytest.fixture
def day(tmp_path):
    server = Server(tmp_path, runtime="process").start()

    def atelier(*arguments):
        """What the command prints, as its user sees it."""
        done = subprocess.run([BINARY, *arguments, "--endpoint", server.endpoint, "--credentials",
                               str(server.data / "credentials.json")], capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    atelier("instance", "create", "--name", "day", "--spec", "ecs.c6.large", "--wait")
    instance_id = json.loads(atelier("instance", "list", "--output", "json"))["Instances"][0]["InstanceId"]
    yield server, instance_id, atelier
    atelier("instance", "delete", instance_id, "--wait")
    server.stop()


def test_what_is_installed_in_a_cell_is_there_after_a_stop_and_a_start(day, tmp_path):
    server, instance_id, atelier = day
    link = atelier("instance", "open", instance_id)
    session = requests.Session()
    session.get(link, timeout=60)
    name, data = wheel("greeter", code="def main(): return 'good ' + 'morning'\n")
    upload(session, server, instance_id, f"wheels/{name}", data)

    with chromium(tmp_path / "profile") as driver:
        page = LabPage(driver)
        page.open(link)
        page.launch("Notebook", "Python 3")
        page.run("%pip install --no-index --find-links wheels greeter", "Successfully installed greeter-1.0")
        page.run("import greeter; greeter.main()", "'good morning'")
        page.run("import matplotlib.pyplot as plt; plt.plot([1, 3, 2]);")
        plot = page.one(".jp-RenderedImage img")
        page.wait(lambda: driver.execute_script("return arguments[0].naturalWidth", plot) > 100, "the drawn plot")
        gauge = page.wait(lambda: [e.text for e in page.find("#jp-main-statusbar *") if e.text.startswith("Mem:")], "the gauge")
        assert "/ 4096.00 MB" in gauge[0], "the limit of its machine type, not the host's memory"
        page.save()

        atelier("instance", "stop", instance_id, "--wait")
        atelier("instance", "start", instance_id, "--wait")
        page.open(atelier("instance", "open", instance_id))
        page.open(f"{server.endpoint}/{instance_id}/lab/tree/Untitled.ipynb?reset")
        page.wait(lambda: page.find(".jp-RenderedImage img"), "the plot that was saved")
        page.run("import greeter; greeter.main()", "'good morning'")

        page.open(f"{server.endpoint}/{instance_id}/lab?reset")
        page.launch("Other", "Start a new terminal")
        page.press(".jp-Terminal .xterm-screen")
        terminals = f"{server.endpoint}/{instance_id}/api/terminals"
        page.wait(lambda: session.get(terminals, timeout=60).json(), "a terminal that has started")
        page.type("python -c 'import greeter; print(greeter.main())' > said.txt\n")
        said = f"{server.endpoint}/{instance_id}/files/said.txt"
        page.wait(lambda: session.get(said, timeout=60).text == "good morning\n", "what the terminal's python said")
